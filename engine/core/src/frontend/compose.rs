//! Files of Docker Compose: one resource per service.
//!
//! A service that extends another one of its file is laid over it first. Variables stay as they are written in the
//! resource; in the model a variable stands for its default, and a value with a variable that has none is unknown.

mod amount;
mod environment;
mod extends;
mod interpolate;
mod isolation;
mod port;
mod refused;
mod service;
mod volume;

use std::collections::HashSet;
use std::sync::Arc;

use self::interpolate::{Interpolated, interpolate};
use self::port::Unlisted;
use super::{Frontend, Reading, Recognition};
use crate::parse::{Document, Notation};
use crate::problem::Problem;
use crate::resource::{Format, Platform, Resource, ResourceId};
use crate::tree::{Kind, NodeId, Tree, Typing, View};

pub(super) const FRONTEND: Frontend = Frontend {
    formats: &[Format::Compose],
    notations: &[Notation::Json, Notation::Yaml],
    recognise,
    read,
    entities: service::workloads,
};

/// What only a service of Compose has.
const MARKS: &[&str] = &["image", "build", "extends"];

/// What the root of a Compose file never has: Kubernetes, workflows of GitHub, and pipelines whose steps have services.
const FOREIGN: &[&str] = &[
    "apiVersion",
    "kind",
    "on",
    "jobs",
    "stages",
    "steps",
    "pipeline",
    "pipelines",
];

/// A file has services, and at least one of them says where it comes from.
fn recognise(document: &Document) -> Recognition {
    let root = root(document);
    let foreign = FOREIGN.iter().any(|key| root.get(key).is_some());
    let is_service = |service: View<'_>| MARKS.iter().any(|mark| service.get(mark).is_some());
    let mut services = root.get("services").into_iter().flat_map(View::entries);
    if !foreign && services.any(|(_, service)| is_service(service)) {
        Recognition::Yes
    } else {
        Recognition::No
    }
}

fn typing(document: &Document) -> Typing {
    if document.notation == Notation::Json {
        Typing::Json
    } else {
        Typing::Core
    }
}

fn root(document: &Document) -> View<'_> {
    document.tree.view(NodeId::ROOT, typing(document))
}

fn read(document: &Document, reading: &mut Reading) {
    let root = root(document);
    refuse_dollars(document, reading);
    warn_of_includes(document, root, reading);
    for (_, service) in root.get("services").into_iter().flat_map(View::entries) {
        refused::refuse(document, service, reading);
    }
    let (tree, typing) = match extends::resolve(&document.tree, root, &mut reading.problems) {
        Some(tree) => (Arc::new(tree), Typing::Json),
        None => (Arc::clone(&document.tree), typing(document)),
    };
    let tree = listed(tree, typing, reading);
    let file = document.tree.source().map_or("", |source| source.name());
    let services = tree.view(NodeId::ROOT, typing).get("services");
    for (name, service) in services.into_iter().flat_map(View::entries) {
        if !service.is_mapping() {
            continue;
        }
        reading.resources.push(Resource {
            id: ResourceId::new([Platform::Docker.as_str(), file, "service", name]),
            platform: Platform::Docker,
            format: Format::Compose,
            kind: "compose/service".to_owned(),
            namespace: None,
            name: name.to_owned(),
            file: document.file,
            tree: Arc::clone(&tree),
            root: service.id(),
            typing,
        });
    }
}

/// Says which ranges of ports are not listed one by one. Those beyond what one file lists are unknown.
fn listed(tree: Arc<Tree>, typing: Typing, reading: &mut Reading) -> Arc<Tree> {
    let services = tree.view(NodeId::ROOT, typing).get("services");
    let unlisted: Vec<Unlisted<'_>> = services.into_iter().flat_map(port::unlisted).collect();
    let mut said = HashSet::new();
    for one in &unlisted {
        let Some(span) = tree.place(one.item.id()).filter(|span| said.insert(*span)) else {
            continue;
        };
        let message = match one.beyond {
            Some(_) => "more ranges of ports than are read of one file",
            None => "a range of more ports than are read of one range",
        };
        let warning = Problem::warning(span, message);
        reading
            .problems
            .push(warning.help("its ports were judged as unknown; name those that are needed"));
    }
    let beyond: Vec<NodeId> = unlisted.iter().filter_map(|one| one.beyond).collect();
    if beyond.is_empty() {
        return tree;
    }
    Arc::new(tree.with_unknown(&beyond))
}

/// A dollar begins a variable or is doubled; Compose refuses a file with any other one. The copies that aliases make
/// stand at the same bytes, and are said once.
fn refuse_dollars(document: &Document, reading: &mut Reading) {
    let tree = &document.tree;
    let mut said = HashSet::new();
    for node in tree.all() {
        let (Kind::Plain(text) | Kind::String(text)) = tree.kind(node) else {
            continue;
        };
        if interpolate(tree.text(text)) != Interpolated::Invalid {
            continue;
        }
        let Some(span) = tree.place(node).filter(|span| said.insert(*span)) else {
            continue;
        };
        let problem = Problem::error(span, "a `$` that begins no variable");
        reading
            .problems
            .push(problem.help("write `$$` for a dollar: Compose refuses the file as it is"));
    }
}

fn warn_of_includes(document: &Document, root: View<'_>, reading: &mut Reading) {
    let place = root
        .get("include")
        .filter(|include| !include.is_null())
        .and_then(|include| document.tree.place(include.id()));
    reading.problems.extend(place.map(|place| {
        Problem::warning(place, "the files of `include` were not read with this one")
            .help("name them to be judged too")
    }));
}
