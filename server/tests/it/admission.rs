//! What becomes of a review, whatever is sent.

use plumbline_core::policy::{Ingredients, PolicyFile, PolicySet, load};
use plumbline_core::source::{Source, Sources};
use plumbline_core::stage::Stages;
use plumbline_core::waiver::Waivers;
use plumbline_rego::Settings;
use plumbline_server::admission::{
    Decision, Door, Head, Known, Review, Stamp, answer, decide, decide_late,
};
use plumbline_server::decision::Outcome;
use plumbline_sources::bundle;
use proptest::prelude::*;
use serde_json::{Value, json};

/// A rule with some keys of metadata beside the usual ones, each on a line.
fn rule(name: &str, keys: &[&str], body: &str) -> String {
    let keys: Vec<String> = keys.iter().map(|key| format!("#   {key}\n")).collect();
    let keys = keys.concat();
    format!(
        "# METADATA\n# scope: package\n# title: {name}\n# custom:\n#   id: test/{name}\n#   severity: high\n{keys}package test.{name}\n\n{body}\n"
    )
}

/// A rule on a label of any object.
fn label(keys: &[&str]) -> String {
    rule(
        "label",
        keys,
        r#"deny contains {"msg": "the label is bad", "path": ["resource", "metadata", "labels", "bad"]} if input.resource.metadata.labels.bad"#,
    )
}

/// A rule that fails to be decided for any name that is no number.
fn undecidable(keys: &[&str]) -> String {
    rule(
        "number",
        keys,
        r#"deny contains "the name is a number" if to_number(input.resource.metadata.name) > 0"#,
    )
}

/// A rule that reads the rest of the estate.
fn world(keys: &[&str]) -> String {
    rule(
        "world",
        keys,
        r#"deny contains "there is a lot" if count(data.world.workloads) > 100"#,
    )
}

/// A rule on who asks for what.
fn asker() -> String {
    rule(
        "asker",
        &[],
        r#"deny contains sprintf("%s asks for %s", [input.admission.user.username, input.admission.operation]) if input.resource.metadata.name == "kept""#,
    )
}

fn set(rules: &[String]) -> PolicySet {
    let mut sources = Sources::default();
    let mut modules = Vec::new();
    for (at, text) in rules.iter().enumerate() {
        let path = format!("{at}.rego");
        let file = sources.add(Source::new(path.clone(), text.as_str()));
        modules.push(PolicyFile { file, path });
    }
    let ingredients = Ingredients {
        modules,
        ..Ingredients::default()
    };
    let (set, problems) = load(&ingredients, &sources);
    assert_eq!(problems, []);
    set
}

fn library() -> PolicySet {
    let mut sources = Sources::default();
    let ingredients = Ingredients {
        modules: bundle::builtin(&mut sources),
        ..Ingredients::default()
    };
    load(&ingredients, &sources).0
}

/// A door where nothing is waived, staged or overridden.
fn with_door<T>(policies: &PolicySet, run: impl FnOnce(&Door<'_>) -> T) -> T {
    run(&Door {
        policies,
        waivers: &Waivers::default(),
        stages: &Stages::default(),
        overrides: &[],
        now: 0,
    })
}

fn decided(policies: &PolicySet, body: &[u8]) -> Result<Decision, String> {
    let review = Review::read(body).map_err(|error| error.to_string())?;
    let known = Known::default();
    Ok(with_door(policies, |door| {
        decide(door, &review, &known, &Settings::default())
    }))
}

fn response(decision: &Decision) -> Value {
    let stamp = Stamp {
        digest: "sha256:00",
        id: "d",
    };
    answer("u", decision, stamp)["response"].clone()
}

fn review(request: &Value) -> Vec<u8> {
    json!({"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": request})
        .to_string()
        .into_bytes()
}

/// A request about a `ConfigMap`, with the keys of `more` laid over it.
fn request(operation: &str, object: &Value, more: &Value) -> Value {
    let mut request = json!({
        "uid": "u",
        "kind": {"group": "", "version": "v1", "kind": "ConfigMap"},
        "resource": {"group": "", "version": "v1", "resource": "configmaps"},
        "name": "a",
        "namespace": "shop",
        "operation": operation,
        "userInfo": {"username": "mara", "groups": ["staff"]},
        "object": object,
    });
    for (key, value) in more.as_object().unwrap() {
        request[key] = value.clone();
    }
    request
}

fn map(metadata: &Value) -> Value {
    let mut metadata = metadata.clone();
    if metadata.get("name").is_none() && metadata.get("generateName").is_none() {
        metadata["name"] = json!("a");
    }
    json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata})
}

