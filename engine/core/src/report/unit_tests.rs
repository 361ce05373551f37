//! The report on unit tests of policies: for people, for machines (`plumbline.tests/v1`), and as `JUnit` XML.

mod pages;

use std::collections::BTreeMap;
use std::fmt::Write;

use plumbline_rego::testing::{Coverage, Failure, Outcome, TestResult, UnitTest, percent};
use plumbline_rego::value::json;
use plumbline_rego::{Place, Program};
use serde::Serialize;

use super::escape::markup;
use super::text::{Style, problems};
use super::visible;
use crate::problem::Problem;
use crate::source::{FileId, Sources, Span};

pub use pages::PageResult;

/// The version of the JSON shape.
pub const SCHEMA_VERSION: &str = "plumbline.tests/v1";

/// Everything a report on tests is made of.
#[derive(Debug)]
pub struct TestReport<'a> {
    /// The texts that places point into.
    pub sources: &'a Sources,
    /// The text of each module of the program.
    pub modules: &'a [FileId],
    /// What was tested.
    pub program: &'a Program,
    /// Tests with their results, in order.
    pub results: &'a [(UnitTest, TestResult)],
    /// Pages of rules with their results, in order.
    pub pages: &'a [PageResult],
    /// Coverage by module, if it was asked for, and the share that is demanded.
    pub coverage: Option<(BTreeMap<String, Coverage>, Option<f64>)>,
}

/// How many tests ended in which way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Tests whose rule is true.
    pub passed: usize,
    /// Tests whose rule is false or undefined.
    pub failed: usize,
    /// Tests that could not be evaluated.
    pub errored: usize,
    /// Tests that are still to be done.
    pub todo: usize,
}

impl TestReport<'_> {
    /// How many tests ended in which way.
    pub fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for (_, result) in self.results {
            match result.outcome {
                Outcome::Passed => counts.passed += 1,
                Outcome::Failed(_) => counts.failed += 1,
                Outcome::Errored(_) => counts.errored += 1,
                Outcome::Todo => counts.todo += 1,
            }
        }
        counts
    }

    /// How many examples of pages do not keep their promise.
    pub fn failed_examples(&self) -> usize {
        pages::counts(self.pages).1
    }

    /// The share of covered lines of everything but tests, in percent.
    pub fn covered_percent(&self) -> Option<f64> {
        let (coverage, _) = self.coverage.as_ref()?;
        let judged = coverage
            .iter()
            .filter(|(name, _)| !name.ends_with("_test.rego"));
        let (covered, not_covered) = judged.fold((0, 0), |(covered, not_covered), (_, module)| {
            (
                covered + module.covered.len(),
                not_covered + module.not_covered.len(),
            )
        });
        Some(percent(covered, not_covered))
    }

    /// Whether less is covered than is demanded.
    pub fn is_below_threshold(&self) -> bool {
        let threshold = self.coverage.as_ref().and_then(|(_, threshold)| *threshold);
        threshold
            .zip(self.covered_percent())
            .is_some_and(|(threshold, covered)| covered < threshold)
    }

    fn span(&self, place: Place) -> Option<Span> {
        let file = self.modules.get(place.module as usize)?;
        Some(Span {
            file: *file,
            start: place.span.start,
            end: place.span.end,
        })
    }

    fn location(&self, place: Place) -> LocationV1<'_> {
        let (line, column) = self.program.position(place);
        LocationV1 {
            file: self.program.module_name(place),
            line,
            column,
        }
    }
}

/// The report that people read: what failed, with a code frame, and the counts.
pub fn text(report: &TestReport<'_>, style: Style) -> String {
    let mut out = String::new();
    for (test, result) in report.results {
        if !style.quiet {
            out.push_str(&one(report, test, result, style));
        }
    }
    out.push_str(&problems(
        report.sources,
        &pages::problems(report.pages),
        style,
    ));
    if let (Some((coverage, threshold)), Some(all)) = (&report.coverage, report.covered_percent()) {
        for (name, module) in coverage
            .iter()
            .filter(|(name, _)| !name.ends_with("_test.rego"))
        {
            let lines: Vec<String> = module.not_covered.iter().map(u32::to_string).collect();
            let rest = if lines.is_empty() {
                String::new()
            } else {
                format!("  not covered: lines {}", lines.join(", "))
            };
            let _ = writeln!(out, "{:>6.1} %  {}{rest}", module.percent(), visible(name));
        }
        let demanded = threshold.map_or_else(String::new, |threshold| {
            format!(" ({threshold} % demanded)")
        });
        let _ = writeln!(out, "{all:>6.1} %  of all lines covered{demanded}");
    }
    let Counts {
        passed,
        failed,
        errored,
        todo,
    } = report.counts();
    let _ = writeln!(
        out,
        "{passed} passed, {failed} failed, {errored} errors, {todo} to do"
    );
    out.push_str(&pages::summary(report.pages));
    out
}

