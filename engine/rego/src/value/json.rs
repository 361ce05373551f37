//! JSON text straight in and out.
//!
//! [`Reader`] turns text into events with their bytes, without recursion, so that values and trees with places are
//! built from one scanner. [`parse`] builds a [`Value`]; [`write()`] and [`to_string`] spell one, sets as arrays.

mod reader;

use std::fmt::{self, Write};

pub use reader::{Event, JsonError, Reader};

use super::{Array, Number, Object, ObjectBuilder, Value};

/// The deepest nesting that is read.
pub const MAX_DEPTH: usize = 512;

/// The value of a JSON text. Of repeated keys the last one stays, as in Go's decoder.
pub fn parse(text: &str) -> Result<Value, JsonError> {
    let mut reader = Reader::new(text, MAX_DEPTH);
    let mut open: Vec<Open> = Vec::new();
    loop {
        let (event, range) = reader.next_event()?;
        let finished = match event {
            Event::Null => Value::Null,
            Event::Bool(value) => Value::Bool(value),
            Event::Number(text) => Value::Number(
                Number::parse(text)
                    .map_err(|error| JsonError::at(range.start, error.to_string()))?,
            ),
            Event::String(text) => Value::string(&text),
            Event::Key(text) => {
                if let Some(Open::Object(_, key)) = open.last_mut() {
                    *key = Some(Value::string(&text));
                }
                continue;
            }
            Event::ArrayStart => {
                open.push(Open::Array(Vec::new()));
                continue;
            }
            Event::ObjectStart => {
                open.push(Open::Object(ObjectBuilder::default(), None));
                continue;
            }
            Event::ArrayEnd | Event::ObjectEnd => match open.pop() {
                Some(Open::Array(items)) => Value::Array(Array::from(items)),
                Some(Open::Object(builder, _)) => Value::Object(builder.finish()),
                None => {
                    return Err(JsonError::at(
                        range.start,
                        "unexpected end of a collection".to_owned(),
                    ));
                }
            },
            Event::End => return Err(JsonError::at(range.start, "expected a value".to_owned())),
        };
        match open.last_mut() {
            Some(Open::Array(items)) => items.push(finished),
            Some(Open::Object(builder, key)) => {
                builder.insert(key.take().unwrap_or(Value::Null), finished);
            }
            None => {
                reader.expect_end()?;
                return Ok(finished);
            }
        }
    }
}

enum Open {
    Array(Vec<Value>),
    Object(ObjectBuilder, Option<Value>),
}

/// The compact JSON spelling of a value.
pub fn to_string(value: &Value) -> String {
    let mut out = String::new();
    // Writing to a string cannot fail.
    let _ = write(&mut out, value);
    out
}

/// The JSON spelling of a value for people: indented by two spaces, with a line end.
pub fn to_string_pretty(value: &Value) -> String {
    let mut out = String::new();
    // Writing to a string cannot fail.
    let _ = write_pretty(&mut out, value, 0);
    out.push('\n');
    out
}

fn write_pretty(out: &mut String, value: &Value, depth: usize) -> fmt::Result {
    match value {
        Value::Array(items) if !items.is_empty() => write_lines(out, items.as_slice(), depth),
        Value::Set(set) if !set.is_empty() => write_lines(out, set.as_slice(), depth),
        Value::Object(object) if !object.is_empty() => {
            for (index, (key, value)) in object.iter().enumerate() {
                out.write_str(if index == 0 { "{" } else { "," })?;
                new_line(out, depth + 1)?;
                write_key(out, key)?;
                out.write_str(": ")?;
                write_pretty(out, value, depth + 1)?;
            }
            new_line(out, depth)?;
            out.write_char('}')
        }
        other => write(out, other),
    }
}

fn write_lines(out: &mut String, items: &[Value], depth: usize) -> fmt::Result {
    for (index, item) in items.iter().enumerate() {
        out.write_str(if index == 0 { "[" } else { "," })?;
        new_line(out, depth + 1)?;
        write_pretty(out, item, depth + 1)?;
    }
    new_line(out, depth)?;
    out.write_char(']')
}

fn new_line(out: &mut String, depth: usize) -> fmt::Result {
    write!(out, "\n{:1$}", "", depth * 2)
}

/// Writes the compact JSON spelling: sets as arrays, keys that are not strings as their JSON text.
pub fn write(out: &mut impl Write, value: &Value) -> fmt::Result {
    match value {
        Value::Null => out.write_str("null"),
        Value::Bool(value) => write!(out, "{value}"),
        Value::Number(number) => write!(out, "{number}"),
        Value::String(text) => write_string(out, text),
        Value::Array(items) => write_list(out, items.as_slice()),
        Value::Set(set) => write_list(out, set.as_slice()),
        Value::Object(object) => write_object(out, object),
    }
}

fn write_list(out: &mut impl Write, items: &[Value]) -> fmt::Result {
    out.write_char('[')?;
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            out.write_char(',')?;
        }
        write(out, item)?;
    }
    out.write_char(']')
}

fn write_object(out: &mut impl Write, object: &Object) -> fmt::Result {
    out.write_char('{')?;
    for (index, (key, value)) in object.iter().enumerate() {
        if index > 0 {
            out.write_char(',')?;
        }
        write_key(out, key)?;
        out.write_char(':')?;
        write(out, value)?;
    }
    out.write_char('}')
}

fn write_key(out: &mut impl Write, key: &Value) -> fmt::Result {
    match key {
        Value::String(text) => write_string(out, text),
        other => write_string(out, &to_string(other)),
    }
}

/// Writes a quoted string with only the escapes that JSON demands.
pub fn write_string(out: &mut impl Write, text: &str) -> fmt::Result {
    out.write_char('"')?;
    for character in text.chars() {
        match character {
            '"' => out.write_str("\\\"")?,
            '\\' => out.write_str("\\\\")?,
            '\n' => out.write_str("\\n")?,
            '\r' => out.write_str("\\r")?,
            '\t' => out.write_str("\\t")?,
            control if u32::from(control) < 0x20 => write!(out, "\\u{:04x}", u32::from(control))?,
            other => out.write_char(other)?,
        }
    }
    out.write_char('"')
}
