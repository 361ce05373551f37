//! The estate as rules see it below `data.world`: entities by kind, the edges between them, and the graph of these.

use std::collections::BTreeMap;

use plumbline_rego::{Array, ObjectBuilder, Value};

use super::edge::{Edge, edges};
use super::{Entity, EntityKind, Estate};

/// The key of the edges below `data.world`.
const EDGES: &str = "edges";
/// The key of the graph below `data.world`.
const GRAPH: &str = "graph";

/// The keys below `data.world`.
pub(crate) fn world_keys() -> impl Iterator<Item = &'static str> {
    let kinds = EntityKind::ALL.iter().map(|kind| plural(*kind));
    kinds.chain([EDGES, GRAPH])
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

impl Estate {
    /// The estate as rules see it below `data.world`, as far as these keys go.
    pub fn world(&self, keys: &[&str]) -> Value {
        let mut world = ObjectBuilder::default();
        let asked = |kind: &&EntityKind| keys.contains(&plural(**kind));
        for kind in EntityKind::ALL.iter().filter(asked) {
            let of_kind = self.of_kind(*kind).filter_map(|entity| self.entry(entity));
            world.insert_str(plural(*kind), Value::Array(of_kind.collect::<Array>()));
        }
        let edges = if keys.contains(&EDGES) || keys.contains(&GRAPH) {
            self.edges()
        } else {
            Vec::new()
        };
        if keys.contains(&EDGES) {
            world.insert_str(EDGES, self.list(&edges));
        }
        if keys.contains(&GRAPH) {
            world.insert_str(GRAPH, self.graph(&edges));
        }
        Value::Object(world.finish())
    }

    /// What is joined to what.
    pub fn edges(&self) -> Vec<Edge> {
        edges(self)
    }

    fn node_at(&self, index: usize) -> Option<Value> {
        let entity = self.entities.get(index)?;
        let resource = self.resources.get(entity.resource)?;
        Some(Value::from(entity.node(resource)))
    }

    fn entry(&self, entity: &Entity) -> Option<Value> {
        let resource = self.resources.get(entity.resource)?;
        let mut object = ObjectBuilder::with_capacity(4);
        object.insert_str("id", resource.id.as_str());
        object.insert_str("name", entity.name.as_str());
        object.insert_str("node", entity.node(resource));
        object.insert_str("value", entity.value());
        Some(Value::Object(object.finish()))
    }

    fn list(&self, edges: &[Edge]) -> Value {
        let edges = edges.iter().filter_map(|edge| {
            let mut object = ObjectBuilder::with_capacity(3);
            object.insert_str("from", self.node_at(edge.from)?);
            object.insert_str("to", self.node_at(edge.to)?);
            object.insert_str("what", edge.what.as_str());
            Some(Value::Object(object.finish()))
        });
        Value::Array(edges.collect::<Array>())
    }

    /// Where the edges of each node end, by their kind.
    fn graph(&self, edges: &[Edge]) -> Value {
        let mut ends: BTreeMap<usize, BTreeMap<&str, Vec<Value>>> = BTreeMap::new();
        for edge in edges {
            if let Some(end) = self.node_at(edge.to) {
                let of_node = ends.entry(edge.from).or_default();
                of_node.entry(edge.what.as_str()).or_default().push(end);
            }
        }
        let mut graph = ObjectBuilder::with_capacity(ends.len());
        for (from, by_kind) in ends {
            let Some(node) = self.node_at(from) else {
                continue;
            };
            let mut of_node = ObjectBuilder::with_capacity(by_kind.len());
            for (kind, ends) in by_kind {
                of_node.insert_str(kind, Value::Array(ends.into_iter().collect::<Array>()));
            }
            graph.insert(node, Value::Object(of_node.finish()));
        }
        Value::Object(graph.finish())
    }
}
