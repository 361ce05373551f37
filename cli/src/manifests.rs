//! Files to resources: what the commands that judge manifests read.

use std::collections::{BTreeSet, HashSet};
use std::io;
use std::path::{Path, PathBuf};

use plumbline_core::frontend::Reading;
use plumbline_core::parse::{self, Document, Notation};
use plumbline_core::problem::Problem;
use plumbline_core::report::Coverage;
use plumbline_core::resource::Resource;
use plumbline_core::source::{FileId, Source, Sources};
use plumbline_sources::fs::{self, Candidate};
use rayon::prelude::*;

use crate::config::CheckConfig;

/// What was found in the files.
#[derive(Default)]
pub(crate) struct Manifests {
    /// Resources in order of files.
    pub(crate) resources: Vec<Resource>,
    /// What stood in the way.
    pub(crate) problems: Vec<Problem>,
    /// What was read.
    pub(crate) coverage: Coverage,
}

/// Reads every manifest below some paths.
pub(crate) fn read(
    paths: &[PathBuf],
    max_file_size: u64,
    config: &CheckConfig,
    sources: &mut Sources,
) -> Manifests {
    let mut manifests = Manifests::default();
    let (standard_input, roots): (Vec<PathBuf>, Vec<PathBuf>) = paths
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
    let mut gaps = BTreeSet::new();
    for other in others {
        let extension = other.path.extension();
        if extension.is_some_and(|extension| extension == "tofu") {
            gaps.insert(folder(&other.name).to_owned());
        }
        unrecognised(&other.name, other.named, &mut manifests);
    }
    let texts: Vec<Result<String, Problem>> = readable
        .par_iter()
        .map(|candidate| fs::read(&candidate.path, max_file_size))
        .collect();
    let mut taken = Vec::new();
    for (candidate, text) in readable.into_iter().zip(texts) {
        match text {
            Ok(text) => take(candidate, text, sources, &mut taken),
            Err(problem) => {
                gaps.insert(folder(&candidate.name).to_owned());
                manifests.problems.push(problem);
            }
        }
    }
    if !standard_input.is_empty() {
        let name = "standard input";
        match fs::text(name, io::stdin().lock(), max_file_size) {
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
    let parsed: Vec<Parsed> = taken
        .into_par_iter()
        .filter_map(|(file, candidate)| parse_one(file, candidate, sources))
        .collect();
    let whole = whole(&parsed, gaps);
    let files: Vec<(String, &[Document])> = parsed
        .iter()
        .filter(|parsed| matches!(parsed.notation, Notation::Yaml | Notation::Json))
        .map(|parsed| (parsed.name.clone(), parsed.documents.as_slice()))
        .collect();
    let mut reading = Reading::default();
    let built = reading.build(&files);
    let readings: Vec<Read> = parsed
        .into_par_iter()
        .map(|parsed| {
            let is_built = built.contains(&parsed.file);
            read_one(parsed, is_built)
        })
        .collect();
    let mut together = Vec::new();
    for mut read in readings {
        together.append(&mut read.together);
        add(read, &mut manifests);
    }
    reading.take_together(&together.iter().collect::<Vec<_>>(), &whole);
    manifests.problems.append(&mut reading.problems);
    manifests.resources.append(&mut reading.resources);
    manifests
}

fn take(
    candidate: Candidate,
    text: String,
    sources: &mut Sources,
    taken: &mut Vec<(FileId, Candidate)>,
) {
    let file = sources.add(Source::new(candidate.name.clone(), text).with_secrets());
    taken.push((file, candidate));
}

/// A file whose text is trees.
struct Parsed {
    file: FileId,
    name: String,
    named: bool,
    notation: Notation,
    documents: Vec<Document>,
    problems: Vec<Problem>,
}

/// The files of Terraform that were found with everything else in their folder, rather than named alone, and of which
/// no neighbour is missing. `gaps` are folders with files that were not read.
fn whole(parsed: &[Parsed], mut gaps: BTreeSet<String>) -> BTreeSet<FileId> {
    let is_gap = |parsed: &&Parsed| match parsed.notation {
        Notation::Hcl => parsed.named || parsed.documents.is_empty(),
        _ => parsed.name.ends_with(".tf.json"),
    };
    let missing = parsed.iter().filter(is_gap);
    gaps.extend(missing.map(|parsed| folder(&parsed.name).to_owned()));
    parsed
        .iter()
        .filter(|parsed| parsed.notation == Notation::Hcl && !gaps.contains(folder(&parsed.name)))
        .map(|parsed| parsed.file)
        .collect()
}

/// The folder of a file; empty for one without.
fn folder(name: &str) -> &str {
    name.rsplit_once('/').map_or("", |(folder, _)| folder)
}

fn parse_one(file: FileId, candidate: Candidate, sources: &Sources) -> Option<Parsed> {
    let source = sources.get(file)?;
    let notation = Notation::of_file_name(&candidate.name).unwrap_or(Notation::Yaml);
    let (documents, problems) = parse::parse(source, file, notation);
    Some(Parsed {
        file,
        name: candidate.name,
        named: candidate.named,
        notation,
        documents,
        problems,
    })
}

struct Read {
    name: String,
    named: bool,
    recognised: bool,
    broken: bool,
    reading: Reading,
    /// Documents that mean something only with those of other files.
    together: Vec<Document>,
}

/// Reads one file. One that a kustomization was built from has been read with it.
fn read_one(parsed: Parsed, is_built: bool) -> Read {
    let Parsed {
        name,
        named,
        notation,
        documents,
        problems,
        ..
    } = parsed;
    let mut read = Read {
        name,
        named,
        recognised: is_built,
        broken: problems.iter().any(Problem::is_error),
        reading: Reading {
            problems,
            ..Reading::default()
        },
        together: Vec::new(),
    };
    if is_built {
        return read;
    }
    if notation == Notation::Hcl {
        read.recognised = !documents.is_empty();
        read.together = documents;
        return read;
    }
    let mut strangers = Vec::new();
    for document in &documents {
        let unknown_before = read.reading.unrecognised;
        read.recognised |= read.reading.take(document);
        if read.reading.unrecognised > unknown_before {
            strangers.push(document);
        }
    }
    if read.recognised {
        let strangers = strangers.into_iter().filter_map(stranger);
        read.reading.problems.extend(strangers);
    }
    read
}

/// A document that no format knows, beside others that are resources.
fn stranger(document: &Document) -> Option<Problem> {
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
        ..
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
        manifests.problems.push(problem.help("known are manifests of Kubernetes and Knative, templates of CloudFormation and SAM, services of the Serverless Framework, Terraform, Compose, units of systemd, user data of cloud-init, and contracts of OpenAPI and AsyncAPI"));
    } else {
        manifests.coverage.unrecognised.push(name.to_owned());
    }
}

fn own_files(config: &CheckConfig) -> HashSet<PathBuf> {
    config
        .own_files
        .iter()
        .map(|path| fs::canonical(path))
        .collect()
}
