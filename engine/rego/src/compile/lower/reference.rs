//! References: the part that is known before anything runs, keys that are found, and the rules that are needed.

use super::super::flow::Bound;
use super::super::ir::{Expr, NodeId, Pattern, StepKind};
use super::super::term::{Kind, Term};
use super::{Lowerer, Steps};
use crate::value::Value;

impl Lowerer<'_> {
    pub(super) fn reference(
        &mut self,
        head: &Term,
        args: &[Term],
        bound: &mut Bound,
        out: &mut Steps<'_>,
    ) -> Expr {
        if matches!(head.kind, Kind::Data) {
            return self.data_reference(args, bound, out);
        }
        if let (Kind::Input, Some(first)) = (&head.kind, args.first())
            && let Kind::Const(Value::String(key)) = &first.kind
        {
            self.input_keys.push((key.clone(), first.place));
        }
        let expr = self.expr(head, bound, out);
        self.arguments(expr, args, bound, out)
    }

    /// Arguments of a reference to a value that is at hand.
    pub(super) fn arguments(
        &mut self,
        mut expr: Expr,
        args: &[Term],
        bound: &mut Bound,
        out: &mut Steps<'_>,
    ) -> Expr {
        for arg in args {
            expr = if finds_keys(arg, bound) {
                let key = self.pattern(arg, bound, out);
                let value = self.temporary(bound);
                out.push(StepKind::Scan {
                    collection: expr,
                    key,
                    value: Pattern::Bind(value),
                });
                Expr::Local(value)
            } else {
                let key = self.expr(arg, bound, out);
                Expr::Get(Box::new(expr), Box::new(key))
            };
        }
        expr
    }

    /// A reference below `data`. As long as it may lead through packages, nothing is evaluated but what it names: keys are
    /// found without their values, and only the rules that it can lead to are needed.
    pub(super) fn data_reference(
        &mut self,
        args: &[Term],
        bound: &mut Bound,
        out: &mut Steps<'_>,
    ) -> Expr {
        let (mut expr, used) = self.data_prefix(args);
        let words = args.iter().map_while(|arg| match &arg.kind {
            Kind::Const(Value::String(word)) => Some(word.clone()),
            _ => None,
        });
        self.mentions.push(words.collect());
        let mut nodes: Vec<NodeId> = match expr {
            Expr::Data(node) => vec![node],
            _ => Vec::new(),
        };
        let mut used = used;
        while let Some(arg) = args.get(used) {
            nodes = self.next_nodes(nodes, arg);
            if nodes.is_empty() {
                break;
            }
            used += 1;
            let key = if finds_keys(arg, bound) {
                let key = self.temporary(bound);
                out.push(StepKind::Keys {
                    container: expr.clone(),
                    key: Pattern::Bind(key),
                });
                let pattern = self.pattern(arg, bound, out);
                out.push(StepKind::Let(pattern, Expr::Local(key)));
                Expr::Local(key)
            } else {
                self.expr(arg, bound, out)
            };
            expr = Expr::Get(Box::new(expr), Box::new(key));
        }
        self.check_not_a_function(&expr, args);
        self.needs.extend(nodes);
        self.arguments(expr, args.get(used..).unwrap_or_default(), bound, out)
    }

    pub(super) fn check_not_a_function(&mut self, expr: &Expr, args: &[Term]) {
        let Expr::Data(node) = expr else { return };
        let (Some(function), Some(last)) = (
            self.tree.node(*node).filter(|node| node.arity.is_some()),
            args.last(),
        ) else {
            return;
        };
        let message = format!(
            "function data.{} used as reference, not called",
            crate::compile::tree::spell(&function.path)
        );
        self.reports.add(
            "rego_type_error",
            message,
            last.place,
            Some("give it its operands in parentheses"),
        );
    }

    /// The nodes that a further argument may lead to; rules that end the way are needed.
    pub(super) fn next_nodes(&mut self, nodes: Vec<NodeId>, arg: &Term) -> Vec<NodeId> {
        let mut next = Vec::new();
        for node in nodes {
            if self.tree.has_rules(node) {
                self.needs.push(node);
                continue;
            }
            let Some(children) = self.tree.node(node).map(|node| &node.children) else {
                continue;
            };
            match &arg.kind {
                Kind::Const(Value::String(word)) => next.extend(children.get(word).copied()),
                Kind::Const(_) => {}
                _ => next.extend(children.values().copied()),
            }
        }
        next
    }

    /// The part of a reference below `data` that is known before anything runs: up to the first rule, or to where the tree
    /// ends and base data goes on.
    pub(super) fn data_prefix(&mut self, args: &[Term]) -> (Expr, usize) {
        let known = |arg: &Term| match &arg.kind {
            Kind::Const(value @ (Value::String(_) | Value::Number(_))) => Some(value.clone()),
            _ => None,
        };
        let words: Vec<Value> = args.iter().map_while(known).collect();
        let (mut node, mut used) = (0, 0);
        while let Some(child) = words
            .get(used)
            .and_then(Value::as_str)
            .and_then(|word| self.tree.child(node, word))
        {
            (node, used) = (child, used + 1);
            if self.tree.has_rules(node) {
                return (Expr::Data(node), used);
            }
        }
        if used < words.len() {
            let used = words.len();
            return (Expr::Base(words.into()), used);
        }
        (Expr::Data(node), used)
    }
}

/// Whether a key of a reference has variables to be found.
pub(super) fn finds_keys(arg: &Term, bound: &Bound) -> bool {
    match &arg.kind {
        Kind::Local(slot) => !bound.contains(slot),
        Kind::Array(items) => items.iter().any(|item| finds_keys(item, bound)),
        Kind::Object(entries) => entries.iter().any(|(_, value)| finds_keys(value, bound)),
        _ => false,
    }
}
