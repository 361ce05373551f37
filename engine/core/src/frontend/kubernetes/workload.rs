//! The workloads of a Kubernetes object, in normalised form.
//!
//! Kinds whose template is known are read there. Any other kind, custom resources first of all, is searched for pod
//! specs: an operator's object runs containers just as a Deployment does.

use super::super::WorkloadModel;
use super::container::{containers, resources};
use super::isolation::isolation;
use super::volume::volumes;
use crate::resource::Resource;
use crate::tree::{Builder, Kind, NodeId, Origin, Tree, View};

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

pub(super) fn workloads(resource: &Resource) -> Vec<WorkloadModel> {
    let root = resource.view();
    let known = TEMPLATES.iter().find(|(kind, _)| *kind == resource.kind);
    let specs = match known {
        Some((_, path)) => root.at(path).into_iter().collect(),
        None => search(root),
    };
    let several = specs.len() > 1;
    specs
        .into_iter()
        .map(|spec| model(resource, spec, several))
        .collect()
}

/// Every mapping that holds a list of containers with images, also one within another.
fn search(root: View<'_>) -> Vec<View<'_>> {
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
            .is_some_and(|image| image.raw().is_some())
    })
}

fn model(resource: &Resource, spec: View<'_>, several: bool) -> WorkloadModel {
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
    WorkloadModel {
        tree: tree(resource, spec, &name),
        name,
    }
}

fn tree(resource: &Resource, spec: View<'_>, name: &str) -> Tree {
    let root = resource.view();
    let mut model = Model {
        builder: Builder::computed(),
    };
    model.object(None, spec.id(), |model| {
        let named = root
            .at(&["metadata", "name"])
            .map_or(resource.root, View::id);
        model.text("name", name, Origin::Derived { from: named });
        model.copy("namespace", root.at(&["metadata", "namespace"]));
        metadata(model, root.get("metadata"));
        template(model, resource, spec);
        runtime(model, resource, spec);
        identity(model, spec);
        isolation(model, spec);
        resources(model, spec);
        volumes(model, spec);
        containers(model, spec);
    });
    model.builder.finish()
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
        spec.get(key)
            .filter(|name| name.raw().is_some_and(|name| !name.is_empty()))
    };
    model.object(Some("identity"), spec.id(), |model| {
        match named("serviceAccountName").or(named("serviceAccount")) {
            Some(name) => model.copy("name", Some(name)),
            None => model.text("name", "default", Origin::Default { under: spec.id() }),
        }
        model.copy("mount_token", spec.get("automountServiceAccountToken"));
    });
}

/// A normalised form in the making. Every value says which node of the declaring tree it was read from.
pub(super) struct Model {
    builder: Builder,
}

impl Model {
    /// A mapping, read from a node.
    pub(super) fn object(&mut self, key: Option<&str>, from: NodeId, fill: impl FnOnce(&mut Self)) {
        self.collection(key, Kind::Mapping, from, fill);
    }

    /// A list, read from a node.
    pub(super) fn list(&mut self, key: &str, from: NodeId, fill: impl FnOnce(&mut Self)) {
        self.collection(Some(key), Kind::Sequence, from, fill);
    }

    /// A string.
    pub(super) fn text(&mut self, key: &str, text: &str, origin: Origin) {
        self.builder.key(key).string(text, origin);
    }

    /// A number.
    pub(super) fn number(&mut self, key: &str, number: i64, from: NodeId) {
        self.builder
            .key(key)
            .number(&number.to_string(), Origin::Derived { from });
    }

    /// A boolean that is dangerous when it is true, or the default `false` where nothing is written. The text `"true"`
    /// is no boolean to the API server, and is read as one here: what was meant is judged.
    pub(super) fn flag(&mut self, key: &str, written: Option<View<'_>>, under: View<'_>) {
        match written.filter(|written| !written.is_null()) {
            Some(written) if written.str() == Some("true") => {
                let origin = Origin::Derived { from: written.id() };
                self.builder.key(key).scalar(Kind::Bool(true), origin);
            }
            Some(written) => self.copy(key, Some(written)),
            None => {
                self.builder
                    .key(key)
                    .scalar(Kind::Bool(false), Origin::Default { under: under.id() });
            }
        }
    }

    /// An integer. The text `"0"` is no integer to the API server, and is read as one here: what was meant is judged.
    pub(super) fn integer(&mut self, key: &str, written: Option<View<'_>>) {
        if let Some(written) = written.filter(|written| !written.is_null()) {
            self.builder.key(key);
            self.integer_value(written);
        }
    }

    /// The next element of a list: an integer, read in the same way.
    pub(super) fn integer_value(&mut self, written: View<'_>) {
        match written.str().and_then(|text| text.parse::<i64>().ok()) {
            Some(number) => {
                let origin = Origin::Derived { from: written.id() };
                self.builder.number(&number.to_string(), origin);
            }
            None => self.copy_value(written),
        }
    }

    /// What is written, typed, with everything below it. Nothing where nothing is written.
    pub(super) fn copy(&mut self, key: &str, written: Option<View<'_>>) {
        if let Some(written) = written.filter(|written| !written.is_null()) {
            self.builder.key(key);
            self.copy_value(written);
        }
    }

    /// The next element of a list: what is written, typed.
    pub(super) fn copy_value(&mut self, written: View<'_>) {
        let origin = Origin::Derived { from: written.id() };
        if written.is_mapping() {
            self.builder.open(Kind::Mapping, origin);
            for (key, value) in written.entries() {
                self.builder.key(key);
                self.copy_value(value);
            }
            self.builder.close();
        } else if written.is_sequence() {
            self.builder.open(Kind::Sequence, origin);
            written.items().for_each(|item| self.copy_value(item));
            self.builder.close();
        } else {
            self.copy_scalar(written, origin);
        }
    }

    fn copy_scalar(&mut self, written: View<'_>, origin: Origin) {
        use crate::tree::typing::Scalar;
        match written.scalar() {
            Scalar::Null => self.builder.scalar(Kind::Null, origin),
            Scalar::Bool(value) => self.builder.scalar(Kind::Bool(value), origin),
            Scalar::Number(number) => self.builder.number(&number.to_string(), origin),
            Scalar::String(text) => self.builder.string(text, origin),
        };
    }

    fn collection(
        &mut self,
        key: Option<&str>,
        kind: Kind,
        from: NodeId,
        fill: impl FnOnce(&mut Self),
    ) {
        if let Some(key) = key {
            self.builder.key(key);
        }
        self.builder.open(kind, Origin::Derived { from });
        fill(self);
        self.builder.close();
    }
}
