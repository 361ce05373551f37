//! Commits, read by the `git` program: lists of files and objects only. Nothing is ever checked out, no hook and no
//! filter runs, and no link or submodule is followed.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use plumbline_core::finding::hex;
use sha2::{Digest, Sha256};

use crate::fs;
use crate::held::{Content, Held};
use crate::program::{self, Failure};

/// How long `git` may take.
const PATIENCE: Duration = Duration::from_mins(2);
/// The most that is fetched at once: 256 MiB.
const MAX_FETCHED: u64 = 256 * 1024 * 1024;
/// The longest list of files that is read: 64 MiB.
const MAX_LIST: u64 = 64 * 1024 * 1024;
/// The longest answer of one line that is read.
const MAX_LINE: u64 = 4096;

const SETTINGS: &[&str] = &[
    "-c",
    "core.hooksPath=/dev/null",
    "-c",
    "core.fsmonitor=false",
    "-c",
    "submodule.recurse=false",
    "-c",
    "fetch.recurseSubmodules=false",
    "-c",
    "gc.auto=0",
    "-c",
    "maintenance.auto=false",
];

const ENVIRONMENT: &[(&str, &str)] = &[
    ("GIT_ALLOW_PROTOCOL", "file:https:ssh"),
    ("GIT_CONFIG_NOSYSTEM", "1"),
    // A pinned commit is what its id says.
    ("GIT_NO_REPLACE_OBJECTS", "1"),
    ("GIT_OPTIONAL_LOCKS", "0"),
    ("GIT_TERMINAL_PROMPT", "0"),
    ("LC_ALL", "C"),
];

/// What a hook of git sets, and what would lead to another repository.
const LEFT_OUT: &[&str] = &[
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_CONFIG",
    "GIT_CONFIG_COUNT",
    "GIT_CONFIG_PARAMETERS",
    "GIT_DIR",
    "GIT_INDEX_FILE",
    "GIT_NAMESPACE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_PREFIX",
    "GIT_TEMPLATE_DIR",
    "GIT_WORK_TREE",
];

/// A commit of the repository that a folder is the root of, by whatever names it there.
pub fn of_folder(root: &Path, revision: &str) -> Result<Held, String> {
    if revision.is_empty() || revision.starts_with('-') {
        return Err(format!("`{}` is no revision", revision.escape_debug()));
    }
    let commit = resolve(root, revision)?;
    let files = files(root, &commit)?;
    let held = Held::new(revision.to_owned(), Some(root.to_owned()), files);
    Ok(held.of_commit(commit))
}

/// A commit of a repository elsewhere, with its full id. One that is named by that is fetched once, and never again.
pub fn fetch(url: &str, revision: &str) -> Result<(Held, String), String> {
    fetch_into(&cache(url)?, url, revision, MAX_FETCHED)
}

/// The same, kept in a repository that is made if it is not there. If more than `max` bytes are fetched, that is an error,
/// and nothing is kept.
pub fn fetch_into(
    repository: &Path,
    url: &str,
    revision: &str,
    max: u64,
) -> Result<(Held, String), String> {
    if !is_name(revision) {
        let message = "is no commit, tag or branch";
        return Err(format!("`{}` {message}", revision.escape_debug()));
    }
    make(repository)?;
    let commit = if is_commit(revision) {
        match resolve(repository, revision) {
            Ok(commit) => commit,
            Err(_) => {
                fetched(repository, url, revision, max)?;
                resolve(repository, revision)?
            }
        }
    } else {
        let kept = format!("refs/plumbline/{revision}");
        fetched(repository, url, &format!("+{revision}:{kept}"), max)?;
        resolve(repository, &kept)?
    };
    let short: String = commit.chars().take(12).collect();
    let name = format!("{}@{short}", without_user(url));
    let files = files(repository, &commit)?;
    let held = Held::new(name, None, files).of_commit(commit.clone());
    Ok((held, commit))
}

/// The files of a commit.
fn files(repository: &Path, commit: &str) -> Result<BTreeMap<String, Content>, String> {
    let arguments = ["ls-tree", "-r", "-z", "-l", "--full-tree", commit];
    let listed = ask(repository, &arguments, MAX_LIST)?;
    let repository: Arc<Path> = Arc::from(repository);
    let entries = listed.split(|byte| *byte == 0);
    Ok(entries
        .filter_map(|line| entry(line, &repository))
        .collect())
}

