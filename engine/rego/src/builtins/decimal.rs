//! Decimal digits of binary numbers, and the ways in which Go writes them.
//!
//! Everything here is exact; rounding happens only where it is asked for, to the nearest and to even digits.

use num_bigint::BigUint;

#[cfg(test)]
mod tests;

/// The number `0.d1d2d3... * 10^exponent`, without trailing zeros. Zero has no digits.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Decimal {
    digits: Vec<u8>,
    exponent: i64,
}

/// A decimal text: the number is `mantissa * 10^exponent`, with a sign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Scanned {
    pub(super) negative: bool,
    pub(super) mantissa: BigUint,
    pub(super) exponent: i64,
}

impl Decimal {
    /// The exact value of `mantissa * 2^shift`.
    pub(super) fn from_binary(mantissa: &BigUint, shift: i64) -> Self {
        let Some(zeros) = mantissa.trailing_zeros() else {
            return Self::default();
        };
        let dropped = if shift < 0 {
            zeros.min(shift.unsigned_abs())
        } else {
            0
        };
        let kept = mantissa >> dropped;
        let shift = shift.saturating_add_unsigned(dropped);
        if shift >= 0 {
            Self::from_scaled(&(kept << shift.unsigned_abs()), 0)
        } else {
            let scale = shift.unsigned_abs();
            Self::from_scaled(&(kept * power(5, scale)), scale)
        }
    }

    /// The value of digits after a point that stands before the first of them.
    pub(super) fn from_digits(digits: &str, exponent: i64) -> Self {
        Self {
            digits: digits.as_bytes().to_vec(),
            exponent,
        }
        .trimmed()
    }

    /// The value of `whole / 10^scale`.
    fn from_scaled(whole: &BigUint, scale: u64) -> Self {
        let text = whole.to_string();
        let length = i64::try_from(text.len()).unwrap_or(i64::MAX);
        Self {
            digits: text.into_bytes(),
            exponent: length.saturating_sub_unsigned(scale),
        }
        .trimmed()
    }

    fn trimmed(mut self) -> Self {
        self.trim();
        self
    }

    fn trim(&mut self) {
        while self.digits.last() == Some(&b'0') {
            self.digits.pop();
        }
        if self.digits.is_empty() {
            self.exponent = 0;
        }
    }

    /// How many digits there are.
    pub(super) fn len(&self) -> i64 {
        i64::try_from(self.digits.len()).unwrap_or(i64::MAX)
    }

    /// The power of ten that the fraction of digits is multiplied by.
    pub(super) fn exponent(&self) -> i64 {
        self.exponent
    }

    /// A digit, as a character; zeros surround those that are kept.
    fn at(&self, index: i64) -> u8 {
        usize::try_from(index)
            .ok()
            .and_then(|index| self.digits.get(index))
            .copied()
            .unwrap_or(b'0')
    }

    /// Keeps so many digits, rounding to the nearest, or to the even one in the middle.
    pub(super) fn round(&mut self, count: i64) {
        if let Ok(count) = usize::try_from(count) {
            if self.rounds_up(count) {
                self.round_up(count);
            } else {
                self.round_down(count);
            }
        }
    }

    fn rounds_up(&self, count: usize) -> bool {
        let last = count.saturating_add(1) == self.digits.len();
        match self.digits.get(count) {
            Some(b'5') if last => count
                .checked_sub(1)
                .and_then(|before| self.digits.get(before))
                .is_some_and(|digit| digit % 2 == 1),
            Some(digit) => *digit >= b'5',
            None => false,
        }
    }

    fn round_up(&mut self, count: usize) {
        if count >= self.digits.len() {
            return;
        }
        self.digits.truncate(count);
        while self.digits.last() == Some(&b'9') {
            self.digits.pop();
        }
        if let Some(digit) = self.digits.last_mut() {
            *digit = digit.saturating_add(1);
        } else {
            self.digits.push(b'1');
            self.exponent = self.exponent.saturating_add(1);
        }
    }

    fn round_down(&mut self, count: usize) {
        if count < self.digits.len() {
            self.digits.truncate(count);
            self.trim();
        }
    }

