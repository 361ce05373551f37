//! Expressions to values.

use std::collections::BTreeSet;

use super::super::EvalError;
use super::super::mode::Mode;
use super::super::world::Root;
use super::{Evaluated, Machine, RED_ZONE, STACK, Search, budget_error, index_value};
use crate::compile::ir::{Comprehension, ComprehensionKind, Expr, NodeId, Part, Template};
use crate::compile::{self, Place};
use crate::value::{Array, ObjectBuilder, Set, Value};

impl<M: Mode> Machine<'_, M> {
    /// Where the value of a reference would be if it existed.
    pub(super) fn trail(&mut self, expr: &Expr, base: usize) -> Result<M::Origin, EvalError> {
        Ok(match expr {
            Expr::Input => self.world.input_origin.clone(),
            Expr::Local(slot) => self.origin(base, *slot),
            Expr::Get(container, key) => match self.value(container, base)? {
                Some((_, origin)) => self.missing_part(&origin, key, base)?,
                None => {
                    let origin = self.trail(container, base)?;
                    self.missing_part(&origin, key, base)?
                }
            },
            _ => M::Origin::default(),
        })
    }

    pub(super) fn missing_part(
        &mut self,
        origin: &M::Origin,
        key: &Expr,
        base: usize,
    ) -> Result<M::Origin, EvalError> {
        let key = self.value(key, base)?;
        Ok(key
            .map(|(key, _)| self.mode.child(origin, &key))
            .unwrap_or_default())
    }

    pub(super) fn value(&mut self, expr: &Expr, base: usize) -> Evaluated<M> {
        match expr {
            Expr::Const(value) => Ok(Some((value.clone(), M::Origin::default()))),
            Expr::Local(slot) => {
                let origin = if M::TRACES {
                    self.origin(base, *slot)
                } else {
                    M::Origin::default()
                };
                Ok(Some((self.slot(base, *slot), origin)))
            }
            Expr::Input => Ok(self
                .world
                .input
                .clone()
                .map(|input| (input, self.world.input_origin.clone()))),
            Expr::Data(node) => self.extent(*node),
            Expr::Base(path) => {
                let value = compile::at_keys(&self.world.base, path).cloned();
                Ok(value.map(|value| (value, self.mode.root(Root::Data))))
            }
            Expr::Get(container, key) => self.get(container, key, base),
            Expr::Array(items) => self.array(items, base),
            Expr::Set(items) => {
                let Some(items) = self.all(items, base)? else {
                    return Ok(None);
                };
                for item in &items {
                    self.weigh(item.weight(), Place::default())?;
                }
                Ok(Some((Value::Set(Set::from(items)), M::Origin::default())))
            }
            Expr::Object(entries) => self.object(entries, base),
            Expr::Comprehension(comprehension) => self.comprehension(comprehension, base).map(Some),
            // Operators chain: a long sum is as deep as it is long.
            Expr::Call(call) => stacker::maybe_grow(RED_ZONE, STACK, || self.call(call, base)),
            Expr::Template(template) => self.template(template, base),
        }
    }

    /// Where a chain of keys below a package leads, as long as no rule gives a value: a node, and nothing is evaluated yet.
    pub(super) fn package(
        &mut self,
        expr: &Expr,
        base: usize,
    ) -> Result<Option<NodeId>, EvalError> {
        let node = match expr {
            Expr::Data(node) => Some(*node),
            Expr::Get(container, key) => match self.package(container, base)? {
                Some(node) => {
                    let key = self.value(key, base)?;
                    key.and_then(|(key, _)| self.program.tree.child(node, key.as_str()?))
                }
                None => None,
            },
            _ => None,
        };
        Ok(node.filter(|node| !self.program.tree.has_rules(*node)))
    }

    /// The keys of a container.
    pub(in crate::eval) fn keys(
        &mut self,
        container: &Expr,
        base: usize,
    ) -> Result<Vec<Value>, EvalError> {
        let program = self.program;
        let Some(node) = self
            .package(container, base)?
            .and_then(|node| program.tree.node(node))
        else {
            let value = self.value(container, base)?.map(|(value, _)| value);
            return Ok(value
                .map(|value| {
                    crate::eval::steps::elements(&value)
                        .into_iter()
                        .map(|(key, _)| key)
                        .collect()
                })
                .unwrap_or_default());
        };
        let mut keys: BTreeSet<Value> = node.children.keys().cloned().map(Value::String).collect();
        let below =
            compile::at_path(&self.world.base, &node.path).map(crate::eval::steps::elements);
        keys.extend(below.into_iter().flatten().map(|(key, _)| key));
        Ok(keys.into_iter().collect())
    }

    /// What a key leads to from a package: a rule or another package below it, or base data.
    pub(super) fn get_below(&mut self, node: NodeId, key: &Expr, base: usize) -> Evaluated<M> {
        let Some((key, _)) = self.eval(key, base)? else {
            return Ok(None);
        };
        let program = self.program;
        if let Some(child) = key.as_str().and_then(|word| program.tree.child(node, word)) {
            return self.extent(child);
        }
        let path = program
            .tree
            .node(node)
            .map(|node| node.path.as_slice())
            .unwrap_or_default();
        let value = compile::at_path(&self.world.base, path)
            .and_then(|value| compile::at_keys(value, &[key]))
            .cloned();
        Ok(value.map(|value| (value, self.mode.root(Root::Data))))
    }

    /// `container[key]`: the container is read only as far as the key.
    pub(super) fn get(&mut self, container: &Expr, key: &Expr, base: usize) -> Evaluated<M> {
        if matches!(container, Expr::Data(_) | Expr::Get(..))
            && let Some(node) = self.package(container, base)?
        {
            return self.get_below(node, key, base);
        }
        if let Expr::Data(node) = container {
            self.prepare(*node)?;
            return self.get_from_rules(*node, key, base);
        }
        if !M::TRACES
            && let Expr::Const(key) = key
        {
            return Ok(self
                .peek(container, base, &mut |value| value.get(key).cloned())?
                .map(|value| (value, M::Origin::default())));
        }
        let Some((value, origin)) = self.value(container, base)? else {
            return Ok(None);
        };
        let Some((key, _)) = self.eval(key, base)? else {
            return Ok(None);
        };
        self.weigh(key.weight(), Place::default())?;
        let found = value.get(&key).cloned();
        let origin = self.mode.part(&value, &origin, &key);
        if found.is_some() {
            self.mode.use_part(&value, &key);
        }
        Ok(found.map(|found| (found, origin)))
    }

    /// What one key of a document of rules leads to. A conflict under another key does not matter here.
    pub(super) fn get_from_rules(&mut self, node: NodeId, key: &Expr, base: usize) -> Evaluated<M> {
        let Some((key, _)) = self.eval(key, base)? else {
            return Ok(None);
        };
        if let Some(error) = self
            .world
            .conflicts
            .get(&node)
            .and_then(|conflicts| conflicts.get(&key))
        {
            return Err(error.clone());
        }
        let Some((value, origin)) = self.settled(node) else {
            return Ok(None);
        };
        self.weigh(key.weight(), Place::default())?;
        let found = value.get(&key).cloned();
        let origin = self.mode.part(&value, &origin, &key);
        if found.is_some() {
            self.mode.use_part(&value, &key);
        } else {
            self.mode.read(&origin);
        }
        Ok(found.map(|found| (found, origin)))
    }

    /// Looks at the value of an expression without taking a share in it, where that is possible.
    pub(super) fn peek(
        &mut self,
        expr: &Expr,
        base: usize,
        look: &mut dyn FnMut(&Value) -> Option<Value>,
    ) -> Result<Option<Value>, EvalError> {
        match expr {
            Expr::Input => Ok(self.world.input.as_ref().and_then(look)),
            Expr::Local(slot) => Ok(self.slots.get(base + *slot as usize).and_then(look)),
            Expr::Const(value) => Ok(look(value)),
            Expr::Get(container, key) => match key.as_ref() {
                Expr::Const(key) => self.peek(container, base, &mut |value| {
                    value.get(key).and_then(&mut *look)
                }),
                _ => Ok(self.value(expr, base)?.and_then(|(value, _)| look(&value))),
            },
            _ => Ok(self.value(expr, base)?.and_then(|(value, _)| look(&value))),
        }
    }

    pub(super) fn all(
        &mut self,
        exprs: &[Expr],
        base: usize,
    ) -> Result<Option<Vec<Value>>, EvalError> {
        let mut values = Vec::with_capacity(exprs.len());
        for expr in exprs {
            match self.eval(expr, base)? {
                Some((value, _)) => values.push(value),
                None => return Ok(None),
            }
        }
        Ok(Some(values))
    }

    pub(super) fn array(&mut self, exprs: &[Expr], base: usize) -> Evaluated<M> {
        let mut items = Vec::with_capacity(exprs.len());
        let mut parts = Vec::new();
        for expr in exprs {
            let Some((value, origin)) = self.eval(expr, base)? else {
                return Ok(None);
            };
            if M::TRACES {
                parts.push((index_value(items.len()), origin, Vec::new()));
            }
            items.push(value);
        }
        let value = Value::Array(Array::from(items));
        self.mode.made(&value, parts);
        Ok(Some((value, M::Origin::default())))
    }

    /// Of equal keys the last one stays.
    pub(super) fn object(&mut self, entries: &[(Expr, Expr)], base: usize) -> Evaluated<M> {
        let mut object = ObjectBuilder::with_capacity(entries.len());
        let mut parts = Vec::new();
        for (key, value) in entries {
            let (Some((key, _)), Some((value, origin))) =
                (self.eval(key, base)?, self.eval(value, base)?)
            else {
                return Ok(None);
            };
            if M::TRACES {
                parts.push((key.clone(), origin, Vec::new()));
            }
            self.weigh(key.weight(), Place::default())?;
            object.insert(key, value);
        }
        let value = Value::Object(object.finish());
        self.mode.made(&value, parts);
        Ok(Some((value, M::Origin::default())))
    }

    pub(super) fn comprehension(
        &mut self,
        comprehension: &Comprehension,
        base: usize,
    ) -> Result<(Value, M::Origin), EvalError> {
        let mut document = crate::eval::document::Document::empty(false);
        let (mut items, mut parts) = (Vec::new(), Vec::new());
        let attempts = self.mode.keep_attempts();
        let entered = self.mode.enter();
        self.run(&comprehension.body, base, &mut |machine: &mut Self| {
            let key = match comprehension.kind {
                ComprehensionKind::Object => machine.eval(&comprehension.key, base)?,
                ComprehensionKind::Array | ComprehensionKind::Set => {
                    Some((Value::Null, M::Origin::default()))
                }
            };
            let (Some((key, _)), Some((value, origin))) =
                (key, machine.eval(&comprehension.value, base)?)
            else {
                return Ok(Search::Continue);
            };
            if M::TRACES {
                let part = match comprehension.kind {
                    ComprehensionKind::Array => index_value(items.len()),
                    ComprehensionKind::Set => value.clone(),
                    ComprehensionKind::Object => key.clone(),
                };
                parts.push((part, origin, machine.mode.solution(entered, &[])));
            }
            match comprehension.kind {
                ComprehensionKind::Object => {
                    document.insert(&[key], value, false, comprehension.place)?;
                }
                ComprehensionKind::Array | ComprehensionKind::Set => items.push(value),
            }
            Ok(Search::Continue)
        })?;
        if M::TRACES {
            let reads: Vec<M::Origin> = parts
                .iter()
                .flat_map(|(_, _, reads)| reads.iter().cloned())
                .collect();
            let found = !reads.is_empty();
            self.mode.leave(entered, reads);
            self.mode.fold_attempts(attempts, !found);
        }
        let value = match comprehension.kind {
            ComprehensionKind::Array => Value::Array(Array::from(items)),
            ComprehensionKind::Set => Value::Set(Set::from(items)),
            ComprehensionKind::Object => document.finish(),
        };
        self.mode.made(&value, parts);
        Ok((value, M::Origin::default()))
    }

    pub(super) fn template(&mut self, template: &Template, base: usize) -> Evaluated<M> {
        let mut out = String::new();
        for part in &template.parts {
            match part {
                Part::Text(text) => out.push_str(text),
                Part::Values { body, value } => {
                    let mut values: BTreeSet<Value> = BTreeSet::new();
                    self.run(body, base, &mut |machine: &mut Self| {
                        values.extend(machine.eval(value, base)?.map(|(value, _)| value));
                        Ok(Search::Continue)
                    })?;
                    for value in &values {
                        self.weigh(value.weight(), template.place)?;
                    }
                    let mut values = values.into_iter();
                    match (values.next(), values.next()) {
                        (None, _) => out.push_str("<undefined>"),
                        (Some(value), None) => out.push_str(&spell(&value)),
                        (Some(_), Some(_)) => {
                            let message =
                                "template-strings must not produce multiple outputs".to_owned();
                            return Err(EvalError {
                                code: "eval_conflict_error",
                                message,
                                place: template.place,
                            });
                        }
                    }
                }
            }
        }
        self.meter
            .alloc(out.len() as u64)
            .map_err(|error| budget_error(error.to_string(), template.place))?;
        Ok(Some((Value::from(out), M::Origin::default())))
    }
}

/// A value as text: strings without quotes.
pub(super) fn spell(value: &Value) -> String {
    match value {
        Value::String(text) => text.to_string(),
        other => other.to_string(),
    }
}
