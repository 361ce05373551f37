//! What the entities of an estate are found by when another one speaks of them: names, labels, hosts, and the Services
//! in front of them.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use super::{Entity, EntityKind, Estate, Model};
use crate::resource::{Platform, Resource};
use crate::source::FileId;
use crate::tree::{NodeId, Typing, View};

/// Kinds of what addresses of AWS end in the name of.
const ADDRESSED: &[EntityKind] = &[EntityKind::Channel, EntityKind::Store, EntityKind::Workload];

/// Where resources of AWS are given a name.
const GIVEN: &[&str] = &[
    "BucketName",
    "FunctionName",
    "Name",
    "QueueName",
    "TableName",
    "TopicName",
    "bucket",
    "function_name",
    "name",
];

/// What entities and Services are found by. Of one key, they are in the order of the estate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Key<T> {
    /// Entities of a kind by their name, those that a file declares.
    InFile(EntityKind, T, FileId),
    /// The same of a scope.
    InScope(EntityKind, T, T),
    /// The same, wherever they are.
    Anywhere(EntityKind, T),
    /// By the names that resources of AWS are given.
    Given(EntityKind, T),
    /// Endpoints by the host that they answer to.
    Host(T),
    /// Workloads of Kubernetes by their namespace and one of their labels.
    Label(T, T, T),
    /// The Services of a namespace of Kubernetes: resources, not entities.
    Services(T),
    /// Those of them with a name.
    Service(T, T),
}

impl<T> Key<T> {
    /// The key with something else for each of its texts, if there is something for all of them.
    fn try_map<U>(self, mut of: impl FnMut(T) -> Option<U>) -> Option<Key<U>> {
        Some(match self {
            Self::InFile(kind, name, file) => Key::InFile(kind, of(name)?, file),
            Self::InScope(kind, name, scope) => Key::InScope(kind, of(name)?, of(scope)?),
            Self::Anywhere(kind, name) => Key::Anywhere(kind, of(name)?),
            Self::Given(kind, name) => Key::Given(kind, of(name)?),
            Self::Host(host) => Key::Host(of(host)?),
            Self::Label(scope, key, value) => Key::Label(of(scope)?, of(key)?, of(value)?),
            Self::Services(scope) => Key::Services(of(scope)?),
            Self::Service(scope, name) => Key::Service(of(scope)?, of(name)?),
        })
    }
}

/// Indexes by key. Each text is kept once, and a key has the numbers of its texts.
#[derive(Debug, Default)]
pub(super) struct Index {
    texts: HashMap<String, usize>,
    entries: HashMap<Key<usize>, Vec<usize>>,
}

impl Index {
    /// Adds to what a key leads to, in one go or in order.
    pub(super) fn add(&mut self, key: Key<&str>, index: usize) {
        let texts = &mut self.texts;
        let number = |text: &str| {
            let next = texts.len();
            let known = texts.get(text).copied();
            Some(known.unwrap_or_else(|| {
                texts.insert(text.to_owned(), next);
                next
            }))
        };
        if let Some(key) = key.try_map(number) {
            let entries = self.entries.entry(key).or_default();
            if entries.last() != Some(&index) {
                entries.push(index);
            }
        }
    }

    /// What a key leads to.
    pub(super) fn get(&self, key: Key<&str>) -> &[usize] {
        let key = key.try_map(|text| self.texts.get(text).copied());
        let found = key.and_then(|key| self.entries.get(&key));
        found.map_or(&[], Vec::as_slice)
    }
}

/// Where everything of one estate is found.
#[derive(Debug, Default)]
pub(super) struct Names {
    index: Index,
    /// The workloads that each Service stands in front of, by its index among the resources.
    selected: HashMap<usize, Vec<usize>>,
}

impl Names {
    pub(super) fn of(estate: &Estate) -> Self {
        let mut index = Index::default();
        for (at, entity) in estate.entities.iter().enumerate() {
            if let Some(resource) = estate.resources.get(entity.resource) {
                for key in keys_of_entity(entity, resource) {
                    index.add(key, at);
                }
            }
        }
        for (at, resource) in estate.resources.iter().enumerate() {
            for key in keys_of_resource(resource) {
                index.add(key, at);
            }
        }
        let services = estate.resources.iter().enumerate();
        let selected = services
            .filter(|(_, service)| selector(service).is_some())
            .map(|(at, service)| (at, selected(service, estate, &index)))
            .collect();
        Self { index, selected }
    }

