//! Elements, parts and lengths. Of strings, and so of numbers, these are bytes.

use std::borrow::Cow;

use super::{Failure, Outcome, failed};
use crate::builtins::Meter;
use crate::builtins::golang::lossy;
use crate::builtins::operand::size;
use crate::builtins::sprintf::Item;
use crate::builtins::template::datum::Datum;
use crate::value::Value;

/// What has elements.
enum Sequence<'v> {
    Text(Cow<'v, str>),
    List(&'v [Value]),
}

impl Sequence<'_> {
    fn len(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::List(items) => items.len(),
        }
    }
}

fn sequence(item: &Item) -> Option<Sequence<'_>> {
    match item {
        Item::Data(Value::String(text)) => Some(Sequence::Text(Cow::Borrowed(text.as_str()))),
        Item::Data(Value::Number(number)) => Some(Sequence::Text(Cow::Owned(number.to_string()))),
        Item::Data(Value::Array(items)) => Some(Sequence::List(items.as_slice())),
        _ => None,
    }
}

/// How many elements there are.
pub(super) fn length(value: &Datum) -> Outcome {
    let Some(item) = value.item() else {
        return match value {
            Datum::Missing => failed("reflect: call of reflect.Value.Type on zero Value"),
            _ => failed("len of nil pointer"),
        };
    };
    let length = match (sequence(item), item) {
        (Some(sequence), _) => sequence.len(),
        (None, Item::Data(Value::Object(object))) => object.len(),
        _ => return failed(format!("len of type {}", item.type_name())),
    };
    Ok(Datum::Plain(Item::Int(
        i64::try_from(length).unwrap_or(i64::MAX),
    )))
}

/// What the first value holds at the second one, what that holds at the third one, and so on.
pub(super) fn index(values: Vec<Datum>) -> Outcome {
    let mut values = values.into_iter();
    let first = values.next().unwrap_or(Datum::Missing).unboxed();
    if matches!(first, Datum::Missing) {
        return failed("index of untyped nil");
    }
    values.try_fold(first, |value, index| {
        let Some(item) = value.item() else {
            return failed("index of nil pointer");
        };
        match (sequence(item), item) {
            (Some(sequence), _) => element(&sequence, &index),
            (None, Item::Data(Value::Object(object))) => {
                let found = object.get_str(key(&index)?);
                Ok(Datum::element(found.unwrap_or(&Value::Null)))
            }
            _ => failed(format!("can't index item of type {}", item.type_name())),
        }
    })
}

fn element(sequence: &Sequence<'_>, index: &Datum) -> Outcome {
    let index = bounded(index, sequence.len())?;
    match sequence {
        Sequence::Text(text) => match text.as_bytes().get(index) {
            Some(byte) => Ok(Datum::Plain(Item::Byte(*byte))),
            None => failed("reflect: string index out of range"),
        },
        Sequence::List(items) => match items.get(index) {
            Some(item) => Ok(Datum::element(item)),
            None => failed("reflect: slice index out of range"),
        },
    }
}

/// A key of a map.
fn key(index: &Datum) -> Result<&str, Failure> {
    match index.item() {
        Some(Item::Data(Value::String(text))) => Ok(text.as_str()),
        Some(other) => failed(format!(
            "value has type {}; should be string",
            other.type_name()
        )),
        None => failed("value is nil; should be of type string"),
    }
}

/// An index that is at most a limit.
fn bounded(index: &Datum, limit: usize) -> Result<usize, Failure> {
    let value = match index.item() {
        Some(Item::Int(value) | Item::Int64(value)) => *value,
        Some(Item::Byte(value)) => i64::from(*value),
        Some(other) => {
            let kind = other.type_name();
            return failed(format!("cannot index slice/array with type {kind}"));
        }
        None => return failed("cannot index slice/array with nil"),
    };
    match usize::try_from(value) {
        Ok(index) if index <= limit => Ok(index),
        _ => failed(format!("index out of range: {value}")),
    }
}

/// The part of the first value between two indexes; a third one would limit what could be appended to it.
pub(super) fn slice(meter: &Meter, values: &[Datum]) -> Outcome {
    let (item, indexes) = match values {
        [first, indexes @ ..] => (first.item(), indexes),
        [] => (None, values),
    };
    let Some(item) = item else {
        return failed("slice of untyped nil");
    };
    if indexes.len() > 3 {
        return failed(format!("too many slice indexes: {}", indexes.len()));
    }
    let Some(sequence) = sequence(item) else {
        return failed(format!("can't slice item of type {}", item.type_name()));
    };
    if indexes.len() == 3 && matches!(sequence, Sequence::Text(_)) {
        return failed("cannot 3-index slice a string");
    }
    let limit = sequence.len();
    let bounds: Result<Vec<_>, _> = indexes.iter().map(|index| bounded(index, limit)).collect();
    let bounds = bounds?;
    let start = bounds.first().copied().unwrap_or(0);
    let end = bounds.get(1).copied().unwrap_or(limit);
    let capacity = bounds.get(2).copied().unwrap_or(limit);
    if start > end {
        return failed(format!("invalid slice index: {start} > {end}"));
    }
    if end > capacity {
        return failed(format!("invalid slice index: {end} > {capacity}"));
    }
    part(meter, &sequence, start, end)
}

fn part(meter: &Meter, sequence: &Sequence<'_>, start: usize, end: usize) -> Outcome {
    match sequence {
        Sequence::Text(text) => {
            let bytes = text.as_bytes().get(start..end).unwrap_or_default();
            meter.alloc(size(bytes.len()).saturating_mul(3))?;
            Ok(Datum::text(lossy(bytes)))
        }
        Sequence::List(items) => {
            let items = items.get(start..end).unwrap_or_default();
            meter.alloc(size(items.len()).saturating_mul(size(size_of::<Value>())))?;
            Ok(Datum::Plain(Item::Data(Value::from(items.to_vec()))))
        }
    }
}
