//! What is recorded of a decision, where it goes, and what becomes of it when something breaks.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime};

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use plumbline_core::finding::{Effect, Severity};
use plumbline_server::config::{DecisionConfig, DecisionMode, SinkConfig, StorePlace};
use plumbline_server::decision::{Asked, Decision, Door, Fired, Outcome};
use plumbline_server::decisions::{CannotStart, Decisions, NotWritten, SinkStatus};
use plumbline_server::store::{Filter, Page, Store};
use plumbline_server::telemetry::Metrics;
use serde_json::{Value, json};
use sqlx::raw_sql;
use tokio::net::TcpListener;

use crate::databases::{in_a_file, sqlite};

/// A decision on a request that says nothing.
pub(crate) fn decision(id: &str) -> Decision {
    Decision {
        id: id.to_owned(),
        time: SystemTime::UNIX_EPOCH + Duration::new(1_782_864_000, 5),
        door: Door::Admission,
        path: "plumbline/admission".to_owned(),
        verdict: Outcome::Allow,
        result: json!({"allowed": true}),
        input: Some("{}".into()),
        sensitive: Vec::new(),
        asked: Asked::default(),
        refusals: Vec::new(),
        warnings: Vec::new(),
        findings: Vec::new(),
        digest: "sha256:00".to_owned(),
        revision: None,
        nanoseconds: 1_500_000,
        break_glass: None,
        requested_by: None,
    }
}

pub(crate) fn to_file(path: &Path) -> SinkConfig {
    SinkConfig::File {
        path: path.to_owned(),
        bytes: 100_000_000,
        keep: 1,
    }
}

pub(crate) fn config(mode: DecisionMode, sinks: Vec<SinkConfig>) -> DecisionConfig {
    DecisionConfig {
        mode,
        sinks,
        ..DecisionConfig::default()
    }
}

fn start(config: &DecisionConfig, store: Option<&Arc<dyn Store>>) -> Decisions {
    Decisions::start(config, store, &Metrics::new()).unwrap()
}

/// What a file says of decisions, with best effort.
async fn recorded(config: impl FnOnce(&mut DecisionConfig), all: Vec<Decision>) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log");
    let mut settings = self::config(DecisionMode::BestEffort, vec![to_file(&path)]);
    config(&mut settings);
    let decisions = start(&settings, None);
    for decision in all {
        decisions.record(decision).await.unwrap();
    }
    decisions.finish().await;
    fs::read_to_string(path).unwrap()
}

#[track_caller]
fn of<'a>(status: &'a [SinkStatus], sink: &str) -> &'a SinkStatus {
    status.iter().find(|status| status.sink == sink).unwrap()
}

/// Waits until something is so.
async fn until(mut is_so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < Duration::from_secs(30), "it never was");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn an_event_has_the_shape_of_opa_and_what_is_ours_under_one_key() {
    let decision = Decision {
        verdict: Outcome::Deny,
        result: json!({"allowed": false, "status": {"code": 403}}),
        input: Some(
            r#"{"request": {"object": {"kind": "Secret", "data": {"password": "aHVudGVyMg=="}}, "options": {"a": 1}}}"#
                .into(),
        ),
        asked: Asked {
            uid: Some("7b0f".to_owned()),
            operation: Some("CREATE".to_owned()),
            kind: Some("core/Secret".to_owned()),
            resource: Some("kubernetes/core/Secret/shop/db".to_owned()),
            namespace: Some("shop".to_owned()),
            name: Some("db".to_owned()),
            user: Some("alice".to_owned()),
            dry_run: false,
        },
        refusals: vec!["[secrets/plaintext] `hunter2` is no password".to_owned()],
        findings: vec![Fired {
            rule: "secrets/plaintext".to_owned(),
            effect: Effect::Deny,
            severity: Severity::High,
            message: "`hunter2` is no password".to_owned(),
            stage: None,
        }],
        revision: Some("v12".to_owned()),
        requested_by: Some("10.0.0.1:4711".to_owned()),
        ..decision("4ca636c1-55e4-417a-b1d8-4aceb67960d1")
    };
    let mask =
        |config: &mut DecisionConfig| config.mask = vec!["/input/request/options".to_owned()];
    let text = recorded(mask, vec![decision]).await;
    let mut event: Value = serde_json::from_str(&text).unwrap();
    assert!(event["labels"]["id"].as_str().unwrap().len() == 16);
    event["labels"]["id"] = json!("0123456789abcdef");
    assert_eq!(event, documented());
    insta::assert_snapshot!(serde_json::to_string_pretty(&event).unwrap());
}

