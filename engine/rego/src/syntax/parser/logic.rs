//! Conditions and what connects them: `not`, `and`, `or`, and groups in parentheses.
//!
//! Braces hold a body where a condition is an operand, and a value elsewhere; what follows the closing brace decides
//! at the start of a condition.

use super::{Kind, MAX_CHAIN, Parsed, Parser, Span, Stop, Word};
use crate::syntax::ast::{Body, Infix, Literal, LiteralKind, Logical, Operand, Term, TermKind};

impl Parser<'_> {
    /// A condition that is no `some` and no `every`.
    pub(super) fn condition(&mut self) -> Parsed<Literal> {
        let start = self.start();
        if self.is_braced_operand() {
            let first = self.braced_operand()?;
            let literal = self.chain(first, start)?;
            return self.modified(literal);
        }
        let begins_with_brace = self.kind() == Kind::LeftBrace;
        let literal = self.unit()?;
        if begins_with_brace && self.connective().is_some() {
            let hint = "write the value in parentheses";
            self.reports
                .hinted(literal.span, "operand begins with `{` but is no body", hint);
        }
        self.condition_from(literal, start)
    }

    /// What follows the first operand.
    pub(super) fn condition_from(&mut self, first: Literal, start: u32) -> Parsed<Literal> {
        let literal = if self.connective().is_some() {
            self.chain(single(first), start)?
        } else {
            first
        };
        let literal = self.modified(literal)?;
        if self.connective().is_some() {
            let hint = "write the operand and its `with` in parentheses, or put `with` at the end";
            self.reports.hinted(
                self.token().span(),
                "`with` belongs to a whole condition",
                hint,
            );
            return Err(Stop);
        }
        Ok(literal)
    }

    /// Whether `{` opens a body that `and` or `or` connects.
    fn is_braced_operand(&self) -> bool {
        if self.kind() != Kind::LeftBrace || !self.keywords.logical() {
            return false;
        }
        self.token()
            .mate()
            .is_some_and(|mate| self.connective_at(mate + 1).is_some())
    }

    fn connective(&self) -> Option<Logical> {
        self.connective_at(self.at)
    }

    fn connective_at(&self, index: usize) -> Option<Logical> {
        let (word, logical) = match self.token_at(index).kind {
            Kind::Word(Word::And) => (Word::And, Logical::And),
            Kind::Word(Word::Or) => (Word::Or, Logical::Or),
            _ => return None,
        };
        (self.keywords.has(word) && !self.is_dotted(index)).then_some(logical)
    }

    /// `x and y or z`; `and` binds tighter, both to the left.
    fn chain(&mut self, first: Operand, start: u32) -> Parsed<Literal> {
        let mut left = self.and_chain(first, start)?;
        while self.connective() == Some(Logical::Or) {
            let op_span = self.bump().span();
            let right_start = self.start();
            let right = self.operand()?;
            let right = self.and_chain(right, right_start)?;
            left = self.connect(Logical::Or, op_span, left, right, start)?;
        }
        left.body.literals.pop().ok_or(Stop)
    }

    fn and_chain(&mut self, first: Operand, start: u32) -> Parsed<Operand> {
        let mut left = first;
        while self.connective() == Some(Logical::And) {
            let op_span = self.bump().span();
            let right = self.operand()?;
            left = self.connect(Logical::And, op_span, left, right, start)?;
        }
        Ok(left)
    }

    fn connect(
        &mut self,
        op: Logical,
        op_span: Span,
        left: Operand,
        right: Operand,
        start: u32,
    ) -> Parsed<Operand> {
        self.tallest += 1;
        if self.tallest > MAX_CHAIN {
            self.reports.error(
                op_span,
                format!("more than {MAX_CHAIN} connected conditions"),
            );
            return Err(Stop);
        }
        self.check_operand(&left);
        self.check_operand(&right);
        Ok(single(self.finish(
            LiteralKind::Logical {
                op,
                op_span,
                left,
                right,
            },
            start,
        )))
    }

    /// A `print` always succeeds, so that nothing but it decides nothing.
    fn check_operand(&mut self, operand: &Operand) {
        if operand.body.literals.iter().all(is_print) {
            let hint = "move the call out of the operand, or add a condition that can fail";
            self.reports.hinted(
                operand.body.span,
                "operand consists of calls to `print` only",
                hint,
            );
        }
    }

    /// What stands at the right of a connective.
    fn operand(&mut self) -> Parsed<Operand> {
        if self.kind() == Kind::LeftBrace {
            self.braced_operand()
        } else {
            Ok(single(self.unit()?))
        }
    }

    fn braced_operand(&mut self) -> Parsed<Operand> {
        let body = self.braced_body()?;
        if let Some(LiteralKind::Term(Term {
            kind: TermKind::Infix { op: Infix::Or, .. },
            ..
        })) = body.literals.first().map(|literal| &literal.kind)
        {
            let hint =
                "put the braces in parentheses for a comprehension, or what is in them for a union";
            self.reports
                .hinted(body.span, "ambiguous `{ ... | ... }`", hint);
        }
        Ok(Operand { body, braces: true })
    }

    /// One condition without modifiers: an expression, a negation, or a group in parentheses.
    fn unit(&mut self) -> Parsed<Literal> {
        if self.is(Word::Not) {
            return self.negation();
        }
        if self.kind() == Kind::LeftParen && self.keywords.logical() {
            return self.group_or_term();
        }
        let start = self.start();
        let left = self.expression()?;
        self.plain_condition(left, start)
    }

    /// A condition that began with this term.
    pub(super) fn plain_condition(&mut self, left: Term, start: u32) -> Parsed<Literal> {
        let term = self.assignment(left)?;
        Ok(self.finish(LiteralKind::Term(term), start))
    }

    fn negation(&mut self) -> Parsed<Literal> {
        let start = self.bump().start;
        if self.is(Word::Some) || self.is(Word::Every) {
            let quantifier = self.describe(self.token());
            let hint = "negate a rule or a comprehension that holds the condition";
            self.reports.hinted(
                self.token().span(),
                format!("{quantifier} cannot be negated"),
                hint,
            );
            return Err(Stop);
        }
        let kind = if self.keywords.not_bodies() {
            LiteralKind::NotBody(self.negated_operand()?)
        } else {
            let left = self.expression()?;
            LiteralKind::Not(Box::new(LiteralKind::Term(self.assignment(left)?)))
        };
        Ok(self.finish(kind, start))
    }

    fn negated_operand(&mut self) -> Parsed<Operand> {
        match self.kind() {
            Kind::LeftBrace => self.braced_operand(),
            Kind::LeftParen => Ok(single(self.group_or_term()?)),
            _ => {
                let start = self.start();
                let left = self.expression()?;
                Ok(single(self.plain_condition(left, start)?))
            }
        }
    }

    /// `(x or y)`, or an expression that begins with a term in parentheses.
    fn group_or_term(&mut self) -> Parsed<Literal> {
        let open = self.bump();
        self.enter(open)?;
        let inner = self.condition()?;
        if is_assignment(&inner) {
            return Err(self.unexpected("`and` or `or` after an assignment in parentheses"));
        }
        self.close(open, Kind::RightParen, "`)`")?;
        match inner {
            Literal {
                kind: LiteralKind::Term(term),
                with,
                ..
            } if with.is_empty() => {
                let parens = Term {
                    kind: TermKind::Parens(Box::new(term)),
                    span: self.since(open.start),
                };
                self.height = self.tallest;
                let left = self.expression_from(parens)?;
                self.plain_condition(left, open.start)
            }
            mut group => {
                group.span = self.since(open.start);
                Ok(group)
            }
        }
    }
}

/// One condition as an operand.
fn single(literal: Literal) -> Operand {
    let span = literal.span;
    Operand {
        body: Body {
            literals: vec![literal],
            span,
        },
        braces: false,
    }
}

fn is_assignment(literal: &Literal) -> bool {
    let LiteralKind::Term(term) = &literal.kind else {
        return false;
    };
    matches!(
        term.kind,
        TermKind::Infix {
            op: Infix::Assign | Infix::Unify,
            ..
        }
    )
}

fn is_print(literal: &Literal) -> bool {
    let LiteralKind::Term(Term {
        kind: TermKind::Call { function, .. },
        ..
    }) = &literal.kind
    else {
        return false;
    };
    matches!(&function.kind, TermKind::Var(name) if name.as_str() == "print")
}
