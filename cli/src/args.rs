//! The command line, as it is typed.

mod check;
mod config;
mod doctor;
mod estate;
mod eval;
mod explain;
mod install;
mod manual;
mod policy;
mod read;
mod rules;
mod serve;
mod test;
mod waivers;

use clap::{Parser, Subcommand, ValueEnum};

pub(crate) use check::{CheckArgs, Output, OutputFormat};
pub(crate) use config::{ConfigArgs, ConfigCommand, ConfigFormat, PrintArgs};
pub(crate) use doctor::{DoctorArgs, DoctorFormat};
pub(crate) use estate::{EstateArgs, EstateFormat};
pub(crate) use eval::{EvalArgs, EvalFormat, Explain};
pub(crate) use explain::{ExplainArgs, ExplainFormat};
pub(crate) use install::{InstallArgs, WebhookArgs};
pub(crate) use manual::{CompletionsArgs, ManArgs};
pub(crate) use policy::{
    DocArgs, ListArgs, ListFormat, NewArgs, PolicyArgs, PolicyCommand, ShowArgs, Subject,
};
pub(crate) use read::ReadArgs;
pub(crate) use rules::RuleArgs;
pub(crate) use serve::{ServeArgs, address};
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
    /// Show only the summary, and what could not be decided.
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub(crate) quiet: bool,
    /// Show more: findings of effect `audit`, waived and known ones, files that no format knows, rules that judged
    /// nothing, tests that pass.
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
    /// Answer API servers that ask whether to admit an object, and everyone else who asks for a verdict.
    Serve(ServeArgs),
    /// Look at exceptions, check them, and add one.
    Waivers(WaiversArgs),
    /// Look at the configuration in force, and where it comes from.
    Config(ConfigArgs),
    /// Evaluate a query of Rego.
    Eval(EvalArgs),
    /// Say how the webhooks of a cluster can lock it out, and how they can be got past.
    Doctor(DoctorArgs),
    /// Print what puts the admission webhook into a cluster.
    Install(InstallArgs),
    /// Print what a shell completes commands by.
    Completions(CompletionsArgs),
    /// Print the manual page, or write one per command.
    Man(ManArgs),
    /// Answer cases on the second engine: lines of JSON in, lines of JSON out.
    #[command(hide = true)]
    Witness,
}

/// A size: `500kB`, `10MB`, `1GiB`, or a number of bytes.
pub(crate) fn size(text: &str) -> Result<u64, String> {
    const UNITS: &[(&str, u64)] = &[
        ("", 1),
        ("b", 1),
        ("kb", 1_000),
        ("mb", 1_000_000),
        ("gb", 1_000_000_000),
        ("kib", 1 << 10),
        ("mib", 1 << 20),
        ("gib", 1 << 30),
    ];
    let digits = text.trim_end_matches(|character: char| character.is_ascii_alphabetic());
    let unit = text.get(digits.len()..).unwrap_or_default();
    let unit = unit.to_ascii_lowercase();
    let number = digits.parse::<u64>().ok();
    let bytes = UNITS.iter().find(|(known, _)| *known == unit);
    match (number, bytes) {
        (Some(number), Some((_, bytes))) => Ok(number.saturating_mul(*bytes)),
        _ => Err(
            "a size is a number of bytes, or a number and `kB`, `MB`, `GB`, `KiB`, `MiB` or `GiB`"
                .to_owned(),
        ),
    }
}

/// A duration: `500ms`, `5s`, `2m`, `1h`.
pub(crate) fn duration(text: &str) -> Result<std::time::Duration, String> {
    let digits = text.trim_end_matches(|character: char| character.is_ascii_alphabetic());
    let unit = text.get(digits.len()..).unwrap_or_default();
    let milliseconds = match unit {
        "ms" => 1,
        "s" | "" => 1000,
        "m" => 60_000,
        "h" => 3_600_000,
        _ => return Err("a duration is a number and `ms`, `s`, `m` or `h`".to_owned()),
    };
    let number: u64 = digits.parse().map_err(|error| format!("{error}"))?;
    Ok(std::time::Duration::from_millis(
        number.saturating_mul(milliseconds),
    ))
}
