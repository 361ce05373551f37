//! The operators on numbers, and rounding.

use num_bigint::BigInt;

use super::integer;
use crate::builtins::bigfloat::{BigFloat, PRECISION};
use crate::builtins::operand::{self, Answer, fail, size};
use crate::builtins::{BuiltinError, Call};
use crate::value::{Number, Set, Value};

/// An operator in the three ways of computing it: small integers, unless they overflow; integers of any size; and
/// fractions.
struct Operator {
    small: fn(i64, i64) -> Option<i64>,
    exact: fn(&BigInt, &BigInt) -> BigInt,
    float: fn(&BigFloat, &BigFloat, u64) -> Option<BigFloat>,
}

const PLUS: Operator = Operator {
    small: i64::checked_add,
    exact: |left, right| left + right,
    float: BigFloat::plus,
};

const MINUS: Operator = Operator {
    small: i64::checked_sub,
    exact: |left, right| left - right,
    float: BigFloat::minus,
};

const TIMES: Operator = Operator {
    small: i64::checked_mul,
    exact: |left, right| left * right,
    float: BigFloat::times,
};

impl Operator {
    fn apply(&self, call: &Call<'_>, left: &Number, right: &Number) -> Result<Value, BuiltinError> {
        if let (Some(left), Some(right)) = (left.to_i64(), right.to_i64())
            && let Some(result) = (self.small)(left, right)
        {
            return Ok(Value::from(result));
        }
        if let (Some(left), Some(right)) =
            (integer::exact(call, left)?, integer::exact(call, right)?)
        {
            charge_product(call, &left, &right)?;
            return integer::to_value(call, &(self.exact)(&left, &right));
        }
        let (left, right) = (integer::float(call, left)?, integer::float(call, right)?);
        integer::float_to_value(call, (self.float)(&left, &right, PRECISION).as_ref())
    }
}

/// Charges for multiplying or dividing two integers.
pub(super) fn charge_product(
    call: &Call<'_>,
    left: &BigInt,
    right: &BigInt,
) -> Result<(), BuiltinError> {
    let (left, right) = (left.bits() / 64, right.bits() / 64);
    call.meter
        .alloc(left.saturating_add(right).saturating_mul(8))?;
    call.meter
        .step((left.saturating_mul(right) / 64).saturating_add(1))
}

pub(super) fn plus(call: &mut Call<'_>, args: &[Value]) -> Answer {
    binary(call, args, &PLUS)
}

pub(super) fn mul(call: &mut Call<'_>, args: &[Value]) -> Answer {
    binary(call, args, &TIMES)
}

fn binary(call: &Call<'_>, args: &[Value], operator: &Operator) -> Answer {
    let left = operand::number(call, args, 1)?;
    let right = operand::number(call, args, 2)?;
    operator.apply(call, left, right).map(Some)
}

/// The difference of numbers or of sets.
pub(super) fn minus(call: &mut Call<'_>, args: &[Value]) -> Answer {
    match (operand::any(call, args, 1)?, operand::any(call, args, 2)?) {
        (Value::Number(left), Value::Number(right)) => MINUS.apply(call, left, right).map(Some),
        (Value::Set(left), Value::Set(right)) => difference(call, left, right).map(Some),
        (Value::Set(_), right @ Value::Number(_)) => {
            Err(operand::type_error(call, 2, right, &["set"]))
        }
        (Value::Number(_) | Value::Set(_), right) => {
            Err(operand::type_error(call, 2, right, &["number"]))
        }
        (left, _) => Err(operand::type_error(call, 1, left, &["number", "set"])),
    }
}

fn difference(call: &Call<'_>, left: &Set, right: &Set) -> Result<Value, BuiltinError> {
    call.meter.step(size(left.len()).saturating_mul(2))?;
    let kept: Set = left
        .iter()
        .filter(|member| !right.contains(member))
        .cloned()
        .collect();
    Ok(Value::from(kept))
}

