//! One file per command: `fn run(args, &mut Io) -> Result<ExitCode, Error>`.

mod check;
mod config;
mod doctor;
mod estate;
mod eval;
mod explain;
mod install;
mod manual;
mod policy;
mod serve;
mod test;
mod waivers;
mod witness;

use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{anyhow, bail};
use plumbline_core::policy::PolicySet;
use plumbline_core::problem::Problem;
use plumbline_core::report::text::Style;
use plumbline_core::verdict::Verdict;
use plumbline_rego::nearest;
use plumbline_sources::fs::{canonical, display, reason};

use crate::args::{Args, Command, Output};
use crate::io::Io;
use crate::replace::replace;

/// Runs the command that was typed.
pub(crate) fn run(args: Args, io: &mut Io) -> anyhow::Result<ExitCode> {
    match args.command {
        Command::Check(args) => check::run(&args, io),
        Command::Test(args) => test::run(&args, io),
        Command::Estate(args) => estate::run(&args, io),
        Command::Explain(args) => explain::run(&args, io),
        Command::Policy(args) => policy::run(&args, io),
        Command::Serve(args) => serve::run(args, io),
        Command::Waivers(args) => waivers::run(&args, io),
        Command::Config(args) => config::run(&args, io),
        Command::Eval(args) => Ok(eval::run(&args, io)),
        Command::Doctor(args) => doctor::run(&args, io),
        Command::Install(args) => install::run(&args, io),
        Command::Completions(args) => Ok(manual::completions(&args, io)),
        Command::Man(args) => manual::man(&args, io),
        Command::Witness => witness::run(),
    }
}

/// The exit code that a verdict ends a run with.
fn exit_code(verdict: Verdict) -> ExitCode {
    ExitCode::from(match verdict {
        Verdict::Pass | Verdict::Warn => 0,
        Verdict::Deny => 1,
        Verdict::Undecided => 2,
    })
}

/// Writes what a command has to say to each output that was asked for, or to standard output.
fn write_outputs<F: Copy>(
    outputs: &[Output<F>],
    default: F,
    io: &mut Io,
    render: impl Fn(F, Style) -> String,
) -> anyhow::Result<()> {
    check_places(outputs)?;
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
            Some(file) => write_file(file, &rendered)?,
        }
    }
    Ok(())
}

/// Two outputs in one place would be read as one, or the later one would be all there is.
fn check_places<F>(outputs: &[Output<F>]) -> anyhow::Result<()> {
    let place = |output: &Output<F>| -> Option<PathBuf> {
        let file = output.file.as_ref()?;
        let absolute = std::path::absolute(file).unwrap_or_else(|_| file.clone());
        Some(canonical(&absolute))
    };
    let mut taken = Vec::new();
    for output in outputs {
        let place = place(output);
        if taken.contains(&place) {
            let name = match &output.file {
                Some(file) => display(file),
                None => "standard output".to_owned(),
            };
            bail!(
                "two outputs go to {name}; nothing was written{}",
                help("give each of them a file: `-o FORMAT=FILE`")
            );
        }
        taken.push(place);
    }
    Ok(())
}

/// Writes a file, whole or not at all, or says why it cannot be written and what to do about it.
fn write_file(file: &Path, text: &str) -> anyhow::Result<()> {
    replace(file, text).map_err(|error| unwritable("write", file, &error))
}

/// The same of a file whose folder is made where it is missing.
fn write_file_and_folder(file: &Path, text: &str) -> anyhow::Result<()> {
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder).map_err(|error| unwritable("make", folder, &error))?;
    }
    write_file(file, text)
}

/// That a file or folder cannot be written or made.
fn unwritable(what: &str, path: &Path, error: &io::Error) -> anyhow::Error {
    use io::ErrorKind as Kind;
    let (why, advice) = match error.kind() {
        Kind::NotFound => (
            "there is no such folder".to_owned(),
            "make the folder first, or name another place",
        ),
        Kind::PermissionDenied => (
            "permission denied".to_owned(),
            "name a place that you may write to",
        ),
        Kind::IsADirectory => ("it is a folder".to_owned(), "name a file in it"),
        Kind::NotADirectory | Kind::AlreadyExists => (
            "a part of its path is a file".to_owned(),
            "name a place below a folder",
        ),
        _ => (reason(error), "name another place"),
    };
    anyhow!("cannot {what} {}: {why}{}", display(path), help(advice))
}

/// Advice below a message, as reports draw it.
fn help(advice: &str) -> String {
    format!("\n |\n = help: {advice}")
}

/// That no rule has an id, with the one that was probably meant.
fn no_such_rule(text: &str, set: &PolicySet) -> Problem {
    let advice = match near_rule(text, set) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "`plumb policy list` lists the rules there are".to_owned(),
    };
    Problem::run(format!("no rule is called `{}`", text.escape_debug())).help(advice)
}

/// The rule that was probably meant. Its name without the category is enough.
fn near_rule<'a>(text: &str, set: &'a PolicySet) -> Option<&'a str> {
    let ids = || {
        let catalogue = set.catalogue.iter();
        catalogue.map(|listed| listed.metadata.id.as_str())
    };
    let name = |id: &'a str| id.split_once('/').map_or(id, |(_, name)| name);
    let called = |wanted: &str| ids().find(|&id| name(id) == wanted);
    called(text)
        .or_else(|| nearest(text, ids()))
        .or_else(|| called(nearest(text, ids().map(name))?))
}
