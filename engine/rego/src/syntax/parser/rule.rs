//! Rules and functions: heads, bodies, `else`, and further bodies of the same head.

use super::statement::is_root;
use super::{Gap, Kind, Parsed, Parser, Span, Stop, Word};
use crate::syntax::ast::{
    Body, Else, Head, HeadKind, Infix, Literal, LiteralKind, Module, Rule, Term, TermKind,
};
use crate::syntax::lexer::Token;

/// So many bytes of heads may be copied for chained bodies, besides some times the length of the text.
const COPIES: usize = 1 << 20;

impl Parser<'_> {
    /// Reads a rule and the bodies chained to it.
    pub(super) fn rule(&mut self, module: &mut Module) -> Parsed<()> {
        let start = self.start();
        if self.is(Word::Default) {
            self.bump();
            return self.default_rule(start, module);
        }
        let mut begun = self.head()?;
        let has_if = self.is_keyword(Word::If) && !self.is_member(self.at);
        let keyed = !has_if && is_keyed(&begun.head);
        if keyed && begun.head.value.is_none() {
            self.make_partial_set(&mut begun.head);
        }
        let Some(body) = self.rule_body(&begun.head, has_if)? else {
            self.check_bodyless(&begun)?;
            module
                .rules
                .push(plain(begun.head, None, self.since(start)));
            return Ok(());
        };
        let mut rule = plain(begun.head, Some(body), self.since(start));
        if self.is(Word::Else) {
            self.check_else(&rule.head, keyed);
            rule.otherwise = self.branches()?;
            rule.span = self.since(start);
        }
        self.chained_bodies(rule, module)
    }

    /// OPA takes `p[x]` without `if` for the element `x` of the set `p`.
    fn make_partial_set(&mut self, head: &mut Head) {
        let Some(element) = head.name.args.pop() else {
            return;
        };
        head.kind = HeadKind::Contains(element.term);
        let hint =
            "write `p contains x` for elements of a set, or `p[x] := v` for entries of an object";
        self.strict.hinted(
            head.span,
            "`contains` keyword is required for partial set rules",
            hint,
        );
    }

    fn rule_body(&mut self, head: &Head, has_if: bool) -> Parsed<Option<Body>> {
        if has_if {
            self.bump();
            return self.body_after_if().map(Some);
        }
        if self.kind() != Kind::LeftBrace {
            return Ok(None);
        }
        let what = if head.params.is_some() {
            "function"
        } else {
            "rule"
        };
        self.require_if(what);
        self.braced_body().map(Some)
    }

    fn require_if(&mut self, what: &str) {
        let message = format!("`if` keyword is required before {what} body");
        self.strict
            .hinted(self.token().span(), message, "write `if {`");
    }

    /// A condition, or conditions in braces. As in OPA, braces are tried as an object or set first: `if {x | y}` is a
    /// comprehension and `if {"a": 1}` an object, but what would be a set is a body.
    fn body_after_if(&mut self) -> Parsed<Body> {
        if self.kind() != Kind::LeftBrace {
            return self.single_condition();
        }
        if let Some(body) = self.condition_led_by_brace() {
            return Ok(body);
        }
        self.braced_body()
    }

    fn single_condition(&mut self) -> Parsed<Body> {
        let literal = self.literal()?;
        let span = literal.span;
        Ok(Body {
            literals: vec![literal],
            span,
        })
    }

    fn condition_led_by_brace(&mut self) -> Option<Body> {
        if !self.may_be_a_term() {
            return None;
        }
        let (at, last_end, depth, reported) =
            (self.at, self.last_end, self.depth, self.reports.len());
        match self.single_condition() {
            Ok(body) if !is_set(&body) => Some(body),
            _ => {
                self.reports.truncate(reported);
                (self.at, self.last_end, self.depth) = (at, last_end, depth);
                None
            }
        }
    }

    /// Whether the braces hold what a body cannot begin with, or are part of something larger.
    fn may_be_a_term(&self) -> bool {
        let Some(mate) = self.token().mate() else {
            return false;
        };
        let after = self.token_at(mate + 1);
        self.continues_term(mate + 1, after)
            || mate == self.at + 1
            || self.has_colon_or_bar(self.at + 1, mate)
    }

    fn continues_term(&self, index: usize, after: Token) -> bool {
        match after.kind {
            Kind::Infix(_) | Kind::Comma => true,
            Kind::Dot | Kind::LeftBracket | Kind::LeftParen => after.gap == Gap::None,
            Kind::Word(word @ (Word::In | Word::And | Word::Or)) => {
                self.keywords.has(word) && !self.is_dotted(index)
            }
            _ => false,
        }
    }

    /// Looks at the tokens between braces, but not into inner brackets.
    fn has_colon_or_bar(&self, from: usize, to: usize) -> bool {
        let mut index = from;
        while index < to {
            let token = self.token_at(index);
            if matches!(token.kind, Kind::Colon | Kind::Infix(Infix::Or)) {
                return true;
            }
            let last = if token.kind.opens().is_some() {
                token.mate().unwrap_or(index)
            } else {
                index
            };
            index = last + 1;
        }
        false
    }

    fn check_else(&mut self, head: &Head, keyed: bool) {
        let span = self.token().span();
        if head.name.args.iter().any(|arg| has_variables(&arg.term)) {
            self.reports.error(
                span,
                "`else` cannot follow a rule with variables in its name",
            );
        } else if keyed || matches!(head.kind, HeadKind::Contains(_)) {
            self.reports
                .error(span, "`else` cannot follow a rule with several values");
        }
    }

    fn branches(&mut self) -> Parsed<Vec<Else>> {
        let mut branches = Vec::new();
        while self.is(Word::Else) {
            let branch = self.branch()?;
            let always_holds = branch.body.is_none();
            branches.push(branch);
            if always_holds {
                break;
            }
        }
        Ok(branches)
    }

    fn branch(&mut self) -> Parsed<Else> {
        let start = self.bump().start;
        let (assigned, value) = self.assigned_value()?;
        let body = self.branch_body()?;
        if value.is_none() && body.is_none() {
            return Err(self.unexpected("`:=`, `if` or `{` after `else`"));
        }
        Ok(Else {
            value,
            assigned,
            body,
            span: self.since(start),
        })
    }

    /// Unlike after a rule's `if`, braces are always a body.
    fn branch_body(&mut self) -> Parsed<Option<Body>> {
        let has_if = self.is_keyword(Word::If) && !self.is_member(self.at);
        if has_if {
            self.bump();
        } else if self.kind() == Kind::LeftBrace {
            self.require_if("`else`");
        } else {
            return Ok(None);
        }
        if self.kind() == Kind::LeftBrace {
            self.braced_body().map(Some)
        } else {
            self.single_condition().map(Some)
        }
    }

    /// `{ ... }` after the body of a rule: another rule with the same head.
    fn chained_bodies(&mut self, rule: Rule, module: &mut Module) -> Parsed<()> {
        let has_else = !rule.otherwise.is_empty();
        let head = (self.kind() == Kind::LeftBrace).then(|| rule.head.clone());
        module.rules.push(rule);
        let Some(head) = head else { return Ok(()) };
        if has_else {
            return Err(self.unexpected("`else`"));
        }
        while self.kind() == Kind::LeftBrace {
            let start = self.start();
            self.count_copy(&head)?;
            let body = self.braced_body()?;
            let mut rule = plain(head.clone(), Some(body), self.since(start));
            rule.chained = true;
            module.rules.push(rule);
        }
        Ok(())
    }

    /// Copying a long head for each of many bodies must not take more than linear space.
    fn count_copy(&mut self, head: &Head) -> Parsed<()> {
        self.copied += (head.span.end - head.span.start) as usize;
        if self.copied <= COPIES + 16 * self.text.len() {
            return Ok(());
        }
        self.reports
            .error(self.token().span(), "too many bodies for such a long head");
        Err(Stop)
    }
}

