//! The builtin functions: one file per category and one table that registers them all.
//!
//! A builtin is a pure function of its operands and of the [`Facts`] it is handed; clocks, randomness and
//! environment come in through these and nowhere else.

mod aggregates;
mod arrays;
mod bigfloat;
mod cache;
mod comparison;
mod decimal;
mod encoding;
mod glob;
mod golang;
mod graph;
mod language;
mod net;
mod numbers;
mod objects;
pub mod operand;
mod regex;
mod runtime;
mod schema;
mod semver;
mod sets;
mod sprintf;
mod strings;
mod table;
mod template;
mod time;
mod types;
mod uri;
mod uuid;

use std::cell::Cell;

pub use cache::Cache;
pub(crate) use encoding::yaml_value;
pub(crate) use table::Certain;
pub use table::{Table, nearest};

use crate::value::Value;

/// Every category. A name is registered once.
const CATEGORIES: &[&[Builtin]] = &[
    aggregates::BUILTINS,
    arrays::BUILTINS,
    comparison::BUILTINS,
    encoding::BUILTINS,
    glob::BUILTINS,
    graph::BUILTINS,
    language::BUILTINS,
    net::BUILTINS,
    numbers::BUILTINS,
    objects::BUILTINS,
    regex::BUILTINS,
    runtime::BUILTINS,
    schema::BUILTINS,
    semver::BUILTINS,
    sets::BUILTINS,
    sprintf::BUILTINS,
    strings::BUILTINS,
    template::BUILTINS,
    time::BUILTINS,
    types::BUILTINS,
    uri::BUILTINS,
    uuid::BUILTINS,
];

/// A type of operands and results, as far as they are known before anything runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Type {
    /// Anything.
    Any,
    /// `null`.
    Null,
    /// `true` or `false`.
    Boolean,
    /// A number.
    Number,
    /// A string.
    String,
    /// A list of one type.
    Array(&'static Type),
    /// A set of one type.
    Set(&'static Type),
    /// An object; keys and values are not typed further.
    Object,
    /// One of several.
    OneOf(&'static [Type]),
}

/// One builtin: what it is called, what it takes and gives, and how it answers.
#[derive(Debug, Clone, Copy)]
pub struct Builtin {
    /// The dotted name that policies use.
    pub name: &'static str,
    /// The types of the operands.
    pub operands: &'static [Type],
    /// The type of the result.
    pub result: Type,
    /// Whether Rego v1 refuses it.
    pub deprecated: bool,
    /// The answer: a value, `None` for undefined, or an error.
    pub function: Function,
}

/// The operands are as many as declared; their types are not checked before.
pub type Function = fn(&mut Call<'_>, &[Value]) -> Result<Option<Value>, BuiltinError>;

/// Why a builtin gave no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BuiltinError {
    /// An operand has the wrong type: OPA's `eval_type_error`.
    #[error("{0}")]
    Type(String),
    /// The operands have the right types but no answer: OPA's `eval_builtin_error`.
    #[error("{0}")]
    Failed(String),
    /// The budget is spent; evaluation ends.
    #[error("{0}")]
    Budget(String),
}

/// What a builtin may ask of the evaluation it runs in.
#[derive(Debug)]
pub struct Call<'a> {
    /// The name it was called by, for messages.
    pub name: &'static str,
    /// What the caller says of the world.
    pub facts: &'a Facts,
    /// What is left of the budget.
    pub meter: &'a Meter,
    /// Compiled regular expressions, globs and schemas, kept for the evaluation.
    pub cache: &'a mut Cache,
}

/// What is true of the world while a query is answered; the same for the whole of it.
#[derive(Debug, Clone)]
pub struct Facts {
    /// Nanoseconds since 1970-01-01T00:00:00Z.
    pub now_ns: i64,
    /// What randomness is derived from.
    pub seed: u64,
    /// What `opa.runtime()` answers.
    pub runtime: Value,
}

impl Default for Facts {
    fn default() -> Self {
        Self {
            now_ns: 0,
            seed: 0,
            runtime: Value::empty_object(),
        }
    }
}

/// Steps and bytes that may still be spent. Builtins charge for what they are about to do before they do it.
#[derive(Debug)]
pub struct Meter {
    steps: Cell<u64>,
    bytes: Cell<u64>,
}

impl Meter {
    /// A budget.
    pub fn new(steps: u64, bytes: u64) -> Self {
        Self {
            steps: Cell::new(steps),
            bytes: Cell::new(bytes),
        }
    }

    /// Spends steps, about one per element visited.
    pub fn step(&self, n: u64) -> Result<(), BuiltinError> {
        match self.steps.get().checked_sub(n) {
            Some(left) => {
                self.steps.set(left);
                Ok(())
            }
            None => Err(BuiltinError::Budget(
                "the budget of steps is spent".to_owned(),
            )),
        }
    }

    /// Spends bytes of memory that the result will take.
    pub fn alloc(&self, n: u64) -> Result<(), BuiltinError> {
        match self.bytes.get().checked_sub(n) {
            Some(left) => {
                self.bytes.set(left);
                Ok(())
            }
            None => Err(BuiltinError::Budget(
                "the budget of memory is spent".to_owned(),
            )),
        }
    }

    /// How many steps are left.
    pub fn steps_left(&self) -> u64 {
        self.steps.get()
    }
}
