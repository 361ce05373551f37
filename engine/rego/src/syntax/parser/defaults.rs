//! `default p := v`.

use std::collections::HashSet;

use super::rule::{is_keyed, plain};
use super::{Parsed, Parser};
use crate::syntax::Span;
use crate::syntax::ast::{Head, HeadKind, Module, TemplatePart, Term, TermKind};

impl Parser<'_> {
    /// What follows `default`.
    pub(super) fn default_rule(&mut self, start: u32, module: &mut Module) -> Parsed<()> {
        let head = self.head()?.head;
        self.check_default_value(&head);
        self.check_default_params(head.params.as_deref().unwrap_or_default());
        let mut rule = plain(head, None, self.since(start));
        rule.is_default = true;
        module.rules.push(rule);
        Ok(())
    }

    fn check_default_value(&mut self, head: &Head) {
        let Some(value) = &head.value else {
            // OPA takes the value of `default p` to be `true`.
            if is_keyed(head) || matches!(head.kind, HeadKind::Contains(_)) {
                self.reports.hinted(
                    head.span,
                    "default rule without a value",
                    "write `default p := v`",
                );
            }
            return;
        };
        if let Some((span, found)) = not_constant(value) {
            let hint = "a default is a constant, or a comprehension";
            self.reports.hinted(
                span,
                format!("{found} in the value of a default rule"),
                hint,
            );
        }
    }

    fn check_default_params(&mut self, params: &[Term]) {
        let mut known = HashSet::new();
        for param in params {
            match &param.kind {
                TermKind::Var(name) if name.as_str() == "_" || known.insert(name.as_str()) => {}
                TermKind::Var(name) => {
                    self.reports.error(
                        param.span,
                        format!("parameter `{name}` of a default function is repeated"),
                    );
                }
                _ => self.reports.error(
                    param.span,
                    "a parameter of a default function must be a variable",
                ),
            }
        }
    }
}

/// The first part of a value that depends on something else, outside of comprehensions.
fn not_constant(value: &Term) -> Option<(Span, &'static str)> {
    let found = match &value.kind {
        TermKind::Var(_) => "variable",
        TermKind::Ref(_) => "reference",
        TermKind::Call { .. }
        | TermKind::Infix { .. }
        | TermKind::Negate(_)
        | TermKind::In { .. } => "call",
        TermKind::Parens(inner) => return not_constant(inner),
        TermKind::Array(items) | TermKind::Set(items) => {
            return items.iter().find_map(not_constant);
        }
        TermKind::Object(entries) => {
            return entries
                .iter()
                .find_map(|(key, value)| not_constant(key).or_else(|| not_constant(value)));
        }
        TermKind::Template { parts, .. } => return parts.iter().find_map(not_constant_part),
        _ => return None,
    };
    Some((value.span, found))
}

fn not_constant_part(part: &TemplatePart) -> Option<(Span, &'static str)> {
    match part {
        TemplatePart::Text(_) => None,
        TemplatePart::Expr { term, .. } => not_constant(term),
    }
}
