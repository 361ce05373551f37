//! `plumb witness`: the second engine, which others start as a child process.

use std::io;
use std::process::ExitCode;

/// Runs the command.
pub(crate) fn run() -> anyhow::Result<ExitCode> {
    plumbline_witness::serve(io::stdin().lock(), io::stdout().lock())?;
    Ok(ExitCode::SUCCESS)
}
