//! Policies are exchanged as a whole, and whatever goes wrong with a load, the last good ones stay.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use plumbline_core::policy::{self, Ingredients};
use plumbline_core::source::Sources;
use plumbline_core::stage::Stages;
use plumbline_core::waiver::Waivers;
use plumbline_server::policies::{Loaded, Policies, PolicySource, Refused};

/// How a load ends.
enum Load {
    Gives(u32),
    Refuses,
    Panics,
    Waits(Receiver<()>),
}

/// Loads that end as it is written.
struct Script(Mutex<VecDeque<Load>>);

impl PolicySource for Script {
    fn load(&self, known: Option<&str>) -> Result<Option<Loaded>, Refused> {
        let next = self.0.lock().unwrap().pop_front();
        match next {
            Some(Load::Gives(revision)) => {
                let loaded = loaded(revision);
                Ok(Some(loaded).filter(|loaded| known != Some(loaded.fingerprint.as_str())))
            }
            Some(Load::Refuses) => Err(Refused {
                reason: "it is wrong".to_owned(),
            }),
            Some(Load::Panics) => panic!("it is broken"),
            Some(Load::Waits(until)) => {
                until.recv().unwrap();
                Ok(Some(loaded(99)))
            }
            None => Ok(None),
        }
    }
}

pub(crate) fn loaded(revision: u32) -> Loaded {
    let sources = Sources::default();
    let (policies, _) = policy::load(&Ingredients::default(), &sources);
    Loaded {
        policies,
        waivers: Waivers::default(),
        stages: Stages::default(),
        overrides: Vec::new(),
        sources,
        digest: format!("sha256:{revision}"),
        revision: Some(revision.to_string()),
        fingerprint: format!("print {revision}"),
    }
}

fn policies(loads: impl IntoIterator<Item = Load>) -> Policies {
    let script = Script(Mutex::new(loads.into_iter().collect()));
    Policies::start(Arc::new(script), loaded(0))
}

/// The revision in force.
fn revision(policies: &Policies) -> u32 {
    let active = policies.current();
    let revision = active.revision.as_deref().unwrap();
    assert_eq!(active.digest, format!("sha256:{revision}"));
    revision.parse().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_reader_sees_one_whole_revision() {
    let policies = Arc::new(policies((1..=100).map(Load::Gives)));
    let done = Arc::new(AtomicBool::new(false));
    let readers: Vec<_> = (0..4)
        .map(|_| {
            let (policies, done) = (Arc::clone(&policies), Arc::clone(&done));
            std::thread::spawn(move || {
                let mut last = 0;
                while !done.load(Ordering::Acquire) {
                    let now = revision(&policies);
                    assert!(now >= last, "{now} after {last}");
                    last = now;
                }
            })
        })
        .collect();
    for expected in 1..=100 {
        assert_eq!(policies.reload().await, Ok(true));
        assert_eq!(revision(&policies), expected);
    }
    done.store(true, Ordering::Release);
    for reader in readers {
        reader.join().unwrap();
    }
    let status = policies.status();
    assert_eq!((status.reloads, status.refused), (100, 0));
}

#[tokio::test]
async fn what_was_taken_before_an_exchange_stays_what_it_was() {
    let policies = policies([Load::Gives(1)]);
    let taken = policies.current();
    assert_eq!(policies.reload().await, Ok(true));
    assert_eq!(taken.revision.as_deref(), Some("0"));
    assert_eq!(revision(&policies), 1);
}

#[tokio::test]
async fn a_set_that_is_known_is_not_exchanged() {
    let policies = policies([Load::Gives(0)]);
    assert_eq!(policies.reload().await, Ok(false));
    assert_eq!(policies.status().reloads, 0);
}

#[tokio::test]
async fn a_refused_set_keeps_the_last_good_one_and_says_why() {
    let policies = policies([Load::Refuses, Load::Panics, Load::Gives(1)]);
    assert!(policies.reload().await.is_err());
    assert_eq!(revision(&policies), 0);
    let status = policies.status();
    assert_eq!(status.last_error.as_deref(), Some("it is wrong"));
    assert!(policies.reload().await.is_err());
    assert_eq!(revision(&policies), 0);
    assert_eq!(policies.reload().await, Ok(true));
    let status = policies.status();
    assert_eq!((status.reloads, status.refused), (1, 2));
    assert_eq!(status.last_error, None);
}

#[tokio::test]
async fn a_load_that_hangs_is_said_and_not_begun_twice() {
    let (release, until) = channel();
    let policies =
        policies([Load::Waits(until), Load::Gives(1)]).with_patience(Duration::from_millis(500));
    let refused = policies.reload().await.unwrap_err();
    assert!(refused.reason.contains("takes more than"), "{refused}");
    let refused = policies.reload().await.unwrap_err();
    assert!(refused.reason.contains("has not ended"), "{refused}");
    assert_eq!(revision(&policies), 0);
    release.send(()).unwrap();
    // What the late load gives is not taken: the next one is.
    while policies.reload().await.is_err() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(revision(&policies), 1);
}
