//! What became of records: nothing is dropped without being counted.

use std::error::Error;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use super::sink::Failure;
use crate::decision::Door;
use crate::telemetry::Metrics;

/// How one sink is doing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SinkStatus {
    /// `stdout`, `file`, `http`, `store`.
    pub sink: &'static str,
    /// Records that were written.
    pub written: u64,
    /// Records that were not.
    pub dropped: u64,
    /// Attempts that failed.
    pub failures: u64,
    /// Whether the last attempt did.
    pub is_failing: bool,
}

/// The counts of one sink.
pub(super) struct Counts {
    sink: &'static str,
    metrics: Metrics,
    written: AtomicU64,
    dropped: AtomicU64,
    failures: AtomicU64,
    is_failing: AtomicBool,
}

impl Counts {
    pub(super) fn new(sink: &'static str, metrics: Metrics) -> Self {
        Self {
            sink,
            metrics,
            written: AtomicU64::new(0),
            dropped: AtomicU64::new(0),
            failures: AtomicU64::new(0),
            is_failing: AtomicBool::new(false),
        }
    }

    pub(super) fn status(&self) -> SinkStatus {
        SinkStatus {
            sink: self.sink,
            written: self.written.load(Ordering::Relaxed),
            dropped: self.dropped.load(Ordering::Relaxed),
            failures: self.failures.load(Ordering::Relaxed),
            is_failing: self.is_failing.load(Ordering::Relaxed),
        }
    }

    /// Records of decisions at these doors were written.
    pub(super) fn written(&self, doors: impl Iterator<Item = Door>) {
        for door in doors {
            self.metrics.decision_written(self.sink, door.as_str());
            self.written.fetch_add(1, Ordering::Relaxed);
        }
        if self.is_failing.swap(false, Ordering::Relaxed) {
            tracing::info!(sink = self.sink, "decisions are written again");
        }
    }

    /// So many records will never be written.
    pub(super) fn dropped(&self, reason: &'static str, records: usize) {
        for _ in 0..records {
            self.metrics.decision_dropped(self.sink, reason);
            self.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// An attempt failed. It is said once, until one succeeds.
    pub(super) fn failed(&self, failure: &Failure) {
        if matches!(failure, Failure::Store(_)) {
            self.metrics.store_error("write");
        }
        self.failures.fetch_add(1, Ordering::Relaxed);
        if !self.is_failing.swap(true, Ordering::Relaxed) {
            let reason = causes(failure);
            tracing::error!(sink = self.sink, reason, "decisions are not written");
        }
    }
}

/// An error with what caused it.
fn causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text.escape_debug().to_string()
}
