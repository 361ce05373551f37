//! The sections of the page, in its order.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use crate::finding::{Finding, RuleId};
use crate::problem::{Place, Problem};
use crate::report::escape::markup;
use crate::report::frame::{Masks, frame};
use crate::report::{Report, catalogue, spoken};
use crate::source::Span;

/// What could not be decided, or what is worth knowing.
pub(super) fn problems(report: &Report<'_>, errors: bool, out: &mut String) {
    let mut problems = report
        .problems_worst_first()
        .filter(|problem| problem.is_error() == errors)
        .peekable();
    if problems.peek().is_none() {
        return;
    }
    let (title, class) = if errors {
        ("Could not be decided", "fail")
    } else {
        ("Warnings", "warn")
    };
    let _ = writeln!(out, "<section>\n<h2 class=\"{class}\">{title}</h2>");
    for problem in problems {
        article_of_problem(report, problem, out);
    }
    out.push_str("</section>\n");
}

fn article_of_problem(report: &Report<'_>, problem: &Problem, out: &mut String) {
    let _ = writeln!(out, "<article>\n<h3>{}</h3>", markup(&problem.message));
    if let Some(spot) = report.spot_of(problem) {
        let _ = writeln!(out, "<p><code>{}</code></p>", markup(&spot.spelt()));
    }
    if let Place::Span(span) = problem.place {
        code_frame(report, span, &Masks::Values, out);
    }
    if let Some((span, message)) = &problem.related {
        related(report, *span, message, &Masks::Values, out);
    }
    fact("Rule", problem.rule.as_deref().unwrap_or_default(), out);
    fact("Help", problem.help.as_deref().unwrap_or_default(), out);
    out.push_str("</article>\n");
}

/// Findings, the worst first.
pub(super) fn findings(report: &Report<'_>, out: &mut String) {
    let masks = Masks::of(report.evaluation.findings.iter());
    let _ = writeln!(
        out,
        "<section>\n<h2>{}</h2>",
        spoken::counted(report.evaluation.findings.len(), "finding")
    );
    for (finding, _) in report.worst_first() {
        article_of_finding(report, finding, &masks, out);
    }
    out.push_str("</section>\n");
}

fn article_of_finding(report: &Report<'_>, finding: &Finding, masks: &Masks, out: &mut String) {
    let severity = finding.severity.as_str();
    let spot = report.spot(finding.location.span);
    let _ = writeln!(
        out,
        "<article>\n<h3><span class=\"{severity}\">{severity}</span>: {}</h3>\n<p><code>{}</code></p>",
        markup(&report.message(finding)),
        markup(&spot.spelt())
    );
    code_frame(report, finding.location.span, masks, out);
    for (span, message) in &finding.related {
        related(report, *span, message, masks, out);
    }
    let missing = finding.location.missing.as_deref().unwrap_or_default();
    fact("Missing", missing, out);
    fact(
        "Help",
        finding.remediation.as_deref().unwrap_or_default(),
        out,
    );
    fact("Rule", finding.rule.as_str(), out);
    fact("Effect", finding.effect.as_str(), out);
    fact("Resource", report.resource_id(finding), out);
    fact("Controls", &catalogue::controls(&finding.controls), out);
    fact("Fingerprint", finding.fingerprint.as_str(), out);
    out.push_str("</article>\n");
}

fn related(report: &Report<'_>, span: Span, message: &str, masks: &Masks, out: &mut String) {
    let place = report.spot(span).spelt();
    let _ = writeln!(
        out,
        "<p>{}: <code>{}</code></p>",
        markup(message),
        markup(&place)
    );
    code_frame(report, span, masks, out);
}

/// The lines of a place, each with its number and what is marked in it.
fn code_frame(report: &Report<'_>, span: Span, masks: &Masks, out: &mut String) {
    let Some(frame) = frame(report.sources, span, masks) else {
        return;
    };
    out.push_str("<pre>");
    let mut at = 0;
    for (number, line) in (frame.first_line..).zip(frame.text.lines()) {
        let within = |byte: usize| byte.saturating_sub(at).min(line.len());
        let (start, end) = (within(frame.start), within(frame.end));
        let part = |from: usize, to: usize| markup(line.get(from..to).unwrap_or_default());
        let _ = writeln!(
            out,
            "{number:>5} | {}<mark>{}</mark>{}",
            part(0, start),
            part(start, end),
            part(end, line.len())
        );
        at += line.len() + 1;
    }
    out.push_str("</pre>\n");
}

fn fact(name: &str, value: &str, out: &mut String) {
    if !value.is_empty() {
        let _ = writeln!(out, "<p>{name}: {}</p>", markup(value));
    }
}

