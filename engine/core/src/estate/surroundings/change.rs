//! What a request changes in the world of an inventory, key by key.

use std::collections::{BTreeMap, BTreeSet};

use plumbline_rego::{Array, Object, Value};

use super::Prepared;
use crate::estate::edge::{Edge, EdgeKind, Joins, Made, Maker};
use crate::estate::laid::{Gone, Laid, Part};
use crate::estate::names::{Key, Names, keys_of_entity, keys_of_resource};
use crate::estate::world::{
    EDGES, GRAPH, SECONDS, SERVICES, edge_value, ends, plural, reads_edges,
};
use crate::estate::{Entity, EntityKind, Estate};
use crate::resource::Resource;

/// A request over an inventory.
#[derive(Clone, Copy)]
pub(super) struct Change<'a> {
    pub(super) around: &'a Prepared,
    pub(super) request: &'a Estate,
    pub(super) gone: &'a Gone,
}

impl<'a> Change<'a> {
    /// The keys of the world that hold something else now.
    pub(super) fn of_world(self) -> Vec<(&'static str, Value)> {
        let world = &self.around.world;
        let mut changed = Vec::new();
        for kind in EntityKind::ALL {
            let key = plural(*kind);
            let before = world.get_str(key).and_then(Value::as_array);
            let now = before.and_then(|before| self.of_kind(*kind, before));
            changed.extend(now.map(|now| (key, now)));
        }
        let before = world.get_str(SECONDS).and_then(Value::as_object);
        let now = before.and_then(|before| exchanged(before, self.seconds()));
        changed.extend(now.map(|now| (SECONDS, now)));
        let before = world.get_str(SERVICES).and_then(Value::as_object);
        let now = before.and_then(|before| exchanged(before, self.services(before)));
        changed.extend(now.map(|now| (SERVICES, now)));
        if reads_edges(&self.around.keys) {
            changed.extend(self.joined());
        }
        changed
    }

    /// The entities that are not there any more.
    fn leaving(self) -> impl Iterator<Item = (&'a Entity, &'a Resource)> {
        let inventory = &self.around.inventory;
        let entities = self.gone.entities.iter();
        entities.filter_map(move |at| with_resource(inventory, inventory.entities.get(*at)?))
    }

    /// The entities that are there now.
    fn coming(self) -> impl Iterator<Item = (&'a Entity, &'a Resource)> {
        let request = self.request;
        let entities = request.entities.iter();
        entities.filter_map(move |entity| with_resource(request, entity))
    }

    fn of_kind(self, kind: EntityKind, before: &[Value]) -> Option<Value> {
        let around = self.around;
        let is_of_kind = |at: &&usize| {
            let entity = around.inventory.entities.get(**at);
            entity.is_some_and(|entity| entity.kind == kind)
        };
        let gone = self.gone.entities.iter().filter(is_of_kind);
        let gone = gone.filter_map(|at| around.places.get(*at).copied());
        let now = self.request.of_kind(kind);
        let now = now.filter_map(|entity| self.request.entry(entity));
        replaced(before, &gone.collect(), now.collect())
    }

    /// How long workloads may take that came or went, by node.
    fn seconds(self) -> BTreeMap<Value, Option<Value>> {
        let left = self
            .leaving()
            .filter(is_workload)
            .map(|one| (node(one), None));
        let mut changed: BTreeMap<Value, Option<Value>> = left.collect();
        let seconds = self.request.seconds();
        let seconds = seconds.as_object().into_iter().flat_map(Object::iter);
        changed.extend(seconds.map(|(node, seconds)| (node.clone(), Some(seconds.clone()))));
        changed
    }

    /// The members of each service that a workload left or came to.
    fn services(self, before: &Object) -> BTreeMap<Value, Option<Value>> {
        let keys = self.around.service_keys.iter();
        let keys: Vec<&str> = keys.map(String::as_str).collect();
        let mut left: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
        let mut came: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
        for (entity, _) in self.leaving().filter(is_workload) {
            for (service, member) in self.around.inventory.memberships(entity, &keys) {
                left.entry(service).or_default().push(member);
            }
        }
        for (entity, _) in self.coming().filter(is_workload) {
            for (service, member) in self.request.memberships(entity, &keys) {
                came.entry(service).or_default().push(member);
            }
        }
        let names: BTreeSet<&str> = left.keys().chain(came.keys()).copied().collect();
        let members = |service: &str| {
            let known = before.get_str(service);
            let members = known.and_then(Value::as_array).unwrap_or_default();
            let left = left.get(service).map_or(&[][..], Vec::as_slice);
            let gone = members.iter().enumerate();
            let gone = gone.filter(|(_, member)| left.contains(member));
            let gone = gone.map(|(at, _)| at).collect();
            let now = came.get(service).cloned().unwrap_or_default();
            match replaced(members, &gone, now) {
                None => known.cloned(),
                Some(members) => Some(members).filter(|members| members.count() != Some(0)),
            }
        };
        let changed = names.into_iter();
        changed
            .map(|service| (Value::string(service), members(service)))
            .collect()
    }

