//! What earlier runs found is kept, and changes no answer.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use plumbline_core::cache::{Cache, Key};

use super::check::OUTPUTS;
use super::{POD, PRIVILEGED, Run, folder, plumb};

/// What one run answers: exit code, data, everything else.
type Answer = (Option<i32>, String, String);

fn answer(folder: &Path, args: &[&str]) -> Answer {
    let run = plumb(folder, &[&["check"][..], args].concat());
    (run.code, run.out, run.err)
}

/// A run answers the same without a cache, when it fills one, and from it.
#[track_caller]
fn check(folder: &Path, args: &[&str]) -> Answer {
    let expected = answer(folder, &[args, &["--no-cache"]].concat());
    let kept = tempfile::tempdir().unwrap();
    let cached = [args, &["--cache", kept.path().to_str().unwrap()]].concat();
    for state in ["empty", "warm"] {
        assert_eq!(answer(folder, &cached), expected, "{state}: {args:?}");
    }
    expected
}

/// The one file of results below a folder.
fn results(cache: &Path) -> PathBuf {
    let files = fs::read_dir(cache.join("results")).unwrap();
    let files: Vec<PathBuf> = files.map(|file| file.unwrap().path()).collect();
    assert_eq!(files.len(), 1, "{files:?}");
    files.into_iter().next().unwrap()
}

/// Findings of several rules, waivers of every kind, objects that are declared twice, several documents in a file, and a
/// file that is no manifest.
fn estate() -> tempfile::TempDir {
    let waiver = "# plumb:waive deployment/privileged-container until=2099-12-31 owner=o reason=r";
    let inline = PRIVILEGED.replace("privileged: true", &format!("privileged: true {waiver}"));
    let inline = inline.replace("name: b", "name: inline");
    let rooted = POD.replace("runAsNonRoot: true", "runAsUser: 0");
    let several = format!("{rooted}---\n{PRIVILEGED}---\n# nothing\n---\n{POD}");
    let list = format!(
        "apiVersion: v1\nkind: List\nitems:\n  - {}\n",
        PRIVILEGED.trim_end().replace('\n', "\n    ")
    );
    let pointing = PRIVILEGED.replace(
        "metadata:\n",
        "metadata:\n  annotations: {\"plumbline.dev\\u002fwaive\": none}\n",
    );
    let secret = POD.replace(
        "      image:",
        "      env: [{name: DB_PASSWORD, value: correct-horse-battery}]\n      image:",
    );
    let waivers = "version: 1\nwaivers:\n  - {rule: deployment/privileged-container, resource: \"*/Pod/_/b\", file: \"d/several.yaml\", reason: r, owner: o, expires: 2099-12-31}\n  - {rule: deployment/host-path, resource: nothing, reason: r, owner: o, expires: 2099-12-31}\n";
    let config = "waivers: [waivers.yaml]\nrules:\n  deployment/missing-limits: {effect: warn}\n";
    folder(&[
        ("plumbline.yaml", config),
        ("waivers.yaml", waivers),
        ("d/good.yaml", POD),
        ("d/inline.yaml", &inline),
        ("d/list.yaml", &list),
        ("d/pointing.yaml", &pointing),
        ("d/secret.yaml", &secret),
        ("d/several.yaml", &several),
        ("d/values.yaml", "replicas: 3\n"),
        ("d/main.tf", "resource \"aws_s3_bucket\" \"b\" {\n}\n"),
    ])
}

#[test]
fn every_output_is_the_same_without_a_cache_and_with_one() {
    let files = estate();
    for output in OUTPUTS {
        for rules in [&[][..], &["--profile", "pss-restricted", "-v"]] {
            let args = [&["d", "-o", output][..], rules].concat();
            let (code, out, _) = check(files.path(), &args);
            assert_eq!(code, Some(1), "{output}: {out}");
        }
    }
}

