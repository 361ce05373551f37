//! What shells and `man` are told of the command line.

use super::{POD, folder, plumb};

#[test]
fn every_shell_learns_every_command() {
    let files = folder(&[]);
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let run = plumb(files.path(), &["completions", shell]);
        assert_eq!(run.code, Some(0), "{shell}: {}", run.err);
        for word in ["check", "explain", "--fail-on"] {
            let word = word.trim_start_matches("--");
            assert!(run.out.contains(word), "{shell} does not learn {word}");
        }
    }
    assert_eq!(plumb(files.path(), &["completions", "tcsh"]).code, Some(2));
}

#[test]
fn there_is_a_page_of_the_manual_per_command() {
    let files = folder(&[]);
    let run = plumb(files.path(), &["man"]);
    assert!(run.out.contains(".TH plumb 1"), "{}", run.out);
    let run = plumb(files.path(), &["man", "--to", "man1"]);
    assert_eq!((run.code, run.out.as_str()), (Some(0), ""), "{}", run.err);
    for (name, says) in [
        ("plumb.1", "plumb"),
        ("plumb-check.1", "fail"),
        ("plumb-policy-new.1", "rule"),
    ] {
        let page = std::fs::read_to_string(files.path().join("man1").join(name)).unwrap();
        assert!(page.contains(says), "{name}: {page}");
    }
    assert!(!files.path().join("man1/plumb-witness.1").exists());
}

#[test]
fn a_report_is_written_whole_or_not_at_all() {
    let files = folder(&[("a.yaml", POD), ("old.json", "old")]);
    let run = plumb(
        files.path(),
        &["check", "--no-config", "a.yaml", "-o", "json=old.json"],
    );
    assert_eq!(run.code, Some(0), "{}", run.err);
    let report = std::fs::read_to_string(files.path().join("old.json")).unwrap();
    assert!(
        report.starts_with('{') && report.ends_with("}\n"),
        "{report}"
    );
    let left: Vec<_> = std::fs::read_dir(files.path()).unwrap().collect();
    assert_eq!(left.len(), 2);
    let run = plumb(
        files.path(),
        &["check", "--no-config", "a.yaml", "-o", "json=/dev/full"],
    );
    assert_eq!(run.code, Some(2), "{}", run.out);
    assert!(run.err.contains("cannot write /dev/full"), "{}", run.err);
}