    /// The keys of the world that hold what is joined, if it is joined in another way now.
    fn joined(self) -> Vec<(&'static str, Value)> {
        let around = self.around;
        let names = Names::of(self.request);
        let below = Part {
            estate: &around.inventory,
            names: &around.names,
        };
        let above = Part {
            estate: self.request,
            names: &names,
        };
        let laid = Laid::new(below, above, self.gone);
        let node_at = |at: usize| laid.entity(at).map(node);
        let changed = self.edges(&laid);
        let of_node = |(from, edges): (&usize, &Vec<Edge>)| {
            let now = (!edges.is_empty()).then(|| ends(edges, node_at));
            Some((node_at(*from)?, now))
        };
        // What is above comes last, and counts.
        let ends: BTreeMap<Value, Option<Value>> = changed.iter().filter_map(of_node).collect();
        let graph = around.graph.as_object();
        let Some(graph) = graph.and_then(|graph| exchanged(graph, ends)) else {
            return Vec::new();
        };
        let mut now = Vec::new();
        if let Some(before) = around.world.get_str(EDGES).and_then(Value::as_array) {
            let others = around.edges.iter().zip(before);
            let others = others.filter(|(edge, _)| !changed.contains_key(&edge.from));
            let others = others.map(|(edge, value)| (*edge, value.clone()));
            let made = changed.values().flatten();
            let made = made.filter_map(|edge| Some((*edge, edge_value(edge, node_at)?)));
            let mut edges: Vec<(Edge, Value)> = others.chain(made).collect();
            edges.sort_unstable_by_key(|(edge, _)| *edge);
            let edges = edges.into_iter().map(|(_, value)| value);
            now.push((EDGES, Value::Array(edges.collect::<Array>())));
        }
        if around.keys.contains(&GRAPH) {
            now.push((GRAPH, graph));
        }
        now
    }

    /// All edges from each entity that others may begin at now, also from those that are gone.
    fn edges(self, laid: &Laid<'_>) -> BTreeMap<usize, Vec<Edge>> {
        let around = self.around;
        let gone = &self.gone.entities;
        let above = self.request.entities.iter().enumerate();
        let above = above.map(|(at, _)| laid.first_above() + at);
        let own: BTreeSet<usize> = self.asking().into_iter().chain(above).collect();
        let mut joins = Joins::of(laid);
        for index in &own {
            joins.of_entity(*index);
        }
        joins.made.sort_unstable();

        let makers = own.union(gone).map(|index| Maker::Itself(*index));
        let mut makers: BTreeSet<Maker> = makers.collect();
        let workloads = self.granted(&own, &makers, &joins.made);
        makers.extend(workloads.union(gone).map(|index| Maker::Grants(*index)));
        let grants = self.grants(&workloads, &makers, &joins.made);
        for (workload, grant) in grants {
            joins.of_grant(workload, grant);
        }
        let mut made = joins.made;
        made.sort_unstable();

        let before = makers.iter().filter_map(|maker| around.makes.get(maker));
        let now = made.iter().map(|(edge, _)| edge.from);
        let from = before.flatten().map(|edge| edge.from).chain(now);
        let from: BTreeSet<usize> = from.collect();
        let edges = |from: usize| {
            let mut edges: Vec<Edge> = self.edges_from(from, &makers, &made).collect();
            edges.sort_unstable();
            edges.dedup();
            (from, edges)
        };
        from.into_iter().map(edges).collect()
    }

    /// The entities that asked for a key by which something is found no more, or is found now.
    fn asking(self) -> BTreeSet<usize> {
        let mut keys: Vec<Key<&str>> = Vec::new();
        for (entity, resource) in self.leaving().chain(self.coming()) {
            keys.extend(keys_of_entity(entity, resource));
            if entity.kind == EntityKind::Workload {
                let services = self.around.in_front((entity, resource));
                keys.extend(services.flat_map(keys_of_resource));
            }
        }
        let gone = self.gone.resources.iter();
        let gone = gone.filter_map(|at| self.around.inventory.resources.get(*at));
        keys.extend(
            gone.chain(&self.request.resources)
                .flat_map(keys_of_resource),
        );
        let asking = keys.into_iter().flat_map(|key| self.around.asked.get(key));
        let is_there = |at: &&usize| !self.gone.entities.contains(*at);
        asking.filter(is_there).copied().collect()
    }

