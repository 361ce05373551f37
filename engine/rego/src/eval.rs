//! Answers: entries and queries of a program on data and an input, within a budget.

mod document;
mod machine;
mod mode;
mod rules;
mod steps;
mod trace;
mod watch;
mod world;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

pub use trace::{Derivation, Explanation};

use crate::builtins::{Facts, Meter};
use crate::compile::{Entry, Place, Program, Query};
use crate::value::{ArcStr, Path, Value};
use machine::Machine;
use mode::Plain;

/// What an evaluation may spend.
#[derive(Debug, Clone, Copy)]
pub struct Budget {
    /// Steps: about one per condition that is tried and per element that a builtin visits.
    pub steps: u64,
    /// Bytes of values that builtins make.
    pub bytes: u64,
    /// Time from the start of the evaluation.
    pub time: Duration,
    /// The clock: time since any fixed point. Without one, time is not limited.
    pub now: Option<fn() -> Duration>,
    /// When that clock ends every evaluation, however much time is left for it: what several evaluations have together.
    pub until: Option<Duration>,
}

impl Default for Budget {
    fn default() -> Self {
        Self {
            steps: 50_000_000,
            bytes: 1 << 30,
            time: Duration::from_secs(10),
            now: None,
            until: None,
        }
    }
}

/// Everything around an evaluation but its input.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// What may be spent.
    pub budget: Budget,
    /// What is true of the world.
    pub facts: Facts,
    /// Whether an error of a builtin ends the evaluation.
    pub strict: bool,
    /// Whether the conditions that were tried are collected.
    pub coverage: bool,
    /// Whether what each rule takes is counted.
    pub profile: bool,
}

/// What an entry answered.
#[derive(Debug, Clone, Default)]
pub struct Answer {
    /// The value; none if the entry is undefined.
    pub value: Option<Value>,
    /// Errors of builtins that made a part of the policy undefined.
    pub swallowed: Vec<EvalError>,
    /// What `print` was given, with the place of the call.
    pub prints: Vec<(Place, String)>,
    /// The conditions and heads that held, if coverage was asked for.
    pub covered: BTreeSet<Place>,
    /// How many steps were spent.
    pub steps: u64,
    /// How often each rule was tried and how many steps that took, by its head, if a profile was asked for.
    pub profile: BTreeMap<Place, Spent>,
}

/// What a rule took, with everything that it needed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Spent {
    /// How often it was tried.
    pub tries: u64,
    /// How many steps that took.
    pub steps: u64,
}

/// One solution of a query.
#[derive(Debug, Clone, Default)]
pub struct Solution {
    /// Variables and their values.
    pub bindings: BTreeMap<ArcStr, Value>,
    /// Conditions of the query and their values.
    pub expressions: Vec<Expression>,
}

/// A condition of a query with its value.
#[derive(Debug, Clone)]
pub struct Expression {
    /// The condition as it is written.
    pub text: String,
    /// Its line in the query, from 1.
    pub row: u32,
    /// Its column, from 1.
    pub column: u32,
    /// Its value.
    pub value: Value,
}

/// What a query answered.
#[derive(Debug, Clone, Default)]
pub struct Solutions {
    /// In the order in which they were found.
    pub solutions: Vec<Solution>,
    /// Everything beside the value.
    pub answer: Answer,
}

/// Why there is no answer, or what a builtin stumbled over.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {message}")]
pub struct EvalError {
    /// OPA's code: `eval_conflict_error`, `eval_builtin_error`, `eval_type_error`, or `eval_budget_error`.
    pub code: &'static str,
    /// What happened.
    pub message: String,
    /// Where.
    pub place: Place,
}

impl Program {
    /// Evaluates an entry.
    pub fn evaluate(
        &self,
        entry: &Entry,
        data: &Value,
        input: Option<&Value>,
        settings: &Settings,
    ) -> Result<Answer, EvalError> {
        let meter = Meter::new(settings.budget.steps, settings.budget.bytes);
        let mut machine: Machine<'_, Plain> =
            Machine::new(&self.inner, data, input, settings, &meter, Plain);
        let value = machine.guarded(|machine| machine.eval(&entry.expr, 0))?;
        Ok(machine.answer(value.map(|(value, ())| value)))
    }

    /// Evaluates a query.
    pub fn solve(
        &self,
        query: &Query,
        data: &Value,
        input: Option<&Value>,
        settings: &Settings,
    ) -> Result<Solutions, EvalError> {
        let meter = Meter::new(settings.budget.steps, settings.budget.bytes);
        let mut machine: Machine<'_, Plain> =
            Machine::new(&self.inner, data, input, settings, &meter, Plain);
        let solutions = machine.guarded(|machine| machine.query(query))?;
        Ok(Solutions {
            solutions,
            answer: machine.answer(None),
        })
    }

    /// Evaluates an entry again and says of each element of its set which input it was derived from, by which rule and
    /// with which variables.
    pub fn trace(
        &self,
        entry: &Entry,
        data: &Value,
        input: Option<&Value>,
        settings: &Settings,
    ) -> Result<Vec<Derivation>, EvalError> {
        trace::trace(self, entry, data, input, settings)
    }

    /// Evaluates an entry again and says every part of the input that it reads, keys that are not there among them.
    pub fn reads(
        &self,
        entry: &Entry,
        data: &Value,
        input: Option<&Value>,
        settings: &Settings,
    ) -> Result<Vec<Path>, EvalError> {
        trace::reads(self, entry, data, input, settings)
    }

    /// Evaluates an entry again, rule by rule, and says of each rule what it gave, from what, or which condition kept it
    /// from giving anything.
    pub fn explain(
        &self,
        entry: &Entry,
        data: &Value,
        input: Option<&Value>,
        settings: &Settings,
    ) -> Result<Vec<Explanation>, EvalError> {
        trace::explain(self, entry, data, input, settings)
    }
}
