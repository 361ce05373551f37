//! Rules and functions: what a node of `data` comes to.

use super::EvalError;
use super::document::{Document, conflict};
use super::machine::{Evaluated, Machine, Search};
use super::mode::{MadePart, Mode};
use super::world::{Extent, merge};
use crate::compile::ir::{Branch, Node, NodeId, Rule, RuleKind};
use crate::compile::{self, Place};
use crate::value::{Object, Value};

impl<'a, M: Mode> Machine<'a, M> {
    /// Everything at a node: rules, what lies below it, and base data. Evaluated once per world.
    pub(super) fn extent(&mut self, id: NodeId) -> Result<Option<Value>, EvalError> {
        match self.world.extents.get(&id) {
            Some(Extent::Done(value, reads)) => {
                let (value, reads) = (
                    value.clone(),
                    if M::TRACES { reads.clone() } else { Vec::new() },
                );
                reads.iter().for_each(|read| self.mode.read(read));
                return Ok(value);
            }
            // Only a reference that nothing could foresee leads here.
            Some(Extent::Open) => return Err(self.unforeseen_recursion(id)),
            None => {}
        }
        let program = self.program;
        let Some(node) = program.tree.node(id) else {
            return Ok(None);
        };
        self.world.extents.insert(id, Extent::Open);
        let mark = self.mode.mark();
        let result = self.deeper(Place::default(), |machine| machine.whole(node));
        match &result {
            Ok(value) => {
                let reads = self.mode.since(mark);
                self.world
                    .extents
                    .insert(id, Extent::Done(value.clone(), reads))
            }
            Err(_) => self.world.extents.remove(&id),
        };
        result
    }

    fn unforeseen_recursion(&self, id: NodeId) -> EvalError {
        let message = format!("data.{} needs itself", self.program.tree.spell(id));
        EvalError {
            code: "rego_recursion_error",
            message,
            place: self
                .program
                .tree
                .node(id)
                .map(|node| self.head_of(node))
                .unwrap_or_default(),
        }
    }

    fn whole(&mut self, node: &'a Node) -> Result<Option<Value>, EvalError> {
        let base = compile::at_path(&self.world.base, &node.path).cloned();
        if self.world.is_replaced(&node.path) {
            return Ok(base);
        }
        let own = if node.arity.is_none() {
            self.own(node)?
        } else {
            None
        };
        let below = self.below(node)?;
        let virtual_part = match (own, below) {
            (Some(own), Some(below)) => Some(join(&own, &below, self.head_of(node))?),
            (own, below) => own.or(below),
        };
        Ok(match (virtual_part, base) {
            (Some(over), Some(under))
                if !node.children.is_empty() || matches!(over, Value::Object(_)) =>
            {
                Some(merge(&over, &under))
            }
            (None, None) if node.package => Some(Value::empty_object()),
            (virtual_part, base) => {
                virtual_part.or_else(|| base.filter(|_| !node.declared || node.arity.is_some()))
            }
        })
    }

    fn head_of(&self, node: &Node) -> Place {
        let rule = node
            .rules
            .first()
            .and_then(|rule| self.program.rules.get(*rule as usize));
        rule.map(|rule| rule.head).unwrap_or_default()
    }

    /// What the children come to; none if there are no children.
    fn below(&mut self, node: &Node) -> Result<Option<Value>, EvalError> {
        if node.children.is_empty() {
            return Ok(None);
        }
        let mut entries = Vec::new();
        for (name, child) in &node.children {
            if let Some(value) = self.extent(*child)? {
                entries.push((Value::String(name.clone()), value));
            }
        }
        // A package exists even if nothing in it is defined; below a rule, what is undefined adds nothing.
        let has_rules = !node.rules.is_empty();
        Ok(Some(entries.into_iter().collect::<Object>())
            .filter(|object| !has_rules || !object.is_empty())
            .map(Value::Object))
    }

