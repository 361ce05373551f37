//! Asks a builtin as a policy would, for tests.

use std::cell::Cell;

use crate::builtins::cache::Cache;
use crate::builtins::{Builtin, Call, Facts, Meter};
use crate::value::{Value, json};

/// The answer to operands written as a JSON array: Rego's spelling of the value, `undefined`, or `error: ...`.
pub(crate) fn answer(table: &[Builtin], name: &str, operands: &str) -> String {
    match json::parse(operands) {
        Ok(Value::Array(items)) => answer_values(table, name, items.as_slice()),
        other => format!("operands are not an array: {other:?}"),
    }
}

/// The answer to operands that JSON may not be able to spell.
pub(crate) fn answer_values(table: &[Builtin], name: &str, operands: &[Value]) -> String {
    answer_within(table, name, operands, 10_000_000)
}

/// The answer within a budget of so many steps and bytes.
pub(crate) fn answer_within(
    table: &[Builtin],
    name: &str,
    operands: &[Value],
    budget: u64,
) -> String {
    let Some(builtin) = table.iter().find(|builtin| builtin.name == name) else {
        return format!("there is no builtin {name}");
    };
    let facts = Facts {
        now_ns: 1_700_000_000_000_000_000,
        seed: 7,
        runtime: Value::empty_object(),
    };
    let meter = Meter {
        steps: Cell::new(budget),
        bytes: Cell::new(budget),
    };
    let mut cache = Cache::default();
    let mut call = Call {
        name: builtin.name,
        facts: &facts,
        meter: &meter,
        cache: &mut cache,
    };
    match (builtin.function)(&mut call, operands) {
        Ok(Some(value)) => value.to_string(),
        Ok(None) => "undefined".to_owned(),
        Err(error) => format!("error: {error}"),
    }
}

/// A set of JSON values.
pub(crate) fn set(members: &str) -> Value {
    match json::parse(members) {
        Ok(Value::Array(items)) => Value::Set(items.iter().cloned().collect()),
        _ => Value::Null,
    }
}

/// A JSON value.
pub(crate) fn value(text: &str) -> Value {
    json::parse(text).unwrap_or(Value::Null)
}
