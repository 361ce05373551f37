//! What policies may ask of the graph of an estate: the ways from a node, the circle that leads back to it, and the
//! chain from it that takes longest.
//!
//! A graph is what `data.world.graph` holds: an object from nodes to kinds of edges to the nodes where they end. Ways
//! are arrays of nodes, both ends included. What is equal is decided by the order of nodes, so that answers do not
//! depend on anything else.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use plumbline_rego::builtins::operand::{Answer, any, object, size, strings};
use plumbline_rego::builtins::{Builtin, BuiltinError, Call, Type};
use plumbline_rego::{Array, Number, Object, ObjectBuilder, Value};

const KINDS: Type = Type::OneOf(&[Type::Set(&Type::String), Type::Array(&Type::String)]);

/// The functions, as the engine takes them.
pub(crate) const FUNCTIONS: &[Builtin] = &[
    Builtin {
        name: "plumbline.paths",
        operands: &[Type::Object, Type::Any, KINDS],
        result: Type::Object,
        deprecated: false,
        function: paths,
    },
    Builtin {
        name: "plumbline.cycle",
        operands: &[Type::Object, Type::Any, KINDS],
        result: Type::Array(&Type::Any),
        deprecated: false,
        function: cycle,
    },
    Builtin {
        name: "plumbline.chain",
        operands: &[Type::Object, Type::Any, KINDS, Type::Object],
        result: Type::Object,
        deprecated: false,
        function: chain,
    },
];

/// A graph, of which only some kinds of edges are followed.
struct Graph<'v> {
    nodes: &'v Object,
    kinds: Vec<&'v str>,
}

impl<'v> Graph<'v> {
    /// The first and the third operand.
    fn of(call: &Call<'_>, args: &'v [Value]) -> Result<Self, BuiltinError> {
        Ok(Self {
            nodes: object(call, args, 1)?,
            kinds: strings(call, args, 3)?,
        })
    }

    /// Where the edges from a node end, each once, in order.
    fn neighbours(
        &self,
        call: &Call<'_>,
        node: &Value,
    ) -> Result<BTreeSet<&'v Value>, BuiltinError> {
        let edges = self.nodes.get(node).and_then(Value::as_object);
        let ends = |kind: &&str| edges?.get_str(kind)?.as_array();
        let ends: BTreeSet<&Value> = self.kinds.iter().filter_map(ends).flatten().collect();
        call.meter.step(size(ends.len() + 1))?;
        Ok(ends)
    }
}

/// `plumbline.paths(graph, from, kinds)`: an object from every node that can be reached to the shortest way there.
fn paths(call: &mut Call<'_>, args: &[Value]) -> Answer {
    let graph = Graph::of(call, args)?;
    let from = any(call, args, 2)?;
    let mut reached = ObjectBuilder::default();
    let ways = ways(call, &graph, from, None)?;
    for node in ways.keys() {
        reached.insert((*node).clone(), way(call, &ways, from, node)?);
    }
    Ok(Some(Value::Object(reached.finish())))
}

/// `plumbline.cycle(graph, node, kinds)`: the shortest way from a node to itself; undefined where there is none.
fn cycle(call: &mut Call<'_>, args: &[Value]) -> Answer {
    let graph = Graph::of(call, args)?;
    let node = any(call, args, 2)?;
    let ways = ways(call, &graph, node, Some(node))?;
    let is_closed = ways.contains_key(node);
    is_closed.then(|| way(call, &ways, node, node)).transpose()
}

/// The nodes that can be reached, by the node before each of them; until one of them is found, if it is looked for.
fn ways<'v>(
    call: &Call<'_>,
    graph: &Graph<'v>,
    from: &'v Value,
    wanted: Option<&Value>,
) -> Result<BTreeMap<&'v Value, &'v Value>, BuiltinError> {
    let mut before: BTreeMap<&Value, &Value> = BTreeMap::new();
    let mut queue = VecDeque::from([from]);
    while let Some(node) = queue.pop_front() {
        for end in graph.neighbours(call, node)? {
            if before.contains_key(end) {
                continue;
            }
            before.insert(end, node);
            if wanted == Some(end) {
                return Ok(before);
            }
            if end != from {
                queue.push_back(end);
            }
        }
    }
    Ok(before)
}

