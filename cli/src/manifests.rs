//! Files to resources: what the commands that judge manifests read.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use plumbline_core::cache::{Entry, Memory};
use plumbline_core::frontend::Reading;
use plumbline_core::parse::{self, Document, Notation};
use plumbline_core::problem::{Place, Problem};
use plumbline_core::report::Coverage;
use plumbline_core::resource::Resource;
use plumbline_core::source::{FileId, Source, Sources, Span};
use plumbline_core::waiver::{self, Waiver};
use plumbline_sources::fs::{self, Candidate};
use plumbline_sources::helm;
use plumbline_sources::ignoring::Ignoring;
use rayon::prelude::*;

use crate::args::ReadArgs;
use crate::config::CheckConfig;
use crate::progress;
use crate::results::{Recalled, Results};

/// What messages call the text of `-`.
pub(crate) const STANDARD_INPUT: &str = "standard input";

/// Texts that take the place of what is in files, by the names of these.
pub(crate) type Edited = HashMap<String, String>;

/// What was found in the files.
#[derive(Default)]
pub(crate) struct Manifests {
    /// Resources in order of files.
    pub(crate) resources: Vec<Resource>,
    /// Every document, in order of files, if they are kept.
    pub(crate) documents: Vec<Document>,
    /// What stood in the way.
    pub(crate) problems: Vec<Problem>,
    /// What was read.
    pub(crate) coverage: Coverage,
    /// The waivers in comments, and what is wrong with them.
    pub(crate) waivers: (Vec<Waiver>, Vec<Problem>),
    /// Where the files are that were read, by their names.
    pub(crate) files: BTreeMap<String, PathBuf>,
    /// The text of standard input.
    pub(crate) piped: Option<FileId>,
    /// The files that stand for themselves and were read without a problem.
    alone: BTreeSet<FileId>,
    /// What was known of the files from earlier runs.
    pub(crate) recalled: Recalled,
}

/// Reads every manifest below some paths.
pub(crate) fn read(
    paths: &[PathBuf],
    args: &ReadArgs,
    config: &CheckConfig,
    sources: &mut Sources,
) -> Manifests {
    read_with(paths, args, config, &Edited::default(), None, sources)
}

/// The same, as if some of the files were edited, and without those of which earlier runs know all.
pub(crate) fn read_with(
    paths: &[PathBuf],
    args: &ReadArgs,
    config: &CheckConfig,
    edited: &Edited,
    results: Option<&Results<'_>>,
    sources: &mut Sources,
) -> Manifests {
    let max_file_size = args.max_file_size;
    let mut manifests = Manifests::default();
    let (standard_input, roots): (Vec<PathBuf>, Vec<PathBuf>) = paths
        .iter()
        .cloned()
        .partition(|path| path == Path::new("-"));
    let mut found = find(&roots, config, &mut manifests);
    if let Some(results) = results {
        found.retain(|candidate| !results.holds(&candidate.path));
    }
    let (charts, candidates) = if args.helm {
        charts(found)
    } else {
        (Vec::new(), found)
    };
    let (readable, others): (Vec<Candidate>, Vec<Candidate>) = candidates
        .into_iter()
        .partition(|candidate| is_readable(&candidate.name));
    let mut gaps = gaps(&others);
    for other in others {
        unrecognised(&other.name, other.named, &mut manifests);
    }
    let mut taken = Vec::new();
    for (candidate, text) in texts(readable, max_file_size, edited) {
        match text {
            Ok(text) => {
                let (name, path) = (candidate.name.clone(), candidate.path.clone());
                manifests.files.insert(name, path);
                take(candidate, text, sources, &mut taken);
            }
            Err(problem) => {
                gaps.insert(folder(&candidate.name).to_owned());
                manifests.problems.push(problem);
            }
        }
    }
    for chart in charts {
        match helm::template(&chart, max_file_size) {
            Ok(text) => take(rendered(chart), text, sources, &mut taken),
            Err(problem) => manifests.problems.push(problem),
        }
    }
    if !standard_input.is_empty() {
        let named = args.stdin_filename.as_deref().map(fs::display);
        let name = named.as_deref().unwrap_or(STANDARD_INPUT);
        let text = match edited.get(name) {
            Some(text) => Ok(text.clone()),
            None => fs::text(name, io::stdin().lock(), max_file_size),
        };
        match text {
            Ok(text) => {
                let candidate = Candidate {
                    name: name.to_owned(),
                    path: PathBuf::from("-"),
                    named: true,
                };
                take(candidate, text, sources, &mut taken);
                manifests.piped = taken.last().map(|(file, _)| *file);
            }
            Err(problem) => manifests.problems.push(problem),
        }
    }
    if let Some(results) = results {
        manifests.recalled = results.recall(&taken, sources);
    }
    let parsed = parse_others(taken, &manifests.recalled.memory, sources);
    understand(
        parsed,
        gaps,
        config.keeps_documents,
        sources,
        &mut manifests,
    );
    if results.is_some() {
        manifests.recalled.memory.alone = std::mem::take(&mut manifests.alone);
    }
    manifests
}

