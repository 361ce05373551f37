//! `plumb serve` before it serves: what it refuses to begin with, and where the mistake is.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use super::bundle_keys::{KEY, MANIFEST, POLICY, SIGNATURES};
use super::{folder, plumb, root};

const LOCAL: &[&str] = &[
    "serve",
    "--plain",
    "--listen",
    "127.0.0.1:0",
    "--api",
    "127.0.0.1:0",
];

/// Begins to serve on this machine, and looks for a text in what is said before it ends with code 2.
#[track_caller]
fn refused(files: &[(&str, &str)], more: &[&str], says: &str) {
    let folder = folder(files);
    let args = [LOCAL, more].concat();
    let run = plumb(folder.path(), &args);
    assert_eq!(run.code, Some(2), "{args:?}\n{}{}", run.out, run.err);
    assert!(run.err.contains(says), "`{says}`: {}", run.err);
    assert_eq!(run.out, "");
}

/// The same of a command line of its own.
#[track_caller]
fn misused(args: &[&str], says: &str) {
    let folder = folder(&[]);
    let run = plumb(folder.path(), &[&["serve"][..], args].concat());
    assert_eq!(run.code, Some(2), "{args:?}\n{}{}", run.out, run.err);
    assert!(run.err.contains(says), "`{says}`: {}", run.err);
}

/// Settings with a mistake, and where it is shown.
#[track_caller]
fn wrong(settings: &str, says: &str, place: &str) {
    let files = [("serve.yaml", settings)];
    refused(&files, &["--settings", "serve.yaml"], says);
    refused(&files, &["--settings", "serve.yaml"], place);
}

#[test]
fn admission_needs_a_certificate_or_says_that_it_does_without() {
    misused(&[], "there is no certificate");
    misused(&[], "--self-signed");
    misused(&["--plain"], "admission at 0.0.0.0:8443 without TLS");
    misused(
        &["--plain", "--listen", "10.0.0.1:8443"],
        "admission at 10.0.0.1:8443 without TLS",
    );
}

#[test]
fn the_api_is_for_this_machine_unless_it_asks_who_is_there() {
    let says = "without authentication";
    misused(&["--no-admission", "--api", "0.0.0.0:8181"], says);
    misused(&["--no-admission", "--api", "[::]:8181"], says);
}

#[test]
fn options_that_do_not_fit_together_are_mistakes_in_usage() {
    for args in [
        &["--tls-cert", "a.pem"][..],
        &["--tls-key", "a.pem"],
        &["--client-name", "a", "--self-signed", "b"],
        &["--plain", "--self-signed", "a"],
        &["--no-admission", "--listen", "127.0.0.1:1"],
        &["--no-admission", "--plain"],
        &["--listen", "localhost"],
        &["--api", "8181"],
    ] {
        misused(args, "For more information, try '--help'");
    }
}

#[test]
fn mistakes_in_settings_are_shown_at_their_place() {
    wrong(
        "polices: {}\n",
        "did you mean `policies`?",
        "serve.yaml:1:1",
    );
    wrong(
        "admission: {lisen: x}\n",
        "did you mean `listen`?",
        "serve.yaml:1:13",
    );
    wrong(
        "policies:\n  reload-every: 0s\n",
        "`reload-every` must be more than nothing",
        "serve.yaml:2:3",
    );
    wrong(
        "policies: {reload-every: -5s}\n",
        "reload-every",
        "serve.yaml:1:",
    );
    wrong(
        "policies: {reload-every: 5}\n",
        "reload-every",
        "serve.yaml:1:",
    );
    wrong("log: loud\n", "`log`: `loud` is none of", "serve.yaml:1:1");
    wrong("api: {listen: nowhere}\n", "`listen`", "serve.yaml:1:7");
    wrong(
        "api: {cert-file: a.pem}\n",
        "which certificate",
        "serve.yaml:1:",
    );
    wrong(
        "api: {client-names: [a]}\n",
        "without `client-ca-file`",
        "serve.yaml:1:7",
    );
    wrong(
        "decisions: {sinks: [{to: file}]}\n",
        "where decisions go",
        "serve.yaml:1:",
    );
    wrong(
        "decisions: {sinks: [{to: store}]}\n",
        "there is none",
        "serve.yaml:1:",
    );
    wrong("store: {}\n", "which database", "serve.yaml:1:");
    wrong(
        "inventory: {from: kubeconfig}\n",
        "how the cluster is reached",
        "serve.yaml:1:",
    );
    wrong(
        "auth: {tokens: [{name: a, hash: secret, scopes: [check]}]}\n",
        "hash",
        "serve.yaml:1:",
    );
    wrong("limits: {connections: 0}\n", "connections", "serve.yaml:1:");
    wrong(
        "limits: {body-size: many}\n",
        "`body-size`: a size is",
        "serve.yaml:1:10",
    );
    wrong(
        "policies: {max-age: 1h}\n",
        "`max-age` without `bundle-keys`",
        "error",
    );
    refused(&[], &["--settings", "serve.yaml"], "no such file");
}

/// A rule with its tests.
fn tested(test: &str) -> [(&str, &str); 2] {
    [("p/a.rego", POLICY), ("p/a_test.rego", test)]
}

