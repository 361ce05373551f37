//! Quantities of Kubernetes: `100m`, `0.5`, `128Mi`, `1e3`.
//!
//! The grammar is that of `k8s.io/apimachinery/pkg/api/resource`: a decimal number, and a suffix or an exponent.

/// A quantity in thousandths of its unit, rounded up as Kubernetes does; none if it is not one, or too large.
pub(in crate::frontend) fn milli(text: &str) -> Option<i64> {
    scaled(text, 1000)
}

/// A quantity in whole units, rounded up as Kubernetes does; none if it is not one, or too large.
pub(in crate::frontend) fn whole(text: &str) -> Option<i64> {
    scaled(text, 1)
}

/// Suffixes and what they multiply by, as a fraction.
const SUFFIXES: &[(&str, i128, i128)] = &[
    ("Ki", 1 << 10, 1),
    ("Mi", 1 << 20, 1),
    ("Gi", 1 << 30, 1),
    ("Ti", 1 << 40, 1),
    ("Pi", 1 << 50, 1),
    ("Ei", 1 << 60, 1),
    ("n", 1, 1_000_000_000),
    ("u", 1, 1_000_000),
    ("m", 1, 1000),
    ("k", 1000, 1),
    ("M", 1_000_000, 1),
    ("G", 1_000_000_000, 1),
    ("T", 1_000_000_000_000, 1),
    ("P", 1_000_000_000_000_000, 1),
    ("E", 1_000_000_000_000_000_000, 1),
];

fn scaled(text: &str, unit: i128) -> Option<i64> {
    let (number, multiplier, divisor) = split(text)?;
    let (digits, fraction) = number.split_once('.').unwrap_or((number, ""));
    let negative = digits.starts_with('-');
    let digits = digits.strip_prefix(['-', '+']).unwrap_or(digits);
    let valid = !(digits.is_empty() && fraction.is_empty())
        && digits.len() + fraction.len() <= 30
        && digits
            .bytes()
            .chain(fraction.bytes())
            .all(|byte| byte.is_ascii_digit());
    let mantissa: i128 = valid
        .then(|| format!("0{digits}{fraction}").parse().ok())
        .flatten()?;
    let places = 10_i128.checked_pow(u32::try_from(fraction.len()).ok()?)?;
    let numerator = mantissa.checked_mul(multiplier)?.checked_mul(unit)?;
    let denominator = places.checked_mul(divisor)?;
    let magnitude = (numerator + denominator - 1) / denominator;
    i64::try_from(if negative { -magnitude } else { magnitude }).ok()
}

/// The number, and the multiplier of its suffix or exponent as a fraction.
fn split(text: &str) -> Option<(&str, i128, i128)> {
    if let Some((suffix, multiplier, divisor)) =
        SUFFIXES.iter().find(|(suffix, ..)| text.ends_with(suffix))
    {
        return Some((text.strip_suffix(suffix)?, *multiplier, *divisor));
    }
    let Some((number, exponent)) = text.split_once(['e', 'E']) else {
        return Some((text, 1, 1));
    };
    let exponent: i32 = exponent.parse().ok()?;
    let power = 10_i128.checked_pow(exponent.unsigned_abs())?;
    Some(if exponent < 0 {
        (number, 1, power)
    } else {
        (number, power, 1)
    })
}

#[cfg(test)]
mod tests {
    use super::{milli, whole};

    #[track_caller]
    fn check(text: &str, expected_milli: Option<i64>, expected_whole: Option<i64>) {
        assert_eq!(
            (milli(text), whole(text)),
            (expected_milli, expected_whole),
            "{text}"
        );
    }

    #[test]
    fn decimal_suffixes_scale_by_a_thousand() {
        check("1", Some(1000), Some(1));
        check("100m", Some(100), Some(1));
        check("1.5k", Some(1_500_000), Some(1500));
    }

    #[test]
    fn binary_suffixes_scale_by_1024() {
        check("128Mi", Some(134_217_728_000), Some(134_217_728));
        check("0.5Gi", Some(536_870_912_000), Some(536_870_912));
    }

    #[test]
    fn exponents_are_read() {
        check("1e3", Some(1_000_000), Some(1000));
        check("12E-1", Some(1200), Some(2));
    }

    #[test]
    fn what_is_no_quantity_gives_nothing() {
        for text in ["", "m", "1 Gi", "1Q", "one", "1.2.3", "1e", "1e999", "--1"] {
            check(text, None, None);
        }
    }
}
