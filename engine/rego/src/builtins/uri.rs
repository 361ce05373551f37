//! URIs, taken apart as Go's `net/url` does.

mod escape;
mod host;
#[cfg(test)]
mod tests;
mod url;

pub(super) use escape::{Part, escape, unescape};
pub(super) use url::Url;

use super::golang::{builtin, failed, units};
use super::operand::string;
use super::{Builtin, BuiltinError, Call, Type};
use crate::value::{ObjectBuilder, Value};

pub(super) const BUILTINS: &[Builtin] = &[
    builtin("uri.parse", &[Type::String], Type::Object, parse),
    builtin("uri.is_valid", &[Type::String], Type::Boolean, is_valid),
];

fn charge(call: &Call<'_>, text: &str) -> Result<(), BuiltinError> {
    call.meter.step(units(text.len()) / 2 + 1)?;
    call.meter.alloc(units(text.len()).saturating_mul(6))
}

fn parse(call: &mut Call<'_>, args: &[Value]) -> Result<Option<Value>, BuiltinError> {
    let text = string(call, args, 1)?;
    charge(call, text)?;
    let url = Url::parse(text).map_err(|text| failed(call, &text))?;
    let (hostname, port) = host::split(&url.host);
    let raw_path = if url.raw_path.is_empty() {
        &url.path
    } else {
        &url.raw_path
    };
    let parts: [(&str, &str); 7] = [
        ("scheme", &url.scheme),
        ("hostname", hostname),
        ("port", port),
        ("path", &url.path),
        ("raw_path", raw_path),
        ("raw_query", &url.query),
        ("fragment", &url.fragment),
    ];
    let mut object = ObjectBuilder::default();
    for (name, part) in parts {
        if !part.is_empty() {
            object.insert_str(name, part);
        }
    }
    Ok(Some(Value::Object(object.finish())))
}

/// The empty text refers to something, but to nothing that a policy would want.
fn is_valid(call: &mut Call<'_>, args: &[Value]) -> Result<Option<Value>, BuiltinError> {
    let Some(text) = args.first().and_then(Value::as_str) else {
        return Ok(Some(Value::Bool(false)));
    };
    charge(call, text)?;
    Ok(Some(Value::Bool(
        !text.is_empty() && Url::parse(text).is_ok(),
    )))
}
