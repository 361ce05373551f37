//! Keeps what is looked at in step with what rules read and what the API server serves: custom resources come and go.

use std::sync::Arc;

use tokio::task::{AbortHandle, JoinSet};
use tokio::time::sleep;

use super::backoff::{Backoff, shortened};
use super::held::Held;
use super::kind::{self, Kind, Served, Wanted};
use super::shared::{Kinds, Shared};
use super::watcher::Watcher;
use super::wire::Failure;

/// Looks for kinds for as long as it is asked to run.
pub(super) async fn run(client: kube::Client, shared: Arc<Shared>) {
    let mut tasks = Tasks::default();
    let mut backoff = Backoff::default();
    loop {
        let wanted = Arc::new(Wanted::of(&shared.policies.load()));
        let served = kind::discover(&client, &wanted, shared.settings.patience).await;
        let failure = match served {
            Ok(served) => {
                let failure = served.unanswered.values().next().cloned();
                let before = shared.kinds.load_full();
                let kinds = settled(&shared, &before, &wanted, served);
                say(&before, &kinds);
                tasks.keep(&client, &shared, &kinds);
                shared.kinds.store(Arc::new(kinds));
                shared.change();
                failure
            }
            Err(failure) => {
                let before = shared.kinds.load_full();
                shared.kinds.store(Arc::new(before.with_trouble(&failure)));
                Some(failure)
            }
        };
        let pause = match failure {
            None => {
                backoff.reset();
                shortened(shared.settings.look_every)
            }
            Some(failure) => {
                tracing::warn!("what the API server serves is not known: {failure}");
                backoff.pause().max(failure.wait())
            }
        };
        tokio::select! {
            () = sleep(pause) => {}
            () = shared.look.notified() => {}
        }
    }
}

impl Kinds {
    /// The same, of which nobody knows whether they are all.
    fn with_trouble(&self, failure: &Failure) -> Self {
        Self {
            wanted: Arc::clone(&self.wanted),
            held: self.held.clone(),
            are_all: self.are_all,
            missing: self.missing.clone(),
            trouble: Some(failure.clone()),
        }
    }

    fn find(&self, kind: &Kind) -> Option<Arc<Held>> {
        let mut held = self.held.iter();
        held.find(|held| held.kind == *kind).cloned()
    }

    /// A kind that was held in another version: what is known of it stays until it is listed in this one.
    fn moved(&self, kind: &Kind) -> Option<Arc<Held>> {
        let mut held = self.held.iter();
        let before = held.find(|held| held.kind.name == kind.name)?;
        Some(Arc::new(before.moved(kind.clone())))
    }
}

/// The kinds to look at: those that are served, and those that may only seem not to be.
fn settled(shared: &Shared, before: &Kinds, wanted: &Arc<Wanted>, served: Served) -> Kinds {
    let now = shared.now();
    let is_late = before.wanted == *wanted && before.are_all;
    let mut held: Vec<Arc<Held>> = Vec::new();
    for kind in served.kinds {
        let known = before.find(&kind).or_else(|| before.moved(&kind));
        held.push(known.unwrap_or_else(|| Arc::new(Held::new(kind, now, is_late))));
    }
    // An API server that begins does not serve everything at once. A kind that is taken away loses its objects first.
    let stays = |known: &&Arc<Held>| {
        let name = known.kind.name.as_str();
        let group = name.split_once('/').map_or(name, |(group, _)| group);
        let is_served = held.iter().any(|held| held.kind.name == name);
        let is_silent = served.unanswered.contains_key(group);
        let is_young = known.age(now) <= shared.settings.stale_after;
        wanted.has(name) && !is_served && (is_silent || (is_young && known.len() > 0))
    };
    let others: Vec<Arc<Held>> = before.held.iter().filter(stays).cloned().collect();
    held.extend(others);
    Kinds {
        wanted: Arc::clone(wanted),
        held,
        are_all: is_late || served.unanswered.is_empty(),
        missing: served.missing,
        trouble: served.unanswered.into_values().next(),
    }
}

/// Says which kinds are looked at, and which are not served, where that is news.
fn say(before: &Kinds, kinds: &Kinds) {
    for held in &kinds.held {
        if before.find(&held.kind).is_none() {
            tracing::info!(kind = %held.kind.name, "looked at");
        }
    }
    for kind in &kinds.missing {
        if !before.missing.contains(kind) {
            tracing::info!(%kind, "not served by the API server, looked for again later");
        }
    }
}

/// A task for each kind. All of them end when this is dropped.
#[derive(Default)]
struct Tasks {
    all: JoinSet<()>,
    of: Vec<Task>,
}

struct Task {
    held: Arc<Held>,
    wanted: Arc<Wanted>,
    handle: AbortHandle,
}

impl Tasks {
    /// Begins what is missing, and ends what is not to be looked at any more, or by other rules.
    fn keep(&mut self, client: &kube::Client, shared: &Arc<Shared>, kinds: &Kinds) {
        let is_kept = |task: &Task| {
            let mut held = kinds.held.iter();
            let is_held = held.any(|held| Arc::ptr_eq(held, &task.held));
            is_held && task.wanted == kinds.wanted && !task.handle.is_finished()
        };
        self.of.retain(|task| {
            let stays = is_kept(task);
            if !stays {
                task.handle.abort();
            }
            stays
        });
        while self.all.try_join_next().is_some() {}
        for held in &kinds.held {
            let mut tasks = self.of.iter();
            if tasks.any(|task| Arc::ptr_eq(held, &task.held)) {
                continue;
            }
            let watcher = Watcher {
                client: client.clone(),
                held: Arc::clone(held),
                wanted: Arc::clone(&kinds.wanted),
                shared: Arc::clone(shared),
            };
            self.of.push(Task {
                held: Arc::clone(held),
                wanted: Arc::clone(&kinds.wanted),
                handle: self.all.spawn(watcher.run()),
            });
        }
    }
}
