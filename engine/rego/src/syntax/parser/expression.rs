//! Infix operators, by precedence, and membership, which binds weakest.

use super::{Kind, MAX_CHAIN, Parsed, Parser, Span, Stop, Word};
use crate::syntax::ast::{Infix, Term, TermKind};
use crate::syntax::lexer::Token;

/// What stands where a comma may separate a key from a value before `in`, or elements of a list.
pub(super) enum Pair {
    /// An expression; `k, v in xs` is one.
    One(Term),
    /// Elements of a list: what stood before the comma, and what stood after it unless the list ended there.
    Listed {
        /// The comma.
        comma: Token,
        /// Before the comma.
        first: Term,
        /// After it.
        second: Option<Term>,
    },
}

impl Parser<'_> {
    /// An expression where no list can be: `x`, `x in xs`, `k, v in xs`.
    pub(super) fn expression(&mut self) -> Parsed<Term> {
        let pair = self.pair()?;
        self.only_one(pair)
    }

    /// Goes on after the first term of an expression.
    pub(super) fn expression_from(&mut self, parens: Term) -> Parsed<Term> {
        let term = self.suffixes(parens)?;
        let first = self.relation_from(term)?;
        let pair = self.pair_from(first)?;
        self.only_one(pair)
    }

    /// An expression, or the first elements of a list.
    pub(super) fn pair(&mut self) -> Parsed<Pair> {
        let first = self.relation()?;
        self.pair_from(first)
    }

    /// An element of a list, in which commas separate.
    pub(super) fn item(&mut self) -> Parsed<Term> {
        let first = self.relation()?;
        self.membership(first)
    }

    /// Goes on after the first term of an element.
    pub(super) fn item_from(&mut self, first: Term) -> Parsed<Term> {
        let first = self.relation_from(first)?;
        self.membership(first)
    }

    /// An expression without `in`.
    pub(super) fn relation(&mut self) -> Parsed<Term> {
        let first = self.term()?;
        self.relation_from(first)
    }

    fn only_one(&mut self, pair: Pair) -> Parsed<Term> {
        match pair {
            Pair::One(term) => Ok(term),
            Pair::Listed { comma, .. } => {
                let hint = "commas separate in brackets only, and in `k, v in xs`";
                self.reports.hinted(comma.span(), "unexpected `,`", hint);
                Err(Stop)
            }
        }
    }

    fn pair_from(&mut self, first: Term) -> Parsed<Pair> {
        let first = self.membership(first)?;
        if self.kind() != Kind::Comma {
            return Ok(Pair::One(first));
        }
        let comma = self.bump();
        if self.kind().closes().is_some() {
            return Ok(Pair::Listed {
                comma,
                first,
                second: None,
            });
        }
        let height = self.height;
        let second = self.item()?;
        self.height = self.height.max(height);
        if is_membership(&second) && !is_membership(&first) && self.kind() != Kind::Comma {
            return Ok(Pair::One(with_key(first, second)));
        }
        Ok(Pair::Listed {
            comma,
            first,
            second: Some(second),
        })
    }

    /// `value in xs in ys`, to the left.
    fn membership(&mut self, value: Term) -> Parsed<Term> {
        let start = value.span.start;
        let mut value = value;
        let mut height = self.height;
        while self.is(Word::In) {
            let operator = self.bump();
            let collection = self.relation()?;
            height = self.stack_up(height, operator.span())?;
            let kind = TermKind::In {
                key: None,
                value: Box::new(value),
                collection: Box::new(collection),
            };
            value = Term {
                kind,
                span: self.since(start),
            };
        }
        self.set_height(height);
        Ok(value)
    }

    /// Operators by precedence. What binds tighter is reduced before what follows is read, so nothing recurses.
    fn relation_from(&mut self, first: Term) -> Parsed<Term> {
        let mut height = self.height;
        let mut pending = Vec::new();
        let mut right = first;
        while let Some(op) = self.infix() {
            let op_span = self.bump().span();
            right = reduce(&mut pending, right, precedence(op));
            pending.push((right, op, op_span));
            right = self.term()?;
            height = self.stack_up(height, op_span)?;
        }
        self.set_height(height);
        Ok(reduce(&mut pending, right, 0))
    }

    fn infix(&self) -> Option<Infix> {
        match self.kind() {
            Kind::Infix(Infix::Assign | Infix::Unify) => None,
            Kind::Infix(op) => Some(op),
            _ => None,
        }
    }

    /// The height of an operator over what was that high and the term that was read last.
    fn stack_up(&mut self, height: u32, operator: Span) -> Parsed<u32> {
        let height = height.max(self.height) + 1;
        if height <= MAX_CHAIN {
            return Ok(height);
        }
        self.reports.error(
            operator,
            format!("more than {MAX_CHAIN} operators in one expression"),
        );
        Err(Stop)
    }

    fn set_height(&mut self, height: u32) {
        self.height = height;
        self.tallest = self.tallest.max(height);
    }
}

