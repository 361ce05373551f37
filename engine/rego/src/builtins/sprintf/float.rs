//! Floats of 64 bits as Go's `strconv.FormatFloat` writes them.

use num_bigint::BigUint;

use crate::builtins::decimal::Decimal;

const MANTISSA_BITS: u32 = 52;

/// A finite float for one of the verbs `b e E f g G x X`. Without precision it has the fewest digits that give it back.
pub(super) fn format(value: f64, verb: char, precision: Option<usize>) -> String {
    let precision = precision.map(|precision| i64::try_from(precision).unwrap_or(i64::MAX));
    let (mantissa, exponent) = parts(value);
    let text = match verb {
        'b' => format!("{mantissa}p{:+}", exponent - i64::from(MANTISSA_BITS)),
        'x' | 'X' => hexadecimal(mantissa, exponent, precision, verb),
        _ => decimal(value, verb, precision),
    };
    if value.is_sign_negative() {
        format!("-{text}")
    } else {
        text
    }
}

/// The number `mantissa * 2^(exponent - 52)`, without sign.
fn parts(value: f64) -> (u64, i64) {
    const HIDDEN: u64 = 1 << MANTISSA_BITS;
    let bits = value.to_bits();
    let fraction = bits & (HIDDEN - 1);
    let biased = i64::try_from((bits >> MANTISSA_BITS) & 0x7ff).unwrap_or(0);
    match biased {
        0 => (fraction, -1022),
        _ => (fraction | HIDDEN, biased - 1023),
    }
}

fn decimal(value: f64, verb: char, precision: Option<i64>) -> String {
    let Some(precision) = precision else {
        return shortest(value, verb);
    };
    let (mantissa, exponent) = parts(value);
    let mut digits = Decimal::from_binary(
        &BigUint::from(mantissa),
        exponent - i64::from(MANTISSA_BITS),
    );
    match verb {
        'e' | 'E' => {
            digits.round(precision.saturating_add(1));
            digits.scientific(precision, verb)
        }
        'f' => {
            digits.round(digits.exponent().saturating_add(precision));
            digits.positional(precision)
        }
        _ => {
            let precision = precision.max(1);
            digits.round(precision);
            digits.general(precision, false, general_marker(verb))
        }
    }
}

fn shortest(value: f64, verb: char) -> String {
    let digits = shortest_digits(value.abs());
    match verb {
        'e' | 'E' => digits.scientific(digits.len().saturating_sub(1), verb),
        'f' => digits.positional(digits.len().saturating_sub(digits.exponent()).max(0)),
        _ => digits.general(digits.len(), true, general_marker(verb)),
    }
}

fn general_marker(verb: char) -> char {
    if verb == 'G' { 'E' } else { 'e' }
}

/// The fewest digits that give a float back, which are those that Rust writes, too.
fn shortest_digits(value: f64) -> Decimal {
    let text = format!("{value:e}");
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let exponent: i64 = exponent.parse().unwrap_or(0);
    Decimal::from_digits(&mantissa.replace('.', ""), exponent.saturating_add(1))
}

/// `0x1.8p+00`: the mantissa in hexadecimal, the exponent a power of two.
fn hexadecimal(mantissa: u64, exponent: i64, precision: Option<i64>, verb: char) -> String {
    const TOP: u32 = 60;
    let (mut mantissa, mut exponent) = normalised(mantissa, exponent, TOP);
    if let Some(places) = precision
        .and_then(|places| u32::try_from(places).ok())
        .filter(|places| *places < 15)
    {
        mantissa = rounded(mantissa, places * 4, TOP);
        if mantissa >> (TOP + 1) != 0 {
            mantissa >>= 1;
            exponent += 1;
        }
    }
    let lead = (mantissa >> TOP) & 1;
    let digits = format!("{:015x}", mantissa & ((1 << TOP) - 1));
    let fraction = match precision {
        None => digits.trim_end_matches('0').to_owned(),
        Some(places) => with_places(&digits, usize::try_from(places).unwrap_or(0)),
    };
    let point = if fraction.is_empty() { "" } else { "." };
    let sign = if exponent < 0 { '-' } else { '+' };
    let text = format!(
        "0x{lead}{point}{fraction}p{sign}{:02}",
        exponent.unsigned_abs()
    );
    if verb == 'X' {
        text.to_ascii_uppercase()
    } else {
        text
    }
}

/// So many digits, with zeros if there are fewer.
fn with_places(digits: &str, places: usize) -> String {
    let mut out = digits.get(..places).unwrap_or(digits).to_owned();
    out.push_str(&"0".repeat(places.saturating_sub(digits.len())));
    out
}

/// The mantissa with its first bit at `top`; zero has no exponent.
fn normalised(mantissa: u64, exponent: i64, top: u32) -> (u64, i64) {
    if mantissa == 0 {
        return (0, 0);
    }
    let spare = mantissa.leading_zeros().saturating_sub(63 - top);
    let moved = i64::from(spare) - i64::from(top - MANTISSA_BITS);
    (mantissa << spare, exponent - moved)
}

/// Keeps so many bits after the first one; a half is rounded to even.
fn rounded(mantissa: u64, bits: u32, top: u32) -> u64 {
    let dropped = top - bits;
    let kept = mantissa >> dropped;
    let rest = (mantissa << bits) & ((1 << top) - 1);
    let kept = if rest | (kept & 1) > 1 << (top - 1) {
        kept + 1
    } else {
        kept
    };
    kept << dropped
}

/// The digits of `%#g` and its like: with a point whatever happens, and with zeros up to the precision.
pub(super) fn with_point(digits: &str, verb: char, precision: Option<usize>) -> String {
    let hexadecimal = matches!(verb, 'x' | 'X');
    let end = digits.find(|character| match character {
        'p' | 'P' => true,
        'e' | 'E' => !hexadecimal,
        _ => false,
    });
    let (number, tail) = digits
        .split_at_checked(end.unwrap_or(digits.len()))
        .unwrap_or((digits, ""));
    let wanted = if matches!(verb, 'g' | 'G' | 'x') {
        precision.unwrap_or(6)
    } else {
        0
    };
    let mut shown = number
        .chars()
        .filter(|c| *c != '.')
        .skip_while(|c| *c == '0')
        .count();
    let mut out = number.to_owned();
    if !number.contains('.') {
        if number == "0" {
            shown += 1;
        }
        out.push('.');
    }
    out.push_str(&"0".repeat(wanted.saturating_sub(shown)));
    out.push_str(tail);
    out
}
