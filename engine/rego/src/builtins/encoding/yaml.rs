//! YAML 1.1 as OPA reads and writes it: through `sigs.k8s.io/yaml`, which is to say through JSON.

mod nodes;
mod order;
mod read;
mod reread;
mod resolve;
mod scalar;
mod wording;
mod write;

use crate::builtins::golang::{failed, json_shape, units};
use crate::builtins::operand::string;
use crate::builtins::{BuiltinError, Call, Meter};
use crate::value::Value;

pub(super) fn marshal(call: &mut Call<'_>, args: &[Value]) -> Result<Option<Value>, BuiltinError> {
    let shaped = json_shape(call.meter, args.first().unwrap_or(&Value::Null))?;
    match write::document(call.meter, &shaped) {
        Ok(text) => Ok(Some(Value::from(text))),
        Err(error) => Err(named(call, error)),
    }
}

pub(super) fn unmarshal(
    call: &mut Call<'_>,
    args: &[Value],
) -> Result<Option<Value>, BuiltinError> {
    let text = string(call, args, 1)?;
    match read_document(call, text) {
        Ok(value) => Ok(Some(value)),
        Err(error) => Err(named(call, error)),
    }
}

pub(super) fn is_valid(call: &mut Call<'_>, args: &[Value]) -> Result<Option<Value>, BuiltinError> {
    let Some(text) = args.first().and_then(Value::as_str) else {
        return Ok(Some(Value::Bool(false)));
    };
    match read_document(call, text) {
        Ok(_) => Ok(Some(Value::Bool(true))),
        Err(BuiltinError::Failed(_)) => Ok(Some(Value::Bool(false))),
        Err(error) => Err(error),
    }
}

/// The value of the first document of a text; `null` if there is none.
fn read_document(call: &Call<'_>, text: &str) -> Result<Value, BuiltinError> {
    call.meter.step(units(text.len()) / 2 + 1)?;
    call.meter.alloc(units(text.len()).saturating_mul(4))?;
    let nodes = nodes::first_document(text)
        .map_err(|text| BuiltinError::Failed(format!("yaml: {text}")))?;
    read::value(call.meter, &nodes)
}

/// An error with the name of the builtin.
fn named(call: &Call<'_>, error: BuiltinError) -> BuiltinError {
    match error {
        BuiltinError::Failed(text) => failed(call, &text),
        other => other,
    }
}

/// The value of a YAML text that a policy's author wrote; none if it is not YAML.
pub(crate) fn yaml_value(text: &str) -> Option<Value> {
    let meter = Meter::new(1_000_000, 64 * 1024 * 1024);
    let nodes = nodes::first_document(text).ok()?;
    read::value(&meter, &nodes).ok()
}
