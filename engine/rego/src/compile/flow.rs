//! Which variables a literal needs, and which it binds: what decides whether it can run, and in which order.

use std::collections::HashSet;

use super::ir::{Place, Slot, Target};
use super::term::{Kind, Literal, LiteralKind, Own, Part, Term, WithValue};

/// Variables that have a value.
pub(crate) type Bound = HashSet<Slot>;

/// The variables that keep a literal from running, with their places.
pub(crate) fn missing(literal: &Literal, bound: &Bound) -> Vec<(Slot, Place)> {
    let mut flow = Flow {
        bound,
        outs: Bound::new(),
        missing: Vec::new(),
    };
    for with in &literal.with {
        if let WithValue::Term(term) = &with.value {
            flow.input(term);
        }
    }
    flow.kind(&literal.kind);
    flow.missing
}

/// The variables that keep a term from having a value, with their places.
pub(crate) fn missing_in(term: &Term, bound: &Bound) -> Vec<(Slot, Place)> {
    let mut flow = Flow {
        bound,
        outs: Bound::new(),
        missing: Vec::new(),
    };
    flow.input(term);
    flow.missing
}

/// Whether a term has a value once its references are followed.
pub(crate) fn is_ground(term: &Term, bound: &Bound) -> bool {
    missing_in(term, bound).is_empty()
}

struct Flow<'a> {
    bound: &'a Bound,
    outs: Bound,
    missing: Vec<(Slot, Place)>,
}

