//! Text for other languages.

use std::fmt::Write;

use crate::builtins::operand::size;
use crate::builtins::sprintf::quote::is_print;
use crate::builtins::{BuiltinError, Meter};

/// Text in HTML.
pub(super) fn html(meter: &Meter, text: &str) -> Result<String, BuiltinError> {
    charge(meter, text)?;
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\0' => out.push(char::REPLACEMENT_CHARACTER),
            '"' => out.push_str("&#34;"),
            '\'' => out.push_str("&#39;"),
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            other => out.push(other),
        }
    }
    Ok(out)
}

/// Text in a string of JavaScript.
pub(super) fn javascript(meter: &Meter, text: &str) -> Result<String, BuiltinError> {
    charge(meter, text)?;
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\\' | '\'' | '"' => {
                out.push('\\');
                out.push(character);
            }
            '<' | '>' | '&' | '=' | '\0'..='\u{1f}' => push_code(&mut out, character),
            other if other.is_ascii() || is_print(other) => out.push(other),
            other => push_code(&mut out, other),
        }
    }
    Ok(out)
}

fn push_code(out: &mut String, character: char) {
    // Writing to a string cannot fail.
    let _ = write!(out, "\\u{:04X}", u32::from(character));
}

/// Text in the query of a URL.
pub(super) fn url_query(meter: &Meter, text: &str) -> Result<String, BuiltinError> {
    charge(meter, text)?;
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                out.push(char::from(byte));
            }
            b' ' => out.push('+'),
            other => {
                // Writing to a string cannot fail.
                let _ = write!(out, "%{other:02X}");
            }
        }
    }
    Ok(out)
}

/// Charges for the longest that a text can become.
fn charge(meter: &Meter, text: &str) -> Result<(), BuiltinError> {
    meter.step(size(text.len()) / 4)?;
    meter.alloc(size(text.len()).saturating_mul(6))
}
