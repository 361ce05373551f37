//! `plumb check`: judge manifests by policies.

use std::collections::HashSet;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use plumbline_core::estate::Estate;
use plumbline_core::finding::Evaluation;
use plumbline_core::frontend::Reading;
use plumbline_core::parse::{self, Notation};
use plumbline_core::policy::{self, PolicySet};
use plumbline_core::problem::Problem;
use plumbline_core::report::{Coverage, Report, json, text};
use plumbline_core::source::{FileId, Source, Sources};
use plumbline_core::verdict::{EnforcementPoint, Verdict};
use plumbline_sources::fs::{self, Candidate};
use rayon::prelude::*;

use crate::args::{CheckArgs, OutputFormat};
use crate::config::{self, CheckConfig};
use crate::io::Io;

/// How long one rule may take on one subject.
const TIME: Duration = Duration::from_secs(5);

/// Runs the command.
pub(crate) fn run(args: &CheckArgs, io: &mut Io) -> anyhow::Result<ExitCode> {
    let mut sources = Sources::default();
    let (config, mut problems) = config::resolve(args, &mut sources);
    let (policies, policy_problems) = policy::load(&config.ingredients, &sources);
    problems.extend(policy_problems);

    let manifests = read(args, &config, &mut sources);
    problems.extend(manifests.problems);
    let (estate, estate_problems) = Estate::new(manifests.resources);
    problems.extend(estate_problems);
    problems.extend(nothing_to_do(args, &estate, &policies));

    let Evaluation {
        findings,
        problems: undecidable,
        evaluations,
        undecided,
    } = policies.evaluate(&estate, &crate::clock::settings(TIME));
    problems.extend(undecidable);
    let evaluation = Evaluation {
        findings,
        problems,
        evaluations,
        undecided,
    };
    let verdict = Verdict::of(&evaluation, EnforcementPoint::Check, config.fail_on);
    let report = Report {
        sources: &sources,
        estate: &estate,
        evaluation: &evaluation,
        verdict,
        fail_on: config.fail_on,
        coverage: manifests.coverage,
        digest: policies.digest.to_string(),
        rules: policies.rules().len(),
        waiting: &policies.waiting(),
    };
    super::write_outputs(
        &args.outputs,
        OutputFormat::Text,
        io,
        |format, style| match format {
            OutputFormat::Text => text::render(&report, style),
            OutputFormat::Json => json::render(&report),
        },
    )?;
    Ok(ExitCode::from(match verdict {
        Verdict::Pass | Verdict::Warn => 0,
        Verdict::Deny => 1,
        Verdict::Undecided => 2,
    }))
}

/// What was found in the files.
#[derive(Default)]
struct Manifests {
    resources: Vec<plumbline_core::resource::Resource>,
    problems: Vec<Problem>,
    coverage: Coverage,
}

fn read(args: &CheckArgs, config: &CheckConfig, sources: &mut Sources) -> Manifests {
    let mut manifests = Manifests::default();
    let (standard_input, roots): (Vec<PathBuf>, Vec<PathBuf>) = args
        .paths
        .iter()
        .cloned()
        .partition(|path| path == Path::new("-"));
    let mut found = fs::walk(&roots, &config.ignored, &config.base);
    manifests.problems.append(&mut found.problems);
    let own = own_files(config);
    found
        .candidates
        .retain(|candidate| !own.contains(&fs::canonical(&candidate.path)));

    let (readable, others): (Vec<Candidate>, Vec<Candidate>) = found
        .candidates
        .into_iter()
        .partition(|candidate| Notation::of_file_name(&candidate.name).is_some());
    for other in others {
        unrecognised(&other.name, other.named, &mut manifests);
    }
    let texts: Vec<Result<String, Problem>> = readable
        .par_iter()
        .map(|candidate| fs::read(&candidate.path, args.max_file_size))
        .collect();
    let mut taken = Vec::new();
    for (candidate, text) in readable.into_iter().zip(texts) {
        match text {
            Ok(text) => take(candidate, text, sources, &mut taken),
            Err(problem) => manifests.problems.push(problem),
        }
    }
    if !standard_input.is_empty() {
        let name = "standard input";
        match fs::text(name, io::stdin().lock(), args.max_file_size) {
            Ok(text) => take(
                Candidate {
                    name: name.to_owned(),
                    path: PathBuf::from("-"),
                    named: true,
                },
                text,
                sources,
                &mut taken,
            ),
            Err(problem) => manifests.problems.push(problem),
        }
    }
    let readings: Vec<Read> = taken
        .par_iter()
        .filter_map(|(file, candidate)| read_one(*file, candidate, sources))
        .collect();
    for read in readings {
        add(read, &mut manifests);
    }
    manifests
}

