//! Threads that decide: few, with a bounded queue before them, so that a burst is refused quickly and not kept waiting.
//!
//! What panics takes nobody with it. What is late is given up, and counted until it returns.

use std::any::Any;
use std::cell::Cell;
use std::collections::VecDeque;
use std::fmt;
use std::io;
use std::panic::{self, AssertUnwindSafe};
use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, Once, PoisonError};
use std::thread;
use std::time::Instant;

use tokio::sync::oneshot;
use tokio::time::timeout_at;

use crate::clock;

/// What deciding needs beyond what grows by itself.
const STACK: usize = 8 << 20;

/// The pools of a server. What one does cannot delay the other.
#[derive(Debug)]
pub struct Pools {
    /// What an API server waits for.
    pub admission: Pool,
    /// Checks of files, and audits.
    pub check: Pool,
}

/// Threads of one purpose.
pub struct Pool {
    shared: Arc<Shared>,
}

/// Why there is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// As much is waiting as may wait.
    #[error("too much is waiting")]
    Full,
    /// The deadline came first.
    #[error("it was not done in time")]
    Late,
    /// It panicked.
    #[error("it failed unexpectedly")]
    Panicked,
}

/// How much a pool has to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Load {
    /// Jobs that nobody has begun.
    pub waiting: usize,
    /// Jobs that were begun.
    pub running: usize,
    /// Those of them that nobody waits for any more.
    pub stuck: usize,
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool")
            .field("load", &self.load())
            .finish_non_exhaustive()
    }
}

impl Pool {
    /// Starts the threads. They end when the pool is dropped and what is waiting is done.
    pub fn new(name: &'static str, threads: usize, queue: usize) -> io::Result<Self> {
        watch_panics();
        let shared = Arc::new(Shared {
            name,
            capacity: queue,
            queue: Mutex::default(),
            more: Condvar::new(),
            running: AtomicUsize::new(0),
            stuck: AtomicUsize::new(0),
        });
        let pool = Self { shared };
        for number in 0..threads.max(1) {
            let shared = Arc::clone(&pool.shared);
            thread::Builder::new()
                .name(format!("{name}-{number}"))
                .stack_size(STACK)
                .spawn(move || shared.work())?;
        }
        Ok(pool)
    }

    /// Has work done by one of the threads, and waits for it until the deadline. What nobody has begun by then, or what
    /// nobody waits for any more, is not begun.
    pub async fn run<T: Send + 'static>(
        &self,
        deadline: Instant,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Refusal> {
        let (sender, receiver) = oneshot::channel();
        let state = Arc::new(AtomicU8::new(WAITING));
        let (shared, of_job) = (Arc::clone(&self.shared), Arc::clone(&state));
        let run = move || {
            let answer = panic::catch_unwind(AssertUnwindSafe(work));
            shared.end(&of_job);
            // Nobody may be waiting any more.
            drop(sender.send(answer.map_err(forget)));
        };
        // Dropped when the answer is there, when it is late, and when whoever asked has hung up.
        let _waiting = Waiting {
            state: Arc::clone(&state),
            shared: &self.shared,
        };
        self.shared.push(Job {
            deadline,
            state,
            run: Box::new(run),
        })?;
        match timeout_at(deadline.into(), receiver).await {
            Ok(Ok(answer)) => answer,
            // Who sends was dropped before it was begun.
            Ok(Err(_)) | Err(_) => Err(Refusal::Late),
        }
    }

    /// What it is called.
    pub fn name(&self) -> &'static str {
        self.shared.name
    }

    /// How much there is to do.
    pub fn load(&self) -> Load {
        Load {
            waiting: self.shared.lock().jobs.len(),
            running: self.shared.running.load(Ordering::Relaxed),
            stuck: self.shared.stuck.load(Ordering::Relaxed),
        }
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.shared.lock().closed = true;
        self.shared.more.notify_all();
    }
}

/// What a panic carries may quote the request, and ends here.
fn forget(_: Box<dyn Any + Send>) -> Refusal {
    Refusal::Panicked
}

/// What a job has come to.
const WAITING: u8 = 0;
const RUNNING: u8 = 1;
const DONE: u8 = 2;
const ABANDONED: u8 = 3;

struct Job {
    deadline: Instant,
    state: Arc<AtomicU8>,
    run: Box<dyn FnOnce() + Send>,
}

struct Shared {
    name: &'static str,
    capacity: usize,
    queue: Mutex<Queue>,
    more: Condvar,
    running: AtomicUsize,
    stuck: AtomicUsize,
}

#[derive(Default)]
struct Queue {
    jobs: VecDeque<Job>,
    closed: bool,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn push(&self, job: Job) -> Result<(), Refusal> {
        let mut queue = self.lock();
        if queue.jobs.len() >= self.capacity {
            // What nobody waits for takes nobody's place.
            queue
                .jobs
                .retain(|job| job.state.load(Ordering::Acquire) == WAITING);
        }
        if queue.jobs.len() >= self.capacity {
            return Err(Refusal::Full);
        }
        queue.jobs.push_back(job);
        drop(queue);
        self.more.notify_one();
        Ok(())
    }

    fn next(&self) -> Option<Job> {
        let mut queue = self.lock();
        loop {
            if let Some(job) = queue.jobs.pop_front() {
                return Some(job);
            }
            if queue.closed {
                return None;
            }
            let woken = self.more.wait(queue);
            queue = woken.unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn work(&self) {
        QUIET.set(true);
        while let Some(job) = self.next() {
            let is_late = clock::instant() >= job.deadline;
            if is_late || !change(&job.state, WAITING, RUNNING) {
                continue;
            }
            self.running.fetch_add(1, Ordering::Relaxed);
            (job.run)();
        }
    }

    fn end(&self, state: &AtomicU8) {
        self.running.fetch_sub(1, Ordering::Relaxed);
        if state.swap(DONE, Ordering::AcqRel) == ABANDONED {
            self.stuck.fetch_sub(1, Ordering::Relaxed);
        }
    }
}

fn change(state: &AtomicU8, from: u8, to: u8) -> bool {
    let changed = state.compare_exchange(from, to, Ordering::AcqRel, Ordering::Acquire);
    changed.is_ok()
}

/// That somebody waits for a job.
struct Waiting<'a> {
    state: Arc<AtomicU8>,
    shared: &'a Shared,
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        if change(&self.state, WAITING, ABANDONED) {
            return;
        }
        // Counted before it can be discounted by the thread.
        self.shared.stuck.fetch_add(1, Ordering::Relaxed);
        if !change(&self.state, RUNNING, ABANDONED) {
            self.shared.stuck.fetch_sub(1, Ordering::Relaxed);
        }
    }
}

thread_local! {
    /// Whether what panics on this thread may quote a request.
    static QUIET: Cell<bool> = const { Cell::new(false) };
}

/// Of a panic in a pool, only the place is said.
fn watch_panics() {
    static WATCHED: Once = Once::new();
    WATCHED.call_once(|| {
        let usual = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !QUIET.get() {
                usual(info);
            } else if let Some(place) = info.location() {
                tracing::error!(%place, "a decision panicked");
            }
        }));
    });
}