/// The event that the page of reference shows.
fn documented() -> Value {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/reference/decisions.md");
    let page = fs::read_to_string(page).unwrap();
    let (_, event) = page.split_once("```json\n").unwrap();
    let (event, _) = event.split_once("```").unwrap();
    serde_json::from_str(event).unwrap()
}

const CANARY: &str = "c4n4ry-0f-the-m1ne";

/// The canary in every place where a secret may stand.
fn with_secrets() -> Decision {
    let applied = json!({"kind": "Secret", "stringData": {"a": CANARY}}).to_string();
    let secret = json!({
        "kind": "Secret",
        "metadata": {"annotations": {"kubectl.kubernetes.io/last-applied-configuration": applied}},
        "data": {"a": {"deep": [CANARY]}},
        "stringData": {"b": CANARY},
    });
    let pod = json!({
        "kind": "Pod",
        "spec": {
            "containers": [{
                "env": [{"name": "DB_PASSWORD", "value": CANARY}],
                "args": [format!("--api-token={CANARY}"), format!("say {CANARY}")],
                "livenessProbe": {"httpGet": {"httpHeaders": [{"name": "Authorization", "value": CANARY}]}},
            }],
            "neighbour": {"pointed-at": "x", "not": CANARY},
        },
    });
    let input = json!({
        "object": secret.clone(),
        "oldObject": secret,
        "items": [pod],
        "headers": {"Authorization": format!("Bearer {CANARY}"), "Cookie": [CANARY]},
        "review": {"kind": "TokenReview", "spec": {"token": CANARY}},
        "request": {"kind": "TokenRequest", "status": {"token": CANARY}},
        "database": format!("postgres://shop:{CANARY}@db/shop"),
        "configured": CANARY,
    });
    Decision {
        input: Some(input.to_string().into()),
        result: json!({"status": {"message": format!("{CANARY} is no password")}}),
        sensitive: vec!["/items/0/spec/neighbour/pointed-at".to_owned()],
        refusals: vec![format!("it is {CANARY}")],
        warnings: vec![format!("was it {CANARY}?")],
        findings: vec![Fired {
            rule: "secrets/plaintext".to_owned(),
            effect: Effect::Warn,
            severity: Severity::Low,
            message: format!("`{CANARY}`"),
            stage: None,
        }],
        ..decision("a")
    }
}

#[tokio::test]
async fn a_secret_gets_into_no_sink() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log");
    let database = in_a_file().await;
    let service = Service::start(StatusCode::OK).await;
    let mut config = config(
        DecisionMode::BestEffort,
        vec![to_file(&path), SinkConfig::Store, service.sink(None)],
    );
    config.mask = vec!["/input/configured".to_owned()];
    let decisions = start(&config, Some(&database.store));
    decisions.record(with_secrets()).await.unwrap();
    let unreadable = Decision {
        input: Some(format!("{{\"password\": \"{CANARY}\"").into()),
        ..decision("b")
    };
    decisions.record(unreadable).await.unwrap();
    decisions.finish().await;
    let page = Page {
        size: 10,
        after: None,
    };
    let filter = Filter::default();
    let kept = database.store.recent(&filter, &page).await.unwrap();
    let texts = [
        fs::read_to_string(&path).unwrap(),
        format!("{kept:?}"),
        service.events().iter().map(Value::to_string).collect(),
    ];
    for text in texts {
        assert!(text.contains("decision_id"), "{text}");
        assert!(text.contains("***"), "{text}");
        assert!(!text.contains(CANARY), "{text}");
    }
}

#[tokio::test]
async fn what_is_no_secret_is_recorded_as_it_came() {
    let input = json!({"object": {"kind": "ConfigMap", "data": {"mode": "fast"}}, "list": [1, "two", null]});
    let plain = Decision {
        input: Some(input.to_string().into()),
        ..decision("a")
    };
    let text = recorded(|_| {}, vec![plain]).await;
    let event: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(event["input"], input);
    assert_eq!(event.get("masked"), None);
    assert_eq!(event.get("erased"), None);
}

#[tokio::test]
async fn a_decision_without_an_input_is_recorded() {
    let without = Decision {
        input: None,
        ..decision("a")
    };
    let text = recorded(|_| {}, vec![without, decision("b")]).await;
    let events: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(events.first().unwrap().get("input"), None);
    let numbers: Vec<&Value> = events.iter().map(|event| &event["req_id"]).collect();
    assert_eq!(numbers, [&json!(1), &json!(2)]);
}

