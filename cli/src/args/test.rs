//! `plumb test`, as it is typed.

use std::path::PathBuf;
use std::time::Duration;

use regex::Regex;

use super::check::{Format, Output};

/// Run the unit tests of policies.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
A test is a rule named `test_...`; it passes if it is true. Rules named `todo_test_...` are listed and not run.
The page of a rule is a test too: what it says to avoid must be found at the marked lines, what it says to prefer must be
clean. It is the README.md beside the policy, or DIR/<id>.md below a folder named with --pages.

Examples:
  plumb test policies/                            every test below a folder
  plumb test --run 'registry.*port' policies/     the tests whose path matches
  plumb test --coverage --threshold 90 policies/  what is not tested
  plumb test -o text -o junit=tests.xml policies/

Exit codes: 0 every test passes; 1 one fails, or too little is covered; 2 no test was found, or one could not be run.")]
pub(crate) struct TestArgs {
    /// Files and folders of Rego, with the data files beside them (`data.json`, `data.yaml`).
    #[arg(value_name = "PATH", default_value = ".")]
    pub(crate) paths: Vec<PathBuf>,
    /// A file or folder of JSON and YAML that policies read below `data`; may be repeated.
    #[arg(short, long = "data", value_name = "PATH")]
    pub(crate) data: Vec<PathBuf>,
    /// A folder with the pages of rules, each at `<id>.md`; may be repeated.
    #[arg(long, value_name = "DIR")]
    pub(crate) pages: Vec<PathBuf>,
    /// Judge the examples of pages by every rule, and not only by the one whose page it is.
    #[arg(long)]
    pub(crate) strict_pages: bool,
    /// Run only tests whose path (`data.pkg_test.test_name`) matches, and pages whose rule id does.
    #[arg(long, value_name = "REGEX")]
    pub(crate) run: Option<Regex>,
    /// Say which lines are covered.
    #[arg(long)]
    pub(crate) coverage: bool,
    /// The share of lines that must be covered, in percent; implies `--coverage`.
    #[arg(long, value_name = "PERCENT", value_parser = percent)]
    pub(crate) threshold: Option<f64>,
    /// Read the policies in the syntax before OPA 1.0.
    #[arg(long)]
    pub(crate) v0_compatible: bool,
    /// How long one test may take.
    #[arg(long, value_name = "DURATION", default_value = "10s", value_parser = super::duration)]
    pub(crate) timeout: Duration,
    /// An output: `text`, `json` or `junit`, optionally to a file; may be repeated [default: text].
    #[arg(short, long = "output", value_name = "FORMAT[=FILE]")]
    pub(crate) outputs: Vec<Output<TestFormat>>,
}

/// How the report on tests is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TestFormat {
    /// For people.
    Text,
    /// For machines.
    Json,
    /// For the machines of others.
    Junit,
}

impl Format for TestFormat {
    const WORDS: &[(&str, Self)] = &[
        ("text", Self::Text),
        ("json", Self::Json),
        ("junit", Self::Junit),
    ];
}

fn percent(text: &str) -> Result<f64, String> {
    match text.trim_end_matches('%').parse() {
        Ok(percent) if (0.0..=100.0).contains(&percent) => Ok(percent),
        _ => Err("a share is a number from 0 to 100".to_owned()),
    }
}
