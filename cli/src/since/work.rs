//! The files of the work tree: which of them differ, and what belongs to those.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};

use plumbline_core::frontend::together;
use plumbline_core::parse::Document;
use plumbline_core::problem::Problem;
use plumbline_core::source::Sources;
use plumbline_sources::fs::{self, Candidate};
use plumbline_sources::git::{self, Changes};

use super::texts::Texts;
use crate::manifests::{self, Manifests};

/// The files of the work tree.
#[derive(Default)]
pub(super) struct Work {
    /// Those that are read, by their names.
    pub(super) readable: BTreeMap<String, Candidate>,
    /// The names of those that differ.
    pub(super) changed: BTreeSet<String>,
    /// The names of those that differ, by their paths in the repository.
    pub(super) at: HashMap<String, Vec<String>>,
    /// Folders with files that are not read.
    pub(super) gaps: BTreeSet<String>,
}

impl Work {
    /// Sorts files into those that differ and the others. What cannot be compared is said.
    pub(super) fn sort(
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
            let is_readable = plumbline_core::manifests::is_readable(&candidate.name);
            let mut differs = false;
            match places.of(&candidate.path) {
                None if is_readable => manifests.read.problems.push(outside(&candidate.name)),
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
                    manifests.read.unrecognised(&manifests::named(&candidate));
                }
                others.push(candidate);
            }
        }
        work.gaps = manifests::gaps(&others);
        manifests
            .read
            .problems
            .extend(submodules.iter().map(|path| {
                let warning = Problem::file_warning(path, "a submodule, which is not compared");
                warning.help("check it in its own repository")
            }));
        work
    }

    /// What changed on either side, and what means something only with it.
    pub(super) fn closure(
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
    pub(super) fn some(&self, names: &BTreeSet<String>) -> Vec<Candidate> {
        let known = names.iter().filter_map(|name| self.readable.get(name));
        known.cloned().collect()
    }

    /// The names of all files but some.
    pub(super) fn rest(&self, closure: &BTreeSet<String>) -> BTreeSet<String> {
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
