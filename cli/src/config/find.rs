//! Where the configuration of some paths is looked for.

use std::path::{Path, PathBuf};

use plumbline_sources::fs;

use super::CONFIG_NAME;

/// Whether one of the paths is a folder, or lies above it.
pub(super) fn covers(roots: &[PathBuf], folder: &Path) -> bool {
    let here = if folder.as_os_str().is_empty() {
        Path::new(".")
    } else {
        folder
    };
    let folder = fs::canonical(here);
    roots
        .iter()
        .any(|root| root.is_dir() && folder.starts_with(fs::canonical(root)))
}

/// The folders that are searched for the configuration of a path: its own, and those above it to the first that has one.
pub(super) fn searched(path: &Path, is_there: &dyn Fn(&Path) -> bool) -> Vec<PathBuf> {
    let folder = if path.is_dir() {
        Some(path)
    } else {
        path.parent()
    };
    let Some(start) = folder else {
        return Vec::new();
    };
    let here = if start.as_os_str().is_empty() {
        Path::new(".")
    } else {
        start
    };
    let Ok(absolute) = std::path::absolute(here) else {
        return Vec::new();
    };
    let mut folders = Vec::new();
    for (steps, folder) in absolute.ancestors().take(reach(&absolute)).enumerate() {
        folders.push(above(start, steps, folder));
        if is_there(&folder.join(CONFIG_NAME)) {
            break;
        }
    }
    folders
}

/// Files of a folder that somebody may take for the one of a name.
pub(super) fn misnamed_in(folder: &Path, name: &str) -> Vec<String> {
    let stem = name.trim_end_matches(".yaml");
    let names = [
        format!("{stem}.yml"),
        format!(".{stem}.yaml"),
        format!(".{stem}.yml"),
    ];
    let files = names.iter().map(|name| folder.join(name));
    files
        .filter(|file| file.is_file())
        .map(|file| fs::display(&file))
        .collect()
}

/// How many folders are searched, from one upwards: to the root of its repository. Outside a repository the current
/// folder is the last one, or the folder itself where it lies elsewhere.
fn reach(folder: &Path) -> usize {
    let last = match folder.ancestors().position(is_repository) {
        Some(root) => root,
        None => std::env::current_dir()
            .ok()
            .and_then(|current| folder.ancestors().position(|above| above == current))
            .unwrap_or(0),
    };
    last + 1
}

/// A folder some steps above `start`, spelt relative to it where that is possible.
fn above(start: &Path, steps: usize, absolute: &Path) -> PathBuf {
    let current = std::env::current_dir().ok();
    match start.ancestors().nth(steps) {
        Some(ancestor) if !ancestor.as_os_str().is_empty() => ancestor.to_owned(),
        _ => match current
            .and_then(|current| absolute.strip_prefix(current).map(Path::to_owned).ok())
        {
            Some(relative) => relative,
            None => absolute.to_owned(),
        },
    }
}

fn is_repository(folder: &Path) -> bool {
    folder.join(".git").exists()
}

/// The root of the repository that a path lies in.
pub(super) fn repository(path: &Path) -> Option<PathBuf> {
    let absolute = std::path::absolute(path).ok()?;
    let mut above = absolute.ancestors();
    above
        .find(|folder| is_repository(folder))
        .map(Path::to_owned)
}
