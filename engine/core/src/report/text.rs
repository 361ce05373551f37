//! The report that people read in a terminal: a code frame per finding, and a summary on one screen.

use std::borrow::Cow;
use std::collections::BTreeMap;

use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Renderer, Snippet};

use super::frame::{Masks, frame};
use super::{Report, Revision, Standing, catalogue, spoken, visible};
use crate::baseline::Comparison;
use crate::finding::{Finding, Novelty, RuleId, Severity};
use crate::problem::{Place, Problem};
use crate::source::Span;
use crate::verdict::Verdict;
use crate::waiver::Waiver;

/// How many rules that wait are too many to be named.
const MANY: usize = 3;

/// How the report looks.
#[derive(Debug, Clone, Copy)]
pub struct Style {
    /// Whether colours are used.
    pub color: bool,
    /// Columns of the terminal.
    pub width: usize,
    /// Whether audit findings are shown too.
    pub verbose: bool,
    /// Whether only the summary is shown.
    pub quiet: bool,
}

/// The whole report.
pub fn render(report: &Report<'_>, style: Style) -> String {
    let mut out = String::new();
    let renderer = renderer(style);
    let masks = Masks::of(report.evaluation.findings.iter());
    if !style.quiet {
        for finding in report.shown(style.verbose) {
            out.push_str(&draw(
                &renderer,
                &finding_groups(report, finding, &masks, style),
            ));
            out.push_str("\n\n");
        }
    }
    out.push_str(&render_problems(report, &renderer, style));
    summary(report, style, &mut out);
    out
}

/// Problems alone, for a run that could not even begin.
pub fn problems(sources: &crate::source::Sources, problems: &[Problem], style: Style) -> String {
    let renderer = renderer(style);
    let mut out = String::new();
    for problem in problems {
        out.push_str(&draw(&renderer, &problem_groups(sources, problem)));
        out.push_str("\n\n");
    }
    out
}

/// A note at a place: nothing is wrong there.
pub(super) fn note(
    sources: &crate::source::Sources,
    span: Span,
    message: &str,
    style: Style,
) -> String {
    let title = Level::NOTE.primary_title(visible(message));
    let group = Group::with_title(title).elements(snippet(sources, span, None, &Masks::Values));
    draw(&renderer(style), &[group]) + "\n\n"
}

fn renderer(style: Style) -> Renderer {
    let renderer = if style.color {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    renderer.term_width(style.width)
}

/// A quiet report leaves warnings out. What could not be decided is always said.
fn render_problems(report: &Report<'_>, renderer: &Renderer, style: Style) -> String {
    let mut out = String::new();
    let said = |problem: &&Problem| !style.quiet || problem.is_error();
    for problem in report.evaluation.problems.iter().filter(said) {
        out.push_str(&draw(renderer, &problem_groups(report.sources, problem)));
        out.push_str("\n\n");
    }
    out
}

fn finding_groups<'a>(
    report: &'a Report<'_>,
    finding: &'a Finding,
    masks: &Masks,
    style: Style,
) -> Vec<Group<'a>> {
    let level = match report.standing(finding) {
        Standing::Fails => Level::ERROR,
        Standing::Warns => Level::WARNING,
        Standing::Noted => Level::INFO,
    };
    let title = level
        .primary_title(visible(&report.message(finding)).into_owned())
        .id(finding.rule.as_str());
    let mut group = Group::with_title(title);
    let label = finding
        .location
        .missing
        .as_ref()
        .map(|missing| format!("`{}` is missing here", visible(missing)));
    group = group.elements(snippet(report.sources, finding.location.span, label, masks));
    for (span, message) in &finding.related {
        group = group.elements(snippet(
            report.sources,
            *span,
            Some(visible(message).into_owned()),
            masks,
        ));
    }
    if let Some(waiver) = &finding.waiver {
        group = group.elements(snippet(
            report.sources,
            waiver.place,
            Some("waived here".to_owned()),
            masks,
        ));
        group = group.element(Level::NOTE.message(visible(&waived(waiver)).into_owned()));
    }
    if let Some(remediation) = &finding.remediation {
        group = group.element(Level::HELP.message(visible(remediation)));
    }
    if let Some(fix) = finding.fix.as_ref().filter(|_| style.verbose) {
        let said = match fix {
            Ok(_) => "`--fix` makes this change".to_owned(),
            Err(why) => format!("`--fix` does not change it: {}", visible(why)),
        };
        group = group.element(Level::NOTE.message(said));
    }
    let mut note = finding.severity.as_str().to_owned();
    if let Some(resource) = report.resource(finding) {
        note.push_str(&format!(" in {}", resource.id));
    }
    let controls = catalogue::controls(&finding.controls);
    if !controls.is_empty() {
        note.push_str(&format!("; {controls}"));
    }
    if finding.novelty == Some(Novelty::Unchanged) {
        note.push_str(&match report.revision {
            Some(revision) => format!("; unchanged since {}", revision.name),
            None => "; known from the baseline".to_owned(),
        });
    }
    vec![group.element(Level::NOTE.message(visible(&note).into_owned()))]
}

fn waived(waiver: &Waiver) -> String {
    let ticket = waiver.ticket.as_ref();
    let ticket = ticket.map_or_else(String::new, |ticket| format!(" ({ticket})"));
    format!(
        "waived by {} until {}: {}{ticket}",
        waiver.owner, waiver.expires, waiver.reason
    )
}

