//! Rules.

use super::Printer;
use super::body::{begins_with_brace, leads_with_union};
use super::lines::Spacing;
use crate::syntax::Span;
use crate::syntax::ast::{Body, Else, Head, HeadKind, Rule, Term};
use crate::syntax::keywords::Word;

impl Printer<'_> {
    /// A rule and the bodies chained to it.
    pub(super) fn rules(&mut self, rules: &[Rule]) {
        let Some((first, chained)) = rules.split_first() else {
            return;
        };
        self.rule(first, !chained.is_empty());
        for body in chained.iter().filter_map(|rule| rule.body.as_ref()) {
            self.write(" ");
            self.block(body);
        }
    }

    fn rule(&mut self, rule: &Rule, has_chained: bool) {
        if rule.is_default {
            self.write("default ");
        }
        self.head(&rule.head);
        if let Some(body) = &rule.body {
            self.rule_body(&rule.head, body, has_chained);
        }
        for branch in &rule.otherwise {
            self.branch(branch);
        }
    }

    fn head(&mut self, head: &Head) {
        self.term(&head.name.head);
        self.arguments(&head.name.args);
        if let Some(params) = &head.params {
            let start = self.at;
            let end = params.last().map_or(start, |last| last.span.end);
            self.terms(
                "(",
                ")",
                Span {
                    start,
                    end: end + 1,
                },
                params,
            );
        }
        match &head.kind {
            HeadKind::Contains(element) if self.is_bracketed(head) => {
                self.write("[");
                self.term(element);
                self.write("]");
            }
            HeadKind::Contains(element) => {
                self.write(" contains ");
                self.term(element);
            }
            HeadKind::Single => {}
        }
        self.value(head.assigned, head.value.as_ref());
        self.reach(head.span.end);
    }

    /// Whether a set's element is written `p[x]`, since `contains` is no keyword here.
    fn is_bracketed(&self, head: &Head) -> bool {
        matches!(head.kind, HeadKind::Contains(_)) && !self.keywords.has(Word::Contains)
    }

    fn value(&mut self, assigned: Option<bool>, value: Option<&Term>) {
        let Some(value) = value else { return };
        self.write(if assigned == Some(true) {
            " := "
        } else {
            " = "
        });
        self.term(value);
    }

    fn rule_body(&mut self, head: &Head, body: &Body, has_chained: bool) {
        // `p[x] if` is an entry of an object, but `p[x]` an element of a set.
        let with_if = self.keywords.has(Word::If) && !self.is_bracketed(head);
        if with_if && !has_chained && self.write_after_if(body) {
            return;
        }
        // `if {x | y` begins a comprehension. Only v0 can have such a body, without `if`.
        let is_ambiguous = body.literals.first().is_some_and(leads_with_union);
        self.write(if with_if && !is_ambiguous {
            " if "
        } else {
            " "
        });
        self.block(body);
    }

    /// A single condition stays on the line of the head.
    fn write_after_if(&mut self, body: &Body) -> bool {
        let [literal] = body.literals.as_slice() else {
            return false;
        };
        if begins_with_brace(literal)
            || (self.is_below(literal.span.start) && !leads_with_union(literal))
        {
            return false;
        }
        self.write(" if ");
        self.literal(literal);
        true
    }

    fn branch(&mut self, branch: &Else) {
        let start = branch.span.start;
        if !self.is_below(start) && self.out.ends_with('}') {
            self.write(" ");
        } else {
            let line = self.line_of(self.at);
            self.end_line(start);
            self.blank();
            self.comment_lines(start, line, Spacing::Inside);
        }
        self.write("else");
        self.reach(start + 1);
        self.value(branch.assigned, branch.value.as_ref());
        if let Some(body) = &branch.body {
            self.branch_body(body);
        }
    }

    fn branch_body(&mut self, body: &Body) {
        let with_if = self.keywords.has(Word::If);
        if with_if && self.write_after_if(body) {
            return;
        }
        self.write(if with_if { " if " } else { " " });
        self.block(body);
    }
}