fn take(
    candidate: Candidate,
    text: String,
    sources: &mut Sources,
    taken: &mut Vec<(FileId, Candidate)>,
) {
    let file = sources.add(Source::new(candidate.name.clone(), text));
    taken.push((file, candidate));
}

struct Read {
    name: String,
    named: bool,
    recognised: bool,
    broken: bool,
    reading: Reading,
}

fn read_one(file: FileId, candidate: &Candidate, sources: &Sources) -> Option<Read> {
    let source = sources.get(file)?;
    let notation = Notation::of_file_name(&candidate.name).unwrap_or(Notation::Yaml);
    let (documents, problems) = parse::parse(source, file, notation);
    let mut reading = Reading::default();
    let broken = problems.iter().any(Problem::is_error);
    reading.problems = problems;
    let mut recognised = false;
    let mut strangers = Vec::new();
    for document in &documents {
        let unknown_before = reading.unrecognised;
        recognised |= reading.take(document);
        if reading.unrecognised > unknown_before {
            strangers.push(document);
        }
    }
    if recognised {
        reading
            .problems
            .extend(strangers.into_iter().filter_map(stranger));
    }
    Some(Read {
        name: candidate.name.clone(),
        named: candidate.named,
        recognised,
        broken,
        reading,
    })
}

/// A document that no format knows, beside others that are resources.
fn stranger(document: &parse::Document) -> Option<Problem> {
    let place = document.tree.place(document.tree.root()?)?;
    let message = format!(
        "document {} is no resource of any format that is known",
        document.number
    );
    Some(
        Problem::warning(place, message)
            .help("it was not judged; the other documents of the file were"),
    )
}

fn add(read: Read, manifests: &mut Manifests) {
    let Read {
        name,
        named,
        recognised,
        broken,
        mut reading,
    } = read;
    manifests.problems.append(&mut reading.problems);
    manifests.resources.append(&mut reading.resources);
    if recognised {
        manifests.coverage.files += 1;
    } else if !broken {
        unrecognised(&name, named, manifests);
    }
}

/// A file that is not recognised is counted when it was found, and an error when it was named.
fn unrecognised(name: &str, named: bool, manifests: &mut Manifests) {
    if named {
        let problem = Problem::file(name, "no resource of any format that is known");
        manifests.problems.push(problem.help("known are Kubernetes manifests in YAML and JSON, Knative's and custom resources among them"));
    } else {
        manifests.coverage.unrecognised += 1;
    }
}

fn own_files(config: &CheckConfig) -> HashSet<PathBuf> {
    config
        .own_files
        .iter()
        .map(|path| fs::canonical(path))
        .collect()
}

fn nothing_to_do(args: &CheckArgs, estate: &Estate, policies: &PolicySet) -> Option<Problem> {
    if policies.rules().is_empty() {
        let help = match policies.waiting().as_slice() {
            [] => "name policies with `--policy`, or leave the built-in ones on".to_owned(),
            [(rule, decision), ..] => {
                format!("`{rule}` waits for the decision `{decision}`: make it in `estate.yaml`")
            }
        };
        return Some(Problem::run("there is no rule to judge by").help(help));
    }
    let empty = estate.resources.is_empty() && !args.allow_empty;
    empty.then(|| {
        Problem::run("nothing to check: no resource was found")
            .help("name files or folders with manifests; `--allow-empty` makes this a success")
    })
}