/// A rule without branches.
pub(super) fn plain(head: Head, body: Option<Body>, span: Span) -> Rule {
    Rule {
        is_default: false,
        head,
        body,
        otherwise: Vec::new(),
        chained: false,
        span,
    }
}

/// `p[x]` and `p.x`, which OPA distinguishes from longer and shorter names.
pub(super) fn is_keyed(head: &Head) -> bool {
    matches!(head.kind, HeadKind::Single) && head.params.is_none() && head.name.args.len() == 1
}

fn is_set(body: &Body) -> bool {
    matches!(
        body.literals.as_slice(),
        [Literal {
            kind: LiteralKind::Term(Term {
                kind: TermKind::Set(_),
                ..
            }),
            ..
        }]
    )
}

/// Whether a part of a name is not known before evaluation.
fn has_variables(term: &Term) -> bool {
    match &term.kind {
        TermKind::Var(name) => !is_root(name),
        TermKind::Ref(name) => name.args.iter().any(|arg| has_variables(&arg.term)),
        TermKind::Parens(inner) | TermKind::Negate(inner) => has_variables(inner),
        TermKind::Array(items) | TermKind::Set(items) => items.iter().any(has_variables),
        TermKind::Object(entries) => entries
            .iter()
            .any(|(key, value)| has_variables(key) || has_variables(value)),
        TermKind::Call { args, .. } => args.iter().any(has_variables),
        TermKind::Infix { left, right, .. } => has_variables(left) || has_variables(right),
        _ => false,
    }
}
