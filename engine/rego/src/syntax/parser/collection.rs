//! Arrays, sets, objects and comprehensions.
//!
//! `|` after the first term begins a comprehension's body, unless a comma follows the first condition: OPA then takes
//! it for a union. Both begin with the same terms, so what was read as a condition becomes an element. A union that
//! would be taken for a comprehension once commas are left out is put in parentheses.

use super::expression::{Pair, is_membership, leads_with_union, protected, unite};
use super::{Kind, Parsed, Parser, Span, Word};
use crate::syntax::ast::{Body, Comprehension, Infix, Term, TermKind};
use crate::syntax::lexer::Token;

const BAR: Kind = Kind::Infix(Infix::Or);

/// What `|` after a first term turned out to begin.
enum AfterBar {
    /// The first term is collected under these conditions. The closing bracket has been read.
    Body(Term, Body),
    /// Elements: the union, and what followed the comma after it, unless the list ended there.
    Items(Term, Option<Term>),
}

impl Parser<'_> {
    /// `[x, y]`, `[x | ...]`.
    pub(super) fn array(&mut self) -> Parsed<Term> {
        let open = self.bump();
        self.enter(open)?;
        let kind = self.array_kind(open)?;
        Ok(Term {
            kind,
            span: self.since(open.start),
        })
    }

    fn array_kind(&mut self, open: Token) -> Parsed<TermKind> {
        const CLOSE: Kind = Kind::RightBracket;
        if self.kind() == CLOSE {
            return Ok(TermKind::Array(self.finish_items(
                open,
                Vec::new(),
                CLOSE,
            )?));
        }
        let leading = self.eat(Kind::Comma);
        let first = self.term()?;
        if self.kind() != BAR || leading {
            let first = self.item_from(first)?;
            let first = if leading { protected(first) } else { first };
            return Ok(TermKind::Array(self.finish_items(
                open,
                vec![first],
                CLOSE,
            )?));
        }
        Ok(match self.after_bar(first, open, CLOSE)? {
            AfterBar::Body(value, body) => {
                TermKind::ArrayComprehension(Box::new(comprehension(None, value, body)))
            }
            AfterBar::Items(union, second) => {
                let items = std::iter::once(union).chain(second).collect();
                TermKind::Array(self.finish_items(open, items, CLOSE)?)
            }
        })
    }

    /// Everything that begins with a brace.
    pub(super) fn braces(&mut self) -> Parsed<Term> {
        let open = self.bump();
        self.enter(open)?;
        let kind = self.braces_kind(open)?;
        Ok(Term {
            kind,
            span: self.since(open.start),
        })
    }

    fn braces_kind(&mut self, open: Token) -> Parsed<TermKind> {
        if self.kind() == Kind::RightBrace {
            return self.finish_object(open, Vec::new());
        }
        let leading = self.eat(Kind::Comma);
        let first = self.term()?;
        if self.kind() == BAR && !leading {
            return self.set_after_bar(open, first);
        }
        let first = if self.kind() == Kind::Colon {
            first
        } else {
            self.item_from(first)?
        };
        let first = if leading { protected(first) } else { first };
        if self.kind() == Kind::Colon {
            return self.object(open, first, leading);
        }
        Ok(TermKind::Set(self.finish_items(
            open,
            vec![first],
            Kind::RightBrace,
        )?))
    }

    fn set_after_bar(&mut self, open: Token, first: Term) -> Parsed<TermKind> {
        Ok(match self.after_bar(first, open, Kind::RightBrace)? {
            AfterBar::Body(value, body) => {
                TermKind::SetComprehension(Box::new(comprehension(None, value, body)))
            }
            AfterBar::Items(union, second) => {
                let items = std::iter::once(union).chain(second).collect();
                TermKind::Set(self.finish_items(open, items, Kind::RightBrace)?)
            }
        })
    }

    /// What follows the first key.
    fn object(&mut self, open: Token, key: Term, leading: bool) -> Parsed<TermKind> {
        self.bump();
        let first = self.term()?;
        if self.kind() != BAR || leading {
            let value = self.item_from(first)?;
            let value = if leading { protected(value) } else { value };
            return self.finish_object(open, vec![(key, value)]);
        }
        match self.after_bar(first, open, Kind::RightBrace)? {
            AfterBar::Body(value, body) => Ok(TermKind::ObjectComprehension(Box::new(
                comprehension(Some(key), value, body),
            ))),
            AfterBar::Items(union, second) => {
                let mut entries = vec![(key, union)];
                if let Some(key) = second {
                    entries.push(self.entry(key)?);
                }
                self.finish_object(open, entries)
            }
        }
    }

    fn after_bar(&mut self, first: Term, open: Token, close: Kind) -> Parsed<AfterBar> {
        self.enter(open)?;
        let after = self.body_or_items(first, open, close)?;
        self.leave();
        Ok(after)
    }

    /// Reads a condition after `|`, and takes it for an element if a comma follows.
    fn body_or_items(&mut self, first: Term, open: Token, close: Kind) -> Parsed<AfterBar> {
        let bar = self.bump().span();
        if self.kind() == close {
            return Err(self.empty_body(open));
        }
        let start = self.start();
        let literal = if self.may_be_element() {
            match self.pair()? {
                Pair::One(term) => {
                    let condition = self.plain_condition(term, start)?;
                    self.condition_from(condition, start)?
                }
                Pair::Listed {
                    first: element,
                    second,
                    ..
                } => {
                    return Ok(AfterBar::Items(unite(first, bar, element), second));
                }
            }
        } else {
            self.literal()?
        };
        let mut literals = vec![literal];
        self.more_literals(&mut literals, open, close)?;
        let end = literals.last().map_or(start, |last| last.span.end);
        Ok(AfterBar::Body(
            first,
            Body {
                literals,
                span: Span { start, end },
            },
        ))
    }

    /// Whether no keyword and no group says that a condition begins here.
    fn may_be_element(&self) -> bool {
        let quantified = self.is(Word::Some) || self.is(Word::Every) || self.is(Word::Not);
        let grouped =
            self.keywords.logical() && matches!(self.kind(), Kind::LeftBrace | Kind::LeftParen);
        let keyword_name = matches!(self.kind(), Kind::Word(_)) && self.is_dotted(self.at);
        !quantified && !grouped && !keyword_name
    }

    /// Elements after those that were read, and the closing bracket.
    fn finish_items(
        &mut self,
        open: Token,
        mut items: Vec<Term>,
        close: Kind,
    ) -> Parsed<Vec<Term>> {
        self.more_items(&mut items, close)?;
        let expected = if close == Kind::RightBracket {
            "`,` or `]`"
        } else {
            "`,` or `}`"
        };
        self.close(open, close, expected)?;
        if is_like_comprehension(&items) {
            let first = items.remove(0);
            items.insert(0, protected(first));
        }
        Ok(items)
    }

    /// `, x, y`, with a comma at the end or without.
    pub(super) fn more_items(&mut self, items: &mut Vec<Term>, close: Kind) -> Parsed<()> {
        while self.eat(Kind::Comma) && self.kind() != close && self.kind() != Kind::End {
            items.push(self.item()?);
        }
        Ok(())
    }

    /// Entries after those that were read, and the closing brace.
    fn finish_object(&mut self, open: Token, mut entries: Vec<(Term, Term)>) -> Parsed<TermKind> {
        while self.eat(Kind::Comma) && !matches!(self.kind(), Kind::RightBrace | Kind::End) {
            let key = self.item()?;
            entries.push(self.entry(key)?);
        }
        self.close(open, Kind::RightBrace, "`,` or `}`")?;
        if entries.len() == 1 {
            entries = entries
                .into_iter()
                .map(|(key, value)| (key, protected(value)))
                .collect();
        }
        Ok(TermKind::Object(entries))
    }

    /// What follows a key.
    fn entry(&mut self, key: Term) -> Parsed<(Term, Term)> {
        if !self.eat(Kind::Colon) {
            return Err(self.unexpected("`:`"));
        }
        Ok((key, self.item()?))
    }
}

/// Whether elements would be read as a comprehension: `a | b`, or `a | b, c in d`.
fn is_like_comprehension(items: &[Term]) -> bool {
    match items {
        [only] => leads_with_union(only),
        [first, second] => leads_with_union(first) && is_membership(second),
        _ => false,
    }
}

fn comprehension(key: Option<Term>, value: Term, body: Body) -> Comprehension {
    Comprehension { key, value, body }
}