#[test]
fn a_baseline_is_compared_and_written_the_same() {
    let files = estate();
    check(files.path(), &["d", "--write-baseline", "one.json"]);
    let (code, out, _) = check(files.path(), &["d", "--baseline", "one.json", "-v"]);
    assert_eq!(code, Some(0), "{out}");
    let run = plumb(
        files.path(),
        &["check", "d", "--write-baseline", "two.json"],
    );
    assert_eq!(run.code, Some(1));
    let read = |name: &str| fs::read_to_string(files.path().join(name)).unwrap();
    assert_eq!(read("one.json"), read("two.json"));
}

const PSS: &[&str] = &["d", "--profile", "pss-restricted", "--cache", "kept"];

#[test]
fn a_file_that_did_not_change_is_not_judged_again() {
    let files = folder(&[("d/a.yaml", PRIVILEGED), ("d/b.yaml", POD)]);
    answer(files.path(), PSS);
    let file = results(&files.path().join("kept"));
    let text = fs::read_to_string(&file).unwrap();
    // Somebody who can write the folder says something else.
    let rules = file.file_name().unwrap().to_str().unwrap();
    let cache = Cache::read(rules, text.clone());
    let key = Key::of("d/a.yaml", PRIVILEGED);
    let entry = cache.get(&key).unwrap();
    assert!(!entry.contains("registry.example.com"), "{entry}");
    let entry = entry.replace("runs privileged", "was remembered");
    let forged = cache.render(&BTreeMap::from([(key, entry)]), &BTreeSet::new());
    fs::write(&file, &forged).unwrap();
    let (_, out, _) = answer(files.path(), PSS);
    assert!(out.contains("was remembered"), "{out}");
    assert_eq!(fs::read_to_string(&file).unwrap(), forged);
    // Other bytes, or another name, are another file.
    let path = files.path().join("d/a.yaml");
    fs::write(&path, format!("{PRIVILEGED}# changed\n")).unwrap();
    let (_, out, _) = answer(files.path(), PSS);
    assert!(out.contains("runs privileged"), "{out}");
    fs::write(&path, PRIVILEGED).unwrap();
    fs::rename(&path, files.path().join("d/c.yaml")).unwrap();
    let (_, out, _) = answer(files.path(), PSS);
    assert!(out.contains("runs privileged"), "{out}");
    assert!(fs::read_to_string(&file).unwrap().len() > text.len());
}

#[test]
fn whatever_is_wrong_with_the_results_the_answer_is_right() {
    let files = folder(&[("d/a.yaml", PRIVILEGED)]);
    let expected = answer(files.path(), PSS);
    let file = results(&files.path().join("kept"));
    let whole = fs::read(&file).unwrap();
    let mut wrong = vec![Vec::new(), b"something else\n".to_vec(), vec![0xff; 90]];
    wrong.push(whole[..whole.len() / 2].to_vec());
    for at in (0..whole.len()).step_by(whole.len() / 12) {
        let mut bytes = whole.clone();
        bytes[at] ^= 1;
        wrong.push(bytes);
    }
    for bytes in wrong {
        fs::write(&file, &bytes).unwrap();
        assert_eq!(answer(files.path(), PSS), expected, "{bytes:?}");
    }
}

#[test]
fn what_becomes_of_a_file_beside_others_is_seen() {
    let files = folder(&[("d/a.yaml", PRIVILEGED)]);
    answer(files.path(), PSS);
    let kustomization = "resources: [a.yaml]\nnamePrefix: x-\n";
    let chart = "apiVersion: v2\nname: c\nversion: 0.1.0\n";
    for (name, text) in [
        ("d/kustomization.yaml", kustomization),
        ("d/Chart.yaml", chart),
        ("d/templates/a.yaml", PRIVILEGED),
        ("d/b.yaml", PRIVILEGED),
    ] {
        let path = files.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
        let expected = answer(files.path(), &["d", "--profile", "pss-restricted"]);
        for _ in 0..2 {
            assert_eq!(answer(files.path(), PSS), expected, "{name}");
        }
    }
}

