//! Arrays: joined, cut, turned around and flattened.

#[cfg(test)]
mod tests;

use super::golang::{builtin, units};
use super::operand::{array, integer};
use super::{Builtin, BuiltinError, Call, Type};
use crate::value::Value;

const ARRAY: Type = Type::Array(&Type::Any);

pub(super) const BUILTINS: &[Builtin] = &[
    builtin("array.concat", &[ARRAY, ARRAY], ARRAY, concat),
    builtin(
        "array.slice",
        &[ARRAY, Type::Number, Type::Number],
        ARRAY,
        slice,
    ),
    builtin("array.reverse", &[ARRAY], ARRAY, reverse),
    builtin("array.flatten", &[ARRAY], ARRAY, flatten),
];

/// An array of values that are already shared.
fn collected<'v>(
    call: &Call<'_>,
    length: usize,
    items: impl Iterator<Item = &'v Value>,
) -> Result<Option<Value>, BuiltinError> {
    call.meter.step(units(length) + 1)?;
    call.meter
        .alloc(units(length).saturating_mul(units(size_of::<Value>())))?;
    Ok(Some(Value::from(items.cloned().collect::<Vec<_>>())))
}

fn concat(call: &mut Call<'_>, args: &[Value]) -> Result<Option<Value>, BuiltinError> {
    let first = array(call, args, 1)?;
    let second = array(call, args, 2)?;
    collected(call, first.len() + second.len(), first.iter().chain(second))
}

fn slice(call: &mut Call<'_>, args: &[Value]) -> Result<Option<Value>, BuiltinError> {
    let items = array(call, args, 1)?;
    let start = integer(call, args, 2)?;
    let stop = integer(call, args, 3)?;
    let stop = clamp(stop, items.len());
    let start = clamp(start, stop);
    let part = items.get(start..stop).unwrap_or_default();
    collected(call, part.len(), part.iter())
}

/// An index moved to between zero and the end.
fn clamp(index: i64, end: usize) -> usize {
    usize::try_from(index.max(0)).unwrap_or(end).min(end)
}

fn reverse(call: &mut Call<'_>, args: &[Value]) -> Result<Option<Value>, BuiltinError> {
    let items = array(call, args, 1)?;
    collected(call, items.len(), items.iter().rev())
}

/// Arrays inside are unpacked, arrays inside of these are not.
fn flatten(call: &mut Call<'_>, args: &[Value]) -> Result<Option<Value>, BuiltinError> {
    let items = array(call, args, 1)?;
    call.meter.step(units(items.len()))?;
    let length = items.iter().map(|item| unpacked(item).len()).sum();
    collected(call, length, items.iter().flat_map(unpacked))
}

fn unpacked(item: &Value) -> &[Value] {
    match item {
        Value::Array(inner) => inner.as_slice(),
        other => std::slice::from_ref(other),
    }
}
