//! The report that machines read. Its shape is a contract: `plumbline.findings/v1`.

use std::borrow::Cow;
use std::collections::BTreeMap;

use plumbline_rego::value::json::to_string;
use serde::Serialize;

use super::{Report, Spot, escape};
use crate::estate::Formats;
use crate::finding::{Finding, Location, Novelty};
use crate::problem::Problem;
use crate::source::Span;

/// The version of the shape.
pub const SCHEMA_VERSION: &str = "plumbline.findings/v1";

/// The whole report, indented by two spaces, with a line end.
pub fn render(report: &Report<'_>) -> String {
    let mut out = escape::json(&serde_json::to_string_pretty(&shape(report)).unwrap_or_default());
    out.push('\n');
    out
}

fn shape<'a>(report: &'a Report<'_>) -> FindingsV1<'a> {
    let problems = |errors: bool| {
        let chosen = report
            .evaluation
            .problems
            .iter()
            .filter(move |problem| problem.is_error() == errors);
        chosen
            .map(|problem| problem_shape(report, problem))
            .collect()
    };
    FindingsV1 {
        run: run_shape(report),
        findings: report
            .evaluation
            .findings
            .iter()
            .map(|finding| finding_shape(report, finding))
            .collect(),
        not_evaluated: waiting_shapes(report).collect(),
        errors: problems(true),
        warnings: problems(false),
        unrecognised: &report.coverage.unrecognised,
    }
}

/// What a run judged, by what, and what that comes to.
pub(super) fn run_shape<'a>(report: &'a Report<'_>) -> RunV1<'a> {
    RunV1 {
        schema_version: SCHEMA_VERSION,
        tool: Tool {
            name: "plumbline",
            version: env!("CARGO_PKG_VERSION"),
        },
        policies: Policies {
            digest: &report.digest,
            rules: report.judging(),
        },
        verdict: report.verdict.as_str(),
        fail_on: report.fail_on.as_str(),
        summary: Summary {
            files: report.coverage.files,
            unrecognised: report.coverage.unrecognised.len(),
            platforms: report.estate.formats(),
            resources: report.estate.resources.len(),
            evaluations: report.evaluation.evaluations,
            findings: report.evaluation.findings.len(),
            waived: report.waived(),
            baseline: report.baseline.map(|comparison| BaselineV1 {
                new: comparison.new,
                unchanged: comparison.unchanged,
                fixed: comparison.fixed,
                since: report.revision.map(|revision| RevisionV1 {
                    revision: revision.name.clone(),
                    commit: revision.commit.clone(),
                }),
            }),
            undecided: report.evaluation.undecided,
            unknown: report.evaluation.unknown,
            errors: report.errors(),
        },
    }
}

/// Rules that were not evaluated.
pub(super) fn waiting_shapes<'a>(report: &'a Report<'_>) -> impl Iterator<Item = NotEvaluated<'a>> {
    report.waiting.iter().map(|(rule, decision)| NotEvaluated {
        rule: rule.as_str(),
        missing: decision,
    })
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct FindingsV1<'a> {
    #[serde(flatten)]
    run: RunV1<'a>,
    findings: Vec<FindingV1<'a>>,
    not_evaluated: Vec<NotEvaluated<'a>>,
    errors: Vec<ProblemV1<'a>>,
    warnings: Vec<ProblemV1<'a>>,
    /// Names of files that no format knows.
    unrecognised: &'a [String],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RunV1<'a> {
    schema_version: &'static str,
    tool: Tool,
    policies: Policies<'a>,
    verdict: &'static str,
    fail_on: &'static str,
    summary: Summary,
}

#[derive(Serialize)]
struct Tool {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
struct Policies<'a> {
    digest: &'a str,
    rules: usize,
}

#[derive(Serialize)]
struct Summary {
    files: usize,
    unrecognised: usize,
    /// Resources by platform, then by format.
    platforms: Formats,
    resources: usize,
    evaluations: usize,
    findings: usize,
    waived: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    baseline: Option<BaselineV1>,
    undecided: usize,
    unknown: usize,
    errors: usize,
}

#[derive(Serialize)]
struct BaselineV1 {
    new: usize,
    unchanged: usize,
    fixed: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<RevisionV1>,
}

#[derive(Serialize)]
struct RevisionV1 {
    revision: String,
    commit: String,
}

#[derive(Serialize)]
pub(super) struct FindingV1<'a> {
    rule: &'a str,
    severity: &'static str,
    effect: &'static str,
    message: Cow<'a, str>,
    resource: Option<ResourceV1<'a>>,
    location: LocationV1<'a>,
    related: Vec<RelatedV1<'a>>,
    fingerprint: &'a str,
    controls: &'a BTreeMap<String, Vec<String>>,
    remediation: Option<&'a str>,
    /// What else a rule of a Conftest package answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata: Option<serde_json::Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fix: Option<FixV1<'a>>,
    waiver: Option<WaiverV1<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    baseline: Option<&'static str>,
}

