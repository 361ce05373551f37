//! Rules that need themselves. They would never end, so they are refused before anything runs.

use crate::compile::ir::{NodeId, Rule};
use crate::compile::report::Reports;
use crate::compile::tree::Tree;

/// Of a long cycle the ways of so many rules are spelt out, and so many rules of each way.
const SPELT: usize = 12;

/// Reports every rule that a chain of needs leads back to, with the chain spelt out.
pub(crate) fn recursion(tree: &Tree, rules: &[Rule], needs: &[Vec<NodeId>], reports: &mut Reports) {
    let graph = graph(tree, rules, needs);
    for component in components(&graph) {
        let mut inside = vec![false; graph.len()];
        for node in &component {
            if let Some(flag) = inside.get_mut(*node as usize) {
                *flag = true;
            }
        }
        let itself = component.iter().any(|node| {
            graph
                .get(*node as usize)
                .is_some_and(|needs| needs.contains(node))
        });
        if component.len() == 1 && !itself {
            continue;
        }
        let recursive: Vec<NodeId> = component
            .iter()
            .copied()
            .filter(|node| tree.has_rules(*node))
            .collect();
        for node in recursive.iter().take(SPELT) {
            report(tree, rules, &graph, &inside, *node, reports);
        }
        if let Some(first) = recursive.first() {
            for node in recursive.iter().skip(SPELT) {
                report_member(tree, rules, *node, *first, reports);
            }
        }
    }
}

fn report(
    tree: &Tree,
    rules: &[Rule],
    graph: &[Vec<NodeId>],
    inside: &[bool],
    node: NodeId,
    reports: &mut Reports,
) {
    let Some(cycle) = cycle(graph, inside, node) else {
        return;
    };
    let own = tree
        .node(node)
        .and_then(|node| node.rules.first().or(node.default.as_ref()).copied());
    let Some(rule) = own.and_then(|rule| rules.get(rule as usize)) else {
        return;
    };
    let spelt: Vec<String> = cycle
        .iter()
        .filter(|node| tree.has_rules(**node))
        .map(|node| format!("data.{}", tree.spell(*node)))
        .collect();
    let message = format!(
        "rule data.{} is recursive: {}",
        tree.spell(node),
        shortened(&spelt).join(" -> ")
    );
    reports.add(
        "rego_recursion_error",
        message,
        rule.head,
        Some("Rego has no recursion: use a comprehension, `walk` or `graph.reachable`"),
    );
}

fn shortened(way: &[String]) -> Vec<String> {
    match (way.get(..SPELT), way.last()) {
        (Some(beginning), Some(last)) if way.len() > SPELT + 1 => {
            let left_out = format!("({} more)", way.len() - SPELT - 1);
            beginning
                .iter()
                .cloned()
                .chain([left_out, last.clone()])
                .collect()
        }
        _ => way.to_vec(),
    }
}

fn report_member(tree: &Tree, rules: &[Rule], node: NodeId, first: NodeId, reports: &mut Reports) {
    let own = tree
        .node(node)
        .and_then(|node| node.rules.first().or(node.default.as_ref()).copied());
    let Some(rule) = own.and_then(|rule| rules.get(rule as usize)) else {
        return;
    };
    let message = format!(
        "rule data.{} is recursive: it is a part of the cycle of data.{}",
        tree.spell(node),
        tree.spell(first)
    );
    reports.add("rego_recursion_error", message, rule.head, None);
}

/// What each node needs: what its rules read and call, and everything below it.
fn graph(tree: &Tree, rules: &[Rule], needs: &[Vec<NodeId>]) -> Vec<Vec<NodeId>> {
    let mut graph: Vec<Vec<NodeId>> = tree
        .iter()
        .map(|(_, node)| {
            node.children
                .values()
                .copied()
                .filter(|child| tree.node(*child).is_some_and(|child| child.arity.is_none()))
                .collect()
        })
        .collect();
    for (rule, needs) in rules.iter().zip(needs) {
        if let Some(edges) = graph.get_mut(rule.node as usize) {
            edges.extend(needs);
            edges.sort_unstable();
            edges.dedup();
        }
    }
    graph
}

