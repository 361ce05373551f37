//! A table for spreadsheets: a row for the run, and one for each problem, finding and rule that was not evaluated.

use super::escape::cell;
use super::{Report, Spot, catalogue, spoken};
use crate::finding::Finding;
use crate::problem::Problem;

/// The columns, in order.
const HEADS: [&str; 14] = [
    "kind",
    "rule",
    "severity",
    "effect",
    "file",
    "line",
    "column",
    "endLine",
    "endColumn",
    "resource",
    "message",
    "help",
    "controls",
    "fingerprint",
];

/// The whole table.
pub fn render(report: &Report<'_>) -> String {
    let mut rows = vec![of_run(report)];
    rows.extend(
        report
            .problems_worst_first()
            .map(|problem| of_problem(report, problem)),
    );
    let findings = report.worst_first();
    rows.extend(
        findings
            .into_iter()
            .map(|(finding, _)| of_finding(report, finding)),
    );
    let waiting = spoken::waiting(report).into_iter();
    rows.extend(waiting.map(|(rule, why)| Row {
        kind: "not-evaluated",
        rule,
        message: why,
        ..Row::default()
    }));
    let lines = rows.iter().map(Row::line);
    std::iter::once(format!("{}\n", HEADS.join(",")))
        .chain(lines)
        .collect()
}

#[derive(Default)]
struct Row<'a> {
    kind: &'static str,
    rule: &'a str,
    severity: &'static str,
    effect: &'static str,
    spot: Option<Spot<'a>>,
    resource: &'a str,
    message: String,
    help: &'a str,
    controls: String,
    fingerprint: &'a str,
}

impl Row<'_> {
    fn line(&self) -> String {
        let region = self.spot.and_then(|spot| spot.region);
        let number = |number: Option<u32>| number.map_or_else(String::new, |n| n.to_string());
        let cells: [String; HEADS.len()] = [
            cell(self.kind),
            cell(self.rule),
            cell(self.severity),
            cell(self.effect),
            cell(self.spot.map_or("", |spot| spot.file)),
            number(region.map(|(start, _)| start.line)),
            number(region.map(|(start, _)| start.column)),
            number(region.map(|(_, end)| end.line)),
            number(region.map(|(_, end)| end.column)),
            cell(self.resource),
            cell(&self.message),
            cell(self.help),
            cell(&self.controls),
            cell(self.fingerprint),
        ];
        format!("{}\n", cells.join(","))
    }
}

/// What was judged, and what it comes to: a table without findings says so, and is not merely empty.
fn of_run(report: &Report<'_>) -> Row<'static> {
    Row {
        kind: "run",
        effect: report.verdict.as_str(),
        message: format!("{}; {}", spoken::judged(report), spoken::grounds(report)),
        ..Row::default()
    }
}

fn of_problem<'a>(report: &'a Report<'_>, problem: &'a Problem) -> Row<'a> {
    Row {
        kind: if problem.is_error() {
            "error"
        } else {
            "warning"
        },
        rule: problem.rule.as_deref().unwrap_or_default(),
        spot: report.spot_of(problem),
        message: problem.message.clone(),
        help: problem.help.as_deref().unwrap_or_default(),
        ..Row::default()
    }
}

fn of_finding<'a>(report: &'a Report<'_>, finding: &'a Finding) -> Row<'a> {
    Row {
        kind: "finding",
        rule: finding.rule.as_str(),
        severity: finding.severity.as_str(),
        effect: finding.effect.as_str(),
        spot: Some(report.spot(finding.location.span)),
        resource: report.resource_id(finding),
        message: report.message(finding).into_owned(),
        help: finding.remediation.as_deref().unwrap_or_default(),
        controls: catalogue::controls(&finding.controls),
        fingerprint: finding.fingerprint.as_str(),
    }
}
