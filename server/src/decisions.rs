//! Records of decisions: masked once, then written by every sink on its own.
//!
//! With best effort a decision never waits for its record, and what is lost is counted. Where records are required a
//! decision only holds once one sink that survives a crash has it.

mod backoff;
mod console;
mod count;
mod event;
mod file;
mod gzip;
mod mask;
mod names;
mod pointer;
mod queue;
mod sink;
mod upload;

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::config::{DecisionConfig, DecisionMode, SinkConfig};
use crate::decision::{Decision, Door};
use crate::store::{Record, Store};
use crate::telemetry::Metrics;

use count::Counts;
use event::Desk;
use file::LogFile;
use queue::{Batch, Bounds, Queue};
use sink::{Outlet, Receipt, Sink};
use upload::Upload;

pub use count::SinkStatus;
pub use pointer::NoMask;

/// What may wait to be masked, and in each sink to be written.
const BOUNDS: Bounds = Bounds {
    count: 20_000,
    bytes: 64 * 1024 * 1024,
};
/// How many decisions are masked at once.
const MASKED_AT_ONCE: Batch = Batch {
    count: 64,
    bytes: 8 * 1024 * 1024,
    linger: Duration::ZERO,
};
/// The longest that a required record is waited for. Requests have deadlines of their own.
const PATIENCE: Duration = Duration::from_secs(10);
/// The longest that what still waits is written at the end.
const LAST: Duration = Duration::from_secs(15);

/// Why nothing can be recorded as it was asked for.
#[derive(Debug, thiserror::Error)]
pub enum CannotStart {
    /// A mask is no mask.
    #[error(transparent)]
    Mask(#[from] NoMask),
    /// An address is none.
    #[error("`{}` is no address of a service that takes decisions", .0.escape_debug())]
    Url(String),
    /// A token would be readable on its way.
    #[error("a token is not sent to `{}` in the clear", .0.escape_debug())]
    Plain(String),
    /// Nobody knows which certificates to believe.
    #[error("the certificates of authorities cannot be read")]
    Certificates(#[source] Box<dyn Error + Send + Sync>),
    /// A sink needs the store.
    #[error("decisions are to be written to a store, and there is none")]
    NoStore,
    /// Records are required, and nothing keeps them.
    #[error("records are required, and neither a file nor a store keeps them")]
    NothingLasts,
}

/// Why the record that a decision needs is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotWritten {
    /// Too many wait already.
    #[error("too many decisions wait to be recorded")]
    Full,
    /// Nothing that lasts could write it.
    #[error("the decision could not be recorded")]
    Failed,
    /// It took too long.
    #[error("recording the decision took too long")]
    Late,
}

/// Where decisions are handed in.
pub struct Decisions {
    /// What is not masked yet.
    pending: Arc<Queue<Pending>>,
    is_required: bool,
    counts: Vec<Arc<Counts>>,
    tasks: Mutex<Vec<JoinHandle<()>>>,
}

/// A decision, and whoever waits for its record.
struct Pending {
    decision: Decision,
    receipt: Option<Receipt>,
}

impl fmt::Debug for Decisions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Decisions")
            .field("status", &self.status())
            .finish_non_exhaustive()
    }
}

impl Decisions {
    /// Begins to record, in tasks of the current runtime.
    pub fn start(
        config: &DecisionConfig,
        store: Option<&Arc<dyn Store>>,
        metrics: &Metrics,
    ) -> Result<Self, CannotStart> {
        let is_required = config.mode == DecisionMode::Required;
        let mut outlets = Vec::new();
        let mut counts = Vec::new();
        for sink in &config.sinks {
            let sink = open(sink, store, is_required)?;
            let count = Arc::new(Counts::new(sink.name(), metrics.clone()));
            counts.push(Arc::clone(&count));
            outlets.push(Arc::new(Outlet::new(sink, BOUNDS, count)));
        }
        if is_required && !outlets.iter().any(|outlet| outlet.is_durable()) {
            return Err(CannotStart::NothingLasts);
        }
        let desk = Desk {
            labels: labels(),
            masks: config
                .mask
                .iter()
                .map(|mask| pointer::Mask::read(mask))
                .collect::<Result<_, _>>()?,
        };
        let pending = Arc::new(Queue::new(BOUNDS));
        let mut tasks: Vec<_> = outlets
            .iter()
            .map(|outlet| tokio::spawn(Arc::clone(outlet).run()))
            .collect();
        let from = Arc::clone(&pending);
        tasks.push(tokio::spawn(distribute(from, desk, outlets)));
        Ok(Self {
            pending,
            is_required,
            counts,
            tasks: Mutex::new(tasks),
        })
    }

