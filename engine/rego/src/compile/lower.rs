//! Bodies to steps: literals in an order in which they can run, with every variable known to be bound or not.

mod reference;
mod unify;

use super::flow::{self, Bound};
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
    /// Paths below `data` that are read, as far as they are known before anything runs.
    pub(crate) mentions: Vec<Vec<ArcStr>>,
    /// Keys of the input that are read by their name, and where.
    pub(crate) input_keys: Vec<(ArcStr, Place)>,
    /// Whether another input is put in place of the one that was given.
    pub(crate) changes_input: bool,
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
            WithTarget::Input(path) => {
                self.changes_input = true;
                ChangeTarget::Input(path.clone())
            }
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
