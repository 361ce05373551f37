//! The policies in force: one set at a time, exchanged as a whole, and the last good one kept.
//!
//! A load reads, compiles and tests beside the requests, which go on being judged by the set in force. Whatever becomes
//! of a load, a panic and one that never ends among it, that set is exchanged for a whole one or not at all.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use arc_swap::ArcSwap;
use plumbline_core::break_glass::BreakGlass;
use plumbline_core::policy::PolicySet;
use plumbline_core::source::Sources;
use plumbline_core::stage::Stages;
use plumbline_core::waiver::Waivers;
use tokio::task::spawn_blocking;
use tokio::time::{sleep, timeout};

use crate::clock;
use crate::shutdown::Shutdown;
use crate::telemetry::Metrics;

/// How long a load may take, unless it is said otherwise.
pub const PATIENCE: Duration = Duration::from_mins(5);

/// The set in force. What decides a request is taken once, and holds until it is answered.
#[derive(Debug)]
pub struct Active {
    /// The rules.
    pub policies: Arc<PolicySet>,
    /// The organisation's exceptions.
    pub waivers: Waivers,
    /// How far the organisation has introduced its rules.
    pub stages: Stages,
    /// Who may pass them for some hours.
    pub overrides: Vec<BreakGlass>,
    /// The texts that rules and waivers stand in.
    pub sources: Sources,
    /// The digest of the rules and all that they read: `sha256:` and 64 digits.
    pub digest: String,
    /// Where they come from: a commit, or the revision of a bundle.
    pub revision: Option<String>,
    /// Since when it is in force.
    pub activated: SystemTime,
    fingerprint: String,
}

/// What a source gives: checked in full, and its unit tests passed.
#[derive(Debug)]
pub struct Loaded {
    /// The rules.
    pub policies: PolicySet,
    /// The organisation's exceptions.
    pub waivers: Waivers,
    /// How far the organisation has introduced its rules.
    pub stages: Stages,
    /// Who may pass them for some hours.
    pub overrides: Vec<BreakGlass>,
    /// The texts that rules and waivers stand in.
    pub sources: Sources,
    /// The digest of the rules and all that they read.
    pub digest: String,
    /// Where they come from.
    pub revision: Option<String>,
    /// What is equal only if everything is that decides, waivers and revision among it.
    pub fingerprint: String,
}

/// Why a set is not taken, as text that may be shown to whoever runs the server.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct Refused {
    /// What is wrong with it.
    pub reason: String,
}

/// Where policies come from. It may block, and is never asked twice at a time.
pub trait PolicySource: Send + Sync + 'static {
    /// The set there is now; none if its fingerprint is the known one.
    fn load(&self, known: Option<&str>) -> Result<Option<Loaded>, Refused>;
}

/// What is in force, and how the last attempts ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// The digest of the set in force.
    pub digest: String,
    /// Where it comes from.
    pub revision: Option<String>,
    /// Since when it is in force.
    pub activated: SystemTime,
    /// When the source was last asked.
    pub last_attempt: Option<SystemTime>,
    /// Why the last attempt was refused; none if it was not.
    pub last_error: Option<String>,
    /// How often the set was exchanged.
    pub reloads: u64,
    /// How many attempts were refused.
    pub refused: u64,
}

/// The set in force and the source of the next one.
pub struct Policies {
    active: ArcSwap<Active>,
    source: Arc<dyn PolicySource>,
    patience: Duration,
    loading: Arc<AtomicBool>,
    history: Mutex<History>,
}

#[derive(Debug, Default)]
struct History {
    last_attempt: Option<SystemTime>,
    last_error: Option<String>,
    reloads: u64,
    refused: u64,
}

impl Policies {
    /// Begins with a set that is in force from now on.
    pub fn start(source: Arc<dyn PolicySource>, first: Loaded) -> Self {
        Self {
            active: ArcSwap::from_pointee(Active::of(first)),
            source,
            patience: PATIENCE,
            loading: Arc::default(),
            history: Mutex::default(),
        }
    }

    /// The same, but a load may take so long.
    #[must_use]
    pub fn with_patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// The set in force. Taking it waits for nobody.
    pub fn current(&self) -> Arc<Active> {
        self.active.load_full()
    }

