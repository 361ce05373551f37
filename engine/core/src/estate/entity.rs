//! What an estate is made of, in the same normalised form on every platform: workloads, channels, and so on.

use std::sync::Arc;

use plumbline_rego::Value;

use crate::resource::Resource;
use crate::tree::{Builder, NodeId, Tree, Typing, View};

/// What kind of thing an entity is. Rules name it as their subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EntityKind {
    /// Something that runs: a function, a container, a job, a virtual machine.
    Workload,
    /// Where messages wait or pass: a queue, a topic, a bus, a stream.
    Channel,
    /// What takes messages from a channel, a schedule or a source, and whom it hands them to.
    Subscription,
    /// Where requests come in.
    Endpoint,
    /// Who acts: a role, an account.
    Identity,
    /// What an identity may do.
    Grant,
    /// Where data is kept: a bucket, a database, a group of logs.
    Store,
    /// What may be spent, and who is told.
    Budget,
}

impl EntityKind {
    /// Every kind.
    pub const ALL: &[Self] = &[
        Self::Workload,
        Self::Channel,
        Self::Subscription,
        Self::Endpoint,
        Self::Identity,
        Self::Grant,
        Self::Store,
        Self::Budget,
    ];

    /// The kind of a word.
    pub(crate) fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.as_str() == word)
    }

    /// The word for it, which is also the key of its normalised form in `input`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Workload => "workload",
            Self::Channel => "channel",
            Self::Subscription => "subscription",
            Self::Endpoint => "endpoint",
            Self::Identity => "identity",
            Self::Grant => "grant",
            Self::Store => "store",
            Self::Budget => "budget",
        }
    }
}

/// One thing of an estate. The shape of its tree is published in `docs/reference/workload.md`.
#[derive(Debug, Clone)]
pub struct Entity {
    /// What kind of thing it is.
    pub kind: EntityKind,
    /// The index of its resource in the estate.
    pub resource: usize,
    /// What it is called; several of one resource and kind differ in it.
    pub name: String,
    /// The normalised form; its origins point into the resource's tree.
    pub tree: Arc<Tree>,
}

impl Entity {
    /// An entity of a resource that is not in an estate yet.
    pub(crate) fn new(kind: EntityKind, name: String, tree: Tree) -> Self {
        Self {
            kind,
            resource: 0,
            name,
            tree: Arc::new(tree),
        }
    }

    /// An entity of which only kind and name are known, of the resource at an index.
    pub(crate) fn known(kind: EntityKind, name: String, resource: usize) -> Self {
        Self {
            kind,
            resource,
            name,
            tree: Builder::computed().finish().into(),
        }
    }

    /// What it is called in the graph of the estate: its kind, its resource, and its name where it is not the resource's.
    pub fn node(&self, resource: &Resource) -> String {
        let (kind, id) = (self.kind.as_str(), &resource.id);
        if resource.name == self.name {
            format!("{kind}:{id}")
        } else {
            format!("{kind}:{id}#{}", self.name)
        }
    }

    /// The normalised form to read from.
    pub(crate) fn view(&self) -> View<'_> {
        self.tree.view(NodeId::ROOT, Typing::Json)
    }

    /// The normalised form as policies see it.
    pub fn value(&self) -> Value {
        self.tree.to_value(NodeId::ROOT, Typing::Json)
    }
}
