//! Where findings point, without a word about places in the policy: one test per shape of a rule.

use plumbline_core::estate::Estate;
use plumbline_core::policy::{Ingredients, PolicyFile, load};
use plumbline_core::source::{Source, Sources};
use plumbline_rego::Settings;

use super::reading;

const POD: &str = "\
apiVersion: v1
kind: Pod
metadata:
  name: web
  labels: {team: shop}
spec:
  hostNetwork: true
  containers:
    - name: a
      image: nginx
      env: [{name: X, value: one}, {name: Y, value: two}]
    - name: b
      image: registry.example.com/b:1
      securityContext:
        privileged: true
        capabilities:
          add: [NET_ADMIN, SYS_TIME]
";

/// The places of what a rule finds on the pod, as `line:column pointer`, with what is missing there.
#[track_caller]
fn check(subject: &str, body: &str, expected: &[&str]) {
    let module = format!(
        "# METADATA\n# scope: package\n# title: t\n# custom:\n#   id: t/t\n#   severity: low\n#   subject: {subject}\npackage t\n\n{body}\n"
    );
    let mut sources = Sources::default();
    sources.add(Source::new("pod.yaml", POD));
    let file = sources.add(Source::new("t.rego", module));
    let ingredients = Ingredients {
        modules: vec![PolicyFile {
            file,
            path: "t.rego".to_owned(),
        }],
        ..Ingredients::default()
    };
    let (set, problems) = load(&ingredients, &sources);
    assert_eq!(problems, [], "{body}");
    let (estate, _) = Estate::new(reading(POD).resources);
    let evaluation = set.evaluate(&estate, &Settings::default());
    assert_eq!(evaluation.problems, [], "{body}");
    let places: Vec<String> = evaluation
        .findings
        .iter()
        .map(|finding| {
            let (start, _) = sources.positions(finding.location.span).unwrap();
            let missing = finding
                .location
                .missing
                .as_ref()
                .map_or(String::new(), |missing| format!(" lacks {missing}"));
            format!("{start} {}{missing}", finding.location.pointer)
        })
        .collect();
    assert_eq!(places, expected, "{body}");
}

#[test]
fn a_value_that_is_present() {
    check(
        "resource",
        "deny contains \"m\" if input.resource.spec.hostNetwork == true",
        &["7:3 /spec/hostNetwork"],
    );
}

#[test]
fn a_key_that_is_missing() {
    check(
        "resource",
        "deny contains \"m\" if not input.resource.spec.securityContext.runAsNonRoot",
        &["6:1 /spec lacks securityContext.runAsNonRoot"],
    );
}

#[test]
fn a_loop_over_lists() {
    let body = "deny contains msg if {\n\tsome container in input.resource.spec.containers\n\tsome capability in container.securityContext.capabilities.add\n\tcapability == \"SYS_TIME\"\n\tmsg := sprintf(\"%s\", [container.name])\n}";
    check(
        "resource",
        body,
        &["17:28 /spec/containers/1/securityContext/capabilities/add/1"],
    );
}

#[test]
fn a_helper_function() {
    let body = "deny contains \"m\" if {\n\tsome container in input.resource.spec.containers\n\tprivileged(container)\n}\n\nprivileged(container) if container.securityContext.privileged == true";
    check(
        "resource",
        body,
        &["15:9 /spec/containers/1/securityContext/privileged"],
    );
}

#[test]
fn a_helper_set() {
    let body = "deny contains container.name if {\n\tsome container in bad\n}\n\nbad contains container if {\n\tsome container in input.resource.spec.containers\n\tcontainer.securityContext.privileged == true\n}";
    check(
        "resource",
        body,
        &["15:9 /spec/containers/1/securityContext/privileged"],
    );
}

#[test]
fn a_helper_rule() {
    check(
        "resource",
        "deny contains \"m\" if shares_network\n\nshares_network if input.resource.spec.hostNetwork == true",
        &["7:3 /spec/hostNetwork"],
    );
}

#[test]
fn a_comprehension() {
    let body = "deny contains \"m\" if count([c | some c in input.resource.spec.containers; c.securityContext.privileged]) > 0";
    check(
        "resource",
        body,
        &["15:9 /spec/containers/1/securityContext/privileged"],
    );
}

#[test]
fn an_every() {
    let body = "deny contains \"m\" if {\n\tevery container in input.resource.spec.containers {\n\t\tcontainer.image != \"x\"\n\t}\n}";
    check("resource", body, &["13:7 /spec/containers/1/image"]);
}

#[test]
fn a_with() {
    check(
        "resource",
        "deny contains \"m\" if open with input as input.resource.spec\n\nopen if input.hostNetwork == true",
        &["7:3 /spec/hostNetwork"],
    );
}

#[test]
fn a_negated_helper() {
    let body = "deny contains container.name if {\n\tsome container in input.resource.spec.containers\n\tnot pinned(container)\n}\n\npinned(container) if contains(container.image, \":\")";
    check("resource", body, &["10:7 /spec/containers/0/image"]);
}

#[test]
fn a_field_of_the_model_that_is_copied() {
    let body = "deny contains \"m\" if {\n\tsome container in input.workload.containers\n\tsome variable in container.env\n\tvariable.value == \"two\"\n}";
    check("workload", body, &["11:46 /spec/containers/0/env/1/value"]);
}

#[test]
fn a_field_of_the_model_that_is_computed() {
    let body = "deny contains \"m\" if {\n\tsome container in input.workload.containers\n\tcontainer.image.registry == \"docker.io\"\n}";
    check("workload", body, &["10:7 /spec/containers/0/image"]);
}

#[test]
fn a_field_of_the_model_that_is_a_default() {
    let body = "deny contains \"m\" if {\n\tsome container in input.workload.containers\n\tcontainer.isolation.privileged == false\n}";
    check("workload", body, &["9:7 /spec/containers/0"]);
}

#[test]
fn what_only_feeds_the_message_does_not_decide() {
    let body = "deny contains msg if {\n\tinput.resource.spec.hostNetwork == true\n\tteam := input.resource.metadata.labels.team\n\tmsg := sprintf(\"%s\", [team])\n}";
    check("resource", body, &["7:3 /spec/hostNetwork"]);
}

#[test]
fn a_path_that_the_rule_gives_decides() {
    let body = "deny contains {\"msg\": \"m\", \"path\": \"/resource/metadata/labels/team\"} if input.resource.spec.hostNetwork == true";
    check("resource", body, &["5:12 /metadata/labels/team"]);
}

#[test]
fn a_rule_that_reads_nothing_points_at_the_name() {
    check("resource", "deny contains \"m\" if true", &["4:3 "]);
}
