//! Binary floating-point numbers of any precision that round as Go's `big.Float` does: to the nearest, ties to even.
//!
//! OPA computes with them wherever a fraction comes in, at 64 bits, and prints the fewest digits that give the
//! number back at its precision.

use std::cmp::Ordering;

use num_bigint::{BigInt, BigUint, Sign};

use super::decimal::{self, Decimal, Scanned};

#[cfg(test)]
mod tests;

/// The precision that OPA reads numbers with.
pub(super) const PRECISION: u64 = 64;

/// A number with as many significant bits as its precision.
#[derive(Debug, Clone)]
pub(super) struct BigFloat {
    negative: bool,
    magnitude: Magnitude,
    precision: u64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Magnitude {
    Zero,
    Finite(Finite),
    Infinite,
}

/// The number `mantissa * 2^exponent`; the mantissa is odd.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Finite {
    mantissa: BigUint,
    exponent: i64,
}

impl BigFloat {
    /// The number that a decimal text stands for.
    pub(super) fn parse(text: &str, precision: u64) -> Option<Self> {
        decimal::scan(text).map(|scanned| Self::from_scanned(scanned, precision))
    }

    /// The number that was scanned. As in Go the power of five is rounded before it is used, so that the last bit
    /// can differ from the nearest one if the exponent is large.
    pub(super) fn from_scanned(scanned: Scanned, precision: u64) -> Self {
        let Scanned {
            negative,
            mantissa,
            exponent,
        } = scanned;
        let scaled = Finite { mantissa, exponent };
        let magnitude = times_power_of_five(scaled, precision).unwrap_or(Magnitude::Zero);
        Self {
            negative,
            magnitude,
            precision,
        }
    }

    /// An integer, exactly.
    pub(super) fn from_integer(value: &BigInt) -> Self {
        let precision = value.bits().max(PRECISION);
        let exact = Finite {
            mantissa: value.magnitude().clone(),
            exponent: 0,
        };
        let magnitude = rounded(exact, precision, false).unwrap_or(Magnitude::Zero);
        Self {
            negative: value.sign() == Sign::Minus,
            magnitude,
            precision,
        }
    }

    /// A small number `mantissa * 2^exponent`, with the precision of a float of 64 bits.
    pub(super) fn small(mantissa: u32, exponent: i64) -> Self {
        let exact = Finite {
            mantissa: BigUint::from(mantissa),
            exponent,
        };
        let magnitude = rounded(exact, 53, false).unwrap_or(Magnitude::Zero);
        Self {
            negative: false,
            magnitude,
            precision: 53,
        }
    }

    /// Whether this is zero, of either sign.
    pub(super) fn is_zero(&self) -> bool {
        self.magnitude == Magnitude::Zero
    }

    /// How many significant bits there may be.
    pub(super) fn precision(&self) -> u64 {
        self.precision
    }

    /// Whether the sign is minus; that of zero counts.
    pub(super) fn is_negative(&self) -> bool {
        self.negative
    }

    /// Whether two numbers are equal, whatever their precision.
    pub(super) fn same(&self, other: &Self) -> bool {
        self.magnitude == other.magnitude && (self.negative == other.negative || self.is_zero())
    }

    /// How many bits the integral part has.
    pub(super) fn whole_bits(&self) -> u64 {
        match &self.magnitude {
            Magnitude::Zero => 0,
            Magnitude::Finite(finite) => u64::try_from(finite.top()).unwrap_or(0),
            Magnitude::Infinite => u64::MAX,
        }
    }

    /// How many bits the fraction has.
    pub(super) fn fraction_bits(&self) -> u64 {
        match &self.magnitude {
            Magnitude::Finite(finite) if finite.exponent < 0 => finite.exponent.unsigned_abs(),
            _ => 0,
        }
    }

    /// The number without its sign.
    pub(super) fn absolute(&self) -> Self {
        Self {
            negative: false,
            ..self.clone()
        }
    }

