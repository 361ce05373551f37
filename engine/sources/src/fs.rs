//! Files: walking folders, reading texts, and saying what could not be read.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use globset::GlobSet;
use ignore::{WalkBuilder, overrides::OverrideBuilder};
use plumbline_core::parse::Notation;
use plumbline_core::problem::Problem;

use crate::ignoring::Ignoring;

/// The largest text that is read, unless the caller says otherwise: 32 MiB.
pub const MAX_BYTES: u64 = 32 * 1024 * 1024;

/// A file that is to be read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Candidate {
    /// What messages call it: the path as the user would write it.
    pub name: String,
    /// Where it is.
    pub path: PathBuf,
    /// Whether the user named it, rather than a folder it is in.
    pub named: bool,
}

/// What lies below the paths that a user named.
#[derive(Debug, Default)]
pub struct Found {
    /// Files in order of their names, each once.
    pub candidates: Vec<Candidate>,
    /// What could not be walked.
    pub problems: Vec<Problem>,
    /// Which of the globs left something out, by their places in the set.
    pub used: BTreeSet<usize>,
}

/// Finds the files below paths. `.gitignore` is respected, that of a commit where one decides, and `.git` left out; hidden
/// files and links are followed, and a loop of links is a problem. So is what only looks like a file: reading a pipe may
/// never end.
pub fn walk(
    roots: &[PathBuf],
    ignored: &GlobSet,
    base: &Path,
    decided: Option<&Arc<Ignoring>>,
) -> Found {
    let mut found = Found::default();
    for root in roots {
        match std::fs::metadata(root) {
            Err(error) => found.problems.push(unreadable(root, &error)),
            Ok(metadata) if metadata.is_dir() => {
                walk_folder(root, ignored, base, decided, &mut found);
            }
            Ok(metadata) if !metadata.is_file() => found.problems.push(no_file(root)),
            Ok(_) => found.candidates.push(Candidate {
                name: display(root),
                path: root.clone(),
                named: true,
            }),
        }
    }
    // A file that is named and found keeps being named.
    found.candidates.sort_by(|left, right| {
        left.name
            .cmp(&right.name)
            .then(right.named.cmp(&left.named))
    });
    found
        .candidates
        .dedup_by(|later, earlier| later.name == earlier.name);
    found
}

fn walk_folder(
    root: &Path,
    ignored: &GlobSet,
    base: &Path,
    decided: Option<&Arc<Ignoring>>,
    found: &mut Found,
) {
    let mut builder = WalkBuilder::new(root);
    builder
        .hidden(false)
        .follow_links(true)
        .ignore(false)
        .require_git(true)
        .sort_by_file_path(Path::cmp);
    if let Ok(overrides) = OverrideBuilder::new(root)
        .add("!**/.git")
        .and_then(|builder| builder.build())
    {
        builder.overrides(overrides);
    }
    if let Some(decided) = decided {
        leave_out(root, decided, &mut builder);
    }
    let below_base = beneath(root, base);
    for entry in builder.build() {
        match entry {
            Ok(entry) if entry.file_type().is_some_and(|kind| !kind.is_dir()) => {
                let below_root = entry.path().strip_prefix(root).unwrap_or(entry.path());
                let ignoring = match &below_base {
                    Some(folder) if !ignored.is_empty() => ignored.matches(folder.join(below_root)),
                    _ => Vec::new(),
                };
                let is_file = entry.file_type().is_some_and(|kind| kind.is_file());
                let name = display(entry.path());
                if !ignoring.is_empty() {
                    found.used.extend(ignoring);
                } else if is_file {
                    found.candidates.push(Candidate {
                        name,
                        path: entry.path().to_owned(),
                        named: false,
                    });
                } else if would_be_read(&name) {
                    found.problems.push(no_file(entry.path()));
                }
            }
            Ok(_) => {}
            Err(error) => found.problems.push(walk_problem(root, &error)),
        }
    }
}

/// Has a walk of a folder leave out what a commit decides, and nothing that other ignore files name. What lies elsewhere
/// than in its repository is walked as ever.
fn leave_out(root: &Path, decided: &Arc<Ignoring>, builder: &mut WalkBuilder) {
    let Some(folder) = decided.place_of(root) else {
        return;
    };
    let (root, decided) = (root.to_owned(), Arc::clone(decided));
    builder
        .git_ignore(false)
        .git_global(false)
        .git_exclude(false)
        .filter_entry(move |entry| {
            let below = entry.path().strip_prefix(&root).unwrap_or(entry.path());
            let is_folder = entry.file_type().is_some_and(|kind| kind.is_dir());
            !decided.leaves_out(&folder, below, is_folder)
        });
}

/// Whether a name promises a text that is read.
pub(crate) fn would_be_read(name: &str) -> bool {
    Notation::of_file_name(name).is_some() || ending(name) == "rego"
}

fn no_file(path: &Path) -> Problem {
    let message = "no file: a pipe, a socket or a device";
    Problem::file(display(path), message)
        .help("put the text into a file, or hand it over on standard input: `-`")
}

/// What follows the last dot of a file's name, also where nothing stands before it.
pub fn ending(name: &str) -> &str {
    let own = name.rsplit('/').next().unwrap_or(name);
    own.rsplit_once('.').map_or("", |(_, ending)| ending)
}

