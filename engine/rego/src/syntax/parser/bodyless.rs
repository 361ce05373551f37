//! Rules without a body: which of them are complete.

use super::head::Begun;
use super::{Parsed, Parser, Version, Word};
use crate::syntax::ast::{Head, HeadKind};

impl Parser<'_> {
    /// OPA reads them as expressions, which are more particular than heads.
    pub(super) fn check_bodyless(&mut self, begun: &Begun) -> Parsed<()> {
        let head = &begun.head;
        if let Some(span) = begun.spaced {
            self.reports
                .error(span, "unexpected space after the rule's name");
        }
        if head.value.is_some() || matches!(head.kind, HeadKind::Contains(_)) {
            return self.refuse_modifiers();
        }
        if let Some(params) = &head.params {
            if params.is_empty() {
                let hint = "write `f() := v`";
                self.reports.hinted(
                    head.span,
                    "a function without parameters needs a value or a body",
                    hint,
                );
            }
            return self.refuse_modifiers();
        }
        if head.name.args.is_empty() {
            return Err(self.unexpected(self.after_name()));
        }
        self.require_value(head);
        self.refuse_modifiers()
    }

    fn require_value(&mut self, head: &Head) {
        let message = "rule must have value assignment and/or body declaration";
        self.strict.hinted(head.span, message, "write `:= true`");
    }

    fn refuse_modifiers(&mut self) -> Parsed<()> {
        if !self.is(Word::With) {
            return Ok(());
        }
        let hint = "`with` modifies conditions: write `p := v if { v := x with input as y }`";
        let span = self.token().span();
        self.reports
            .hinted(span, "unexpected `with` after the value of a rule", hint);
        Err(super::Stop)
    }

    fn after_name(&self) -> &'static str {
        match self.version {
            Version::V0 => "`:=`, `=`, `{`, `[` or `(` after the rule's name",
            Version::V1 => "`:=`, `if`, `contains`, `[` or `(` after the rule's name",
        }
    }
}
