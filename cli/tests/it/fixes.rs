//! `--fix` and `--diff` as a user meets them.

use super::{POD, PRIVILEGED, Run, folder, plumb};

const BARE: &str = "\
apiVersion: v1
kind: Pod
metadata:
  name: b
spec: # ours
  containers:
    - name: c
      image: registry.example.com/a:1
      resources:
        limits: {cpu: 1, memory: 1Gi} # enough
";

const FIXED: &str = "\
apiVersion: v1
kind: Pod
metadata:
  name: b
spec: # ours
  containers:
    - name: c
      image: registry.example.com/a:1
      resources:
        limits: {cpu: 1, memory: 1Gi} # enough
      securityContext:
        capabilities:
          drop:
            - ALL
        allowPrivilegeEscalation: false
  automountServiceAccountToken: false
  securityContext:
    seccompProfile:
      type: RuntimeDefault
    runAsNonRoot: true
";

/// What a run says, and what a file is after it.
#[track_caller]
fn run(files: &[(&str, &str)], args: &[&str], code: i32) -> (Run, String) {
    let folder = folder(files);
    let run = plumb(folder.path(), args);
    assert_eq!(run.code, Some(code), "{args:?}\n{}{}", run.out, run.err);
    let (name, _) = files[0];
    let after = std::fs::read_to_string(folder.path().join(name)).unwrap();
    (run, after)
}

/// A rule on pods that fires where `unless` is not there, and what it would do about it.
fn rule(unless: &str, path: &str, value: &str) -> String {
    format!(
        "# METADATA\n# scope: package\n# title: T\n# custom:\n#   id: test/own\n#   severity: low\n#   targets: [\"kubernetes/core/Pod\"]\npackage test.own\n\ndeny contains {{\"msg\": \"x\", \"fix\": [{{\"op\": \"add\", \"path\": \"{path}\", \"value\": {value}}}]}} if {{\n\tnot input.resource.{unless}\n}}\n"
    )
}

#[test]
fn what_is_found_is_undone_and_everything_else_stays() {
    let text = PRIVILEGED.replace("privileged: true", "privileged: true # once it was needed");
    let (run, after) = run(&[("a.yaml", &text)], &["check", "--fix"], 0);
    assert_eq!(after, text.replace("privileged: true", "privileged: false"));
    assert_eq!(run.err, "fixed a.yaml: 1 finding\n");
    assert!(run.out.contains("pass"), "{}", run.out);
}

#[test]
fn what_has_no_fix_is_reported_and_left() {
    let (run, after) = run(&[("a.yaml", BARE)], &["check", "--fix", "-o", "json"], 1);
    assert_eq!(after, FIXED);
    assert_eq!(run.err, "fixed a.yaml: 5 findings\n");
    let findings = run.json()["findings"].clone();
    let rules: Vec<&str> = findings
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| finding["rule"].as_str().unwrap())
        .collect();
    assert_eq!(rules, ["deployment/writable-root"]);
}

#[test]
fn a_file_without_findings_is_not_touched() {
    let (run, after) = run(&[("a.yaml", POD)], &["check", "--fix"], 0);
    assert_eq!((after.as_str(), run.err.as_str()), (POD, ""));
}

#[test]
fn json_is_fixed_as_json() {
    let text = "{\n  \"apiVersion\": \"v1\",\n  \"kind\": \"Pod\",\n  \"metadata\": {\"name\": \"b\"},\n  \"spec\": {\"hostPID\": true, \"containers\": []}\n}\n";
    let (_, after) = run(&[("a.json", text)], &["check", "--fix", "-q"], 0);
    assert!(
        after.contains("\"spec\": {\"containers\": [], \"automountServiceAccountToken\": false}"),
        "{after}"
    );
}

const DATABASE: &str = "\
# Orders are kept here.
resource \"aws_db_instance\" \"orders\" {
  identifier          = \"orders\"
  publicly_accessible = true # for now

  lifecycle {
    prevent_destroy = true
  }
}
";

#[test]
fn terraform_is_fixed_and_everything_else_stays() {
    let (run, after) = run(&[("main.tf", DATABASE)], &["check", "--fix"], 0);
    let fixed = "publicly_accessible = false # for now\n  storage_encrypted   = true\n";
    let expected = DATABASE.replace("publicly_accessible = true # for now\n", fixed);
    assert_eq!(after, expected);
    assert_eq!(run.err, "fixed main.tf: 2 findings\n");
}

