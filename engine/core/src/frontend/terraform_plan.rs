//! Plans of Terraform as `terraform show -json` writes them: every resource as it will be, whatever module declares it.
//!
//! The format is that of <https://developer.hashicorp.com/terraform/internals/json-format>. A plan knows what a
//! configuration does not: variables, the data of providers, modules that come from elsewhere. What only an apply can
//! tell is written as a configuration would write it, `${aws_sqs_queue.jobs.arn}`, and is unknown to the model.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::terraform::{self, platform};
use super::{Frontend, Reading, Recognition};
use crate::parse::{Document, Notation};
use crate::problem::Problem;
use crate::resource::{Format, Resource, ResourceId};
use crate::tree::{Builder, Kind, NodeId, Origin, Typing, View};

pub(super) const FRONTEND: Frontend = Frontend {
    formats: &[Format::TerraformPlan],
    notations: &[Notation::Json],
    recognise,
    read,
    entities: terraform::entities,
};

/// How deep modules may stand in each other.
const MAX_DEPTH: usize = 64;

/// Versions of the format that are read, before the point.
const VERSIONS: &[&str] = &["0", "1"];

fn recognise(document: &Document) -> Recognition {
    let root = root(document);
    let says = |key: &str| root.get(key).is_some();
    if says("terraform_version")
        && says("format_version")
        && (says("planned_values") || says("resource_changes"))
    {
        Recognition::Yes
    } else {
        Recognition::No
    }
}

fn root(document: &Document) -> View<'_> {
    document.tree.view(NodeId::ROOT, Typing::Json)
}

fn read(document: &Document, reading: &mut Reading) {
    let root = root(document);
    warn(document, root, reading);
    let mut plan = Plan {
        document,
        changes: changes(root),
        builder: Builder::computed(),
        declared: Vec::new(),
        problems: &mut reading.problems,
    };
    plan.builder.open(Kind::Mapping, root.origin());
    match root.at(&["planned_values", "root_module"]) {
        Some(module) => plan.module(module, root.at(&["configuration", "root_module"]), 0),
        None => plan.of_changes(root),
    }
    plan.builder.close();
    let Plan {
        builder, declared, ..
    } = plan;
    let file = document.tree.source().map_or("", |source| source.name());
    let tree = Arc::new(builder.finish());
    let bodies = tree.view(NodeId::ROOT, Typing::Json);
    for (declared, (_, body)) in declared.into_iter().zip(bodies.entries()) {
        let platform = platform(&declared.kind);
        reading.resources.push(Resource {
            id: ResourceId::new([platform.as_str(), file, &declared.address]),
            platform,
            format: Format::TerraformPlan,
            kind: declared.kind,
            namespace: None,
            name: declared.address,
            file: document.file,
            tree: Arc::clone(&tree),
            root: body.id(),
            typing: Typing::Json,
        });
    }
}

/// Says what makes a plan less than it looks.
fn warn(document: &Document, root: View<'_>, reading: &mut Reading) {
    if let Some(version) = root.get("format_version") {
        let text = version.raw().unwrap_or_default();
        let major = text.split('.').next().unwrap_or_default();
        if !VERSIONS.contains(&major) {
            let message = format!("a plan of the unknown format `{}`", text.escape_debug());
            let span = document.tree.place(version.id());
            reading.problems.extend(span.map(|span| {
                Problem::warning(span, message).help("it was read as one of format 1")
            }));
        }
    }
    let errored = root.get("errored").filter(|it| it.bool() == Some(true));
    let span = errored.and_then(|errored| document.tree.place(errored.id()));
    reading.problems.extend(span.map(|span| {
        Problem::warning(span, "a plan that ended in an error")
            .help("what Terraform did not come to was not read; plan again once it succeeds")
    }));
}

