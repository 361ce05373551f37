//! What runs in a cluster is known as it runs, and where it is not, that is said.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use plumbline_core::estate::Estate;
use plumbline_core::frontend::Reading;
use plumbline_core::parse::{self, Notation};
use plumbline_core::policy::{Ingredients, PolicyFile, PolicySet, load};
use plumbline_core::resource::Resource;
use plumbline_core::source::{FileId, Source, Sources};
use plumbline_core::tree::NodeId;
use plumbline_rego::Value;
use plumbline_server::inventory::{Inventory, Settings};
use plumbline_server::telemetry::Metrics;
use tokio::net::TcpListener;

use crate::cluster::free_port;
use crate::fake_api::{Answer, FakeApi, client_of, until};

const DEPLOYMENTS: &str = "/apis/apps/v1/deployments";
const PODS: &str = "/api/v1/pods";
const NAMESPACES: &str = "/api/v1/namespaces";

/// What an API server serves that has more than what rules read.
const KINDS: &[(&str, &str, &str)] = &[
    ("v1", "namespaces", "Namespace"),
    ("v1", "pods", "Pod"),
    ("v1", "pods/status", "Pod"),
    ("v1", "secrets", "Secret"),
    ("v1", "configmaps", "ConfigMap"),
    ("apps/v1", "deployments", "Deployment"),
];

/// A rule on Pods that reads a key of the world.
fn policies(key: &str) -> Arc<PolicySet> {
    let text = format!(
        "# METADATA\n# scope: package\n# title: A\n# custom:\n#   id: test/a\n#   severity: low\n#   targets: [\"kubernetes/core/Pod\"]\npackage test.a\n\ndeny contains \"a\" if count(data.world.{key}) > 99\n"
    );
    let (mut sources, mut ingredients) = (Sources::default(), Ingredients::default());
    let path = "a.rego".to_owned();
    let file = sources.add(Source::new(path.clone(), text));
    ingredients.modules.push(PolicyFile { file, path });
    let (set, problems) = load(&ingredients, &sources);
    assert!(problems.is_empty(), "{problems:?}");
    Arc::new(set)
}

/// A clock that a test can put forward.
#[derive(Clone)]
struct Clock {
    started: Instant,
    forward: Arc<AtomicU64>,
}

impl Clock {
    fn new() -> Self {
        Self {
            started: Instant::now(),
            forward: Arc::default(),
        }
    }

    fn put_forward(&self, seconds: u64) {
        self.forward.fetch_add(seconds, Ordering::SeqCst);
    }

    fn settings(&self) -> Settings {
        let clock = self.clone();
        let forward = move || Duration::from_secs(clock.forward.load(Ordering::SeqCst));
        let started = self.started;
        Settings {
            stale_after: Duration::from_mins(1),
            patience: Duration::from_secs(5),
            pace: Duration::from_millis(10),
            look_every: Duration::from_millis(100),
            ..Settings::new(Arc::new(move || started.elapsed() + forward()))
        }
    }
}

fn start(client: kube::Client, settings: Settings) -> Inventory {
    Inventory::start(client, policies("workloads"), settings, Metrics::new())
}

/// An API server with nothing in it but its kinds.
async fn empty() -> FakeApi {
    let api = FakeApi::start().await;
    api.serves(KINDS);
    for path in [DEPLOYMENTS, PODS, NAMESPACES] {
        api.answers(path, [list(&[], "")]);
    }
    api
}

/// An inventory of an API server that answers one list after the other with Deployments.
async fn of_deployments(lists: Vec<Answer>) -> (FakeApi, Inventory) {
    let api = empty().await;
    api.answers(DEPLOYMENTS, lists);
    let inventory = start(api.client(), Clock::new().settings());
    (api, inventory)
}

fn list(items: &[String], next: &str) -> Answer {
    let items = items.join(",");
    Answer::of(format!(
        r#"{{"metadata":{{"resourceVersion":"100","continue":"{next}"}},"items":[{items}]}}"#
    ))
}

