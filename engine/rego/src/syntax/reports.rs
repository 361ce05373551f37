//! Diagnostics as they are collected.

use super::{Diagnostic, Span};

/// OPA's code for everything that is not Rego.
const PARSE_ERROR: &str = "rego_parse_error";

/// OPA's code for what only a whole module can be wrong about.
const COMPILE_ERROR: &str = "rego_compile_error";

/// So many diagnostics say enough about one module; a file that is no Rego at all has one for every word.
const LIMIT: usize = 1_000;

/// Diagnostics in the order in which they were found, up to a limit.
#[derive(Debug, Default)]
pub(super) struct Reports {
    list: Vec<Diagnostic>,
}

impl Reports {
    /// Something is wrong.
    pub(super) fn error(&mut self, span: Span, message: impl Into<String>) {
        self.push(PARSE_ERROR, span, message.into(), None);
    }

    /// Something is wrong, and this is what to do about it.
    pub(super) fn hinted(
        &mut self,
        span: Span,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) {
        self.push(PARSE_ERROR, span, message.into(), Some(hint.into()));
    }

    /// A rule is named like a document that it would hide.
    pub(super) fn shadowed(&mut self, span: Span, message: impl Into<String>) {
        self.push(
            COMPILE_ERROR,
            span,
            message.into(),
            Some("use a different rule name".to_owned()),
        );
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether no more are taken.
    pub(super) fn is_full(&self) -> bool {
        self.list.len() >= LIMIT
    }

    /// Takes back what was reported since there were `length`.
    pub(super) fn truncate(&mut self, length: usize) {
        self.list.truncate(length);
    }

    /// Takes back what was reported since there were `length` and concerns bytes from `start` on.
    pub(super) fn retract(&mut self, length: usize, start: u32) {
        let since = self.list.split_off(length.min(self.list.len()));
        self.list
            .extend(since.into_iter().filter(|report| report.span.start < start));
    }

    /// Adds all of another list.
    pub(super) fn extend(&mut self, other: Self) {
        self.list.extend(other.list);
    }

    /// In the order of the text.
    pub(super) fn into_sorted(self) -> Vec<Diagnostic> {
        let mut list = self.list;
        list.sort_by_key(|report| report.span.start);
        list
    }

    fn push(&mut self, code: &'static str, span: Span, message: String, hint: Option<String>) {
        let is_known = self
            .list
            .last()
            .is_some_and(|last| last.span == span && last.message == message);
        if !is_known && !self.is_full() {
            self.list.push(Diagnostic {
                code,
                message,
                span,
                hint,
            });
        }
    }
}
