//! Waivers as a user meets them: in files, in comments, and by `plumb waivers`.

use super::{POD, PRIVILEGED, Run, folder, plumb};

const CONFIG: (&str, &str) = ("plumbline.yaml", "waivers: [waivers.yaml]\n");
const INLINE: &str =
    "# plumb:waive deployment/privileged-container until=2099-12-31 owner=team-x reason=\"a b\"";

/// A file with one waiver of a rule until a day.
fn file(rule: &str, until: &str) -> String {
    format!(
        "version: 1\nwaivers:\n  - rule: {rule}\n    resource: kubernetes/core/Pod/_/b\n    reason: it mounts disks\n    owner: team-x\n    expires: {until}\n    ticket: OPS-1\n"
    )
}

/// The pod that is privileged, with a comment behind the line that says so.
fn inline(comment: &str) -> String {
    PRIVILEGED.replace("privileged: true", &format!("privileged: true {comment}"))
}

#[track_caller]
fn run(files: &[(&str, &str)], args: &[&str], code: i32) -> Run {
    let folder = folder(files);
    let run = plumb(folder.path(), args);
    assert_eq!(run.code, Some(code), "{args:?}\n{}{}", run.out, run.err);
    run
}

#[test]
fn a_waived_finding_does_not_fail_and_stays_in_the_report() {
    let waivers = file("deployment/privileged-container", "2099-12-31");
    let files = [
        ("a.yaml", PRIVILEGED),
        CONFIG,
        ("waivers.yaml", waivers.as_str()),
    ];
    let json = run(&files, &["check", "-o", "json"], 0).json();
    assert_eq!(json["verdict"], "pass");
    assert_eq!(json["summary"]["waived"], 1);
    let finding = &json["findings"][0];
    assert_eq!(finding["rule"], "deployment/privileged-container");
    assert_eq!(finding["effect"], "deny");
    let expected = serde_json::json!({
        "authority": "local",
        "rule": "deployment/privileged-container",
        "reason": "it mounts disks",
        "owner": "team-x",
        "expires": "2099-12-31",
        "ticket": "OPS-1",
        "location": {"file": "waivers.yaml", "line": 3, "column": 5, "endLine": 3, "endColumn": 42}
    });
    assert_eq!(finding["waiver"], expected);
}

#[test]
fn a_finding_without_a_waiver_fails_as_before() {
    let waivers = file("deployment/host-path", "2099-12-31");
    let files = [
        ("a.yaml", PRIVILEGED),
        CONFIG,
        ("waivers.yaml", waivers.as_str()),
    ];
    let json = run(&files, &["check", "a.yaml", "-o", "json"], 1).json();
    assert_eq!(json["summary"]["waived"], 0);
    assert_eq!(json["findings"][0]["waiver"], serde_json::Value::Null);
}

#[test]
fn text_shows_waived_findings_with_v_only() {
    let manifest = inline(INLINE);
    let quiet = run(&[("a.yaml", &manifest)], &["check"], 0);
    assert!(
        !quiet.out.contains("[deployment/privileged-container]"),
        "{}",
        quiet.out
    );
    assert!(
        quiet.out.contains("pass: 1 finding, 1 waived"),
        "{}",
        quiet.out
    );
    let loud = run(&[("a.yaml", &manifest)], &["check", "-v"], 0);
    for text in [
        "info[deployment/privileged-container]",
        "waived by team-x until 2099-12-31: a b",
    ] {
        assert!(loud.out.contains(text), "`{text}`: {}", loud.out);
    }
}

#[test]
fn an_expired_waiver_no_longer_applies_and_is_found() {
    let waivers = file("deployment/privileged-container", "2020-01-31");
    let files = [
        ("a.yaml", PRIVILEGED),
        CONFIG,
        ("waivers.yaml", waivers.as_str()),
    ];
    let json = run(&files, &["check", "a.yaml", "-o", "json"], 1).json();
    let last = &json["findings"][1];
    assert_eq!(last["rule"], "waivers/expired");
    assert_eq!(last["effect"], "warn");
    assert_eq!(last["resource"], serde_json::Value::Null);
    assert_eq!(last["location"]["file"], "waivers.yaml");
}

#[test]
fn a_waiver_of_nothing_is_found_in_a_full_run_and_does_not_fail() {
    let waivers = file("deployment/privileged-container", "2099-12-31");
    let files = [
        ("d/a.yaml", POD),
        CONFIG,
        ("waivers.yaml", waivers.as_str()),
    ];
    let unused = "warning[waivers/unused]";
    for args in [&["check"][..], &["check", "d", "."]] {
        let run = run(&files, args, 0);
        assert!(run.out.contains(unused), "{args:?}\n{}", run.out);
    }
    for args in [&["check", "d"][..], &["check", "--profile", "pss-baseline"]] {
        let run = run(&files, args, 0);
        assert!(!run.out.contains(unused), "{args:?}\n{}", run.out);
    }
    let broken = [
        ("a.yaml", "kind: [\n"),
        ("b.yaml", POD),
        CONFIG,
        ("waivers.yaml", waivers.as_str()),
    ];
    let run = run(&broken, &["check"], 2);
    assert!(!run.out.contains(unused), "{}", run.out);
}

