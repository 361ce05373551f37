//! What the adapters read from the world, and what they say when they cannot.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod ignoring;
mod place;
mod signature;

use std::fs;
use std::path::{Path, PathBuf};

use globset::{Glob, GlobSet, GlobSetBuilder};
use plumbline_core::problem::{Place, Problem};
use plumbline_core::source::Sources;
use plumbline_sources::bundle;
use plumbline_sources::fs::{read, text, walk};

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

fn names(roots: &[PathBuf], ignored: &GlobSet, base: &Path) -> (Vec<String>, Vec<Problem>) {
    let found = walk(roots, ignored, base, None);
    let names = found.candidates.iter().map(|candidate| {
        candidate
            .path
            .strip_prefix(base)
            .unwrap()
            .display()
            .to_string()
    });
    (names.collect(), found.problems)
}

#[test]
fn files_come_sorted_with_hidden_ones_and_without_the_repository() {
    let folder = folder(&[
        ("b.yaml", ""),
        ("a/z.yaml", ""),
        (".hidden.yaml", ""),
        (".git/config.yaml", ""),
    ]);
    let (names, problems) = names(
        &[folder.path().to_owned()],
        &GlobSet::empty(),
        folder.path(),
    );
    assert_eq!(names, [".hidden.yaml", "a/z.yaml", "b.yaml"]);
    assert!(problems.is_empty());
}

#[test]
fn ignored_files_are_left_out() {
    let folder = folder(&[("charts/x/templates/a.yaml", ""), ("a.yaml", "")]);
    let ignored = GlobSetBuilder::new()
        .add(Glob::new("charts/**").unwrap())
        .build()
        .unwrap();
    let (names, _) = names(&[folder.path().to_owned()], &ignored, folder.path());
    assert_eq!(names, ["a.yaml"]);
}

#[test]
fn a_file_found_twice_is_read_once() {
    let folder = folder(&[("a.yaml", "")]);
    let roots = [folder.path().to_owned(), folder.path().join("a.yaml")];
    let (names, _) = names(&roots, &GlobSet::empty(), folder.path());
    assert_eq!(names, ["a.yaml"]);
}

#[test]
fn a_missing_path_is_said() {
    let (names, problems) = names(
        &[PathBuf::from("/nowhere/at/all")],
        &GlobSet::empty(),
        Path::new("/"),
    );
    assert!(names.is_empty());
    assert_eq!(
        problems,
        [Problem::file("/nowhere/at/all", "no such file or folder")]
    );
}

#[cfg(unix)]
#[test]
fn a_loop_of_links_is_said_and_ends() {
    let folder = folder(&[("a/b.yaml", "")]);
    std::os::unix::fs::symlink(folder.path(), folder.path().join("a/loop")).unwrap();
    let (names, problems) = names(
        &[folder.path().to_owned()],
        &GlobSet::empty(),
        folder.path(),
    );
    assert_eq!(names, ["a/b.yaml"]);
    assert!(
        problems
            .first()
            .unwrap()
            .message
            .contains("a loop of links"),
        "{problems:?}"
    );
}

#[cfg(unix)]
#[test]
fn a_link_to_nothing_is_said() {
    let folder = folder(&[("a.yaml", "")]);
    std::os::unix::fs::symlink("/nowhere", folder.path().join("dangling.yaml")).unwrap();
    let (_, problems) = names(
        &[folder.path().to_owned()],
        &GlobSet::empty(),
        folder.path(),
    );
    assert_eq!(problems.len(), 1, "{problems:?}");
}

#[test]
fn a_text_that_is_not_utf8_is_said_with_its_place() {
    let problem = text("x", &b"ab\ncd\xff"[..], 100).unwrap_err();
    assert_eq!(
        problem.message,
        "not UTF-8: an invalid byte at line 2, column 3"
    );
    let problem = text("x", &b"\xff\xfea\0"[..], 100).unwrap_err();
    assert!(problem.help.unwrap().contains("UTF-16"));
}

#[test]
fn a_text_that_is_too_large_is_not_read() {
    let folder = folder(&[("a.yaml", "0123456789")]);
    assert!(read(&folder.path().join("a.yaml"), 10).is_ok());
    let problem = read(&folder.path().join("a.yaml"), 9).unwrap_err();
    assert_eq!(problem.message, "10 bytes, more than the 9 that are read");
    assert!(matches!(problem.place, Place::File(_)));
    assert!(text("x", &b"0123456789"[..], 9).is_err());
}

#[cfg(unix)]
#[test]
fn what_only_looks_like_a_file_is_refused_named_and_found() {
    let folder = folder(&[("a.yaml", "")]);
    let socket = folder.path().join("b.yaml");
    let _held = std::os::unix::net::UnixListener::bind(&socket).unwrap();
    for root in [folder.path().to_owned(), socket] {
        let (_, problems) = names(&[root], &GlobSet::empty(), folder.path());
        assert_eq!(problems.len(), 1, "{problems:?}");
        assert!(
            problems.first().unwrap().message.starts_with("no file"),
            "{problems:?}"
        );
    }
}

#[cfg(unix)]
#[test]
fn a_socket_that_promises_no_text_is_left_alone() {
    let folder = folder(&[("a.yaml", "")]);
    let _held = std::os::unix::net::UnixListener::bind(folder.path().join("b.sock")).unwrap();
    let (names, problems) = names(
        &[folder.path().to_owned()],
        &GlobSet::empty(),
        folder.path(),
    );
    assert_eq!((names.len(), problems.len()), (1, 0), "{problems:?}");
}

#[test]
fn globs_that_leave_something_out_are_told_from_those_that_do_not() {
    let folder = folder(&[("charts/a.yaml", ""), ("a.yaml", "")]);
    let ignored = GlobSetBuilder::new()
        .add(Glob::new("docs/**").unwrap())
        .add(Glob::new("charts/**").unwrap())
        .build()
        .unwrap();
    let found = walk(&[folder.path().to_owned()], &ignored, folder.path(), None);
    assert_eq!(found.used.into_iter().collect::<Vec<_>>(), [1]);
}

#[test]
fn a_policy_may_have_no_name_before_its_ending() {
    let folder = folder(&[(".rego", "package a\n")]);
    let mut sources = Sources::default();
    let root = plumbline_sources::place::Place::Disk(folder.path().to_owned());
    let (modules, problems) = bundle::policies(&[root], &mut sources);
    assert_eq!((modules.len(), problems.len()), (1, 0), "{problems:?}");
}
