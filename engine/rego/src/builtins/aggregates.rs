//! What is computed over all elements of a collection.

use num_bigint::BigInt;

use super::bigfloat::{BigFloat, PRECISION};
use super::golang::{builtin, deprecated};
use super::numbers::integer;
use super::operand::{self, Answer, element_error, size};
use super::{Builtin, BuiltinError, Call, Type};
use crate::value::{Number, Value};

#[cfg(test)]
mod tests;

const COLLECTION: Type = Type::OneOf(&[
    Type::String,
    Type::Array(&Type::Any),
    Type::Object,
    Type::Set(&Type::Any),
]);
const ELEMENTS: &[Type] = &[Type::OneOf(&[
    Type::Array(&Type::Any),
    Type::Set(&Type::Any),
])];
const NUMBERS: &[Type] = &[Type::OneOf(&[
    Type::Array(&Type::Number),
    Type::Set(&Type::Number),
])];

/// The builtins of this category.
pub(super) const BUILTINS: &[Builtin] = &[
    builtin("count", &[COLLECTION], Type::Number, count),
    builtin("sum", NUMBERS, Type::Number, sum),
    builtin("product", NUMBERS, Type::Number, product),
    builtin("max", ELEMENTS, Type::Any, max),
    builtin("min", ELEMENTS, Type::Any, min),
    builtin("sort", ELEMENTS, Type::Array(&Type::Any), sort),
    deprecated("all", ELEMENTS, Type::Boolean, all),
    deprecated("any", ELEMENTS, Type::Boolean, any),
];

/// How many elements, keys or characters there are.
fn count(call: &mut Call<'_>, args: &[Value]) -> Answer {
    let operand = operand::any(call, args, 1)?;
    if let Value::String(text) = operand {
        call.meter.step(size(text.len()) / 16)?;
    }
    let count = operand.count().ok_or_else(|| {
        operand::type_error(call, 1, operand, &["array", "object", "set", "string"])
    })?;
    Ok(Some(Value::from(i64::try_from(count).unwrap_or(i64::MAX))))
}

/// A way of putting numbers together: small integers, unless they overflow; integers of any size; and fractions,
/// with the precision that OPA gives them.
struct Fold {
    start: i64,
    small: fn(i64, i64) -> Option<i64>,
    exact: fn(&BigInt, &BigInt) -> BigInt,
    float: fn(&BigFloat, &BigFloat, u64) -> Option<BigFloat>,
    precision: u64,
}

const SUM: Fold = Fold {
    start: 0,
    small: i64::checked_add,
    exact: |left, right| left + right,
    float: BigFloat::plus,
    precision: PRECISION,
};

/// OPA begins products with a float of 53 bits, and so that is what they keep.
const PRODUCT: Fold = Fold {
    start: 1,
    small: i64::checked_mul,
    exact: |left, right| left * right,
    float: BigFloat::times,
    precision: 53,
};

fn sum(call: &mut Call<'_>, args: &[Value]) -> Answer {
    SUM.over(call, args).map(Some)
}

fn product(call: &mut Call<'_>, args: &[Value]) -> Answer {
    PRODUCT.over(call, args).map(Some)
}

impl Fold {
    fn over(&self, call: &Call<'_>, args: &[Value]) -> Result<Value, BuiltinError> {
        let items = operand::set_or_array(call, args, 1)?;
        call.meter.step(size(items.len()))?;
        if let Some(result) = self.small(items) {
            return Ok(Value::from(result));
        }
        let numbers = numbers(call, args, items)?;
        match self.exact(call, &numbers)? {
            Some(result) => integer::to_value(call, &result),
            None => self.float(call, &numbers),
        }
    }

    fn small(&self, items: &[Value]) -> Option<i64> {
        items.iter().try_fold(self.start, |total, item| {
            (self.small)(total, item.as_number()?.to_i64()?)
        })
    }

    fn exact(&self, call: &Call<'_>, numbers: &[&Number]) -> Result<Option<BigInt>, BuiltinError> {
        let mut total = BigInt::from(self.start);
        for number in numbers {
            let Some(next) = integer::exact(call, number)? else {
                return Ok(None);
            };
            let (left, right) = (total.bits() / 64, next.bits() / 64);
            call.meter
                .alloc(left.saturating_add(right).saturating_mul(8))?;
            call.meter.step(left.saturating_mul(right) / 64)?;
            total = (self.exact)(&total, &next);
        }
        Ok(Some(total))
    }

    fn float(&self, call: &Call<'_>, numbers: &[&Number]) -> Result<Value, BuiltinError> {
        let mut total = Some(BigFloat::from_integer(&BigInt::from(self.start)));
        for number in numbers {
            let next = integer::float(call, number)?;
            total = total.and_then(|total| (self.float)(&total, &next, self.precision));
        }
        integer::float_to_value(call, total.as_ref())
    }
}

/// The elements, if all are numbers.
fn numbers<'v>(
    call: &Call<'_>,
    args: &'v [Value],
    items: &'v [Value],
) -> Result<Vec<&'v Number>, BuiltinError> {
    let operand = operand::any(call, args, 1)?;
    items
        .iter()
        .map(|item| {
            item.as_number()
                .ok_or_else(|| element_error(call, 1, operand, item, &["number"]))
        })
        .collect()
}

/// The greatest element; of equal ones the last.
fn max(call: &mut Call<'_>, args: &[Value]) -> Answer {
    let items = operand::set_or_array(call, args, 1)?;
    call.meter.step(size(items.len()))?;
    Ok(items.iter().max().cloned())
}

/// The least element; of equal ones the last.
fn min(call: &mut Call<'_>, args: &[Value]) -> Answer {
    let items = operand::set_or_array(call, args, 1)?;
    call.meter.step(size(items.len()))?;
    Ok(items.iter().rev().min().cloned())
}

/// The elements in Rego's order.
fn sort(call: &mut Call<'_>, args: &[Value]) -> Answer {
    let items = operand::set_or_array(call, args, 1)?;
    let count = size(items.len());
    call.meter
        .step(count.saturating_mul(u64::from(count.checked_ilog2().unwrap_or(0)) + 1))?;
    call.meter
        .alloc(count.saturating_mul(size(size_of::<Value>())))?;
    let mut sorted = items.to_vec();
    sorted.sort();
    Ok(Some(Value::from(sorted)))
}

/// Whether all elements are `true`.
fn all(call: &mut Call<'_>, args: &[Value]) -> Answer {
    let items = operand::array_or_set(call, args, 1)?;
    call.meter.step(size(items.len()))?;
    Ok(Some(Value::from(
        items.iter().all(|item| item.as_bool() == Some(true)),
    )))
}

/// Whether one element is `true`.
fn any(call: &mut Call<'_>, args: &[Value]) -> Answer {
    let items = operand::array_or_set(call, args, 1)?;
    call.meter.step(size(items.len()))?;
    Ok(Some(Value::from(
        items.iter().any(|item| item.as_bool() == Some(true)),
    )))
}
