//! URL queries, as Go's `net/url` escapes and reads them.

use std::collections::BTreeMap;

use crate::builtins::golang::{failed, json_shape, units};
use crate::builtins::operand::{operand_error, string, type_error};
use crate::builtins::uri::{Part, escape, unescape};
use crate::builtins::{BuiltinError, Call};
use crate::value::{ObjectBuilder, Value};

/// The most parameters that a query may have.
const MAX_PARAMETERS: usize = 10_000;

pub(super) fn encode(call: &mut Call<'_>, args: &[Value]) -> Result<Option<Value>, BuiltinError> {
    let text = string(call, args, 1)?;
    Ok(Some(Value::from(escaped(call, text)?)))
}

pub(super) fn decode(call: &mut Call<'_>, args: &[Value]) -> Result<Option<Value>, BuiltinError> {
    let text = string(call, args, 1)?;
    charge(call, text)?;
    let decoded = unescape(text, Part::Query).map_err(|text| failed(call, &text))?;
    Ok(Some(Value::from(decoded)))
}

/// Values are texts, or lists of texts of which each is a parameter.
pub(super) fn encode_object(
    call: &mut Call<'_>,
    args: &[Value],
) -> Result<Option<Value>, BuiltinError> {
    let operand = args.first().unwrap_or(&Value::Null);
    let Value::Object(parameters) = json_shape(call.meter, operand)? else {
        return Err(type_error(call, 1, operand, &["object"]));
    };
    let mut out = String::new();
    for (key, value) in parameters.iter() {
        let key = escaped(call, key.as_str().unwrap_or_default())?;
        let values = match value {
            Value::Array(items) => items.as_slice(),
            single => std::slice::from_ref(single),
        };
        for value in values {
            let Value::String(text) = value else {
                return Err(operand_error(
                    call,
                    1,
                    "values must be string, array[string], or set[string]",
                ));
            };
            let separator = if out.is_empty() { "" } else { "&" };
            let text = escaped(call, text)?;
            call.meter.alloc(units(key.len()))?;
            out.extend([separator, &key, "=", &text]);
        }
    }
    Ok(Some(Value::from(out)))
}

pub(super) fn decode_object(
    call: &mut Call<'_>,
    args: &[Value],
) -> Result<Option<Value>, BuiltinError> {
    let query = string(call, args, 1)?;
    charge(call, query)?;
    let parameters = parameters(query).map_err(|text| failed(call, &text))?;
    let mut object = ObjectBuilder::with_capacity(parameters.len());
    for (key, values) in parameters {
        let values: Vec<Value> = values.into_iter().map(Value::from).collect();
        object.insert(Value::from(key), Value::from(values));
    }
    Ok(Some(Value::Object(object.finish())))
}

fn parameters(query: &str) -> Result<BTreeMap<String, Vec<String>>, String> {
    if query.matches('&').count() >= MAX_PARAMETERS {
        return Err("number of URL query parameters exceeded limit".to_owned());
    }
    // Of several problems Go reports the last semicolon, or else the first wrong escape.
    if query.contains(';') {
        return Err("invalid semicolon separator in query".to_owned());
    }
    let mut parameters: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for parameter in query.split('&').filter(|parameter| !parameter.is_empty()) {
        let (key, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        let key = unescape(key, Part::Query)?;
        parameters
            .entry(key)
            .or_default()
            .push(unescape(value, Part::Query)?);
    }
    Ok(parameters)
}

fn charge(call: &Call<'_>, text: &str) -> Result<(), BuiltinError> {
    call.meter.step(units(text.len()) / 4 + 1)?;
    call.meter.alloc(units(text.len()).saturating_mul(3))
}

fn escaped(call: &Call<'_>, text: &str) -> Result<String, BuiltinError> {
    charge(call, text)?;
    Ok(escape(text, Part::Query))
}
