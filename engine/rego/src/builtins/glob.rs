//! Globs as `gobwas/glob` reads and matches them, its peculiarities included: `?` and `[!a]` match the empty text,
//! and a prefix and a suffix may overlap.

mod compile;
mod index;
mod matcher;
mod syntax;
#[cfg(test)]
mod tests;

use super::golang::{builtin, failed, units};
use super::operand::{element_error, string, type_error};
use super::{Builtin, BuiltinError, Call, Meter, Type};
use crate::value::Value;

use matcher::Matcher;

pub(super) const BUILTINS: &[Builtin] = &[
    builtin(
        "glob.match",
        &[
            Type::String,
            Type::OneOf(&[Type::Null, Type::Array(&Type::String)]),
            Type::String,
        ],
        Type::Boolean,
        glob_match,
    ),
    builtin("glob.quote_meta", &[Type::String], Type::String, quote_meta),
];

/// A compiled glob.
#[derive(Debug)]
pub(super) struct Glob(Matcher);

impl Glob {
    /// Compiles a pattern in which `*` and `?` do not match the separators.
    pub(super) fn compile(
        meter: &Meter,
        pattern: &str,
        separators: &[char],
    ) -> Result<Self, BuiltinError> {
        meter.step(units(pattern.len()) + 1)?;
        let node = syntax::parse(pattern).map_err(BuiltinError::Failed)?;
        Ok(Self(compile::compile(meter, &node, separators)?))
    }

    /// Whether the whole text matches.
    pub(super) fn matches(&self, meter: &Meter, text: &str) -> Result<bool, BuiltinError> {
        self.0.matches(meter, text.as_bytes())
    }
}

fn glob_match(call: &mut Call<'_>, args: &[Value]) -> Result<Option<Value>, BuiltinError> {
    let pattern = string(call, args, 1)?;
    let separators = separators(call, args)?;
    let text = string(call, args, 3)?;
    let glob = call
        .cache
        .glob(call.meter, pattern, &separators)
        .map_err(|error| match error {
            BuiltinError::Failed(text) => failed(call, &text),
            other => other,
        })?;
    Ok(Some(Value::Bool(glob.matches(call.meter, text)?)))
}

/// No separators for `null`, a dot for an empty array.
fn separators(call: &Call<'_>, args: &[Value]) -> Result<Vec<char>, BuiltinError> {
    match args.get(1) {
        Some(Value::Array(items)) if items.is_empty() => Ok(vec!['.']),
        Some(list @ Value::Array(items)) => items
            .iter()
            .map(|item| separator(call, list, item))
            .collect(),
        Some(Value::Null) | None => Ok(Vec::new()),
        Some(other) => Err(type_error(call, 2, other, &["array", "null"])),
    }
}

fn separator(call: &Call<'_>, list: &Value, item: &Value) -> Result<char, BuiltinError> {
    let Value::String(text) = item else {
        return Err(element_error(call, 2, list, item, &["string"]));
    };
    let mut characters = text.chars();
    match (characters.next(), characters.next()) {
        (Some(only), None) => Ok(only),
        _ => Err(element_error(call, 2, list, item, &["rune"])),
    }
}

fn quote_meta(call: &mut Call<'_>, args: &[Value]) -> Result<Option<Value>, BuiltinError> {
    let text = string(call, args, 1)?;
    call.meter.step(units(text.len()) / 8 + 1)?;
    call.meter.alloc(units(text.len()).saturating_mul(2))?;
    let mut quoted = String::with_capacity(text.len());
    for character in text.chars() {
        if matches!(character, '*' | '?' | '\\' | '[' | ']' | '{' | '}') {
            quoted.push('\\');
        }
        quoted.push(character);
    }
    Ok(Some(Value::from(quoted)))
}
