//! The operands of builtin functions, with OPA's words for operands of the wrong type.
//!
//! Positions count from one, as in OPA's messages.

use std::fmt::{self, Write};

use super::{BuiltinError, Call};
use crate::value::{Number, Object, Set, Value};

/// What a builtin answers: a value, `None` for undefined, or an error.
pub type Answer = Result<Option<Value>, BuiltinError>;

/// An operand of any type.
pub fn any<'v>(
    call: &Call<'_>,
    args: &'v [Value],
    position: usize,
) -> Result<&'v Value, BuiltinError> {
    position
        .checked_sub(1)
        .and_then(|index| args.get(index))
        .ok_or_else(|| operand_error(call, position, "is missing"))
}

/// An operand that must be a string.
pub fn string<'v>(
    call: &Call<'_>,
    args: &'v [Value],
    position: usize,
) -> Result<&'v str, BuiltinError> {
    let operand = any(call, args, position)?;
    operand
        .as_str()
        .ok_or_else(|| type_error(call, position, operand, &["string"]))
}

/// An operand that must be a number.
pub(super) fn number<'v>(
    call: &Call<'_>,
    args: &'v [Value],
    position: usize,
) -> Result<&'v Number, BuiltinError> {
    let operand = any(call, args, position)?;
    operand
        .as_number()
        .ok_or_else(|| type_error(call, position, operand, &["number"]))
}

/// An operand that must be an integer of 64 bits, and spelt as one: `1e3` is not.
pub(super) fn integer(
    call: &Call<'_>,
    args: &[Value],
    position: usize,
) -> Result<i64, BuiltinError> {
    let number = number(call, args, position)?;
    written_integer(number).ok_or_else(|| not_integer(call, position))
}

/// The elements of an operand that must be an array.
pub(super) fn array<'v>(
    call: &Call<'_>,
    args: &'v [Value],
    position: usize,
) -> Result<&'v [Value], BuiltinError> {
    let operand = any(call, args, position)?;
    operand
        .as_array()
        .ok_or_else(|| type_error(call, position, operand, &["array"]))
}

/// An operand that must be an object.
pub fn object<'v>(
    call: &Call<'_>,
    args: &'v [Value],
    position: usize,
) -> Result<&'v Object, BuiltinError> {
    let operand = any(call, args, position)?;
    operand
        .as_object()
        .ok_or_else(|| type_error(call, position, operand, &["object"]))
}

/// An operand that must be a set.
pub(super) fn set<'v>(
    call: &Call<'_>,
    args: &'v [Value],
    position: usize,
) -> Result<&'v Set, BuiltinError> {
    let operand = any(call, args, position)?;
    operand
        .as_set()
        .ok_or_else(|| type_error(call, position, operand, &["set"]))
}

/// The elements of an operand that must be a set or an array, in OPA's order of the two in messages.
pub(super) fn set_or_array<'v>(
    call: &Call<'_>,
    args: &'v [Value],
    position: usize,
) -> Result<&'v [Value], BuiltinError> {
    elements(call, args, position, &["set", "array"])
}

/// As [`set_or_array`], for the builtins that name the array first.
pub(super) fn array_or_set<'v>(
    call: &Call<'_>,
    args: &'v [Value],
    position: usize,
) -> Result<&'v [Value], BuiltinError> {
    elements(call, args, position, &["array", "set"])
}

/// The texts of an operand that must be a set or an array of strings.
pub fn strings<'v>(
    call: &Call<'_>,
    args: &'v [Value],
    position: usize,
) -> Result<Vec<&'v str>, BuiltinError> {
    let operand = any(call, args, position)?;
    let items = set_or_array(call, args, position)?;
    call.meter.step(size(items.len()))?;
    items
        .iter()
        .map(|item| {
            item.as_str()
                .ok_or_else(|| element_error(call, position, operand, item, &["string"]))
        })
        .collect()
}

/// The texts of an operand that must be a string, or a set or an array of strings.
pub(super) fn string_or_strings<'v>(
    call: &Call<'_>,
    args: &'v [Value],
    position: usize,
) -> Result<Vec<&'v str>, BuiltinError> {
    match any(call, args, position)? {
        Value::String(text) => Ok(vec![text.as_str()]),
        Value::Array(_) | Value::Set(_) => strings(call, args, position),
        other => Err(type_error(
            call,
            position,
            other,
            &["string", "set", "array"],
        )),
    }
}

fn elements<'v>(
    call: &Call<'_>,
    args: &'v [Value],
    position: usize,
    expected: &[&str],
) -> Result<&'v [Value], BuiltinError> {
    match any(call, args, position)? {
        Value::Array(items) => Ok(items.as_slice()),
        Value::Set(members) => Ok(members.as_slice()),
        other => Err(type_error(call, position, other, expected)),
    }
}

/// The operands have the right types but no answer.
pub(super) fn fail(call: &Call<'_>, text: impl fmt::Display) -> BuiltinError {
    BuiltinError::Failed(format!("{}: {text}", call.name))
}

/// An operand is not what it must be.
pub(super) fn operand_error(
    call: &Call<'_>,
    position: usize,
    text: impl fmt::Display,
) -> BuiltinError {
    BuiltinError::Type(format!("{}: operand {position} {text}", call.name))
}

/// An operand is of another type than those expected.
pub(super) fn type_error(
    call: &Call<'_>,
    position: usize,
    got: &Value,
    expected: &[&str],
) -> BuiltinError {
    let wanted = match expected {
        [one] => (*one).to_owned(),
        several => format!("one of {{{}}}", several.join(", ")),
    };
    operand_error(
        call,
        position,
        format_args!("must be {wanted} but got {}", got.type_name()),
    )
}

/// An element of an operand is of another type than those expected.
pub(super) fn element_error(
    call: &Call<'_>,
    position: usize,
    composite: &Value,
    got: &Value,
    expected: &[&str],
) -> BuiltinError {
    let composite = composite.type_name();
    let wanted = match expected {
        [one] => format!("{one}s"),
        several => format!("(any of) {{{}}}", several.join(", ")),
    };
    let got = got.type_name();
    operand_error(
        call,
        position,
        format_args!("must be {composite} of {wanted} but got {composite} containing {got}"),
    )
}

/// A number is not an integer where one is needed.
pub(super) fn not_integer(call: &Call<'_>, position: usize) -> BuiltinError {
    operand_error(
        call,
        position,
        "must be integer number but got floating-point number",
    )
}

/// The integer that a number is spelt as: digits, at most a point and zeros after them, and all that in no more
/// than 19 characters. OPA reads machine integers from spellings, not from values.
pub(super) fn written_integer(number: &Number) -> Option<i64> {
    let value = number.to_i64()?;
    let mut spelling = Spelling::default();
    write!(spelling, "{number}").ok()?;
    (!spelling.exponent && spelling.length <= 19).then_some(value)
}

/// What matters of a spelling, without keeping it.
#[derive(Debug, Default)]
struct Spelling {
    /// Characters other than the sign.
    length: usize,
    exponent: bool,
}

impl Write for Spelling {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for byte in text.bytes() {
            match byte {
                b'-' if self.length == 0 => {}
                b'e' | b'E' => self.exponent = true,
                _ => self.length = self.length.saturating_add(1),
            }
        }
        Ok(())
    }
}

/// A count as the meter takes it.
pub fn size(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}
