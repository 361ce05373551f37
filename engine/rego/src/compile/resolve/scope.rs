//! Scopes: which names a body has, from where on, and who uses them.

use std::collections::{HashMap, HashSet};

use super::super::ir::Slot;
use super::super::term::Term;
use super::Resolver;
use super::names::{declared_names, is_root, literal_names, pattern_names, term_names};
use crate::syntax::Span;
use crate::syntax::ast::{self, TermKind};
use crate::value::ArcStr;

impl Resolver<'_> {
    pub(super) fn enter(&mut self, body: &[ast::Literal], heads: &[&ast::Term]) {
        let mut scope = Scope::default();
        for literal in body {
            declared_names(&literal.kind, &mut |name, _| {
                scope.pending.insert(name.clone());
            });
        }
        let mut mentioned = Vec::new();
        body.iter()
            .for_each(|literal| literal_names(literal, &mut mentioned));
        heads
            .iter()
            .for_each(|term| term_names(term, &mut mentioned));
        self.scopes.push(scope);
        for name in mentioned {
            if self.is_free(&name) {
                let slot = self.fresh(&name);
                if let Some(scope) = self.scopes.last_mut() {
                    scope.names.insert(name, slot);
                }
            }
        }
    }

    /// Closes the innermost scope and says which of its declarations nobody uses.
    pub(crate) fn leave(&mut self) {
        let Some(scope) = self.scopes.pop() else {
            return;
        };
        let mut unused: Vec<(&ArcStr, &Declared)> = scope
            .declared
            .iter()
            .filter(|(name, declared)| {
                declared.kind == Declaration::Some
                    && !scope.used.contains(*name)
                    && name.as_str() != "_"
            })
            .collect();
        unused.sort_by_key(|(_, declared)| declared.span.start);
        for (name, declared) in unused {
            let message = format!("declared var {name} unused");
            self.reports.add(
                "rego_compile_error",
                message,
                self.place(declared.span),
                Some("remove the declaration, or use the variable"),
            );
        }
    }

    /// Whether a name means nothing yet.
    pub(super) fn is_free(&self, name: &ArcStr) -> bool {
        // A name that an outer body declares later is another variable in here.
        let known = self
            .scopes
            .iter()
            .any(|scope| scope.names.contains_key(name));
        let pending = self
            .scopes
            .last()
            .is_some_and(|scope| scope.pending.contains(name));
        !is_root(name) && !known && !pending && !self.globals.contains_key(name)
    }

    pub(super) fn declare(&mut self, name: &ArcStr, span: Span, kind: Declaration) -> Slot {
        if name.as_str() == "_" {
            return self.fresh("_");
        }
        self.check_declaration(name, span, kind);
        let slot = self.fresh(name);
        if let Some(scope) = self.scopes.last_mut() {
            scope.pending.remove(name);
            scope.names.insert(name.clone(), slot);
            scope.declared.insert(name.clone(), Declared { kind, span });
        }
        slot
    }

    pub(super) fn check_declaration(&mut self, name: &ArcStr, span: Span, kind: Declaration) {
        let place = self.place(span);
        let Some(scope) = self.scopes.last() else {
            return;
        };
        let earlier = scope.declared.get(name).map(|declared| declared.kind);
        // A function's body is the scope right below its parameters.
        let of_function = self
            .scopes
            .iter()
            .rev()
            .nth(1)
            .filter(|_| self.scopes.len() == 2)
            .and_then(|scope| scope.declared.get(name));
        let message = match (earlier, of_function.map(|declared| declared.kind)) {
            (Some(Declaration::Parameter), _) if kind == Declaration::Parameter => return,
            (None, Some(Declaration::Parameter)) if kind != Declaration::Parameter => {
                format!("arg {name} redeclared")
            }
            (Some(Declaration::Assigned), _) => format!("var {name} assigned above"),
            (Some(_), _) => format!("var {name} declared above"),
            _ => return,
        };
        self.reports.add(
            "rego_compile_error",
            message,
            place,
            Some("give the second one another name, or compare with `==`"),
        );
    }

    /// The declared names of a pattern, which its mention does not use.
    pub(super) fn quiet(&mut self, pattern: &ast::Term) -> Term {
        let before = self.scopes.last().map(|scope| scope.used.clone());
        let term = self.term(pattern);
        if let (Some(scope), Some(before)) = (self.scopes.last_mut(), before) {
            scope.used = before;
        }
        term
    }

    /// `input` and `data` are what they are everywhere.
    pub(super) fn check_roots(&mut self, pattern: &ast::Term) {
        if let TermKind::Var(name) = &pattern.kind
            && matches!(name.as_str(), "input" | "data")
        {
            let place = self.place(pattern.span);
            self.reports.add(
                "rego_compile_error",
                format!("variables must not shadow `{name}`"),
                place,
                Some("give the variable another name"),
            );
        }
    }

    pub(super) fn declare_pattern(&mut self, pattern: &ast::Term, kind: Declaration) {
        self.check_roots(pattern);
        let mut names = Vec::new();
        pattern_names(pattern, &mut names);
        for (name, span) in names {
            self.declare(&name, span, kind);
        }
    }
}

#[derive(Debug, Default)]
pub(super) struct Scope {
    pub(super) names: HashMap<ArcStr, Slot>,
    /// Names that a later literal of this body declares.
    pub(super) pending: HashSet<ArcStr>,
    /// Declared names, and how.
    pub(super) declared: HashMap<ArcStr, Declared>,
    pub(super) used: HashSet<ArcStr>,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Declared {
    pub(super) kind: Declaration,
    pub(super) span: Span,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Declaration {
    Parameter,
    Some,
    Assigned,
}
