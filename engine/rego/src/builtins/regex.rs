//! Regular expressions: Go's syntax and Go's answers, matched in linear time.

mod expand;
mod intersect;
#[cfg(test)]
mod tests;
mod translate;

use std::sync::Arc;

use ::regex::{Regex, RegexBuilder};

use super::golang::{self, builtin, deprecated, failed, tail, units};
use super::operand::{integer, string};
use super::{Builtin, BuiltinError, Call, Meter, Type};
use crate::value::Value;

pub(super) const BUILTINS: &[Builtin] = &[
    builtin(
        "regex.match",
        &[Type::String, Type::String],
        Type::Boolean,
        is_match,
    ),
    builtin("regex.is_valid", &[Type::String], Type::Boolean, is_valid),
    builtin(
        "regex.find_n",
        &[Type::String, Type::String, Type::Number],
        Type::Array(&Type::String),
        find_n,
    ),
    builtin(
        "regex.find_all_string_submatch_n",
        &[Type::String, Type::String, Type::Number],
        Type::Array(&Type::Array(&Type::String)),
        find_all_submatches,
    ),
    builtin(
        "regex.replace",
        &[Type::String, Type::String, Type::String],
        Type::String,
        replace,
    ),
    builtin(
        "regex.split",
        &[Type::String, Type::String],
        Type::Array(&Type::String),
        split,
    ),
    builtin(
        "regex.template_match",
        &[Type::String, Type::String, Type::String, Type::String],
        Type::Boolean,
        template_match,
    ),
    builtin(
        "regex.globs_match",
        &[Type::String, Type::String],
        Type::Boolean,
        globs_match,
    ),
    deprecated(
        "re_match",
        &[Type::String, Type::String],
        Type::Boolean,
        is_match,
    ),
];

/// The most memory that one compiled pattern may take, in bytes.
const SIZE_LIMIT: usize = 10 * 1024 * 1024;

/// A compiled pattern and about how many bytes it takes.
#[derive(Debug)]
pub(super) struct Compiled {
    pub(super) regex: Regex,
    pub(super) weight: u64,
}

/// Compiles a pattern in Go's syntax; the error is in Go's words.
pub(super) fn compile(pattern: &str) -> Result<Compiled, String> {
    let translation = translate::translate(pattern)?;
    let regex = RegexBuilder::new(&translation.pattern)
        .size_limit(SIZE_LIMIT)
        .build()
        .map_err(|error| beyond_limits(&error, pattern))?;
    let weight = translation.weight.saturating_mul(64).min(units(SIZE_LIMIT));
    Ok(Compiled { regex, weight })
}

/// Whether Go would read a pattern.
pub(super) fn is_pattern(pattern: &str) -> bool {
    translate::translate(pattern).is_ok()
}

fn beyond_limits(error: &::regex::Error, pattern: &str) -> String {
    let problem = match error {
        ::regex::Error::CompiledTooBig(_) => "expression too large",
        _ => "expression nests too deeply",
    };
    format!("error parsing regexp: {problem}: `{pattern}`")
}

/// The compiled pattern, with the search of a text charged for.
fn compiled(call: &mut Call<'_>, pattern: &str, text: &str) -> Result<Arc<Regex>, BuiltinError> {
    charge_search(call.meter, pattern, text)?;
    call.cache.regex(pattern).map_err(|error| match error {
        BuiltinError::Failed(text) => failed(call, &text),
        other => other,
    })
}

/// A search visits every byte of the text; a long pattern makes each visit dearer.
fn charge_search(meter: &Meter, pattern: &str, text: &str) -> Result<(), BuiltinError> {
    let dearer = units(pattern.len()) / 64 + 1;
    meter.step(
        (units(text.len()) / 8)
            .saturating_mul(dearer)
            .saturating_add(units(pattern.len()) + 1),
    )
}

fn is_match(call: &mut Call<'_>, args: &[Value]) -> Result<Option<Value>, BuiltinError> {
    let pattern = string(call, args, 1)?;
    let text = string(call, args, 2)?;
    let regex = compiled(call, pattern, text)?;
    Ok(Some(Value::Bool(regex.is_match(text))))
}

fn is_valid(call: &mut Call<'_>, args: &[Value]) -> Result<Option<Value>, BuiltinError> {
    let Some(pattern) = args.first().and_then(Value::as_str) else {
        return Ok(Some(Value::Bool(false)));
    };
    call.meter.step(units(pattern.len()) + 1)?;
    Ok(Some(Value::Bool(is_pattern(pattern))))
}

fn find_n(call: &mut Call<'_>, args: &[Value]) -> Result<Option<Value>, BuiltinError> {
    let pattern = string(call, args, 1)?;
    let text = string(call, args, 2)?;
    let limit = at_most(integer(call, args, 3)?);
    let regex = compiled(call, pattern, text)?;
    let mut found = Vec::new();
    for hit in regex.find_iter(text).take(limit) {
        charge_piece(call.meter, hit.as_str())?;
        found.push(Value::string(hit.as_str()));
    }
    Ok(Some(Value::from(found)))
}

fn find_all_submatches(call: &mut Call<'_>, args: &[Value]) -> Result<Option<Value>, BuiltinError> {
    let pattern = string(call, args, 1)?;
    let text = string(call, args, 2)?;
    let limit = at_most(integer(call, args, 3)?);
    let regex = compiled(call, pattern, text)?;
    let mut found = Vec::new();
    for hit in regex.captures_iter(text).take(limit) {
        let mut groups = Vec::with_capacity(hit.len());
        for group in hit.iter() {
            let piece = group.map_or("", |group| group.as_str());
            charge_piece(call.meter, piece)?;
            groups.push(Value::string(piece));
        }
        found.push(Value::from(groups));
    }
    Ok(Some(Value::from(found)))
}

