//! What people and machines read: one file per output, and the serialised shapes, which live here and nowhere else.

pub mod catalogue;
mod escape;
pub mod estate;
pub mod explain;
mod frame;
pub mod json;
mod private;
pub mod text;
pub mod unit_tests;

use crate::estate::Estate;
use crate::finding::{Effect, Evaluation, RuleId, Severity};
use crate::source::Sources;
use crate::verdict::Verdict;

pub use escape::visible;

/// Everything a report is made of.
#[derive(Debug)]
pub struct Report<'a> {
    /// The texts that places point into.
    pub sources: &'a Sources,
    /// The world that was judged.
    pub estate: &'a Estate,
    /// What was found.
    pub evaluation: &'a Evaluation,
    /// The verdict on it.
    pub verdict: Verdict,
    /// The severity from which on a deny fails.
    pub fail_on: Severity,
    /// What was judged, in numbers.
    pub coverage: Coverage,
    /// The policy set's digest.
    pub digest: String,
    /// How many rules judged.
    pub rules: usize,
    /// Rules that were not evaluated, and the decision that each one waits for.
    pub waiting: &'a [(RuleId, String)],
}

/// What was read.
#[derive(Debug, Clone, Default)]
pub struct Coverage {
    /// Files that hold resources.
    pub files: usize,
    /// The names of files that no format knows.
    pub unrecognised: Vec<String>,
    /// Rules that nothing was judged by.
    pub idle: Vec<RuleId>,
}

impl Report<'_> {
    fn errors(&self) -> usize {
        self.evaluation
            .problems
            .iter()
            .filter(|problem| problem.is_error())
            .count()
    }

    fn shown(&self, verbose: bool) -> impl Iterator<Item = &crate::finding::Finding> {
        self.evaluation
            .findings
            .iter()
            .filter(move |finding| verbose || finding.effect != Effect::Audit)
    }
}
