//! What policies ask of a webhook.

use plumbline_core::install::{Authority, Name, Plan};
use plumbline_core::served::{Scope, Served, custom};

use super::policies::{CROWD, policy_set};
use super::reading;

const WIDGETS: &str = "\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.example.com}
spec:
  group: example.com
  scope: Cluster
  names: {kind: Widget, plural: widgets}
  versions: [{name: v1alpha1, served: true, storage: false}, {name: v1, served: true, storage: true}]
";

/// A rule with an effect, a subject and a target.
fn rule(effect: &str, subject: &str, target: &str) -> String {
    format!(
        "# METADATA\n# scope: package\n# title: t\n# custom:\n#   id: test/t\n#   severity: low\n#   effect: {effect}\n#   subject: {subject}\n#   targets: [\"{target}\"]\npackage test.t\n\ndeny contains \"no\" if input.{subject}.name == \"x\"\n"
    )
}

fn plan(module: &str, custom: Vec<Served<String>>) -> Plan {
    let (set, problems) = policy_set(&[module]);
    assert_eq!(problems, [""; 0], "{module}");
    Plan::of(&set, custom)
}

fn names(kinds: &[Served<String>]) -> Vec<&str> {
    kinds.iter().map(|kind| kind.resource.as_str()).collect()
}

fn widgets() -> Vec<Served<String>> {
    let reading = reading(WIDGETS);
    let views = reading.resources.iter();
    views
        .filter_map(|resource| custom(resource.view()))
        .collect()
}

#[test]
fn what_is_denied_fails_closed_and_what_is_warned_of_fails_open() {
    let deployments = "kubernetes/apps/Deployment";
    let denied = plan(&rule("deny", "resource", deployments), Vec::new());
    assert_eq!(names(&denied.closed), ["deployments"]);
    assert_eq!(names(&denied.open), [""; 0]);
    for effect in ["warn", "audit"] {
        let open = plan(&rule(effect, "resource", deployments), Vec::new());
        assert_eq!(names(&open.closed), [""; 0]);
        assert_eq!(names(&open.open), ["deployments"]);
    }
}

#[test]
fn a_rule_asks_for_what_has_its_subject() {
    let channels = plan(&rule("deny", "channel", "*"), Vec::new());
    assert_eq!(
        names(&channels.closed),
        ["brokers", "channels", "inmemorychannels", "kafkachannels"]
    );
    let workloads = plan(&rule("deny", "workload", "kubernetes/batch/*"), Vec::new());
    assert_eq!(names(&workloads.closed), ["cronjobs", "jobs"]);
}

#[test]
fn deletions_are_asked_about_if_a_rule_judges_them() {
    let judged = "input.resource.name == \"x\"";
    let module = rule("deny", "resource", "kubernetes/apps/Deployment");
    assert_eq!(plan(&module, Vec::new()).deleted, [""; 0]);
    let module = module.replace(judged, "input.admission.operation == \"DELETE\"");
    let deleted = plan(&module, Vec::new()).deleted;
    assert_eq!(deleted, ["kubernetes/apps/Deployment"]);
}

#[test]
fn nodes_are_never_asked_about() {
    let all = plan(&rule("deny", "resource", "kubernetes/core/*"), Vec::new());
    assert!(names(&all.closed).contains(&"namespaces"));
    assert!(!names(&all.closed).contains(&"nodes"));
}

#[test]
fn custom_resources_are_asked_about_if_they_are_defined() {
    let module = rule("deny", "resource", "kubernetes/example.com/Widget");
    let unknown = plan(&module, Vec::new());
    assert_eq!(names(&unknown.closed), [""; 0]);
    let (rule, target) = &unknown.unsent[0];
    assert_eq!(
        (rule.as_str(), target.as_str()),
        ("test/t", "kubernetes/example.com/Widget")
    );
    let known = plan(&module, widgets());
    assert_eq!(names(&known.closed), ["widgets"]);
    assert!(known.unsent.is_empty());
    let widget = &known.closed[0];
    assert_eq!(
        (widget.version.as_str(), widget.scope),
        ("v1", Scope::Cluster)
    );
}

#[test]
fn rights_are_what_rules_read() {
    let crowd = plan(CROWD, Vec::new());
    let read = names(&crowd.read);
    assert!(read.contains(&"pods") && read.contains(&"namespaces"));
    assert!(!read.contains(&"secrets") && !read.contains(&"brokers"));
    let alone = plan(&rule("deny", "workload", "*"), Vec::new());
    assert!(alone.read.is_empty());
}

#[test]
fn a_name_is_one_that_kubernetes_takes() {
    for name in ["plumbline-system", "a", "1"] {
        assert!(Name::new(name).is_some(), "{name}");
    }
    for name in ["", "-a", "a-", "A", "a.b", "a_b", "a\"b", &"a".repeat(64)] {
        assert!(Name::new(name).is_none(), "{name}");
    }
}

#[test]
fn an_authority_is_public() {
    let certificate = "-----BEGIN CERTIFICATE-----\n";
    assert!(Authority::new(certificate).is_some());
    let key = format!("{certificate}-----BEGIN EC PRIVATE KEY-----\n");
    assert!(Authority::new(&key).is_none());
    assert!(Authority::new("").is_none());
}
