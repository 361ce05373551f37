//! Whether OPA can hand a value to a template: it writes it as Rego text and reads that as JSON.
//!
//! So sets, keys that are not strings, and characters that Go escapes in its own way are errors. Here they are found
//! without the detour, in the order of the text.

use crate::builtins::operand::size;
use crate::builtins::sprintf::quote::is_print;
use crate::builtins::{BuiltinError, Meter};
use crate::value::Value;

/// What Go's JSON decoder says of the first thing in a value's text that is not JSON.
pub(super) fn check(meter: &Meter, value: &Value) -> Result<Result<(), String>, BuiltinError> {
    meter.step(1)?;
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => Ok(Ok(())),
        Value::String(text) => check_string(meter, text),
        Value::Array(items) => {
            for item in items {
                if let Err(error) = check(meter, item)? {
                    return Ok(Err(error));
                }
            }
            Ok(Ok(()))
        }
        Value::Set(set) => check_set(meter, set.as_slice()),
        Value::Object(object) => {
            for (key, value) in object.iter() {
                if let Err(error) = check_key(meter, key)? {
                    return Ok(Err(error));
                }
                if let Err(error) = check(meter, value)? {
                    return Ok(Err(error));
                }
            }
            Ok(Ok(()))
        }
    }
}

fn check_key(meter: &Meter, key: &Value) -> Result<Result<(), String>, BuiltinError> {
    match key {
        Value::String(text) => check_string(meter, text),
        other => Ok(Err(misplaced(
            first_character(other),
            "looking for beginning of object key string",
        ))),
    }
}

/// A set looks like an object whose keys have no values.
fn check_set(meter: &Meter, members: &[Value]) -> Result<Result<(), String>, BuiltinError> {
    let Some(first) = members.first() else {
        return Ok(Err(misplaced('s', "looking for beginning of value")));
    };
    if let Err(error) = check_key(meter, first)? {
        return Ok(Err(error));
    }
    let next = if members.len() > 1 { ',' } else { '}' };
    Ok(Err(misplaced(next, "after object key")))
}

/// Looks for the escapes of Go that JSON does not have.
fn check_string(meter: &Meter, text: &str) -> Result<Result<(), String>, BuiltinError> {
    meter.step(size(text.len()) / 16)?;
    let escape = text.chars().find_map(|character| match character {
        '\u{7}' => Some('a'),
        '\u{b}' => Some('v'),
        '\u{8}' | '\u{c}' | '\n' | '\r' | '\t' => None,
        '\0'..='\u{1f}' | '\u{7f}' => Some('x'),
        '\u{1_0000}'..='\u{10_ffff}' if !is_print(character) => Some('U'),
        _ => None,
    });
    Ok(match escape {
        Some(escape) => Err(misplaced(escape, "in string escape code")),
        None => Ok(()),
    })
}

fn misplaced(character: char, place: &str) -> String {
    format!("invalid character '{character}' {place}")
}

/// The first character of a value's Rego text.
fn first_character(value: &Value) -> char {
    match value {
        Value::Null => 'n',
        Value::Bool(true) => 't',
        Value::Bool(false) => 'f',
        Value::Number(number) => number.to_string().chars().next().unwrap_or('0'),
        Value::String(_) => '"',
        Value::Array(_) => '[',
        Value::Set(set) if set.is_empty() => 's',
        Value::Object(_) | Value::Set(_) => '{',
    }
}