/// The files below some paths, but for those that are ours. What stood in the way is added to `manifests`.
pub(crate) fn find(
    roots: &[PathBuf],
    config: &CheckConfig,
    manifests: &mut Manifests,
) -> Vec<Candidate> {
    let decided = match config.revision.as_deref().map(Ignoring::of).transpose() {
        Ok(decided) => decided.map(Arc::new),
        Err(reason) => {
            let problem = Problem::run(format!("`--policy-ref`: {reason}"));
            manifests.problems.push(problem);
            None
        }
    };
    let mut found = fs::walk(roots, &config.ignored, &config.base, decided.as_ref());
    manifests.problems.append(&mut found.problems);
    let idle = idle_globs(roots, &found.used, config);
    manifests.problems.extend(idle);
    let own = own_files(config);
    let is_own = |candidate: &Candidate| {
        let name = candidate.path.file_name();
        // A link may be called otherwise.
        let may_be = own.iter().any(|own| own.file_name() == name) || candidate.path.is_symlink();
        may_be && own.contains(&fs::canonical(&candidate.path))
    };
    found.candidates.retain(|candidate| !is_own(candidate));
    found.candidates
}

/// The texts of files, read in parallel, as if some of them were edited.
pub(crate) fn texts(
    candidates: Vec<Candidate>,
    max: u64,
    edited: &Edited,
) -> Vec<(Candidate, Result<String, Problem>)> {
    let read = |candidate: Candidate| {
        let text = match edited.get(&candidate.name) {
            Some(text) => Ok(text.clone()),
            None => fs::read(&candidate.path, max),
        };
        (candidate, text)
    };
    candidates.into_par_iter().map(read).collect()
}

/// Parses texts, in parallel.
pub(crate) fn parse_all(taken: Vec<(FileId, Candidate)>, sources: &Sources) -> Vec<Parsed> {
    parse_others(taken, &Memory::default(), sources)
}

/// Parses texts but for those that need not be read.
fn parse_others(
    taken: Vec<(FileId, Candidate)>,
    memory: &Memory,
    sources: &Sources,
) -> Vec<Parsed> {
    progress::expect(taken.len());
    taken
        .into_par_iter()
        .filter_map(|(file, candidate)| {
            let known = memory.unread.get(&file);
            let parsed = match known {
                Some(entry) => Some(Parsed::known(file, candidate, entry)),
                None => parse_one(file, candidate, sources),
            };
            progress::read();
            parsed
        })
        .collect()
}

