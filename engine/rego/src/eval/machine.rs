//! The machine: expressions to values.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::Duration;

use super::mode::Mode;
use super::watch::Watch;
use super::world::{Mock, Root, World};
use super::{Answer, EvalError, Expression, Settings, Solution, Spent};
use crate::builtins::{self, BuiltinError, Cache, Meter};
use crate::compile::ir::{
    Call, Comprehension, ComprehensionKind, Expr, NodeId, Part, Pattern, Slot, Target, Template,
};
use crate::compile::{self, Inner, Place, Query};
use crate::value::{Array, ObjectBuilder, Set, Value};

/// Whether the search for further solutions goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Search {
    Continue,
    Stop,
}

/// What is done with each solution of a body.
pub(super) type Then<'k, 'a, M> =
    &'k mut dyn FnMut(&mut Machine<'a, M>) -> Result<Search, EvalError>;

/// A value and where it came from; none if it is undefined.
pub(super) type Evaluated<M> = Result<Option<(Value, <M as Mode>::Origin)>, EvalError>;

/// How deep rules may call each other.
const MAX_DEPTH: u32 = 100_000;
/// Up to this weight, comparing or writing a value is a part of the step that does it.
pub(super) const LIGHT: u64 = 64;
/// Builtins visit so many values in the time of a step.
const VISITS_PER_STEP: u64 = 16;
/// How many steps pass between two looks at the clock.
const CLOCK_INTERVAL: u32 = 128;

pub(super) struct Machine<'a, M: Mode> {
    pub(super) program: &'a Inner,
    pub(super) settings: &'a Settings,
    pub(super) world: World<M::Origin>,
    pub(super) slots: Vec<Value>,
    pub(super) origins: Vec<M::Origin>,
    pub(super) mode: M,
    pub(super) depth: u32,
    pub(super) covered: BTreeSet<Place>,
    pub(super) watch: Option<Box<Watch>>,
    profile: BTreeMap<Place, Spent>,
    meter: &'a Meter,
    cache: Cache,
    swallowed: Vec<EvalError>,
    prints: Vec<(Place, String)>,
    started: Duration,
    until_clock: u32,
}

thread_local! {
    /// What one evaluation compiled, the next one on the same thread need not: patterns and schemas are often the same.
    static KEPT: Cell<Cache> = Cell::new(Cache::default());
}

impl<M: Mode> Drop for Machine<'_, M> {
    fn drop(&mut self) {
        KEPT.with(|kept| kept.set(std::mem::take(&mut self.cache)));
    }
}

impl<'a, M: Mode> Machine<'a, M> {
    pub(super) fn new(
        program: &'a Inner,
        data: &Value,
        input: Option<&Value>,
        settings: &'a Settings,
        meter: &'a Meter,
        mode: M,
    ) -> Self {
        let world = World {
            input: input.cloned(),
            input_origin: mode.root(Root::Input),
            base: data.clone(),
            replaced: Vec::new(),
            functions: Vec::new(),
            extents: HashMap::new(),
            conflicts: HashMap::new(),
            calls: HashMap::new(),
        };
        Self {
            program,
            settings,
            world,
            slots: Vec::new(),
            origins: Vec::new(),
            mode,
            depth: 0,
            covered: BTreeSet::new(),
            watch: None,
            profile: BTreeMap::new(),
            meter,
            cache: KEPT.with(Cell::take),
            swallowed: Vec::new(),
            prints: Vec::new(),
            started: settings.budget.now.map_or(Duration::ZERO, |now| now()),
            until_clock: CLOCK_INTERVAL,
        }
    }

    /// Runs with a stack that grows.
    pub(super) fn guarded<T>(
        &mut self,
        run: impl FnOnce(&mut Self) -> Result<T, EvalError>,
    ) -> Result<T, EvalError> {
        stacker::maybe_grow(RED_ZONE, STACK, || run(self))
    }

    pub(super) fn answer(mut self, value: Option<Value>) -> Answer {
        let steps = self.settings.budget.steps - self.meter.steps_left();
        let profile = std::mem::take(&mut self.profile);
        let (swallowed, prints, covered) = (
            std::mem::take(&mut self.swallowed),
            std::mem::take(&mut self.prints),
            std::mem::take(&mut self.covered),
        );
        Answer {
            value,
            swallowed,
            prints,
            covered,
            steps,
            profile,
        }
    }

