//! Kubernetes manifests in YAML and JSON: single objects, lists, Knative, custom resources.

mod container;
mod endpoint;
mod eventing;
pub(super) mod helm;
mod isolation;
mod lifetime;
pub(super) mod quantity;
mod spec;
mod volume;
mod workload;

use std::sync::Arc;

use super::{Frontend, Reading, Recognition};
use crate::estate::{Entity, EntityKind};
use crate::parse::{Document, Notation};
use crate::problem::Problem;
use crate::resource::{Format, Platform, Resource, ResourceId};
use crate::tree::{Kind, NodeId, Typing, View};

pub(super) const FRONTEND: Frontend = Frontend {
    formats: &[Format::Kubernetes, Format::Helm],
    notations: &[Notation::Json, Notation::Yaml],
    recognise,
    read,
    entities,
};

/// What an object is: of one kind, or of several.
pub(super) fn entities(resource: &Resource) -> Vec<Entity> {
    let mut entities = workload::workloads(resource);
    entities.extend(eventing::entities(resource));
    entities
}

/// The kinds of objects that entities of a kind are modelled of, or all of a group: `sources.knative.dev/*`. Custom
/// resources with a pod spec are not among them.
pub(super) fn kinds_of(kind: EntityKind) -> Vec<&'static str> {
    let workloads = workload::kinds().filter(|_| kind == EntityKind::Workload);
    workloads.chain(eventing::kinds(kind)).collect()
}

/// An object has `apiVersion` and `kind`. One that has only one of them was meant to be an object, and the API server
/// would refuse it: it is said, not passed over.
fn recognise(document: &Document) -> Recognition {
    let root = document.tree.view(NodeId::ROOT, typing(document));
    let text = |key: &str| root.get(key).filter(|view| view.raw().is_some());
    let looks_meant = || {
        root.get("metadata").is_some_and(View::is_mapping)
            && (root.get("spec").or(root.get("data"))).is_some()
    };
    match (text("apiVersion"), text("kind")) {
        (Some(_), Some(_)) => Recognition::Yes,
        (None, Some(kind)) if looks_meant() => Recognition::Almost(
            kind.id(),
            "an object of Kubernetes without `apiVersion`".to_owned(),
        ),
        (Some(version), None) if looks_meant() => Recognition::Almost(
            version.id(),
            "an object of Kubernetes without `kind`".to_owned(),
        ),
        _ => Recognition::No,
    }
}

fn typing(document: &Document) -> Typing {
    match document.notation {
        Notation::Yaml => Typing::Kubernetes,
        _ => Typing::Json,
    }
}

fn read(document: &Document, reading: &mut Reading) {
    let typing = typing(document);
    warn_of_tags(document, reading);
    warn_of_lost_digits(document, typing, reading);
    Reader {
        document,
        typing,
        format: helm::format(document),
        reading,
    }
    .object(NodeId::ROOT, Inherited::default());
}

/// Reads one object that stands inside another document.
pub(super) fn read_object(document: &Document, node: NodeId, reading: &mut Reading) {
    Reader {
        document,
        typing: typing(document),
        format: helm::format(document),
        reading,
    }
    .object(node, Inherited::default());
}

/// What the items of a typed list need not say themselves.
#[derive(Default, Clone)]
struct Inherited {
    api_version: Option<String>,
    kind: Option<String>,
}

struct Reader<'a> {
    document: &'a Document,
    typing: Typing,
    format: Format,
    reading: &'a mut Reading,
}

impl Reader<'_> {
    fn object(&mut self, node: NodeId, inherited: Inherited) {
        let document = self.document;
        let view = document.tree.view(node, self.typing);
        let word = |key: &str| view.get(key).and_then(View::raw).map(str::to_owned);
        let (Some(api_version), Some(kind)) = (
            word("apiVersion").or(inherited.api_version),
            word("kind").or(inherited.kind),
        ) else {
            self.report(
                node,
                "an item without `apiVersion` and `kind`",
                "every object of a list must say what it is",
            );
            return;
        };
        match view
            .get("items")
            .filter(|items| kind.ends_with("List") && (items.is_sequence() || items.is_null()))
        {
            Some(items) => self.items(items, &api_version, &kind),
            None => self.resource(view, &api_version, &kind),
        }
    }

    /// `kind: List` holds anything; `kind: DeploymentList` holds Deployments that need not say so.
    fn items(&mut self, items: View<'_>, api_version: &str, kind: &str) {
        let item = kind.strip_suffix("List").filter(|item| !item.is_empty());
        let inherited = Inherited {
            api_version: item.map(|_| api_version.to_owned()),
            kind: item.map(str::to_owned),
        };
        for item in items.items() {
            if item.is_mapping() {
                self.object(item.id(), inherited.clone());
            } else {
                self.report(
                    item.id(),
                    "an item of a list that is no object",
                    "every item must be an object of Kubernetes",
                );
            }
        }
    }

    fn resource(&mut self, view: View<'_>, api_version: &str, kind: &str) {
        let group = api_version
            .split_once('/')
            .map_or("core", |(group, _)| group);
        let metadata = |key: &str| {
            let written = view.at(&["metadata", key])?;
            let text = written.raw().or(written.unknown());
            text.filter(|text| !text.is_empty())
        };
        let namespace = metadata("namespace").map(str::to_owned);
        let name = match (metadata("name"), metadata("generateName")) {
            (Some(name), _) => name.to_owned(),
            (None, Some(prefix)) => format!("{prefix}*"),
            (None, None) => {
                self.report(
                    view.id(),
                    "an object without `metadata.name`",
                    "it was judged as `_`; give it a name",
                );
                "_".to_owned()
            }
        };
        let id = ResourceId::new([
            Platform::Kubernetes.as_str(),
            group,
            kind,
            namespace.as_deref().unwrap_or("_"),
            &name,
        ]);
        let resource = Resource {
            id,
            platform: Platform::Kubernetes,
            format: self.format,
            kind: format!("{group}/{kind}"),
            namespace,
            name,
            file: self.document.file,
            tree: Arc::clone(&self.document.tree),
            root: view.id(),
            typing: self.typing,
        };
        self.reading.problems.extend(spec::problems(&resource));
        self.reading.resources.push(resource);
    }

    fn report(&mut self, node: NodeId, message: &str, help: &str) {
        let span = self.document.tree.place(node);
        self.reading
            .problems
            .extend(span.map(|span| Problem::error(span, message).help(help)));
    }
}

/// Kubernetes' tools drop every tag that YAML's core schema does not have.
fn warn_of_tags(document: &Document, reading: &mut Reading) {
    for (node, tag) in document.tree.tags() {
        let Some(span) = document.tree.place(*node) else {
            continue;
        };
        let message = format!(
            "Kubernetes does not know the tag `{}` and drops it",
            tag.escape_debug()
        );
        reading.problems.push(
            Problem::warning(span, message)
                .help("remove the tag, or render the file with the tool that knows it"),
        );
    }
}

/// Kubernetes reads an integer of more than 64 bits as a float; here it keeps its digits.
fn warn_of_lost_digits(document: &Document, typing: Typing, reading: &mut Reading) {
    let tree = &document.tree;
    for node in tree.all() {
        let Kind::Plain(text) = tree.kind(node) else {
            continue;
        };
        if !typing.loses_digits(tree.text(text)) {
            continue;
        }
        let Some(span) = tree.place(node) else {
            continue;
        };
        let warning = Problem::warning(
            span,
            "an integer of more than 64 bits, which Kubernetes reads as a float",
        );
        reading
            .problems
            .push(warning.help("quote it, if every digit counts"));
    }
}