#[test]
fn what_is_wrong_with_a_waiver_is_an_error_at_its_place() {
    for (waivers, said) in [
        (
            file("deployment/privileged-contianer", "2099-12-31"),
            "no rule is called `deployment/privileged-contianer`",
        ),
        (
            file("deployment/privileged-container", "2099-02-30"),
            "`2099-02-30` is no day of the calendar",
        ),
        (
            file("deployment/privileged-container", "2099-12-31").replace("owner", "ownr"),
            "unknown key `ownr`",
        ),
        (
            file("deployment/privileged-container", "2099-12-31")
                .replace("    owner: team-x\n", ""),
            "the key `owner` is missing",
        ),
        ("- a\n".to_owned(), "is not of type"),
    ] {
        let files = [("a.yaml", POD), CONFIG, ("waivers.yaml", waivers.as_str())];
        let run = run(&files, &["check"], 2);
        assert!(run.out.contains(said), "`{said}`: {}", run.out);
        assert!(run.out.contains("waivers.yaml:"), "{}", run.out);
    }
    let run = run(&[("a.yaml", POD), CONFIG], &["check"], 2);
    assert!(
        run.out.contains("waivers.yaml: no such file"),
        "{}",
        run.out
    );
}

#[test]
fn a_comment_that_is_wrong_is_an_error_and_waives_nothing() {
    let manifest = inline("# plumb:waive deployment/privileged-container owner=team-x");
    let run = run(&[("a.yaml", &manifest)], &["check"], 2);
    for text in [
        "error: a waiver without `until`",
        "error: a waiver without `reason`",
        "a.yaml:19:",
        "error[deployment/privileged-container]",
    ] {
        assert!(run.out.contains(text), "`{text}`: {}", run.out);
    }
}

#[test]
fn what_is_undecided_cannot_be_waived() {
    let rule = "# METADATA\n# scope: package\n# title: t\n# custom:\n#   id: t/t\n#   severity: low\n#   subject: resource\npackage t.t\n\ndeny contains \"m\" if to_number(input.resource.metadata.name) == 1\n";
    let waivers = "version: 1\nwaivers:\n  - {rule: \"*\", resource: \"*\", reason: r, owner: o, expires: 2099-12-31}\n";
    run(
        &[
            ("a.yaml", PRIVILEGED),
            ("p/t.rego", rule),
            ("waivers.yaml", waivers),
            ("plumbline.yaml", "policies: [p]\nwaivers: [waivers.yaml]\n"),
        ],
        &["check"],
        2,
    );
    run(
        &[("a.yaml", PRIVILEGED), CONFIG, ("waivers.yaml", waivers)],
        &["check"],
        0,
    );
}

#[test]
fn hostile_words_of_a_waiver_are_spelt_out() {
    let waivers = file("deployment/privileged-container", "2099-12-31")
        .replace("it mounts disks", "\"\\e[31mred\\u202Eder\"");
    let files = [
        ("a.yaml", PRIVILEGED),
        CONFIG,
        ("waivers.yaml", waivers.as_str()),
    ];
    for args in [&["check", "-v"][..], &["waivers", "list"]] {
        let run = run(&files, args, 0);
        assert!(
            !run.out.contains(['\u{1b}', '\u{202e}']),
            "{args:?}\n{}",
            run.out
        );
        assert!(run.out.contains("\\u{1b}[31mred"), "{args:?}\n{}", run.out);
    }
}

#[test]
fn a_secret_beside_a_waiver_is_not_shown() {
    let pod = POD.replace(
        "      image:",
        "      env:\n        - name: DB_PASSWORD\n          value: correct-horse-battery # plumb:waive secrets/plaintext-env until=2099-12-31 owner=o reason=r\n      image:",
    );
    let run = run(&[("a.yaml", &pod)], &["check", "-v"], 0);
    assert!(
        run.out.contains("info[secrets/plaintext-env]"),
        "{}",
        run.out
    );
    assert!(!run.out.contains("correct-horse"), "{}", run.out);
}

