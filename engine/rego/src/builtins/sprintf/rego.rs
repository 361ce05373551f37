//! The spelling that OPA gives to values inside of text: Rego's, with strings quoted as Go quotes them.

use super::quote::quoted;
use crate::builtins::operand::size;
use crate::builtins::{BuiltinError, Meter};
use crate::value::Value;

/// A value as text; strings are quoted.
pub(super) fn text(meter: &Meter, value: &Value) -> Result<String, BuiltinError> {
    let mut writer = Writer {
        meter,
        out: String::new(),
    };
    writer.value(value)?;
    Ok(writer.out)
}

struct Writer<'m> {
    meter: &'m Meter,
    out: String,
}

impl Writer<'_> {
    fn value(&mut self, value: &Value) -> Result<(), BuiltinError> {
        self.meter.step(1)?;
        match value {
            Value::Null => self.push("null"),
            Value::Bool(true) => self.push("true"),
            Value::Bool(false) => self.push("false"),
            Value::Number(number) => self.push(&number.to_string()),
            Value::String(text) => self.string(text),
            Value::Array(items) => self.list("[", items.as_slice(), "]"),
            Value::Set(set) if set.is_empty() => self.push("set()"),
            Value::Set(set) => self.list("{", set.as_slice(), "}"),
            Value::Object(object) => {
                self.push("{")?;
                for (index, (key, value)) in object.iter().enumerate() {
                    self.separator(index)?;
                    self.value(key)?;
                    self.push(": ")?;
                    self.value(value)?;
                }
                self.push("}")
            }
        }
    }

    fn list(&mut self, open: &str, items: &[Value], close: &str) -> Result<(), BuiltinError> {
        self.push(open)?;
        for (index, item) in items.iter().enumerate() {
            self.separator(index)?;
            self.value(item)?;
        }
        self.push(close)
    }

    fn separator(&mut self, index: usize) -> Result<(), BuiltinError> {
        if index > 0 { self.push(", ") } else { Ok(()) }
    }

    fn string(&mut self, text: &str) -> Result<(), BuiltinError> {
        self.meter.step(size(text.len()) / 16)?;
        self.meter.alloc(size(text.len()))?;
        self.push(&quoted(text))
    }

    fn push(&mut self, text: &str) -> Result<(), BuiltinError> {
        self.meter.alloc(size(text.len()))?;
        self.out.push_str(text);
        Ok(())
    }
}
