//! Quantities with units: `10Gi`, `1500m`, `4.5e1GiB`.

use num_bigint::{BigInt, BigUint, Sign};

use super::integer;
use crate::builtins::bigfloat::{BigFloat, PRECISION};
use crate::builtins::decimal::{self, Scanned};
use crate::builtins::operand::{self, Answer, fail, size};
use crate::builtins::strings::case;
use crate::builtins::{BuiltinError, Call};
use crate::value::Value;

/// The thousandth that OPA multiplies with is the float nearest to it: `NUMERATOR / 2^SHIFT`.
const MILLI_NUMERATOR: u64 = 1_152_921_504_606_847;
const MILLI_SHIFT: u64 = 60;

/// Go makes no fraction with a power of five beyond this one.
const MAX_EXPONENT: u64 = 1_000_000;

/// How many digits an exponent may have.
const MAX_EXPONENT_DIGITS: usize = 6;

/// Digits after the point of an answer that is not an integer.
const PLACES: usize = 10;

/// The exact quantity, with ten places if it is not an integer.
pub(super) fn parse(call: &mut Call<'_>, args: &[Value]) -> Answer {
    let text = operand::string(call, args, 1)?.replace('"', "");
    call.meter.step(size(text.len()))?;
    let (amount, unit) = split(call, &text, "no amount provided")?;
    let unit = lower_after_first(unit);
    let Some((factor, shift)) = unit_factor(&unit) else {
        return Err(refused(call, &format!("unit {unit} not recognized")));
    };
    let scanned = decimal::scan(amount).filter(is_computable);
    let scanned = scanned.ok_or_else(|| refused(call, "could not parse amount to a number"))?;
    scaled(call, scanned, factor, shift).map(Some)
}

/// The quantity in bytes, computed with 64 bits and cut to an integer.
pub(super) fn parse_bytes(call: &mut Call<'_>, args: &[Value]) -> Answer {
    let operand = operand::string(call, args, 1)?;
    call.meter.step(size(operand.len()))?;
    let text = case::lower(operand).replace('"', "");
    let (amount, unit) = split(call, &text, "no byte amount provided")?;
    let Some(factor) = byte_factor(unit) else {
        return Err(refused(call, &format!("byte unit {unit} not recognized")));
    };
    let scanned = decimal::scan(amount)
        .ok_or_else(|| refused(call, "could not parse byte amount to a number"))?;
    let factor = BigFloat::from_integer(&BigInt::from(factor));
    let product = BigFloat::from_scanned(scanned, PRECISION).times(&factor, PRECISION);
    let product = product.ok_or_else(|| fail(call, "illegal value"))?;
    let whole = integer::truncated(call, &product)?;
    integer::to_value(call, &whole).map(Some)
}

/// A message in OPA's words, which begin with the name once more.
fn refused(call: &Call<'_>, text: &str) -> BuiltinError {
    fail(call, format_args!("{}: {text}", call.name))
}

/// The amount and the unit of a text.
fn split<'t>(
    call: &Call<'_>,
    text: &'t str,
    no_amount: &str,
) -> Result<(&'t str, &'t str), BuiltinError> {
    if text.contains(' ') {
        return Err(refused(call, "spaces not allowed in resource strings"));
    }
    let Some(end) = amount_end(text) else {
        return Err(refused(call, "exponent too large"));
    };
    match text.split_at_checked(end) {
        Some((amount, unit)) if !amount.is_empty() => Ok((amount, unit)),
        _ => Err(refused(call, no_amount)),
    }
}

/// Where the amount ends: at the first character that is not a digit, a point, a sign or an exponent's `e`. Nothing
/// if an exponent has too many digits.
fn amount_end(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let at = |index: usize| bytes.get(index).copied();
    let mut index = 0;
    while let Some(byte) = at(index) {
        match byte {
            b'0'..=b'9' | b'.' | b'+' | b'-' => {}
            b'e' | b'E' => match at(index + 1) {
                Some(b'+' | b'-') => {
                    check_exponent(bytes.get(index + 2..).unwrap_or_default())?;
                    index += 1;
                }
                Some(b'0'..=b'9') => check_exponent(bytes.get(index + 1..).unwrap_or_default())?,
                _ => return Some(index),
            },
            _ => return Some(index),
        }
        index += 1;
    }
    Some(text.len())
}

fn check_exponent(rest: &[u8]) -> Option<()> {
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    (digits <= MAX_EXPONENT_DIGITS).then_some(())
}

