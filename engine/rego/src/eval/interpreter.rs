//! The interpreter that answers: regorus. Its types stop here.

use std::num::{NonZeroU32, NonZeroUsize};

use regorus::utils::limits::{ExecutionTimerConfig, PolicyLengthConfig};

use super::{Answer, Budget, EvalError};
use crate::compile::{Diagnostic, Module};
use crate::value::{Value, json};

const LENGTHS: PolicyLengthConfig = PolicyLengthConfig {
    max_col: NonZeroU32::MAX,
    max_file_bytes: NonZeroUsize::new(16 * 1024 * 1024).unwrap(),
    max_lines: NonZeroUsize::new(1_000_000).unwrap(),
};

/// An input, converted once and evaluated by many entries.
#[derive(Debug, Clone)]
pub struct Input(regorus::Value);

impl Input {
    /// Takes a value in.
    pub fn new(value: &Value) -> Self {
        Self(convert(value))
    }
}

/// One entry with its base data, ready to be evaluated by any thread.
#[derive(Debug, Clone)]
pub struct Prepared {
    engine: regorus::Engine,
    entry: String,
}

impl Prepared {
    /// Evaluates the entry. A strict run tells whether a builtin failed; only then a lenient one gives the answer.
    pub fn evaluate(&self, input: &Input, budget: &Budget) -> Result<Answer, EvalError> {
        match self.run(input, budget, true) {
            Ok(value) => Ok(Answer {
                value,
                swallowed: Vec::new(),
            }),
            Err(failed) => {
                let value = self.run(input, budget, false)?;
                Ok(Answer {
                    value,
                    swallowed: vec![failed],
                })
            }
        }
    }

    fn run(
        &self,
        input: &Input,
        budget: &Budget,
        strict: bool,
    ) -> Result<Option<Value>, EvalError> {
        let mut engine = self.engine.clone();
        engine.set_strict_builtin_errors(strict);
        engine.set_execution_timer_config(ExecutionTimerConfig {
            limit: budget.time,
            check_interval: NonZeroU32::MIN,
        });
        engine.set_input(input.0.clone());
        let value = engine
            .eval_rule(self.entry.clone())
            .map_err(|error| Failure::new(&error).into_eval_error())?;
        if value == regorus::Value::Undefined {
            return Ok(None);
        }
        let text = value
            .to_json_str()
            .map_err(|error| Failure::new(&error).into_eval_error())?;
        json::parse(&text)
            .map(Some)
            .map_err(|error| Failure::message(error.to_string()).into_eval_error())
    }
}

pub(crate) fn prepare(modules: &[&Module], entry: &str, data: &Value) -> Result<Prepared, Failure> {
    let mut engine = regorus::Engine::new();
    engine.set_policy_length_config(LENGTHS);
    for module in modules {
        let added = engine.add_policy(module.name.clone(), module.text.to_string());
        added.map_err(|error| Failure::new(&error))?;
    }
    engine
        .add_data(convert(data))
        .map_err(|error| Failure::new(&error))?;
    engine
        .compile_with_entrypoint(&entry.into())
        .map_err(|error| Failure::new(&error))?;
    Ok(Prepared {
        engine,
        entry: entry.to_owned(),
    })
}

/// The package of a module, as `data.a.b`.
pub(crate) fn package_of(module: &Module) -> Result<String, Failure> {
    let mut engine = regorus::Engine::new();
    engine.set_policy_length_config(LENGTHS);
    engine
        .add_policy(module.name.clone(), module.text.to_string())
        .map_err(|error| Failure::new(&error))
}

fn convert(value: &Value) -> regorus::Value {
    regorus::Value::from_json_str(&json::to_string(value)).unwrap_or(regorus::Value::Undefined)
}

/// An error of the interpreter, taken apart: its texts look like `--> file:3:5`, a code frame and `error: message`.
#[derive(Debug)]
pub(crate) struct Failure {
    message: String,
    pub(crate) module: String,
    line: u32,
    column: u32,
}

impl Failure {
    fn message(message: String) -> Self {
        Self {
            message,
            module: String::new(),
            line: 0,
            column: 0,
        }
    }

    fn new(error: &impl std::fmt::Display) -> Self {
        let text = error.to_string();
        let message = text
            .rsplit_once("error: ")
            .map_or(text.as_str(), |(_, message)| message)
            .trim()
            .to_owned();
        let place = text
            .lines()
            .find_map(|line| line.trim().strip_prefix("--> "));
        let mut parts = place.unwrap_or_default().rsplitn(3, ':');
        let mut number = || {
            parts
                .next()
                .and_then(|part| part.trim().parse().ok())
                .unwrap_or(0)
        };
        let (column, line) = (number(), number());
        Self {
            message,
            module: parts.next().unwrap_or_default().to_owned(),
            line,
            column,
        }
    }

    pub(crate) fn into_diagnostic(self, code: &'static str, module: usize) -> Diagnostic {
        Diagnostic {
            code,
            message: self.message,
            module,
            line: self.line,
            column: self.column,
            hint: None,
        }
    }

    fn into_eval_error(self) -> EvalError {
        EvalError {
            message: self.message,
            module: self.module,
            line: self.line,
            column: self.column,
        }
    }
}