#[tokio::test]
async fn a_required_record_is_there_when_it_is_answered() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log");
    let database = in_a_file().await;
    for (sinks, store) in [
        (vec![to_file(&path)], None),
        (vec![SinkConfig::Store], Some(Arc::clone(&database.store))),
    ] {
        let decisions = start(&config(DecisionMode::Required, sinks), store.as_ref());
        decisions.record(decision("a")).await.unwrap();
        decisions.finish().await;
    }
    assert!(
        fs::read_to_string(path)
            .unwrap()
            .contains("\"decision_id\":\"a\"")
    );
    let page = Page {
        size: 10,
        after: None,
    };
    let kept = database
        .store
        .recent(&Filter::default(), &page)
        .await
        .unwrap();
    assert_eq!(kept.records.len(), 1);
}

#[tokio::test]
async fn a_required_record_that_cannot_be_written_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("missing/log");
    for path in [missing, PathBuf::from("/dev/full")] {
        let decisions = start(&config(DecisionMode::Required, vec![to_file(&path)]), None);
        let refused = decisions.record(decision("a")).await.unwrap_err();
        assert_eq!(refused, NotWritten::Failed);
        let status = decisions.status();
        assert_eq!(of(&status, "file").dropped, 1);
        decisions.finish().await;
    }
}

#[tokio::test]
async fn one_sink_that_lasts_is_enough() {
    let folder = tempfile::tempdir().unwrap();
    let sinks = vec![
        to_file(&folder.path().join("missing/log")),
        to_file(&folder.path().join("log")),
    ];
    let decisions = start(&config(DecisionMode::Required, sinks), None);
    decisions.record(decision("a")).await.unwrap();
    decisions.finish().await;
}

#[tokio::test]
async fn what_recovers_is_written_without_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("missing/log");
    let decisions = start(
        &config(DecisionMode::BestEffort, vec![to_file(&path)]),
        None,
    );
    decisions.record(decision("a")).await.unwrap();
    until(|| of(&decisions.status(), "file").is_failing).await;
    fs::create_dir(folder.path().join("missing")).unwrap();
    until(|| !of(&decisions.status(), "file").is_failing).await;
    decisions.finish().await;
    assert_eq!(fs::read_to_string(path).unwrap().lines().count(), 1);
}

#[tokio::test]
async fn a_sink_that_is_broken_holds_up_neither_the_others_nor_a_decision() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log");
    let service = Service::start(StatusCode::INTERNAL_SERVER_ERROR).await;
    let sinks = vec![
        to_file(Path::new("/dev/full")),
        service.sink(None),
        to_file(&path),
    ];
    let decisions = start(&config(DecisionMode::BestEffort, sinks), None);
    for number in 0..100 {
        decisions
            .record(decision(&number.to_string()))
            .await
            .unwrap();
    }
    until(|| fs::read_to_string(&path).is_ok_and(|text| text.lines().count() == 100)).await;
    until(|| of(&decisions.status(), "http").failures > 0).await;
    assert!(of(&decisions.status(), "file").is_failing);
    decisions.finish().await;
    assert_eq!(of(&decisions.status(), "http").dropped, 100);
}

#[tokio::test]
async fn with_a_locked_database_decisions_go_on_and_are_written_later() {
    let database = in_a_file().await;
    let StorePlace::Sqlite(path) = &database.place else {
        return;
    };
    let mut other = sqlite(path).await;
    raw_sql("BEGIN EXCLUSIVE")
        .execute(&mut other)
        .await
        .unwrap();
    let config = config(DecisionMode::BestEffort, vec![SinkConfig::Store]);
    let decisions = start(&config, Some(&database.store));
    let begun = Instant::now();
    decisions.record(decision("a")).await.unwrap();
    assert!(begun.elapsed() < Duration::from_secs(1));
    until(|| of(&decisions.status(), "store").failures > 0).await;
    raw_sql("ROLLBACK").execute(&mut other).await.unwrap();
    until(|| of(&decisions.status(), "store").written == 1).await;
    decisions.finish().await;
}

