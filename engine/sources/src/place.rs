//! A file or folder to read: on disk, or of a commit.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use globset::GlobSet;
use plumbline_core::problem::Problem;

use crate::fs;
use crate::revision::{NO_FILE, Revision};

/// Where something is read.
#[derive(Debug, Clone)]
pub enum Place {
    /// On disk.
    Disk(PathBuf),
    /// In a commit, at a path below its root.
    Commit(Arc<Revision>, String),
}

/// A file at a place, or below it.
#[derive(Debug, Clone)]
pub struct Placed {
    /// Where it is.
    pub place: Place,
    /// Its path below the place that was asked for; its name, if it is that place.
    pub below: String,
}

impl Place {
    /// What messages call it.
    pub fn name(&self) -> String {
        match self {
            Self::Disk(path) => fs::display(path),
            Self::Commit(revision, path) => revision.name_of(path),
        }
    }

    /// Where something named is read: in a commit, if it lies in the folder that this is a commit of.
    pub fn of(path: &Path, revision: Option<&Arc<Revision>>) -> Self {
        let within = revision.and_then(|revision| {
            let absolute = std::path::absolute(path).ok()?;
            // What is named need not be on disk.
            let there = absolute.ancestors().find(|above| above.exists())?;
            let named = fs::canonical(there).join(absolute.strip_prefix(there).ok()?);
            let below = named.strip_prefix(fs::canonical(revision.root()?)).ok()?;
            let parts: Vec<_> = below.iter().map(|part| part.to_string_lossy()).collect();
            Some(Self::Commit(Arc::clone(revision), parts.join("/")))
        });
        within.unwrap_or_else(|| Self::Disk(path.to_owned()))
    }

    /// The path on disk, also of what is read in a commit of a folder; none of what is in a repository elsewhere.
    pub fn on_disk(&self) -> Option<PathBuf> {
        match self {
            Self::Disk(path) => Some(path.clone()),
            Self::Commit(revision, path) => Some(revision.root()?.join(path)),
        }
    }

    /// What is equal for two places that are one, however they are spelt.
    pub fn identity(&self) -> String {
        match self {
            Self::Disk(path) => fs::display(&fs::canonical(path)),
            Self::Commit(..) => self.name(),
        }
    }

    /// Whether it is a file.
    pub fn is_file(&self) -> bool {
        match self {
            Self::Disk(path) => path.is_file(),
            Self::Commit(revision, path) => revision.is_file(path),
        }
    }

    /// Whether it is a folder.
    pub fn is_folder(&self) -> bool {
        match self {
            Self::Disk(path) => path.is_dir(),
            Self::Commit(revision, path) => revision.is_folder(path),
        }
    }

    /// Why nothing can be read there; none if something can.
    pub fn missing(&self) -> Option<String> {
        match self {
            Self::Disk(path) => {
                let error = std::fs::metadata(path).err()?;
                Some(fs::reason(&error))
            }
            Self::Commit(..) if self.is_file() || self.is_folder() => None,
            Self::Commit(revision, path) => Some(revision.absent(path).to_owned()),
        }
    }

    /// The folder it lies in.
    #[must_use]
    pub fn folder(&self) -> Self {
        match self {
            Self::Disk(path) => Self::Disk(path.parent().unwrap_or(Path::new("")).to_owned()),
            Self::Commit(revision, path) => {
                let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
                Self::Commit(Arc::clone(revision), folder.to_owned())
            }
        }
    }

    /// What a path leads to from a folder. Out of a commit it leads to what is beside its folder on disk; the files of a
    /// repository elsewhere have nothing beside them.
    #[must_use]
    pub fn join(&self, path: &str) -> Option<Self> {
        let (revision, folder) = match self {
            Self::Disk(folder) => return Some(Self::Disk(folder.join(path))),
            Self::Commit(revision, folder) => (revision, folder),
        };
        let mut inside: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
        let mut is_outside = path.starts_with('/');
        for part in path.split('/') {
            match part {
                "" | "." => {}
                ".." => is_outside |= inside.pop().is_none(),
                part => inside.push(part),
            }
        }
        if is_outside {
            let root = revision.root()?;
            return Some(Self::Disk(root.join(folder).join(path)));
        }
        Some(Self::Commit(Arc::clone(revision), inside.join("/")))
    }

    /// Reads a text, which must be UTF-8 and not larger than `max` bytes.
    pub fn read(&self, max: u64) -> Result<String, Problem> {
        match self {
            Self::Disk(path) => fs::read(path, max),
            Self::Commit(revision, path) => revision.text(path, max),
        }
    }

    /// The files at it and below it, in order of their names, and what could not be walked.
    pub fn files(&self) -> (Vec<Placed>, Vec<Problem>) {
        match self {
            Self::Disk(root) => {
                let found = fs::walk(std::slice::from_ref(root), &GlobSet::empty(), Path::new(""));
                let placed = found.candidates.into_iter().map(|candidate| Placed {
                    below: below(root, &candidate.path),
                    place: Self::Disk(candidate.path),
                });
                (placed.collect(), found.problems)
            }
            Self::Commit(revision, path) => files_of(revision, path),
        }
    }
}

/// Places of paths on disk.
pub fn on_disk(paths: &[PathBuf]) -> Vec<Place> {
    paths.iter().cloned().map(Place::Disk).collect()
}

fn files_of(revision: &Arc<Revision>, path: &str) -> (Vec<Placed>, Vec<Problem>) {
    let placed = |file: &str, below: &str| Placed {
        place: Place::Commit(Arc::clone(revision), file.to_owned()),
        below: below.to_owned(),
    };
    if revision.is_file(path) {
        let name = path.rsplit('/').next().unwrap_or(path);
        return (vec![placed(path, name)], Vec::new());
    }
    let (mut files, mut problems) = (Vec::new(), Vec::new());
    for file in revision.below(path) {
        let below = file.strip_prefix(path).unwrap_or(file);
        if revision.is_file(file) {
            files.push(placed(file, below.trim_start_matches('/')));
        } else if fs::would_be_read(file) {
            problems.push(Problem::file(revision.name_of(file), NO_FILE));
        }
    }
    (files, problems)
}

/// The path below a root; of a file that was named itself, its name.
fn below(root: &Path, path: &Path) -> String {
    match path.strip_prefix(root) {
        Ok(relative) if relative.as_os_str().is_empty() => path
            .file_name()
            .map_or_else(String::new, |name| name.to_string_lossy().into_owned()),
        Ok(relative) => fs::display(relative),
        Err(_) => fs::display(path),
    }
}
