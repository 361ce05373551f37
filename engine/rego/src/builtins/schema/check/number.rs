//! What a schema demands of numbers.

use crate::builtins::golang::general_decimal;
use crate::builtins::schema::Numbers;
use crate::builtins::schema::report::{Outcome, Place};
use crate::value::Number;

/// Adds what is wrong with a number.
pub(super) fn check(numbers: &Numbers, number: &Number, place: &Place<'_>, outcome: &mut Outcome) {
    if let Some(divisor) = numbers
        .multiple_of
        .as_ref()
        .filter(|divisor| !is_multiple(number, divisor))
    {
        outcome.add(
            "multiple_of",
            place,
            format!("Must be a multiple of {}", general_decimal(divisor)),
        );
    }
    if let Some(most) = numbers.most.as_ref().filter(|most| number > *most) {
        outcome.add(
            "number_lte",
            place,
            format!("Must be less than or equal to {}", general_decimal(most)),
        );
    }
    if let Some(below) = numbers.below.as_ref().filter(|below| number >= *below) {
        outcome.add(
            "number_lt",
            place,
            format!("Must be less than {}", general_decimal(below)),
        );
    }
    if let Some(least) = numbers.least.as_ref().filter(|least| number < *least) {
        outcome.add(
            "number_gte",
            place,
            format!(
                "Must be greater than or equal to {}",
                general_decimal(least)
            ),
        );
    }
    if let Some(above) = numbers.above.as_ref().filter(|above| number <= *above) {
        outcome.add(
            "number_gt",
            place,
            format!("Must be greater than {}", general_decimal(above)),
        );
    }
    outcome.credit();
}

/// Whether a number is an integer times a divisor, exactly while the divisor has no more than 36 digits.
fn is_multiple(number: &Number, divisor: &Number) -> bool {
    let (_, digits, exponent) = number.decimal_parts();
    let (_, divisor_digits, divisor_exponent) = divisor.decimal_parts();
    if digits.is_empty() {
        return true;
    }
    let Ok(modulus) = divisor_digits.parse::<u128>() else {
        return false;
    };
    if modulus == 0 || divisor_digits.len() > 36 {
        return false;
    }
    // With e the difference of exponents, the number is a multiple if digits * 10^e is one of the modulus.
    let shift = exponent.saturating_sub(divisor_exponent);
    let remainder = digits.bytes().fold(0_u128, |rest, digit| {
        (rest * 10 + u128::from(digit - b'0')) % modulus
    });
    match u32::try_from(shift) {
        Ok(zeros) => times_power_of_ten(remainder, zeros, modulus) == 0,
        // The digits do not end with zero, so that 10^-e divides them only if it has no factor in common with them.
        Err(_) => false,
    }
}

/// `value * 10^zeros` modulo something below 10^36.
fn times_power_of_ten(value: u128, zeros: u32, modulus: u128) -> u128 {
    let mut rest = value;
    // Once nothing is left, or as many zeros as the modulus has bits are added, more of them change nothing.
    for _ in 0..zeros.min(128) {
        if rest == 0 {
            break;
        }
        rest = rest * 10 % modulus;
    }
    rest
}
