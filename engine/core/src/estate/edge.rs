//! What is joined to what: who hands events to whom, who answers at which endpoint, who acts as which identity.

use std::collections::HashMap;

use plumbline_rego::Value;

use super::{Entity, EntityKind, Estate};
use crate::source::FileId;

/// A join of two entities, by their indexes in the estate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edge {
    /// Where it begins.
    pub from: usize,
    /// Where it ends.
    pub to: usize,
    /// What it is.
    pub what: EdgeKind,
}

/// What a join is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EdgeKind {
    /// A channel hands messages to a workload.
    Delivers,
    /// An endpoint hands requests to a workload.
    Calls,
    /// A workload acts as an identity.
    ActsAs,
    /// An identity may do what a grant says.
    Holds,
}

impl EdgeKind {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Delivers => "delivers",
            Self::Calls => "calls",
            Self::ActsAs => "acts-as",
            Self::Holds => "holds",
        }
    }
}

/// Every join that both of its ends are known of, in a fixed order.
pub(super) fn edges(estate: &Estate) -> Vec<Edge> {
    let names = Names::of(estate);
    let mut edges = Vec::new();
    for (index, entity) in estate.entities.iter().enumerate() {
        let value = entity.value();
        let mut join = |from: Option<usize>, to: Option<usize>, what| {
            if let (Some(from), Some(to)) = (from, to) {
                edges.push(Edge { from, to, what });
            }
        };
        let find = |kind, path: &[&str]| {
            let name = path.iter().try_fold(&value, |at, key| at.get_str(key))?;
            names.find(estate, kind, name.as_str()?, entity)
        };
        match entity.kind {
            EntityKind::Subscription => join(
                find(EntityKind::Channel, &["channel", "name"]),
                find(EntityKind::Workload, &["consumer", "name"]),
                EdgeKind::Delivers,
            ),
            EntityKind::Endpoint => join(
                Some(index),
                find(EntityKind::Workload, &["target"]),
                EdgeKind::Calls,
            ),
            EntityKind::Workload => join(
                Some(index),
                find(EntityKind::Identity, &["identity", "name"]),
                EdgeKind::ActsAs,
            ),
            EntityKind::Grant => join(
                find(EntityKind::Identity, &["identity"]),
                Some(index),
                EdgeKind::Holds,
            ),
            EntityKind::Channel | EntityKind::Identity | EntityKind::Store | EntityKind::Budget => {
            }
        }
    }
    edges.sort_unstable();
    edges.dedup();
    edges
}

/// Entities by kind and name: those of a file, those of a scope, and all.
#[derive(Default)]
struct Names<'a> {
    in_file: HashMap<(EntityKind, &'a str, FileId), usize>,
    in_scope: HashMap<(EntityKind, &'a str, &'a str), usize>,
    anywhere: HashMap<(EntityKind, &'a str), Option<usize>>,
}

impl<'a> Names<'a> {
    fn of(estate: &'a Estate) -> Self {
        let mut names = Self::default();
        for (index, entity) in estate.entities.iter().enumerate() {
            let (kind, own) = (entity.kind, own_name(&entity.name));
            if let Some(resource) = estate.resources.get(entity.resource) {
                let in_file = names.in_file.entry((kind, own, resource.file));
                in_file.or_insert(index);
                let in_scope = names.in_scope.entry((kind, own, resource.id.scope()));
                in_scope.or_insert(index);
            }
            let anywhere = names.anywhere.entry((kind, own));
            anywhere
                .and_modify(|only| *only = None)
                .or_insert(Some(index));
        }
        names
    }

    /// The entity that is spoken of: the one that the same file declares, or the same scope, or the only one of its
    /// name.
    fn find(&self, estate: &Estate, kind: EntityKind, name: &str, from: &Entity) -> Option<usize> {
        let own = own_name(name);
        let resource = estate.resources.get(from.resource)?;
        let in_file = self.in_file.get(&(kind, own, resource.file));
        let beside = in_file.or_else(|| self.in_scope.get(&(kind, own, resource.id.scope())));
        beside
            .copied()
            .or_else(|| self.anywhere.get(&(kind, own)).copied().flatten())
    }
}

/// A name without the modules and the index of an address: `aws_sqs_queue.jobs`.
fn own_name(name: &str) -> &str {
    let own = name.rsplit_once("module.").map_or(name, |(_, own)| {
        own.split_once('.').map_or(own, |(_, own)| own)
    });
    own.split('[').next().unwrap_or(own)
}

impl Estate {
    /// The estate as rules see it below `data.world`, as far as these keys go: entities by kind, and the edges between
    /// them.
    pub fn world(&self, keys: &[&str]) -> Value {
        use plumbline_rego::{Array, ObjectBuilder};
        let mut world = ObjectBuilder::default();
        let asked = |kind: &&EntityKind| keys.contains(&plural(**kind));
        for kind in EntityKind::ALL.iter().filter(asked) {
            let of_kind = self.of_kind(*kind).map(|entity| {
                let mut object = ObjectBuilder::default();
                let resource = self.resources.get(entity.resource);
                let id = resource.map_or("", |resource| resource.id.as_str());
                object.insert_str("id", id);
                object.insert_str("name", entity.name.as_str());
                object.insert_str("value", entity.value());
                Value::Object(object.finish())
            });
            world.insert_str(plural(*kind), Value::Array(of_kind.collect::<Array>()));
        }
        if !keys.contains(&EDGES) {
            return Value::Object(world.finish());
        }
        let edges = edges(self).into_iter().filter_map(|edge| {
            let name = |index: usize| {
                let entity = self.entities.get(index)?;
                Some(format!("{}:{}", entity.kind.as_str(), entity.name))
            };
            let mut object = ObjectBuilder::default();
            object.insert_str("from", name(edge.from)?.as_str());
            object.insert_str("to", name(edge.to)?.as_str());
            object.insert_str("what", edge.what.as_str());
            Some(Value::Object(object.finish()))
        });
        world.insert_str(EDGES, Value::Array(edges.collect::<Array>()));
        Value::Object(world.finish())
    }

    /// What is joined to what.
    pub fn edges(&self) -> Vec<Edge> {
        edges(self)
    }
}

/// The key of the edges below `data.world`.
const EDGES: &str = "edges";

/// The keys below `data.world`.
pub(crate) fn world_keys() -> impl Iterator<Item = &'static str> {
    let kinds = EntityKind::ALL.iter().map(|kind| plural(*kind));
    kinds.chain([EDGES])
}

/// The key of a kind's entities below `data.world`.
fn plural(kind: EntityKind) -> &'static str {
    match kind {
        EntityKind::Workload => "workloads",
        EntityKind::Channel => "channels",
        EntityKind::Subscription => "subscriptions",
        EntityKind::Endpoint => "endpoints",
        EntityKind::Identity => "identities",
        EntityKind::Grant => "grants",
        EntityKind::Store => "stores",
        EntityKind::Budget => "budgets",
    }
}
