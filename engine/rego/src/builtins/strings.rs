//! Text: searching, cutting, joining and replacing, as Go's `strings` package does it for OPA.
//!
//! Offsets and lengths count characters.

pub(super) mod case;
mod matching;
mod replace;
#[cfg(test)]
mod tests;

use super::golang::builtin;
use super::operand::{self, Answer, element_error, fail, integer, size, string};
use super::{Builtin, BuiltinError, Call, Type};
use crate::value::Value;

const TEXT: &[Type] = &[Type::String];
const TEXTS: &[Type] = &[Type::String, Type::String];
const LIST: Type = Type::Array(&Type::String);
const LIST_OR_SET: Type = Type::OneOf(&[LIST, Type::Set(&Type::String)]);
const TEXT_OR_TEXTS: Type = Type::OneOf(&[Type::String, LIST, Type::Set(&Type::String)]);

/// The builtins of this category.
pub(super) const BUILTINS: &[Builtin] = &[
    builtin("concat", &[Type::String, LIST_OR_SET], Type::String, concat),
    builtin("contains", TEXTS, Type::Boolean, contains),
    builtin("startswith", TEXTS, Type::Boolean, startswith),
    builtin("endswith", TEXTS, Type::Boolean, endswith),
    builtin("indexof", TEXTS, Type::Number, indexof),
    builtin("indexof_n", TEXTS, Type::Array(&Type::Number), indexof_n),
    builtin("lower", TEXT, Type::String, lower),
    builtin("upper", TEXT, Type::String, upper),
    builtin(
        "replace",
        &[Type::String, Type::String, Type::String],
        Type::String,
        replace::replace,
    ),
    builtin("split", TEXTS, LIST, split),
    builtin(
        "substring",
        &[Type::String, Type::Number, Type::Number],
        Type::String,
        substring,
    ),
    builtin("trim", TEXTS, Type::String, trim),
    builtin("trim_left", TEXTS, Type::String, trim_left),
    builtin("trim_prefix", TEXTS, Type::String, trim_prefix),
    builtin("trim_right", TEXTS, Type::String, trim_right),
    builtin("trim_space", TEXT, Type::String, trim_space),
    builtin("trim_suffix", TEXTS, Type::String, trim_suffix),
    builtin(
        "strings.any_prefix_match",
        &[TEXT_OR_TEXTS, TEXT_OR_TEXTS],
        Type::Boolean,
        matching::any_prefix_match,
    ),
    builtin(
        "strings.any_suffix_match",
        &[TEXT_OR_TEXTS, TEXT_OR_TEXTS],
        Type::Boolean,
        matching::any_suffix_match,
    ),
    builtin("strings.count", TEXTS, Type::Number, count),
    builtin(
        "strings.replace_n",
        &[Type::Object, Type::String],
        Type::String,
        replace::replace_n,
    ),
    builtin("strings.reverse", TEXT, Type::String, reverse),
    builtin(
        "strings.split_n",
        &[Type::String, Type::String, Type::Number],
        LIST,
        split_n,
    ),
];

/// Charges for reading a text.
fn read(call: &Call<'_>, text: &str) -> Result<(), BuiltinError> {
    call.meter.step(size(text.len()) / 16)
}

/// Charges for making a text of so many bytes.
fn make(call: &Call<'_>, length: usize) -> Result<(), BuiltinError> {
    call.meter.alloc(size(length))?;
    call.meter.step(size(length) / 16)
}

/// The texts of a collection with a delimiter between them.
fn concat(call: &mut Call<'_>, args: &[Value]) -> Answer {
    let delimiter = string(call, args, 1)?;
    let items = operand::set_or_array(call, args, 2)?;
    call.meter.step(size(items.len()))?;
    let mut length = delimiter
        .len()
        .saturating_mul(items.len().saturating_sub(1));
    let mut parts = Vec::with_capacity(items.len());
    for item in items {
        let Some(part) = item.as_str() else {
            let operand = operand::any(call, args, 2)?;
            return Err(element_error(call, 2, operand, item, &["string"]));
        };
        length = length.saturating_add(part.len());
        parts.push(part);
    }
    make(call, length)?;
    Ok(Some(Value::from(parts.join(delimiter))))
}

