//! The result of a run task of Terraform, as its API takes it:
//! <https://developer.hashicorp.com/terraform/cloud-docs/api-docs/run-tasks/run-tasks-integration>.
//!
//! What could not be decided is failed. Bodies are Markdown, in which nothing that a plan names is a link or an element.

use serde::Serialize;

use super::escape::{clipped, code, json, prose, visible};
use super::{Report, Standing, spoken};
use crate::finding::{Finding, Severity};
use crate::problem::Problem;
use crate::verdict::Verdict;

/// More outcomes than this are only counted.
const MOST_OUTCOMES: usize = 100;
/// The beginning of a message is enough.
const LONGEST_MESSAGE: usize = 1_000;

/// What has become of a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// It is being judged.
    Running,
    /// It was judged, and nothing fails.
    Passed,
    /// Something fails, or it could not be judged.
    Failed,
}

impl Status {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Passed => "passed",
            Self::Failed => "failed",
        }
    }

    /// The status that a verdict comes to.
    pub fn of(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Pass | Verdict::Warn => Self::Passed,
            Verdict::Deny | Verdict::Undecided => Self::Failed,
        }
    }
}

/// A status with nothing but a message.
pub fn said(status: Status, message: &str) -> String {
    serialised(status, &visible(message), None)
}

/// The whole report; what was found is only listed for who understands such lists.
pub fn render(report: &Report<'_>, with_outcomes: bool) -> String {
    let mut parts = vec![spoken::found(report), spoken::judged(report)];
    parts.extend(spoken::unknown(report));
    if !report.waiting.is_empty() {
        let rules = spoken::counted(report.waiting.len(), "rule");
        parts.push(format!("{rules} not evaluated"));
    }
    let all = report.evaluation.problems.len() + report.evaluation.findings.len();
    if with_outcomes && all > MOST_OUTCOMES {
        parts.push(format!("the first {MOST_OUTCOMES} of {all} are listed"));
    }
    let message = format!("{}: {}", spoken::verdict(report.verdict), parts.join("; "));
    let outcomes = with_outcomes.then(|| outcomes(report));
    serialised(Status::of(report.verdict), &message, outcomes)
}

/// Errors, findings and warnings, the worst first.
fn outcomes(report: &Report<'_>) -> Vec<Outcome> {
    let (errors, warnings): (Vec<&Problem>, Vec<&Problem>) = report
        .problems_worst_first()
        .partition(|problem| problem.is_error());
    let numbered = |(at, problem): (usize, &Problem)| of_problem(report, at + 1, problem);
    let findings = report.worst_first();
    let findings = findings
        .iter()
        .map(|(finding, number)| of_finding(report, finding, *number));
    errors
        .into_iter()
        .enumerate()
        .map(numbered)
        .chain(findings)
        .chain(warnings.into_iter().enumerate().map(numbered))
        .take(MOST_OUTCOMES)
        .collect()
}

fn of_problem(report: &Report<'_>, number: usize, problem: &Problem) -> Outcome {
    let (word, label, level) = if problem.is_error() {
        ("error", "Undecided", ERROR)
    } else {
        ("warning", "Warning", WARNING)
    };
    let place = report.spot_of(problem).map(|spot| spot.spelt());
    let body = body(
        &problem.message,
        &[
            ("Rule", problem.rule.as_deref().map(code)),
            ("Place", place.as_deref().map(code)),
            ("Help", problem.help.as_deref().map(shortened)),
        ],
    );
    Outcome::new(Described {
        outcome_id: format!("{word}-{number}"),
        description: visible(&clipped(&problem.message, LONGEST_MESSAGE)).into_owned(),
        body,
        tags: Tags {
            status: [Tag { label, level }],
            severity: None,
        },
    })
}

fn of_finding(report: &Report<'_>, finding: &Finding, number: usize) -> Outcome {
    let message = report.message(finding);
    let address = report
        .resource(finding)
        .map(|resource| resource.name.as_str());
    let pointer = Some(finding.location.pointer.as_str()).filter(|pointer| !pointer.is_empty());
    let waiver = finding.waiver.as_ref();
    let body = body(
        &message,
        &[
            ("Rule", Some(code(finding.rule.as_str()))),
            ("Resource", address.map(code)),
            ("At", pointer.map(code)),
            ("Help", finding.remediation.as_deref().map(shortened)),
            ("Waived", waiver.map(|waiver| shortened(&waiver.reason))),
        ],
    );
    let message = clipped(&message, LONGEST_MESSAGE);
    Outcome::new(Described {
        outcome_id: format!("{}-{number}", finding.fingerprint.as_str()),
        description: visible(&format!("[{}] {message}", finding.rule)).into_owned(),
        body,
        tags: Tags {
            status: [standing(report.standing(finding))],
            severity: Some([severity(finding.severity)]),
        },
    })
}

/// A message and what there is to say about it.
fn body(message: &str, parts: &[(&str, Option<String>)]) -> String {
    let mut body = format!("Found: {}\n", shortened(message));
    for (name, part) in parts {
        if let Some(part) = part {
            body.push_str(&format!("\n- {name}: {part}"));
        }
    }
    body
}

fn shortened(text: &str) -> String {
    prose(&clipped(text, LONGEST_MESSAGE))
}

const INFO: &str = "info";
const WARNING: &str = "warning";
const ERROR: &str = "error";

fn standing(standing: Standing) -> Tag {
    let (label, level) = match standing {
        Standing::Noted => ("Noted", INFO),
        Standing::Warns => ("Warning", WARNING),
        Standing::Fails => ("Failed", ERROR),
    };
    Tag { label, level }
}

fn severity(severity: Severity) -> Tag {
    let (label, level) = match severity {
        Severity::Info => ("Info", INFO),
        Severity::Low => ("Low", INFO),
        Severity::Medium => ("Medium", WARNING),
        Severity::High => ("High", ERROR),
        Severity::Critical => ("Critical", ERROR),
    };
    Tag { label, level }
}

fn serialised(status: Status, message: &str, outcomes: Option<Vec<Outcome>>) -> String {
    let result = TaskResult {
        data: Data {
            kind: "task-results",
            attributes: Attributes {
                status: status.as_str(),
                message,
            },
            relationships: outcomes.map(|data| Relationships {
                outcomes: Outcomes { data },
            }),
        },
    };
    json(&serde_json::to_string(&result).unwrap_or_default())
}

#[derive(Serialize)]
struct TaskResult<'a> {
    data: Data<'a>,
}

#[derive(Serialize)]
struct Data<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    attributes: Attributes<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    relationships: Option<Relationships>,
}

#[derive(Serialize)]
struct Attributes<'a> {
    status: &'static str,
    message: &'a str,
}

#[derive(Serialize)]
struct Relationships {
    outcomes: Outcomes,
}

#[derive(Serialize)]
struct Outcomes {
    data: Vec<Outcome>,
}

#[derive(Serialize)]
struct Outcome {
    #[serde(rename = "type")]
    kind: &'static str,
    attributes: Described,
}

impl Outcome {
    fn new(attributes: Described) -> Self {
        Self {
            kind: "task-result-outcomes",
            attributes,
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Described {
    outcome_id: String,
    description: String,
    body: String,
    tags: Tags,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Tags {
    status: [Tag; 1],
    #[serde(skip_serializing_if = "Option::is_none")]
    severity: Option<[Tag; 1]>,
}

#[derive(Serialize)]
struct Tag {
    label: &'static str,
    level: &'static str,
}
