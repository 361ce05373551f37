//! Layouts, which show by example how a time is written: 2006-01-02 is the second of January, 2006.

pub(super) const RFC_3339: &str = "2006-01-02T15:04:05Z07:00";

pub(super) const RFC_3339_NANO: &str = "2006-01-02T15:04:05.999999999Z07:00";

/// The layouts that OPA knows by name.
const NAMED: &[(&str, &str)] = &[
    ("ANSIC", "Mon Jan _2 15:04:05 2006"),
    ("UnixDate", "Mon Jan _2 15:04:05 MST 2006"),
    ("RubyDate", "Mon Jan 02 15:04:05 -0700 2006"),
    ("RFC822", "02 Jan 06 15:04 MST"),
    ("RFC822Z", "02 Jan 06 15:04 -0700"),
    ("RFC850", "Monday, 02-Jan-06 15:04:05 MST"),
    ("RFC1123", "Mon, 02 Jan 2006 15:04:05 MST"),
    ("RFC1123Z", "Mon, 02 Jan 2006 15:04:05 -0700"),
    ("RFC3339", RFC_3339),
    ("RFC3339Nano", RFC_3339_NANO),
];

/// The layout of a name.
pub(super) fn named(name: &str) -> Option<&'static str> {
    NAMED
        .iter()
        .find(|(known, _)| *known == name)
        .map(|(_, layout)| *layout)
}

/// A part of a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    LongYear,
    ShortYear,
    LongMonth,
    ShortMonth,
    Month(Padding),
    LongWeekday,
    ShortWeekday,
    Day(Padding),
    DayOfYear(Padding),
    Hour,
    HalfDayHour(Padding),
    Minute(Padding),
    Second(Padding),
    /// `PM` or, if not upper case, `pm`.
    HalfDay {
        upper: bool,
    },
    ZoneName,
    /// An offset; with `z`, UTC is written as `Z`.
    Offset {
        shape: Shape,
        z: bool,
    },
    /// So many digits after a point or comma, with or without zeros at the end.
    Fraction {
        digits: usize,
        comma: bool,
        zeros: bool,
    },
}

/// How a number is padded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Padding {
    None,
    Space,
    Zero,
}

/// How an offset is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Hours,
    Minutes,
    ColonMinutes,
    Seconds,
    ColonSeconds,
}

/// A part of a layout: what stands before it as it is, how it is spelt, and what follows.
#[derive(Debug)]
pub(super) struct Chunk<'text> {
    pub(super) before: &'text str,
    pub(super) part: Part,
    pub(super) spelling: &'text str,
    pub(super) after: &'text str,
}

/// The first part of a layout, if there is one.
pub(super) fn next_chunk(layout: &str) -> Option<Chunk<'_>> {
    layout.char_indices().find_map(|(at, _)| {
        let rest = layout.get(at..)?;
        let (part, length) = part_at(rest)?;
        Some(Chunk {
            before: layout.get(..at)?,
            part,
            spelling: rest.get(..length)?,
            after: rest.get(length..)?,
        })
    })
}

/// The part that a text begins with, and the length of its spelling.
fn part_at(text: &str) -> Option<(Part, usize)> {
    let fixed = SPELLINGS
        .iter()
        .find(|(spelling, _)| text.starts_with(spelling))
        .copied();
    let spelt = fixed
        .or_else(|| word_at(text))
        .or_else(|| padded_day_at(text));
    match spelt {
        Some((spelling, part)) => Some((part, spelling.len())),
        None => fraction_at(text),
    }
}

/// The short names are no parts when a longer word goes on.
fn word_at(text: &str) -> Option<(&'static str, Part)> {
    let words = [("Jan", Part::ShortMonth), ("Mon", Part::ShortWeekday)];
    let (word, part) = words.into_iter().find(|(word, _)| text.starts_with(word))?;
    let goes_on = text
        .get(word.len()..)?
        .starts_with(|next: char| next.is_ascii_lowercase());
    (!goes_on).then_some((word, part))
}

/// `_2`; but `_2006` is an underscore and a year.
fn padded_day_at(text: &str) -> Option<(&'static str, Part)> {
    let day = text.starts_with("_2") && !text.starts_with("_2006");
    day.then_some(("_2", Part::Day(Padding::Space)))
}

/// `.000`, `,000`, `.999` or `,999`, with any number of digits, that are all equal and that no other digit follows.
fn fraction_at(text: &str) -> Option<(Part, usize)> {
    let comma = text.starts_with(',');
    let digits = text.strip_prefix(['.', ','])?;
    let first = digits
        .chars()
        .next()
        .filter(|first| matches!(first, '0' | '9'))?;
    let count = digits.chars().take_while(|digit| *digit == first).count();
    if digits
        .get(count..)?
        .starts_with(|next: char| next.is_ascii_digit())
    {
        return None;
    }
    Some((
        Part::Fraction {
            digits: count & 0xfff,
            comma,
            zeros: first == '0',
        },
        count + 1,
    ))
}

/// Longer spellings come before those that they begin with.
const SPELLINGS: &[(&str, Part)] = &[
    ("January", Part::LongMonth),
    ("Monday", Part::LongWeekday),
    ("MST", Part::ZoneName),
    ("01", Part::Month(Padding::Zero)),
    ("02", Part::Day(Padding::Zero)),
    ("03", Part::HalfDayHour(Padding::Zero)),
    ("04", Part::Minute(Padding::Zero)),
    ("05", Part::Second(Padding::Zero)),
    ("06", Part::ShortYear),
    ("002", Part::DayOfYear(Padding::Zero)),
    ("15", Part::Hour),
    ("1", Part::Month(Padding::None)),
    ("2006", Part::LongYear),
    ("2", Part::Day(Padding::None)),
    ("__2", Part::DayOfYear(Padding::Space)),
    ("3", Part::HalfDayHour(Padding::None)),
    ("4", Part::Minute(Padding::None)),
    ("5", Part::Second(Padding::None)),
    ("PM", Part::HalfDay { upper: true }),
    ("pm", Part::HalfDay { upper: false }),
    (
        "-070000",
        Part::Offset {
            shape: Shape::Seconds,
            z: false,
        },
    ),
    (
        "-07:00:00",
        Part::Offset {
            shape: Shape::ColonSeconds,
            z: false,
        },
    ),
    (
        "-0700",
        Part::Offset {
            shape: Shape::Minutes,
            z: false,
        },
    ),
    (
        "-07:00",
        Part::Offset {
            shape: Shape::ColonMinutes,
            z: false,
        },
    ),
    (
        "-07",
        Part::Offset {
            shape: Shape::Hours,
            z: false,
        },
    ),
    (
        "Z070000",
        Part::Offset {
            shape: Shape::Seconds,
            z: true,
        },
    ),
    (
        "Z07:00:00",
        Part::Offset {
            shape: Shape::ColonSeconds,
            z: true,
        },
    ),
    (
        "Z0700",
        Part::Offset {
            shape: Shape::Minutes,
            z: true,
        },
    ),
    (
        "Z07:00",
        Part::Offset {
            shape: Shape::ColonMinutes,
            z: true,
        },
    ),
    (
        "Z07",
        Part::Offset {
            shape: Shape::Hours,
            z: true,
        },
    ),
];
