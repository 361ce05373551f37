//! `plumb eval`, as it is typed.

use std::path::PathBuf;
use std::time::Duration;

use clap::ValueEnum;

/// Evaluate a query of Rego.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  plumb eval '1 + 1'
  plumb eval -d policies/ -i input.json data.shop.allow
  plumb eval -d policies/ --format raw --fail 'data.shop.deny[_]'
  echo '{\"x\": 1}' | plumb eval --stdin-input 'input.x > 0'

Exit codes: 0 evaluated; 1 by --fail or --fail-defined; 2 the query could not be evaluated.")]
#[expect(
    clippy::struct_excessive_bools,
    reason = "flags are what a command line has"
)]
pub(crate) struct EvalArgs {
    /// The query.
    #[arg(value_name = "QUERY")]
    pub(crate) query: String,
    /// A file or folder of policies and data (JSON, YAML); may be repeated.
    #[arg(short, long = "data", value_name = "PATH")]
    pub(crate) data: Vec<PathBuf>,
    /// The input: a file of JSON or YAML.
    #[arg(short, long, value_name = "FILE", conflicts_with = "stdin_input")]
    pub(crate) input: Option<PathBuf>,
    /// Read the input from standard input.
    #[arg(short = 'I', long)]
    pub(crate) stdin_input: bool,
    /// The package that the names of the query belong to: `data.shop`.
    #[arg(long, value_name = "PACKAGE")]
    pub(crate) package: Option<String>,
    /// How the answer is written.
    #[arg(short, long, value_name = "FORMAT", default_value = "json")]
    pub(crate) format: EvalFormat,
    /// End in 1 if the query is undefined.
    #[arg(long, conflicts_with = "fail_defined")]
    pub(crate) fail: bool,
    /// End in 1 if the query is defined.
    #[arg(long)]
    pub(crate) fail_defined: bool,
    /// Read policies and query in the syntax before OPA 1.0.
    #[arg(long)]
    pub(crate) v0_compatible: bool,
    /// Let an error of a builtin end the evaluation.
    #[arg(long)]
    pub(crate) strict_builtin_errors: bool,
    /// Add the lines of policies that held.
    #[arg(long)]
    pub(crate) coverage: bool,
    /// Explain the answer on standard error: `notes`, what was printed; `full`, every condition that held too.
    #[arg(long, value_name = "MODE")]
    pub(crate) explain: Option<Explain>,
    /// Add how often each rule was tried and how many steps it took.
    #[arg(long)]
    pub(crate) profile: bool,
    /// Add how long loading, compiling and evaluating took.
    #[arg(long)]
    pub(crate) metrics: bool,
    /// How long the evaluation may take.
    #[arg(long, value_name = "DURATION", default_value = "10s", value_parser = super::duration)]
    pub(crate) timeout: Duration,
    /// How many steps it may take.
    #[arg(long, value_name = "STEPS", default_value_t = plumbline_rego::Budget::default().steps)]
    pub(crate) max_steps: u64,
    /// How many bytes of values builtins and comprehensions may make.
    #[arg(long, value_name = "BYTES", default_value_t = plumbline_rego::Budget::default().bytes)]
    pub(crate) max_memory: u64,
}

/// How an answer is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum EvalFormat {
    /// Everything, as `opa eval` does.
    Json,
    /// The values of the query, as JSON.
    Values,
    /// The variables of the query with their values, as JSON.
    Bindings,
    /// Variables and values, for people.
    Pretty,
    /// Values alone: strings without quotes.
    Raw,
}

/// What is explained.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Explain {
    /// What was printed.
    Notes,
    /// Every condition that held too.
    Full,
}