/// How tightly an operator binds.
fn precedence(op: Infix) -> u8 {
    match op {
        Infix::Assign | Infix::Unify => 0,
        Infix::Equal
        | Infix::NotEqual
        | Infix::Less
        | Infix::LessEqual
        | Infix::Greater
        | Infix::GreaterEqual => 1,
        Infix::Or => 2,
        Infix::And => 3,
        Infix::Plus | Infix::Minus => 4,
        Infix::Times | Infix::Divide | Infix::Remainder => 5,
    }
}

/// Applies the pending operators that bind at least so tightly.
fn reduce(pending: &mut Vec<(Term, Infix, Span)>, right: Term, least: u8) -> Term {
    let mut right = right;
    while let Some((left, op, op_span)) = pending.pop_if(|(_, op, _)| precedence(*op) >= least) {
        right = infix(left, op, op_span, right);
    }
    right
}

fn infix(left: Term, op: Infix, op_span: Span, right: Term) -> Term {
    let span = Span {
        start: left.span.start,
        end: right.span.end,
    };
    let kind = TermKind::Infix {
        op,
        op_span,
        left: Box::new(left),
        right: Box::new(right),
    };
    Term { kind, span }
}

/// `x in xs`.
pub(super) fn is_membership(term: &Term) -> bool {
    matches!(term.kind, TermKind::In { .. })
}

/// `key, value in xs`, of which all but the key was read.
fn with_key(key: Term, term: Term) -> Term {
    let span = Span {
        start: key.span.start,
        end: term.span.end,
    };
    let kind = match term.kind {
        TermKind::In {
            key: None,
            value,
            collection,
        } if is_membership(&value) => TermKind::In {
            key: None,
            value: Box::new(with_key(key, *value)),
            collection,
        },
        TermKind::In {
            value, collection, ..
        } => TermKind::In {
            key: Some(Box::new(key)),
            value,
            collection,
        },
        other => other,
    };
    Term { kind, span }
}

/// Reads `first | term` although the term was read first: the union takes the left operand that binds tighter.
pub(super) fn unite(first: Term, bar: Span, term: Term) -> Term {
    let Term { kind, span } = term;
    let span = Span {
        start: first.span.start,
        end: span.end,
    };
    match kind {
        TermKind::Infix {
            op,
            op_span,
            left,
            right,
        } if precedence(op) <= precedence(Infix::Or) => {
            let left = Box::new(unite(first, bar, *left));
            Term {
                kind: TermKind::Infix {
                    op,
                    op_span,
                    left,
                    right,
                },
                span,
            }
        }
        TermKind::In {
            key: None,
            value,
            collection,
        } => {
            let value = Box::new(unite(first, bar, *value));
            Term {
                kind: TermKind::In {
                    key: None,
                    value,
                    collection,
                },
                span,
            }
        }
        kind => infix(
            first,
            Infix::Or,
            bar,
            Term {
                kind,
                span: Span {
                    start: bar.end,
                    end: span.end,
                },
            },
        ),
    }
}

/// Whether a term is spelt like the beginning of a comprehension, `x | ...`.
pub(in crate::syntax) fn leads_with_union(term: &Term) -> bool {
    let (mut term, mut last) = (term, None);
    loop {
        term = match &term.kind {
            TermKind::Infix { op, left, .. } => {
                last = Some(*op);
                left.as_ref()
            }
            TermKind::In { key, value, .. } => {
                last = None;
                key.as_deref().unwrap_or(value)
            }
            _ => return last == Some(Infix::Or),
        };
    }
}

/// A term in parentheses if it would be taken for the beginning of a comprehension.
pub(super) fn protected(term: Term) -> Term {
    if !leads_with_union(&term) {
        return term;
    }
    let span = term.span;
    Term {
        kind: TermKind::Parens(Box::new(term)),
        span,
    }
}