fn problem_groups<'a>(sources: &crate::source::Sources, problem: &'a Problem) -> Vec<Group<'a>> {
    let level = if problem.is_error() {
        Level::ERROR
    } else {
        Level::WARNING
    };
    let message = match &problem.place {
        Place::File(name) => format!("{}: {}", visible(name), visible(&problem.message)),
        Place::Span(_) | Place::Nowhere => visible(&problem.message).into_owned(),
    };
    let mut group = Group::with_title(level.primary_title(message));
    if let Place::Span(span) = problem.place {
        group = group.elements(snippet(sources, span, None, &Masks::Values));
    }
    if let Some((span, message)) = &problem.related {
        group = group.elements(snippet(
            sources,
            *span,
            Some(visible(message).into_owned()),
            &Masks::Values,
        ));
    }
    if let Some(help) = &problem.help {
        group = group.element(Level::HELP.message(visible(help)));
    }
    vec![group]
}

fn snippet<'a>(
    sources: &crate::source::Sources,
    span: Span,
    label: Option<String>,
    masks: &Masks,
) -> Option<Snippet<'a, Annotation<'a>>> {
    let frame = frame(sources, span, masks)?;
    let name = visible(sources.name(span.file));
    let place = format!("{name}:{}:{}", frame.first_line, frame.column);
    let annotation = AnnotationKind::Primary
        .span(frame.start..frame.end)
        .label(label);
    Some(
        Snippet::source(frame.text)
            .line_start(frame.first_line as usize)
            .path(format!("{PLACE}{place}{PLACE}"))
            .annotation(annotation),
    )
}

/// Begins and ends a place in what the renderer makes of it.
const PLACE: char = '\u{e000}';

/// Renders groups. The place of a snippet is that of the file: the renderer counts columns in the frame, where lines may
/// be cut and tabs are wider, and says them behind the place.
fn draw(renderer: &Renderer, groups: &[Group<'_>]) -> String {
    let rendered = renderer.render(groups);
    let mut parts = rendered.split(PLACE);
    let mut out = parts.next().unwrap_or_default().to_owned();
    while let (Some(place), Some(rest)) = (parts.next(), parts.next()) {
        out.push_str(place);
        let is_column = |character: char| character == ':' || character.is_ascii_digit();
        out.push_str(rest.trim_start_matches(is_column));
    }
    out
}

/// Rules with their counts, what was judged, and the verdict.
fn summary(report: &Report<'_>, style: Style, out: &mut String) {
    let mut counts: BTreeMap<(std::cmp::Reverse<Severity>, &RuleId), usize> = BTreeMap::new();
    for finding in report.shown(style.verbose) {
        *counts
            .entry((std::cmp::Reverse(finding.severity), &finding.rule))
            .or_default() += 1;
    }
    let width = counts
        .keys()
        .map(|(_, rule)| rule.as_str().len())
        .max()
        .unwrap_or(0);
    for ((severity, rule), count) in &counts {
        out.push_str(&format!(
            "{:<8}  {:<width$}  {count:>5}\n",
            severity.0.as_str(),
            rule.as_str()
        ));
    }
    if !counts.is_empty() {
        out.push('\n');
    }
    // Where nothing was judged, no rule was kept from judging it.
    let judged_any = !report.estate.resources.is_empty();
    if judged_any {
        waiting(report, style, out);
    }
    if style.verbose {
        for rule in report.coverage.idle.iter().filter(|_| judged_any) {
            out.push_str(&format!("judged nothing here: {rule}\n"));
        }
        for name in &report.coverage.unrecognised {
            out.push_str(&format!("not recognised: {}\n", visible(name)));
        }
    }
    out.push_str(&format!("{}\n", spoken::judged(report)));
    let formats = report.estate.formats();
    if formats.values().map(BTreeMap::len).sum::<usize>() > 1 {
        out.push_str(&super::estate::platforms(&formats));
    }
    if let Some(unknown) = spoken::unknown(report) {
        out.push_str(&format!("{unknown}\n"));
    }
    if let Some(comparison) = report.baseline {
        out.push_str(&compared(comparison, report.revision));
    }
    out.push_str(&verdict(report, style));
}

/// Rules that wait for a decision; many of them by their number, unless all is to be said.
fn waiting(report: &Report<'_>, style: Style, out: &mut String) {
    if report.waiting.len() > MANY && !style.verbose {
        out.push_str(&format!(
            "not evaluated: {} that wait for decisions in `estate.yaml` (`-v` names them)\n",
            spoken::counted(report.waiting.len(), "rule")
        ));
        return;
    }
    for (rule, decision) in report.waiting {
        let decision = visible(decision);
        out.push_str(&format!(
            "not evaluated: {rule} (the estate does not decide `{decision}`)\n"
        ));
    }
}

fn compared(comparison: Comparison, revision: Option<&Revision>) -> String {
    let fixed = comparison
        .fixed
        .map_or_else(String::new, |fixed| format!(", {fixed} fixed"));
    let (to, new) = match revision {
        Some(revision) => (visible(&revision.name), "introduced"),
        None => (Cow::Borrowed("the baseline"), "new"),
    };
    format!(
        "compared to {to}: {} {new}, {} unchanged{fixed}\n",
        comparison.new, comparison.unchanged
    )
}

fn verdict(report: &Report<'_>, style: Style) -> String {
    let color = match report.verdict {
        Verdict::Pass => "\u{1b}[1m\u{1b}[32m",
        Verdict::Warn => "\u{1b}[1m\u{1b}[33m",
        Verdict::Deny | Verdict::Undecided => "\u{1b}[1m\u{1b}[31m",
    };
    let (start, end) = if style.color {
        (color, "\u{1b}[0m")
    } else {
        ("", "")
    };
    let word = spoken::verdict(report.verdict);
    format!("{start}{word}{end}: {}\n", spoken::grounds(report))
}
