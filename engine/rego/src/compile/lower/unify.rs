//! Equality and negation: which side gives a value, which one is matched, and what is read before a negation.

use super::super::flow::{self, Bound, same_constant};
use super::super::ir::{Expr, Pattern, Slot, StepKind};
use super::super::term::{Kind, LiteralKind, Term};
use super::{Lowerer, Steps};
use crate::value::{ArcStr, Value};

impl Lowerer<'_> {
    /// What a negated condition reads through calls is read before the negation, as OPA does: if it is undefined, so is
    /// the condition.
    pub(super) fn negation(&mut self, inner: &LiteralKind, bound: &mut Bound, out: &mut Steps<'_>) {
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
    pub(super) fn settle_operands(
        &mut self,
        term: &Term,
        bound: &mut Bound,
        out: &mut Steps<'_>,
    ) -> Term {
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

    pub(super) fn settle_side(
        &mut self,
        term: &Term,
        bound: &mut Bound,
        out: &mut Steps<'_>,
    ) -> Term {
        match &term.kind {
            Kind::Ref(..) => self.settle_operands(term, bound, out),
            _ => self.settle(term, bound, out),
        }
    }

    /// Gives a term a value of its own, before what follows.
    pub(super) fn settle(&mut self, term: &Term, bound: &mut Bound, out: &mut Steps<'_>) -> Term {
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

    pub(super) fn temporary(&mut self, bound: &mut Bound) -> Slot {
        let slot = self.slots();
        self.names.push(ArcStr::default());
        bound.insert(slot);
        slot
    }

    /// Two sides that must be equal. The flow has made sure that this can be done.
    pub(super) fn unify(
        &mut self,
        left: &Term,
        right: &Term,
        bound: &mut Bound,
        out: &mut Steps<'_>,
    ) {
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
    pub(super) fn pattern(
        &mut self,
        term: &Term,
        bound: &mut Bound,
        out: &mut Steps<'_>,
    ) -> Pattern {
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
}

pub(super) fn same_keys(one: &[(Term, Term)], other: &[(Term, Term)]) -> bool {
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
pub(super) fn is_settled(term: &Term, bound: &Bound) -> bool {
    let mut settled = true;
    term.locals(&mut |slot| settled &= bound.contains(&slot));
    settled
        && !matches!(term.kind, Kind::Local(slot) if !bound.contains(&slot))
        && flow::is_ground(term, bound)
}
