//! Floats and decimals as Go's `strconv` and `encoding/json` spell them.

use crate::value::Number;

/// The spelling of `encoding/json`: an exponent only below 1e-6 and from 1e21 on.
pub(crate) fn json_f64(value: f64) -> String {
    let magnitude = value.abs();
    if magnitude == 0.0 || (1e-6..1e21).contains(&magnitude) {
        return format!("{value}");
    }
    let spelt = format!("{value:e}");
    let (mantissa, exponent) = scientific(&spelt);
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{mantissa}e{sign}{}", exponent.unsigned_abs())
}

/// `strconv.FormatFloat(value, 'g', -1, 64)` of a finite float.
pub(crate) fn general_f64(value: f64) -> String {
    general(&format!("{value:e}"), || format!("{value}"))
}

/// `strconv.FormatFloat(value, 'g', -1, 32)` of a finite float.
pub(crate) fn general_f32(value: f64) -> String {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the spelling of the nearest short float is what is asked for"
    )]
    let short = value as f32;
    general(&format!("{short:e}"), || format!("{short}"))
}

/// A decimal as `%v` prints a `big.Float` of it.
pub(crate) fn general_decimal(number: &Number) -> String {
    let (negative, digits, exponent) = number.decimal_parts();
    let sign = if negative { "-" } else { "" };
    let Some(first) = digits.get(..1) else {
        return "0".to_owned();
    };
    let rest = digits.get(1..).unwrap_or_default();
    let length = i64::try_from(digits.len()).unwrap_or(i64::MAX);
    let top = exponent.saturating_add(length).saturating_sub(1);
    if !(-4..6).contains(&top) {
        let point = if rest.is_empty() { "" } else { "." };
        return format!("{sign}{first}{point}{rest}e{}", two_digits(top));
    }
    format!("{sign}{}", positional(&digits, top))
}

/// Digits with the point where the exponent of the first digit puts it.
fn positional(digits: &str, top: i64) -> String {
    let Ok(whole) = usize::try_from(top.saturating_add(1)) else {
        let zeros = usize::try_from(top.unsigned_abs())
            .unwrap_or_default()
            .saturating_sub(1);
        return format!("0.{}{digits}", "0".repeat(zeros));
    };
    match (digits.get(..whole), digits.get(whole..)) {
        (Some(""), Some(fraction)) => format!("0.{fraction}"),
        (Some(before), Some("")) => before.to_owned(),
        (Some(before), Some(fraction)) => format!("{before}.{fraction}"),
        _ => format!("{digits}{}", "0".repeat(whole.saturating_sub(digits.len()))),
    }
}

fn general(scientific_text: &str, plain: impl FnOnce() -> String) -> String {
    let (mantissa, exponent) = scientific(scientific_text);
    if (-4..6).contains(&exponent) {
        return plain();
    }
    format!("{mantissa}e{}", two_digits(exponent))
}

/// An exponent with its sign and at least two digits.
fn two_digits(exponent: i64) -> String {
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{sign}{:02}", exponent.unsigned_abs())
}

fn scientific(text: &str) -> (&str, i64) {
    let (mantissa, exponent) = text.split_once('e').unwrap_or((text, "0"));
    (mantissa, exponent.parse().unwrap_or_default())
}
