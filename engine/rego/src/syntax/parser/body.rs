//! Bodies and their conditions.

use super::{Gap, Kind, Parsed, Parser, Span, Stop, Word};
use crate::syntax::ast::{Body, Infix, Literal, LiteralKind, Name, Term, TermKind, With};
use crate::syntax::lexer::Token;

impl Parser<'_> {
    /// `{ a; b }`.
    pub(super) fn braced_body(&mut self) -> Parsed<Body> {
        let open = self.bump();
        self.enter(open)?;
        self.enter(open)?;
        if self.kind() == Kind::RightBrace {
            return Err(self.empty_body(open));
        }
        let mut literals = vec![self.literal()?];
        self.more_literals(&mut literals, open, Kind::RightBrace)?;
        self.leave();
        Ok(Body {
            literals,
            span: self.since(open.start),
        })
    }

    /// Reports a body without a condition.
    pub(super) fn empty_body(&mut self, open: Token) -> Stop {
        let span = Span {
            start: open.start,
            end: self.token().end,
        };
        self.reports.hinted(
            span,
            "found empty body",
            "write `true` for what always holds",
        );
        Stop
    }

    /// What follows the first condition, up to the closing bracket.
    pub(super) fn more_literals(
        &mut self,
        literals: &mut Vec<Literal>,
        open: Token,
        close: Kind,
    ) -> Parsed<()> {
        while self.continues(open, close)? {
            literals.push(self.literal()?);
        }
        let expected = match close {
            Kind::RightBracket => "a line break, `;` or `]`",
            _ => "a line break, `;` or `}`",
        };
        self.close(open, close, expected)
    }

    /// Whether another condition follows.
    fn continues(&mut self, open: Token, close: Kind) -> Parsed<bool> {
        let separated = self.eat(Kind::Semicolon);
        self.not_at_end(open)?;
        if separated {
            return Ok(true);
        }
        let token = self.token();
        Ok(token.kind != close && token.gap == Gap::Line && token.kind.closes().is_none())
    }

    fn not_at_end(&mut self, open: Token) -> Parsed<()> {
        if self.kind() == Kind::End {
            Err(self.unclosed(open))
        } else {
            Ok(())
        }
    }

    /// One condition with its modifiers.
    pub(super) fn literal(&mut self) -> Parsed<Literal> {
        let outer = std::mem::take(&mut self.tallest);
        let literal = self.quantified_or_plain();
        self.tallest = self.tallest.max(outer);
        literal
    }

    fn quantified_or_plain(&mut self) -> Parsed<Literal> {
        self.allow_keyword_name();
        let start = self.start();
        let kind = if self.is(Word::Some) {
            self.some()?
        } else if self.is(Word::Every) {
            self.every()?
        } else {
            return self.condition();
        };
        let literal = self.finish(kind, start);
        if matches!(literal.kind, LiteralKind::Some(_)) {
            Ok(literal)
        } else {
            self.modified(literal)
        }
    }

    /// A literal that began at `start`, without modifiers.
    pub(super) fn finish(&self, kind: LiteralKind, start: u32) -> Literal {
        Literal {
            kind,
            with: Vec::new(),
            span: self.since(start),
        }
    }

    /// Reads what assigns or unifies the term before it, if anything does.
    pub(super) fn assignment(&mut self, left: Term) -> Parsed<Term> {
        let Some(op) = self.assigning() else {
            return Ok(left);
        };
        let op_span = self.bump().span();
        let right = self.expression()?;
        if self.assigning().is_some() {
            let hint = "every assignment is a condition of its own";
            self.reports
                .hinted(self.token().span(), "assignments cannot be chained", hint);
            return Err(Stop);
        }
        let span = self.since(left.span.start);
        let kind = TermKind::Infix {
            op,
            op_span,
            left: Box::new(left),
            right: Box::new(right),
        };
        Ok(Term { kind, span })
    }

    fn assigning(&self) -> Option<Infix> {
        match self.kind() {
            Kind::Infix(op @ (Infix::Assign | Infix::Unify)) => Some(op),
            _ => None,
        }
    }

    /// Reads the modifiers of a literal.
    pub(super) fn modified(&mut self, mut literal: Literal) -> Parsed<Literal> {
        while self.is(Word::With) {
            let with = self.with()?;
            literal.with.push(with);
            literal.span.end = self.last_end;
        }
        Ok(literal)
    }

    fn with(&mut self) -> Parsed<With> {
        let start = self.bump().start;
        if !self.at_name() || self.is_keyword(Word::Contains) {
            return Err(self.unexpected("`input`, `data` or a function"));
        }
        let target = self.term()?;
        if !matches!(target.kind, TermKind::Var(_) | TermKind::Ref(_)) {
            self.reports.error(
                target.span,
                "only `input`, `data` and functions can be replaced",
            );
        }
        if !self.is_keyword(Word::As) {
            return Err(self.unexpected("`as`"));
        }
        self.bump();
        let value = self.expression()?;
        Ok(With {
            target,
            value,
            span: self.since(start),
        })
    }

    /// `some x, y` and `some k, v in xs`.
    fn some(&mut self) -> Parsed<LiteralKind> {
        self.bump();
        let first = self.relation()?;
        if self.is(Word::In) {
            return self.some_in(None, first);
        }
        if self.kind() != Kind::Comma {
            return Ok(LiteralKind::Some(vec![self.declared(first)?]));
        }
        self.bump();
        let second = self.relation()?;
        if self.is(Word::In) {
            return self.some_in(Some(first), second);
        }
        let mut names = vec![self.declared(first)?, self.declared(second)?];
        while self.eat(Kind::Comma) {
            if !self.at_name() {
                return Err(self.unexpected("a name"));
            }
            names.push(self.name());
        }
        Ok(LiteralKind::Some(names))
    }

    fn some_in(&mut self, key: Option<Term>, value: Term) -> Parsed<LiteralKind> {
        self.bump();
        let collection = self.relation()?;
        if self.is(Word::In) {
            return Err(self.unexpected("one `in` after `some`"));
        }
        Ok(LiteralKind::SomeIn {
            key,
            value,
            collection,
        })
    }

    /// The name that a term consists of.
    fn declared(&mut self, term: Term) -> Parsed<Name> {
        if let TermKind::Var(text) = term.kind {
            return Ok(Name {
                text,
                span: term.span,
            });
        }
        let hint = "write `some x` to declare a name, or `some x in xs` to search a collection";
        self.reports
            .hinted(term.span, "expected a name or `in` after `some`", hint);
        Err(Stop)
    }

    /// `every k, v in xs { ... }`.
    fn every(&mut self) -> Parsed<LiteralKind> {
        self.bump();
        let first = self.relation()?;
        let (key, value) = if self.eat(Kind::Comma) {
            (Some(first), self.relation()?)
        } else {
            (None, first)
        };
        for name in key.iter().chain([&value]) {
            if !matches!(name.kind, TermKind::Var(_)) {
                self.reports
                    .error(name.span, "expected a name after `every`");
            }
        }
        if !self.is(Word::In) {
            return Err(self.unexpected("`in`"));
        }
        self.bump();
        let domain = self.relation()?;
        if self.kind() != Kind::LeftBrace {
            return Err(self.unexpected("`{` and what holds for every element"));
        }
        let body = self.braced_body()?;
        Ok(LiteralKind::Every {
            key,
            value,
            domain,
            body,
        })
    }
}
