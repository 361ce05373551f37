//! The machine: expressions to values.

mod calls;
mod values;

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::Duration;

use super::mode::Mode;
use super::watch::Watch;
use super::world::{Root, World};
use super::{Answer, EvalError, Expression, Settings, Solution, Spent};
use crate::builtins::{Cache, Meter};
use crate::compile::ir::{Expr, Pattern, Slot};
use crate::compile::{Inner, Place, Query};
use crate::value::Value;

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
        let budget = &self.settings.budget;
        let Some(now) = budget.now.map(|now| now()) else {
            return Ok(());
        };
        if budget.until.is_some_and(|until| now > until) {
            return Err(budget_error("the deadline has passed".to_owned(), place));
        }
        if now.saturating_sub(self.started) <= budget.time {
            return Ok(());
        }
        Err(budget_error(
            format!("the budget of {} ms is spent", budget.time.as_millis()),
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
