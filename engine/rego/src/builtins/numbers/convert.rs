//! Numbers from text and text from numbers.

use num_bigint::BigInt;

use super::float_text::{FloatError, canonical, parse_float};
use super::integer;
use crate::builtins::operand::{self, Answer, fail, size};
use crate::builtins::sprintf::quote;
use crate::builtins::{BuiltinError, Call};
use crate::value::{Number, Value};

pub(super) fn to_number(call: &mut Call<'_>, args: &[Value]) -> Answer {
    match operand::any(call, args, 1)? {
        Value::Null => Ok(Some(Value::from(0_i64))),
        Value::Bool(value) => Ok(Some(Value::from(i64::from(*value)))),
        number @ Value::Number(_) => Ok(Some(number.clone())),
        text @ Value::String(_) => from_text(call, text, operand::string(call, args, 1)?).map(Some),
        other => {
            let expected = ["null", "boolean", "number", "string"];
            Err(operand::type_error(call, 1, other, &expected))
        }
    }
}

fn from_text(call: &Call<'_>, operand: &Value, text: &str) -> Result<Value, BuiltinError> {
    call.meter.step(size(text.len()))?;
    let unsigned = text.trim_start_matches(['+', '-']).to_lowercase();
    if matches!(unsigned.as_str(), "inf" | "infinity" | "nan") {
        return Err(operand::type_error(
            call,
            1,
            operand,
            &["valid number string"],
        ));
    }
    let float = parse_float(text).map_err(|error| refused(call, text, error))?;
    if let Ok(number) = Number::parse(text) {
        return Ok(Value::from(number));
    }
    // Go's spellings that are not JSON's: `+1`, `.5`, `1_000`, `0x1p-2`, and exponents beyond all floats.
    match canonical(text).map(|spelling| Number::parse(&spelling)) {
        Some(Ok(number)) => Ok(Value::from(number)),
        _ if float == 0.0 => Ok(Value::from(0_i64)),
        _ => Err(refused(call, text, FloatError::Range)),
    }
}

fn refused(call: &Call<'_>, text: &str, error: FloatError) -> BuiltinError {
    fail(
        call,
        format_args!(
            "strconv.ParseFloat: parsing {}: {error}",
            quote::quoted(text)
        ),
    )
}

/// The digits of the integral part in one of four bases.
pub(super) fn format_int(call: &mut Call<'_>, args: &[Value]) -> Answer {
    let number = operand::number(call, args, 1)?;
    let base = operand::number(call, args, 2)?.to_string();
    let radix = match base.as_str() {
        "2" => 2,
        "8" => 8,
        "10" => 10,
        "16" => 16,
        _ => {
            return Err(operand::operand_error(
                call,
                2,
                "must be one of {2, 8, 10, 16}",
            ));
        }
    };
    let integer = integral_part(call, number)?;
    integer::charge(call.meter, integer.bits())?;
    call.meter.alloc(integer.bits())?;
    Ok(Some(Value::from(integer.to_str_radix(radix))))
}

/// Integers without exponent are exact; from everything else 64 bits are kept.
fn integral_part(call: &Call<'_>, number: &Number) -> Result<BigInt, BuiltinError> {
    if let Some(value) = number.to_i64() {
        return Ok(BigInt::from(value));
    }
    let text = number.to_string();
    if !text.contains(['.', 'e', 'E'])
        && let Some(exact) = integer::exact(call, number)?
    {
        return Ok(exact);
    }
    integer::truncated(call, &integer::float(call, number)?)
}
