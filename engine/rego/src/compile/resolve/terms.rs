//! Terms: constants, variables, references and what is made of them.

use super::super::ir::{ComprehensionKind, Place};
use super::super::term::{Comprehension, Kind, Literal, LiteralKind, Part, Term, With};
use super::{Global, Resolver};
use crate::syntax::ast::{self, TermKind};
use crate::value::{ArcStr, Number, Value};

impl Resolver<'_> {
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
            TermKind::Ref(reference) => self.reference(reference),
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

    pub(super) fn number(&mut self, text: &str, place: Place) -> Value {
        match Number::parse(text) {
            Ok(number) => Value::Number(number),
            Err(error) => {
                self.reports
                    .add("rego_parse_error", error.to_string(), place, None);
                Value::Null
            }
        }
    }

    pub(super) fn part(&mut self, part: &ast::TemplatePart) -> Part {
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

    pub(super) fn comprehension(
        &mut self,
        kind: ComprehensionKind,
        inner: &ast::Comprehension,
    ) -> Kind {
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

    pub(super) fn variable(&mut self, name: &ArcStr, place: Place) -> Term {
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

    pub(super) fn reference(&mut self, reference: &ast::Ref) -> Kind {
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
        .without_empty_arguments()
    }
}

pub(super) fn below(root: Kind, path: &[ArcStr], place: Place) -> Kind {
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

pub(super) fn constant_or(
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

pub(super) fn object(entries: Vec<(Term, Term)>) -> Kind {
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

pub(super) fn as_constant(term: &Term) -> Option<Value> {
    match &term.kind {
        Kind::Const(value) => Some(value.clone()),
        _ => None,
    }
}
