//! JSON as Go's `encoding/json` writes it, after OPA has turned sets into arrays and keys into strings.

use crate::builtins::{BuiltinError, Meter};
use crate::value::{Object, ObjectBuilder, Value};

use super::{json_f64, units};

/// How indented JSON begins its lines.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Indent<'text> {
    /// What every line but the first begins with.
    pub(crate) prefix: &'text str,
    /// What is repeated once per level.
    pub(crate) step: &'text str,
}

/// The value that JSON can spell: sets become arrays, keys that are not strings become their JSON text.
pub(crate) fn json_shape(meter: &Meter, value: &Value) -> Result<Value, BuiltinError> {
    meter.step(1)?;
    match value {
        Value::Array(items) => shape_list(meter, items.as_slice()),
        Value::Set(set) => shape_list(meter, set.as_slice()),
        Value::Object(object) => shape_object(meter, object),
        scalar => Ok(scalar.clone()),
    }
}

fn shape_list(meter: &Meter, items: &[Value]) -> Result<Value, BuiltinError> {
    let shaped = items.iter().map(|item| json_shape(meter, item));
    Ok(Value::from(shaped.collect::<Result<Vec<_>, _>>()?))
}

fn shape_object(meter: &Meter, object: &Object) -> Result<Value, BuiltinError> {
    let mut builder = ObjectBuilder::with_capacity(object.len());
    for (key, value) in object.iter() {
        let name = match key {
            Value::String(_) => key.clone(),
            other => Value::from(marshal(meter, other)?),
        };
        builder.insert(name, json_shape(meter, value)?);
    }
    Ok(Value::Object(builder.finish()))
}

/// The compact spelling.
pub(crate) fn marshal(meter: &Meter, value: &Value) -> Result<String, BuiltinError> {
    write(meter, value, None)
}

/// The spelling with a line per element; the first line has no prefix.
pub(crate) fn marshal_indented(
    meter: &Meter,
    value: &Value,
    indent: Indent<'_>,
) -> Result<String, BuiltinError> {
    write(meter, value, Some(indent))
}

fn write(meter: &Meter, value: &Value, indent: Option<Indent<'_>>) -> Result<String, BuiltinError> {
    let shaped = json_shape(meter, value)?;
    let mut writer = Writer {
        out: String::new(),
        meter,
        indent,
        floats: false,
    };
    writer.value(&shaped, 0)?;
    Ok(writer.out)
}

/// The compact spelling with every number as the float it is nearest to: equal values have equal spellings.
/// Numbers beyond all floats have none.
pub(crate) fn canonical(meter: &Meter, value: &Value) -> Result<Option<String>, BuiltinError> {
    if has_infinite_number(value) {
        return Ok(None);
    }
    let mut writer = Writer {
        out: String::new(),
        meter,
        indent: None,
        floats: true,
    };
    writer.value(value, 0)?;
    Ok(Some(writer.out))
}

fn has_infinite_number(value: &Value) -> bool {
    match value {
        Value::Number(number) => !number.to_f64().is_finite(),
        Value::Array(items) => items.iter().any(has_infinite_number),
        Value::Object(object) => object.values().any(has_infinite_number),
        _ => false,
    }
}

struct Writer<'text> {
    out: String,
    meter: &'text Meter,
    indent: Option<Indent<'text>>,
    floats: bool,
}

impl Writer<'_> {
    fn value(&mut self, value: &Value, level: usize) -> Result<(), BuiltinError> {
        match value {
            Value::Null => self.push("null"),
            Value::Bool(true) => self.push("true"),
            Value::Bool(false) => self.push("false"),
            Value::Number(number) if self.floats => self.push(&json_f64(number.to_f64())),
            Value::Number(number) => self.push(&number.to_string()),
            Value::String(text) => self.string(text),
            Value::Array(items) => self.list(items.as_slice(), level),
            Value::Set(set) => self.list(set.as_slice(), level),
            Value::Object(object) => self.object(object, level),
        }
    }

    fn list(&mut self, items: &[Value], level: usize) -> Result<(), BuiltinError> {
        self.push("[")?;
        for (index, item) in items.iter().enumerate() {
            self.separator(index, level + 1)?;
            self.value(item, level + 1)?;
        }
        self.close("]", items.is_empty(), level)
    }

    fn object(&mut self, object: &Object, level: usize) -> Result<(), BuiltinError> {
        self.push("{")?;
        for (index, (key, value)) in object.iter().enumerate() {
            self.separator(index, level + 1)?;
            self.string(key.as_str().unwrap_or_default())?;
            self.push(if self.indent.is_some() { ": " } else { ":" })?;
            self.value(value, level + 1)?;
        }
        self.close("}", object.is_empty(), level)
    }

    fn separator(&mut self, index: usize, level: usize) -> Result<(), BuiltinError> {
        if index > 0 {
            self.push(",")?;
        }
        self.line(level)
    }

    fn close(&mut self, bracket: &str, empty: bool, level: usize) -> Result<(), BuiltinError> {
        if !empty {
            self.line(level)?;
        }
        self.push(bracket)
    }

    fn line(&mut self, level: usize) -> Result<(), BuiltinError> {
        let Some(indent) = self.indent else {
            return Ok(());
        };
        self.push("\n")?;
        self.push(indent.prefix)?;
        (0..level).try_for_each(|_| self.push(indent.step))
    }

    fn string(&mut self, text: &str) -> Result<(), BuiltinError> {
        self.meter.alloc(units(text.len()))?;
        self.out.push('"');
        for character in text.chars() {
            self.character(character);
        }
        self.out.push('"');
        Ok(())
    }

    /// Go escapes what HTML and JavaScript would trip over.
    fn character(&mut self, character: char) {
        match character {
            '"' => self.out.push_str("\\\""),
            '\\' => self.out.push_str("\\\\"),
            '\u{8}' => self.out.push_str("\\b"),
            '\u{c}' => self.out.push_str("\\f"),
            '\n' => self.out.push_str("\\n"),
            '\r' => self.out.push_str("\\r"),
            '\t' => self.out.push_str("\\t"),
            '\0'..' ' | '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                self.out
                    .push_str(&format!("\\u{:04x}", u32::from(character)));
            }
            other => self.out.push(other),
        }
    }

    fn push(&mut self, text: &str) -> Result<(), BuiltinError> {
        self.meter.alloc(units(text.len()))?;
        self.out.push_str(text);
        Ok(())
    }
}