    /// One step further, if the budget allows it.
    pub(super) fn tick(&mut self, place: Place) -> Result<(), EvalError> {
        self.meter
            .step(1)
            .map_err(|error| budget_error(error.to_string(), place))?;
        self.until_clock -= 1;
        if self.until_clock > 0 {
            return Ok(());
        }
        self.until_clock = CLOCK_INTERVAL;
        self.check_clock(place)
    }

    /// Runs a rule, and counts what it takes if that was asked for.
    pub(super) fn profiled<T>(&mut self, head: Place, run: impl FnOnce(&mut Self) -> T) -> T {
        if !self.settings.profile {
            return run(self);
        }
        let before = self.meter.steps_left();
        let result = run(self);
        let spent = self.profile.entry(head).or_default();
        spent.tries += 1;
        spent.steps += before - self.meter.steps_left();
        result
    }

    /// Room for one more element of a collection that is being made.
    pub(super) fn grow(&self, element: &Value, place: Place) -> Result<(), EvalError> {
        // It will be compared with others before it has its place.
        self.weigh(element.weight(), place)?;
        let bytes = size_of::<Value>() as u64;
        self.meter
            .alloc(bytes)
            .map_err(|error| budget_error(error.to_string(), place))
    }

    /// What visiting every part of a value costs, beyond what a step pays for anyway.
    pub(super) fn weigh(&self, weight: u64, place: Place) -> Result<(), EvalError> {
        if weight <= LIGHT {
            return Ok(());
        }
        self.meter
            .step(weight)
            .map_err(|error| budget_error(error.to_string(), place))
    }

    fn check_clock(&self, place: Place) -> Result<(), EvalError> {
        let Some(now) = self.settings.budget.now else {
            return Ok(());
        };
        let spent = now().saturating_sub(self.started);
        if spent <= self.settings.budget.time {
            return Ok(());
        }
        Err(budget_error(
            format!(
                "the budget of {} ms is spent",
                self.settings.budget.time.as_millis()
            ),
            place,
        ))
    }

    /// The solutions of a query.
    pub(super) fn query(&mut self, query: &Query) -> Result<Vec<Solution>, EvalError> {
        let mut solutions = Vec::new();
        let base = self.frame(query.slots);
        self.run(&query.body, base, &mut |machine: &mut Self| {
            let value = |slot: Slot| machine.slot(base, slot);
            solutions.push(Solution {
                bindings: query
                    .names
                    .iter()
                    .map(|(name, slot)| (name.clone(), value(*slot)))
                    .collect(),
                expressions: query
                    .expressions
                    .iter()
                    .map(|shown| Expression {
                        text: shown.text.clone(),
                        row: shown.row,
                        column: shown.column,
                        value: shown.slot.map_or(Value::Bool(true), value),
                    })
                    .collect(),
            });
            Ok(Search::Continue)
        })?;
        self.drop_frame(base);
        Ok(solutions)
    }

    /// Room for the variables of a body.
    pub(super) fn frame(&mut self, slots: u32) -> usize {
        let base = self.slots.len();
        self.slots.resize(base + slots as usize, Value::Null);
        if M::TRACES {
            self.origins
                .resize(base + slots as usize, M::Origin::default());
        }
        base
    }

    pub(super) fn drop_frame(&mut self, base: usize) {
        self.slots.truncate(base);
        if M::TRACES {
            self.origins.truncate(base);
        }
    }

    pub(super) fn slot(&self, base: usize, slot: Slot) -> Value {
        self.slots
            .get(base + slot as usize)
            .cloned()
            .unwrap_or(Value::Null)
    }

    pub(super) fn origin(&self, base: usize, slot: Slot) -> M::Origin {
        self.origins
            .get(base + slot as usize)
            .cloned()
            .unwrap_or_default()
    }

    fn bind(&mut self, base: usize, slot: Slot, value: Value, origin: M::Origin) {
        if let Some(place) = self.slots.get_mut(base + slot as usize) {
            *place = value;
        }
        if M::TRACES
            && let Some(place) = self.origins.get_mut(base + slot as usize)
        {
            *place = origin;
        }
    }

    /// Whether a value matches a pattern; its variables are bound.
    pub(super) fn matches(
        &mut self,
        pattern: &Pattern,
        value: &Value,
        origin: &M::Origin,
        base: usize,
    ) -> Result<bool, EvalError> {
        match pattern {
            Pattern::Any => Ok(true),
            Pattern::Bind(slot) => {
                self.bind(base, *slot, value.clone(), origin.clone());
                Ok(true)
            }
            Pattern::Equal(expr) => {
                let Some((wanted, _)) = self.eval(expr, base)? else {
                    return Ok(false);
                };
                self.weigh(wanted.weight().min(value.weight()), Place::default())?;
                Ok(wanted == *value)
            }
            Pattern::Array(items) => self.matches_array(items, value, origin, base),
            Pattern::Object(entries) => self.matches_object(entries, value, origin, base),
        }
    }

