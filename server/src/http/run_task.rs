//! `POST /v1/run-task`: a run task of HCP Terraform or Terraform Enterprise.
//!
//! A request is signed, and answered at once. Then the plan is fetched and judged, and Terraform is told what came of
//! it. What could not be fetched, read or decided is failed, with the reason.

mod api;
mod hosts;
mod payload;
mod plan;

use std::error::Error as StdError;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use plumbline_core::report::run_task::{self, Status};
use plumbline_sources::fs;
use ring::hmac;
use tokio::sync::Semaphore;
use tokio::time::timeout;

use self::hosts::{Elsewhere, Hosts};
use self::payload::Task;
use self::plan::Judged;
use super::error::{Error, Fault};
use super::{access, body, id};
use crate::client::{Client, Trust};
use crate::clock;
use crate::config::RunTaskConfig;
use crate::decision::{Asked, Decision, Door};
use crate::policies::Active;
use crate::pool::Refusal;
use crate::state::App;

/// Where it is asked.
pub(super) const PATH: &str = "/v1/run-task";
/// The header with the HMAC of the body, in hexadecimal digits.
const SIGNATURE: &str = "x-tfc-task-signature";
/// How many bytes a signature has.
const SIGNATURE_BYTES: usize = 64;
/// The largest request.
const MOST_BYTES: usize = 1 << 20;
/// How long a request may take to arrive.
const ARRIVAL: Duration = Duration::from_secs(10);
/// How many tasks may wait or be judged.
const MOST_TASKS: usize = 64;
/// How many of them are fetched and judged at a time: each holds a plan.
const AT_ONCE: usize = 2;
/// How long a task may wait for its turn. Terraform gives up after ten minutes.
const LONGEST_WAIT: Duration = Duration::from_mins(5);
/// How long is waited at the end for what was begun.
const LAST: Duration = Duration::from_secs(20);

/// What run tasks need.
#[derive(Debug)]
pub struct RunTask {
    /// The file of the key. It is read for each request, so it may be replaced.
    key: PathBuf,
    hosts: Hosts,
    client: Client,
    plan_bytes: usize,
    patience: Duration,
    room: Arc<Semaphore>,
    turns: Semaphore,
}

/// Why run tasks cannot be answered.
#[derive(Debug, thiserror::Error)]
pub enum NotReady {
    /// There is no key.
    #[error("the key of run tasks cannot be read from `{}`", .0.escape_debug())]
    Key(String, #[source] io::Error),
    /// What is named is no host.
    #[error("`{}` is no host that a run task can ask", .0.escape_debug())]
    Host(String),
    /// Nobody knows which certificates to believe.
    #[error("the certificates of authorities cannot be read")]
    Certificates(#[source] Box<dyn StdError + Send + Sync>),
}

impl RunTask {
    /// Run tasks as they are configured.
    pub fn open(config: &RunTaskConfig) -> Result<Self, NotReady> {
        let file = &config.hmac_key;
        key(file).map_err(|error| NotReady::Key(fs::display(file), error))?;
        let trust = match &config.authority {
            Some(file) => Trust::File(file),
            None if config.plain => Trust::Nobody,
            None => Trust::System,
        };
        Ok(Self {
            key: file.clone(),
            hosts: Hosts::new(&config.hosts, config.plain).map_err(NotReady::Host)?,
            client: Client::new(trust).map_err(NotReady::Certificates)?,
            plan_bytes: config.plan_bytes,
            patience: config.patience,
            room: Arc::new(Semaphore::new(MOST_TASKS)),
            turns: Semaphore::new(AT_ONCE),
        })
    }

    /// Waits for the tasks that were taken, for as long as that may take, and takes no more.
    pub async fn finish(&self) {
        let all = u32::try_from(MOST_TASKS).unwrap_or(u32::MAX);
        if timeout(LAST, self.room.acquire_many(all)).await.is_err() {
            tracing::warn!("run tasks are left unanswered, and fail");
        }
        self.room.close();
    }

    /// Whether a body is signed by the key that the file holds now.
    async fn is_signed(
        &self,
        body: &Bytes,
        signature: [u8; SIGNATURE_BYTES],
    ) -> Result<bool, Error> {
        let (file, body) = (self.key.clone(), body.clone());
        let verified = tokio::task::spawn_blocking(move || {
            let key = key(&file)?;
            Ok::<_, io::Error>(hmac::verify(&key, &body, &signature).is_ok())
        });
        let verified = verified.await.map_err(io::Error::other).flatten();
        verified.map_err(|error| {
            tracing::error!(%error, "the key of the run task cannot be read");
            Error::new(Fault::Broken, "the signature could not be verified")
        })
    }
}

fn key(file: &Path) -> io::Result<hmac::Key> {
    let text = std::fs::read(file)?;
    let key = text.trim_ascii();
    if key.is_empty() {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "it is empty"));
    }
    Ok(hmac::Key::new(hmac::HMAC_SHA512, key))
}

