//! Floats as Go's `strconv.ParseFloat` reads them: decimal or hexadecimal, with underscores between digits.

use num_bigint::BigUint;

use crate::builtins::decimal::{Decimal, is_digits};

/// Why a text is no float.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(in crate::builtins) enum FloatError {
    /// It does not read as one.
    #[error("invalid syntax")]
    Syntax,
    /// It is larger than all of them.
    #[error("value out of range")]
    Range,
}

/// The nearest float.
pub(in crate::builtins) fn parse_float(text: &str) -> Result<f64, FloatError> {
    let value: f64 = canonical(text)
        .and_then(|text| text.parse().ok())
        .ok_or(FloatError::Syntax)?;
    if value.is_finite() {
        Ok(value)
    } else {
        Err(FloatError::Range)
    }
}

/// The same number in decimal digits, as JSON spells it.
pub(super) fn canonical(text: &str) -> Option<String> {
    if text.contains('_') && !underscores_separate_digits(text) {
        return None;
    }
    let plain = text.replace('_', "");
    let (sign, unsigned) = match plain.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", plain.strip_prefix('+').unwrap_or(&plain)),
    };
    let magnitude = match unsigned
        .strip_prefix("0x")
        .or_else(|| unsigned.strip_prefix("0X"))
    {
        Some(digits) => hexadecimal(digits)?,
        None => decimal(unsigned)?,
    };
    Some(format!("{sign}{magnitude}"))
}

fn decimal(text: &str) -> Option<String> {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(signed_digits(exponent)?)),
        None => (text, None),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if !is_digits(&[whole, fraction].concat()) {
        return None;
    }
    let mut out = match whole.trim_start_matches('0') {
        "" => "0".to_owned(),
        digits => digits.to_owned(),
    };
    if !fraction.is_empty() {
        out.push('.');
        out.push_str(fraction);
    }
    if let Some(exponent) = exponent {
        out.push('e');
        out.push_str(exponent);
    }
    Some(out)
}

/// Digits of an exponent with a sign or without, as they are.
fn signed_digits(text: &str) -> Option<&str> {
    is_digits(text.strip_prefix(['+', '-']).unwrap_or(text)).then_some(text)
}

/// The digits after `0x`, with the binary exponent that floats of this kind must have. Exponents beyond all floats
/// are taken for the end of them.
fn hexadecimal(text: &str) -> Option<String> {
    const BEYOND: i64 = 5000;
    let (mantissa, exponent) = text.split_once(['p', 'P'])?;
    let exponent = signed_digits(exponent)?;
    let exponent: i64 = match exponent.parse() {
        Ok(exponent) => exponent,
        Err(_) if exponent.starts_with('-') => -BEYOND,
        Err(_) => BEYOND,
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = [whole, fraction].concat();
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let mantissa = BigUint::parse_bytes(digits.as_bytes(), 16)?;
    let scale = i64::try_from(fraction.len()).ok()?.checked_mul(4)?;
    let size = i64::try_from(mantissa.bits()).ok()?;
    let exponent = exponent.saturating_sub(scale);
    // Far above or below all floats nothing but that matters.
    let exponent = exponent.clamp(-BEYOND - size, BEYOND);
    let digits = Decimal::from_binary(&mantissa, exponent);
    Some(digits.scientific(digits.len().saturating_sub(1), 'e'))
}

/// Go's rule for underscores: each between two digits, or after the base prefix.
pub(in crate::builtins) fn underscores_separate_digits(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let lower = unsigned.to_ascii_lowercase();
    let prefixed = ["0b", "0o", "0x"]
        .iter()
        .any(|prefix| lower.starts_with(prefix));
    let hexadecimal = lower.starts_with("0x");
    let mut previous = if prefixed { Seen::Digit } else { Seen::Other };
    for byte in lower.bytes().skip(if prefixed { 2 } else { 0 }) {
        let digit = byte.is_ascii_digit() || hexadecimal && byte.is_ascii_hexdigit();
        previous = match (byte, previous) {
            _ if digit => Seen::Digit,
            (b'_', Seen::Digit) => Seen::Underscore,
            (b'_', _) | (_, Seen::Underscore) => return false,
            _ => Seen::Other,
        };
    }
    previous != Seen::Underscore
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Seen {
    Digit,
    Underscore,
    Other,
}