    /// What a key leads to.
    pub(super) fn get(&self, key: Key<&str>) -> &[usize] {
        self.index.get(key)
    }

    /// The workloads of an estate that a Service, which may be of another one, stands in front of; in order.
    pub(super) fn selected_by(&self, service: &Resource, estate: &Estate) -> Vec<usize> {
        selected(service, estate, &self.index)
    }

    /// The workloads that a Service of the estate itself stands in front of, by its index; in order.
    pub(super) fn selected(&self, service: usize) -> &[usize] {
        self.selected.get(&service).map_or(&[], Vec::as_slice)
    }
}

/// What an entity is found by.
pub(super) fn keys_of_entity<'a>(entity: &'a Entity, resource: &'a Resource) -> Vec<Key<&'a str>> {
    let (kind, name) = (entity.kind, own_name(&entity.name));
    let mut keys = vec![
        Key::InFile(kind, name, resource.file),
        Key::InScope(kind, name, scope(resource)),
        Key::Anywhere(kind, name),
    ];
    keys.extend(given(entity, resource).map(|name| Key::Given(kind, name)));
    if kind == EntityKind::Endpoint {
        let host = entity.view().get("host").and_then(View::raw);
        keys.extend(host.map(Key::Host));
    }
    let labels = labels(entity, resource).into_iter().flat_map(View::entries);
    keys.extend(labels.filter_map(|(key, value)| {
        let value = value.raw()?;
        Some(Key::Label(scope(resource), key, value))
    }));
    keys
}

/// What a resource is found by that is no entity: a Service.
pub(super) fn keys_of_resource(resource: &Resource) -> Vec<Key<&str>> {
    if selector(resource).is_none() {
        return Vec::new();
    }
    let name = resource.name.as_str();
    vec![
        Key::Services(scope(resource)),
        Key::Service(scope(resource), name),
    ]
}

/// Whether a Service stands in front of a workload.
pub(super) fn is_in_front(service: &Resource, (entity, resource): (&Entity, &Resource)) -> bool {
    let labels = labels(entity, resource).filter(|_| scope(service) == scope(resource));
    let (Some(selector), Some(labels)) = (selector(service), labels) else {
        return false;
    };
    is_selected(selector, labels)
}

/// The name that a resource of AWS is given, of the entity that it is.
fn given<'a>(entity: &Entity, resource: &'a Resource) -> Option<&'a str> {
    let is_addressed = ADDRESSED.contains(&entity.kind) && entity.name == resource.name;
    if resource.platform != Platform::Aws || !is_addressed {
        return None;
    }
    let view = resource.view();
    let within = view.get("Properties").unwrap_or(view);
    let name = GIVEN.iter().find_map(|key| within.get(key))?.raw()?;
    (!name.contains("${")).then_some(name)
}

/// What names have to differ in: the namespace of an object, the file or folder of anything else.
pub(super) fn scope(resource: &Resource) -> &str {
    match resource.platform {
        Platform::Kubernetes => resource.namespace.as_deref().unwrap_or("_"),
        _ => resource.id.scope(),
    }
}

/// A name without the modules and the index of an address: `aws_sqs_queue.jobs`.
pub(super) fn own_name(name: &str) -> &str {
    let own = name.rsplit_once("module.").map_or(name, |(_, own)| {
        own.split_once('.').map_or(own, |(_, own)| own)
    });
    own.split('[').next().unwrap_or(own)
}

/// The host of an address.
pub(super) fn host(address: &str) -> Option<&str> {
    let (scheme, rest) = address.split_once("://")?;
    if !matches!(scheme, "http" | "https" | "grpc" | "grpcs") {
        return None;
    }
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = authority.rsplit('@').next()?;
    let host = host.split(':').next()?;
    (!host.is_empty()).then_some(host)
}

/// Where a pod's labels stand.
const LABELS: &[&[&str]] = &[
    &["spec", "template", "metadata", "labels"],
    &[
        "spec",
        "jobTemplate",
        "spec",
        "template",
        "metadata",
        "labels",
    ],
    &["metadata", "labels"],
];