#[test]
fn waivers_are_listed() {
    let waivers = file("deployment/privileged-container", "2020-01-31");
    let manifest = inline(INLINE);
    let files = [
        ("a.yaml", manifest.as_str()),
        CONFIG,
        ("waivers.yaml", waivers.as_str()),
    ];
    let table = run(&files, &["waivers", "list"], 0);
    for text in [
        "RULE ",
        "kubernetes/core/Pod/_/b",
        "2020-01-31  expired   waivers.yaml:3  it mounts disks",
        "2099-12-31  in force  a.yaml:19",
        "2 waivers, 1 expired\n",
    ] {
        assert!(table.out.contains(text), "`{text}`: {}", table.out);
    }
    let json = run(&files, &["waivers", "list", "-o", "json"], 0).json();
    let expected = serde_json::json!({
        "schemaVersion": "plumbline.waivers/v1",
        "waivers": [
            {
                "authority": "local",
                "annotated": false,
                "rule": "deployment/privileged-container",
                "resource": "kubernetes/core/Pod/_/b",
                "file": null,
                "pointer": null,
                "reason": "it mounts disks",
                "owner": "team-x",
                "expires": "2020-01-31",
                "expired": true,
                "ticket": "OPS-1",
                "location": {"file": "waivers.yaml", "line": 3, "column": 5, "endLine": 3, "endColumn": 42}
            },
            {
                "authority": "local",
                "annotated": false,
                "rule": "deployment/privileged-container",
                "resource": null,
                "file": null,
                "pointer": null,
                "reason": "a b",
                "owner": "team-x",
                "expires": "2099-12-31",
                "expired": false,
                "ticket": null,
                "location": {"file": "a.yaml", "line": 19, "column": 26, "endLine": 19, "endColumn": 114}
            }
        ]
    });
    assert_eq!(json, expected);
}

#[test]
fn waivers_are_checked() {
    for (waivers, code) in [
        (file("deployment/privileged-container", "2099-12-31"), 0),
        (file("deployment/privileged-container", "2020-01-31"), 1),
        (file("deployment/none", "2020-01-31"), 2),
    ] {
        let files = [("a.yaml", POD), CONFIG, ("waivers.yaml", waivers.as_str())];
        run(&files, &["waivers", "check"], code);
    }
}

const ADD: &[&str] = &[
    "waivers",
    "add",
    "deployment/privileged-container",
    "*/Pod/*",
    "--reason",
    "it mounts disks: all of them",
    "--owner",
    "team-x",
    "--expires",
    "2099-12-31",
];

#[test]
fn a_waiver_is_added_and_holds() {
    let old = format!(
        "# ours\n{}# the end\n",
        file("deployment/host-path", "2099-12-31")
    );
    let folder = folder(&[("a.yaml", PRIVILEGED), CONFIG, ("waivers.yaml", &old)]);
    let run = plumb(folder.path(), ADD);
    assert_eq!(
        (run.code, run.out.as_str()),
        (Some(0), "added to waivers.yaml\n"),
        "{}",
        run.err
    );
    let new = std::fs::read_to_string(folder.path().join("waivers.yaml")).unwrap();
    let added = "  - rule: deployment/privileged-container\n    resource: \"*/Pod/*\"\n    reason: \"it mounts disks: all of them\"\n    owner: team-x\n    expires: 2099-12-31\n";
    assert_eq!(
        new,
        old.replace("# the end\n", &format!("{added}# the end\n"))
    );
    let run = plumb(folder.path(), &["check", "a.yaml"]);
    assert_eq!(run.code, Some(0), "{}", run.out);
    let names: Vec<_> = std::fs::read_dir(folder.path()).unwrap().collect();
    assert_eq!(names.len(), 3, "{names:?}");
}

#[test]
fn the_first_waiver_makes_the_file() {
    let folder = folder(&[("a.yaml", PRIVILEGED), CONFIG]);
    assert_eq!(plumb(folder.path(), ADD).code, Some(0));
    assert_eq!(plumb(folder.path(), &["check"]).code, Some(0));
}

#[test]
fn a_waiver_that_would_be_wrong_is_not_added() {
    let old = file("deployment/host-path", "2099-12-31");
    for (from, to, said) in [
        ("2099-12-31", "2020-12-31", "which is past"),
        ("2099-12-31", "soon", "`soon` is no day of the calendar"),
        (
            "deployment/privileged-container",
            "deployment/none",
            "no rule is called `deployment/none`",
        ),
        ("*/Pod/*", "[", "`[` is no glob"),
        ("team-x", " ", "`owner` says nothing"),
    ] {
        let args: Vec<&str> = ADD
            .iter()
            .map(|arg| if *arg == from { to } else { *arg })
            .collect();
        let folder = folder(&[CONFIG, ("waivers.yaml", &old)]);
        let run = plumb(folder.path(), &args);
        assert_eq!(run.code, Some(2), "{to}: {}{}", run.out, run.err);
        assert!(run.err.contains(said), "`{said}`: {}", run.err);
        let text = std::fs::read_to_string(folder.path().join("waivers.yaml")).unwrap();
        assert_eq!(text, old);
    }
}

#[test]
fn a_waiver_is_added_to_a_configured_file_only() {
    let none = run(&[("plumbline.yaml", "fail-on: low\n")], ADD, 2);
    assert!(
        none.err.contains("no file of waivers is configured"),
        "{}",
        none.err
    );
    let other = run(&[CONFIG], &[ADD, &["--to", "other.yaml"]].concat(), 2);
    assert!(
        other
            .err
            .contains("other.yaml is no configured file of waivers"),
        "{}",
        other.err
    );
    run(&[CONFIG], &[ADD, &["--to", "waivers.yaml"]].concat(), 0);
}