/// The quotient: an integer if there is no remainder, else rounded to 64 bits.
pub(super) fn div(call: &mut Call<'_>, args: &[Value]) -> Answer {
    let left = operand::number(call, args, 1)?;
    let right = operand::number(call, args, 2)?;
    if let (Some(dividend), Some(divisor)) = (left.to_i64(), right.to_i64())
        && dividend != 0
        && dividend.checked_rem(divisor) == Some(0)
        && let Some(quotient) = dividend.checked_div(divisor)
    {
        return Ok(Some(Value::from(quotient)));
    }
    let (dividend, divisor) = (integer::float(call, left)?, integer::float(call, right)?);
    if divisor.is_zero() {
        return Err(fail(call, "divide by zero"));
    }
    integer::float_to_value(call, dividend.over(&divisor, PRECISION).as_ref()).map(Some)
}

/// The remainder, with the sign of the dividend.
pub(super) fn rem(call: &mut Call<'_>, args: &[Value]) -> Answer {
    let left = operand::number(call, args, 1)?;
    let right = operand::number(call, args, 2)?;
    if let (Some(dividend), Some(divisor)) = (left.to_i64(), right.to_i64())
        && let Some(remainder) = dividend.checked_rem(divisor)
    {
        return Ok(Some(Value::from(remainder)));
    }
    let (Some(dividend), Some(divisor)) =
        (integer::exact(call, left)?, integer::exact(call, right)?)
    else {
        return Err(fail(call, "modulo on floating-point number"));
    };
    if divisor == BigInt::ZERO {
        return Err(fail(call, "modulo by zero"));
    }
    charge_product(call, &dividend, &divisor)?;
    integer::to_value(call, &(dividend % divisor)).map(Some)
}

pub(super) fn abs(call: &mut Call<'_>, args: &[Value]) -> Answer {
    let number = operand::number(call, args, 1)?;
    if let Some(result) = number.to_i64().and_then(i64::checked_abs) {
        return Ok(Some(Value::from(result)));
    }
    let float = integer::float(call, number)?;
    integer::float_to_value(call, Some(&float.absolute())).map(Some)
}

/// The nearest integer; halves go away from zero.
pub(super) fn round(call: &mut Call<'_>, args: &[Value]) -> Answer {
    rounded(call, args, |call, float| {
        let half = BigFloat::small(1, -1);
        let moved = if float.is_negative() {
            float.minus(&half, PRECISION)
        } else {
            float.plus(&half, PRECISION)
        };
        let moved = moved.ok_or_else(|| fail(call, "illegal value"))?;
        Ok(Some(BigFloat::from_integer(&integer::truncated(
            call, &moved,
        )?)))
    })
}

/// The next integer up. As in OPA that of numbers between minus one and zero is one: their integral part has lost
/// its sign.
pub(super) fn ceil(call: &mut Call<'_>, args: &[Value]) -> Answer {
    rounded(call, args, |call, float| {
        let whole = BigFloat::from_integer(&integer::truncated(call, float)?);
        if whole.is_negative() || whole.same(float) {
            return Ok(Some(whole));
        }
        let precision = whole.precision();
        Ok(whole.plus(&BigFloat::small(1, 0), precision))
    })
}

/// The next integer down, with zero for numbers between minus one and zero, as in OPA.
pub(super) fn floor(call: &mut Call<'_>, args: &[Value]) -> Answer {
    rounded(call, args, |call, float| {
        let whole = BigFloat::from_integer(&integer::truncated(call, float)?);
        if !whole.is_negative() || whole.same(float) {
            return Ok(Some(whole));
        }
        let precision = whole.precision();
        Ok(whole.minus(&BigFloat::small(1, 0), precision))
    })
}

/// Rounds what is not already an integer of 64 bits.
fn rounded(
    call: &Call<'_>,
    args: &[Value],
    round: fn(&Call<'_>, &BigFloat) -> Result<Option<BigFloat>, BuiltinError>,
) -> Answer {
    let number = operand::number(call, args, 1)?;
    if let Some(whole) = number.to_i64() {
        return Ok(Some(Value::from(whole)));
    }
    let float = integer::float(call, number)?;
    let result = round(call, &float)?;
    integer::float_to_value(call, result.as_ref()).map(Some)
}
