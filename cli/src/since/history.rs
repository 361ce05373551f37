//! Files as they were, and what those that were renamed are called now.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use plumbline_core::frontend::together;
use plumbline_core::problem::Problem;
use plumbline_core::resource::{Format, Resource, ResourceId};
use plumbline_sources::fs::{self, Candidate};
use plumbline_sources::git::{self, Changes, Entry};

use super::work::Work;
use crate::config::CheckConfig;
use crate::manifests;
use plumbline_core::manifests::{folder, is_readable};

/// What is known of files as they were.
pub(super) struct History<'a> {
    pub(super) past: &'a git::Past,
    pub(super) roots: Vec<(PathBuf, PathBuf)>,
    pub(super) config: &'a CheckConfig,
    pub(super) max: u64,
}

impl History<'_> {
    /// The files that were different, by their names, and what those that were renamed are called now.
    pub(super) fn old<'c>(
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
        old.retain(|name, _| is_readable(name));
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
    pub(super) fn texts(
        &self,
        old: BTreeMap<String, &Entry>,
    ) -> Vec<(Candidate, Result<String, Problem>)> {
        let text = |(name, entry): (String, &Entry)| {
            let text = self.past.read(entry, self.max);
            let text = text.map_err(|why| Problem::file(&name, why));
            (unnamed(name), text)
        };
        old.into_iter().map(text).collect()
    }
}

/// A file of the past under a name: nobody named it.
fn unnamed(name: String) -> Candidate {
    Candidate {
        path: PathBuf::from(&name),
        name,
        named: false,
    }
}

/// Gives what lies in files and folders that were renamed the ids that it has now.
pub(super) fn rename(resources: &mut [Resource], moves: &BTreeMap<String, String>, work: &Work) {
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
        let targets = folders.entry(folder(was)).or_default();
        targets.insert(folder(now));
    }
    let is_left = |left: &str| {
        let mut names = work.readable.keys();
        names.any(|name| together::is_terraform(name) && folder(name) == left)
    };
    // As ids have it.
    let spelt = |folder: &'m str| if folder.is_empty() { "." } else { folder };
    let only = |(was, targets): (&'m str, BTreeSet<&'m str>)| {
        let now = targets.first().copied()?;
        (targets.len() == 1 && !is_left(was)).then(|| (spelt(was), spelt(now)))
    };
    folders.into_iter().filter_map(only).collect()
}
