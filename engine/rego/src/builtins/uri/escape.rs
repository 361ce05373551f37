//! Percent escapes, which differ between the parts of a URL.

use std::fmt::Write;

use crate::builtins::golang::{lossy, quote};

/// A part of a URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::builtins) enum Part {
    Path,
    Host,
    Zone,
    User,
    Query,
    Fragment,
}

impl Part {
    /// Whether a byte must be escaped in this part.
    pub(super) fn escapes(self, byte: u8) -> bool {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
            return false;
        }
        let reserved = matches!(
            byte,
            b'$' | b'&' | b'+' | b',' | b'/' | b':' | b';' | b'=' | b'?' | b'@'
        );
        match self {
            Self::Host | Self::Zone => !(b"!$&'()*+,;=:[]<>\"".contains(&byte)),
            Self::Path if reserved => byte == b'?',
            Self::User if reserved => matches!(byte, b'@' | b'/' | b'?' | b':'),
            Self::Fragment if reserved => false,
            Self::Fragment => !matches!(byte, b'!' | b'(' | b')' | b'*'),
            Self::Query | Self::Path | Self::User => true,
        }
    }
}

/// A text as it may stand in a part.
pub(in crate::builtins) fn escape(text: &str, part: Part) -> String {
    escape_bytes(text.as_bytes(), part)
}

/// The same of bytes that may be no text.
pub(super) fn escape_bytes(bytes: &[u8], part: Part) -> String {
    let mut out = String::with_capacity(bytes.len());
    for byte in bytes.iter().copied() {
        if byte == b' ' && part == Part::Query {
            out.push('+');
        } else if part.escapes(byte) {
            // Writing to a string cannot fail.
            let _ = write!(out, "%{byte:02X}");
        } else {
            out.push(char::from(byte));
        }
    }
    out
}

/// The text that an escaped part stands for. The error is in Go's words.
pub(in crate::builtins) fn unescape(text: &str, part: Part) -> Result<String, String> {
    unescape_bytes(text, part).map(|bytes| lossy(&bytes))
}

/// The bytes that an escaped part stands for.
pub(super) fn unescape_bytes(text: &str, part: Part) -> Result<Vec<u8>, String> {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes().enumerate();
    while let Some((at, byte)) = bytes.next() {
        match byte {
            b'%' => {
                out.push(escaped_byte(text, at, part)?);
                bytes.nth(1);
            }
            b'+' if part == Part::Query => out.push(b' '),
            _ if refused(byte, part) => {
                return Err(format!(
                    "invalid character {} in host name",
                    quote(&char::from(byte).to_string())
                ));
            }
            _ => out.push(byte),
        }
    }
    Ok(out)
}

fn refused(byte: u8, part: Part) -> bool {
    matches!(part, Part::Host | Part::Zone) && byte.is_ascii() && part.escapes(byte)
}

/// The byte of an escape. Hosts may escape only what is not ASCII, and a percent sign before a zone.
fn escaped_byte(text: &str, at: usize, part: Part) -> Result<u8, String> {
    let bytes = text.as_bytes();
    let invalid = || {
        let end = (at + 3).min(text.len());
        Err(format!(
            "invalid URL escape {}",
            quote(&lossy(bytes.get(at..end).unwrap_or_default()))
        ))
    };
    let digit = |offset: usize| {
        bytes
            .get(at + offset)
            .and_then(|byte| char::from(*byte).to_digit(16))
    };
    let (Some(high), Some(low)) = (digit(1), digit(2)) else {
        return invalid();
    };
    let byte = u8::try_from(high * 16 + low).unwrap_or_default();
    let percent = byte == b'%';
    let allowed = match part {
        Part::Host => percent || byte >= 0x80,
        Part::Zone => percent || byte == b' ' || !Part::Host.escapes(byte),
        _ => true,
    };
    if allowed { Ok(byte) } else { invalid() }
}