    /// What the rules of a node itself come to.
    fn own(&mut self, node: &'a Node) -> Result<Option<Value>, EvalError> {
        let rules: Vec<&'a Rule> = node
            .rules
            .iter()
            .filter_map(|rule| self.program.rules.get(*rule as usize))
            .collect();
        let partial = |rule: &&Rule| {
            rule.kind == RuleKind::Contains
                || rule
                    .branches
                    .first()
                    .is_some_and(|branch| !branch.keys.is_empty())
        };
        if rules.iter().any(partial) {
            self.partial(&rules).map(Some)
        } else {
            self.complete(node, &rules)
        }
    }

    fn complete(&mut self, node: &'a Node, rules: &[&'a Rule]) -> Result<Option<Value>, EvalError> {
        let mut found: Option<Value> = None;
        for rule in rules {
            self.solve(
                rule,
                &[],
                &[],
                &mut found,
                "complete rules must not produce multiple outputs",
            )?;
        }
        if found.is_none()
            && let Some(rule) = self.default(node)
        {
            self.solve(
                rule,
                &[],
                &[],
                &mut found,
                "complete rules must not produce multiple outputs",
            )?;
        }
        Ok(found)
    }

    fn default(&self, node: &Node) -> Option<&'a Rule> {
        self.program.rules.get(node.default? as usize)
    }

    /// A function's value for these operands.
    pub(super) fn function(
        &mut self,
        id: NodeId,
        args: &[Value],
        origins: &[M::Origin],
        place: Place,
    ) -> Evaluated<M> {
        let program = self.program;
        let Some(node) = program.tree.node(id) else {
            return Ok(None);
        };
        self.deeper(place, |machine| {
            let mut found = None;
            let mut origin = M::Origin::default();
            for rule in &node.rules {
                let Some(rule) = program.rules.get(*rule as usize) else {
                    continue;
                };
                let before = found.is_some();
                let value_origin = machine.solve(
                    rule,
                    args,
                    origins,
                    &mut found,
                    "functions must not produce multiple outputs for same inputs",
                )?;
                if !before && found.is_some() {
                    origin = value_origin;
                }
            }
            if found.is_none()
                && let Some(rule) = machine.default(node)
            {
                machine.solve(
                    rule,
                    args,
                    origins,
                    &mut found,
                    "functions must not produce multiple outputs for same inputs",
                )?;
            }
            Ok(found.map(|value| (value, origin)))
        })
    }

    /// Evaluates one rule, branch after branch, until one has a solution. All its solutions must agree with each other and
    /// with what other rules found.
    fn solve(
        &mut self,
        rule: &'a Rule,
        args: &[Value],
        origins: &[M::Origin],
        found: &mut Option<Value>,
        conflict: &str,
    ) -> Result<M::Origin, EvalError> {
        let base = self.frame(rule.slots);
        let result = self.solve_in(rule, args, origins, found, conflict, base);
        self.drop_frame(base);
        result
    }

    fn solve_in(
        &mut self,
        rule: &'a Rule,
        args: &[Value],
        origins: &[M::Origin],
        found: &mut Option<Value>,
        conflict: &str,
        base: usize,
    ) -> Result<M::Origin, EvalError> {
        let mut value_origin = M::Origin::default();
        self.tick(rule.head)?;
        let entered = self.mode.enter();
        for (index, (pattern, arg)) in rule.params.iter().zip(args).enumerate() {
            let origin = origins.get(index).cloned().unwrap_or_default();
            if !self.matches(pattern, arg, &origin, base)? {
                self.mode.leave(entered, Vec::new());
                return Ok(value_origin);
            }
        }
        for branch in &rule.branches {
            let mut solved = false;
            let mut reads = Vec::new();
            self.run(&branch.body, base, &mut |machine: &mut Self| {
                let Some((value, origin)) = machine.eval(&branch.value, base)? else {
                    return Ok(Search::Continue);
                };
                if machine.settings.coverage {
                    machine.covered.insert(rule.head);
                    machine.covered.insert(branch.place);
                }
                match found {
                    Some(before) if *before != value => {
                        return Err(EvalError {
                            code: "eval_conflict_error",
                            message: conflict.to_owned(),
                            place: branch.place,
                        });
                    }
                    Some(_) => {}
                    None => *found = Some(value),
                }
                if M::TRACES && !solved {
                    value_origin = origin;
                    reads = machine.mode.solution(entered, &branch.message_only);
                }
                solved = true;
                Ok(if branch.constant {
                    Search::Stop
                } else {
                    Search::Continue
                })
            })?;
            if solved {
                self.mode.leave(entered, reads);
                return Ok(value_origin);
            }
        }
        self.mode.leave(entered, Vec::new());
        Ok(value_origin)
    }

    /// Sets and objects that rules add to.
    fn partial(&mut self, rules: &[&'a Rule]) -> Result<Value, EvalError> {
        let is_set = rules.iter().all(|rule| {
            rule.kind == RuleKind::Contains
                && rule
                    .branches
                    .first()
                    .is_some_and(|branch| branch.keys.is_empty())
        });
        let mut document = Document::empty(is_set);
        let mut parts = Vec::new();
        for rule in rules {
            let base = self.frame(rule.slots);
            for branch in &rule.branches {
                let entered = self.mode.enter();
                self.run(&branch.body, base, &mut |machine: &mut Self| {
                    machine.add(rule, branch, base, &mut document)?;
                    if M::TRACES {
                        machine.note(rule, branch, base, entered, &mut parts)?;
                    }
                    Ok(Search::Continue)
                })?;
                self.mode.leave(entered, Vec::new());
            }
            self.drop_frame(base);
        }
        let value = document.finish();
        self.mode.made(&value, parts);
        Ok(value)
    }

    fn add(
        &mut self,
        rule: &Rule,
        branch: &Branch,
        base: usize,
        document: &mut Document,
    ) -> Result<(), EvalError> {
        let mut keys = Vec::with_capacity(branch.keys.len());
        for key in &branch.keys {
            match self.eval(key, base)? {
                Some((key, _)) => keys.push(key),
                None => return Ok(()),
            }
        }
        let Some((value, _)) = self.eval(&branch.value, base)? else {
            return Ok(());
        };
        if self.settings.coverage {
            self.covered.insert(rule.head);
        }
        self.grow(branch.place)?;
        document.insert(&keys, value, rule.kind == RuleKind::Contains, branch.place)
    }

    /// Where an element came from, and what was read to find it.
    fn note(
        &mut self,
        rule: &Rule,
        branch: &Branch,
        base: usize,
        entered: M::Mark,
        parts: &mut Vec<MadePart<M>>,
    ) -> Result<(), EvalError> {
        let reads = self.mode.solution(entered, &branch.message_only);
        let Some((value, origin)) = self.eval(&branch.value, base)? else {
            return Ok(());
        };
        let key = match (branch.keys.first(), rule.kind) {
            (Some(key), _) => self.eval(key, base)?.map(|(key, _)| key),
            (None, _) => Some(value),
        };
        parts.extend(key.map(|key| (key, origin, reads)));
        Ok(())
    }
}

/// What two rules of overlapping names make together: objects key by key, sets as one. Anything else must be equal.
fn join(left: &Value, right: &Value, place: Place) -> Result<Value, EvalError> {
    match (left, right) {
        (Value::Object(one), Value::Object(other)) => {
            let mut entries: Vec<(Value, Value)> = other
                .iter()
                .map(|(key, value)| (key.clone(), value.clone()))
                .collect();
            for (key, value) in one.iter() {
                let joined = other
                    .get(key)
                    .map_or_else(|| Ok(value.clone()), |twin| join(value, twin, place))?;
                entries.push((key.clone(), joined));
            }
            Ok(Value::Object(entries.into_iter().collect()))
        }
        (Value::Set(one), Value::Set(other)) => {
            Ok(Value::Set(one.iter().chain(other).cloned().collect()))
        }
        _ if left == right => Ok(left.clone()),
        _ => Err(conflict(place)),
    }
}
