//! `--since`: what changed is judged as it is in the work tree and as it was at a revision. Files that did not change are
//! read only where what changed means something with them, or where rules need the rest of the estate.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};

use plumbline_core::baseline::Baseline;
use plumbline_core::estate::Estate;
use plumbline_core::frontend::together;
use plumbline_core::parse::Document;
use plumbline_core::policy::{PolicySet, Share};
use plumbline_core::problem::{Gravity, Problem};
use plumbline_core::report::Revision;
use plumbline_core::resource::{Format, Resource, ResourceId};
use plumbline_core::source::{FileId, Sources};
use plumbline_core::waiver::{Occasion, Waiver};
use plumbline_sources::fs::{self, Candidate};
use plumbline_sources::git::{self, Changes, Entry};

use crate::args::CheckArgs;
use crate::clock;
use crate::config::CheckConfig;
use crate::exceptions;
use crate::io::Io;
use crate::manifests::{self, Manifests, Parsed};

/// Both sides of a comparison.
pub(crate) struct Sides {
    /// What was read of the work tree; its resources are in the estate.
    pub(crate) manifests: Manifests,
    /// What the work tree declares.
    pub(crate) estate: Estate,
    /// What the revision declares; none if it could not be read.
    pub(crate) past: Option<Past>,
}

/// The side that is compared with.
pub(crate) struct Past {
    /// The revision.
    pub(crate) revision: Revision,
    estate: Estate,
    waivers: Vec<Waiver>,
    /// The texts of both sides that changed, and those that mean something only with them.
    changed: BTreeSet<FileId>,
    /// By which rules everything else is judged, on both sides.
    rest: Share,
}

impl Past {
    /// By which rules a resource of either side is judged.
    pub(crate) fn share(&self, resource: &Resource) -> Share {
        if self.changed.contains(&resource.file) {
            Share::All
        } else {
            self.rest
        }
    }

    /// What was found at the revision, and what could not be decided there.
    pub(crate) fn baseline(
        &self,
        policies: &PolicySet,
        config: &CheckConfig,
        sources: &mut Sources,
    ) -> (Baseline, Vec<Problem>) {
        let in_comments = (self.waivers.clone(), Vec::new());
        // What is wrong with the files of waivers is said of the work tree.
        let (waivers, _) = exceptions::waivers(&config.waivers, in_comments, policies, sources);
        let share = |resource: &Resource| self.share(resource);
        let settings = clock::settings(clock::RULE);
        let mut evaluation = policies.evaluate_shares(&self.estate, &share, &settings);
        let occasion = Occasion {
            estate: &self.estate,
            sources,
            today: clock::today(),
            full: false,
        };
        waivers.apply(&mut evaluation.findings, &occasion, &|file| {
            exceptions::path(file, occasion.sources, config)
        });
        let as_of = |problem| as_of(&self.revision.name, problem);
        let problems = evaluation.problems.into_iter();
        let problems = problems.filter(Problem::is_error);
        (
            Baseline::of(&evaluation.findings, &self.estate),
            problems.map(as_of).collect(),
        )
    }
}

/// A problem of the past: it says something of the comparison, and decides nothing.
fn as_of(revision: &str, problem: Problem) -> Problem {
    let revision = revision.escape_debug();
    Problem {
        gravity: Gravity::Warning,
        message: format!("as of `{revision}`: {}", problem.message),
        ..problem
    }
}

