//! Comments of a text that was read: what no value and no key is written in.
//!
//! The trees of a text know the bytes of everything that it says, so a `#` within a string is never taken for the
//! beginning of a comment.

use std::ops::Range;

use crate::parse::{Document, Notation};
use crate::source::Span;
use crate::tree::Kind;

/// A comment that ends with its line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Comment {
    /// The byte that it begins with.
    pub(super) start: usize,
    /// What it says, without what begins it.
    pub(super) text: Range<usize>,
    /// Whether nothing stands before it on its line.
    pub(super) alone: bool,
}

/// Every comment of a text, in order.
pub(super) fn comments(text: &str, notation: Notation, documents: &[Document]) -> Vec<Comment> {
    let written = written(documents);
    let mut comments = Vec::new();
    let mut at = text.len() - text.trim_start_matches('\u{feff}').len();
    let (mut next, mut covered) = (0, 0);
    let mut before = Before::Blank;
    while let Some(rest) = text.as_bytes().get(at..).filter(|rest| !rest.is_empty()) {
        while let Some(range) = written.get(next).filter(|range| range.start <= at) {
            covered = covered.max(range.end);
            next += 1;
        }
        if at < covered {
            at = covered;
            before = Before::Text;
            continue;
        }
        match begins(rest, before, notation) {
            Begins::Nothing => {
                before = before.and(rest.first().copied().unwrap_or_default());
                at += 1;
            }
            Begins::Block => {
                let length = rest.windows(2).skip(2).position(|pair| pair == b"*/");
                at = length.map_or(text.len(), |length| at + length + 4);
                before = Before::Text;
            }
            Begins::Line(length) => {
                let end = line_end(text, at);
                comments.push(Comment {
                    start: at,
                    text: at + length..end,
                    alone: before == Before::Blank,
                });
                at = end;
            }
        }
    }
    comments
}

/// Where the line of a byte ends, without its line end.
pub(super) fn line_end(text: &str, at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    let line = rest.split('\n').next().unwrap_or_default();
    at + line.strip_suffix('\r').unwrap_or(line).len()
}

/// Where the line of a byte begins.
pub(super) fn line_start(text: &str, at: usize) -> usize {
    let before = text.get(..at).unwrap_or_default();
    before.rfind('\n').map_or(0, |end| end + 1)
}

/// What stands before a byte on its line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Before {
    /// Nothing but white space.
    Blank,
    Text,
    /// Text, and then white space.
    TextAndSpace,
}

impl Before {
    fn and(self, byte: u8) -> Self {
        match byte {
            b'\n' => Self::Blank,
            _ if !byte.is_ascii_whitespace() => Self::Text,
            _ if self == Self::Blank => Self::Blank,
            _ => Self::TextAndSpace,
        }
    }
}

/// What begins at a byte.
enum Begins {
    Nothing,
    /// A comment of one line, by so many bytes.
    Line(usize),
    /// A comment that may go on for lines.
    Block,
}

fn begins(rest: &[u8], before: Before, notation: Notation) -> Begins {
    match (notation, rest) {
        (Notation::Yaml, [b'#', ..]) if before != Before::Text => Begins::Line(1),
        (Notation::Hcl, [b'#', ..]) => Begins::Line(1),
        (Notation::Hcl, [b'/', b'/', ..]) => Begins::Line(2),
        (Notation::Hcl, [b'/', b'*', ..]) => Begins::Block,
        (Notation::Unit, [b'#' | b';', ..]) if before == Before::Blank => Begins::Line(1),
        _ => Begins::Nothing,
    }
}

/// The bytes of every scalar and every key, in order of their beginning.
fn written(documents: &[Document]) -> Vec<Range<usize>> {
    let mut ranges = Vec::new();
    for document in documents {
        let tree = &document.tree;
        for node in tree.all() {
            let is_scalar = !matches!(tree.kind(node), Kind::Sequence | Kind::Mapping);
            let own = tree.span(node).filter(|_| is_scalar);
            let key = tree.key(node).and_then(|key| key.span);
            let spans = own.into_iter().chain(key);
            ranges.extend(
                spans
                    .filter(|span| span.file == document.file)
                    .map(Span::range),
            );
        }
    }
    ranges.sort_unstable_by_key(|range: &Range<usize>| (range.start, range.end));
    ranges
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::comments;
    use crate::parse::{Notation, parse};
    use crate::source::{FileId, Source};

    /// What the comments of a text say, those that stand alone with a `|` before them.
    #[track_caller]
    fn check(notation: Notation, text: &str, expected: &[&str]) {
        let source = Arc::new(Source::new("a", text));
        let (documents, problems) = parse(&source, FileId(0), notation);
        assert_eq!(problems, [], "{text}");
        let said: Vec<String> = comments(text, notation, &documents)
            .into_iter()
            .map(|comment| {
                let alone = if comment.alone { "|" } else { "" };
                format!("{alone}{}", text.get(comment.text).unwrap())
            })
            .collect();
        assert_eq!(said, expected, "{text}");
    }

    #[test]
    fn comments_of_yaml_are_read() {
        check(
            Notation::Yaml,
            "# a\nb: 1 # c\nd:   #e\r\n  - f # g # h\n",
            &["| a", " c", "e", " g # h"],
        );
        check(Notation::Yaml, "\u{feff}# a\nb: 1\n", &["| a"]);
    }

    #[test]
    fn texts_of_yaml_are_no_comments() {
        check(
            Notation::Yaml,
            "a: \"b # c\"\nd: 'e\n  # f'\ng#h: i#j\n\"k # l\": |\n  m # n\n  # o\n# p\n",
            &["| p"],
        );
    }

    #[test]
    fn comments_of_terraform_are_read() {
        check(
            Notation::Hcl,
            "# a\nlocals { // b\n  c = 1 # d\n  /* e\n  # f */\n}\n",
            &["| a", " b", " d"],
        );
    }

    #[test]
    fn texts_of_terraform_are_no_comments() {
        check(
            Notation::Hcl,
            "locals {\n  a = \"b # c ${\"d # e\"}\" // f\n  g = <<-EOT\n    # h ${var.i}\n  EOT\n  j = \"http://k\"\n}\n",
            &[" f"],
        );
    }

    #[test]
    fn a_comment_of_a_unit_has_a_line_of_its_own() {
        check(
            Notation::Unit,
            "[Service]\n# a\n; b\nExecStart=/bin/c # d\n",
            &["| a", "| b"],
        );
    }

    #[test]
    fn json_has_no_comments() {
        check(Notation::Json, "{\"a\": \"# b\"}", &[]);
    }
}