    fn matches_array(
        &mut self,
        items: &[Pattern],
        value: &Value,
        origin: &M::Origin,
        base: usize,
    ) -> Result<bool, EvalError> {
        let Value::Array(elements) = value else {
            return Ok(false);
        };
        if elements.len() != items.len() {
            return Ok(false);
        }
        for (index, (pattern, element)) in items.iter().zip(elements).enumerate() {
            let origin = if M::TRACES {
                self.mode.part(value, origin, &index_value(index))
            } else {
                M::Origin::default()
            };
            if !self.matches(pattern, element, &origin, base)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn matches_object(
        &mut self,
        entries: &[(Expr, Pattern)],
        value: &Value,
        origin: &M::Origin,
        base: usize,
    ) -> Result<bool, EvalError> {
        let Value::Object(object) = value else {
            return Ok(false);
        };
        if object.len() != entries.len() {
            return Ok(false);
        }
        for (key, pattern) in entries {
            let Some((key, _)) = self.eval(key, base)? else {
                return Ok(false);
            };
            let Some(element) = object.get(&key) else {
                return Ok(false);
            };
            let origin = self.mode.part(value, origin, &key);
            if !self.matches(pattern, element, &origin, base)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The value of an expression, which counts as read.
    pub(super) fn eval(&mut self, expr: &Expr, base: usize) -> Evaluated<M> {
        let value = self.value(expr, base)?;
        if M::TRACES {
            let origin = match &value {
                Some((_, origin)) => origin.clone(),
                None => self.trail(expr, base)?,
            };
            self.mode.read(&origin);
        }
        Ok(value)
    }

    /// Where the value of a reference would be if it existed.
    fn trail(&mut self, expr: &Expr, base: usize) -> Result<M::Origin, EvalError> {
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

    fn missing_part(
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

    fn value(&mut self, expr: &Expr, base: usize) -> Evaluated<M> {
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
    fn package(&mut self, expr: &Expr, base: usize) -> Result<Option<NodeId>, EvalError> {
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
    pub(super) fn keys(&mut self, container: &Expr, base: usize) -> Result<Vec<Value>, EvalError> {
        let program = self.program;
        let Some(node) = self
            .package(container, base)?
            .and_then(|node| program.tree.node(node))
        else {
            let value = self.value(container, base)?.map(|(value, _)| value);
            return Ok(value
                .map(|value| {
                    super::steps::elements(&value)
                        .into_iter()
                        .map(|(key, _)| key)
                        .collect()
                })
                .unwrap_or_default());
        };
        let mut keys: BTreeSet<Value> = node.children.keys().cloned().map(Value::String).collect();
        let below = compile::at_path(&self.world.base, &node.path).map(super::steps::elements);
        keys.extend(below.into_iter().flatten().map(|(key, _)| key));
        Ok(keys.into_iter().collect())
    }

    /// What a key leads to from a package: a rule or another package below it, or base data.
    fn get_below(&mut self, node: NodeId, key: &Expr, base: usize) -> Evaluated<M> {
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
    fn get(&mut self, container: &Expr, key: &Expr, base: usize) -> Evaluated<M> {
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
    fn get_from_rules(&mut self, node: NodeId, key: &Expr, base: usize) -> Evaluated<M> {
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
    fn peek(
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

    fn all(&mut self, exprs: &[Expr], base: usize) -> Result<Option<Vec<Value>>, EvalError> {
        let mut values = Vec::with_capacity(exprs.len());
        for expr in exprs {
            match self.eval(expr, base)? {
                Some((value, _)) => values.push(value),
                None => return Ok(None),
            }
        }
        Ok(Some(values))
    }

    fn array(&mut self, exprs: &[Expr], base: usize) -> Evaluated<M> {
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
    fn object(&mut self, entries: &[(Expr, Expr)], base: usize) -> Evaluated<M> {
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

    fn comprehension(
        &mut self,
        comprehension: &Comprehension,
        base: usize,
    ) -> Result<(Value, M::Origin), EvalError> {
        let mut document = super::document::Document::empty(false);
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

    fn template(&mut self, template: &Template, base: usize) -> Evaluated<M> {
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

    fn call(&mut self, call: &Call, base: usize) -> Evaluated<M> {
        if call.target == Target::Print {
            return self.print(call, base);
        }
        let mut args = Vec::with_capacity(call.args.len());
        let mut origins = Vec::new();
        for arg in &call.args {
            let Some((value, origin)) = self.eval(arg, base)? else {
                return Ok(None);
            };
            args.push(value);
            if M::TRACES {
                origins.push(origin);
            }
        }
        self.apply(call.target, &args, &origins, call.place)
    }

    /// Calls a function, or what stands for it.
    pub(super) fn apply(
        &mut self,
        target: Target,
        args: &[Value],
        origins: &[M::Origin],
        place: Place,
    ) -> Evaluated<M> {
        let mock = self
            .world
            .functions
            .iter()
            .rposition(|(replaced, _)| *replaced == target);
        if let Some(index) = mock {
            return self.mocked(index, args, origins, place);
        }
        match target {
            Target::Builtin(index) => Ok(self
                .builtin(index, args, place)?
                .map(|value| (value, M::Origin::default()))),
            Target::Function(node) => self.function(node, args, origins, place),
            Target::Print => Ok(None),
        }
    }

    /// What stands for a function sees the function itself.
    fn mocked(
        &mut self,
        index: usize,
        args: &[Value],
        origins: &[M::Origin],
        place: Place,
    ) -> Evaluated<M> {
        let mut world = self.world.changed();
        let (target, mock) = world.functions.remove(index);
        world.functions.retain(|(other, _)| *other != target);
        match mock {
            Mock::Value(value) => Ok(Some((value, M::Origin::default()))),
            Mock::Function(replacement) => {
                let outer = std::mem::replace(&mut self.world, world);
                let result = self.apply(replacement, args, origins, place);
                self.world = outer;
                result
            }
        }
    }

    fn builtin(
        &mut self,
        index: u32,
        args: &[Value],
        place: Place,
    ) -> Result<Option<Value>, EvalError> {
        let builtin = self.program.table.get(index);
        // Whatever a builtin does with its operands, it may visit every part of them.
        for arg in args {
            self.weigh(arg.weight() / VISITS_PER_STEP, place)?;
        }
        let mut call = builtins::Call {
            name: builtin.name,
            facts: &self.settings.facts,
            meter: self.meter,
            cache: &mut self.cache,
        };
        let error = match (builtin.function)(&mut call, args) {
            Ok(value) => return Ok(value),
            Err(error) => error,
        };
        let (code, message) = match error {
            BuiltinError::Budget(message) => return Err(budget_error(message, place)),
            BuiltinError::Type(message) => ("eval_type_error", message),
            BuiltinError::Failed(message) => ("eval_builtin_error", message),
        };
        let error = EvalError {
            code,
            message,
            place,
        };
        if self.settings.strict {
            return Err(error);
        }
        if !self.swallowed.contains(&error) {
            self.swallowed.push(error);
        }
        Ok(None)
    }

    /// `print`: what is undefined is said, and nothing fails.
    fn print(&mut self, call: &Call, base: usize) -> Evaluated<M> {
        let mut words = Vec::with_capacity(call.args.len());
        for arg in &call.args {
            let value = self.eval(arg, base)?;
            if let Some((value, _)) = &value {
                self.weigh(value.weight(), call.place)?;
            }
            words.push(value.map_or_else(|| "<undefined>".to_owned(), |(value, _)| spell(&value)));
        }
        self.prints.push((call.place, words.join(" ")));
        Ok(Some((Value::Bool(true), M::Origin::default())))
    }

    /// One level deeper into rules that call each other.
    pub(super) fn deeper<T>(
        &mut self,
        place: Place,
        run: impl FnOnce(&mut Self) -> Result<T, EvalError>,
    ) -> Result<T, EvalError> {
        if self.depth >= MAX_DEPTH {
            return Err(budget_error(
                format!("rules call each other more than {MAX_DEPTH} deep"),
                place,
            ));
        }
        self.depth += 1;
        let result = stacker::maybe_grow(RED_ZONE, STACK, || run(self));
        self.depth -= 1;
        result
    }
}

pub(super) const RED_ZONE: usize = 128 * 1024;
pub(super) const STACK: usize = 2 * 1024 * 1024;

pub(super) fn index_value(index: usize) -> Value {
    Value::from(i64::try_from(index).unwrap_or(i64::MAX))
}

fn budget_error(message: String, place: Place) -> EvalError {
    EvalError {
        code: "eval_budget_error",
        message,
        place,
    }
}

/// A value as text: strings without quotes.
fn spell(value: &Value) -> String {
    match value {
        Value::String(text) => text.to_string(),
        other => other.to_string(),
    }
}
