//! References: those within a document are followed, those out of it are left and said.

use std::collections::HashSet;

use super::Report;
use crate::tree::View;

/// How many references may follow each other.
const MAX_HOPS: usize = 32;

/// How many segments the pointer of a reference may have.
const MAX_SEGMENTS: usize = 64;

/// Keys of data, in which `$ref` is no reference.
const DATA: &[&str] = &["const", "enum", "example", "examples"];

/// Keys whose mappings have names for keys, so that none of them is a key of data.
const NAMES: &[&str] = &[
    "$defs",
    "channels",
    "definitions",
    "headers",
    "messages",
    "operations",
    "parameters",
    "patternProperties",
    "properties",
    "responses",
    "schemas",
];

/// A document to read from, through its references.
#[derive(Debug, Clone, Copy)]
pub(super) struct Contract<'a> {
    pub(super) root: View<'a>,
}

impl<'a> Contract<'a> {
    /// The value of a key: of a node itself, or else of what its reference leads to. Null is no value.
    pub(super) fn get(self, view: View<'a>, key: &str) -> Option<View<'a>> {
        self.hops(view)
            .find_map(|view| view.get(key).filter(|value| !value.is_null()))
    }

    /// The entries of a mapping, and of what its reference leads to.
    pub(super) fn entries(self, view: View<'a>) -> impl Iterator<Item = (&'a str, View<'a>)> {
        self.hops(view)
            .flat_map(View::entries)
            .filter(|(key, _)| *key != "$ref")
    }

    /// A node, and what its references lead to one after the other. A circle of them ends.
    fn hops(self, view: View<'a>) -> impl Iterator<Item = View<'a>> {
        std::iter::successors(Some(view), move |view| self.target(*view)).take(MAX_HOPS)
    }

    /// What the reference at a node leads to, if there is one and it leads to a part of the document.
    pub(super) fn target(self, view: View<'a>) -> Option<View<'a>> {
        self.find(reference(view)?)
    }

    /// The last of what references lead to; none if that is out of the document, nowhere, or a circle.
    pub(super) fn resolved(self, view: View<'a>) -> Option<View<'a>> {
        self.hops(view)
            .last()
            .filter(|last| reference(*last).is_none())
    }

    fn is_circle(self, view: View<'a>) -> bool {
        self.hops(view).count() == MAX_HOPS
    }

    fn find(self, reference: &str) -> Option<View<'a>> {
        self.follow(reference, |at, segment| {
            // Tools also read on behind a reference that a pointer passes.
            step(at, segment).or_else(|| {
                let passed = self.follow(self::reference(at)?, step)?;
                step(passed, segment)
            })
        })
    }

    fn follow(
        self,
        reference: &str,
        step: impl Fn(View<'a>, &str) -> Option<View<'a>>,
    ) -> Option<View<'a>> {
        let pointer = reference.strip_prefix('#')?;
        if pointer.is_empty() {
            return Some(self.root);
        }
        let segments = pointer.strip_prefix('/')?.split('/');
        if segments.clone().count() > MAX_SEGMENTS {
            return None;
        }
        let mut segments = segments.map(unescape);
        segments.try_fold(self.root, |at, segment| step(at, &segment))
    }
}

/// The reference at a node.
pub(super) fn reference(view: View<'_>) -> Option<&str> {
    view.get("$ref")?.str()
}

/// The last segment of a reference: what people call what it leads to.
pub(super) fn last_segment(reference: &str) -> Option<String> {
    let segment = reference.rsplit(['/', '#']).next()?;
    Some(unescape(segment)).filter(|segment| !segment.is_empty())
}

/// Says which references lead nowhere, and which files references lead into, each of them once.
pub(super) fn check(contract: Contract<'_>, report: &mut Report<'_>) {
    let mut files = HashSet::new();
    let mut pending = vec![Part {
        view: contract.root,
        named: false,
        embedded: false,
    }];
    while let Some(part) = pending.pop() {
        check_one(contract, part, &mut files, report);
        pending.extend(part.below().into_iter().rev());
    }
}

/// A part of a document on the way through all of it.
#[derive(Debug, Clone, Copy)]
struct Part<'a> {
    view: View<'a>,
    /// Its keys are names.
    named: bool,
    /// It lies in a schema with an `$id`, which references within it start from.
    embedded: bool,
}

impl Part<'_> {
    fn below(self) -> Vec<Self> {
        let embedded = self.embedded || self.view.get("$id").and_then(View::str).is_some();
        let entries = self.view.entries().map(|(key, view)| Self {
            view,
            named: !self.named && NAMES.contains(&key),
            embedded,
        });
        let is_data = |part: &Self| part.view.key().is_some_and(|key| DATA.contains(&key));
        let items = self.view.items().map(|view| Self {
            view,
            named: false,
            embedded,
        });
        entries
            .filter(|part| self.named || !is_data(part))
            .chain(items)
            .collect()
    }
}

fn check_one<'a>(
    contract: Contract<'a>,
    part: Part<'a>,
    files: &mut HashSet<&'a str>,
    report: &mut Report<'_>,
) {
    let view = part.view;
    let Some((written, text)) = view.get("$ref").and_then(|view| Some((view, view.str()?))) else {
        return;
    };
    let file = text.split('#').next().unwrap_or_default();
    // In a schema with an `$id` it starts from there; without a slash it names an anchor. The model reads neither.
    let is_own_base = part.embedded || view.get("$id").and_then(View::str).is_some();
    let is_pointer = text.starts_with("#/") && !is_own_base;
    if !file.is_empty() {
        if files.insert(file) {
            report.warning(
                written.id(),
                format!(
                    "references into `{}` were not followed",
                    file.escape_debug()
                ),
                "bundle the files into one document, so that all of it can be judged",
            );
        }
    } else if is_pointer && contract.find(text).is_none() {
        report.error(
            written.id(),
            format!("the reference `{}` leads to nothing", text.escape_debug()),
            "declare what it leads to, or correct it",
        );
    } else if is_pointer && contract.is_circle(view) {
        report.error(
            written.id(),
            format!(
                "the reference `{}` leads back to itself",
                text.escape_debug()
            ),
            "let it lead to what it stands for",
        );
    }
}

