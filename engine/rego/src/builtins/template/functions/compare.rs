//! Comparing basic values; numbers from data are strings here.

use std::cmp::Ordering;

use super::{Failure, failed};
use crate::builtins::Meter;
use crate::builtins::sprintf::{self, Item};
use crate::builtins::template::datum::Datum;
use crate::value::Value;

const BAD_TYPE: &str = "invalid type for comparison";

/// What a value can be compared as.
#[derive(Debug, Clone, PartialEq)]
enum Basic {
    Bool(bool),
    /// Of either sign, so that Go's two kinds of integers compare as numbers.
    Int(i64),
    Uint(u8),
    Float(f64),
    Complex(f64, f64),
    Text(String),
    /// Lists, maps and `nil`.
    Other,
}

/// One of the comparisons.
pub(super) fn call(meter: &Meter, name: &str, values: &[Datum]) -> Result<bool, Failure> {
    let (first, others) = match values {
        [first, others @ ..] => (first.item(), others),
        [] => return failed("missing argument for comparison"),
    };
    let second = others.first().and_then(Datum::item);
    match name {
        "eq" => equal_to_any(meter, first, others),
        "ne" => Ok(!equal_to_any(meter, first, others)?),
        "lt" => less(first, second),
        "le" => Ok(less(first, second)? || equal(meter, first, second)?),
        "gt" => Ok(!(less(first, second)? || equal(meter, first, second)?)),
        _ => Ok(!less(first, second)?),
    }
}

fn equal_to_any(meter: &Meter, first: Option<&Item>, others: &[Datum]) -> Result<bool, Failure> {
    if others.is_empty() {
        return failed("missing argument for comparison");
    }
    for other in others {
        if equal(meter, first, other.item())? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn equal(meter: &Meter, left: Option<&Item>, right: Option<&Item>) -> Result<bool, Failure> {
    meter.step(1)?;
    match (basic(left), basic(right)) {
        (Basic::Other, Basic::Other) => equal_others(meter, left, right),
        (Basic::Int(left), Basic::Uint(right)) => Ok(left == i64::from(right)),
        (Basic::Uint(left), Basic::Int(right)) => Ok(i64::from(left) == right),
        (one, other) if same_kind(&one, &other) => Ok(one == other),
        _ => match (left, right) {
            (Some(left), Some(right)) => incompatible(left, right),
            _ => Ok(false),
        },
    }
}

fn equal_others(meter: &Meter, left: Option<&Item>, right: Option<&Item>) -> Result<bool, Failure> {
    let (Some(left), Some(right)) = (left, right) else {
        return Ok(left.is_none() && right.is_none());
    };
    let shown = |item: &Item, verb| sprintf::format(meter, verb, std::slice::from_ref(item));
    let (left_type, right_type) = (left.type_name(), right.type_name());
    if left_type == right_type {
        return failed(format!(
            "non-comparable type {}: {right_type}",
            shown(right, "%s")?
        ));
    }
    let (left, right) = (shown(left, "%s")?, shown(right, "%v")?);
    failed(format!(
        "non-comparable types {left}: {left_type}, {right_type}: {right}"
    ))
}

fn less(left: Option<&Item>, right: Option<&Item>) -> Result<bool, Failure> {
    let order = match (basic(left), basic(right)) {
        (Basic::Other, _) | (_, Basic::Other) => return failed(BAD_TYPE),
        (Basic::Int(left), Basic::Uint(right)) => left.cmp(&i64::from(right)),
        (Basic::Uint(left), Basic::Int(right)) => i64::from(left).cmp(&right),
        (Basic::Int(left), Basic::Int(right)) => left.cmp(&right),
        (Basic::Uint(left), Basic::Uint(right)) => left.cmp(&right),
        (Basic::Text(left), Basic::Text(right)) => left.cmp(&right),
        (Basic::Float(left), Basic::Float(right)) => return Ok(left < right),
        (one, other) if same_kind(&one, &other) => return failed(BAD_TYPE),
        _ => match (left, right) {
            (Some(left), Some(right)) => return incompatible(left, right),
            _ => return failed(BAD_TYPE),
        },
    };
    Ok(order == Ordering::Less)
}

fn incompatible<T>(left: &Item, right: &Item) -> Result<T, Failure> {
    let (left, right) = (left.type_name(), right.type_name());
    failed(format!(
        "incompatible types for comparison: {left} and {right}"
    ))
}

fn same_kind(one: &Basic, other: &Basic) -> bool {
    std::mem::discriminant(one) == std::mem::discriminant(other)
}

fn basic(item: Option<&Item>) -> Basic {
    match item {
        Some(Item::Data(Value::Bool(value))) => Basic::Bool(*value),
        Some(Item::Data(Value::String(text))) => Basic::Text(text.to_string()),
        Some(Item::Data(Value::Number(number))) => Basic::Text(number.to_string()),
        Some(Item::Int64(value) | Item::Int(value)) => Basic::Int(*value),
        Some(Item::Byte(value)) => Basic::Uint(*value),
        Some(Item::Float(value)) => Basic::Float(*value),
        Some(Item::Complex(real, imaginary)) => Basic::Complex(*real, *imaginary),
        Some(Item::Data(_) | Item::Big(_)) | None => Basic::Other,
    }
}
