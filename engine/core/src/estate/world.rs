//! The estate as rules see it below `data.world`: entities by kind, the edges between them, the graph of these, how long
//! each workload may take to answer, and which workloads make up a service.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use plumbline_rego::{Array, Object, ObjectBuilder, Value};

use super::edge::{Edge, edges};
use super::{Entity, EntityKind, Estate};
use crate::resource::Resource;
use crate::tree::View;

/// The key of the edges below `data.world`.
pub(super) const EDGES: &str = "edges";
/// The key of the graph below `data.world`.
pub(super) const GRAPH: &str = "graph";

/// The key of how long workloads may take, below `data.world`.
pub(super) const SECONDS: &str = "seconds";
/// The key of services below `data.world`.
pub(super) const SERVICES: &str = "services";

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

/// The kinds of entities that what is at a key below `data.world` is made of.
pub(crate) fn kinds_at(key: &str) -> Vec<EntityKind> {
    let kinds = EntityKind::ALL.iter().copied();
    match key {
        EDGES | GRAPH => kinds.collect(),
        SECONDS | SERVICES => vec![EntityKind::Workload],
        _ => kinds.filter(|kind| plural(*kind) == key).collect(),
    }
}

/// The key of a kind's entities below `data.world`.
pub(super) fn plural(kind: EntityKind) -> &'static str {
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

/// What rules see of entities, by where the normalised form of each lies in memory: what is there stays what it is for as
/// long as somebody holds it.
#[derive(Debug, Default)]
pub(super) struct Entries<'a>(HashMap<usize, &'a Value>);

impl<'a> Entries<'a> {
    pub(super) fn add(&mut self, entity: &Entity, entry: &'a Value) {
        self.0.insert(address(entity), entry);
    }

    fn get(&self, entity: &Entity) -> Option<Value> {
        self.0.get(&address(entity)).copied().cloned()
    }
}

fn address(entity: &Entity) -> usize {
    Arc::as_ptr(&entity.tree).addr()
}

impl Estate {
    /// The estate as rules see it below `data.world`, as far as these keys go. What the organisation decided says how a
    /// workload declares its service.
    pub fn world(&self, keys: &[&str], decided: Option<&Value>) -> Value {
        let edges = if reads_edges(keys) {
            self.edges()
        } else {
            Vec::new()
        };
        let (known, spelt) = (Entries::default(), service_keys(decided));
        Value::Object(self.world_of(keys, &edges, &spelt, &known))
    }

    /// The same, where the edges and some entries are known.
    pub(super) fn world_of(
        &self,
        keys: &[&str],
        edges: &[Edge],
        service_keys: &[&str],
        known: &Entries<'_>,
    ) -> Object {
        let entry = |entity: &Entity| known.get(entity).or_else(|| self.entry(entity));
        let mut world = ObjectBuilder::default();
        let asked = |kind: &&EntityKind| keys.contains(&plural(**kind));
        for kind in EntityKind::ALL.iter().filter(asked) {
            let of_kind = self.of_kind(*kind).filter_map(entry);
            world.insert_str(plural(*kind), Value::Array(of_kind.collect::<Array>()));
        }
        if keys.contains(&EDGES) {
            world.insert_str(EDGES, self.list(edges));
        }
        if keys.contains(&GRAPH) {
            world.insert_str(GRAPH, self.graph(edges));
        }
        if keys.contains(&SECONDS) {
            world.insert_str(SECONDS, self.seconds());
        }
        if keys.contains(&SERVICES) {
            world.insert_str(SERVICES, self.services(service_keys));
        }
        world.finish()
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

    pub(super) fn entry(&self, entity: &Entity) -> Option<Value> {
        let resource = self.resources.get(entity.resource)?;
        let mut object = ObjectBuilder::with_capacity(4);
        object.insert_str("id", resource.id.as_str());
        object.insert_str("name", entity.name.as_str());
        object.insert_str("node", entity.node(resource));
        object.insert_str("value", entity.value());
        Some(Value::Object(object.finish()))
    }

    fn list(&self, edges: &[Edge]) -> Value {
        let edges = edges.iter();
        let edges = edges.filter_map(|edge| edge_value(edge, |index| self.node_at(index)));
        Value::Array(edges.collect::<Array>())
    }

    /// Where the edges of each node end, by their kind.
    pub(super) fn graph(&self, edges: &[Edge]) -> Value {
        let mut graph = ObjectBuilder::default();
        for of_node in edges.chunk_by(|one, next| one.from == next.from) {
            let from = of_node.first().and_then(|edge| self.node_at(edge.from));
            if let Some(node) = from {
                graph.insert(node, ends(of_node, |index| self.node_at(index)));
            }
        }
        Value::Object(graph.finish())
    }

    /// How many seconds a workload may take to answer, by its node; nothing of those that say nothing.
    pub(super) fn seconds(&self) -> Value {
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
            for (name, member) in self.memberships(entity, keys) {
                services.entry(name).or_default().push(member);
            }
        }
        let mut object = ObjectBuilder::with_capacity(services.len());
        for (name, members) in services {
            object.insert_str(name, Value::Array(members.into_iter().collect::<Array>()));
        }
        Value::Object(object.finish())
    }

    /// The services that a workload declares, and what it is as a member of each.
    pub(super) fn memberships<'a>(
        &'a self,
        entity: &'a Entity,
        keys: &[&str],
    ) -> Vec<(&'a str, Value)> {
        let Some(resource) = self.resources.get(entity.resource) else {
            return Vec::new();
        };
        let declared: BTreeMap<&str, &str> = declared(entity).collect();
        let names = keys.iter().filter_map(|key| declared.get(key).copied());
        let names: BTreeSet<&str> = names.collect();
        let member = |name| (name, member(entity, resource, &declared));
        names.into_iter().map(member).collect()
    }
}

/// Whether one of some keys holds what is joined.
pub(super) fn reads_edges(keys: &[&str]) -> bool {
    keys.contains(&EDGES) || keys.contains(&GRAPH)
}

/// An edge between nodes.
pub(super) fn edge_value(edge: &Edge, node: impl Fn(usize) -> Option<Value>) -> Option<Value> {
    let mut object = ObjectBuilder::with_capacity(3);
    object.insert_str("from", node(edge.from)?);
    object.insert_str("to", node(edge.to)?);
    object.insert_str("what", edge.what.as_str());
    Some(Value::Object(object.finish()))
}

/// Where the edges of one node end, by their kind.
pub(super) fn ends(edges: &[Edge], node: impl Fn(usize) -> Option<Value>) -> Value {
    let mut by_kind: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
    for edge in edges {
        if let Some(end) = node(edge.to) {
            by_kind.entry(edge.what.as_str()).or_default().push(end);
        }
    }
    let mut ends = ObjectBuilder::with_capacity(by_kind.len());
    for (kind, nodes) in by_kind {
        ends.insert_str(kind, nodes);
    }
    Value::Object(ends.finish())
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
pub(super) fn service_keys(decided: Option<&Value>) -> Vec<&str> {
    let keys = decided.and_then(|decided| decided.get_str("keys")?.get_str("service")?.as_array());
    match keys {
        Some(keys) => keys.iter().filter_map(Value::as_str).collect(),
        None => SERVICE_KEYS.to_vec(),
    }
}
