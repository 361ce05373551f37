//! Writes values as `go-yaml` version 2 does: blocks, indented by two, folded after column 80.

use super::order::sorted;
use super::reread::{folded, is_lost, lost_key};
use super::resolve::{Resolved, plain};
use super::scalar::{Style, choose, is_break, is_multiline, is_printable};
use crate::builtins::golang::{general_f64, units};
use crate::builtins::{BuiltinError, Meter};
use crate::value::{Number, Object, Value};

const WIDTH: usize = 80;

/// The longest key that is written before its colon without a question mark, in bytes.
const SIMPLE_KEY: usize = 128;

/// The document of a value that JSON can spell.
pub(super) fn document(meter: &Meter, value: &Value) -> Result<String, BuiltinError> {
    let mut emitter = Emitter {
        meter,
        root: value,
        out: String::new(),
        column: 0,
        indent: None,
        after_space: true,
        only_indention: true,
    };
    emitter.node(value, Context::Other)?;
    emitter.indent = None;
    emitter.line()?;
    Ok(emitter.out)
}

/// Where a node stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Context {
    /// A key or a value of a mapping.
    Mapping,
    /// A key that its colon follows on the same line.
    SimpleKey,
    Other,
}

struct Emitter<'v> {
    meter: &'v Meter,
    root: &'v Value,
    out: String,
    column: usize,
    /// How far lines are indented; nothing before the first collection.
    indent: Option<usize>,
    /// Whether white space, or nothing, was written last.
    after_space: bool,
    /// Whether nothing but indention and indicators is on this line.
    only_indention: bool,
}

