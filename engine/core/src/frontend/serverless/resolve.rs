//! Resolving a service: what is written, with every variable replaced that can be known without deploying it.

use super::call;
use super::evaluate::{Evaluator, Found, MAX_DEPTH, NODE};
use super::role::{Permissions, Role};
use super::template::Neighbour;
use crate::parse::Document;
use crate::problem::Problem;
use crate::tree::{Builder, Kind, NodeId, Tree, View};

/// The provider, the functions with what the provider sets for them, and the template beside them. None if they come
/// to too much.
pub(super) fn service<'a>(
    document: &'a Document,
    root: View<'a>,
    problems: &mut Vec<Problem>,
) -> Option<Tree> {
    let tree = &*document.tree;
    let bytes = tree.source().map_or(0, |source| source.text().len());
    let mut resolver = Resolver {
        tree,
        root,
        evaluator: Evaluator::new(root, tree.len(), bytes),
        builder: Builder::computed(),
        open: Vec::new(),
        neighbours: Vec::new(),
        permissions: Permissions::default(),
        roles: Vec::new(),
        problems,
    };
    resolver.builder.open(Kind::Mapping, root.origin());
    resolver.provider();
    resolver.shared_role();
    resolver.functions();
    resolver.template();
    resolver.builder.close();
    if resolver.evaluator.is_exhausted() {
        let message = "a service whose variables and settings come to too much to be judged";
        resolver.refuse(root, message);
        return None;
    }
    Some(resolver.builder.finish())
}

pub(super) struct Resolver<'a, 'p> {
    pub(super) tree: &'a Tree,
    pub(super) root: View<'a>,
    pub(super) evaluator: Evaluator<'a>,
    pub(super) builder: Builder,
    /// The collections that are being written: one that holds itself is not known.
    open: Vec<NodeId>,
    /// What functions concern beside themselves.
    pub(super) neighbours: Vec<Neighbour<'a>>,
    /// What the provider permits every function.
    pub(super) permissions: Permissions<'a>,
    /// Roles that the framework makes.
    pub(super) roles: Vec<Role<'a>>,
    pub(super) problems: &'p mut Vec<Problem>,
}

