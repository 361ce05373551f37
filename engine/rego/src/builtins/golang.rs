//! How Go's standard library reads and spells text, and how OPA words its messages.
//!
//! Nothing here decides anything: it makes our answers read as OPA's do.

mod floats;
mod json;
#[cfg(test)]
pub(crate) mod testing;

pub(crate) use floats::{general_decimal, general_f32, general_f64, json_f64};
pub(crate) use json::{Indent, canonical, json_shape, marshal, marshal_indented};

pub(super) use super::operand::{fail as failed, size as units};

use super::{Builtin, Function, Type};

/// A builtin that Rego v1 keeps.
pub(crate) const fn builtin(
    name: &'static str,
    operands: &'static [Type],
    result: Type,
    function: Function,
) -> Builtin {
    Builtin {
        name,
        operands,
        result,
        deprecated: false,
        function,
    }
}

/// A builtin that only Rego v0 has.
pub(crate) const fn deprecated(
    name: &'static str,
    operands: &'static [Type],
    result: Type,
    function: Function,
) -> Builtin {
    Builtin {
        name,
        operands,
        result,
        deprecated: true,
        function,
    }
}

/// The text from a byte on; nothing if that byte is past the end or inside a character.
pub(crate) fn tail(text: &str, from: usize) -> &str {
    text.get(from..).unwrap_or_default()
}

/// The text of bytes; every byte that is not UTF-8 becomes U+FFFD, as Go reads it.
pub(crate) fn lossy(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|_| char::REPLACEMENT_CHARACTER));
    }
    text
}

/// Go's `strconv.Quote`.
pub(crate) fn quote(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for character in text.chars() {
        quote_char(&mut out, character);
    }
    out.push('"');
    out
}

fn quote_char(out: &mut String, character: char) {
    match character {
        '"' => out.push_str("\\\""),
        '\\' => out.push_str("\\\\"),
        '\u{7}' => out.push_str("\\a"),
        '\u{8}' => out.push_str("\\b"),
        '\u{c}' => out.push_str("\\f"),
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        '\u{b}' => out.push_str("\\v"),
        printable if is_print(printable) => out.push(printable),
        other => out.push_str(&numeric_escape(u32::from(other))),
    }
}

fn numeric_escape(code: u32) -> String {
    match code {
        0..0x80 => format!("\\x{code:02x}"),
        0x80..0x1_0000 => format!("\\u{code:04x}"),
        _ => format!("\\U{code:08x}"),
    }
}

/// Go's `unicode.IsPrint`, but for characters that have no glyph and are seldom met.
pub(crate) fn is_print(character: char) -> bool {
    let invisible = matches!(u32::from(character), 0xad | 0x200b..=0x200f | 0x202a..=0x202e | 0x2060..=0x206f
        | 0xe000..=0xf8ff | 0xfeff | 0xfff0..=0xfffb | 0xe_0000..=0x10_ffff);
    character == ' ' || !(character.is_control() || character.is_whitespace() || invisible)
}

/// The 64-bit integer that OPA sees in the text of a number: digits, and zeros after a point.
pub(crate) fn atoi(text: &str) -> Option<i64> {
    let (negative, unsigned) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if unsigned.is_empty()
        || unsigned.len() > 19
        || !digits(whole)
        || !fraction.bytes().all(|byte| byte == b'0')
    {
        return None;
    }
    let magnitude: i64 = if whole.is_empty() {
        0
    } else {
        whole.parse().ok()?
    };
    Some(if negative { -magnitude } else { magnitude })
}
