//! Which numbers are too big.

/// `2^100000` has so many decimal digits: OPA refuses numbers beyond it, and the inverse.
const MAX_DIGITS: i64 = 30_103;

/// What is wrong with a number such as `-1.5e3`.
pub(super) fn problem(text: &str) -> Option<&'static str> {
    let text = text.strip_prefix('-').unwrap_or(text);
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if whole.len() > 1 && whole.starts_with('0') {
        return Some("number with a leading zero");
    }
    let Ok(exponent) = exponent.parse::<i64>() else {
        return Some("number too big");
    };
    let digits = magnitude(whole, fraction)?.saturating_add(exponent);
    if !(-MAX_DIGITS..=MAX_DIGITS).contains(&digits) {
        Some("number too big")
    } else {
        None
    }
}

/// How many digits stand before the point; if none does, minus the zeros after it. None for zero.
fn magnitude(whole: &str, fraction: &str) -> Option<i64> {
    if whole != "0" {
        return i64::try_from(whole.len()).ok();
    }
    let zeros = fraction.find(|digit: char| digit != '0')?;
    i64::try_from(zeros).ok().map(|zeros| -zeros)
}
