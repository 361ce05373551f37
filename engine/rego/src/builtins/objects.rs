//! Objects: reading, filtering, merging and comparing them, and JSON's paths and patches.

mod merge;
mod patch;
mod paths;
mod subset;
#[cfg(test)]
mod tests;

use super::golang::{builtin, units};
use super::operand::{array, element_error, object, type_error};
use super::{Builtin, BuiltinError, Call, Type};
use crate::value::{Object, Set, Value};

const COLLECTION: Type =
    Type::OneOf(&[Type::Array(&Type::Any), Type::Object, Type::Set(&Type::Any)]);

const SEGMENTS: Type = Type::OneOf(&[Type::String, Type::Array(&Type::Any)]);

const PATHS: Type = Type::OneOf(&[Type::Array(&SEGMENTS), Type::Set(&SEGMENTS)]);

pub(super) const BUILTINS: &[Builtin] = &[
    builtin(
        "object.get",
        &[Type::Object, Type::Any, Type::Any],
        Type::Any,
        get,
    ),
    builtin("object.keys", &[Type::Object], Type::Set(&Type::Any), keys),
    builtin(
        "object.remove",
        &[Type::Object, COLLECTION],
        Type::Object,
        remove,
    ),
    builtin(
        "object.filter",
        &[Type::Object, COLLECTION],
        Type::Object,
        filter,
    ),
    builtin(
        "object.union",
        &[Type::Object, Type::Object],
        Type::Object,
        union,
    ),
    builtin(
        "object.union_n",
        &[Type::Array(&Type::Object)],
        Type::Object,
        union_n,
    ),
    builtin(
        "object.subset",
        &[COLLECTION, COLLECTION],
        Type::Boolean,
        is_subset,
    ),
    builtin(
        "json.filter",
        &[Type::Object, PATHS],
        Type::Object,
        json_filter,
    ),
    builtin(
        "json.remove",
        &[Type::Object, PATHS],
        Type::Object,
        json_remove,
    ),
    builtin(
        "json.patch",
        &[Type::Any, Type::Array(&Type::Object)],
        Type::Any,
        json_patch,
    ),
];

/// A key, or an array of keys one after the other; without a value, the default.
fn get(call: &mut Call<'_>, args: &[Value]) -> Result<Option<Value>, BuiltinError> {
    let object = object(call, args, 1)?;
    let [whole, key, default, ..] = args else {
        return Ok(None);
    };
    let Value::Array(path) = key else {
        call.meter.step(1)?;
        return Ok(Some(object.get(key).unwrap_or(default).clone()));
    };
    call.meter.step(units(path.len()) + 1)?;
    let found = path.iter().try_fold(whole, |value, key| value.get(key));
    Ok(Some(found.unwrap_or(default).clone()))
}

fn keys(call: &mut Call<'_>, args: &[Value]) -> Result<Option<Value>, BuiltinError> {
    let object = object(call, args, 1)?;
    charge_entries(call, object.len())?;
    Ok(Some(Value::Set(object.keys().cloned().collect())))
}

fn remove(call: &mut Call<'_>, args: &[Value]) -> Result<Option<Value>, BuiltinError> {
    let object = object(call, args, 1)?;
    let keys = key_operand(call, args)?;
    Ok(Some(selected(call, object, |key| !keys.contains(key))?))
}

fn filter(call: &mut Call<'_>, args: &[Value]) -> Result<Option<Value>, BuiltinError> {
    let object = object(call, args, 1)?;
    let keys = key_operand(call, args)?;
    Ok(Some(selected(call, object, |key| keys.contains(key))?))
}

/// The entries whose keys pass.
fn selected(
    call: &Call<'_>,
    object: &Object,
    passes: impl Fn(&Value) -> bool,
) -> Result<Value, BuiltinError> {
    charge_entries(call, object.len())?;
    let entries = object.iter().filter(|(key, _)| passes(key));
    Ok(Value::Object(
        entries
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect(),
    ))
}

/// The keys that the second operand lists: elements, members, or keys of its own.
fn key_operand(call: &Call<'_>, args: &[Value]) -> Result<Set, BuiltinError> {
    match args.get(1) {
        Some(Value::Array(items)) => {
            charge_entries(call, items.len())?;
            Ok(items.iter().cloned().collect())
        }
        Some(Value::Set(set)) => Ok(set.clone()),
        Some(Value::Object(object)) => {
            charge_entries(call, object.len())?;
            Ok(object.keys().cloned().collect())
        }
        other => Err(type_error(
            call,
            2,
            other.unwrap_or(&Value::Null),
            &["object", "set", "array"],
        )),
    }
}

fn charge_entries(call: &Call<'_>, length: usize) -> Result<(), BuiltinError> {
    call.meter.step(units(length) + 1)?;
    call.meter
        .alloc(units(length).saturating_mul(units(size_of::<(Value, Value)>())))
}

fn union(call: &mut Call<'_>, args: &[Value]) -> Result<Option<Value>, BuiltinError> {
    let first = object(call, args, 1)?;
    let second = object(call, args, 2)?;
    Ok(Some(Value::Object(merge::merged(
        call.meter,
        &[first, second],
        merge::Keys::First,
    )?)))
}

fn union_n(call: &mut Call<'_>, args: &[Value]) -> Result<Option<Value>, BuiltinError> {
    let items = array(call, args, 1)?;
    let whole = args.first().unwrap_or(&Value::Null);
    let objects: Result<Vec<&Object>, BuiltinError> = items
        .iter()
        .map(|item| {
            item.as_object()
                .ok_or_else(|| element_error(call, 1, whole, item, &["object"]))
        })
        .collect();
    Ok(Some(Value::Object(merge::merged(
        call.meter,
        &objects?,
        merge::Keys::Last,
    )?)))
}

fn is_subset(call: &mut Call<'_>, args: &[Value]) -> Result<Option<Value>, BuiltinError> {
    let answer = match args {
        [whole, part, ..] => subset::contains(call.meter, whole, part)?,
        _ => None,
    };
    // This message of OPA's names no operand.
    let mismatch = "both arguments object.subset must be of the same type or array and set";
    let error = || BuiltinError::Type(format!("{}: {mismatch}", call.name));
    answer
        .map(|answer| Some(Value::Bool(answer)))
        .ok_or_else(error)
}

fn json_filter(call: &mut Call<'_>, args: &[Value]) -> Result<Option<Value>, BuiltinError> {
    object(call, args, 1)?;
    let selection = paths::Selection::new(call, args.get(1))?;
    let Some(whole) = args.first() else {
        return Ok(None);
    };
    Ok(Some(selection.filter(call.meter, whole)?))
}

fn json_remove(call: &mut Call<'_>, args: &[Value]) -> Result<Option<Value>, BuiltinError> {
    object(call, args, 1)?;
    let selection = paths::Selection::new(call, args.get(1))?;
    let Some(whole) = args.first() else {
        return Ok(None);
    };
    Ok(Some(selection.remove(call.meter, whole)?))
}

fn json_patch(call: &mut Call<'_>, args: &[Value]) -> Result<Option<Value>, BuiltinError> {
    let operations = array(call, args, 2)?;
    let Some(document) = args.first() else {
        return Ok(None);
    };
    Ok(Some(patch::apply(call, document, operations)?))
}