impl Flow<'_> {
    fn has(&self, slot: Slot) -> bool {
        self.bound.contains(&slot) || self.outs.contains(&slot)
    }

    fn kind(&mut self, kind: &LiteralKind) {
        match kind {
            LiteralKind::Term(term) => {
                // A key that a later operand finds is known to an earlier one.
                self.reference_outputs(term);
                self.input(term);
            }
            LiteralKind::Unify(left, right) | LiteralKind::Output(left, right) => {
                self.unify(left, right);
            }
            LiteralKind::Equal(left, right) => {
                self.reference_outputs(left);
                self.reference_outputs(right);
                self.input(left);
                self.input(right);
            }
            LiteralKind::Not(inner) => self.negated(inner),
            LiteralKind::NotBody(body, own) => self.closure(own, |visit| {
                body.iter().for_each(|literal| literal.all_locals(visit));
            }),
            LiteralKind::Or(bodies) => {
                for (body, own) in bodies {
                    self.closure(own, |visit| {
                        body.iter().for_each(|literal| literal.all_locals(visit));
                    });
                }
            }
            LiteralKind::SomeIn {
                key,
                value,
                collection,
            } => {
                self.input(collection);
                for pattern in key.iter().chain([value]) {
                    self.output(pattern);
                }
            }
            LiteralKind::Every {
                key,
                value,
                domain,
                body,
                own,
            } => {
                self.input(domain);
                self.closure(own, |visit| {
                    key.iter()
                        .chain([value])
                        .for_each(|pattern| pattern.all_locals(visit));
                    body.iter().for_each(|literal| literal.all_locals(visit));
                });
            }
            LiteralKind::Declaration => {}
        }
    }

    /// Everything in a negated literal must be known, since it binds nothing.
    fn negated(&mut self, kind: &LiteralKind) {
        match kind {
            LiteralKind::Term(term) => self.known(term),
            LiteralKind::Unify(left, right)
            | LiteralKind::Equal(left, right)
            | LiteralKind::Output(left, right) => {
                self.known(left);
                self.known(right);
            }
            LiteralKind::Not(inner) => self.negated(inner),
            other => self.kind(other),
        }
    }

    fn known(&mut self, term: &Term) {
        if let Kind::Local(slot) = term.kind
            && !self.has(slot)
        {
            self.missing.push((slot, term.place));
        }
        match &term.kind {
            Kind::Comprehension(_) | Kind::Template(_) => self.input(term),
            _ => term
                .children()
                .into_iter()
                .for_each(|child| self.known(child)),
        }
    }

    /// What is read: its variables must be known, but a reference may find its own keys.
    fn input(&mut self, term: &Term) {
        match &term.kind {
            Kind::Const(_) | Kind::Input | Kind::Data => {}
            Kind::Local(slot) => {
                if !self.has(*slot) {
                    self.missing.push((*slot, term.place));
                }
            }
            Kind::Ref(head, args) => {
                self.input(head);
                args.iter().for_each(|arg| self.output(arg));
            }
            // Nothing is found by printing it.
            Kind::Call(Target::Print, args) => args.iter().for_each(|arg| self.known(arg)),
            Kind::Call(_, args) | Kind::Array(args) | Kind::Set(args) => {
                args.iter().for_each(|arg| self.input(arg));
            }

            Kind::Object(entries) => entries.iter().for_each(|(key, value)| {
                self.input(key);
                self.input(value);
            }),
            Kind::Comprehension(inner) => self.closure(&inner.own, |visit| {
                inner.key.iter().for_each(|key| key.all_locals(visit));
                inner.value.all_locals(visit);
                inner
                    .body
                    .iter()
                    .for_each(|literal| literal.all_locals(visit));
            }),
            Kind::Template(parts) => {
                for part in parts {
                    if let Part::Expr { body, value, own } = part {
                        self.closure(own, |visit| {
                            value.all_locals(visit);
                            body.iter().for_each(|literal| literal.all_locals(visit));
                        });
                    }
                }
            }
        }
    }

    /// What is matched: its variables become known.
    fn output(&mut self, term: &Term) {
        match &term.kind {
            Kind::Local(slot) => {
                if !self.bound.contains(slot) {
                    self.outs.insert(*slot);
                }
            }
            Kind::Array(items) => items.iter().for_each(|item| self.output(item)),
            Kind::Object(entries) => entries.iter().for_each(|(key, value)| {
                self.input(key);
                self.output(value);
            }),
            _ => self.input(term),
        }
    }

    fn closure(&mut self, own: &Own, visit_all: impl FnOnce(&mut dyn FnMut(Slot))) {
        let mut free = Vec::new();
        visit_all(&mut |slot| {
            if !own.contains(&slot) {
                free.push(slot);
            }
        });
        for slot in free {
            if !self.has(slot) {
                self.missing.push((slot, Place::default()));
            }
        }
    }

    /// Two sides that must be equal: what is known on one side binds the other one.
    fn unify(&mut self, left: &Term, right: &Term) {
        self.reference_outputs(left);
        self.reference_outputs(right);
        // Twice, since the end of one side may bind what its beginning needs.
        for _ in 0..2 {
            self.bind(left, right);
        }
        self.input(left);
        self.input(right);
    }

    /// References bind their own keys, wherever they stand in a side.
    fn reference_outputs(&mut self, term: &Term) {
        if matches!(term.kind, Kind::Call(Target::Print, _)) {
            return;
        }
        if let Kind::Ref(_, args) = &term.kind {
            args.iter().for_each(|arg| self.key_outputs(arg));
        }
        term.children()
            .into_iter()
            .for_each(|child| self.reference_outputs(child));
    }

    fn key_outputs(&mut self, term: &Term) {
        match &term.kind {
            Kind::Local(slot) if !self.bound.contains(slot) => {
                self.outs.insert(*slot);
            }
            Kind::Array(items) => items.iter().for_each(|item| self.key_outputs(item)),
            Kind::Object(entries) => entries
                .iter()
                .for_each(|(_, value)| self.key_outputs(value)),
            _ => {}
        }
    }

    fn bind(&mut self, left: &Term, right: &Term) {
        match (&left.kind, &right.kind) {
            (Kind::Array(left), Kind::Array(right)) if left.len() == right.len() => {
                left.iter()
                    .zip(right)
                    .for_each(|(left, right)| self.bind(left, right));
            }
            (Kind::Array(left), Kind::Const(right)) | (Kind::Const(right), Kind::Array(left))
                if right.as_array().is_some() =>
            {
                left.iter().for_each(|item| self.output(item));
            }
            (Kind::Object(left), Kind::Object(right)) => {
                for (key, value) in left {
                    let same = right.iter().find(|(other, _)| same_constant(key, other));
                    if let Some((_, other)) = same {
                        self.bind(value, other);
                    }
                }
            }
            (_, _) => {
                if self.is_known(right) {
                    self.bind_all(left);
                } else if self.is_known(left) {
                    self.bind_all(right);
                }
            }
        }
    }

    fn bind_all(&mut self, term: &Term) {
        match &term.kind {
            Kind::Local(_) | Kind::Array(_) => self.quiet_output(term),
            Kind::Object(entries) => entries
                .iter()
                .for_each(|(_, value)| self.quiet_output(value)),
            _ => {}
        }
    }

    fn quiet_output(&mut self, term: &Term) {
        match &term.kind {
            Kind::Local(slot) => {
                self.outs.insert(*slot);
            }
            Kind::Array(items) => items.iter().for_each(|item| self.quiet_output(item)),
            Kind::Object(entries) => entries
                .iter()
                .for_each(|(_, value)| self.quiet_output(value)),
            _ => {}
        }
    }

    fn is_known(&mut self, term: &Term) -> bool {
        let before = self.missing.len();
        let outs = self.outs.clone();
        self.input(term);
        let known = self.missing.len() == before;
        self.missing.truncate(before);
        if !known {
            self.outs = outs;
        }
        known
    }
}

pub(crate) fn same_constant(left: &Term, right: &Term) -> bool {
    matches!((&left.kind, &right.kind), (Kind::Const(left), Kind::Const(right)) if left == right)
}
