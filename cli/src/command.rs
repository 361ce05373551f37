//! One file per command: `fn run(args, &mut Io) -> Result<ExitCode, Error>`.

mod check;
mod estate;
mod eval;
mod explain;
mod policy;
mod test;
mod waivers;
mod witness;

use std::process::ExitCode;

use anyhow::Context as _;
use plumbline_core::report::text::Style;
use plumbline_sources::fs::display;

use crate::args::{Args, Command, Output};
use crate::io::Io;

/// Runs the command that was typed.
pub(crate) fn run(args: Args, io: &mut Io) -> anyhow::Result<ExitCode> {
    match args.command {
        Command::Check(args) => check::run(&args, io),
        Command::Test(args) => test::run(&args, io),
        Command::Estate(args) => estate::run(&args, io),
        Command::Explain(args) => explain::run(&args, io),
        Command::Policy(args) => policy::run(&args, io),
        Command::Waivers(args) => waivers::run(&args, io),
        Command::Eval(args) => Ok(eval::run(&args, io)),
        Command::Witness => witness::run(),
    }
}

/// Writes what a command has to say to each output that was asked for, or to standard output.
fn write_outputs<F: Copy>(
    outputs: &[Output<F>],
    default: F,
    io: &mut Io,
    render: impl Fn(F, Style) -> String,
) -> anyhow::Result<()> {
    if outputs.is_empty() {
        let rendered = render(default, io.style());
        io.data(&rendered);
    }
    for output in outputs {
        let style = Style {
            color: output.file.is_none() && io.style().color,
            ..io.style()
        };
        let rendered = render(output.format, style);
        match &output.file {
            None => io.data(&rendered),
            Some(file) => std::fs::write(file, rendered)
                .with_context(|| format!("cannot write {}", display(file)))?,
        }
    }
    Ok(())
}
