//! Rules and functions: what a node of `data` comes to.

use super::EvalError;
use super::document::{Document, conflict};
use super::machine::{Evaluated, Machine, Search};
use super::mode::{MadePart, Mode};
use super::world::{CallKey, Called, Extent, Root, merge};
use crate::compile::ir::{Branch, Node, NodeId, Rule, RuleKind};
use crate::compile::{self, Place};
use crate::value::{Object, Value};

/// How many calls one world remembers.
const REMEMBERED: usize = 20_000;

impl<'a, M: Mode> Machine<'a, M> {
    /// Everything at a node: rules, what lies below it, and base data.
    pub(super) fn extent(&mut self, id: NodeId) -> Evaluated<M> {
        self.prepare(id)?;
        if let Some(error) = self
            .world
            .conflicts
            .get(&id)
            .and_then(|conflicts| conflicts.values().next())
        {
            return Err(error.clone());
        }
        Ok(self.settled(id))
    }

    /// Evaluates a node, once per world. What was read for it counts as read by whoever needs it.
    pub(super) fn prepare(&mut self, id: NodeId) -> Result<(), EvalError> {
        match self.world.extents.get(&id) {
            Some(Extent::Done(_, reads)) => {
                if M::TRACES {
                    let reads = reads.clone();
                    reads.iter().for_each(|read| self.mode.read(read));
                }
                return Ok(());
            }
            // Only a reference that nothing could foresee leads here.
            Some(Extent::Open) => return Err(self.unforeseen_recursion(id)),
            None => {}
        }
        let program = self.program;
        let Some(node) = program.tree.node(id) else {
            return Ok(());
        };
        self.world.extents.insert(id, Extent::Open);
        let mark = self.mode.mark();
        match self.deeper(Place::default(), |machine| machine.whole(id, node)) {
            Ok(value) => {
                let reads = self.mode.since(mark);
                self.world.extents.insert(id, Extent::Done(value, reads));
                Ok(())
            }
            Err(error) => {
                self.world.extents.remove(&id);
                Err(error)
            }
        }
    }

