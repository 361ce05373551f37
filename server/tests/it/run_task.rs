//! A run task is taken from whoever has the key, judged, and told; and nothing but Terraform is asked for it.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::State;
use axum::http::{Method, Request, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use plumbline_core::finding::hex;
use plumbline_server::config::{RunTaskConfig, SinkConfig};
use plumbline_server::http::{admission_router, api_router};
use plumbline_server::state::App;
use ring::hmac;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::time::sleep;
use tower::ServiceExt as _;

use super::over_http;

const KEY: &str = "the key of the task";
const TOKEN: &str = "s3cret.atlasv1.token";

/// The path of a plan that was asked for, with the token that was shown.
type Asked = (String, Option<String>);

/// A fake Terraform.
#[derive(Clone)]
struct Terraform {
    address: SocketAddr,
    /// Where answers lead that lead elsewhere.
    elsewhere: Option<SocketAddr>,
    /// How many results are not taken before one is.
    deaf: Arc<AtomicUsize>,
    asked: Arc<Mutex<Vec<Asked>>>,
    /// The results that were told.
    told: Arc<Mutex<Vec<Value>>>,
}

impl Terraform {
    async fn start(elsewhere: Option<SocketAddr>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let fake = Self {
            address: listener.local_addr().unwrap(),
            elsewhere,
            deaf: Arc::default(),
            asked: Arc::default(),
            told: Arc::default(),
        };
        let router = Router::new().fallback(answer).with_state(fake.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        fake
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    /// The statuses that were told.
    fn statuses(&self) -> Vec<String> {
        let told = self.told.lock().unwrap();
        let status = |told: &Value| {
            told["data"]["attributes"]["status"]
                .as_str()
                .unwrap()
                .to_owned()
        };
        told.iter().map(status).collect()
    }

    fn last(&self) -> Value {
        self.told.lock().unwrap().last().unwrap().clone()
    }

    fn message(&self) -> String {
        let last = self.last();
        let message = last["data"]["attributes"]["message"].as_str();
        message.unwrap().to_owned()
    }
}

async fn answer(State(fake): State<Terraform>, request: Request<Body>) -> Response {
    let (parts, body) = request.into_parts();
    let token = parts.headers.get(header::AUTHORIZATION);
    let token = token.map(|token| token.to_str().unwrap().to_owned());
    if parts.method == Method::PATCH {
        assert_eq!(token, Some(format!("Bearer {TOKEN}")));
        let kind = parts.headers.get(header::CONTENT_TYPE).unwrap();
        assert_eq!(kind, "application/vnd.api+json");
        let body = to_bytes(body, 1 << 20).await.unwrap();
        let told: Value = serde_json::from_slice(&body).unwrap();
        let is_deaf = told["data"]["attributes"]["status"] != "running"
            && fake.deaf.load(Ordering::SeqCst) > 0;
        if is_deaf {
            fake.deaf.fetch_sub(1, Ordering::SeqCst);
            return StatusCode::SERVICE_UNAVAILABLE.into_response();
        }
        fake.told.lock().unwrap().push(told);
        return StatusCode::OK.into_response();
    }
    let path = parts.uri.path().to_owned();
    fake.asked.lock().unwrap().push((path.clone(), token));
    match path.as_str() {
        "/good" => plan(&json!({"good": "1"})),
        "/bad" => plan(&json!({"bad": "1"})),
        "/empty" => {
            let empty = json!({"format_version": "1.2", "terraform_version": "1.9.0", "planned_values": {"root_module": {}}});
            empty.to_string().into_response()
        }
        "/broken" => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        "/none" => StatusCode::NO_CONTENT.into_response(),
        "/slow" => {
            sleep(Duration::from_mins(1)).await;
            StatusCode::OK.into_response()
        }
        "/large" => " ".repeat(2 << 20).into_response(),
        "/page" => "<html></html>".into_response(),
        "/state" => json!({"format_version": "1.0", "terraform_version": "1.9.0", "values": {}})
            .to_string()
            .into_response(),
        "/near" => redirect("/good"),
        "/round" => redirect("/round"),
        "/far" => redirect(&format!("http://{}/good", fake.elsewhere.unwrap())),
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

fn plan(labels: &Value) -> Response {
    let resource = json!({
        "address": "acme_box.one",
        "mode": "managed",
        "type": "acme_box",
        "name": "one",
        "values": {"metadata": {"labels": labels}},
    });
    json!({
        "format_version": "1.2",
        "terraform_version": "1.9.0",
        "planned_values": {"root_module": {"resources": [resource]}},
    })
    .to_string()
    .into_response()
}

fn redirect(location: &str) -> Response {
    (
        StatusCode::TEMPORARY_REDIRECT,
        [(header::LOCATION, location.to_owned())],
    )
        .into_response()
}

/// A server with run tasks of a fake Terraform.
struct Server {
    app: Arc<App>,
    terraform: Terraform,
    folder: TempDir,
}

impl Server {
    async fn start() -> Self {
        Self::with(Terraform::start(None).await, &[])
    }

    /// A server that may be led to these hosts as well.
    fn with(terraform: Terraform, others: &[SocketAddr]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let key = folder.path().join("key");
        std::fs::write(&key, format!("{KEY}\n")).unwrap();
        let hosts = [terraform.address]
            .into_iter()
            .chain(others.iter().copied());
        let run_task = RunTaskConfig {
            hosts: hosts.map(|host| host.to_string()).collect(),
            plain: true,
            plan_bytes: 1 << 20,
            patience: Duration::from_secs(3),
            ..RunTaskConfig::new(key)
        };
        let sink = SinkConfig::File {
            path: folder.path().join("decisions.jsonl"),
            bytes: 1 << 30,
            keep: 1,
        };
        let app = over_http::app(8, |config| {
            config.run_task = Some(run_task);
            config.decisions.sinks = vec![sink];
        });
        Self {
            app,
            terraform,
            folder,
        }
    }

    fn payload(&self, plan: &str) -> Value {
        json!({
            "payload_version": 1,
            "stage": "post_plan",
            "access_token": TOKEN,
            "capabilities": {"outcomes": true},
            "task_result_id": "taskrs-1",
            "task_result_enforcement_level": "mandatory",
            "task_result_callback_url": self.terraform.url("/api/v2/task-results/1/callback"),
            "plan_json_api_url": self.terraform.url(plan),
            "run_id": "run-1",
            "organization_name": "acme",
            "workspace_name": "shop",
            "is_speculative": false,
        })
    }

    async fn post(&self, body: &str, signature: Option<String>) -> (StatusCode, String) {
        let mut request = Request::post("/v1/run-task");
        if let Some(signature) = signature {
            request = request.header("x-tfc-task-signature", signature);
        }
        let request = request.body(Body::from(body.to_owned())).unwrap();
        let router = admission_router(Arc::clone(&self.app));
        let response = router.oneshot(request).await.unwrap();
        let status = response.status();
        let body = to_bytes(response.into_body(), 1 << 20).await.unwrap();
        (status, String::from_utf8(body.to_vec()).unwrap())
    }

    /// Sends a payload that is signed, and waits until what it asks for is done.
    async fn send(&self, payload: &Value) -> (StatusCode, String) {
        let body = payload.to_string();
        let answer = self.post(&body, Some(signature(KEY, &body))).await;
        self.app.run_task.as_ref().unwrap().finish().await;
        answer
    }

    /// Has a plan judged.
    async fn judge(&self, plan: &str) {
        let (status, body) = self.send(&self.payload(plan)).await;
        assert_eq!((status, body.as_str()), (StatusCode::OK, ""));
    }

    /// What was recorded.
    async fn recorded(&self) -> String {
        self.app.decisions.finish().await;
        std::fs::read_to_string(self.folder.path().join("decisions.jsonl")).unwrap()
    }
}

fn signature(key: &str, body: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA512, key.as_bytes());
    hex(hmac::sign(&key, body.as_bytes()).as_ref())
}

/// Checks that a task failed for this reason, and was not judged.
#[track_caller]
fn failed(terraform: &Terraform, message: &str) {
    assert_eq!(terraform.statuses(), ["running", "failed"]);
    assert_eq!(terraform.message(), format!("undecided: {message}"));
}

/// Checks that nothing was asked of a fake Terraform, and nothing told to it.
#[track_caller]
fn untouched(terraform: &Terraform) {
    assert!(terraform.asked().is_empty());
    assert!(terraform.statuses().is_empty());
}

#[tokio::test]
async fn a_plan_that_is_refused_fails() {
    let server = Server::start().await;
    server.judge("/bad").await;
    let terraform = &server.terraform;
    assert_eq!(terraform.statuses(), ["running", "failed"]);
    assert!(terraform.message().starts_with("fail: 1 finding; "));
    let last = terraform.last();
    let outcome = &last["data"]["relationships"]["outcomes"]["data"][0];
    assert_eq!(outcome["type"], "task-result-outcomes");
    let attributes = &outcome["attributes"];
    assert_eq!(attributes["description"], "[test/label] the label is bad");
    assert_eq!(attributes["tags"]["Severity"][0]["label"], "High");
    let body = attributes["body"].as_str().unwrap();
    assert!(body.contains("- Resource: `acme_box.one`"), "{body}");
    let token = Some(format!("Bearer {TOKEN}"));
    assert_eq!(terraform.asked(), [("/bad".to_owned(), token)]);
}

#[tokio::test]
async fn a_plan_that_is_in_order_passes() {
    let server = Server::start().await;
    server.judge("/good").await;
    assert_eq!(server.terraform.statuses(), ["running", "passed"]);
}

#[tokio::test]
async fn a_plan_that_leaves_nothing_behind_passes() {
    let server = Server::start().await;
    server.judge("/empty").await;
    assert_eq!(server.terraform.statuses(), ["running", "passed"]);
}

#[tokio::test]
async fn outcomes_are_told_to_who_understands_them() {
    let server = Server::start().await;
    let mut payload = server.payload("/bad");
    payload["capabilities"] = json!({"outcomes": false});
    server.send(&payload).await;
    assert_eq!(
        server.terraform.last()["data"]["relationships"],
        Value::Null
    );
}

#[tokio::test]
async fn a_request_is_answered_at_the_api_as_well() {
    let server = Server::start().await;
    let request = Request::post("/v1/run-task").body(Body::empty()).unwrap();
    let router = api_router(Arc::clone(&server.app));
    let response = router.oneshot(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn who_has_not_the_key_is_sent_away() {
    let server = Server::start().await;
    let body = server.payload("/bad").to_string();
    let other = signature(KEY, &server.payload("/good").to_string());
    for signature in [
        None,
        Some(String::new()),
        Some("0".repeat(128)),
        Some(signature("another key", &body)),
        Some(other),
    ] {
        let (status, _) = server.post(&body, signature.clone()).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED, "{signature:?}");
    }
    server.app.run_task.as_ref().unwrap().finish().await;
    untouched(&server.terraform);
}

#[tokio::test]
async fn a_key_that_is_exchanged_holds_at_once() {
    let server = Server::start().await;
    let body = server.payload("/good").to_string();
    std::fs::write(server.folder.path().join("key"), "a new key").unwrap();
    let (status, _) = server.post(&body, Some(signature(KEY, &body))).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    let (status, _) = server
        .post(&body, Some(signature("a new key", &body)))
        .await;
    assert_eq!(status, StatusCode::OK);
}

#[tokio::test]
async fn a_new_task_is_greeted_and_nothing_is_asked() {
    let server = Server::start().await;
    let mut payload = server.payload("/good");
    payload["access_token"] = json!("test-token");
    payload["stage"] = json!("test");
    let (status, _) = server.send(&payload).await;
    assert_eq!(status, StatusCode::OK);
    untouched(&server.terraform);
}

#[tokio::test]
async fn a_stage_without_a_plan_fails() {
    let server = Server::start().await;
    let mut payload = server.payload("/good");
    payload["stage"] = json!("pre_plan");
    payload["plan_json_api_url"] = Value::Null;
    server.send(&payload).await;
    let message =
        "there is no plan at the stage `pre_plan`: set the task to run after plan or before apply";
    failed(&server.terraform, message);
    assert!(server.terraform.asked().is_empty());
}

#[tokio::test]
async fn a_plan_that_is_not_there_fails() {
    for (path, message) in [
        (
            "/broken",
            "the plan could not be fetched: Terraform answered 500",
        ),
        (
            "/none",
            "the plan could not be fetched: Terraform answered 204",
        ),
        (
            "/missing",
            "the plan could not be fetched: Terraform answered 404",
        ),
        ("/slow", "the plan could not be fetched in time"),
        ("/large", "the plan is larger than 1048576 bytes"),
        ("/page", "what Terraform sent is no plan in JSON"),
        ("/state", "what Terraform sent is no plan in JSON"),
        (
            "/round",
            "the plan could not be fetched: Terraform leads from one address to another without end",
        ),
    ] {
        let server = Server::start().await;
        server.judge(path).await;
        failed(&server.terraform, message);
    }
}

#[tokio::test]
async fn a_host_that_nobody_named_is_not_asked() {
    let other = Terraform::start(None).await;
    for key in ["plan_json_api_url", "task_result_callback_url"] {
        let server = Server::start().await;
        let mut payload = server.payload("/good");
        payload[key] = json!(other.url("/good"));
        let (status, body) = server.send(&payload).await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
        assert!(body.contains("`127.0.0.1` is none of the hosts"), "{body}");
        untouched(&server.terraform);
    }
    untouched(&other);
}

#[tokio::test]
async fn a_redirect_within_a_host_keeps_the_token() {
    let server = Server::start().await;
    server.judge("/near").await;
    assert_eq!(server.terraform.statuses(), ["running", "passed"]);
    let token = Some(format!("Bearer {TOKEN}"));
    let asked = [
        ("/near".to_owned(), token.clone()),
        ("/good".to_owned(), token),
    ];
    assert_eq!(server.terraform.asked(), asked);
}

#[tokio::test]
async fn a_redirect_to_another_host_that_is_named_loses_the_token() {
    let other = Terraform::start(None).await;
    let terraform = Terraform::start(Some(other.address)).await;
    let server = Server::with(terraform, &[other.address]);
    server.judge("/far").await;
    assert_eq!(server.terraform.statuses(), ["running", "passed"]);
    assert_eq!(other.asked(), [("/good".to_owned(), None)]);
}

#[tokio::test]
async fn a_redirect_to_a_host_that_nobody_named_is_not_followed() {
    let other = Terraform::start(None).await;
    let server = Server::with(Terraform::start(Some(other.address)).await, &[]);
    server.judge("/far").await;
    let message =
        "the plan could not be fetched: `127.0.0.1` is none of the hosts that may be asked";
    failed(&server.terraform, message);
    assert!(other.asked().is_empty());
}

#[tokio::test]
async fn a_result_is_told_again_until_it_is_taken() {
    let server = Server::start().await;
    server.terraform.deaf.store(2, Ordering::SeqCst);
    server.judge("/good").await;
    assert_eq!(server.terraform.statuses(), ["running", "passed"]);
}

#[tokio::test]
async fn a_payload_that_cannot_be_used_is_an_error() {
    let server = Server::start().await;
    for body in [
        "",
        "{}",
        "[]",
        r#"{"payload_version": 2, "stage": "post_plan", "access_token": "a"}"#,
    ] {
        let (status, _) = server.post(body, Some(signature(KEY, body))).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{body}");
    }
}

#[tokio::test]
async fn a_decision_is_recorded_and_neither_token_nor_plan_are_in_it() {
    let server = Server::start().await;
    server.judge("/bad").await;
    let recorded = server.recorded().await;
    let event: Value = serde_json::from_str(&recorded).unwrap();
    assert_eq!(event["path"], "plumbline/run-task");
    assert_eq!(event["plumbline"]["door"], "run-task");
    assert_eq!(event["plumbline"]["verdict"], "deny");
    let told = server.terraform.last().to_string();
    let shown = format!("{:?}", server.app);
    for text in [&recorded, &told, &shown] {
        assert!(!text.contains("s3cret"), "{text}");
        assert!(!text.contains("planned_values"), "{text}");
    }
}

#[tokio::test]
async fn without_a_key_there_is_no_run_task() {
    let app = over_http::app(1, |_| {});
    let request = Request::post("/v1/run-task").body(Body::empty()).unwrap();
    let response = api_router(app).oneshot(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::NOT_FOUND);
}