/// What happens to each resource, by address.
fn changes(root: View<'_>) -> BTreeMap<&str, View<'_>> {
    let changes = root.get("resource_changes").into_iter();
    changes
        .flat_map(View::items)
        // What is left over of an earlier failure, and is deleted.
        .filter(|change| change.get("deposed").is_none_or(View::is_null))
        .filter_map(|change| Some((change.get("address")?.raw()?, change.get("change")?)))
        .collect()
}

/// A resource that was written into the tree.
struct Declared {
    address: String,
    kind: String,
}

struct Plan<'a, 'p> {
    document: &'a Document,
    changes: BTreeMap<&'a str, View<'a>>,
    builder: Builder,
    declared: Vec<Declared>,
    problems: &'p mut Vec<Problem>,
}

impl<'a> Plan<'a, '_> {
    /// A module and those that it calls, with what was written of it.
    fn module(&mut self, module: View<'a>, written: Option<View<'a>>, depth: usize) {
        if depth > MAX_DEPTH {
            return self.error(
                module,
                format!("more than {MAX_DEPTH} modules in each other"),
            );
        }
        let expressions = expressions(written);
        for resource in module.get("resources").into_iter().flat_map(View::items) {
            let name = |key: &str| resource.get(key).and_then(View::raw);
            let named = name("type").zip(name("name"));
            let written = named.and_then(|named| expressions.get(&named).copied());
            self.resource(resource, resource.get("values"), written);
        }
        for child in module
            .get("child_modules")
            .into_iter()
            .flat_map(View::items)
        {
            let address = child.get("address").and_then(View::raw).unwrap_or_default();
            let name = called(address);
            let written = written.and_then(|at| at.at(&["module_calls", name, "module"]));
            self.module(child, written, depth + 1);
        }
    }

    /// The resources of a plan that only has changes.
    fn of_changes(&mut self, root: View<'a>) {
        for resource in root
            .get("resource_changes")
            .into_iter()
            .flat_map(View::items)
        {
            let after = resource.at(&["change", "after"]);
            // What is deleted will be nothing.
            let is_deleted = after.is_none_or(View::is_null);
            let is_left_over = !resource.get("deposed").is_none_or(View::is_null);
            if !is_deleted && !is_left_over {
                self.resource(resource, after, None);
            }
        }
    }

    /// A resource as it will be. What is data was not declared, but asked for.
    fn resource(
        &mut self,
        resource: View<'a>,
        values: Option<View<'a>>,
        expressions: Option<View<'a>>,
    ) {
        let name = |key: &str| Some((resource.get(key)?, resource.get(key)?.raw()?));
        if name("mode").is_some_and(|(_, mode)| mode == "data") {
            return;
        }
        let (Some((at, address)), Some((_, kind))) = (name("address"), name("type")) else {
            return self.error(
                resource,
                "a resource of a plan without `address` and `type`".to_owned(),
            );
        };
        let Some(values) = values.filter(|values| values.is_mapping()) else {
            return self.error(at, format!("the resource `{address}` has no `values`"));
        };
        let change = self.changes.get(address).copied();
        let unknown = change.and_then(|change| change.get("after_unknown"));
        // The resource as a whole stands where its address does, and so does what is not written at all.
        let span = self.document.tree.span(at.id());
        let absent = span.map_or(values.origin(), Origin::Span);
        self.builder.key_as(address, span);
        self.put(Some(values), unknown, expressions, absent);
        self.declared.push(Declared {
            address: address.to_owned(),
            kind: kind.to_owned(),
        });
    }

    fn error(&mut self, at: View<'_>, message: String) {
        let span = self.document.tree.place(at.id());
        self.problems
            .extend(span.map(|span| Problem::error(span, message)));
    }

    /// A value with what only an apply can tell, under the key that was set.
    fn put(
        &mut self,
        value: Option<View<'a>>,
        unknown: Option<View<'a>>,
        written: Option<View<'a>>,
        absent: Origin,
    ) {
        let origin = value.map_or(absent, View::origin);
        if unknown.and_then(View::bool) == Some(true) {
            self.builder.string(&reference(written), origin);
            return;
        }
        let unknown = unknown.filter(|unknown| has_unknown(*unknown));
        match (value, unknown) {
            (Some(value), unknown) if value.is_mapping() => {
                self.mapping(value, unknown, written, absent);
            }
            (Some(value), unknown) if value.is_sequence() => {
                self.sequence(value, unknown, written, absent);
            }
            (Some(value), None) => self.builder.graft(value),
            (_, Some(unknown)) if unknown.is_sequence() => {
                self.builder.open(Kind::Sequence, origin);
                for (index, below) in unknown.items().enumerate() {
                    self.put(None, Some(below), item(written, index), absent);
                }
                self.builder.close();
            }
            (_, Some(unknown)) => {
                self.builder.open(Kind::Mapping, origin);
                self.unknowns(None, unknown, written, absent);
                self.builder.close();
            }
            (None, None) => {
                self.builder.scalar(Kind::Null, origin);
            }
        }
    }

    /// A mapping. A plan also lists what is not set, as null and as empty lists of blocks; a configuration does not,
    /// and neither is it kept here.
    fn mapping(
        &mut self,
        value: View<'a>,
        unknown: Option<View<'a>>,
        written: Option<View<'a>>,
        absent: Origin,
    ) {
        self.builder.open(Kind::Mapping, value.origin());
        for (key, entry) in value.entries() {
            let below = unknown.and_then(|unknown| unknown.get(key));
            let is_empty = entry.is_sequence() && entry.items().next().is_none();
            if (entry.is_null() || is_empty) && !below.is_some_and(has_unknown) {
                continue;
            }
            self.builder.key_of(entry);
            self.put(Some(entry), below, member(written, key), absent);
        }
        if let Some(unknown) = unknown {
            self.unknowns(Some(value), unknown, written, absent);
        }
        self.builder.close();
    }

    /// What only an apply can tell and the values do not mention.
    fn unknowns(
        &mut self,
        value: Option<View<'a>>,
        unknown: View<'a>,
        written: Option<View<'a>>,
        absent: Origin,
    ) {
        for (key, below) in unknown.entries() {
            let is_mentioned = value.is_some_and(|value| value.get(key).is_some());
            if is_mentioned || !has_unknown(below) {
                continue;
            }
            let span = match absent {
                Origin::Span(span) => Some(span),
                _ => None,
            };
            self.builder.key_as(key, span);
            self.put(None, Some(below), member(written, key), absent);
        }
    }

    fn sequence(
        &mut self,
        value: View<'a>,
        unknown: Option<View<'a>>,
        written: Option<View<'a>>,
        absent: Origin,
    ) {
        self.builder.open(Kind::Sequence, value.origin());
        let mut unknowns = unknown.into_iter().flat_map(View::items);
        let mut count = 0;
        for (index, element) in value.items().enumerate() {
            self.put(Some(element), unknowns.next(), item(written, index), absent);
            count = index + 1;
        }
        let rest: Vec<View<'a>> = unknowns.filter(|below| has_unknown(*below)).collect();
        for (index, below) in rest.into_iter().enumerate() {
            self.put(None, Some(below), item(written, count + index), absent);
        }
        self.builder.close();
    }
}

