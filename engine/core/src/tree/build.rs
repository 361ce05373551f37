//! Building trees in the order of writing, without recursion.

use std::sync::{Arc, OnceLock};

use plumbline_rego::Value;

use super::typing::Scalar;
use super::{Key, Kind, Node, NodeId, Origin, Text, Tree, View};
use crate::source::{FileId, Source, Span, small};

/// Builds one tree: collections are opened and closed, scalars added, each under the key that was set before it.
#[derive(Debug)]
pub struct Builder {
    tree: Tree,
    open: Vec<Open>,
    key: Option<Key>,
    /// Emptied lists of children, to be used again.
    spare: Vec<Vec<NodeId>>,
}

#[derive(Debug)]
struct Open {
    node: NodeId,
    children: Vec<NodeId>,
}

impl Builder {
    /// A tree that is read from a text.
    pub fn from_source(source: Arc<Source>) -> Self {
        Self::with(Some(source))
    }

    /// A tree that is computed.
    pub fn computed() -> Self {
        Self::with(None)
    }

    fn with(source: Option<Arc<Source>>) -> Self {
        let tree = Tree {
            nodes: Vec::new(),
            children: Vec::new(),
            source,
            texts: Vec::new(),
            buffer: String::new(),
            has_unknown: false,
            tags: Vec::new(),
            groups: OnceLock::new(),
        };
        Self {
            tree,
            open: Vec::new(),
            key: None,
            spare: Vec::new(),
        }
    }

    /// Characters that stand in the source text just so, by their bytes.
    pub fn written(&self, start: usize, length: usize) -> Text {
        Text {
            start: small(start),
            length: small(length),
            in_buffer: false,
        }
    }

    /// Characters that the tree must keep itself.
    pub fn keep(&mut self, text: &str) -> Text {
        let start = small(self.tree.buffer.len());
        self.tree.buffer.push_str(text);
        Text {
            start,
            length: small(text.len()),
            in_buffer: true,
        }
    }

    /// The key of the next node.
    pub fn set_key(&mut self, key: Key) {
        self.key = Some(key);
    }

    /// The key of the next node, in a tree that is computed.
    pub fn key(&mut self, key: &str) -> &mut Self {
        let text = self.keep(key);
        self.key = Some(Key {
            text,
            plain: false,
            span: None,
        });
        self
    }

    /// Adds a scalar.
    pub fn scalar(&mut self, kind: Kind, origin: Origin) -> NodeId {
        self.add(kind, origin)
    }

    /// Adds a string to a tree that is computed.
    pub fn string(&mut self, text: &str, origin: Origin) -> NodeId {
        let text = self.keep(text);
        self.add(Kind::String(text), origin)
    }

    /// Adds a number to a tree that is computed.
    pub fn number(&mut self, text: &str, origin: Origin) -> NodeId {
        let text = self.keep(text);
        self.add(Kind::Number(text), origin)
    }

    /// Adds a value that nobody can know yet to a tree that is computed.
    pub fn unknown(&mut self, why: &str, origin: Origin) -> NodeId {
        let why = self.keep(why);
        self.tree.has_unknown = true;
        self.add(Kind::Unknown(why), origin)
    }

    /// The key of the next node, in a tree that is computed of parts that were written: its bytes stay known.
    pub fn key_of(&mut self, from: View<'_>) -> &mut Self {
        let text = self.keep(from.key().unwrap_or_default());
        self.key = Some(Key {
            text,
            plain: false,
            span: from.key_span(),
        });
        self
    }

    /// A key of one's own for what is written under another one.
    pub fn key_as(&mut self, text: &str, span: Option<Span>) -> &mut Self {
        let text = self.keep(text);
        self.key = Some(Key {
            text,
            plain: false,
            span,
        });
        self
    }