/// Why a plan was not judged, or what was found does not count.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
enum Reason {
    #[error("there is no plan at the stage `{}`: set the task to run after plan or before apply", .0.escape_debug())]
    Stage(String),
    #[error("too many runs are being judged")]
    Crowded,
    #[error("the plan could not be fetched: {0}")]
    Elsewhere(Elsewhere),
    #[error("the plan could not be fetched: Terraform answered {0}")]
    Answer(u16),
    #[error(
        "the plan could not be fetched: Terraform leads from one address to another without end"
    )]
    Redirects,
    #[error("the plan could not be fetched: Terraform cannot be reached")]
    Unreachable,
    #[error("the plan could not be fetched in time")]
    Late,
    #[error("the plan is larger than {0} bytes")]
    TooLarge(usize),
    #[error("what Terraform sent is no plan in JSON")]
    NoPlan,
    #[error("the plan was not judged: {0}")]
    Pool(Refusal),
    #[error("the decision could not be recorded")]
    Unrecorded,
}

/// Takes a task.
pub(super) async fn take(State(app): State<Arc<App>>, request: Request) -> Response {
    let arrived = clock::instant();
    let taken = taken(&app, request, arrived).await;
    let response = match taken {
        Ok(()) => StatusCode::OK.into_response(),
        Err(error) => error.into_response(),
    };
    let spent = clock::instant().saturating_duration_since(arrived);
    let code = response.status().as_u16();
    app.metrics.api_request(PATH, code, spent.as_secs_f64());
    response
}

async fn taken(app: &Arc<App>, request: Request, arrived: Instant) -> Result<(), Error> {
    let Some(door) = &app.run_task else {
        let message = "no run task is answered here";
        return Err(Error::new(Fault::NotFound, message));
    };
    let (parts, body) = request.into_parts();
    let signature = signature(&parts.headers)?;
    let body = body::read(&parts.headers, body, MOST_BYTES, arrived + ARRIVAL).await?;
    if !door.is_signed(&body, signature).await? {
        return Err(unsigned(
            "the body is not signed by the key of this run task",
        ));
    }
    let task = Task::read(&body, &door.hosts).map_err(|unusable| {
        Error::new(Fault::Unreadable, "the request cannot be answered")
            .because(unusable.to_string())
    })?;
    let Some(task) = task else {
        return Ok(());
    };
    let Ok(room) = Arc::clone(&door.room).try_acquire_owned() else {
        let message = "too many tasks are waiting";
        return Err(Error::new(Fault::Busy, message));
    };
    let (app, door) = (Arc::clone(app), Arc::clone(door));
    let requester = access::requester(&parts.extensions);
    tokio::spawn(async move {
        let call = Call {
            task,
            arrived,
            requester,
        };
        perform(&app, &door, &call).await;
        drop(room);
    });
    Ok(())
}

fn signature(headers: &HeaderMap) -> Result<[u8; SIGNATURE_BYTES], Error> {
    let header = headers
        .get(SIGNATURE)
        .and_then(|header| header.to_str().ok());
    let bytes = header.and_then(bytes);
    bytes.ok_or_else(|| unsigned("a header `x-tfc-task-signature` with an HMAC is needed"))
}

fn unsigned(message: &str) -> Error {
    Error::new(Fault::Unknown, message)
}

/// The bytes that hexadecimal digits stand for.
fn bytes(digits: &str) -> Option<[u8; SIGNATURE_BYTES]> {
    let mut bytes = [0; SIGNATURE_BYTES];
    if digits.len() != bytes.len() * 2 || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    for (index, byte) in bytes.iter_mut().enumerate() {
        let pair = digits.get(index * 2..index * 2 + 2)?;
        *byte = u8::from_str_radix(pair, 16).ok()?;
    }
    Some(bytes)
}

