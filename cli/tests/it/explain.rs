//! `plumb explain`: which body fired, on what it read; or which condition was false.

use super::{POD, PRIVILEGED, folder, plumb};

/// What is said of a finding in a folder with a privileged pod and a good one.
#[track_caller]
fn explained(args: &[&str], expected: i32, said: &[&str]) -> String {
    let folder = folder(&[("good.yaml", POD), ("bad.yaml", PRIVILEGED)]);
    let run = plumb(folder.path(), &[&["explain"], args].concat());
    assert_eq!(run.code, Some(expected), "{}{}", run.out, run.err);
    for text in said {
        assert!(
            run.out.contains(text) || run.err.contains(text),
            "`{text}`:\n{}{}",
            run.out,
            run.err
        );
    }
    run.out
}

const FIRES: &[&str] = &[
    "deployment/privileged-container on kubernetes/core/Pod/_/b: fires",
    "found  container `c` runs privileged",
    "by     builtin/deployment/privileged-container/policy.rego:",
    "at     bad.yaml:19:9",
    "with   index = 0",
    "container = an object of ",
    "read   input.workload.containers[0].isolation.privileged = true  (bad.yaml:19:9)",
];

#[test]
fn a_place_is_explained_by_the_body_that_fired() {
    explained(&["bad.yaml:19"], 0, FIRES);
    explained(&["bad.yaml:19:9"], 0, FIRES);
    explained(&["./bad.yaml:19", "bad.yaml"], 0, FIRES);
}

#[test]
fn a_fingerprint_is_explained() {
    let folder = folder(&[("bad.yaml", PRIVILEGED)]);
    let report = plumb(folder.path(), &["check", "-o", "json"]).json();
    let digits = report["findings"][0]["fingerprint"].as_str().unwrap();
    explained(&[digits], 0, FIRES);
    explained(&[&digits[..8]], 0, FIRES);
}

#[test]
fn a_subject_that_passes_shows_the_condition_that_is_false() {
    let said = [
        "deployment/privileged-container on kubernetes/core/Pod/_/a: passes",
        "note: this condition is false",
        "container.isolation.privileged != false",
        "tried with index = 0, container = an object of ",
    ];
    explained(&["deployment/privileged-container"], 0, &said);
    let out = explained(
        &[
            "deployment/privileged-container",
            ".",
            "--resource",
            "*/Pod/_/a",
        ],
        0,
        &said,
    );
    assert!(!out.contains("fires"), "{out}");
}

#[test]
fn what_is_not_there_is_not_explained() {
    explained(&["good.yaml:3"], 2, &["nothing was found at good.yaml:3"]);
    explained(&["deadbeef"], 2, &["has the fingerprint `deadbeef`"]);
    explained(
        &["deployment/no-such-rule"],
        2,
        &["no rule is called `deployment/no-such-rule`"],
    );
    explained(
        &["iam/wildcard-role"],
        2,
        &["`iam/wildcard-role` judges nothing here"],
    );
    explained(&["what?"], 2, &["no place, no fingerprint and no rule id"]);
}

#[test]
fn a_line_that_is_not_there_is_said_precisely() {
    let past = &["bad.yaml: there is no line 999: it has "];
    explained(&["bad.yaml:999"], 2, past);
    explained(&["bad.yaml:0"], 2, &["lines count from 1"]);
    explained(&[".:3"], 2, &["a folder, where a file is expected"]);
    let elsewhere = &["bad.yaml: not among the files that were read"];
    explained(&["bad.yaml:19", "good.yaml"], 2, elsewhere);
}

#[test]
fn what_was_probably_meant_is_said() {
    let near = &["did you mean `deployment/privileged-container`?"];
    explained(&["deployment/privileged-contaner"], 2, near);
    explained(&["privileged-container"], 2, near);
    explained(&["privileged-contaner"], 2, near);
    explained(&["abc"], 2, &["at least its first 4 are needed"]);
    explained(&["deadbeef"], 2, &["at least 4 of its 32 digits"]);
}

#[test]
fn a_resource_that_is_not_there_is_said_with_those_that_are() {
    let rule = "deployment/privileged-container";
    let here = &[
        "no resource is called `nope/*`",
        "`kubernetes/core/Pod/_/a`",
        "`kubernetes/core/Pod/_/b`",
    ];
    explained(&[rule, "--resource", "nope/*"], 2, here);
    let near = &["did you mean `kubernetes/core/Pod/_/"];
    explained(&[rule, "--resource", "kubernetes/core/Pod/_/x"], 2, near);
}

#[test]
fn standard_input_is_explained_too() {
    use std::io::Write;
    for finding in ["deployment/privileged-container", "standard input:19"] {
        let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_plumb"))
            .args(["explain", finding, "-", "--no-config"])
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        let mut input = child.stdin.take().unwrap();
        input.write_all(PRIVILEGED.as_bytes()).unwrap();
        drop(input);
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(0));
        assert!(String::from_utf8_lossy(&output.stdout).contains("standard input:19:9"));
    }
}

#[test]
fn no_secret_is_shown() {
    let secret = "correct-horse-battery";
    let text = POD.replace(
        "      image:",
        &format!("      env: [{{name: DB_PASSWORD, value: {secret}}}]\n      image:"),
    );
    let folder = folder(&[("a.yaml", &text)]);
    for args in [
        &["explain", "secrets/plaintext-env"][..],
        &["explain", "a.yaml:12"],
        &["explain", "deployment/privileged-container"],
        &["explain", "secrets/plaintext-env", "-o", "json"],
    ] {
        let run = plumb(folder.path(), args);
        assert_eq!(run.code, Some(0), "{}{}", run.out, run.err);
        assert!(
            !run.out.contains(secret) && !run.err.contains(secret),
            "{}",
            run.out
        );
    }
}

#[test]
fn the_explanation_for_machines_has_its_shape() {
    let folder = folder(&[("bad.yaml", PRIVILEGED), ("good.yaml", POD)]);
    let args = ["explain", "deployment/privileged-container", "-o", "json"];
    insta::assert_snapshot!(plumb(folder.path(), &args).out);
}

/// A rule of one's own that reads what a sensitive rule of the library points at.
#[test]
fn what_a_sensitive_rule_points_at_is_hidden_in_every_explanation() {
    let rule = "# METADATA\n# scope: package\n# title: Variables\n# custom:\n#   id: own/variables\n#   severity: low\n#   subject: workload\npackage own.variables\n\ndeny contains \"a variable\" if {\n\tsome variable in input.workload.containers[0].env\n\ttext := variable.value\n\ttext != \"x\"\n}\n";
    let pod = POD.replace(
        "image:",
        "env: [{name: DB_PASSWORD, value: correct-horse-battery}]\n      image:",
    );
    let folder = folder(&[("own.rego", rule), ("pod.yaml", &pod)]);
    let run = plumb(
        folder.path(),
        &["explain", "-p", "own.rego", "own/variables", "pod.yaml"],
    );
    assert!(run.out.contains("a variable"), "{}{}", run.out, run.err);
    assert!(!run.out.contains("correct-horse"), "{}", run.out);
}