/// Reads what was parsed into `manifests`, all of it together.
pub(crate) fn understand(
    mut parsed: Vec<Parsed>,
    gaps: BTreeSet<String>,
    keeps_documents: bool,
    sources: &Sources,
    manifests: &mut Manifests,
) {
    for parsed in &parsed {
        if let Some(source) = sources.get(parsed.file) {
            let (mut waivers, mut problems) = waiver::of_comments(source, &parsed.documents);
            manifests.waivers.0.append(&mut waivers);
            manifests.waivers.1.append(&mut problems);
        }
    }
    let mut reading = Reading::default();
    let names = parsed.iter();
    let names: Vec<(&str, FileId)> = names.map(|one| (one.name.as_str(), one.file)).collect();
    let templates = reading.charts(&names);
    parsed.retain(|parsed| !templates.contains(&parsed.file));
    if keeps_documents {
        let documents = parsed.iter().flat_map(|parsed| &parsed.documents);
        manifests.documents = documents.cloned().collect();
    }
    let whole = whole(&parsed, gaps);
    let files: Vec<(String, &[Document])> = parsed
        .iter()
        .filter(|parsed| matches!(parsed.notation, Notation::Yaml | Notation::Json))
        .map(|parsed| (parsed.name.clone(), parsed.documents.as_slice()))
        .collect();
    let built = reading.build(&files);
    let readings: Vec<Read> = parsed
        .into_par_iter()
        .map(|parsed| {
            let is_built = built.contains(&parsed.file);
            read_one(parsed, is_built, keeps_documents)
        })
        .collect();
    let mut together = Vec::new();
    for mut read in readings {
        together.append(&mut read.together);
        add(read, manifests);
    }
    reading.take_together(&together.iter().collect::<Vec<_>>(), &whole);
    for problem in &reading.problems {
        if let Place::Span(span) = problem.place {
            manifests.alone.remove(&span.file);
        }
    }
    manifests.problems.append(&mut reading.problems);
    manifests.resources.append(&mut reading.resources);
}

/// The folders with files that end in `.tofu`, which are not read: something may be declared in them.
pub(crate) fn gaps(others: &[Candidate]) -> BTreeSet<String> {
    let is_tofu = |other: &&Candidate| {
        let extension = other.path.extension();
        extension.is_some_and(|extension| extension == "tofu")
    };
    let tofu = others.iter().filter(is_tofu);
    tofu.map(|other| folder(&other.name).to_owned()).collect()
}

/// Whether the name of a file says that it is read.
pub(crate) fn is_readable(name: &str) -> bool {
    Notation::of_file_name(name).is_some() && !is_terraform_json(name)
}

fn is_terraform_json(name: &str) -> bool {
    name.ends_with(".tf.json")
}

/// Globs that leave nothing out. Only a run over the whole folder of the configuration can tell.
fn idle_globs(roots: &[PathBuf], used: &BTreeSet<usize>, config: &CheckConfig) -> Vec<Problem> {
    let base = if config.base.as_os_str().is_empty() {
        fs::canonical(Path::new("."))
    } else {
        fs::canonical(&config.base)
    };
    if !roots
        .iter()
        .any(|root| base.starts_with(fs::canonical(root)))
    {
        return Vec::new();
    }
    let places = config.ignore_places.iter().enumerate();
    let idle = places.filter(|(index, _)| !used.contains(index));
    let said = |(_, (glob, place)): (usize, &(String, Span))| {
        let message = format!("`ignore`: `{}` leaves no file out", glob.escape_debug());
        Problem::warning(*place, message)
            .help("it is matched against the whole path of a file: `charts/**` for a folder")
    };
    idle.map(said).collect()
}

/// The folders of charts, and the files that are part of none. A chart within another one is rendered with it.
fn charts(found: Vec<Candidate>) -> (Vec<PathBuf>, Vec<Candidate>) {
    let is_chart = |candidate: &&Candidate| candidate.path.ends_with(helm::CHART);
    let mut folders: Vec<PathBuf> = found
        .iter()
        .filter(is_chart)
        .filter_map(|candidate| candidate.path.parent())
        .map(Path::to_owned)
        .collect();
    folders.sort();
    folders.dedup_by(|inner, outer| inner.starts_with(outer));
    let others = found.into_iter().filter(|candidate| {
        let is_within = |folder: &PathBuf| candidate.path.starts_with(folder);
        !folders.iter().any(is_within)
    });
    let others = others.collect();
    (folders, others)
}

/// What a chart comes to, as a file of its folder.
fn rendered(chart: PathBuf) -> Candidate {
    Candidate {
        name: format!("{} (rendered by helm)", fs::display(&chart)),
        path: chart,
        named: true,
    }
}

/// Takes a text in under the name of its file.
pub(crate) fn take(
    candidate: Candidate,
    text: String,
    sources: &mut Sources,
    taken: &mut Vec<(FileId, Candidate)>,
) {
    let file = sources.add(Source::new(candidate.name.clone(), text).with_secrets());
    taken.push((file, candidate));
}

