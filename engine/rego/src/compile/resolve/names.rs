//! Which names a piece of syntax mentions, binds and declares.

use crate::syntax::Span;
use crate::syntax::ast::{self, Infix, TermKind};
use crate::value::ArcStr;

pub(super) fn is_root(name: &str) -> bool {
    matches!(name, "input" | "data" | "_")
}

/// The words of a dotted name.
pub(crate) fn words(term: &ast::Term) -> Option<Vec<ArcStr>> {
    match &term.kind {
        TermKind::Var(name) => Some(vec![name.clone()]),
        TermKind::Parens(inner) => words(inner),
        TermKind::Ref(reference) => {
            let mut all = words(&reference.head)?;
            for arg in &reference.args {
                match &arg.term.kind {
                    TermKind::String { text, .. } => all.push(text.clone()),
                    _ => return None,
                }
            }
            Some(all)
        }
        _ => None,
    }
}

/// Whether a parameter is a constant, a variable, or a composite of these.
pub(crate) fn is_pattern(term: &ast::Term) -> bool {
    match &term.kind {
        TermKind::Null
        | TermKind::Bool(_)
        | TermKind::Number(_)
        | TermKind::String { .. }
        | TermKind::Var(_) => true,
        TermKind::Array(items) | TermKind::Set(items) => items.iter().all(is_pattern),
        TermKind::Object(entries) => entries
            .iter()
            .all(|(key, value)| is_pattern(key) && is_pattern(value)),
        TermKind::Parens(inner) => is_pattern(inner),
        _ => false,
    }
}

/// The names that a pattern binds: variables, arrays and objects of them.
pub(super) fn pattern_names(term: &ast::Term, names: &mut Vec<(ArcStr, Span)>) {
    match &term.kind {
        TermKind::Var(name) if !is_root(name) => names.push((name.clone(), term.span)),
        TermKind::Array(items) => items.iter().for_each(|item| pattern_names(item, names)),
        TermKind::Object(entries) => entries
            .iter()
            .for_each(|(_, value)| pattern_names(value, names)),
        TermKind::Parens(inner) => pattern_names(inner, names),
        _ => {}
    }
}

/// The names that a literal declares for those after it.
pub(super) fn declared_names(kind: &ast::LiteralKind, declare: &mut impl FnMut(&ArcStr, Span)) {
    match kind {
        ast::LiteralKind::Some(names) => {
            names.iter().for_each(|name| declare(&name.text, name.span));
        }
        ast::LiteralKind::SomeIn { key, value, .. } => {
            let mut names = Vec::new();
            key.iter()
                .chain([value])
                .for_each(|pattern| pattern_names(pattern, &mut names));
            names.iter().for_each(|(name, span)| declare(name, *span));
        }
        ast::LiteralKind::Term(term) => declared_by_term(term, declare),
        _ => {}
    }
}

pub(super) fn declared_by_term(term: &ast::Term, declare: &mut impl FnMut(&ArcStr, Span)) {
    match &term.kind {
        TermKind::Parens(inner) => declared_by_term(inner, declare),
        TermKind::Infix {
            op: Infix::Assign,
            left,
            ..
        } => {
            let mut names = Vec::new();
            pattern_names(left, &mut names);
            names.iter().for_each(|(name, span)| declare(name, *span));
        }
        _ => {}
    }
}

/// The names that a literal mentions outside closures.
pub(super) fn literal_names(literal: &ast::Literal, names: &mut Vec<ArcStr>) {
    kind_names(&literal.kind, names);
    literal
        .with
        .iter()
        .for_each(|with| term_names(&with.value, names));
}

pub(super) fn kind_names(kind: &ast::LiteralKind, names: &mut Vec<ArcStr>) {
    match kind {
        ast::LiteralKind::Term(term) => term_names(term, names),
        ast::LiteralKind::Not(inner) => kind_names(inner, names),
        ast::LiteralKind::SomeIn {
            key,
            value,
            collection,
        } => {
            key.iter()
                .chain([value, collection])
                .for_each(|term| term_names(term, names));
        }
        ast::LiteralKind::Every { domain, .. } => term_names(domain, names),
        ast::LiteralKind::Some(_)
        | ast::LiteralKind::NotBody(_)
        | ast::LiteralKind::Logical { .. } => {}
    }
}

/// The names that a term mentions outside closures, functions' names apart.
pub(super) fn term_names(term: &ast::Term, names: &mut Vec<ArcStr>) {
    match &term.kind {
        TermKind::Var(name) => names.push(name.clone()),
        TermKind::Ref(reference) => {
            term_names(&reference.head, names);
            reference
                .args
                .iter()
                .for_each(|arg| term_names(&arg.term, names));
        }
        TermKind::Call { args, .. } => args.iter().for_each(|arg| term_names(arg, names)),
        TermKind::Infix { left, right, .. } => {
            term_names(left, names);
            term_names(right, names);
        }
        TermKind::Negate(inner) | TermKind::Parens(inner) => term_names(inner, names),
        TermKind::In {
            key,
            value,
            collection,
        } => {
            key.iter().for_each(|key| term_names(key, names));
            term_names(value, names);
            term_names(collection, names);
        }
        TermKind::Array(items) | TermKind::Set(items) => {
            items.iter().for_each(|item| term_names(item, names));
        }
        TermKind::Object(entries) => entries.iter().for_each(|(key, value)| {
            term_names(key, names);
            term_names(value, names);
        }),
        TermKind::Template { parts, .. } => {
            for part in parts {
                if let ast::TemplatePart::Expr { term, .. } = part {
                    term_names(term, names);
                }
            }
        }
        TermKind::Null
        | TermKind::Bool(_)
        | TermKind::Number(_)
        | TermKind::String { .. }
        | TermKind::ArrayComprehension(_)
        | TermKind::SetComprehension(_)
        | TermKind::ObjectComprehension(_) => {}
    }
}
