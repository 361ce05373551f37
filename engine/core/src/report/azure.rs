//! Issues of a run of Azure Pipelines: logging commands, and at the end the result of the task.

use super::escape::{logging_message, logging_property, visible};
use super::{Report, Spot, Standing, spoken};
use crate::finding::Finding;
use crate::problem::Problem;
use crate::verdict::Verdict;

/// The whole report.
pub fn render(report: &Report<'_>) -> String {
    let mut out = String::new();
    for problem in report.problems_worst_first() {
        out.push_str(&problem_line(report, problem));
    }
    for (finding, _) in report.worst_first() {
        out.push_str(&finding_line(report, finding));
    }
    for (rule, why) in spoken::waiting(report) {
        out.push_str(&format!("{}: {}\n", visible(rule), visible(&why)));
    }
    out.push_str(&format!("{}\n", spoken::judged(report)));
    let result = match report.verdict {
        Verdict::Pass => "Succeeded",
        Verdict::Warn => "SucceededWithIssues",
        Verdict::Deny | Verdict::Undecided => "Failed",
    };
    let said = format!(
        "{}: {}",
        spoken::verdict(report.verdict),
        spoken::grounds(report)
    );
    out.push_str(&format!(
        "##vso[task.complete result={result};]{}\n",
        logging_message(&said)
    ));
    out
}

fn problem_line(report: &Report<'_>, problem: &Problem) -> String {
    let kind = if problem.is_error() {
        "error"
    } else {
        "warning"
    };
    let help = problem.help.iter().map(|help| format!("; help: {help}"));
    let said = problem.message.clone() + &help.collect::<String>();
    let code = problem.rule.as_deref().unwrap_or("plumb-check");
    issue(kind, report.spot_of(problem), code, &said)
}

fn finding_line(report: &Report<'_>, finding: &Finding) -> String {
    let help = finding.remediation.iter();
    let help = help.map(|help| format!("; help: {help}"));
    let said = format!(
        "{}; {} in {}{}",
        report.message(finding),
        finding.severity.as_str(),
        report.resource_id(finding),
        help.collect::<String>()
    );
    let spot = report.spot(finding.location.span);
    let rule = finding.rule.as_str();
    match report.standing(finding) {
        Standing::Fails => issue("error", Some(spot), rule, &said),
        Standing::Warns => issue("warning", Some(spot), rule, &said),
        // There is no milder issue than a warning.
        Standing::Noted => format!("{rule}: {}: {}\n", visible(&spot.spelt()), visible(&said)),
    }
}

fn issue(kind: &str, spot: Option<Spot<'_>>, code: &str, said: &str) -> String {
    let mut place = String::new();
    if let Some(spot) = spot.filter(|spot| !spot.file.is_empty()) {
        place = format!("sourcepath={};", logging_property(spot.file));
        if let Some((start, _)) = spot.region {
            place.push_str(&format!(
                "linenumber={};columnnumber={};",
                start.line, start.column
            ));
        }
    }
    format!(
        "##vso[task.logissue type={kind};{place}code={};]{}\n",
        logging_property(code),
        logging_message(said)
    )
}
