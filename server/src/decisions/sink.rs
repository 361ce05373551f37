//! Where records go: each sink has its own queue and its own task, so that one which is slow or broken holds up none of
//! the others, and never a decision.

use std::error::Error;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::timeout;

use super::count::Counts;
use super::file::LogFile;
use super::queue::{Batch, Bounds, Queue};
use super::upload::{self, Upload};
use super::{backoff::Backoff, console};
use crate::decision::Door;
use crate::store::{Record, Store, StoreError};

/// A record on its way into one sink.
pub(super) struct Entry {
    pub(super) record: Arc<Record>,
    pub(super) door: Door,
    /// Whoever waits for it to be written; nobody in a sink that cannot promise that.
    pub(super) receipt: Option<Receipt>,
}

/// What is signed by the first sink that has written a record for good. If all copies are gone without it, nobody has.
#[derive(Clone)]
pub(super) struct Receipt(Arc<Mutex<Option<oneshot::Sender<()>>>>);

impl Receipt {
    pub(super) fn new() -> (Self, oneshot::Receiver<()>) {
        let (sender, receiver) = oneshot::channel();
        (Self(Arc::new(Mutex::new(Some(sender)))), receiver)
    }

    fn sign(&self) {
        let sender = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(sender) = sender {
            // Who waited may have given up.
            let _ = sender.send(());
        }
    }
}

/// Where records go.
pub(super) enum Sink {
    /// Standard output.
    Console,
    /// A file. The flag says whether it is flushed to the disk with each batch.
    File(Arc<Mutex<LogFile>>, bool),
    /// A service that speaks OPA's protocol.
    Http(Box<Upload>),
    /// The database.
    Store(Arc<dyn Store>),
}

/// Why a batch was not written.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    #[error("it could not be written")]
    Io(#[from] io::Error),
    #[error("the store did not take it")]
    Store(#[from] StoreError),
    #[error("the service cannot be reached")]
    Unreachable(#[source] Box<dyn Error + Send + Sync>),
    #[error("the service answered {0}")]
    Answer(u16),
    #[error("the token cannot be read")]
    Token(#[source] io::Error),
}

impl Failure {
    /// Whether fewer records might have been taken.
    fn is_too_large(&self) -> bool {
        matches!(self, Self::Answer(413))
    }

    /// Whether the same batch may be taken another time.
    fn may_pass(&self) -> bool {
        !matches!(self, Self::Answer(400 | 413 | 422))
    }
}

impl Sink {
    /// Its name in metrics and messages.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Console => "stdout",
            Self::File(..) => "file",
            Self::Http(_) => "http",
            Self::Store(_) => "store",
        }
    }

    /// Whether what it has written is there after a crash.
    fn is_durable(&self) -> bool {
        match self {
            Self::Console | Self::Http(_) => false,
            Self::File(_, is_flushed) => *is_flushed,
            Self::Store(_) => true,
        }
    }

    fn batch(&self) -> Batch {
        match self {
            Self::Console | Self::File(..) | Self::Store(_) => Batch {
                count: 1000,
                bytes: 4 * 1024 * 1024,
                linger: Duration::ZERO,
            },
            Self::Http(_) => upload::BATCH,
        }
    }

    async fn write(&self, batch: &[Entry]) -> Result<(), Failure> {
        match self {
            Self::Console => {
                let lines = lines(batch);
                blocking(move || console::write(&lines)).await?;
            }
            Self::File(file, is_flushed) => {
                let (lines, file, is_flushed) = (lines(batch), Arc::clone(file), *is_flushed);
                blocking(move || {
                    let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
                    file.append(&lines, is_flushed)
                })
                .await?;
            }
            Self::Http(upload) => upload.send(batch).await?,
            Self::Store(store) => {
                let records: Vec<Arc<Record>> = batch
                    .iter()
                    .map(|entry| Arc::clone(&entry.record))
                    .collect();
                store.write(&records).await?;
            }
        }
        Ok(())
    }
}

/// Each event on a line of its own, and nothing after the last line.
fn lines(batch: &[Entry]) -> Vec<u8> {
    let size: usize = batch.iter().map(|entry| entry.record.event.len() + 1).sum();
    let mut lines = Vec::with_capacity(size);
    for entry in batch {
        lines.extend_from_slice(entry.record.event.as_bytes());
        lines.push(b'\n');
    }
    lines
}

async fn blocking(work: impl FnOnce() -> io::Result<()> + Send + 'static) -> io::Result<()> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(io::Error::other)?
}

/// A sink with its queue.
pub(super) struct Outlet {
    queue: Queue<Entry>,
    sink: Sink,
    counts: Arc<Counts>,
}

impl Outlet {
    pub(super) fn new(sink: Sink, bounds: Bounds, counts: Arc<Counts>) -> Self {
        Self {
            queue: Queue::new(bounds),
            sink,
            counts,
        }
    }

    pub(super) fn is_durable(&self) -> bool {
        self.sink.is_durable()
    }

    /// Takes a record, if there is room for it.
    pub(super) fn offer(&self, record: &Arc<Record>, door: Door, receipt: Option<&Receipt>) {
        let entry = Entry {
            record: Arc::clone(record),
            door,
            receipt: receipt.filter(|_| self.is_durable()).cloned(),
        };
        if !self.queue.put(entry, record.size()) {
            self.counts.dropped("full", 1);
        }
    }

    /// So many records could not be made.
    pub(super) fn lost(&self, records: usize) {
        self.counts.dropped("failed", records);
    }

    /// No more records will come.
    pub(super) fn close(&self) {
        self.queue.close();
    }

    /// Writes what comes, until no more will come.
    pub(super) async fn run(self: Arc<Self>) {
        while let Some(batch) = self.queue.take(self.sink.batch()).await {
            let mut parts = vec![batch];
            while let Some(part) = parts.pop() {
                parts.extend(self.deliver(part).await);
            }
        }
    }

    /// Writes a batch, if need be again and again. What somebody waits for is tried once: nobody may be told that a
    /// record is written after having been told that it is not. One that is too large comes back in halves.
    async fn deliver(&self, mut batch: Vec<Entry>) -> Vec<Vec<Entry>> {
        let mut backoff = Backoff::default();
        loop {
            let Err(failure) = self.sink.write(&batch).await else {
                break;
            };
            self.counts.failed(&failure);
            let is_awaited = |entry: &Entry| entry.receipt.is_some();
            let awaited = batch.iter().filter(|entry| is_awaited(entry)).count();
            self.counts.dropped("failed", awaited);
            batch.retain(|entry| !is_awaited(entry));
            if failure.is_too_large() && batch.len() > 1 {
                let rest = batch.split_off(batch.len() / 2);
                return vec![rest, batch];
            }
            if batch.is_empty() || !failure.may_pass() || self.queue.is_closed() {
                self.counts.dropped("failed", batch.len());
                return Vec::new();
            }
            // A last attempt is made at once when no more will come.
            let _ = timeout(backoff.pause(), self.queue.closed()).await;
        }
        self.counts.written(batch.iter().map(|entry| entry.door));
        for receipt in batch.iter().filter_map(|entry| entry.receipt.as_ref()) {
            receipt.sign();
        }
        Vec::new()
    }
}