#[test]
fn a_set_with_an_error_or_a_test_that_fails_is_no_beginning() {
    refused(&[("p/a.rego", "package")], &["-p", "p"], "p/a.rego:1:");
    refused(&[], &["--no-builtin"], "there is no rule to judge by");
    let fails = tested(
        "package t.a_test\n\nimport data.t.a\n\ntest_pod if not a.deny[\"found by a bundle\"] with input as {\"kind\": \"core/Pod\"}\n",
    );
    refused(
        &fails,
        &["-p", "p"],
        "the test `data.t.a_test.test_pod` fails",
    );
    refused(
        &[("plumbline.yaml", "rules: {no/rule: {severity: low}}\n")],
        &[],
        "plumbline.yaml:1:",
    );
}

#[test]
fn with_keys_everything_has_to_be_signed() {
    let config = "policies: [bundle]\nbundle-keys: [{id: release, file: key.pem}]\n";
    let files = [
        ("plumbline.yaml", config),
        ("key.pem", KEY),
        ("bundle/.manifest", MANIFEST),
        ("bundle/a.rego", POLICY),
    ];
    refused(&files, &[], "it is not signed");
    let signed = [&files[..], &[("bundle/.signatures.json", SIGNATURES)]].concat();
    let loose = [&signed[..], &[("p/b.rego", "package b\n")]].concat();
    refused(&loose, &["-p", "p"], "only what is signed counts");
    let unasked = [&signed[..], &[("plumbline.yaml", "policies: [bundle]\n")]].concat();
    refused(&unasked, &[], "nothing says whose signature counts");
}

#[test]
fn an_older_bundle_does_not_come_back() {
    let config = "policies: [bundle]\nbundle-keys: [{id: release, file: key.pem}]\n";
    let files = |seen: &'static str, settings: &'static str| {
        [
            ("plumbline.yaml", config),
            ("key.pem", KEY),
            ("bundle/.manifest", MANIFEST),
            ("bundle/a.rego", POLICY),
            ("bundle/.signatures.json", SIGNATURES),
            ("state/bundles.json", seen),
            ("serve.yaml", settings),
        ]
    };
    let newer = files("{\"bundle\": 1700000001}", "state: state\n");
    refused(
        &newer,
        &["--settings", "serve.yaml"],
        "it is older than the one before",
    );
    let torn = files("{\"bundle\":", "state: state\n");
    refused(&torn, &["--settings", "serve.yaml"], "cannot read");
    let late = files("{}", "state: state\npolicies: {max-age: 1h}\n");
    refused(
        &late,
        &["--settings", "serve.yaml"],
        "it was signed more than 3600 seconds ago",
    );
}

#[test]
fn a_run_task_needs_a_key_and_the_names_of_hosts() {
    let settings = &["--settings", "serve.yaml"];
    let task = ("serve.yaml", "run-task: {hmac-key-file: hmac.key}\n");
    let says = "the key of run tasks cannot be read from";
    refused(&[task], settings, says);
    refused(&[task, ("hmac.key", "\n")], settings, "it is empty");
    let hosts = "run-task: {hmac-key-file: hmac.key, hosts: [\"https://tfe.example.com\"]}\n";
    let files = [("serve.yaml", hosts), ("hmac.key", "0123\n")];
    refused(&files, settings, "`https://tfe.example.com` is no host");
    let authority = "run-task: {hmac-key-file: hmac.key, ca-file: hmac.key}\n";
    let files = [("serve.yaml", authority), ("hmac.key", "0123\n")];
    refused(&files, settings, "there is no certificate in the file");
}

/// The names of all properties of a schema.
fn properties(schema: &serde_json::Value, names: &mut Vec<String>) {
    for (key, below) in schema.as_object().into_iter().flatten() {
        if key == "properties" {
            names.extend(below.as_object().unwrap().keys().cloned());
        }
        properties(below, names);
    }
}

#[test]
fn every_setting_stands_in_the_reference() {
    let read = |name: &str| std::fs::read_to_string(root().join("docs/reference").join(name));
    let schema = serde_json::from_str(&read("serve.schema.json").unwrap()).unwrap();
    let page = read("serve.md").unwrap();
    let mut names = Vec::new();
    properties(&schema, &mut names);
    assert!(names.len() > 40, "{names:?}");
    for name in names {
        assert!(page.contains(&name), "{name}");
    }
}

/// Serves until it says where it listens, then tells it to stop.
fn serve_and_stop(folder: &Path, args: &[&str]) -> (String, Option<i32>) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_plumb"))
        .args(args)
        .current_dir(folder)
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let listening = lines
        .find_map(|line| line.ok().filter(|line| line.starts_with("listening: ")))
        .unwrap_or_default();
    let stopped = Command::new("kill")
        .args(["-TERM", &child.id().to_string()])
        .status()
        .unwrap();
    assert!(stopped.success());
    // What it logs until then is read, so that it is never kept waiting.
    lines.for_each(drop);
    (listening, child.wait().unwrap().code())
}

#[test]
fn it_says_where_it_listens_and_ends_when_it_is_told_to() {
    let folder = folder(&[("serve.yaml", "limits: {grace: 1ms, drain: 1s}\n")]);
    let args = [LOCAL, &["--settings", "serve.yaml"]].concat();
    let (listening, code) = serve_and_stop(folder.path(), &args);
    assert!(
        listening.starts_with("listening: admission at http://127.0.0.1:"),
        "{listening}"
    );
    assert!(
        listening.contains("the API at http://127.0.0.1:"),
        "{listening}"
    );
    assert_eq!(code, Some(0));
}
