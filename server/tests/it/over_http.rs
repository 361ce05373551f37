//! What is asked over HTTP is answered in time, within limits, and never let through by mistake.

use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode, header};
use plumbline_core::policy::{self, Ingredients, PolicyFile};
use plumbline_core::source::{Source, Sources};
use plumbline_core::stage::Stages;
use plumbline_core::waiver::Waivers;
use plumbline_server::auth::{Auth, Caller, Credential, Scope, TokenHash};
use plumbline_server::config::{Config, DecisionMode, Listener, SinkConfig};
use plumbline_server::decisions::Decisions;
use plumbline_server::http::{RunTask, admission_router, api_router};
use plumbline_server::policies::{Loaded, Policies, PolicySource, Refused};
use plumbline_server::pool::{Pool, Pools};
use plumbline_server::shutdown::{Readiness, Shutdown};
use plumbline_server::state::App;
use plumbline_server::telemetry::Metrics;
use serde_json::{Value, json};
use tower::ServiceExt as _;

/// A rule on a label of any object.
pub(crate) const LABEL: &str = r#"# METADATA
# scope: package
# title: Label
# custom:
#   id: test/label
#   severity: high
package test.label

deny contains {"msg": "the label is bad", "path": ["resource", "metadata", "labels", "bad"]} if input.resource.metadata.labels.bad
"#;

/// A source with nothing new.
struct Nothing;

impl PolicySource for Nothing {
    fn load(&self, _: Option<&str>) -> Result<Option<Loaded>, Refused> {
        Ok(None)
    }
}

/// A rule as a file of policies.
pub(crate) fn file_of(rule: &str, sources: &mut Sources) -> PolicyFile {
    let path = "rule.rego".to_owned();
    let file = sources.add(Source::new(path.clone(), rule));
    PolicyFile { file, path }
}

pub(crate) fn loaded(rule: &str) -> Loaded {
    let mut sources = Sources::default();
    let modules = vec![file_of(rule, &mut sources)];
    loaded_from(modules, sources)
}

/// What a source gives that has these files.
pub(crate) fn loaded_from(modules: Vec<PolicyFile>, sources: Sources) -> Loaded {
    let ingredients = Ingredients {
        modules,
        ..Ingredients::default()
    };
    let (policies, problems) = policy::load(&ingredients, &sources);
    assert_eq!(problems, []);
    Loaded {
        policies,
        waivers: Waivers::default(),
        stages: Stages::default(),
        overrides: Vec::new(),
        sources,
        digest: "sha256:00".to_owned(),
        revision: None,
        fingerprint: "one".to_owned(),
    }
}

/// A server with so long a queue, started with what `settle` makes of a configuration.
pub(crate) fn app(queue: usize, settle: impl FnOnce(&mut Config)) -> Arc<App> {
    app_of(loaded(LABEL), queue, settle)
}

/// The same, by other policies.
pub(crate) fn app_of(first: Loaded, queue: usize, settle: impl FnOnce(&mut Config)) -> Arc<App> {
    let mut config = Config::new(None, Listener::local(0));
    settle(&mut config);
    let metrics = Metrics::new();
    let run_task = config.run_task.as_ref().map(RunTask::open).transpose();
    Arc::new(App {
        policies: Policies::start(Arc::new(Nothing), first),
        pools: Pools {
            admission: Pool::new("admission", 1, queue).unwrap(),
            check: Pool::new("check", 1, queue).unwrap(),
        },
        inventory: None,
        run_task: run_task.unwrap().map(Arc::new),
        decisions: Decisions::start(&config.decisions, None, &metrics).unwrap(),
        metrics,
        auth: Auth::new(config.callers.clone()),
        readiness: Readiness::new(Shutdown::default()),
        config,
    })
}

/// What was answered.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    headers: HeaderMap,
    pub(crate) body: Value,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }
}

async fn ask(router: Router, request: Request<Body>) -> Answer {
    let response = router.oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let bytes = to_bytes(body, 1 << 20).await.unwrap();
    let answer = Answer {
        status: parts.status,
        headers: parts.headers,
        body: serde_json::from_slice(&bytes).unwrap(),
    };
    assert_eq!(answer.header("x-plumbline-policies"), Some("sha256:00"));
    assert!(answer.header("x-plumbline-age").is_some());
    answer
}

fn post(path: &str, kind: &str, body: impl Into<Body>) -> Request<Body> {
    let request = Request::post(path).header(header::CONTENT_TYPE, kind);
    request.body(body.into()).unwrap()
}

pub(crate) async fn admit(app: &Arc<App>, path: &str, body: impl Into<Body>) -> Answer {
    let request = post(path, "application/json; charset=utf-8", body);
    ask(admission_router(Arc::clone(app)), request).await
}

async fn check(app: &Arc<App>, path: &str, kind: &str, body: &str) -> Answer {
    let request = post(path, kind, body.to_owned());
    ask(api_router(Arc::clone(app)), request).await
}

