//! What each name means: a variable, a rule, an import, a builtin.
//!
//! Variables get slots. A name that is declared (`some`, `:=`, parameters, `every`) shadows rules and imports from its
//! declaration on; a name that is nowhere declared is a variable of the outermost body that mentions it outside closures.

mod calls;
mod names;
mod scope;
mod terms;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::ir::{NodeId, Place, Slot, Target};
use super::report::Reports;
use super::term::{Kind, Literal, LiteralKind, Own, Term};
use super::tree::Tree;
use crate::builtins::Table;
use crate::syntax::ast::{self, Infix, TermKind};
use crate::syntax::{Span, Version};
use crate::value::{ArcStr, Value};
use names::pattern_names;
use scope::{Declaration, Scope};

pub(crate) use names::is_pattern;

/// What a name of a module means when it is no variable.
#[derive(Debug, Clone)]
pub(crate) enum Global {
    Input(Vec<ArcStr>),
    Data(Vec<ArcStr>),
}

/// Names of one module.
pub(crate) type Globals = HashMap<ArcStr, Global>;

/// What `rego.metadata.rule()` and `rego.metadata.chain()` answer in the rule that is resolved.
#[derive(Debug, Clone, Default)]
pub(crate) struct RuleMetadata {
    pub(crate) rule: Option<Value>,
    pub(crate) chain: Option<Value>,
}

/// Resolves one rule, or one query.
pub(crate) struct Resolver<'a> {
    pub(crate) module: u32,
    pub(crate) version: Version,
    pub(crate) globals: &'a Globals,
    pub(crate) tree: &'a Tree,
    pub(crate) table: &'a Table,
    pub(crate) reports: &'a mut Reports,
    /// What annotations say of the rule: found when something asks for it; none outside of rules.
    pub(crate) metadata: Option<&'a dyn Fn() -> RuleMetadata>,
    /// The builtins that are called by their names, or put in place of another function.
    pub(crate) called: BTreeSet<u32>,
    scopes: Vec<Scope>,
    slots: Slot,
    names: Vec<ArcStr>,
}

impl<'a> Resolver<'a> {
    pub(crate) fn new(
        module: u32,
        version: Version,
        globals: &'a Globals,
        tree: &'a Tree,
        table: &'a Table,
        reports: &'a mut Reports,
    ) -> Self {
        Self {
            module,
            version,
            globals,
            tree,
            table,
            reports,
            metadata: None,
            called: BTreeSet::new(),
            scopes: Vec::new(),
            slots: 0,
            names: Vec::new(),
        }
    }

    /// The name of each slot, as it is written.
    pub(crate) fn names(&self) -> &[ArcStr] {
        &self.names
    }

    pub(crate) fn fresh(&mut self, name: &str) -> Slot {
        self.slots += 1;
        self.names.push(ArcStr::from(name));
        self.slots - 1
    }

    /// Parameters of a function, in a scope that stays open until [`Resolver::leave`].
    pub(crate) fn parameters(&mut self, params: &[ast::Term]) -> Vec<Term> {
        self.scopes.push(Scope::default());
        for param in params {
            if let TermKind::Var(name) = &param.kind
                && matches!(name.as_str(), "input" | "data")
            {
                let place = self.place(param.span);
                self.reports.add(
                    "rego_compile_error",
                    format!("args must not shadow `{name}`"),
                    place,
                    Some("give the parameter another name"),
                );
            }
            let mut names = Vec::new();
            pattern_names(param, &mut names);
            for (name, span) in names {
                self.declare(&name, span, Declaration::Parameter);
            }
        }
        params
            .iter()
            .map(|param| {
                if is_pattern(param) {
                    self.term(param)
                } else {
                    self.placeholder(param)
                }
            })
            .collect()
    }

    /// A parameter that is computed: the body compares it with what was given.
    fn placeholder(&mut self, param: &ast::Term) -> Term {
        let slot = self.fresh("_");
        Term::local(slot, self.place(param.span))
    }

    /// A body and the terms of the head that it serves, in a scope of their own.
    pub(crate) fn body(
        &mut self,
        body: &[ast::Literal],
        heads: &[&ast::Term],
    ) -> (Vec<Literal>, Vec<Term>) {
        self.enter(body, heads);
        let literals = self.literals(body);
        let heads = heads.iter().map(|term| self.term(term)).collect();
        self.leave();
        (literals, heads)
    }

    /// A query: its names stay visible.
    pub(crate) fn query(
        &mut self,
        body: &[ast::Literal],
    ) -> (Vec<Literal>, BTreeMap<ArcStr, Slot>) {
        self.enter(body, &[]);
        let literals = self.literals(body);
        let names = self.scopes.last().map(|scope| {
            scope
                .names
                .iter()
                .map(|(name, slot)| (name.clone(), *slot))
                .collect()
        });
        self.leave();
        (literals, names.unwrap_or_default())
    }