impl<'a> Resolver<'a, '_> {
    /// `provider: aws` is the short spelling of a provider that has nothing but a name.
    fn provider(&mut self) {
        let Some(provider) = self.root.get("provider") else {
            return;
        };
        let is_mapping = self.known(Some(provider)).is_some_and(View::is_mapping);
        self.builder.key_of(provider);
        if is_mapping {
            self.put(provider, 1);
        } else {
            self.builder.open(Kind::Mapping, provider.origin());
            self.builder.key_as("name", provider.key_span());
            self.put(provider, 2);
            self.builder.close();
        }
    }

    /// What a node comes to, where that is written somewhere.
    pub(super) fn known(&mut self, view: Option<View<'a>>) -> Option<View<'a>> {
        match self.evaluator.node(view?, 0) {
            Found::Node(view) => Some(view),
            _ => None,
        }
    }

    /// What a section comes to. One that nobody can know is said.
    pub(super) fn section(&mut self, view: Option<View<'a>>) -> Option<View<'a>> {
        let view = view?;
        match self.evaluator.node(view, 0) {
            Found::Node(found) => Some(found),
            found if found.is_nothing() => None,
            _ => {
                self.unread(view);
                None
            }
        }
    }

    /// The mappings that a section is: one, or a list of them, which the framework merges.
    pub(super) fn mappings(&mut self, section: View<'a>) -> Vec<View<'a>> {
        let parts: Vec<View<'a>> = if section.is_sequence() {
            section.items().collect()
        } else {
            vec![section]
        };
        let mut mappings = Vec::new();
        for part in parts {
            match self.section(Some(part)) {
                Some(mapping) if mapping.is_mapping() => mappings.push(mapping),
                Some(_) => self.refuse(part, "expected a mapping, found something else"),
                None => {}
            }
        }
        mappings
    }

    /// What keys lead to, as it is written; a whole on the way that nobody knows leads nowhere.
    pub(super) fn dig(&mut self, from: Option<View<'a>>, keys: &[&str]) -> Option<View<'a>> {
        let mut at = from?;
        for key in keys {
            let whole = self.known(Some(at))?;
            at = self.evaluator.child(whole, key)?;
        }
        (!self.evaluator.node(at, 0).is_nothing()).then_some(at)
    }

    /// A part of a whole, as it is written; a whole that nobody knows stands for each of its parts.
    pub(super) fn part(&mut self, whole: Option<View<'a>>, key: &str) -> Option<View<'a>> {
        let whole = whole?;
        match self.evaluator.node(whole, 0) {
            Found::Node(view) => self.dig(Some(view), &[key]),
            found => (!found.is_nothing()).then_some(whole),
        }
    }

    /// Says that only a deployment, or another file, can tell what a node comes to.
    pub(super) fn unread(&mut self, view: View<'a>) {
        if self.evaluator.is_exhausted() {
            return;
        }
        let text = view.raw().unwrap_or_default();
        let spelt = text.escape_debug();
        let message = if text.contains("file(") {
            format!("`{spelt}` was not read")
        } else {
            format!("`{spelt}` is only known to a deployment")
        };
        let place = self.tree.place(view.id());
        self.problems.extend(
            place.map(|place| {
                Problem::warning(place, message).help("what it declares was not judged")
            }),
        );
    }

    pub(super) fn refuse(&mut self, view: View<'a>, message: impl Into<String>) {
        let place = self.tree.place(view.id());
        self.problems
            .extend(place.map(|place| Problem::error(place, message)));
    }

    /// A node under the key that was set.
    pub(super) fn put(&mut self, view: View<'a>, depth: usize) {
        if depth > MAX_DEPTH {
            self.evaluator.give_up();
        }
        if !self.evaluator.spend(NODE) {
            self.builder.scalar(Kind::Null, view.origin());
            return;
        }
        let found = self.evaluator.node(view, 0);
        match function(view, &found) {
            Some(name) => self.tagged(name, found, view, depth),
            None => self.put_found(found, view, depth),
        }
    }

    /// A scalar as the text that it is written as: `true` in a variable of the environment is a text.
    pub(super) fn put_text(&mut self, view: View<'a>, depth: usize) {
        let found = self.evaluator.node(view, 0);
        let text = found
            .characters()
            .filter(|_| function(view, &found).is_none());
        match text {
            Some(text) if self.evaluator.spend(NODE) && self.evaluator.spend_text(&text) => {
                self.builder.string(&text, view.origin());
            }
            _ => self.put(view, depth),
        }
    }

    /// A function of `CloudFormation` in its long spelling.
    fn tagged(&mut self, name: &str, found: Found<'a>, at: View<'a>, depth: usize) {
        let origin = at.origin();
        let text = found.characters().filter(|_| name == "Fn::GetAtt");
        self.builder.open(Kind::Mapping, origin);
        self.builder.key(name);
        match text.as_deref().and_then(|text| text.split_once('.')) {
            Some((resource, attribute)) => {
                self.builder.open(Kind::Sequence, origin);
                self.builder.string(resource, origin);
                self.builder.string(attribute, origin);
                self.builder.close();
            }
            None => self.put_found(found, at, depth + 1),
        }
        self.builder.close();
    }

    fn put_found(&mut self, found: Found<'a>, at: View<'a>, depth: usize) {
        match found {
            Found::Node(view) if view.is_mapping() || view.is_sequence() => {
                self.collection(view, at, depth);
            }
            Found::Node(view) => self.scalar(view, at),
            Found::Scalar(value) => self.builder.value(&value, at.origin()),
            Found::Missing => {
                self.builder.scalar(Kind::Null, at.origin());
            }
            // As it is written.
            Found::Unknown => self.scalar(at, at),
        }
    }

    /// A scalar that is written in one place, and asked for in another.
    fn scalar(&mut self, view: View<'a>, at: View<'a>) {
        if self.evaluator.spend_text(view.raw().unwrap_or_default()) {
            self.builder.graft_at(view, at.origin());
        } else {
            self.builder.scalar(Kind::Null, at.origin());
        }
    }

    fn collection(&mut self, view: View<'a>, at: View<'a>, depth: usize) {
        if self.open.contains(&view.id()) {
            self.scalar(at, at);
            return;
        }
        self.open.push(view.id());
        if view.is_mapping() {
            self.builder.open(Kind::Mapping, view.origin());
            for (_, value) in view.entries() {
                self.builder.key_of(value);
                self.put(value, depth + 1);
            }
        } else {
            self.builder.open(Kind::Sequence, view.origin());
            for item in view.items() {
                self.put(item, depth + 1);
            }
        }
        self.builder.close();
        self.open.pop();
    }
}

/// The function of `CloudFormation` whose tag is written before a node, or before what its variable leads to.
fn function(view: View<'_>, found: &Found<'_>) -> Option<&'static str> {
    let behind = match found {
        Found::Node(node) => node.tag().and_then(call::of_tag),
        _ => None,
    };
    view.tag().and_then(call::of_tag).or(behind)
}