    /// The workloads whose grants may join them to something else: they or what their identity holds were looked at.
    fn granted(
        self,
        own: &BTreeSet<usize>,
        makers: &BTreeSet<Maker>,
        made: &[Made],
    ) -> BTreeSet<usize> {
        let around = self.around;
        let before = makers.iter().filter_map(|maker| around.makes.get(maker));
        let now = made.iter().map(|(edge, _)| edge);
        let holds = before.flatten().chain(now);
        let holds = holds.filter(|edge| edge.what == EdgeKind::Holds);
        let identities: BTreeSet<usize> = holds.map(|edge| edge.from).collect();
        let acting = identities.iter().filter_map(|one| around.acting.get(one));
        let acting = acting.flatten().copied();
        let acting = acting.filter(|at| !self.gone.entities.contains(at));
        acting.chain(own.iter().copied()).collect()
    }

    /// These workloads, each with everything that its identities hold.
    fn grants(
        self,
        workloads: &BTreeSet<usize>,
        makers: &BTreeSet<Maker>,
        made: &[Made],
    ) -> Vec<(usize, usize)> {
        let ends = |from: usize, what: EdgeKind| {
            let edges = self.edges_from(from, makers, made);
            edges
                .filter(move |edge| edge.what == what)
                .map(|edge| edge.to)
        };
        let mut grants = Vec::new();
        for workload in workloads {
            for identity in ends(*workload, EdgeKind::ActsAs) {
                let held = ends(identity, EdgeKind::Holds);
                grants.extend(held.map(|grant| (*workload, grant)));
            }
        }
        grants
    }

    /// The edges from an entity: those from before, but for what these makers made, and those that they made now.
    fn edges_from(
        self,
        from: usize,
        makers: &BTreeSet<Maker>,
        made: &[Made],
    ) -> impl Iterator<Item = Edge> {
        let before = of_one(&self.around.made, from).iter();
        let before = before.filter(move |(_, maker)| !makers.contains(maker));
        let now = of_one(made, from).iter();
        before
            .map(|(edge, _)| *edge)
            .chain(now.map(|(edge, _)| *edge))
    }
}

/// The edges that begin at one entity, of edges in order.
fn of_one(made: &[Made], from: usize) -> &[Made] {
    let first = made.partition_point(|(edge, _)| edge.from < from);
    let end = made.partition_point(|(edge, _)| edge.from <= from);
    made.get(first..end).unwrap_or_default()
}

fn with_resource<'a>(estate: &'a Estate, entity: &'a Entity) -> Option<(&'a Entity, &'a Resource)> {
    Some((entity, estate.resources.get(entity.resource)?))
}

fn is_workload((entity, _): &(&Entity, &Resource)) -> bool {
    entity.kind == EntityKind::Workload
}

fn node((entity, resource): (&Entity, &Resource)) -> Value {
    Value::from(entity.node(resource))
}

/// A list without some of its elements, by their indexes, and with others behind; none if these are the same.
fn replaced(before: &[Value], gone: &BTreeSet<usize>, now: Vec<Value>) -> Option<Value> {
    let mut left: Vec<&Value> = gone.iter().filter_map(|at| before.get(*at)).collect();
    let mut came: Vec<&Value> = now.iter().collect();
    left.sort_unstable();
    came.sort_unstable();
    if left == came {
        return None;
    }
    let others = before.iter().enumerate();
    let others = others.filter(|(at, _)| !gone.contains(at));
    let others = others.map(|(_, value)| value.clone());
    Some(Value::Array(others.chain(now).collect::<Array>()))
}

/// An object with other values for some of its keys, or none for them; none if all are the same.
fn exchanged(before: &Object, changed: BTreeMap<Value, Option<Value>>) -> Option<Value> {
    let is_same = |(key, value): (&Value, &Option<Value>)| before.get(key) == value.as_ref();
    if changed.iter().all(is_same) {
        return None;
    }
    let others = before.iter();
    let others = others.filter(|(key, _)| !changed.contains_key(*key));
    let others = others.map(|(key, value)| (key.clone(), value.clone()));
    let mut entries: Vec<(Value, Value)> = others.collect();
    let changed = changed.into_iter();
    entries.extend(changed.filter_map(|(key, value)| Some((key, value?))));
    Some(Value::Object(entries.into_iter().collect()))
}
