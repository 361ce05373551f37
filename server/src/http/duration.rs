//! Durations as Go writes them: `2s`, `1m30s`, `1.5h`.

use std::time::Duration;

const UNITS: &[(&str, f64)] = &[
    ("ns", 1e-9),
    ("us", 1e-6),
    ("µs", 1e-6),
    ("μs", 1e-6),
    ("ms", 1e-3),
    ("s", 1.0),
    ("m", 60.0),
    ("h", 3_600.0),
];

/// Reads a duration; none for a negative one, and for what is none.
pub(super) fn parse(text: &str) -> Option<Duration> {
    if text == "0" {
        return Some(Duration::ZERO);
    }
    let is_digit = |character: char| character.is_ascii_digit() || character == '.';
    let (mut total, mut rest) = (Duration::ZERO, text);
    loop {
        let (number, after) = rest.split_at_checked(rest.find(|next: char| !is_digit(next))?)?;
        let end = after.find(is_digit).unwrap_or(after.len());
        let (unit, next) = after.split_at_checked(end)?;
        let (_, seconds) = UNITS.iter().find(|(known, _)| *known == unit)?;
        let number: f64 = number.parse().ok()?;
        let part = Duration::try_from_secs_f64(number * seconds).ok()?;
        total = total.checked_add(part)?;
        if next.is_empty() {
            return Some(total);
        }
        rest = next;
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::parse;

    #[test]
    fn a_duration_is_numbers_with_units() {
        for (text, milliseconds) in [
            ("0", 0),
            ("0s", 0),
            ("2s", 2_000),
            ("500ms", 500),
            ("1m30s", 90_000),
            ("1.5s", 1_500),
            (".5s", 500),
            ("1h2m3s", 3_723_000),
            ("2000us", 2),
            ("2000µs", 2),
        ] {
            let expected = Duration::from_millis(milliseconds);
            assert_eq!(parse(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn anything_else_is_none() {
        for text in [
            "",
            "2",
            "s",
            "-2s",
            "2x",
            "2s3",
            "1.2.3s",
            ".s",
            "2 s",
            "1e3s",
            "99999999999999999999h",
            "ss",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
