//! JSON, as Go's `encoding/json` reads and writes it.

use super::scan;
use crate::builtins::golang::{self, Indent, failed, tail, units};
use crate::builtins::operand::{object, operand_error, string};
use crate::builtins::{BuiltinError, Call};
use crate::value::{Object, Value, json};

pub(super) fn marshal(call: &mut Call<'_>, args: &[Value]) -> Result<Option<Value>, BuiltinError> {
    let value = args.first().unwrap_or(&Value::Null);
    Ok(Some(Value::from(golang::marshal(call.meter, value)?)))
}

pub(super) fn marshal_with_options(
    call: &mut Call<'_>,
    args: &[Value],
) -> Result<Option<Value>, BuiltinError> {
    let value = args.first().unwrap_or(&Value::Null);
    let options = Options::read(call, object(call, args, 2)?)?;
    let Some(indent) = options.indent() else {
        return Ok(Some(Value::from(golang::marshal(call.meter, value)?)));
    };
    let text = golang::marshal_indented(call.meter, value, indent)?;
    Ok(Some(Value::from(format!("{}{text}", indent.prefix))))
}

#[derive(Debug, Default)]
struct Options<'v> {
    prefix: Option<&'v str>,
    step: Option<&'v str>,
    pretty: Option<bool>,
}

impl<'v> Options<'v> {
    fn read(call: &Call<'_>, operand: &'v Object) -> Result<Self, BuiltinError> {
        let mut options = Self::default();
        for (index, (key, value)) in operand.iter().enumerate() {
            call.meter.step(1)?;
            match key.as_str() {
                Some("prefix") => options.prefix = Some(text(call, "prefix", index, value)?),
                Some("indent") => options.step = Some(text(call, "indent", index, value)?),
                Some("pretty") => options.pretty = Some(truth(call, value)?),
                Some(unknown) => {
                    return Err(operand_error(
                        call,
                        2,
                        format_args!("object contained unknown key {unknown:?}"),
                    ));
                }
                None => return Err(no_string_key(call, index, key)),
            }
        }
        Ok(options)
    }

    /// How lines begin, if there are to be lines.
    fn indent(&self) -> Option<Indent<'v>> {
        let wanted = self
            .pretty
            .unwrap_or(self.prefix.is_some() || self.step.is_some());
        wanted.then(|| Indent {
            prefix: self.prefix.unwrap_or(""),
            step: self.step.unwrap_or("\t"),
        })
    }
}

fn text<'v>(
    call: &Call<'_>,
    key: &str,
    index: usize,
    value: &'v Value,
) -> Result<&'v str, BuiltinError> {
    let problem = || {
        let got = value.type_name();
        let cause = format!("operand {index} must be string but got {got}");
        operand_error(
            call,
            2,
            format_args!("key {key} failed cast to string: {cause}"),
        )
    };
    value.as_str().ok_or_else(problem)
}

fn truth(call: &Call<'_>, value: &Value) -> Result<bool, BuiltinError> {
    value
        .as_bool()
        .ok_or_else(|| operand_error(call, 2, "key pretty failed cast to bool"))
}

fn no_string_key(call: &Call<'_>, index: usize, key: &Value) -> BuiltinError {
    let got = key.type_name();
    let cause = format!("operand {index} must be string but got {got}");
    operand_error(
        call,
        2,
        format_args!("failed to stringify key {key} at index {index}: {cause}"),
    )
}

pub(super) fn unmarshal(
    call: &mut Call<'_>,
    args: &[Value],
) -> Result<Option<Value>, BuiltinError> {
    let text = string(call, args, 1)?;
    call.meter.step(units(text.len()) / 4 + 1)?;
    call.meter.alloc(units(text.len()).saturating_mul(4))?;
    let end = scan::first_value(text).map_err(|text| failed(call, &text))?;
    let first = text.get(..end).unwrap_or_default();
    let value = json::parse(first).map_err(|error| failed(call, error.to_string()))?;
    scan::trailing(tail(text, end)).map_err(|text| failed(call, &text))?;
    Ok(Some(value))
}

pub(super) fn is_valid(call: &mut Call<'_>, args: &[Value]) -> Result<Option<Value>, BuiltinError> {
    let Some(text) = args.first().and_then(Value::as_str) else {
        return Ok(Some(Value::Bool(false)));
    };
    call.meter.step(units(text.len()) / 4 + 1)?;
    Ok(Some(Value::Bool(scan::is_json(text))))
}
