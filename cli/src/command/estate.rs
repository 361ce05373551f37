//! `plumb estate`: what an estate is made of.

use std::process::ExitCode;

use plumbline_core::estate::Estate;
use plumbline_core::problem::Problem;
use plumbline_core::report::{estate, text};
use plumbline_core::source::Sources;

use crate::args::{EstateArgs, EstateFormat, RuleArgs};
use crate::config;
use crate::io::Io;
use crate::manifests;

/// Runs the command.
pub(crate) fn run(args: &EstateArgs, io: &mut Io) -> anyhow::Result<ExitCode> {
    let mut sources = Sources::default();
    let rules = RuleArgs {
        no_config: args.no_config,
        no_builtin: true,
        ..RuleArgs::default()
    };
    let (config, mut problems) =
        config::resolve(&rules, &args.read.places(&args.paths), &mut sources);
    let found = manifests::read(&args.paths, &args.read, &config, &mut sources);
    problems.extend(found.read.problems);
    let (found, more) = Estate::new(found.read.resources);
    problems.extend(more);
    // What could not be read has been said.
    if found.resources.is_empty() && !problems.iter().any(Problem::is_error) {
        problems.push(
            Problem::run("nothing to show: no resource was found")
                .help("name files or folders with manifests"),
        );
    }
    super::write_outputs(
        &args.outputs,
        EstateFormat::Table,
        io,
        |format, style| match format {
            EstateFormat::Table => estate::table(&found, &sources, style),
            EstateFormat::Json => estate::json(&found, &sources),
            EstateFormat::Mermaid => estate::mermaid(&found),
            EstateFormat::Html => estate::html(&found, &sources),
        },
    )?;
    let said = text::problems(&sources, &problems, io.style());
    io.error(&said);
    let wrong = problems.iter().any(Problem::is_error);
    Ok(ExitCode::from(if wrong { 2 } else { 0 }))
}
