//! Names: whether each is declared once, and whether what is spoken of is declared at all.

use std::collections::{BTreeMap, BTreeSet};

use hcl_edit::expr::{Expression, ForIntro, Traversal, TraversalOperator};
use hcl_edit::template::ForTemplateExpr;
use hcl_edit::visit::{self, Visit};
use plumbline_rego::nearest;

use super::folder::Folder;
use super::scope::MAX_DEPTH;
use crate::frontend::cycle::{self, Needs};
use crate::frontend::terraform::partial;
use crate::parse::hcl::TEMPLATE;
use crate::problem::Problem;
use crate::source::Span;
use crate::tree::{Origin, View};

/// Blocks with one label, and those with two, by which others speak of them.
const ONE: &[(&str, &str)] = &[
    ("variable", "var"),
    ("output", "output"),
    ("module", "module"),
];
const TWO: &[(&str, &str)] = &[
    ("resource", ""),
    ("data", "data."),
    ("ephemeral", "ephemeral."),
];

/// Blocks of which the content speaks of others.
const SPEAKING: &[&str] = &["output", "module", "provider"];

/// Keys below which names are none of things that are declared: attributes of the block itself, and providers.
const ELSEWHERE: &[&str] = &["ignore_changes", "provider", "providers"];

/// How many names are searched for one that may have been meant.
const MAX_NEAR: usize = 1000;

/// What is wrong with the names of a module.
pub(super) fn check(folder: &Folder<'_>) -> Vec<Problem> {
    let mut problems = Vec::new();
    let declared = declared(folder, &mut problems);
    let mut spoken = Spoken {
        declared: &declared,
        is_whole: folder.is_whole(),
        told: BTreeSet::new(),
        problems: &mut problems,
    };
    for (block, _) in TWO {
        let named = folder
            .labelled(block)
            .flat_map(|(_, named)| named.entries());
        for (_, body) in named {
            spoken.of(body);
        }
    }
    for block in SPEAKING {
        for (_, body) in folder.labelled(block) {
            spoken.of(body);
        }
    }
    let mut needs = Needs::new();
    let names: Vec<(&str, BTreeSet<String>)> = folder
        .locals
        .iter()
        .map(|(name, value)| (*name, spoken.of(*value)))
        .collect();
    for (name, needed) in &names {
        needs.insert(*name, needed.iter().map(String::as_str).collect());
    }
    for circle in cycle::circles(&needs) {
        let first = circle.first().and_then(|name| folder.locals.get(*name));
        let span = first.and_then(|local| local.key_span());
        problems.extend(span.map(|span| {
            let name = circle.first().copied().unwrap_or_default();
            let message = format!("the local `{}` needs itself", name.escape_debug());
            Problem::error(span, message).help(cycle::spell(&circle))
        }));
    }
    problems
}

/// What a module declares, by how others speak of it.
fn declared(folder: &Folder<'_>, problems: &mut Vec<Problem>) -> BTreeMap<String, Span> {
    let mut declared: BTreeMap<String, Span> = BTreeMap::new();
    let is_over = |span: Span| folder.overrides.contains(&span.file);
    let mut declare = |address: String, view: View<'_>| {
        let Some(span) = view.key_span() else { return };
        let first = *declared.entry(address.clone()).or_insert(span);
        let is_again = first != span && !is_over(first) && !is_over(span);
        if is_again {
            problems.push(
                Problem::error(
                    span,
                    format!("`{}` is declared twice", address.escape_debug()),
                )
                .related(first, "first declared here")
                .help("a module declares a name once; remove one of them"),
            );
        }
    };
    for (block, prefix) in ONE {
        for (name, view) in folder.labelled(block) {
            declare(format!("{prefix}.{name}"), view);
        }
    }
    for (name, view) in folder.local_values() {
        declare(format!("local.{name}"), view);
    }
    for (block, prefix) in TWO {
        for (kind, named) in folder.labelled(block) {
            for (name, view) in named.entries() {
                declare(format!("{prefix}{kind}.{name}"), view);
            }
        }
    }
    declared
}

/// What is spoken of in a module.
struct Spoken<'d, 'p> {
    declared: &'d BTreeMap<String, Span>,
    /// Whether every file of the module was read.
    is_whole: bool,
    /// What was said to be declared nowhere.
    told: BTreeSet<String>,
    problems: &'p mut Vec<Problem>,
}

