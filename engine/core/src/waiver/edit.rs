//! A waivers file with one more waiver in it. Everything else stays as it is written.

use std::ops::Range;

use crate::parse::Document;
use crate::tree::typing::Scalar;
use crate::tree::{NodeId, Typing, View};

/// What is written of a waiver.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'a> {
    /// A rule id, or a glob on ids.
    pub rule: &'a str,
    /// A glob on resource ids.
    pub resource: &'a str,
    /// A glob on files.
    pub file: Option<&'a str>,
    /// A JSON pointer into the resource.
    pub pointer: Option<&'a str>,
    /// Why it is acceptable.
    pub reason: &'a str,
    /// Who answers for it.
    pub owner: &'a str,
    /// The last day on which it holds.
    pub expires: &'a str,
    /// Where it was agreed.
    pub ticket: Option<&'a str>,
}

/// The text of a waivers file with an entry at the end of its list, given what was read of it; a text that says nothing
/// yet begins a list. None if the list is not written as one item after the other.
pub fn append(text: &str, document: Option<&Document>, entry: &Entry<'_>) -> Option<String> {
    let (replaced, indent, head) = match document {
        None => (text.len()..text.len(), "  ", "version: 1\nwaivers:\n"),
        Some(document) => {
            let root = document.tree.view(NodeId::ROOT, Typing::Core);
            let list = root.get("waivers")?;
            match list.items().last() {
                Some(last) => {
                    let (end, indent) = end_of(text, last, document)?;
                    (end..end, indent, "")
                }
                None => (empty(text, list, document)?, "  ", ":\n"),
            }
        }
    };
    let before = text.get(..replaced.start)?;
    let after = text.get(replaced.end..)?;
    let is_new_line = before.is_empty() || before.ends_with('\n') || !replaced.is_empty();
    let line_end = if is_new_line { "" } else { "\n" };
    let mut added = format!("{line_end}{head}{}", item(indent, entry));
    if text.contains("\r\n") {
        added = added.replace('\n', "\r\n");
    }
    Some([before, added.as_str(), after].concat())
}

/// The bytes of an empty list, from behind its key, which begins its line.
fn empty(text: &str, list: View<'_>, document: &Document) -> Option<Range<usize>> {
    let key = list.key_span()?;
    let before = text.get(..key.start as usize)?;
    let is_first = before.is_empty() || before.ends_with('\n');
    let end = document.tree.span(list.id())?.end;
    (is_first && list.is_sequence()).then_some(key.end as usize..end as usize)
}

/// The byte after the last line of an item, and what its dash is indented by.
fn end_of<'t>(text: &'t str, item: View<'_>, document: &Document) -> Option<(usize, &'t str)> {
    let span = document.tree.span(item.id())?;
    let before = text.get(..span.start as usize)?;
    let line = before.rsplit('\n').next()?;
    let indent = line.trim_end().strip_suffix('-')?;
    let rest = text.get(span.end as usize..)?;
    let left = rest.find('\n').map_or(rest.len(), |end| end + 1);
    indent
        .trim_matches(' ')
        .is_empty()
        .then_some((span.end as usize + left, indent))
}

fn item(indent: &str, entry: &Entry<'_>) -> String {
    let keys = [
        ("rule", Some(scalar(entry.rule))),
        ("resource", Some(scalar(entry.resource))),
        ("file", entry.file.map(scalar)),
        ("pointer", entry.pointer.map(scalar)),
        ("reason", Some(scalar(entry.reason))),
        ("owner", Some(scalar(entry.owner))),
        ("expires", Some(scalar(entry.expires))),
        ("ticket", entry.ticket.map(scalar)),
    ];
    let mut lead = "- ";
    let mut out = String::new();
    for (key, value) in keys {
        if let Some(value) = value {
            out.push_str(&format!("{indent}{lead}{key}: {value}\n"));
            lead = "  ";
        }
    }
    out
}

/// A text as a scalar of YAML: plain where nothing could mistake it.
fn scalar(text: &str) -> String {
    let is_plain = text
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'.' | b'_' | b'-'))
        && text.starts_with(|first: char| first.is_ascii_alphanumeric())
        && Typing::Core.read(text) == Scalar::String(text);
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
