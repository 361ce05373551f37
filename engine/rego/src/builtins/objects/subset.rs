//! Whether one collection contains another, as OPA means it.

use crate::builtins::golang::units;
use crate::builtins::{BuiltinError, Meter};
use crate::value::{Object, Set, Value};

/// Whether a collection contains another; nothing if the two do not compare.
pub(super) fn contains(
    meter: &Meter,
    whole: &Value,
    part: &Value,
) -> Result<Option<bool>, BuiltinError> {
    match (whole, part) {
        (Value::Array(whole), Value::Set(part)) => {
            Ok(Some(array_contains_members(meter, whole.as_slice(), part)?))
        }
        _ => same_kind(meter, whole, part),
    }
}

fn same_kind(meter: &Meter, whole: &Value, part: &Value) -> Result<Option<bool>, BuiltinError> {
    let answer = match (whole, part) {
        (Value::Object(whole), Value::Object(part)) => object_contains(meter, whole, part)?,
        (Value::Set(whole), Value::Set(part)) => {
            meter.step(units(part.len()) + 1)?;
            part.iter().all(|member| whole.contains(member))
        }
        (Value::Array(whole), Value::Array(part)) => {
            array_contains(meter, whole.as_slice(), part.as_slice())?
        }
        _ => return Ok(None),
    };
    Ok(Some(answer))
}

/// Every key is there, with an equal value or one that contains the other.
fn object_contains(meter: &Meter, whole: &Object, part: &Object) -> Result<bool, BuiltinError> {
    for (key, value) in part.iter() {
        meter.step(1)?;
        let Some(known) = whole.get(key) else {
            return Ok(false);
        };
        if known != value && same_kind(meter, known, value)? != Some(true) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The part occurs as it is. As in OPA, after a mismatch the search begins anew one element further on.
fn array_contains(meter: &Meter, whole: &[Value], part: &[Value]) -> Result<bool, BuiltinError> {
    if part.is_empty() {
        return Ok(true);
    }
    for window in whole.windows(part.len()) {
        let equal = window
            .iter()
            .zip(part)
            .take_while(|(known, wanted)| known == wanted)
            .count();
        meter.step(units(equal) + 1)?;
        if equal == part.len() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// As in OPA, elements are counted as often as they occur, and an empty array contains nothing.
fn array_contains_members(
    meter: &Meter,
    whole: &[Value],
    part: &Set,
) -> Result<bool, BuiltinError> {
    meter.step(units(whole.len()) + 1)?;
    let mut missing = i64::try_from(part.len()).unwrap_or(i64::MAX);
    for element in whole {
        if part.contains(element) {
            missing -= 1;
        }
        if missing == 0 {
            return Ok(true);
        }
    }
    Ok(false)
}
