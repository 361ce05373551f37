//! What all tasks of an inventory share: the kinds that are looked at, and what was prepared of their objects.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use arc_swap::{ArcSwap, ArcSwapOption};
use plumbline_core::estate::{Entity, Estate, Surroundings};
use plumbline_core::policy::PolicySet;
use plumbline_core::resource::Resource;
use plumbline_core::source::FileId;
use tokio::sync::{Notify, Semaphore, watch};

use super::held::Held;
use super::kind::Wanted;
use super::pending::{Admitted, Pending};
use super::wire::Failure;
use super::{Settings, Snapshot};
use crate::telemetry::Metrics;

/// So many kinds are listed at a time.
const LISTS: usize = 4;

/// What all tasks share.
pub(super) struct Shared {
    pub(super) settings: Settings,
    pub(super) metrics: Metrics,
    /// The set that requests are judged by.
    pub(super) policies: ArcSwap<PolicySet>,
    pub(super) kinds: ArcSwap<Kinds>,
    pub(super) prepared: ArcSwapOption<Prepared>,
    pending: Mutex<Pending>,
    /// Since when there is something that was not prepared.
    unprepared: Mutex<Option<Duration>>,
    /// Told when there is something to prepare.
    pub(super) changed: watch::Sender<()>,
    /// Told when the API server may serve other kinds.
    pub(super) look: Notify,
    pub(super) lists: Semaphore,
    started: Duration,
}

/// The kinds that are looked at.
#[derive(Debug, Default)]
pub(super) struct Kinds {
    /// What they were looked for by.
    pub(super) wanted: Arc<Wanted>,
    pub(super) held: Vec<Arc<Held>>,
    /// Whether the API server has said of everything that is wanted whether it serves it.
    pub(super) are_all: bool,
    /// Kinds that it does not serve.
    pub(super) missing: Vec<String>,
    /// Why it did not say so.
    pub(super) trouble: Option<Failure>,
}

/// What was prepared, and of what.
#[derive(Debug)]
pub(super) struct Prepared {
    surroundings: Arc<Surroundings>,
    held: Vec<Arc<Held>>,
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared")
            .field("kinds", &self.kinds.load().held.len())
            .finish_non_exhaustive()
    }
}

impl Shared {
    pub(super) fn new(settings: Settings, policies: Arc<PolicySet>, metrics: Metrics) -> Self {
        Self {
            started: (settings.now)(),
            settings,
            metrics,
            policies: ArcSwap::new(policies),
            kinds: ArcSwap::default(),
            prepared: ArcSwapOption::empty(),
            pending: Mutex::default(),
            unprepared: Mutex::default(),
            changed: watch::Sender::new(()),
            look: Notify::new(),
            lists: Semaphore::new(LISTS),
        }
    }

    pub(super) fn now(&self) -> Duration {
        (self.settings.now)()
    }

