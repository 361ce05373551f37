//! Loading policies: what is wrong with one is said at its place, and keeps no other one from judging.

use plumbline_core::estate::Estate;
use plumbline_core::policy::{Ingredients, PolicyFile, PolicySet, load};
use plumbline_core::problem::{Place, Problem};
use plumbline_core::source::{Source, Sources};
use plumbline_rego::Settings;

use super::reading;

const GOOD: &str = r#"# METADATA
# scope: package
# title: Pods
# custom:
#   id: test/pod
#   severity: low
#   targets: ["kubernetes/core/Pod"]
package test.pod

deny contains {"msg": "a pod", "path": ["resource", "kind"]} if input.kind == "core/Pod"
"#;

fn policy_set(modules: &[&str]) -> (PolicySet, Vec<String>) {
    let mut sources = Sources::default();
    let mut ingredients = Ingredients::default();
    for (index, text) in modules.iter().enumerate() {
        let path = format!("p{index}.rego");
        let file = sources.add(Source::new(path.clone(), *text));
        ingredients.modules.push(PolicyFile { file, path });
    }
    let (set, problems) = load(&ingredients, &sources);
    (
        set,
        problems
            .iter()
            .map(|problem| spell(problem, &sources))
            .collect(),
    )
}

fn spell(problem: &Problem, sources: &Sources) -> String {
    match problem.place {
        Place::Span(span) => format!(
            "{}:{} {}",
            sources.name(span.file),
            sources.positions(span).unwrap().0,
            problem.message
        ),
        _ => problem.message.clone(),
    }
}

#[track_caller]
fn check(modules: &[&str], rules: usize, expected: &[&str]) {
    let (set, problems) = policy_set(modules);
    assert_eq!(problems, expected);
    assert_eq!(set.rules().len(), rules);
}

#[test]
fn a_rule_with_metadata_is_loaded() {
    check(&[GOOD], 1, &[]);
}

#[test]
fn a_rule_without_an_id_is_said() {
    check(
        &["package test\n\ndeny contains \"x\" if true\n", GOOD],
        1,
        &["p0.rego:1:1 package `data.test` has a `deny` and no rule id"],
    );
}

#[test]
fn a_package_without_deny_and_id_is_a_library() {
    check(&["package lib\n\nhelp := 1\n", GOOD], 1, &[]);
}

#[test]
fn an_unknown_key_in_the_metadata_is_said_at_its_place() {
    let (set, problems) =
        policy_set(&[&GOOD.replace("severity: low", "severity: low\n#   sevrity: high")]);
    assert_eq!(
        problems,
        ["p0.rego:7:5 unknown key `sevrity` in the metadata of a rule"]
    );
    assert_eq!(set.rules().len(), 1);
}

#[test]
fn a_missing_severity_and_a_wrong_one_are_said() {
    check(
        &[&GOOD.replace("#   severity: low\n", "")],
        1,
        &["p0.rego:5:5 rule `test/pod` has no severity"],
    );
    check(
        &[&GOOD.replace("low", "loud")],
        1,
        &["p0.rego:6:5 `severity` is `loud`"],
    );
}

#[test]
fn an_id_used_twice_is_said_with_both_places() {
    let twin = GOOD.replace("package test.pod", "package test.twin");
    check(
        &[GOOD, &twin],
        1,
        &["p1.rego:5:5 rule id `test/pod` is used twice"],
    );
}

#[test]
fn metadata_that_is_no_yaml_is_said() {
    let (_, problems) = policy_set(&[&GOOD.replace("title: Pods", "title: a: b")]);
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert!(
        problems.first().unwrap().starts_with("p0.rego:3:"),
        "{problems:?}"
    );
}

#[test]
fn one_broken_module_does_not_hide_the_others() {
    let (set, problems) = policy_set(&["package broken\n\ndeny contains {\n", GOOD]);
    assert_eq!(set.rules().len(), 1);
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert!(
        problems.first().unwrap().starts_with("p0.rego:"),
        "{problems:?}"
    );
}

/// What a rule with this body answers on a Pod: messages, and how many evaluations were undecided.
#[track_caller]
fn judged(deny: &str, messages: &[&str], undecided: usize) {
    let module = GOOD.lines().take(8).collect::<Vec<_>>().join("\n") + "\n\n" + deny + "\n";
    let (set, problems) = policy_set(&[&module]);
    assert_eq!(problems, [""; 0]);
    let (estate, _) = Estate::new(
        reading("apiVersion: v1\nkind: Pod\nmetadata: {name: a, replicas: x}\n").resources,
    );
    let evaluation = set.evaluate(&estate, &Settings::default());
    let found: Vec<&str> = evaluation
        .findings
        .iter()
        .map(|finding| finding.message.as_str())
        .collect();
    assert_eq!(
        (found.as_slice(), evaluation.undecided),
        (messages, undecided),
        "{:?}",
        evaluation.problems
    );
}

#[test]
fn a_rule_that_fires_is_a_finding() {
    judged(
        "deny contains {\"msg\": \"x\", \"path\": \"/resource/kind\"} if input.kind == \"core/Pod\"",
        &["x"],
        0,
    );
    judged(
        "deny contains \"text\" if input.kind == \"core/Pod\"",
        &["text"],
        0,
    );
}

#[test]
fn a_rule_that_does_not_fire_is_none() {
    judged("deny contains \"x\" if input.kind == \"core/Node\"", &[], 0);
}

#[test]
fn an_answer_without_a_message_is_undecided() {
    judged("deny contains {\"message\": \"x\"} if true", &[], 1);
    judged("deny contains 7 if true", &[], 1);
    judged("deny := true", &[], 1);
}

#[test]
fn a_builtin_that_fails_is_never_a_silent_pass() {
    judged(
        "deny contains \"x\" if to_number(input.resource.metadata.replicas) > 1",
        &[],
        1,
    );
}

#[test]
fn the_digest_depends_on_every_text() {
    let digest = |modules: &[&str]| policy_set(modules).0.digest.to_string();
    assert_eq!(digest(&[GOOD]), digest(&[GOOD]));
    assert_ne!(digest(&[GOOD]), digest(&[&GOOD.replace("low", "high")]));
}
