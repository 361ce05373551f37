//! Times read by a layout.

use super::civil::{Civil, Instant, MONTHS, WEEKDAYS, days_in, is_leap};
use super::layout::{Chunk, Padding, Part, Shape, next_chunk};
use crate::builtins::golang::tail;

/// The instant that a text names. The error is in Go's words.
pub(super) fn instant(layout: &str, text: &str) -> Result<Instant, String> {
    let mut fields = Fields::default();
    let mut rest = text;
    let mut rest_layout = layout;
    while let Some(chunk) = next_chunk(rest_layout) {
        let before =
            skip(rest, chunk.before).map_err(|at| cannot_parse(layout, text, chunk.before, at))?;
        rest = fields
            .read(&chunk, before)
            .map_err(|problem| match problem {
                Problem::Wrong => cannot_parse(layout, text, chunk.spelling, before),
                Problem::OutOfRange(what) => {
                    format!("parsing time {}: {what} out of range", quote(text))
                }
            })?;
        rest_layout = chunk.after;
    }
    rest = skip(rest, rest_layout).map_err(|at| cannot_parse(layout, text, rest_layout, at))?;
    if !rest.is_empty() {
        return Err(format!(
            "parsing time {}: extra text: {}",
            quote(text),
            quote(rest)
        ));
    }
    fields
        .instant()
        .map_err(|problem| format!("parsing time {}: {problem}", quote(text)))
}

fn cannot_parse(layout: &str, text: &str, spelling: &str, at: &str) -> String {
    format!(
        "parsing time {} as {}: cannot parse {} as {}",
        quote(text),
        quote(layout),
        quote(at),
        quote(spelling)
    )
}

/// Go's own quoting in this package: bytes that are not printable ASCII by their numbers.
pub(super) fn quote(text: &str) -> String {
    let mut out = "\"".to_owned();
    for byte in text.bytes() {
        match byte {
            b'"' | b'\\' => out.extend(['\\', char::from(byte)]),
            b' '..=0x7f => out.push(char::from(byte)),
            _ => out.push_str(&hexadecimal(byte)),
        }
    }
    out.push('"');
    out
}

fn hexadecimal(byte: u8) -> String {
    format!("\\x{byte:02x}")
}

/// The rest of a text after a prefix, in which any number of spaces is as good as any other; or where they part.
fn skip<'text>(text: &'text str, prefix: &str) -> Result<&'text str, &'text str> {
    let mut rest = text;
    let mut expected = prefix;
    while let Some(first) = expected.chars().next() {
        if first == ' ' {
            if !rest.is_empty() && !rest.starts_with(' ') {
                return Err(rest);
            }
            expected = expected.trim_start_matches(' ');
            rest = rest.trim_start_matches(' ');
        } else {
            rest = rest.strip_prefix(first).ok_or(rest)?;
            expected = tail(expected, first.len_utf8());
        }
    }
    Ok(rest)
}

/// Why a part cannot be read.
enum Problem {
    Wrong,
    OutOfRange(&'static str),
}

/// A part that was read, and what follows it.
type Read<'text, T> = Result<(T, &'text str), Problem>;

/// What a text says of a time.
#[derive(Debug, Default)]
struct Fields {
    year: i64,
    month: Option<i64>,
    day: Option<i64>,
    day_of_year: Option<i64>,
    hour: i64,
    minute: i64,
    second: i64,
    nanos: i64,
    afternoon: bool,
    morning: bool,
    utc: bool,
    offset: i64,
}