/// The way to a node, from the nodes before each.
fn way(
    call: &Call<'_>,
    before: &BTreeMap<&Value, &Value>,
    from: &Value,
    to: &Value,
) -> Result<Value, BuiltinError> {
    let mut nodes = vec![to.clone()];
    let mut at = to;
    while let Some(earlier) = before.get(at) {
        call.meter.step(1)?;
        call.meter.alloc(size(size_of::<Value>()))?;
        nodes.push((*earlier).clone());
        if *earlier == from {
            break;
        }
        at = earlier;
    }
    Ok(Value::Array(nodes.into_iter().rev().collect::<Array>()))
}

/// The heaviest chain from a node on.
#[derive(Clone, Copy)]
struct Heaviest<'v> {
    sum: f64,
    next: Option<&'v Value>,
}

/// `plumbline.chain(graph, from, kinds, weights)`: the heaviest way from a node, as `path`, with its `sum` and the
/// nodes on it that have no weight as `unknown`. A way back to where it has been is not followed.
fn chain(call: &mut Call<'_>, args: &[Value]) -> Answer {
    let graph = Graph::of(call, args)?;
    let from = any(call, args, 2)?;
    let weights = object(call, args, 4)?;
    let heaviest = heaviest(call, &graph, from, weights)?;
    let (mut path, mut unknown) = (Vec::new(), Vec::new());
    let mut at = Some(from);
    while let Some(node) = at {
        call.meter.alloc(size(size_of::<Value>()))?;
        if weight(weights, node).is_none() {
            unknown.push(node.clone());
        }
        path.push(node.clone());
        at = heaviest.get(node).and_then(|found| found.next);
    }
    let sum = heaviest.get(from).map_or(0.0, |found| found.sum);
    let mut answer = ObjectBuilder::default();
    answer.insert_str("path", Value::Array(path.into_iter().collect::<Array>()));
    answer.insert_str(
        "sum",
        Number::from_f64(sum).map_or(Value::Null, Value::Number),
    );
    answer.insert_str(
        "unknown",
        Value::Array(unknown.into_iter().collect::<Array>()),
    );
    Ok(Some(Value::Object(answer.finish())))
}

fn weight(weights: &Object, node: &Value) -> Option<f64> {
    let weight = weights.get(node)?.as_number()?;
    Some(weight.to_f64())
}

/// What follows a node on the way, and is not looked at yet.
struct Open<'v> {
    node: &'v Value,
    left: Vec<&'v Value>,
}

/// The heaviest chain from every node that can be reached, found from the ends on, without native recursion.
fn heaviest<'v>(
    call: &Call<'_>,
    graph: &Graph<'v>,
    from: &'v Value,
    weights: &Object,
) -> Result<BTreeMap<&'v Value, Heaviest<'v>>, BuiltinError> {
    let mut found: BTreeMap<&Value, Heaviest<'_>> = BTreeMap::new();
    let mut on_way = BTreeSet::from([from]);
    let mut way = vec![open(call, graph, from)?];
    while let Some(last) = way.last_mut() {
        if let Some(next) = last.left.pop() {
            if !found.contains_key(next) && on_way.insert(next) {
                way.push(open(call, graph, next)?);
            }
            continue;
        }
        let node = last.node;
        let mut best = Heaviest {
            sum: 0.0,
            next: None,
        };
        for end in graph.neighbours(call, node)? {
            // An end that is not found yet is on the way here: it leads back.
            let Some(after) = found.get(end) else {
                continue;
            };
            if best.next.is_none() || after.sum > best.sum {
                best = Heaviest {
                    sum: after.sum,
                    next: Some(end),
                };
            }
        }
        best.sum += weight(weights, node).unwrap_or(0.0);
        found.insert(node, best);
        on_way.remove(node);
        way.pop();
    }
    Ok(found)
}

