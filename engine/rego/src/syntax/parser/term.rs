//! Terms: literals, variables, references and calls.

use super::statement::is_root;
use super::{Gap, Kind, Parsed, Parser, Span, Word, number};
use crate::syntax::ast::{Infix, Ref, RefArg, Term, TermKind};
use crate::syntax::lexer::Token;
use crate::value::ArcStr;

impl Parser<'_> {
    /// One operand.
    pub(super) fn term(&mut self) -> Parsed<Term> {
        let outer = std::mem::take(&mut self.tallest);
        let term = self.signed();
        self.height = self.tallest;
        self.tallest = outer.max(self.height);
        term
    }

    fn signed(&mut self) -> Parsed<Term> {
        if self.kind() != Kind::Infix(Infix::Minus) {
            let first = self.primary()?;
            return self.suffixes(first);
        }
        let start = self.bump().start;
        if !self.at_name() {
            let number = self.number(start, true)?;
            return self.suffixes(number);
        }
        let name = self.variable();
        let operand = self.suffixes(name)?;
        Ok(Term {
            kind: TermKind::Negate(Box::new(operand)),
            span: self.since(start),
        })
    }

    fn primary(&mut self) -> Parsed<Term> {
        if self.at_name() || self.at_logical_call() {
            return Ok(self.variable());
        }
        match self.kind() {
            Kind::Invalid => Ok(self.variable()),
            Kind::Word(Word::Null) => Ok(self.atom(TermKind::Null)),
            Kind::Word(Word::True) => Ok(self.atom(TermKind::Bool(true))),
            Kind::Word(Word::False) => Ok(self.atom(TermKind::Bool(false))),
            Kind::Number | Kind::Dot => self.number(self.start(), false),
            Kind::String | Kind::RawString => Ok(self.string()),
            Kind::TemplateStart { raw } => self.template(raw),
            Kind::LeftBracket => self.array(),
            Kind::LeftBrace => self.braces(),
            Kind::LeftParen => self.parens(),
            _ => Err(self.unexpected("an expression")),
        }
    }

    /// A token that is a term of its own.
    fn atom(&mut self, kind: TermKind) -> Term {
        let span = self.bump().span();
        Term { kind, span }
    }

    fn variable(&mut self) -> Term {
        let name = ArcStr::from(self.source(self.token()));
        self.atom(TermKind::Var(name))
    }

    fn string(&mut self) -> Term {
        let token = self.token();
        let text = self.string_text(token);
        self.atom(TermKind::String {
            text,
            raw: token.kind == Kind::RawString,
        })
    }

    /// `and(x, y)` and `or(x, y)`, the functions, where an operand stands.
    fn at_logical_call(&self) -> bool {
        let next = self.token_at(self.at + 1);
        matches!(self.kind(), Kind::Word(Word::And | Word::Or))
            && next.kind == Kind::LeftParen
            && next.gap == Gap::None
    }

    /// `1.5e3`, and `.5` and `- 5` as in OPA.
    fn number(&mut self, start: u32, negative: bool) -> Parsed<Term> {
        let has_point = self.eat(Kind::Dot);
        if self.kind() == Kind::Invalid {
            return Ok(self.variable());
        }
        if self.kind() != Kind::Number {
            return Err(self.unexpected("a number"));
        }
        let token = self.bump();
        let digits = self.source(token);
        let sign = if negative { "-" } else { "" };
        let point = if has_point { "0." } else { "" };
        let text = format!("{sign}{point}{digits}");
        self.check_number(token, &text, has_point);
        Ok(Term {
            kind: TermKind::Number(ArcStr::from(text)),
            span: self.since(start),
        })
    }

    fn check_number(&mut self, token: Token, text: &str, has_point: bool) {
        if has_point && self.source(token).contains('.') {
            self.reports.error(token.span(), "number with two points");
        } else if let Some(problem) = number::problem(text) {
            self.reports.error(token.span(), problem);
        }
    }

    fn parens(&mut self) -> Parsed<Term> {
        let open = self.bump();
        self.enter(open)?;
        let inner = self.expression()?;
        self.close(open, Kind::RightParen, "`)`")?;
        Ok(Term {
            kind: TermKind::Parens(Box::new(inner)),
            span: self.since(open.start),
        })
    }

    /// What follows a term directly: `.x`, `[x]` and `(x)`. Nothing may stand in between.
    pub(super) fn suffixes(&mut self, first: Term) -> Parsed<Term> {
        let start = first.span.start;
        let mut head = first;
        let mut args = Vec::new();
        while self.token().gap == Gap::None {
            match self.kind() {
                Kind::Dot | Kind::LeftBracket => {
                    if args.is_empty() {
                        head = self.ref_head(head);
                    }
                    let arg = if self.kind() == Kind::Dot {
                        self.field()?
                    } else {
                        self.index()?
                    };
                    args.push(arg);
                }
                // What a call yields cannot be called.
                Kind::LeftParen if !is_result(&head) || !args.is_empty() => {
                    let function = reference(
                        self.ref_head(head),
                        std::mem::take(&mut args),
                        self.since(start),
                    );
                    head = self.call(function)?;
                }
                _ => break,
            }
        }
        Ok(reference(head, args, self.since(start)))
    }

    /// The head of a reference, without needless parentheses; reports what none can begin with.
    fn ref_head(&mut self, head: Term) -> Term {
        let what = match head.kind {
            TermKind::Parens(inner) if is_operation(&inner) => {
                return Term {
                    kind: TermKind::Parens(inner),
                    span: head.span,
                };
            }
            TermKind::Parens(inner) => return self.ref_head(*inner),
            TermKind::Null | TermKind::Bool(_) | TermKind::Number(_) => "a scalar",
            TermKind::String { .. } | TermKind::Template { .. } => "a string",
            TermKind::Ref(_) => "a reference in parentheses",
            _ => return head,
        };
        self.reports
            .error(head.span, format!("a reference cannot begin with {what}"));
        head
    }

    /// `(x, y)` after a function's name.
    fn call(&mut self, function: Term) -> Parsed<Term> {
        if !is_callable(&function) {
            self.reports
                .error(function.span, "only a name can be called");
        }
        let args = self.arguments()?;
        let span = self.since(function.span.start);
        let is_set = args.is_empty()
            && matches!(&function.kind, TermKind::Var(name) if name.as_str() == "set");
        let kind = if is_set {
            TermKind::Set(args)
        } else {
            TermKind::Call {
                function: Box::new(function),
                args,
            }
        };
        Ok(Term { kind, span })
    }

    /// `(x, y)`.
    pub(super) fn arguments(&mut self) -> Parsed<Vec<Term>> {
        let open = self.bump();
        self.enter(open)?;
        let mut items = Vec::new();
        if self.kind() != Kind::RightParen {
            items.push(self.item()?);
            self.more_items(&mut items, Kind::RightParen)?;
        }
        self.close(open, Kind::RightParen, "`,` or `)`")?;
        Ok(items)
    }

    /// `.name`.
    pub(super) fn field(&mut self) -> Parsed<RefArg> {
        self.bump();
        self.expect_field()?;
        let text = ArcStr::from(self.source(self.token()));
        Ok(RefArg {
            term: self.atom(TermKind::String { text, raw: false }),
            dotted: true,
        })
    }

    /// `[x]`.
    pub(super) fn index(&mut self) -> Parsed<RefArg> {
        let open = self.bump();
        self.enter(open)?;
        let term = self.expression()?;
        self.close(open, Kind::RightBracket, "`]`")?;
        Ok(RefArg {
            term,
            dotted: false,
        })
    }
}

/// A term and what it is asked for.
fn reference(head: Term, args: Vec<RefArg>, span: Span) -> Term {
    if args.is_empty() {
        return head;
    }
    Term {
        kind: TermKind::Ref(Ref {
            head: Box::new(head),
            args,
        }),
        span,
    }
}

fn is_operation(term: &Term) -> bool {
    matches!(
        term.kind,
        TermKind::Infix { .. } | TermKind::In { .. } | TermKind::Negate(_)
    )
}

fn is_result(term: &Term) -> bool {
    matches!(&term.kind, TermKind::Call { .. })
        || matches!(&term.kind, TermKind::Set(items) if items.is_empty())
}

fn is_callable(function: &Term) -> bool {
    match &function.kind {
        TermKind::Var(name) => !is_root(name),
        TermKind::Ref(path) => matches!(path.head.kind, TermKind::Var(_)),
        _ => false,
    }
}