    /// Adds a value that was computed, all of it with one origin, under the key that was set.
    pub fn value(&mut self, value: &Value, origin: Origin) {
        match value {
            Value::Null => {
                self.add(Kind::Null, origin);
            }
            Value::Bool(value) => {
                self.add(Kind::Bool(*value), origin);
            }
            Value::Number(number) => {
                self.number(&number.to_string(), origin);
            }
            Value::String(text) => {
                self.string(text, origin);
            }
            Value::Array(items) => self.values(items.iter(), origin),
            Value::Set(items) => self.values(items.iter(), origin),
            Value::Object(object) => {
                self.open(Kind::Mapping, origin);
                for (key, value) in object.iter() {
                    self.key(key.as_str().unwrap_or_default());
                    self.value(value, origin);
                }
                self.close();
            }
        }
    }

    fn values<'v>(&mut self, items: impl Iterator<Item = &'v Value>, origin: Origin) {
        self.open(Kind::Sequence, origin);
        items.for_each(|item| self.value(item, origin));
        self.close();
    }

    /// Copies what is written into a tree that is computed: typed, with its bytes, under the key that was set.
    pub fn graft(&mut self, from: View<'_>) {
        let origin = from.origin();
        if from.is_mapping() {
            self.open(Kind::Mapping, origin);
            for (_, value) in from.entries() {
                self.key_of(value);
                self.graft(value);
            }
            self.close();
        } else if from.is_sequence() {
            self.open(Kind::Sequence, origin);
            from.items().for_each(|item| self.graft(item));
            self.close();
        } else {
            self.graft_scalar(from, origin);
        }
    }

    /// Copies a scalar that is written elsewhere as if it were written here.
    pub fn graft_at(&mut self, from: View<'_>, origin: Origin) {
        self.graft_scalar(from, origin);
    }

    fn graft_scalar(&mut self, from: View<'_>, origin: Origin) {
        if let Some(why) = from.unknown() {
            self.unknown(why, origin);
            return;
        }
        match from.scalar() {
            Scalar::Null => self.scalar(Kind::Null, origin),
            Scalar::Bool(value) => self.scalar(Kind::Bool(value), origin),
            Scalar::Number(number) => self.number(&number.to_string(), origin),
            Scalar::String(text) => self.string(text, origin),
        };
    }

    /// Opens a sequence or a mapping; what follows belongs to it until it is closed.
    pub fn open(&mut self, kind: Kind, origin: Origin) -> NodeId {
        let node = self.add(kind, origin);
        let children = self.spare.pop().unwrap_or_default();
        self.open.push(Open { node, children });
        node
    }

    /// Opens a text that was added, for what it says: one node, until it is closed.
    pub fn open_text(&mut self, text: NodeId) {
        let children = self.spare.pop().unwrap_or_default();
        self.open.push(Open {
            node: text,
            children,
        });
    }

    /// Closes the innermost collection.
    pub fn close(&mut self) -> Option<NodeId> {
        let Open { node, mut children } = self.open.pop()?;
        self.set_children(node, &children);
        children.clear();
        self.spare.push(children);
        Some(node)
    }

    /// The children of the innermost open collection so far.
    pub fn open_children(&self) -> &[NodeId] {
        self.open.last().map_or(&[], |open| &open.children)
    }

    /// The innermost open collection.
    pub fn innermost(&self) -> Option<NodeId> {
        self.open.last().map(|open| open.node)
    }

    /// How many collections are open.
    pub fn depth(&self) -> usize {
        self.open.len()
    }

    /// Whether the innermost collection is a mapping that waits for a key.
    pub fn expects_key(&self) -> bool {
        self.key.is_none()
            && self
                .innermost()
                .is_some_and(|node| self.tree.kind(node) == Kind::Mapping)
    }

    /// Takes the key that was set, so that nothing is added under it.
    pub fn take_key(&mut self) -> Option<Key> {
        self.key.take()
    }

    /// Gives a node a tag, as it is written.
    pub fn tag(&mut self, node: NodeId, tag: String) {
        self.tree.tags.push((node, tag));
    }

    /// Says up to where a collection reaches, once its end is known.
    pub fn end_at(&mut self, node: NodeId, end: u32) {
        if let Some(Node {
            origin: Origin::Span(span),
            ..
        }) = self.tree.nodes.get_mut(node.0 as usize)
        {
            span.end = end;
        }
    }

    /// Copies a node with everything below it, under the key that was set. Gives up beyond a number of nodes, leaving
    /// an incomplete copy. Returns how many nodes were copied.
    pub fn copy(&mut self, from: NodeId, limit: usize) -> Option<usize> {
        let Some(node) = self.tree.node(from).copied() else {
            return Some(0);
        };
        let copy = self.add(node.kind, node.origin);
        self.copy_children(from, copy, limit.checked_sub(1)?)
            .map(|below| below + 1)
    }

    /// Copies an entry of a mapping with its key into the innermost open mapping.
    pub fn copy_entry(&mut self, from: NodeId, limit: usize) -> Option<usize> {
        self.key = self.tree.key(from);
        self.copy(from, limit)
    }

    /// What was built so far.
    pub fn tree(&self) -> &Tree {
        &self.tree
    }

    /// Takes children out of the innermost open collection.
    pub fn take_children(&mut self, mut wanted: impl FnMut(&Tree, NodeId) -> bool) -> Vec<NodeId> {
        let Some(open) = self.open.last_mut() else {
            return Vec::new();
        };
        let tree = &self.tree;
        let (taken, left) = open
            .children
            .iter()
            .partition(|child| wanted(tree, **child));
        open.children = left;
        taken
    }

    /// The texts that a tree which is computed is put together of, where it may be edited there.
    pub(crate) fn keep_texts(&mut self, mut texts: Vec<(FileId, Arc<Source>)>) {
        texts.sort_by_key(|(file, _)| *file);
        self.tree.texts = texts;
    }

    /// The tree.
    pub fn finish(mut self) -> Tree {
        self.tree.tags.sort_by_key(|(node, _)| *node);
        self.tree.nodes.shrink_to_fit();
        self.tree
    }

    /// Explicit stack: a document may be as deep as its parser allows.
    fn copy_children(&mut self, from: NodeId, to: NodeId, limit: usize) -> Option<usize> {
        let mut copied = 0;
        let mut pending = vec![(from, to)];
        while let Some((from, to)) = pending.pop() {
            let children: Vec<NodeId> = self.tree.children(from).collect();
            copied += children.len();
            if copied > limit {
                return None;
            }
            let mut copies = Vec::with_capacity(children.len());
            for child in children {
                let Some(node) = self.tree.node(child).copied() else {
                    continue;
                };
                let copy = self.push(Node {
                    parent: to,
                    first: 0,
                    count: 0,
                    ..node
                });
                copies.push(copy);
                pending.push((child, copy));
            }
            self.set_children(to, &copies);
        }
        Some(copied)
    }

    fn set_children(&mut self, node: NodeId, children: &[NodeId]) {
        let first = small(self.tree.children.len());
        self.tree.children.extend_from_slice(children);
        self.with_node(node, |node| {
            node.first = first;
            node.count = small(children.len());
        });
        for (index, child) in children.iter().enumerate() {
            self.with_node(*child, |child| child.index = small(index));
        }
    }

    fn add(&mut self, kind: Kind, origin: Origin) -> NodeId {
        let key = self.key.take();
        let parent = self.open.last().map_or(NodeId::NONE, |open| open.node);
        let node = self.push(Node {
            kind,
            origin,
            key,
            parent,
            index: 0,
            first: 0,
            count: 0,
        });
        if let Some(open) = self.open.last_mut() {
            open.children.push(node);
        }
        node
    }

    fn push(&mut self, node: Node) -> NodeId {
        let id = NodeId(small(self.tree.nodes.len()));
        self.tree.nodes.push(node);
        id
    }

    fn with_node(&mut self, node: NodeId, change: impl FnOnce(&mut Node)) {
        if let Some(node) = self.tree.nodes.get_mut(node.0 as usize) {
            change(node);
        }
    }
}