/// Reads both sides.
pub(crate) fn read(
    revision: &str,
    args: &CheckArgs,
    config: &CheckConfig,
    policies: &PolicySet,
    sources: &mut Sources,
    io: &mut Io,
) -> Sides {
    let mut manifests = Manifests::default();
    let (past, changes) = match open(revision, &args.paths, &mut manifests.problems) {
        Ok(opened) => opened,
        Err(problem) => {
            manifests.problems.push(problem);
            return Sides {
                manifests,
                estate: Estate::default(),
                past: None,
            };
        }
    };
    let found = manifests::find(&args.paths, config, &mut manifests);
    let work = Work::sort(found, &past, &changes, &mut manifests);
    let history = History {
        past: &past,
        roots: roots(&args.paths),
        config,
        max: args.read.max_file_size,
    };
    let (old, moves) = history.old(&changes, &work);
    let mut before = Texts::default();
    before.take(history.texts(old), sources);
    let mut now = Texts::default();
    let closure = work.closure(&mut now, &before, history.max, sources);
    now.load(work.some(&closure), history.max, sources);

    let unchanged: BTreeSet<String> = closure.difference(&work.changed).cloned().collect();
    let mut old_parsed = before.parsed(&closure);
    old_parsed.extend(now.parsed(&unchanged));
    old_parsed.sort_by(|left, right| left.name.cmp(&right.name));
    let new_parsed = now.parsed(&closure);
    let texts = old_parsed.iter().chain(&new_parsed);
    let changed: BTreeSet<FileId> = texts.map(|parsed| parsed.file).collect();

    let mut was = Manifests::default();
    was.problems.extend(before.problems(&closure));
    let gaps = |failed: BTreeSet<String>| -> BTreeSet<String> {
        work.gaps.union(&failed).cloned().collect()
    };
    let mut failed = before.gaps(&closure);
    failed.extend(now.gaps(&unchanged));
    manifests::understand(old_parsed, gaps(failed), sources, &mut was);
    manifests.problems.extend(now.problems(&closure));
    let failed = now.gaps(&closure);
    manifests::understand(new_parsed, gaps(failed), sources, &mut manifests);
    rename(&mut was.resources, &moves, &work);

    let (mut old_estate, _) = Estate::new(std::mem::take(&mut was.resources));
    let (mut estate, problems) = Estate::new(std::mem::take(&mut manifests.resources));
    // What both sides have in common is said once.
    let is_old = |problem: &Problem| problem.is_error() && !manifests.problems.contains(problem);
    let said: Vec<Problem> = was.problems.into_iter().filter(is_old).collect();
    let said = said.into_iter().map(|problem| as_of(revision, problem));
    manifests.problems.extend(said);
    manifests.problems.extend(problems);

    let mut waivers = was.waivers.0;
    let needs_the_rest = policies.needs_the_rest(&estate) || policies.needs_the_rest(&old_estate);
    if needs_the_rest {
        let rest = work.rest(&closure);
        now.load(work.some(&rest), history.max, sources);
        let mut others = Manifests::default();
        others.problems.extend(now.problems(&rest));
        let failed = now.gaps(&rest);
        manifests::understand(now.parsed(&rest), gaps(failed), sources, &mut others);
        let (rest, _) = Estate::new(std::mem::take(&mut others.resources));
        old_estate = old_estate.beside(&rest);
        estate = estate.beside(&rest);
        waivers.extend(others.waivers.0.iter().cloned());
        join(others, &mut manifests);
    }
    let rest = if policies.sees_the_same(&old_estate, &estate) {
        Share::Nothing
    } else {
        Share::ReadingTheRest
    };
    if io.style().verbose {
        io.error(&scope(closure.len(), work.readable.len(), needs_the_rest));
    }
    Sides {
        manifests,
        estate,
        past: Some(Past {
            revision: Revision {
                name: revision.to_owned(),
                commit: past.commit(),
            },
            estate: old_estate,
            waivers,
            changed,
            rest,
        }),
    }
}

/// Which files were read, and why.
fn scope(changed: usize, all: usize, needs_the_rest: bool) -> String {
    if needs_the_rest {
        format!(
            "read: all {all} files, since rules that read the rest of the estate judge what changed\n"
        )
    } else {
        format!(
            "read: {changed} of {all} files: what changed, and what means something only with it\n"
        )
    }
}

/// What was read of files that did not change. What is wrong in them is no matter of the change.
fn join(others: Manifests, manifests: &mut Manifests) {
    let errors = others.problems.into_iter().chain(others.waivers.1);
    let errors = errors.filter(Problem::is_error).map(|problem| Problem {
        gravity: Gravity::Warning,
        message: format!("in a file that did not change: {}", problem.message),
        ..problem
    });
    manifests.problems.extend(errors);
    manifests.waivers.0.extend(others.waivers.0);
    manifests.coverage.files += others.coverage.files;
}