/// What was judged, and by what.
pub(super) fn run(report: &Report<'_>, out: &mut String) {
    out.push_str("<section>\n<h2>The run</h2>\n<table>\n");
    let number = |number: usize| number.to_string();
    let facts = [
        ("Version", env!("CARGO_PKG_VERSION").to_owned()),
        ("Policies", report.digest.clone()),
        ("Fails from severity", report.fail_on.as_str().to_owned()),
        ("Rules", number(report.judging())),
        ("Files", number(report.coverage.files)),
        ("Resources", number(report.estate.resources.len())),
        ("Evaluations", number(report.evaluation.evaluations)),
        ("Undecided", number(report.evaluation.undecided)),
    ];
    for (name, value) in facts {
        row(name, &value, out);
    }
    for (platform, formats) in report.estate.formats() {
        let formats: Vec<String> = formats
            .iter()
            .map(|(format, count)| format!("{count} {format}"))
            .collect();
        row(platform, &formats.join(", "), out);
    }
    for (rule, why) in spoken::waiting(report) {
        row(rule, &why, out);
    }
    for file in &report.coverage.unrecognised {
        row("Not recognised", file, out);
    }
    out.push_str("</table>\n</section>\n");
}

fn row(head: &str, cell: &str, out: &mut String) {
    let _ = writeln!(
        out,
        "<tr><th scope=\"row\">{}</th><td>{}</td></tr>",
        markup(head),
        markup(cell)
    );
}

/// Every control that a rule of the run serves, and what was found against it.
pub(super) fn controls(report: &Report<'_>, out: &mut String) {
    let mut served: BTreeMap<(&str, &str), BTreeSet<&RuleId>> = BTreeMap::new();
    for rule in report.rules {
        for (standard, controls) in &rule.metadata.controls {
            for control in controls {
                let rules = served
                    .entry((standard.as_str(), control.as_str()))
                    .or_default();
                rules.insert(&rule.metadata.id);
            }
        }
    }
    if served.is_empty() {
        return;
    }
    let (counts, undecided) = (counts(report), undecided(report));
    out.push_str("<section>\n<h2>Controls</h2>\n<p>A control without findings is one that the rules beside it found nothing against, in what was judged and could be decided.</p>\n<table>\n<tr><th scope=\"col\">Standard</th><th scope=\"col\">Control</th><th scope=\"col\">Rules</th><th scope=\"col\">Findings</th><th scope=\"col\">Undecided</th></tr>\n");
    for ((standard, control), rules) in served {
        let found: usize = rules.iter().filter_map(|rule| counts.get(*rule)).sum();
        let open: usize = rules
            .iter()
            .filter_map(|rule| undecided.get(rule.as_str()))
            .sum();
        let rules: Vec<&str> = rules.iter().map(|rule| rule.as_str()).collect();
        let _ = writeln!(
            out,
            "<tr><td>{}</td><td>{}</td><td>{}</td><td>{found}</td><td>{open}</td></tr>",
            markup(standard),
            markup(control),
            markup(&rules.join(", "))
        );
    }
    out.push_str("</table>\n</section>\n");
}

/// Every rule that judged.
pub(super) fn rules(report: &Report<'_>, out: &mut String) {
    let (counts, undecided) = (counts(report), undecided(report));
    out.push_str("<section>\n<h2>Rules</h2>\n<table>\n<tr><th scope=\"col\">Rule</th><th scope=\"col\">Title</th><th scope=\"col\">Severity</th><th scope=\"col\">Effect</th><th scope=\"col\">Findings</th><th scope=\"col\">Undecided</th></tr>\n");
    for rule in report.rules {
        let _ = writeln!(
            out,
            "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
            markup(rule.metadata.id.as_str()),
            markup(&rule.metadata.title),
            rule.severity.as_str(),
            rule.effect.as_str(),
            counts.get(&rule.metadata.id).unwrap_or(&0),
            undecided.get(rule.metadata.id.as_str()).unwrap_or(&0)
        );
    }
    out.push_str("</table>\n</section>\n");
}

fn counts<'a>(report: &'a Report<'_>) -> BTreeMap<&'a RuleId, usize> {
    let mut counts: BTreeMap<&RuleId, usize> = BTreeMap::new();
    for finding in &report.evaluation.findings {
        *counts.entry(&finding.rule).or_default() += 1;
    }
    counts
}

/// How many errors say that a rule could not be judged.
fn undecided<'a>(report: &'a Report<'_>) -> BTreeMap<&'a str, usize> {
    let mut undecided: BTreeMap<&str, usize> = BTreeMap::new();
    let errors = report.evaluation.problems.iter();
    let rules = errors
        .filter(|problem| problem.is_error())
        .filter_map(|problem| problem.rule.as_deref());
    for rule in rules {
        *undecided.entry(rule).or_default() += 1;
    }
    undecided
}
