//! What a revision of a repository holds, and what differs from it.
//!
//! Objects are read in memory. Nothing is checked out, fetched or written: neither the work tree nor the index.

use std::collections::{BTreeSet, HashSet};
use std::fmt;
use std::path::{Path, PathBuf};

use git2::{
    Delta, DiffDelta, DiffFile, DiffFindOptions, DiffOptions, Error, ErrorCode, FileMode,
    ObjectType, Oid, Repository,
};
use plumbline_core::problem::{Gravity, Problem};

use crate::fs;

/// The most files that are looked at for what another one was called before.
const MOST_RENAMES: usize = 500;
/// How many links may lead to each other.
const MOST_LINKS: usize = 16;
/// The longest target of a link.
const LONGEST_LINK: u64 = 4096;
/// The modes of links and of submodules, in an index and in a tree.
const LINK: i32 = 0o120_000;
const SUBMODULE: u32 = 0o160_000;

/// One side of a comparison: a tree of a repository. The other one is the work tree.
pub struct Past {
    repository: Repository,
    root: PathBuf,
    commit: Oid,
    tree: Oid,
}

/// What differs. Paths are below the root of the repository.
#[derive(Debug, Default)]
pub struct Changes {
    /// The files that differ.
    pub files: Vec<Change>,
    /// Every file that git knows of or compared: what is none of these, nor differs, is new to it.
    pub tracked: HashSet<String>,
    /// The folders of submodules.
    pub submodules: BTreeSet<String>,
}

/// One file that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What it was; none if it is new.
    pub old: Option<Entry>,
    /// Where it is now; none if it is gone.
    pub new: Option<String>,
}

/// A file of the past.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Where it was.
    pub path: String,
    id: Oid,
    mode: FileMode,
}

impl fmt::Debug for Past {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Past");
        shown
            .field("root", &self.root)
            .field("commit", &self.commit);
        shown.finish_non_exhaustive()
    }
}

impl Changes {
    /// The submodule that a file lies in.
    pub fn submodule_of(&self, path: &str) -> Option<&str> {
        let mut submodules = self.submodules.iter();
        let found = submodules.find(|folder| Path::new(path).starts_with(folder));
        found.map(String::as_str)
    }
}

impl Past {
    /// The commit at which the history of the repository around `place` parted from a revision; the revision itself
    /// where that is not known, which comes back as a warning.
    pub fn open(place: &Path, revision: &str) -> Result<(Self, Option<Problem>), Problem> {
        let folder = match place.parent() {
            Some(parent) if !place.is_dir() => parent,
            _ => place,
        };
        let here = if folder.as_os_str().is_empty() {
            Path::new(".")
        } else {
            folder
        };
        let repository = Repository::discover(here).map_err(|error| unopened(here, &error))?;
        let Some(root) = repository.workdir().map(fs::canonical) else {
            let problem = Problem::run("`--since`: the repository is a bare one");
            return Err(problem.help("start in a clone that has its files beside it"));
        };
        let head = head(&repository)?;
        let other = commit(&repository, revision)?;
        let (commit, warning) = match repository.merge_base(other, head) {
            Ok(base) => (base, None),
            Err(error) => (other, Some(unrelated(&repository, revision, &error))),
        };
        let found = repository.find_commit(commit);
        let tree = found.map(|commit| commit.tree_id()).map_err(|error| {
            let message = format!(
                "`--since`: the commit {commit} cannot be read: {}",
                said(&error)
            );
            Problem::run(message)
        })?;
        let past = Self {
            repository,
            root,
            commit,
            tree,
        };
        Ok((past, warning))
    }

    /// The folder of the repository, links resolved.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The commit that is compared with.
    pub fn commit(&self) -> String {
        self.commit.to_string()
    }

    /// What differs in the work tree, whether it is committed or not. A file that was renamed is one change.
    pub fn changes(&self) -> Result<Changes, Problem> {
        self.compare().map_err(|error| {
            let message = format!(
                "`--since`: the repository cannot be compared: {}",
                said(&error)
            );
            Problem::run(message)
        })
    }

