//! Bodies to steps: literals in an order in which they can run, with every variable known to be bound or not.

use super::flow::{self, Bound, same_constant};
use super::ir::{
    Call, Change, ChangeTarget, ChangeValue, Comprehension, Expr, NodeId, Part, Pattern, Place,
    Slot, Step, StepKind, Target, Template,
};
use super::report::Reports;
use super::term::{self, Kind, Literal, LiteralKind, Term, With, WithTarget, WithValue};
use super::tree::Tree;
use crate::builtins::Table;
use crate::value::{ArcStr, Value};

/// Lowers one rule, or one query.
pub(crate) struct Lowerer<'a> {
    pub(crate) tree: &'a Tree,
    pub(crate) table: &'a Table,
    pub(crate) reports: &'a mut Reports,
    /// The name of each slot.
    pub(crate) names: Vec<ArcStr>,
    /// Nodes whose value or function is needed.
    pub(crate) needs: Vec<NodeId>,
    /// Variables that were reported already.
    pub(crate) blamed: Bound,
}

impl Lowerer<'_> {
    /// How many slots there are.
    pub(crate) fn slots(&self) -> u32 {
        Slot::try_from(self.names.len()).unwrap_or(Slot::MAX)
    }

    /// The steps of a body. What can never run is reported.
    pub(crate) fn body(&mut self, literals: &[Literal], bound: &mut Bound) -> Vec<Step> {
        let mut steps = Vec::new();
        let mut waiting: Vec<&Literal> = literals.iter().collect();
        // Pass after pass, as OPA orders them: what can run in a pass runs in the order in which it is written.
        while !waiting.is_empty() {
            let mut left = Vec::new();
            for literal in &waiting {
                if flow::missing(literal, bound).is_empty() {
                    self.literal(literal, bound, &mut steps);
                } else {
                    left.push(*literal);
                }
            }
            if left.len() == waiting.len() {
                self.report_unsafe(&left, bound);
                break;
            }
            waiting = left;
        }
        steps
    }

    /// Each variable once; wildcards and temporaries only where nothing else is to blame.
    fn report_unsafe(&mut self, literals: &[&Literal], bound: &Bound) {
        for literal in literals {
            let missing = flow::missing(literal, bound);
            let wild = |slot: &Slot| {
                self.names
                    .get(*slot as usize)
                    .is_none_or(|name| name.as_str() == "_" || name.is_empty())
            };
            let named = missing.iter().any(|(slot, _)| !wild(slot));
            let blamed: Vec<(Slot, Place)> = missing
                .into_iter()
                .filter(|(slot, _)| !named || !wild(slot))
                .collect();
            for (slot, place) in blamed {
                self.blame(
                    slot,
                    if place == Place::default() {
                        literal.place
                    } else {
                        place
                    },
                );
            }
        }
    }

    fn blame(&mut self, slot: Slot, place: Place) {
        if self.blamed.insert(slot) {
            let name = self.names.get(slot as usize).cloned().unwrap_or_default();
            self.unsafe_variable(&name, place);
        }
    }

    fn unsafe_variable(&mut self, name: &str, place: Place) {
        let others = self
            .names
            .iter()
            .map(ArcStr::as_str)
            .filter(|other| other.len() > 1 && *other != name);
        let hint = match (name, crate::builtins::nearest(name, others)) {
            ("_", _) => {
                "a wildcard cannot find values here: put it into a comprehension or a helper rule"
                    .to_owned()
            }
            (_, Some(near)) if name.len() > 1 => {
                format!("nothing gives `{name}` a value; did you mean `{near}`?")
            }
            _ => format!(
                "nothing gives `{name}` a value: misspelt, or used before anything binds it"
            ),
        };
        self.reports.add(
            "rego_unsafe_var_error",
            format!("var {name} is unsafe"),
            place,
            Some(&hint),
        );
    }

    /// Terms of a head, evaluated after the body: references in them may find several values.
    pub(crate) fn heads(
        &mut self,
        heads: &[Term],
        place: Place,
        bound: &mut Bound,
        steps: &mut Vec<Step>,
    ) -> Vec<Expr> {
        let mut exprs = Vec::new();
        for head in heads {
            let missing = flow::missing_in(head, bound);
            if !missing.is_empty() {
                for (slot, place) in missing {
                    self.blame(
                        slot,
                        if place == Place::default() {
                            head.place
                        } else {
                            place
                        },
                    );
                }
                return Vec::new();
            }
            let mut more = Steps {
                out: steps,
                place,
                literal: u32::MAX,
            };
            exprs.push(self.expr(head, bound, &mut more));
        }
        exprs
    }

    /// Patterns of parameters.
    pub(crate) fn params(
        &mut self,
        params: &[Term],
        bound: &mut Bound,
        steps: &mut Vec<Step>,
    ) -> Vec<Pattern> {
        let mut more = Steps {
            out: steps,
            place: Place::default(),
            literal: u32::MAX,
        };
        params
            .iter()
            .map(|param| self.pattern(param, bound, &mut more))
            .collect()
    }

    fn literal(&mut self, literal: &Literal, bound: &mut Bound, steps: &mut Vec<Step>) {
        if literal.with.is_empty() {
            let mut out = Steps {
                out: steps,
                place: literal.place,
                literal: literal.index,
            };
            self.kind(&literal.kind, bound, &mut out);
            return;
        }
        let mut out = Steps {
            out: steps,
            place: literal.place,
            literal: literal.index,
        };
        let changes = literal
            .with
            .iter()
            .map(|with| self.change(with, bound, &mut out))
            .collect();
        let mut body = Vec::new();
        let mut inner = Steps {
            out: &mut body,
            place: literal.place,
            literal: literal.index,
        };
        self.kind(&literal.kind, bound, &mut inner);
        out.push(StepKind::With { changes, body });
    }

    fn change(&mut self, with: &With, bound: &mut Bound, out: &mut Steps<'_>) -> Change {
        let target = match &with.target {
            WithTarget::Input(path) => ChangeTarget::Input(path.clone()),
            WithTarget::Data(path) => ChangeTarget::Data(path.clone()),
            WithTarget::Function(target) => ChangeTarget::Function(*target),
        };
        let value = match &with.value {
            WithValue::Term(term) => ChangeValue::Value(self.expr(term, bound, out)),
            WithValue::Function(target) => {
                self.needs.extend(super::resolve::function_node(*target));
                ChangeValue::Function(*target)
            }
        };
        Change { target, value }
    }

    fn kind(&mut self, kind: &LiteralKind, bound: &mut Bound, out: &mut Steps<'_>) {
        match kind {
            LiteralKind::Term(term) => {
                let expr = self.expr(term, bound, out);
                out.push(StepKind::Test(expr));
            }
            LiteralKind::Unify(left, right)
            | LiteralKind::Equal(left, right)
            | LiteralKind::Output(left, right) => self.unify(left, right, bound, out),

            LiteralKind::Not(inner) => self.negation(inner, bound, out),
            LiteralKind::NotBody(body, _) => {
                let body = self.body(body, &mut bound.clone());
                out.push(StepKind::Not(body));
            }
            LiteralKind::Or(bodies) => {
                let bodies = bodies
                    .iter()
                    .map(|(body, _)| self.body(body, &mut bound.clone()))
                    .collect();
                out.push(StepKind::Exists(bodies));
            }
            LiteralKind::SomeIn {
                key,
                value,
                collection,
            } => {
                let collection = self.expr(collection, bound, out);
                let key = key
                    .as_ref()
                    .map_or(Pattern::Any, |key| self.pattern(key, bound, out));
                let value = self.pattern(value, bound, out);
                out.push(StepKind::Scan {
                    collection,
                    key,
                    value,
                });
            }
            LiteralKind::Every {
                key,
                value,
                domain,
                body,
                ..
            } => {
                let domain = self.expr(domain, bound, out);
                let mut inner = bound.clone();
                let key = key
                    .as_ref()
                    .map_or(Pattern::Any, |key| self.pattern(key, &mut inner, out));
                let value = self.pattern(value, &mut inner, out);
                let body = self.body(body, &mut inner);
                out.push(StepKind::Every {
                    domain,
                    key,
                    value,
                    body,
                });
            }
            LiteralKind::Declaration => {}
        }
    }

    /// What a negated condition reads through calls is read before the negation, as OPA does: if it is undefined, so is
    /// the condition.
    fn negation(&mut self, inner: &LiteralKind, bound: &mut Bound, out: &mut Steps<'_>) {
        let settled = match inner {
            LiteralKind::Term(term) => LiteralKind::Term(self.settle_operands(term, bound, out)),
            LiteralKind::Unify(left, right) | LiteralKind::Equal(left, right) => {
                LiteralKind::Unify(
                    self.settle_side(left, bound, out),
                    self.settle_side(right, bound, out),
                )
            }
            LiteralKind::Output(result, call) => LiteralKind::Output(
                self.settle_side(result, bound, out),
                self.settle_operands(call, bound, out),
            ),
            other => other.clone(),
        };
        let mut body = Vec::new();
        let mut steps = Steps {
            out: &mut body,
            place: out.place,
            literal: out.literal,
        };
        self.kind(&settled, &mut bound.clone(), &mut steps);
        out.push(StepKind::Not(body));
    }

    /// A call with its operands settled; a reference with its keys settled; anything else as it is.
    fn settle_operands(&mut self, term: &Term, bound: &mut Bound, out: &mut Steps<'_>) -> Term {
        let kind = match &term.kind {
            Kind::Call(target, args) => Kind::Call(
                *target,
                args.iter()
                    .map(|arg| self.settle(arg, bound, out))
                    .collect(),
            ),
            Kind::Ref(head, args) => {
                let head = match head.kind {
                    Kind::Input | Kind::Data | Kind::Local(_) => head.clone(),
                    _ => Box::new(self.settle(head, bound, out)),
                };
                Kind::Ref(
                    head,
                    args.iter()
                        .map(|arg| self.settle(arg, bound, out))
                        .collect(),
                )
            }
            Kind::Array(_) | Kind::Set(_) | Kind::Object(_) => {
                return self.settle(term, bound, out);
            }
            other => other.clone(),
        };
        Term {
            kind,
            place: term.place,
        }
    }

    fn settle_side(&mut self, term: &Term, bound: &mut Bound, out: &mut Steps<'_>) -> Term {
        match &term.kind {
            Kind::Ref(..) => self.settle_operands(term, bound, out),
            _ => self.settle(term, bound, out),
        }
    }

    /// Gives a term a value of its own, before what follows.
    fn settle(&mut self, term: &Term, bound: &mut Bound, out: &mut Steps<'_>) -> Term {
        match term.kind {
            Kind::Const(_) | Kind::Local(_) => term.clone(),
            _ => {
                let expr = self.expr(term, bound, out);
                let slot = self.temporary(bound);
                out.push(StepKind::Let(Pattern::Bind(slot), expr));
                Term::local(slot, term.place)
            }
        }
    }

    fn temporary(&mut self, bound: &mut Bound) -> Slot {
        let slot = self.slots();
        self.names.push(ArcStr::default());
        bound.insert(slot);
        slot
    }

    /// Two sides that must be equal. The flow has made sure that this can be done.
    fn unify(&mut self, left: &Term, right: &Term, bound: &mut Bound, out: &mut Steps<'_>) {
        let mut pairs = vec![(left.clone(), right.clone())];
        let mut postponed = 0;
        while let Some((left, right)) = pairs.pop() {
            match (&left.kind, &right.kind) {
                (Kind::Array(one), Kind::Array(other)) => {
                    if one.len() != other.len() {
                        out.push(StepKind::Test(Expr::Const(Value::Bool(false))));
                        return;
                    }
                    pairs.extend(one.iter().cloned().zip(other.iter().cloned()).rev());
                }
                (Kind::Object(one), Kind::Object(other)) if same_keys(one, other) => {
                    for (key, value) in one.iter().rev() {
                        let twin = other
                            .iter()
                            .find(|(candidate, _)| same_constant(key, candidate));
                        pairs.extend(twin.map(|(_, twin)| (value.clone(), twin.clone())));
                    }
                }
                _ if is_settled(&right, bound)
                    || flow::is_ground(&right, bound) && !is_settled(&left, bound) =>
                {
                    let expr = self.expr(&right, bound, out);
                    let pattern = self.pattern(&left, bound, out);
                    out.push(StepKind::Let(pattern, expr));
                    postponed = 0;
                }
                _ if flow::is_ground(&left, bound) => {
                    let expr = self.expr(&left, bound, out);
                    let pattern = self.pattern(&right, bound, out);
                    out.push(StepKind::Let(pattern, expr));
                    postponed = 0;
                }
                _ => {
                    // Another pair may bind what this one needs; the flow says that one does.
                    postponed += 1;
                    if postponed > pairs.len() + 1 {
                        out.push(StepKind::Test(Expr::Const(Value::Bool(false))));
                        return;
                    }
                    pairs.insert(0, (left, right));
                }
            }
        }
    }

    /// What a value is matched with; unbound variables are bound by it.
    fn pattern(&mut self, term: &Term, bound: &mut Bound, out: &mut Steps<'_>) -> Pattern {
        match &term.kind {
            Kind::Local(slot) if bound.insert(*slot) => Pattern::Bind(*slot),
            Kind::Array(items) => Pattern::Array(
                items
                    .iter()
                    .map(|item| self.pattern(item, bound, out))
                    .collect(),
            ),
            Kind::Object(entries) => {
                let entry = |(key, value): &(Term, Term)| {
                    (self.expr(key, bound, out), self.pattern(value, bound, out))
                };
                Pattern::Object(entries.iter().map(entry).collect())
            }
            _ => Pattern::Equal(self.expr(term, bound, out)),
        }
    }

    /// What gives a term's value. References that find their own keys become steps before it.
    fn expr(&mut self, term: &Term, bound: &mut Bound, out: &mut Steps<'_>) -> Expr {
        match &term.kind {
            Kind::Const(value) => Expr::Const(value.clone()),
            Kind::Local(slot) => Expr::Local(*slot),
            Kind::Input => Expr::Input,
            Kind::Data => self.data(0),
            Kind::Ref(head, args) => self.reference(head, args, bound, out),
            Kind::Call(target, args) => self.call(*target, args, term.place, bound, out),
            Kind::Array(items) => Expr::Array(
                items
                    .iter()
                    .map(|item| self.expr(item, bound, out))
                    .collect(),
            ),
            Kind::Set(items) => Expr::Set(
                items
                    .iter()
                    .map(|item| self.expr(item, bound, out))
                    .collect(),
            ),
            Kind::Object(entries) => {
                let entry = |(key, value): &(Term, Term)| {
                    (self.expr(key, bound, out), self.expr(value, bound, out))
                };
                Expr::Object(entries.iter().map(entry).collect())
            }
            Kind::Comprehension(inner) => self.comprehension(inner, term.place, bound),
            Kind::Template(parts) => {
                let parts = parts.iter().map(|part| self.part(part, bound)).collect();
                Expr::Template(Box::new(Template {
                    parts,
                    place: term.place,
                }))
            }
        }
    }

    fn data(&mut self, node: NodeId) -> Expr {
        self.needs.push(node);
        Expr::Data(node)
    }

    fn part(&mut self, part: &term::Part, bound: &Bound) -> Part {
        match part {
            term::Part::Text(text) => Part::Text(text.clone()),
            term::Part::Expr { body, value, .. } => {
                let mut inner = bound.clone();
                let mut steps = self.body(body, &mut inner);
                let mut more = Steps {
                    out: &mut steps,
                    place: value.place,
                    literal: 0,
                };
                let value = self.expr(value, &mut inner, &mut more);
                Part::Values { body: steps, value }
            }
        }
    }

    fn comprehension(&mut self, inner: &term::Comprehension, place: Place, bound: &Bound) -> Expr {
        let mut own = bound.clone();
        let mut body = self.body(&inner.body, &mut own);
        let heads: Vec<Term> = inner.key.iter().chain([&inner.value]).cloned().collect();
        let mut exprs = self.heads(&heads, place, &mut own, &mut body);
        let value = exprs.pop().unwrap_or(Expr::Const(Value::Null));
        let key = exprs.pop().unwrap_or(Expr::Const(Value::Null));
        Expr::Comprehension(Box::new(Comprehension {
            kind: inner.kind,
            key,
            value,
            body,
            place,
        }))
    }

    fn call(
        &mut self,
        target: Target,
        args: &[Term],
        place: Place,
        bound: &mut Bound,
        out: &mut Steps<'_>,
    ) -> Expr {
        let mut args: Vec<Expr> = args.iter().map(|arg| self.expr(arg, bound, out)).collect();
        self.needs.extend(super::resolve::function_node(target));
        if self.is_walk(target) && args.len() == 1 {
            let document = args.pop().unwrap_or(Expr::Input);
            let (path, value) = (self.temporary(bound), self.temporary(bound));
            out.push(StepKind::Walk {
                document,
                path: Pattern::Bind(path),
                value: Pattern::Bind(value),
            });
            return Expr::Array(vec![Expr::Local(path), Expr::Local(value)]);
        }
        Expr::Call(Box::new(Call {
            target,
            args,
            place,
        }))
    }

    fn is_walk(&self, target: Target) -> bool {
        matches!(target, Target::Builtin(index) if self.table.get(index).name == "walk")
    }

    fn reference(
        &mut self,
        head: &Term,
        args: &[Term],
        bound: &mut Bound,
        out: &mut Steps<'_>,
    ) -> Expr {
        if matches!(head.kind, Kind::Data) {
            return self.data_reference(args, bound, out);
        }
        let expr = self.expr(head, bound, out);
        self.arguments(expr, args, bound, out)
    }

    /// Arguments of a reference to a value that is at hand.
    fn arguments(
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
    fn data_reference(&mut self, args: &[Term], bound: &mut Bound, out: &mut Steps<'_>) -> Expr {
        let (mut expr, used) = self.data_prefix(args);
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

    fn check_not_a_function(&mut self, expr: &Expr, args: &[Term]) {
        let Expr::Data(node) = expr else { return };
        let (Some(function), Some(last)) = (
            self.tree.node(*node).filter(|node| node.arity.is_some()),
            args.last(),
        ) else {
            return;
        };
        let message = format!(
            "function data.{} used as reference, not called",
            super::tree::spell(&function.path)
        );
        self.reports.add(
            "rego_type_error",
            message,
            last.place,
            Some("give it its operands in parentheses"),
        );
    }

    /// The nodes that a further argument may lead to; rules that end the way are needed.
    fn next_nodes(&mut self, nodes: Vec<NodeId>, arg: &Term) -> Vec<NodeId> {
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
    fn data_prefix(&mut self, args: &[Term]) -> (Expr, usize) {
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

fn same_keys(one: &[(Term, Term)], other: &[(Term, Term)]) -> bool {
    let constant = |entries: &[(Term, Term)]| {
        entries
            .iter()
            .all(|(key, _)| matches!(key.kind, Kind::Const(_)))
    };
    let matched = one.iter().all(|(key, _)| {
        other
            .iter()
            .any(|(candidate, _)| same_constant(key, candidate))
    });
    constant(one) && constant(other) && one.len() == other.len() && matched
}

/// Whether a term has a value without finding any keys.
fn is_settled(term: &Term, bound: &Bound) -> bool {
    let mut settled = true;
    term.locals(&mut |slot| settled &= bound.contains(&slot));
    settled
        && !matches!(term.kind, Kind::Local(slot) if !bound.contains(&slot))
        && flow::is_ground(term, bound)
}

/// Whether a key of a reference has variables to be found.
fn finds_keys(arg: &Term, bound: &Bound) -> bool {
    match &arg.kind {
        Kind::Local(slot) => !bound.contains(slot),
        Kind::Array(items) => items.iter().any(|item| finds_keys(item, bound)),
        Kind::Object(entries) => entries.iter().any(|(_, value)| finds_keys(value, bound)),
        _ => false,
    }
}

/// Where steps go, and the literal that they belong to.
struct Steps<'a> {
    out: &'a mut Vec<Step>,
    place: Place,
    literal: u32,
}

impl Steps<'_> {
    fn push(&mut self, kind: StepKind) {
        self.out.push(Step {
            kind,
            place: self.place,
            literal: self.literal,
        });
    }
}