impl Emitter<'_> {
    fn node(&mut self, value: &Value, context: Context) -> Result<(), BuiltinError> {
        self.meter.step(1)?;
        match value {
            Value::Object(object) if object.is_empty() => self.empty("{", "}"),
            Value::Object(object) => self.mapping(object),
            Value::Array(items) if items.is_empty() => self.empty("[", "]"),
            Value::Array(items) => self.sequence(items.as_slice(), context),
            Value::Set(set) => self.sequence(set.as_slice(), context),
            Value::Null => self.scalar("null", Style::Plain, context),
            Value::Bool(value) => {
                self.scalar(if *value { "true" } else { "false" }, Style::Plain, context)
            }
            Value::Number(number) => self.number(number, context),
            Value::String(text) => self.string(text, context),
        }
    }

    fn number(&mut self, number: &Number, context: Context) -> Result<(), BuiltinError> {
        let text = number.to_string();
        match plain(&text) {
            Resolved::Int(value) => self.scalar(&value.to_string(), Style::Plain, context),
            Resolved::Float(value) => self.scalar(&general_f64(value), Style::Plain, context),
            _ => self.string(&text, context),
        }
    }

    fn string(&mut self, text: &str, context: Context) -> Result<(), BuiltinError> {
        if text.chars().any(is_unreadable) {
            return Err(BuiltinError::Failed(
                "yaml: control characters are not allowed".to_owned(),
            ));
        }
        let folded = folded(text);
        let text: &str = &folded;
        let style = if text.contains('\n') {
            Style::Literal
        } else if matches!(plain(text), Resolved::Text(_)) && !is_base_60(text) {
            Style::Plain
        } else {
            Style::DoubleQuoted
        };
        self.scalar(text, style, context)
    }

    fn empty(&mut self, open: &str, close: &str) -> Result<(), BuiltinError> {
        self.indicator(open, true, true, false)?;
        self.indicator(close, false, false, false)
    }

    fn mapping(&mut self, object: &Object) -> Result<(), BuiltinError> {
        let outer = self.indent;
        self.indent = Some(outer.map_or(0, |indent| indent + 2));
        for (key, value) in sorted(self.meter, object)? {
            self.line()?;
            self.entry(key, value)?;
        }
        self.indent = outer;
        Ok(())
    }

    fn entry(&mut self, key: &str, value: &Value) -> Result<(), BuiltinError> {
        if is_lost(self.meter, key)? {
            return Err(lost_key(self.meter, self.root));
        }
        if is_multiline(key) || key.len() > SIMPLE_KEY {
            self.indicator("?", true, false, true)?;
            self.string(key, Context::Mapping)?;
            self.line()?;
            self.indicator(":", true, false, true)?;
        } else {
            self.string(key, Context::SimpleKey)?;
            self.indicator(":", false, false, false)?;
        }
        self.node(value, Context::Mapping)
    }

    fn sequence(&mut self, items: &[Value], context: Context) -> Result<(), BuiltinError> {
        let outer = self.indent;
        let indentless = context == Context::Mapping && !self.only_indention;
        self.indent = Some(outer.map_or(0, |indent| if indentless { indent } else { indent + 2 }));
        for item in items {
            self.line()?;
            self.indicator("-", true, false, true)?;
            self.node(item, Context::Other)?;
        }
        self.indent = outer;
        Ok(())
    }

    fn scalar(&mut self, text: &str, wished: Style, context: Context) -> Result<(), BuiltinError> {
        self.meter.step(units(text.len()) / 8 + 1)?;
        let outer = self.indent;
        self.indent = Some(outer.map_or(2, |indent| indent + 2));
        let simple_key = context == Context::SimpleKey;
        match choose(text, wished, simple_key) {
            Style::Plain => self.plain(text, !simple_key)?,
            Style::SingleQuoted => self.single_quoted(text, !simple_key)?,
            Style::DoubleQuoted => self.double_quoted(text, !simple_key)?,
            Style::Literal => self.literal(text)?,
        }
        self.indent = outer;
        Ok(())
    }

    fn plain(&mut self, text: &str, may_fold: bool) -> Result<(), BuiltinError> {
        if !self.after_space {
            self.put(' ')?;
        }
        self.folded(text, may_fold, false)?;
        self.after_space = false;
        self.only_indention = false;
        Ok(())
    }

    fn single_quoted(&mut self, text: &str, may_fold: bool) -> Result<(), BuiltinError> {
        self.indicator("'", true, false, false)?;
        self.folded(text, may_fold, true)?;
        self.indicator("'", false, false, false)?;
        self.after_space = false;
        self.only_indention = false;
        Ok(())
    }

    /// A text whose lines may be folded at single spaces.
    fn folded(&mut self, text: &str, may_fold: bool, quoted: bool) -> Result<(), BuiltinError> {
        let (mut spaces, mut breaks) = (false, false);
        let mut previous = None;
        let mut characters = text.chars().peekable();
        while let Some(character) = characters.next() {
            let next = characters.peek().copied();
            if character == ' ' {
                let inside = !quoted || (previous.is_some() && next.is_some());
                if may_fold && !spaces && self.column > WIDTH && inside && next != Some(' ') {
                    self.line()?;
                } else {
                    self.put(' ')?;
                }
                spaces = true;
            } else if is_break(character) {
                if !breaks && character == '\n' {
                    self.put_break('\n')?;
                }
                self.put_break(character)?;
                self.only_indention = true;
                breaks = true;
            } else {
                if breaks {
                    self.line()?;
                }
                if quoted && character == '\'' {
                    self.put('\'')?;
                }
                self.put(character)?;
                self.only_indention = false;
                (spaces, breaks) = (false, false);
            }
            previous = Some(character);
        }
        Ok(())
    }

    fn double_quoted(&mut self, text: &str, may_fold: bool) -> Result<(), BuiltinError> {
        self.indicator("\"", true, false, false)?;
        // `libyaml` looks for a byte order mark at the beginning of the text only, and then escapes all of it.
        let escape_all = text.starts_with('\u{feff}');
        let mut spaces = false;
        let mut previous = None;
        let mut characters = text.chars().peekable();
        while let Some(character) = characters.next() {
            let next = characters.peek().copied();
            let escaped = escape_all || !is_printable(character) || is_break(character);
            if escaped || matches!(character, '"' | '\\') {
                self.escape(character)?;
                spaces = false;
            } else if character != ' ' {
                self.put(character)?;
                spaces = false;
            } else if may_fold
                && !spaces
                && self.column > WIDTH
                && previous.is_some()
                && next.is_some()
            {
                self.line()?;
                if next == Some(' ') {
                    self.put('\\')?;
                }
                spaces = true;
            } else {
                self.put(' ')?;
                spaces = true;
            }
            previous = Some(character);
        }
        self.indicator("\"", false, false, false)?;
        self.after_space = false;
        self.only_indention = false;
        Ok(())
    }

    fn escape(&mut self, character: char) -> Result<(), BuiltinError> {
        let short = ESCAPES.iter().find(|(known, _)| *known == character);
        let code = u32::from(character);
        let text = match (short, code) {
            (Some((_, letter)), _) => format!("\\{letter}"),
            (None, 0..=0xff) => format!("\\x{code:02X}"),
            (None, 0x100..=0xffff) => format!("\\u{code:04X}"),
            (None, _) => format!("\\U{code:08X}"),
        };
        text.chars().try_for_each(|character| self.put(character))
    }

    fn literal(&mut self, text: &str) -> Result<(), BuiltinError> {
        self.indicator("|", true, false, false)?;
        if text.starts_with(|first: char| first == ' ' || is_break(first)) {
            self.indicator("2", false, false, false)?;
        }
        self.indicator(chomping(text), false, false, false)?;
        self.put_break('\n')?;
        self.only_indention = true;
        self.after_space = true;
        let mut breaks = true;
        for character in text.chars() {
            if is_break(character) {
                self.put_break(character)?;
                self.only_indention = true;
                breaks = true;
            } else {
                if breaks {
                    self.line()?;
                }
                self.put(character)?;
                self.only_indention = false;
                breaks = false;
            }
        }
        Ok(())
    }

    /// Begins an indented line, unless at the beginning of one.
    fn line(&mut self) -> Result<(), BuiltinError> {
        let indent = self.indent.unwrap_or(0);
        let past = self.column > indent || (self.column == indent && !self.after_space);
        if !self.only_indention || past {
            self.put_break('\n')?;
        }
        while self.column < indent {
            self.put(' ')?;
        }
        self.after_space = true;
        self.only_indention = true;
        Ok(())
    }

    fn indicator(
        &mut self,
        text: &str,
        needs_space: bool,
        is_space: bool,
        is_indention: bool,
    ) -> Result<(), BuiltinError> {
        if needs_space && !self.after_space {
            self.put(' ')?;
        }
        text.chars().try_for_each(|character| self.put(character))?;
        self.after_space = is_space;
        self.only_indention = self.only_indention && is_indention;
        Ok(())
    }

    fn put(&mut self, character: char) -> Result<(), BuiltinError> {
        self.meter.alloc(1)?;
        self.out.push(character);
        self.column += 1;
        Ok(())
    }

    fn put_break(&mut self, character: char) -> Result<(), BuiltinError> {
        self.put(character)?;
        self.column = 0;
        Ok(())
    }
}

