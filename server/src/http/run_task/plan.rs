//! A plan, and what the policies say of it.

use axum::body::Bytes;
use plumbline_core::finding::Severity;
use plumbline_core::report::{self, Report, run_task};
use plumbline_core::verdict::{EnforcementPoint, Verdict, fails, is_excused};
use plumbline_rego::Settings;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::Reason;
use crate::decision::{Fired, Outcome};
use crate::http::judge::{self, Case};
use crate::policies::Active;

/// What messages call a plan.
const NAME: &str = "plan.json";

/// What came of a task.
pub(super) struct Judged {
    /// What Terraform is told.
    pub(super) body: String,
    pub(super) outcome: Outcome,
    pub(super) findings: Vec<Fired>,
    pub(super) refusals: Vec<String>,
    pub(super) warnings: Vec<String>,
}

impl Judged {
    /// What could not be judged is failed.
    pub(super) fn failed(reason: &Reason) -> Self {
        let reason = format!("undecided: {reason}");
        Self {
            body: run_task::said(run_task::Status::Failed, &reason),
            outcome: Outcome::Undecided,
            findings: Vec::new(),
            refusals: vec![reason],
            warnings: Vec::new(),
        }
    }

    fn of(report: &Report<'_>, takes_outcomes: bool) -> Self {
        let mut judged = Self {
            body: run_task::render(report, takes_outcomes),
            outcome: match report.verdict {
                Verdict::Pass => Outcome::Allow,
                Verdict::Warn => Outcome::Warn,
                Verdict::Deny => Outcome::Deny,
                Verdict::Undecided => Outcome::Undecided,
            },
            findings: Vec::new(),
            refusals: Vec::new(),
            warnings: Vec::new(),
        };
        for problem in &report.evaluation.problems {
            let said = report::visible(&problem.message).into_owned();
            if problem.is_error() {
                judged.refusals.push(said);
            } else {
                judged.warnings.push(said);
            }
        }
        let point = EnforcementPoint::Check;
        let findings = report.evaluation.findings.iter();
        for finding in findings.filter(|finding| !is_excused(finding, point)) {
            let message = report::message(finding, report.estate);
            let message = report::visible(&message).into_owned();
            let line = format!("[{}] {message}", finding.rule);
            if fails(finding, point, report.fail_on) {
                judged.refusals.push(line);
            } else {
                judged.warnings.push(line);
            }
            judged.findings.push(Fired {
                rule: finding.rule.to_string(),
                effect: finding.effect,
                severity: finding.severity,
                message,
                stage: None,
            });
        }
        judged
    }
}

/// What every plan has, and nothing else that Terraform writes.
#[derive(Deserialize)]
struct Plan {
    #[serde(rename = "format_version")]
    _format: IgnoredAny,
    #[serde(rename = "terraform_version")]
    _terraform: IgnoredAny,
    planned_values: Option<IgnoredAny>,
    resource_changes: Option<IgnoredAny>,
}

/// Judges a plan. One that leaves nothing behind passes, since there is nothing to find fault with.
pub(super) fn judge(
    active: &Active,
    plan: Bytes,
    takes_outcomes: bool,
    settings: &Settings,
) -> Result<Judged, Reason> {
    let Ok(text) = String::from_utf8(plan.into()) else {
        return Err(Reason::NoPlan);
    };
    let is_plan = serde_json::from_str(&text)
        .is_ok_and(|plan: Plan| plan.planned_values.is_some() || plan.resource_changes.is_some());
    if !is_plan {
        return Err(Reason::NoPlan);
    }
    let case = Case {
        files: vec![(NAME.to_owned(), text)],
        fail_on: Severity::Info,
        may_be_empty: true,
    };
    Ok(judge::judge(active, case, settings, |report| {
        Judged::of(report, takes_outcomes)
    }))
}

#[cfg(test)]
mod tests {
    use super::Plan;

    #[track_caller]
    fn check(text: &str, expected: bool) {
        assert_eq!(
            serde_json::from_str::<Plan>(text).is_ok(),
            expected,
            "{text}"
        );
    }

    #[test]
    fn a_plan_says_its_format() {
        check(
            r#"{"format_version": "1.2", "terraform_version": "1.9.0", "planned_values": {}}"#,
            true,
        );
    }

    #[test]
    fn anything_else_is_no_plan() {
        for text in ["", "[]", "{}", r#"{"format_version": "1.0"}"#, "<html>"] {
            check(text, false);
        }
    }
}
