//! Graphs that are objects from nodes to their neighbours.

#[cfg(test)]
mod tests;

use std::collections::{BTreeSet, VecDeque};

use super::golang::{builtin, units};
use super::operand::{object, type_error};
use super::{Builtin, BuiltinError, Call, Meter, Type};
use crate::value::{Object, Set, Value};

const NODES: Type = Type::OneOf(&[Type::Array(&Type::Any), Type::Set(&Type::Any)]);

pub(super) const BUILTINS: &[Builtin] = &[
    builtin(
        "graph.reachable",
        &[Type::Object, NODES],
        Type::Set(&Type::Any),
        reachable,
    ),
    builtin(
        "graph.reachable_paths",
        &[Type::Object, NODES],
        Type::Set(&Type::Array(&Type::Any)),
        reachable_paths,
    ),
];

/// Nodes may be listed in an array or a set; anything else lists none.
fn nodes(value: &Value) -> &[Value] {
    match value {
        Value::Array(items) => items.as_slice(),
        Value::Set(members) => members.as_slice(),
        _ => &[],
    }
}

fn initial<'v>(call: &Call<'_>, args: &'v [Value]) -> Result<&'v [Value], BuiltinError> {
    match args.get(1) {
        Some(list @ (Value::Array(_) | Value::Set(_))) => Ok(nodes(list)),
        Some(other) => Err(type_error(call, 2, other, &["{array, set}"])),
        None => Ok(&[]),
    }
}

/// The nodes of the graph that some way leads to from the initial ones, these included.
fn reachable(call: &mut Call<'_>, args: &[Value]) -> Result<Option<Value>, BuiltinError> {
    let graph = object(call, args, 1)?;
    let mut queue: VecDeque<&Value> = initial(call, args)?.iter().collect();
    let mut seen: BTreeSet<&Value> = queue.iter().copied().collect();
    let mut reached: Vec<Value> = Vec::new();
    while let Some(node) = queue.pop_front() {
        call.meter.step(1)?;
        let Some(neighbours) = graph.get(node) else {
            continue;
        };
        call.meter.alloc(units(size_of::<Value>()))?;
        reached.push(node.clone());
        for neighbour in nodes(neighbours) {
            call.meter.step(1)?;
            if seen.insert(neighbour) {
                queue.push_back(neighbour);
            }
        }
    }
    Ok(Some(Value::Set(Set::from(reached))))
}

/// Every way from an initial node to where it ends, or to where it would meet itself.
fn reachable_paths(call: &mut Call<'_>, args: &[Value]) -> Result<Option<Value>, BuiltinError> {
    let graph = object(call, args, 1)?;
    let mut paths = Paths {
        meter: call.meter,
        graph,
        found: BTreeSet::new(),
    };
    for node in initial(call, args)? {
        if graph.get(node).is_some() {
            paths.walk(node)?;
        }
    }
    Ok(Some(Value::Set(paths.found.into_iter().collect())))
}

struct Paths<'v> {
    meter: &'v Meter,
    graph: &'v Object,
    found: BTreeSet<Value>,
}

/// The last node of a way, and where the way goes on next.
struct Place<'v> {
    node: &'v Value,
    neighbours: std::slice::Iter<'v, Value>,
    /// Whether the way has not been here before.
    first: bool,
}

impl<'v> Paths<'v> {
    /// Follows all ways from one node, without native recursion.
    fn walk(&mut self, start: &'v Value) -> Result<(), BuiltinError> {
        let mut way: Vec<Place<'v>> = Vec::new();
        let mut on_way: BTreeSet<&'v Value> = BTreeSet::new();
        self.enter(start, &mut way, &mut on_way)?;
        while let Some(place) = way.last_mut() {
            self.meter.step(1)?;
            let Some(next) = place.neighbours.next() else {
                leave(&mut way, &mut on_way);
                continue;
            };
            // OPA does not look whether the second node is the first one again.
            if way.len() > 1 && on_way.contains(next) {
                self.commit(&way)?;
            } else {
                self.enter(next, &mut way, &mut on_way)?;
            }
        }
        Ok(())
    }

    /// Goes on to a node. A way ends before a node that the graph does not have, and at one without neighbours.
    fn enter(
        &mut self,
        node: &'v Value,
        way: &mut Vec<Place<'v>>,
        on_way: &mut BTreeSet<&'v Value>,
    ) -> Result<(), BuiltinError> {
        let Some(neighbours) = self.graph.get(node) else {
            return self.commit(way);
        };
        let neighbours = nodes(neighbours);
        let first = on_way.insert(node);
        way.push(Place {
            node,
            neighbours: neighbours.iter(),
            first,
        });
        if neighbours.is_empty() {
            self.commit(way)
        } else {
            Ok(())
        }
    }

    fn commit(&mut self, way: &[Place<'v>]) -> Result<(), BuiltinError> {
        self.meter.step(units(way.len()))?;
        self.meter
            .alloc(units(way.len() + 2).saturating_mul(units(size_of::<Value>())))?;
        let path: Vec<Value> = way.iter().map(|place| place.node.clone()).collect();
        self.found.insert(Value::from(path));
        Ok(())
    }
}

/// Goes one node back.
fn leave<'v>(way: &mut Vec<Place<'v>>, on_way: &mut BTreeSet<&'v Value>) {
    if let Some(place) = way.pop()
        && place.first
    {
        on_way.remove(place.node);
    }
}
