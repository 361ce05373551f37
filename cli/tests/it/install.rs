//! `plumb install` as a user meets it: what it prints stands the checks of the product itself.

use super::{Run, folder, plumb};

const IMAGE: &str = "registry.example.com/plumbline:0.1.0";
const AUTHORITY: &str = include_str!("samples/authority.pem");

const WIDGETS: &str = "\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {kind: Widget, plural: widgets}
  versions: [{name: v1, served: true, storage: true}]
";

const WARNING: &str = "\
# METADATA
# scope: package
# title: Widgets
# custom:
#   id: test/widget
#   severity: low
#   effect: warn
#   targets: [\"kubernetes/example.com/Widget\"]
package test.widget

deny contains \"a widget\" if input.resource.spec.wide
";

fn install(files: &tempfile::TempDir, more: &[&str]) -> Run {
    let args = [&["install", "--no-config", "--image", IMAGE][..], more].concat();
    plumb(files.path(), &args)
}

/// The output, where nothing of the product has anything against it.
#[track_caller]
fn sound(files: &tempfile::TempDir, more: &[&str]) -> String {
    let run = install(files, more);
    assert_eq!(run.code, Some(0), "{}", run.err);
    std::fs::write(files.path().join("out.yaml"), &run.out).unwrap();
    let check = plumb(files.path(), &["check", "--no-config", "out.yaml"]);
    assert_eq!(check.code, Some(0), "{}", check.out);
    assert!(check.out.contains("0 findings"), "{}", check.out);
    let doctor = ["doctor", "--no-config", "--fail-on", "medium", "out.yaml"];
    let doctor = plumb(files.path(), &doctor);
    assert_eq!(doctor.code, Some(0), "{}", doctor.out);
    run.out
}

#[test]
fn what_is_printed_stands_its_own_checks() {
    let files = folder(&[("authority.pem", AUTHORITY)]);
    let issued = sound(&files, &["--cert-manager"]);
    assert!(issued.contains("kind: Certificate\n"), "{issued}");
    assert!(
        issued.contains("cert-manager.io/inject-ca-from: \"plumbline-system/plumbline-tls\""),
        "{issued}"
    );
    let given = ["--ca-bundle", "authority.pem", "--tls-secret", "guard-tls"];
    let given = sound(&files, &given);
    assert!(!given.contains("cert-manager"), "{given}");
    assert!(given.contains("secretName: \"guard-tls\""), "{given}");
    assert!(given.contains("caBundle: LS0tLS1CRUdJTi"), "{given}");
}

#[test]
fn an_authority_of_its_own_is_written_into_its_webhooks_and_nothing_else() {
    let files = folder(&[]);
    let own = sound(&files, &["--manage-ca"]);
    for part in [
        "- --self-signed=plumbline.plumbline-system.svc\n",
        "webhooks: {from: in-cluster, validating: [plumbline-deny]}",
        "resources: [validatingwebhookconfigurations]\n    resourceNames: [plumbline-deny]\n    verbs: [get, patch]\n",
        "automountServiceAccountToken: true\n",
        "plumbline.dev/inject-ca-from: \"plumbline-system/plumbline\"",
    ] {
        assert!(own.contains(part), "{part}: {own}");
    }
    assert!(!own.contains("caBundle"), "{own}");
    assert!(!own.contains("--tls-cert"), "{own}");
    let issued = sound(&files, &["--cert-manager"]);
    assert!(
        !issued.contains("validatingwebhookconfigurations"),
        "{issued}"
    );
}

#[test]
fn the_same_policies_give_the_same_bytes() {
    let files = folder(&[]);
    let one = install(&files, &["--cert-manager"]).out;
    assert_eq!(install(&files, &["--cert-manager"]).out, one);
}

#[test]
fn options_are_what_is_printed() {
    let files = folder(&[]);
    let out = sound(
        &files,
        &[
            "--cert-manager",
            "--in",
            "governance",
            "--replicas",
            "3",
            "--exempt",
            "sandbox",
            "--critical",
            "--config-map",
            "policies",
        ],
    );
    for part in [
        "namespace: \"governance\"",
        "replicas: 3\n",
        "\"sandbox\"]",
        "priorityClassName: system-cluster-critical",
        "configMap: {name: \"policies\"}",
        "--config=/etc/plumbline/policies/plumbline.yaml",
    ] {
        assert!(out.contains(part), "{part}: {out}");
    }
}

#[test]
fn what_is_denied_fails_closed_and_the_rest_fails_open() {
    let files = folder(&[("crd.yaml", WIDGETS), ("policy/widget.rego", WARNING)]);
    let args = ["--cert-manager", "-p", "policy", "--crd", "crd.yaml"];
    let out = sound(&files, &args);
    assert!(!out.contains("plumbline-warn"), "{out}");
    for part in [
        "name: plumbline-deny\n",
        "failurePolicy: Fail",
        "\"pods/ephemeralcontainers\"",
        "\"deployments\"",
        "\"widgets\"",
    ] {
        assert!(out.contains(part), "{part}: {out}");
    }
    let warned = [
        "--cert-manager",
        "--no-builtin",
        "-p",
        "policy",
        "--crd",
        "crd.yaml",
    ];
    let run = install(&files, &warned);
    assert!(!run.out.contains("plumbline-deny"), "{}", run.out);
    assert!(run.out.contains("resources: [\"widgets\"]"), "{}", run.out);
    assert!(run.out.contains("failurePolicy: Ignore"), "{}", run.out);
    assert!(run.out.contains("automountServiceAccountToken: false\n"));
    assert!(!run.out.contains("ClusterRole"), "{}", run.out);
}

#[test]
fn what_nobody_is_asked_about_is_said() {
    let files = folder(&[("policy/widget.rego", WARNING)]);
    let run = install(&files, &["--cert-manager", "-p", "policy"]);
    assert_eq!(run.code, Some(0), "{}", run.err);
    for part in [
        "`test/widget` judges `kubernetes/example.com/Widget`",
        "`--config-map`",
    ] {
        assert!(run.err.contains(part), "{part}: {}", run.err);
    }
    let run = install(&files, &["--cert-manager", "-p", "policy", "--no-builtin"]);
    assert_eq!((run.code, run.out.as_str()), (Some(2), ""));
}

#[test]
fn what_means_nothing_is_refused() {
    let key = "-----BEGIN CERTIFICATE-----\n-----BEGIN PRIVATE KEY-----\n";
    let files = folder(&[("key.pem", key), ("empty.yaml", "a: 1\n")]);
    let cases: [(&[&str], &str); 6] = [
        (&[], "--cert-manager"),
        (&["--cert-manager", "--in", "Kube_System"], "lowercase"),
        (&["--cert-manager", "--replicas", "1"], "2..=100"),
        (&["--ca-bundle", "key.pem"], "private key"),
        (&["--ca-bundle", "none.pem"], "none.pem"),
        (&["--cert-manager", "--crd", "empty.yaml"], "no definition"),
    ];
    for (args, said) in cases {
        let run = install(&files, args);
        assert_eq!((run.code, run.out.as_str()), (Some(2), ""), "{args:?}");
        assert!(run.err.contains(said), "{said}: {}", run.err);
    }
    let spaced = ["install", "--cert-manager", "--image", "a b"];
    let run = plumb(files.path(), &spaced);
    assert_eq!(run.code, Some(2));
    assert!(run.err.contains("without spaces"), "{}", run.err);
}