fn object(labels: &Value) -> Value {
    json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a", "labels": labels}})
}

pub(crate) fn review(labels: &Value, dry_run: bool) -> String {
    let request = json!({
        "uid": "u-1",
        "kind": {"group": "", "version": "v1", "kind": "ConfigMap"},
        "name": "a",
        "namespace": "shop",
        "operation": "CREATE",
        "object": object(labels),
        "dryRun": dry_run,
    });
    json!({"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": request})
        .to_string()
}

pub(crate) fn bad() -> String {
    review(&json!({"bad": "1"}), false)
}

pub(crate) fn good() -> String {
    review(&json!({}), false)
}

#[tokio::test]
async fn a_review_is_answered_with_its_uid() {
    let app = app(8, |_| {});
    for (body, allowed) in [(bad(), false), (good(), true)] {
        let answer = admit(&app, "/v1/admit?timeout=10s", body).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert_eq!(answer.header("content-type"), Some("application/json"));
        let response = &answer.body["response"];
        assert_eq!(response["uid"], "u-1");
        assert_eq!(response["allowed"], allowed);
    }
}

/// What cannot be answered has no answer: neither that it may, nor that it may not.
#[track_caller]
pub(crate) fn fails(answer: &Answer, status: StatusCode, code: &str) {
    assert_eq!(answer.status, status);
    assert_eq!(answer.body["code"], code);
    assert!(answer.body["message"].is_string());
    assert!(answer.body["errors"].is_array());
    assert!(answer.body.get("response").is_none());
}

#[tokio::test]
async fn what_is_no_review_is_a_bad_request() {
    let app = app(8, |_| {});
    for body in ["", "{", "{}", "null"] {
        let answer = admit(&app, "/v1/admit", body.to_owned()).await;
        fails(&answer, StatusCode::BAD_REQUEST, "invalid_parameter");
    }
    let twice = good().replacen(
        r#""kind":"ConfigMap""#,
        r#""kind":"ConfigMap","kind":"Secret""#,
        1,
    );
    let answer = admit(&app, "/v1/admit", twice).await;
    fails(&answer, StatusCode::BAD_REQUEST, "invalid_parameter");
    let answer = admit(&app, "/v1/admit?timeout=soon", good()).await;
    fails(&answer, StatusCode::BAD_REQUEST, "invalid_parameter");
}

#[tokio::test]
async fn another_type_is_refused() {
    let request = post("/v1/admit", "text/plain", good());
    let answer = ask(admission_router(app(8, |_| {})), request).await;
    fails(
        &answer,
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "unsupported_media_type",
    );
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused() {
    let app = app(8, |config| config.limits.body_bytes = 64);
    let answer = admit(&app, "/v1/admit", good()).await;
    fails(&answer, StatusCode::PAYLOAD_TOO_LARGE, "too_large");
    let mut announced = post("/v1/admit", "application/json", Body::empty());
    let length = header::HeaderValue::from_static("65");
    announced
        .headers_mut()
        .insert(header::CONTENT_LENGTH, length);
    let answer = ask(admission_router(app), announced).await;
    fails(&answer, StatusCode::PAYLOAD_TOO_LARGE, "too_large");
}

#[tokio::test]
async fn a_path_that_there_is_not_and_another_method_are_refused() {
    let app = app(8, |_| {});
    let answer = admit(&app, "/v1/check", good()).await;
    fails(&answer, StatusCode::NOT_FOUND, "resource_not_found");
    let get = Request::get("/v1/admit").body(Body::empty()).unwrap();
    let answer = ask(admission_router(app), get).await;
    fails(
        &answer,
        StatusCode::METHOD_NOT_ALLOWED,
        "method_not_allowed",
    );
}

#[tokio::test]
async fn a_body_that_does_not_come_is_not_waited_for() {
    let never = Body::from_stream(futures_util::stream::pending::<
        Result<Vec<u8>, std::io::Error>,
    >());
    let request = post("/v1/admit?timeout=200ms", "application/json", never);
    let answer = ask(admission_router(app(8, |_| {})), request).await;
    fails(&answer, StatusCode::REQUEST_TIMEOUT, "request_timeout");
}

#[tokio::test]
async fn what_is_too_much_is_turned_away() {
    let answer = admit(&app(0, |_| {}), "/v1/admit", good()).await;
    fails(&answer, StatusCode::TOO_MANY_REQUESTS, "too_busy");
    assert_eq!(answer.header("retry-after"), Some("1"));
}

#[tokio::test]
async fn a_review_that_is_late_is_answered_all_the_same() {
    let answer = admit(&app(8, |_| {}), "/v1/admit?timeout=1ms", good()).await;
    assert_eq!(answer.status, StatusCode::OK);
    let response = &answer.body["response"];
    assert_eq!(response["uid"], "u-1");
    assert_eq!(response["allowed"], false);
    assert_eq!(response["status"]["code"], 504);
}

#[tokio::test]
async fn what_must_be_recorded_and_cannot_be_is_refused() {
    let app = app(8, |config| {
        config.decisions.mode = DecisionMode::Required;
        config.decisions.sinks = vec![SinkConfig::File {
            path: PathBuf::from("/dev/full"),
            bytes: 1 << 20,
            keep: 1,
        }];
    });
    let answer = admit(&app, "/v1/admit", good()).await;
    assert_eq!(answer.body["response"]["allowed"], false);
    assert_eq!(answer.body["response"]["status"]["code"], 503);
    // Of what changes nothing there is no record.
    let answer = admit(&app, "/v1/admit", review(&json!({}), true)).await;
    assert_eq!(answer.body["response"]["allowed"], true);
}

const YAML: &str = "application/yaml";

#[tokio::test]
async fn a_document_is_answered_with_its_findings() {
    let app = app(8, |_| {});
    let bad = object(&json!({"bad": "1"})).to_string();
    let answer = check(&app, "/v1/check", YAML, &bad).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.header("x-plumbline-verdict"), Some("deny"));
    assert_eq!(answer.body["schemaVersion"], "plumbline.findings/v1");
    let finding = &answer.body["findings"][0];
    assert_eq!(finding["rule"], "test/label");
    assert_eq!(finding["location"]["file"], "body.yaml");
    let good = object(&json!({})).to_string();
    let answer = check(&app, "/v1/check", "application/json", &good).await;
    assert_eq!(answer.header("x-plumbline-verdict"), Some("pass"));
    assert_eq!(answer.body["findings"], json!([]));
}

