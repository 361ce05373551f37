//! What a commit leaves out of a walk, whatever the ignore files of the work tree say.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use globset::GlobSet;
use plumbline_sources::fs::walk;
use plumbline_sources::held::Held;
use plumbline_sources::ignoring::Ignoring;

use super::place::committed;

/// The files below a folder of a repository that are read, by their paths below that folder.
fn read(folder: &Path, commit: &Arc<Held>) -> Vec<String> {
    let decided = Arc::new(Ignoring::of(commit).unwrap());
    let roots = [folder.to_owned()];
    let found = walk(&roots, &GlobSet::empty(), folder, Some(&decided));
    assert!(found.problems.is_empty(), "{:?}", found.problems);
    let below = found.candidates.iter().map(|candidate| {
        let below = candidate.path.strip_prefix(folder).unwrap();
        below.display().to_string()
    });
    below.filter(|path| !path.ends_with("ignore")).collect()
}

/// Writes empty files.
fn write(folder: &Path, names: &[&str]) {
    for name in names {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "").unwrap();
    }
}

#[test]
fn the_ignore_files_of_the_commit_decide_and_not_those_of_the_work_tree() {
    let (folder, commit) = committed(&[(".gitignore", "old.yaml\nbuild/\n")]);
    let files = ["old.yaml", "new.yaml", "hidden.yaml", "build/a.yaml"];
    let ignoring = [".gitignore", ".ignore", ".git/info/exclude"];
    write(folder.path(), &files);
    write(folder.path(), &ignoring);
    for name in ignoring {
        fs::write(folder.path().join(name), "new.yaml\n").unwrap();
    }
    assert_eq!(read(folder.path(), &commit), ["hidden.yaml", "new.yaml"]);
}

#[test]
fn the_nearest_ignore_file_that_speaks_of_a_file_decides() {
    let (folder, commit) = committed(&[
        (".gitignore", "*.yaml\nout/\n"),
        ("a/.gitignore", "!b.yaml\n/c/d.yml\n"),
    ]);
    let files = [
        "a/b.yaml",
        "a/x.yaml",
        "a/c/d.yml",
        "a/c/c/d.yml",
        "b.yaml",
        "out/b.yml",
    ];
    write(folder.path(), &files);
    assert_eq!(read(folder.path(), &commit), ["a/b.yaml", "a/c/c/d.yml"]);
    assert_eq!(
        read(&folder.path().join("a"), &commit),
        ["b.yaml", "c/c/d.yml"]
    );
}

#[test]
fn what_git_tracks_is_read_though_it_is_ignored() {
    let (folder, commit) = committed(&[(".gitignore", "build/\n")]);
    write(folder.path(), &["build/a.yaml", "build/b.yaml"]);
    assert!(read(folder.path(), &commit).is_empty());
    let added = Command::new("git")
        .args(["add", "-f", "build/a.yaml"])
        .current_dir(folder.path())
        .status();
    assert!(added.unwrap().success());
    assert_eq!(read(folder.path(), &commit), ["build/a.yaml"]);
}
