//! Reading a tree in a format's typing: a node, its entries, its scalars.

use plumbline_rego::Value;

use super::{Kind, NodeId, Origin, Tree, Typing, typing::Scalar};
use crate::source::Span;

/// A node to read from.
#[derive(Debug, Clone, Copy)]
pub struct View<'a> {
    tree: &'a Tree,
    node: NodeId,
    typing: Typing,
}

impl<'a> View<'a> {
    pub(super) fn new(tree: &'a Tree, node: NodeId, typing: Typing) -> Self {
        Self { tree, node, typing }
    }

    /// The node itself.
    pub fn id(self) -> NodeId {
        self.node
    }

    /// Where the node comes from.
    pub fn origin(self) -> Origin {
        let unknown = Origin::Default { under: self.node };
        self.tree.origin(self.node).unwrap_or(unknown)
    }

    /// The key under which the node stands in its mapping, as the format reads it.
    pub fn key(self) -> Option<&'a str> {
        self.tree.key(self.node)?;
        Some(self.tree.key_text(self.node, self.typing))
    }

    /// The bytes of the key.
    pub fn key_span(self) -> Option<Span> {
        self.tree.key(self.node)?.span
    }

    /// The tag that the node was given, as it is written.
    pub fn tag(self) -> Option<&'a str> {
        self.tree.tag(self.node)
    }

    /// The value of a key; of repeated keys the last one.
    pub fn get(self, key: &str) -> Option<View<'a>> {
        if self.tree.kind(self.node) != Kind::Mapping {
            return None;
        }
        let found = self
            .tree
            .children(self.node)
            .rfind(|child| self.tree.key_text(*child, self.typing) == key);
        found.map(|node| View { node, ..self })
    }

    /// The value that several keys lead to.
    pub fn at(self, keys: &[&str]) -> Option<View<'a>> {
        keys.iter().try_fold(self, |view, key| view.get(key))
    }

    /// The elements of a sequence; nothing for anything else.
    pub fn items(self) -> impl Iterator<Item = View<'a>> {
        let node = (self.tree.kind(self.node) == Kind::Sequence).then_some(self.node);
        node.into_iter()
            .flat_map(move |node| self.tree.children(node))
            .map(move |node| View { node, ..self })
    }

    /// The entries of a mapping; nothing for anything else.
    pub fn entries(self) -> impl Iterator<Item = (&'a str, View<'a>)> {
        let node = (self.tree.kind(self.node) == Kind::Mapping).then_some(self.node);
        node.into_iter()
            .flat_map(move |node| self.tree.children(node))
            .map(move |node| (self.tree.key_text(node, self.typing), View { node, ..self }))
    }

    /// What a text says, where it was put together of parts that are written.
    pub fn said(self) -> Option<View<'a>> {
        let node = self.tree.said(self.node)?;
        Some(View { node, ..self })
    }

    /// Whether the node is a mapping.
    pub fn is_mapping(self) -> bool {
        self.tree.kind(self.node) == Kind::Mapping
    }

    /// Whether the node is a sequence.
    pub fn is_sequence(self) -> bool {
        self.tree.kind(self.node) == Kind::Sequence
    }

    /// Whether the node is a scalar that means nothing.
    pub fn is_null(self) -> bool {
        let is_known = !self.is_mapping() && !self.is_sequence() && self.unknown().is_none();
        is_known && self.scalar() == Scalar::Null
    }

    /// Why nobody can know the value of the node yet; none for a value that is known.
    pub fn unknown(self) -> Option<&'a str> {
        match self.tree.kind(self.node) {
            Kind::Unknown(why) => Some(self.tree.text(why)),
            _ => None,
        }
    }

    /// The scalar with its type.
    pub fn scalar(self) -> Scalar<'a> {
        self.tree.scalar(self.node, self.typing)
    }

    /// The characters of a string.
    pub fn str(self) -> Option<&'a str> {
        match self.scalar() {
            Scalar::String(text) => Some(text),
            _ => None,
        }
    }

    /// The characters of any scalar but null, as written: quantities may be numbers or strings.
    pub fn raw(self) -> Option<&'a str> {
        match self.tree.kind(self.node) {
            Kind::Plain(text) | Kind::String(text) | Kind::Number(text) => {
                Some(self.tree.text(text)).filter(|_| self.scalar() != Scalar::Null)
            }
            _ => None,
        }
    }

    /// The truth value of a boolean.
    pub fn bool(self) -> Option<bool> {
        match self.scalar() {
            Scalar::Bool(value) => Some(value),
            _ => None,
        }
    }

    /// The integer of a number.
    pub fn int(self) -> Option<i64> {
        match self.scalar() {
            Scalar::Number(number) => number.to_i64(),
            _ => None,
        }
    }

    /// The projection of the node.
    pub fn value(self) -> Value {
        self.tree.to_value(self.node, self.typing)
    }
}
