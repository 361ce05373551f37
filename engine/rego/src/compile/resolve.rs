//! What each name means: a variable, a rule, an import, a builtin.
//!
//! Variables get slots. A name that is declared (`some`, `:=`, parameters, `every`) shadows rules and imports from its
//! declaration on; a name that is nowhere declared is a variable of the outermost body that mentions it outside closures.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::ir::{ComprehensionKind, NodeId, Place, Slot, Target};
use super::report::Reports;
use super::term::{
    Comprehension, Kind, Literal, LiteralKind, Own, Part, Term, With, WithTarget, WithValue,
};
use super::tree::Tree;
use crate::builtins::Table;
use crate::syntax::ast::{self, Infix, TermKind};
use crate::syntax::{Span, Version};
use crate::value::{ArcStr, Number, Value};

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
    pub(crate) metadata: RuleMetadata,
    scopes: Vec<Scope>,
    slots: Slot,
    names: Vec<ArcStr>,
}

#[derive(Debug, Default)]
struct Scope {
    names: HashMap<ArcStr, Slot>,
    /// Names that a later literal of this body declares.
    pending: HashSet<ArcStr>,
    /// Declared names, and how.
    declared: HashMap<ArcStr, Declared>,
    used: HashSet<ArcStr>,
}

#[derive(Debug, Clone, Copy)]
struct Declared {
    kind: Declaration,
    span: Span,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Declaration {
    Parameter,
    Some,
    Assigned,
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
        let metadata = RuleMetadata::default();
        Self {
            module,
            version,
            globals,
            tree,
            table,
            reports,
            metadata,
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

    fn enter(&mut self, body: &[ast::Literal], heads: &[&ast::Term]) {
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
    fn is_free(&self, name: &ArcStr) -> bool {
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

    fn declare(&mut self, name: &ArcStr, span: Span, kind: Declaration) -> Slot {
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

    fn check_declaration(&mut self, name: &ArcStr, span: Span, kind: Declaration) {
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

    /// The declared names of a pattern, which its mention does not use.
    fn quiet(&mut self, pattern: &ast::Term) -> Term {
        let before = self.scopes.last().map(|scope| scope.used.clone());
        let term = self.term(pattern);
        if let (Some(scope), Some(before)) = (self.scopes.last_mut(), before) {
            scope.used = before;
        }
        term
    }

    /// `input` and `data` are what they are everywhere.
    fn check_roots(&mut self, pattern: &ast::Term) {
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

    fn declare_pattern(&mut self, pattern: &ast::Term, kind: Declaration) {
        self.check_roots(pattern);
        let mut names = Vec::new();
        pattern_names(pattern, &mut names);
        for (name, span) in names {
            self.declare(&name, span, kind);
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

    /// A call with one operand more than the function takes: the last one is what the result must be.
    fn call_condition(
        &mut self,
        term: &ast::Term,
        function: &ast::Term,
        args: &[ast::Term],
    ) -> LiteralKind {
        let Some((target, name)) = self.target(function) else {
            return LiteralKind::Term(self.undefined_call(term, function, args));
        };
        let arity = self.arity(target);
        match (arity, args.split_last()) {
            (Some(arity), Some((result, operands))) if operands.len() == arity => {
                let call = self.checked_call(term, target, &name, operands);
                LiteralKind::Output(self.term(result), call)
            }
            _ => LiteralKind::Term(self.checked_call(term, target, &name, args)),
        }
    }

    /// A term with its names resolved.
    pub(crate) fn term(&mut self, term: &ast::Term) -> Term {
        let place = self.place(term.span);
        let kind = match &term.kind {
            TermKind::Null => Kind::Const(Value::Null),
            TermKind::Bool(value) => Kind::Const(Value::Bool(*value)),
            TermKind::Number(text) => Kind::Const(self.number(text, place)),
            TermKind::String { text, .. } => Kind::Const(Value::String(text.clone())),
            TermKind::Template { parts, .. } => {
                Kind::Template(parts.iter().map(|part| self.part(part)).collect())
            }
            TermKind::Var(name) => return self.variable(name, place),
            TermKind::Ref(reference) => self.reference(reference, place),
            TermKind::Call { function, args } => return self.call(term, function, args),
            TermKind::Infix {
                op, left, right, ..
            } => return self.infix(term, *op, left, right),
            TermKind::Negate(inner) => {
                let zero = Term::constant(Value::from(0), place);
                let inner = self.term(inner);
                return self.builtin("minus", vec![zero, inner], place);
            }
            TermKind::In {
                key,
                value,
                collection,
            } => {
                let mut args: Vec<Term> = key.iter().map(|key| self.term(key)).collect();
                args.push(self.term(value));
                args.push(self.term(collection));
                let name = if key.is_some() {
                    "internal.member_3"
                } else {
                    "internal.member_2"
                };
                return self.builtin(name, args, place);
            }
            TermKind::Parens(inner) => return self.term(inner),
            TermKind::Array(items) => constant_or(
                items.iter().map(|item| self.term(item)).collect(),
                Value::from,
                Kind::Array,
            ),
            TermKind::Set(items) => constant_or(
                items.iter().map(|item| self.term(item)).collect(),
                |items| Value::Set(items.into()),
                Kind::Set,
            ),
            TermKind::Object(entries) => object(
                entries
                    .iter()
                    .map(|(key, value)| (self.term(key), self.term(value)))
                    .collect(),
            ),
            TermKind::ArrayComprehension(inner) => {
                self.comprehension(ComprehensionKind::Array, inner)
            }
            TermKind::SetComprehension(inner) => self.comprehension(ComprehensionKind::Set, inner),
            TermKind::ObjectComprehension(inner) => {
                self.comprehension(ComprehensionKind::Object, inner)
            }
        };
        Term { kind, place }
    }

    fn number(&mut self, text: &str, place: Place) -> Value {
        match Number::parse(text) {
            Ok(number) => Value::Number(number),
            Err(error) => {
                self.reports
                    .add("rego_parse_error", error.to_string(), place, None);
                Value::Null
            }
        }
    }

    fn part(&mut self, part: &ast::TemplatePart) -> Part {
        match part {
            ast::TemplatePart::Text(text) => Part::Text(text.clone()),
            ast::TemplatePart::Expr { term, with } => {
                let place = self.place(term.span);
                let with: Vec<With> = with.iter().filter_map(|with| self.with(with)).collect();
                let slot = self.fresh("_");
                let value = Term::local(slot, place);
                let term = self.term(term);
                let own = slot..self.slots;
                let literal = Literal {
                    kind: LiteralKind::Unify(value.clone(), term),
                    with,
                    place,
                    index: 0,
                };
                Part::Expr {
                    body: vec![literal],
                    value,
                    own,
                }
            }
        }
    }

    fn comprehension(&mut self, kind: ComprehensionKind, inner: &ast::Comprehension) -> Kind {
        let start = self.slots;
        let heads: Vec<&ast::Term> = inner.key.iter().chain([&inner.value]).collect();
        let (body, mut heads) = self.body(&inner.body.literals, &heads);
        let value = heads.pop();
        let key = heads.pop();
        match value {
            Some(value) => Kind::Comprehension(Box::new(Comprehension {
                own: start..self.slots,
                kind,
                key,
                value,
                body,
            })),
            None => Kind::Const(Value::Null),
        }
    }

    fn variable(&mut self, name: &ArcStr, place: Place) -> Term {
        if name.as_str() == "_" {
            let slot = self.fresh("_");
            return Term::local(slot, place);
        }
        for index in (0..self.scopes.len()).rev() {
            let Some(scope) = self.scopes.get_mut(index) else {
                continue;
            };
            if let Some(slot) = scope.names.get(name).copied() {
                scope.used.insert(name.clone());
                return Term::local(slot, place);
            }
            if scope.pending.contains(name) {
                let message = format!("var {name} referenced above");
                self.reports.add(
                    "rego_compile_error",
                    message,
                    place,
                    Some("declare it before it is used"),
                );
                return Term::constant(Value::Null, place);
            }
        }
        let kind = match (name.as_str(), self.globals.get(name)) {
            ("input", _) => Kind::Input,
            ("data", _) => Kind::Data,
            (_, Some(Global::Input(path))) => below(Kind::Input, path, place),
            (_, Some(Global::Data(path))) => below(Kind::Data, path, place),
            // Only what the collection of names did not see, such as a parameter's pattern, arrives here.
            _ => Kind::Local(self.fresh(name)),
        };
        Term { kind, place }
    }

    fn reference(&mut self, reference: &ast::Ref, place: Place) -> Kind {
        let head = self.term(&reference.head);
        let args: Vec<Term> = reference
            .args
            .iter()
            .map(|arg| self.term(&arg.term))
            .collect();
        match head.kind {
            Kind::Ref(inner, mut before) if matches!(inner.kind, Kind::Input | Kind::Data) => {
                before.extend(args);
                Kind::Ref(inner, before)
            }
            kind => Kind::Ref(
                Box::new(Term {
                    kind,
                    place: head.place,
                }),
                args,
            ),
        }
        .in_place(place)
    }

    fn infix(&mut self, term: &ast::Term, op: Infix, left: &ast::Term, right: &ast::Term) -> Term {
        let place = self.place(term.span);
        if matches!(op, Infix::Assign | Infix::Unify) {
            let message = "an assignment cannot be a part of an expression".to_owned();
            self.reports.add(
                "rego_parse_error",
                message,
                place,
                Some("write it as a condition of its own"),
            );
        }
        let args = vec![self.term(left), self.term(right)];
        self.builtin(operator_name(op), args, place)
    }

    fn builtin(&mut self, name: &str, args: Vec<Term>, place: Place) -> Term {
        match self.table.find(name) {
            Some(index) => {
                self.check_types(index, &args, place);
                Term {
                    kind: Kind::Call(Target::Builtin(index), args),
                    place,
                }
            }
            None => {
                self.reports.add(
                    "rego_type_error",
                    format!("undefined function {name}"),
                    place,
                    None,
                );
                Term::constant(Value::Null, place)
            }
        }
    }

    fn call(&mut self, term: &ast::Term, function: &ast::Term, args: &[ast::Term]) -> Term {
        match self.target(function) {
            Some((target, name)) => self.checked_call(term, target, &name, args),
            None => self.undefined_call(term, function, args),
        }
    }

    fn checked_call(
        &mut self,
        term: &ast::Term,
        target: Target,
        name: &str,
        args: &[ast::Term],
    ) -> Term {
        let place = self.place(term.span);
        if let Some(value) = self.metadata_call(name) {
            return Term::constant(value, place);
        }
        let operands: Vec<Term> = args.iter().map(|arg| self.term(arg)).collect();
        if let Some(arity) = self.arity(target).filter(|arity| *arity != operands.len()) {
            let message = format!(
                "{name}: arity mismatch: it takes {arity} and was given {}",
                operands.len()
            );
            self.reports.add(
                "rego_type_error",
                message,
                place,
                self.signature(target).as_deref(),
            );
        }
        match target {
            Target::Builtin(index) => {
                self.check_version(index, name, place);
                self.check_types(index, &operands, place);
            }
            Target::Function(_) | Target::Print => {}
        }
        Term {
            kind: Kind::Call(target, operands),
            place,
        }
    }

    fn metadata_call(&self, name: &str) -> Option<Value> {
        match name {
            "rego.metadata.rule" => Some(
                self.metadata
                    .rule
                    .clone()
                    .unwrap_or_else(Value::empty_object),
            ),
            "rego.metadata.chain" => Some(
                self.metadata
                    .chain
                    .clone()
                    .unwrap_or_else(|| Value::from(Vec::new())),
            ),
            _ => None,
        }
    }

    /// The function that a name means, and the name in full.
    fn target(&self, function: &ast::Term) -> Option<(Target, String)> {
        let words = words(function)?;
        let (first, rest) = words.split_first()?;
        let shadowed = self
            .scopes
            .iter()
            .any(|scope| scope.declared.contains_key(first));
        let path = match self.globals.get(first) {
            Some(Global::Data(path)) if !shadowed => {
                Some(path.iter().chain(rest).cloned().collect())
            }
            _ if first.as_str() == "data" => Some(rest.to_vec()),
            _ => None,
        };
        if let Some(node) = path
            .as_ref()
            .and_then(|path: &Vec<ArcStr>| self.tree.function(path))
        {
            return Some((
                Target::Function(node),
                format!("data.{}", self.tree.spell(node)),
            ));
        }
        let name = words.join(".");
        match name.as_str() {
            "print" => Some((Target::Print, name)),
            _ => self
                .table
                .find(&name)
                .map(|index| (Target::Builtin(index), name)),
        }
    }

    fn undefined_call(
        &mut self,
        term: &ast::Term,
        function: &ast::Term,
        args: &[ast::Term],
    ) -> Term {
        let name = words(function).map_or_else(|| "this term".to_owned(), |words| words.join("."));
        let place = self.place(term.span);
        for arg in args {
            self.term(arg);
        }
        let hint = self
            .table
            .hint(&name)
            .or_else(|| self.tree.nearest_function(&name));
        self.reports.add(
            "rego_type_error",
            format!("undefined function {name}"),
            place,
            hint.as_deref(),
        );
        Term::constant(Value::Null, place)
    }

    fn arity(&self, target: Target) -> Option<usize> {
        match target {
            Target::Builtin(index) => Some(self.table.get(index).operands.len()),
            Target::Function(node) => self.tree.node(node).and_then(|node| node.arity),
            Target::Print => None,
        }
    }

    fn signature(&self, target: Target) -> Option<String> {
        match target {
            Target::Builtin(index) => Some(self.table.signature(index)),
            _ => None,
        }
    }

    fn check_version(&mut self, index: u32, name: &str, place: Place) {
        if self.table.get(index).deprecated && self.version == Version::V1 {
            let message = format!("deprecated built-in function calls in expression: {name}");
            self.reports.add(
                "rego_type_error",
                message,
                place,
                Some("Rego v1 does not have it"),
            );
        }
    }

    /// Constants of a wrong type are found before anything runs.
    fn check_types(&mut self, index: u32, operands: &[Term], place: Place) {
        let builtin = self.table.get(index);
        for (position, (operand, wanted)) in operands.iter().zip(builtin.operands).enumerate() {
            let wrong = type_of(operand, self.table).is_some_and(|given| !given.may_be(*wanted));
            if wrong {
                let given = type_of(operand, self.table)
                    .map_or_else(String::new, |given| given.to_string());
                let message = format!(
                    "{}: invalid argument(s): operand {} must be {wanted} but is {given}",
                    builtin.name,
                    position + 1
                );
                self.reports.add(
                    "rego_type_error",
                    message,
                    place,
                    Some(&self.table.signature(index)),
                );
            }
        }
    }

    fn with(&mut self, with: &ast::With) -> Option<With> {
        let place = self.place(with.span);
        let words = words(&with.target);
        let target = words.as_ref().and_then(|words| self.with_target(words));
        let Some(target) = target else {
            let name = words.map_or_else(|| "this".to_owned(), |words| words.join("."));
            self.reports.add(
                "rego_type_error",
                format!("with keyword target must reference existing input, data, or a function, and `{name}` is none"),
                place,
                None,
            );
            return None;
        };
        let function = match &target {
            WithTarget::Function(_) => self.target(&with.value),
            _ => None,
        };
        let value = match (&target, function) {
            (WithTarget::Function(target), Some((replacement, name))) => {
                let (wanted, given) = (self.arity(*target), self.arity(replacement));
                if wanted != given {
                    let message = format!(
                        "arity mismatch: `{name}` replaces a function of another number of operands"
                    );
                    self.reports.add("rego_type_error", message, place, None);
                }
                WithValue::Function(replacement)
            }
            _ => WithValue::Term(self.term(&with.value)),
        };
        Some(With { target, value })
    }

    fn with_target(&self, words: &[ArcStr]) -> Option<WithTarget> {
        let (first, rest) = words.split_first()?;
        let path = |base: &[ArcStr]| base.iter().chain(rest).cloned().collect::<Vec<_>>();
        let data = |path: Vec<ArcStr>| match self.tree.function(&path) {
            Some(node) => WithTarget::Function(Target::Function(node)),
            None => WithTarget::Data(path),
        };
        match (first.as_str(), self.globals.get(first)) {
            ("input", _) => Some(WithTarget::Input(rest.to_vec())),
            ("data", _) => Some(data(rest.to_vec())),
            (_, Some(Global::Input(base))) => Some(WithTarget::Input(path(base))),
            (_, Some(Global::Data(base))) => Some(data(path(base))),
            _ => {
                let index = self.table.find(&words.join("."))?;
                Some(WithTarget::Function(Target::Builtin(index)))
            }
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
    fn in_place(self, _place: Place) -> Self {
        match self {
            Self::Ref(head, args) if args.is_empty() => head.kind,
            other => other,
        }
    }
}

fn is_root(name: &str) -> bool {
    matches!(name, "input" | "data" | "_")
}

fn below(root: Kind, path: &[ArcStr], place: Place) -> Kind {
    let args: Vec<Term> = path
        .iter()
        .map(|word| Term::constant(Value::String(word.clone()), place))
        .collect();
    if args.is_empty() {
        root
    } else {
        Kind::Ref(Box::new(Term { kind: root, place }), args)
    }
}

fn constant_or(
    items: Vec<Term>,
    constant: impl FnOnce(Vec<Value>) -> Value,
    other: impl FnOnce(Vec<Term>) -> Kind,
) -> Kind {
    let values: Option<Vec<Value>> = items.iter().map(as_constant).collect();
    match values {
        Some(values) => Kind::Const(constant(values)),
        None => other(items),
    }
}

fn object(entries: Vec<(Term, Term)>) -> Kind {
    let values: Option<Vec<(Value, Value)>> = entries
        .iter()
        .map(|(key, value)| Some((as_constant(key)?, as_constant(value)?)))
        .collect();
    match values {
        // Of equal keys the last one stays.
        Some(values) => Kind::Const(Value::Object(values.into_iter().collect())),
        _ => Kind::Object(entries),
    }
}

fn as_constant(term: &Term) -> Option<Value> {
    match &term.kind {
        Kind::Const(value) => Some(value.clone()),
        _ => None,
    }
}

/// The type of a term, as far as it is certain before anything runs.
fn type_of(term: &Term, table: &Table) -> Option<crate::builtins::Certain> {
    use crate::builtins::Certain;
    match &term.kind {
        Kind::Const(value) => Some(Certain::of(value)),
        Kind::Array(_) => Some(Certain::Array),
        Kind::Set(_) => Some(Certain::Set),
        Kind::Object(_) => Some(Certain::Object),
        Kind::Template(_) => Some(Certain::String),
        Kind::Comprehension(inner) => Some(match inner.kind {
            ComprehensionKind::Array => Certain::Array,
            ComprehensionKind::Set => Certain::Set,
            ComprehensionKind::Object => Certain::Object,
        }),
        Kind::Call(Target::Builtin(index), _) => Certain::of_result(table.get(*index).result),
        _ => None,
    }
}

fn operator_name(op: Infix) -> &'static str {
    match op {
        Infix::Assign => "assign",
        Infix::Unify => "eq",
        Infix::Equal => "equal",
        Infix::NotEqual => "neq",
        Infix::Less => "lt",
        Infix::LessEqual => "lte",
        Infix::Greater => "gt",
        Infix::GreaterEqual => "gte",
        Infix::Plus => "plus",
        Infix::Minus => "minus",
        Infix::Times => "mul",
        Infix::Divide => "div",
        Infix::Remainder => "rem",
        Infix::And => "and",
        Infix::Or => "or",
    }
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
fn pattern_names(term: &ast::Term, names: &mut Vec<(ArcStr, Span)>) {
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
fn declared_names(kind: &ast::LiteralKind, declare: &mut impl FnMut(&ArcStr, Span)) {
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

fn declared_by_term(term: &ast::Term, declare: &mut impl FnMut(&ArcStr, Span)) {
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
fn literal_names(literal: &ast::Literal, names: &mut Vec<ArcStr>) {
    kind_names(&literal.kind, names);
    literal
        .with
        .iter()
        .for_each(|with| term_names(&with.value, names));
}

fn kind_names(kind: &ast::LiteralKind, names: &mut Vec<ArcStr>) {
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
fn term_names(term: &ast::Term, names: &mut Vec<ArcStr>) {
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

/// The node that a name of a function leads to, for edges of the call graph.
pub(crate) fn function_node(target: Target) -> Option<NodeId> {
    match target {
        Target::Function(node) => Some(node),
        _ => None,
    }
}