    /// The integral part; nothing for infinity.
    pub(super) fn to_integer(&self) -> Option<BigInt> {
        let magnitude = match &self.magnitude {
            Magnitude::Zero => return Some(BigInt::ZERO),
            Magnitude::Infinite => return None,
            Magnitude::Finite(finite) if finite.exponent < 0 => {
                &finite.mantissa >> finite.exponent.unsigned_abs()
            }
            Magnitude::Finite(finite) => &finite.mantissa << finite.exponent.unsigned_abs(),
        };
        let sign = if self.negative {
            Sign::Minus
        } else {
            Sign::Plus
        };
        Some(BigInt::from_biguint(sign, magnitude))
    }

    /// The sum at a precision; nothing if there is none.
    pub(super) fn plus(&self, other: &Self, precision: u64) -> Option<Self> {
        match (&self.magnitude, &other.magnitude) {
            (Magnitude::Finite(left), Magnitude::Finite(right)) => {
                if self.negative == other.negative {
                    let magnitude = sum(left, right, precision)?;
                    Some(Self {
                        negative: self.negative,
                        magnitude,
                        precision,
                    })
                } else {
                    difference(self, left, right, precision)
                }
            }
            (Magnitude::Infinite, Magnitude::Infinite) if self.negative != other.negative => None,
            (Magnitude::Zero, Magnitude::Zero) => {
                let negative = self.negative && other.negative;
                Some(Self {
                    negative,
                    magnitude: Magnitude::Zero,
                    precision,
                })
            }
            (Magnitude::Infinite, _) | (_, Magnitude::Zero) => self.at_precision(precision),
            (Magnitude::Zero | Magnitude::Finite(_), _) => other.at_precision(precision),
        }
    }

    /// The difference at a precision; nothing if there is none.
    pub(super) fn minus(&self, other: &Self, precision: u64) -> Option<Self> {
        self.plus(
            &Self {
                negative: !other.negative,
                ..other.clone()
            },
            precision,
        )
    }

    /// The product at a precision; nothing if there is none.
    pub(super) fn times(&self, other: &Self, precision: u64) -> Option<Self> {
        let magnitude = product(&self.magnitude, &other.magnitude, precision)?;
        Some(Self {
            negative: self.negative != other.negative,
            magnitude,
            precision,
        })
    }

    /// The quotient at a precision; nothing if there is none.
    pub(super) fn over(&self, other: &Self, precision: u64) -> Option<Self> {
        let magnitude = quotient(&self.magnitude, &other.magnitude, precision)?;
        Some(Self {
            negative: self.negative != other.negative,
            magnitude,
            precision,
        })
    }

    fn at_precision(&self, precision: u64) -> Option<Self> {
        let magnitude = match &self.magnitude {
            Magnitude::Finite(finite) => rounded(finite.clone(), precision, false)?,
            other => other.clone(),
        };
        Some(Self {
            negative: self.negative,
            magnitude,
            precision,
        })
    }

    /// The spelling that OPA gives the number: integers with all their places, others as Go's `%g`, both with the
    /// fewest digits that tell the number at its precision. Infinity has none.
    pub(super) fn to_text(&self) -> Option<String> {
        let text = match &self.magnitude {
            Magnitude::Infinite => return None,
            Magnitude::Zero => "0".to_owned(),
            Magnitude::Finite(finite) => finite.to_text(self.precision),
        };
        Some(if self.negative {
            format!("-{text}")
        } else {
            text
        })
    }
}

impl Finite {
    /// The exponent of the first bit above the number.
    fn top(&self) -> i64 {
        self.exponent.saturating_add_unsigned(self.mantissa.bits())
    }

    fn to_text(&self, precision: u64) -> String {
        let digits = self.shortest(precision);
        if self.exponent >= 0 {
            digits.positional(0)
        } else {
            digits.general(digits.len(), true, 'e')
        }
    }