fn one(report: &TestReport<'_>, test: &UnitTest, result: &TestResult, style: Style) -> String {
    let path = test.path();
    let problem = match &result.outcome {
        Outcome::Passed if style.verbose => return format!("pass: {path}\n{}", printed(result)),
        Outcome::Passed => return String::new(),
        Outcome::Todo => return format!("to do: {path}\n"),
        Outcome::Failed(Some(failure)) => failed(report, &path, failure),
        Outcome::Failed(None) => report
            .span(test.place)
            .map(|span| Problem::error(span, format!("{path} failed: its value is not true"))),
        Outcome::Errored(error) => {
            let message = format!(
                "{path} could not be evaluated: {}: {}",
                error.code, error.message
            );
            report
                .span(error.place)
                .or_else(|| report.span(test.place))
                .map(|span| Problem::error(span, message))
        }
    };
    let frame = problem
        .map(|problem| problems(report.sources, &[problem], style))
        .unwrap_or_default();
    format!("{frame}{}", printed(result))
}

fn failed(report: &TestReport<'_>, path: &str, failure: &Failure) -> Option<Problem> {
    let how = if failure.undefined {
        "undefined"
    } else {
        "not true"
    };
    let problem = Problem::error(
        report.span(failure.place)?,
        format!("{path} failed: this condition is {how}"),
    );
    if failure.bindings.is_empty() {
        return Some(problem);
    }
    let values: Vec<String> = failure
        .bindings
        .iter()
        .map(|(name, value)| format!("{name} = {}", shortened(&value.to_string())))
        .collect();
    Some(problem.help(format!("with {}", values.join(", "))))
}

/// What a test printed, and the errors of builtins that it stumbled over.
fn printed(result: &TestResult) -> String {
    let lines = result
        .prints
        .iter()
        .map(|(_, line)| format!("  print: {}\n", visible(line)));
    let errors = result
        .swallowed
        .iter()
        .map(|error| format!("  {}: {}\n", error.code, visible(&error.message)));
    lines.chain(errors).collect()
}

/// A value in a line: its beginning, if it is long.
fn shortened(text: &str) -> String {
    const LONGEST: usize = 160;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}...", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct TestsV1<'a> {
    schema_version: &'static str,
    tool: Tool,
    summary: Counts,
    tests: Vec<TestV1<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pages: Vec<pages::PageV1<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    coverage: Option<CoverageV1<'a>>,
}

#[derive(Serialize)]
struct Tool {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
struct TestV1<'a> {
    package: &'a str,
    name: &'a str,
    outcome: &'static str,
    location: LocationV1<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<FailureV1<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<ErrorV1<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    prints: Vec<&'a str>,
}

#[derive(Serialize)]
struct LocationV1<'a> {
    file: &'a str,
    line: u32,
    column: u32,
}

#[derive(Serialize)]
struct FailureV1<'a> {
    location: LocationV1<'a>,
    undefined: bool,
    bindings: BTreeMap<&'a str, serde_json::Value>,
}

#[derive(Serialize)]
struct ErrorV1<'a> {
    code: &'static str,
    message: &'a str,
    location: LocationV1<'a>,
}

#[derive(Serialize)]
struct CoverageV1<'a> {
    percent: f64,
    threshold: Option<f64>,
    modules: BTreeMap<&'a str, ModuleV1<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ModuleV1<'a> {
    percent: f64,
    covered: Vec<&'a u32>,
    not_covered: Vec<&'a u32>,
}

