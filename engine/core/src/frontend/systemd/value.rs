//! What the values of settings mean: booleans, time spans, sizes, percentages, specifiers.

/// A boolean in any of systemd's spellings.
pub(super) fn boolean(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "1" | "yes" | "y" | "true" | "t" | "on" => Some(true),
        "0" | "no" | "n" | "false" | "f" | "off" => Some(false),
        _ => None,
    }
}

/// No limit.
pub(super) fn is_infinity(text: &str) -> bool {
    text == "infinity"
}

/// Names of units, and what an amount of them is multiplied by.
type Units = &'static [(&'static [&'static str], i128)];

const SECOND: i128 = 1_000_000;

/// Units of time in microseconds, as `systemd.time(7)` defines them.
const TIME: Units = &[
    (&["", "seconds", "second", "sec", "s"], SECOND),
    (&["minutes", "minute", "min", "m"], 60 * SECOND),
    (&["hours", "hour", "hr", "h"], 3600 * SECOND),
    (&["days", "day", "d"], 86_400 * SECOND),
    (&["weeks", "week", "w"], 604_800 * SECOND),
    (&["months", "month", "M"], 2_629_800 * SECOND),
    (&["years", "year", "y"], 31_557_600 * SECOND),
    (&["msec", "ms"], 1000),
    // The sign for micro is one character in Latin-1 and another one in Greek.
    (&["usec", "us", "\u{b5}s", "\u{3bc}s"], 1),
];

/// Units of size in bytes.
const SIZE: Units = &[
    (&["", "B"], 1),
    (&["K"], 1 << 10),
    (&["M"], 1 << 20),
    (&["G"], 1 << 30),
    (&["T"], 1 << 40),
    (&["P"], 1 << 50),
    (&["E"], 1 << 60),
];

/// A time span in seconds, rounded up; none if it is not one, or too large.
pub(super) fn seconds(text: &str) -> Option<i64> {
    let microseconds = total(text, TIME)?;
    i64::try_from(microseconds.checked_add(SECOND - 1)? / SECOND).ok()
}

/// A size in bytes; none if it is not one, or too large.
pub(super) fn bytes(text: &str) -> Option<i64> {
    i64::try_from(total(text, SIZE)?).ok()
}

/// A percentage in thousandths; none if it is not one, or too large.
pub(super) fn thousandths(text: &str) -> Option<i64> {
    let number = text.strip_suffix('%')?.trim_end();
    i64::try_from(times(number, 10)?).ok()
}

/// Whether the manager fills something in: `%i`, but not `%%`.
pub(super) fn has_specifier(text: &str) -> bool {
    text.replace("%%", "").contains('%')
}

/// Whether nothing is written but what the manager fills in.
pub(super) fn is_specifier(text: &str) -> bool {
    let mut rest = text;
    while let Some(after) = rest
        .strip_prefix('%')
        .and_then(|after| after.strip_prefix(|letter: char| letter.is_ascii_alphabetic()))
    {
        rest = after;
    }
    rest.is_empty() && !text.is_empty()
}

/// Amounts with their units, added up: `5min 20s`, `1G 512M`.
fn total(text: &str, units: Units) -> Option<i128> {
    let mut rest = text.trim();
    let mut total = (!rest.is_empty()).then_some(0_i128)?;
    while !rest.is_empty() {
        let (number, after) = split(rest, |character| {
            character.is_ascii_digit() || character == '.'
        });
        let (unit, after) = split(after.trim_start(), char::is_alphabetic);
        let (_, factor) = units.iter().find(|(names, _)| names.contains(&unit))?;
        total = total.checked_add(times(number, *factor)?)?;
        rest = after.trim_start();
    }
    Some(total)
}

/// The characters that a text begins with and that are of one kind, and the rest.
fn split(text: &str, of_kind: impl Fn(char) -> bool) -> (&str, &str) {
    let end = text
        .find(|character: char| !of_kind(character))
        .unwrap_or(text.len());
    text.split_at(end)
}

/// A decimal number times a factor, rounded down; none if it is no number, or too large.
fn times(number: &str, factor: i128) -> Option<i128> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let valid = !(whole.is_empty() && fraction.is_empty())
        && whole.len() + fraction.len() <= 18
        && whole
            .bytes()
            .chain(fraction.bytes())
            .all(|byte| byte.is_ascii_digit());
    let mantissa: i128 = valid
        .then(|| format!("0{whole}{fraction}").parse().ok())
        .flatten()?;
    let places = 10_i128.checked_pow(u32::try_from(fraction.len()).ok()?)?;
    Some(mantissa.checked_mul(factor)? / places)
}

#[cfg(test)]
mod tests {
    use super::{boolean, bytes, has_specifier, is_specifier, seconds, thousandths};

    #[test]
    fn a_boolean_has_many_spellings() {
        for text in ["1", "yes", "y", "true", "t", "on", "On"] {
            assert_eq!(boolean(text), Some(true), "{text}");
        }
        for text in ["0", "no", "n", "false", "f", "OFF"] {
            assert_eq!(boolean(text), Some(false), "{text}");
        }
        for text in ["", "strict", "2", "yes please"] {
            assert_eq!(boolean(text), None, "{text}");
        }
    }

    #[test]
    fn the_parts_of_a_time_span_are_added_up() {
        for (text, expected) in [
            ("90", 90),
            ("5min 20s", 320),
            ("5min20", 320),
            ("2 h", 7200),
            ("55s500ms", 56),
            ("1.5h", 5400),
            ("1y 12month", 63_115_200),
        ] {
            assert_eq!(seconds(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_time_span_gives_nothing() {
        for text in ["", "min", "5 parsecs", "-1", "1.2.3", "infinity"] {
            assert_eq!(seconds(text), None, "{text}");
        }
    }

    #[test]
    fn sizes_are_counted_in_1024() {
        for (text, expected) in [
            ("4096", 4096),
            ("64K", 65_536),
            ("1.5G", 1_610_612_736),
            ("1G 512M", 1_610_612_736),
        ] {
            assert_eq!(bytes(text), Some(expected), "{text}");
        }
        for text in ["", "4GB", "10%", "1g", "16E 16E"] {
            assert_eq!(bytes(text), None, "{text}");
        }
    }

    #[test]
    fn a_percentage_ends_in_its_sign() {
        assert_eq!(thousandths("150%"), Some(1500));
        assert_eq!(thousandths("12.5%"), Some(125));
        assert_eq!(thousandths("2"), None);
        assert_eq!(thousandths("%"), None);
    }

    #[test]
    fn two_percent_signs_are_no_specifier() {
        assert!(has_specifier("a%i") && is_specifier("%i%H"));
        assert!(!has_specifier("100%%") && !is_specifier("%%"));
        assert!(!is_specifier("") && !is_specifier("a%i"));
    }
}
