//! `plumb explain`: why a rule found something, or why it did not.

use std::path::PathBuf;
use std::process::ExitCode;

use plumbline_core::estate::Estate;
use plumbline_core::finding::{Evaluation, Finding, RuleId};
use plumbline_core::policy::{self, PolicySet, Rule};
use plumbline_core::problem::Problem;
use plumbline_core::report::explain::{Explained, json, text as explanation};
use plumbline_core::report::text;
use plumbline_core::resource::Resource;
use plumbline_core::source::Sources;

use crate::args::{ExplainArgs, ExplainFormat};
use crate::clock;
use crate::config;
use crate::io::Io;
use crate::manifests;

/// Runs the command.
pub(crate) fn run(args: &ExplainArgs, io: &mut Io) -> anyhow::Result<ExitCode> {
    let wanted = Wanted::parse(&args.finding);
    let paths = paths(args, &wanted);
    let mut sources = Sources::default();
    let (config, mut problems) = config::resolve(&args.rules, &paths, &mut sources);
    let (set, more) = policy::load(&config.ingredients, &sources);
    problems.extend(more);
    let read = manifests::read(&paths, args.max_file_size, &config, &mut sources);
    problems.extend(read.problems);
    let (estate, more) = Estate::new(read.resources);
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
    if cases.is_empty() {
        problems.push(wanted.nothing(&set, &evaluation));
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
        let is_hex = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        if (4..=32).contains(&text.len()) && text.bytes().all(is_hex) {
            return Self::Fingerprint(text.to_owned());
        }
        Self::Unknown(text.to_owned())
    }

    /// The rules and resources that are explained.
    fn choose(&self, evaluation: &Evaluation, sources: &Sources) -> Chosen {
        let is_meant = |finding: &&Finding| match self {
            Self::Line(file, line) => {
                let span = finding.location.span;
                let lines = sources.positions(span);
                let within =
                    lines.is_some_and(|(start, end)| (start.line..=end.line).contains(line));
                within && sources.name(span.file) == file.trim_start_matches("./")
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

    fn nothing(&self, set: &PolicySet, evaluation: &Evaluation) -> Problem {
        match self {
            Self::Line(file, line) => {
                let problem = Problem::run(format!("nothing was found at {file}:{line}"));
                problem.help("why a rule does not fire: `plumb explain RULE PATH`")
            }
            Self::Fingerprint(digits) => Problem::run(format!(
                "none of the {} findings has the fingerprint `{digits}`",
                evaluation.findings.len()
            )),
            Self::Rule(rule) => nothing_of_rule(rule, set),
            Self::Unknown(text) => Problem::run(format!(
                "`{}` is no place, no fingerprint and no rule id",
                text.escape_debug()
            ))
            .help("for example `deploy/web.yaml:31`, `6e6391a4`, or `deployment/host-path`"),
        }
    }
}

fn nothing_of_rule(rule: &RuleId, set: &PolicySet) -> Problem {
    let mut catalogue = set.catalogue.iter();
    match catalogue.find(|listed| listed.metadata.id == *rule) {
        None => Problem::run(format!("no rule is called `{rule}`"))
            .help("`plumb policy list` lists the rules there are"),
        Some(listed) => Problem::run(format!("`{rule}` judges nothing here")).help(format!(
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
        ([], Wanted::Line(file, _)) => vec![PathBuf::from(file)],
        ([], _) => vec![PathBuf::from(".")],
        (given, _) => given.to_vec(),
    }
}
