//! What globs are made of, and which texts they match. Texts are bytes, because the original cuts them anywhere.

use crate::builtins::golang::units;
use crate::builtins::{BuiltinError, Meter};

/// How many characters something matches, if always the same number.
pub(super) type Length = Option<usize>;

/// A part of a compiled glob.
#[derive(Debug, Clone)]
pub(super) enum Matcher {
    Any(Vec<char>),
    AnyOf(Vec<Matcher>),
    Contains {
        needle: String,
        negated: bool,
    },
    EveryOf(Vec<Matcher>),
    List {
        members: Vec<char>,
        negated: bool,
    },
    Max(usize),
    Min(usize),
    Nothing,
    Prefix(String),
    PrefixAny(String, Vec<char>),
    PrefixSuffix(String, String),
    Range {
        low: char,
        high: char,
        negated: bool,
    },
    Row {
        matchers: Vec<Matcher>,
        length: usize,
    },
    Single(Vec<char>),
    Suffix(String),
    SuffixAny(String, Vec<char>),
    Super,
    Text(String),
    Tree(Box<Tree>),
}

/// A part that is searched for, with what must match before and after it.
#[derive(Debug, Clone)]
pub(super) struct Tree {
    pub(super) value: Matcher,
    pub(super) left: Option<Matcher>,
    pub(super) right: Option<Matcher>,
    pub(super) left_length: Length,
    pub(super) right_length: Length,
    pub(super) length: Length,
}

impl Matcher {
    /// How many characters this matches, if always the same number.
    pub(super) fn length(&self) -> Length {
        match self {
            Self::List { .. } | Self::Range { .. } | Self::Single(_) => Some(1),
            Self::Nothing => Some(0),
            Self::Text(text) => Some(text.chars().count()),
            Self::Row { length, .. } => Some(*length),
            Self::Tree(tree) => tree.length,
            Self::AnyOf(matchers) => common_length(matchers),
            Self::EveryOf(matchers) if matchers.is_empty() => Some(0),
            _ => None,
        }
    }

    /// Whether all of a text matches.
    pub(super) fn matches(&self, meter: &Meter, text: &[u8]) -> Result<bool, BuiltinError> {
        meter.step(units(text.len()) / 16 + 1)?;
        Ok(match self {
            Self::Any(separators) => index_any(text, separators).is_none(),
            Self::AnyOf(matchers) => return any(meter, matchers, text),
            Self::EveryOf(matchers) => return every(meter, matchers, text),
            Self::Row { matchers, length } => return row(meter, matchers, *length, text),
            Self::Tree(tree) => return tree.matches(meter, text),
            Self::Contains { needle, negated } => {
                find(text, needle.as_bytes()).is_some() != *negated
            }
            Self::List { members, negated } => {
                single(text, |character| members.contains(&character) != *negated)
            }
            Self::Range { low, high, negated } => single(text, |character| {
                (*low..=*high).contains(&character) != *negated
            }),
            Self::Single(separators) => single(text, |character| !separators.contains(&character)),
            Self::Max(limit) => runes(text).count() <= *limit,
            // The original looks whether there is enough only after it has seen a character.
            Self::Min(limit) => !text.is_empty() && runes(text).count() >= *limit,
            Self::Nothing => text.is_empty(),
            Self::Super => true,
            Self::Text(own) => text == own.as_bytes(),
            Self::Prefix(prefix) => text.starts_with(prefix.as_bytes()),
            Self::Suffix(suffix) => text.ends_with(suffix.as_bytes()),
            Self::PrefixSuffix(prefix, suffix) => {
                text.starts_with(prefix.as_bytes()) && text.ends_with(suffix.as_bytes())
            }
            Self::PrefixAny(prefix, separators) => text
                .strip_prefix(prefix.as_bytes())
                .is_some_and(|rest| index_any(rest, separators).is_none()),
            Self::SuffixAny(suffix, separators) => text
                .strip_suffix(suffix.as_bytes())
                .is_some_and(|rest| index_any(rest, separators).is_none()),
        })
    }
}

/// As in the original, alternatives of no fixed length are overlooked while they come first.
fn common_length(matchers: &[Matcher]) -> Length {
    let mut length: Length = None;
    for matcher in matchers {
        let own = matcher.length();
        match length {
            None => length = own,
            Some(_) if own != length => return None,
            Some(_) => {}
        }
    }
    length
}

