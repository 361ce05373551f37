//! Semantic versions, read as leniently as OPA does.

#[cfg(test)]
mod tests;

use std::cmp::Ordering;

use super::golang::{builtin, failed, quote, units};
use super::operand::string;
use super::{Builtin, BuiltinError, Call, Type};
use crate::value::Value;

pub(super) const BUILTINS: &[Builtin] = &[
    builtin(
        "semver.compare",
        &[Type::String, Type::String],
        Type::Number,
        compare,
    ),
    builtin("semver.is_valid", &[Type::Any], Type::Boolean, is_valid),
];

fn compare(call: &mut Call<'_>, args: &[Value]) -> Result<Option<Value>, BuiltinError> {
    let first = string(call, args, 1)?;
    let second = string(call, args, 2)?;
    call.meter.step(units(first.len() + second.len()) / 8 + 1)?;
    let order = version(call, 1, first)?.compare(&version(call, 2, second)?);
    Ok(Some(Value::from(match order {
        Ordering::Less => -1_i64,
        Ordering::Equal => 0,
        Ordering::Greater => 1,
    })))
}

fn version<'v>(
    call: &Call<'_>,
    position: usize,
    text: &'v str,
) -> Result<Version<'v>, BuiltinError> {
    let message = || {
        failed(
            call,
            format!(
                "operand {position}: string {} is not a valid SemVer",
                quote(text)
            ),
        )
    };
    Version::parse(text).ok_or_else(message)
}

fn is_valid(call: &mut Call<'_>, args: &[Value]) -> Result<Option<Value>, BuiltinError> {
    let text = args.first().and_then(Value::as_str).unwrap_or_default();
    call.meter.step(units(text.len()) / 8 + 1)?;
    Ok(Some(Value::Bool(Version::parse(text).is_some())))
}

#[derive(Debug, PartialEq, Eq)]
struct Version<'v> {
    numbers: [i64; 3],
    pre_release: &'v str,
}

impl<'v> Version<'v> {
    /// Reads a version, with or without a `v` before it.
    fn parse(text: &'v str) -> Option<Self> {
        let text = text.strip_prefix('v').unwrap_or(text);
        let (text, metadata) = text.split_once('+').unwrap_or((text, ""));
        let (text, pre_release) = text.split_once('-').unwrap_or((text, ""));
        if !is_identifiers(metadata) || !is_identifiers(pre_release) {
            return None;
        }
        let mut parts = text.split('.');
        let numbers = [
            number(parts.next()?)?,
            number(parts.next()?)?,
            number(parts.next()?)?,
        ];
        parts.next().is_none().then_some(Self {
            numbers,
            pre_release,
        })
    }

    fn compare(&self, other: &Self) -> Ordering {
        self.numbers
            .cmp(&other.numbers)
            .then_with(|| compare_pre_releases(self.pre_release, other.pre_release))
    }
}

/// Go's `strconv.ParseInt`, which takes a sign and leading zeros.
fn number(text: &str) -> Option<i64> {
    text.parse().ok()
}

/// Nothing, or letters, digits and hyphens with single dots between them.
fn is_identifiers(text: &str) -> bool {
    let identifier = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|byte| byte == b'-' || byte.is_ascii_alphanumeric())
    };
    text.is_empty() || text.split('.').all(identifier)
}

/// A version without pre-release comes after those with one; else the first identifiers that differ decide.
fn compare_pre_releases(first: &str, second: &str) -> Ordering {
    match (first.is_empty(), second.is_empty()) {
        (true, true) => return Ordering::Equal,
        (true, false) => return Ordering::Greater,
        (false, true) => return Ordering::Less,
        (false, false) => {}
    }
    let mut first = first.split('.');
    let mut second = second.split('.');
    loop {
        let order = match (first.next(), second.next()) {
            (None, None) => return Ordering::Equal,
            (Some(_), None) => Ordering::Greater,
            (None, Some(_)) => Ordering::Less,
            (Some(first), Some(second)) => compare_identifiers(first, second),
        };
        if order != Ordering::Equal {
            return order;
        }
    }
}

/// Numbers come before texts. Numbers that do not fit are as large as can be, as in Go.
fn compare_identifiers(first: &str, second: &str) -> Ordering {
    let numeric = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    match (numeric(first), numeric(second)) {
        (true, true) => identifier_number(first).cmp(&identifier_number(second)),
        (true, false) => Ordering::Less,
        (false, true) => Ordering::Greater,
        (false, false) => first.cmp(second),
    }
}

fn identifier_number(text: &str) -> i64 {
    text.parse().unwrap_or(i64::MAX)
}
