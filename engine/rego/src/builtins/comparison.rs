//! Comparing any two values in Rego's order.

use super::golang::builtin;
use super::operand::{self, Answer};
use super::{Builtin, Call, Type};
use crate::value::Value;

#[cfg(test)]
mod tests;

const PAIR: &[Type] = &[Type::Any, Type::Any];

/// The builtins of this category.
pub(super) const BUILTINS: &[Builtin] = &[
    builtin("eq", PAIR, Type::Boolean, equal),
    builtin("equal", PAIR, Type::Boolean, equal),
    builtin("neq", PAIR, Type::Boolean, unequal),
    builtin("lt", PAIR, Type::Boolean, less),
    builtin("lte", PAIR, Type::Boolean, less_or_equal),
    builtin("gt", PAIR, Type::Boolean, greater),
    builtin("gte", PAIR, Type::Boolean, greater_or_equal),
];

fn equal(call: &mut Call<'_>, args: &[Value]) -> Answer {
    compare(call, args, Value::eq)
}

fn unequal(call: &mut Call<'_>, args: &[Value]) -> Answer {
    compare(call, args, Value::ne)
}

fn less(call: &mut Call<'_>, args: &[Value]) -> Answer {
    compare(call, args, Value::lt)
}

fn less_or_equal(call: &mut Call<'_>, args: &[Value]) -> Answer {
    compare(call, args, Value::le)
}

fn greater(call: &mut Call<'_>, args: &[Value]) -> Answer {
    compare(call, args, Value::gt)
}

fn greater_or_equal(call: &mut Call<'_>, args: &[Value]) -> Answer {
    compare(call, args, Value::ge)
}

fn compare(call: &Call<'_>, args: &[Value], holds: fn(&Value, &Value) -> bool) -> Answer {
    let left = operand::any(call, args, 1)?;
    let right = operand::any(call, args, 2)?;
    call.meter.step(left.weight().min(right.weight()) / 16)?;
    Ok(Some(Value::from(holds(left, right))))
}
