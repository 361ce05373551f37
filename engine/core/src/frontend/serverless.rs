//! Services of the Serverless Framework: one resource per function, and the `CloudFormation` that stands beside them.
//!
//! A service is resolved first: variables that have a value without a deployment are replaced by it, and what the
//! provider sets for every function becomes a property of each. A text that still has a variable in it is unknown to
//! the model.

mod call;
mod endpoint;
mod evaluate;
mod event;
mod function;
mod resolve;
mod role;
mod spelling;
mod template;
mod variable;

use std::sync::Arc;

use super::aws::Dialect;
use super::{Frontend, Reading, Recognition, aws, cloudformation};
use crate::estate::Entity;
use crate::parse::{Document, Notation};
use crate::problem::Problem;
use crate::resource::{Format, Platform, Resource, ResourceId};
use crate::tree::{NodeId, Typing, View};
use spelling::FUNCTION;

pub(super) const FRONTEND: Frontend = Frontend {
    formats: &[Format::Serverless],
    notations: &[Notation::Json, Notation::Yaml],
    recognise,
    read,
    entities,
};

/// What the root of a service never has: objects of Kubernetes and templates of `CloudFormation` do.
const FOREIGN: &[&str] = &["apiVersion", "kind", "Resources"];

/// A service has a name, a provider, and something to deploy.
fn recognise(document: &Document) -> Recognition {
    let root = root(document);
    let has = |key: &&str| root.get(key).is_some();
    let provider = root
        .get("provider")
        .is_some_and(|provider| provider.is_mapping() || provider.raw().is_some());
    let deploys = ["functions", "resources"].iter().any(has);
    if has(&"service") && provider && deploys && !FOREIGN.iter().any(has) {
        Recognition::Yes
    } else {
        Recognition::No
    }
}

fn root(document: &Document) -> View<'_> {
    let typing = match document.notation {
        Notation::Json => Typing::Json,
        _ => Typing::Core,
    };
    document.tree.view(NodeId::ROOT, typing)
}

fn read(document: &Document, reading: &mut Reading) {
    let root = root(document);
    refuse_tags(document, reading);
    let Some(tree) = resolve::service(document, root, &mut reading.problems) else {
        return;
    };
    let tree = Arc::new(tree);
    let service = tree.view(NodeId::ROOT, Typing::Json);
    let platform = platform(document, service, reading);
    let file = document.tree.source().map_or("", |source| source.name());
    let functions = service.get("functions");
    for (name, function) in functions.into_iter().flat_map(View::entries) {
        reading.resources.push(Resource {
            id: ResourceId::new([platform.as_str(), file, "functions", name]),
            platform,
            format: Format::Serverless,
            kind: "serverless/function".to_owned(),
            namespace: None,
            name: name.to_owned(),
            file: document.file,
            tree: Arc::clone(&tree),
            root: function.id(),
            typing: Typing::Json,
        });
    }
    let template = service.get("resources");
    if let Some(template) = template.filter(|_| platform == Platform::Aws) {
        cloudformation::read_template(template, document, Format::CloudFormation, reading);
    }
}

/// Where the functions run. Another provider than AWS is said: its functions are resources and nothing more.
fn platform(document: &Document, service: View<'_>, reading: &mut Reading) -> Platform {
    let name = service.at(&["provider", "name"]).and_then(View::raw);
    if name == Some("aws") {
        return Platform::Aws;
    }
    let written = root(document).get("provider");
    let named = written.and_then(|provider| provider.get("name"));
    let place = named.or(written);
    let place = place.and_then(|provider| document.tree.place(provider.id()));
    let provider = name.unwrap_or_default().escape_debug();
    let message = format!("functions of the provider `{provider}` are not modelled");
    let help = "they were judged as they are written, and as nothing that runs";
    reading
        .problems
        .extend(place.map(|place| Problem::warning(place, message).help(help)));
    Platform::Other
}

/// The framework refuses a file with a tag that is no function of `CloudFormation`.
fn refuse_tags(document: &Document, reading: &mut Reading) {
    for (node, tag) in document.tree.tags() {
        if call::of_tag(tag).is_some() {
            continue;
        }
        let message = format!("CloudFormation has no function `{}`", tag.escape_debug());
        let place = document.tree.place(*node);
        reading
            .problems
            .extend(place.map(|place| Problem::error(place, message)));
    }
}

fn entities(resource: &Resource) -> Vec<Entity> {
    if resource.platform != Platform::Aws {
        return Vec::new();
    }
    let mut entities = vec![aws::function::function(resource, &DIALECT, &FUNCTION)];
    entities.extend(endpoint::endpoints(resource));
    entities.extend(event::subscriptions(resource));
    entities
}

static DIALECT: Dialect = Dialect {
    properties: |resource| Some(resource.view()),
    is_unknown: call::is_unknown,
    referred: call::referred,
    is_reference: |view, resource| call::referred(view).is_some_and(|name| name == resource.name),
    siblings: |_, _| Vec::new(),
    speaking: |_, _, _| Vec::new(),
    named: |_, _, _| None,
    region: |resource| resource.view().get("region"),
};