/// A file whose text is trees.
#[derive(Clone)]
pub(crate) struct Parsed {
    pub(crate) file: FileId,
    pub(crate) name: String,
    named: bool,
    notation: Notation,
    pub(crate) documents: Vec<Document>,
    problems: Vec<Problem>,
    /// What it declares, if that is known and it was not read.
    known: Option<Vec<Resource>>,
}

impl Parsed {
    /// A file that need not be read.
    fn known(file: FileId, candidate: Candidate, entry: &Entry) -> Self {
        Self {
            file,
            notation: notation(&candidate),
            name: candidate.name,
            named: candidate.named,
            documents: Vec::new(),
            problems: Vec::new(),
            known: Some(entry.resources().to_vec()),
        }
    }
}

fn notation(candidate: &Candidate) -> Notation {
    Notation::of_file_name(&candidate.name).unwrap_or(Notation::Yaml)
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
pub(crate) fn folder(name: &str) -> &str {
    name.rsplit_once('/').map_or("", |(folder, _)| folder)
}

fn parse_one(file: FileId, candidate: Candidate, sources: &Sources) -> Option<Parsed> {
    let source = sources.get(file)?;
    let notation = notation(&candidate);
    let (documents, problems) = parse::parse(source, file, notation);
    Some(Parsed {
        file,
        name: candidate.name,
        named: candidate.named,
        notation,
        documents,
        problems,
        known: None,
    })
}

struct Read {
    /// The file, if it stands for itself and was read without a problem.
    alone: Option<FileId>,
    name: String,
    named: bool,
    recognised: bool,
    broken: bool,
    reading: Reading,
    /// Documents that mean something only with those of other files.
    together: Vec<Document>,
}

/// Reads one file. One that a kustomization was built from has been read with it. Where documents are judged as they are
/// written, one that no format knows is no stranger.
fn read_one(parsed: Parsed, is_built: bool, keeps_documents: bool) -> Read {
    let Parsed {
        file,
        name,
        named,
        notation,
        documents,
        problems,
        known,
    } = parsed;
    let mut read = Read {
        alone: None,
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
    if let Some(resources) = known {
        read.recognised = true;
        read.reading.resources = resources;
        return read;
    }
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
    if keeps_documents {
        read.recognised |= !documents.is_empty();
    } else if read.recognised {
        let strangers = strangers.into_iter().filter_map(stranger);
        read.reading.problems.extend(strangers);
    }
    let is_alone = read.recognised && read.reading.problems.is_empty();
    read.alone = is_alone.then_some(file);
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
        alone,
        name,
        named,
        recognised,
        broken,
        mut reading,
        ..
    } = read;
    manifests.alone.extend(alone);
    manifests.problems.append(&mut reading.problems);
    manifests.resources.append(&mut reading.resources);
    if recognised {
        manifests.coverage.files += 1;
    } else if !broken {
        unrecognised(&name, named, manifests);
    }
}

/// A file that is not recognised is counted when it was found, and an error when it was named.
pub(crate) fn unrecognised(name: &str, named: bool, manifests: &mut Manifests) {
    let (message, help) = if is_terraform_json(name) {
        (
            "Terraform in JSON is not read",
            "check a plan of it: `terraform show -json`",
        )
    } else {
        ("no resource of any format that is known", KNOWN)
    };
    if named {
        manifests
            .problems
            .push(Problem::file(name, message).help(help));
        return;
    }
    if is_terraform_json(name) {
        manifests
            .problems
            .push(Problem::file_warning(name, message).help(help));
    }
    manifests.coverage.unrecognised.push(name.to_owned());
}

const KNOWN: &str = "known are manifests of Kubernetes and Knative, kustomizations, what Helm renders, templates of CloudFormation and SAM, Terraform and its plans in JSON, services of the Serverless Framework, Compose, contracts of OpenAPI and AsyncAPI, units of systemd, and user data of cloud-init";

pub(crate) fn own_files(config: &CheckConfig) -> HashSet<PathBuf> {
    config
        .own_files
        .iter()
        .map(|path| fs::canonical(path))
        .collect()
}
