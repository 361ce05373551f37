//! An object in the making: what builds it may change it, and every value keeps the bytes that set it.

use plumbline_rego::Value;

use crate::source::Span;
use crate::tree::typing::Scalar;
use crate::tree::{Builder, Kind, NodeId, Origin, Tree, Typing, View};

/// A value, with where it was set.
#[derive(Debug, Clone)]
pub(super) struct Draft {
    pub(super) origin: Origin,
    pub(super) content: Content,
}

/// What a value is.
#[derive(Debug, Clone)]
pub(super) enum Content {
    Scalar(Leaf),
    List(Vec<Draft>),
    Map(Vec<Entry>),
}

/// A scalar as it is written: its format types it once it is built.
#[derive(Debug, Clone)]
pub(super) enum Leaf {
    Null,
    Bool(bool),
    Number(String),
    Text(String),
    Plain(String),
    /// What nobody can know yet, and why.
    Unknown(String),
}

/// An entry of a mapping, with the bytes of its key.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) key: String,
    pub(super) place: Option<Span>,
    pub(super) value: Draft,
}

/// Moves a place to where it is shown.
pub(super) type Moved<'m> = &'m dyn Fn(Span) -> Span;

impl Draft {
    /// What is written at a node.
    pub(super) fn of(tree: &Tree, node: NodeId) -> Self {
        Self::moved(tree, node, &|span| span)
    }

    /// What a document says; none if it says nothing.
    pub(super) fn document(tree: &Tree) -> Option<Self> {
        Some(Self::of(tree, tree.root()?))
    }

    /// What is written at a node of a text that stands within another one.
    pub(super) fn moved(tree: &Tree, node: NodeId, moved: Moved<'_>) -> Self {
        let text = |text| tree.text(text).to_owned();
        let content = match tree.kind(node) {
            Kind::Mapping => Content::Map(entries(tree, node, moved)),
            Kind::Sequence => {
                let items = tree.children(node);
                Content::List(items.map(|item| Self::moved(tree, item, moved)).collect())
            }
            Kind::Bool(value) => Content::Scalar(Leaf::Bool(value)),
            Kind::Number(number) => Content::Scalar(Leaf::Number(text(number))),
            Kind::String(string) => Content::Scalar(Leaf::Text(text(string))),
            Kind::Plain(plain) => Content::Scalar(Leaf::Plain(text(plain))),
            Kind::Unknown(why) => Content::Scalar(Leaf::Unknown(text(why))),
            Kind::Null => Content::Scalar(Leaf::Null),
        };
        let origin = match tree.origin(node) {
            Some(Origin::Span(span)) => Origin::Span(moved(span)),
            other => other.unwrap_or(Origin::Default {
                under: NodeId::ROOT,
            }),
        };
        Self { origin, content }
    }

    /// A scalar that is written elsewhere, for use under a key of one's own.
    pub(super) fn scalar(view: View<'_>) -> Self {
        let leaf = match (view.str(), view.raw(), view.unknown()) {
            (Some(text), ..) => Leaf::Text(text.to_owned()),
            (None, Some(raw), _) => Leaf::Plain(raw.to_owned()),
            (None, None, Some(why)) => Leaf::Unknown(why.to_owned()),
            (None, None, None) => Leaf::Null,
        };
        Self {
            origin: view.origin(),
            content: Content::Scalar(leaf),
        }
    }

    /// A text that was put together.
    pub(super) fn text(text: &str, origin: Origin) -> Self {
        Self {
            origin,
            content: Content::Scalar(Leaf::Text(text.to_owned())),
        }
    }

    /// A mapping without entries.
    pub(super) fn map(origin: Origin) -> Self {
        Self {
            origin,
            content: Content::Map(Vec::new()),
        }
    }

    /// The bytes of the value.
    pub(super) fn span(&self) -> Option<Span> {
        match self.origin {
            Origin::Span(span) => Some(span),
            Origin::Default { .. } | Origin::Derived { .. } => None,
        }
    }

    /// The characters of any scalar but null, as they are written.
    pub(super) fn raw(&self) -> Option<&str> {
        match &self.content {
            Content::Scalar(Leaf::Number(text) | Leaf::Text(text)) => Some(text),
            Content::Scalar(Leaf::Plain(text)) => Some(text.as_str()).filter(|_| !self.is_null()),
            _ => None,
        }
    }

    /// Whether it is a scalar that means nothing.
    pub(super) fn is_null(&self) -> bool {
        match &self.content {
            Content::Scalar(Leaf::Null) => true,
            Content::Scalar(Leaf::Plain(text)) => Typing::Kubernetes.read(text) == Scalar::Null,
            _ => false,
        }
    }

    /// The entries of a mapping; nothing for anything else.
    pub(super) fn entries(&self) -> &[Entry] {
        match &self.content {
            Content::Map(entries) => entries,
            _ => &[],
        }
    }

    /// The elements of a list; nothing for anything else.
    pub(super) fn items(&self) -> &[Draft] {
        match &self.content {
            Content::List(items) => items,
            _ => &[],
        }
    }

