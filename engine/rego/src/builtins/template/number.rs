//! Numbers, characters and strings as Go's source spells them.

use crate::builtins::golang::lossy;
use crate::builtins::numbers::{parse_float, underscores_separate_digits};
use crate::builtins::sprintf::Item;
use crate::builtins::sprintf::quote::quoted;

/// A number constant. Its spelling decides what it becomes where any type is good.
#[derive(Debug, Clone)]
pub(super) struct Number {
    text: String,
    /// Nothing if it is too large for the type that its spelling asks for.
    item: Option<Item>,
}

impl Number {
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// The value, or why there is none.
    pub(super) fn item(&self) -> Result<Item, String> {
        self.item
            .clone()
            .ok_or_else(|| format!("{} overflows int", self.text))
    }

    /// A number without imaginary part, or with nothing but one.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        if let Some(imaginary) = text.strip_suffix('i')
            && let Ok(imaginary) = parse_float(imaginary)
        {
            return Ok(Self::new(text, Some(Item::Complex(0.0, imaginary))));
        }
        if let Some(integer) = parse_integer(text) {
            let unsigned = u64::try_from(integer).is_ok() && !text.starts_with(['+', '-']);
            match i64::try_from(integer) {
                Ok(small) => return Ok(Self::new(text, Some(Item::Int(small)))),
                Err(_) if unsigned => return Ok(Self::new(text, None)),
                Err(_) => {}
            }
        }
        match parse_float(text) {
            Ok(_) if !text.contains(['.', 'e', 'E', 'p', 'P']) => {
                Err(format!("integer overflow: {}", quoted(text)))
            }
            Ok(float) => Ok(Self::new(text, Some(Item::Float(float)))),
            Err(_) => Err(format!("illegal number syntax: {}", quoted(text))),
        }
    }

    /// A number with a real and an imaginary part.
    pub(super) fn parse_complex(text: &str) -> Result<Self, String> {
        let syntax = || format!("illegal number syntax: {}", quoted(text));
        let parts = text.strip_suffix('i').unwrap_or(text);
        let middle = parts
            .char_indices()
            .zip(parts.chars().skip(1))
            .filter(|((_, before), sign)| !"eEpP".contains(*before) && matches!(sign, '+' | '-'))
            .last();
        let middle = middle.map(|((at, before), _)| at + before.len_utf8());
        let (real, imaginary) = middle
            .and_then(|at| parts.split_at_checked(at))
            .ok_or_else(syntax)?;
        match (parse_float(real), parse_float(imaginary)) {
            (Ok(real), Ok(imaginary)) => Ok(Self::new(text, Some(Item::Complex(real, imaginary)))),
            _ => Err(syntax()),
        }
    }

    /// The number of a character in single quotes.
    pub(super) fn parse_char(text: &str) -> Result<Self, String> {
        let rest = text.get(1..).unwrap_or_default();
        let (unit, tail) = unquote_char(rest, '\'').ok_or_else(|| "invalid syntax".to_owned())?;
        if tail != "'" {
            return Err(format!("malformed character constant: {text}"));
        }
        let code = match unit {
            Unit::Byte(byte) => i64::from(byte),
            Unit::Character(character) => i64::from(u32::from(character)),
        };
        Ok(Self::new(text, Some(Item::Int(code))))
    }

    fn new(text: &str, item: Option<Item>) -> Self {
        Self {
            text: text.to_owned(),
            item,
        }
    }
}

/// An integer with a base prefix or without, as `strconv.ParseInt` reads it at base zero.
fn parse_integer(text: &str) -> Option<i128> {
    if text.contains('_') && !underscores_separate_digits(text) {
        return None;
    }
    let plain = text.replace('_', "").to_ascii_lowercase();
    let unsigned = plain.strip_prefix(['+', '-']).unwrap_or(&plain);
    let (digits, radix) = match unsigned.get(..2) {
        Some("0x") => (unsigned.get(2..)?, 16),
        Some("0o") => (unsigned.get(2..)?, 8),
        Some("0b") => (unsigned.get(2..)?, 2),
        Some(_) if unsigned.starts_with('0') => (unsigned.get(1..)?, 8),
        _ => (unsigned, 10),
    };
    if digits.starts_with(['+', '-']) {
        return None;
    }
    let magnitude = i128::from_str_radix(digits, radix).ok()?;
    Some(if plain.starts_with('-') {
        -magnitude
    } else {
        magnitude
    })
}

/// What a Go string literal stands for. Bytes that are not UTF-8 become U+FFFD.
pub(super) fn unquote(literal: &str) -> Option<String> {
    if let Some(raw) = literal.strip_prefix('`') {
        return Some(raw.strip_suffix('`')?.replace('\r', ""));
    }
    let mut rest = literal.strip_prefix('"')?;
    let mut bytes = Vec::new();
    while rest != "\"" {
        if rest.starts_with('\n') {
            return None;
        }
        let (unit, tail) = unquote_char(rest, '"')?;
        match unit {
            Unit::Byte(byte) => bytes.push(byte),
            Unit::Character(character) => {
                bytes.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
            }
        }
        rest = tail;
    }
    Some(lossy(&bytes))
}

/// What one character or escape of a literal stands for.
enum Unit {
    Byte(u8),
    Character(char),
}

/// The first character or escape of a literal's text, and what follows it.
fn unquote_char(text: &str, quote: char) -> Option<(Unit, &str)> {
    let mut characters = text.chars();
    let first = characters.next()?;
    if first == quote {
        return None;
    }
    if first != '\\' {
        return Some((Unit::Character(first), characters.as_str()));
    }
    let escape = characters.next()?;
    let rest = characters.as_str();
    let simple = match escape {
        'a' => '\u{7}',
        'b' => '\u{8}',
        'f' => '\u{c}',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'v' => '\u{b}',
        '\\' => '\\',
        '\'' | '"' if escape == quote => escape,
        _ => return numeric_escape(escape, text, rest),
    };
    Some((Unit::Character(simple), rest))
}

/// An escape that gives a byte or a character by its number. `text` begins at the backslash, `rest` behind the
/// letter.
fn numeric_escape<'t>(escape: char, text: &'t str, rest: &'t str) -> Option<(Unit, &'t str)> {
    let (digits, radix) = match escape {
        'x' => (rest.get(..2)?, 16),
        'u' => (rest.get(..4)?, 16),
        'U' => (rest.get(..8)?, 16),
        '0'..='7' => (text.get(1..4)?, 8),
        _ => return None,
    };
    if !digits.chars().all(|digit| digit.is_digit(radix)) {
        return None;
    }
    let number = u32::from_str_radix(digits, radix).ok()?;
    let unit = if matches!(escape, 'u' | 'U') {
        Unit::Character(char::from_u32(number)?)
    } else {
        Unit::Byte(u8::try_from(number).ok()?)
    };
    let skipped = if radix == 8 { 2 } else { digits.len() };
    Some((unit, rest.get(skipped..)?))
}
