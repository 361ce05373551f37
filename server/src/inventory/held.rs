//! What is known of the objects of one kind, and how fresh that is.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::kind::Kind;
use super::object::{Object, Place, Placed};
use super::wire::Failure;

/// The objects of one kind.
#[derive(Debug)]
pub(super) struct Held {
    pub(super) kind: Kind,
    /// Since when they are looked at.
    since: Duration,
    /// Whether others were looked at before: the API server serves the kind only since.
    is_late: bool,
    state: Mutex<State>,
}

#[derive(Debug, Default, Clone)]
struct State {
    objects: BTreeMap<Place, Arc<Object>>,
    /// Whether all of them were listed once.
    is_listed: bool,
    /// When something was last heard of them.
    heard: Option<Duration>,
    /// Why nothing is heard.
    trouble: Option<Failure>,
}

impl Held {
    pub(super) fn new(kind: Kind, since: Duration, is_late: bool) -> Self {
        Self {
            kind,
            since,
            is_late,
            state: Mutex::default(),
        }
    }

    /// The same objects, where they are served in another version.
    pub(super) fn moved(&self, kind: Kind) -> Self {
        Self {
            kind,
            since: self.since,
            is_late: self.is_late,
            state: Mutex::new(self.lock().clone()),
        }
    }

    /// All of them were listed. What is not among them is not there any more.
    pub(super) fn replace(&self, objects: BTreeMap<Place, Arc<Object>>, now: Duration) {
        let mut state = self.lock();
        let before = std::mem::replace(&mut state.objects, objects);
        state.is_listed = true;
        state.hear(now);
        drop(state);
        // Many may go, while nobody waits for it.
        drop(before);
    }

    /// One of them is there, or is another one now. Whether that is news.
    pub(super) fn put(&self, (place, object): Placed, now: Duration) -> bool {
        let mut state = self.lock();
        state.hear(now);
        match object {
            Some(object) => {
                let version = object.version.clone();
                let before = state.objects.insert(place, object);
                before.is_none_or(|before| before.version != version)
            }
            None => state.objects.remove(&place).is_some(),
        }
    }

    /// Nothing has happened.
    pub(super) fn hear(&self, now: Duration) {
        self.lock().hear(now);
    }

    /// Something is in the way. Whether it was not before.
    pub(super) fn fail(&self, failure: &Failure) -> bool {
        let before = self.lock().trouble.replace(failure.clone());
        before.as_ref() != Some(failure)
    }

    /// What is in the way.
    pub(super) fn trouble(&self) -> Option<Failure> {
        self.lock().trouble.clone()
    }

    /// How long ago something was heard of them, or they were to be looked at.
    pub(super) fn age(&self, now: Duration) -> Duration {
        let heard = self.lock().heard.unwrap_or(self.since);
        now.saturating_sub(heard)
    }

    /// Whether they are known, or were not served when all others were listed.
    pub(super) fn is_known(&self) -> bool {
        self.is_late || self.lock().is_listed
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.lock().objects.len()
    }

    /// One of them.
    pub(super) fn find(&self, place: &Place) -> Option<Arc<Object>> {
        self.lock().objects.get(place).cloned()
    }

    /// All of them, in order of their places.
    pub(super) fn objects(&self) -> Vec<Arc<Object>> {
        self.lock().objects.values().cloned().collect()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn hear(&mut self, now: Duration) {
        self.heard = Some(now);
        self.trouble = None;
    }
}
