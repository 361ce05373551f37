//! Requests: what they are judged by and among, and what a policy set says of itself to whoever sends them.

use plumbline_core::estate::Estate;
use plumbline_core::finding::{Effect, Evaluation};
use plumbline_core::policy::{PolicySet, Request};
use plumbline_rego::value::json;
use plumbline_rego::{Settings, Value};

use super::policies::{CROWD, pods, policy_set};
use super::reading;

/// What a set finds in pods that are requested where others run.
fn judged(set: &PolicySet, requested: &[&str], running: &[&str]) -> Evaluation {
    let surroundings = set.surroundings(pods(running));
    let request = Request {
        around: Some(&surroundings),
        admission: None,
    };
    set.evaluate_within(&pods(requested), request, &Settings::default())
}

#[test]
fn a_rule_that_reads_the_rest_sees_the_request_among_what_runs() {
    let (set, _) = policy_set(&[CROWD]);
    let found = |requested: &[&str], running: &[&str]| {
        let evaluation = judged(&set, requested, running);
        assert_eq!(evaluation.undecided, 0);
        evaluation.findings.len()
    };
    assert_eq!(found(&["b"], &["a"]), 1);
    assert_eq!(found(&["b"], &[]), 0);
    assert_eq!(found(&["a"], &["a"]), 0, "it is there already");
    let many = ["a", "b", "c", "d", "e", "f"];
    assert_eq!(found(&many, &["a"]), many.len());
}

#[test]
fn what_was_prepared_for_other_rules_is_not_known() {
    let (other, _) = policy_set(&[&CROWD.replace("workloads", "channels")]);
    let (set, _) = policy_set(&[CROWD]);
    let surroundings = other.surroundings(pods(&["a"]));
    let request = Request {
        around: Some(&surroundings),
        admission: None,
    };
    let evaluation = set.evaluate_within(&pods(&["b"]), request, &Settings::default());
    assert_eq!((evaluation.findings.len(), evaluation.undecided), (0, 1));
}

/// A rule for pods that others than the robot create, which asks a library who it is.
const BY_HAND: [&str; 2] = [
    "package lib.who\n\nis_robot if input.admission.user.username == \"robot\"\n",
    r#"# METADATA
# scope: package
# title: Pods by hand
# custom:
#   id: test/by-hand
#   severity: low
#   targets: ["kubernetes/core/Pod"]
package test.by_hand

import data.lib.who

deny contains {"msg": "by hand", "path": ["resource", "kind"]} if not who.is_robot
"#,
];

#[test]
fn a_rule_knows_who_asks() {
    let (set, problems) = policy_set(&BY_HAND);
    assert_eq!(problems, [""; 0]);
    let found = |username: &str| {
        let user = format!(r#"{{"user": {{"username": "{username}"}}}}"#);
        let admission = json::parse(&user).unwrap();
        let request = Request {
            around: None,
            admission: Some(&admission),
        };
        let evaluation = set.evaluate_within(&pods(&["a"]), request, &Settings::default());
        evaluation.findings.len()
    };
    assert_eq!(found("mara"), 1);
    assert_eq!(found("robot"), 0);
}

#[test]
fn where_nobody_asks_a_rule_that_wants_to_know_who_judges_nothing() {
    let (set, _) = policy_set(&BY_HAND);
    let estate = pods(&["a"]);
    let evaluation = set.evaluate(&estate, &Settings::default());
    assert_eq!(evaluation.evaluations, 0);
    let idle: Vec<String> = set.idle(&estate).iter().map(ToString::to_string).collect();
    assert_eq!(idle, ["test/by-hand"]);
    let (set, _) = policy_set(&[CROWD]);
    assert_eq!(set.idle(&estate), []);
}

#[test]
fn rules_are_chosen_alike_however_often_they_are_asked_for() {
    let (set, _) = policy_set(&[CROWD]);
    let service = "apiVersion: v1\nkind: Service\nmetadata: {name: a}\n";
    let (service, _) = Estate::new(reading(service).resources);
    for _ in 0..2 {
        let evaluations = |estate: &Estate| set.evaluate(estate, &Settings::default()).evaluations;
        assert_eq!(evaluations(&pods(&["a"])), 1);
        assert_eq!(evaluations(&service), 0);
    }
}

#[test]
fn a_set_says_what_its_rules_judge_and_read() {
    let audit = CROWD
        .replace("test/crowd", "test/audit")
        .replace("severity: low", "severity: low\n#   effect: audit")
        .replace("package test.crowd", "package test.audit");
    let warning = BY_HAND[1].replace("severity: low", "severity: low\n#   effect: warn");
    let (set, problems) = policy_set(&[CROWD, &audit, BY_HAND[0], &warning]);
    assert_eq!(problems, [""; 0]);
    let targets: Vec<_> = set.targets().collect();
    let [by_hand, crowd] = targets.as_slice() else {
        panic!("{targets:?}");
    };
    assert_eq!(by_hand.rule.as_str(), "test/by-hand");
    assert_eq!(by_hand.effect, Effect::Warn);
    assert!(!by_hand.reads_world);
    assert_eq!(crowd.globs, ["kubernetes/core/Pod"]);
    assert!(crowd.reads_world);
    assert_eq!(crowd.world_keys, ["workloads"]);
}

/// What of a cluster a rule reads that judges and reads this.
#[track_caller]
fn seen(target: &str, key: &str) -> Vec<&'static str> {
    let rule = CROWD.replace("kubernetes/core/Pod", target);
    let (set, problems) = policy_set(&[&rule.replace("workloads", key)]);
    assert_eq!(problems, [""; 0]);
    set.seen_in_cluster().into_iter().collect()
}

