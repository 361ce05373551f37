//! Values as HCL: a list of objects is blocks, and everything else stands behind its `=`.

use plumbline_rego::value::json;
use plumbline_rego::{Object, Value};

/// What a block is indented by within another one.
pub(super) const INDENT: &str = "  ";

/// How blocks are written.
pub(super) struct Writer {
    /// What ends a line.
    pub(super) ending: &'static str,
}

impl Writer {
    /// A block with all that it says, without the indentation of its first line.
    pub(super) fn block(&self, name: &str, content: &Object, margin: &str) -> String {
        if content.is_empty() {
            return format!("{name} {{}}");
        }
        let ending = self.ending;
        let inner = self.body(content, &format!("{margin}{INDENT}"));
        format!("{name} {{{ending}{inner}{ending}{margin}}}")
    }

    /// The entries of a body on lines of their own, each indented: attributes, and then blocks.
    pub(super) fn body(&self, content: &Object, margin: &str) -> String {
        let Entries { attributes, blocks } = Entries::of(content);
        let width = widest(&attributes);
        let mut lines: Vec<String> = attributes
            .iter()
            .map(|(key, value)| format!("{margin}{}", attribute(key, value, width)))
            .collect();
        for (name, blocks) in blocks {
            let blocks = blocks.iter().filter_map(Value::as_object);
            lines.extend(
                blocks.map(|content| format!("{margin}{}", self.block(name, content, margin))),
            );
        }
        lines.join(self.ending)
    }
}

/// What a body says, by how it is written.
pub(super) struct Entries<'a> {
    pub(super) attributes: Vec<(&'a str, &'a Value)>,
    pub(super) blocks: Vec<(&'a str, &'a [Value])>,
}

impl<'a> Entries<'a> {
    pub(super) fn of(content: &'a Object) -> Self {
        let (mut attributes, mut blocks) = (Vec::new(), Vec::new());
        for (key, value) in content.iter() {
            let key = key.as_str().unwrap_or_default();
            match value.as_array() {
                Some(items) if is_blocks(items) => blocks.push((key, items)),
                _ => attributes.push((key, value)),
            }
        }
        Self { attributes, blocks }
    }
}

fn is_blocks(items: &[Value]) -> bool {
    !items.is_empty() && items.iter().all(|item| item.as_object().is_some())
}

/// How many characters the longest key has.
pub(super) fn widest(attributes: &[(&str, &Value)]) -> usize {
    let widths = attributes.iter().map(|(key, _)| key.chars().count());
    widths.max().unwrap_or(0)
}

/// An attribute whose `=` stands behind so many characters.
pub(super) fn attribute(key: &str, value: &Value, width: usize) -> String {
    format!("{key:width$} = {}", line(value))
}

/// A value on one line.
pub(super) fn line(value: &Value) -> String {
    match value {
        Value::String(text) => quoted(text.as_str()),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(line).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(object) if !object.is_empty() => {
            let entry = |(key, value): (&Value, &Value)| {
                let key = object_key(key.as_str().unwrap_or_default());
                format!("{key} = {}", line(value))
            };
            let entries: Vec<String> = object.iter().map(entry).collect();
            format!("{{ {} }}", entries.join(", "))
        }
        other => json::to_string(other),
    }
}

/// The key of an object: a word where it can be one.
pub(super) fn object_key(key: &str) -> String {
    let is_word = is_name(key) && !["true", "false", "null", "for"].contains(&key);
    if is_word { key.to_owned() } else { quoted(key) }
}

/// Whether an attribute or a block may be called so.
pub(super) fn is_name(text: &str) -> bool {
    let is_inner = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    let first = text.bytes().next();
    first.is_some_and(|byte| byte.is_ascii_alphabetic() || byte == b'_')
        && text.bytes().all(is_inner)
}

/// Whether a text in a value would be an expression, and not a text.
pub(super) fn is_template(value: &Value) -> bool {
    let is_marked = |text: &str| text.contains("${") || text.contains("%{");
    match value {
        Value::String(text) => is_marked(text.as_str()),
        Value::Array(items) => items.iter().any(is_template),
        Value::Object(object) => object
            .iter()
            .any(|(key, value)| is_template(key) || is_template(value)),
        _ => false,
    }
}

fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' => out.extend(['\\', character]),
            '\n' => out.push_str("\\n"),
            ' '..='~' => out.push(character),
            other if other.is_alphanumeric() => out.push(other),
            other => out.push_str(&format!("\\U{:08X}", u32::from(other))),
        }
    }
    out.push('"');
    out
}