#[tokio::test]
async fn files_are_judged_together_under_their_names() {
    let app = app(8, |_| {});
    let text = object(&json!({"bad": "1"})).to_string();
    let files = json!({"files": {"deploy/b.yaml": text, "a.yaml": object(&json!({})).to_string()}});
    let answer = check(&app, "/v1/check", "application/json", &files.to_string()).await;
    assert_eq!(answer.body["summary"]["files"], 2);
    assert_eq!(
        answer.body["findings"][0]["location"]["file"],
        "deploy/b.yaml"
    );
    let answer = check(&app, "/v1/check?filename=c.yaml", "", &text).await;
    assert_eq!(answer.body["findings"][0]["location"]["file"], "c.yaml");
}

#[tokio::test]
async fn the_threshold_is_the_callers() {
    let app = app(8, |_| {});
    let bad = object(&json!({"bad": "1"})).to_string();
    let answer = check(&app, "/v1/check?fail-on=critical", YAML, &bad).await;
    assert_eq!(answer.header("x-plumbline-verdict"), Some("warn"));
    let answer = check(&app, "/v1/check?fail-on=dreadful", YAML, &bad).await;
    fails(&answer, StatusCode::BAD_REQUEST, "invalid_parameter");
    let answer = check(&app, "/v1/check?failon=high", YAML, &bad).await;
    fails(&answer, StatusCode::BAD_REQUEST, "invalid_parameter");
}

#[tokio::test]
async fn what_cannot_be_judged_is_undecided() {
    let app = app(8, |_| {});
    for text in ["", "a: [", "a: 1"] {
        let answer = check(&app, "/v1/check", YAML, text).await;
        assert_eq!(answer.status, StatusCode::OK, "{text}");
        assert_eq!(answer.header("x-plumbline-verdict"), Some("undecided"));
        assert_ne!(answer.body["errors"], json!([]), "{text}");
    }
    let answer = check(&app, "/v1/check", "text/plain", "a: 1").await;
    fails(
        &answer,
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "unsupported_media_type",
    );
}

#[tokio::test]
async fn a_comment_waives_nothing_that_is_sent() {
    let text = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  labels:\n    # plumb:waive test/label until=2999-01-31 owner=me reason=\"mine\"\n    bad: \"1\"\n";
    let answer = check(&app(8, |_| {}), "/v1/check", YAML, text).await;
    assert_eq!(answer.header("x-plumbline-verdict"), Some("deny"));
}

#[tokio::test]
async fn who_has_no_token_checks_nothing() {
    let app = app(8, |config| {
        config.callers.push(Caller {
            name: "ci".to_owned(),
            by: Credential::Token(TokenHash::of("secret")),
            scopes: vec![Scope::Check],
        });
    });
    let text = object(&json!({})).to_string();
    let answer = check(&app, "/v1/check", YAML, &text).await;
    fails(&answer, StatusCode::UNAUTHORIZED, "unauthorized");
    let mut request = post("/v1/check", YAML, text);
    let token = header::HeaderValue::from_static("Bearer secret");
    request.headers_mut().insert(header::AUTHORIZATION, token);
    let answer = ask(api_router(app), request).await;
    assert_eq!(answer.header("x-plumbline-verdict"), Some("pass"));
}
