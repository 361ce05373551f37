//! Finding the entity that another one speaks of: by its name, by the service in front of it, by an address.

use std::collections::HashMap;

use super::{Entity, EntityKind, Estate};
use crate::resource::{Platform, Resource};
use crate::source::FileId;
use crate::tree::View;

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

/// Entities by kind and name: those of a file, those of a scope, and all.
#[derive(Default)]
pub(super) struct Names<'a> {
    in_file: HashMap<(EntityKind, &'a str, FileId), usize>,
    in_scope: HashMap<(EntityKind, &'a str, &'a str), usize>,
    /// None where several bear the name.
    anywhere: HashMap<(EntityKind, &'a str), Option<usize>>,
    /// By the names that resources of AWS are given; none where several are given one.
    given: HashMap<(EntityKind, &'a str), Option<usize>>,
    /// What a Service of Kubernetes stands in front of, by its namespace and name.
    services: HashMap<(&'a str, &'a str), Vec<usize>>,
    /// Endpoints by the host that they answer to.
    hosts: HashMap<&'a str, usize>,
}

impl<'a> Names<'a> {
    pub(super) fn of(estate: &'a Estate) -> Self {
        let mut names = Self {
            services: services(estate),
            ..Self::default()
        };
        for (index, entity) in estate.entities.iter().enumerate() {
            let (kind, own) = (entity.kind, own_name(&entity.name));
            if let Some(resource) = estate.resources.get(entity.resource) {
                let in_file = names.in_file.entry((kind, own, resource.file));
                in_file.or_insert(index);
                let in_scope = names.in_scope.entry((kind, own, scope(resource)));
                in_scope.or_insert(index);
                if let Some(name) = given(entity, resource) {
                    let given = names.given.entry((kind, name));
                    given.and_modify(|only| *only = None).or_insert(Some(index));
                }
            }
            let anywhere = names.anywhere.entry((kind, own));
            anywhere
                .and_modify(|only| *only = None)
                .or_insert(Some(index));
            if entity.kind == EntityKind::Endpoint
                && let Some(host) = entity.view().get("host").and_then(View::raw)
            {
                names.hosts.entry(host).or_insert(index);
            }
        }
        names
    }

    /// The entity that is spoken of: the one that the same file declares, or the same scope, or the only one of its
    /// name, or the only one that is given it.
    pub(super) fn find(&self, kind: EntityKind, name: &str, from: &Resource) -> Option<usize> {
        let own = own_name(name);
        let in_file = self.in_file.get(&(kind, own, from.file));
        let beside = in_file.or_else(|| self.in_scope.get(&(kind, own, scope(from))));
        beside
            .copied()
            .or_else(|| self.anywhere.get(&(kind, own)).copied().flatten())
            .or_else(|| self.given.get(&(kind, name)).copied().flatten())
    }

    /// The workloads that take requests to a name: those behind a Service, or the one that is called so.
    pub(super) fn behind(&self, name: &str, from: &Resource) -> Vec<usize> {
        if from.platform == Platform::Kubernetes
            && let Some(workloads) = self.services.get(&(scope(from), name))
        {
            return workloads.clone();
        }
        let named = self.find(EntityKind::Workload, name, from);
        named.into_iter().collect()
    }

    /// The entities that an address leads to: `http://orders.shop.svc:8080/`, or the host of an endpoint.
    pub(super) fn at_address(&self, address: &str, from: &Resource) -> Vec<usize> {
        let Some(host) = host(address) else {
            return Vec::new();
        };
        if let Some(endpoint) = self.hosts.get(host) {
            return vec![*endpoint];
        }
        match from.platform {
            Platform::Kubernetes => self.in_cluster(host, from),
            Platform::Docker if !host.contains('.') => {
                let beside = (EntityKind::Workload, host, scope(from));
                self.in_scope.get(&beside).copied().into_iter().collect()
            }
            _ => Vec::new(),
        }
    }

    /// What a name of a cluster leads to: `orders`, `orders.shop`, `orders.shop.svc.cluster.local`.
    fn in_cluster(&self, host: &str, from: &Resource) -> Vec<usize> {
        let mut labels = host.split('.');
        let name = labels.next().unwrap_or(host);
        let namespace = labels.next().unwrap_or_else(|| scope(from));
        if labels.next().is_some_and(|label| label != "svc") {
            return Vec::new();
        }
        if let Some(workloads) = self.services.get(&(namespace, name)) {
            return workloads.clone();
        }
        let named = (EntityKind::Workload, name, namespace);
        self.in_scope.get(&named).copied().into_iter().collect()
    }
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
fn scope(resource: &Resource) -> &str {
    match resource.platform {
        Platform::Kubernetes => resource.namespace.as_deref().unwrap_or("_"),
        _ => resource.id.scope(),
    }
}

/// A name without the modules and the index of an address: `aws_sqs_queue.jobs`.
fn own_name(name: &str) -> &str {
    let own = name.rsplit_once("module.").map_or(name, |(_, own)| {
        own.split_once('.').map_or(own, |(_, own)| own)
    });
    own.split('[').next().unwrap_or(own)
}

/// The host of an address.
fn host(address: &str) -> Option<&str> {
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

/// The workloads of each namespace by one of their labels.
type ByLabel<'a> = HashMap<(&'a str, &'a str, &'a str), Vec<(usize, View<'a>)>>;

/// What each Service of Kubernetes selects.
fn services(estate: &Estate) -> HashMap<(&str, &str), Vec<usize>> {
    let of_kubernetes = |resource: &Resource| resource.platform == Platform::Kubernetes;
    let mut services = HashMap::new();
    let mut by_label: Option<ByLabel<'_>> = None;
    for service in estate.resources.iter().filter(|one| of_kubernetes(one)) {
        if service.kind != "core/Service" {
            continue;
        }
        let Some(selector) = service.view().at(&["spec", "selector"]) else {
            continue;
        };
        let Some((key, value)) = selector.entries().next() else {
            continue;
        };
        let by_label = by_label.get_or_insert_with(|| labelled(estate));
        let candidates = by_label.get(&(scope(service), key, value.raw().unwrap_or_default()));
        let selected = candidates.into_iter().flatten();
        let selected = selected.filter(|(_, labels)| is_selected(selector, *labels));
        let workloads: Vec<usize> = selected.map(|(index, _)| *index).collect();
        if !workloads.is_empty() {
            services.insert((scope(service), service.name.as_str()), workloads);
        }
    }
    services
}

fn labelled(estate: &Estate) -> ByLabel<'_> {
    let mut by_label = ByLabel::new();
    for (index, entity) in estate.entities.iter().enumerate() {
        let Some(resource) = estate.resources.get(entity.resource) else {
            continue;
        };
        if entity.kind != EntityKind::Workload || resource.platform != Platform::Kubernetes {
            continue;
        }
        let labels = LABELS.iter().find_map(|path| resource.view().at(path));
        for (key, value) in labels.into_iter().flat_map(View::entries) {
            if let (Some(labels), Some(value)) = (labels, value.raw()) {
                let of_label = by_label.entry((scope(resource), key, value)).or_default();
                of_label.push((index, labels));
            }
        }
    }
    by_label
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