fn any(meter: &Meter, matchers: &[Matcher], text: &[u8]) -> Result<bool, BuiltinError> {
    for matcher in matchers {
        if matcher.matches(meter, text)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn every(meter: &Meter, matchers: &[Matcher], text: &[u8]) -> Result<bool, BuiltinError> {
    for matcher in matchers {
        if !matcher.matches(meter, text)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn row(
    meter: &Meter,
    matchers: &[Matcher],
    length: usize,
    text: &[u8],
) -> Result<bool, BuiltinError> {
    Ok(runes(text).count() == length && row_matches(meter, matchers, text)?)
}

/// Whether a text begins with what the matchers of a row match. As in the original, a part ends one byte after its
/// last character begins, so that it cuts characters of several bytes.
pub(super) fn row_matches(
    meter: &Meter,
    matchers: &[Matcher],
    text: &[u8],
) -> Result<bool, BuiltinError> {
    let mut at = 0;
    for matcher in matchers {
        let length = matcher.length().unwrap_or_default();
        let rest = text.get(at..).unwrap_or_default();
        let mut last = 0;
        let mut count = 0;
        for (start, _) in runes(rest) {
            last = start;
            count += 1;
            if count == length {
                break;
            }
        }
        let Some(part) = rest.get(..=last) else {
            return Ok(false);
        };
        if count < length || !matcher.matches(meter, part)? {
            return Ok(false);
        }
        at += last + 1;
    }
    Ok(true)
}

impl Tree {
    /// Searches for the middle part, from left to right, until what is around it matches.
    fn matches(&self, meter: &Meter, text: &[u8]) -> Result<bool, BuiltinError> {
        if self.length.is_some_and(|length| length > text.len()) {
            return Ok(false);
        }
        let mut from = self.left_length.unwrap_or(0);
        let Some(until) = text.len().checked_sub(self.right_length.unwrap_or(0)) else {
            return Ok(false);
        };
        while from < until {
            meter.step(units(until - from) / 16 + 1)?;
            let searched = text.get(from..until).unwrap_or_default();
            let Some((index, ends)) = self.value.index(meter, searched)? else {
                return Ok(false);
            };
            let start = from + index;
            if self.sides_match(meter, text, start, &ends)? {
                return Ok(true);
            }
            from = start + first_rune(text.get(start..).unwrap_or_default()).1;
        }
        Ok(false)
    }

    /// Whether what is before a place matches, and what is after one of the ends that the middle part may have.
    fn sides_match(
        &self,
        meter: &Meter,
        text: &[u8],
        start: usize,
        ends: &[usize],
    ) -> Result<bool, BuiltinError> {
        if !side_matches(
            meter,
            self.left.as_ref(),
            text.get(..start).unwrap_or_default(),
        )? {
            return Ok(false);
        }
        for end in ends.iter().rev() {
            let after = text.get(start + end..).unwrap_or_default();
            if side_matches(meter, self.right.as_ref(), after)? {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

fn side_matches(meter: &Meter, side: Option<&Matcher>, text: &[u8]) -> Result<bool, BuiltinError> {
    match side {
        Some(matcher) => matcher.matches(meter, text),
        None => Ok(text.is_empty()),
    }
}

/// Whether a text of at most one character passes; the empty text reads as U+FFFD, as in Go.
fn single(text: &[u8], passes: impl Fn(char) -> bool) -> bool {
    let (character, width) = first_rune(text);
    text.len() <= width && passes(character)
}

/// The first character and its width; U+FFFD for what is not UTF-8, and for nothing.
pub(super) fn first_rune(text: &[u8]) -> (char, usize) {
    match text.first() {
        None => (char::REPLACEMENT_CHARACTER, 0),
        Some(byte) if byte.is_ascii() => (char::from(*byte), 1),
        Some(_) => (2..=4)
            .find_map(|width| decode(text, width))
            .unwrap_or((char::REPLACEMENT_CHARACTER, 1)),
    }
}

fn decode(text: &[u8], width: usize) -> Option<(char, usize)> {
    let character = std::str::from_utf8(text.get(..width)?)
        .ok()?
        .chars()
        .next()?;
    Some((character, width))
}

/// The characters with where they begin.
pub(super) fn runes(text: &[u8]) -> impl Iterator<Item = (usize, char)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let (character, width) = first_rune(text.get(at..)?);
        let start = at;
        at += width;
        (width > 0).then_some((start, character))
    })
}

/// Where a text is found.
pub(super) fn find(text: &[u8], needle: &[u8]) -> Option<usize> {
    if needle.is_empty() {
        return Some(0);
    }
    text.windows(needle.len())
        .position(|window| window == needle)
}

/// Where a text is found last.
pub(super) fn find_last(text: &[u8], needle: &[u8]) -> Option<usize> {
    if needle.is_empty() {
        return Some(text.len());
    }
    text.windows(needle.len())
        .rposition(|window| window == needle)
}

/// Where the first of these characters that occurs at all is found.
pub(super) fn index_any(text: &[u8], characters: &[char]) -> Option<usize> {
    characters
        .iter()
        .find_map(|character| find(text, character.encode_utf8(&mut [0; 4]).as_bytes()))
}

/// Where the first of these characters that occurs at all is found last.
pub(super) fn last_index_any(text: &[u8], characters: &[char]) -> Option<usize> {
    characters
        .iter()
        .find_map(|character| find_last(text, character.encode_utf8(&mut [0; 4]).as_bytes()))
}