fn bad() -> Value {
    map(&json!({"labels": {"bad": "1"}}))
}

fn good() -> Value {
    map(&json!({}))
}

/// The lines that a request is refused with.
#[track_caller]
fn refused(rules: &[String], request: &Value, expected: &[&str]) {
    let decision = decided(&set(rules), &review(request)).unwrap();
    let refusals = decision.refusals.iter();
    let lines: Vec<&str> = refusals.map(|refusal| refusal.text.as_str()).collect();
    assert_eq!(lines, expected);
    assert_eq!(decision.is_allowed(), expected.is_empty());
}

/// What is said of a request that passes.
#[track_caller]
fn warned(rules: &[String], request: &Value, expected: &[&str]) {
    let decision = decided(&set(rules), &review(request)).unwrap();
    assert_eq!(decision.refusals, []);
    assert_eq!(decision.warnings, expected);
}

const LABEL: &str = "[test/label] the label is bad (at `metadata.labels.bad`)";

#[test]
fn a_new_object_is_judged() {
    refused(
        &[label(&[])],
        &request("CREATE", &bad(), &json!({})),
        &[LABEL],
    );
    refused(&[label(&[])], &request("CREATE", &good(), &json!({})), &[]);
}

#[test]
fn an_answer_has_this_shape() {
    let rules = [
        label(&[]),
        rule(
            "hint",
            &["effect: warn"],
            r#"deny contains "a hint" if true"#,
        ),
    ];
    let decision = decided(
        &set(&rules),
        &review(&request("CREATE", &bad(), &json!({}))),
    )
    .unwrap();
    let stamp = Stamp {
        digest: "sha256:00",
        id: "d",
    };
    assert_eq!(
        answer("u", &decision, stamp),
        json!({
            "apiVersion": "admission.k8s.io/v1",
            "kind": "AdmissionReview",
            "response": {
                "uid": "u",
                "allowed": false,
                "status": {"code": 403, "reason": "Forbidden", "message": LABEL},
                "warnings": ["[test/hint] a hint"],
                "auditAnnotations": {
                    "decision-id": "d",
                    "policies": "sha256:00",
                    "rules": "test/hint,test/label",
                },
            },
        })
    );
}

#[test]
fn an_answer_that_allows_has_no_status() {
    let decision = decided(
        &set(&[label(&[])]),
        &review(&request("CREATE", &good(), &json!({}))),
    );
    assert_eq!(
        response(&decision.unwrap()),
        json!({
            "uid": "u",
            "allowed": true,
            "auditAnnotations": {"decision-id": "d", "policies": "sha256:00"},
        })
    );
}

#[test]
fn a_warning_passes() {
    let rules = [label(&["effect: warn"])];
    warned(&rules, &request("CREATE", &bad(), &json!({})), &[LABEL]);
    let rules = [label(&["effect: audit"])];
    warned(&rules, &request("CREATE", &bad(), &json!({})), &[]);
}

#[test]
fn an_update_is_judged_as_a_whole() {
    let update = |old: Value| request("UPDATE", &bad(), &json!({"oldObject": old}));
    refused(&[label(&[])], &update(good()), &[LABEL]);
    let before =
        "[test/label] the label is bad (at `metadata.labels.bad`; the object has had it before)";
    refused(&[label(&[])], &update(bad()), &[before]);
}

#[test]
fn what_is_being_deleted_is_not_kept_by_what_it_had() {
    let leaving = |labels: Value| {
        map(&json!({"labels": labels, "deletionTimestamp": "2026-01-01T00:00:00Z"}))
    };
    let update = |old: Value, new: Value| request("UPDATE", &new, &json!({"oldObject": old}));
    let bad = || leaving(json!({"bad": "1"}));
    warned(&[label(&[])], &update(bad(), bad()), &[]);
    refused(&[label(&[])], &update(leaving(json!({})), bad()), &[LABEL]);
    let closed = [undecidable(&[])];
    warned(&closed, &update(bad(), bad()), &[]);
}

#[test]
fn a_part_that_declares_nothing_is_left_to_rules_that_know_who_asks() {
    let part = |part: &str| {
        request(
            "UPDATE",
            &bad(),
            &json!({"subResource": part, "oldObject": bad()}),
        )
    };
    for name in [
        "status", "scale", "approval", "finalize", "token", "binding",
    ] {
        refused(&[label(&[])], &part(name), &[]);
    }
    let kept = map(&json!({"name": "kept"}));
    let status = request("UPDATE", &kept, &json!({"subResource": "status"}));
    let line = "[test/asker] mara asks for UPDATE (at `metadata.name`)";
    refused(&[asker()], &status, &[line]);
}

