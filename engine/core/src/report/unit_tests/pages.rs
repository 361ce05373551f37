//! The part of the report that is about the pages of rules.

use std::fmt::Write;

use serde::Serialize;

use crate::finding::RuleId;
use crate::policy::page::ExampleResult;
use crate::problem::Problem;
use crate::report::escape::markup;
use crate::report::visible;

/// What the page of one rule came to.
#[derive(Debug, Clone)]
pub struct PageResult {
    /// The rule.
    pub rule: RuleId,
    /// The page.
    pub file: String,
    /// Its examples in order.
    pub examples: Vec<ExampleResult>,
}

impl PageResult {
    /// The examples that keep their promise, or do not.
    fn examples(&self, kept: bool) -> impl Iterator<Item = &ExampleResult> {
        let keeps = move |example: &&ExampleResult| example.differences.is_empty() == kept;
        self.examples.iter().filter(keeps)
    }
}

/// How many examples of all pages keep their promise, and how many do not.
pub(super) fn counts(pages: &[PageResult]) -> (usize, usize) {
    let count = |kept| pages.iter().map(|page| page.examples(kept).count()).sum();
    (count(true), count(false))
}

/// What is wrong with pages, each at its place.
pub(super) fn problems(pages: &[PageResult]) -> Vec<Problem> {
    let mut problems = Vec::new();
    for page in pages {
        for example in page.examples(false) {
            for difference in &example.differences {
                let message = format!(
                    "the page of `{}`, `{}` example from line {}: {difference}",
                    page.rule,
                    example.section.as_str(),
                    example.line
                );
                problems.push(Problem::file(page.file.clone(), message));
            }
        }
    }
    problems
}

/// One line with the counts; nothing without pages.
pub(super) fn summary(pages: &[PageResult]) -> String {
    if pages.is_empty() {
        return String::new();
    }
    let (passed, failed) = counts(pages);
    format!("pages: {passed} examples passed, {failed} failed\n")
}

#[derive(Serialize)]
pub(super) struct PageV1<'a> {
    rule: &'a str,
    file: &'a str,
    examples: Vec<ExampleV1<'a>>,
}

#[derive(Serialize)]
struct ExampleV1<'a> {
    section: &'static str,
    line: u32,
    outcome: &'static str,
    differences: &'a [String],
}

pub(super) fn shape(page: &PageResult) -> PageV1<'_> {
    PageV1 {
        rule: page.rule.as_str(),
        file: &page.file,
        examples: page.examples.iter().map(example_shape).collect(),
    }
}

fn example_shape(example: &ExampleResult) -> ExampleV1<'_> {
    ExampleV1 {
        section: example.section.as_str(),
        line: example.line,
        outcome: outcome(&example.differences),
        differences: &example.differences,
    }
}

fn outcome(differences: &[String]) -> &'static str {
    if differences.is_empty() {
        "passed"
    } else {
        "failed"
    }
}

/// A suite with a case per example.
pub(super) fn junit(page: &PageResult, out: &mut String) {
    let _ = writeln!(
        out,
        "  <testsuite name=\"page {}\" tests=\"{}\" failures=\"{}\" errors=\"0\" skipped=\"0\">",
        markup(page.rule.as_str()),
        page.examples.len(),
        page.examples(false).count(),
    );
    for example in &page.examples {
        let _ = write!(
            out,
            "    <testcase name=\"{} from line {}\" classname=\"page {}\" file=\"{}\" line=\"{}\"",
            example.section.as_str(),
            example.line,
            markup(page.rule.as_str()),
            markup(&page.file),
            example.line
        );
        if example.differences.is_empty() {
            out.push_str("/>\n");
        } else {
            let said = visible(&example.differences.join("; ")).into_owned();
            let _ = writeln!(out, "><failure message=\"{}\"/></testcase>", markup(&said));
        }
    }
    out.push_str("  </testsuite>\n");
}
