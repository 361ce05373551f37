//! What type a value has, and the casts of old that only check it.

use super::golang::{builtin, deprecated};
use super::operand::{self, Answer, size, type_error};
use super::{Builtin, Call, Type};
use crate::value::{Array, Set, Value};

#[cfg(test)]
mod tests;

const ANY: &[Type] = &[Type::Any];

/// The builtins of this category.
pub(super) const BUILTINS: &[Builtin] = &[
    builtin("is_number", ANY, Type::Boolean, is_number),
    builtin("is_string", ANY, Type::Boolean, is_string),
    builtin("is_boolean", ANY, Type::Boolean, is_boolean),
    builtin("is_array", ANY, Type::Boolean, is_array),
    builtin("is_set", ANY, Type::Boolean, is_set),
    builtin("is_object", ANY, Type::Boolean, is_object),
    builtin("is_null", ANY, Type::Boolean, is_null),
    builtin("type_name", ANY, Type::String, type_name),
    deprecated("cast_array", ANY, Type::Array(&Type::Any), cast_array),
    deprecated("cast_set", ANY, Type::Set(&Type::Any), cast_set),
    deprecated("cast_string", ANY, Type::String, cast_string),
    deprecated("cast_boolean", ANY, Type::Boolean, cast_boolean),
    deprecated("cast_null", ANY, Type::Null, cast_null),
    deprecated("cast_object", ANY, Type::Object, cast_object),
];

fn is_number(call: &mut Call<'_>, args: &[Value]) -> Answer {
    has_type(call, args, "number")
}

fn is_string(call: &mut Call<'_>, args: &[Value]) -> Answer {
    has_type(call, args, "string")
}

fn is_boolean(call: &mut Call<'_>, args: &[Value]) -> Answer {
    has_type(call, args, "boolean")
}

fn is_array(call: &mut Call<'_>, args: &[Value]) -> Answer {
    has_type(call, args, "array")
}

fn is_set(call: &mut Call<'_>, args: &[Value]) -> Answer {
    has_type(call, args, "set")
}

fn is_object(call: &mut Call<'_>, args: &[Value]) -> Answer {
    has_type(call, args, "object")
}

fn is_null(call: &mut Call<'_>, args: &[Value]) -> Answer {
    has_type(call, args, "null")
}

fn has_type(call: &Call<'_>, args: &[Value], name: &str) -> Answer {
    let operand = operand::any(call, args, 1)?;
    Ok(Some(Value::from(operand.type_name() == name)))
}

fn type_name(call: &mut Call<'_>, args: &[Value]) -> Answer {
    let operand = operand::any(call, args, 1)?;
    Ok(Some(Value::from(operand.type_name())))
}

fn cast_array(call: &mut Call<'_>, args: &[Value]) -> Answer {
    match operand::any(call, args, 1)? {
        array @ Value::Array(_) => Ok(Some(array.clone())),
        Value::Set(members) => {
            call.meter.step(size(members.len()))?;
            call.meter
                .alloc(size(members.len()).saturating_mul(size(size_of::<Value>())))?;
            Ok(Some(Value::from(
                members.iter().cloned().collect::<Array>(),
            )))
        }
        other => Err(type_error(call, 1, other, &["array", "set"])),
    }
}

fn cast_set(call: &mut Call<'_>, args: &[Value]) -> Answer {
    match operand::any(call, args, 1)? {
        set @ Value::Set(_) => Ok(Some(set.clone())),
        Value::Array(items) => {
            call.meter.step(size(items.len()).saturating_mul(4))?;
            call.meter
                .alloc(size(items.len()).saturating_mul(size(size_of::<Value>())))?;
            Ok(Some(Value::from(items.iter().cloned().collect::<Set>())))
        }
        other => Err(type_error(call, 1, other, &["array", "set"])),
    }
}

fn cast_string(call: &mut Call<'_>, args: &[Value]) -> Answer {
    only(call, args, "string")
}

fn cast_boolean(call: &mut Call<'_>, args: &[Value]) -> Answer {
    only(call, args, "boolean")
}

fn cast_null(call: &mut Call<'_>, args: &[Value]) -> Answer {
    only(call, args, "null")
}

fn cast_object(call: &mut Call<'_>, args: &[Value]) -> Answer {
    only(call, args, "object")
}

/// The operand itself, if it has the type.
fn only(call: &Call<'_>, args: &[Value], name: &str) -> Answer {
    let operand = operand::any(call, args, 1)?;
    if operand.type_name() != name {
        return Err(type_error(call, 1, operand, &[name]));
    }
    Ok(Some(operand.clone()))
}