    /// Records a decision. With best effort this does not wait, and never fails; otherwise the record is there when it
    /// returns, or the decision must not hold.
    pub async fn record(&self, decision: Decision) -> Result<(), NotWritten> {
        if !self.is_required {
            // What nobody writes need not be masked.
            if !self.counts.is_empty() {
                self.put(decision, None);
            }
            return Ok(());
        }
        let (receipt, written) = Receipt::new();
        if !self.put(decision, Some(receipt)) {
            return Err(NotWritten::Full);
        }
        match timeout(PATIENCE, written).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(NotWritten::Failed),
            Err(_) => Err(NotWritten::Late),
        }
    }

    /// How each sink is doing. What could not be masked is lost to all of them.
    pub fn status(&self) -> Vec<SinkStatus> {
        self.counts.iter().map(|counts| counts.status()).collect()
    }

    /// Takes nothing more in, and writes what waits, for as long as that may take.
    pub async fn finish(&self) {
        self.pending.close();
        let tasks = self.begun();
        let aborts: Vec<_> = tasks.iter().map(JoinHandle::abort_handle).collect();
        let all = futures_util::future::join_all(tasks);
        if timeout(LAST, all).await.is_err() {
            tracing::error!("decisions are lost: they could not be written in time");
        }
        for abort in aborts {
            abort.abort();
        }
    }

    fn begun(&self) -> Vec<JoinHandle<()>> {
        let mut tasks = self.tasks.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *tasks)
    }

    fn put(&self, decision: Decision, receipt: Option<Receipt>) -> bool {
        let size = decision.input.as_ref().map_or(0, |input| input.len()) + 1024;
        let is_taken = self.pending.put(Pending { decision, receipt }, size);
        if !is_taken {
            let counts = self.counts.iter();
            counts.for_each(|counts| counts.dropped("full", 1));
        }
        is_taken
    }
}

/// Says which server an event is of, and that it is ours.
fn labels() -> BTreeMap<String, String> {
    let id = RandomState::new().hash_one(std::process::id());
    [
        ("app", "plumbline".to_owned()),
        ("id", format!("{id:016x}")),
        ("version", env!("CARGO_PKG_VERSION").to_owned()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into()
}

fn open(
    sink: &SinkConfig,
    store: Option<&Arc<dyn Store>>,
    is_required: bool,
) -> Result<Sink, CannotStart> {
    Ok(match sink {
        SinkConfig::Stdout => Sink::Console,
        SinkConfig::File { path, bytes, keep } => {
            let file = LogFile::new(path.clone(), *bytes, *keep);
            Sink::File(Arc::new(Mutex::new(file)), is_required)
        }
        SinkConfig::Http {
            url,
            token,
            authority,
        } => {
            let upload = Upload::new(url, token.as_deref(), authority.as_deref())?;
            Sink::Http(Box::new(upload))
        }
        SinkConfig::Store => Sink::Store(Arc::clone(store.ok_or(CannotStart::NoStore)?)),
    })
}

/// Masks decisions, off the threads that answer requests, and offers each record to every sink.
async fn distribute(pending: Arc<Queue<Pending>>, desk: Desk, outlets: Vec<Arc<Outlet>>) {
    let desk = Arc::new(desk);
    let mut number = 0;
    while let Some(batch) = pending.take(MASKED_AT_ONCE).await {
        let (many, desk) = (batch.len(), Arc::clone(&desk));
        let masked = tokio::task::spawn_blocking(move || records(&desk, batch, number)).await;
        number += many as u64;
        let Ok(masked) = masked else {
            outlets.iter().for_each(|outlet| outlet.lost(many));
            continue;
        };
        for Masked {
            record,
            door,
            receipt,
        } in &masked
        {
            for outlet in &outlets {
                outlet.offer(record, *door, receipt.as_ref());
            }
        }
    }
    for outlet in &outlets {
        outlet.close();
    }
}

/// A record that may leave.
struct Masked {
    record: Arc<Record>,
    door: Door,
    receipt: Option<Receipt>,
}

/// The records of decisions, of which the first has the next number.
fn records(desk: &Desk, batch: Vec<Pending>, number: u64) -> Vec<Masked> {
    let numbers = (number + 1)..;
    let numbered = batch.into_iter().zip(numbers);
    numbered
        .map(|(Pending { decision, receipt }, number)| Masked {
            door: decision.door,
            record: desk.record(decision, number),
            receipt,
        })
        .collect()
}