/// A task that was taken.
struct Call {
    task: Task,
    arrived: Instant,
    requester: Option<String>,
}

/// Judges a task, records what was decided, and tells it.
async fn perform(app: &App, door: &RunTask, call: &Call) {
    let task = &call.task;
    let running = run_task::said(Status::Running, "the plan is being judged");
    // What fails here is said when the result is told.
    drop(door.tell(task, running, &[]).await);
    let active = app.policies.current();
    let judged = judge(app, door, task, &active).await;
    let mut judged = judged.unwrap_or_else(|reason| Judged::failed(&reason));
    let is_recorded = match record(call, &judged, &active) {
        Some(decision) => app.decisions.record(decision).await.is_ok(),
        None => false,
    };
    if !is_recorded {
        judged = Judged::failed(&Reason::Unrecorded);
    }
    let (workspace, verdict) = (task.workspace.as_str(), judged.outcome.as_str());
    match door.tell(task, judged.body, api::PAUSES).await {
        Ok(()) => tracing::info!(workspace, verdict, "a run was judged"),
        Err(failure) => {
            tracing::error!(workspace, verdict, %failure, "Terraform could not be told of a run");
        }
    }
}

async fn judge(
    app: &App,
    door: &RunTask,
    task: &Task,
    active: &Arc<Active>,
) -> Result<Judged, Reason> {
    let plan = task.plan.as_ref().map_err(Reason::clone)?;
    let Ok(Ok(_turn)) = timeout(LONGEST_WAIT, door.turns.acquire()).await else {
        return Err(Reason::Crowded);
    };
    let fetched = door.fetch(plan, &task.token).await?;
    let deadline = clock::instant() + door.patience;
    let (active, takes_outcomes) = (Arc::clone(active), task.takes_outcomes);
    let work = move || {
        let left = deadline.saturating_duration_since(clock::instant());
        let settings = clock::settings(left * 9 / 10);
        plan::judge(&active, fetched, takes_outcomes, &settings)
    };
    let pool = &app.pools.check;
    match pool.run(deadline, work).await {
        Ok(judged) => judged,
        Err(refusal) => {
            match refusal {
                Refusal::Full => app.metrics.shed(pool.name(), "full"),
                Refusal::Late => app.metrics.shed(pool.name(), "late"),
                Refusal::Panicked => app.metrics.panicked(pool.name()),
            }
            Err(Reason::Pool(refusal))
        }
    }
}

/// The record of a decision. The plan is not kept: it may hold what nobody may be shown. None if the system has no
/// randomness to name it by.
fn record(call: &Call, judged: &Judged, active: &Active) -> Option<Decision> {
    let task = &call.task;
    let spent = clock::instant().saturating_duration_since(call.arrived);
    Some(Decision {
        id: id::fresh()?,
        time: clock::wall(),
        door: Door::RunTask,
        path: "plumbline/run-task".to_owned(),
        verdict: judged.outcome,
        result: serde_json::from_str(&judged.body).unwrap_or_default(),
        input: None,
        sensitive: Vec::new(),
        asked: Asked {
            uid: task.result.clone(),
            operation: Some(task.stage.clone()),
            kind: None,
            resource: None,
            namespace: Some(task.workspace.clone()),
            name: task.run.clone(),
            user: None,
            dry_run: task.is_speculative,
        },
        refusals: judged.refusals.clone(),
        warnings: judged.warnings.clone(),
        findings: judged.findings.clone(),
        digest: active.digest.clone(),
        revision: active.revision.clone(),
        nanoseconds: u64::try_from(spent.as_nanos()).unwrap_or(u64::MAX),
        break_glass: None,
        requested_by: call.requester.clone(),
    })
}

#[cfg(test)]
mod tests {
    use super::bytes;

    #[test]
    fn a_signature_is_128_digits() {
        assert_eq!(bytes(&"0a".repeat(64)), Some([10; 64]));
        assert_eq!(bytes(&"0A".repeat(64)), Some([10; 64]));
        for digits in [
            "",
            "0a",
            &"0a".repeat(65),
            &"+a".repeat(64),
            &"ä".repeat(64),
        ] {
            assert_eq!(bytes(digits), None, "{digits}");
        }
    }
}