#[test]
fn a_value_that_a_variable_gives_is_not_fixed() {
    let text = DATABASE.replace(
        "= true # for now",
        "= var.open\n  storage_encrypted   = true",
    );
    let text = format!("variable \"open\" {{\n  default = true\n}}\n\n{text}");
    let (run, after) = run(&[("main.tf", &text)], &["check", "--fix", "-o", "json"], 1);
    assert_eq!(after, text);
    let fix = &run.json()["findings"][0]["fix"];
    let reason = "an expression computes it";
    assert_eq!(
        *fix,
        serde_json::json!({"applicable": false, "reason": reason})
    );
}

#[test]
fn a_block_of_terraform_is_added_where_it_is_missing() {
    let text = "resource \"aws_opensearch_domain\" \"s\" {\n  domain_name = \"s\"\n}\n";
    let (_, after) = run(&[("main.tf", text)], &["check", "--fix"], 0);
    let block = "\"s\"\n\n  encrypt_at_rest {\n    enabled = true\n  }\n}";
    assert_eq!(after, text.replace("\"s\"\n}", block));
}

#[test]
fn what_stands_for_several_instances_is_fixed_once() {
    let text = "resource \"aws_ebs_volume\" \"data\" {\n  count = 2\n  size  = 8\n}\n";
    let fixed = "resource \"aws_ebs_volume\" \"data\" {\n  count     = 2\n  size      = 8\n  encrypted = true\n}\n";
    let (own, after) = run(&[("main.tf", text)], &["check", "--fix"], 0);
    assert_eq!(after, fixed);
    assert_eq!(own.err, "fixed main.tf: 2 findings\n");
    let calls = "module \"a\" {\n  source = \"./v\"\n}\n\nmodule \"b\" {\n  source = \"./v\"\n}\n";
    let files = [("v/main.tf", text), ("main.tf", calls)];
    let (called, after) = run(&files, &["check", "--fix"], 0);
    assert_eq!(after, fixed);
    assert_eq!(called.err, "fixed v/main.tf: 4 findings\n");
}

#[test]
fn what_a_dynamic_block_makes_is_not_fixed() {
    let text = "resource \"aws_opensearch_domain\" \"s\" {\n  domain_name = \"s\"\n  dynamic \"encrypt_at_rest\" {\n    for_each = [false]\n    content {\n      enabled = encrypt_at_rest.value\n    }\n  }\n}\n";
    let (_, after) = run(&[("main.tf", text)], &["check", "--fix"], 1);
    assert_eq!(after, text);
}

#[test]
fn a_patch_says_what_would_change_and_nothing_is_written() {
    let (run, after) = run(&[("d/a.yaml", PRIVILEGED)], &["check", "--diff"], 1);
    assert_eq!(after, PRIVILEGED);
    for line in [
        "--- d/a.yaml\n+++ d/a.yaml\n",
        "\n-        privileged: true\n+        privileged: false\n",
    ] {
        assert!(run.out.contains(line), "{}", run.out);
    }
}

#[test]
fn there_is_no_patch_where_nothing_would_change() {
    let (run, _) = run(&[("a.yaml", POD)], &["check", "--diff"], 0);
    assert_eq!((run.out.as_str(), run.err.as_str()), ("", ""));
}

#[test]
fn a_patch_of_what_cannot_be_read_is_undecided() {
    let files = [("a.yaml", PRIVILEGED), ("b.yaml", "a: [\n")];
    let (run, _) = run(&files, &["check", "--diff"], 2);
    assert!(
        run.out.contains("+        privileged: false"),
        "{}",
        run.out
    );
    assert!(run.err.contains("b.yaml"), "{}", run.err);
}

#[test]
fn a_waived_finding_is_not_fixed() {
    let text = PRIVILEGED.replace(
        "privileged: true",
        "privileged: true # plumb:waive deployment/privileged-container until=2099-12-31 owner=o reason=\"r\"",
    );
    let (run, after) = run(&[("a.yaml", &text)], &["check", "--fix"], 0);
    assert_eq!((after, run.err), (text, String::new()));
}

