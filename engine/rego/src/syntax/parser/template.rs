//! Template strings.

use super::{Kind, Parsed, Parser, Stop, Version};
use crate::syntax::ast::{Infix, Literal, LiteralKind, TemplatePart, Term, TermKind};
use crate::syntax::lexer::{Quotes, unescape};
use crate::value::ArcStr;

impl Parser<'_> {
    /// `$"text {expression}"`.
    pub(super) fn template(&mut self, raw: bool) -> Parsed<Term> {
        let first = self.bump();
        if self.version == Version::V0 {
            self.reports.hinted(
                first.span(),
                "template string in a module of Rego v0",
                "use `sprintf`",
            );
        }
        let mut parts = Vec::new();
        while self.kind() != Kind::TemplateEnd {
            let part = if self.kind() == Kind::TemplateText {
                self.template_text(raw)
            } else {
                self.template_part()?
            };
            parts.push(part);
        }
        self.bump();
        Ok(Term {
            kind: TermKind::Template { parts, raw },
            span: self.since(first.start),
        })
    }

    fn template_text(&mut self, raw: bool) -> TemplatePart {
        let token = self.bump();
        let quotes = if raw {
            Quotes::RawTemplate
        } else {
            Quotes::Template
        };
        let text = unescape(self.source(token), token.start, quotes, &mut self.reports);
        TemplatePart::Text(ArcStr::from(text))
    }

    fn template_part(&mut self) -> Parsed<TemplatePart> {
        let open = self.token();
        if open.kind != Kind::TemplateOpen {
            return Err(self.unexpected("`{` or the end of the template string"));
        }
        self.bump();
        self.enter(open)?;
        self.enter(open)?;
        let literal = self.literal()?;
        self.close(open, Kind::TemplateClose, "`}`")?;
        self.leave();
        let span = literal.span;
        match literal {
            Literal {
                kind: LiteralKind::Term(term),
                with,
                ..
            } if !is_assignment(&term) => Ok(TemplatePart::Expr { term, with }),
            _ => {
                self.reports.error(
                    span,
                    "expected an expression in the template string, found a condition",
                );
                Err(Stop)
            }
        }
    }
}

fn is_assignment(term: &Term) -> bool {
    matches!(
        term.kind,
        TermKind::Infix {
            op: Infix::Assign | Infix::Unify,
            ..
        }
    )
}
