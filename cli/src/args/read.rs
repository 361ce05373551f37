//! How files are read, as it is typed.

/// The options of every command that reads manifests.
#[derive(Debug, clap::Args)]
pub(crate) struct ReadArgs {
    /// The largest file that is read: bytes, or a number and a unit, such as `10MB`.
    #[arg(long, value_name = "SIZE", value_parser = super::size, default_value_t = plumbline_sources::fs::MAX_BYTES)]
    pub(crate) max_file_size: u64,
    /// Render charts with the `helm` program, each with its own values.
    #[arg(long)]
    pub(crate) helm: bool,
}
