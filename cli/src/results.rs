//! What earlier runs found: a file for each set of rules, in a folder of the user's cache or one that is named.
//!
//! What cannot be read there is as good as not there. It is never asked what a file means beside others, nor where an
//! answer may depend on more than the file.

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use plumbline_core::cache::{Cache, Entry, Key, MOST_BYTES, Memory};
use plumbline_core::frontend::together;
use plumbline_core::policy::PolicySet;
use plumbline_core::source::{FileId, Sources};
use plumbline_sources::fs::{self, Candidate};
use rayon::prelude::*;

use crate::args::CheckArgs;
use crate::replace::replace;

/// The results of earlier runs under one set of rules.
pub(crate) struct Results<'a> {
    policies: &'a PolicySet,
    folder: PathBuf,
    /// The name of the file in the folder.
    rules: String,
    cache: Cache,
}

/// What is known of the files of a run.
#[derive(Default)]
pub(crate) struct Recalled {
    pub(crate) memory: Memory,
    keys: BTreeMap<FileId, Key>,
}

impl<'a> Results<'a> {
    /// The results of earlier runs under these rules; none where nothing is to be remembered.
    pub(crate) fn open(args: &CheckArgs, policies: &'a PolicySet) -> Option<Self> {
        let is_piped = args.paths.iter().any(|path| path == Path::new("-"));
        let looks_further = args.since.is_some() || args.read.helm;
        if args.keep.no_cache || args.fix || args.diff || is_piped || looks_further {
            return None;
        }
        let folder = match &args.keep.cache {
            Some(folder) => folder.clone(),
            None if is_in_ci() => return None,
            None => fs::caches()?,
        };
        let rules = Key::of(&build()?, &policies.digest.to_string()).to_string();
        let folder = folder.join("results");
        let text = fs::read(&folder.join(&rules), MOST_BYTES as u64).unwrap_or_default();
        Some(Self {
            policies,
            folder,
            cache: Cache::read(&rules, text),
            rules,
        })
    }

    /// Whether a file is one of ours.
    pub(crate) fn holds(&self, path: &Path) -> bool {
        let folder = path.parent();
        let may_be = |folder: &&Path| folder.file_name() == self.folder.file_name();
        let folder = folder.filter(may_be);
        folder.is_some_and(|folder| fs::canonical(folder) == fs::canonical(&self.folder))
    }

    /// What is known of files. One need not be parsed if that is all there is to say of it, and no other file decides
    /// what becomes of it.
    pub(crate) fn recall(&self, taken: &[(FileId, Candidate)], sources: &Sources) -> Recalled {
        let decides =
            |(_, candidate): &(FileId, Candidate)| together::decides_of_others(&candidate.name);
        let is_free = self.policies.judges_resources_only() && !taken.iter().any(decides);
        let known = |(file, _): &(FileId, Candidate)| {
            let source = sources.get(*file)?;
            let key = Key::of(source.name(), source.text());
            let written = self.cache.get(&key);
            let entry = written.and_then(|text| Entry::decode(text, *file, self.policies));
            Some((*file, key, entry))
        };
        let known: Vec<(FileId, Key, Option<Entry>)> = taken.par_iter().filter_map(known).collect();
        let mut recalled = Recalled::default();
        for (file, key, entry) in known {
            recalled.keys.insert(file, key);
            let Some(entry) = entry else {
                continue;
            };
            if is_free && self.policies.is_settled_by(&entry) {
                recalled.memory.unread.insert(file, entry);
            } else {
                recalled.memory.read.insert(file, entry);
            }
        }
        recalled
    }

    /// Keeps what was learnt for later runs. An error says why it cannot be kept.
    pub(crate) fn keep(
        &self,
        learnt: &[(FileId, Entry)],
        recalled: &Recalled,
    ) -> Result<(), String> {
        let written = |(file, entry): &(FileId, Entry)| {
            let key = recalled.keys.get(file)?;
            Some((*key, entry.encode()?))
        };
        let learnt: BTreeMap<Key, String> = learnt.par_iter().filter_map(written).collect();
        if learnt.is_empty() {
            return Ok(());
        }
        let asked: BTreeSet<Key> = recalled.keys.values().copied().collect();
        let text = self.cache.render(&learnt, &asked);
        let made = std::fs::create_dir_all(&self.folder);
        let kept = made.and_then(|()| replace(&self.folder.join(&self.rules), &text));
        kept.map_err(|error| {
            format!(
                "what was found cannot be kept in {}: {}",
                fs::display(&self.folder),
                fs::reason(&error)
            )
        })
    }
}

/// Whether this is a job of continuous integration: what lies in a folder there may have been put there by anyone.
pub(crate) fn is_in_ci() -> bool {
    env::var_os("CI").is_some_and(|value| !value.is_empty() && value != "false")
}

/// What tells this binary from every other one. Others may answer otherwise.
fn build() -> Option<String> {
    let program = env::current_exe().ok()?;
    let metadata = std::fs::metadata(&program).ok()?;
    let written = metadata.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    Some(format!(
        "{} {} {} {}",
        env!("CARGO_PKG_VERSION"),
        fs::display(&program),
        metadata.len(),
        written.as_nanos()
    ))
}