#[test]
fn other_rules_have_results_of_their_own() {
    let files = folder(&[("d/a.yaml", PRIVILEGED)]);
    let kept = ["d", "--cache", "kept", "--profile"];
    let baseline = answer(files.path(), &[&kept[..], &["pss-baseline"]].concat());
    let config = "rules: {deployment/privileged-container: {severity: low}}\n";
    fs::write(files.path().join("plumbline.yaml"), config).unwrap();
    let low = answer(files.path(), &[&kept[..], &["pss-baseline"]].concat());
    assert_ne!(low, baseline);
    let folder = files.path().join("kept/results");
    assert_eq!(fs::read_dir(folder).unwrap().count(), 2);
}

#[test]
fn a_rule_that_asks_for_the_time_is_asked_again() {
    let rule = "# METADATA
# scope: package
# title: Clocks
# custom:
#   id: test/clock
#   severity: low
#   targets: [\"kubernetes/*\"]
package test.clock

deny contains {\"msg\": sprintf(\"it is %d\", [time.now_ns()]), \"path\": [\"resource\", \"kind\"]}
";
    let files = folder(&[("d/a.yaml", PRIVILEGED), ("p/clock.rego", rule)]);
    let args = [PSS, &["-p", "p"]].concat();
    // The profile leaves the rule out.
    assert_eq!(answer(files.path(), &args), answer(files.path(), &args));
    let args = ["d", "--no-builtin", "-p", "p", "--cache", "kept"];
    assert_ne!(answer(files.path(), &args), answer(files.path(), &args));
}

#[test]
fn results_that_cannot_be_kept_are_said_if_asked_for() {
    let files = folder(&[("d/a.yaml", PRIVILEGED), ("file", "")]);
    let args = ["d", "--cache", "file"];
    let expected = answer(files.path(), &["d", "--no-cache"]);
    assert_eq!(answer(files.path(), &args), expected);
    let (code, _, err) = answer(files.path(), &[&args[..], &["-v"]].concat());
    assert_eq!(code, expected.0);
    assert!(
        err.contains("warning: what was found cannot be kept in file/results: "),
        "{err}"
    );
}

#[test]
fn a_cache_among_the_files_is_no_file_of_them() {
    let files = folder(&[("a.yaml", PRIVILEGED)]);
    for _ in 0..2 {
        let args = ["check", ".", "-o", "json", "--cache", ".kept"];
        let run = plumb(files.path(), &args);
        assert_eq!(run.json()["summary"]["unrecognised"], 0);
    }
}

/// Runs the command where no job of continuous integration is, or in one.
fn somewhere(folder: &Path, ci: Option<&str>, args: &[&str]) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_plumb"));
    command
        .args(args)
        .current_dir(folder)
        .env("XDG_CACHE_HOME", folder.join("home"))
        .env_remove("CI");
    if let Some(ci) = ci {
        command.env("CI", ci);
    }
    Run::new(&command.output().unwrap())
}

#[test]
fn results_are_kept_at_home_and_not_in_a_job() {
    let files = folder(&[("d/a.yaml", PRIVILEGED)]);
    let home = files.path().join("home/plumbline");
    for args in [
        &["check", "d", "--no-cache"][..],
        &["check", "d", "--diff"],
        &["estate", "d"],
    ] {
        somewhere(files.path(), None, args);
        assert!(!home.exists(), "{args:?}");
    }
    somewhere(files.path(), Some("true"), &["check", "d"]);
    assert!(!home.exists());
    somewhere(files.path(), None, &["check", "d"]);
    results(&home);
    let both = ["check", "d", "--no-cache", "--cache", "kept"];
    assert_eq!(somewhere(files.path(), None, &both).code, Some(2));
}

#[test]
fn nothing_is_drawn_where_nobody_looks() {
    let files = folder(&[]);
    let mut child = Command::new(env!("CARGO_BIN_EXE_plumb"))
        .args(["check", "-"])
        .current_dir(files.path())
        .env_remove("CI")
        .env("TERM", "xterm")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    // Longer than it takes before a line is drawn at a terminal.
    std::thread::sleep(Duration::from_millis(900));
    input.write_all(POD.as_bytes()).unwrap();
    drop(input);
    let run = Run::new(&child.wait_with_output().unwrap());
    assert_eq!((run.code, run.err.as_str()), (Some(0), ""));
}
