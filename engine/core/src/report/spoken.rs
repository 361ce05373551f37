//! What every report for people says in the same words: what was judged, and what that comes to.

use super::Report;
use crate::verdict::Verdict;

/// `judged 3 resources in 2 files by 61 rules: 120 evaluations`.
pub(super) fn judged(report: &Report<'_>) -> String {
    let unrecognised = match report.coverage.unrecognised.len() {
        0 => String::new(),
        n => format!(" ({} not recognised)", counted(n, "other file")),
    };
    format!(
        "judged {} in {}{unrecognised} by {}: {}",
        counted(report.estate.resources.len(), "resource"),
        counted(report.coverage.files, "file"),
        counted(report.judging(), "rule"),
        counted(report.evaluation.evaluations, "evaluation"),
    )
}

/// The verdict in a word or a few.
pub(super) fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "pass",
        Verdict::Warn => "pass with warnings",
        Verdict::Deny => "fail",
        Verdict::Undecided => "undecided",
    }
}

/// The exit code that a verdict ends a check with.
pub(super) fn exit_code(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Pass | Verdict::Warn => 0,
        Verdict::Deny => 1,
        Verdict::Undecided => 2,
    }
}

/// What the verdict rests on: `2 findings, 1 error (fails from `info` on; exit code 2)`.
pub(super) fn grounds(report: &Report<'_>) -> String {
    format!(
        "{} (fails from `{}` on; exit code {})",
        found(report),
        report.fail_on.as_str(),
        exit_code(report.verdict)
    )
}

/// What was found, in numbers: `2 findings, 1 waived, 1 error`.
pub(super) fn found(report: &Report<'_>) -> String {
    let findings = counted(report.evaluation.findings.len(), "finding");
    let waived = match report.waived() {
        0 => String::new(),
        n => format!(", {n} waived"),
    };
    let errors = match report.errors() {
        0 => String::new(),
        n => format!(", {}", counted(n, "error")),
    };
    let undecided = match report.evaluation.undecided {
        0 => String::new(),
        n => format!(", {} undecided", counted(n, "evaluation")),
    };
    format!("{findings}{waived}{errors}{undecided}")
}

/// Evaluations that passed on what nobody can know yet, if there are any.
pub(super) fn unknown(report: &Report<'_>) -> Option<String> {
    let unknown = report.evaluation.unknown;
    (unknown > 0).then(|| {
        format!(
            "{} passed on values that are not known before deployment",
            counted(unknown, "evaluation")
        )
    })
}

/// Rules that were not evaluated, and why.
pub(super) fn waiting<'a>(report: &'a Report<'_>) -> Vec<(&'a str, String)> {
    let said = |decision: &str| format!("not evaluated: the estate does not decide `{decision}`");
    let waiting = report.waiting.iter();
    waiting
        .map(|(rule, decision)| (rule.as_str(), said(decision)))
        .collect()
}

pub(super) fn counted(n: usize, what: &str) -> String {
    if n == 1 {
        format!("1 {what}")
    } else {
        format!("{n} {what}s")
    }
}
