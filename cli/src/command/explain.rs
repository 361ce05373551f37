//! `plumb explain`: why a rule found something, or why it did not.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use plumbline_core::estate::Estate;
use plumbline_core::finding::{Evaluation, Finding, RuleId};
use plumbline_core::policy::metadata::SubjectKind;
use plumbline_core::policy::{self, PolicySet, Rule, State};
use plumbline_core::problem::Problem;
use plumbline_core::report::explain::{Explained, json, text as explanation};
use plumbline_core::report::text;
use plumbline_core::resource::Resource;
use plumbline_core::source::Sources;
use plumbline_rego::nearest;
use plumbline_sources::fs;

use super::{near_rule, no_such_rule};
use crate::args::{ExplainArgs, ExplainFormat};
use crate::clock;
use crate::config;
use crate::io::Io;
use crate::manifests::{self, STANDARD_INPUT};

/// Runs the command.
pub(crate) fn run(args: &ExplainArgs, io: &mut Io) -> anyhow::Result<ExitCode> {
    let wanted = Wanted::parse(&args.finding);
    if let Some(problem) = wanted.impossible() {
        let said = text::problems(&Sources::default(), &[problem], io.style());
        io.error(&said);
        return Ok(ExitCode::from(2));
    }
    let paths = paths(args, &wanted);
    let mut sources = Sources::default();
    let (config, mut problems) =
        config::resolve(&args.rules, &args.read.places(&paths), &mut sources);
    let (set, more) = policy::load(&config.ingredients, &sources);
    problems.extend(more);
    let found = manifests::read(&paths, &args.read, &config, &mut sources);
    problems.extend(found.read.problems);
    let (estate, more) = Estate::new(found.read.resources);
    problems.extend(more);

    let settings = clock::settings(clock::RULE);
    let evaluation = set.evaluate(&estate, &settings);
    let chosen = wanted.choose(&evaluation, &sources);
    let glob = args.resource.as_ref().map(globset::Glob::compile_matcher);
    let matches = |resource: &Resource| {
        glob.as_ref()
            .is_none_or(|glob| glob.is_match(resource.id.as_str()))
    };
    let cases = set.explain(&estate, &settings, |rule, index, resource| {
        chosen.includes(rule, index) && matches(resource)
    });
    // What could not be read has been said.
    let unread = estate.resources.is_empty() && problems.iter().any(Problem::is_error);
    if cases.is_empty() && !unread {
        let no_resource = glob.as_ref().and_then(|glob| no_resource(glob, &estate));
        problems.push(no_resource.unwrap_or_else(|| wanted.nothing(&set, &evaluation, &sources)));
    }
    let explained = Explained::new(&sources, &cases, &evaluation.findings);
    super::write_outputs(
        &args.outputs,
        ExplainFormat::Text,
        io,
        |format, style| match format {
            ExplainFormat::Text => explanation(&explained, style),
            ExplainFormat::Json => json(&explained),
        },
    )?;
    let said = text::problems(&sources, &problems, io.style());
    io.error(&said);
    let wrong = problems.iter().any(Problem::is_error);
    Ok(ExitCode::from(if wrong { 2 } else { 0 }))
}

/// What is to be explained.
#[derive(Debug, PartialEq, Eq)]
enum Wanted {
    /// Everything that was found on a line of a file.
    Line(String, u32),
    /// The findings whose fingerprint begins like this.
    Fingerprint(String),
    /// A rule on everything that it judges.
    Rule(RuleId),
    /// None of these.
    Unknown(String),
}

impl Wanted {
    fn parse(text: &str) -> Self {
        let mut parts = text.rsplitn(3, ':');
        let (last, before, first) = (parts.next(), parts.next(), parts.next());
        let number = |text: Option<&str>| text.and_then(|text| text.parse::<u32>().ok());
        // A column may follow the line, as messages spell places.
        if let (Some(line), Some(_), Some(file)) = (number(before), number(last), first) {
            return Self::Line(file.to_owned(), line);
        }
        if let (Some(line), Some((file, _))) = (number(last), text.rsplit_once(':')) {
            return Self::Line(file.to_owned(), line);
        }
        if let Ok(rule) = RuleId::new(text) {
            return Self::Rule(rule);
        }
        if (4..=32).contains(&text.len()) && is_hex(text) {
            return Self::Fingerprint(text.to_ascii_lowercase());
        }
        Self::Unknown(text.to_owned())
    }

    /// Why there can be nothing to explain, whatever the files say.
    fn impossible(&self) -> Option<Problem> {
        let Self::Line(file, line) = self else {
            return None;
        };
        let example = "a place is `FILE:LINE`, as in `deploy/web.yaml:31`";
        if Path::new(file).is_dir() {
            let problem = Problem::file(file.as_str(), "a folder, where a file is expected");
            return Some(problem.help(example));
        }
        (*line == 0).then(|| Problem::run("there is no line 0: lines count from 1").help(example))
    }

    /// The rules and resources that are explained.
    fn choose(&self, evaluation: &Evaluation, sources: &Sources) -> Chosen {
        let is_meant = |finding: &&Finding| match self {
            Self::Line(file, line) => {
                let span = finding.location.span;
                let lines = sources.positions(span);
                let within =
                    lines.is_some_and(|(start, end)| (start.line..=end.line).contains(line));
                within && sources.name(span.file) == spelt(file)
            }
            Self::Fingerprint(digits) => finding.fingerprint.as_str().starts_with(digits),
            Self::Rule(_) | Self::Unknown(_) => false,
        };
        match self {
            Self::Rule(rule) => Chosen::Rule(rule.clone()),
            _ => Chosen::Pairs(
                evaluation
                    .findings
                    .iter()
                    .filter(is_meant)
                    .filter_map(|finding| Some((finding.rule.clone(), finding.resource?)))
                    .collect(),
            ),
        }
    }