    fn compare(&self) -> Result<Changes, Error> {
        let tree = self.repository.find_tree(self.tree)?;
        let index = self.repository.index()?;
        let mut changes = Changes::default();
        for entry in index.iter() {
            let path = String::from_utf8_lossy(&entry.path).into_owned();
            if entry.mode == SUBMODULE {
                changes.submodules.insert(path);
            } else {
                changes.tracked.insert(path);
            }
        }
        // The index knows without reading which files are as it says; only the others are compared with the tree.
        let staged =
            self.repository
                .diff_tree_to_index(Some(&tree), Some(&index), Some(&mut options()))?;
        let unstaged = self
            .repository
            .diff_index_to_workdir(Some(&index), Some(&mut options()))?;
        let mut paths: BTreeSet<PathBuf> = BTreeSet::new();
        for delta in staged.deltas().chain(unstaged.deltas()) {
            for file in [delta.old_file(), delta.new_file()] {
                if file.mode() == FileMode::Commit {
                    changes.submodules.extend(name(&file));
                } else {
                    paths.extend(file.path().map(Path::to_owned));
                }
            }
        }
        // No path at all would mean all of them.
        if paths.is_empty() {
            return Ok(changes);
        }
        changes
            .tracked
            .extend(paths.iter().map(|path| fs::display(path)));
        let mut options = options();
        options.disable_pathspec_match(true);
        for path in paths {
            options.pathspec(path);
        }
        let mut diff = self
            .repository
            .diff_tree_to_workdir(Some(&tree), Some(&mut options))?;
        let mut renames = DiffFindOptions::new();
        renames
            .renames(true)
            .for_untracked(true)
            .rename_limit(MOST_RENAMES);
        diff.find_similar(Some(&mut renames))?;
        changes.files = diff.deltas().map(|delta| change(&delta)).collect();
        Ok(changes)
    }

    /// The text of a file of the past, or why there is none. It may be `max` bytes long, and a link is followed within
    /// the tree.
    pub fn read(&self, entry: &Entry, max: u64) -> Result<String, String> {
        let id = if entry.mode == FileMode::Link {
            self.follow(entry)?
        } else {
            entry.id
        };
        let bytes = self.blob(id, max)?;
        fs::text(&entry.path, bytes.as_slice(), max).map_err(|problem| problem.message)
    }

    fn blob(&self, id: Oid, max: u64) -> Result<Vec<u8>, String> {
        let header = self.repository.odb().and_then(|odb| odb.read_header(id));
        let (size, _) = header.map_err(|error| said(&error))?;
        if size as u64 > max {
            return Err(format!("{size} bytes, more than the {max} that are read"));
        }
        let blob = self.repository.find_blob(id);
        let blob = blob.map_err(|error| said(&error))?;
        Ok(blob.content().to_vec())
    }

    /// The file that a link leads to.
    fn follow(&self, link: &Entry) -> Result<Oid, String> {
        let tree = self.repository.find_tree(self.tree);
        let tree = tree.map_err(|error| said(&error))?;
        let (mut path, mut id) = (link.path.clone(), link.id);
        for _ in 0..MOST_LINKS {
            let target = self.blob(id, LONGEST_LINK)?;
            let target = String::from_utf8_lossy(&target).into_owned();
            path = beside(&path, &target)
                .ok_or("a link that leads out of the repository, which is not followed")?;
            let found = tree.get_path(Path::new(&path));
            let found = found.map_err(|error| said(&error))?;
            id = found.id();
            if found.filemode() != LINK {
                return match found.kind() {
                    Some(ObjectType::Blob) => Ok(id),
                    _ => Err("a link to a folder, which is not followed".to_owned()),
                };
            }
        }
        Err("a link that leads to no file".to_owned())
    }
}

fn options() -> DiffOptions {
    let mut options = DiffOptions::new();
    options
        .include_untracked(true)
        .recurse_untracked_dirs(true)
        .skip_binary_check(true);
    options
}

fn change(delta: &DiffDelta<'_>) -> Change {
    let (old, new) = (delta.old_file(), delta.new_file());
    let entry = |path: String| Entry {
        path,
        id: old.id(),
        mode: old.mode(),
    };
    Change {
        old: name(&old).filter(|_| !old.id().is_zero()).map(entry),
        new: name(&new).filter(|_| delta.status() != Delta::Deleted),
    }
}

