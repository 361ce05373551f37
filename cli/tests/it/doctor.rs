//! `plumb doctor` as a user meets it.

use super::{POD, folder, plumb, root};

const DANGEROUS: &str = "testdata/webhooks/dangerous.yaml";

#[test]
fn the_dangers_of_a_webhook_are_shown_where_they_are_written() {
    let run = plumb(&root(), &["doctor", "--no-config", DANGEROUS]);
    assert_eq!((run.code, run.err.as_str()), (Some(1), ""));
    for part in [
        "error[doctor/own-namespace]",
        "error[doctor/leases]",
        "error[doctor/control-plane]",
        "error[doctor/kube-system]",
        "error[doctor/object-selector]",
        "error[doctor/one-replica]",
        "warning[doctor/wildcard]",
        "warning[doctor/long-timeout]",
        "warning[doctor/missing-ephemeral-containers]",
        "testdata/webhooks/dangerous.yaml:25:9",
        "= help: run two or more replicas",
        "fails from `high` on; exit code 1",
    ] {
        assert!(run.out.contains(part), "{part}: {}", run.out);
    }
}

#[test]
fn machines_read_the_same() {
    let run = plumb(&root(), &["doctor", "--no-config", DANGEROUS, "-o", "json"]);
    let json = run.json();
    assert_eq!(json["schemaVersion"], "plumbline.findings/v1");
    assert_eq!(json["verdict"], "deny");
    let findings = json["findings"].as_array().unwrap();
    let leases = findings
        .iter()
        .find(|finding| finding["rule"] == "doctor/leases");
    let leases = leases.unwrap();
    assert_eq!(leases["severity"], "critical");
    assert_eq!(leases["location"]["line"], 25);
    assert_eq!(
        leases["location"]["pointer"],
        "/webhooks/0/rules/0/resources"
    );
    let run = plumb(
        &root(),
        &["doctor", "--no-config", DANGEROUS, "-o", "sarif"],
    );
    let results = &run.json()["runs"][0]["results"];
    assert_eq!(results.as_array().unwrap().len(), findings.len());
}

#[test]
fn the_threshold_decides_what_fails() {
    let webhook = "\
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: {name: guard}
webhooks:
  - name: guard.example.com
    admissionReviewVersions: [v1]
    sideEffects: None
    failurePolicy: Ignore
    timeoutSeconds: 2
    clientConfig: {url: 'https://guard.example.com/'}
    rules: [{apiGroups: [''], apiVersions: [v1], operations: [CREATE, UPDATE], resources: [services]}]
";
    let files = folder(&[("guard.yaml", webhook)]);
    let run = plumb(files.path(), &["doctor"]);
    assert_eq!(run.code, Some(0), "{}", run.out);
    assert!(run.out.contains("doctor/fails-open"), "{}", run.out);
    let run = plumb(files.path(), &["doctor", "--fail-on", "medium"]);
    assert_eq!(run.code, Some(1), "{}", run.out);
}

#[test]
fn nothing_to_examine_is_said() {
    let files = folder(&[("pod.yaml", POD)]);
    let run = plumb(files.path(), &["doctor"]);
    assert_eq!(run.code, Some(2));
    assert!(run.out.contains("no webhook was found"), "{}", run.out);
    let broken = folder(&[("broken.yaml", "a: [")]);
    let run = plumb(broken.path(), &["doctor"]);
    assert_eq!(run.code, Some(2));
    assert!(!run.out.contains("no webhook"), "{}", run.out);
}

#[test]
fn every_check_is_in_the_reference() {
    let page = std::fs::read_to_string(root().join("docs/reference/doctor.md")).unwrap();
    for check in plumbline_core::doctor::checks() {
        let row = format!("| `doctor/{}` | {} |", check.name, check.severity.as_str());
        assert!(page.contains(&row), "{row}");
    }
}
