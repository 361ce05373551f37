//! From paths and pointers to nodes, and from nodes to the bytes that a finding points at.

use std::fmt::Write;

use plumbline_rego::{Path, Step};

use super::{Kind, NodeId, Origin, Tree, Typing};
use crate::source::Span;

/// How far a path could be followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reached {
    /// The node that the path, or its longest existing part, leads to.
    pub node: NodeId,
    /// How many steps of the path exist.
    pub steps: usize,
}

impl Tree {
    /// Follows a path from a node as far as it exists.
    pub fn follow(&self, from: NodeId, path: &Path, typing: Typing) -> Reached {
        let mut reached = Reached {
            node: from,
            steps: 0,
        };
        for step in path.steps() {
            let Some(next) = self.child(reached.node, step, typing) else {
                break;
            };
            reached = Reached {
                node: next,
                steps: reached.steps + 1,
            };
        }
        reached
    }

    /// The path from an ancestor to a node.
    pub fn path(&self, from: NodeId, node: NodeId, typing: Typing) -> Path {
        let mut steps = Vec::new();
        let mut at = node;
        while at != from {
            let Some(parent) = self.parent(at) else { break };
            match self.kind(parent) {
                Kind::Mapping => steps.push(Step::Key(self.key_text(at, typing).into())),
                // What a text says stands where the text does.
                Kind::String(_) => {}
                _ => steps.push(Step::Index(self.index(at).unwrap_or(0))),
            }
            at = parent;
        }
        steps.into_iter().rev().collect()
    }

    /// The bytes that stand for a node: a scalar's from its key through its value, a collection's its key, or its first
    /// entry's where it has none.
    pub fn place(&self, node: NodeId) -> Option<Span> {
        let Some(Origin::Span(own)) = self.origin(node) else {
            return None;
        };
        let key = self.key(node).and_then(|key| key.span);
        match (self.kind(node), key) {
            (Kind::Sequence | Kind::Mapping, Some(key)) => Some(key),
            (Kind::Sequence | Kind::Mapping, None) => match self.children(node).next() {
                Some(first) => self.place(first),
                None => Some(own),
            },
            (_, Some(key)) if key.file == own.file && key.start <= own.start => {
                Some(key.through(own))
            }
            (_, Some(key)) => Some(key),
            (_, None) => Some(own),
        }
    }

    /// The bytes of every scalar at a node and below it, keys apart.
    pub fn scalars(&self, node: NodeId) -> Vec<Span> {
        let mut pending = vec![node];
        let mut spans = Vec::new();
        while let Some(node) = pending.pop() {
            pending.extend(self.children(node));
            if !matches!(self.kind(node), Kind::Sequence | Kind::Mapping) {
                spans.extend(self.span(node));
            }
        }
        spans
    }

    /// The bytes of a scalar alone, or of a whole collection.
    pub fn span(&self, node: NodeId) -> Option<Span> {
        match self.origin(node) {
            Some(Origin::Span(span)) => Some(span),
            _ => None,
        }
    }

    /// The pointer to a node with list items named by what identifies them, so that it survives their reordering.
    pub fn stable_pointer(&self, from: NodeId, node: NodeId, typing: Typing) -> String {
        let mut pointer = String::new();
        let mut at = from;
        for step in self.path(from, node, typing).steps() {
            let Some(next) = self.child(at, step, typing) else {
                break;
            };
            // Writing to a string cannot fail.
            let _ = match step {
                Step::Key(key) => write!(pointer, "/{key}"),
                Step::Index(index) => match self.identity(next, typing) {
                    Some((key, value)) => write!(pointer, "/{key}={value}"),
                    None => write!(pointer, "/{index}"),
                },
            };
            at = next;
        }
        pointer
    }

    fn child(&self, node: NodeId, step: &Step, typing: Typing) -> Option<NodeId> {
        let node = self.said(node).unwrap_or(node);
        match (self.kind(node), step) {
            (Kind::Mapping, Step::Key(key)) => self
                .children(node)
                .rfind(|child| self.key_text(*child, typing) == key.as_str()),
            (Kind::Mapping, Step::Index(index)) => {
                let key = index.to_string();
                self.children(node)
                    .rfind(|child| self.key_text(*child, typing) == key)
            }
            (Kind::Sequence, Step::Index(index)) => self.element(node, *index),
            _ => None,
        }
    }

    /// The first of the usual identifying keys that the item of a list has.
    fn identity(&self, item: NodeId, typing: Typing) -> Option<(&'static str, &str)> {
        const IDENTIFYING: &[&str] = &[
            "name",
            "mountPath",
            "containerPort",
            "port",
            "ip",
            "key",
            "type",
        ];
        IDENTIFYING
            .iter()
            .find_map(|key| Some((*key, self.view(item, typing).get(key)?.raw()?)))
    }
}
