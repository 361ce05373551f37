//! Where parts of globs are found in a text, and where they may end there.

use super::matcher::{
    Matcher, find, find_last, first_rune, index_any, last_index_any, row_matches, runes,
};
use crate::builtins::golang::units;
use crate::builtins::{BuiltinError, Meter};

/// Where a part is first found, and how many bytes it may take there, in growing order.
type Place = Option<(usize, Vec<usize>)>;

impl Matcher {
    /// Where this is found first.
    pub(super) fn index(&self, meter: &Meter, text: &[u8]) -> Result<Place, BuiltinError> {
        meter.step(units(text.len()) / 4 + 1)?;
        Ok(match self {
            Self::AnyOf(matchers) => return any_of(meter, matchers, text),
            Self::EveryOf(matchers) => return every_of(meter, matchers, text),
            Self::Row { matchers, length } => return row(meter, matchers, *length, text),
            Self::Any(separators) => any(text, separators),
            Self::Contains { needle, negated } => contains(text, needle.as_bytes(), *negated),
            Self::List { members, negated } => {
                one(text, |character| members.contains(&character) != *negated)
            }
            Self::Range { low, high, negated } => one(text, |character| {
                (*low..=*high).contains(&character) != *negated
            }),
            Self::Single(separators) => one(text, |character| !separators.contains(&character)),
            Self::Max(limit) => Some((0, max(text, *limit))),
            Self::Min(limit) => min(text, *limit),
            Self::Nothing => Some((0, vec![0])),
            Self::Prefix(prefix) => prefix_any(text, prefix.as_bytes(), &[]),
            Self::PrefixAny(prefix, separators) => prefix_any(text, prefix.as_bytes(), separators),
            Self::PrefixSuffix(prefix, suffix) => {
                prefix_suffix(text, prefix.as_bytes(), suffix.as_bytes())
            }
            Self::Suffix(suffix) => {
                find(text, suffix.as_bytes()).map(|at| (0, vec![at + suffix.len()]))
            }
            Self::SuffixAny(suffix, separators) => suffix_any(text, suffix.as_bytes(), separators),
            Self::Super => Some((0, starts(text, 0))),
            Self::Text(own) => find(text, own.as_bytes()).map(|at| (at, vec![own.len()])),
            Self::Tree(_) => None,
        })
    }
}

/// Where characters begin, and the end, all moved by an offset.
fn starts(text: &[u8], offset: usize) -> Vec<usize> {
    runes(text)
        .map(|(start, _)| offset + start)
        .chain([offset + text.len()])
        .collect()
}

/// Where characters end, moved by an offset, after the offset itself.
fn ends(text: &[u8], offset: usize) -> Vec<usize> {
    let ends = runes(text).map(|(start, character)| offset + start + character.len_utf8());
    std::iter::once(offset).chain(ends).collect()
}

fn before(text: &[u8], end: Option<usize>) -> &[u8] {
    end.and_then(|end| text.get(..end)).unwrap_or(text)
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "the shape of every step of a glob"
)]
fn any(text: &[u8], separators: &[char]) -> Place {
    match index_any(text, separators) {
        Some(0) => Some((0, vec![0])),
        end => Some((0, starts(before(text, end), 0))),
    }
}

fn contains(text: &[u8], needle: &[u8], negated: bool) -> Place {
    let found = find(text, needle);
    if negated {
        return Some((0, starts(before(text, found), 0)));
    }
    let offset = found? + needle.len();
    Some((0, starts(text.get(offset..).unwrap_or_default(), offset)))
}

fn one(text: &[u8], passes: impl Fn(char) -> bool) -> Place {
    runes(text)
        .find(|(_, character)| passes(*character))
        .map(|(start, character)| (start, vec![character.len_utf8()]))
}

fn max(text: &[u8], limit: usize) -> Vec<usize> {
    let ends = runes(text)
        .take(limit)
        .map(|(start, character)| start + character.len_utf8());
    std::iter::once(0).chain(ends).collect()
}

fn min(text: &[u8], limit: usize) -> Place {
    if text.len() < limit {
        return None;
    }
    let ends = runes(text)
        .enumerate()
        .filter(|(count, _)| count + 1 >= limit);
    let ends: Vec<usize> = ends
        .map(|(_, (start, character))| start + character.len_utf8())
        .collect();
    (!ends.is_empty()).then_some((0, ends))
}

fn prefix_any(text: &[u8], prefix: &[u8], separators: &[char]) -> Place {
    let at = find(text, prefix)?;
    let rest = text.get(at + prefix.len()..).unwrap_or_default();
    Some((
        at,
        ends(before(rest, index_any(rest, separators)), prefix.len()),
    ))
}

fn prefix_suffix(text: &[u8], prefix: &[u8], suffix: &[u8]) -> Place {
    let at = find(text, prefix)?;
    let mut rest = text.get(at..).unwrap_or_default();
    if suffix.is_empty() {
        return Some((at, vec![rest.len()]));
    }
    let mut lengths = Vec::new();
    while let Some(found) = find_last(rest, suffix) {
        lengths.push(found + suffix.len());
        rest = rest.get(..found).unwrap_or_default();
    }
    lengths.reverse();
    (!lengths.is_empty()).then_some((at, lengths))
}

fn suffix_any(text: &[u8], suffix: &[u8], separators: &[char]) -> Place {
    let at = find(text, suffix)?;
    let from = last_index_any(text.get(..at).unwrap_or_default(), separators)
        .map_or(0, |separator| separator + 1);
    Some((from, vec![at + suffix.len() - from]))
}

fn row(
    meter: &Meter,
    matchers: &[Matcher],
    length: usize,
    text: &[u8],
) -> Result<Place, BuiltinError> {
    let mut at = 0;
    while at < text.len() {
        let rest = text.get(at..).unwrap_or_default();
        if rest.len() < length {
            break;
        }
        meter.step(units(matchers.len()))?;
        if row_matches(meter, matchers, rest)? {
            return Ok(Some((at, vec![length])));
        }
        at += first_rune(rest).1;
    }
    Ok(None)
}

/// The earliest place of any alternative, with the ends of all that are found there.
fn any_of(meter: &Meter, matchers: &[Matcher], text: &[u8]) -> Result<Place, BuiltinError> {
    let mut best: Place = None;
    for matcher in matchers {
        let Some((at, ends)) = matcher.index(meter, text)? else {
            continue;
        };
        match &mut best {
            Some((known, _)) if *known < at => {}
            Some((known, merged)) if *known == at => {
                merged.extend(ends);
                merged.sort_unstable();
                merged.dedup();
            }
            other => *other = Some((at, ends)),
        }
    }
    Ok(best)
}

/// The place that all parts share.
fn every_of(meter: &Meter, matchers: &[Matcher], text: &[u8]) -> Result<Place, BuiltinError> {
    let mut index = 0;
    let mut offset = 0;
    let mut current: Option<Vec<usize>> = None;
    for matcher in matchers {
        let rest = text.get(index..).unwrap_or_default();
        let Some((at, ends)) = matcher.index(meter, rest)? else {
            return Ok(None);
        };
        let shared = match current.take() {
            None => ends,
            Some(known) => {
                meter.step(units(known.len()).saturating_mul(units(ends.len())))?;
                let meets =
                    |length: usize| ends.iter().any(|end| length + index == end + at + offset);
                known.into_iter().filter(|length| meets(*length)).collect()
            }
        };
        if shared.is_empty() {
            return Ok(None);
        }
        current = Some(shared);
        index = at + offset;
        offset += at;
    }
    Ok(Some((index, current.unwrap_or_default())))
}
