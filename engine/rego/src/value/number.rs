//! Numbers that keep every digit.
//!
//! An integer of 64 bits is held as such. Every other number keeps its text, so that what was read is what is
//! written; equality, order and hash are those of the exact decimal value, whatever the spelling.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// A JSON number.
#[derive(Clone, Debug)]
pub struct Number(Repr);

#[derive(Clone, Debug)]
enum Repr {
    Int(i64),
    /// Anything that is not the canonical spelling of a 64-bit integer.
    Text(Arc<Decimal>),
}

/// The exact value `digits * 10^exponent`, beside its text.
#[derive(Debug)]
struct Decimal {
    text: Box<str>,
    negative: bool,
    /// Significant decimal digits without leading or trailing zeros; empty for zero.
    digits: Box<str>,
    exponent: i64,
}

/// The longest text of a number, in bytes.
const MAX_TEXT: usize = 64 * 1024;

/// A text is not a JSON number, or is longer than numbers may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a number as JSON spells them, or longer than 64 KiB")]
pub struct ParseNumberError;

impl Number {
    /// A number from its JSON spelling.
    pub fn parse(text: &str) -> Result<Self, ParseNumberError> {
        if let Some(value) = canonical_integer(text) {
            return Ok(Self(Repr::Int(value)));
        }
        if text.len() > MAX_TEXT {
            return Err(ParseNumberError);
        }
        let decimal = Decimal::parse(text).ok_or(ParseNumberError)?;
        Ok(Self(Repr::Text(Arc::new(decimal))))
    }

    /// A number from a float, spelt with the fewest digits that give it back. Infinities have no spelling.
    pub fn from_f64(value: f64) -> Option<Self> {
        if !value.is_finite() {
            return None;
        }
        Self::parse(&format!("{value}")).ok()
    }

    /// The integer, if the number is one of 64 bits, however it is spelt.
    pub fn to_i64(&self) -> Option<i64> {
        match &self.0 {
            Repr::Int(value) => Some(*value),
            Repr::Text(decimal) => decimal.to_i64(),
        }
    }

    /// The index into an array that this number is: `1`, but not `1.0` or `1e0`.
    pub fn to_index(&self) -> Option<usize> {
        match &self.0 {
            Repr::Int(value) => usize::try_from(*value).ok(),
            Repr::Text(_) => None,
        }
    }

    /// The nearest float.
    pub fn to_f64(&self) -> f64 {
        match &self.0 {
            #[expect(
                clippy::cast_precision_loss,
                reason = "the nearest float is what is asked for"
            )]
            Repr::Int(value) => *value as f64,
            Repr::Text(decimal) => decimal.text.parse().unwrap_or(f64::NAN),
        }
    }

    /// Whether the value has no fraction.
    pub fn is_integer(&self) -> bool {
        match &self.0 {
            Repr::Int(_) => true,
            Repr::Text(decimal) => decimal.exponent >= 0,
        }
    }

    /// Sign, significant digits and decimal exponent: the value is `digits * 10^exponent`. Zero has no digits.
    pub fn decimal_parts(&self) -> (bool, String, i64) {
        match &self.0 {
            Repr::Int(value) => {
                let decimal = Decimal::from_i64(*value);
                (decimal.negative, decimal.digits.into(), decimal.exponent)
            }
            Repr::Text(decimal) => (
                decimal.negative,
                decimal.digits.to_string(),
                decimal.exponent,
            ),
        }
    }

    fn with_decimal<T>(&self, read: impl FnOnce(&Decimal) -> T) -> T {
        match &self.0 {
            Repr::Int(value) => read(&Decimal::from_i64(*value)),
            Repr::Text(decimal) => read(decimal),
        }
    }
}

impl From<i64> for Number {
    fn from(value: i64) -> Self {
        Self(Repr::Int(value))
    }
}

/// The spelling it was read with.
impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Repr::Int(value) => write!(f, "{value}"),
            Repr::Text(decimal) => f.write_str(&decimal.text),
        }
    }
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Number {}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        match (&self.0, &other.0) {
            (Repr::Int(left), Repr::Int(right)) => left.cmp(right),
            _ => self.with_decimal(|left| other.with_decimal(|right| left.compare(right))),
        }
    }
}