impl Fields {
    fn read<'text>(&mut self, chunk: &Chunk<'_>, text: &'text str) -> Result<&'text str, Problem> {
        match chunk.part {
            Part::LongYear
            | Part::ShortYear
            | Part::LongMonth
            | Part::ShortMonth
            | Part::Month(_) => self.read_month(chunk.part, text),
            Part::LongWeekday => Ok(word(&WEEKDAYS, text, None)?.1),
            Part::ShortWeekday => Ok(word(&WEEKDAYS, text, Some(3))?.1),
            Part::Day(padding) => {
                let text = if padding == Padding::Space {
                    text.strip_prefix(' ').unwrap_or(text)
                } else {
                    text
                };
                let (day, rest) = number(text, padding == Padding::Zero)?;
                self.day = Some(day);
                Ok(rest)
            }
            Part::DayOfYear(padding) => self.read_day_of_year(padding, text),
            Part::Second(padding) => self.read_second(padding, chunk.after, text),
            Part::Hour | Part::HalfDayHour(_) | Part::Minute(_) => {
                self.read_clock(chunk.part, text)
            }
            Part::HalfDay { upper } => self.read_half_day(upper, text),
            Part::ZoneName => self.read_zone_name(text),
            Part::Offset { shape, z } => self.read_offset(shape, z, text),
            Part::Fraction { digits, zeros, .. } => self.read_fraction(digits, zeros, text),
        }
    }

