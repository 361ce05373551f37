//! Equal objects get equal findings at every door.

use plumbline_core::policy::{Ingredients, PolicyFile, PolicySet, load};
use plumbline_core::source::{Source, Sources};
use plumbline_core::stage::Stages;
use plumbline_core::waiver::{self, Authority, Waivers};
use plumbline_rego::Settings;
use plumbline_server::admission::{self, Door, Known, Review, Stamp};
use plumbline_sources::bundle;

use super::{PRIVILEGED, folder, plumb, root};

/// The library without an estate, as the command uses it in a folder without one.
fn library() -> PolicySet {
    let mut sources = Sources::default();
    let ingredients = Ingredients {
        modules: bundle::builtin(&mut sources),
        ..Ingredients::default()
    };
    let (set, problems) = load(&ingredients, &sources);
    assert_eq!(problems, []);
    set
}

/// The answer to a request on some day in 1970.
fn answer(
    policies: &PolicySet,
    waivers: &Waivers,
    request: &serde_json::Value,
) -> serde_json::Value {
    let review = serde_json::json!({"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": request});
    let review = Review::read(review.to_string().as_bytes()).unwrap();
    let door = Door {
        policies,
        waivers,
        stages: &Stages::default(),
        overrides: &[],
        now: 0,
    };
    let decision = admission::decide(&door, &review, &Known::default(), &Settings::default());
    let stamp = Stamp {
        digest: "sha256:00",
        id: "d",
    };
    admission::answer(&review.head.uid, &decision, stamp)["response"].clone()
}

/// What a review calls the kind of an object.
fn kind(object: &serde_json::Value) -> serde_json::Value {
    let version = object["apiVersion"].as_str().unwrap();
    let (group, version) = version.split_once('/').unwrap_or(("", version));
    serde_json::json!({"group": group, "version": version, "kind": object["kind"]})
}

/// The messages that admission refuses an object with, without the places.
fn refused(object: &serde_json::Value) -> Vec<String> {
    refused_but(object, &Waivers::default())
}

/// The same, where there are waivers.
fn refused_but(object: &serde_json::Value, waivers: &Waivers) -> Vec<String> {
    let request = serde_json::json!({"uid": "u-1", "kind": kind(object), "operation": "CREATE", "object": object});
    let response = answer(&library(), waivers, &request);
    assert_eq!(response["uid"], "u-1");
    let message = response["status"]["message"].as_str().unwrap_or_default();
    assert_eq!(response["allowed"], message.is_empty());
    let said = |line: &str| match line.rsplit_once(" (at `") {
        Some((said, _)) => said.to_owned(),
        None => line.to_owned(),
    };
    let mut lines: Vec<String> = message.lines().map(said).collect();
    lines.sort();
    lines
}

#[test]
fn admission_refuses_what_check_finds() {
    let mut compared = 0;
    for file in [
        "platform/node-agent.yaml",
        "reports/nightly.yaml",
        "checkout/service.yaml",
        "search/deployment.json",
        "platform/rbac.yaml",
    ] {
        let text =
            std::fs::read_to_string(root().join("testdata/estates/shop").join(file)).unwrap();
        for object in objects(&text) {
            let manifest = object.to_string();
            let folder = folder(&[("object.json", &manifest)]);
            let run = plumb(folder.path(), &["check", "--no-config", "-o", "json"]);
            let report = run.json();
            let found = report["findings"].as_array().unwrap().iter();
            let mut expected: Vec<String> = found
                .map(|finding| {
                    format!(
                        "[{}] {}",
                        finding["rule"].as_str().unwrap(),
                        finding["message"].as_str().unwrap()
                    )
                })
                .collect();
            expected.sort();
            assert_eq!(refused(&object), expected, "{manifest}");
            compared += expected.len();
        }
    }
    assert!(compared >= 4, "only {compared} findings were compared");
}

