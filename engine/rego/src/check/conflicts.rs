//! Rules of one name that cannot be one thing: a value and a set, a value and a function.

use crate::compile::ir::{Node, NodeId, Rule, RuleKind};
use crate::compile::report::Reports;
use crate::compile::tree::Tree;

pub(crate) fn conflicts(tree: &Tree, rules: &[Rule], reports: &mut Reports) {
    for (id, node) in tree.iter() {
        let own: Vec<&Rule> = node
            .rules
            .iter()
            .chain(&node.default)
            .filter_map(|rule| rules.get(*rule as usize))
            .collect();
        let Some(first) = own.first() else { continue };
        below(tree, node, first, id, reports);
        // Functions of several arities are reported where they are declared.
        if node.arity.is_some_and(|arity| {
            own.iter()
                .any(|rule| rule.params.len() != arity && !rule.params.is_empty())
        }) {
            continue;
        }
        let shape = |rule: &Rule| {
            let keys = rule.branches.first().map_or(0, |branch| branch.keys.len());
            (rule.kind, keys > 0, node.arity.map(|_| rule.is_function))
        };
        let shapes = |rule: &&&Rule| {
            let (one, other) = (shape(first), shape(rule));
            // Objects of sets and objects of values share a node as long as their keys do not meet.
            let dynamic = one.1 && other.1;
            one != other
                && !dynamic
                && !(one.0 == RuleKind::Single
                    && other.0 == RuleKind::Single
                    && one.1 != other.1
                    && node.arity.is_none())
        };
        if let Some(other) = own.iter().find(shapes) {
            let message = format!("conflicting rules data.{} found", tree.spell(id));
            reports.add(
                "rego_type_error",
                message,
                other.head,
                Some("a name is a value, a set or a function, and always the same"),
            );
        }
    }
}

/// A value, a set or a function has nothing below it: no package, and no rule unless it is an object of rules itself.
fn below(tree: &Tree, node: &Node, first: &Rule, id: NodeId, reports: &mut Reports) {
    let keyed = first
        .branches
        .first()
        .is_some_and(|branch| !branch.keys.is_empty());
    let conflict = node.children.iter().find(|(_, child)| {
        let child = tree.node(**child);
        child.is_some_and(|child| {
            child.package || !keyed && (child.declared || !child.children.is_empty())
        })
    });
    if let Some((_, child)) = conflict {
        let message = format!(
            "rule data.{} conflicts with data.{}",
            tree.spell(id),
            tree.spell(*child)
        );
        reports.add(
            "rego_type_error",
            message,
            first.head,
            Some("give one of them another name"),
        );
    }
}
