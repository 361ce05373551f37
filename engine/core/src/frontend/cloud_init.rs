//! User data of cloud-init: what a machine does to itself when it first starts.
//!
//! Only cloud-config is read. Scripts, multi-part messages and templates are other formats under the same name.

mod content;
mod secret;
mod shell;

use std::sync::Arc;

use super::environment::{Variable, environment};
use super::shape::{self, USER_DATA};
use super::{Frontend, Reading, Recognition};
use crate::estate::{Entity, EntityKind, Model};
use crate::parse::{Document, Notation};
use crate::problem::Problem;
use crate::resource::{Format, Platform, Resource, ResourceId};
use crate::tree::{NodeId, Origin, Tree, Typing, View};
use content::Content;

pub(super) const FRONTEND: Frontend = Frontend {
    formats: &[Format::CloudInit],
    notations: &[Notation::Yaml],
    recognise,
    read,
    entities,
};

/// What the first line of the text begins with says that it is cloud-config. A comment may follow.
const HEADER: &str = "#cloud-config";

/// cloud-init reads one mapping.
fn recognise(document: &Document) -> Recognition {
    let text = text(&document.tree);
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let first = text.lines().next().unwrap_or_default();
    let root = root(document);
    let after = first.strip_prefix(HEADER);
    if !after.is_some_and(|after| after.is_empty() || after.starts_with(char::is_whitespace)) {
        Recognition::No
    } else if document.number > 1 {
        Recognition::Almost(
            root.id(),
            "a second document in user data, which cloud-init refuses".to_owned(),
        )
    } else if !root.is_mapping() {
        Recognition::Almost(root.id(), "user data that is no mapping".to_owned())
    } else {
        Recognition::Yes
    }
}

fn root(document: &Document) -> View<'_> {
    document.tree.view(NodeId::ROOT, Typing::Core)
}

fn read(document: &Document, reading: &mut Reading) {
    let root = root(document);
    let file = document.tree.source().map_or("", |source| source.name());
    let name = file.rsplit('/').next().unwrap_or(file);
    refuse_shapes(document, root, reading);
    warn_of_encoded(document, root, reading);
    reading.resources.push(Resource {
        id: ResourceId::new([Platform::Host.as_str(), file, "cloud-init", "user-data"]),
        platform: Platform::Host,
        format: Format::CloudInit,
        kind: "cloud-init/user-data".to_owned(),
        namespace: None,
        name: name.to_owned(),
        file: document.file,
        tree: Arc::clone(&document.tree),
        root: root.id(),
        typing: Typing::Core,
    });
}

fn refuse_shapes(document: &Document, root: View<'_>, reading: &mut Reading) {
    for wrong in shape::of_keys(root, USER_DATA) {
        let place = document.tree.place(wrong.at.id());
        reading.problems.extend(place.map(|place| {
            Problem::error(place, wrong.message)
                .help("it was not judged: cloud-init cannot do it as it is written")
        }));
    }
}

fn warn_of_encoded(document: &Document, root: View<'_>, reading: &mut Reading) {
    let source = text(&document.tree);
    for file in root.get("write_files").into_iter().flat_map(View::items) {
        let Some(Content::Unread(encoded)) = content::of_file(file, source) else {
            continue;
        };
        let span = document.tree.place(encoded.id());
        reading.problems.extend(span.map(|span| {
            Problem::warning(
                span,
                "the content of this file is encoded, and was not read",
            )
            .help("write it as text, so that it can be judged")
        }));
    }
}

fn text(tree: &Tree) -> &str {
    tree.source().map_or("", |source| source.text())
}

fn entities(resource: &Resource) -> Vec<Entity> {
    let mut model = Model::default();
    model.object(None, resource.root, |model| fill(model, resource));
    vec![Entity::new(
        EntityKind::Workload,
        resource.name.clone(),
        model.finish(),
    )]
}

fn fill(model: &mut Model, resource: &Resource) {
    let from = resource.root;
    let origin = Origin::Derived { from };
    model.text("name", &resource.name, origin);
    model.object(Some("runtime"), from, |model| {
        model.text("form", "vm", origin);
    });
    model.list("containers", from, |model| {
        model.object(None, from, |model| {
            model.text("name", "user-data", origin);
            model.text("role", "container", origin);
            environment(model, &variables(resource), from);
        });
    });
}

/// Variables of files and commands, and the passwords of users under names such as `users.web.passwd`.
fn variables(resource: &Resource) -> Vec<Variable> {
    let root = resource.view();
    let mut variables = shell::of_files(root, text(&resource.tree));
    variables.extend(shell::of_commands(root));
    variables.extend(secret::variables(root));
    variables
}
