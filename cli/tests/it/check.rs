//! `plumb check` as a user meets it.

use super::{POD, PRIVILEGED, folder, plumb, root};

const SHOP: &str = "testdata/estates/shop";

/// Every word of `-o`.
pub(super) const OUTPUTS: &[&str] = &[
    "text",
    "json",
    "jsonl",
    "sarif",
    "junit",
    "github",
    "github-summary",
    "gitlab",
    "azure",
    "markdown",
    "csv",
    "html",
];

#[test]
fn the_shop_reads_as_text() {
    let run = plumb(&root(), &["check", SHOP]);
    assert_eq!((run.code, run.err.as_str()), (Some(1), ""));
    insta::assert_snapshot!(run.out);
}

/// The README shows two findings and the summary of this very report.
#[test]
fn the_readme_shows_what_the_shop_answers() {
    let readme = std::fs::read_to_string(root().join("README.md")).unwrap();
    let shown = readme.split("$ plumb check testdata/estates/shop\n").nth(1);
    let shown = shown.unwrap().split("```").next().unwrap();
    let run = plumb(&root(), &["check", SHOP]);
    for part in shown
        .split("\n\n...\n\n")
        .flat_map(|part| part.split("\n\n"))
    {
        assert!(
            run.out.contains(part.trim_end()),
            "not said any more:\n{part}"
        );
    }
}

#[test]
fn the_shop_reads_as_json() {
    let run = plumb(&root(), &["check", SHOP, "-o", "json"]);
    assert_eq!((run.code, run.err.as_str()), (Some(1), ""));
    let mut report = run.json();
    // The digest changes with every letter of the library; that it does is tested where it is made.
    report["policies"]["digest"] = "sha256:...".into();
    insta::assert_snapshot!(serde_json::to_string_pretty(&report).unwrap());
}

#[test]
fn the_answer_does_not_depend_on_the_number_of_threads() {
    let with = |threads: &str| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_plumb"));
        command
            .args(["check", SHOP, "-o", "json"])
            .current_dir(root())
            .env("CI", "true")
            .env("RAYON_NUM_THREADS", threads);
        command.output().unwrap().stdout
    };
    assert_eq!(with("1"), with("4"));
}

#[test]
fn a_secret_is_shown_in_no_output() {
    for output in OUTPUTS {
        let run = plumb(&root(), &["check", SHOP, "-o", output]);
        assert!(!run.out.contains("correct-horse-battery"), "{output}");
    }
}

#[test]
fn every_output_names_what_fails_and_its_line() {
    let folder = folder(&[("a.yaml", PRIVILEGED)]);
    for output in OUTPUTS {
        let run = plumb(folder.path(), &["check", "-o", output]);
        assert_eq!((run.code, run.err.as_str()), (Some(1), ""), "{output}");
        assert!(
            run.out.contains("deployment/privileged-container") && run.out.contains("19"),
            "{output}: {}",
            run.out
        );
    }
}

#[test]
fn an_output_that_is_unknown_is_an_error_that_names_the_known_ones() {
    let run = code(&[("a.yaml", POD)], &["check", "-o", "pdf"], 2);
    for output in OUTPUTS {
        assert!(run.err.contains(&format!("`{output}`")), "{}", run.err);
    }
}

#[track_caller]
fn code(files: &[(&str, &str)], args: &[&str], expected: i32) -> super::Run {
    let folder = folder(files);
    let run = plumb(folder.path(), args);
    assert_eq!(run.code, Some(expected), "{args:?}\n{}{}", run.out, run.err);
    run
}

#[test]
fn clean_is_0_and_a_failing_finding_1() {
    code(&[("a.yaml", POD)], &["check"], 0);
    code(&[("a.yaml", PRIVILEGED)], &["check"], 1);
}

#[test]
fn a_finding_below_the_threshold_is_a_warning() {
    let run = code(
        &[("a.yaml", PRIVILEGED)],
        &["check", "--fail-on", "critical"],
        0,
    );
    assert!(
        run.out.contains("warning[deployment/privileged-container]"),
        "{}",
        run.out
    );
    code(
        &[
            ("a.yaml", PRIVILEGED),
            ("plumbline.yaml", "fail-on: critical\n"),
        ],
        &["check"],
        0,
    );
    code(
        &[
            ("a.yaml", PRIVILEGED),
            ("plumbline.yaml", "fail-on: critical\n"),
        ],
        &["check", "--fail-on", "low"],
        1,
    );
}

