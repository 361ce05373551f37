//! Bodies: steps one after the other, and what follows once for each solution.

use super::EvalError;
use super::machine::{LIGHT, Machine, RED_ZONE, STACK, Search, Then, index_value};
use super::mode::Mode;
use super::world::{Mock, World, put};
use crate::compile::Place;
use crate::compile::ir::{Change, ChangeTarget, ChangeValue, Expr, Pattern, Step, StepKind};
use crate::value::{Array, Value};

impl<'a, M: Mode> Machine<'a, M> {
    /// Runs steps, and `then` for each solution.
    pub(super) fn run(
        &mut self,
        steps: &[Step],
        base: usize,
        then: Then<'_, 'a, M>,
    ) -> Result<Search, EvalError> {
        for (index, step) in steps.iter().enumerate() {
            self.tick(step.place)?;
            self.mode.literal(step.literal);
            self.watch_step(step, base);
            let rest = steps.get(index + 1..).unwrap_or_default();
            let holds = match &step.kind {
                StepKind::Test(expr) => self
                    .eval(expr, base)?
                    .is_some_and(|(value, _)| value != Value::Bool(false)),
                StepKind::Let(pattern, expr) => match self.eval(expr, base)? {
                    Some((value, origin)) => self.matches(pattern, &value, &origin, base)?,
                    None => false,
                },
                StepKind::Not(body) => self.negation(body, base)?,
                StepKind::Exists(bodies) => self.exists(bodies, base)?,
                StepKind::Every {
                    domain,
                    key,
                    value,
                    body,
                } => self.every(domain, key, value, body, base)?,
                StepKind::Scan {
                    collection,
                    key,
                    value,
                } => {
                    return stacker::maybe_grow(RED_ZONE, STACK, || {
                        self.scan(step, collection, key, value, rest, base, then)
                    });
                }
                StepKind::Keys { container, key } => {
                    return stacker::maybe_grow(RED_ZONE, STACK, || {
                        self.each_key(container, key, rest, base, then)
                    });
                }
                StepKind::Walk {
                    document,
                    path,
                    value,
                } => {
                    return stacker::maybe_grow(RED_ZONE, STACK, || {
                        self.walk(document, path, value, rest, base, then)
                    });
                }
                StepKind::With { changes, body } => {
                    return stacker::maybe_grow(RED_ZONE, STACK, || {
                        self.with(changes, body, rest, base, then)
                    });
                }
            };
            if !holds {
                return Ok(Search::Continue);
            }
            self.cover(step.place);
        }
        then(self)
    }

    fn cover(&mut self, place: Place) {
        if self.settings.coverage {
            self.covered.insert(place);
        }
    }

    /// Whether a body has a solution.
    fn has_solution(&mut self, body: &[Step], base: usize) -> Result<bool, EvalError> {
        let mut found = false;
        self.run(body, base, &mut |_: &mut Self| {
            found = true;
            Ok(Search::Stop)
        })?;
        Ok(found)
    }

    fn negation(&mut self, body: &[Step], base: usize) -> Result<bool, EvalError> {
        let attempts = self.mode.keep_attempts();
        let found = self.has_solution(body, base)?;
        self.mode.fold_attempts(attempts, true);
        Ok(!found)
    }