fn name(file: &DiffFile<'_>) -> Option<String> {
    file.path().map(fs::display)
}

/// The path that a link means by its target; none if it leads out of the tree.
fn beside(link: &str, target: &str) -> Option<String> {
    if target.starts_with('/') {
        return None;
    }
    let mut parts: Vec<&str> = link.split('/').collect();
    parts.pop();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            name => parts.push(name),
        }
    }
    Some(parts.join("/"))
}

fn unopened(folder: &Path, error: &Error) -> Problem {
    match error.code() {
        ErrorCode::NotFound => Problem::file(
            fs::display(folder),
            "`--since`: this lies in no repository of git",
        )
        .help("it compares with a revision: check in a clone, or leave the option out"),
        ErrorCode::Owner => Problem::file(
            fs::display(folder),
            "`--since`: the repository belongs to another user",
        )
        .help("if you trust it: `git config --global --add safe.directory FOLDER`"),
        _ => Problem::file(
            fs::display(folder),
            format!(
                "`--since`: the repository cannot be opened: {}",
                said(error)
            ),
        ),
    }
}

/// The commit that the work tree stands on.
fn head(repository: &Repository) -> Result<Oid, Problem> {
    let head = repository.head().and_then(|head| head.peel_to_commit());
    head.map(|commit| commit.id()).map_err(|error| {
        if error.code() == ErrorCode::UnbornBranch {
            Problem::run("`--since`: the branch has no commit yet")
                .help("commit something first, or leave `--since` out: all that there is is new")
        } else {
            Problem::run(format!(
                "`--since`: `HEAD` cannot be read: {}",
                said(&error)
            ))
        }
    })
}

/// The commit that a revision names.
fn commit(repository: &Repository, revision: &str) -> Result<Oid, Problem> {
    let found = repository.revparse_single(revision);
    let found = found.and_then(|object| object.peel_to_commit());
    found.map(|commit| commit.id()).map_err(|error| {
        let shown = revision.escape_debug();
        let message = match error.code() {
            ErrorCode::NotFound => format!("`--since`: there is no revision `{shown}` here"),
            _ => format!("`--since`: `{shown}` is no commit: {}", said(&error)),
        };
        let help = if repository.is_shallow() {
            "the clone is a shallow one: fetch the revision first, or clone with its whole history (`fetch-depth: 0` in a workflow)"
        } else {
            "a branch, a tag or a commit that the clone has, for example `origin/main`; `git fetch` gets those of others"
        };
        Problem::run(message).help(help)
    })
}

/// That it is not known where two histories parted.
fn unrelated(repository: &Repository, revision: &str, error: &Error) -> Problem {
    let shown = revision.escape_debug();
    let (why, help) = if repository.is_shallow() {
        (
            "the clone is a shallow one".to_owned(),
            "what happened in it since then counts as well: clone with the whole history (`fetch-depth: 0` in a workflow)",
        )
    } else if error.code() == ErrorCode::NotFound {
        (
            "the two have no commit in common".to_owned(),
            "everything that differs counts",
        )
    } else {
        (said(error), "everything that differs counts")
    };
    let message = format!(
        "`--since`: it is not known where the branch parted from `{shown}`, which is compared itself: {why}"
    );
    let mut problem = Problem::run(message).help(help);
    problem.gravity = Gravity::Warning;
    problem
}

/// What git says of an error.
fn said(error: &Error) -> String {
    error.message().escape_debug().to_string()
}

#[cfg(test)]
mod tests {
    use super::beside;

    #[test]
    fn a_link_is_followed_within_the_tree_only() {
        for (link, target, expected) in [
            ("a/b.yaml", "c.yaml", Some("a/c.yaml")),
            ("a/b.yaml", "../c.yaml", Some("c.yaml")),
            ("b.yaml", "./d/c.yaml", Some("d/c.yaml")),
            ("a/b.yaml", "../../c.yaml", None),
            ("a/b.yaml", "/etc/passwd", None),
        ] {
            assert_eq!(beside(link, target).as_deref(), expected, "{target}");
        }
    }
}
