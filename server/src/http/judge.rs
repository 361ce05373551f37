//! Files that were sent, judged as `plumb check` judges files.
//!
//! What they say of themselves weakens nothing: only exceptions that the server was started with hold.

use plumbline_core::estate::Estate;
use plumbline_core::finding::Severity;
use plumbline_core::manifests::{self, Manifests};
use plumbline_core::policy::PolicySet;
use plumbline_core::problem::Problem;
use plumbline_core::report::{Coverage, Report};
use plumbline_core::source::FileId;
use plumbline_core::verdict::{EnforcementPoint, Verdict};
use plumbline_core::waiver::Occasion;
use plumbline_rego::Settings;

use crate::clock;
use crate::policies::Active;

/// What is to be judged, and how.
pub(super) struct Case {
    /// The files, by their names.
    pub(super) files: Vec<(String, String)>,
    /// The severity from which on a deny fails.
    pub(super) fail_on: Severity,
    /// Whether it is nothing unusual that there is no resource in them.
    pub(super) may_be_empty: bool,
}

/// What is made of the report on files.
pub(super) fn judge<T>(
    active: &Active,
    case: Case,
    settings: &Settings,
    render: impl FnOnce(&Report<'_>) -> T,
) -> T {
    let policies: &PolicySet = &active.policies;
    let mut sources = active.sources.clone();
    let Manifests {
        resources,
        documents,
        mut problems,
        coverage,
        ..
    } = manifests::read(case.files, policies.judges_documents(), &mut sources);
    let is_unread = problems.iter().any(Problem::is_error);
    let (estate, twice) = Estate::new(resources);
    problems.extend(twice);
    problems.extend(active.waivers.pointed_at_in_vain(&estate));
    let is_empty = estate.resources.is_empty() && documents.is_empty();
    if policies.rules().is_empty() {
        problems.push(Problem::run("there is no rule to judge by"));
    } else if is_empty && !is_unread && !case.may_be_empty {
        problems.push(Problem::run("nothing to check: no resource was found"));
    }
    let mut evaluation = policies.evaluate_with(&estate, &documents, settings);
    problems.append(&mut evaluation.problems);
    evaluation.problems = problems;
    let occasion = Occasion {
        estate: &estate,
        sources: &sources,
        today: clock::today(),
        full: false,
    };
    let path = |file: FileId| sources.name(file).to_owned();
    let findings = &mut evaluation.findings;
    active.waivers.apply(findings, &occasion, &path);
    let fail_on = case.fail_on;
    let verdict = Verdict::of(&evaluation, EnforcementPoint::Check, fail_on);
    render(&Report {
        sources: &sources,
        estate: &estate,
        evaluation: &evaluation,
        verdict,
        fail_on,
        coverage: Coverage {
            idle: policies.idle(&estate),
            ..coverage
        },
        digest: policies.digest.to_string(),
        rules: policies.rules(),
        waiting: &policies.waiting(),
        baseline: None,
        revision: None,
    })
}
