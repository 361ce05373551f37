//! A comment on a pull request, in Markdown.
//!
//! Nothing that a manifest names becomes a link, a mention, an image or an element: it stands in code.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::escape::{clipped, code, prose};
use super::{Report, spoken};
use crate::finding::{Finding, RuleId, Severity};
use crate::problem::Problem;

/// GitHub refuses a longer comment.
const MOST_BYTES: usize = 65_536;
/// What is always kept for the last sentences.
const RESERVE: usize = 1_000;
/// The beginning of a message is enough.
const LONGEST_MESSAGE: usize = 1_000;

/// The whole comment.
pub fn render(report: &Report<'_>) -> String {
    page(report, MOST_BYTES)
}

/// The report in at most so many bytes: what does not fit is counted.
pub(super) fn page(report: &Report<'_>, most: usize) -> String {
    let mut page = Page {
        text: String::new(),
        most: most.saturating_sub(RESERVE),
    };
    let verdict = spoken::verdict(report.verdict);
    page.text = format!("## plumb check: {verdict}\n\n{}\n", spoken::grounds(report));
    let (errors, warnings): (Vec<&Problem>, Vec<&Problem>) = report
        .problems_worst_first()
        .partition(|problem| problem.is_error());
    let problem = |problem: &&Problem| problem_item(report, problem);
    page.section("Could not be decided", "error", errors.iter().map(problem));
    let found = report.worst_first();
    let counts = counts(&found);
    if page.text.len() + counts.len() <= page.most {
        page.text.push_str(&counts);
    }
    let finding = |(finding, _): &(&Finding, usize)| finding_item(report, finding);
    page.section("Findings", "finding", found.iter().map(finding));
    page.section("Warnings", "warning", warnings.iter().map(problem));
    let waiting = spoken::waiting(report);
    let rule = |(rule, why): &(&str, String)| format!("- {}: {}\n", code(rule), prose(why));
    page.section("Not evaluated", "rule", waiting.iter().map(rule));
    page.text
        .push_str(&format!("\n{}\n", spoken::judged(report)));
    if let Some(unknown) = spoken::unknown(report) {
        page.text.push_str(&format!("\n{unknown}\n"));
    }
    page.text
}

struct Page {
    text: String,
    most: usize,
}

impl Page {
    /// A heading and its items, as many as fit.
    fn section(&mut self, title: &str, what: &str, items: impl Iterator<Item = String>) {
        let mut left_out = 0;
        for (at, item) in items.enumerate() {
            if at == 0 {
                self.text.push_str(&format!("\n### {title}\n\n"));
            }
            if left_out == 0 && self.text.len() + item.len() <= self.most {
                self.text.push_str(&item);
            } else {
                left_out += 1;
            }
        }
        if left_out > 0 {
            let left_out = spoken::counted(left_out, what);
            self.text
                .push_str(&format!("\n{left_out} more: see the whole report\n"));
        }
    }
}

/// How many findings each rule has, the worst rules first.
fn counts(found: &[(&Finding, usize)]) -> String {
    let mut counts: BTreeMap<(Reverse<Severity>, &RuleId), usize> = BTreeMap::new();
    for (finding, _) in found {
        *counts
            .entry((Reverse(finding.severity), &finding.rule))
            .or_default() += 1;
    }
    if counts.is_empty() {
        return String::new();
    }
    let rows = counts.iter().map(|((severity, rule), count)| {
        format!(
            "| {} | {} | {count} |\n",
            severity.0.as_str(),
            code(rule.as_str())
        )
    });
    format!(
        "\n### Rules\n\n| Severity | Rule | Findings |\n| --- | --- | ---: |\n{}",
        rows.collect::<String>()
    )
}

fn problem_item(report: &Report<'_>, problem: &Problem) -> String {
    let place = report
        .spot_of(problem)
        .map_or_else(String::new, |spot| format!(" {}", code(&spot.spelt())));
    let rule = problem.rule.iter().map(|rule| format!(" {}", code(rule)));
    let help = problem
        .help
        .iter()
        .map(|help| format!("; help: {}", said(help)));
    let word = if problem.is_error() {
        "error"
    } else {
        "warning"
    };
    format!(
        "- **{word}**{}{place}: {}{}\n",
        rule.collect::<String>(),
        said(&problem.message),
        help.collect::<String>()
    )
}

fn finding_item(report: &Report<'_>, finding: &Finding) -> String {
    let help = finding.remediation.iter();
    let help = help.map(|help| format!("\n  Help: {}", said(help)));
    format!(
        "- **{}** ({}) {} {}: {}\n  In {}{}\n",
        finding.severity.as_str(),
        finding.effect.as_str(),
        code(finding.rule.as_str()),
        code(&report.spot(finding.location.span).spelt()),
        said(&report.message(finding)),
        code(report.resource_id(finding)),
        help.collect::<String>()
    )
}

fn said(text: &str) -> String {
    prose(&clipped(text, LONGEST_MESSAGE))
}
