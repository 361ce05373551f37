//! The order in which `go-yaml` writes the keys of a mapping.

use std::cmp::Ordering;

use crate::builtins::golang::units;
use crate::builtins::{BuiltinError, Meter};
use crate::value::{Object, Value};

/// The entries in the order that `go-yaml` gives them. Its order has no transitivity to rely on, so they are merged
/// here rather than handed to a sort that does.
pub(super) fn sorted<'v>(
    meter: &Meter,
    object: &'v Object,
) -> Result<Vec<(&'v str, &'v Value)>, BuiltinError> {
    let entries = object
        .iter()
        .map(|(key, value)| (key.as_str().unwrap_or_default(), value));
    let mut runs: Vec<Vec<(&str, &Value)>> = entries.map(|entry| vec![entry]).collect();
    while runs.len() > 1 {
        meter.step(units(object.len()))?;
        let mut merged = Vec::with_capacity(runs.len().div_ceil(2));
        let mut pending = runs.into_iter();
        while let Some(left) = pending.next() {
            merged.push(merge(left, pending.next().unwrap_or_default()));
        }
        runs = merged;
    }
    Ok(runs.pop().unwrap_or_default())
}

fn merge<'v>(
    left: Vec<(&'v str, &'v Value)>,
    right: Vec<(&'v str, &'v Value)>,
) -> Vec<(&'v str, &'v Value)> {
    let mut merged = Vec::with_capacity(left.len() + right.len());
    let mut left = left.into_iter().peekable();
    let mut right = right.into_iter().peekable();
    while let (Some(first), Some(second)) = (left.peek(), right.peek()) {
        let next = if natural(second.0, first.0) == Ordering::Less {
            right.next()
        } else {
            left.next()
        };
        merged.extend(next);
    }
    merged.extend(left);
    merged.extend(right);
    merged
}

/// Letters after everything else, numbers inside of texts by their value.
fn natural(left: &str, right: &str) -> Ordering {
    let left: Vec<char> = left.chars().collect();
    let right: Vec<char> = right.chars().collect();
    let Some(at) = left.iter().zip(&right).position(|(a, b)| a != b) else {
        return left.len().cmp(&right.len());
    };
    let (Some(a), Some(b)) = (left.get(at), right.get(at)) else {
        return Ordering::Equal;
    };
    match (a.is_alphabetic(), b.is_alphabetic()) {
        (true, true) => a.cmp(b),
        (true, false) => Ordering::Greater,
        (false, true) => Ordering::Less,
        (false, false) => by_number(&left, &right, at),
    }
}

/// The order of texts that differ first at a place where neither has a letter.
fn by_number(left: &[char], right: &[char], at: usize) -> Ordering {
    let (a, b) = (left.get(at), right.get(at));
    let zero = a == Some(&'0') || b == Some(&'0');
    let before = left.get(..at).unwrap_or_default().iter().rev();
    let inside_number = before
        .take_while(|digit| digit.is_ascii_digit())
        .any(|digit| *digit != '0');
    let start = i64::from(zero && inside_number);
    let (left_value, left_end) = run_of_digits(left, at, start);
    let (right_value, right_end) = run_of_digits(right, at, start);
    left_value
        .cmp(&right_value)
        .then(left_end.cmp(&right_end))
        .then(a.cmp(&b))
}

fn run_of_digits(text: &[char], at: usize, start: i64) -> (i64, usize) {
    let digits = text
        .get(at..)
        .unwrap_or_default()
        .iter()
        .map_while(|digit| digit.to_digit(10));
    digits.fold((start, at), |(value, end), digit| {
        (
            value.wrapping_mul(10).wrapping_add(i64::from(digit)),
            end + 1,
        )
    })
}