/// The objects of a text as JSON, as an API server would store them.
fn objects(text: &str) -> Vec<serde_json::Value> {
    use plumbline_core::parse::{Notation, parse};
    use plumbline_core::source::{FileId, Source};
    use plumbline_core::tree::{NodeId, Typing};
    let source = std::sync::Arc::new(Source::new("x", text));
    let (documents, problems) = parse(&source, FileId(0), Notation::Yaml);
    assert_eq!(problems, []);
    let values = documents
        .iter()
        .map(|document| document.tree.to_value(NodeId::ROOT, Typing::Kubernetes));
    values
        .map(|value| serde_json::from_str(&plumbline_rego::value::json::to_string(&value)).unwrap())
        .collect()
}

#[test]
fn a_privileged_pod_is_refused() {
    let object = objects(PRIVILEGED).remove(0);
    assert_eq!(
        refused(&object),
        ["[deployment/privileged-container] container `c` runs privileged"]
    );
}

/// A rule on what is said of a request beside its object.
const HISTORY: &str = r#"# METADATA
# scope: package
# title: History
# custom:
#   id: test/history
#   severity: low
package test.history

deny contains {"msg": msg, "path": ["resource"]} if {
	asked := input.admission
	msg := sprintf("%s %s: %v to %v", [asked.user.username, asked.operation, asked.old.data, input.resource.data])
}
"#;

#[test]
fn a_rule_knows_who_asks_and_what_was_there() {
    let mut sources = Sources::default();
    let path = "history.rego".to_owned();
    let file = sources.add(Source::new(path.clone(), HISTORY));
    let ingredients = Ingredients {
        modules: vec![PolicyFile { file, path }],
        ..Ingredients::default()
    };
    let (set, problems) = load(&ingredients, &sources);
    assert_eq!(problems, []);
    let message = |old: serde_json::Value| {
        let map = |data: serde_json::Value| serde_json::json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "data": data});
        let old = if old.is_null() { old } else { map(old) };
        let object = map(serde_json::json!({"k": "2"}));
        let request = serde_json::json!({"uid": "u", "kind": kind(&object), "operation": "UPDATE", "userInfo": {"username": "mara"}, "object": object, "oldObject": old});
        let response = answer(&set, &Waivers::default(), &request);
        let message = response["status"]["message"].as_str();
        message.map(str::to_owned)
    };
    assert_eq!(
        message(serde_json::json!({"k": "1"})).as_deref(),
        Some(r#"[test/history] mara UPDATE: {"k": "1"} to {"k": "2"}"#)
    );
    assert_eq!(message(serde_json::Value::Null), None);
}

/// A waiver of the privileged pod.
fn waivers(authority: Authority, keys: &str) -> Waivers {
    use plumbline_core::parse::{Notation, parse};
    use plumbline_core::source::{FileId, Source};
    let text = format!(
        "version: 1\nwaivers:\n  - {{{keys}rule: deployment/privileged-container, resource: kubernetes/core/Pod/_/b, reason: r, owner: o, expires: 2099-12-31}}\n"
    );
    let source = std::sync::Arc::new(Source::new("waivers.yaml", text));
    let (documents, _) = parse(&source, FileId(0), Notation::Yaml);
    let (all, problems) = waiver::of_file(&documents[0], authority);
    assert_eq!(problems, []);
    let (waivers, problems) = Waivers::new(all, &["deployment/privileged-container"]);
    assert_eq!(problems, []);
    waivers
}

#[test]
fn a_waiver_of_the_organisation_holds_at_admission_and_a_local_one_does_not() {
    let object = objects(PRIVILEGED).remove(0);
    let organisation = waivers(Authority::Organisation, "");
    assert_eq!(refused_but(&object, &organisation), [""; 0]);
    let local = waivers(Authority::Local, "");
    assert_eq!(refused_but(&object, &local).len(), 1);
}

#[test]
fn an_object_asks_at_admission_for_a_waiver_that_says_it_has_to() {
    let mut object = objects(PRIVILEGED).remove(0);
    let annotated = waivers(Authority::Organisation, "id: disks, annotated: true, ");
    assert_eq!(refused_but(&object, &annotated).len(), 1);
    object["metadata"]["annotations"] = serde_json::json!({"plumbline.dev/waive": "disks"});
    assert_eq!(refused_but(&object, &annotated), [""; 0]);
}
