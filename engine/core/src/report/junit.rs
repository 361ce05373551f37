//! `JUnit` XML, for whatever shows test results: a suite for the run, and one for each file with findings.
//!
//! What fails is a failure, what could not be decided an error; a finding that does not fail, a warning and a rule that
//! was not evaluated are skipped cases. The case of the run says how much was judged.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::escape::markup;
use super::{Report, Spot, Standing, catalogue, spoken};
use crate::finding::Finding;
use crate::problem::Problem;
use crate::verdict::Verdict;

/// The whole report.
pub fn render(report: &Report<'_>) -> String {
    let mut run = vec![run_case(report)];
    run.extend(
        report
            .problems_worst_first()
            .map(|problem| problem_case(report, problem)),
    );
    let waiting = spoken::waiting(report).into_iter();
    run.extend(waiting.map(|(rule, why)| Case {
        class: rule,
        name: "the whole run".to_owned(),
        spot: None,
        end: End::Skipped { why },
    }));
    let mut suites: BTreeMap<&str, Vec<Case<'_>>> = BTreeMap::new();
    for finding in &report.evaluation.findings {
        let case = finding_case(report, finding);
        let file = case.spot.map_or("", |spot| spot.file);
        suites.entry(file).or_default().push(case);
    }
    let all = || run.iter().chain(suites.values().flatten());
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"plumb check\" {}>\n",
        counts(all)
    );
    suite("plumb check", &properties(report), &run, &mut out);
    for (file, cases) in &suites {
        let name = if file.is_empty() { "no file" } else { *file };
        suite(name, "", cases, &mut out);
    }
    out.push_str("</testsuites>\n");
    out
}

struct Case<'a> {
    class: &'a str,
    name: String,
    spot: Option<Spot<'a>>,
    end: End,
}

enum End {
    Passed {
        said: String,
    },
    Failed {
        kind: &'static str,
        message: String,
        said: String,
    },
    Errored {
        message: String,
        said: String,
    },
    Skipped {
        why: String,
    },
}

fn run_case(report: &Report<'_>) -> Case<'static> {
    let grounds = spoken::grounds(report);
    Case {
        class: "plumb check",
        name: spoken::judged(report),
        spot: None,
        end: match report.verdict {
            Verdict::Undecided => End::Errored {
                message: format!("undecided: {grounds}"),
                said: String::new(),
            },
            verdict => End::Passed {
                said: format!("{}: {grounds}", spoken::verdict(verdict)),
            },
        },
    }
}

fn problem_case<'a>(report: &'a Report<'_>, problem: &'a Problem) -> Case<'a> {
    let spot = report.spot_of(problem);
    let help = problem.help.clone().unwrap_or_default();
    Case {
        class: problem.rule.as_deref().unwrap_or("plumb check"),
        name: spot.map_or_else(|| "the run".to_owned(), |spot| spot.spelt()),
        spot,
        end: if problem.is_error() {
            End::Errored {
                message: problem.message.clone(),
                said: help,
            }
        } else {
            End::Skipped {
                why: format!("warning: {}", problem.message),
            }
        },
    }
}

fn finding_case<'a>(report: &'a Report<'_>, finding: &'a Finding) -> Case<'a> {
    let spot = report.spot(finding.location.span);
    let message = report.message(finding).into_owned();
    let severity = finding.severity.as_str();
    let said = [
        spot.spelt(),
        finding.remediation.clone().unwrap_or_default(),
        catalogue::controls(&finding.controls),
    ];
    let said: Vec<String> = said.into_iter().filter(|part| !part.is_empty()).collect();
    Case {
        class: finding.rule.as_str(),
        name: format!("{}: {message}", report.resource_id(finding)),
        spot: Some(spot),
        end: match report.standing(finding) {
            Standing::Fails => End::Failed {
                kind: severity,
                message,
                said: said.join("; "),
            },
            Standing::Warns | Standing::Noted => End::Skipped {
                why: format!("{}, {severity}: {message}", finding.effect.as_str()),
            },
        },
    }
}

/// What the run was, by name.
fn properties(report: &Report<'_>) -> String {
    let numbers = [
        ("resources", report.estate.resources.len()),
        ("files", report.coverage.files),
        ("unrecognised", report.coverage.unrecognised.len()),
        ("rules", report.judging()),
        ("evaluations", report.evaluation.evaluations),
        ("undecided", report.evaluation.undecided),
        ("unknown", report.evaluation.unknown),
    ];
    let mut out = String::from("    <properties>\n");
    let mut property = |name: &str, value: &str| {
        let _ = writeln!(
            out,
            "      <property name=\"{name}\" value=\"{}\"/>",
            markup(value)
        );
    };
    property("version", env!("CARGO_PKG_VERSION"));
    property("policies", &report.digest);
    property("verdict", report.verdict.as_str());
    property("fail-on", report.fail_on.as_str());
    for (name, number) in numbers {
        property(name, &number.to_string());
    }
    out.push_str("    </properties>\n");
    out
}

/// The attributes that count cases.
fn counts<'a, 'b: 'a, I: Iterator<Item = &'a Case<'b>>>(cases: impl Fn() -> I) -> String {
    let count = |is: fn(&End) -> bool| cases().filter(|case| is(&case.end)).count();
    format!(
        "tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\"",
        cases().count(),
        count(|end| matches!(end, End::Failed { .. })),
        count(|end| matches!(end, End::Errored { .. })),
        count(|end| matches!(end, End::Skipped { .. })),
    )
}

fn suite(name: &str, properties: &str, cases: &[Case<'_>], out: &mut String) {
    let _ = write!(
        out,
        "  <testsuite name=\"{}\" {}>\n{properties}",
        markup(name),
        counts(|| cases.iter())
    );
    for case in cases {
        write_case(case, out);
    }
    out.push_str("  </testsuite>\n");
}

fn write_case(case: &Case<'_>, out: &mut String) {
    let place = case
        .spot
        .filter(|spot| !spot.file.is_empty())
        .map_or_else(String::new, |spot| {
            format!(" file=\"{}\" line=\"{}\"", markup(spot.file), spot.line())
        });
    let end = match &case.end {
        End::Passed { said } => format!("<system-out>{}</system-out>", markup(said)),
        End::Failed {
            kind,
            message,
            said,
        } => format!(
            "<failure type=\"{kind}\" message=\"{}\">{}</failure>",
            markup(message),
            markup(said)
        ),
        End::Errored { message, said } => format!(
            "<error type=\"undecided\" message=\"{}\">{}</error>",
            markup(message),
            markup(said)
        ),
        End::Skipped { why } => format!("<skipped message=\"{}\"/>", markup(why)),
    };
    let _ = writeln!(
        out,
        "    <testcase classname=\"{}\" name=\"{}\"{place}>{end}</testcase>",
        markup(case.class),
        markup(&case.name),
    );
}