const ESCAPES: &[(char, char)] = &[
    ('\0', '0'),
    ('\u{7}', 'a'),
    ('\u{8}', 'b'),
    ('\t', 't'),
    ('\n', 'n'),
    ('\u{b}', 'v'),
    ('\u{c}', 'f'),
    ('\r', 'r'),
    ('\u{1b}', 'e'),
    ('"', '"'),
    ('\\', '\\'),
    ('\u{85}', 'N'),
    ('\u{a0}', '_'),
    ('\u{2028}', 'L'),
    ('\u{2029}', 'P'),
];

/// How the line breaks at the end of a literal text are kept: none, one, or all.
fn chomping(text: &str) -> &'static str {
    let mut last = text.chars().rev();
    match (last.next().is_some_and(is_break), last.next()) {
        (false, _) => "-",
        (true, None) => "+",
        (true, Some(before)) if is_break(before) => "+",
        (true, Some(_)) => "",
    }
}

/// Characters that JSON spells but YAML does not read. Go's JSON escapes the lowest of them.
fn is_unreadable(character: char) -> bool {
    matches!(character, '\u{7f}' | '\u{80}'..='\u{84}' | '\u{86}'..='\u{9f}' | '\u{fffe}' | '\u{ffff}')
}

/// `[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?`: numbers to the base 60, which are quoted for other readers.
fn is_base_60(text: &str) -> bool {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let mut parts = unsigned.split(':').peekable();
    let digits = |part: &str| {
        part.bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'_')
    };
    let first = parts.next().unwrap_or_default();
    if !first.starts_with(|first: char| first.is_ascii_digit())
        || !digits(first)
        || parts.peek().is_none()
    {
        return false;
    }
    while let Some(part) = parts.next() {
        let (sixtieths, fraction) = match part.split_once('.') {
            Some((sixtieths, fraction)) if parts.peek().is_none() => (sixtieths, fraction),
            _ => (part, ""),
        };
        if !is_sixtieths(sixtieths) || !digits(fraction) {
            return false;
        }
    }
    true
}

fn is_sixtieths(text: &str) -> bool {
    match text.as_bytes() {
        [digit] => digit.is_ascii_digit(),
        [tens, digit] => (b'0'..=b'5').contains(tens) && digit.is_ascii_digit(),
        _ => false,
    }
}
