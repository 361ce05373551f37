//! The workloads of a Kubernetes object, in normalised form.
//!
//! Kinds whose template is known are read there. Any other kind, custom resources first of all, is searched for pod
//! specs: an operator's object runs containers just as a Deployment does. So is an object without its template: what
//! stands in a wrong place was meant to run.

use super::container::{containers, resources};
use super::isolation::isolation;
use super::lifetime::{lifetime, state};
use super::volume::volumes;
use crate::estate::{Entity, EntityKind, Model};
use crate::resource::Resource;
use crate::tree::{Origin, Tree, View};

/// Kinds and the way to their pod spec.
const TEMPLATES: &[(&str, &[&str])] = &[
    ("core/Pod", &["spec"]),
    ("core/PodTemplate", &["template", "spec"]),
    ("core/ReplicationController", &["spec", "template", "spec"]),
    ("apps/Deployment", &["spec", "template", "spec"]),
    ("apps/StatefulSet", &["spec", "template", "spec"]),
    ("apps/DaemonSet", &["spec", "template", "spec"]),
    ("apps/ReplicaSet", &["spec", "template", "spec"]),
    ("batch/Job", &["spec", "template", "spec"]),
    (
        "batch/CronJob",
        &["spec", "jobTemplate", "spec", "template", "spec"],
    ),
    ("serving.knative.dev/Service", &["spec", "template", "spec"]),
    (
        "serving.knative.dev/Configuration",
        &["spec", "template", "spec"],
    ),
    ("serving.knative.dev/Revision", &["spec"]),
];

/// The lists of a pod spec that hold containers.
pub(super) const CONTAINER_LISTS: &[&str] =
    &["initContainers", "containers", "ephemeralContainers"];

pub(super) fn workloads(resource: &Resource) -> Vec<Entity> {
    let root = resource.view();
    let known = template_path(&resource.kind).and_then(|path| root.at(path));
    let specs = match known {
        Some(spec) => vec![spec],
        None => search(root),
    };
    let several = specs.len() > 1;
    specs
        .into_iter()
        .map(|spec| model(resource, spec, several))
        .collect()
}

/// The way to the pod spec of a kind; none where that is not known.
pub(super) fn template_path(kind: &str) -> Option<&'static [&'static str]> {
    let known = TEMPLATES.iter().find(|(known, _)| *known == kind);
    known.map(|(_, path)| *path)
}

/// The kinds whose pod spec is known.
pub(super) fn kinds() -> impl Iterator<Item = &'static str> {
    TEMPLATES.iter().map(|(kind, _)| *kind)
}

/// Every mapping that holds a list of containers with images, also one within another.
pub(super) fn search(root: View<'_>) -> Vec<View<'_>> {
    let mut found = Vec::new();
    let mut pending = vec![root];
    while let Some(view) = pending.pop() {
        if is_pod_spec(view) {
            found.push(view);
        }
        pending.extend(view.entries().map(|(_, child)| child));
        pending.extend(view.items());
    }
    found.sort_by_key(|view| view.id());
    found
}

fn is_pod_spec(view: View<'_>) -> bool {
    let lists = CONTAINER_LISTS.iter().filter_map(|list| view.get(list));
    lists.flat_map(View::items).any(|container| {
        container
            .get("image")
            .is_some_and(|image| image.raw().or(image.unknown()).is_some())
    })
}

fn model(resource: &Resource, spec: View<'_>, several: bool) -> Entity {
    let name = if several {
        format!(
            "{}{}",
            resource.name,
            resource
                .tree
                .path(resource.root, spec.id(), resource.typing)
        )
    } else {
        resource.name.clone()
    };
    let tree = tree(resource, spec, &name);
    Entity::new(EntityKind::Workload, name, tree)
}

fn tree(resource: &Resource, spec: View<'_>, name: &str) -> Tree {
    let root = resource.view();
    let mut model = Model::default();
    model.object(None, spec.id(), |model| {
        let named = root
            .at(&["metadata", "name"])
            .map_or(resource.root, View::id);
        model.text("name", name, Origin::Derived { from: named });
        model.copy("namespace", root.at(&["metadata", "namespace"]));
        metadata(model, root.get("metadata"));
        template(model, resource, spec);
        runtime(model, resource, spec);
        lifetime(model, resource, spec);
        state(model, resource, spec);
        identity(model, spec);
        isolation(model, spec);
        resources(model, spec);
        volumes(model, spec);
        containers(model, spec);
    });
    model.finish()
}

fn metadata(model: &mut Model, metadata: Option<View<'_>>) {
    for key in ["labels", "annotations"] {
        let written = metadata.and_then(|metadata| metadata.get(key));
        model.copy(key, written.filter(|written| written.is_mapping()));
    }
}

/// The metadata that stands beside the pod spec: what the pods will carry.
fn template(model: &mut Model, resource: &Resource, spec: View<'_>) {
    let parent = resource.tree.parent(spec.id()).unwrap_or(resource.root);
    let parent = resource.tree.view(parent, resource.typing);
    model.object(Some("template"), parent.id(), |model| {
        metadata(model, parent.get("metadata"));
    });
}

fn runtime(model: &mut Model, resource: &Resource, spec: View<'_>) {
    model.object(Some("runtime"), spec.id(), |model| {
        let form = if resource.kind.starts_with("batch/") {
            "job"
        } else {
            "container"
        };
        model.text("form", form, Origin::Derived { from: spec.id() });
        model.copy("os", spec.at(&["os", "name"]));
    });
}

fn identity(model: &mut Model, spec: View<'_>) {
    let named = |key: &str| {
        spec.get(key).filter(|name| {
            name.raw()
                .or(name.unknown())
                .is_some_and(|name| !name.is_empty())
        })
    };
    model.object(Some("identity"), spec.id(), |model| {
        match named("serviceAccountName").or(named("serviceAccount")) {
            Some(name) => model.copy("name", Some(name)),
            None => model.text("name", "default", Origin::Default { under: spec.id() }),
        }
        model.copy("mount_token", spec.get("automountServiceAccountToken"));
    });
}