/// An element of a sequence or the value of a key, in the words of a pointer.
fn step<'a>(at: View<'a>, segment: &str) -> Option<View<'a>> {
    if at.is_sequence() {
        at.items().nth(segment.parse().ok()?)
    } else {
        at.get(segment)
    }
}

/// A segment of a pointer without its escapes: first those of a URL, then `~1` and `~0`.
fn unescape(segment: &str) -> String {
    percent_decoded(segment)
        .replace("~1", "/")
        .replace("~0", "~")
}

fn percent_decoded(text: &str) -> String {
    let mut parts = text.split('%');
    let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        let code = part
            .get(..2)
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match code {
            Some(code) => {
                bytes.push(code);
                bytes.extend(part.bytes().skip(2));
            }
            None => {
                bytes.push(b'%');
                bytes.extend(part.bytes());
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::{last_segment, unescape};

    #[test]
    fn a_segment_has_escapes_of_two_kinds() {
        for (written, meant) in [
            ("orders", "orders"),
            ("~1orders~1{id}", "/orders/{id}"),
            ("~1orders~1%7Bid%7D", "/orders/{id}"),
            ("a~01", "a~1"),
            ("%c3%bc", "ü"),
            ("100%", "100%"),
            ("%zz", "%zz"),
        ] {
            assert_eq!(unescape(written), meant, "{written}");
        }
    }

    #[test]
    fn the_last_segment_names_what_is_meant() {
        let last = |reference| last_segment(reference).unwrap_or_default();
        assert_eq!(last("#/components/messages/Order"), "Order");
        assert_eq!(last("common.yaml#Order"), "Order");
        assert_eq!(last("#/"), "");
    }
}