/// The report that machines read, indented by two spaces, with a line end.
pub fn json(report: &TestReport<'_>) -> String {
    let coverage = report
        .coverage
        .as_ref()
        .map(|(modules, threshold)| CoverageV1 {
            percent: report.covered_percent().unwrap_or_default(),
            threshold: *threshold,
            modules: modules
                .iter()
                .map(|(name, module)| (name.as_str(), module_shape(module)))
                .collect(),
        });
    let shape = TestsV1 {
        schema_version: SCHEMA_VERSION,
        tool: Tool {
            name: "plumbline",
            version: env!("CARGO_PKG_VERSION"),
        },
        summary: report.counts(),
        tests: report
            .results
            .iter()
            .map(|(test, result)| test_shape(report, test, result))
            .collect(),
        pages: report.pages.iter().map(pages::shape).collect(),
        coverage,
    };
    let mut out = serde_json::to_string_pretty(&shape).unwrap_or_default();
    out.push('\n');
    out
}

fn module_shape(module: &Coverage) -> ModuleV1<'_> {
    ModuleV1 {
        percent: module.percent(),
        covered: module.covered.iter().collect(),
        not_covered: module.not_covered.iter().collect(),
    }
}

fn test_shape<'a>(
    report: &'a TestReport<'_>,
    test: &'a UnitTest,
    result: &'a TestResult,
) -> TestV1<'a> {
    let failure = match &result.outcome {
        Outcome::Failed(Some(failure)) => Some(FailureV1 {
            location: report.location(failure.place),
            undefined: failure.undefined,
            bindings: failure
                .bindings
                .iter()
                .map(|(name, value)| {
                    (
                        name.as_str(),
                        serde_json::from_str(&json::to_string(value)).unwrap_or_default(),
                    )
                })
                .collect(),
        }),
        _ => None,
    };
    let error = match &result.outcome {
        Outcome::Errored(error) => Some(ErrorV1 {
            code: error.code,
            message: &error.message,
            location: report.location(error.place),
        }),
        _ => None,
    };
    TestV1 {
        package: &test.package,
        name: &test.name,
        outcome: outcome_word(&result.outcome),
        location: report.location(test.place),
        failure,
        error,
        prints: result
            .prints
            .iter()
            .map(|(_, line)| line.as_str())
            .collect(),
    }
}

fn outcome_word(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Passed => "passed",
        Outcome::Failed(_) => "failed",
        Outcome::Errored(_) => "error",
        Outcome::Todo => "todo",
    }
}

/// `JUnit` XML: a suite per package.
pub fn junit(report: &TestReport<'_>) -> String {
    let mut suites: BTreeMap<&str, Vec<&(UnitTest, TestResult)>> = BTreeMap::new();
    for result in report.results {
        suites.entry(&result.0.package).or_default().push(result);
    }
    let mut out = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"plumbline\">\n",
    );
    for (package, results) in suites {
        let count = |wanted: &str| {
            results
                .iter()
                .filter(|(_, result)| outcome_word(&result.outcome) == wanted)
                .count()
        };
        let _ = writeln!(
            out,
            "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\">",
            markup(package),
            results.len(),
            count("failed"),
            count("error"),
            count("todo"),
        );
        for (test, result) in results {
            junit_case(report, test, result, &mut out);
        }
        out.push_str("  </testsuite>\n");
    }
    for page in report.pages {
        pages::junit(page, &mut out);
    }
    out.push_str("</testsuites>\n");
    out
}

fn junit_case(report: &TestReport<'_>, test: &UnitTest, result: &TestResult, out: &mut String) {
    let location = report.location(test.place);
    let _ = write!(
        out,
        "    <testcase name=\"{}\" classname=\"{}\" file=\"{}\" line=\"{}\"",
        markup(&test.name),
        markup(&test.package),
        markup(location.file),
        location.line
    );
    let inner = match &result.outcome {
        Outcome::Passed => return out.push_str("/>\n"),
        Outcome::Todo => "<skipped/>".to_owned(),
        Outcome::Failed(failure) => {
            let place =
                report.location(failure.as_ref().map_or(test.place, |failure| failure.place));
            format!(
                "<failure message=\"a condition is not true\">{}:{}:{}</failure>",
                markup(place.file),
                place.line,
                place.column
            )
        }
        Outcome::Errored(error) => format!(
            "<error type=\"{}\" message=\"{}\"/>",
            error.code,
            markup(&error.message)
        ),
    };
    let _ = writeln!(out, ">{inner}</testcase>");
}