    pub(super) fn pending(&self) -> MutexGuard<'_, Pending> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn unprepared(&self) -> MutexGuard<'_, Option<Duration>> {
        self.unprepared
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// There is something to prepare.
    pub(super) fn change(&self) {
        let now = self.now();
        self.unprepared().get_or_insert(now);
        self.changed.send_replace(());
    }

    /// Everything that has changed until then was prepared.
    pub(super) fn is_prepared(&self, more_since: Option<Duration>) {
        *self.unprepared() = more_since;
    }

    /// The kind that is held by a name.
    pub(super) fn held(&self, kind: &str) -> Option<Arc<Held>> {
        let kinds = self.kinds.load();
        kinds
            .held
            .iter()
            .find(|held| held.kind.name == kind)
            .cloned()
    }

    /// Whether the API server has stored something else of an object since it was admitted.
    fn is_stored(&self, admitted: &Admitted) -> bool {
        let held = self.held(&admitted.kind);
        let object = held.and_then(|held| held.find(&admitted.place));
        let version = object.as_ref().map(|object| &object.version);
        version != admitted.before.as_ref()
    }

    /// Prepares all that is known for the rules in force, if all of it was listed once. Whether it was.
    pub(super) fn prepare(&self) -> bool {
        let (kinds, policies) = (self.kinds.load_full(), self.policies.load_full());
        let is_for = *kinds.wanted == Wanted::of(&policies);
        if !is_for || !kinds.are_all || !kinds.held.iter().all(|held| held.is_known()) {
            return false;
        }
        // Looked at before the objects are, so that none is forgotten that is not among them.
        let pending = self.pending();
        let stored = pending
            .objects()
            .filter(|admitted| self.is_stored(admitted));
        let stored: Vec<u64> = stored.map(|admitted| admitted.number).collect();
        drop(pending);
        let mut estate = Estate::default();
        for object in kinds.held.iter().flat_map(|held| held.objects()) {
            add(&mut estate, &object.estate);
        }
        let before = self.prepared.load_full();
        let before = before.as_ref().map(|before| &*before.surroundings);
        let surroundings = Arc::new(policies.surroundings_after(before, estate));
        let held = kinds.held.clone();
        let prepared = Prepared { surroundings, held };
        self.prepared.store(Some(Arc::new(prepared)));
        let is_expected = |admitted: &Admitted| !stored.contains(&admitted.number);
        self.pending().retain(is_expected);
        true
    }

    /// What was prepared last, and how fresh it is.
    pub(super) fn snapshot(&self) -> Snapshot {
        let now = self.now();
        let Some(prepared) = self.prepared.load_full() else {
            return Snapshot {
                surroundings: None,
                age: now.saturating_sub(self.started),
                fresh: false,
                reason: Some(self.why_nothing()),
            };
        };
        let ages = prepared.held.iter().map(|held| (held.age(now), held));
        let (heard, held) = match ages.max_by_key(|(age, _)| *age) {
            Some((age, held)) => (age, Some(held)),
            None => (Duration::ZERO, None),
        };
        let waiting = self.unprepared().map(|since| now.saturating_sub(since));
        let age = heard.max(waiting.unwrap_or_default());
        let fresh = age <= self.settings.stale_after;
        let reason = (!fresh).then(|| match held.filter(|_| heard == age) {
            Some(held) => silence(held, age),
            None => format!(
                "what is known was not prepared for {} seconds",
                age.as_secs()
            ),
        });
        Snapshot {
            surroundings: Some(self.with_pending(&prepared.surroundings, now)),
            age,
            fresh,
            reason,
        }
    }

    fn with_pending(&self, surroundings: &Arc<Surroundings>, now: Duration) -> Arc<Surroundings> {
        let mut pending = self.pending();
        // What the API server has stored stays until it was prepared.
        pending.retain(|admitted| now < admitted.until || self.is_stored(admitted));
        let pending = pending.estate();
        if pending.resources.is_empty() {
            return Arc::clone(surroundings);
        }
        Arc::new(surroundings.with_pending(pending))
    }

    /// Why nothing was prepared yet.
    fn why_nothing(&self) -> String {
        let kinds = self.kinds.load();
        if let Some(trouble) = &kinds.trouble {
            return format!("what the API server serves is not known: {trouble}");
        }
        let unknown = kinds.held.iter().find(|held| !held.is_known());
        match unknown {
            Some(held) => {
                let name = &held.kind.name;
                let trouble = held.trouble().map(|trouble| format!(": {trouble}"));
                format!("`{name}` was not listed yet{}", trouble.unwrap_or_default())
            }
            None => "what runs was not prepared yet".to_owned(),
        }
    }

    /// Says how much is known, and how fresh it is.
    pub(super) fn report(&self) {
        let now = self.now();
        for held in &self.kinds.load().held {
            let age = held.age(now).as_secs_f64();
            self.metrics.inventory(&held.kind.name, held.len(), age);
        }
        self.metrics.inventory_fresh(self.snapshot().fresh);
    }
}

/// Since when nothing was heard of a kind, and why.
fn silence(held: &Held, age: Duration) -> String {
    let (name, seconds) = (&held.kind.name, age.as_secs());
    let trouble = held.trouble().map(|trouble| format!(": {trouble}"));
    let trouble = trouble.unwrap_or_default();
    format!("nothing was heard of `{name}` for {seconds} seconds{trouble}")
}

/// Adds what an object is. Each is a text of its own, counted from 1: 0 is the request.
fn add(estate: &mut Estate, object: &Estate) {
    let before = estate.resources.len();
    let number = u32::try_from(before).unwrap_or(u32::MAX).saturating_add(1);
    let resources = object.resources.iter().map(|resource| Resource {
        file: FileId(number),
        ..resource.clone()
    });
    estate.resources.extend(resources);
    let entities = object.entities.iter().map(|entity| Entity {
        resource: entity.resource + before,
        ..entity.clone()
    });
    estate.entities.extend(entities);
}
