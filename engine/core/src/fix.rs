//! Fixes: what a rule says would undo its finding, as changes of the text that keep everything around them.
//!
//! A fix is made of operations on what is written, and of the edits that they come to. Edited text is read again and
//! must mean what the operations give. Nothing here opens or writes a file.

mod edit;
mod hcl;
mod lines;
mod patch;
mod write;

use std::sync::Arc;

use plumbline_rego::{Path, Value};
use similar::TextDiff;

use crate::parse::{self, Document, Notation};
use crate::source::{FileId, Source, Span, small};
use crate::tree::{NodeId, Tree, Typing};
use edit::{Edit, Editor};

pub(crate) use write::plain_or_quoted;

/// What an operation does. JSON Patch (RFC 6902) has the words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// Adds a key, with the mappings on its way that are missing, or an item of a list. A key that is there gets the value.
    Add(Value),
    /// Puts another value in place of one.
    Replace(Value),
    /// Takes a key or an item away.
    Remove,
}

/// One change of what is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operation {
    /// What it does.
    pub act: Act,
    /// Where, from the root of the document.
    pub path: Path,
}

/// What would undo a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// The text that it changes.
    pub file: FileId,
    /// The first byte of the document that it changes.
    document: Option<u32>,
    typing: Typing,
    operations: Vec<Operation>,
    edits: Vec<Edit>,
}

impl Fix {
    /// The fix that makes these operations of what was read from a file. Of a tree that was put together, a resource of
    /// Terraform can be changed where it is written. An error says why a fix cannot be made.
    pub fn new(
        tree: &Tree,
        file: FileId,
        typing: Typing,
        operations: Vec<Operation>,
    ) -> Result<Self, String> {
        let mut fix = match tree.source() {
            Some(source) => {
                let editor = Editor::new(tree, source, file, typing)?;
                let mut edits = Vec::new();
                for operation in &operations {
                    edits.extend(editor.edits(operation)?);
                }
                Self {
                    file,
                    document: first_byte(tree),
                    typing,
                    operations,
                    edits,
                }
            }
            None => hcl::fix(tree, typing, &operations)?,
        };
        fix.edits.sort_by_key(|edit| (edit.start, edit.end));
        let overlap = |(left, right): (&Edit, &Edit)| left.end > right.start;
        if fix.edits.iter().zip(fix.edits.iter().skip(1)).any(overlap) {
            return Err("its operations touch each other".to_owned());
        }
        Ok(fix)
    }

    /// What it changes: bytes, and the text that takes their place.
    pub fn changes(&self) -> impl Iterator<Item = (Span, &str)> {
        self.edits.iter().map(|edit| {
            let span = Span {
                file: self.file,
                start: small(edit.start),
                end: small(edit.end),
            };
            (span, edit.text.as_str())
        })
    }

    /// A fix of which nothing but its edits is known: it can be shown, and not made.
    pub(crate) fn of_edits(file: FileId, edits: Vec<(u32, u32, String)>) -> Self {
        let edit = |(start, end, text): (u32, u32, String)| Edit {
            start: start as usize,
            end: end as usize,
            text,
        };
        Self {
            file,
            document: None,
            typing: Typing::Json,
            operations: Vec::new(),
            edits: edits.into_iter().map(edit).collect(),
        }
    }

    /// Whether both can be made at once: they do not even touch.
    fn is_apart_from(&self, other: &Self) -> bool {
        let is_apart = |own: &Edit, other: &Edit| own.end < other.start || other.end < own.start;
        self.edits
            .iter()
            .all(|own| other.edits.iter().all(|other| is_apart(own, other)))
    }
}

/// What became of the fixes of one text.
#[derive(Debug)]
pub struct Applied {
    /// The text with those that were made.
    pub text: String,
    /// Which were made. Those that say the same are made as one.
    pub made: Vec<usize>,
    /// Which do not come to what they say. All others touch one that was made, and are for another time.
    pub broken: Vec<usize>,
}

