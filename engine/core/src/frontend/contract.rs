//! Contracts: documents of `OpenAPI` 2.0 to 3.1, and of `AsyncAPI` 2 and 3. A contract promises, and runs nowhere.
//!
//! References within a document are followed wherever the model reads. One into another file is left and said; what it
//! leads to is unknown to the model.

mod asyncapi;
mod message;
mod openapi;
mod reference;
mod security;
mod server;

use std::collections::HashSet;
use std::sync::Arc;

use self::reference::Contract;
use super::{Frontend, Reading, Recognition};
use crate::estate::Entity;
use crate::parse::{Document, Notation};
use crate::problem::Problem;
use crate::resource::{Format, Platform, Resource, ResourceId};
use crate::source::Span;
use crate::tree::{NodeId, Tree, Typing, View};

pub(super) const FRONTEND: Frontend = Frontend {
    formats: &[Format::OpenApi, Format::AsyncApi],
    notations: &[Notation::Json, Notation::Yaml],
    recognise,
    read,
    entities,
};

/// One kind of contract.
struct Family {
    format: Format,
    /// What people call it.
    name: &'static str,
    /// What ids and kinds call it.
    word: &'static str,
    /// The keys of the version, one of which the root has.
    versions: &'static [&'static str],
    /// How the versions begin that are read.
    known: &'static [&'static str],
    /// What the root has one of.
    marks: &'static [&'static str],
    /// What its tools refuse.
    check: fn(Contract<'_>, &mut Report<'_>),
    entities: fn(Contract<'_>) -> Vec<Entity>,
}

const FAMILIES: &[Family] = &[
    Family {
        format: Format::OpenApi,
        name: "OpenAPI",
        word: "openapi",
        versions: &["openapi", "swagger"],
        known: &["2.0", "3.0", "3.1"],
        marks: &["paths", "components", "webhooks"],
        check: openapi::check,
        entities: openapi::entities,
    },
    Family {
        format: Format::AsyncApi,
        name: "AsyncAPI",
        word: "asyncapi",
        versions: &["asyncapi"],
        known: &["2.", "3."],
        marks: &["channels", "operations", "components"],
        check: asyncapi::check,
        entities: asyncapi::entities,
    },
];

/// A document gives its version, and has something that only a contract has. One that has no more than a title was
/// meant to be a contract.
fn recognise(document: &Document) -> Recognition {
    let root = root(document);
    let Some((family, version)) = family(root) else {
        return Recognition::No;
    };
    if family.marks.iter().any(|mark| root.get(mark).is_some()) {
        Recognition::Yes
    } else if root.get("info").is_some_and(View::is_mapping) {
        let marks: Vec<String> = family
            .marks
            .iter()
            .map(|mark| format!("`{mark}`"))
            .collect();
        Recognition::Almost(
            version.id(),
            format!(
                "a document of {} without any of {}",
                family.name,
                marks.join(", ")
            ),
        )
    } else {
        Recognition::No
    }
}

fn root(document: &Document) -> View<'_> {
    document.tree.view(NodeId::ROOT, typing(document))
}

fn typing(document: &Document) -> Typing {
    match document.notation {
        Notation::Json => Typing::Json,
        _ => Typing::Core,
    }
}

/// The kind of contract that a document is by its version, and the version.
fn family(root: View<'_>) -> Option<(&'static Family, View<'_>)> {
    let is_version = |version: &View<'_>| {
        let text = version.raw().unwrap_or_default();
        text.starts_with(|first: char| first.is_ascii_digit())
    };
    FAMILIES.iter().find_map(|family| {
        let version = family.versions.iter().find_map(|key| root.get(key))?;
        Some((family, version)).filter(|_| is_version(&version))
    })
}

fn read(document: &Document, reading: &mut Reading) {
    let root = root(document);
    let Some((family, version)) = family(root) else {
        return;
    };
    let contract = Contract { root };
    let mut report = Report {
        tree: &document.tree,
        problems: &mut reading.problems,
        said: HashSet::new(),
    };
    warn_of_version(family, version, &mut report);
    reference::check(contract, &mut report);
    (family.check)(contract, &mut report);
    let file = document.tree.source().map_or("", |source| source.name());
    let title = root.at(&["info", "title"]).and_then(View::raw);
    let name = title
        .filter(|title| !title.is_empty())
        .unwrap_or_else(|| file.rsplit('/').next().unwrap_or(file));
    reading.resources.push(Resource {
        id: ResourceId::new([Platform::Contract.as_str(), file, family.word, name]),
        platform: Platform::Contract,
        format: family.format,
        kind: format!("contract/{}", family.word),
        namespace: None,
        name: name.to_owned(),
        file: document.file,
        tree: Arc::clone(&document.tree),
        root: root.id(),
        typing: typing(document),
    });
}

fn warn_of_version(family: &Family, version: View<'_>, report: &mut Report<'_>) {
    let text = version.raw().unwrap_or_default();
    if family.known.iter().any(|known| text.starts_with(*known)) {
        return;
    }
    report.warning(
        version.id(),
        format!(
            "the version `{}` of {} is not known",
            text.escape_debug(),
            family.name
        ),
        "the document was read like one of the nearest known version",
    );
}

fn entities(resource: &Resource) -> Vec<Entity> {
    let contract = Contract {
        root: resource.view(),
    };
    FAMILIES
        .iter()
        .find(|family| family.format == resource.format)
        .map(|family| (family.entities)(contract))
        .unwrap_or_default()
}

/// What is to be said of one document. The copies that aliases make stand at the same bytes, and are said once.
struct Report<'a> {
    tree: &'a Tree,
    problems: &'a mut Vec<Problem>,
    said: HashSet<(Span, String)>,
}

impl Report<'_> {
    fn error(&mut self, node: NodeId, message: String, help: &str) {
        self.say(node, message, help, Problem::error);
    }

    fn warning(&mut self, node: NodeId, message: String, help: &str) {
        self.say(node, message, help, Problem::warning);
    }

    fn say(
        &mut self,
        node: NodeId,
        message: String,
        help: &str,
        problem: fn(Span, String) -> Problem,
    ) {
        let Some(span) = self.tree.place(node) else {
            return;
        };
        if self.said.insert((span, message.clone())) {
            self.problems.push(problem(span, message).help(help));
        }
    }
}