fn contains(call: &mut Call<'_>, args: &[Value]) -> Answer {
    relation(call, args, |text, part| text.contains(part))
}

fn startswith(call: &mut Call<'_>, args: &[Value]) -> Answer {
    relation(call, args, |text, part| text.starts_with(part))
}

fn endswith(call: &mut Call<'_>, args: &[Value]) -> Answer {
    relation(call, args, |text, part| text.ends_with(part))
}

fn relation(call: &Call<'_>, args: &[Value], holds: fn(&str, &str) -> bool) -> Answer {
    let text = string(call, args, 1)?;
    let part = string(call, args, 2)?;
    read(call, text)?;
    Ok(Some(Value::from(holds(text, part))))
}

/// A text, and one to look for in it.
fn haystack<'v>(call: &Call<'_>, args: &'v [Value]) -> Result<(&'v str, &'v str), BuiltinError> {
    let text = string(call, args, 1)?;
    let part = string(call, args, 2)?;
    if part.is_empty() {
        return Err(fail(call, "empty search character"));
    }
    read(call, text)?;
    Ok((text, part))
}

/// Where a text is first found in another one, or minus one.
fn indexof(call: &mut Call<'_>, args: &[Value]) -> Answer {
    let (text, part) = haystack(call, args)?;
    let before = text
        .split_once(part)
        .map(|(before, _)| before.chars().count());
    let index = before
        .and_then(|count| i64::try_from(count).ok())
        .unwrap_or(-1);
    Ok(Some(Value::from(index)))
}

/// Everywhere that a text is found in another one; findings may overlap.
fn indexof_n(call: &mut Call<'_>, args: &[Value]) -> Answer {
    let (text, part) = haystack(call, args)?;
    call.meter
        .step(size(text.len()).saturating_mul(size(part.len()) / 16 + 1))?;
    let mut found = Vec::new();
    for (index, (at, _)) in (0_i64..).zip(text.char_indices()) {
        if text.get(at..).is_some_and(|rest| rest.starts_with(part)) {
            call.meter.alloc(size(size_of::<Value>()))?;
            found.push(Value::from(index));
        }
    }
    Ok(Some(Value::from(found)))
}

fn lower(call: &mut Call<'_>, args: &[Value]) -> Answer {
    let text = string(call, args, 1)?;
    make(call, text.len())?;
    Ok(Some(Value::from(case::lower(text))))
}

fn upper(call: &mut Call<'_>, args: &[Value]) -> Answer {
    let text = string(call, args, 1)?;
    make(call, text.len())?;
    Ok(Some(Value::from(case::upper(text))))
}

fn split(call: &mut Call<'_>, args: &[Value]) -> Answer {
    let text = string(call, args, 1)?;
    let delimiter = string(call, args, 2)?;
    list(call, &parts(call, text, delimiter)?).map(Some)
}

/// At most so many parts: the first ones, or the last ones if the number is negative.
fn split_n(call: &mut Call<'_>, args: &[Value]) -> Answer {
    let text = string(call, args, 1)?;
    let delimiter = string(call, args, 2)?;
    let wanted = integer(call, args, 3)?;
    let parts = parts(call, text, delimiter)?;
    let count = usize::try_from(wanted.unsigned_abs())
        .unwrap_or(usize::MAX)
        .min(parts.len());
    let kept = if wanted < 0 {
        parts.get(parts.len().saturating_sub(count)..)
    } else {
        parts.get(..count)
    };
    list(call, kept.unwrap_or_default()).map(Some)
}

/// The parts between delimiters; without delimiter every character is one.
fn parts<'t>(
    call: &Call<'_>,
    text: &'t str,
    delimiter: &str,
) -> Result<Vec<&'t str>, BuiltinError> {
    let count = if delimiter.is_empty() {
        text.len()
    } else {
        text.matches(delimiter).count()
    };
    call.meter
        .step(size(count).saturating_add(size(text.len()) / 16))?;
    call.meter
        .alloc(size(count).saturating_mul(size(size_of::<&str>())))?;
    if delimiter.is_empty() {
        // Between every two characters, and before the first and after the last one.
        Ok(text.split("").filter(|part| !part.is_empty()).collect())
    } else {
        Ok(text.split(delimiter).collect())
    }
}

