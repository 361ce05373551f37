//! Units of systemd: what a machine starts, when, and with which rights.
//!
//! A unit is judged as its own file says. Drop-ins (`web.service.d/*.conf`) and the defaults of a machine are not seen.

mod isolation;
mod service;
mod value;

use std::sync::Arc;

use plumbline_rego::nearest;

use super::{Frontend, Reading, Recognition};
use crate::estate::Entity;
use crate::parse::{Document, Notation};
use crate::problem::Problem;
use crate::resource::{Format, Platform, Resource, ResourceId};
use crate::source::Span;
use crate::tree::{NodeId, Typing, View};

pub(super) const FRONTEND: Frontend = Frontend {
    formats: &[Format::Systemd],
    notations: &[Notation::Unit],
    recognise,
    read,
    entities,
};

/// Types of units, and the section that only units of the type have.
const TYPES: &[(&str, Option<&str>)] = &[
    ("automount", Some("Automount")),
    ("mount", Some("Mount")),
    ("path", Some("Path")),
    ("service", Some(service::SECTION)),
    ("slice", Some("Slice")),
    ("socket", Some("Socket")),
    ("swap", Some("Swap")),
    ("target", None),
    ("timer", Some("Timer")),
];

/// The sections that units of every type have.
const SHARED: &[&str] = &["Unit", "Install"];

/// Types of units whose file names are evidence enough, whatever their sections are called.
const EVIDENT: &[&str] = &["service", "socket", "timer"];

/// Sections of other programs, under the same file names.
const FOREIGN: &[&str] = &["D-BUS Service"];

/// A unit has a section that systemd knows, or is called like one. The services of D-Bus have the same file names and
/// other sections.
fn recognise(document: &Document) -> Recognition {
    let known = |name: &str| sections().any(|section| section == name);
    let misspelt = |name: &str| sections().any(|section| section.eq_ignore_ascii_case(name));
    let root = unit(document);
    if root.entries().any(|(name, _)| known(name)) {
        return Recognition::Yes;
    }
    match root.entries().find(|(name, _)| misspelt(name)) {
        Some((name, section)) => Recognition::Almost(
            section.id(),
            format!("systemd does not know a section `[{name}]`: upper and lower case differ"),
        ),
        None if is_called_like_one(document) && root.entries().next().is_some() => {
            let foreign = root.entries().any(|(name, _)| FOREIGN.contains(&name));
            if foreign {
                Recognition::No
            } else {
                Recognition::Yes
            }
        }
        None => Recognition::No,
    }
}

fn is_called_like_one(document: &Document) -> bool {
    EVIDENT.contains(&kind(file(document)))
}

fn file(document: &Document) -> &str {
    document.tree.source().map_or("", |source| source.name())
}

/// The type that the name of a file says.
fn kind(file: &str) -> &str {
    file.rsplit_once('.').map_or("", |(_, kind)| kind)
}

/// That a file which is called like a unit says nothing.
pub(super) fn nothing(document: &Document) -> Option<Problem> {
    if document.notation != Notation::Unit || !is_called_like_one(document) {
        return None;
    }
    let beginning = Span {
        file: document.file,
        start: 0,
        end: 0,
    };
    let help = "it was not judged: systemd takes an empty file for a unit that must not start; begin with a header such as `[Service]`";
    Some(Problem::warning(beginning, "a unit without any section").help(help))
}

fn sections() -> impl Iterator<Item = &'static str> {
    let own = TYPES.iter().filter_map(|(_, section)| *section);
    SHARED.iter().copied().chain(own)
}

fn unit(document: &Document) -> View<'_> {
    document.tree.view(NodeId::ROOT, Typing::Json)
}

fn read(document: &Document, reading: &mut Reading) {
    let root = unit(document);
    let file = file(document);
    let name = file.rsplit('/').next().unwrap_or(file);
    let kind = kind(name);
    warn_of_sections(root, kind, reading);
    if kind == "service" {
        warn_of_service(root, reading);
    }
    reading.resources.push(Resource {
        id: ResourceId::new([Platform::Host.as_str(), file, kind, name]),
        platform: Platform::Host,
        format: Format::Systemd,
        kind: format!("systemd/{kind}"),
        namespace: None,
        name: name.to_owned(),
        file: document.file,
        tree: Arc::clone(&document.tree),
        root: root.id(),
        typing: Typing::Json,
    });
}

/// systemd ignores the sections of other types of units, and those that it does not know. `X-` is for other programs.
fn warn_of_sections(root: View<'_>, kind: &str, reading: &mut Reading) {
    let own = TYPES
        .iter()
        .find(|(of, _)| *of == kind)
        .and_then(|(_, section)| *section);
    for (name, section) in root.entries() {
        if SHARED.contains(&name) || own == Some(name) || name.starts_with("X-") {
            continue;
        }
        let message = format!(
            "systemd ignores the section `[{}]` of a {kind}",
            name.escape_debug()
        );
        let warning = section
            .key_span()
            .map(|span| Problem::warning(span, message));
        let help = match nearest(name, SHARED.iter().copied().chain(own)) {
            Some(near) => format!("did you mean `[{near}]`?"),
            None => {
                "correct its name, or begin it with `X-` if another program reads it".to_owned()
            }
        };
        reading
            .problems
            .extend(warning.map(|warning| warning.help(help)));
    }
}

fn warn_of_service(root: View<'_>, reading: &mut Reading) {
    if let Some(service) = root.get(service::SECTION) {
        reading.problems.extend(service::problems(service));
        return;
    }
    let first = root.entries().next();
    let span = first.and_then(|(_, section)| section.key_span());
    reading.problems.extend(span.map(|span| {
        Problem::warning(span, "a service without the section `[Service]`")
            .help("systemd refuses it, unless a drop-in adds the section; no workload was judged")
    }));
}

/// Only services run something of their own accord.
fn entities(resource: &Resource) -> Vec<Entity> {
    if resource.kind == "systemd/service" {
        service::workload(resource).into_iter().collect()
    } else {
        Vec::new()
    }
}
