//! The one tree: an arena whose every node knows where it comes from.
//!
//! Documents, bodies merged from several files and the normalised model are all trees of this kind. A tree keeps
//! scalars as they are written ([`Kind::Plain`]); what a plain scalar means depends on the format that reads it, so
//! [`View`] and [`Tree::to_value`] take a [`Typing`]. The projection to a [`plumbline_rego::Value`] has no places and
//! the same paths.

mod build;
mod place;
mod project;
pub mod typing;
mod view;

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use plumbline_rego::Path;

pub use build::Builder;
pub use typing::Typing;
pub use view::View;

use crate::source::{FileId, Source, Span};

/// A node of one tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(u32);

impl NodeId {
    /// The root of every tree that has one.
    pub const ROOT: Self = Self(0);
    const NONE: Self = Self(u32::MAX);
}

/// Where a node comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// It is written in a file: the bytes of a scalar, or of a whole collection.
    Span(Span),
    /// Nothing is written and the format has a default. The node of the declaring tree under which it would stand.
    Default {
        /// In the declaring tree.
        under: NodeId,
    },
    /// It is computed from a node of the declaring tree.
    Derived {
        /// In the declaring tree.
        from: NodeId,
    },
}

/// What a node is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `null` in a typed tree.
    Null,
    /// A boolean in a typed tree.
    Bool(bool),
    /// A number in a typed tree.
    Number(Text),
    /// A string for certain: quoted, a block, tagged as one, or from a typed tree.
    String(Text),
    /// A value that nobody can know yet, and why: a parameter without a default, what a cloud will choose, an action of
    /// a template. Policies do not see it.
    Unknown(Text),
    /// A scalar without quotes, which its format has yet to type.
    Plain(Text),
    /// Elements in order.
    Sequence,
    /// Entries in order of appearance.
    Mapping,
}

/// Characters of a node: a part of the source text, or of the tree's own buffer where they had to be unescaped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Text {
    start: u32,
    length: u32,
    in_buffer: bool,
}

/// The key of a mapping's entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key {
    /// As it is written, unescaped.
    pub text: Text,
    /// Without quotes, so that a format may read a boolean or a number into it.
    pub plain: bool,
    /// The bytes of the key; none in a tree that was not written.
    pub span: Option<Span>,
}

#[derive(Debug, Clone, Copy)]
struct Node {
    kind: Kind,
    origin: Origin,
    key: Option<Key>,
    parent: NodeId,
    /// Where it stands among the children of its parent.
    index: u32,
    /// Its children, as a part of [`Tree::children`].
    first: u32,
    count: u32,
}

/// Nodes by what they have in common.
pub(crate) type Groups = HashMap<String, Vec<NodeId>>;

/// An arena of nodes. Node 0 is the root.
#[derive(Debug, Clone)]
pub struct Tree {
    nodes: Vec<Node>,
    /// The children of every closed collection, one collection after the other.
    children: Vec<NodeId>,
    source: Option<Arc<Source>>,
    /// Of a tree that was computed, the texts it was put together of, in order of files, where it may be edited there.
    texts: Vec<(FileId, Arc<Source>)>,
    buffer: String,
    /// Whether any node is unknown.
    has_unknown: bool,
    /// YAML tags other than those of the core schema, as they are written, in order of nodes.
    tags: Vec<(NodeId, String)>,
    /// Of a tree that was finished, once they were asked for.
    groups: OnceLock<Groups>,
}

impl Tree {
    /// The root; none if nothing was written.
    pub fn root(&self) -> Option<NodeId> {
        (!self.nodes.is_empty()).then_some(NodeId::ROOT)
    }

    /// How many nodes there are.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether nothing was written.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// What a node is.
    pub fn kind(&self, node: NodeId) -> Kind {
        self.node(node).map_or(Kind::Null, |node| node.kind)
    }

    /// Where a node comes from; none for a node of another tree.
    pub fn origin(&self, node: NodeId) -> Option<Origin> {
        self.node(node).map(|node| node.origin)
    }

    /// The key under which a node stands in its mapping.
    pub fn key(&self, node: NodeId) -> Option<Key> {
        self.node(node)?.key
    }

    /// The collection that a node stands in.
    pub fn parent(&self, node: NodeId) -> Option<NodeId> {
        Some(self.node(node)?.parent).filter(|parent| *parent != NodeId::NONE)
    }

