//! Bodies and their conditions.

use super::Printer;
use super::lines::Spacing;
use crate::syntax::ast::{
    Body, Literal, LiteralKind, Logical, Name, Operand, Term, TermKind, With,
};
use crate::syntax::{Span, parser};

impl Printer<'_> {
    /// `{`, conditions on lines of their own, and `}`.
    pub(super) fn block(&mut self, body: &Body) {
        let Some(first) = body.literals.first() else {
            return;
        };
        let has_braces = body.span.start < first.span.start;
        self.write("{");
        if has_braces {
            self.reach(body.span.start + 1);
        }
        self.indent += 1;
        self.break_line(first.span.start, Spacing::Open);
        self.literals(&body.literals);
        let close = if has_braces {
            body.span.end.saturating_sub(1)
        } else {
            body.span.end
        };
        self.break_line(close, Spacing::Close);
        self.indent -= 1;
        self.write("}");
        self.reach(body.span.end);
    }

    /// `{`, conditions on the same line or on lines of their own, and `}`.
    fn braces(&mut self, body: &Body) {
        self.write("{");
        self.reach(body.span.start + 1);
        self.conditions(&body.literals, body.span.end.saturating_sub(1), " ");
        self.write("}");
        self.reach(body.span.end);
    }

    /// Conditions on lines of their own.
    pub(super) fn literals(&mut self, literals: &[Literal]) {
        let mut literals = literals.iter().peekable();
        while let Some(literal) = literals.next() {
            self.literal(literal);
            let Some(next) = literals.peek() else { return };
            // A minus sign goes on with the line before.
            if begins_with_minus(next) {
                self.write(";");
            }
            self.break_line(next.span.start, Spacing::Inside);
        }
    }

    /// A condition and its modifiers.
    pub(super) fn literal(&mut self, literal: &Literal) {
        self.condition(&literal.kind);
        self.modifiers(&literal.with);
        self.reach(literal.span.end);
    }

    /// `with x as y`, each on its line if it stood on one.
    pub(super) fn modifiers(&mut self, modifiers: &[With]) {
        let indent = self.indent;
        for with in modifiers {
            if self.is_below(with.span.start) {
                self.indent = indent + 1;
                self.break_line(with.span.start, Spacing::Tight);
            } else {
                self.write(" ");
            }
            self.write("with ");
            self.term(&with.target);
            self.write(" as ");
            self.term(&with.value);
            self.reach(with.span.end);
        }
        self.indent = indent;
    }

    fn condition(&mut self, kind: &LiteralKind) {
        match kind {
            LiteralKind::Term(term) => self.term(term),
            LiteralKind::Not(inner) => {
                self.write("not ");
                self.condition(inner);
            }
            LiteralKind::NotBody(operand) => {
                self.write("not ");
                self.operand(operand, needs_parens_after_not);
            }
            LiteralKind::Logical { .. } => self.logical(kind),
            LiteralKind::Some(names) => self.names(names),
            LiteralKind::SomeIn {
                key,
                value,
                collection,
            } => {
                self.quantifier("some ", key.as_ref(), value, collection);
            }
            LiteralKind::Every {
                key,
                value,
                domain,
                body,
            } => {
                self.quantifier("every ", key.as_ref(), value, domain);
                self.write(" ");
                self.braces(body);
            }
        }
    }

    fn names(&mut self, names: &[Name]) {
        for (index, name) in names.iter().enumerate() {
            self.write(if index == 0 { "some " } else { ", " });
            self.write(&name.text);
            self.reach(name.span.end);
        }
    }

    fn quantifier(&mut self, word: &str, key: Option<&Term>, value: &Term, collection: &Term) {
        self.write(word);
        if let Some(key) = key {
            self.term(key);
            self.write(", ");
        }
        self.term(value);
        self.write(" in ");
        self.term(collection);
    }

    /// `a and b or c`. What is chained to the left is not recursed into.
    fn logical(&mut self, kind: &LiteralKind) {
        let mut steps = Vec::new();
        let mut next = Some(kind);
        let mut innermost = None;
        while let Some(LiteralKind::Logical {
            op,
            op_span,
            left,
            right,
        }) = next
        {
            steps.push((*op, *op_span, right));
            innermost = Some((left, *op));
            next = chained(left, *op);
        }
        if let Some((first, op)) = innermost {
            self.operand(first, needs_parens_before(op));
        }
        let indent = self.indent;
        for (op, op_span, right) in steps.into_iter().rev() {
            self.connective(op, op_span);
            if self.is_below(right.body.span.start) {
                self.indent = indent + 1;
                self.break_line(right.body.span.start, Spacing::Tight);
            } else {
                self.write(" ");
            }
            self.operand(right, needs_parens_after(op));
        }
        self.indent = indent;
    }

    fn connective(&mut self, op: Logical, op_span: Span) {
        self.write(match op {
            Logical::And => " and",
            Logical::Or => " or",
        });
        self.reach(op_span.end);
    }

    fn operand(&mut self, operand: &Operand, needs_parens: fn(&Literal) -> bool) {
        if operand.braces {
            self.braces(&operand.body);
            return;
        }
        for literal in &operand.body.literals {
            if needs_parens(literal) {
                self.write("(");
                self.literal(literal);
                self.write(")");
            } else {
                self.literal(literal);
            }
        }
    }
}

