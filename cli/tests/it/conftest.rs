//! Conftest packages and bundles of OPA in `plumb check`, beside the library.

use super::{POD, Run, folder, plumb};

const DENY: &str = "package main\n\ndeny contains \"a port\" if input.port == 80\n";

#[track_caller]
fn check(files: &[(&str, &str)], args: &[&str], code: i32, said: &[&str]) -> Run {
    let folder = folder(files);
    let run = plumb(folder.path(), args);
    assert_eq!(run.code, Some(code), "{}{}", run.out, run.err);
    for text in said {
        assert!(run.out.contains(text), "`{text}` is not said:\n{}", run.out);
    }
    run
}

#[test]
fn a_file_that_no_format_knows_is_judged_and_named() {
    let args = ["check", "-p", "p", "a.yaml"];
    let policy = ("p/x.rego", DENY);
    check(
        &[policy, ("a.yaml", "port: 80\n")],
        &args,
        1,
        &["error[conftest/main-deny]: a port", "a.yaml:1:1"],
    );
    check(&[policy, ("a.yaml", "port: 81\n")], &args, 0, &[]);
}

#[test]
fn a_file_that_no_format_knows_is_refused_without_such_a_package() {
    let files = [("a.yaml", "port: 80\n")];
    let said = ["no resource of any format that is known"];
    check(&files, &["check", "a.yaml"], 2, &said);
}

#[test]
fn they_judge_beside_the_library_in_one_report() {
    let policy = "package main

warn contains \"a pod\" if input.kind == \"Pod\"
";
    let run = check(
        &[("p/x.rego", policy), ("a.yaml", POD)],
        &["check", "-p", "p", "a.yaml", "-o", "json"],
        0,
        &[],
    );
    let report = run.json();
    let finding = &report["findings"][0];
    assert_eq!(finding["rule"], "conftest/main-warn");
    assert_eq!(finding["resource"]["kind"], "core/Pod");
    assert!(report["policies"]["rules"].as_u64().unwrap() > 1);
}

#[test]
fn the_configuration_says_which_packages_judge() {
    let policy = DENY.replace("main", "k8s.ports");
    let configured = |namespaces: &str| {
        format!(
            "policies: [p]\nconftest: {{ namespaces: [{namespaces}] }}\nrules: {{ conftest/k8s-ports-deny: {{ severity: low }} }}\n"
        )
    };
    let judged = configured("\"k8s.*\"");
    let files = |config| {
        [
            ("p/x.rego", policy.as_str()),
            ("plumbline.yaml", config),
            ("a.yaml", "port: 80\n"),
        ]
    };
    let found = ["error[conftest/k8s-ports-deny]: a port", "low"];
    check(&files(&judged), &["check"], 1, &found);
    let args = ["check", "--namespace", "main"];
    check(
        &files(&judged),
        &args,
        2,
        &["no Conftest package is called `main`"],
    );
    check(
        &files("conftest: { namespace: main }\n"),
        &["check"],
        2,
        &["`namespace`"],
    );
}

#[test]
fn a_package_that_does_not_judge_is_said_with_the_option() {
    let policy = DENY.replace("main", "other");
    check(
        &[("p/x.rego", &policy), ("a.yaml", POD)],
        &["check", "-p", "p", "a.yaml"],
        0,
        &[
            "`deny` of package `other` is not evaluated",
            "--namespace other",
        ],
    );
}

#[test]
fn an_exception_of_the_policy_does_not_fail() {
    let exception = format!("{DENY}\nexception contains [\"\"] if input.name == \"old\"\n");
    let args = ["check", "-p", "p", "-v", "a.yaml"];
    let policy = ("p/x.rego", exception.as_str());
    check(
        &[policy, ("a.yaml", "name: old\nport: 80\n")],
        &args,
        0,
        &["an exception of the policy", "1 waived"],
    );
    check(
        &[policy, ("a.yaml", "name: new\nport: 80\n")],
        &args,
        1,
        &[],
    );
}

#[test]
fn a_baseline_knows_what_lies_in_no_resource() {
    let folder = folder(&[("p/x.rego", DENY), ("a.yaml", "port: 80\n")]);
    let judge = |more: &[&str]| {
        let args = [&["check", "-p", "p", "a.yaml"][..], more].concat();
        plumb(folder.path(), &args).code
    };
    assert_eq!(judge(&["--write-baseline", "known.json"]), Some(1));
    assert_eq!(judge(&["--baseline", "known.json"]), Some(0));
}

#[test]
fn a_bundle_brings_its_data() {
    let policy = "package main\n\ndeny contains \"a port\" if input.port in data.limits.ports\n";
    let files = [
        ("b/.manifest", r#"{"roots": ["main", "limits"]}"#),
        ("b/main/x.rego", policy),
        ("b/limits/data.json", r#"{"ports": [80]}"#),
        ("b/limits/other.json", r#"{"ports": []}"#),
        ("a.yaml", "port: 80\n"),
    ];
    let found = ["error[conftest/main-deny]: a port"];
    check(&files, &["check", "-p", "b", "a.yaml"], 1, &found);
}

#[test]
fn what_lies_outside_the_roots_of_a_bundle_is_an_error() {
    let with = |module: &str, data: &str, said: &[&str]| {
        let files = [
            ("b/.manifest", r#"{"roots": ["main", "a/b"]}"#),
            ("b/x.rego", module),
            ("b/data.json", data),
            ("a.yaml", POD),
        ];
        let code = if said.is_empty() { 0 } else { 2 };
        check(&files, &["check", "-p", "b", "a.yaml"], code, said);
    };
    with(DENY, r#"{"a": {"b": 1}}"#, &[]);
    with(
        DENY,
        r#"{"a": {"b": 1, "c": 2}}"#,
        &["`data.a.c` lies outside the roots of its bundle"],
    );
    with(
        &DENY.replace("main", "mains"),
        "{}",
        &["`data.mains` lies outside the roots of its bundle"],
    );
}
