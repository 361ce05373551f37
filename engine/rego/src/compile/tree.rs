//! The tree of `data`: packages above, rules below.

use std::collections::BTreeMap;

use super::ir::{Node, NodeId};
use crate::value::ArcStr;

/// Every package and rule, by its path below `data`. Node 0 is `data` itself.
#[derive(Debug, Clone)]
pub(crate) struct Tree {
    nodes: Vec<Node>,
}

impl Tree {
    pub(crate) fn new() -> Self {
        Self {
            nodes: vec![Node::default()],
        }
    }

    pub(crate) fn node(&self, node: NodeId) -> Option<&Node> {
        self.nodes.get(node as usize)
    }

    pub(crate) fn node_mut(&mut self, node: NodeId) -> Option<&mut Node> {
        self.nodes.get_mut(node as usize)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (NodeId, &Node)> {
        (0..).zip(&self.nodes)
    }

    /// The node at a path, made if it does not exist.
    pub(crate) fn insert(&mut self, path: &[ArcStr]) -> NodeId {
        let mut at = 0;
        for (depth, word) in path.iter().enumerate() {
            let existing = self
                .node(at)
                .and_then(|node| node.children.get(word).copied());
            at = match existing {
                Some(child) => child,
                None => self.add_child(at, word, path.get(..=depth).unwrap_or_default()),
            };
        }
        at
    }

    /// The node of a package, made if it does not exist. It and everything above it is defined.
    pub(crate) fn insert_package(&mut self, path: &[ArcStr]) {
        for length in 0..=path.len() {
            let node = self.insert(path.get(..length).unwrap_or_default());
            if let Some(node) = self.node_mut(node) {
                node.package = true;
            }
        }
    }

    fn add_child(&mut self, parent: NodeId, word: &ArcStr, path: &[ArcStr]) -> NodeId {
        let child = NodeId::try_from(self.nodes.len()).unwrap_or(NodeId::MAX);
        self.nodes.push(Node {
            path: path.to_vec(),
            children: BTreeMap::new(),
            ..Node::default()
        });
        if let Some(parent) = self.node_mut(parent) {
            parent.children.insert(word.clone(), child);
        }
        child
    }

    pub(crate) fn child(&self, node: NodeId, word: &str) -> Option<NodeId> {
        self.node(node)?.children.get(word).copied()
    }

    pub(crate) fn find(&self, path: &[ArcStr]) -> Option<NodeId> {
        path.iter().try_fold(0, |node, word| self.child(node, word))
    }

    /// The function at a path.
    pub(crate) fn function(&self, path: &[ArcStr]) -> Option<NodeId> {
        self.find(path)
            .filter(|node| self.node(*node).is_some_and(|node| node.arity.is_some()))
    }

    /// Whether any rule gives a node a value of its own.
    pub(crate) fn has_rules(&self, node: NodeId) -> bool {
        self.node(node).is_some_and(|node| node.declared)
    }

    /// The path of a node below `data`.
    pub(crate) fn spell(&self, node: NodeId) -> String {
        self.node(node)
            .map(|node| spell(&node.path))
            .unwrap_or_default()
    }

    /// A function that a mistyped name may mean.
    pub(crate) fn nearest_function(&self, name: &str) -> Option<String> {
        let last = name.rsplit('.').next().unwrap_or(name);
        let functions = self
            .nodes
            .iter()
            .filter(|node| node.arity.is_some())
            .filter_map(|node| node.path.last());
        let near = crate::builtins::nearest(last, functions.map(ArcStr::as_str));
        near.map(|near| format!("did you mean `{near}`?"))
    }
}

/// A path as Rego spells it: `a.b["c-d"]`.
pub(crate) fn spell(path: &[ArcStr]) -> String {
    let mut out = String::new();
    for (at, word) in path.iter().enumerate() {
        let plain = word
            .chars()
            .all(|character| character.is_ascii_alphanumeric() || character == '_')
            && !word.is_empty();
        match (plain, at) {
            (true, 0) => out.push_str(word),
            (true, _) => out.push_str(&format!(".{word}")),
            (false, _) => out.push_str(&format!("[{:?}]", word.as_str())),
        }
    }
    out
}