/// Where a file or folder lies below a folder, however the two are spelt; none if it lies elsewhere.
pub fn beneath(folder: &Path, base: &Path) -> Option<PathBuf> {
    let here = |path: &Path| {
        if path.as_os_str().is_empty() {
            PathBuf::from(".")
        } else {
            path.to_owned()
        }
    };
    let base = here(base).canonicalize().ok()?;
    let folder = here(folder).canonicalize().ok()?;
    folder.strip_prefix(base).ok().map(Path::to_owned)
}

fn walk_problem(root: &Path, error: &ignore::Error) -> Problem {
    fn place(error: &ignore::Error) -> Option<&Path> {
        match error {
            ignore::Error::WithPath { path, .. } => Some(path),
            ignore::Error::Loop { child, .. } => Some(child),
            ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => {
                place(err)
            }
            _ => None,
        }
    }
    fn cause(error: &ignore::Error) -> String {
        match error {
            ignore::Error::WithPath { err, .. }
            | ignore::Error::WithDepth { err, .. }
            | ignore::Error::WithLineNumber { err, .. } => cause(err),
            ignore::Error::Loop { ancestor, .. } => {
                format!("a loop of links: it leads back to {}", display(ancestor))
            }
            ignore::Error::Io(error) => reason(error),
            other => other.to_string(),
        }
    }
    Problem::file(display(place(error).unwrap_or(root)), cause(error))
}

/// Reads a text. It must be UTF-8 and not larger than `max` bytes.
pub fn read(path: &Path, max: u64) -> Result<String, Problem> {
    let name = display(path);
    let file = File::open(path).map_err(|error| unreadable(path, &error))?;
    let metadata = file.metadata().map_err(|error| unreadable(path, &error))?;
    // A pipe is fine: whoever names one has something to say.
    if metadata.is_dir() {
        return Err(Problem::file(name, "a folder where a file is expected"));
    }
    if metadata.len() > max {
        let message = format!(
            "{} bytes, more than the {max} that are read",
            metadata.len()
        );
        return Err(Problem::file(name, message).help("split it, or raise `--max-file-size`"));
    }
    text(&name, file, max)
}

/// The folder for what can be had again, of the user who runs this; none without a home.
pub fn caches() -> Option<PathBuf> {
    let given = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    let home = || Some(PathBuf::from(std::env::var_os("HOME")?).join(".cache"));
    let caches = given.filter(|path| path.is_absolute()).or_else(home)?;
    Some(caches.join("plumbline"))
}

/// Reads a text from a stream, under the same limits.
pub fn text(name: &str, stream: impl Read, max: u64) -> Result<String, Problem> {
    let mut bytes = Vec::new();
    let read = stream.take(max.saturating_add(1)).read_to_end(&mut bytes);
    read.map_err(|error| Problem::file(name, reason(&error)))?;
    if bytes.len() as u64 > max {
        return Err(
            Problem::file(name, format!("more than the {max} bytes that are read"))
                .help("raise `--max-file-size`"),
        );
    }
    String::from_utf8(bytes)
        .map_err(|error| not_utf8(name, error.as_bytes(), error.utf8_error().valid_up_to()))
}

fn not_utf8(name: &str, bytes: &[u8], at: usize) -> Problem {
    let before = bytes.get(..at).unwrap_or_default();
    let line = before.split(|byte| *byte == b'\n').count();
    let column = before
        .rsplit(|byte| *byte == b'\n')
        .next()
        .map_or(0, |line| String::from_utf8_lossy(line).chars().count())
        + 1;
    let problem = Problem::file(
        name,
        format!("not UTF-8: an invalid byte at line {line}, column {column}"),
    );
    match bytes {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => problem.help("this is UTF-16; save it as UTF-8"),
        _ => problem.help("save it as UTF-8"),
    }
}

fn unreadable(path: &Path, error: &io::Error) -> Problem {
    Problem::file(display(path), reason(error))
}

/// An I/O error in few words, without its number.
pub fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "no such file or folder".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        _ => {
            let text = error.to_string();
            let words = text.split(" (os error").next().unwrap_or_default();
            words.to_lowercase()
        }
    }
}

/// How many bytes the files below a folder have. What is gone meanwhile has none, and no link is followed.
pub(crate) fn size(folder: &Path) -> u64 {
    let mut folders = vec![folder.to_owned()];
    let mut bytes = 0;
    while let Some(folder) = folders.pop() {
        let entries = std::fs::read_dir(folder).into_iter().flatten();
        for entry in entries.flatten() {
            match entry.metadata() {
                Ok(metadata) if metadata.is_dir() => folders.push(entry.path()),
                Ok(metadata) => bytes += metadata.len(),
                Err(_) => {}
            }
        }
    }
    bytes
}

/// A path with everything in it resolved, so that two spellings of one file are equal; as it is if there is no such file.
pub fn canonical(path: &Path) -> PathBuf {
    std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())
}

/// A path as messages spell it: with `/`, without `./`.
pub fn display(path: &Path) -> String {
    let parts: Vec<String> = path
        .components()
        .filter(|component| *component != Component::CurDir)
        .map(|component| match component {
            Component::RootDir => String::new(),
            other => other.as_os_str().to_string_lossy().into_owned(),
        })
        .collect();
    match parts.as_slice() {
        [] => ".".to_owned(),
        [root] if root.is_empty() => "/".to_owned(),
        parts => parts.join("/"),
    }
}
