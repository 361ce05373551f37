//! What people and machines read: one file per output, and the serialised shapes, which live here and nowhere else.

pub mod azure;
pub mod catalogue;
pub mod csv;
mod escape;
pub mod estate;
pub mod explain;
mod frame;
pub mod github;
pub mod gitlab;
pub mod html;
pub mod json;
pub mod jsonl;
pub mod junit;
pub mod markdown;
mod private;
pub mod run_task;
pub mod sarif;
pub mod settings;
mod spoken;
pub mod summary;
pub mod text;
pub mod unit_tests;
pub mod waivers;

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::HashMap;

use plumbline_rego::Path;

use crate::baseline::Comparison;
use crate::estate::Estate;
use crate::finding::{Effect, Evaluation, Finding, RuleId, Severity};
use crate::policy::Rule;
use crate::problem::{Place, Problem};
use crate::resource::Resource;
use crate::source::{Position, Sources, Span};
use crate::verdict::{EnforcementPoint, Verdict, is_excused, would_fail};

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
    /// The rules that judged.
    pub rules: &'a [Rule],
    /// Rules that were not evaluated, and the decision that each one waits for.
    pub waiting: &'a [(RuleId, String)],
    /// How the findings stand to a baseline, if there is one, or to a revision.
    pub baseline: Option<Comparison>,
    /// The revision that the findings are compared to; none if it is a baseline, or nothing.
    pub revision: Option<&'a Revision>,
}

/// A revision of a repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revision {
    /// How the user named it.
    pub name: String,
    /// The commit that was read: where the two sides parted.
    pub commit: String,
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
    /// Checks of the product itself that judged beside the rules.
    pub checks: usize,
}

/// What a finding does to a check. The order is from the mildest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Standing {
    /// It is recorded.
    Noted,
    /// It is shown.
    Warns,
    /// It is enough to fail.
    Fails,
}

/// A place as people count, for outputs that have a field for each part.
#[derive(Debug, Clone, Copy)]
struct Spot<'a> {
    file: &'a str,
    /// Where it begins and ends; none for a file as a whole, and for a text that is not at hand.
    region: Option<(Position, Position)>,
}

impl<'a> Spot<'a> {
    fn of(sources: &'a Sources, span: Span) -> Self {
        Self {
            file: sources.name(span.file),
            region: sources.positions(span),
        }
    }

    /// The line it begins in; the first one of a file as a whole.
    fn line(&self) -> u32 {
        self.region.map_or(1, |(start, _)| start.line)
    }

    /// `file:line:column`, or the name of the file.
    fn spelt(&self) -> String {
        match self.region {
            Some((start, _)) => format!("{}:{start}", self.file),
            None => self.file.to_owned(),
        }
    }
}

/// What stands in a message instead of a secret.
const HIDDEN: &str = "***";
/// Shorter texts are in everything, and are no secrets.
const SHORTEST_SECRET: usize = 4;

impl Report<'_> {
    fn errors(&self) -> usize {
        self.evaluation
            .problems
            .iter()
            .filter(|problem| problem.is_error())
            .count()
    }

    /// How many rules and checks judged.
    fn judging(&self) -> usize {
        self.rules.len() + self.coverage.checks
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

    /// Errors, then warnings, each in their order.
    fn problems_worst_first(&self) -> impl Iterator<Item = &Problem> {
        let problems = &self.evaluation.problems;
        let of = move |errors: bool| {
            problems
                .iter()
                .filter(move |problem| problem.is_error() == errors)
        };
        of(true).chain(of(false))
    }

    /// Findings from the worst to the mildest, each with its number among those of its fingerprint.
    fn worst_first(&self) -> Vec<(&Finding, usize)> {
        let mut counts: HashMap<&str, usize> = HashMap::new();
        let mut findings: Vec<(&Finding, usize)> =
            Vec::with_capacity(self.evaluation.findings.len());
        for finding in &self.evaluation.findings {
            let count = counts.entry(finding.fingerprint.as_str()).or_default();
            *count += 1;
            findings.push((finding, *count));
        }
        findings.sort_by_key(|(finding, _)| Reverse((self.standing(finding), finding.severity)));
        findings
    }

    fn standing(&self, finding: &Finding) -> Standing {
        if is_excused(finding, EnforcementPoint::Check) {
            return Standing::Noted;
        }
        self.standing_of(finding.effect, finding.severity)
    }

    fn standing_of(&self, effect: Effect, severity: Severity) -> Standing {
        match effect {
            Effect::Deny if would_fail(effect, severity, EnforcementPoint::Check, self.fail_on) => {
                Standing::Fails
            }
            Effect::Deny | Effect::Warn => Standing::Warns,
            Effect::Audit => Standing::Noted,
        }
    }

    fn resource_id(&self, finding: &Finding) -> &str {
        let resource = self.resource(finding);
        resource.map_or("", |resource| resource.id.as_str())
    }

    fn spot(&self, span: Span) -> Spot<'_> {
        Spot::of(self.sources, span)
    }

    /// Where a problem lies, if a file is to blame.
    fn spot_of<'p>(&'p self, problem: &'p Problem) -> Option<Spot<'p>> {
        match &problem.place {
            Place::Span(span) => Some(self.spot(*span)),
            Place::File(name) => Some(Spot {
                file: name,
                region: None,
            }),
            Place::Nowhere => None,
        }
    }

    /// What a finding says, without the value that a sensitive rule points at.
    fn message<'f>(&self, finding: &'f Finding) -> Cow<'f, str> {
        message(finding, self.estate)
    }
}

/// What a finding on an estate says, without the value that a sensitive rule points at.
pub fn message<'f>(finding: &'f Finding, estate: &Estate) -> Cow<'f, str> {
    match secret(finding, estate) {
        Some(secret) => Cow::Owned(finding.message.replace(secret, HIDDEN)),
        None => Cow::Borrowed(&finding.message),
    }
}

/// The value that the finding of a sensitive rule points at.
fn secret<'e>(finding: &Finding, estate: &'e Estate) -> Option<&'e str> {
    if finding.masked.is_empty() || finding.location.pointer.is_empty() {
        return None;
    }
    let resource = estate.resources.get(finding.resource?)?;
    let path = Path::from_pointer(&finding.location.pointer)?;
    let reached = resource.tree.follow(resource.root, &path, resource.typing);
    let value = resource.tree.view(reached.node, resource.typing).raw()?;
    (value.chars().count() >= SHORTEST_SECRET).then_some(value)
}