#[test]
fn a_fix_that_does_not_help_is_said_and_not_written() {
    let own = rule("metadata.labels.team", "/resource/metadata/labels/a", "1");
    let files = [("a.yaml", POD), ("p.rego", own.as_str())];
    let (run, after) = run(&files, &["check", "-p", "p.rego", "--fix", "a.yaml"], 1);
    assert_eq!(after, POD);
    assert_eq!(
        run.err,
        "not fixed: test/own in a.yaml: it would still be found\n"
    );
}

#[test]
fn a_fix_that_makes_something_else_worse_is_not_written() {
    let own = rule("spec.hostNetwork", "/resource/spec/hostNetwork", "true");
    let files = [("a.yaml", POD), ("p.rego", own.as_str())];
    let (run, after) = run(&files, &["check", "-p", "p.rego", "--fix", "a.yaml"], 1);
    assert_eq!(after, POD);
    assert!(
        run.err
            .contains("not fixed: test/own in a.yaml: `deployment/host-namespace` would be found"),
        "{}",
        run.err
    );
}

#[test]
fn a_fix_of_ones_own_that_helps_is_written() {
    let own = rule(
        "metadata.labels.team",
        "/resource/metadata/labels/team",
        "\"no\"",
    );
    let files = [("a.yaml", POD), ("p.rego", own.as_str())];
    let (_, after) = run(&files, &["check", "-p", "p.rego", "--fix", "a.yaml"], 0);
    let labels = "  name: a\n  labels:\n    team: \"no\"\n";
    assert_eq!(after, POD.replace("  name: a\n", labels));
}

#[test]
fn v_says_whether_a_finding_can_be_fixed() {
    let (run, _) = run(&[("a.yaml", PRIVILEGED)], &["check", "-v"], 1);
    assert!(run.out.contains("`--fix` makes this change"), "{}", run.out);
}

#[test]
fn json_says_whether_a_finding_can_be_fixed() {
    let (good, _) = run(&[("a.yaml", PRIVILEGED)], &["check", "-o", "json"], 1);
    let fix = &good.json()["findings"][0]["fix"];
    assert_eq!(*fix, serde_json::json!({"applicable": true}));
    let anchored = "securityContext: &own\n        allow";
    let shared = PRIVILEGED.replace("securityContext:\n        allow", anchored) + "x: *own\n";
    let (bad, _) = run(&[("a.yaml", &shared)], &["check", "-o", "json"], 1);
    let fix = &bad.json()["findings"][0]["fix"];
    assert_eq!(fix["applicable"], false);
    assert!(
        fix["reason"].as_str().unwrap().contains("several places"),
        "{fix}"
    );
}

#[test]
fn code_scanning_is_told_what_to_replace() {
    let (sarif, _) = run(&[("a.yaml", PRIVILEGED)], &["check", "-o", "sarif"], 1);
    let result = sarif.json()["runs"][0]["results"][0].clone();
    let expected = serde_json::json!([{"artifactChanges": [{
        "artifactLocation": {"uri": "a.yaml", "uriBaseId": "%SRCROOT%"},
        "replacements": [{
            "deletedRegion": {"startLine": 19, "startColumn": 21, "endLine": 19, "endColumn": 25},
            "insertedContent": {"text": "false"}
        }]
    }]}]);
    assert_eq!(result["fixes"], expected);
}

#[test]
fn standard_input_has_a_patch_and_no_fix() {
    use std::io::Write;
    use std::process::{Command, Stdio};
    for (option, code) in [("--diff", 1), ("--fix", 2)] {
        let folder = folder(&[]);
        let mut child = Command::new(env!("CARGO_BIN_EXE_plumb"))
            .args(["check", option, "-"])
            .current_dir(folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // Whoever refuses does not read.
        let _ = child.stdin.take().unwrap().write_all(PRIVILEGED.as_bytes());
        let run = Run::new(&child.wait_with_output().unwrap());
        assert_eq!(run.code, Some(code), "{}{}", run.out, run.err);
        assert_eq!(
            run.out.contains("+        privileged: false"),
            option == "--diff",
            "{}",
            run.out
        );
    }
}
