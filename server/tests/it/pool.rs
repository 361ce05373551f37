//! Threads that nothing takes down.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::time::{Duration, Instant};

use plumbline_server::pool::{Pool, Refusal};

fn pool(threads: usize, queue: usize) -> Arc<Pool> {
    Arc::new(Pool::new("test", threads, queue).unwrap())
}

fn soon() -> Instant {
    Instant::now() + Duration::from_secs(20)
}

fn now() -> Instant {
    Instant::now() + Duration::from_millis(20)
}

/// A job that has begun, and goes on until what is sent to it is dropped.
async fn busy(
    pool: &Arc<Pool>,
    deadline: Instant,
) -> (Sender<()>, tokio::task::JoinHandle<Result<(), Refusal>>) {
    let (release, wait): (Sender<()>, Receiver<()>) = mpsc::channel();
    let (begin, begun) = tokio::sync::oneshot::channel();
    let pool = Arc::clone(pool);
    let job = tokio::spawn(async move {
        pool.run(deadline, move || {
            let _ = begin.send(());
            let _ = wait.recv();
        })
        .await
    });
    begun.await.unwrap();
    (release, job)
}

/// Waits until a pool has so much to do: waiting, running, stuck.
async fn until(pool: &Pool, expected: (usize, usize, usize)) {
    let found = || {
        let load = pool.load();
        (load.waiting, load.running, load.stuck)
    };
    for _ in 0..1_000 {
        if found() == expected {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(found(), expected);
}

#[tokio::test]
async fn work_is_done() {
    assert_eq!(pool(2, 2).run(soon(), || 1 + 1).await, Ok(2));
}

#[tokio::test]
async fn a_panic_takes_nobody_with_it() {
    let pool = pool(1, 1);
    let panicked: Result<(), Refusal> = pool.run(soon(), || panic!("hunter22")).await;
    assert_eq!(panicked, Err(Refusal::Panicked));
    assert_eq!(pool.run(soon(), || 1).await, Ok(1));
    until(&pool, (0, 0, 0)).await;
}

#[tokio::test]
async fn what_is_too_much_is_refused_at_once() {
    let pool = pool(1, 1);
    let (release, first) = busy(&pool, soon()).await;
    let waiting = {
        let pool = Arc::clone(&pool);
        tokio::spawn(async move { pool.run(soon(), || 1).await })
    };
    until(&pool, (1, 1, 0)).await;
    let asked = Instant::now();
    assert_eq!(pool.run(soon(), || 2).await, Err(Refusal::Full));
    assert!(asked.elapsed() < Duration::from_millis(50));
    drop(release);
    assert_eq!(first.await.unwrap(), Ok(()));
    assert_eq!(waiting.await.unwrap(), Ok(1));
}

#[tokio::test]
async fn what_is_late_is_never_begun() {
    let pool = pool(1, 2);
    let (release, first) = busy(&pool, soon()).await;
    let begun = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&begun);
    let late = pool.run(now(), move || counter.fetch_add(1, Ordering::SeqCst));
    assert_eq!(late.await, Err(Refusal::Late));
    drop(release);
    assert_eq!(first.await.unwrap(), Ok(()));
    assert_eq!(pool.run(soon(), || 1).await, Ok(1));
    assert_eq!(begun.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn what_is_given_up_keeps_nobody_from_waiting() {
    let pool = pool(1, 1);
    let (release, first) = busy(&pool, soon()).await;
    assert_eq!(pool.run(now(), || 1).await, Err(Refusal::Late));
    let next = {
        let pool = Arc::clone(&pool);
        tokio::spawn(async move { pool.run(soon(), || 2).await })
    };
    until(&pool, (1, 1, 0)).await;
    drop(release);
    assert_eq!(first.await.unwrap(), Ok(()));
    assert_eq!(next.await.unwrap(), Ok(2));
}

#[tokio::test]
async fn what_goes_on_beyond_its_time_is_counted_until_it_returns() {
    let pool = pool(1, 1);
    let shortly = Instant::now() + Duration::from_millis(500);
    let (release, job) = busy(&pool, shortly).await;
    assert_eq!(job.await.unwrap(), Err(Refusal::Late));
    until(&pool, (0, 1, 1)).await;
    drop(release);
    until(&pool, (0, 0, 0)).await;
}

#[tokio::test]
async fn whoever_hangs_up_is_not_waited_for() {
    let pool = pool(1, 1);
    let (release, job) = busy(&pool, soon()).await;
    job.abort();
    until(&pool, (0, 1, 1)).await;
    drop(release);
    until(&pool, (0, 0, 0)).await;
}
