//! Terraform: every `.tf` file of a folder is one module, modules call modules in other folders, and what can be known
//! without asking a provider is filled in.
//!
//! What cannot be known stays as it is written, `${aws_sqs_queue.jobs.arn}`, and is unknown to the model.

mod azure;
mod catalogue;
mod evaluate;
mod functions;
mod google;
mod module;
mod partial;
mod policy_document;
mod said;
mod spelling;

use std::collections::BTreeSet;

use super::aws::function::function;
use super::aws::queue::Fabric;
use super::aws::{Dialect, beside};
use super::{Frontend, Reading, Recognition};
use crate::estate::Entity;
use crate::parse::{Document, Notation};
use crate::resource::{Format, Platform, Resource};
use crate::source::FileId;
use crate::tree::{Groups, View};
use spelling::{LAMBDA, QUEUE};

pub(super) const FRONTEND: Frontend = Frontend {
    formats: &[Format::Terraform],
    notations: &[Notation::Hcl],
    recognise: |_| Recognition::Yes,
    read: |document, reading| read_all(&[document], &BTreeSet::new(), reading),
    entities,
};

/// Reads files that belong together: of one folder, and of the folders that it calls as modules. Beside those that are
/// `whole`, no file of their folder is missing.
pub(super) fn read_all(documents: &[&Document], whole: &BTreeSet<FileId>, reading: &mut Reading) {
    module::read(documents, whole, reading);
}

/// The platform of a type of resource: the word before its first `_` names the provider.
pub(super) fn platform(kind: &str) -> Platform {
    match kind.split('_').next() {
        Some("aws") => Platform::Aws,
        Some("google") => Platform::Gcp,
        Some("azurerm" | "azapi") => Platform::Azure,
        _ => Platform::Other,
    }
}

/// What each type of resource is: one line per type.
type Modeller = fn(&Resource) -> Vec<Entity>;

const MODELS: &[(&str, Modeller)] = &[
    ("aws_lambda_function", |resource| {
        vec![function(resource, &DIALECT, &LAMBDA)]
    }),
    ("aws_lambda_event_source_mapping", |resource| {
        fabric(resource).mapping()
    }),
    ("aws_sqs_queue", |resource| vec![fabric(resource).queue()]),
];

pub(super) fn entities(resource: &Resource) -> Vec<Entity> {
    MODELS
        .iter()
        .chain(catalogue::models())
        .find(|(kind, _)| *kind == resource.kind)
        .map(|(_, model)| model(resource))
        .unwrap_or_default()
}

fn fabric(resource: &Resource) -> Fabric<'_> {
    Fabric {
        resource,
        dialect: &DIALECT,
        spelling: &QUEUE,
    }
}

static DIALECT: Dialect = Dialect {
    properties: |resource| Some(resource.view()),
    is_unknown: |view| view.raw().is_some_and(|text| text.contains("${")),
    referred: |view| view.raw().and_then(referred),
    is_reference: |view, resource| {
        let referred = view.raw().and_then(referred);
        referred.is_some_and(|address| is_address(&resource.name, &address))
    },
    siblings,
    speaking,
    named,
    region,
};

/// `${aws_sqs_queue.jobs.arn}` speaks of `aws_sqs_queue.jobs`.
fn referred(text: &str) -> Option<String> {
    let inner = text.strip_prefix("${")?.strip_suffix('}')?.trim();
    let mut words = inner.split('.');
    let (kind, name) = (words.next()?, words.next()?);
    let name = name.split('[').next()?;
    let is_word = |word: &str| {
        !word.is_empty()
            && word.chars().all(|character| {
                character.is_ascii_alphanumeric() || matches!(character, '_' | '-')
            })
    };
    let is_reference = kind.contains('_') && is_word(kind) && is_word(name);
    is_reference.then(|| format!("{kind}.{name}"))
}

/// Whether an address is the one that is spoken of in its own module; instances of one resource are alike.
fn is_address(address: &str, referred: &str) -> bool {
    let (_, own) = split(address);
    own.split('[').next() == Some(referred)
}

/// The bodies of the resources of a type in the same module.
fn siblings<'a>(resource: &'a Resource, kind: &str) -> Vec<View<'a>> {
    let (prefix, _) = split(&resource.name);
    beside::found(resource, groups, &format!("{prefix}{kind}"))
}

fn speaking<'a>(resource: &'a Resource, kind: &str, of: Option<&str>) -> Vec<View<'a>> {
    let (prefix, own) = split(&resource.name);
    let own = own.split('[').next().unwrap_or_default();
    let key = beside::speaking(&format!("{prefix}{kind}"), of.unwrap_or(own));
    beside::found(resource, groups, &key)
}

fn named<'a>(resource: &'a Resource, kind: &str, name: &str) -> Option<View<'a>> {
    let (prefix, _) = split(&resource.name);
    let of_kind = name.split('.').next() == Some(kind);
    let found = beside::found(resource, groups, &format!("/{prefix}{name}"));
    found.into_iter().next().filter(|_| of_kind)
}

/// What follows the resources of a root: the regions of those that have theirs of a provider, by address.
const REGIONS: &str = "regions/";

/// The region of a resource: its own, or that of its provider.
fn region(resource: &Resource) -> Option<View<'_>> {
    let own = resource.view().get("region").filter(|own| !own.is_null());
    own.or_else(|| {
        let key = format!("{REGIONS}{}", resource.name);
        let found = beside::found(resource, groups, &key);
        found.into_iter().next()
    })
}

/// The bodies of a root's resources: by module and type, by module and name after a `/`, and by what they speak of.
/// Regions by address.
fn groups(root: View<'_>) -> Groups {
    let mut groups = Groups::new();
    for (address, body) in root.entries() {
        if address == REGIONS {
            let regions = body.entries();
            groups.extend(
                regions.map(|(address, region)| (format!("{REGIONS}{address}"), vec![region.id()])),
            );
            continue;
        }
        let (prefix, own) = split(address);
        let name = own.split('[').next().unwrap_or_default();
        let kind = name.split('.').next().unwrap_or_default();
        let kind = format!("{prefix}{kind}");
        let name = format!("/{prefix}{name}");
        beside::group(&mut groups, &kind, body, all_referred);
        for key in [kind, name] {
            groups.entry(key).or_default().push(body.id());
        }
    }
    groups
}

/// Every resource that a text speaks of, in whatever it holds beside.
fn all_referred(view: View<'_>) -> Vec<String> {
    let parts = view.raw().unwrap_or_default().split("${").skip(1);
    let inner = parts.filter_map(|part| part.split('}').next());
    inner
        .filter_map(|inner| referred(&format!("${{{inner}}}")))
        .collect()
}

/// `module.queue.` of an address in a module, which is nothing at the root, and the rest of it.
fn split(address: &str) -> (&str, &str) {
    let mut own = address;
    while let Some(rest) = own.strip_prefix("module.").and_then(after_step) {
        own = rest;
    }
    let prefix = address.strip_suffix(own).unwrap_or_default();
    (prefix, own)
}

/// What follows the first step of an address. A point in the key of an instance, `["a.b"]`, is none between steps.
pub(super) fn after_step(address: &str) -> Option<&str> {
    let mut is_quoted = false;
    let point = address.find(|character| {
        is_quoted ^= character == '"';
        character == '.' && !is_quoted
    })?;
    address.get(point + 1..)
}