fn open(
    revision: &str,
    paths: &[PathBuf],
    problems: &mut Vec<Problem>,
) -> Result<(git::Past, Changes), Problem> {
    if paths.iter().any(|path| path == Path::new("-")) {
        return Err(Problem::run("`--since`: standard input has no past")
            .help("name files and folders of a repository"));
    }
    let there = paths.iter().find(|path| path.exists());
    let place = there.map_or(Path::new("."), PathBuf::as_path);
    let (past, warning) = git::Past::open(place, revision)?;
    problems.extend(warning);
    let is_outside =
        |path: &&PathBuf| path.exists() && !fs::canonical(path).starts_with(past.root());
    if let Some(path) = paths.iter().find(is_outside) {
        let message = format!(
            "`--since`: this lies outside of the repository {}",
            fs::display(past.root())
        );
        return Err(
            Problem::file(fs::display(path), message).help("check each repository for itself")
        );
    }
    let changes = past.changes()?;
    Ok((past, changes))
}

/// The paths that were named, as they were and with links resolved.
fn roots(paths: &[PathBuf]) -> Vec<(PathBuf, PathBuf)> {
    let both = |path: &PathBuf| (path.clone(), fs::canonical(path));
    paths.iter().map(both).collect()
}

/// A file of the past under a name: nobody named it.
fn unnamed(name: String) -> Candidate {
    Candidate {
        path: PathBuf::from(&name),
        name,
        named: false,
    }
}

/// The files of the work tree.
#[derive(Default)]
struct Work {
    /// Those that are read, by their names.
    readable: BTreeMap<String, Candidate>,
    /// The names of those that differ.
    changed: BTreeSet<String>,
    /// The names of those that differ, by their paths in the repository.
    at: HashMap<String, Vec<String>>,
    /// Folders with files that are not read.
    gaps: BTreeSet<String>,
}

impl Work {
    /// Sorts files into those that differ and the others. What cannot be compared is said.
    fn sort(
        found: Vec<Candidate>,
        past: &git::Past,
        changes: &Changes,
        manifests: &mut Manifests,
    ) -> Self {
        let mut places = Places {
            root: past.root(),
            folders: HashMap::new(),
        };
        let differing: HashSet<&str> = changes
            .files
            .iter()
            .filter_map(|change| change.new.as_deref())
            .collect();
        let mut work = Self::default();
        let mut others = Vec::new();
        let mut submodules = BTreeSet::new();
        for candidate in found {
            let is_readable = manifests::is_readable(&candidate.name);
            let mut differs = false;
            match places.of(&candidate.path) {
                None if is_readable => manifests.problems.push(outside(&candidate.name)),
                None => {}
                Some([own, meant]) => match changes.submodule_of(&meant) {
                    Some(submodule) => {
                        submodules.insert(submodule.to_owned());
                    }
                    None => {
                        differs = [&own, &meant]
                            .iter()
                            .any(|path| differing.contains(path.as_str()))
                            || !changes.tracked.contains(&meant);
                        if differs && is_readable {
                            for path in BTreeSet::from([own, meant]) {
                                let names = work.at.entry(path).or_default();
                                names.push(candidate.name.clone());
                            }
                        }
                    }
                },
            }
            if is_readable {
                if differs {
                    work.changed.insert(candidate.name.clone());
                }
                work.readable.insert(candidate.name.clone(), candidate);
            } else {
                if differs {
                    manifests::unrecognised(&candidate.name, candidate.named, manifests);
                }
                others.push(candidate);
            }
        }
        work.gaps = manifests::gaps(&others);
        manifests.problems.extend(submodules.iter().map(|path| {
            let warning = Problem::file_warning(path, "a submodule, which is not compared");
            warning.help("check it in its own repository")
        }));
        work
    }

    /// What changed on either side, and what means something only with it.
    fn closure(
        &self,
        now: &mut Texts,
        before: &Texts,
        max: u64,
        sources: &mut Sources,
    ) -> BTreeSet<String> {
        let mut from = self.changed.clone();
        from.extend(before.names().cloned());
        let is_terraform = from.iter().any(|name| together::is_terraform(name));
        let naming = self.readable.keys().filter(|name| {
            together::names_others(name) && (is_terraform || !together::is_terraform(name))
        });
        let naming: BTreeSet<String> = naming.cloned().collect();
        now.load(self.some(&naming), max, sources);
        let paths: BTreeSet<String> = self.readable.keys().chain(&from).cloned().collect();
        let texts = now.parsed.values().chain(before.parsed.values());
        let naming = texts.filter(|parsed| together::names_others(&parsed.name));
        let written: Vec<(&str, &[Document])> = naming
            .map(|parsed| (parsed.name.as_str(), parsed.documents.as_slice()))
            .collect();
        together::with_all_of(&from, &paths, &written)
    }

