//! Patches that stand in a kustomization as text, read at the bytes where they stand.

use std::sync::Arc;

use super::draft::Draft;
use crate::parse::{self, Notation};
use crate::problem::{Place, Problem};
use crate::source::{Source, Span, small};
use crate::tree::{Tree, View};

/// What a text at a node says, document by document, and what is wrong with it.
pub(super) fn documents(tree: &Tree, text: View<'_>) -> (Vec<Draft>, Vec<Problem>) {
    let (Some(inner), Some(source)) = (text.raw(), tree.source()) else {
        return (Vec::new(), Vec::new());
    };
    let Some(whole) = tree.span(text.id()) else {
        return (Vec::new(), Vec::new());
    };
    let places = Places::new(source.text(), whole, inner);
    let moved = |span: Span| places.moved(span);
    let inner = Arc::new(Source::new(source.name(), inner));
    let (documents, problems) = parse::parse(&inner, whole.file, Notation::Yaml);
    let drafts = documents
        .iter()
        .filter_map(|document| Some(Draft::moved(&document.tree, document.tree.root()?, &moved)))
        .collect();
    let problems = problems.into_iter().map(|problem| Problem {
        place: match problem.place {
            Place::Span(span) => Place::Span(moved(span)),
            other => other,
        },
        related: problem.related.map(|(span, note)| (moved(span), note)),
        ..problem
    });
    (drafts, problems.collect())
}

/// From the bytes of a text to those of the file that it stands in.
#[derive(Debug)]
struct Places {
    /// All of the text: where nothing better is known.
    whole: Span,
    /// Where each line begins, within and without, as far as it stands there just so.
    lines: Vec<(u32, u32)>,
}

impl Places {
    fn new(outer: &str, whole: Span, inner: &str) -> Self {
        let lines = in_one_piece(outer, whole, inner)
            .or_else(|| line_by_line(outer, whole, inner))
            .unwrap_or_default();
        Self { whole, lines }
    }

    fn moved(&self, span: Span) -> Span {
        let places = (self.outer(span.start), self.outer(span.end));
        let (Some(start), Some(end)) = places else {
            return self.whole;
        };
        Span {
            start,
            end: end.min(self.whole.end).max(start),
            ..self.whole
        }
    }

    fn outer(&self, at: u32) -> Option<u32> {
        let after = self.lines.partition_point(|(inner, _)| *inner <= at);
        let (inner, outer) = self.lines.get(after.checked_sub(1)?)?;
        outer.checked_add(at - inner)
    }
}

/// A text of which nothing was escaped or folded, with or without quotes.
fn in_one_piece(outer: &str, whole: Span, inner: &str) -> Option<Vec<(u32, u32)>> {
    let start = whole.start as usize;
    let starts_at = |at: usize| outer.get(at..)?.starts_with(inner).then_some(at);
    let at = starts_at(start).or_else(|| starts_at(start + 1))?;
    Some(vec![(0, small(at))])
}

/// The lines of a literal block, each without its indentation.
fn line_by_line(outer: &str, whole: Span, inner: &str) -> Option<Vec<(u32, u32)>> {
    let start = whole.start as usize;
    let rest = outer.get(start..)?;
    let mut at = if rest.starts_with('|') {
        start + rest.find('\n')? + 1
    } else {
        outer
            .get(..start)?
            .rfind('\n')
            .map_or(0, |newline| newline + 1)
    };
    let mut inner_at = 0;
    let mut lines = Vec::new();
    for line in inner.trim_end_matches('\n').split('\n') {
        let written = outer.get(at..)?.split('\n').next()?;
        let bare = written.strip_suffix('\r').unwrap_or(written);
        let indent = bare.len().checked_sub(line.len())?;
        if bare.get(indent..) != Some(line) {
            return None;
        }
        lines.push((small(inner_at), small(at + indent)));
        inner_at += line.len() + 1;
        at += written.len() + 1;
    }
    Some(lines)
}