/// The condition that an operand consists of, if it is chained to the operator without parentheses.
fn chained(operand: &Operand, op: Logical) -> Option<&LiteralKind> {
    let [literal] = operand.body.literals.as_slice() else {
        return None;
    };
    let is_chained = !operand.braces && !needs_parens_before(op)(literal);
    (is_chained && matches!(literal.kind, LiteralKind::Logical { .. })).then_some(&literal.kind)
}

fn needs_parens_before(op: Logical) -> fn(&Literal) -> bool {
    match op {
        Logical::And => |literal| !literal.with.is_empty() || is_logical(literal, Logical::Or),
        Logical::Or => |literal| !literal.with.is_empty(),
    }
}

fn needs_parens_after(op: Logical) -> fn(&Literal) -> bool {
    match op {
        Logical::And => |literal| {
            !literal.with.is_empty()
                || is_logical(literal, Logical::And)
                || is_logical(literal, Logical::Or)
        },
        Logical::Or => |literal| !literal.with.is_empty() || is_logical(literal, Logical::Or),
    }
}

fn needs_parens_after_not(literal: &Literal) -> bool {
    !literal.with.is_empty()
        || matches!(
            literal.kind,
            LiteralKind::Logical { .. } | LiteralKind::NotBody(_)
        )
}

fn is_logical(literal: &Literal, logical: Logical) -> bool {
    matches!(&literal.kind, LiteralKind::Logical { op, .. } if *op == logical)
}

/// Whether a condition is spelt like the beginning of a comprehension, `x | ...`.
pub(super) fn leads_with_union(literal: &Literal) -> bool {
    match &literal.kind {
        LiteralKind::Term(term) => parser::leads_with_union(term),
        LiteralKind::Logical { left, .. } => {
            !left.braces && left.body.literals.first().is_some_and(leads_with_union)
        }
        _ => false,
    }
}

/// Whether the first character of a condition is a brace.
pub(super) fn begins_with_brace(literal: &Literal) -> bool {
    match &literal.kind {
        LiteralKind::Term(term) => match &leftmost(term).kind {
            TermKind::Object(_)
            | TermKind::SetComprehension(_)
            | TermKind::ObjectComprehension(_) => true,
            TermKind::Set(items) => !items.is_empty(),
            _ => false,
        },
        LiteralKind::Logical { left, .. } => {
            left.braces || left.body.literals.first().is_some_and(begins_with_brace)
        }
        _ => false,
    }
}

/// Whether the first character of a condition is a minus sign.
fn begins_with_minus(literal: &Literal) -> bool {
    match &literal.kind {
        LiteralKind::Term(term) => match &leftmost(term).kind {
            TermKind::Negate(_) => true,
            TermKind::Number(text) => text.starts_with('-'),
            _ => false,
        },
        LiteralKind::Logical { left, .. } => {
            !left.braces && left.body.literals.first().is_some_and(begins_with_minus)
        }
        _ => false,
    }
}

/// The term that an expression begins with.
fn leftmost(term: &Term) -> &Term {
    let mut term = term;
    loop {
        term = match &term.kind {
            TermKind::Infix { left, .. } => left.as_ref(),
            TermKind::In { key, value, .. } => key.as_deref().unwrap_or(value),
            TermKind::Ref(path) => path.head.as_ref(),
            TermKind::Call { function, .. } => function.as_ref(),
            _ => return term,
        };
    }
}
