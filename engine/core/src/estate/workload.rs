//! A workload: something that runs, in the same normalised form on every platform.

use plumbline_rego::Value;

use crate::tree::{NodeId, Tree, Typing};

/// One workload of an estate. The shape of its tree is published in `docs/reference/workload.md`.
#[derive(Debug)]
pub struct Workload {
    /// The index of its resource in the estate.
    pub resource: usize,
    /// What it is called; several workloads of one resource differ in it.
    pub name: String,
    /// The normalised form; its origins point into the resource's tree.
    pub tree: Tree,
}

impl Workload {
    pub(crate) fn new(resource: usize, name: String, tree: Tree) -> Self {
        Self {
            resource,
            name,
            tree,
        }
    }

    /// The normalised form as policies see it.
    pub fn value(&self) -> Value {
        self.tree.to_value(NodeId::ROOT, Typing::Json)
    }
}
