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
pub mod waivers;

use crate::baseline::Comparison;
use crate::estate::Estate;
use crate::finding::{Effect, Evaluation, Finding, RuleId, Severity};
use crate::resource::Resource;
use crate::source::Sources;
use crate::verdict::{EnforcementPoint, Verdict, is_excused};

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
    /// How the findings stand to a baseline, if there is one.
    pub baseline: Option<Comparison>,
}

/// What was read.
#[derive(Debug, Clone, Default)]
pub struct Coverage {
    /// Files that hold resources.
    pub files: usize,
    /// The names of files that no format knows.
    pub unrecognised: Vec<String>,
}

impl Report<'_> {
    fn errors(&self) -> usize {
        self.evaluation
            .problems
            .iter()
            .filter(|problem| problem.is_error())
            .count()
    }

    fn waived(&self) -> usize {
        let findings = self.evaluation.findings.iter();
        findings.filter(|finding| finding.waiver.is_some()).count()
    }

    fn resource(&self, finding: &Finding) -> Option<&Resource> {
        self.estate.resources.get(finding.resource?)
    }

    fn shown(&self, verbose: bool) -> impl Iterator<Item = &Finding> {
        let is_quiet = |finding: &Finding| {
            finding.effect == Effect::Audit || is_excused(finding, EnforcementPoint::Check)
        };
        self.evaluation
            .findings
            .iter()
            .filter(move |finding| verbose || !is_quiet(finding))
    }
}
