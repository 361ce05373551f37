//! How values are written: JSON where JSON has a spelling, Rego's own for sets.

use std::fmt::{self, Write};

use super::{Value, json};

/// Rego's spelling: as JSON, with sets in braces and the empty set as `set()`.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool(value) => write!(f, "{value}"),
            Self::Number(number) => write!(f, "{number}"),
            Self::String(text) => json::write_string(f, text),
            Self::Array(items) => {
                delimited(f, '[', ']', items.iter(), |f, item| write!(f, "{item}"))
            }
            Self::Object(object) => delimited(f, '{', '}', object.iter(), |f, (key, value)| {
                write!(f, "{key}: {value}")
            }),
            Self::Set(set) if set.is_empty() => f.write_str("set()"),
            Self::Set(set) => delimited(f, '{', '}', set.iter(), |f, item| write!(f, "{item}")),
        }
    }
}

fn delimited<T>(
    f: &mut fmt::Formatter<'_>,
    open: char,
    close: char,
    items: impl Iterator<Item = T>,
    mut write: impl FnMut(&mut fmt::Formatter<'_>, T) -> fmt::Result,
) -> fmt::Result {
    f.write_char(open)?;
    for (index, item) in items.enumerate() {
        if index > 0 {
            f.write_str(", ")?;
        }
        write(f, item)?;
    }
    f.write_char(close)
}
