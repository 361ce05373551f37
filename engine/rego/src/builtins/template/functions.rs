//! The functions that templates can call.

mod compare;
mod element;
mod escape;

use super::datum::Datum;
use crate::builtins::sprintf::{self, Item};
use crate::builtins::{BuiltinError, Meter};
use crate::value::Value;

/// Why a function has no answer.
#[derive(Debug)]
pub(super) enum Failure {
    /// In Go's words.
    Text(String),
    /// The budget is spent.
    Budget(BuiltinError),
}

impl From<BuiltinError> for Failure {
    fn from(error: BuiltinError) -> Self {
        Self::Budget(error)
    }
}

type Outcome = Result<Datum, Failure>;

fn failed<T>(text: impl Into<String>) -> Result<T, Failure> {
    Err(Failure::Text(text.into()))
}

/// What a function takes at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Parameter {
    Any,
    Text,
}

/// How many arguments a function takes, and of which type the first one is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Signature {
    fixed: usize,
    variadic: bool,
    first: Parameter,
}

impl Signature {
    /// The type of the argument at an index.
    pub(super) fn parameter(self, index: usize) -> Parameter {
        if index == 0 {
            self.first
        } else {
            Parameter::Any
        }
    }

    /// What is wrong with a number of arguments. One may come from the command before; Go does not count it in the
    /// message for functions of many arguments.
    pub(super) fn wrong_count(self, name: &str, given: usize, piped: bool) -> Option<String> {
        let (fixed, all) = (self.fixed, given + usize::from(piped));
        if self.variadic {
            let text =
                || format!("wrong number of args for {name}: want at least {fixed} got {given}");
            (all < fixed).then(text)
        } else {
            let text = || format!("wrong number of args for {name}: want {fixed} got {all}");
            (all != fixed).then(text)
        }
    }
}

/// How a function is called; nothing if there is none of that name.
pub(super) fn signature(name: &str) -> Option<Signature> {
    let (fixed, variadic) = match name {
        "html" | "js" | "print" | "println" | "urlquery" => (0, true),
        "and" | "or" | "call" | "eq" | "index" | "printf" | "slice" => (1, true),
        "len" | "not" => (1, false),
        "ge" | "gt" | "le" | "lt" | "ne" => (2, false),
        _ => return None,
    };
    let first = if name == "printf" {
        Parameter::Text
    } else {
        Parameter::Any
    };
    Some(Signature {
        fixed,
        variadic,
        first,
    })
}

/// Whether there is a function of a name.
pub(super) fn is_known(name: &str) -> bool {
    signature(name).is_some()
}

/// Calls a function with as many arguments as its signature asks for. `callee` is how the first one is written.
pub(super) fn call(
    meter: &Meter,
    name: &str,
    values: Vec<Datum>,
    callee: Option<String>,
) -> Outcome {
    match name {
        "not" => Ok(Datum::boolean(!values.first().is_some_and(Datum::holds))),
        "len" => element::length(values.first().unwrap_or(&Datum::Missing)),
        "index" => element::index(values),
        "slice" => element::slice(meter, &values),
        "call" => not_callable(&values, callee),
        "html" => Ok(Datum::text(escape::html(meter, &shown(meter, values)?)?)),
        "js" => Ok(Datum::text(escape::javascript(
            meter,
            &shown(meter, values)?,
        )?)),
        "urlquery" => Ok(Datum::text(escape::url_query(
            meter,
            &shown(meter, values)?,
        )?)),
        "print" => Ok(Datum::text(sprintf::print(meter, &items(values))?)),
        "println" => Ok(Datum::text(sprintf::print_line(meter, &items(values))?)),
        "printf" => printf(meter, values),
        _ => compare::call(meter, name, &values).map(Datum::boolean),
    }
}

fn items(values: Vec<Datum>) -> Vec<Item> {
    values.into_iter().map(Datum::into_item).collect()
}

/// The arguments as a template prints them.
fn shown(meter: &Meter, values: Vec<Datum>) -> Result<String, Failure> {
    let items: Vec<Item> = items(values)
        .into_iter()
        .map(|item| {
            if item.is_nil() {
                Item::Data(Value::string("<no value>"))
            } else {
                item
            }
        })
        .collect();
    Ok(sprintf::print(meter, &items)?)
}

fn printf(meter: &Meter, values: Vec<Datum>) -> Outcome {
    let mut items = items(values);
    let rest = items.split_off(items.len().min(1));
    match items.first() {
        Some(Item::Data(Value::String(format))) => {
            Ok(Datum::text(sprintf::format(meter, format, &rest)?))
        }
        _ => failed("the format is no string"),
    }
}

/// Data holds no functions.
fn not_callable(values: &[Datum], callee: Option<String>) -> Outcome {
    let Some(item) = values.first().and_then(Datum::item) else {
        return failed("call of nil");
    };
    let callee = callee.unwrap_or_else(|| match item {
        Item::Data(Value::String(text)) => text.to_string(),
        Item::Data(Value::Number(number)) => number.to_string(),
        other => format!("<{} Value>", other.type_name()),
    });
    failed(format!(
        "non-function {callee} of type {}",
        item.type_name()
    ))
}
