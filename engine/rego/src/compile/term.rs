//! Terms with their names resolved: what the syntax says, once it is known what each name means.

use super::ir::{ComprehensionKind, Place, Slot, Target};
use crate::value::{ArcStr, Value};

/// A resolved term.
#[derive(Debug, Clone)]
pub(crate) struct Term {
    pub(crate) kind: Kind,
    pub(crate) place: Place,
}

#[derive(Debug, Clone)]
pub(crate) enum Kind {
    Const(Value),
    Local(Slot),
    Input,
    Data,
    Ref(Box<Term>, Vec<Term>),
    Call(Target, Vec<Term>),
    Array(Vec<Term>),
    Set(Vec<Term>),
    Object(Vec<(Term, Term)>),
    Comprehension(Box<Comprehension>),
    Template(Vec<Part>),
}

#[derive(Debug, Clone)]
pub(crate) enum Part {
    Text(ArcStr),
    Expr {
        body: Vec<Literal>,
        value: Term,
        own: Own,
    },
}

/// The slots that a closure gave out: variables that nothing outside knows.
pub(crate) type Own = std::ops::Range<Slot>;

#[derive(Debug, Clone)]
pub(crate) struct Comprehension {
    pub(crate) own: Own,
    pub(crate) kind: ComprehensionKind,
    pub(crate) key: Option<Term>,
    pub(crate) value: Term,
    pub(crate) body: Vec<Literal>,
}

#[derive(Debug, Clone)]
pub(crate) struct Literal {
    pub(crate) kind: LiteralKind,
    pub(crate) with: Vec<With>,
    pub(crate) place: Place,
    pub(crate) index: u32,
}

#[derive(Debug, Clone)]
pub(crate) enum LiteralKind {
    Term(Term),
    /// `a = b` and `a := b`.
    Unify(Term, Term),
    /// `a == b`, which binds nothing.
    Equal(Term, Term),
    /// `f(x, y)` of a function that takes one operand: what the result must be, and the call.
    Output(Term, Term),
    Not(Box<LiteralKind>),
    /// A negated body of its own.
    NotBody(Vec<Literal>, Own),
    /// At least one of the bodies holds.
    Or(Vec<(Vec<Literal>, Own)>),
    SomeIn {
        key: Option<Term>,
        value: Term,
        collection: Term,
    },
    Every {
        key: Option<Term>,
        value: Term,
        domain: Term,
        body: Vec<Literal>,
        own: Own,
    },
    /// `some x`: says nothing once names are resolved.
    Declaration,
}

#[derive(Debug, Clone)]
pub(crate) struct With {
    pub(crate) target: WithTarget,
    pub(crate) value: WithValue,
}

#[derive(Debug, Clone)]
pub(crate) enum WithTarget {
    Input(Vec<ArcStr>),
    Data(Vec<ArcStr>),
    Function(Target),
}

#[derive(Debug, Clone)]
pub(crate) enum WithValue {
    Term(Term),
    Function(Target),
}

impl Term {
    pub(crate) fn constant(value: Value, place: Place) -> Self {
        Self {
            kind: Kind::Const(value),
            place,
        }
    }

    pub(crate) fn local(slot: Slot, place: Place) -> Self {
        Self {
            kind: Kind::Local(slot),
            place,
        }
    }

    /// The terms directly below, closures apart.
    pub(crate) fn children(&self) -> Vec<&Term> {
        match &self.kind {
            Kind::Const(_)
            | Kind::Local(_)
            | Kind::Input
            | Kind::Data
            | Kind::Comprehension(_)
            | Kind::Template(_) => Vec::new(),
            Kind::Ref(head, args) => std::iter::once(head.as_ref()).chain(args).collect(),
            Kind::Call(_, args) | Kind::Array(args) | Kind::Set(args) => args.iter().collect(),
            Kind::Object(entries) => entries
                .iter()
                .flat_map(|(key, value)| [key, value])
                .collect(),
        }
    }

    /// Calls a function with every variable of the term, closures apart.
    pub(crate) fn locals(&self, visit: &mut impl FnMut(Slot)) {
        if let Kind::Local(slot) = self.kind {
            visit(slot);
        }
        for child in self.children() {
            child.locals(visit);
        }
    }

    /// Calls a function with every variable of the term, and of the closures in it.
    pub(crate) fn all_locals(&self, visit: &mut dyn FnMut(Slot)) {
        match &self.kind {
            Kind::Local(slot) => visit(*slot),
            Kind::Comprehension(comprehension) => {
                comprehension
                    .key
                    .iter()
                    .for_each(|key| key.all_locals(visit));
                comprehension.value.all_locals(visit);
                comprehension
                    .body
                    .iter()
                    .for_each(|literal| literal.all_locals(visit));
            }
            Kind::Template(parts) => {
                for part in parts {
                    if let Part::Expr { body, value, .. } = part {
                        body.iter().for_each(|literal| literal.all_locals(visit));
                        value.all_locals(visit);
                    }
                }
            }
            _ => self
                .children()
                .into_iter()
                .for_each(|child| child.all_locals(visit)),
        }
    }
}

impl Literal {
    pub(crate) fn all_locals(&self, visit: &mut dyn FnMut(Slot)) {
        self.kind.all_locals(visit);
        for with in &self.with {
            if let WithValue::Term(term) = &with.value {
                term.all_locals(visit);
            }
        }
    }
}

impl LiteralKind {
    pub(crate) fn all_locals(&self, visit: &mut dyn FnMut(Slot)) {
        match self {
            Self::Term(term) => term.all_locals(visit),
            Self::Unify(left, right) | Self::Equal(left, right) | Self::Output(left, right) => {
                left.all_locals(visit);
                right.all_locals(visit);
            }
            Self::Not(inner) => inner.all_locals(visit),
            Self::NotBody(body, _) => body.iter().for_each(|literal| literal.all_locals(visit)),
            Self::Or(bodies) => bodies
                .iter()
                .flat_map(|(body, _)| body)
                .for_each(|literal| literal.all_locals(visit)),
            Self::SomeIn {
                key,
                value,
                collection,
            } => {
                key.iter().for_each(|key| key.all_locals(visit));
                value.all_locals(visit);
                collection.all_locals(visit);
            }
            Self::Every {
                key,
                value,
                domain,
                body,
                ..
            } => {
                key.iter().for_each(|key| key.all_locals(visit));
                value.all_locals(visit);
                domain.all_locals(visit);
                body.iter().for_each(|literal| literal.all_locals(visit));
            }
            Self::Declaration => {}
        }
    }
}
