//! How files are read, as it is typed.

use std::path::{Path, PathBuf};

/// The options of every command that reads manifests.
#[derive(Debug, clap::Args)]
pub(crate) struct ReadArgs {
    /// The largest file that is read: bytes, or a number and a unit, such as `10MB`.
    #[arg(long, value_name = "SIZE", value_parser = super::size, default_value_t = plumbline_sources::fs::MAX_BYTES)]
    pub(crate) max_file_size: u64,
    /// What standard input is called: messages speak of it so, and the configuration is looked for from there.
    #[arg(long, value_name = "FILE")]
    pub(crate) stdin_filename: Option<PathBuf>,
    /// Render charts with the `helm` program, each with its own values.
    #[arg(long)]
    pub(crate) helm: bool,
}

impl ReadArgs {
    /// Where paths lie: standard input is where its name says.
    pub(crate) fn places(&self, paths: &[PathBuf]) -> Vec<PathBuf> {
        let place = |path: &PathBuf| match &self.stdin_filename {
            Some(name) if path == Path::new("-") => name.clone(),
            _ => path.clone(),
        };
        paths.iter().map(place).collect()
    }
}
