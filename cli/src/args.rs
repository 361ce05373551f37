//! The command line, as it is typed.

mod check;
mod estate;
mod eval;
mod explain;
mod policy;
mod rules;
mod test;
mod waivers;

use clap::{Parser, Subcommand, ValueEnum};

pub(crate) use check::{CheckArgs, Output, OutputFormat};
pub(crate) use estate::{EstateArgs, EstateFormat};
pub(crate) use eval::{EvalArgs, EvalFormat, Explain};
pub(crate) use explain::{ExplainArgs, ExplainFormat};
pub(crate) use policy::{
    DocArgs, ListArgs, ListFormat, NewArgs, PolicyArgs, PolicyCommand, ShowArgs, Subject,
};
pub(crate) use rules::RuleArgs;
pub(crate) use test::{TestArgs, TestFormat};
pub(crate) use waivers::{
    AddWaiverArgs, WaiversArgs, WaiversCommand, WaiversFormat, WaiversInReachArgs,
};

/// Policy as code for hybrid serverless estates: functions, containers and VMs judged by one set of Rego policies.
#[derive(Debug, Parser)]
#[command(
    name = "plumb",
    version,
    disable_help_subcommand = true,
    max_term_width = 100
)]
#[command(
    after_help = "Exit codes: 0 decided, nothing fails; 1 decided, something fails; 2 could not decide."
)]
pub(crate) struct Args {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What every command takes.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Global {
    /// When to use colours [`NO_COLOR` is respected].
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub(crate) color: Color,
    /// Show only the summary.
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub(crate) quiet: bool,
    /// Show findings of effect `audit`, waived and known ones too, and which files no format knows.
    #[arg(short, long, global = true)]
    pub(crate) verbose: bool,
}

/// When to use colours.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Judge manifests by policies.
    Check(CheckArgs),
    /// Run the unit tests of policies.
    Test(TestArgs),
    /// Show what an estate is made of: workloads, channels, endpoints, and what joins them.
    Estate(EstateArgs),
    /// Say why a rule found something, or why it did not.
    Explain(ExplainArgs),
    /// Look at rules, and write new ones.
    Policy(PolicyArgs),
    /// Look at exceptions, check them, and add one.
    Waivers(WaiversArgs),
    /// Evaluate a query of Rego.
    Eval(EvalArgs),
    /// Answer cases on the second engine: lines of JSON in, lines of JSON out.
    #[command(hide = true)]
    Witness,
}

/// A duration: `500ms`, `5s`, `2m`.
fn duration(text: &str) -> Result<std::time::Duration, String> {
    let digits = text.trim_end_matches(|character: char| character.is_ascii_alphabetic());
    let unit = text.get(digits.len()..).unwrap_or_default();
    let milliseconds = match unit {
        "ms" => 1,
        "s" | "" => 1000,
        "m" => 60_000,
        _ => return Err("a duration is a number and `ms`, `s` or `m`".to_owned()),
    };
    let number: u64 = digits.parse().map_err(|error| format!("{error}"))?;
    Ok(std::time::Duration::from_millis(
        number.saturating_mul(milliseconds),
    ))
}
