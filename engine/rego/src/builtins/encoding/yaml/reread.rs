//! What is lost when `go-yaml` reads a value's JSON, before it writes the value: JSON leaves a line break of YAML as it
//! is, and keys have a greatest length.

use std::borrow::Cow;

use crate::builtins::golang;
use crate::builtins::{BuiltinError, Meter};
use crate::value::Value;

/// The longest key that is found again, in characters with its quotes and escapes.
const JSON_KEY: usize = 1024;

/// A line break of YAML that JSON spells as it is.
const NEXT_LINE: char = '\u{85}';

/// What `go-yaml` reads in a quoted text of JSON: blanks around line breaks are dropped, one break is a space, and of
/// several the first is dropped.
pub(super) fn folded(text: &str) -> Cow<'_, str> {
    if !text.contains(NEXT_LINE) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((line, after)) = rest.split_once(NEXT_LINE) {
        out.push_str(line.trim_end_matches(' '));
        rest = after.trim_start_matches([' ', NEXT_LINE]);
        let dropped = after.get(..after.len() - rest.len()).unwrap_or_default();
        match dropped.matches(NEXT_LINE).count() {
            0 => out.push(' '),
            more => out.extend(std::iter::repeat_n('\n', more)),
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// Whether `go-yaml` does not know a key of JSON for one when it comes to its colon.
pub(super) fn is_lost(meter: &Meter, key: &str) -> Result<bool, BuiltinError> {
    let spelt = golang::marshal(meter, &Value::string(key))?;
    Ok(key.contains(NEXT_LINE) || spelt.chars().count() > JSON_KEY)
}

/// The error for the first lost key, which is named by its line.
pub(super) fn lost_key(meter: &Meter, root: &Value) -> BuiltinError {
    let mut line = 0;
    if let Err(error) = find_lost(meter, root, &mut line) {
        return error;
    }
    let place = match line {
        0 => String::new(),
        line => format!("line {line}: "),
    };
    BuiltinError::Failed(format!("yaml: {place}did not find expected ',' or '}}'"))
}

/// Counts the line breaks of a value as far as its first lost key. Says whether there is one.
fn find_lost(meter: &Meter, value: &Value, line: &mut usize) -> Result<bool, BuiltinError> {
    meter.step(1)?;
    match value {
        Value::String(text) => *line += text.matches(NEXT_LINE).count(),
        Value::Array(items) => {
            for item in items.as_slice() {
                if find_lost(meter, item, line)? {
                    return Ok(true);
                }
            }
        }
        Value::Object(object) => {
            for (key, value) in object.iter() {
                let key = key.as_str().unwrap_or_default();
                *line += key.matches(NEXT_LINE).count();
                if is_lost(meter, key)? || find_lost(meter, value, line)? {
                    return Ok(true);
                }
            }
        }
        _ => {}
    }
    Ok(false)
}