fn replace(call: &mut Call<'_>, args: &[Value]) -> Result<Option<Value>, BuiltinError> {
    let text = string(call, args, 1)?;
    let pattern = string(call, args, 2)?;
    let replacement = string(call, args, 3)?;
    let regex = compiled(call, pattern, text)?;
    let template = expand::Template::new(replacement, &regex);
    let mut out = String::new();
    let mut rest = 0;
    for hit in regex.captures_iter(text) {
        let Some(whole) = hit.get(0) else { continue };
        append(
            call.meter,
            &mut out,
            text.get(rest..whole.start()).unwrap_or_default(),
        )?;
        template.expand(&hit, |piece| append(call.meter, &mut out, piece))?;
        rest = whole.end();
    }
    append(call.meter, &mut out, tail(text, rest))?;
    Ok(Some(Value::from(out)))
}

fn split(call: &mut Call<'_>, args: &[Value]) -> Result<Option<Value>, BuiltinError> {
    let pattern = string(call, args, 1)?;
    let text = string(call, args, 2)?;
    let regex = compiled(call, pattern, text)?;
    if !pattern.is_empty() && text.is_empty() {
        return Ok(Some(Value::from(vec![Value::string("")])));
    }
    let mut pieces = Vec::new();
    let (mut begin, mut end) = (0, 0);
    for hit in regex.find_iter(text) {
        end = hit.start();
        if hit.end() != 0 {
            let piece = text.get(begin..end).unwrap_or_default();
            charge_piece(call.meter, piece)?;
            pieces.push(Value::string(piece));
        }
        begin = hit.end();
    }
    if end != text.len() {
        charge_piece(call.meter, tail(text, begin))?;
        pieces.push(Value::string(tail(text, begin)));
    }
    Ok(Some(Value::from(pieces)))
}

fn template_match(call: &mut Call<'_>, args: &[Value]) -> Result<Option<Value>, BuiltinError> {
    let template = string(call, args, 1)?;
    let text = string(call, args, 2)?;
    let start = delimiter(
        call,
        "start",
        string(call, args, 3)?,
        string(call, args, 3)?,
    )?;
    // OPA counts the start delimiter when it complains about the end delimiter.
    let end = delimiter(call, "end", string(call, args, 4)?, string(call, args, 3)?)?;
    call.meter.step(units(template.len()) + 1)?;
    let pattern = template_pattern(template, start, end).map_err(|text| failed(call, &text))?;
    let regex = compiled(call, &pattern, text)?;
    Ok(Some(Value::Bool(regex.is_match(text))))
}

fn delimiter(call: &Call<'_>, which: &str, text: &str, counted: &str) -> Result<u8, BuiltinError> {
    match text.as_bytes() {
        [byte] => Ok(*byte),
        _ => Err(failed(
            call,
            format!(
                "{which} delimiter has to be exactly one character long but is {} long",
                counted.len()
            ),
        )),
    }
}

/// The pattern of a template in which expressions stand between delimiters and all else stands for itself.
fn template_pattern(template: &str, start: u8, end: u8) -> Result<String, String> {
    let mut pattern = "^".to_owned();
    let mut done = 0;
    for (from, to) in outermost(template, start, end)? {
        let literal = template.get(done..from).unwrap_or_default();
        let expression = template.get(from + 1..to - 1).unwrap_or_default();
        translate::translate(&format!("^{expression}$"))?;
        pattern.push_str(&quote_meta(literal));
        pattern.extend(["(", expression, ")"]);
        done = to;
    }
    pattern.push_str(&quote_meta(tail(template, done)));
    pattern.push('$');
    Ok(pattern)
}

/// Where the outermost pairs of delimiters begin and end, delimiters included.
fn outermost(template: &str, start: u8, end: u8) -> Result<Vec<(usize, usize)>, String> {
    let unbalanced = || format!("unbalanced braces in {}", golang::quote(template));
    let mut pairs = Vec::new();
    let mut level = 0_usize;
    let mut from = 0;
    for (index, byte) in template.bytes().enumerate() {
        if byte == start {
            level += 1;
            if level == 1 {
                from = index;
            }
        } else if byte == end {
            level = level.checked_sub(1).ok_or_else(unbalanced)?;
            if level == 0 {
                pairs.push((from, index + 1));
            }
        }
    }
    if level == 0 {
        Ok(pairs)
    } else {
        Err(unbalanced())
    }
}

/// Go's `regexp.QuoteMeta`.
fn quote_meta(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        if "\\.+*?()|[]{}^$".contains(character) {
            out.push('\\');
        }
        out.push(character);
    }
    out
}

fn globs_match(call: &mut Call<'_>, args: &[Value]) -> Result<Option<Value>, BuiltinError> {
    let left = string(call, args, 1)?;
    let right = string(call, args, 2)?;
    call.meter.step(units(left.len() + right.len()) + 1)?;
    match intersect::intersects(call.meter, left, right) {
        Ok(answer) => Ok(Some(Value::Bool(answer))),
        Err(BuiltinError::Failed(text)) => Err(failed(call, &text)),
        Err(other) => Err(other),
    }
}

/// A negative number of matches means all of them.
fn at_most(limit: i64) -> usize {
    usize::try_from(limit).unwrap_or(usize::MAX)
}

fn charge_piece(meter: &Meter, piece: &str) -> Result<(), BuiltinError> {
    meter.step(1)?;
    meter.alloc(units(piece.len()) + 32)
}

fn append(meter: &Meter, out: &mut String, piece: &str) -> Result<(), BuiltinError> {
    meter.step(1)?;
    meter.alloc(units(piece.len()))?;
    out.push_str(piece);
    Ok(())
}
