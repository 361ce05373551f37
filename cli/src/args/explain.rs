//! `plumb explain`, as it is typed.

use std::path::PathBuf;

use super::check::{Format, Output};
use super::{ReadArgs, RuleArgs};

/// Say why a rule found something, or why it did not.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  plumb explain deploy/web.yaml:31                        what was found on a line
  plumb explain 6e6391a4 deploy/                          a finding by its fingerprint, from `plumb check -o json`
  plumb explain deployment/host-path deploy/              a rule on everything that it judges, also what passes
  plumb explain deployment/host-path deploy/ --resource '*/Deployment/shop/*'

Exit codes: 0 explained; 2 there is nothing to explain, or not everything could be read.")]
pub(crate) struct ExplainArgs {
    /// A place (`FILE:LINE`), a fingerprint or at least its first 4 digits, or the id of a rule.
    #[arg(value_name = "FINDING")]
    pub(crate) finding: String,
    /// Files and folders; `-` is standard input [default: the file of the place, or the current folder].
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// Explain only resources whose id matches this glob.
    #[arg(long, value_name = "GLOB")]
    pub(crate) resource: Option<globset::Glob>,
    #[command(flatten)]
    pub(crate) rules: RuleArgs,
    /// An output: `text` or `json`, optionally to a file; may be repeated [default: text].
    #[arg(short, long = "output", value_name = "FORMAT[=FILE]")]
    pub(crate) outputs: Vec<Output<ExplainFormat>>,
    #[command(flatten)]
    pub(crate) read: ReadArgs,
}

/// How an explanation is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ExplainFormat {
    /// For people.
    Text,
    /// For machines.
    Json,
}

impl Format for ExplainFormat {
    const WORDS: &[(&str, Self)] = &[("text", Self::Text), ("json", Self::Json)];
}