    /// What a node that was evaluated came to.
    pub(super) fn settled(&self, id: NodeId) -> Option<(Value, M::Origin)> {
        match self.world.extents.get(&id) {
            Some(Extent::Done(value, _)) => value.clone(),
            _ => None,
        }
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

    fn whole(&mut self, id: NodeId, node: &'a Node) -> Evaluated<M> {
        let origin = self.mode.root(Root::Data);
        let base = compile::at_path(&self.world.base, &node.path).cloned();
        if self.world.is_replaced(&node.path) {
            return Ok(base.map(|base| (base, origin)));
        }
        let own = if node.arity.is_none() {
            self.own(id, node)?
        } else {
            None
        };
        let below = self.below(node)?;
        let virtual_part = match (own, below) {
            (Some((own, _)), Some(below)) => {
                Some((join(&own, &below, self.head_of(node))?, origin.clone()))
            }
            (own, below) => own.or_else(|| below.map(|below| (below, origin.clone()))),
        };
        Ok(match (virtual_part, base) {
            (Some((over, _)), Some(under))
                if !node.children.is_empty() || matches!(over, Value::Object(_)) =>
            {
                Some((merge(&over, &under), origin))
            }
            (None, None) if node.package => Some((Value::empty_object(), origin)),
            (virtual_part, base) => virtual_part.or_else(|| {
                let unruled = !node.declared || node.arity.is_some();
                base.filter(|_| unruled).map(|base| (base, origin))
            }),
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
            if let Some((value, _)) = self.extent(*child)? {
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
    fn own(&mut self, id: NodeId, node: &'a Node) -> Evaluated<M> {
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
            let value = self.partial(id, &rules)?;
            return Ok(Some((value, self.mode.root(Root::Data))));
        }
        self.complete(node, &rules)
    }

    fn complete(&mut self, node: &'a Node, rules: &[&'a Rule]) -> Evaluated<M> {
        const CONFLICT: &str = "complete rules must not produce multiple outputs";
        let mut found: Option<Value> = None;
        let mut origin = M::Origin::default();
        for rule in rules {
            let before = found.is_some();
            let value_origin = self.solve(rule, &[], &[], &mut found, CONFLICT)?;
            if !before && found.is_some() {
                origin = value_origin;
            }
        }
        if found.is_none()
            && let Some(rule) = self.default(node)
        {
            origin = self.solve(rule, &[], &[], &mut found, CONFLICT)?;
        }
        Ok(found.map(|value| (value, origin)))
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
        // A function that needs nothing else is cheaper to compute than to remember. When tracing, equal operands may come
        // from different places.
        let key = (!M::TRACES && node.remembered).then(|| CallKey::new(id, args));
        if let Some(called) = key.as_ref().and_then(|key| self.world.calls.get(key)) {
            return Ok(called
                .answer
                .clone()
                .map(|value| (value, M::Origin::default())));
        }
        let answer = self.deeper(place, |machine| machine.call_rules(node, args, origins))?;
        if let Some(key) = key.filter(|_| self.world.calls.len() < REMEMBERED) {
            let remembered = answer.as_ref().map(|(value, _)| value.clone());
            self.world.calls.insert(
                key,
                Called {
                    answer: remembered,
                    args: args.to_vec(),
                },
            );
        }
        Ok(answer)
    }

    fn call_rules(
        &mut self,
        node: &'a Node,
        args: &[Value],
        origins: &[M::Origin],
    ) -> Evaluated<M> {
        const CONFLICT: &str = "functions must not produce multiple outputs for same inputs";
        let mut found = None;
        let mut origin = M::Origin::default();
        for rule in node
            .rules
            .iter()
            .filter_map(|rule| self.program.rules.get(*rule as usize))
        {
            let before = found.is_some();
            let value_origin = self.solve(rule, args, origins, &mut found, CONFLICT)?;
            if !before && found.is_some() {
                origin = value_origin;
            }
        }
        if found.is_none()
            && let Some(rule) = self.default(node)
        {
            self.solve(rule, args, origins, &mut found, CONFLICT)?;
        }
        Ok(found.map(|value| (value, origin)))
    }

    /// What one rule comes to, without others of its name and without a default.
    pub(super) fn alone(&mut self, rule: u32) -> Result<Option<Value>, EvalError> {
        const CONFLICT: &str = "complete rules must not produce multiple outputs";
        let program = self.program;
        let mut found = None;
        if let Some(rule) = program.rules.get(rule as usize) {
            self.solve(rule, &[], &[], &mut found, CONFLICT)?;
        }
        Ok(found)
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
        let result = self.profiled(rule.head, |machine| {
            machine.solve_in(rule, args, origins, found, conflict, base)
        });
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
        let begun = self.mode.mark();
        for branch in &rule.branches {
            // What an earlier branch read did not lead here.
            self.mode.back_to(begun);
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
                    Some(before)
                        if {
                            machine.weigh(value.weight(), branch.place)?;
                            *before != value
                        } =>
                    {
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
    fn partial(&mut self, id: NodeId, rules: &[&'a Rule]) -> Result<Value, EvalError> {
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
                self.profiled(rule.head, |machine| {
                    machine.run(&branch.body, base, &mut |machine: &mut Self| {
                        machine.add(id, rule, branch, base, &mut document)?;
                        if M::TRACES {
                            machine.note(rule, branch, base, entered, &mut parts)?;
                        }
                        Ok(Search::Continue)
                    })
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
        id: NodeId,
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
        self.grow(&value, branch.place)?;
        let element = rule.kind == RuleKind::Contains;
        let Err(error) = document.insert(&keys, value, element, branch.place) else {
            return Ok(());
        };
        // It only matters to those who ask for this key, or for everything.
        match keys.into_iter().next() {
            Some(key) => {
                self.world
                    .conflicts
                    .entry(id)
                    .or_default()
                    .insert(key, error);
                Ok(())
            }
            None => Err(error),
        }
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