impl Spoken<'_, '_> {
    /// Reads a body, says what it speaks of that is not declared, and gives the locals that it needs.
    fn of(&mut self, body: View<'_>) -> BTreeSet<String> {
        let mut texts = Vec::new();
        let mut names = Names::default();
        collect(body, 0, &mut texts, &mut names.bound);
        let mut found = Vec::new();
        for (text, span) in texts {
            names.read(text);
            found.extend(names.addresses.drain(..).map(|address| (address, span)));
        }
        let mut locals = BTreeSet::new();
        for (address, span) in found {
            let root = address.split('.').next().unwrap_or_default();
            if names.bound.contains(root) {
                continue;
            }
            if let Some(local) = address.strip_prefix("local.") {
                locals.insert(local.to_owned());
            }
            if self.is_whole && !self.declared.contains_key(&address) {
                self.undeclared(address, span);
            }
        }
        locals
    }

    fn undeclared(&mut self, address: String, span: Option<Span>) {
        let Some(span) = span.filter(|_| !self.told.contains(&address)) else {
            return;
        };
        let known = self.declared.keys().take(MAX_NEAR).map(String::as_str);
        let help = match nearest(&address, known) {
            Some(near) => format!("did you mean `{}`?", near.escape_debug()),
            None => "no file of this folder declares it; what depends on it is unknown".to_owned(),
        };
        let message = format!(
            "`{}` is not declared in this module",
            address.escape_debug()
        );
        self.problems.push(Problem::error(span, message).help(help));
        self.told.insert(address);
    }
}

/// The texts below a node that must be computed, keys among them, and the names that its dynamic blocks iterate with.
fn collect<'v>(
    view: View<'v>,
    depth: usize,
    texts: &mut Vec<(&'v str, Option<Span>)>,
    bound: &mut BTreeSet<String>,
) {
    if depth > MAX_DEPTH {
        return;
    }
    if let (Some(TEMPLATE), Some(text)) = (view.tag(), view.raw()) {
        let span = match view.origin() {
            Origin::Span(span) => Some(span),
            _ => None,
        };
        texts.push((text, span));
    }
    for item in view.items() {
        collect(item, depth + 1, texts, bound);
    }
    for (key, value) in view.entries().filter(|(key, _)| !ELSEWHERE.contains(key)) {
        if key.starts_with("${") {
            texts.push((key, value.key_span()));
        }
        if key == "dynamic" {
            for (label, block) in value.items().flat_map(View::entries) {
                let iterator = block.get("iterator").and_then(View::raw).unwrap_or(label);
                let iterator = iterator.trim_start_matches("${").trim_end_matches('}');
                bound.insert(iterator.to_owned());
            }
        }
        collect(value, depth + 1, texts, bound);
    }
}

/// What expressions speak of.
#[derive(Default)]
struct Names {
    addresses: Vec<String>,
    /// Names that iterate.
    bound: BTreeSet<String>,
}

/// A text from so many bytes on may nest deeper than the stack allows.
const LONG: usize = 2048;
/// The stack for such a text, in bytes.
const STACK: usize = 64 * 1024 * 1024;

impl Names {
    fn read(&mut self, text: &str) {
        let mut read = || {
            if let Some(template) = partial::template(text) {
                self.visit_template(&template);
            }
        };
        if text.len() > LONG {
            stacker::grow(STACK, read);
        } else {
            read();
        }
    }
}

impl Visit for Names {
    fn visit_traversal(&mut self, node: &Traversal) {
        if let Expression::Variable(root) = &node.expr {
            let root = root.as_str();
            let mut names = node
                .operators
                .iter()
                .map_while(|operator| match operator.value() {
                    TraversalOperator::GetAttr(name) => Some(name.as_str()),
                    _ => None,
                });
            let address = match root {
                "var" | "local" | "module" => names.next().map(|name| format!("{root}.{name}")),
                "data" | "ephemeral" => names
                    .next()
                    .zip(names.next())
                    .map(|(kind, name)| format!("{root}.{kind}.{name}")),
                // A type of resource begins with the name of its provider.
                kind if kind.contains('_') => names.next().map(|name| format!("{kind}.{name}")),
                _ => None,
            };
            self.addresses.extend(address);
        }
        visit::visit_traversal(self, node);
    }

    fn visit_for_intro(&mut self, node: &ForIntro) {
        let key = node.key_var.as_ref().map(|key| key.as_str().to_owned());
        self.bound.extend(key);
        self.bound.insert(node.value_var.as_str().to_owned());
        visit::visit_for_intro(self, node);
    }

    fn visit_for_template_expr(&mut self, node: &ForTemplateExpr) {
        let key = node.key_var.as_ref().map(|key| key.as_str().to_owned());
        self.bound.extend(key);
        self.bound.insert(node.value_var.as_str().to_owned());
        self.visit_expr(&node.collection_expr);
        visit::visit_for_template_expr(self, node);
    }
}