/// The shortest way from a node back to itself.
fn cycle(graph: &[Vec<NodeId>], inside: &[bool], start: NodeId) -> Option<Vec<NodeId>> {
    let mut from: Vec<Option<NodeId>> = vec![None; graph.len()];
    let mut queue = std::collections::VecDeque::from([start]);
    while let Some(node) = queue.pop_front() {
        for next in graph
            .get(node as usize)?
            .iter()
            .copied()
            .filter(|next| inside.get(*next as usize) == Some(&true))
        {
            if next == start {
                let mut way = vec![start, node];
                let mut at = node;
                while at != start {
                    at = (*from.get(at as usize)?)?;
                    way.push(at);
                }
                if way.last() != Some(&start) || node == start {
                    way.truncate(2);
                }
                way.reverse();
                return Some(way);
            }
            if let Some(slot) = from.get_mut(next as usize).filter(|slot| slot.is_none()) {
                *slot = Some(node);
                queue.push_back(next);
            }
        }
    }
    None
}

/// Strongly connected components, by Tarjan's algorithm with a stack of its own.
fn components(graph: &[Vec<NodeId>]) -> Vec<Vec<NodeId>> {
    let mut search = Search {
        graph,
        index: vec![u32::MAX; graph.len()],
        low: vec![0; graph.len()],
        on_stack: vec![false; graph.len()],
        stack: Vec::new(),
        next: 0,
        found: Vec::new(),
    };
    for node in 0..NodeId::try_from(graph.len()).unwrap_or(NodeId::MAX) {
        if search.index.get(node as usize) == Some(&u32::MAX) {
            search.from(node);
        }
    }
    search.found
}

struct Search<'a> {
    graph: &'a [Vec<NodeId>],
    index: Vec<u32>,
    low: Vec<u32>,
    on_stack: Vec<bool>,
    stack: Vec<NodeId>,
    next: u32,
    found: Vec<Vec<NodeId>>,
}

impl Search<'_> {
    fn from(&mut self, start: NodeId) {
        let mut work = vec![(start, 0_usize)];
        self.enter(start);
        while let Some((node, edge)) = work.pop() {
            match self
                .graph
                .get(node as usize)
                .and_then(|edges| edges.get(edge))
                .copied()
            {
                Some(next) => {
                    work.push((node, edge + 1));
                    if get(&self.index, next) == u32::MAX {
                        self.enter(next);
                        work.push((next, 0));
                    } else if self.on_stack.get(next as usize) == Some(&true) {
                        let low = get(&self.low, node).min(get(&self.index, next));
                        set(&mut self.low, node, low);
                    }
                }
                None => {
                    if get(&self.low, node) == get(&self.index, node) {
                        self.close(node);
                    }
                    if let Some((parent, _)) = work.last() {
                        let low = get(&self.low, *parent).min(get(&self.low, node));
                        set(&mut self.low, *parent, low);
                    }
                }
            }
        }
    }

    fn enter(&mut self, node: NodeId) {
        set(&mut self.index, node, self.next);
        set(&mut self.low, node, self.next);
        self.next += 1;
        self.stack.push(node);
        if let Some(flag) = self.on_stack.get_mut(node as usize) {
            *flag = true;
        }
    }

    fn close(&mut self, node: NodeId) {
        let mut component = Vec::new();
        while let Some(member) = self.stack.pop() {
            if let Some(flag) = self.on_stack.get_mut(member as usize) {
                *flag = false;
            }
            component.push(member);
            if member == node {
                break;
            }
        }
        self.found.push(component);
    }
}

fn get(list: &[u32], node: NodeId) -> u32 {
    list.get(node as usize).copied().unwrap_or(0)
}

fn set(list: &mut [u32], node: NodeId, value: u32) {
    if let Some(slot) = list.get_mut(node as usize) {
        *slot = value;
    }
}