    /// The elements of a sequence, the values of a mapping, or what a text says, in order of appearance.
    pub fn children(
        &self,
        node: NodeId,
    ) -> impl DoubleEndedIterator<Item = NodeId> + ExactSizeIterator + '_ {
        self.child_slice(node).iter().copied()
    }

    /// What a text says, where it was put together of parts that are written: `jsonencode({ a = 1 })`.
    pub fn said(&self, node: NodeId) -> Option<NodeId> {
        let is_text = matches!(self.kind(node), Kind::String(_));
        self.children(node).next().filter(|_| is_text)
    }

    /// The element of a sequence at an index.
    pub fn element(&self, node: NodeId, index: usize) -> Option<NodeId> {
        self.child_slice(node).get(index).copied()
    }

    /// Every node in order of writing; copies made for aliases among them.
    pub fn all(&self) -> impl Iterator<Item = NodeId> + use<> {
        (0..u32::try_from(self.nodes.len()).unwrap_or(u32::MAX)).map(NodeId)
    }

    /// Where a node stands among the elements of its collection.
    pub fn index(&self, node: NodeId) -> Option<usize> {
        self.parent(node)?;
        Some(self.node(node)?.index as usize)
    }

    /// The characters of a key or a scalar.
    pub fn text(&self, text: Text) -> &str {
        let from = if text.in_buffer {
            self.buffer.as_str()
        } else {
            self.source.as_ref().map_or("", |source| source.text())
        };
        from.get(text.start as usize..(text.start + text.length) as usize)
            .unwrap_or_default()
    }

    /// The tag that a node was given, as it is written.
    pub fn tag(&self, node: NodeId) -> Option<&str> {
        let at = self
            .tags
            .binary_search_by_key(&node, |(tagged, _)| *tagged)
            .ok()?;
        self.tags.get(at).map(|(_, tag)| tag.as_str())
    }

    /// The paths, from a node, of everything below it that nobody can know yet.
    pub fn unknowns(&self, from: NodeId, typing: Typing) -> Vec<Path> {
        let mut found = Vec::new();
        let mut pending = vec![from];
        if !self.has_unknown {
            return found;
        }
        while let Some(node) = pending.pop() {
            if matches!(self.kind(node), Kind::Unknown(_)) {
                found.push(self.path(from, node, typing));
            }
            pending.extend(self.children(node).rev());
        }
        found
    }

    /// The same tree, where nobody can know what some scalars come to: what is written there says why.
    #[must_use]
    pub fn with_unknown(&self, scalars: &[NodeId]) -> Self {
        let mut tree = self.clone();
        for scalar in scalars {
            if let Some(Node { kind, .. }) = tree.nodes.get_mut(scalar.0 as usize)
                && let Kind::Plain(text) | Kind::String(text) = *kind
            {
                *kind = Kind::Unknown(text);
                tree.has_unknown = true;
            }
        }
        tree
    }

    /// The nodes of a finished tree in groups, which are made when they are first asked for: whoever owns a kind of tree
    /// groups it in one way.
    pub(crate) fn grouped(&self, group: impl FnOnce() -> Groups) -> &Groups {
        self.groups.get_or_init(group)
    }

    /// Every tagged node with its tag.
    pub fn tags(&self) -> &[(NodeId, String)] {
        &self.tags
    }

    /// The text the tree was read from; none for a tree that was computed.
    pub fn source(&self) -> Option<&Arc<Source>> {
        self.source.as_ref()
    }

    /// The text of a file that a tree was put together of, if it may be edited there.
    pub(crate) fn source_in(&self, file: FileId) -> Option<&Arc<Source>> {
        let at = self
            .texts
            .binary_search_by_key(&file, |(own, _)| *own)
            .ok()?;
        self.texts.get(at).map(|(_, source)| source)
    }

    /// A node to read from, in a format's typing.
    pub fn view(&self, node: NodeId, typing: Typing) -> View<'_> {
        View::new(self, node, typing)
    }

    fn child_slice(&self, node: NodeId) -> &[NodeId] {
        let Some(node) = self.node(node) else {
            return &[];
        };
        let first = node.first as usize;
        self.children
            .get(first..first + node.count as usize)
            .unwrap_or_default()
    }

    fn node(&self, node: NodeId) -> Option<&Node> {
        self.nodes.get(node.0 as usize)
    }
}