fn open<'v>(call: &Call<'_>, graph: &Graph<'v>, node: &'v Value) -> Result<Open<'v>, BuiltinError> {
    let left = graph.neighbours(call, node)?.into_iter().rev().collect();
    Ok(Open { node, left })
}

#[cfg(test)]
mod tests {
    use plumbline_rego::{Module, Settings, Version, compile_with};

    use super::Value;
    use crate::policy::functions;

    /// What an expression comes to, of a graph whose edges are spelt `a b c` for `a` to `b` and `c`.
    #[track_caller]
    fn check(edges: &[&str], expression: &str, expected: Option<&str>) {
        let nodes: Vec<String> = edges
            .iter()
            .map(|line| {
                let mut words = line.split(' ');
                let from = words.next().unwrap();
                let ends: Vec<String> = words.map(|word| format!("\"{word}\"")).collect();
                format!("\"{from}\": {{\"calls\": [{}]}}", ends.join(", "))
            })
            .collect();
        let text = format!(
            "package t\n\ng := {{{}}}\n\np := {expression}\n",
            nodes.join(", ")
        );
        let (program, diagnostics) =
            compile_with(&[Module::new("t.rego", text.as_str())], functions());
        assert_eq!(diagnostics, [], "{text}");
        let query = program.query("data.t.p = x", &[], Version::V1).unwrap();
        let settings = Settings {
            strict: true,
            ..Settings::default()
        };
        let answer = program
            .solve(&query, &Value::empty_object(), None, &settings)
            .unwrap();
        let found = answer
            .solutions
            .first()
            .and_then(|solution| solution.bindings.get("x"))
            .map(plumbline_rego::value::json::to_string);
        assert_eq!(found.as_deref(), expected, "{expression} of {edges:?}");
    }

    #[test]
    fn the_shortest_way_to_every_node_is_found() {
        check(
            &["a b c", "b d", "c e", "e d"],
            r#"plumbline.paths(g, "a", {"calls"})"#,
            Some(r#"{"b":["a","b"],"c":["a","c"],"d":["a","b","d"],"e":["a","c","e"]}"#),
        );
        check(
            &["a b"],
            r#"plumbline.paths(g, "b", {"calls"})"#,
            Some("{}"),
        );
        check(
            &["a b"],
            r#"plumbline.paths(g, "a", {"reads"})"#,
            Some("{}"),
        );
    }

    #[test]
    fn a_circle_is_the_shortest_one() {
        check(
            &["a b", "b c a", "c a"],
            r#"plumbline.cycle(g, "a", {"calls"})"#,
            Some(r#"["a","b","a"]"#),
        );
        check(
            &["a a"],
            r#"plumbline.cycle(g, "a", {"calls"})"#,
            Some(r#"["a","a"]"#),
        );
        check(
            &["a b", "b c", "c b"],
            r#"plumbline.cycle(g, "a", {"calls"})"#,
            None,
        );
    }

    #[test]
    fn the_heaviest_chain_is_found_and_what_has_no_weight_is_named() {
        check(
            &["a b c", "b d", "c d"],
            r#"plumbline.chain(g, "a", {"calls"}, {"a": 1, "b": 5, "c": 2, "d": 3})"#,
            Some(r#"{"path":["a","b","d"],"sum":9,"unknown":[]}"#),
        );
        check(
            &["a b"],
            r#"plumbline.chain(g, "a", {"calls"}, {"a": 1})"#,
            Some(r#"{"path":["a","b"],"sum":1,"unknown":["b"]}"#),
        );
        check(
            &["a b"],
            r#"plumbline.chain(g, "b", {"calls"}, {"b": 0.5})"#,
            Some(r#"{"path":["b"],"sum":0.5,"unknown":[]}"#),
        );
    }

    #[test]
    fn a_chain_does_not_go_round() {
        check(
            &["a b", "b a c", "c"],
            r#"plumbline.chain(g, "a", {"calls"}, {"a": 1, "b": 1, "c": 1})"#,
            Some(r#"{"path":["a","b","c"],"sum":3,"unknown":[]}"#),
        );
    }
}
