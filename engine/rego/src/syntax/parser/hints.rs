//! What somebody may have meant.

use super::{Kind, Parser, Word};
use crate::syntax::ast::Infix;
use crate::syntax::lexer::Token;

impl Parser<'_> {
    /// Advice for who finds the next token unexpected.
    pub(super) fn hint(&self) -> Option<String> {
        let (previous, found) = (self.token_at(self.at.saturating_sub(1)), self.token());
        let is_first = self.at == 0;
        let plain = if is_first {
            None
        } else {
            between(previous.kind, found.kind)
        };
        plain
            .map(str::to_owned)
            .or_else(|| self.missing_import(found))
            .or_else(|| self.missing_import(previous).filter(|_| !is_first))
            .or_else(|| self.reserved(found))
    }

    /// A word that is no keyword yet.
    fn missing_import(&self, token: Token) -> Option<String> {
        let Kind::Word(word) = token.kind else {
            return None;
        };
        if self.keywords.has(word) {
            return None;
        }
        let name = self.source(token);
        match word {
            Word::If | Word::Contains | Word::In | Word::Every => {
                Some(format!("`{name}` is a keyword only after `import rego.v1`"))
            }
            Word::And => Some(format!(
                "separate conditions by line breaks, or `import future.keywords.{name}`"
            )),
            Word::Or => Some(format!(
                "write a rule for each alternative, or `import future.keywords.{name}`"
            )),
            _ => None,
        }
    }

    fn reserved(&self, found: Token) -> Option<String> {
        let Kind::Word(word) = found.kind else {
            return None;
        };
        if !self.keywords.has(word) {
            return None;
        }
        let name = self.source(found);
        match word {
            Word::True | Word::False | Word::Null | Word::Contains | Word::If => None,
            _ => Some(format!(
                "`{name}` is a keyword; as a part of a reference write `x[\"{name}\"]` or `x.{name}`"
            )),
        }
    }
}

fn between(previous: Kind, found: Kind) -> Option<&'static str> {
    match (previous, found) {
        (Kind::Infix(Infix::And), Kind::Infix(Infix::And)) => {
            Some("separate conditions that must all hold by line breaks or `;`")
        }
        (Kind::Infix(Infix::Or), Kind::Infix(Infix::Or)) => {
            Some("write a rule for each alternative")
        }
        (
            Kind::Infix(Infix::Equal | Infix::Unify | Infix::Assign),
            Kind::Infix(Infix::Unify | Infix::Equal),
        ) => Some("`==` compares, `:=` assigns, `=` unifies"),
        (_, Kind::Infix(Infix::Assign | Infix::Unify)) => {
            Some("assignments are conditions of their own; `==` compares")
        }
        _ => None,
    }
}