/// The files that git tracks in the folder that is the root of a repository, and the folders of submodules.
pub(crate) fn tracked(root: &Path) -> Result<BTreeSet<PathBuf>, String> {
    let listed = ask(root, &["ls-files", "-z"], MAX_LIST)?;
    let paths = listed.split(|byte| *byte == 0);
    let paths = paths.filter(|path| !path.is_empty());
    Ok(paths
        .map(|path| PathBuf::from(String::from_utf8_lossy(path).into_owned()))
        .collect())
}

/// The bytes of an object, at most `max`.
pub(crate) fn object(repository: &Path, id: &str, max: u64) -> Result<Vec<u8>, String> {
    ask(repository, &["cat-file", "blob", id], max)
}

/// Whether a text is the full id of a commit.
pub fn is_commit(text: &str) -> bool {
    matches!(text.len(), 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Whether a text can be the name of a commit, a tag or a branch, and nothing that `git` takes for more than that.
fn is_name(text: &str) -> bool {
    let is_part =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-' | b'/');
    text.starts_with(|first: char| first.is_ascii_alphanumeric()) && text.bytes().all(is_part)
}

/// A file of a list: `<mode> <type> <id> <size>`, a tab, and its path.
fn entry(line: &[u8], repository: &Arc<Path>) -> Option<(String, Content)> {
    let line = String::from_utf8_lossy(line);
    let (head, path) = line.split_once('\t')?;
    let mut words = head.split_whitespace();
    let (mode, kind, id) = (words.next()?, words.next()?, words.next()?);
    let bytes = words.next()?.parse().unwrap_or_default();
    let content = if kind == "blob" && mode != "120000" {
        Content::Object {
            repository: Arc::clone(repository),
            id: id.to_owned(),
            bytes,
        }
    } else {
        Content::NotFollowed
    };
    Some((path.to_owned(), content))
}

/// The full id of the commit that something names.
fn resolve(repository: &Path, name: &str) -> Result<String, String> {
    let commit = format!("{name}^{{commit}}");
    let answer = ask(
        repository,
        &["rev-parse", "--verify", "--quiet", &commit],
        MAX_LINE,
    );
    let answer = answer.map_err(|reason| {
        if reason.ends_with(SILENT) {
            format!("there is no commit `{}`", name.escape_debug())
        } else {
            reason
        }
    })?;
    let id = String::from_utf8_lossy(&answer).trim().to_owned();
    if is_commit(&id) {
        Ok(id)
    } else {
        Err("`git rev-parse` answers no commit".to_owned())
    }
}

fn fetched(repository: &Path, url: &str, what: &str, max: u64) -> Result<(), String> {
    let arguments = [
        "fetch",
        "--quiet",
        "--no-tags",
        "--depth=1",
        "--no-recurse-submodules",
        "--",
        url,
        what,
    ];
    let objects = repository.join("objects");
    let before = fs::size(&objects);
    let is_within = || fs::size(&objects).saturating_sub(before) <= max;
    let answer = ask_while(repository, &arguments, MAX_LIST, &is_within);
    if !is_within() {
        return Err(too_large(repository, max));
    }
    answer
        .map(drop)
        .map_err(|reason| reason.replace(url, &without_user(url)))
}

/// Removes a repository of which too much was fetched; what is said of that.
fn too_large(repository: &Path, max: u64) -> String {
    let message = format!("`git fetch` brings more than the {max} bytes that are fetched");
    match std::fs::remove_dir_all(repository) {
        Ok(()) => message,
        Err(error) => format!(
            "{message}, and {} cannot be removed: {}",
            fs::display(repository).escape_debug(),
            fs::reason(&error)
        ),
    }
}

/// Where what was fetched from a place is kept.
fn cache(url: &str) -> Result<PathBuf, String> {
    let caches = fs::caches();
    let caches = caches.ok_or("there is no place for what is fetched: set `XDG_CACHE_HOME`")?;
    let name = hex(&Sha256::digest(url.as_bytes()));
    Ok(caches.join("git").join(name))
}

/// Makes a repository that is not there. It has no files but objects.
fn make(repository: &Path) -> Result<(), String> {
    if repository.join("HEAD").is_file() {
        return Ok(());
    }
    std::fs::create_dir_all(repository).map_err(|error| {
        format!(
            "cannot make {}: {}",
            fs::display(repository),
            fs::reason(&error)
        )
    })?;
    let arguments = ["init", "--bare", "--quiet", "--template="];
    ask(repository, &arguments, MAX_LINE).map(drop)
}

/// A URL without what may be a password.
fn without_user(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else {
        return url.to_owned();
    };
    let host = rest.split('/').next().unwrap_or_default();
    match host.rsplit_once('@') {
        Some((user, _)) => format!(
            "{scheme}://{}",
            rest.get(user.len() + 1..).unwrap_or_default()
        ),
        None => url.to_owned(),
    }
}

const SILENT: &str = "no reason was given";

/// What `git` answers in a folder; or why it does not.
fn ask(folder: &Path, arguments: &[&str], max: u64) -> Result<Vec<u8>, String> {
    ask_while(folder, arguments, max, &|| true)
}

/// The same, for as long as it may go on.
fn ask_while(
    folder: &Path,
    arguments: &[&str],
    max: u64,
    may_go_on: &dyn Fn() -> bool,
) -> Result<Vec<u8>, String> {
    let verb = arguments.first().copied().unwrap_or_default();
    let mut command = Command::new("git");
    command.current_dir(folder).args(SETTINGS).args(arguments);
    for name in LEFT_OUT {
        command.env_remove(name);
    }
    command.envs(ENVIRONMENT.iter().copied());
    let ended = program::run_while(&mut command, PATIENCE, max, may_go_on);
    let ended = ended.map_err(|failure| match failure {
        Failure::NotRun(error) => format!("`git` cannot be run: {}", fs::reason(&error)),
        Failure::TooSlow => {
            format!("`git {verb}` took more than {} seconds", PATIENCE.as_secs())
        }
        Failure::Unreadable => format!("what `git {verb}` writes cannot be read"),
    })?;
    if ended.output.len() as u64 > max {
        return Err(format!(
            "`git {verb}` writes more than the {max} bytes that are read"
        ));
    }
    if ended.succeeded {
        return Ok(ended.output);
    }
    let errors = String::from_utf8_lossy(&ended.errors);
    let said = errors.lines().find_map(|line| line.strip_prefix("fatal: "));
    let said = said.unwrap_or(SILENT).escape_debug();
    Err(format!("`git {verb}` failed: {said}"))
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::sync::Arc;

    use super::{Content, entry, is_commit, is_name, without_user};

    #[test]
    fn a_name_is_nothing_that_git_takes_for_more() {
        for name in ["v12", "main", "release/1.x", "0a1b2c"] {
            assert!(is_name(name), "{name}");
        }
        for text in [
            "",
            "-x",
            "--upload-pack=x",
            "a:b",
            "+a",
            "a b",
            "a^",
            "/a",
            ".a",
        ] {
            assert!(!is_name(text), "{text}");
        }
    }

    #[test]
    fn only_a_full_id_is_a_commit() {
        assert!(is_commit(&"0a".repeat(20)));
        assert!(is_commit(&"0a".repeat(32)));
        for text in ["", "0a1b2c", &"0g".repeat(20)] {
            assert!(!is_commit(text), "{text}");
        }
    }

    #[test]
    fn a_url_is_shown_without_its_password() {
        for (url, shown) in [
            ("https://host/a/b@c", "https://host/a/b@c"),
            ("https://user:word@host/a", "https://host/a"),
            ("https://a@b:word@host/a", "https://host/a"),
            ("git@host:a/b", "git@host:a/b"),
        ] {
            assert_eq!(without_user(url), shown);
        }
    }

    #[test]
    fn links_and_submodules_are_no_files() {
        let repository = Arc::from(Path::new("x"));
        let is_file = |line: &str| {
            let (_, content) = entry(line.as_bytes(), &repository)?;
            Some(matches!(content, Content::Object { .. }))
        };
        assert_eq!(is_file("100644 blob 0a       2\ta b"), Some(true));
        assert_eq!(is_file("120000 blob 0a       2\ta"), Some(false));
        assert_eq!(is_file("160000 commit 0a       -\ta"), Some(false));
        assert_eq!(is_file(""), None);
    }
}
