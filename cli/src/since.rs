//! `--since`: what changed is judged as it is in the work tree and as it was at a revision. Files that did not change are
//! read only where what changed means something with them, or where rules need the rest of the estate.

mod history;
mod texts;
mod work;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use plumbline_core::baseline::Baseline;
use plumbline_core::estate::Estate;
use plumbline_core::manifests::Manifests as Read;
use plumbline_core::parse::Document;
use plumbline_core::policy::{PolicySet, Share};
use plumbline_core::problem::{Gravity, Problem};
use plumbline_core::report::Revision;
use plumbline_core::resource::Resource;
use plumbline_core::source::{FileId, Sources};
use plumbline_core::waiver::{Occasion, Waiver};
use plumbline_sources::fs;
use plumbline_sources::git::{self, Changes};

use self::history::{History, rename};
use self::texts::Texts;
use self::work::Work;
use crate::args::CheckArgs;
use crate::clock;
use crate::config::CheckConfig;
use crate::exceptions;
use crate::manifests::{self, Manifests};

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
    /// Which files were read, and why.
    pub(crate) scope: String,
    estate: Estate,
    documents: Vec<Document>,
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
        let (waivers, _) = exceptions::waivers(config, in_comments, policies, sources);
        let share = |resource: &Resource| self.share(resource);
        let settings = clock::settings(clock::RULE);
        let mut evaluation =
            policies.evaluate_shares(&self.estate, &self.documents, &share, &settings);
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
) -> Sides {
    let mut manifests = Manifests::default();
    let (past, changes) = match open(revision, &args.paths, &mut manifests.read.problems) {
        Ok(opened) => opened,
        Err(problem) => {
            manifests.read.problems.push(problem);
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

    let mut was = Read::default();
    was.problems.extend(before.problems(&closure));
    let gaps = |failed: BTreeSet<String>| -> BTreeSet<String> {
        work.gaps.union(&failed).cloned().collect()
    };
    let mut failed = before.gaps(&closure);
    failed.extend(now.gaps(&unchanged));
    let keeps = config.keeps_documents;
    was.understand(old_parsed, gaps(failed), keeps, sources);
    manifests.read.problems.extend(now.problems(&closure));
    let failed = now.gaps(&closure);
    manifests
        .read
        .understand(new_parsed, gaps(failed), keeps, sources);
    rename(&mut was.resources, &moves, &work);

    let (mut old_estate, _) = Estate::new(std::mem::take(&mut was.resources));
    let (mut estate, problems) = Estate::new(std::mem::take(&mut manifests.read.resources));
    // What both sides have in common is said once.
    let is_old =
        |problem: &Problem| problem.is_error() && !manifests.read.problems.contains(problem);
    let said: Vec<Problem> = was.problems.into_iter().filter(is_old).collect();
    let said = said.into_iter().map(|problem| as_of(revision, problem));
    manifests.read.problems.extend(said);
    manifests.read.problems.extend(problems);

    let mut waivers = was.waivers.0;
    let is_alike = are_alike(&old_estate, &estate);
    let needs_the_rest = policies.needs_the_rest(&estate) || policies.needs_the_rest(&old_estate);
    if needs_the_rest {
        let rest = work.rest(&closure);
        now.load(work.some(&rest), history.max, sources);
        let mut others = Read::default();
        others.problems.extend(now.problems(&rest));
        let failed = now.gaps(&rest);
        others.understand(now.remove(&rest), gaps(failed), false, sources);
        let (rest, _) = Estate::new(std::mem::take(&mut others.resources));
        old_estate = old_estate.beside(&rest);
        estate = estate.beside(&rest);
        waivers.extend(others.waivers.0.iter().cloned());
        join(others, &mut manifests.read);
    }
    let rest = if is_alike || policies.sees_the_same(&old_estate, &estate) {
        Share::Nothing
    } else {
        Share::ReadingTheRest
    };
    Sides {
        manifests,
        estate,
        past: Some(Past {
            revision: Revision {
                name: revision.to_owned(),
                commit: past.commit(),
            },
            scope: scope(closure.len(), work.readable.len(), needs_the_rest),
            estate: old_estate,
            documents: was.documents,
            waivers,
            changed,
            rest,
        }),
    }
}

/// Whether two estates declare the same: only comments and layout differ.
fn are_alike(one: &Estate, other: &Estate) -> bool {
    let is_same =
        |(one, other): (&Resource, &Resource)| one.id == other.id && one.value() == other.value();
    let both = one.resources.iter().zip(&other.resources);
    one.resources.len() == other.resources.len() && both.into_iter().all(is_same)
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
fn join(others: Read, read: &mut Read) {
    let errors = others.problems.into_iter().chain(others.waivers.1);
    let errors = errors.filter(Problem::is_error).map(|problem| Problem {
        gravity: Gravity::Warning,
        message: format!("in a file that did not change: {}", problem.message),
        ..problem
    });
    read.problems.extend(errors);
    read.waivers.0.extend(others.waivers.0);
    read.coverage.files += others.coverage.files;
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