/// Makes as many fixes of a text as can be made at once, the first ones first.
pub fn apply(source: &Arc<Source>, file: FileId, fixes: &[&Fix]) -> Applied {
    let written = Written::read(source, file);
    let mut chosen: Vec<(usize, &Fix)> = Vec::new();
    for (index, fix) in fixes.iter().copied().enumerate() {
        if chosen.iter().all(|(_, other)| fix.is_apart_from(other)) {
            chosen.push((index, fix));
        }
    }
    if let Some(text) = written.with(&chosen) {
        return Applied::of(text, fixes, &chosen, Vec::new());
    }
    let (mut good, broken): (Vec<_>, Vec<_>) = chosen
        .into_iter()
        .partition(|one| written.with(&[*one]).is_some());
    let broken = broken.into_iter().map(|(index, _)| index).collect();
    if let Some(text) = written.with(&good) {
        return Applied::of(text, fixes, &good, broken);
    }
    good.truncate(1);
    match written.with(&good) {
        Some(text) => Applied::of(text, fixes, &good, broken),
        None => Applied::of(source.text().to_owned(), fixes, &[], broken),
    }
}

impl Applied {
    fn of(text: String, fixes: &[&Fix], made: &[(usize, &Fix)], broken: Vec<usize>) -> Self {
        let is_made = |fix: &Fix| made.iter().any(|(_, one)| *one == fix);
        let made = fixes.iter().enumerate().filter(|(_, fix)| is_made(fix));
        Self {
            text,
            made: made.map(|(index, _)| index).collect(),
            broken,
        }
    }
}

/// The difference between two texts of a file, as `patch` reads it; empty where there is none.
pub fn diff(name: &str, before: &str, after: &str) -> String {
    TextDiff::from_lines(before, after)
        .unified_diff()
        .header(name, name)
        .to_string()
}

/// A text before it is edited.
struct Written<'a> {
    source: &'a Source,
    file: FileId,
    notation: Notation,
    documents: Vec<Document>,
    problems: usize,
}

impl<'a> Written<'a> {
    fn read(source: &'a Arc<Source>, file: FileId) -> Self {
        let notation = notation_of(source);
        let (documents, problems) = parse::parse(source, file, notation);
        Self {
            source,
            file,
            notation,
            documents,
            problems: problems.len(),
        }
    }

    /// The text with some fixes made, if it means what they say, in every document, and reads no worse than before.
    fn with(&self, fixes: &[(usize, &Fix)]) -> Option<String> {
        let mut edits: Vec<&Edit> = fixes.iter().flat_map(|(_, fix)| &fix.edits).collect();
        edits.sort_by_key(|edit| (edit.start, edit.end));
        let text = edited(self.source.text(), &edits)?;
        let source = Arc::new(Source::new(self.source.name(), text.as_str()));
        let (documents, problems) = parse::parse(&source, self.file, self.notation);
        let is_same_shape =
            documents.len() == self.documents.len() && problems.len() <= self.problems;
        let mut pairs = self.documents.iter().zip(&documents);
        let comes_to_it =
            is_same_shape && pairs.all(|(before, after)| comes_to(before, after, fixes));
        comes_to_it.then_some(text)
    }
}

/// Whether a document is what the fixes make of another one.
fn comes_to(before: &Document, after: &Document, fixes: &[(usize, &Fix)]) -> bool {
    let start = first_byte(&before.tree);
    let own = || {
        let fixes = fixes.iter().map(|(_, fix)| *fix);
        fixes.filter(move |fix| fix.document == start)
    };
    let typing = own().next().map_or(Typing::Core, |fix| fix.typing);
    let written = before.tree.to_value(NodeId::ROOT, typing);
    let wanted = own()
        .flat_map(|fix| &fix.operations)
        .try_fold(written, |value, operation| {
            patch::patched(&value, operation.path.steps(), &operation.act)
        });
    wanted == Some(after.tree.to_value(NodeId::ROOT, typing))
}

/// A text with other texts in place of some bytes, in their order.
fn edited(text: &str, edits: &[&Edit]) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for edit in edits {
        out.push_str(text.get(at..edit.start)?);
        out.push_str(&edit.text);
        at = edit.end;
    }
    out.push_str(text.get(at..)?);
    Some(out)
}

/// What a text is read as: YAML, if its name says nothing else.
fn notation_of(source: &Source) -> Notation {
    Notation::of_file_name(source.name()).unwrap_or(Notation::Yaml)
}

fn first_byte(tree: &Tree) -> Option<u32> {
    tree.span(NodeId::ROOT).map(|span| span.start)
}
