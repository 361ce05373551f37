//! From the paths that policies speak of to files, lines and columns.
//!
//! A path is rooted at a rule's `input`. What lies in the normalised form is traced back, through the origins of its
//! nodes, to the resource that declares it.

use plumbline_rego::{Path, Step};

use crate::estate::Entity;
use crate::finding::Location;
use crate::problem::spell;
use crate::resource::Resource;
use crate::source::Span;
use crate::tree::{NodeId, Origin, Typing};

/// What a rule was evaluated on.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// The declaring resource.
    pub resource: &'a Resource,
    /// What of it is judged, if not the resource as it is written.
    pub entity: Option<&'a Entity>,
}

/// The bytes of every value at a path and beside it: what a sensitive rule must not show, even if what it points at is
/// only the neighbour of a secret.
pub fn values_around(subject: Subject<'_>, path: &Path) -> Vec<Span> {
    let (node, _) = declaring_node(subject, path);
    let tree = &subject.resource.tree;
    let around = if node == subject.resource.root {
        node
    } else {
        tree.parent(node).unwrap_or(node)
    };
    tree.scalars(around)
}

/// Where a path leads to, and the pointer that survives a reordering of lists.
pub fn locate(subject: Subject<'_>, path: &Path) -> (Location, String) {
    let (node, missing) = declaring_node(subject, path);
    let resource = subject.resource;
    let fallback = Span {
        file: resource.file,
        start: 0,
        end: 0,
    };
    let span = if node == resource.root {
        resource.place()
    } else {
        resource.tree.place(node)
    };
    let location = Location {
        span: span.unwrap_or(fallback),
        pointer: resource
            .tree
            .path(resource.root, node, resource.typing)
            .to_string(),
        missing: missing
            .filter(|path| !path.is_empty())
            .map(|path| spell(&path)),
    };
    let mut stable = resource
        .tree
        .stable_pointer(resource.root, node, resource.typing);
    if let Some(missing) = &location.missing {
        stable.push('/');
        stable.push_str(missing);
    }
    (location, stable)
}

/// The node of the resource that a value of the subject was read from. An error says why there is none.
pub fn source_of(subject: Subject<'_>, path: &Path) -> Result<NodeId, String> {
    let resource = subject.resource;
    let nowhere = || format!("nothing is at `{}`", spell(path));
    let Some((Step::Key(root), steps)) = path.steps().split_first() else {
        return Err(nowhere());
    };
    let rest: Path = steps.iter().cloned().collect();
    let entity = match (root.as_str(), subject.entity) {
        ("resource", _) => {
            let reached = resource.tree.follow(resource.root, &rest, resource.typing);
            let is_there = reached.steps == rest.len();
            return is_there.then_some(reached.node).ok_or_else(nowhere);
        }
        (kind, Some(entity)) if kind == entity.kind.as_str() => entity,
        _ => return Err(nowhere()),
    };
    let reached = entity.tree.follow(NodeId::ROOT, &rest, Typing::Json);
    if reached.steps < rest.len() {
        return Err(nowhere());
    }
    match entity.tree.origin(reached.node) {
        Some(Origin::Derived { from }) => Ok(from),
        _ => Err(format!("`{}` is a default", spell(path))),
    }
}

/// The node of the resource that a path leads to, and the part of the path that does not exist there.
fn declaring_node(subject: Subject<'_>, path: &Path) -> (NodeId, Option<Path>) {
    let resource = subject.resource;
    let Some((Step::Key(root), steps)) = path.steps().split_first() else {
        return (resource.root, None);
    };
    let rest: Path = steps.iter().cloned().collect();
    let suffix = |reached: usize| {
        steps
            .get(reached..)
            .map(|suffix| suffix.iter().cloned().collect())
    };
    match (root.as_str(), subject.entity) {
        ("resource", _) => {
            let reached = resource.tree.follow(resource.root, &rest, resource.typing);
            (reached.node, suffix(reached.steps))
        }
        (kind, Some(entity)) if kind == entity.kind.as_str() => {
            let reached = entity.tree.follow(NodeId::ROOT, &rest, Typing::Json);
            match entity.tree.origin(reached.node) {
                Some(Origin::Derived { from } | Origin::Default { under: from }) => {
                    (from, suffix(reached.steps))
                }
                _ => (resource.root, None),
            }
        }
        _ => (resource.root, None),
    }
}