#[derive(Serialize)]
struct FixV1<'a> {
    applicable: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
}

#[derive(Serialize)]
struct WaiverV1<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    authority: &'static str,
    rule: &'a str,
    reason: &'a str,
    owner: &'a str,
    expires: String,
    ticket: Option<&'a str>,
    location: LocationV1<'a>,
}

#[derive(Serialize)]
struct ResourceV1<'a> {
    id: &'a str,
    platform: &'static str,
    format: &'static str,
    kind: &'a str,
    namespace: Option<&'a str>,
    name: &'a str,
}

#[derive(Serialize, Default)]
#[serde(rename_all = "camelCase")]
pub(super) struct LocationV1<'a> {
    file: &'a str,
    line: u32,
    column: u32,
    end_line: u32,
    end_column: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pointer: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    missing: Option<&'a str>,
}

#[derive(Serialize)]
struct RelatedV1<'a> {
    message: &'a str,
    location: LocationV1<'a>,
}

#[derive(Serialize)]
pub(super) struct NotEvaluated<'a> {
    rule: &'a str,
    missing: &'a str,
}

#[derive(Serialize)]
pub(super) struct ProblemV1<'a> {
    message: &'a str,
    rule: Option<&'a str>,
    location: Option<LocationV1<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related: Vec<RelatedV1<'a>>,
}

/// A finding.
pub(super) fn finding_shape<'a>(report: &'a Report<'_>, finding: &'a Finding) -> FindingV1<'a> {
    let resource = report.resource(finding);
    let Location {
        span,
        pointer,
        missing,
    } = &finding.location;
    FindingV1 {
        rule: finding.rule.as_str(),
        severity: finding.severity.as_str(),
        effect: finding.effect.as_str(),
        message: report.message(finding),
        resource: resource.map(|resource| ResourceV1 {
            id: resource.id.as_str(),
            platform: resource.platform.as_str(),
            format: resource.format.as_str(),
            kind: &resource.kind,
            namespace: resource.namespace.as_deref(),
            name: &resource.name,
        }),
        location: LocationV1 {
            pointer: Some(pointer),
            missing: missing.as_deref(),
            ..location_shape(report.spot(*span))
        },
        related: finding
            .related
            .iter()
            .map(|(span, message)| related_shape(report, *span, message))
            .collect(),
        fingerprint: finding.fingerprint.as_str(),
        controls: &finding.controls,
        remediation: finding.remediation.as_deref(),
        metadata: finding
            .metadata
            .as_ref()
            .and_then(|metadata| serde_json::from_str(&to_string(metadata)).ok()),
        fix: finding.fix.as_ref().map(|fix| FixV1 {
            applicable: fix.is_ok(),
            reason: fix.as_ref().err().map(String::as_str),
        }),
        waiver: finding.waiver.as_ref().map(|waiver| WaiverV1 {
            id: waiver.id.as_deref(),
            authority: waiver.authority.as_str(),
            rule: &waiver.rule,
            reason: &waiver.reason,
            owner: &waiver.owner,
            expires: waiver.expires.to_string(),
            ticket: waiver.ticket.as_deref(),
            location: location_shape(report.spot(waiver.place)),
        }),
        baseline: finding.novelty.map(Novelty::as_str),
    }
}

/// A problem, whatever its gravity.
pub(super) fn problem_shape<'a>(report: &'a Report<'_>, problem: &'a Problem) -> ProblemV1<'a> {
    ProblemV1 {
        message: &problem.message,
        rule: problem.rule.as_deref(),
        location: report.spot_of(problem).map(location_shape),
        help: problem.help.as_deref(),
        related: problem
            .related
            .iter()
            .map(|(span, message)| related_shape(report, *span, message))
            .collect(),
    }
}

fn related_shape<'a>(report: &'a Report<'_>, span: Span, message: &'a str) -> RelatedV1<'a> {
    RelatedV1 {
        message,
        location: location_shape(report.spot(span)),
    }
}

pub(super) fn location_shape(spot: Spot<'_>) -> LocationV1<'_> {
    let (line, column, end_line, end_column) = match spot.region {
        Some((start, end)) => (start.line, start.column, end.line, end.column),
        None => (1, 1, 1, 1),
    };
    LocationV1 {
        file: spot.file,
        line,
        column,
        end_line,
        end_column,
        ..LocationV1::default()
    }
}
