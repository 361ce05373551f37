//! What git leaves out by the ignore files of a commit: those of the work tree belong to the change that is judged.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;
use std::path::{Path, PathBuf};

use ignore::gitignore::{Gitignore, GitignoreBuilder};

use crate::held::Held;
use crate::{fs, revision};

const NAME: &str = ".gitignore";

/// What is left out of a repository by a commit of it.
#[derive(Debug)]
pub struct Ignoring {
    root: PathBuf,
    /// The globs of each folder that has an ignore file, by its path below the root.
    globs: BTreeMap<PathBuf, Gitignore>,
    /// The files that git tracks, which are never left out: a change may add them whatever is ignored.
    tracked: BTreeSet<PathBuf>,
}

impl Ignoring {
    /// The ignore files of a commit, and the files that git tracks in the folder that it is a commit of.
    pub fn of(commit: &Held) -> Result<Self, String> {
        let root = commit.root().ok_or("it is the commit of no folder")?;
        let root = fs::canonical(root);
        let mut globs = BTreeMap::new();
        // Git follows no link to an ignore file either.
        for path in commit.below("").filter(|path| commit.is_file(path)) {
            let Some(folder) = folder_of(path) else {
                continue;
            };
            let text = commit.bytes(path, fs::MAX_BYTES).map_err(|reason| {
                let name = commit.name_of(path);
                format!("{}: {reason}", name.escape_debug())
            })?;
            let text = String::from_utf8_lossy(&text);
            if let Some(written) = globs_of(&root.join(folder), &text) {
                globs.insert(PathBuf::from(folder), written);
            }
        }
        let tracked = revision::tracked(&root)?;
        Ok(Self {
            root,
            globs,
            tracked,
        })
    }

    /// Where a folder lies in the repository; none if it lies elsewhere.
    pub(crate) fn place_of(&self, folder: &Path) -> Option<PathBuf> {
        fs::beneath(folder, &self.root)
    }

    /// Whether what lies below a folder of the repository is left out. The folder itself never is.
    pub(crate) fn leaves_out(&self, folder: &Path, below: &Path, is_folder: bool) -> bool {
        if self.tracks(&folder.join(below)) {
            return false;
        }
        let mut parts = below.ancestors().filter(|part| *part != Path::new(""));
        parts.any(|part| self.names(&folder.join(part), is_folder || part != below))
    }

    /// Whether git tracks a file, or one below a folder.
    fn tracks(&self, path: &Path) -> bool {
        let from = (Bound::Included(path), Bound::Unbounded);
        let mut following = self.tracked.range::<Path, _>(from);
        following.next().is_some_and(|file| file.starts_with(path))
    }

    /// Whether the ignore file that is nearest to a path, of those that speak of it, leaves it out.
    fn names(&self, path: &Path, is_folder: bool) -> bool {
        let place = self.root.join(path);
        let folders = path.ancestors().skip(1);
        let said = folders
            .filter_map(|folder| self.globs.get(folder))
            .map(|globs| globs.matched(&place, is_folder))
            .find(|said| !said.is_none());
        said.is_some_and(|said| said.is_ignore())
    }
}

/// The folder that a path is the ignore file of.
fn folder_of(path: &str) -> Option<&str> {
    match path.rsplit_once('/') {
        Some((folder, name)) => (name == NAME).then_some(folder),
        None => (path == NAME).then_some(""),
    }
}

/// The globs of an ignore file. A line that is none leaves nothing out.
fn globs_of(folder: &Path, text: &str) -> Option<Gitignore> {
    let mut globs = GitignoreBuilder::new(folder);
    for line in text.trim_start_matches('\u{feff}').lines() {
        let _ = globs.add_line(None, line);
    }
    globs.build().ok()
}
