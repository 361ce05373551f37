//! `plumb config`, as it is typed.

use std::path::PathBuf;

use clap::Subcommand;

use super::RuleArgs;
use super::check::{Format, Output};

/// Look at the configuration.
#[derive(Debug, clap::Args)]
pub(crate) struct ConfigArgs {
    #[command(subcommand)]
    pub(crate) command: ConfigCommand,
}

/// What to do with the configuration.
#[derive(Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Print the configuration in force: of the repository, the layers that it extends, and options.
    #[command(after_help = "\
Examples:
  plumb config print                     what holds in the current folder
  plumb config print --show-origin       and the file and line that each setting comes from
  plumb config print -o json deploy/     for machines

Exit codes: 0 it is in order; 2 something is wrong with it.")]
    Print(PrintArgs),
}

/// Print the configuration in force.
#[derive(Debug, clap::Args)]
pub(crate) struct PrintArgs {
    /// Files and folders that the configuration is looked for from.
    #[arg(value_name = "PATH", default_value = ".")]
    pub(crate) paths: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) rules: RuleArgs,
    /// Say where each setting comes from.
    #[arg(long)]
    pub(crate) show_origin: bool,
    /// An output: `yaml` or `json`, optionally to a file; may be repeated [default: yaml].
    #[arg(short, long = "output", value_name = "FORMAT[=FILE]")]
    pub(crate) outputs: Vec<Output<ConfigFormat>>,
}

/// How a configuration is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ConfigFormat {
    /// For people.
    Yaml,
    /// For machines.
    Json,
}

impl Format for ConfigFormat {
    const WORDS: &[(&str, Self)] = &[("yaml", Self::Yaml), ("json", Self::Json)];
}
