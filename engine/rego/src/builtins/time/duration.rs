//! Durations such as `1h30m`, with OPA's days, weeks and years.

use super::parse::quote;
use crate::builtins::golang::{self, tail};

/// The longest duration and one nanosecond, in nanoseconds.
const LIMIT: u64 = 1 << 63;

/// The nanoseconds of a duration that may have days, weeks and years. The error is in OPA's words.
pub(super) fn parse_extended(text: &str) -> Result<i64, String> {
    let invalid = || format!("time: invalid duration {}", golang::quote(text));
    if text.is_empty() {
        return Err(invalid());
    }
    if !text.contains(['d', 'w', 'y']) {
        return parse(text);
    }
    let rewritten = rewrite(text).ok_or_else(invalid)?;
    parse(&rewritten).map_err(|error| {
        let message = error
            .rsplit_once(' ')
            .map_or(error.as_str(), |(message, _)| message);
        format!("{message} {}", golang::quote(text))
    })
}

/// The same duration with hours in place of days, weeks and years.
fn rewrite(text: &str) -> Option<String> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let mut rewritten = text.get(..text.len() - unsigned.len())?.to_owned();
    let mut rest = unsigned;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let length = rest
            .bytes()
            .take_while(|byte| byte.is_ascii_digit() || *byte == b'.')
            .count();
        let digits = rest.get(..length).filter(|digits| !digits.is_empty())?;
        let unit = unit(tail(rest, length))?;
        rest = tail(rest, length + unit.len());
        rewritten.push_str(&segment(digits, unit)?);
    }
    Some(rewritten)
}

fn unit(text: &str) -> Option<&str> {
    let known = ["ms", "us", "µs", "ns"]
        .into_iter()
        .find(|unit| text.starts_with(unit));
    let letter = text
        .get(..1)
        .filter(|letter| letter.starts_with(|letter: char| letter.is_ascii_lowercase()));
    known.or(letter)
}

fn segment(digits: &str, unit: &str) -> Option<String> {
    let hours = match unit {
        "d" => 24.0,
        "w" => 7.0 * 24.0,
        "y" => 365.0 * 24.0,
        _ => return Some(format!("{digits}{unit}")),
    };
    let count: f64 = digits
        .parse()
        .ok()
        .filter(|count: &f64| count.is_finite())?;
    Some(format!("{}h", count * hours))
}

/// Go's `time.ParseDuration`.
fn parse(text: &str) -> Result<i64, String> {
    let invalid = || format!("time: invalid duration {}", quote(text));
    let (negative, unsigned) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if unsigned == "0" {
        return Ok(0);
    }
    if unsigned.is_empty() {
        return Err(invalid());
    }
    let mut total: u64 = 0;
    let mut rest = unsigned;
    while !rest.is_empty() {
        let (term, after) = term(rest).map_err(|problem| problem.message(text))?;
        total = total
            .checked_add(term)
            .filter(|total| *total <= LIMIT)
            .ok_or_else(invalid)?;
        rest = after;
    }
    let signed = if negative {
        -i128::from(total)
    } else {
        i128::from(total)
    };
    i64::try_from(signed).ok().ok_or_else(invalid)
}

enum Problem {
    Invalid,
    NoUnit,
    UnknownUnit(String),
}

impl Problem {
    fn message(&self, text: &str) -> String {
        let text = quote(text);
        match self {
            Self::Invalid => format!("time: invalid duration {text}"),
            Self::NoUnit => format!("time: missing unit in duration {text}"),
            Self::UnknownUnit(unit) => {
                format!("time: unknown unit {} in duration {text}", quote(unit))
            }
        }
    }
}

/// The nanoseconds of one number with its unit, and what follows.
fn term(text: &str) -> Result<(u64, &str), Problem> {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let whole_length = digits(text);
    let whole = text.get(..whole_length).unwrap_or_default();
    let mut rest = tail(text, whole_length);
    let mut fraction = "";
    if let Some(after_point) = rest.strip_prefix('.') {
        let length = digits(after_point);
        fraction = after_point.get(..length).unwrap_or_default();
        rest = tail(after_point, length);
    }
    if whole.is_empty() && fraction.is_empty() {
        return Err(Problem::Invalid);
    }
    let whole = leading(whole).ok_or(Problem::Invalid)?;
    let unit_length = rest
        .bytes()
        .position(|byte| byte == b'.' || byte.is_ascii_digit())
        .unwrap_or(rest.len());
    let unit = rest.get(..unit_length).unwrap_or_default();
    if unit.is_empty() {
        return Err(Problem::NoUnit);
    }
    let size = nanoseconds(unit).ok_or_else(|| Problem::UnknownUnit(unit.to_owned()))?;
    let value = whole
        .checked_mul(size)
        .and_then(|value| value.checked_add(part_of(fraction, size)));
    let value = value
        .filter(|value| *value <= LIMIT)
        .ok_or(Problem::Invalid)?;
    Ok((value, tail(rest, unit_length)))
}

/// The value of digits; none stand for zero.
fn leading(digits: &str) -> Option<u64> {
    if digits.is_empty() {
        return Some(0);
    }
    digits.parse().ok().filter(|value| *value <= LIMIT)
}

fn nanoseconds(unit: &str) -> Option<u64> {
    match unit {
        "ns" => Some(1),
        "us" | "\u{b5}s" | "\u{3bc}s" => Some(1_000),
        "ms" => Some(1_000_000),
        "s" => Some(1_000_000_000),
        "m" => Some(60_000_000_000),
        "h" => Some(3_600_000_000_000),
        _ => None,
    }
}

/// The nanoseconds of the digits after the point, computed in floats as Go does.
#[expect(
    clippy::cast_precision_loss,
    reason = "Go computes fractions of units in floats"
)]
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a part of a unit is positive and fits"
)]
fn part_of(fraction: &str, size: u64) -> u64 {
    let mut value: u64 = 0;
    let mut scale = 1.0_f64;
    for digit in fraction.bytes() {
        // Go stops when another digit could be too much.
        if value > (LIMIT - 1) / 10 {
            break;
        }
        let next = value * 10 + u64::from(digit.saturating_sub(b'0'));
        if next > LIMIT {
            break;
        }
        value = next;
        scale *= 10.0;
    }
    (value as f64 * (size as f64 / scale)) as u64
}