#[test]
fn a_part_that_is_the_whole_object_is_judged() {
    for name in ["ephemeralcontainers", "resize", "unheard-of"] {
        let part = request("UPDATE", &bad(), &json!({"subResource": name}));
        refused(&[label(&[])], &part, &[LABEL]);
    }
}

#[test]
fn a_deletion_is_left_to_rules_that_know_who_asks() {
    let delete = |old: Value| request("DELETE", &Value::Null, &json!({"oldObject": old}));
    refused(&[label(&[]), undecidable(&[])], &delete(bad()), &[]);
    let kept = map(&json!({"name": "kept"}));
    let line = "[test/asker] mara asks for DELETE (at `metadata.name`)";
    refused(&[asker(), label(&[])], &delete(kept), &[line]);
    refused(&[asker()], &delete(good()), &[]);
}

#[test]
fn options_have_the_name_of_the_request() {
    let exec = json!({"apiVersion": "v1", "kind": "PodExecOptions", "command": ["sh"]});
    let kind = json!({"group": "", "version": "v1", "kind": "PodExecOptions"});
    let connect = request(
        "CONNECT",
        &exec,
        &json!({"kind": kind, "subResource": "exec"}),
    );
    let rules = [rule(
        "shell",
        &[r#"targets: ["kubernetes/core/PodExecOptions"]"#],
        r#"deny contains {"msg": "a shell", "path": ["resource", "command"]} if "sh" in input.resource.command"#,
    )];
    refused(&rules, &connect, &["[test/shell] a shell (at `command`)"]);
    let decision = decided(&set(&rules), &review(&connect)).unwrap();
    let resource = decision.resource.unwrap().id.to_string();
    assert_eq!(resource, "kubernetes/core/PodExecOptions/shop/a");
}

#[test]
fn an_object_without_a_name_is_judged() {
    let object = map(&json!({"generateName": "a-", "labels": {"bad": "1"}}));
    let create = request("CREATE", &object, &json!({"name": null}));
    refused(&[label(&[])], &create, &[LABEL]);
}

#[test]
fn a_kind_that_is_called_as_lists_are_is_judged() {
    let mut object = bad();
    object["kind"] = json!("AllowList");
    object["items"] = json!([]);
    let kind = json!({"group": "", "version": "v1", "kind": "AllowList"});
    let create = request("CREATE", &object, &json!({"kind": kind}));
    refused(&[label(&[])], &create, &[LABEL]);
}

#[test]
fn a_namespace_is_in_no_namespace() {
    let object = json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}});
    let kind = json!({"group": "", "version": "v1", "kind": "Namespace"});
    let create = request("CREATE", &object, &json!({"kind": kind, "name": "shop"}));
    let body = review(&create);
    let decision = decided(&set(&[label(&[])]), &body).unwrap();
    let resource = decision.resource.unwrap().id.to_string();
    assert_eq!(resource, "kubernetes/core/Namespace/_/shop");
    let head = Head::read(&body).unwrap();
    assert_eq!((head.namespace(), head.governed_by()), (None, Some("shop")));
}

#[test]
fn what_cannot_be_decided_is_refused_unless_the_rule_fails_open() {
    let create = request("CREATE", &good(), &json!({}));
    let closed = decided(&set(&[undecidable(&[])]), &review(&create)).unwrap();
    assert_eq!(closed.outcome(), Outcome::Undecided);
    let response = response(&closed);
    assert_eq!(response["allowed"], false);
    assert_eq!(response["auditAnnotations"]["undecided"], "test/number");
    let open = decided(&set(&[undecidable(&["on-error: open"])]), &review(&create)).unwrap();
    assert_eq!(open.outcome(), Outcome::Warn);
    assert!(
        open.warnings[0].contains("could not be decided"),
        "{open:?}"
    );
}

#[test]
fn that_nobody_knows_the_rest_is_said_to_no_user_if_the_rule_fails_open() {
    let create = request("CREATE", &good(), &json!({}));
    let open = decided(&set(&[world(&["on-error: open"])]), &review(&create)).unwrap();
    assert_eq!(open.outcome(), Outcome::Allow);
    let response = response(&open);
    assert!(response.get("warnings").is_none(), "{response}");
    assert_eq!(response["auditAnnotations"]["undecided"], "test/world");
    let closed = decided(&set(&[world(&[])]), &review(&create)).unwrap();
    assert!(!closed.is_allowed());
}