    /// What is in force, and how the last attempts ended.
    pub fn status(&self) -> Status {
        let active = self.current();
        let history = self.history();
        Status {
            digest: active.digest.clone(),
            revision: active.revision.clone(),
            activated: active.activated,
            last_attempt: history.last_attempt,
            last_error: history.last_error.clone(),
            reloads: history.reloads,
            refused: history.refused,
        }
    }

    /// Asks the source now and then, until the server stops.
    pub async fn watch(&self, every: Duration, shutdown: Shutdown, metrics: &Metrics) {
        metrics.policies_loaded(true, unix(self.current().activated));
        loop {
            let next = async {
                sleep(every).await;
                self.reload().await
            };
            let outcome = tokio::select! {
                () = shutdown.begun() => return,
                outcome = next => outcome,
            };
            match outcome {
                Ok(true) => {
                    let active = self.current();
                    metrics.policies_loaded(true, unix(active.activated));
                    let revision = active.revision.as_deref().unwrap_or("none");
                    tracing::info!(digest = %active.digest, revision, "policies exchanged");
                }
                Ok(false) => {}
                Err(refused) => {
                    metrics.policies_loaded(false, unix(clock::wall()));
                    tracing::warn!(reason = %refused, "policies refused, the last good ones stay");
                }
            }
        }
    }

    /// Asks the source, and exchanges the set if there is another one. Whether it was exchanged.
    pub async fn reload(&self) -> Result<bool, Refused> {
        let outcome = self.attempt().await;
        let mut history = self.history();
        history.last_attempt = Some(clock::wall());
        history.last_error = outcome.as_ref().err().map(ToString::to_string);
        match &outcome {
            Ok(true) => history.reloads += 1,
            Ok(false) => {}
            Err(_) => history.refused += 1,
        }
        outcome
    }

    async fn attempt(&self) -> Result<bool, Refused> {
        let Some(turn) = Turn::take(&self.loading) else {
            return Err(Refused::because("a load that began before has not ended"));
        };
        let source = Arc::clone(&self.source);
        let active = self.current();
        // A load that takes too long keeps its turn until it ends, and what it gives is not taken.
        let load = spawn_blocking(move || (source.load(Some(&active.fingerprint)), turn));
        let (loaded, turn) = match timeout(self.patience, load).await {
            Ok(Ok(ended)) => ended,
            Ok(Err(_)) => return Err(Refused::because("the load broke off in a panic")),
            Err(_) => {
                let seconds = self.patience.as_secs_f64();
                let reason = format!("the load takes more than {seconds} seconds");
                return Err(Refused { reason });
            }
        };
        let Some(loaded) = loaded? else {
            return Ok(false);
        };
        self.active.store(Arc::new(Active::of(loaded)));
        // The next load knows this set.
        drop(turn);
        Ok(true)
    }

    fn history(&self) -> MutexGuard<'_, History> {
        self.history.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A time as metrics have it.
fn unix(time: SystemTime) -> f64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    since.as_secs_f64()
}

impl fmt::Debug for Policies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Policies")
            .field("status", &self.status())
            .finish_non_exhaustive()
    }
}

impl Active {
    fn of(loaded: Loaded) -> Self {
        let Loaded {
            policies,
            waivers,
            stages,
            overrides,
            sources,
            digest,
            revision,
            fingerprint,
        } = loaded;
        Self {
            policies: Arc::new(policies),
            waivers,
            stages,
            overrides,
            sources,
            digest,
            revision,
            activated: clock::wall(),
            fingerprint,
        }
    }
}

impl Refused {
    fn because(reason: &str) -> Self {
        Self {
            reason: reason.to_owned(),
        }
    }
}

/// The right to load, given back when it is dropped, also by a panic.
struct Turn(Arc<AtomicBool>);

impl Turn {
    fn take(loading: &Arc<AtomicBool>) -> Option<Self> {
        let was_taken = loading.swap(true, Ordering::AcqRel);
        (!was_taken).then(|| Self(Arc::clone(loading)))
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Release);
    }
}