    /// The fewest digits of all numbers between the two that are half a step of the precision away.
    fn shortest(&self, precision: u64) -> Decimal {
        let mut digits = Decimal::from_binary(&self.mantissa, self.exponent);
        let shift = precision
            .saturating_add(1)
            .saturating_sub(self.mantissa.bits());
        let middle = &self.mantissa << shift;
        let scale = self.exponent.saturating_sub_unsigned(shift);
        let lower = Decimal::from_binary(&(&middle - 1u32), scale);
        let upper = Decimal::from_binary(&(&middle + 1u32), scale);
        digits.shorten(&lower, &upper, !middle.bit(1));
        digits
    }
}

/// A number cut to a precision, to the nearest and to even; `sticky` says that bits below it were lost. Exponents
/// beyond 32 bits overflow to infinity or to zero.
fn rounded(value: Finite, precision: u64, sticky: bool) -> Option<Magnitude> {
    let Finite { mantissa, exponent } = value;
    let dropped = mantissa.bits().saturating_sub(precision);
    let kept = if dropped == 0 {
        mantissa
    } else {
        cut(&mantissa, dropped, sticky)
    };
    let Some(zeros) = kept.trailing_zeros() else {
        return Some(Magnitude::Zero);
    };
    let exponent = exponent
        .checked_add_unsigned(dropped)?
        .checked_add_unsigned(zeros)?;
    let value = Finite {
        mantissa: kept >> zeros,
        exponent,
    };
    Some(if value.top() > i64::from(i32::MAX) {
        Magnitude::Infinite
    } else if value.top() < i64::from(i32::MIN) {
        Magnitude::Zero
    } else {
        Magnitude::Finite(value)
    })
}

fn cut(mantissa: &BigUint, dropped: u64, sticky: bool) -> BigUint {
    let kept = mantissa >> dropped;
    let position = dropped.saturating_sub(1);
    let half = mantissa.bit(position);
    let beyond = sticky
        || mantissa
            .trailing_zeros()
            .is_some_and(|zeros| zeros < position);
    if half && (beyond || kept.bit(0)) {
        kept + 1u32
    } else {
        kept
    }
}

fn product(left: &Magnitude, right: &Magnitude, precision: u64) -> Option<Magnitude> {
    match (left, right) {
        (Magnitude::Finite(left), Magnitude::Finite(right)) => {
            let exponent = left.exponent.checked_add(right.exponent)?;
            let mantissa = &left.mantissa * &right.mantissa;
            rounded(Finite { mantissa, exponent }, precision, false)
        }
        (Magnitude::Zero, Magnitude::Infinite) | (Magnitude::Infinite, Magnitude::Zero) => None,
        (Magnitude::Infinite, _) | (_, Magnitude::Infinite) => Some(Magnitude::Infinite),
        (Magnitude::Zero, _) | (_, Magnitude::Zero) => Some(Magnitude::Zero),
    }
}

fn quotient(left: &Magnitude, right: &Magnitude, precision: u64) -> Option<Magnitude> {
    match (left, right) {
        (Magnitude::Finite(left), Magnitude::Finite(right)) => {
            finite_quotient(left, right, precision)
        }
        (Magnitude::Zero, Magnitude::Zero) | (Magnitude::Infinite, Magnitude::Infinite) => None,
        (Magnitude::Zero, _) | (_, Magnitude::Infinite) => Some(Magnitude::Zero),
        (_, Magnitude::Zero) | (Magnitude::Infinite, _) => Some(Magnitude::Infinite),
    }
}

/// Divides with at least two bits more than the precision, so that these and the remainder decide the rounding.
fn finite_quotient(left: &Finite, right: &Finite, precision: u64) -> Option<Magnitude> {
    let wanted = precision
        .checked_add(2)?
        .checked_add(right.mantissa.bits())?;
    let shift = wanted.saturating_sub(left.mantissa.bits());
    let dividend = &left.mantissa << shift;
    let mantissa = &dividend / &right.mantissa;
    let sticky = &mantissa * &right.mantissa != dividend;
    let exponent = left
        .exponent
        .checked_sub(right.exponent)?
        .checked_sub_unsigned(shift)?;
    rounded(Finite { mantissa, exponent }, precision, sticky)
}