#[tokio::test]
async fn what_cannot_work_is_refused_at_the_start() {
    let refused = |mode, sinks| {
        let started = Decisions::start(&config(mode, sinks), None, &Metrics::new());
        started.unwrap_err()
    };
    let service = |url: &str, token| SinkConfig::Http {
        url: url.to_owned(),
        token,
        authority: None,
    };
    assert!(matches!(
        refused(DecisionMode::Required, vec![SinkConfig::Stdout]),
        CannotStart::NothingLasts
    ));
    assert!(matches!(
        refused(DecisionMode::BestEffort, vec![SinkConfig::Store]),
        CannotStart::NoStore
    ));
    assert!(matches!(
        refused(
            DecisionMode::BestEffort,
            vec![service("logs.example.com", None)]
        ),
        CannotStart::Url(_)
    ));
    let token = Some(PathBuf::from("token"));
    assert!(matches!(
        refused(
            DecisionMode::BestEffort,
            vec![service("http://logs.example.com", token)]
        ),
        CannotStart::Plain(_)
    ));
}

#[tokio::test]
async fn a_service_is_sent_events_as_opa_sends_them() {
    let folder = tempfile::tempdir().unwrap();
    let token = folder.path().join("token");
    fs::write(&token, "s3cr3t\n").unwrap();
    let service = Service::start(StatusCode::OK).await;
    let config = config(DecisionMode::BestEffort, vec![service.sink(Some(token))]);
    let decisions = start(&config, None);
    for id in ["a", "b", "c"] {
        decisions.record(decision(id)).await.unwrap();
    }
    decisions.finish().await;
    let ids: Vec<Value> = service
        .events()
        .iter()
        .map(|event| event["decision_id"].clone())
        .collect();
    assert_eq!(ids, ["a", "b", "c"]);
    let received = service.received.lock().unwrap();
    for (headers, _) in received.iter() {
        assert_eq!(headers["authorization"], "Bearer s3cr3t");
        assert_eq!(headers["content-type"], "application/json");
        assert_eq!(headers["content-encoding"], "gzip");
    }
}

#[tokio::test]
async fn what_a_service_refuses_for_good_is_not_sent_again() {
    let service = Service::start(StatusCode::BAD_REQUEST).await;
    let config = config(DecisionMode::BestEffort, vec![service.sink(None)]);
    let decisions = start(&config, None);
    decisions.record(decision("a")).await.unwrap();
    until(|| of(&decisions.status(), "http").dropped == 1).await;
    assert_eq!(of(&decisions.status(), "http").failures, 1);
    decisions.finish().await;
}

#[tokio::test]
async fn what_is_too_much_at_once_is_sent_in_parts() {
    let service = Service::answering(|events| match events {
        1 => StatusCode::OK,
        _ => StatusCode::PAYLOAD_TOO_LARGE,
    })
    .await;
    let config = config(DecisionMode::BestEffort, vec![service.sink(None)]);
    let decisions = start(&config, None);
    for id in ["a", "b", "c"] {
        decisions.record(decision(id)).await.unwrap();
    }
    decisions.finish().await;
    let status = decisions.status();
    assert_eq!(
        (of(&status, "http").written, of(&status, "http").dropped),
        (3, 0)
    );
}

/// A service that takes events.
struct Service {
    url: String,
    received: Received,
}

type Received = Arc<Mutex<Vec<(HeaderMap, Bytes)>>>;

impl Service {
    async fn start(answer: StatusCode) -> Self {
        Self::answering(move |_| answer).await
    }

    /// One whose answer depends on how many events there are.
    async fn answering(
        answer: impl Fn(usize) -> StatusCode + Clone + Send + Sync + 'static,
    ) -> Self {
        let received = Received::default();
        let take = move |State(received): State<Received>, headers: HeaderMap, body: Bytes| async move {
            let answer = answer(events(&body).len());
            received.lock().unwrap().push((headers, body));
            answer
        };
        let router = axum::Router::new()
            .route("/opa/logs", post(take))
            .with_state(Arc::clone(&received));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/opa", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, received }
    }

    fn sink(&self, token: Option<PathBuf>) -> SinkConfig {
        SinkConfig::Http {
            url: self.url.clone(),
            token,
            authority: None,
        }
    }

    fn events(&self) -> Vec<Value> {
        let received = self.received.lock().unwrap();
        received.iter().flat_map(|(_, body)| events(body)).collect()
    }
}

fn events(body: &[u8]) -> Vec<Value> {
    serde_json::from_str(&unpacked(body)).unwrap()
}

/// What the program `gzip` makes of it.
fn unpacked(packed: &[u8]) -> String {
    let mut child = Command::new("gzip")
        .arg("-dc")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(packed).unwrap();
    let output = child.wait_with_output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}