/// What a Service selects by.
const SELECTOR: &[&str] = &["spec", "selector"];

/// An object of Kubernetes with no more of what it declares than it is found by; anything else as it is.
pub(super) fn thin(resource: Resource) -> Resource {
    if resource.platform != Platform::Kubernetes {
        return resource;
    }
    let paths: Vec<&[&str]> = LABELS.iter().copied().chain([SELECTOR]).collect();
    let mut model = Model::default();
    let root = resource.view();
    model.object(None, root.id(), |model| keep(model, root, &paths));
    Resource {
        tree: Arc::new(model.finish()),
        root: NodeId::ROOT,
        typing: Typing::Json,
        ..resource
    }
}

/// What stands at these paths below a node.
fn keep(model: &mut Model, view: View<'_>, paths: &[&[&str]]) {
    let keys = paths.iter().filter_map(|path| path.first().copied());
    let keys: BTreeSet<&str> = keys.collect();
    for key in keys {
        let Some(written) = view.get(key) else {
            continue;
        };
        let below = paths.iter().filter_map(|path| path.split_first());
        let below = below.filter(|(first, _)| **first == key);
        let below: Vec<&[&str]> = below.map(|(_, rest)| rest).collect();
        let is_whole = below.iter().any(|rest| rest.is_empty());
        if is_whole && !written.is_null() {
            model.copy(key, Some(written));
        } else {
            model.object(Some(key), written.id(), |model| {
                keep(model, written, &below);
            });
        }
    }
}

/// The labels of the pods of a workload.
fn labels<'a>(entity: &Entity, resource: &'a Resource) -> Option<View<'a>> {
    if entity.kind != EntityKind::Workload || resource.platform != Platform::Kubernetes {
        return None;
    }
    LABELS.iter().find_map(|path| resource.view().at(path))
}

/// What a Service of Kubernetes selects by; none of anything else.
fn selector(resource: &Resource) -> Option<View<'_>> {
    if resource.platform != Platform::Kubernetes || resource.kind != "core/Service" {
        return None;
    }
    let selector = resource.view().at(SELECTOR)?;
    selector.entries().next().is_some().then_some(selector)
}

fn selected(service: &Resource, estate: &Estate, index: &Index) -> Vec<usize> {
    let Some(selector) = selector(service) else {
        return Vec::new();
    };
    let Some((key, value)) = selector.entries().next() else {
        return Vec::new();
    };
    let label = Key::Label(scope(service), key, value.raw().unwrap_or_default());
    let is_selected = |at: &&usize| {
        let workload = estate.entities.get(**at);
        let resource = workload.and_then(|one| estate.resources.get(one.resource));
        let both = workload.zip(resource);
        let labels = both.and_then(|(workload, resource)| labels(workload, resource));
        labels.is_some_and(|labels| is_selected(selector, labels))
    };
    let candidates = index.get(label).iter();
    candidates.filter(is_selected).copied().collect()
}

fn is_selected(selector: View<'_>, labels: View<'_>) -> bool {
    selector
        .entries()
        .all(|(key, value)| labels.get(key).and_then(View::raw) == value.raw())
}

#[cfg(test)]
mod tests {
    use super::{host, own_name};

    #[test]
    fn an_address_has_a_host() {
        for (address, expected) in [
            ("http://orders:8080/a", Some("orders")),
            ("https://u:p@orders.shop.svc/?q#f", Some("orders.shop.svc")),
            ("grpc://orders", Some("orders")),
            ("postgres://orders", None),
            ("orders", None),
            ("http://", None),
        ] {
            assert_eq!(host(address), expected, "{address}");
        }
    }

    #[test]
    fn an_address_of_terraform_has_a_name_of_its_own() {
        for (address, expected) in [
            ("aws_sqs_queue.jobs", "aws_sqs_queue.jobs"),
            ("module.a.aws_sqs_queue.jobs[0]", "aws_sqs_queue.jobs"),
            ("module.a.module.b.aws_sqs_queue.jobs", "aws_sqs_queue.jobs"),
        ] {
            assert_eq!(own_name(address), expected, "{address}");
        }
    }
}