fn sum(left: &Finite, right: &Finite, precision: u64) -> Option<Magnitude> {
    let (high, low) = if left.top() >= right.top() {
        (left, right)
    } else {
        (right, left)
    };
    if let Some(high) = far_above(high, low, precision) {
        return rounded(high, precision, true);
    }
    let (high, low, exponent) = aligned(high, low);
    rounded(
        Finite {
            mantissa: high + low,
            exponent,
        },
        precision,
        false,
    )
}

/// What is left of the larger of two numbers without the smaller one, with the sign of the larger one. The sign
/// of `first` is the one of `left`; `right` has the other.
fn difference(first: &BigFloat, left: &Finite, right: &Finite, precision: u64) -> Option<BigFloat> {
    let swapped = left.top() < right.top();
    let (high, low) = if swapped {
        (right, left)
    } else {
        (left, right)
    };
    if let Some(high) = far_above(high, low, precision) {
        let below = Finite {
            mantissa: high.mantissa - 1u32,
            exponent: high.exponent,
        };
        let magnitude = rounded(below, precision, true)?;
        return Some(BigFloat {
            negative: first.negative != swapped,
            magnitude,
            precision,
        });
    }
    let (left, right, exponent) = aligned(left, right);
    let (negative, mantissa) = match left.cmp(&right) {
        Ordering::Equal => (false, BigUint::ZERO),
        Ordering::Greater => (first.negative, left - right),
        Ordering::Less => (!first.negative, right - left),
    };
    let magnitude = rounded(Finite { mantissa, exponent }, precision, false)?;
    Some(BigFloat {
        negative,
        magnitude,
        precision,
    })
}

/// The higher number, shifted to two bits more than the precision, if the lower one is below its last bit and so
/// only says that there is something.
fn far_above(high: &Finite, low: &Finite, precision: u64) -> Option<Finite> {
    let shift = precision
        .saturating_add(2)
        .saturating_sub(high.mantissa.bits());
    let exponent = high.exponent.checked_sub_unsigned(shift)?;
    (low.top() <= exponent).then(|| Finite {
        mantissa: &high.mantissa << shift,
        exponent,
    })
}

/// Two mantissas at the lower of their exponents.
fn aligned(left: &Finite, right: &Finite) -> (BigUint, BigUint, i64) {
    let exponent = left.exponent.min(right.exponent);
    let shift = |value: &Finite| &value.mantissa << value.exponent.abs_diff(exponent);
    (shift(left), shift(right), exponent)
}

/// The number that `mantissa * 2^exponent` becomes with as many fives as twos.
fn times_power_of_five(scaled: Finite, precision: u64) -> Option<Magnitude> {
    let exponent = scaled.exponent;
    if exponent == 0 {
        return rounded(scaled, precision, false);
    }
    let exact = rounded(scaled, u64::MAX, false)?;
    let power = power_of_five(exponent.unsigned_abs(), precision.saturating_add(64))?;
    if exponent < 0 {
        quotient(&exact, &power, precision)
    } else {
        product(&exact, &power, precision)
    }
}

/// Go's power of five: by squaring with 64 more bits, each product rounded.
fn power_of_five(count: u64, precision: u64) -> Option<Magnitude> {
    const EXACT: u64 = 27;
    let start = Finite {
        mantissa: decimal::power(5, count.min(EXACT)),
        exponent: 0,
    };
    let mut power = rounded(start, precision, false)?;
    let mut square = Magnitude::Finite(Finite {
        mantissa: BigUint::from(5u32),
        exponent: 0,
    });
    let mut left = count.saturating_sub(EXACT);
    while left > 0 {
        if left & 1 == 1 {
            power = product(&power, &square, precision)?;
        }
        square = product(&square, &square, precision.saturating_add(64))?;
        left >>= 1;
    }
    Some(power)
}