    fn literals(&mut self, body: &[ast::Literal]) -> Vec<Literal> {
        let numbered = body.iter().zip(0..);
        numbered
            .map(|(literal, index)| self.literal(literal, index))
            .collect()
    }

    fn literal(&mut self, literal: &ast::Literal, index: u32) -> Literal {
        // What `with` puts in is read in the world as it was.
        let with = literal
            .with
            .iter()
            .filter_map(|with| self.with(with))
            .collect();
        Literal {
            kind: self.literal_kind(&literal.kind),
            with,
            place: self.place(literal.span),
            index,
        }
    }

    fn literal_kind(&mut self, kind: &ast::LiteralKind) -> LiteralKind {
        match kind {
            ast::LiteralKind::Term(term) => self.condition(term),
            ast::LiteralKind::Not(inner) => LiteralKind::Not(Box::new(self.literal_kind(inner))),
            ast::LiteralKind::NotBody(operand) => {
                let (body, own) = self.closed(&operand.body);
                LiteralKind::NotBody(body, own)
            }
            ast::LiteralKind::Logical {
                op, left, right, ..
            } => {
                let (left, right) = (self.closed(&left.body), self.closed(&right.body));
                match op {
                    ast::Logical::Or => LiteralKind::Or(vec![left, right]),
                    ast::Logical::And => {
                        let own = left.1.start..right.1.end;
                        LiteralKind::Or(vec![(left.0.into_iter().chain(right.0).collect(), own)])
                    }
                }
            }
            ast::LiteralKind::Some(names) => {
                for name in names {
                    self.declare(&name.text, name.span, Declaration::Some);
                }
                LiteralKind::Declaration
            }
            ast::LiteralKind::SomeIn {
                key,
                value,
                collection,
            } => {
                let collection = self.term(collection);
                for pattern in key.iter().chain([value]) {
                    self.declare_pattern(pattern, Declaration::Assigned);
                }
                LiteralKind::SomeIn {
                    key: key.as_ref().map(|key| self.term(key)),
                    value: self.term(value),
                    collection,
                }
            }
            ast::LiteralKind::Every {
                key,
                value,
                domain,
                body,
            } => self.every(key.as_ref(), value, domain, body),
        }
    }

    fn closed(&mut self, body: &ast::Body) -> (Vec<Literal>, Own) {
        let start = self.slots;
        let literals = self.body(&body.literals, &[]).0;
        (literals, start..self.slots)
    }

    fn every(
        &mut self,
        key: Option<&ast::Term>,
        value: &ast::Term,
        domain: &ast::Term,
        body: &ast::Body,
    ) -> LiteralKind {
        let domain = self.term(domain);
        let start = self.slots;
        self.scopes.push(Scope::default());
        for pattern in key.into_iter().chain([value]) {
            self.declare_pattern(pattern, Declaration::Some);
        }
        let (key, value) = (key.map(|key| self.quiet(key)), self.quiet(value));
        let (body, _) = self.closed(body);
        self.leave();
        LiteralKind::Every {
            key,
            value,
            domain,
            body,
            own: start..self.slots,
        }
    }

    /// A term as a condition of a body.
    fn condition(&mut self, term: &ast::Term) -> LiteralKind {
        match &term.kind {
            TermKind::Parens(inner) => self.condition(inner),
            TermKind::Infix {
                op: Infix::Assign,
                left,
                right,
                ..
            } => {
                let right = self.term(right);
                self.declare_pattern(left, Declaration::Assigned);
                if matches!(&left.kind, TermKind::Var(name) if matches!(name.as_str(), "input" | "data"))
                {
                    return LiteralKind::Declaration;
                }
                LiteralKind::Unify(self.quiet(left), right)
            }
            TermKind::Infix {
                op: Infix::Unify,
                left,
                right,
                ..
            } => LiteralKind::Unify(self.term(left), self.term(right)),
            TermKind::Infix {
                op: Infix::Equal,
                left,
                right,
                ..
            } => LiteralKind::Equal(self.term(left), self.term(right)),
            TermKind::Call { function, args } => self.call_condition(term, function, args),
            _ => LiteralKind::Term(self.term(term)),
        }
    }

    fn place(&self, span: Span) -> Place {
        Place {
            module: self.module,
            span,
        }
    }
}

impl Kind {
    /// A reference without arguments is its head.
    fn without_empty_arguments(self) -> Self {
        match self {
            Self::Ref(head, args) if args.is_empty() => head.kind,
            other => other,
        }
    }
}

/// The node that a name of a function leads to, for edges of the call graph.
pub(crate) fn function_node(target: Target) -> Option<NodeId> {
    match target {
        Target::Function(node) => Some(node),
        _ => None,
    }
}