#[test]
fn a_set_says_which_kinds_of_a_cluster_it_reads() {
    let channels = [
        "eventing.knative.dev/Broker",
        "messaging.knative.dev/Channel",
        "messaging.knative.dev/InMemoryChannel",
        "messaging.knative.dev/KafkaChannel",
    ];
    assert_eq!(seen("kubernetes/core/Pod", "channels"), channels);
    assert_eq!(seen("*", "channels"), channels);
    assert!(seen("kube*", "subscriptions").contains(&"sources.knative.dev/*"));
    assert!(seen("kubernetes/*", "services").contains(&"apps/Deployment"));
    let all = seen("kubernetes/*", "edges");
    for kind in [
        "apps/Deployment",
        "core/Service",
        "networking.k8s.io/Ingress",
    ] {
        assert!(all.contains(&kind), "{kind}");
    }
}

#[test]
fn rules_that_judge_nothing_of_a_cluster_read_nothing_of_it() {
    assert!(seen("aws/*", "workloads").is_empty());
    assert!(seen("kubernetes/*", "budgets").is_empty());
    let (set, _) = policy_set(&[BY_HAND[0], BY_HAND[1]]);
    assert!(set.seen_in_cluster().is_empty());
}

#[test]
fn rules_that_only_report_need_what_they_read_as_well() {
    let audit = CROWD.replace("severity: low", "severity: low\n#   effect: audit");
    let (set, _) = policy_set(&[&audit]);
    assert!(set.seen_in_cluster().contains("core/Pod"));
}

/// What a set answers at a path of words.
#[track_caller]
fn query(path: &str, expected: Option<&str>) {
    let module = "package a.b\n\np := {\"list\": [1, {\"k\": input.x}]}\n\nq contains \"s\"\n\nf(x) := x\n\nnone if input.y\n";
    let (set, _) = policy_set(&[module]);
    let path: Vec<&str> = path.split('/').collect();
    let input = json::parse(r#"{"x": true}"#).unwrap();
    let answer = set.query(&path, Some(&input), &Settings::default());
    let answer: Option<Value> = answer.unwrap();
    assert_eq!(answer.as_ref().map(json::to_string).as_deref(), expected);
}

#[test]
fn a_set_answers_at_a_path() {
    query("a/b/q", Some(r#"["s"]"#));
    query("a/b/p/list", Some(r#"[1,{"k":true}]"#));
    query("a/b/p/list/1/k", Some("true"));
    query(
        "a",
        Some(r#"{"b":{"p":{"list":[1,{"k":true}]},"q":["s"]}}"#),
    );
    query("estate", Some("{}"));
}

#[test]
fn a_path_that_leads_nowhere_is_undefined() {
    for path in [
        "a/b/none",
        "a/b/p/list/2",
        "a/b/p/x",
        "a/b/f",
        "a/b/f/x",
        "a/c",
        "b/a/0",
        "a.b",
    ] {
        query(path, None);
    }
}