    fn read_month<'text>(&mut self, part: Part, text: &'text str) -> Result<&'text str, Problem> {
        let rest = match part {
            Part::ShortYear => {
                let year: i64 = parse(text.get(..2))?;
                self.year = if year >= 69 { year + 1900 } else { year + 2000 };
                tail(text, 2)
            }
            Part::LongYear => {
                let digits = text
                    .get(..4)
                    .filter(|digits| digits.starts_with(|first: char| first.is_ascii_digit()));
                self.year = parse(digits)?;
                tail(text, 4)
            }
            Part::Month(padding) => {
                let (month, rest) = number(text, padding == Padding::Zero)?;
                self.month = Some(within(month, 1, 12, "month")?);
                rest
            }
            _ => {
                let letters = if part == Part::ShortMonth {
                    Some(3)
                } else {
                    None
                };
                let (month, rest) = word(&MONTHS, text, letters)?;
                self.month = Some(month + 1);
                rest
            }
        };
        Ok(rest)
    }

    fn read_day_of_year<'text>(
        &mut self,
        padding: Padding,
        text: &'text str,
    ) -> Result<&'text str, Problem> {
        let mut text = text;
        if padding == Padding::Space {
            text = text.strip_prefix(' ').unwrap_or(text);
            text = text.strip_prefix(' ').unwrap_or(text);
        }
        let length = leading_digits(text).min(3);
        if length == 0 || (padding == Padding::Zero && length != 3) {
            return Err(Problem::Wrong);
        }
        self.day_of_year = Some(parse(text.get(..length))?);
        Ok(tail(text, length))
    }

    fn read_clock<'text>(&mut self, part: Part, text: &'text str) -> Result<&'text str, Problem> {
        let fixed = matches!(
            part,
            Part::HalfDayHour(Padding::Zero) | Part::Minute(Padding::Zero)
        );
        let (value, rest) = number(text, fixed)?;
        match part {
            Part::Hour => self.hour = within(value, 0, 23, "hour")?,
            Part::HalfDayHour(_) => self.hour = within(value, 0, 12, "hour")?,
            _ => self.minute = within(value, 0, 59, "minute")?,
        }
        Ok(rest)
    }

    /// A fraction may follow seconds even if the layout does not say so.
    fn read_second<'text>(
        &mut self,
        padding: Padding,
        layout: &str,
        text: &'text str,
    ) -> Result<&'text str, Problem> {
        let (second, rest) = number(text, padding == Padding::Zero)?;
        self.second = within(second, 0, 59, "second")?;
        let stated =
            next_chunk(layout).is_some_and(|chunk| matches!(chunk.part, Part::Fraction { .. }));
        match fraction_length(rest) {
            Some(length) if !stated => self.take_fraction(rest, length),
            _ => Ok(rest),
        }
    }

    fn read_fraction<'text>(
        &mut self,
        digits: usize,
        zeros: bool,
        text: &'text str,
    ) -> Result<&'text str, Problem> {
        match fraction_length(text) {
            _ if zeros => self.take_fraction(text, digits + 1),
            Some(length) => self.take_fraction(text, length),
            None => Ok(text),
        }
    }

    /// A point or comma and digits, of which nine count.
    fn take_fraction<'text>(
        &mut self,
        text: &'text str,
        length: usize,
    ) -> Result<&'text str, Problem> {
        let taken = text
            .get(..length)
            .filter(|taken| taken.starts_with(['.', ',']))
            .ok_or(Problem::Wrong)?;
        let digits = taken.get(1..length.min(10)).ok_or(Problem::Wrong)?;
        let value: i64 = parse(Some(digits))?;
        let missing = u32::try_from(9_usize.saturating_sub(digits.len())).unwrap_or_default();
        self.nanos =
            within(value, 0, i64::MAX, "fractional second")?.saturating_mul(10_i64.pow(missing));
        Ok(tail(text, length))
    }

    fn read_half_day<'text>(
        &mut self,
        upper: bool,
        text: &'text str,
    ) -> Result<&'text str, Problem> {
        let (morning, afternoon) = if upper { ("AM", "PM") } else { ("am", "pm") };
        if let Some(rest) = text.strip_prefix(afternoon) {
            self.afternoon = true;
            return Ok(rest);
        }
        let rest = text.strip_prefix(morning).ok_or(Problem::Wrong)?;
        self.morning = true;
        Ok(rest)
    }

    /// Names other than UTC say nothing about the offset.
    fn read_zone_name<'text>(&mut self, text: &'text str) -> Result<&'text str, Problem> {
        if let Some(rest) = text.strip_prefix("UTC") {
            self.utc = true;
            return Ok(rest);
        }
        let length = zone_name_length(text).ok_or(Problem::Wrong)?;
        text.get(length..).ok_or(Problem::Wrong)
    }

    fn read_offset<'text>(
        &mut self,
        shape: Shape,
        z: bool,
        text: &'text str,
    ) -> Result<&'text str, Problem> {
        if z && let Some(rest) = text.strip_prefix('Z') {
            self.utc = true;
            return Ok(rest);
        }
        // Where the hours, minutes and seconds stand, and how long all of it is.
        let (minutes, seconds, length) = match shape {
            Shape::Hours => (None, None, 3),
            Shape::Minutes => (Some(3), None, 5),
            Shape::ColonMinutes => (Some(4), None, 6),
            Shape::Seconds => (Some(3), Some(5), 7),
            Shape::ColonSeconds => (Some(4), Some(7), 9),
        };
        let taken = text.get(..length).ok_or(Problem::Wrong)?;
        let colons: &[usize] = match shape {
            Shape::ColonMinutes => &[3],
            Shape::ColonSeconds => &[3, 6],
            _ => &[],
        };
        if !colons
            .iter()
            .all(|colon| taken.as_bytes().get(*colon) == Some(&b':'))
        {
            return Err(Problem::Wrong);
        }
        let hours = within(pair(taken, Some(1))?, 0, 24, "time zone offset hour")?;
        let minutes = within(pair(taken, minutes)?, 0, 60, "time zone offset minute")?;
        let seconds = within(pair(taken, seconds)?, 0, 60, "time zone offset second")?;
        let offset = (hours * 60 + minutes) * 60 + seconds;
        self.offset = match taken.as_bytes().first() {
            Some(b'+') => offset,
            Some(b'-') => -offset,
            _ => return Err(Problem::Wrong),
        };
        Ok(tail(text, length))
    }

    /// The instant that all fields together name.
    fn instant(mut self) -> Result<Instant, &'static str> {
        if self.afternoon && self.hour < 12 {
            self.hour += 12;
        } else if !self.afternoon && self.morning && self.hour == 12 {
            self.hour = 0;
        }
        self.apply_day_of_year()?;
        let (month, day) = (self.month.unwrap_or(1), self.day.unwrap_or(1));
        if day < 1 || day > days_in(self.year, month) {
            return Err("day out of range");
        }
        let civil = Civil {
            year: self.year,
            month,
            day,
            hour: self.hour,
            minute: self.minute,
            second: self.second,
        };
        let local = civil.seconds().ok_or("year out of range")?;
        // One second west is how Go says that there was no offset.
        let offset = if self.utc || self.offset == -1 {
            0
        } else {
            self.offset
        };
        Ok(Instant {
            seconds: local - offset,
            nanos: self.nanos,
        })
    }

    /// The day of the year gives month and day, or must agree with them.
    fn apply_day_of_year(&mut self) -> Result<(), &'static str> {
        let Some(of_year) = self.day_of_year else {
            return Ok(());
        };
        let length = if is_leap(self.year) { 366 } else { 365 };
        if !(1..=length).contains(&of_year) {
            return Err("day-of-year out of range");
        }
        let (mut month, mut day) = (1, of_year);
        while day > days_in(self.year, month) {
            day -= days_in(self.year, month);
            month += 1;
        }
        if self.month.is_some_and(|known| known != month) {
            return Err("day-of-year does not match month");
        }
        if self.day.is_some_and(|known| known != day) {
            return Err("day-of-year does not match day");
        }
        (self.month, self.day) = (Some(month), Some(day));
        Ok(())
    }
}