/// The unit in lower case after its first byte, which tells milli from mega. A character of several bytes is torn
/// apart by this, as in OPA.
fn lower_after_first(unit: &str) -> String {
    let mut characters = unit.chars();
    match characters.next() {
        None => String::new(),
        Some(first) if first.is_ascii() => format!("{first}{}", case::lower(characters.as_str())),
        Some(first) => {
            let torn = char::REPLACEMENT_CHARACTER
                .to_string()
                .repeat(first.len_utf8());
            format!("{torn}{}", case::lower(characters.as_str()))
        }
    }
}

/// A unit's factor, and the power of two that divides it.
fn unit_factor(unit: &str) -> Option<(u64, u64)> {
    let factor = match unit {
        "m" => return Some((MILLI_NUMERATOR, MILLI_SHIFT)),
        "" => 1,
        "k" | "K" => 1_000,
        "ki" | "Ki" => 1 << 10,
        "M" => 1_000_000,
        "mi" | "Mi" => 1 << 20,
        "g" | "G" => 1_000_000_000,
        "gi" | "Gi" => 1 << 30,
        "t" | "T" => 1_000_000_000_000,
        "ti" | "Ti" => 1 << 40,
        "p" | "P" => 1_000_000_000_000_000,
        "pi" | "Pi" => 1 << 50,
        "e" | "E" => 1_000_000_000_000_000_000,
        "ei" | "Ei" => 1 << 60,
        _ => return None,
    };
    Some((factor, 0))
}

fn byte_factor(unit: &str) -> Option<u64> {
    Some(match unit {
        "" => 1,
        "kb" | "k" => 1_000,
        "kib" | "ki" => 1 << 10,
        "mb" | "m" => 1_000_000,
        "mib" | "mi" => 1 << 20,
        "gb" | "g" => 1_000_000_000,
        "gib" | "gi" => 1 << 30,
        "tb" | "t" => 1_000_000_000_000,
        "tib" | "ti" => 1 << 40,
        "pb" | "p" => 1_000_000_000_000_000,
        "pib" | "pi" => 1 << 50,
        "eb" | "e" => 1_000_000_000_000_000_000,
        "eib" | "ei" => 1 << 60,
        _ => return None,
    })
}

fn is_computable(scanned: &Scanned) -> bool {
    scanned.mantissa == BigUint::ZERO || scanned.exponent.unsigned_abs() <= MAX_EXPONENT
}

/// The amount times `factor / 2^shift`.
fn scaled(
    call: &Call<'_>,
    scanned: Scanned,
    factor: u64,
    shift: u64,
) -> Result<Value, BuiltinError> {
    let Scanned {
        negative,
        mantissa,
        exponent,
    } = scanned;
    if mantissa == BigUint::ZERO {
        return Ok(Value::from(0_i64));
    }
    let power = exponent.unsigned_abs();
    integer::charge(
        call.meter,
        mantissa.bits().saturating_add(power.saturating_mul(4)),
    )?;
    let power = decimal::power(10, power);
    let one = BigUint::from(1u32) << shift;
    let (numerator, denominator) = if exponent < 0 {
        (mantissa * factor, one * power)
    } else {
        (mantissa * factor * power, one)
    };
    let whole = &numerator / &denominator;
    let rest = numerator - &whole * &denominator;
    if rest == BigUint::ZERO {
        let sign = if negative { Sign::Minus } else { Sign::Plus };
        return integer::to_value(call, &BigInt::from_biguint(sign, whole));
    }
    let sign = if negative { "-" } else { "" };
    integer::parsed(
        call,
        &format!("{sign}{}", with_places(whole, rest, &denominator)),
    )
}

/// `whole + rest / denominator` with ten places; halves are rounded away from zero.
fn with_places(whole: BigUint, rest: BigUint, denominator: &BigUint) -> String {
    let unit = decimal::power(10, size(PLACES));
    let scaled = rest * &unit;
    let places = &scaled / denominator;
    let beyond = scaled - &places * denominator;
    let places = if beyond * 2u32 >= *denominator {
        places + 1u32
    } else {
        places
    };
    let (whole, places) = if places >= unit {
        (whole + 1u32, places - &unit)
    } else {
        (whole, places)
    };
    let digits = places.to_string();
    let zeros = "0".repeat(PLACES.saturating_sub(digits.len()));
    format!("{whole}.{zeros}{digits}")
}