    /// The files of some names.
    fn some(&self, names: &BTreeSet<String>) -> Vec<Candidate> {
        let known = names.iter().filter_map(|name| self.readable.get(name));
        known.cloned().collect()
    }

    /// The names of all files but some.
    fn rest(&self, closure: &BTreeSet<String>) -> BTreeSet<String> {
        let names = self.readable.keys();
        names
            .filter(|name| !closure.contains(*name))
            .cloned()
            .collect()
    }
}

fn outside(name: &str) -> Problem {
    Problem::file_warning(name, "a link out of the repository, which is not compared")
        .help("what it leads to has no past here; `plumb check` without `--since` judges it")
}

/// Where files lie in a repository.
struct Places<'a> {
    root: &'a Path,
    /// Folders with links resolved, by how they are spelt.
    folders: HashMap<PathBuf, PathBuf>,
}

impl Places<'_> {
    /// The path of a file in the repository, and of what it is a link to; none if one of them lies elsewhere.
    fn of(&mut self, path: &Path) -> Option<[String; 2]> {
        let folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        let resolved = self.folders.entry(folder.to_owned());
        let resolved = resolved.or_insert_with(|| fs::canonical(folder));
        let own = resolved.join(path.file_name()?);
        let meant = if own.is_symlink() {
            fs::canonical(&own)
        } else {
            own.clone()
        };
        let below = |path: &Path| path.strip_prefix(self.root).ok().map(fs::display);
        Some([below(&own)?, below(&meant)?])
    }
}

/// What is known of files as they were.
struct History<'a> {
    past: &'a git::Past,
    roots: Vec<(PathBuf, PathBuf)>,
    config: &'a CheckConfig,
    max: u64,
}

impl History<'_> {
    /// The files that were different, by their names, and what those that were renamed are called now.
    fn old<'c>(
        &self,
        changes: &'c Changes,
        work: &Work,
    ) -> (BTreeMap<String, &'c Entry>, BTreeMap<String, String>) {
        let own = manifests::own_files(self.config);
        let (mut old, mut moves) = (BTreeMap::new(), BTreeMap::new());
        for change in &changes.files {
            let Some(entry) = &change.old else { continue };
            let is_renamed = change.new.as_ref() != Some(&entry.path);
            let place = self.past.root().join(&entry.path);
            let called = self.called(&place);
            match change.new.as_ref().and_then(|path| work.at.get(path)) {
                Some(names) => {
                    for name in names {
                        let was = called.as_ref().filter(|_| is_renamed).unwrap_or(name);
                        if was != name {
                            moves.insert(was.clone(), name.clone());
                        }
                        old.insert(was.clone(), entry);
                    }
                }
                None if self.is_ignored(&place) || own.contains(&place) => {}
                None => old.extend(called.map(|name| (name, entry))),
            }
        }
        old.retain(|name, _| manifests::is_readable(name));
        (old, moves)
    }

    /// What a file is called whose path may lead nowhere now: as the paths on the command line are spelt.
    fn called(&self, place: &Path) -> Option<String> {
        let mut roots = self.roots.iter();
        roots.find_map(|(spelt, resolved)| {
            let rest = place.strip_prefix(resolved).ok()?;
            Some(if rest.as_os_str().is_empty() {
                fs::display(spelt)
            } else {
                fs::display(&spelt.join(rest))
            })
        })
    }

    fn is_ignored(&self, place: &Path) -> bool {
        let base = self.config.base.as_path();
        let base = if base.as_os_str().is_empty() {
            Path::new(".")
        } else {
            base
        };
        let below = place.strip_prefix(fs::canonical(base));
        below.is_ok_and(|path| self.config.ignored.is_match(path))
    }

    /// The texts of files as they were.
    fn texts(&self, old: BTreeMap<String, &Entry>) -> Vec<(Candidate, Result<String, Problem>)> {
        let text = |(name, entry): (String, &Entry)| {
            let text = self.past.read(entry, self.max);
            let text = text.map_err(|why| Problem::file(&name, why));
            (unnamed(name), text)
        };
        old.into_iter().map(text).collect()
    }
}