#[test]
fn a_secret_is_said_to_nobody() {
    let rules = [rule(
        "secret",
        &["sensitive: true"],
        r#"deny contains {"msg": sprintf("`%s` is a secret", [text]), "path": ["resource", "data", "key"]} if text := input.resource.data.key"#,
    )];
    let mut object = good();
    object["data"] = json!({"key": "hunter22"});
    let decision = decided(
        &set(&rules),
        &review(&request("CREATE", &object, &json!({}))),
    )
    .unwrap();
    assert!(!decision.is_allowed());
    let answer = response(&decision).to_string();
    assert!(!answer.contains("hunter22"), "{answer}");
    let pointer = "/request/object/data/key".to_owned();
    assert!(decision.sensitive.contains(&pointer), "{decision:?}");
}

#[test]
fn what_a_rule_says_drives_no_terminal() {
    let rules = [rule(
        "loud",
        &[],
        r#"deny contains sprintf("a%sb", [input.resource.data.key]) if true"#,
    )];
    let mut object = good();
    object["data"] = json!({"key": "\n\u{1b}[2J"});
    let decision = decided(
        &set(&rules),
        &review(&request("CREATE", &object, &json!({}))),
    )
    .unwrap();
    let message = response(&decision)["status"]["message"].clone();
    assert!(
        !message.as_str().unwrap().contains(char::is_control),
        "{message}"
    );
}

fn late(rules: &[String]) -> Decision {
    let head = Head::read(&review(&request("CREATE", &good(), &json!({})))).unwrap();
    with_door(&set(rules), |door| {
        decide_late(door, &head, &Known::default())
    })
}

#[test]
fn a_request_that_is_late_is_refused_if_a_rule_fails_closed() {
    let decision = late(&[label(&[])]);
    assert_eq!(
        response(&decision)["status"],
        json!({"code": 504, "reason": "Timeout", "message": "[test/label] the request could not be decided in time"})
    );
}

#[test]
fn a_request_that_is_late_passes_with_a_warning_if_all_fail_open() {
    let decision = late(&[label(&["on-error: open"])]);
    assert_eq!(
        decision.warnings,
        ["the request could not be decided in time"]
    );
    assert!(decision.is_allowed());
}