    fn nothing(&self, set: &PolicySet, evaluation: &Evaluation, sources: &Sources) -> Problem {
        match self {
            Self::Line(file, line) => nothing_at(file, *line, sources),
            Self::Fingerprint(digits) => Problem::run(format!(
                "no finding has the fingerprint `{digits}`, of {} here",
                evaluation.findings.len()
            ))
            .help("at least 4 of its 32 digits are needed, and the finding may be gone: `plumb check -o json` has those that there are"),
            Self::Rule(rule) => nothing_of_rule(rule, set),
            Self::Unknown(text) => nothing_meant(text, set),
        }
    }
}

fn nothing_at(file: &str, line: u32, sources: &Sources) -> Problem {
    let spelt = spelt(file);
    let mut texts = sources.iter().map(|(_, source)| source);
    let lines = texts
        .find(|source| source.name() == spelt)
        .map(|source| source.text().lines().count());
    match lines {
        Some(lines) if lines < line as usize => {
            Problem::file(spelt, format!("there is no line {line}: it has {lines}"))
        }
        Some(_) => Problem::run(format!("nothing was found at {spelt}:{line}"))
            .help("why a rule does not fire: `plumb explain RULE PATH`"),
        None => Problem::file(spelt, "not among the files that were read")
            .help("name it as PATH too, or leave the PATHs out"),
    }
}

/// A text that is nothing that can be explained: with what it may be meant for.
fn nothing_meant(text: &str, set: &PolicySet) -> Problem {
    if let Some(near) = near_rule(text, set) {
        return Problem::run(format!("no rule is called `{}`", text.escape_debug()))
            .help(format!("did you mean `{near}`?"));
    }
    let message = format!(
        "`{}` is no place, no fingerprint and no rule id",
        text.escape_debug()
    );
    Problem::run(message).help(if is_hex(text) {
        "a fingerprint has 32 digits, and at least its first 4 are needed"
    } else {
        "for example `deploy/web.yaml:31`, `6e6391a4`, or `deployment/host-path`"
    })
}

fn is_hex(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// That a glob matches no resource, with the nearest ids.
fn no_resource(glob: &globset::GlobMatcher, estate: &Estate) -> Option<Problem> {
    const MOST: usize = 3;
    let ids = || {
        let resources = estate.resources.iter();
        resources.map(|resource| resource.id.as_str())
    };
    if ids().any(|id| glob.is_match(id)) {
        return None;
    }
    let text = glob.glob().glob();
    let problem = Problem::run(format!("no resource is called `{}`", text.escape_debug()));
    let near = nearest(text.trim_matches('*'), ids());
    let help = match near {
        Some(near) => format!("did you mean `{near}`?"),
        None => {
            let some: Vec<String> = ids().take(MOST).map(|id| format!("`{id}`")).collect();
            let more = match estate.resources.len().saturating_sub(MOST) {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            format!(
                "a glob is matched against whole ids; here are {}{more}",
                some.join(", ")
            )
        }
    };
    (!estate.resources.is_empty()).then(|| problem.help(help))
}

/// The file of a place as sources are called.
fn spelt(file: &str) -> String {
    match file {
        "-" => STANDARD_INPUT.to_owned(),
        file => fs::display(Path::new(file)),
    }
}

fn nothing_of_rule(rule: &RuleId, set: &PolicySet) -> Problem {
    let mut catalogue = set.catalogue.iter();
    let Some(listed) = catalogue.find(|listed| listed.metadata.id == *rule) else {
        return no_such_rule(rule.as_str(), set);
    };
    let not_evaluated = |why: String| Problem::run(format!("`{rule}` is not evaluated: {why}"));
    match &listed.state {
        State::Waits(decision) => not_evaluated(format!("the estate does not decide `{decision}`")),
        State::Off => not_evaluated("the configuration switches it off".to_owned()),
        State::OutsideProfile => not_evaluated("it does not belong to the profile".to_owned()),
        State::Broken => not_evaluated("it could not be loaded".to_owned()),
        State::Judges if listed.metadata.subject == SubjectKind::Document => Problem::run(format!(
            "`{rule}` judges documents, which are not explained"
        ))
        .help("`plumb eval` evaluates it on one: `-d POLICIES -i FILE data.PACKAGE.RULE`"),
        State::Judges => Problem::run(format!("`{rule}` judges nothing here")).help(format!(
            "its targets are {}; `plumb policy show {rule}` says more",
            listed.metadata.targets.join(", ")
        )),
    }
}

/// Rules and resources to explain.
enum Chosen {
    Rule(RuleId),
    Pairs(Vec<(RuleId, usize)>),
}

impl Chosen {
    fn includes(&self, rule: &Rule, resource: usize) -> bool {
        let id = &rule.metadata.id;
        match self {
            Self::Rule(wanted) => wanted == id,
            Self::Pairs(pairs) => pairs.iter().any(|(rule, of)| rule == id && *of == resource),
        }
    }
}

fn paths(args: &ExplainArgs, wanted: &Wanted) -> Vec<PathBuf> {
    match (args.paths.as_slice(), wanted) {
        ([], Wanted::Line(file, _)) if file == STANDARD_INPUT => vec![PathBuf::from("-")],
        ([], Wanted::Line(file, _)) => vec![PathBuf::from(file)],
        ([], _) => vec![PathBuf::from(".")],
        (given, _) => given.to_vec(),
    }
}
