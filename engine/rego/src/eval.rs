//! Answers: one entry of a program on one input, within a budget.

pub(crate) mod interpreter;

use std::time::Duration;

use crate::value::Value;

pub use interpreter::{Input, Prepared};

/// What an evaluation may spend.
#[derive(Debug, Clone, Copy)]
pub struct Budget {
    /// Time from the start of the evaluation.
    pub time: Duration,
}

impl Default for Budget {
    fn default() -> Self {
        Self {
            time: Duration::from_secs(5),
        }
    }
}

/// What an entry answered.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The value; none if the entry is undefined.
    pub value: Option<Value>,
    /// Errors of builtins that made a part of the policy undefined.
    pub swallowed: Vec<EvalError>,
}

/// Why an entry could not answer, or what a builtin stumbled over.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct EvalError {
    /// What happened.
    pub message: String,
    /// The module it happened in.
    pub module: String,
    /// The line, from 1; 0 if unknown.
    pub line: u32,
    /// The column, from 1; 0 if unknown.
    pub column: u32,
}
