//! Loading policies: what is wrong with one is said at its place, and keeps no other one from judging.

use plumbline_core::estate::Estate;
use plumbline_core::finding::RuleId;
use plumbline_core::policy::profile::Profile;
use plumbline_core::policy::{
    DataFile, Ingredients, Override, PolicyFile, PolicySet, Request, Share, State, load,
};
use plumbline_core::problem::{Place, Problem};
use plumbline_core::resource::Resource;
use plumbline_core::source::{FileId, Source, Sources, Span};
use plumbline_rego::Settings;
use plumbline_rego::value::json;

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

pub(super) fn policy_set(modules: &[&str]) -> (PolicySet, Vec<String>) {
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
        &[
            "p0.rego:3:1 `deny` of package `test` is not evaluated: it has no rule id, and `test` is not among the namespaces",
        ],
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
        &["p0.rego:6:5 `severity`: `loud` is none of `info`, `low`, `medium`, `high`, `critical`"],
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
fn an_answer_with_another_key_or_an_empty_message_is_undecided() {
    judged(
        "deny contains {\"msg\": \"x\", \"paht\": [\"resource\"]} if true",
        &[],
        1,
    );
    judged("deny contains {\"msg\": \" \"} if true", &[], 1);
    judged("deny contains \"\" if true", &[], 1);
    judged("deny contains {\"msg\": \"x\"} if true", &["x"], 0);
}

/// What becomes of the fix of a rule that answers with one: none, `ok`, or why it cannot be made.
#[track_caller]
fn fixable(fix: &str) -> Option<String> {
    let metadata = GOOD.lines().take(8).collect::<Vec<_>>().join("\n");
    let metadata = metadata.replace("severity: low", "severity: low\n#   subject: workload");
    let deny = format!("deny contains {{\"msg\": \"x\", \"fix\": {fix}}} if true");
    let (set, problems) = policy_set(&[&format!("{metadata}\n\n{deny}\n")]);
    assert_eq!(problems, [""; 0]);
    let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  hostNetwork: true\n  containers:\n    - name: c\n";
    let (estate, _) = Estate::new(reading(pod).resources);
    let evaluation = set.evaluate(&estate, &Settings::default());
    assert_eq!(evaluation.undecided, 0, "{:?}", evaluation.problems);
    let finding = evaluation.findings.first().unwrap();
    let fix = finding.fix.as_ref()?;
    Some(match fix {
        Ok(_) => "ok".to_owned(),
        Err(why) => why.clone(),
    })
}

#[test]
fn a_fix_of_what_is_written_can_be_made() {
    for fix in [
        r#"[{"op": "replace", "path": "/resource/spec/hostNetwork", "value": false}]"#,
        r#"[{"op": "remove", "path": ["workload", "isolation", "host_network"]}]"#,
        r#"[{"op": "add", "at": "/workload/containers/0", "path": "/securityContext/privileged", "value": false}]"#,
        r#"[{"op": "add", "path": "/resource/spec/hostPID", "value": {"a", "b"}}]"#,
    ] {
        assert_eq!(fixable(fix).as_deref(), Some("ok"), "{fix}");
    }
    assert_eq!(fixable("[]"), None);
}

#[test]
fn a_fix_of_what_is_not_written_says_why_it_cannot_be_made() {
    for (fix, why) in [
        (
            r#"[{"op": "replace", "path": "/resource/spec/hostPID", "value": false}]"#,
            "nothing is written at",
        ),
        (
            r#"[{"op": "remove", "path": "/workload/isolation/host_pid"}]"#,
            "is a default",
        ),
        (
            r#"[{"op": "replace", "path": "/workload/containers/0/name", "value": "d"}]"#,
            "computed from what is written",
        ),
        (
            r#"[{"op": "add", "path": "/workload/isolation/host_pid", "value": false}]"#,
            "says `at`",
        ),
        (
            r#"[{"op": "add", "at": "/workload/containers/1", "path": "/a", "value": 1}]"#,
            "nothing is at",
        ),
    ] {
        let said = fixable(fix).unwrap_or_default();
        assert!(said.contains(why), "{fix}: {said}");
    }
}

#[test]
fn a_fix_that_is_none_is_undecided() {
    for fix in [
        "7",
        "[7]",
        r#"[{"op": "move", "from": "/resource/a", "path": "/resource/b"}]"#,
        r#"[{"op": "test", "path": "/resource/a", "value": 1}]"#,
        r#"[{"op": "add", "path": "/resource/a"}]"#,
        r#"[{"op": "remove", "path": "/resource/a", "value": 1}]"#,
        r#"[{"op": "remove"}]"#,
        r#"[{"op": "remove", "path": "/spec/a"}]"#,
        r#"[{"op": "remove", "at": "/spec", "path": "/a"}]"#,
    ] {
        let deny = format!("deny contains {{\"msg\": \"x\", \"fix\": {fix}}} if true");
        judged(&deny, &[], 1);
    }
}

/// What is said of a rule that answers one thing that is no finding, and the line of the policy that it names.
#[track_caller]
fn answered(answer: &str, sensitive: bool) -> (String, u32) {
    let mut module = GOOD.lines().take(8).collect::<Vec<_>>().join("\n");
    if sensitive {
        module = module.replace("severity: low", "severity: low\n#   sensitive: true");
    }
    let module = format!("{module}\n\ndeny contains {answer} if true\n");
    let mut sources = Sources::default();
    let file = sources.add(Source::new("p.rego", module));
    let ingredients = Ingredients {
        modules: vec![PolicyFile {
            file,
            path: "p.rego".to_owned(),
        }],
        ..Ingredients::default()
    };
    let (set, _) = load(&ingredients, &sources);
    let (estate, _) =
        Estate::new(reading("apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n").resources);
    let evaluation = set.evaluate(&estate, &Settings::default());
    let problem = evaluation.problems.first().unwrap();
    let (span, _) = problem.related.as_ref().unwrap();
    let (start, _) = sources.positions(*span).unwrap();
    (problem.message.clone(), start.line)
}

#[test]
fn an_answer_that_is_no_finding_is_shown_with_the_line_that_gave_it() {
    for (answer, said) in [
        (r#"{"msg": "x", "paht": 1}"#, "unknown key `\"paht\"`"),
        (
            r#"{"msg": "x", "path": "spec"}"#,
            "`path` leads nowhere: `\"spec\"`",
        ),
        (
            r#"{"message": "x"}"#,
            "no text `msg` is in `{\"message\":\"x\"}`",
        ),
        ("7", "no text `msg` is in `7`"),
    ] {
        let (message, line) = answered(answer, false);
        assert!(message.contains(said), "{message}");
        assert_eq!(line, 10);
    }
}

#[test]
fn the_answer_of_a_sensitive_rule_is_not_shown() {
    let (message, _) = answered(r#"{"msg": "x", "secret": "correct-horse"}"#, true);
    assert!(!message.contains("correct-horse"), "{message}");
    assert!(message.contains("hidden"), "{message}");
}

#[test]
fn a_rule_whose_targets_are_not_there_is_idle() {
    let other = GOOD
        .replace("test/pod", "test/node")
        .replace("test.pod", "test.node")
        .replace("core/Pod\"]", "core/Node\"]");
    let (set, problems) = policy_set(&[GOOD, &other]);
    assert_eq!(problems, [""; 0]);
    let (estate, _) =
        Estate::new(reading("apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n").resources);
    let idle = set.idle(&estate);
    let idle: Vec<&str> = idle.iter().map(RuleId::as_str).collect();
    assert_eq!(idle, ["test/node"]);
}

#[test]
fn a_deny_that_is_no_set_is_undecided() {
    judged("deny := [\"x\"]", &[], 1);
    judged("deny := {\"msg\": \"x\"}", &[], 1);
    judged("deny[\"x\"] := 1", &[], 1);
    judged("deny := {\"x\"}", &["x"], 0);
}

#[test]
fn a_path_begins_at_the_subject_or_is_undecided() {
    let path = |path: &str| format!("deny contains {{\"msg\": \"x\", \"path\": {path}}} if true");
    judged(&path(r#"["resource"]"#), &["x"], 0);
    judged(&path(r#""/resource/metadata""#), &["x"], 0);
    judged(&path(r#"["spec", "containers"]"#), &[], 1);
    judged(&path(r#""metadata""#), &[], 1);
    judged(&path("7"), &[], 1);
}

#[test]
fn a_target_that_matches_nothing_is_said() {
    let target = |target: &str| GOOD.replace("kubernetes/core/Pod", target);
    for good in [
        "*",
        "kubernetes/*",
        "kubernetes/*/Pod",
        "kubernetes/core/Pod",
        "kube*/core/Pod",
    ] {
        check(&[&target(good)], 1, &[]);
    }
    for wrong in [
        "kubernetes/Pod",
        "kubernetes",
        "core/Pod",
        "kubernets/core/Pod",
        "Pod",
    ] {
        let said = format!("p0.rego:7:15 the target `{wrong}` matches nothing");
        check(&[&target(wrong)], 1, &[&said]);
    }
}

#[test]
fn a_decision_is_a_path_into_the_estate() {
    let requires = |decision: &str| {
        let line = format!("severity: low\n#   requires: [\"{decision}\"]");
        GOOD.replace("severity: low", &line)
    };
    check(&[&requires("estate.registries.allowed")], 0, &[]);
    for wrong in [
        "registries.allowed",
        "estate",
        "estate.",
        "data.estate.classes",
        "estate..x",
    ] {
        let said = format!("p0.rego:7:16 `{wrong}` names no decision");
        check(&[&requires(wrong)], 0, &[&said]);
    }
}

#[test]
fn an_annotation_may_stand_close_to_its_sign() {
    check(&[&GOOD.replace("# METADATA", "#METADATA")], 1, &[]);
    check(&[&GOOD.replace("# METADATA", "#  METADATA  ")], 1, &[]);
    check(
        &[&GOOD.replace("# METADATA", "# METADATA of this")],
        0,
        &[
            "p0.rego:10:1 `deny` of package `test.pod` is not evaluated: it has no rule id, and `test.pod` is not among the namespaces",
        ],
    );
}

/// Rules under a configuration: ids that judge, and what is said.
#[track_caller]
fn configured(module: &str, over: Override, judging: usize, expected: &[&str]) {
    let mut sources = Sources::default();
    let file = sources.add(Source::new("p.rego", module));
    let ingredients = Ingredients {
        modules: vec![PolicyFile {
            file,
            path: "p.rego".to_owned(),
        }],
        overrides: vec![over],
        ..Ingredients::default()
    };
    let (set, problems) = load(&ingredients, &sources);
    let said: Vec<String> = problems
        .iter()
        .map(|problem| problem.message.clone())
        .collect();
    assert_eq!(said, expected);
    assert_eq!(set.rules().len(), judging);
}

fn parameters(pattern: &str, params: &str) -> Override {
    let place = Span {
        file: FileId(0),
        start: 0,
        end: 1,
    };
    Override {
        pattern: pattern.to_owned(),
        place,
        severity: None,
        effect: None,
        params: json::parse(params).ok(),
        params_place: place,
    }
}

#[test]
fn parameters_for_a_rule_that_takes_none_are_said_if_they_name_it() {
    configured(
        GOOD,
        parameters("test/pod", r#"{"a": 1}"#),
        0,
        &["rule `test/pod` takes no parameters"],
    );
    configured(GOOD, parameters("test/*", r#"{"a": 1}"#), 1, &[]);
}

#[test]
fn a_default_fills_in_what_is_required() {
    let schema =
        "params: { type: object, required: [a], properties: { a: { type: integer, default: 1 } } }";
    let module = GOOD.replace("severity: low", &format!("severity: low\n#   {schema}"));
    configured(&module, parameters("test/pod", "{}"), 1, &[]);
    configured(
        &module,
        parameters("test/pod", r#"{"a": "x"}"#),
        0,
        &["the parameters of `test/pod` are wrong at `a`: `x` is not of type `integer`"],
    );
}

#[test]
fn a_rule_that_is_off_waits_for_nothing() {
    let module = GOOD.replace(
        "severity: low",
        "severity: low\n#   requires: [estate.classes]",
    );
    let mut sources = Sources::default();
    let file = sources.add(Source::new("p.rego", module));
    let mut ingredients = Ingredients {
        modules: vec![PolicyFile {
            file,
            path: "p.rego".to_owned(),
        }],
        ..Ingredients::default()
    };
    assert_eq!(load(&ingredients, &sources).0.waiting().len(), 1);
    ingredients.overrides = vec![Override {
        effect: Some(None),
        params: None,
        ..parameters("test/pod", "{}")
    }];
    let set = load(&ingredients, &sources).0;
    assert_eq!(set.waiting().len(), 0);
    assert_eq!(set.catalogue.first().unwrap().state, State::Off);
}

#[test]
fn a_profile_chooses_the_rules_of_its_levels() {
    let of_level = |level: &str| {
        let controls = format!("severity: low\n#   controls: {{ pss: [{level}] }}");
        GOOD.replace("severity: low", &controls)
            .replace("test/pod", &format!("test/{level}"))
            .replace("package test.pod", &format!("package test.{level}"))
    };
    let modules = [
        of_level("baseline"),
        of_level("restricted"),
        GOOD.to_owned(),
    ];
    let judging = |profile: Option<&str>| {
        let mut sources = Sources::default();
        let mut ingredients = Ingredients {
            profile: profile.and_then(Profile::of_name),
            ..Ingredients::default()
        };
        for (index, text) in modules.iter().enumerate() {
            let path = format!("p{index}.rego");
            let file = sources.add(Source::new(path.clone(), text.clone()));
            ingredients.modules.push(PolicyFile { file, path });
        }
        let set = load(&ingredients, &sources).0;
        let ids = set
            .rules()
            .iter()
            .map(|rule| rule.metadata.id.as_str().to_owned());
        ids.collect::<Vec<_>>()
    };
    assert_eq!(
        judging(None),
        ["test/baseline", "test/pod", "test/restricted"]
    );
    assert_eq!(judging(Some("pss-baseline")), ["test/baseline"]);
    assert_eq!(
        judging(Some("pss-restricted")),
        ["test/baseline", "test/restricted"]
    );
}

#[test]
fn decisions_and_parameters_are_given_by_no_data_file() {
    let data = |text: &str| Ingredients {
        data: vec![DataFile {
            path: "data.json".to_owned(),
            value: json::parse(text).unwrap(),
        }],
        ..Ingredients::default()
    };
    let said = |text: &str| load(&data(text), &Sources::default()).1.len();
    assert_eq!(said(r#"{"teams": {}}"#), 0);
    assert_eq!(said(r#"{"params": {"a": 1}}"#), 1);
    assert_eq!(said(r#"{"estate": {"registries": {}}}"#), 1);
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

/// A rule that leaves the rest of the estate to a library.
const OF_WORLD: [&str; 2] = [
    "package lib.others\n\nnumber := count(data.world.workloads)\n",
    "# METADATA\n# scope: package\n# title: Few workloads\n# custom:\n#   id: test/few\n#   severity: low\n#   targets: [\"kubernetes/core/Pod\"]\npackage test.few\n\ndeny contains \"few\" if data.lib.others.number < 9\n",
];

#[test]
fn a_rule_may_read_the_world_through_a_library() {
    let (set, problems) = policy_set(&OF_WORLD);
    assert_eq!(problems, [""; 0]);
    let (estate, _) = Estate::new(pod());
    let evaluation = set.evaluate(&estate, &Settings::default());
    assert_eq!((evaluation.findings.len(), evaluation.undecided), (1, 0));
}

#[test]
fn what_is_read_through_a_library_is_missed_where_there_is_no_world() {
    let (set, _) = policy_set(&OF_WORLD);
    let (estate, _) = Estate::new(pod());
    let evaluation = set.evaluate_within(&estate, Request::default(), &Settings::default());
    assert_eq!((evaluation.findings.len(), evaluation.undecided), (0, 1));
}

fn pod() -> Vec<plumbline_core::resource::Resource> {
    reading("apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: a}]}\n")
        .resources
}

fn rule_of_subject(subject: &str, body: &str) -> String {
    format!(
        "# METADATA\n# scope: package\n# title: Own\n# custom:\n#   id: test/own\n#   severity: low\n{subject}package test.own\n\n{body}"
    )
}

#[test]
fn a_rule_that_reads_another_subject_is_refused() {
    let body = "deny contains \"a\" if input.workload.name == \"a\"\n";
    let rule = rule_of_subject("", body);
    check(
        &[&rule],
        1,
        &["p0.rego:9:28 the subject of `test/own` has no `input.workload`"],
    );
    check(&[&rule_of_subject("#   subject: workload\n", body)], 1, &[]);
}

#[test]
fn a_rule_that_reads_what_no_input_has_is_refused() {
    for (body, key) in [
        ("deny contains \"a\" if input.review.object\n", "review"),
        (
            "deny contains \"a\" if not is_good\n\nis_good if input.kind == input[\"spec\"]\n",
            "spec",
        ),
    ] {
        let (_, problems) = policy_set(&[&rule_of_subject("", body)]);
        let said = format!("the subject of `test/own` has no `input.{key}`");
        assert!(
            problems.iter().any(|problem| problem.ends_with(&said)),
            "{problems:?}"
        );
    }
}

#[test]
fn what_other_tools_evaluate_is_said_unless_the_rule_uses_it() {
    let body = "deny contains \"a\" if input.kind == \"a\"\n\nwarn contains \"b\" if input.kind == \"b\"\n";
    check(
        &[&rule_of_subject("", body)],
        1,
        &["p0.rego:5:5 `warn` of rule `test/own` is not evaluated"],
    );
    let used =
        "deny contains text if some text in warn\n\nwarn contains \"b\" if input.kind == \"b\"\n";
    check(&[&rule_of_subject("", used)], 1, &[]);
}

pub(super) const CROWD: &str = r#"# METADATA
# scope: package
# title: Crowds
# custom:
#   id: test/crowd
#   severity: low
#   targets: ["kubernetes/core/Pod"]
package test.crowd

deny contains {"msg": "not alone", "path": ["resource", "kind"]} if count(data.world.workloads) > 1
"#;

pub(super) fn pods(names: &[&str]) -> Estate {
    let pod = |name: &&str| {
        let spec = "spec: {containers: [{name: c, image: i}]}";
        format!("apiVersion: v1\nkind: Pod\nmetadata: {{name: {name}}}\n{spec}\n")
    };
    let texts: Vec<String> = names.iter().map(pod).collect();
    Estate::new(reading(&texts.join("---\n")).resources).0
}

#[test]
fn each_resource_is_judged_by_its_share_of_the_rules() {
    let (set, problems) = policy_set(&[GOOD, CROWD]);
    assert!(problems.is_empty(), "{problems:?}");
    let estate = pods(&["a", "b"]);
    let evaluations = |rest: Share| {
        let share = |resource: &Resource| {
            if resource.name == "a" {
                Share::All
            } else {
                rest
            }
        };
        let settings = Settings::default();
        set.evaluate_shares(&estate, &[], &share, &settings)
            .evaluations
    };
    let shares = [Share::All, Share::ReadingTheRest, Share::Nothing];
    assert_eq!(shares.map(evaluations), [4, 3, 2]);
}

#[test]
fn rules_that_read_the_rest_need_it_for_what_may_be_a_part_of_it() {
    let (set, _) = policy_set(&[GOOD, CROWD]);
    assert!(set.needs_the_rest(&pods(&["a"])));
    assert!(!set.needs_the_rest(&pods(&[])));
    let (set, _) = policy_set(&[GOOD]);
    assert!(!set.needs_the_rest(&pods(&["a"])));
}

#[test]
fn rules_see_the_same_of_estates_that_declare_the_same() {
    let (set, _) = policy_set(&[CROWD]);
    let both = pods(&["a", "b"]);
    assert!(set.sees_the_same(&both, &pods(&["a"]).beside(&pods(&["b"]))));
    assert!(!set.sees_the_same(&both, &pods(&["a"])));
}
