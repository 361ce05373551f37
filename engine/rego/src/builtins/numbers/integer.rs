//! Integers of any size, between what policies write and what is computed with.
//!
//! Everything is charged by its size before it is computed.

use num_bigint::{BigInt, BigUint, Sign};

use crate::builtins::bigfloat::{BigFloat, PRECISION};
use crate::builtins::decimal;
use crate::builtins::operand::{self, fail, size};
use crate::builtins::{BuiltinError, Call, Meter};
use crate::value::{Number, Value};

/// Go reads no power of ten above this one as an integer.
const MAX_ZEROS: u64 = 1_000_000;

/// About as many bits as the 64 KiB of digits that a number may have.
const MAX_BITS: u64 = 217_700;

/// Charges for work that grows with the square of a number of bits, such as turning them into decimal digits.
pub(in crate::builtins) fn charge(meter: &Meter, bits: u64) -> Result<(), BuiltinError> {
    let words = bits / 64;
    meter.alloc(bits / 8)?;
    meter.step((words.saturating_mul(words) / 64).saturating_add(1))
}

/// The integer that a number is, however it is spelt; nothing if it has a fraction.
pub(in crate::builtins) fn exact(
    call: &Call<'_>,
    number: &Number,
) -> Result<Option<BigInt>, BuiltinError> {
    if let Some(value) = number.to_i64() {
        return Ok(Some(BigInt::from(value)));
    }
    let (negative, digits, exponent) = number.decimal_parts();
    let zeros = u64::try_from(exponent)
        .ok()
        .filter(|zeros| *zeros <= MAX_ZEROS);
    let Some(zeros) = zeros.filter(|_| number.is_integer()) else {
        return Ok(None);
    };
    charge(
        call.meter,
        size(digits.len()).saturating_add(zeros).saturating_mul(4),
    )?;
    let Some(significant) = BigUint::parse_bytes(digits.as_bytes(), 10) else {
        return Ok(None);
    };
    let sign = if negative { Sign::Minus } else { Sign::Plus };
    Ok(Some(BigInt::from_biguint(
        sign,
        significant * decimal::power(10, zeros),
    )))
}

/// An operand that must be an integer of any size.
pub(in crate::builtins) fn operand(
    call: &Call<'_>,
    args: &[Value],
    position: usize,
) -> Result<BigInt, BuiltinError> {
    match operand::any(call, args, position)? {
        Value::Number(number) => {
            exact(call, number)?.ok_or_else(|| operand::not_integer(call, position))
        }
        other => Err(operand::type_error(call, position, other, &["integer"])),
    }
}

/// The value that an integer is.
pub(in crate::builtins) fn to_value(
    call: &Call<'_>,
    integer: &BigInt,
) -> Result<Value, BuiltinError> {
    if let Ok(small) = i64::try_from(integer) {
        return Ok(Value::from(small));
    }
    check_length(call, integer.bits())?;
    charge(call.meter, integer.bits())?;
    parsed(call, &integer.to_string())
}

/// A number as OPA computes with it when fractions are involved.
pub(in crate::builtins) fn float(
    call: &Call<'_>,
    number: &Number,
) -> Result<BigFloat, BuiltinError> {
    let text = number.to_string();
    charge(call.meter, size(text.len()).saturating_mul(4))?;
    BigFloat::parse(&text, PRECISION).ok_or_else(|| fail(call, "illegal value"))
}

/// The value that the result of a computation with fractions is; nothing is what has no result.
pub(in crate::builtins) fn float_to_value(
    call: &Call<'_>,
    float: Option<&BigFloat>,
) -> Result<Value, BuiltinError> {
    let float = float.ok_or_else(|| fail(call, "illegal value"))?;
    check_length(call, float.whole_bits())?;
    charge(
        call.meter,
        float
            .whole_bits()
            .saturating_add(float.fraction_bits().saturating_mul(4)),
    )?;
    let text = float.to_text().ok_or_else(|| fail(call, "illegal value"))?;
    parsed(call, &text)
}

/// The integral part of a number.
pub(in crate::builtins) fn truncated(
    call: &Call<'_>,
    float: &BigFloat,
) -> Result<BigInt, BuiltinError> {
    check_length(call, float.whole_bits())?;
    float
        .to_integer()
        .ok_or_else(|| fail(call, "illegal value"))
}

fn check_length(call: &Call<'_>, bits: u64) -> Result<(), BuiltinError> {
    if bits > MAX_BITS {
        return Err(fail(call, "the result has too many digits"));
    }
    Ok(())
}

/// The value of a number's JSON spelling.
pub(in crate::builtins) fn parsed(call: &Call<'_>, text: &str) -> Result<Value, BuiltinError> {
    match Number::parse(text) {
        Ok(number) => Ok(Value::from(number)),
        Err(error) => Err(fail(call, error)),
    }
}
