//! `plumb`: policy as code for hybrid serverless estates.

mod args;
mod clock;
mod command;
mod config;
mod exceptions;
mod io;
mod manifests;
mod progress;
mod replace;
mod results;
mod since;

use std::process::ExitCode;

use clap::Parser;

use crate::args::Args;
use crate::io::Io;

fn main() -> ExitCode {
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(error) => {
            // Help and version are answers; anything else is a mistake in usage.
            let usage = error.use_stderr();
            let printed = error.print();
            return if usage || printed.is_err() {
                ExitCode::from(2)
            } else {
                ExitCode::SUCCESS
            };
        }
    };
    let mut io = Io::new(&args.global);
    match command::run(args, &mut io) {
        Ok(code) => io.finish(code),
        Err(error) => {
            io.error(&format!("error: {error:#}\n"));
            ExitCode::from(2)
        }
    }
}
