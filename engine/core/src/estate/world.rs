//! The estate as rules see it below `data.world`: entities by kind, the edges between them, the graph of these, how long
//! each workload may take to answer, and which workloads make up a service.

use std::collections::{BTreeMap, BTreeSet};

use plumbline_rego::{Array, ObjectBuilder, Value};

use super::edge::{Edge, edges};
use super::{Entity, EntityKind, Estate};
use crate::resource::Resource;
use crate::tree::View;

/// The key of the edges below `data.world`.
const EDGES: &str = "edges";
/// The key of the graph below `data.world`.
const GRAPH: &str = "graph";

/// The key of how long workloads may take, below `data.world`.
const SECONDS: &str = "seconds";
/// The key of services below `data.world`.
const SERVICES: &str = "services";

/// How a workload says which service it is of, where the organisation decided nothing else.
const SERVICE_KEYS: &[&str] = &[
    "governance/service",
    "governance_service",
    "governance-service",
    "X-Governance-Service",
];

/// Where a workload declares something, the strongest last.
const DECLARED: &[&[&str]] = &[
    &["template", "annotations"],
    &["template", "labels"],
    &["annotations"],
    &["labels"],
    &["tags"],
];

/// The keys below `data.world`.
pub(crate) fn world_keys() -> impl Iterator<Item = &'static str> {
    let kinds = EntityKind::ALL.iter().map(|kind| plural(*kind));
    kinds.chain([EDGES, GRAPH, SECONDS, SERVICES])
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
    /// The estate as rules see it below `data.world`, as far as these keys go. What the organisation decided says how a
    /// workload declares its service.
    pub fn world(&self, keys: &[&str], decided: Option<&Value>) -> Value {
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
        if keys.contains(&SECONDS) {
            world.insert_str(SECONDS, self.seconds());
        }
        if keys.contains(&SERVICES) {
            world.insert_str(SERVICES, self.services(&service_keys(decided)));
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

    /// How many seconds a workload may take to answer, by its node; nothing of those that say nothing.
    fn seconds(&self) -> Value {
        let mut seconds = ObjectBuilder::default();
        for entity in self.of_kind(EntityKind::Workload) {
            let written = entity.view().at(&["lifetime", "max_seconds"]);
            let number = written.and_then(View::raw).map(str::parse::<i64>);
            let resource = self.resources.get(entity.resource);
            if let (Some(Ok(number)), Some(resource)) = (number, resource) {
                seconds.insert_str(&entity.node(resource), number);
            }
        }
        Value::Object(seconds.finish())
    }

    /// The workloads of each service that any of them declares, with all that they declare.
    fn services(&self, keys: &[&str]) -> Value {
        let mut services: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
        for entity in self.of_kind(EntityKind::Workload) {
            let Some(resource) = self.resources.get(entity.resource) else {
                continue;
            };
            let declared: BTreeMap<&str, &str> = declared(entity).collect();
            let names: BTreeSet<&str> = keys
                .iter()
                .filter_map(|key| declared.get(key).copied())
                .collect();
            for name in names {
                let member = member(entity, resource, &declared);
                services.entry(name).or_default().push(member);
            }
        }
        let mut object = ObjectBuilder::with_capacity(services.len());
        for (name, members) in services {
            object.insert_str(name, Value::Array(members.into_iter().collect::<Array>()));
        }
        Value::Object(object.finish())
    }
}

/// What a workload declares in its labels, annotations and tags.
fn declared(entity: &Entity) -> impl Iterator<Item = (&str, &str)> {
    let sections = DECLARED.iter().filter_map(|path| entity.view().at(path));
    let entries = sections.flat_map(View::entries);
    entries.filter_map(|(key, value)| Some((key, value.raw()?)))
}

fn member(entity: &Entity, resource: &Resource, declared: &BTreeMap<&str, &str>) -> Value {
    let mut says = ObjectBuilder::with_capacity(declared.len());
    for (key, value) in declared {
        says.insert_str(key, *value);
    }
    let mut member = ObjectBuilder::with_capacity(3);
    member.insert_str("declared", Value::Object(says.finish()));
    member.insert_str("name", entity.name.as_str());
    member.insert_str("node", entity.node(resource));
    Value::Object(member.finish())
}

/// `keys.service` of what the organisation decided, or how it is usually spelt.
fn service_keys(decided: Option<&Value>) -> Vec<&str> {
    let keys = decided.and_then(|decided| decided.get_str("keys")?.get_str("service")?.as_array());
    match keys {
        Some(keys) => keys.iter().filter_map(Value::as_str).collect(),
        None => SERVICE_KEYS.to_vec(),
    }
}
