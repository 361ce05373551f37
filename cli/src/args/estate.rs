//! `plumb estate`, as it is typed.

use std::path::PathBuf;

use super::ReadArgs;
use super::check::{Format, Output};

/// Show what an estate is made of: workloads, channels, endpoints, and what joins them.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  plumb estate                         a table of the current folder
  plumb estate -o html=map.html .      a map: who calls what, as whom, through which channel
  plumb estate -o mermaid deploy/      a diagram for Markdown
  plumb estate -o json deploy/         the normalised form that rules judge

Exit codes: 0 everything was read; 2 something could not be read, or there is nothing to show.")]
pub(crate) struct EstateArgs {
    /// Files and folders.
    #[arg(value_name = "PATH", default_value = ".")]
    pub(crate) paths: Vec<PathBuf>,
    /// An output: `table`, `json`, `mermaid` or `html`, optionally to a file; may be repeated [default: table].
    #[arg(short, long = "output", value_name = "FORMAT[=FILE]")]
    pub(crate) outputs: Vec<Output<EstateFormat>>,
    /// Read no configuration.
    #[arg(long)]
    pub(crate) no_config: bool,
    #[command(flatten)]
    pub(crate) read: ReadArgs,
}

/// How an estate is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EstateFormat {
    /// For people.
    Table,
    /// For machines.
    Json,
    /// A diagram.
    Mermaid,
    /// A page with a map.
    Html,
}

impl Format for EstateFormat {
    const WORDS: &[(&str, Self)] = &[
        ("table", Self::Table),
        ("json", Self::Json),
        ("mermaid", Self::Mermaid),
        ("html", Self::Html),
    ];
}