/// Texts of one side, by the names of their files.
#[derive(Default)]
struct Texts {
    parsed: BTreeMap<String, Parsed>,
    failed: BTreeMap<String, Problem>,
}

impl Texts {
    /// Reads files of the work tree that were not read yet.
    fn load(&mut self, candidates: Vec<Candidate>, max: u64, sources: &mut Sources) {
        let is_unknown = |candidate: &Candidate| {
            let name = &candidate.name;
            !self.parsed.contains_key(name) && !self.failed.contains_key(name)
        };
        let unknown = candidates.into_iter().filter(is_unknown).collect();
        self.take(manifests::texts(unknown, max), sources);
    }

    fn take(&mut self, texts: Vec<(Candidate, Result<String, Problem>)>, sources: &mut Sources) {
        let mut taken = Vec::new();
        for (candidate, text) in texts {
            match text {
                Ok(text) => manifests::take(candidate, text, sources, &mut taken),
                Err(problem) => {
                    self.failed.insert(candidate.name, problem);
                }
            }
        }
        for parsed in manifests::parse_all(taken, sources) {
            self.parsed.insert(parsed.name.clone(), parsed);
        }
    }

    fn names(&self) -> impl Iterator<Item = &String> {
        self.parsed.keys().chain(self.failed.keys())
    }

    fn parsed(&self, names: &BTreeSet<String>) -> Vec<Parsed> {
        let parsed = names.iter().filter_map(|name| self.parsed.get(name));
        parsed.cloned().collect()
    }

    fn problems(&self, names: &BTreeSet<String>) -> Vec<Problem> {
        let failed = names.iter().filter_map(|name| self.failed.get(name));
        failed.cloned().collect()
    }

    /// The folders of files that could not be read.
    fn gaps(&self, names: &BTreeSet<String>) -> BTreeSet<String> {
        let failed = names.iter().filter(|name| self.failed.contains_key(*name));
        failed
            .map(|name| manifests::folder(name).to_owned())
            .collect()
    }
}

/// Gives what lies in files and folders that were renamed the ids that it has now.
fn rename(resources: &mut [Resource], moves: &BTreeMap<String, String>, work: &Work) {
    let both = |(was, now): (&str, &str)| (ResourceId::new([was]), ResourceId::new([now]));
    let files = moves.iter().map(|(was, now)| (was.as_str(), now.as_str()));
    let names: BTreeMap<ResourceId, ResourceId> =
        files.chain(modules(moves, work)).map(both).collect();
    for resource in resources {
        // These are called by what they say, wherever they stand.
        let is_named_by_itself = matches!(
            resource.format,
            Format::Kubernetes | Format::Helm | Format::Kustomize
        );
        if let Some(id) = resource.id.moved(&names).filter(|_| !is_named_by_itself) {
            resource.id = id;
        }
    }
}

/// The folders of Terraform all of whose files lie in one other folder now.
fn modules<'m>(moves: &'m BTreeMap<String, String>, work: &Work) -> Vec<(&'m str, &'m str)> {
    let mut folders: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (was, now) in moves.iter().filter(|(was, _)| together::is_terraform(was)) {
        let targets = folders.entry(manifests::folder(was)).or_default();
        targets.insert(manifests::folder(now));
    }
    let is_left = |folder: &str| {
        let mut names = work.readable.keys();
        names.any(|name| together::is_terraform(name) && manifests::folder(name) == folder)
    };
    // As ids have it.
    let spelt = |folder: &'m str| if folder.is_empty() { "." } else { folder };
    let only = |(was, targets): (&'m str, BTreeSet<&'m str>)| {
        let now = targets.first().copied()?;
        (targets.len() == 1 && !is_left(was)).then(|| (spelt(was), spelt(now)))
    };
    folders.into_iter().filter_map(only).collect()
}