#[test]
fn a_request_that_no_rule_is_about_is_never_late() {
    let decision = late(&[label(&[r#"targets: ["kubernetes/apps/Deployment"]"#])]);
    assert_eq!(decision.outcome(), Outcome::Allow);
}

#[test]
fn what_could_not_be_recorded_is_refused() {
    let mut decision = Decision::default();
    assert!(decision.is_allowed());
    decision.refuse_unrecorded();
    let status = response(&decision)["status"].clone();
    assert_eq!(status["code"], 503);
}

/// Why a body is no review.
#[track_caller]
fn unread(body: &str, expected: &str) {
    let found = decided(&set(&[]), body.as_bytes()).unwrap_err();
    assert_eq!(found, expected, "{body}");
}

#[test]
fn what_is_no_review_says_what_was_expected() {
    unread("", "expected one AdmissionReview, found 0 values");
    unread("{} {}", "expected one AdmissionReview, found 2 values");
    unread("{}", "expected the kind `AdmissionReview`, found none");
    unread(
        r#"{"kind": "AdmissionReview", "apiVersion": "admission.k8s.io/v1beta1"}"#,
        "expected the version `admission.k8s.io/v1`, found `admission.k8s.io/v1beta1`: list it alone in `admissionReviewVersions` of the webhook",
    );
    unread(
        r#"{"kind": "AdmissionReview", "apiVersion": "admission.k8s.io/v1"}"#,
        "expected `request`, found none",
    );
}

#[test]
fn what_is_of_another_shape_is_no_review() {
    for body in ["[]", "1", r#"{"kind": 1}"#, r#"{"request": []}"#] {
        let found = decided(&set(&[]), body.as_bytes()).unwrap_err();
        assert!(found.starts_with("expected an AdmissionReview"), "{found}");
    }
}

/// Why a request is none, when the keys of `more` are laid over a good one.
#[track_caller]
fn no_request(more: &Value, expected: &str) {
    let body = review(&request("CREATE", &good(), more));
    let found = decided(&set(&[]), &body).unwrap_err();
    assert_eq!(found, expected);
}

#[test]
fn a_request_that_is_none_is_an_error() {
    no_request(&json!({"uid": null}), "expected `request.uid`, found none");
    no_request(&json!({"uid": ""}), "expected `request.uid`, found none");
    no_request(
        &json!({"kind": null}),
        "expected `request.kind`, found none",
    );
    no_request(
        &json!({"operation": null}),
        "expected `request.operation`, found none",
    );
    no_request(
        &json!({"operation": "PATCH"}),
        "expected an operation of `CREATE`, `UPDATE`, `DELETE`, `CONNECT`, found `PATCH`",
    );
    no_request(
        &json!({"object": null}),
        "expected `request.object` in a request of CREATE, found none",
    );
    no_request(
        &json!({"operation": "DELETE"}),
        "expected `request.oldObject` in a request of DELETE, found none",
    );
    no_request(
        &json!({"object": {"apiVersion": "v1", "kind": "Secret"}}),
        "expected the kind `v1 ConfigMap` in `request.object`, as `request.kind` has it, found `v1 Secret`",
    );
    no_request(
        &json!({"object": {"metadata": {"name": "a"}}}),
        "expected the kind `v1 ConfigMap` in `request.object`, as `request.kind` has it, found `none none`",
    );
    no_request(
        &json!({"object": 1}),
        "expected the kind `v1 ConfigMap` in `request.object`, as `request.kind` has it, found `none none`",
    );
}

#[test]
fn a_body_that_tools_read_differently_is_an_error() {
    let body = String::from_utf8(review(&request("CREATE", &good(), &json!({})))).unwrap();
    let twice = body.replacen(r#""name":"a""#, r#""name":"a","name":"b""#, 1);
    let found = decided(&set(&[]), twice.as_bytes()).unwrap_err();
    assert!(
        found.starts_with("the key `name` is given twice"),
        "{found}"
    );
    let mut bytes = body.into_bytes();
    let at = bytes.iter().position(|byte| *byte == b'm').unwrap();
    bytes[at] = 0xff;
    let found = decided(&set(&[]), &bytes).unwrap_err();
    assert!(
        found.starts_with("expected UTF-8, found other bytes"),
        "{found}"
    );
}

#[test]
fn a_body_that_is_nested_too_deeply_is_an_error() {
    let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
    let object = format!(r#"{{"apiVersion":"v1","kind":"ConfigMap","x":{deep}}}"#);
    let body = String::from_utf8(review(&request("CREATE", &json!("OBJECT"), &json!({})))).unwrap();
    let body = body.replace(r#""OBJECT""#, &object);
    assert!(decided(&set(&[]), body.as_bytes()).is_err());
}

proptest! {
    #[test]
    fn any_bytes_are_an_error(bytes in prop::collection::vec(any::<u8>(), 0..512)) {
        prop_assert!(Review::read(&bytes).is_err());
    }

    #[test]
    fn a_part_of_a_review_is_an_error(end in any::<prop::sample::Index>()) {
        let body = review(&request("CREATE", &bad(), &json!({})));
        prop_assert!(Review::read(&body[..end.index(body.len())]).is_err());
    }

    #[test]
    fn a_review_with_a_wrong_byte_panics_nowhere(at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut body = review(&request("UPDATE", &bad(), &json!({"oldObject": good()})));
        let at = at.index(body.len());
        body[at] = byte;
        let _ = decided(&set(&[label(&[]), asker()]), &body);
    }
}

#[test]
fn recorded_reviews_are_answered() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../testdata/reviews");
    let library = library();
    let mut answered = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let body = std::fs::read(&path).unwrap();
        let head = Head::read(&body).unwrap();
        let decision = decided(&library, &body).unwrap();
        let stamp = Stamp {
            digest: "sha256:00",
            id: "d",
        };
        let response = answer(&head.uid, &decision, stamp)["response"].clone();
        assert_eq!(response["uid"], head.uid.as_str());
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        if head.operation.as_str() == "DELETE" {
            assert!(decision.is_allowed(), "{name}: {response}");
        }
        assert_ne!(decision.outcome(), Outcome::Undecided, "{name}: {response}");
        answered.push(name);
    }
    assert!(answered.len() >= 12, "{answered:?}");
}

#[test]
fn a_recorded_review_says_what_it_is_about() {
    let about = |name: &str| {
        let path = format!(
            "{}/../testdata/reviews/{name}.json",
            env!("CARGO_MANIFEST_DIR")
        );
        let decision = decided(&library(), &std::fs::read(path).unwrap()).unwrap();
        decision.resource.map(|resource| resource.id.to_string())
    };
    for (name, expected) in [
        ("pod-create", Some("kubernetes/core/Pod/default/a")),
        (
            "pod-create-generated",
            Some("kubernetes/core/Pod/default/g-rjp7x"),
        ),
        ("namespace-apply", Some("kubernetes/core/Namespace/_/ssa")),
        ("pod-exec", Some("kubernetes/core/PodExecOptions/default/a")),
        ("pod-evict", Some("kubernetes/policy/Eviction/default/a")),
        ("pod-delete-of-many", None),
    ] {
        assert_eq!(about(name).as_deref(), expected, "{name}");
    }
}
