//! Annotations on the lines of a pull request: workflow commands of GitHub.
//!
//! GitHub shows ten of each kind per step. What is beyond is written as plain lines of the log, so nothing is lost.

use super::escape::{visible, workflow_message, workflow_property};
use super::{Report, Spot, Standing, spoken};
use crate::finding::Finding;
use crate::problem::Problem;
use crate::verdict::Verdict;

/// How many annotations of one kind a step may have.
const MOST: usize = 10;

/// The whole report: the verdict, then what is worst.
pub fn render(report: &Report<'_>) -> String {
    let mut notes = vec![verdict(report)];
    notes.extend(
        report
            .problems_worst_first()
            .map(|problem| problem_note(report, problem)),
    );
    let findings = report.worst_first();
    notes.extend(
        findings
            .iter()
            .map(|(finding, _)| finding_note(report, finding)),
    );
    let waiting = spoken::waiting(report);
    notes.extend(waiting.iter().map(|(rule, why)| Note {
        kind: "notice",
        spot: None,
        title: rule,
        lines: vec![why.clone()],
    }));
    let mut out = String::new();
    for kind in ["error", "warning", "notice"] {
        let of_kind = notes.iter().filter(|note| note.kind == kind);
        for (at, note) in of_kind.enumerate() {
            out.push_str(&if at < MOST {
                note.command()
            } else {
                note.plain()
            });
        }
    }
    out.push_str(&format!("{}\n", spoken::judged(report)));
    out
}

/// One annotation.
struct Note<'a> {
    kind: &'static str,
    spot: Option<Spot<'a>>,
    title: &'a str,
    lines: Vec<String>,
}

impl Note<'_> {
    fn command(&self) -> String {
        let mut properties = Vec::new();
        if let Some(spot) = self.spot.filter(|spot| !spot.file.is_empty()) {
            properties.push(format!("file={}", workflow_property(spot.file)));
            properties.push(format!("line={}", spot.line()));
            if let Some((start, end)) = spot.region {
                properties.push(format!("endLine={}", end.line));
                // Columns count only within one line.
                if start.line == end.line {
                    properties.push(format!("col={},endColumn={}", start.column, end.column));
                }
            }
        }
        properties.push(format!("title={}", workflow_property(self.title)));
        let lines: Vec<String> = self
            .lines
            .iter()
            .map(|line| workflow_message(line))
            .collect();
        format!(
            "::{} {}::{}\n",
            self.kind,
            properties.join(","),
            lines.join("%0A")
        )
    }

    fn plain(&self) -> String {
        let place = self.spot.map_or_else(String::new, |spot| spot.spelt());
        format!(
            "{}: {}: {}: {}\n",
            self.kind,
            visible(self.title),
            visible(&place),
            visible(&self.lines.join("; "))
        )
    }
}

fn verdict(report: &Report<'_>) -> Note<'static> {
    let kind = match report.verdict {
        Verdict::Undecided | Verdict::Deny => "error",
        Verdict::Warn => "warning",
        Verdict::Pass => "notice",
    };
    let word = spoken::verdict(report.verdict);
    Note {
        kind,
        spot: None,
        title: "plumb check",
        lines: vec![
            format!("{word}: {}", spoken::grounds(report)),
            spoken::judged(report),
        ],
    }
}

fn problem_note<'a>(report: &'a Report<'_>, problem: &'a Problem) -> Note<'a> {
    let mut lines = vec![problem.message.clone()];
    lines.extend(problem.help.iter().map(|help| format!("help: {help}")));
    Note {
        kind: if problem.is_error() {
            "error"
        } else {
            "warning"
        },
        spot: report.spot_of(problem),
        title: problem.rule.as_deref().unwrap_or("plumb check"),
        lines,
    }
}

fn finding_note<'a>(report: &'a Report<'_>, finding: &'a Finding) -> Note<'a> {
    let mut lines = vec![
        report.message(finding).into_owned(),
        format!(
            "{} in {}",
            finding.severity.as_str(),
            report.resource_id(finding)
        ),
    ];
    lines.extend(
        finding
            .remediation
            .iter()
            .map(|help| format!("help: {help}")),
    );
    Note {
        kind: match report.standing(finding) {
            Standing::Fails => "error",
            Standing::Warns => "warning",
            Standing::Noted => "notice",
        },
        spot: Some(report.spot(finding.location.span)),
        title: finding.rule.as_str(),
        lines,
    }
}
