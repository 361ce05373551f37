//! What a webhook is examined among: the other webhooks, and what else of the cluster was handed in.

use std::collections::BTreeSet;

use super::selector::{Labels, NAME, labels, selects};
use super::webhook::{Request, Service, Webhook};
use crate::estate::Estate;
use crate::problem::Problem;
use crate::resource::Resource;
use crate::tree::View;
use crate::waiver::Date;

/// Kinds that hold webhooks, as the API server calls them in order: those that change objects come first.
const CONFIGURATIONS: [&str; 2] = [
    "admissionregistration.k8s.io/MutatingWebhookConfiguration",
    "admissionregistration.k8s.io/ValidatingWebhookConfiguration",
];
/// Kinds whose pods may answer for a service.
const CONTROLLERS: [&str; 6] = [
    "core/Pod",
    "core/ReplicationController",
    "apps/Deployment",
    "apps/StatefulSet",
    "apps/DaemonSet",
    "apps/ReplicaSet",
];

/// All that was handed in.
#[derive(Debug)]
pub(super) struct Cluster<'a> {
    estate: &'a Estate,
    pub(super) today: Date,
    /// Every webhook, in the order in which API servers call them.
    pub(super) webhooks: Vec<Webhook<'a>>,
}

impl<'a> Cluster<'a> {
    /// What an estate holds on a day, and what of its webhooks cannot be read.
    pub(super) fn new(estate: &'a Estate, today: Date) -> (Self, Vec<Problem>) {
        let mut configurations: Vec<(usize, usize, &'a Resource)> = Vec::new();
        for (index, resource) in estate.resources.iter().enumerate() {
            let order = CONFIGURATIONS
                .iter()
                .position(|kind| resource.kind == *kind);
            configurations.extend(order.map(|order| (order, index, resource)));
        }
        let order = |(order, index, resource): &(usize, usize, &'a Resource)| {
            (*order, resource.name.clone(), *index)
        };
        configurations.sort_by_cached_key(order);
        let (mut webhooks, mut problems) = (Vec::new(), Vec::new());
        for (_, index, resource) in configurations {
            problems.extend(unreadable(resource));
            let written = resource.view().get("webhooks").into_iter();
            let written = written.flat_map(View::items).filter(|one| one.is_mapping());
            webhooks.extend(written.map(|view| Webhook::new(resource, index, view)));
        }
        let cluster = Self {
            estate,
            today,
            webhooks,
        };
        (cluster, problems)
    }

    /// The resources of a kind.
    pub(super) fn of_kind<'k>(
        &self,
        kind: &'k str,
    ) -> impl Iterator<Item = &'a Resource> + use<'a, 'k> {
        let resources: &'a [Resource] = &self.estate.resources;
        resources
            .iter()
            .filter(move |resource| resource.kind == kind)
    }

    /// Every namespace that was handed in, itself or by what lies in it, in order of names.
    pub(super) fn namespaces(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        let resources: &'a [Resource] = &self.estate.resources;
        let named = resources
            .iter()
            .filter_map(|resource| match resource.kind.as_str() {
                "core/Namespace" => Some(resource.name.as_str()),
                _ => resource.namespace.as_deref(),
            });
        let names: BTreeSet<&'a str> = named.collect();
        names.into_iter()
    }

    /// The labels of a namespace; of one that was not handed in, its name.
    pub(super) fn labels_of<'n>(&self, namespace: &'n str) -> Labels<'n>
    where
        'a: 'n,
    {
        let declared = self
            .of_kind("core/Namespace")
            .find(|resource| resource.name == namespace);
        let written = declared.and_then(|resource| resource.view().at(&["metadata", "labels"]));
        let mut own: Labels<'n> = labels(written);
        own.insert(NAME, namespace);
        own
    }

    /// Whether services were handed in, so that one that is missing is missing.
    pub(super) fn knows_services(&self) -> bool {
        self.of_kind("core/Service").next().is_some()
    }

    /// Whether workloads were handed in.
    pub(super) fn knows_workloads(&self) -> bool {
        let mut kinds = CONTROLLERS.iter();
        kinds.any(|kind| self.of_kind(kind).next().is_some())
    }

    /// Whether something runs in a namespace.
    pub(super) fn runs_something_in(&self, namespace: &str) -> bool {
        let mut kinds = CONTROLLERS.iter();
        kinds.any(|kind| {
            let mut running = self.of_kind(kind);
            running.any(|resource| resource.namespace.as_deref() == Some(namespace))
        })
    }

    /// The object of a service.
    pub(super) fn declared(&self, service: Service<'_>) -> Option<&'a Resource> {
        self.of_kind("core/Service").find(|resource| {
            resource.name == service.name
                && resource.namespace.as_deref() == Some(service.namespace)
        })
    }

    /// What runs the pods that answer for a service.
    pub(super) fn backing(&self, service: Service<'_>) -> Vec<&'a Resource> {
        let declared = self.declared(service);
        let selector = declared.and_then(|declared| declared.view().at(&["spec", "selector"]));
        let wanted = labels(selector);
        if wanted.is_empty() {
            return Vec::new();
        }
        let answers = |resource: &&'a Resource| {
            let own = pod_labels(resource);
            let has = |(key, value): (&&str, &&str)| own.get(*key) == Some(value);
            resource.namespace.as_deref() == Some(service.namespace) && wanted.iter().all(has)
        };
        let kinds = CONTROLLERS.iter();
        let mut found: Vec<&'a Resource> = kinds
            .flat_map(|kind| self.of_kind(kind))
            .filter(answers)
            .collect();
        // What a controller made stands beside it in what a cluster answers.
        let is_made = |resource: &&'a Resource| {
            let owners = resource.view().at(&["metadata", "ownerReferences"]);
            owners.is_some_and(|owners| owners.items().next().is_some())
        };
        if !found.iter().all(is_made) {
            found.retain(|resource| !is_made(resource));
        }
        found
    }

    /// The labels of the pods that answer for a webhook, as far as they are known.
    pub(super) fn own_labels(&self, webhook: &Webhook<'_>) -> Labels<'a> {
        let backing = webhook.service().map(|service| self.backing(service));
        let first = backing.and_then(|backing| backing.first().copied());
        first.map(pod_labels).unwrap_or_default()
    }

    /// Whether a budget keeps some of the pods that a resource runs.
    pub(super) fn has_budget(&self, resource: &Resource) -> bool {
        let own = pod_labels(resource);
        let mut budgets = self.of_kind("policy/PodDisruptionBudget");
        budgets.any(|budget| {
            budget.namespace == resource.namespace
                && selects(budget.view().at(&["spec", "selector"]), &own)
        })
    }

    /// The webhooks that are sent a request in a namespace on an object without labels, in the order in which they are
    /// called.
    pub(super) fn called_for(&self, request: Request<'_>, namespace: &str) -> Vec<&Webhook<'a>> {
        let around = self.labels_of(namespace);
        let is_called = |webhook: &&Webhook<'a>| {
            let sent = webhook.reached_by(request, &around, &Labels::new());
            sent.is_some()
        };
        self.webhooks.iter().filter(is_called).collect()
    }
}

/// The labels of the pods that a resource runs.
pub(super) fn pod_labels(resource: &Resource) -> Labels<'_> {
    let path: &[&str] = match resource.kind.as_str() {
        "core/Pod" => &["metadata", "labels"],
        _ => &["spec", "template", "metadata", "labels"],
    };
    labels(resource.view().at(path))
}

/// What of a configuration has another shape than an API server takes.
fn unreadable(resource: &Resource) -> Vec<Problem> {
    let mut odd = Vec::new();
    let written = resource.view().get("webhooks");
    odd.extend(written.filter(|list| !list.is_sequence() && !list.is_null()));
    for webhook in written.into_iter().flat_map(View::items) {
        let rules = webhook.get("rules");
        odd.extend(rules.filter(|list| !list.is_sequence() && !list.is_null()));
        let rules = rules.into_iter().flat_map(View::items);
        odd.extend(
            std::iter::once(webhook)
                .chain(rules)
                .filter(|one| !one.is_mapping()),
        );
    }
    let places = odd
        .into_iter()
        .filter_map(|view| resource.tree.place(view.id()));
    places
        .map(|place| {
            Problem::error(place, "no API server takes this: it has another shape")
                .help("`webhooks` and `rules` are lists of mappings")
        })
        .collect()
}