#[test]
fn a_configuration_may_change_what_a_rule_does() {
    let config = "rules: {\"deployment/*\": {effect: warn, severity: low}}\n";
    let run = code(
        &[("a.yaml", PRIVILEGED), ("plumbline.yaml", config)],
        &["check", "-o", "json"],
        0,
    );
    assert_eq!(run.json()["findings"][0]["severity"], "low");
    code(
        &[
            ("a.yaml", PRIVILEGED),
            (
                "plumbline.yaml",
                "rules: {deployment/privileged-container: {effect: \"off\"}}\n",
            ),
        ],
        &["check"],
        0,
    );
}

#[test]
fn a_configuration_is_found_upwards_to_the_root_of_the_repository() {
    let config = "fail-on: critical\n";
    code(
        &[("a/b/p.yaml", PRIVILEGED), ("plumbline.yaml", config)],
        &["check", "a/b"],
        0,
    );
    code(
        &[
            ("a/b/p.yaml", PRIVILEGED),
            ("a/.git/HEAD", ""),
            ("plumbline.yaml", config),
        ],
        &["check", "a/b"],
        1,
    );
}

#[test]
fn ignored_files_are_not_read() {
    let broken = "a: [\n";
    code(&[("a.yaml", POD), ("charts/x.yaml", broken)], &["check"], 2);
    code(
        &[
            ("a.yaml", POD),
            ("charts/x.yaml", broken),
            ("plumbline.yaml", "ignore: [\"charts/**\"]\n"),
        ],
        &["check"],
        0,
    );
}

#[test]
fn several_outputs_in_one_run() {
    let folder = folder(&[("a.yaml", PRIVILEGED)]);
    let run = plumb(
        folder.path(),
        &["check", "-o", "text", "-o", "json=out/../findings.json"],
    );
    assert_eq!(run.code, Some(2), "a folder that does not exist is said");
    let run = plumb(
        folder.path(),
        &["check", "-o", "text", "-o", "json=findings.json"],
    );
    assert_eq!(run.code, Some(1));
    assert!(run.out.contains("error[deployment/privileged-container]"));
    let written: serde_json::Value = serde_json::from_str(
        &std::fs::read_to_string(folder.path().join("findings.json")).unwrap(),
    )
    .unwrap();
    assert_eq!(written["schemaVersion"], "plumbline.findings/v1");
}