    fn exists(&mut self, bodies: &[Vec<Step>], base: usize) -> Result<bool, EvalError> {
        for body in bodies {
            if self.has_solution(body, base)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn every(
        &mut self,
        domain: &Expr,
        key: &Pattern,
        value: &Pattern,
        body: &[Step],
        base: usize,
    ) -> Result<bool, EvalError> {
        let Some((collection, origin)) = self.eval(domain, base)? else {
            return Ok(false);
        };
        let attempts = self.mode.keep_attempts();
        let mut holds = matches!(
            collection,
            Value::Array(_) | Value::Object(_) | Value::Set(_)
        );
        for (own_key, element) in elements(&collection) {
            let part = self.mode.part(&collection, &origin, &own_key);
            let matched = self.matches(key, &own_key, &M::Origin::default(), base)?
                && self.matches(value, &element, &part, base)?;
            if !matched || !self.has_solution(body, base)? {
                holds = false;
                break;
            }
        }
        self.mode.fold_attempts(attempts, true);
        Ok(holds)
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "the parts of one step, and what follows it"
    )]
    fn scan(
        &mut self,
        step: &Step,
        collection: &Expr,
        key: &Pattern,
        value: &Pattern,
        rest: &[Step],
        base: usize,
        then: Then<'_, 'a, M>,
    ) -> Result<Search, EvalError> {
        let Some((found, origin)) = self.eval(collection, base)? else {
            return Ok(Search::Continue);
        };
        // A key that is known is looked up; a set's elements are their own keys.
        let known = match (&found, key, value) {
            (Value::Array(_) | Value::Object(_) | Value::Set(_), Pattern::Equal(expr), _)
            | (Value::Set(_), _, Pattern::Equal(expr)) => Some(expr),
            _ => None,
        };
        if let Some(expr) = known {
            let Some((wanted, _)) = self.eval(expr, base)? else {
                return Ok(Search::Continue);
            };
            return match found.get(&wanted).cloned() {
                Some(element) => self.element(
                    step,
                    (&found, &origin),
                    (&wanted, &element),
                    (key, value),
                    rest,
                    base,
                    then,
                ),
                None => Ok(Search::Continue),
            };
        }
        match &found {
            Value::Array(items) => {
                for (index, element) in items.iter().enumerate() {
                    if self.element(
                        step,
                        (&found, &origin),
                        (&index_value(index), element),
                        (key, value),
                        rest,
                        base,
                        then,
                    )? == Search::Stop
                    {
                        return Ok(Search::Stop);
                    }
                }
            }
            Value::Object(object) => {
                for (own_key, element) in object.iter() {
                    if self.element(
                        step,
                        (&found, &origin),
                        (own_key, element),
                        (key, value),
                        rest,
                        base,
                        then,
                    )? == Search::Stop
                    {
                        return Ok(Search::Stop);
                    }
                }
            }
            Value::Set(set) => {
                for element in set {
                    if self.element(
                        step,
                        (&found, &origin),
                        (element, element),
                        (key, value),
                        rest,
                        base,
                        then,
                    )? == Search::Stop
                    {
                        return Ok(Search::Stop);
                    }
                }
            }
            _ => {}
        }
        Ok(Search::Continue)
    }

    /// One element of a collection, and what follows if it matches.
    #[expect(
        clippy::too_many_arguments,
        reason = "the parts of one step, and what follows it"
    )]
    fn element(
        &mut self,
        step: &Step,
        collection: (&Value, &M::Origin),
        element: (&Value, &Value),
        patterns: (&Pattern, &Pattern),
        rest: &[Step],
        base: usize,
        then: Then<'_, 'a, M>,
    ) -> Result<Search, EvalError> {
        self.tick(step.place)?;
        let mark = self.mode.mark();
        self.mode.literal(step.literal);
        let origin = if M::TRACES {
            self.mode.part(collection.0, collection.1, element.0)
        } else {
            M::Origin::default()
        };
        let matched = self.matches(patterns.0, element.0, &M::Origin::default(), base)?
            && self.matches(patterns.1, element.1, &origin, base)?;
        let mut search = Search::Continue;
        if matched {
            if M::TRACES {
                self.mode.read(&origin);
                self.mode.use_part(collection.0, element.0);
            }
            self.cover(step.place);
            search = self.run(rest, base, then)?;
        }
        self.mode.back_to(mark);
        Ok(search)
    }

    fn each_key(
        &mut self,
        container: &Expr,
        key: &Pattern,
        rest: &[Step],
        base: usize,
        then: Then<'_, 'a, M>,
    ) -> Result<Search, EvalError> {
        for own in self.keys(container, base)? {
            self.tick(Place::default())?;
            let mark = self.mode.mark();
            if self.matches(key, &own, &M::Origin::default(), base)?
                && self.run(rest, base, then)? == Search::Stop
            {
                return Ok(Search::Stop);
            }
            self.mode.back_to(mark);
        }
        Ok(Search::Continue)
    }

    /// Every path of a document with its value, the document itself first.
    fn walk(
        &mut self,
        document: &Expr,
        path: &Pattern,
        value: &Pattern,
        rest: &[Step],
        base: usize,
        then: Then<'_, 'a, M>,
    ) -> Result<Search, EvalError> {
        let Some((root, origin)) = self.eval(document, base)? else {
            return Ok(Search::Continue);
        };
        let mut pending = vec![(Vec::new(), root, origin)];
        while let Some((steps, at, origin)) = pending.pop() {
            self.tick(Place::default())?;
            // The path is written out for each node.
            self.weigh(steps.len() as u64 * 4 + LIGHT, Place::default())?;
            let mark = self.mode.mark();
            let spelt = Value::Array(Array::from(steps.clone()));
            let matched = self.matches(path, &spelt, &M::Origin::default(), base)?
                && self.matches(value, &at, &origin, base)?;
            if matched {
                self.mode.read(&origin);
                if self.run(rest, base, then)? == Search::Stop {
                    return Ok(Search::Stop);
                }
            }
            self.mode.back_to(mark);
            let first = pending.len();
            for (key, child) in elements(&at) {
                let part = self.mode.part(&at, &origin, &key);
                let mut below = steps.clone();
                below.push(key);
                pending.push((below, child, part));
            }
            if let Some(added) = pending.get_mut(first..) {
                added.reverse();
            }
        }
        Ok(Search::Continue)
    }

    /// Runs a body in a changed world, and what follows in the world as it was.
    fn with(
        &mut self,
        changes: &[Change],
        body: &[Step],
        rest: &[Step],
        base: usize,
        then: Then<'_, 'a, M>,
    ) -> Result<Search, EvalError> {
        let mut world = self.world.changed();
        for change in changes {
            if !self.change(change, &mut world, base)? {
                return Ok(Search::Continue);
            }
        }
        let mut outer = Some(std::mem::replace(&mut self.world, world));
        let result = self.run(body, base, &mut |machine: &mut Self| {
            let Some(before) = outer.take() else {
                return Ok(Search::Continue);
            };
            let inner = std::mem::replace(&mut machine.world, before);
            let search = machine.run(rest, base, then);
            outer = Some(std::mem::replace(&mut machine.world, inner));
            search
        });
        if let Some(before) = outer {
            self.world = before;
        }
        result
    }

    /// Makes one change; false if what it puts in is undefined.
    fn change(
        &mut self,
        change: &Change,
        world: &mut World<M::Origin>,
        base: usize,
    ) -> Result<bool, EvalError> {
        let value = match &change.value {
            ChangeValue::Function(target) => Mock::Function(*target),
            ChangeValue::Value(expr) => match self.eval(expr, base)? {
                Some((value, origin)) => {
                    if matches!(&change.target, ChangeTarget::Input(path) if path.is_empty()) {
                        world.input_origin = origin;
                    }
                    Mock::Value(value)
                }
                None => return Ok(false),
            },
        };
        match (&change.target, value) {
            (ChangeTarget::Input(path), Mock::Value(value)) => {
                world.input = Some(put(world.input.as_ref(), path, value));
            }
            (ChangeTarget::Data(path), Mock::Value(value)) => {
                world.base = put(Some(&world.base), path, value);
                world.replaced.push(path.clone());
            }
            (ChangeTarget::Function(target), mock) => world.functions.push((*target, mock)),
            (ChangeTarget::Input(_) | ChangeTarget::Data(_), Mock::Function(_)) => {}
        }
        Ok(true)
    }
}

/// The elements of a collection with their keys; nothing for anything else.
pub(super) fn elements(collection: &Value) -> Vec<(Value, Value)> {
    match collection {
        Value::Array(items) => items
            .iter()
            .enumerate()
            .map(|(index, item)| (index_value(index), item.clone()))
            .collect(),
        Value::Object(object) => object
            .iter()
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect(),
        Value::Set(set) => set
            .iter()
            .map(|item| (item.clone(), item.clone()))
            .collect(),
        _ => Vec::new(),
    }
}
