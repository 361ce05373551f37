//! From the paths that policies speak of to files, lines and columns.
//!
//! A path is rooted at a rule's `input`. What lies in the normalised form is traced back, through the origins of its
//! nodes, to the resource that declares it.

use plumbline_rego::{Path, Step};

use crate::estate::Entity;
use crate::finding::Location;
use crate::problem::spell;
use crate::resource::Resource;
use crate::source::{FileId, Span};
use crate::tree::{NodeId, Origin, Tree, Typing};

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
    let span = if node == resource.root {
        resource.place()
    } else {
        resource.tree.place(node)
    };
    let within = Within {
        tree: &resource.tree,
        root: resource.root,
        typing: resource.typing,
        file: resource.file,
    };
    within.locate(node, span, missing)
}

/// A node of a tree, from which pointers lead to what lies below it.
pub(crate) struct Within<'a> {
    pub(crate) tree: &'a Tree,
    pub(crate) root: NodeId,
    pub(crate) typing: Typing,
    /// The text that it stands in.
    pub(crate) file: FileId,
}

impl Within<'_> {
    /// The location of a node with its bytes, below which a path is missing, and the pointer that survives a reordering
    /// of lists.
    pub(crate) fn locate(
        &self,
        node: NodeId,
        span: Option<Span>,
        missing: Option<Path>,
    ) -> (Location, String) {
        let fallback = Span {
            file: self.file,
            start: 0,
            end: 0,
        };
        let location = Location {
            span: span.unwrap_or(fallback),
            pointer: self.tree.path(self.root, node, self.typing).to_string(),
            missing: missing
                .filter(|path| !path.is_empty())
                .map(|path| spell(&path)),
        };
        let mut stable = self.tree.stable_pointer(self.root, node, self.typing);
        if let Some(missing) = &location.missing {
            stable.push('/');
            stable.push_str(missing);
        }
        (location, stable)
    }
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
