//! `plumb waivers`, as it is typed.

use std::path::PathBuf;

use clap::Subcommand;

use super::check::{Format, Output};
use super::{ReadArgs, RuleArgs};

/// Look at exceptions, check them, and add one.
#[derive(Debug, clap::Args)]
pub(crate) struct WaiversArgs {
    #[command(subcommand)]
    pub(crate) command: WaiversCommand,
}

/// What to do with waivers.
#[derive(Debug, Subcommand)]
pub(crate) enum WaiversCommand {
    /// List every waiver, of the configured files and in comments.
    #[command(after_help = "\
Examples:
  plumb waivers list                     those of the configuration, and in comments below the current folder
  plumb waivers list -o json deploy/     for machines

Exit codes: 0 everything was read; 2 something is wrong with a waiver.")]
    List(WaiversInReachArgs),
    /// List every waiver, and end in 1 if one of them has expired.
    #[command(after_help = "\
Examples:
  plumb waivers check
  plumb waivers check deploy/

Exit codes: 0 all are in force; 1 some have expired; 2 something is wrong with a waiver.")]
    Check(WaiversInReachArgs),
    /// Add a waiver to a configured file, and leave the rest of the file as it is.
    #[command(after_help = "\
Examples:
  plumb waivers add deployment/host-path 'kubernetes/apps/DaemonSet/logs/*' \\
    --reason 'reads the logs of the node' --owner platform --expires 2027-01-31
  plumb waivers add 'finops/*' '*/sandbox/*' --file 'deploy/**' --ticket OPS-12 \\
    --reason 'goes away with the sandbox' --owner finops --expires 2027-03-31

Exit codes: 0 added; 2 it would be wrong, or the file cannot be written.")]
    Add(AddWaiverArgs),
}

/// Waivers in reach.
#[derive(Debug, clap::Args)]
pub(crate) struct WaiversInReachArgs {
    /// Files and folders whose comments are read.
    #[arg(value_name = "PATH", default_value = ".")]
    pub(crate) paths: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) rules: RuleArgs,
    /// An output: `table` or `json`, optionally to a file; may be repeated [default: table].
    #[arg(short, long = "output", value_name = "FORMAT[=FILE]")]
    pub(crate) outputs: Vec<Output<WaiversFormat>>,
    #[command(flatten)]
    pub(crate) read: ReadArgs,
}

/// A waiver to add.
#[derive(Debug, clap::Args)]
pub(crate) struct AddWaiverArgs {
    /// The id of a rule, or a glob on ids.
    #[arg(value_name = "RULE")]
    pub(crate) rule: String,
    /// A glob on resource ids: `kubernetes/apps/Deployment/shop/*`.
    #[arg(value_name = "RESOURCE")]
    pub(crate) resource: String,
    /// Why it is acceptable.
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: String,
    /// Who answers for it.
    #[arg(long, value_name = "WHO")]
    pub(crate) owner: String,
    /// The last day on which it holds: `YYYY-MM-DD`.
    #[arg(long, value_name = "DATE")]
    pub(crate) expires: String,
    /// Where it was agreed.
    #[arg(long, value_name = "ID")]
    pub(crate) ticket: Option<String>,
    /// Only in files that match a glob, relative to the configuration.
    #[arg(long, value_name = "GLOB")]
    pub(crate) file: Option<String>,
    /// Only at a JSON pointer into the resource, or below it.
    #[arg(long, value_name = "POINTER")]
    pub(crate) pointer: Option<String>,
    /// The file of waivers it is written to, one of those of the configuration [default: the first].
    #[arg(long, value_name = "FILE")]
    pub(crate) to: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) rules: RuleArgs,
}

/// How waivers are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WaiversFormat {
    /// For people.
    Table,
    /// For machines.
    Json,
}

impl Format for WaiversFormat {
    const WORDS: &[(&str, Self)] = &[("table", Self::Table), ("json", Self::Json)];
}