fn metadata(name: &str, version: u32) -> String {
    format!(r#""namespace":"shop","name":"{name}","resourceVersion":"{version}""#)
}

const CONTAINERS: &str = r#""containers":[{"name":"c","image":"i"}]"#;

fn deployment(name: &str, version: u32) -> String {
    let metadata = metadata(name, version);
    format!(r#"{{"metadata":{{{metadata}}},"spec":{{"template":{{"spec":{{{CONTAINERS}}}}}}}}}"#)
}

fn deployments(names: &[&str]) -> Answer {
    let items: Vec<String> = names.iter().map(|name| deployment(name, 1)).collect();
    list(&items, "")
}

fn pod(name: &str, owner: Option<(&str, &str)>) -> String {
    let metadata = metadata(name, 1);
    let owners = owner.map(|(version, kind)| {
        format!(
            r#","ownerReferences":[{{"apiVersion":"{version}","kind":"{kind}","name":"o","uid":"u","controller":true}}]"#
        )
    });
    let owners = owners.unwrap_or_default();
    format!(r#"{{"metadata":{{{metadata}{owners}}},"spec":{{{CONTAINERS}}}}}"#)
}

fn event(what: &str, object: &str) -> String {
    format!(r#"{{"type":"{what}","object":{object}}}"#)
}

fn bookmark(version: u32) -> String {
    let object = format!(r#"{{"metadata":{{"resourceVersion":"{version}"}}}}"#);
    event("BOOKMARK", &object)
}

const EXPIRED: &str =
    r#"{"type":"ERROR","object":{"kind":"Status","code":410,"message":"too old"}}"#;

/// The workloads that rules see; none before anything was prepared.
fn seen(inventory: &Inventory) -> Option<Vec<String>> {
    let surroundings = inventory.snapshot().surroundings?;
    let world = surroundings.laid_over(&Estate::default(), None);
    let workloads = world.get_str("workloads").and_then(Value::as_array);
    let names = workloads.unwrap_or_default().iter();
    let names = names.map(|workload| workload.get_str("name").and_then(Value::as_str));
    let mut names: Vec<String> = names.map(|name| name.unwrap().to_owned()).collect();
    names.sort();
    Some(names)
}

/// Waits until rules see these workloads, and no others.
#[track_caller]
fn until_seen(inventory: &Inventory, names: &[&str]) -> impl Future<Output = ()> {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    until("they are seen", move || {
        seen(inventory).as_ref() == Some(&names)
    })
}

/// Waits until the reason why nothing is decided has a text in it.
#[track_caller]
fn until_said(inventory: &Inventory, text: &'static str) -> impl Future<Output = ()> {
    until(text, move || {
        let reason = inventory.snapshot().reason.unwrap_or_default();
        reason.contains(text)
    })
}

#[tokio::test]
async fn objects_of_all_pages_are_seen() {
    let first = list(&[deployment("a", 1)], "t=1/");
    let rest = list(&[deployment("b", 1)], "");
    let (api, inventory) = of_deployments(vec![first, rest]).await;
    until_seen(&inventory, &["a", "b"]).await;
    assert!(inventory.snapshot().fresh);
    let expected = ["limit=500", "limit=500&continue=t%3D1%2F"];
    assert_eq!(api.lists(DEPLOYMENTS), expected);
}

#[tokio::test]
async fn nothing_is_asked_for_that_no_rule_reads() {
    let (api, inventory) = of_deployments(vec![deployments(&["a"])]).await;
    until_seen(&inventory, &["a"]).await;
    let asked = api.paths();
    for path in ["secrets", "configmaps", "pods/status"] {
        assert!(!asked.iter().any(|asked| asked.contains(path)), "{path}");
    }
}

#[tokio::test]
async fn what_another_object_makes_is_what_that_one_declares() {
    let api = empty().await;
    let pods = [
        pod("alone", None),
        pod("made", Some(("apps/v1", "ReplicaSet"))),
        pod("of-an-operator", Some(("example.com/v1", "Runner"))),
    ];
    api.answers(PODS, [list(&pods, "")]);
    let inventory = start(api.client(), Clock::new().settings());
    until_seen(&inventory, &["alone", "of-an-operator"]).await;
    let made = pod("made-later", Some(("apps/v1", "ReplicaSet")));
    api.says(PODS, &event("ADDED", &made)).await;
    api.says(PODS, &event("ADDED", &pod("later", None))).await;
    until_seen(&inventory, &["alone", "later", "of-an-operator"]).await;
}

#[tokio::test]
async fn what_becomes_of_objects_is_seen() {
    let (api, inventory) = of_deployments(vec![deployments(&["a"])]).await;
    until_seen(&inventory, &["a"]).await;
    api.says(DEPLOYMENTS, &event("ADDED", &deployment("b", 101)))
        .await;
    until_seen(&inventory, &["a", "b"]).await;
    api.says(DEPLOYMENTS, &event("DELETED", &deployment("a", 102)))
        .await;
    until_seen(&inventory, &["b"]).await;
    let without = format!(r#"{{"metadata":{{{}}},"spec":{{}}}}"#, metadata("b", 103));
    api.says(DEPLOYMENTS, &event("MODIFIED", &without)).await;
    until_seen(&inventory, &[]).await;
    assert_eq!(api.lists(DEPLOYMENTS).len(), 1);
}

#[tokio::test]
async fn what_is_known_stays_until_a_new_list_is_whole() {
    let part = list(&[deployment("b", 1)], "t");
    let rest = list(&[deployment("c", 1)], "").after(Duration::from_millis(400));
    let (api, inventory) = of_deployments(vec![deployments(&["a"]), part, rest]).await;
    until_seen(&inventory, &["a"]).await;
    api.says(DEPLOYMENTS, EXPIRED).await;
    until("the rest is asked for", || {
        api.lists(DEPLOYMENTS).len() == 3
    })
    .await;
    assert_eq!(seen(&inventory).unwrap(), ["a"]);
    assert!(inventory.snapshot().fresh);
    until_seen(&inventory, &["b", "c"]).await;
}

#[tokio::test]
async fn a_watch_that_cannot_begin_has_all_listed_anew() {
    let api = empty().await;
    api.answers(DEPLOYMENTS, [deployments(&["a"]), deployments(&["b"])]);
    api.refuses_to_watch(DEPLOYMENTS, [Answer::code(410)]);
    let inventory = start(api.client(), Clock::new().settings());
    until_seen(&inventory, &["b"]).await;
    assert_eq!(api.lists(DEPLOYMENTS).len(), 2);
}

#[tokio::test]
async fn a_list_that_took_too_long_is_asked_for_in_one_piece() {
    let part = list(&[deployment("a", 1)], "t");
    let whole = deployments(&["b", "c"]);
    let (api, inventory) = of_deployments(vec![part, Answer::code(410), whole]).await;
    until_seen(&inventory, &["b", "c"]).await;
    let expected = ["limit=500", "limit=500&continue=t", ""];
    assert_eq!(api.lists(DEPLOYMENTS), expected);
}

#[tokio::test]
async fn a_watch_goes_on_where_it_ended() {
    let (api, inventory) = of_deployments(vec![deployments(&["a"])]).await;
    api.says(DEPLOYMENTS, &bookmark(150)).await;
    // What is said after it has been heard as well.
    api.says(DEPLOYMENTS, &event("ADDED", &deployment("b", 151)))
        .await;
    until_seen(&inventory, &["a", "b"]).await;
    api.says(DEPLOYMENTS, &bookmark(170)).await;
    api.ends(DEPLOYMENTS).await;
    let watched = || api.watched_from(DEPLOYMENTS);
    until("it is watched again", || watched() == ["100", "170"]).await;
    assert_eq!(api.lists(DEPLOYMENTS).len(), 1);
}

#[tokio::test]
async fn a_watch_whose_connection_breaks_goes_on_as_well() {
    let (api, inventory) = of_deployments(vec![deployments(&["a"])]).await;
    api.says(DEPLOYMENTS, &event("ADDED", &deployment("b", 151)))
        .await;
    until_seen(&inventory, &["a", "b"]).await;
    api.breaks_off(DEPLOYMENTS).await;
    let watched = || api.watched_from(DEPLOYMENTS);
    until("it is watched again", || watched() == ["100", "151"]).await;
    assert_eq!(api.lists(DEPLOYMENTS).len(), 1);
    assert!(inventory.snapshot().fresh);
}

#[tokio::test]
async fn an_api_server_that_asks_for_time_is_given_it() {
    let busy = Answer::code(429).retry_after(1);
    let (api, inventory) = of_deployments(vec![busy, deployments(&["a"])]).await;
    until_said(&inventory, "`apps/Deployment` was not listed yet").await;
    until_said(&inventory, "too much to do").await;
    until_seen(&inventory, &["a"]).await;
    let asked = api.asked(DEPLOYMENTS);
    let [(_, first), (_, second), ..] = asked.as_slice() else {
        panic!("{asked:?}");
    };
    let between = second.duration_since(*first);
    assert!(between >= Duration::from_secs(1), "{between:?}");
}

#[tokio::test]
async fn a_kind_that_is_served_later_is_looked_at_then() {
    let api = empty().await;
    api.serves(&KINDS[..5]);
    api.answers(PODS, [list(&[pod("a", None)], "")]);
    api.answers(DEPLOYMENTS, [deployments(&["b"])]);
    let inventory = start(api.client(), Clock::new().settings());
    until_seen(&inventory, &["a"]).await;
    assert!(inventory.snapshot().fresh);
    assert_eq!(api.lists(DEPLOYMENTS).len(), 0);
    api.serves(KINDS);
    until_seen(&inventory, &["a", "b"]).await;
    assert!(inventory.snapshot().fresh);
}

#[tokio::test]
async fn a_kind_that_seems_not_to_be_served_stays_until_its_objects_are_gone() {
    let (api, inventory) = of_deployments(vec![deployments(&["a"])]).await;
    until_seen(&inventory, &["a"]).await;
    api.serves(&KINDS[..5]);
    let looks = api.asked("/apis").len();
    until("it is looked for", || api.asked("/apis").len() > looks + 2).await;
    assert_eq!(seen(&inventory).unwrap(), ["a"]);
    api.says(DEPLOYMENTS, &event("DELETED", &deployment("a", 101)))
        .await;
    until_seen(&inventory, &[]).await;
    let looks = api.asked("/apis").len();
    until("it is looked for", || api.asked("/apis").len() > looks + 2).await;
    api.serves(KINDS);
    until("it is listed again", || api.lists(DEPLOYMENTS).len() == 2).await;
}

#[tokio::test]
async fn a_kind_that_is_served_in_another_version_stays() {
    let (api, inventory) = of_deployments(vec![deployments(&["a"])]).await;
    until_seen(&inventory, &["a"]).await;
    let later = "/apis/apps/v2/deployments";
    let rest = deployments(&["a", "b"]).after(Duration::from_millis(300));
    api.answers(later, [rest]);
    let mut kinds = KINDS.to_vec();
    kinds[5].0 = "apps/v2";
    api.serves(&kinds);
    until("it is listed there", || api.lists(later).len() == 1).await;
    assert_eq!(seen(&inventory).unwrap(), ["a"]);
    until_seen(&inventory, &["a", "b"]).await;
}

#[tokio::test]
async fn a_group_that_does_not_answer_is_waited_for() {
    let api = empty().await;
    api.answers("/apis/apps/v1", [Answer::code(503)]);
    api.answers(DEPLOYMENTS, [deployments(&["a"])]);
    let inventory = start(api.client(), Clock::new().settings());
    until_said(&inventory, "what the API server serves is not known").await;
    assert!(inventory.snapshot().surroundings.is_none());
    api.serves(KINDS);
    until_seen(&inventory, &["a"]).await;
}

#[tokio::test]
async fn an_answer_that_takes_too_long_is_asked_for_again() {
    let api = empty().await;
    let slow = deployments(&["a"]).after(Duration::from_secs(5));
    api.answers(DEPLOYMENTS, [slow, deployments(&["b"])]);
    let settings = Settings {
        patience: Duration::from_millis(200),
        ..Clock::new().settings()
    };
    let inventory = start(api.client(), settings);
    until_said(&inventory, "said nothing").await;
    assert!(!inventory.snapshot().fresh);
    until_seen(&inventory, &["b"]).await;
    assert!(inventory.snapshot().fresh);
}

#[tokio::test]
async fn what_cannot_be_read_is_not_passed_over() {
    for garbage in [
        Answer::of("<html>"),
        Answer::of(r#"{"metadata":{"resourceVersion":"1"},"items":[{"spec":{}}]}"#),
        Answer::of(r#"{"metadata":{},"items":[]}"#),
    ] {
        let lists = vec![garbage.clone(), garbage, deployments(&["a"])];
        let (_api, inventory) = of_deployments(lists).await;
        until_said(&inventory, "says what cannot be read").await;
        assert!(inventory.snapshot().surroundings.is_none());
        until_seen(&inventory, &["a"]).await;
    }
}

#[tokio::test]
async fn a_line_that_cannot_be_read_has_all_listed_anew() {
    let (api, inventory) = of_deployments(vec![deployments(&["a"]), deployments(&["b"])]).await;
    until_seen(&inventory, &["a"]).await;
    api.says(DEPLOYMENTS, "{").await;
    until_seen(&inventory, &["b"]).await;
}

#[tokio::test]
async fn what_may_not_be_listed_is_said() {
    let (_api, inventory) = of_deployments(vec![Answer::code(403)]).await;
    until_said(&inventory, r"refuses: 403, no\nway").await;
    assert!(!inventory.snapshot().fresh);
}

#[tokio::test]
async fn what_is_old_decides_nothing_until_something_is_heard() {
    let api = empty().await;
    api.answers(DEPLOYMENTS, [deployments(&["a"])]);
    let clock = Clock::new();
    let inventory = start(api.client(), clock.settings());
    until_seen(&inventory, &["a"]).await;
    assert!(inventory.snapshot().fresh);
    clock.put_forward(61);
    let snapshot = inventory.snapshot();
    assert!(!snapshot.fresh && snapshot.age > Duration::from_mins(1));
    let reason = snapshot.reason.unwrap();
    assert!(reason.contains("nothing was heard of `"), "{reason}");
    assert_eq!(inventory.namespace_labels("shop"), None);
    assert_eq!(seen(&inventory).unwrap(), ["a"], "it is kept");
    for path in [DEPLOYMENTS, PODS, NAMESPACES] {
        assert!(!inventory.snapshot().fresh);
        api.says(path, &bookmark(200)).await;
    }
    until("it is fresh", || inventory.snapshot().fresh).await;
}

#[tokio::test]
async fn a_kind_that_is_silent_for_too_long_is_listed_anew() {
    let api = empty().await;
    api.answers(DEPLOYMENTS, [deployments(&["a"]), deployments(&["b"])]);
    let settings = Settings {
        stale_after: Duration::from_millis(600),
        ..Clock::new().settings()
    };
    let inventory = start(api.client(), settings);
    until_seen(&inventory, &["b"]).await;
}

#[tokio::test]
async fn an_api_server_that_is_not_there_yet_is_waited_for() {
    let address = format!("127.0.0.1:{}", free_port());
    let inventory = start(client_of(&address), Clock::new().settings());
    until_said(&inventory, "cannot be reached").await;
    assert!(inventory.snapshot().surroundings.is_none());
    let listener = TcpListener::bind(&address).await.expect("a port");
    let api = FakeApi::on(listener);
    for path in [PODS, NAMESPACES] {
        api.answers(path, [list(&[], "")]);
    }
    api.answers(DEPLOYMENTS, [deployments(&["a"])]);
    api.serves(KINDS);
    until_seen(&inventory, &["a"]).await;
    assert!(inventory.snapshot().fresh);
}

#[tokio::test]
async fn labels_of_namespaces_are_known() {
    let api = empty().await;
    let namespace = |version: u32, team: &str| {
        format!(
            r#"{{"metadata":{{"name":"shop","resourceVersion":"{version}","labels":{{"team":"{team}"}}}}}}"#
        )
    };
    api.answers(NAMESPACES, [list(&[namespace(1, "a")], "")]);
    let inventory = start(api.client(), Clock::new().settings());
    let team = || {
        let labels = inventory.namespace_labels("shop");
        labels.and_then(|labels| labels.get("team").cloned())
    };
    until("they are known", || team().as_deref() == Some("a")).await;
    assert_eq!(inventory.namespace_labels("other"), None);
    api.says(NAMESPACES, &event("MODIFIED", &namespace(2, "b")))
        .await;
    until("they are others", || team().as_deref() == Some("b")).await;
}

#[tokio::test]
async fn other_rules_have_other_kinds_looked_at() {
    let api = empty().await;
    api.answers(DEPLOYMENTS, [deployments(&["a"])]);
    let client = api.client();
    let settings = Clock::new().settings();
    let inventory = Inventory::start(client, policies("channels"), settings, Metrics::new());
    until("it is fresh", || inventory.snapshot().fresh).await;
    assert_eq!(api.lists(DEPLOYMENTS).len(), 0);
    inventory.judge_by(&policies("workloads"));
    until_seen(&inventory, &["a"]).await;
    assert!(inventory.snapshot().fresh);
}

/// An object as a request has it.
fn requested(name: &str) -> Resource {
    let text =
        deployment(name, 1).replacen('{', r#"{"apiVersion":"apps/v1","kind":"Deployment","#, 1);
    let (documents, _) = parse::parse(
        &Arc::new(Source::new("request", text)),
        FileId(0),
        Notation::Json,
    );
    let mut reading = Reading::default();
    reading.take_object(&documents[0], NodeId::ROOT);
    reading.resources.remove(0)
}

#[tokio::test]
async fn what_was_admitted_is_seen_at_once_and_once() {
    let (api, inventory) = of_deployments(vec![deployments(&["a"])]).await;
    until_seen(&inventory, &["a"]).await;
    inventory.admitted(&requested("b"));
    assert_eq!(seen(&inventory).unwrap(), ["a", "b"]);
    api.says(DEPLOYMENTS, &event("ADDED", &deployment("b", 101)))
        .await;
    api.says(DEPLOYMENTS, &event("ADDED", &deployment("c", 102)))
        .await;
    until_seen(&inventory, &["a", "b", "c"]).await;
    api.says(DEPLOYMENTS, &event("DELETED", &deployment("b", 103)))
        .await;
    until_seen(&inventory, &["a", "c"]).await;
}

#[tokio::test]
async fn what_was_admitted_and_never_stored_is_forgotten() {
    let api = empty().await;
    api.answers(DEPLOYMENTS, [deployments(&["a"])]);
    let clock = Clock::new();
    let inventory = start(api.client(), clock.settings());
    until_seen(&inventory, &["a"]).await;
    inventory.admitted(&requested("b"));
    inventory.admitted(&requested("prefix-*"));
    assert_eq!(seen(&inventory).unwrap(), ["a", "b"]);
    clock.put_forward(5);
    assert_eq!(seen(&inventory).unwrap(), ["a"]);
}
