//! When to stop, and whether to be asked: both are told to whoever listens.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;

/// How far the end is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    #[default]
    Serving,
    Leaving,
    Hurrying,
}

/// The end of serving. Every clone is told.
#[derive(Debug, Clone, Default)]
pub struct Shutdown {
    stage: watch::Sender<Stage>,
}

impl Shutdown {
    /// Begins the end: what is running is finished.
    pub fn begin(&self) {
        self.reach(Stage::Leaving);
    }

    /// Ends now: nothing is waited for.
    pub fn hurry(&self) {
        self.reach(Stage::Hurrying);
    }

    /// Whether the end has begun.
    pub fn is_begun(&self) -> bool {
        *self.stage.borrow() >= Stage::Leaving
    }

    /// Resolves when the end has begun.
    pub async fn begun(&self) {
        self.reached(Stage::Leaving).await;
    }

    /// Resolves when nothing is to be waited for.
    pub async fn hurried(&self) {
        self.reached(Stage::Hurrying).await;
    }

    /// Begins the end at the first SIGTERM or SIGINT, and hurries at the second.
    /// The signals are taken from the moment of the call, which has to be made within the runtime.
    pub fn on_signals(self) -> io::Result<impl Future<Output = ()> + Send + 'static> {
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        Ok(async move {
            either(&mut terminate, &mut interrupt).await;
            self.begin();
            either(&mut terminate, &mut interrupt).await;
            self.hurry();
        })
    }

    fn reach(&self, stage: Stage) {
        self.stage.send_if_modified(|current| {
            let is_later = *current < stage;
            *current = stage.max(*current);
            is_later
        });
    }

    async fn reached(&self, stage: Stage) {
        let mut receiver = self.stage.subscribe();
        // The sender is held here, so that it cannot have gone.
        drop(receiver.wait_for(|current| *current >= stage).await);
    }
}

async fn either(one: &mut Signal, other: &mut Signal) {
    tokio::select! {
        _ = one.recv() => {}
        _ = other.recv() => {}
    }
}

/// What policies are called among the reasons.
pub const POLICIES: &str = "policies";

/// Whether requests should come here, and if not, why.
#[derive(Debug, Clone)]
pub struct Readiness {
    reasons: Arc<Mutex<BTreeMap<&'static str, String>>>,
    shutdown: Shutdown,
}

impl Readiness {
    /// Not ready until there are policies.
    pub fn new(shutdown: Shutdown) -> Self {
        let reasons = BTreeMap::from([(POLICIES, "none are active yet".to_owned())]);
        Self {
            reasons: Arc::new(Mutex::new(reasons)),
            shutdown,
        }
    }

    /// Something stands in the way.
    pub fn block(&self, name: &'static str, reason: String) {
        self.lock().insert(name, reason);
    }

    /// It no longer does.
    pub fn clear(&self, name: &'static str) {
        self.lock().remove(name);
    }

    /// Whether nothing stands in the way.
    pub fn is_ready(&self) -> bool {
        !self.shutdown.is_begun() && self.lock().is_empty()
    }

    /// What stands in the way, by name.
    pub fn reasons(&self) -> BTreeMap<&'static str, String> {
        let mut reasons = self.lock().clone();
        if self.shutdown.is_begun() {
            reasons.insert("shutdown", "it has begun".to_owned());
        }
        reasons
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<&'static str, String>> {
        self.reasons.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(readiness: &Readiness) -> Vec<&'static str> {
        readiness.reasons().into_keys().collect()
    }

    #[test]
    fn nothing_is_ready_without_policies() {
        let readiness = Readiness::new(Shutdown::default());
        assert!(!readiness.is_ready());
        assert_eq!(names(&readiness), [POLICIES]);
        readiness.clear(POLICIES);
        assert!(readiness.is_ready());
    }

    #[test]
    fn the_end_makes_unready_at_once() {
        let shutdown = Shutdown::default();
        let readiness = Readiness::new(shutdown.clone());
        readiness.clear(POLICIES);
        shutdown.begin();
        assert!(!readiness.is_ready());
        assert_eq!(names(&readiness), ["shutdown"]);
    }

    #[tokio::test]
    async fn whoever_asks_late_is_told_as_well() {
        let shutdown = Shutdown::default();
        shutdown.clone().hurry();
        shutdown.begun().await;
        shutdown.hurried().await;
        shutdown.begin();
        assert!(shutdown.is_begun());
    }
}
