//! Templates of AWS `CloudFormation`, and of the Serverless Application Model that it transforms.
//!
//! A template is resolved first: short tags become the functions they stand for, parameters their defaults, and SAM's
//! globals become properties of each resource. What depends on anything else stays as the function that is written
//! (`{"Ref": "Table"}`), and is unknown to the model.

mod catalogue;
mod intrinsic;
mod names;
mod resolve;
mod spelling;

use std::sync::Arc;

use super::aws::function::function;
use super::aws::queue::Fabric;
use super::aws::{Dialect, beside};
use super::{Frontend, Reading, Recognition};
use crate::estate::Entity;
use crate::parse::{Document, Notation};
use crate::resource::{Format, Platform, Resource, ResourceId};
use crate::tree::{Groups, NodeId, Typing, View};
pub(super) use intrinsic::FUNCTIONS;
use intrinsic::{Call, referred};
use spelling::{LAMBDA, QUEUE, SERVERLESS};

pub(super) const FRONTEND: Frontend = Frontend {
    formats: &[Format::CloudFormation, Format::Sam],
    notations: &[Notation::Json, Notation::Yaml],
    recognise,
    read,
    entities,
};

/// A template has resources with types such as `AWS::SQS::Queue`.
fn recognise(document: &Document) -> Recognition {
    let root = template(document);
    let resources = root
        .get("Resources")
        .filter(|resources| resources.is_mapping());
    let typed = |resource: View<'_>| {
        let kind = resource.get("Type").and_then(View::raw);
        kind.is_some_and(|kind| kind.contains("::"))
    };
    let has_types =
        resources.is_some_and(|resources| resources.entries().any(|(_, resource)| typed(resource)));
    if has_types {
        return Recognition::Yes;
    }
    match root.get("AWSTemplateFormatVersion") {
        Some(version) if root.get("Resources").is_none() => Recognition::Almost(
            version.id(),
            "a template of CloudFormation without `Resources`".to_owned(),
        ),
        Some(_) => Recognition::Yes,
        None => Recognition::No,
    }
}

fn template(document: &Document) -> View<'_> {
    let typing = match document.notation {
        Notation::Json => Typing::Json,
        _ => Typing::Core,
    };
    document.tree.view(NodeId::ROOT, typing)
}

/// The transform that makes a template one of SAM.
const SAM: &str = "AWS::Serverless-2016-10-31";

fn format(template: View<'_>) -> Format {
    let transform = template.get("Transform");
    let named = transform
        .into_iter()
        .chain(transform.into_iter().flat_map(View::items))
        .any(|transform| transform.raw() == Some(SAM));
    if named {
        Format::Sam
    } else {
        Format::CloudFormation
    }
}

fn read(document: &Document, reading: &mut Reading) {
    let template = template(document);
    let format = format(template);
    names::check(template, format == Format::Sam, &mut reading.problems);
    read_template(template, document, format, reading);
}

/// Reads the resources of a template, which may be a part of the document or computed from it. Entries with a `/` in
/// their names say what else in the document concerns the resources, and are none.
pub(super) fn read_template(
    template: View<'_>,
    document: &Document,
    format: Format,
    reading: &mut Reading,
) {
    let file = document.tree.source().map_or("", |source| source.name());
    let tree = Arc::new(resolve::resources(template, format, &mut reading.problems));
    let root = tree.view(NodeId::ROOT, Typing::Json);
    for (name, resource) in root.entries().filter(|(name, _)| !name.contains('/')) {
        let Some(kind) = resource.get("Type").and_then(View::raw) else {
            let span = resource.key_span().into_iter();
            reading.problems.extend(span.map(|span| {
                crate::problem::Problem::error(span, format!("the resource `{name}` has no `Type`"))
            }));
            continue;
        };
        reading.resources.push(Resource {
            id: ResourceId::new([Platform::Aws.as_str(), file, name]),
            platform: Platform::Aws,
            format,
            kind: kind.to_owned(),
            namespace: None,
            name: name.to_owned(),
            file: document.file,
            tree: Arc::clone(&tree),
            root: resource.id(),
            typing: Typing::Json,
        });
    }
}

/// What each type of resource is: one line per type.
type Modeller = fn(&Resource) -> Vec<Entity>;

const MODELS: &[(&str, Modeller)] = &[
    ("AWS::Lambda::Function", |resource| {
        vec![function(resource, &DIALECT, &LAMBDA)]
    }),
    ("AWS::Serverless::Function", serverless),
    ("AWS::Lambda::EventSourceMapping", |resource| {
        fabric(resource).mapping()
    }),
    ("AWS::SQS::Queue", |resource| vec![fabric(resource).queue()]),
];

fn serverless(resource: &Resource) -> Vec<Entity> {
    let mut entities = vec![function(resource, &DIALECT, &SERVERLESS)];
    entities.extend(fabric(resource).of_events());
    entities.extend(catalogue::of_function(resource));
    entities
}

fn fabric(resource: &Resource) -> Fabric<'_> {
    Fabric {
        resource,
        dialect: &DIALECT,
        spelling: &QUEUE,
    }
}

fn entities(resource: &Resource) -> Vec<Entity> {
    MODELS
        .iter()
        .chain(catalogue::models())
        .find(|(kind, _)| *kind == resource.kind)
        .map(|(_, model)| model(resource))
        .unwrap_or_default()
}

static DIALECT: Dialect = Dialect {
    properties: |resource| resource.view().get("Properties"),
    is_unknown: |view| Call::is_at(view),
    referred: |view| referred(view).map(str::to_owned),
    is_reference: |view, resource| referred(view) == Some(resource.name.as_str()),
    siblings,
    speaking,
    named,
    region: |_| None,
};

/// The properties of the resources of a type in the same template.
fn siblings<'a>(resource: &'a Resource, kind: &str) -> Vec<View<'a>> {
    beside::found(resource, groups, kind)
}

fn speaking<'a>(resource: &'a Resource, kind: &str, of: Option<&str>) -> Vec<View<'a>> {
    let key = beside::speaking(kind, of.unwrap_or(&resource.name));
    beside::found(resource, groups, &key)
}

fn named<'a>(resource: &'a Resource, kind: &str, name: &str) -> Option<View<'a>> {
    let named = beside::found(resource, groups, &format!("/{name}"));
    let named = named.last().filter(|named| is_type(**named, kind))?;
    named.get("Properties")
}

/// The resources of a template: by name after a `/`, and what they say of themselves by type, and by what it speaks of.
fn groups(root: View<'_>) -> Groups {
    let mut groups = Groups::new();
    for (name, resource) in root.entries() {
        let key = format!("/{name}");
        groups.entry(key).or_default().push(resource.id());
        let kind = resource.get("Type").and_then(View::raw);
        if let Some((kind, body)) = kind.zip(resource.get("Properties")) {
            let of_kind = groups.entry(kind.to_owned()).or_default();
            of_kind.push(body.id());
            beside::group(&mut groups, kind, body, |view| {
                referred(view).map(str::to_owned).into_iter().collect()
            });
        }
    }
    groups
}

fn is_type(resource: View<'_>, kind: &str) -> bool {
    resource.get("Type").and_then(View::raw) == Some(kind)
}
