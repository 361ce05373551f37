//! What runs in the cluster, for rules that read more than the object of a request.
//!
//! Only kinds that rules read are listed and watched; Secrets never are. What another object that is looked at has made,
//! as a Deployment makes Pods, is not kept: it is what the other one declares. Requests are answered from memory, by what
//! was prepared last: nothing here waits for an API server while somebody asks.

mod backoff;
pub mod client;
mod held;
mod keeper;
mod kind;
mod object;
mod pending;
mod prepare;
mod shared;
mod watcher;
mod wire;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use plumbline_core::estate::{Estate, Surroundings};
use plumbline_core::policy::PolicySet;
use plumbline_core::resource::Resource;
use plumbline_core::tree::View;
use plumbline_rego::value::json;
use tokio::task::JoinHandle;

use self::kind::NAMESPACE;
use self::object::Place;
use self::pending::Admitted;
use self::shared::Shared;
use crate::telemetry::Metrics;

/// From which age on what is known decides nothing, unless it is said otherwise. An API server tells every minute that
/// nothing has happened: two of these may be lost, and what is asked anew then has time to be answered.
pub const STALE_AFTER: Duration = Duration::from_secs(150);

/// Time since some moment. It never goes backwards.
pub type Now = Arc<dyn Fn() -> Duration + Send + Sync>;

/// How a cluster is looked at.
#[derive(Clone)]
pub struct Settings {
    /// From which age on what is known decides nothing.
    pub stale_after: Duration,
    /// How long an answer of the API server may take.
    pub patience: Duration,
    /// The shortest time from one preparation to the next one.
    pub pace: Duration,
    /// How often kinds are looked for that the API server did not serve.
    pub look_every: Duration,
    /// How long an object that was admitted is expected to be stored.
    pub pending: Duration,
    /// The clock.
    pub now: Now,
}

impl Settings {
    /// What is usual, by a clock.
    pub fn new(now: Now) -> Self {
        Self {
            stale_after: STALE_AFTER,
            patience: Duration::from_secs(30),
            pace: Duration::from_secs(1),
            look_every: Duration::from_mins(1),
            pending: Duration::from_secs(5),
            now,
        }
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("stale_after", &self.stale_after)
            .finish_non_exhaustive()
    }
}

/// What is known of a cluster at one moment.
#[derive(Debug, Clone)]
pub struct Snapshot {
    /// All that runs, prepared for rules; none before everything was listed once.
    pub surroundings: Option<Arc<Surroundings>>,
    /// How old the oldest of it may be.
    pub age: Duration,
    /// Whether rules may decide by it.
    pub fresh: bool,
    /// Why not.
    pub reason: Option<String>,
}

/// What runs in a cluster. Looking at it ends when this is dropped.
#[derive(Debug)]
pub struct Inventory {
    shared: Arc<Shared>,
    tasks: [JoinHandle<()>; 2],
}

impl Inventory {
    /// Begins to look at what the rules of a set read, within a runtime. An API server that cannot be reached is asked
    /// until it can be.
    pub fn start(
        client: kube::Client,
        policies: Arc<PolicySet>,
        settings: Settings,
        metrics: Metrics,
    ) -> Self {
        let shared = Arc::new(Shared::new(settings, policies, metrics));
        let preparing = tokio::spawn(prepare::run(Arc::clone(&shared)));
        let keeping = tokio::spawn(keeper::run(client, Arc::clone(&shared)));
        Self {
            shared,
            tasks: [preparing, keeping],
        }
    }

    /// Looks at what the rules of a set read, and prepares it for them from now on. What was prepared for another set
    /// stays until then, and serves both as long as they read the same.
    pub fn judge_by(&self, policies: &Arc<PolicySet>) {
        let before = self.shared.policies.load_full();
        if Arc::ptr_eq(&before, policies) {
            return;
        }
        self.shared.policies.store(Arc::clone(policies));
        self.shared.look.notify_one();
        self.shared.change();
    }

    /// What is known now.
    pub fn snapshot(&self) -> Snapshot {
        self.shared.snapshot()
    }

    /// The labels of a namespace; none if nobody knows them, or nothing was heard of namespaces for too long.
    pub fn namespace_labels(&self, name: &str) -> Option<BTreeMap<String, String>> {
        let held = self.shared.held(NAMESPACE)?;
        if held.age(self.shared.now()) > self.shared.settings.stale_after {
            return None;
        }
        let place = Place {
            namespace: None,
            name: name.to_owned(),
        };
        Some(held.find(&place)?.labels.clone())
    }

    /// An object was admitted, and is going to be stored unless somebody else refuses it: until the API server tells of
    /// it, it counts as if it ran. A dry run stores nothing.
    pub fn admitted(&self, resource: &Resource) {
        let Some(held) = self.shared.held(&resource.kind) else {
            return;
        };
        // What has no name yet is not found again.
        let is_named = !resource.name.ends_with('*');
        if !is_named || resource.kind == NAMESPACE || self.is_made(resource) {
            return;
        }
        let place = Place {
            namespace: resource.namespace.clone(),
            name: resource.name.clone(),
        };
        let before = held.find(&place).map(|object| object.version.clone());
        // The object alone: what it was read from has all of a review.
        let estate = object::estate(&json::to_string(&resource.value()), &held).ok();
        let is_it = |estate: &Estate| {
            let mut resources = estate.resources.iter();
            resources.all(|read| read.id == resource.id)
        };
        let Some(estate) = estate.filter(is_it) else {
            return;
        };
        let until = self.shared.now() + self.shared.settings.pending;
        self.shared.pending().add(Admitted {
            estate,
            kind: resource.kind.clone(),
            place,
            before,
            until,
            number: 0,
        });
    }

    /// Whether an object that is looked at itself makes this one.
    fn is_made(&self, resource: &Resource) -> bool {
        let kinds = self.shared.kinds.load();
        let owners = resource.view().at(&["metadata", "ownerReferences"]);
        let mut owners = owners.into_iter().flat_map(View::items);
        owners.any(|owner| {
            let text = |key: &str| owner.get(key).and_then(View::str).unwrap_or_default();
            let is_controller = owner.get("controller").and_then(View::bool) == Some(true);
            is_controller
                && kinds
                    .wanted
                    .has(&kind::name(text("apiVersion"), text("kind")))
        })
    }
}

impl Drop for Inventory {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}
