//! Times written in a layout.

use std::fmt::Write;

use super::civil::Civil;
use super::layout::{Chunk, Padding, Part, Shape, next_chunk};
use super::zone::Moment;

/// A time in a layout.
pub(super) fn format(moment: &Moment, layout: &str) -> String {
    let civil = moment.civil();
    let mut out = String::with_capacity(layout.len() + 16);
    let mut rest = layout;
    while let Some(Chunk {
        before,
        part,
        after,
        ..
    }) = next_chunk(rest)
    {
        out.push_str(before);
        out.push_str(&text(moment, &civil, part));
        rest = after;
    }
    out.push_str(rest);
    out
}

fn text(moment: &Moment, civil: &Civil, part: Part) -> String {
    match part {
        Part::LongYear => padded(civil.year, 4),
        Part::ShortYear => padded(civil.year.abs() % 100, 2),
        Part::LongMonth => civil.month_name().to_owned(),
        Part::ShortMonth => short(civil.month_name()),
        Part::Month(padding) => number(civil.month, padding, 2),
        Part::LongWeekday => civil.weekday().to_owned(),
        Part::ShortWeekday => short(civil.weekday()),
        Part::Day(padding) => number(civil.day, padding, 2),
        Part::DayOfYear(padding) => number(civil.day_of_year(), padding, 3),
        Part::Hour => padded(civil.hour, 2),
        Part::HalfDayHour(padding) => number(half_day_hour(civil.hour), padding, 2),
        Part::Minute(padding) => number(civil.minute, padding, 2),
        Part::Second(padding) => number(civil.second, padding, 2),
        Part::HalfDay { upper } => half_day(civil.hour, upper).to_owned(),
        Part::ZoneName => moment.abbreviation(),
        Part::Offset { shape, z } => offset(moment.offset(), shape, z),
        Part::Fraction {
            digits,
            comma,
            zeros,
        } => fraction(moment.instant.nanos, digits, comma, zeros),
    }
}

fn short(name: &str) -> String {
    name.chars().take(3).collect()
}

fn number(value: i64, padding: Padding, width: usize) -> String {
    match padding {
        Padding::None => value.to_string(),
        Padding::Space => format!("{value:>width$}"),
        Padding::Zero => padded(value, width),
    }
}

/// A number with zeros before it; the sign does not count.
fn padded(value: i64, width: usize) -> String {
    let sign = if value < 0 { "-" } else { "" };
    format!("{sign}{:0width$}", value.unsigned_abs())
}

/// Noon and midnight are twelve.
fn half_day_hour(hour: i64) -> i64 {
    match hour % 12 {
        0 => 12,
        hour => hour,
    }
}

fn half_day(hour: i64, upper: bool) -> &'static str {
    match (hour >= 12, upper) {
        (true, true) => "PM",
        (true, false) => "pm",
        (false, true) => "AM",
        (false, false) => "am",
    }
}

fn offset(seconds: i64, shape: Shape, z: bool) -> String {
    if z && seconds == 0 {
        return "Z".to_owned();
    }
    // Go takes the sign of the minutes, so that less than a minute is positive.
    let minutes = seconds / 60;
    let sign = if minutes < 0 { '-' } else { '+' };
    let (hours, minutes) = (minutes.abs() / 60, minutes.abs() % 60);
    let rest = seconds.abs() % 60;
    match shape {
        Shape::Hours => format!("{sign}{hours:02}"),
        Shape::Minutes => format!("{sign}{hours:02}{minutes:02}"),
        Shape::ColonMinutes => format!("{sign}{hours:02}:{minutes:02}"),
        Shape::Seconds => format!("{sign}{hours:02}{minutes:02}{rest:02}"),
        Shape::ColonSeconds => format!("{sign}{hours:02}:{minutes:02}:{rest:02}"),
    }
}

/// The digits after the seconds, with their point; nothing if all zeros are left out.
fn fraction(nanos: i64, digits: usize, comma: bool, zeros: bool) -> String {
    if !zeros && (digits == 0 || nanos == 0) {
        return String::new();
    }
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = write!(text, "{}{nanos:09}", if comma { ',' } else { '.' });
    text.truncate(digits.min(9) + 1);
    if zeros {
        return text;
    }
    let trimmed = text.trim_end_matches('0');
    if trimmed.len() > 1 {
        trimmed.to_owned()
    } else {
        String::new()
    }
}