fn within(value: i64, low: i64, high: i64, what: &'static str) -> Result<i64, Problem> {
    if (low..=high).contains(&value) {
        Ok(value)
    } else {
        Err(Problem::OutOfRange(what))
    }
}

fn parse(digits: Option<&str>) -> Result<i64, Problem> {
    digits
        .and_then(|digits| digits.parse().ok())
        .ok_or(Problem::Wrong)
}

fn leading_digits(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_digit).count()
}

/// A number of one or two digits, or of exactly two.
fn number(text: &str, fixed: bool) -> Read<'_, i64> {
    let length = leading_digits(text).min(2);
    if length == 0 || (fixed && length == 1) {
        return Err(Problem::Wrong);
    }
    Ok((parse(text.get(..length))?, tail(text, length)))
}

/// Two digits at a place; zero if there is no such place.
fn pair(text: &str, at: Option<usize>) -> Result<i64, Problem> {
    let Some(at) = at else {
        return Ok(0);
    };
    let digits = text
        .get(at..at + 2)
        .filter(|digits| leading_digits(digits) == 2);
    parse(digits)
}

/// The index of the word that a text begins with, of which so many letters count, in any case.
fn word<'text>(words: &[&str], text: &'text str, letters: Option<usize>) -> Read<'text, i64> {
    for (index, word) in words.iter().enumerate() {
        let word = word.get(..letters.unwrap_or(word.len())).unwrap_or(word);
        if text
            .get(..word.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(word))
        {
            let index = i64::try_from(index).unwrap_or_default();
            return Ok((index, tail(text, word.len())));
        }
    }
    Err(Problem::Wrong)
}

/// How long a point or comma with the digits after it is, if there are both.
fn fraction_length(text: &str) -> Option<usize> {
    let digits = leading_digits(text.strip_prefix(['.', ','])?);
    (digits > 0).then_some(digits + 1)
}

/// How long a name is that looks like that of a zone: three to five capitals, mostly, or an offset.
fn zone_name_length(text: &str) -> Option<usize> {
    if text.len() < 3 {
        return None;
    }
    if text.starts_with("ChST") || text.starts_with("MeST") {
        return Some(4);
    }
    if let Some(rest) = text.strip_prefix("GMT") {
        return Some(3 + signed_offset_length(rest));
    }
    if text.starts_with(['+', '-']) {
        return Some(signed_offset_length(text)).filter(|length| *length > 0);
    }
    let capitals = text
        .bytes()
        .take(6)
        .take_while(u8::is_ascii_uppercase)
        .count();
    match capitals {
        3 => Some(3),
        4 => (text.as_bytes().get(3) == Some(&b'T') || text.starts_with("WITA")).then_some(4),
        5 => (text.as_bytes().get(4) == Some(&b'T')).then_some(5),
        _ => None,
    }
}

/// How long a sign and a number of hours are; zero if they are none.
fn signed_offset_length(text: &str) -> usize {
    let Some(digits) = text.strip_prefix(['+', '-']) else {
        return 0;
    };
    let length = leading_digits(digits);
    let hours: Option<u64> = digits.get(..length).and_then(|digits| digits.parse().ok());
    if hours.is_some_and(|hours| hours <= 23) {
        length + 1
    } else {
        0
    }
}
