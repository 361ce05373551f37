//! The estate as people look at it: a table, JSON (`plumbline.estate/v1`), a diagram in Mermaid, and a page with a map.

mod map;

use std::collections::{BTreeMap, HashSet};
use std::fmt::Write;

use plumbline_rego::value::json as rego_json;
use serde::Serialize;

pub use map::html;

use super::text::Style;
use super::visible;
use crate::estate::{Entity, EntityKind, Estate, Formats};
use crate::locate::{Subject, locate};
use crate::source::Sources;

/// The version of the JSON shape.
pub const SCHEMA_VERSION: &str = "plumbline.estate/v1";

/// A line per entity, and how many there are on each platform.
pub fn table(estate: &Estate, sources: &Sources, style: Style) -> String {
    let mut out = String::new();
    let heads = ["KIND", "NAME", "PLATFORM", "FORM", "AS", "PLACE"];
    let rows: Vec<[String; 6]> = estate
        .entities
        .iter()
        .map(|entity| row(estate, entity, sources))
        .collect();
    let mut widths = heads.map(str::len);
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    if !style.quiet {
        line(heads, widths, &mut out);
        for row in &rows {
            line(row.each_ref().map(String::as_str), widths, &mut out);
        }
        out.push('\n');
    }
    out.push_str(&platforms(&estate.formats()));
    out
}

fn line(cells: [&str; 6], widths: [usize; 6], out: &mut String) {
    let padded = cells
        .iter()
        .zip(widths)
        .map(|(cell, width)| format!("{cell:<width$}"));
    out.push_str(padded.collect::<Vec<_>>().join("  ").trim_end());
    out.push('\n');
}

fn row(estate: &Estate, entity: &Entity, sources: &Sources) -> [String; 6] {
    let resource = estate.resources.get(entity.resource);
    let platform = resource.map_or("", |resource| resource.platform.as_str());
    [
        entity.kind.as_str().to_owned(),
        visible(&entity.name).into_owned(),
        platform.to_owned(),
        form(entity),
        text_at(entity, &["identity", "name"]),
        place(estate, entity, sources),
    ]
}

/// What form an entity has: of a workload that of its runtime.
fn form(entity: &Entity) -> String {
    match entity.kind {
        EntityKind::Workload => text_at(entity, &["runtime", "form"]),
        _ => text_at(entity, &["form"]),
    }
}

fn text_at(entity: &Entity, path: &[&str]) -> String {
    let value = entity.value();
    let found = path.iter().try_fold(&value, |at, key| at.get_str(key));
    let text = found.and_then(plumbline_rego::Value::as_str);
    text.map_or_else(String::new, |text| visible(text).into_owned())
}

fn place(estate: &Estate, entity: &Entity, sources: &Sources) -> String {
    let Some(resource) = estate.resources.get(entity.resource) else {
        return String::new();
    };
    let subject = Subject {
        resource,
        entity: Some(entity),
    };
    let root = std::iter::once(plumbline_rego::Step::Key(entity.kind.as_str().into())).collect();
    let span = locate(subject, &root).0.span;
    let line = sources.positions(span).map_or(0, |(start, _)| start.line);
    format!("{}:{line}", visible(sources.name(span.file)))
}

/// How many resources every platform has, and in which formats they are written.
pub fn platforms(formats: &Formats) -> String {
    let mut out = String::new();
    for (platform, formats) in formats {
        let total: usize = formats.values().sum();
        let formats: Vec<String> = match formats.len() {
            1 => formats.keys().map(ToString::to_string).collect(),
            _ => formats
                .iter()
                .map(|(format, count)| format!("{count} {format}"))
                .collect(),
        };
        let _ = writeln!(out, "{platform:<11} {total:>6}  ({})", formats.join(", "));
    }
    out
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct EstateV1<'a> {
    schema_version: &'static str,
    entities: Vec<EntityV1<'a>>,
    edges: Vec<EdgeV1>,
}

#[derive(Serialize)]
struct EntityV1<'a> {
    kind: &'static str,
    name: &'a str,
    resource: &'a str,
    platform: &'static str,
    format: &'static str,
    place: String,
    /// The normalised form. What nobody can know yet is absent here and listed beside it.
    value: serde_json::Value,
    unknown: Vec<String>,
}

#[derive(Serialize)]
struct EdgeV1 {
    from: usize,
    to: usize,
    what: &'static str,
}

