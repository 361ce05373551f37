//! The values that keywords must have, with the words of `gojsonschema` when they do not.

use super::Size;
use super::pool::failed;
use crate::builtins::BuiltinError;
use crate::value::{Number, Object, Value};

/// The drafts. A schema that does not say which one it follows may use the keywords of all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Draft {
    Four,
    Six,
    Seven,
    Hybrid,
}

impl Draft {
    pub(super) fn of_metaschema(url: &str) -> Option<Self> {
        match url {
            "http://json-schema.org/draft-04/schema" => Some(Self::Four),
            "http://json-schema.org/draft-06/schema" => Some(Self::Six),
            "http://json-schema.org/draft-07/schema" => Some(Self::Seven),
            _ => None,
        }
    }
}

pub(super) fn invalid_type<T>(expected: &str, given: &str) -> Result<T, BuiltinError> {
    failed(format!(
        "Invalid type. Expected: {expected}, given: {given}"
    ))
}

pub(super) fn text<'doc>(
    schema: &'doc Object,
    key: &str,
) -> Result<Option<&'doc str>, BuiltinError> {
    match schema.get_str(key) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => invalid_type("string", key),
    }
}

pub(super) fn list<'doc>(
    schema: &'doc Object,
    key: &str,
) -> Result<Option<&'doc [Value]>, BuiltinError> {
    match schema.get_str(key) {
        None => Ok(None),
        Some(Value::Array(items)) => Ok(Some(items.as_slice())),
        Some(_) => failed(format!("{key} must be of an array")),
    }
}

/// Distinct texts.
pub(super) fn names(schema: &Object, key: &str) -> Result<Vec<String>, BuiltinError> {
    let mut names: Vec<String> = Vec::new();
    for item in list(schema, key)?.unwrap_or_default() {
        let Value::String(name) = item else {
            return invalid_type("string", key);
        };
        if names.iter().any(|known| known.as_str() == name.as_str()) {
            return failed(format!("{key} items must be unique"));
        }
        names.push(name.as_str().to_owned());
    }
    Ok(names)
}

pub(super) fn number(schema: &Object, key: &str) -> Result<Option<Number>, BuiltinError> {
    match schema.get_str(key) {
        None => Ok(None),
        Some(Value::Number(number)) => Ok(Some(number.clone())),
        Some(_) => failed(format!("{key} must be of a Number")),
    }
}

/// A divisor, which is positive.
pub(super) fn divisor(schema: &Object) -> Result<Option<Number>, BuiltinError> {
    match schema.get_str("multipleOf") {
        None => Ok(None),
        Some(Value::Number(number)) if *number > Number::from(0) => Ok(Some(number.clone())),
        Some(Value::Number(_)) => failed("multipleOf must be strictly greater than 0"),
        Some(_) => invalid_type("Number", "multipleOf"),
    }
}

/// A bound and whether it is excluded: in draft 4 by a truth value beside it, later by a bound of its own.
pub(super) fn bounds(
    schema: &Object,
    draft: Draft,
    key: &str,
    exclusive: &str,
) -> Result<(Option<Number>, Option<Number>), BuiltinError> {
    let bound = number(schema, key)?;
    match (schema.get_str(exclusive), draft) {
        (None, _) => Ok((bound, None)),
        (Some(Value::Bool(excluded)), Draft::Four | Draft::Hybrid) => match bound {
            None => failed(format!("{exclusive} cannot be used without {key}")),
            Some(bound) if *excluded => Ok((None, Some(bound))),
            bound => Ok((bound, None)),
        },
        (Some(Value::Number(excluded)), Draft::Six | Draft::Seven | Draft::Hybrid) => {
            Ok((bound, Some(excluded.clone())))
        }
        (Some(_), Draft::Four) => invalid_type("boolean", exclusive),
        (Some(_), Draft::Hybrid) => invalid_type("boolean/number", exclusive),
        (Some(_), _) => invalid_type("number", exclusive),
    }
}

/// Two counts, of which the first is not greater than the second.
pub(super) fn size(
    schema: &Object,
    least: &str,
    most: &str,
    ordered: bool,
) -> Result<Size, BuiltinError> {
    let size = Size {
        least: count(schema, least)?,
        most: count(schema, most)?,
    };
    let crossed = size
        .least
        .zip(size.most)
        .is_some_and(|(least, most)| least > most);
    if ordered && crossed {
        return failed(format!("{least} cannot be greater than {most}"));
    }
    Ok(size)
}

/// A count is written without point and exponent.
fn count(schema: &Object, key: &str) -> Result<Option<i64>, BuiltinError> {
    let Some(value) = schema.get_str(key) else {
        return Ok(None);
    };
    let count = match value {
        Value::Number(number) => number.to_string().parse::<i64>().ok(),
        _ => None,
    };
    match count {
        None => failed(format!("{key} must be of an integer")),
        Some(count) if count < 0 => failed(format!("{key} must be greater than or equal to 0")),
        count => Ok(count),
    }
}

pub(super) fn flag(schema: &Object, key: &str) -> Result<bool, BuiltinError> {
    match schema.get_str(key) {
        None => Ok(false),
        Some(Value::Bool(value)) => Ok(*value),
        Some(_) => failed(format!("{key} must be of a boolean")),
    }
}

const TYPES: [&str; 7] = [
    "array", "boolean", "integer", "number", "null", "object", "string",
];

/// The names of types, alone or in a list.
pub(super) fn types(schema: &Object) -> Result<Vec<&'static str>, BuiltinError> {
    let names = match schema.get_str("type") {
        None => return Ok(Vec::new()),
        Some(Value::Array(items)) => items.as_slice(),
        Some(single @ Value::String(_)) => std::slice::from_ref(single),
        Some(_) => return invalid_type("type", "string/Array Of Strings"),
    };
    let mut types = Vec::new();
    for name in names {
        let Value::String(name) = name else {
            return invalid_type("type", "string/Array Of Strings");
        };
        let Some(known) = TYPES.iter().find(|known| **known == name.as_str()) else {
            let expected = TYPES.join(" ");
            return failed(format!(
                "has a primitive type that is NOT VALID -- given: /{name}/ Expected valid values are:[{expected}]"
            ));
        };
        if types.contains(known) {
            return failed(format!("{known} type is duplicated"));
        }
        types.push(*known);
    }
    Ok(types)
}
