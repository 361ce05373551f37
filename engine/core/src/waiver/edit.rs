//! A waivers file with one more waiver in it. Everything else stays as it is written.

use std::ops::Range;

use crate::fix::plain_or_quoted;
use crate::parse::Document;
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
        ("rule", Some(plain_or_quoted(entry.rule))),
        ("resource", Some(plain_or_quoted(entry.resource))),
        ("file", entry.file.map(plain_or_quoted)),
        ("pointer", entry.pointer.map(plain_or_quoted)),
        ("reason", Some(plain_or_quoted(entry.reason))),
        ("owner", Some(plain_or_quoted(entry.owner))),
        ("expires", Some(plain_or_quoted(entry.expires))),
        ("ticket", entry.ticket.map(plain_or_quoted)),
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
