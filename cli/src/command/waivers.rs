//! `plumb waivers`: look at exceptions, check them, and add one.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::bail;
use plumbline_core::parse::Notation;
use plumbline_core::policy;
use plumbline_core::problem::Problem;
use plumbline_core::report::{text, waivers as list};
use plumbline_core::schema;
use plumbline_core::source::{Source, Sources};
use plumbline_core::waiver::{self, Authority, Entry, Waiver, Waivers};
use plumbline_sources::fs;
use plumbline_sources::place::Place;

use crate::args::{AddWaiverArgs, WaiversArgs, WaiversCommand, WaiversFormat, WaiversInReachArgs};
use crate::clock;
use crate::config::{self, CheckConfig};
use crate::exceptions;
use crate::io::Io;
use crate::manifests;

/// Runs the command.
pub(crate) fn run(args: &WaiversArgs, io: &mut Io) -> anyhow::Result<ExitCode> {
    match &args.command {
        WaiversCommand::List(args) => Ok(match show(args, io)? {
            Shown::Wrong => ExitCode::from(2),
            Shown::InForce | Shown::Expired => ExitCode::SUCCESS,
        }),
        WaiversCommand::Check(args) => Ok(ExitCode::from(match show(args, io)? {
            Shown::InForce => 0,
            Shown::Expired => 1,
            Shown::Wrong => 2,
        })),
        WaiversCommand::Add(args) => add(args, io),
    }
}

/// What the waivers in reach come to.
enum Shown {
    InForce,
    Expired,
    Wrong,
}

fn show(args: &WaiversInReachArgs, io: &mut Io) -> anyhow::Result<Shown> {
    let mut sources = Sources::default();
    let (config, mut problems) =
        config::resolve(&args.rules, &args.read.places(&args.paths), &mut sources);
    let (policies, more) = policy::load(&config.ingredients, &sources);
    problems.extend(more);
    let found = manifests::read(&args.paths, &args.read, &config, &mut sources);
    problems.extend(found.read.problems);
    let (waivers, more) = exceptions::waivers(&config, found.read.waivers, &policies, &mut sources);
    problems.extend(more);
    let all: Vec<&Waiver> = waivers.iter().collect();
    let today = clock::today();
    super::write_outputs(
        &args.outputs,
        WaiversFormat::Table,
        io,
        |format, style| match format {
            WaiversFormat::Table => list::table(&all, today, &sources, style),
            WaiversFormat::Json => list::json(&all, today, &sources),
        },
    )?;
    let said = text::problems(&sources, &problems, io.style());
    io.error(&said);
    Ok(if problems.iter().any(Problem::is_error) {
        Shown::Wrong
    } else if all.iter().any(|waiver| waiver.has_expired(today)) {
        Shown::Expired
    } else {
        Shown::InForce
    })
}

/// What would be written is read before it is written: nothing is, if anything is wrong with it.
fn add(args: &AddWaiverArgs, io: &mut Io) -> anyhow::Result<ExitCode> {
    let mut sources = Sources::default();
    let here = [PathBuf::from(".")];
    let (config, mut problems) = config::resolve(&args.rules, &here, &mut sources);
    let (policies, more) = policy::load(&config.ingredients, &sources);
    problems.extend(more);
    if problems.iter().any(Problem::is_error) {
        return Ok(refuse(&sources, &problems, io));
    }
    let file = &target(args.to.as_deref(), &config)?;
    let before = if file.exists() {
        fs::read(file, fs::MAX_BYTES)
            .map_err(|problem| anyhow::anyhow!("{}: {}", fs::display(file), problem.message))?
    } else {
        String::new()
    };
    let written = sources.add(Source::new(fs::display(file), before.as_str()));
    let (document, wrong) = config::document_of(written, Notation::Yaml, schema::WAIVERS, &sources);
    if !wrong.is_empty() {
        return Ok(refuse(&sources, &wrong, io));
    }
    let Some(after) = waiver::append(&before, document.as_ref(), &entry(args)) else {
        bail!(
            "the list of {} is not written as one item after the other, each behind a `-`; nothing was written",
            fs::display(file)
        );
    };
    let wrong = wrong_with(file, &after, &exceptions::rules(&policies), &mut sources);
    if !wrong.is_empty() {
        return Ok(refuse(&sources, &wrong, io));
    }
    super::write_file_and_folder(file, &after)?;
    io.data(&format!("added to {}\n", fs::display(file)));
    Ok(ExitCode::SUCCESS)
}

fn refuse(sources: &Sources, problems: &[Problem], io: &mut Io) -> ExitCode {
    let said = text::problems(sources, problems, io.style());
    io.error(&said);
    io.error("error: nothing was written\n");
    ExitCode::from(2)
}

/// The file that is written to: the one that was named, if it is configured, or the first one.
fn target(named: Option<&Path>, config: &CheckConfig) -> anyhow::Result<PathBuf> {
    let spelt = |path: &Path| fs::display(&fs::canonical(path));
    let is_meant = |file: &PathBuf| named.is_none_or(|named| spelt(named) == spelt(file));
    let mut files = config.waivers.iter().filter_map(Place::on_disk);
    if let Some(file) = files.find(is_meant) {
        return Ok(file);
    }
    let advice =
        "write `waivers: [waivers.yaml]` into `plumbline.yaml`, with the name of your file";
    match named {
        Some(named) => bail!(
            "{} is no configured file of waivers: {advice}",
            fs::display(named)
        ),
        None => bail!("no file of waivers is configured: {advice}"),
    }
}

fn entry(args: &AddWaiverArgs) -> Entry<'_> {
    Entry {
        rule: &args.rule,
        resource: &args.resource,
        file: args.file.as_deref(),
        pointer: args.pointer.as_deref(),
        reason: &args.reason,
        owner: &args.owner,
        expires: &args.expires,
        ticket: args.ticket.as_deref(),
    }
}

/// What is wrong with the text of a waivers file whose last waiver is new.
fn wrong_with(file: &Path, text: &str, rules: &[&str], sources: &mut Sources) -> Vec<Problem> {
    let new = sources.add(Source::new(fs::display(file), text));
    let (document, mut problems) =
        config::document_of(new, Notation::Yaml, schema::WAIVERS, sources);
    let (waivers, wrong) = document
        .map(|document| waiver::of_file(&document, Authority::Local))
        .unwrap_or_default();
    problems.extend(wrong);
    let (waivers, wrong) = Waivers::new(waivers, rules);
    problems.extend(wrong);
    let last = waivers.iter().last();
    if let Some(last) = last.filter(|last| last.has_expired(clock::today())) {
        let message = format!("it would hold until {}, which is past", last.expires);
        problems.push(Problem::error(last.place, message));
    }
    problems
}
