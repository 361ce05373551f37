//! Files to resources: what the commands that judge manifests read.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use plumbline_core::cache::Memory;
use plumbline_core::manifests::{self, Named, Parsed, folder, is_readable};
use plumbline_core::problem::Problem;
use plumbline_core::source::{FileId, Source, Sources, Span};
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
    /// What they hold.
    pub(crate) read: manifests::Manifests,
    /// Where the files are that were read, by their names.
    pub(crate) files: BTreeMap<String, PathBuf>,
    /// The text of standard input.
    pub(crate) piped: Option<FileId>,
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
        manifests.read.unrecognised(&named(&other));
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
                manifests.read.problems.push(problem);
            }
        }
    }
    for chart in charts {
        match helm::template(&chart, max_file_size) {
            Ok(text) => take(rendered(chart), text, sources, &mut taken),
            Err(problem) => manifests.read.problems.push(problem),
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
            Err(problem) => manifests.read.problems.push(problem),
        }
    }
    if let Some(results) = results {
        manifests.recalled = results.recall(&taken, sources);
    }
    let parsed = parse_others(taken, &manifests.recalled.memory, sources);
    let keeps_documents = config.keeps_documents;
    manifests
        .read
        .understand(parsed, gaps, keeps_documents, sources);
    if results.is_some() {
        manifests.recalled.memory.alone = std::mem::take(&mut manifests.read.alone);
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
            manifests.read.problems.push(problem);
            None
        }
    };
    let mut found = fs::walk(roots, &config.ignored, &config.base, decided.as_ref());
    manifests.read.problems.append(&mut found.problems);
    let idle = idle_globs(roots, &found.used, config);
    manifests.read.problems.extend(idle);
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
                Some(entry) => Some(Parsed::known(file, named(&candidate), entry)),
                None => Parsed::read(file, named(&candidate), sources),
            };
            progress::read();
            parsed
        })
        .collect()
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

/// What messages call a file.
pub(crate) fn named(candidate: &Candidate) -> Named {
    Named {
        name: candidate.name.clone(),
        named: candidate.named,
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

pub(crate) fn own_files(config: &CheckConfig) -> HashSet<PathBuf> {
    config
        .own_files
        .iter()
        .map(|path| fs::canonical(path))
        .collect()
}
