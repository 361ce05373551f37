//! What rules are called, what they take, and what their value is.

use super::statement::is_root;
use super::{Gap, Kind, Parsed, Parser, Word};
use crate::syntax::Span;
use crate::syntax::ast::{Head, HeadKind, Infix, Ref, RefArg, Term, TermKind};
use crate::value::ArcStr;

/// A head, and how it was written.
pub(super) struct Begun {
    pub(super) head: Head,
    /// What stands apart from the name that it belongs to, as in `p [x]`, unless `contains` follows.
    pub(super) spaced: Option<Span>,
}

/// What follows a rule's name directly.
#[derive(Default)]
struct Suffixes {
    args: Vec<RefArg>,
    params: Option<Vec<Term>>,
    spaced: Option<Span>,
}

impl Parser<'_> {
    /// `p`, `p.q[r]`, `f(x)`, each with `contains e`, `:= v`, `= v` or nothing.
    pub(super) fn head(&mut self) -> Parsed<Begun> {
        self.allow_keyword_name();
        if !self.at_name() || self.is_keyword_here(Word::Contains) {
            return Err(self.no_statement());
        }
        let token = self.bump();
        let name = self.source(token);
        self.check_shadowing(name, token.span());
        let first = Term {
            kind: TermKind::Var(ArcStr::from(name)),
            span: token.span(),
        };
        let Suffixes {
            args,
            params,
            mut spaced,
        } = self.suffixes_of_name()?;
        let mut head = Head {
            name: Ref {
                head: Box::new(first),
                args,
            },
            params,
            kind: HeadKind::Single,
            value: None,
            assigned: None,
            span: token.span(),
        };
        if self.is_keyword(Word::Contains) {
            head.kind = self.element(head.params.is_some())?;
            spaced = None;
        } else {
            (head.assigned, head.value) = self.assigned_value()?;
        }
        head.span = self.since(token.start);
        Ok(Begun { head, spaced })
    }

    /// A value after `:=` or `=`, if there is one.
    pub(super) fn assigned_value(&mut self) -> Parsed<(Option<bool>, Option<Term>)> {
        let assigned = match self.kind() {
            Kind::Infix(Infix::Assign) => true,
            Kind::Infix(Infix::Unify) => false,
            _ => return Ok((None, None)),
        };
        self.bump();
        Ok((Some(assigned), Some(self.expression()?)))
    }

    /// Whether a keyword was not taken for a name.
    fn is_keyword_here(&self, word: Word) -> bool {
        self.is_keyword(word) && self.keyword_name != Some(self.at)
    }

    fn check_shadowing(&mut self, name: &str, span: Span) {
        if is_root(name) {
            self.strict
                .shadowed(span, format!("rules must not shadow `{name}`"));
        }
    }

    /// `.q[r](x)`. Only the first of them may stand apart, and only where a body follows.
    fn suffixes_of_name(&mut self) -> Parsed<Suffixes> {
        let mut suffixes = Suffixes::default();
        while suffixes.params.is_none() && self.is_suffix(suffixes.args.is_empty()) {
            let token = self.token();
            if token.gap != Gap::None {
                suffixes.spaced = Some(token.span());
            }
            match token.kind {
                Kind::Dot => suffixes.args.push(self.field()?),
                Kind::LeftBracket => suffixes.args.push(self.index()?),
                _ => suffixes.params = Some(self.arguments()?),
            }
        }
        if suffixes.params.is_some() && self.token().gap == Gap::None && self.is_suffix(false) {
            return Err(self.unexpected("`:=`, `if` or `{` after the parameters"));
        }
        Ok(suffixes)
    }

    fn is_suffix(&self, may_stand_apart: bool) -> bool {
        let token = self.token();
        (may_stand_apart || token.gap == Gap::None)
            && matches!(token.kind, Kind::Dot | Kind::LeftBracket | Kind::LeftParen)
    }

    fn element(&mut self, is_function: bool) -> Parsed<HeadKind> {
        let keyword = self.bump();
        if is_function {
            let hint = "a function has one value, `f(x) := v`; only rules collect elements";
            self.reports.hinted(
                keyword.span(),
                "unexpected `contains` after parameters",
                hint,
            );
        }
        Ok(HeadKind::Contains(self.expression()?))
    }
}
