//! Values as text: on lines of their own, or on one line, and never of another type than they are.

use plumbline_rego::value::json;
use plumbline_rego::{Object, Value};

use crate::tree::Typing;
use crate::tree::typing::Scalar;

/// How a text is written.
#[derive(Debug)]
pub(super) struct Writer {
    /// Whether every text has quotes.
    pub(super) is_json: bool,
    /// What ends a line.
    pub(super) line_end: &'static str,
}

impl Writer {
    /// A value on lines of its own, each indented; without a line end after the last one.
    pub(super) fn block(&self, value: &Value, indent: usize) -> String {
        let margin = " ".repeat(indent);
        let lines: Vec<String> = match value {
            Value::Object(object) if !object.is_empty() => object
                .iter()
                .map(|(key, value)| {
                    format!("{margin}{}", self.entry(&key_text(key), value, indent))
                })
                .collect(),
            Value::Array(items) if !items.is_empty() => items
                .iter()
                .map(|item| format!("{margin}- {}", self.item(item, indent)))
                .collect(),
            other => vec![format!("{margin}{}", self.line(other))],
        };
        lines.join(self.line_end)
    }

    /// A key and its value, without the indentation of the key.
    pub(super) fn entry(&self, key: &str, value: &Value, indent: usize) -> String {
        let key = self.text(key);
        if fits_a_line(value) {
            format!("{key}: {}", self.line(value))
        } else {
            format!("{key}:{}{}", self.line_end, self.block(value, indent + 2))
        }
    }

    /// What stands behind the dash of an item, given the indentation of the dash.
    pub(super) fn item(&self, value: &Value, indent: usize) -> String {
        self.block(value, indent + 2).trim_start().to_owned()
    }

    /// A value on one line.
    pub(super) fn line(&self, value: &Value) -> String {
        match value {
            Value::String(text) => self.text(text.as_str()),
            Value::Object(object) => self.braces(object),
            Value::Array(items) => {
                let items: Vec<String> = items.iter().map(|item| self.line(item)).collect();
                format!("[{}]", items.join(", "))
            }
            other => json::to_string(other),
        }
    }

    /// A key and its value on one line.
    pub(super) fn pair(&self, key: &str, value: &Value) -> String {
        format!("{}: {}", self.text(key), self.line(value))
    }

    fn braces(&self, object: &Object) -> String {
        let pairs: Vec<String> = object
            .iter()
            .map(|(key, value)| self.pair(&key_text(key), value))
            .collect();
        format!("{{{}}}", pairs.join(", "))
    }

    fn text(&self, text: &str) -> String {
        if self.is_json {
            json::to_string(&Value::string(text))
        } else {
            plain_or_quoted(text)
        }
    }
}

/// Whether a value stands behind its key, and not below it.
pub(super) fn fits_a_line(value: &Value) -> bool {
    match value {
        Value::Object(object) => object.is_empty(),
        Value::Array(items) => items.is_empty(),
        _ => true,
    }
}

fn key_text(key: &Value) -> String {
    key.as_str().unwrap_or_default().to_owned()
}

/// A text as a scalar of YAML: plain where nothing could mistake it.
pub(crate) fn plain_or_quoted(text: &str) -> String {
    let is_text = |typing: Typing| typing.read(text) == Scalar::String(text);
    let is_plain = text
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'.' | b'_' | b'-'))
        && text.starts_with(|first: char| first.is_ascii_alphanumeric())
        && is_text(Typing::Core)
        && is_text(Typing::Kubernetes);
    if is_plain {
        return text.to_owned();
    }
    let mut out = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' => out.extend(['\\', character]),
            ' '..='~' => out.push(character),
            other if other.is_alphanumeric() => out.push(other),
            other => out.push_str(&format!("\\U{:08X}", u32::from(other))),
        }
    }
    out.push('"');
    out
}
