//! An API server that answers what a test wants, and keeps in mind what it was asked.

use std::collections::{HashMap, VecDeque};
use std::io;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::Uri;
use axum::response::Response;
use futures_util::stream;
use plumbline_server::inventory::client;
use tokio::net::TcpListener;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

/// How long a test waits for what has to happen.
const PATIENCE: Duration = Duration::from_secs(20);

/// An answer to one request.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    code: u16,
    retry_after: Option<u64>,
    delay: Duration,
    body: String,
}

impl Answer {
    pub(crate) fn of(body: impl Into<String>) -> Self {
        Self {
            code: 200,
            retry_after: None,
            delay: Duration::ZERO,
            body: body.into(),
        }
    }

    pub(crate) fn code(code: u16) -> Self {
        let body = format!(r#"{{"kind":"Status","code":{code},"message":"no\nway"}}"#);
        Self {
            code,
            ..Self::of(body)
        }
    }

    pub(crate) fn retry_after(self, seconds: u64) -> Self {
        Self {
            retry_after: Some(seconds),
            ..self
        }
    }

    pub(crate) fn after(self, delay: Duration) -> Self {
        Self { delay, ..self }
    }
}

/// A line of a watch, or an error that breaks its connection.
type Said = Result<Bytes, io::Error>;

#[derive(Default)]
struct Script {
    /// By path, the answers to one request after the other. The last one stays.
    answers: HashMap<String, VecDeque<Answer>>,
    /// By path, the answers to requests to watch, before any is let through.
    refusals: HashMap<String, VecDeque<Answer>>,
    /// By path, the watch that was opened last.
    watches: HashMap<String, UnboundedSender<Said>>,
    asked: Vec<(String, Instant)>,
}

/// An API server.
pub(crate) struct FakeApi {
    script: Arc<Mutex<Script>>,
    address: String,
    serving: JoinHandle<()>,
}

impl Drop for FakeApi {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl FakeApi {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        Self::on(listener)
    }

    pub(crate) fn on(listener: TcpListener) -> Self {
        let script = Arc::<Mutex<Script>>::default();
        let address = listener.local_addr().expect("an address").to_string();
        let router = Router::new().fallback(handle);
        let router = router.with_state(Arc::clone(&script));
        let serving = tokio::spawn(async move {
            axum::serve(listener, router).await.expect("it serves");
        });
        Self {
            script,
            address,
            serving,
        }
    }

    pub(crate) fn client(&self) -> kube::Client {
        client_of(&self.address)
    }

    /// Answers requests to a path, one after the other.
    pub(crate) fn answers(&self, path: &str, answers: impl IntoIterator<Item = Answer>) {
        let answers = answers.into_iter().collect();
        self.script().answers.insert(path.to_owned(), answers);
    }

    /// Answers the next requests to watch a path.
    pub(crate) fn refuses_to_watch(&self, path: &str, answers: impl IntoIterator<Item = Answer>) {
        let answers = answers.into_iter().collect();
        self.script().refusals.insert(path.to_owned(), answers);
    }

