//! The report as lines of JSON, for what reads one thing at a time: the run first, then each problem, finding and rule
//! that was not evaluated. Every line has a `kind`; its other fields are those of the JSON report.

use serde::Serialize;

use super::json::{finding_shape, problem_shape, run_shape, waiting_shapes};
use super::{Report, escape};

/// The whole report.
pub fn render(report: &Report<'_>) -> String {
    let mut out = line("run", run_shape(report));
    for problem in report.problems_worst_first() {
        let kind = if problem.is_error() {
            "error"
        } else {
            "warning"
        };
        out.push_str(&line(kind, problem_shape(report, problem)));
    }
    for finding in &report.evaluation.findings {
        out.push_str(&line("finding", finding_shape(report, finding)));
    }
    for waiting in waiting_shapes(report) {
        out.push_str(&line("not-evaluated", waiting));
    }
    for file in &report.coverage.unrecognised {
        out.push_str(&line("unrecognised", Unrecognised { file }));
    }
    out
}

#[derive(Serialize)]
struct Line<T> {
    kind: &'static str,
    #[serde(flatten)]
    what: T,
}

#[derive(Serialize)]
struct Unrecognised<'a> {
    file: &'a str,
}

fn line<T: Serialize>(kind: &'static str, what: T) -> String {
    let serialised = serde_json::to_string(&Line { kind, what }).unwrap_or_default();
    format!("{}\n", escape::json(&serialised))
}
