//! One file per command: `fn run(args, &mut Io) -> Result<ExitCode, Error>`.

mod check;
mod witness;

use std::process::ExitCode;

use crate::args::{Args, Command};
use crate::io::Io;

/// Runs the command that was typed.
pub(crate) fn run(args: Args, io: &mut Io) -> anyhow::Result<ExitCode> {
    match args.command {
        Command::Check(args) => check::run(&args, io),
        Command::Witness => witness::run(),
    }
}