    /// Serves kinds: versions, paths and names of kinds.
    pub(crate) fn serves(&self, kinds: &[(&str, &str, &str)]) {
        let mut groups: HashMap<&str, Vec<String>> = HashMap::new();
        for (version, path, kind) in kinds {
            let verbs = r#"["get","list","watch"]"#;
            let kind = format!(r#"{{"name":"{path}","kind":"{kind}","verbs":{verbs}}}"#);
            groups.entry(*version).or_default().push(kind);
        }
        let mut listed = Vec::new();
        for (version, kinds) in groups {
            let resources = format!(r#"{{"resources":[{}]}}"#, kinds.join(","));
            match version.split_once('/') {
                Some((group, _)) => {
                    let version_of = format!(r#"{{"groupVersion":"{version}","version":"v"}}"#);
                    listed.push(format!(
                        r#"{{"name":"{group}","versions":[{version_of}],"preferredVersion":{version_of}}}"#
                    ));
                    self.answers(&format!("/apis/{version}"), [Answer::of(resources)]);
                }
                None => self.answers(&format!("/api/{version}"), [Answer::of(resources)]),
            }
        }
        let groups = format!(r#"{{"groups":[{}]}}"#, listed.join(","));
        self.answers("/apis", [Answer::of(groups)]);
    }

    /// Says a line to whoever watches a path, as soon as somebody does.
    pub(crate) async fn says(&self, path: &str, line: &str) {
        let line = Bytes::from(format!("{line}\n"));
        self.tell(path, || Ok(line.clone())).await;
    }

    /// Breaks the connection of whoever watches a path.
    pub(crate) async fn breaks_off(&self, path: &str) {
        self.tell(path, || Err(io::Error::other("broken"))).await;
        self.script().watches.remove(path);
    }

    /// Ends the watch of a path.
    pub(crate) async fn ends(&self, path: &str) {
        until("somebody watches", || {
            self.script().watches.remove(path).is_some()
        })
        .await;
    }

    async fn tell(&self, path: &str, said: impl Fn() -> Said) {
        let is_told = || {
            let script = self.script();
            let watch = script.watches.get(path);
            watch.is_some_and(|watch| watch.send(said()).is_ok())
        };
        until("somebody watches", is_told).await;
    }

    /// When a path was asked for what: its queries, in order.
    pub(crate) fn asked(&self, path: &str) -> Vec<(String, Instant)> {
        let script = self.script();
        let asked = script.asked.iter().filter_map(|(asked, when)| {
            let (of, query) = asked.split_once('?').unwrap_or((asked, ""));
            (of == path).then(|| (query.to_owned(), *when))
        });
        asked.collect()
    }

    /// The queries to a path that list, and do not watch.
    pub(crate) fn lists(&self, path: &str) -> Vec<String> {
        let asked = self.asked(path).into_iter().map(|(query, _)| query);
        asked.filter(|query| !query.contains("watch=")).collect()
    }

    /// The versions that a path was watched from.
    pub(crate) fn watched_from(&self, path: &str) -> Vec<String> {
        let asked = self.asked(path);
        let versions = asked.iter().filter_map(|(query, _)| {
            let (_, version) = query.split_once("resourceVersion=")?;
            Some(version.to_owned())
        });
        versions.collect()
    }

    /// Everything that was asked.
    pub(crate) fn paths(&self) -> Vec<String> {
        let script = self.script();
        script.asked.iter().map(|(path, _)| path.clone()).collect()
    }

    fn script(&self) -> MutexGuard<'_, Script> {
        self.script.lock().expect("no test panics in it")
    }
}

/// A client of what serves at an address.
pub(crate) fn client_of(address: &str) -> kube::Client {
    let uri = format!("http://{address}").parse().expect("an address");
    let mut config = kube::Config::new(uri);
    // It speaks plain HTTP, and this machine may trust nobody.
    config.root_cert = Some(Vec::new());
    client::of_config(config).expect("a client")
}

/// Waits until something holds.
#[track_caller]
pub(crate) fn until(what: &'static str, holds: impl Fn() -> bool) -> impl Future<Output = ()> {
    let place = std::panic::Location::caller();
    async move {
        let wait = async {
            while !holds() {
                sleep(Duration::from_millis(5)).await;
            }
        };
        let waited = timeout(PATIENCE, wait).await;
        assert!(waited.is_ok(), "in vain until {what}, {place}");
    }
}

/// What is answered to a request.
enum Reply {
    Whole(Answer),
    Watch(UnboundedReceiver<Said>),
}

async fn handle(State(script): State<Arc<Mutex<Script>>>, uri: Uri) -> Response {
    let query = uri.query().unwrap_or_default();
    match reply(&script, uri.path(), query) {
        Reply::Whole(answer) => {
            sleep(answer.delay).await;
            let mut response = Response::builder().status(answer.code);
            if let Some(seconds) = answer.retry_after {
                response = response.header("retry-after", seconds);
            }
            response.body(Body::from(answer.body)).expect("a response")
        }
        Reply::Watch(receiver) => {
            let lines = stream::unfold(receiver, |mut receiver| async move {
                let said = receiver.recv().await?;
                Some((said, receiver))
            });
            Response::new(Body::from_stream(lines))
        }
    }
}

fn reply(script: &Mutex<Script>, path: &str, query: &str) -> Reply {
    let mut script = script.lock().expect("no test panics in it");
    script
        .asked
        .push((format!("{path}?{query}"), Instant::now()));
    if query.contains("watch=") {
        let refusals = script.refusals.get_mut(path);
        if let Some(refusal) = refusals.and_then(VecDeque::pop_front) {
            return Reply::Whole(refusal);
        }
        let (sender, receiver) = unbounded_channel();
        script.watches.insert(path.to_owned(), sender);
        return Reply::Watch(receiver);
    }
    let Some(answers) = script.answers.get_mut(path) else {
        return Reply::Whole(Answer::code(404));
    };
    let next = match answers.len() {
        0 | 1 => answers.front().cloned(),
        _ => answers.pop_front(),
    };
    Reply::Whole(next.unwrap_or_else(|| Answer::code(404)))
}
