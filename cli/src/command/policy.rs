//! `plumb policy`: look at rules, and write new ones.

mod scaffold;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use plumbline_core::policy::{self, Listed, PolicySet, State};
use plumbline_core::problem::Problem;
use plumbline_core::report::{catalogue, text};
use plumbline_core::source::Sources;
use plumbline_sources::{embedded, fs};

use crate::args::{DocArgs, ListArgs, ListFormat, PolicyArgs, PolicyCommand, RuleArgs, ShowArgs};
use crate::config;
use crate::io::Io;

/// Runs the command.
pub(crate) fn run(args: &PolicyArgs, io: &mut Io) -> anyhow::Result<ExitCode> {
    match &args.command {
        PolicyCommand::List(args) => list(args, io),
        PolicyCommand::Show(args) => show(args, io),
        PolicyCommand::Doc(args) => doc(args, io),
        PolicyCommand::New(args) => scaffold::run(args, io),
    }
}

/// Rules with what was said while they were loaded.
struct Loaded {
    sources: Sources,
    set: PolicySet,
    problems: Vec<Problem>,
}

impl Loaded {
    fn new(args: &RuleArgs) -> Self {
        let mut sources = Sources::default();
        let here = [PathBuf::from(".")];
        let (config, mut problems) = config::resolve(args, &here, &mut sources);
        let (set, more) = policy::load(&config.ingredients, &sources);
        problems.extend(more);
        Self {
            sources,
            set,
            problems,
        }
    }

    /// The rules of the profile that was asked for, or all.
    fn catalogue(&self) -> Vec<&Listed> {
        let asked_for = |listed: &&Listed| listed.state != State::OutsideProfile;
        self.set.catalogue.iter().filter(asked_for).collect()
    }

    /// Says what was wrong, and gives the exit code that it comes to.
    fn close(&self, io: &mut Io) -> ExitCode {
        let said = text::problems(&self.sources, &self.problems, io.style());
        io.error(&said);
        let wrong = self.problems.iter().any(Problem::is_error);
        ExitCode::from(if wrong { 2 } else { 0 })
    }
}

fn list(args: &ListArgs, io: &mut Io) -> anyhow::Result<ExitCode> {
    let loaded = Loaded::new(&args.rules);
    let rules = loaded.catalogue();
    super::write_outputs(
        &args.outputs,
        ListFormat::Text,
        io,
        |format, style| match format {
            ListFormat::Text => catalogue::text(&rules, &loaded.sources, style),
            ListFormat::Json => catalogue::json(&rules, &loaded.sources),
        },
    )?;
    Ok(loaded.close(io))
}

fn show(args: &ShowArgs, io: &mut Io) -> anyhow::Result<ExitCode> {
    let loaded = Loaded::new(&args.rules);
    let wanted = |listed: &&Listed| listed.metadata.id == args.rule;
    let Some(listed) = loaded.set.catalogue.iter().find(wanted) else {
        loaded.close(io);
        let problem = super::no_such_rule(args.rule.as_str(), &loaded.set);
        let said = text::problems(&loaded.sources, &[problem], io.style());
        io.error(&said);
        return Ok(ExitCode::from(2));
    };
    io.data(&catalogue::described(listed, &loaded.sources));
    let page = page(listed, &loaded.sources)?;
    io.data(&page.map_or_else(
        || "\nThis rule has no page: a README.md beside its policy would be one.\n".to_owned(),
        |page| format!("\n{page}"),
    ));
    Ok(loaded.close(io))
}

/// The page of a rule: the built-in one, or the README beside its policy.
fn page(listed: &Listed, sources: &Sources) -> anyhow::Result<Option<String>> {
    let name = sources.name(listed.file);
    if name.starts_with("builtin/") {
        return Ok(embedded::page(listed.metadata.id.as_str()).map(str::to_owned));
    }
    let beside = Path::new(name).with_file_name("README.md");
    if !beside.is_file() {
        return Ok(None);
    }
    let text = fs::read(&beside, fs::MAX_BYTES)
        .map_err(|problem| anyhow::anyhow!("{}: {}", fs::display(&beside), problem.message))?;
    Ok(Some(text))
}

fn doc(args: &DocArgs, io: &mut Io) -> anyhow::Result<ExitCode> {
    let loaded = Loaded::new(&args.rules);
    let page = catalogue::markdown(&loaded.catalogue(), args.link.as_deref());
    match &args.to {
        None => io.data(&page),
        Some(file) => super::write_file(file, &page)?,
    }
    Ok(loaded.close(io))
}
