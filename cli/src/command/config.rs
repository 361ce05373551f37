//! `plumb config`: the configuration in force.

use std::process::ExitCode;

use plumbline_core::problem::Problem;
use plumbline_core::report::{settings, text};
use plumbline_core::source::Sources;

use crate::args::{ConfigArgs, ConfigCommand, ConfigFormat, PrintArgs};
use crate::config;
use crate::io::Io;

/// Runs the command.
pub(crate) fn run(args: &ConfigArgs, io: &mut Io) -> anyhow::Result<ExitCode> {
    match &args.command {
        ConfigCommand::Print(args) => print(args, io),
    }
}

fn print(args: &PrintArgs, io: &mut Io) -> anyhow::Result<ExitCode> {
    let mut sources = Sources::default();
    let (config, problems) = config::resolve(&args.rules, &args.paths, &mut sources);
    super::write_outputs(
        &args.outputs,
        ConfigFormat::Yaml,
        io,
        |format, _| match format {
            ConfigFormat::Yaml => settings::yaml(&config.settings, args.show_origin, &sources),
            ConfigFormat::Json => settings::json(&config.settings, args.show_origin, &sources),
        },
    )?;
    let said = text::problems(&sources, &problems, io.style());
    io.error(&said);
    let wrong = problems.iter().any(Problem::is_error);
    Ok(ExitCode::from(if wrong { 2 } else { 0 }))
}
