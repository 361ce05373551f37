//! Watching one rule fail: which of its conditions was the furthest that was tried, and what its variables were then.

use super::machine::Machine;
use super::mode::{Mode, Plain};
use super::{Answer, EvalError, Settings};
use crate::builtins::Meter;
use crate::compile::Program;
use crate::compile::ir::{Expr, Pattern, Rule, Slot, Step, StepKind};
use crate::testing::Failure;
use crate::value::{ArcStr, Value};

/// What is watched, and what was seen.
#[derive(Debug)]
pub(super) struct Watch {
    /// The steps of the rule itself in the order in which they run, without those of what it calls or closes over.
    conditions: Vec<Condition>,
    names: Vec<ArcStr>,
    /// The furthest condition that was tried.
    furthest: Option<usize>,
    /// Each time that it was tried.
    attempts: Vec<Failure>,
}

/// More attempts than this are not kept.
const ATTEMPTS: usize = 10;

/// A step, known by where it lies in memory.
#[derive(Debug)]
struct Condition {
    address: usize,
    /// The variables that have a value when it is tried.
    bound: Vec<Slot>,
}

impl Program {
    /// Evaluates one rule without others of its name. What it printed is known even if it ends in an error.
    pub(crate) fn evaluate_rule(
        &self,
        rule: u32,
        data: &Value,
        settings: &Settings,
    ) -> (Result<Option<Value>, EvalError>, Answer) {
        let meter = Meter::new(settings.budget.steps, settings.budget.bytes);
        let mut machine: Machine<'_, Plain> =
            Machine::new(&self.inner, data, None, settings, &meter, Plain);
        let value = machine.guarded(|machine| machine.alone(rule));
        (value, machine.answer(None))
    }

    /// The condition that keeps a rule from having a value, once for each time it was tried, up to a few; nothing if the
    /// rule has one.
    pub(crate) fn failures(
        &self,
        rule: u32,
        data: &Value,
        input: Option<&Value>,
        settings: &Settings,
    ) -> Vec<Failure> {
        let Some(watched) = self.inner.rules.get(rule as usize) else {
            return Vec::new();
        };
        let meter = Meter::new(settings.budget.steps, settings.budget.bytes);
        let mut machine: Machine<'_, Plain> =
            Machine::new(&self.inner, data, input, settings, &meter, Plain);
        machine.watch = Some(Box::new(Watch::of(watched)));
        match machine.guarded(|machine| machine.alone(rule)) {
            Ok(Some(_)) => Vec::new(),
            // Conditions are looked at twice, so the budget may end this run early: then this is as far as it came.
            Ok(None) | Err(_) => machine
                .watch
                .take()
                .map_or_else(Vec::new, |watch| watch.attempts),
        }
    }
}

impl Watch {
    fn of(rule: &Rule) -> Self {
        let mut conditions = Vec::new();
        for branch in &rule.branches {
            collect(&branch.body, &mut Vec::new(), &mut conditions);
        }
        Self {
            conditions,
            names: rule.names.clone(),
            furthest: None,
            attempts: Vec::new(),
        }
    }
}

fn collect(steps: &[Step], bound: &mut Vec<Slot>, conditions: &mut Vec<Condition>) {
    for step in steps {
        conditions.push(Condition {
            address: address(step),
            bound: bound.clone(),
        });
        match &step.kind {
            StepKind::Let(pattern, _) | StepKind::Keys { key: pattern, .. } => {
                binds(pattern, bound);
            }
            StepKind::Scan { key, value, .. }
            | StepKind::Walk {
                path: key, value, ..
            } => {
                binds(key, bound);
                binds(value, bound);
            }
            StepKind::With { body, .. } => collect(body, bound, conditions),
            StepKind::Test(_) | StepKind::Not(_) | StepKind::Exists(_) | StepKind::Every { .. } => {
            }
        }
    }
}

fn binds(pattern: &Pattern, bound: &mut Vec<Slot>) {
    match pattern {
        Pattern::Any | Pattern::Equal(_) => {}
        Pattern::Bind(slot) => bound.push(*slot),
        Pattern::Array(items) => items.iter().for_each(|item| binds(item, bound)),
        Pattern::Object(entries) => entries.iter().for_each(|(_, item)| binds(item, bound)),
    }
}

fn address(step: &Step) -> usize {
    std::ptr::from_ref(step).addr()
}

impl<M: Mode> Machine<'_, M> {
    /// A condition is tried.
    pub(super) fn watch_step(&mut self, step: &Step, base: usize) {
        if self.watch.is_some() {
            self.note_step(step, base);
        }
    }

    fn note_step(&mut self, step: &Step, base: usize) {
        let Some(watch) = &self.watch else { return };
        let address = address(step);
        let mut conditions = watch.conditions.iter();
        let Some(rank) = conditions.position(|condition| condition.address == address) else {
            return;
        };
        let further = watch.furthest.is_none_or(|furthest| furthest < rank);
        let again = watch.furthest == Some(rank) && watch.attempts.len() < ATTEMPTS;
        let Some(condition) = watch.conditions.get(rank).filter(|_| further || again) else {
            return;
        };
        let named = (0..).zip(&watch.names).filter(|(slot, name)| {
            condition.bound.contains(slot) && !name.is_empty() && name.as_str() != "_"
        });
        let bindings = named
            .map(|(slot, name)| (name.clone(), self.slot(base, slot)))
            .collect();
        let failure = Failure {
            place: step.place,
            undefined: self.is_undefined(step, base),
            bindings,
        };
        if let Some(watch) = &mut self.watch {
            if further {
                watch.attempts.clear();
            }
            watch.furthest = Some(rank);
            watch.attempts.push(failure);
        }
    }

    /// Whether what a condition is about has no value, on either side of a comparison.
    fn is_undefined(&mut self, step: &Step, base: usize) -> bool {
        let mut exprs: Vec<&Expr> = Vec::new();
        match &step.kind {
            StepKind::Test(expr)
            | StepKind::Scan {
                collection: expr, ..
            }
            | StepKind::Walk { document: expr, .. }
            | StepKind::Every { domain: expr, .. } => exprs.push(expr),
            StepKind::Let(Pattern::Equal(other), expr) => exprs.extend([other, expr]),
            StepKind::Let(_, expr) => exprs.push(expr),
            StepKind::Not(_)
            | StepKind::Exists(_)
            | StepKind::Keys { .. }
            | StepKind::With { .. } => {}
        }
        exprs
            .into_iter()
            .any(|expr| matches!(self.eval(expr, base), Ok(None)))
    }
}