/// Every entity with its normalised form, and the edges between them by index. Values of variables and commands are hidden.
pub fn json(estate: &Estate, sources: &Sources) -> String {
    let shape = EstateV1 {
        schema_version: SCHEMA_VERSION,
        entities: estate
            .entities
            .iter()
            .map(|entity| entity_shape(estate, entity, sources))
            .collect(),
        edges: estate
            .edges()
            .into_iter()
            .map(|edge| EdgeV1 {
                from: edge.from,
                to: edge.to,
                what: edge.what.as_str(),
            })
            .collect(),
    };
    let mut out = serde_json::to_string_pretty(&shape).unwrap_or_default();
    out.push('\n');
    out
}

fn entity_shape<'a>(estate: &'a Estate, entity: &'a Entity, sources: &Sources) -> EntityV1<'a> {
    let resource = estate.resources.get(entity.resource);
    let mut value =
        serde_json::from_str(&rego_json::to_string(&entity.value())).unwrap_or_default();
    hide_literals(&mut value);
    EntityV1 {
        kind: entity.kind.as_str(),
        name: &entity.name,
        resource: resource.map_or("", |resource| resource.id.as_str()),
        platform: resource.map_or("", |resource| resource.platform.as_str()),
        format: resource.map_or("", |resource| resource.format.as_str()),
        place: place(estate, entity, sources),
        value,
        unknown: entity
            .tree
            .unknowns(crate::tree::NodeId::ROOT, crate::tree::Typing::Json)
            .iter()
            .map(ToString::to_string)
            .collect(),
    }
}

/// Values of variables and commands may hold a secret: they are never shown.
fn hide_literals(value: &mut serde_json::Value) {
    use serde_json::Value;
    match value {
        Value::Object(object) => {
            for (key, value) in object.iter_mut() {
                match (key.as_str(), &mut *value) {
                    ("env", Value::Array(variables)) => variables.iter_mut().for_each(hide_value),
                    ("command", command) => *command = "hidden".into(),
                    _ => hide_literals(value),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(hide_literals),
        _ => {}
    }
}

fn hide_value(variable: &mut serde_json::Value) {
    if let Some(value) = variable.get_mut("value") {
        *value = "hidden".into();
    }
}

/// Words for a node, in the shape of its kind.
fn node(index: usize, entity: &Entity) -> String {
    let label = entity
        .name
        .replace('"', "'")
        .replace(['\n', '\r', '[', ']', '{', '}', '<', '>'], " ");
    let label = visible(&label).into_owned();
    let (open, close) = match entity.kind {
        EntityKind::Workload => ("[", "]"),
        EntityKind::Channel => ("[(", ")]"),
        EntityKind::Endpoint => ("([", "])"),
        EntityKind::Identity => ("{{", "}}"),
        _ => ("(", ")"),
    };
    format!("  n{index}{open}\"{label}\"{close}\n")
}

/// A flow chart: who hands what to whom, and as whom.
pub fn mermaid(estate: &Estate) -> String {
    let edges = estate.edges();
    let mut out = String::from("flowchart LR\n");
    let mut platforms: BTreeMap<&str, String> = BTreeMap::new();
    for (index, entity) in drawn(estate) {
        let resource = estate.resources.get(entity.resource);
        let platform = resource.map_or("", |resource| resource.platform.as_str());
        let nodes = platforms.entry(platform).or_default();
        nodes.push_str("  ");
        nodes.push_str(&node(index, entity));
    }
    for (platform, nodes) in platforms {
        let _ = write!(out, "  subgraph {platform}\n{nodes}  end\n");
    }
    for edge in edges {
        let _ = writeln!(
            out,
            "  n{} -->|{}| n{}",
            edge.from,
            edge.what.as_str(),
            edge.to
        );
    }
    out
}

/// What a map shows: grants and subscriptions are its lines, not its places.
fn drawn(estate: &Estate) -> impl Iterator<Item = (usize, &Entity)> {
    let edges = estate.edges().into_iter();
    let joined: HashSet<usize> = edges.flat_map(|edge| [edge.from, edge.to]).collect();
    estate
        .entities
        .iter()
        .enumerate()
        .filter(move |(index, entity)| match entity.kind {
            EntityKind::Subscription | EntityKind::Grant => joined.contains(index),
            _ => true,
        })
}
