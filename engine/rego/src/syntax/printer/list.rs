//! Things in brackets: on one line, or on lines of their own.

use super::Printer;
use super::lines::Spacing;
use crate::syntax::Span;
use crate::syntax::ast::{Comprehension, Literal, Term};

/// Brackets, where they are, and what is in them.
pub(super) struct List<'t, T> {
    pub(super) open: &'t str,
    pub(super) close: &'t str,
    /// From the opening bracket to the closing one.
    pub(super) span: Span,
    pub(super) items: &'t [T],
    /// The bytes of an item.
    pub(super) place: fn(&T) -> Span,
}

impl Printer<'_> {
    /// Terms in brackets.
    pub(super) fn terms(&mut self, open: &str, close: &str, span: Span, items: &[Term]) {
        let list = List {
            open,
            close,
            span,
            items,
            place: |term| term.span,
        };
        self.list(&list, super::Printer::term);
    }

    /// Items in brackets. They keep their lines, if they stand on several.
    pub(super) fn list<T>(&mut self, list: &List<'_, T>, print: fn(&mut Self, &T)) {
        self.write(list.open);
        self.reach(list.span.start + 1);
        match list.items.first() {
            Some(first) if self.is_spread(list) => {
                self.indent += 1;
                self.break_line((list.place)(first).start, Spacing::Tight);
                self.spread(list, print);
                self.break_line(list.span.end.saturating_sub(1), Spacing::Tight);
                self.indent -= 1;
            }
            _ => self.joined(list.items, print),
        }
        self.write(list.close);
        self.reach(list.span.end);
    }

    fn joined<T>(&mut self, items: &[T], print: fn(&mut Self, &T)) {
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                self.write(", ");
            }
            print(self, item);
        }
    }

    fn spread<T>(&mut self, list: &List<'_, T>, print: fn(&mut Self, &T)) {
        let mut items = list.items.iter().peekable();
        while let Some(item) = items.next() {
            print(self, item);
            self.write(",");
            let Some(next) = items.peek().map(|next| (list.place)(next).start) else {
                return;
            };
            if self.line_of(next) > self.line_of((list.place)(item).start) {
                self.break_line(next, Spacing::Tight);
            } else {
                self.write(" ");
            }
        }
    }

    fn is_spread<T>(&self, list: &List<'_, T>) -> bool {
        let starts = list.items.iter().map(|item| (list.place)(item).start);
        self.has_break(list.span.start, starts)
            || self.has_loose_comment(list.span, list.items, list.place)
    }

    /// Whether places, in their order, are in different lines of the source.
    fn has_break(&self, first: u32, mut others: impl Iterator<Item = u32>) -> bool {
        let line = self.line_of(first);
        others.any(|place| self.line_of(place) > line)
    }

    /// Whether there is a comment that is in none of the items.
    fn has_loose_comment<T>(&self, span: Span, items: &[T], place: fn(&T) -> Span) -> bool {
        let comments = &self.module.comments;
        let first = comments.partition_point(|comment| comment.span.start < span.start);
        let within = comments
            .iter()
            .skip(first)
            .take_while(|comment| comment.span.start < span.end);
        within.map(|comment| comment.span.start).any(|at| {
            let before = items.partition_point(|item| place(item).start <= at);
            let around = before.checked_sub(1).and_then(|index| items.get(index));
            around.is_none_or(|item| place(item).end <= at)
        })
    }

    /// `[x | ...]` and its like.
    pub(super) fn comprehension(
        &mut self,
        open: &str,
        close: &str,
        span: Span,
        parts: &Comprehension,
    ) {
        self.write(open);
        self.reach(span.start + 1);
        if let Some(key) = &parts.key {
            self.term(key);
            self.write(": ");
        }
        self.term(&parts.value);
        self.write(" |");
        self.conditions(&parts.body.literals, span.end.saturating_sub(1), "");
        self.write(close);
        self.reach(span.end);
    }

    /// Conditions up to a bracket at `close`: after what opened them, or on lines of their own. `pad` separates them
    /// from the bracket if they share its line.
    pub(super) fn conditions(&mut self, literals: &[Literal], close: u32, pad: &str) {
        let Some(first) = literals.first() else {
            return;
        };
        let span = Span {
            start: self.at,
            end: close,
        };
        let starts = literals.iter().map(|literal| literal.span.start);
        if self.has_break(self.at, starts)
            || self.has_loose_comment(span, literals, |literal| literal.span)
        {
            self.indent += 1;
            self.break_line(first.span.start, Spacing::Open);
            self.literals(literals);
            self.break_line(close, Spacing::Close);
            self.indent -= 1;
            return;
        }
        for (index, literal) in literals.iter().enumerate() {
            self.write(if index == 0 { " " } else { "; " });
            self.literal(literal);
        }
        self.write(pad);
    }
}
