//! The command line, as it is typed.

mod check;

use clap::{Parser, Subcommand, ValueEnum};

pub(crate) use check::{CheckArgs, OutputFormat};

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
    /// Show findings of effect `audit` too.
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
    /// Answer cases on the second engine: lines of JSON in, lines of JSON out.
    #[command(hide = true)]
    Witness,
}