/// An array of texts.
fn list(call: &Call<'_>, parts: &[&str]) -> Result<Value, BuiltinError> {
    let bytes: usize = parts.iter().map(|part| part.len()).sum();
    make(call, bytes)?;
    // Every text has a header beside its bytes.
    call.meter
        .alloc(size(parts.len()).saturating_mul(size(size_of::<Value>() + 16)))?;
    Ok(Value::from(
        parts
            .iter()
            .map(|part| Value::string(part))
            .collect::<Vec<_>>(),
    ))
}

/// The part from an offset on, with a length unless that is negative.
fn substring(call: &mut Call<'_>, args: &[Value]) -> Answer {
    let text = string(call, args, 1)?;
    let offset = integer(call, args, 2)?;
    let length = integer(call, args, 3)?;
    let Ok(offset) = usize::try_from(offset) else {
        return Err(fail(call, "negative offset"));
    };
    make(call, text.len())?;
    let rest = after(text, offset);
    let part = match usize::try_from(length) {
        Ok(length) => rest.strip_suffix(after(rest, length)).unwrap_or(rest),
        Err(_) => rest,
    };
    Ok(Some(Value::string(part)))
}

/// What follows so many characters.
fn after(text: &str, count: usize) -> &str {
    let start = text
        .char_indices()
        .nth(count)
        .map_or(text.len(), |(at, _)| at);
    text.get(start..).unwrap_or_default()
}

fn trim(call: &mut Call<'_>, args: &[Value]) -> Answer {
    cut(call, args, |text, set| {
        text.trim_matches(|character: char| set.contains(character))
    })
}

fn trim_left(call: &mut Call<'_>, args: &[Value]) -> Answer {
    cut(call, args, |text, set| {
        text.trim_start_matches(|character: char| set.contains(character))
    })
}

fn trim_right(call: &mut Call<'_>, args: &[Value]) -> Answer {
    cut(call, args, |text, set| {
        text.trim_end_matches(|character: char| set.contains(character))
    })
}

fn trim_prefix(call: &mut Call<'_>, args: &[Value]) -> Answer {
    cut(call, args, |text, prefix| {
        text.strip_prefix(prefix).unwrap_or(text)
    })
}

fn trim_suffix(call: &mut Call<'_>, args: &[Value]) -> Answer {
    cut(call, args, |text, suffix| {
        text.strip_suffix(suffix).unwrap_or(text)
    })
}

fn trim_space(call: &mut Call<'_>, args: &[Value]) -> Answer {
    let text = string(call, args, 1)?;
    make(call, text.len())?;
    Ok(Some(Value::string(text.trim())))
}

/// What is left of a text when something has been cut off.
fn cut(call: &Call<'_>, args: &[Value], rest: for<'t> fn(&'t str, &str) -> &'t str) -> Answer {
    let text = string(call, args, 1)?;
    let off = string(call, args, 2)?;
    call.meter
        .step((size(text.len()) / 16).saturating_mul(size(off.len()) / 16 + 1))?;
    make(call, text.len())?;
    Ok(Some(Value::string(rest(text, off))))
}

/// How often a text is found in another one, without overlap. The empty one is around every character.
fn count(call: &mut Call<'_>, args: &[Value]) -> Answer {
    let text = string(call, args, 1)?;
    let part = string(call, args, 2)?;
    read(call, text)?;
    let count = text.matches(part).count();
    Ok(Some(Value::from(i64::try_from(count).unwrap_or(i64::MAX))))
}

fn reverse(call: &mut Call<'_>, args: &[Value]) -> Answer {
    let text = string(call, args, 1)?;
    make(call, text.len())?;
    Ok(Some(Value::from(text.chars().rev().collect::<String>())))
}