    /// Keeps the fewest digits that still tell this number from the two bounds around it, which belong to it if
    /// `inclusive`.
    pub(super) fn shorten(&mut self, lower: &Self, upper: &Self, inclusive: bool) {
        let cut = (0..self.len()).find_map(|index| {
            let cut = Cut::at(index, self.at(index), lower, upper, inclusive)?;
            Some((index.saturating_add(1), cut))
        });
        let Some((count, cut)) = cut else {
            return;
        };
        let kept = usize::try_from(count).unwrap_or(usize::MAX);
        match cut {
            Cut::Nearest => self.round(count),
            Cut::Down => self.round_down(kept),
            Cut::Up => self.round_up(kept),
        }
    }

    /// `d.ddde+dd` with so many digits after the point.
    pub(super) fn scientific(&self, precision: i64, marker: char) -> String {
        let mut out = String::from(char::from(self.at(0)));
        if precision > 0 {
            out.push('.');
            self.push_digits(&mut out, 1, precision);
        }
        let exponent = if self.digits.is_empty() {
            0
        } else {
            self.exponent.saturating_sub(1)
        };
        let sign = if exponent < 0 { '-' } else { '+' };
        out.push(marker);
        out.push(sign);
        let size = exponent.unsigned_abs();
        if size < 10 {
            out.push('0');
        }
        out.push_str(&size.to_string());
        out
    }

    /// `ddd.ddd` with so many digits after the point.
    pub(super) fn positional(&self, precision: i64) -> String {
        let mut out = String::new();
        if self.exponent > 0 {
            self.push_digits(&mut out, 0, self.exponent);
        } else {
            out.push('0');
        }
        if precision > 0 {
            out.push('.');
            self.push_digits(&mut out, self.exponent, precision);
        }
        out
    }

    /// Go's `%g`: scientific for small and large exponents, positional otherwise. The precision counts all digits.
    pub(super) fn general(&self, precision: i64, shortest: bool, marker: char) -> String {
        let digits = self.len();
        let limit = if shortest {
            6
        } else if precision > digits && digits >= self.exponent {
            digits
        } else {
            precision
        };
        let exponent = self.exponent.saturating_sub(1);
        if exponent < -4 || exponent >= limit {
            return self.scientific(precision.min(digits).saturating_sub(1), marker);
        }
        let precision = if precision > self.exponent {
            digits
        } else {
            precision
        };
        self.positional(precision.saturating_sub(self.exponent).max(0))
    }

    fn push_digits(&self, out: &mut String, from: i64, count: i64) {
        out.extend((0..count).map(|index| char::from(self.at(from.saturating_add(index)))));
    }
}

/// How digits may be cut off without leaving the interval around a number.
#[derive(Debug, Clone, Copy)]
enum Cut {
    Nearest,
    Down,
    Up,
}

impl Cut {
    /// The way to cut after a digit, if there is one.
    fn at(
        index: i64,
        digit: u8,
        lower: &Decimal,
        upper: &Decimal,
        inclusive: bool,
    ) -> Option<Self> {
        let (below, above) = (lower.at(index), upper.at(index));
        let next = index.saturating_add(1);
        let down = below != digit || inclusive && next == lower.len();
        let room = inclusive || digit.saturating_add(1) < above || next < upper.len();
        let up = digit != above && room;
        match (down, up) {
            (true, true) => Some(Self::Nearest),
            (true, false) => Some(Self::Down),
            (false, true) => Some(Self::Up),
            (false, false) => None,
        }
    }
}

/// Reads `[sign] digits [. digits] [e [sign] digits]`, where one side of the point may be empty.
pub(super) fn scan(text: &str) -> Option<Scanned> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, scan_exponent(exponent)?),
        None => (unsigned, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = [whole, fraction].concat();
    if !is_digits(&digits) {
        return None;
    }
    let scale = i64::try_from(fraction.len()).ok()?;
    Some(Scanned {
        negative: text.starts_with('-'),
        mantissa: BigUint::parse_bytes(digits.as_bytes(), 10)?,
        exponent: exponent.checked_sub(scale)?,
    })
}

fn scan_exponent(text: &str) -> Option<i64> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if !is_digits(digits) {
        return None;
    }
    let size: i64 = digits.parse().ok()?;
    Some(if text.starts_with('-') { -size } else { size })
}

/// Whether a text is one or more decimal digits.
pub(super) fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// A power of a small base. The caller has charged for its size.
pub(super) fn power(base: u32, exponent: u64) -> BigUint {
    BigUint::from(base).pow(u32::try_from(exponent).unwrap_or(u32::MAX))
}