/// The name of the module that an address ends in: `module.queue[0]` is an instance of `queue`.
fn called(address: &str) -> &str {
    let (mut rest, mut name) = (Some(address), "");
    while let Some(step) = rest.and_then(|rest| rest.strip_prefix("module.")) {
        name = step;
        rest = terraform::after_step(step);
    }
    name.split('[').next().unwrap_or_default()
}

/// What was written of each resource of a module, by type and name.
fn expressions(module: Option<View<'_>>) -> BTreeMap<(&str, &str), View<'_>> {
    let resources = module.and_then(|module| module.get("resources"));
    let managed = resources
        .into_iter()
        .flat_map(View::items)
        .filter(|resource| resource.get("mode").and_then(View::raw) != Some("data"));
    managed
        .filter_map(|resource| {
            let name = |key: &str| resource.get(key)?.raw();
            Some(((name("type")?, name("name")?), resource.get("expressions")?))
        })
        .collect()
}

/// What was written below a key. An expression that gives a whole mapping gives each of its entries.
fn member<'a>(written: Option<View<'a>>, key: &str) -> Option<View<'a>> {
    let written = written?;
    written
        .get(key)
        .or_else(|| written.get("references").map(|_| written))
}

/// What was written of an element: of a block, or of an expression that gives all of them.
fn item(written: Option<View<'_>>, index: usize) -> Option<View<'_>> {
    let written = written?;
    if written.is_sequence() {
        written.items().nth(index)
    } else {
        Some(written)
    }
}

/// Whether anything at a node, or below it, is said to be unknown.
fn has_unknown(view: View<'_>) -> bool {
    view.bool() == Some(true)
        || view.items().any(has_unknown)
        || view.entries().any(|(_, below)| has_unknown(below))
}

/// How a configuration speaks of what only an apply can tell: the one resource that was written there, if it is one.
fn reference(written: Option<View<'_>>) -> String {
    let references = written.and_then(|written| written.get("references"));
    let references: Vec<&str> = references
        .into_iter()
        .flat_map(View::items)
        .filter_map(View::raw)
        .collect();
    let first = references.first();
    let single = first.filter(|first| {
        let resource = resource_of(first);
        references
            .iter()
            .all(|reference| resource_of(reference) == resource)
    });
    let text = single.copied().unwrap_or("unknown");
    format!("${{{text}}}")
}

/// `aws_sqs_queue.jobs` of `aws_sqs_queue.jobs[0].arn`.
fn resource_of(reference: &str) -> (Option<&str>, Option<&str>) {
    let mut words = reference.split('.');
    let (kind, name) = (words.next(), words.next());
    (kind, name.and_then(|name| name.split('[').next()))
}