#[test]
fn audit_findings_are_shown_on_demand_and_in_machine_output() {
    let files = [
        ("a.yaml", PRIVILEGED),
        (
            "plumbline.yaml",
            "rules: {deployment/privileged-container: {effect: audit}}\n",
        ),
    ];
    assert!(
        !code(&files, &["check"], 0)
            .out
            .contains("privileged-container")
    );
    assert!(
        code(&files, &["check", "-v"], 0)
            .out
            .contains("info[deployment/privileged-container]")
    );
    assert_eq!(
        code(&files, &["check", "-o", "json"], 0).json()["findings"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[test]
fn rules_that_judged_nothing_are_named_on_demand() {
    let files = [("a.yaml", PRIVILEGED)];
    let said = "judged nothing here: finops/unbounded-scale";
    assert!(!code(&files, &["check"], 1).out.contains(said));
    let out = code(&files, &["check", "-v"], 1).out;
    assert!(out.contains(said), "{out}");
    let judged = "judged nothing here: deployment/privileged-container";
    assert!(!out.contains(judged), "{out}");
}

#[test]
fn policies_of_ones_own_judge_beside_the_built_in_ones() {
    let policy = "# METADATA\n# scope: package\n# title: Names\n# custom:\n#   id: house/short-name\n#   severity: low\npackage house.short_name\n\ndeny contains {\"msg\": \"a short name\", \"path\": [\"resource\", \"metadata\", \"name\"]} if count(input.resource.metadata.name) < 3\n";
    let files = [
        ("a.yaml", PRIVILEGED),
        ("rules/p.rego", policy),
        ("plumbline.yaml", "policies: [rules]\n"),
    ];
    let run = code(&files, &["check", "-o", "json"], 1);
    let rules: Vec<String> = run.json()["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| finding["rule"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(
        rules,
        ["house/short-name", "deployment/privileged-container"]
    );
    let run = code(&files, &["check", "--no-builtin", "-o", "json"], 1);
    assert_eq!(run.json()["policies"]["rules"], 1);
}

#[test]
fn a_rule_that_waits_for_a_decision_is_named() {
    let run = code(&[("a.yaml", POD)], &["check"], 0);
    assert!(
        run.out
            .contains("rules that wait for decisions in `estate.yaml`"),
        "{}",
        run.out
    );
    let run = code(&[("a.yaml", POD)], &["check", "-v"], 0);
    assert!(run.out.contains("not evaluated: supply-chain/unknown-registry (the estate does not decide `estate.registries.allowed`)"), "{}", run.out);
    code(
        &[
            ("a.yaml", POD),
            (
                "estate.yaml",
                "version: 1\nregistries: {allowed: [other.example.com]}\n",
            ),
        ],
        &["check"],
        1,
    );
}

#[test]
fn standard_input_is_a_file_too() {
    use std::io::Write;
    let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_plumb"))
        .args(["check", "-", "--no-config"])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(PRIVILEGED.as_bytes())
        .unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stdout).contains("standard input:19:9"));
}

#[test]
fn colours_are_asked_for_or_left_out() {
    let folder = folder(&[("a.yaml", PRIVILEGED)]);
    assert!(!plumb(folder.path(), &["check"]).out.contains('\u{1b}'));
    assert!(
        plumb(folder.path(), &["check", "--color=always"])
            .out
            .contains('\u{1b}')
    );
}

#[test]
fn names_that_would_drive_a_terminal_are_spelt_out() {
    let hostile = PRIVILEGED.replace("name: c", "name: \"c\\e[31m\\u202e::error\\n\"");
    let run = code(&[("a.yaml", &hostile)], &["check"], 1);
    assert!(!run.out.contains(['\u{1b}', '\u{202e}']), "{}", run.out);
    assert!(
        run.out
            .contains("container `c\\u{1b}[31m\\u{202e}::error\\u{a}` runs privileged"),
        "{}",
        run.out
    );
    let raw = PRIVILEGED.replace("privileged: true", "privileged: true # \u{202e}");
    assert!(
        !code(&[("a.yaml", &raw)], &["check"], 1)
            .out
            .contains('\u{202e}')
    );
}

#[test]
fn patterns_of_what_is_ignored_belong_to_the_folder_of_the_configuration() {
    let files = &[
        ("plumbline.yaml", "ignore: [\"deploy/**\"]\n"),
        ("deploy/pod.yaml", PRIVILEGED),
        ("app/deploy/pod.yaml", PRIVILEGED),
        ("app/clean.yaml", POD),
    ];
    let folder = folder(files);
    let below = plumb(&folder.path().join("app"), &["check", "deploy"]);
    assert_eq!(below.code, Some(1), "{}{}", below.out, below.err);
    let whole = plumb(folder.path(), &["check"]);
    assert!(
        whole.out.contains("1 finding"),
        "{}{}",
        whole.out,
        whole.err
    );
    let elsewhere = plumb(
        &folder.path().join("app"),
        &["check", "../deploy", "--allow-empty"],
    );
    assert_eq!(
        elsewhere.code,
        Some(0),
        "{}{}",
        elsewhere.out,
        elsewhere.err
    );
}

#[test]
fn a_file_for_other_tools_hides_no_manifest() {
    let files = &[(".ignore", "*.yaml\n"), ("pod.yaml", PRIVILEGED)];
    code(files, &["check"], 1);
}

#[test]
fn a_pod_spec_within_another_is_judged() {
    let outer = "apiVersion: a.example/v1\nkind: Stack\nmetadata: {name: s}\nspec:\n  containers: [{name: a, image: registry.example/a:1}]\n  inner:\n    containers:\n    - {name: b, image: registry.example/b:1, securityContext: {privileged: true}}\n";
    code(&[("stack.yaml", outer)], &["check"], 1);
}

#[test]
fn a_place_beyond_the_width_of_a_frame_is_that_of_the_file() {
    let text = format!(
        "{{\"apiVersion\": \"v1\", \"kind\": \"Pod\", \"metadata\": {{\"name\": \"a\", \"annotations\": {{\"a\": \"{}\"}}}}, \"spec\": {{\"hostNetwork\": true}}}}",
        "y".repeat(400)
    );
    let column = text.find("\"hostNetwork\"").unwrap() + 1;
    let folder = folder(&[("pod.json", &text)]);
    let run = plumb(folder.path(), &["check", "--profile", "pss-baseline"]);
    assert!(
        run.out.contains(&format!("pod.json:1:{column}\n")),
        "{}",
        run.out
    );
    assert!(run.out.contains("| ..."), "{}", run.out);
}

#[test]
fn a_place_behind_a_tab_is_that_of_the_file() {
    let unit = "[Service]\nExecStart=/bin/a\nEnvironment=A=b\t\"DB_PASSWORD=correct-horse\"\n";
    let folder = folder(&[("a.service", unit)]);
    let (text, json) = (
        plumb(folder.path(), &["check"]),
        plumb(folder.path(), &["check", "-o", "json"]).json(),
    );
    for finding in json["findings"].as_array().unwrap() {
        let place = &finding["location"];
        let spelt = format!("a.service:{}:{}\n", place["line"], place["column"]);
        assert!(text.out.contains(&spelt), "{spelt}{}", text.out);
    }
}
