//! Bits of integers of any size; negative ones are as in two's complement without end.

use num_bigint::{BigInt, Sign};

use super::integer;
use crate::builtins::operand::{self, Answer};
use crate::builtins::{BuiltinError, Call};
use crate::value::Value;

pub(super) fn and(call: &mut Call<'_>, args: &[Value]) -> Answer {
    binary(call, args, |left, right| left & right)
}

pub(super) fn or(call: &mut Call<'_>, args: &[Value]) -> Answer {
    binary(call, args, |left, right| left | right)
}

pub(super) fn xor(call: &mut Call<'_>, args: &[Value]) -> Answer {
    binary(call, args, |left, right| left ^ right)
}

pub(super) fn negate(call: &mut Call<'_>, args: &[Value]) -> Answer {
    let integer = integer::operand(call, args, 1)?;
    integer::to_value(call, &!integer).map(Some)
}

pub(super) fn lsh(call: &mut Call<'_>, args: &[Value]) -> Answer {
    let integer = integer::operand(call, args, 1)?;
    let shift = shift(call, args)?;
    if integer == BigInt::ZERO {
        return Ok(Some(Value::from(0_i64)));
    }
    integer::charge(call.meter, integer.bits().saturating_add(shift))?;
    integer::to_value(call, &(integer << shift)).map(Some)
}

pub(super) fn rsh(call: &mut Call<'_>, args: &[Value]) -> Answer {
    let integer = integer::operand(call, args, 1)?;
    let shift = shift(call, args)?;
    integer::to_value(call, &(integer >> shift)).map(Some)
}

/// How far to shift: the low 64 bits of the second operand, as in Go.
fn shift(call: &Call<'_>, args: &[Value]) -> Result<u64, BuiltinError> {
    let shift = integer::operand(call, args, 2)?;
    if shift.sign() == Sign::Minus {
        let text = "must be an unsigned integer number but got a negative integer";
        return Err(operand::operand_error(call, 2, text));
    }
    Ok(shift.magnitude().iter_u64_digits().next().unwrap_or(0))
}

fn binary(call: &Call<'_>, args: &[Value], combine: fn(BigInt, BigInt) -> BigInt) -> Answer {
    let left = integer::operand(call, args, 1)?;
    let right = integer::operand(call, args, 2)?;
    integer::charge(call.meter, left.bits().max(right.bits()))?;
    integer::to_value(call, &combine(left, right)).map(Some)
}
