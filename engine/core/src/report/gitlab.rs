//! Issues as the merge requests of GitLab show them: the Code Quality report.

use std::collections::HashMap;

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::{Report, Spot, escape, spoken};
use crate::finding::{Finding, Severity, hex};
use crate::problem::Problem;
use crate::verdict::Verdict;

/// The whole report: an array.
pub fn render(report: &Report<'_>) -> String {
    let mut issues = Vec::new();
    if report.verdict == Verdict::Undecided {
        issues.push(undecided(report));
    }
    issues.extend(problems(report));
    let findings = report.worst_first();
    issues.extend(
        findings
            .into_iter()
            .map(|(finding, number)| finding_issue(report, finding, number)),
    );
    let serialised = serde_json::to_string_pretty(&issues).unwrap_or_default();
    format!("{}\n", escape::json(&serialised))
}

#[derive(Serialize)]
struct Issue<'a> {
    description: String,
    check_name: &'a str,
    /// Issues of equal fingerprints are shown as one.
    fingerprint: String,
    severity: &'static str,
    location: Location,
}

#[derive(Serialize)]
struct Location {
    path: String,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: u32,
}

/// What stands for a place where no file is to blame: an issue must have one.
const NOWHERE: Spot<'static> = Spot {
    file: ".",
    region: None,
};

/// That the run as a whole is not decided.
fn undecided(report: &Report<'_>) -> Issue<'static> {
    Issue {
        description: format!("undecided: {}", spoken::grounds(report)),
        check_name: "plumb/undecided",
        fingerprint: digest(&["undecided"]),
        severity: "blocker",
        location: location(NOWHERE),
    }
}

fn problems<'a>(report: &'a Report<'_>) -> Vec<Issue<'a>> {
    let mut counts: HashMap<String, usize> = HashMap::new();
    let issue = |problem| {
        let mut issue = problem_issue(report, problem);
        let count = counts.entry(issue.fingerprint.clone()).or_default();
        *count += 1;
        issue.fingerprint = format!("{}:{count}", issue.fingerprint);
        issue
    };
    report.problems_worst_first().map(issue).collect()
}

fn problem_issue<'a>(report: &'a Report<'_>, problem: &'a Problem) -> Issue<'a> {
    let (name, severity) = if problem.is_error() {
        ("plumb/error", "blocker")
    } else {
        ("plumb/warning", "info")
    };
    let spot = report.spot_of(problem).unwrap_or(NOWHERE);
    Issue {
        description: description(&problem.message, problem.help.as_deref()),
        check_name: name,
        fingerprint: digest(&["problem", spot.file, &problem.message]),
        severity,
        location: location(spot),
    }
}

fn finding_issue<'a>(report: &Report<'_>, finding: &'a Finding, number: usize) -> Issue<'a> {
    let spot = report.spot(finding.location.span);
    let placed = if spot.file.is_empty() { NOWHERE } else { spot };
    Issue {
        description: description(&report.message(finding), finding.remediation.as_deref()),
        check_name: finding.rule.as_str(),
        fingerprint: format!("{}:{number}", finding.fingerprint.as_str()),
        severity: severity(finding.severity),
        location: location(placed),
    }
}

fn description(message: &str, help: Option<&str>) -> String {
    let help = help.map_or_else(String::new, |help| format!(" - {}", escape::visible(help)));
    format!("{}{help}", escape::visible(message))
}

/// The worst word is for what could not be decided.
fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "critical",
        Severity::High => "major",
        Severity::Medium => "minor",
        Severity::Low | Severity::Info => "info",
    }
}

fn location(spot: Spot<'_>) -> Location {
    let path = spot.file.strip_prefix("./").unwrap_or(spot.file);
    Location {
        path: escape::visible(path).into_owned(),
        lines: Lines { begin: spot.line() },
    }
}

fn digest(parts: &[&str]) -> String {
    let mut digits = hex(&Sha256::digest(parts.join("\0")));
    digits.truncate(32);
    digits
}