/// Equal numbers hash alike, whatever their spelling.
impl Hash for Number {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match self.to_i64() {
            Some(value) => value.hash(state),
            None => self.with_decimal(|decimal| {
                (decimal.negative, &decimal.digits, decimal.exponent).hash(state);
            }),
        }
    }
}

impl Decimal {
    fn parse(text: &str) -> Option<Self> {
        let (negative, unsigned) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, parse_exponent(exponent)?),
            None => (unsigned, 0),
        };
        let (whole, fraction) = match mantissa.split_once('.') {
            Some((whole, fraction)) if !fraction.is_empty() => (whole, fraction),
            Some(_) => return None,
            None => (mantissa, ""),
        };
        let digits_only = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        let leading_zero = whole.len() > 1 && whole.starts_with('0');
        if whole.is_empty() || leading_zero || !digits_only(whole) || !digits_only(fraction) {
            return None;
        }
        let all = format!("{whole}{fraction}");
        let significant = all.trim_start_matches('0');
        let digits = significant.trim_end_matches('0');
        let dropped = i64::try_from(significant.len() - digits.len()).ok()?;
        let scale = i64::try_from(fraction.len()).ok()?;
        let exponent = if digits.is_empty() {
            0
        } else {
            exponent.checked_sub(scale)?.checked_add(dropped)?
        };
        Some(Self {
            text: text.into(),
            negative: negative && !digits.is_empty(),
            digits: digits.into(),
            exponent,
        })
    }

    fn from_i64(value: i64) -> Self {
        let all = value.unsigned_abs().to_string();
        let digits = if value == 0 {
            ""
        } else {
            all.trim_end_matches('0')
        };
        let exponent = if value == 0 {
            0
        } else {
            i64::try_from(all.len() - digits.len()).unwrap_or(0)
        };
        Self {
            text: "".into(),
            negative: value < 0,
            digits: digits.into(),
            exponent,
        }
    }

    fn to_i64(&self) -> Option<i64> {
        if self.digits.is_empty() {
            return Some(0);
        }
        let zeros = usize::try_from(self.exponent)
            .ok()
            .filter(|zeros| zeros + self.digits.len() <= 19)?;
        let sign = if self.negative { "-" } else { "" };
        format!("{sign}{}{}", self.digits, "0".repeat(zeros))
            .parse()
            .ok()
    }

    fn compare(&self, other: &Self) -> Ordering {
        match (self.signum(), other.signum()) {
            (left, right) if left != right => left.cmp(&right),
            (0, _) => Ordering::Equal,
            (sign, _) => {
                let magnitude = self.compare_magnitude(other);
                if sign < 0 {
                    magnitude.reverse()
                } else {
                    magnitude
                }
            }
        }
    }

    /// Digits have no leading zeros, so the position of the first one decides; then the digits as text.
    fn compare_magnitude(&self, other: &Self) -> Ordering {
        self.top()
            .cmp(&other.top())
            .then_with(|| self.digits.cmp(&other.digits))
    }

    fn top(&self) -> i64 {
        self.exponent
            .saturating_add(i64::try_from(self.digits.len()).unwrap_or(i64::MAX))
    }

    fn signum(&self) -> i8 {
        match (self.digits.is_empty(), self.negative) {
            (true, _) => 0,
            (false, true) => -1,
            (false, false) => 1,
        }
    }
}

/// The value of `text` if it is just how a 64-bit integer is printed.
fn canonical_integer(text: &str) -> Option<i64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let canonical = digits == "0" && digits.len() == text.len()
        || digits
            .as_bytes()
            .first()
            .is_some_and(|first| (b'1'..=b'9').contains(first))
            && digits.bytes().all(|byte| byte.is_ascii_digit());
    canonical.then(|| text.parse().ok()).flatten()
}

/// JSON's exponent: an optional sign and at least one digit, within what can be computed with.
fn parse_exponent(text: &str) -> Option<i64> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let valid = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    let value: i64 = valid
        .then(|| text.strip_prefix('+').unwrap_or(text).parse().ok())
        .flatten()?;
    (value.abs() <= 1_000_000_000).then_some(value)
}