    /// The entry of a key; of repeated keys the last one.
    pub(super) fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries().iter().rfind(|entry| entry.key == key)
    }

    /// The value of a key.
    pub(super) fn get(&self, key: &str) -> Option<&Draft> {
        self.entry(key).map(|entry| &entry.value)
    }

    /// The value of a key, to change it.
    pub(super) fn get_mut(&mut self, key: &str) -> Option<&mut Draft> {
        match &mut self.content {
            Content::Map(entries) => entries
                .iter_mut()
                .rfind(|entry| entry.key == key)
                .map(|entry| &mut entry.value),
            _ => None,
        }
    }

    /// The value that several keys lead to.
    pub(super) fn at(&self, keys: &[&str]) -> Option<&Draft> {
        keys.iter().try_fold(self, |draft, key| draft.get(key))
    }

    /// Sets a key of a mapping, in its place if it is there. What means nothing becomes a mapping.
    pub(super) fn set(&mut self, entry: Entry) {
        if self.is_null() {
            self.content = Content::Map(Vec::new());
        }
        let Content::Map(entries) = &mut self.content else {
            return;
        };
        let same = |other: &&mut Entry| other.key == entry.key;
        match entries.iter_mut().rfind(same) {
            Some(there) => *there = entry,
            None => entries.push(entry),
        }
    }

    /// Takes a key out of a mapping; repeated ones all.
    pub(super) fn remove(&mut self, key: &str) -> Option<Entry> {
        let Content::Map(entries) = &mut self.content else {
            return None;
        };
        let mut removed = None;
        while let Some(at) = entries.iter().position(|entry| entry.key == key) {
            removed = Some(entries.remove(at));
        }
        removed
    }

    /// Changes what a way of keys leads to, in every element of the lists on it. Where something is made on the way,
    /// what is missing becomes a mapping, as if it were written there.
    pub(super) fn visit(
        &mut self,
        path: &[&str],
        made: Option<(Origin, Option<Span>)>,
        change: &mut dyn FnMut(&mut Draft),
    ) {
        if let Content::List(items) = &mut self.content {
            items
                .iter_mut()
                .for_each(|item| item.visit(path, made, change));
            return;
        }
        let Some((first, rest)) = path.split_first() else {
            return change(self);
        };
        if let Some((origin, place)) = made.filter(|_| self.get(first).is_none()) {
            self.set(Entry {
                key: (*first).to_owned(),
                place,
                value: Self::map(origin),
            });
        }
        if let Some(next) = self.get_mut(first) {
            next.visit(rest, made, change);
        }
    }

    /// How many values it holds, itself among them.
    pub(super) fn size(&self) -> usize {
        let below: usize = match &self.content {
            Content::Scalar(_) => 0,
            Content::List(items) => items.iter().map(Self::size).sum(),
            Content::Map(entries) => entries.iter().map(|entry| entry.value.size()).sum(),
        };
        below + 1
    }

    /// How many collections stand in each other.
    pub(super) fn depth(&self) -> usize {
        let below = match &self.content {
            Content::Scalar(_) => return 0,
            Content::List(items) => items.iter().map(Self::depth).max(),
            Content::Map(entries) => entries.iter().map(|entry| entry.value.depth()).max(),
        };
        below.unwrap_or(0) + 1
    }

    /// What it means.
    pub(super) fn value(&self) -> Value {
        let mut builder = Builder::computed();
        self.write(&mut builder);
        builder.finish().to_value(NodeId::ROOT, Typing::Kubernetes)
    }

    /// Adds it to a tree, under the key that was set.
    pub(super) fn write(&self, builder: &mut Builder) {
        match &self.content {
            Content::Scalar(leaf) => write_scalar(leaf, self.origin, builder),
            Content::List(items) => {
                builder.open(Kind::Sequence, self.origin);
                items.iter().for_each(|item| item.write(builder));
                builder.close();
            }
            Content::Map(entries) => {
                builder.open(Kind::Mapping, self.origin);
                for entry in entries {
                    builder.key_as(&entry.key, entry.place);
                    entry.value.write(builder);
                }
                builder.close();
            }
        }
    }
}

fn entries(tree: &Tree, node: NodeId, moved: Moved<'_>) -> Vec<Entry> {
    let entry = |child| Entry {
        key: tree.key_text(child, Typing::Kubernetes).to_owned(),
        place: tree.key(child).and_then(|key| key.span).map(moved),
        value: Draft::moved(tree, child, moved),
    };
    tree.children(node).map(entry).collect()
}

fn write_scalar(leaf: &Leaf, origin: Origin, builder: &mut Builder) {
    match leaf {
        Leaf::Null => builder.scalar(Kind::Null, origin),
        Leaf::Bool(value) => builder.scalar(Kind::Bool(*value), origin),
        Leaf::Number(text) => builder.number(text, origin),
        Leaf::Text(text) => builder.string(text, origin),
        Leaf::Unknown(why) => builder.unknown(why, origin),
        Leaf::Plain(text) => {
            let text = builder.keep(text);
            builder.scalar(Kind::Plain(text), origin)
        }
    };
}
