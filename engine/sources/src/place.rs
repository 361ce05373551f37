//! A file or folder to read: on disk, or in a commit or an archive.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use globset::GlobSet;
use plumbline_core::problem::Problem;

use crate::fs;
use crate::held::{Held, NO_FILE};

/// Where something is read.
#[derive(Debug, Clone)]
pub enum Place {
    /// On disk.
    Disk(PathBuf),
    /// In a commit or an archive, at a path below its root.
    Held(Arc<Held>, String),
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
            Self::Held(held, path) => held.name_of(path),
        }
    }

    /// Where something named is read: in a commit, if it lies in the folder that this is a commit of.
    pub fn of(path: &Path, held: Option<&Arc<Held>>) -> Self {
        let within = held.and_then(|held| {
            let absolute = std::path::absolute(path).ok()?;
            // What is named need not be on disk.
            let there = absolute.ancestors().find(|above| above.exists())?;
            let named = fs::canonical(there).join(absolute.strip_prefix(there).ok()?);
            let below = named.strip_prefix(fs::canonical(held.root()?)).ok()?;
            let parts: Vec<_> = below.iter().map(|part| part.to_string_lossy()).collect();
            Some(Self::Held(Arc::clone(held), parts.join("/")))
        });
        within.unwrap_or_else(|| Self::Disk(path.to_owned()))
    }

    /// The path on disk, also of what is read in a commit of a folder; none of what is in a repository elsewhere.
    pub fn on_disk(&self) -> Option<PathBuf> {
        match self {
            Self::Disk(path) => Some(path.clone()),
            Self::Held(held, path) => Some(held.root()?.join(path)),
        }
    }

    /// What is equal for two places that are one, however they are spelt.
    pub fn identity(&self) -> String {
        match self {
            Self::Disk(path) => fs::display(&fs::canonical(path)),
            Self::Held(..) => self.name(),
        }
    }

    /// Whether it is a file.
    pub fn is_file(&self) -> bool {
        match self {
            Self::Disk(path) => path.is_file(),
            Self::Held(held, path) => held.is_file(path),
        }
    }

    /// Whether it is a folder.
    pub fn is_folder(&self) -> bool {
        match self {
            Self::Disk(path) => path.is_dir(),
            Self::Held(held, path) => held.is_folder(path),
        }
    }

    /// Why nothing can be read there; none if something can.
    pub fn missing(&self) -> Option<String> {
        match self {
            Self::Disk(path) => {
                let error = std::fs::metadata(path).err()?;
                Some(fs::reason(&error))
            }
            Self::Held(..) if self.is_file() || self.is_folder() => None,
            Self::Held(held, path) => Some(held.absent(path).to_owned()),
        }
    }

    /// The folder it lies in.
    #[must_use]
    pub fn folder(&self) -> Self {
        match self {
            Self::Disk(path) => Self::Disk(path.parent().unwrap_or(Path::new("")).to_owned()),
            Self::Held(held, path) => {
                let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
                Self::Held(Arc::clone(held), folder.to_owned())
            }
        }
    }

    /// What a path leads to from a folder. Out of a commit it leads to what is beside its folder on disk; the files of a
    /// repository elsewhere have nothing beside them.
    #[must_use]
    pub fn join(&self, path: &str) -> Option<Self> {
        let (held, folder) = match self {
            Self::Disk(folder) => return Some(Self::Disk(folder.join(path))),
            Self::Held(held, folder) => (held, folder),
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
            let root = held.root()?;
            return Some(Self::Disk(root.join(folder).join(path)));
        }
        Some(Self::Held(Arc::clone(held), inside.join("/")))
    }

    /// Reads a text, which must be UTF-8 and not larger than `max` bytes.
    pub fn read(&self, max: u64) -> Result<String, Problem> {
        match self {
            Self::Disk(path) => fs::read(path, max),
            Self::Held(held, path) => held.text(path, max),
        }
    }

    /// Reads a file, which must not be larger than `max` bytes.
    pub fn bytes(&self, max: u64) -> Result<Vec<u8>, String> {
        let path = match self {
            Self::Disk(path) => path,
            Self::Held(held, path) => return held.bytes(path, max),
        };
        let mut bytes = Vec::new();
        let file = File::open(path).map_err(|error| fs::reason(&error))?;
        let read = file.take(max.saturating_add(1)).read_to_end(&mut bytes);
        read.map_err(|error| fs::reason(&error))?;
        if bytes.len() as u64 > max {
            return Err(format!("more than the {max} bytes that are read"));
        }
        Ok(bytes)
    }

    /// The files at it and below it, in order of their names, and what could not be walked.
    pub fn files(&self) -> (Vec<Placed>, Vec<Problem>) {
        match self {
            Self::Disk(root) => {
                let roots = std::slice::from_ref(root);
                let found = fs::walk(roots, &GlobSet::empty(), Path::new(""), None);
                let placed = found.candidates.into_iter().map(|candidate| Placed {
                    below: below(root, &candidate.path),
                    place: Self::Disk(candidate.path),
                });
                (placed.collect(), found.problems)
            }
            Self::Held(held, path) => files_of(held, path),
        }
    }
}

/// Places of paths on disk.
pub fn on_disk(paths: &[PathBuf]) -> Vec<Place> {
    paths.iter().cloned().map(Place::Disk).collect()
}

fn files_of(held: &Arc<Held>, path: &str) -> (Vec<Placed>, Vec<Problem>) {
    let placed = |file: &str, below: &str| Placed {
        place: Place::Held(Arc::clone(held), file.to_owned()),
        below: below.to_owned(),
    };
    if held.is_file(path) {
        let name = path.rsplit('/').next().unwrap_or(path);
        return (vec![placed(path, name)], Vec::new());
    }
    let (mut files, mut problems) = (Vec::new(), Vec::new());
    for file in held.below(path) {
        let below = file.strip_prefix(path).unwrap_or(file);
        if held.is_file(file) {
            files.push(placed(file, below.trim_start_matches('/')));
        } else if fs::would_be_read(file) {
            problems.push(Problem::file(held.name_of(file), NO_FILE));
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
