//! Strings: where they end, and what they say.

use super::{Kind, Lexer, Template, offset};
use crate::syntax::Span;
use crate::syntax::reports::Reports;

impl Lexer<'_> {
    /// `"text"`, whose escapes the parser looks at.
    pub(super) fn string(&mut self) {
        let start = self.at;
        self.at += 1;
        loop {
            match self.peek() {
                None | Some(b'\n') => return self.unterminated(start),
                Some(b'"') => break,
                Some(b'\\') => self.skip_escape(),
                Some(_) => self.at += 1,
            }
        }
        self.at += 1;
        self.push_since(Kind::String, start);
    }

    /// Text in backticks.
    pub(super) fn raw_string(&mut self) {
        let start = self.at;
        let rest = self.text.get(start + 1..).unwrap_or_default();
        if let Some(length) = rest.find('`') {
            self.push(Kind::RawString, length + 2);
            return;
        }
        self.at += 1;
        self.report(
            start,
            "unterminated raw string",
            Some("close it with a backtick"),
        );
        self.at = self.text.len();
        self.push_since(Kind::Invalid, start);
    }

    /// `$"text {expression}"`, up to the first expression.
    pub(super) fn template(&mut self) {
        let raw = match self.peek_at(1) {
            Some(b'"') => false,
            Some(b'`') => true,
            _ => return self.illegal('$'),
        };
        self.push(Kind::TemplateStart { raw }, 2);
        self.template_text(raw);
    }

    /// A brace that may end an expression of a template string.
    pub(super) fn right_brace(&mut self) {
        let balanced = self.braces == 0;
        if let Some(template) = self.templates.pop_if(|_| balanced) {
            self.push(Kind::TemplateClose, 1);
            self.braces = template.braces;
            self.template_text(template.raw);
        } else {
            self.braces = self.braces.saturating_sub(1);
            self.push(Kind::RightBrace, 1);
        }
    }

    /// Text up to the next expression or the end of the template string.
    fn template_text(&mut self, raw: bool) {
        let start = self.at;
        self.skip_template_text(raw);
        if self.at > start {
            self.push_since(Kind::TemplateText, start);
        }
        match self.peek() {
            Some(b'{') => {
                self.push(Kind::TemplateOpen, 1);
                self.templates.push(Template {
                    raw,
                    braces: self.braces,
                });
                self.braces = 0;
            }
            Some(b'"' | b'`') => self.push(Kind::TemplateEnd, 1),
            _ => {
                self.report(
                    start,
                    "unterminated template string",
                    Some("close it with the quote it began with"),
                );
                self.push(Kind::TemplateEnd, 0);
            }
        }
    }

    fn skip_template_text(&mut self, raw: bool) {
        loop {
            match self.peek() {
                None | Some(b'{') => return,
                Some(b'"' | b'\n') if !raw => return,
                Some(b'`') if raw => return,
                Some(b'\\') if !raw || self.peek_at(1) == Some(b'{') => self.skip_escape(),
                Some(_) => self.at += 1,
            }
        }
    }

    /// A backslash and the byte that it protects.
    fn skip_escape(&mut self) {
        self.at += if matches!(self.peek_at(1), None | Some(b'\n')) {
            1
        } else {
            2
        };
    }

    fn unterminated(&mut self, start: usize) {
        self.report(
            start,
            "unterminated string",
            Some("close it with `\"`; strings of several lines take backticks"),
        );
        self.push_since(Kind::Invalid, start);
    }
}

/// Which escapes a text knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::syntax) enum Quotes {
    /// `"text"`: those of JSON.
    Plain,
    /// A template string: those of JSON and `\{`.
    Template,
    /// A template string in backticks: `\{`.
    RawTemplate,
}

/// What a text says whose first byte is at `start`.
pub(in crate::syntax) fn unescape(
    source: &str,
    start: u32,
    quotes: Quotes,
    reports: &mut Reports,
) -> String {
    if !source.contains('\\') {
        return source.to_owned();
    }
    if quotes == Quotes::RawTemplate {
        return source.replace("\\{", "{");
    }
    let mut unescape = Unescape {
        source,
        at: 0,
        start,
        quotes,
        reports,
        text: String::with_capacity(source.len()),
    };
    while unescape.step() {}
    unescape.text
}

struct Unescape<'a> {
    source: &'a str,
    at: usize,
    start: u32,
    quotes: Quotes,
    reports: &'a mut Reports,
    text: String,
}

impl Unescape<'_> {
    fn step(&mut self) -> bool {
        let begin = self.at;
        match self.next() {
            None => return false,
            Some('\\') => self.escape(begin),
            Some(control) if control < ' ' => {
                // OPA reads a string as JSON as soon as it has an escape.
                self.report(
                    begin,
                    "control character in a string with escapes",
                    "write `\\t` for a tab",
                );
            }
            Some(other) => self.text.push(other),
        }
        true
    }

    fn next(&mut self) -> Option<char> {
        let next = self
            .source
            .get(self.at..)
            .and_then(|rest| rest.chars().next())?;
        self.at += next.len_utf8();
        Some(next)
    }

    fn escape(&mut self, begin: usize) {
        let meant = match self.next() {
            Some(same @ ('"' | '\\' | '/')) => same,
            Some('b') => '\u{8}',
            Some('f') => '\u{c}',
            Some('n') => '\n',
            Some('r') => '\r',
            Some('t') => '\t',
            Some('u') => return self.unicode(begin),
            Some('{') if self.quotes == Quotes::Template => '{',
            _ => {
                return self.report(
                    begin,
                    "illegal escape sequence",
                    "write `\\\\` for a backslash",
                );
            }
        };
        self.text.push(meant);
    }

    /// `u00e9`, or two of them for a surrogate pair. A surrogate without its partner stands for U+FFFD, as in JSON.
    fn unicode(&mut self, begin: usize) {
        let Some(first) = self.hex() else {
            return self.report(
                begin,
                "illegal escape sequence",
                "write four hexadecimal digits after `\\u`",
            );
        };
        let after = self.at;
        let low = if is_high(first) {
            self.low_surrogate()
        } else {
            None
        };
        if low.is_none() {
            self.at = after;
        }
        let code = low.map_or(first, |low| {
            0x10000 + ((first - 0xd800) << 10) + (low - 0xdc00)
        });
        self.text
            .push(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
    }

    fn low_surrogate(&mut self) -> Option<u32> {
        if self
            .source
            .get(self.at..)
            .is_some_and(|rest| rest.starts_with("\\u"))
        {
            self.at += 2;
            self.hex().filter(|code| (0xdc00..0xe000).contains(code))
        } else {
            None
        }
    }

    fn hex(&mut self) -> Option<u32> {
        let digits = self.source.get(self.at..self.at + 4)?;
        if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        self.at += 4;
        u32::from_str_radix(digits, 16).ok()
    }

    fn report(&mut self, begin: usize, message: &str, hint: &str) {
        let span = Span {
            start: self.start + offset(begin),
            end: self.start + offset(self.at),
        };
        self.reports.hinted(span, message, hint);
    }
}

fn is_high(code: u32) -> bool {
    (0xd800..0xdc00).contains(&code)
}
