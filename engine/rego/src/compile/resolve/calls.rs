//! Calls: which function a name means, whether it can be called so, and what `with` puts in its place.

use super::super::ir::{ComprehensionKind, Place, Target};
use super::super::term::{Kind, LiteralKind, Term, With, WithTarget, WithValue};
use super::names::words;
use super::{Global, Resolver};
use crate::builtins::Table;
use crate::syntax::Version;
use crate::syntax::ast::{self, Infix};
use crate::value::{ArcStr, Value};

impl Resolver<'_> {
    /// A call with one operand more than the function takes: the last one is what the result must be.
    pub(super) fn call_condition(
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

    pub(super) fn infix(
        &mut self,
        term: &ast::Term,
        op: Infix,
        left: &ast::Term,
        right: &ast::Term,
    ) -> Term {
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

    pub(super) fn builtin(&mut self, name: &str, args: Vec<Term>, place: Place) -> Term {
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

    pub(super) fn call(
        &mut self,
        term: &ast::Term,
        function: &ast::Term,
        args: &[ast::Term],
    ) -> Term {
        match self.target(function) {
            Some((target, name)) => self.checked_call(term, target, &name, args),
            None => self.undefined_call(term, function, args),
        }
    }

    pub(super) fn checked_call(
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
                self.called.insert(index);
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

    pub(super) fn metadata_call(&self, name: &str) -> Option<Value> {
        let said = || self.metadata.map(|metadata| metadata()).unwrap_or_default();
        match name {
            "rego.metadata.rule" => Some(said().rule.unwrap_or_else(Value::empty_object)),
            "rego.metadata.chain" => Some(said().chain.unwrap_or_else(|| Value::from(Vec::new()))),
            _ => None,
        }
    }

    /// The function that a name means, and the name in full.
    pub(super) fn target(&self, function: &ast::Term) -> Option<(Target, String)> {
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

    pub(super) fn undefined_call(
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

    pub(super) fn arity(&self, target: Target) -> Option<usize> {
        match target {
            Target::Builtin(index) => Some(self.table.get(index).operands.len()),
            Target::Function(node) => self.tree.node(node).and_then(|node| node.arity),
            Target::Print => None,
        }
    }

    pub(super) fn signature(&self, target: Target) -> Option<String> {
        match target {
            Target::Builtin(index) => Some(self.table.signature(index)),
            _ => None,
        }
    }

    pub(super) fn check_version(&mut self, index: u32, name: &str, place: Place) {
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
    pub(super) fn check_types(&mut self, index: u32, operands: &[Term], place: Place) {
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

    pub(super) fn with(&mut self, with: &ast::With) -> Option<With> {
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
                if let Target::Builtin(index) = replacement {
                    self.called.insert(index);
                }
                WithValue::Function(replacement)
            }
            _ => WithValue::Term(self.term(&with.value)),
        };
        Some(With { target, value })
    }

    pub(super) fn with_target(&self, words: &[ArcStr]) -> Option<WithTarget> {
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
}

/// The type of a term, as far as it is certain before anything runs.
pub(super) fn type_of(term: &Term, table: &Table) -> Option<crate::builtins::Certain> {
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

pub(super) fn operator_name(op: Infix) -> &'static str {
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
