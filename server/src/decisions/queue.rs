//! What waits for a task: bounded in number and in bytes, so that who is slow costs no memory, and nobody waits to put
//! something in.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::timeout;

/// How much may wait.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    /// In number.
    pub(super) count: usize,
    /// In bytes, about.
    pub(super) bytes: usize,
}

/// How much is taken at once.
#[derive(Debug, Clone, Copy)]
pub(super) struct Batch {
    pub(super) count: usize,
    /// A batch ends with what goes beyond it.
    pub(super) bytes: usize,
    /// How long the first waits for more.
    pub(super) linger: Duration,
}

/// A queue with many ends to put in and one to take out.
pub(super) struct Queue<T> {
    held: Mutex<Held<T>>,
    bounds: Bounds,
    changed: Notify,
}

struct Held<T> {
    items: VecDeque<(T, usize)>,
    bytes: usize,
    is_closed: bool,
}

impl<T> Queue<T> {
    pub(super) fn new(bounds: Bounds) -> Self {
        let held = Held {
            items: VecDeque::new(),
            bytes: 0,
            is_closed: false,
        };
        Self {
            held: Mutex::new(held),
            bounds,
            changed: Notify::new(),
        }
    }

    /// Puts something of so many bytes in. False, and it is gone, if there is no room or nobody takes anything any more.
    /// What alone is too large goes into an empty queue.
    pub(super) fn put(&self, item: T, bytes: usize) -> bool {
        let mut held = self.held();
        let is_full = held.items.len() >= self.bounds.count
            || !held.items.is_empty() && held.bytes.saturating_add(bytes) > self.bounds.bytes;
        if is_full || held.is_closed {
            return false;
        }
        held.items.push_back((item, bytes));
        held.bytes = held.bytes.saturating_add(bytes);
        drop(held);
        self.changed.notify_one();
        true
    }

    /// What waits, from the oldest; none once the queue is closed and empty.
    pub(super) async fn take(&self, batch: Batch) -> Option<Vec<T>> {
        self.until(|held| held.is_closed || !held.items.is_empty())
            .await;
        let is_enough = |held: &Held<T>| {
            held.is_closed || held.items.len() >= batch.count || held.bytes >= batch.bytes
        };
        if !batch.linger.is_zero() {
            // Enough or not: what is there is taken.
            let _ = timeout(batch.linger, self.until(is_enough)).await;
        }
        let mut held = self.held();
        let mut taken = Vec::new();
        let mut bytes = 0;
        while taken.len() < batch.count && bytes < batch.bytes {
            let Some((item, size)) = held.items.pop_front() else {
                break;
            };
            held.bytes = held.bytes.saturating_sub(size);
            bytes += size;
            taken.push(item);
        }
        (!taken.is_empty()).then_some(taken)
    }

    /// Nothing more is put in; what waits can still be taken.
    pub(super) fn close(&self) {
        self.held().is_closed = true;
        self.changed.notify_one();
    }

    /// Waits until the queue is closed. Only for who takes from it.
    pub(super) async fn closed(&self) {
        self.until(|held| held.is_closed).await;
    }

    pub(super) fn is_closed(&self) -> bool {
        self.held().is_closed
    }

    async fn until(&self, is_so: impl Fn(&Held<T>) -> bool) {
        loop {
            // The guard must be gone before anything is waited for.
            let is_so = is_so(&self.held());
            if is_so {
                return;
            }
            self.changed.notified().await;
        }
    }

    fn held(&self) -> MutexGuard<'_, Held<T>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Batch, Bounds, Queue};

    const BOUNDS: Bounds = Bounds {
        count: 3,
        bytes: 10,
    };
    const ALL: Batch = Batch {
        count: 100,
        bytes: 100,
        linger: Duration::ZERO,
    };

    #[tokio::test]
    async fn what_has_no_room_is_refused() {
        let queue = Queue::new(BOUNDS);
        assert!(queue.put('a', 1) && queue.put('b', 1) && queue.put('c', 1));
        assert!(!queue.put('d', 1));
        assert_eq!(queue.take(ALL).await, Some(vec!['a', 'b', 'c']));
        assert!(queue.put('e', 6));
        assert!(!queue.put('f', 5));
        assert!(queue.put('g', 4));
    }

    #[tokio::test]
    async fn what_alone_is_too_large_finds_room_in_an_empty_queue() {
        let queue = Queue::new(BOUNDS);
        assert!(queue.put('a', 100));
        assert!(!queue.put('b', 1));
    }

    #[tokio::test]
    async fn a_closed_queue_is_emptied_and_takes_nothing() {
        let queue = Queue::new(BOUNDS);
        assert!(queue.put('a', 1));
        queue.close();
        assert!(!queue.put('b', 1));
        assert_eq!(queue.take(ALL).await, Some(vec!['a']));
        assert_eq!(queue.take(ALL).await, None);
    }

    #[tokio::test]
    async fn a_batch_is_bounded_and_may_linger() {
        let queue = Queue::new(BOUNDS);
        assert!(queue.put('a', 1) && queue.put('b', 1));
        let batch = Batch {
            count: 1,
            bytes: 100,
            linger: Duration::from_mins(1),
        };
        assert_eq!(queue.take(batch).await, Some(vec!['a']));
        let batch = Batch {
            count: 2,
            linger: Duration::from_millis(1),
            ..batch
        };
        assert_eq!(queue.take(batch).await, Some(vec!['b']));
    }
}
