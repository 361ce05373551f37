//! Sets: unions, intersections, differences, and membership in any collection.

#[cfg(test)]
mod tests;

use super::golang::{builtin, deprecated, units};
use super::operand::{set, type_error};
use super::{Builtin, BuiltinError, Call, Type};
use crate::value::{Set, Value};

const SET: Type = Type::Set(&Type::Any);
const SETS: Type = Type::Set(&SET);

pub(super) const BUILTINS: &[Builtin] = &[
    builtin("and", &[SET, SET], SET, and),
    builtin("or", &[SET, SET], SET, or),
    builtin("union", &[SETS], SET, union),
    builtin("intersection", &[SETS], SET, intersection),
    deprecated("set_diff", &[SET, SET], SET, difference),
    builtin(
        "internal.member_2",
        &[Type::Any, Type::Any],
        Type::Boolean,
        member,
    ),
    builtin(
        "internal.member_3",
        &[Type::Any, Type::Any, Type::Any],
        Type::Boolean,
        member_with_key,
    ),
];

/// The members of one set that pass, when looking one up in another is what a step costs.
fn kept(
    call: &Call<'_>,
    members: &Set,
    passes: impl Fn(&Value) -> bool,
) -> Result<Set, BuiltinError> {
    call.meter.step(units(members.len()) + 1)?;
    call.meter
        .alloc(units(members.len()).saturating_mul(units(size_of::<Value>())))?;
    Ok(members
        .iter()
        .filter(|member| passes(member))
        .cloned()
        .collect())
}

fn and(call: &mut Call<'_>, args: &[Value]) -> Result<Option<Value>, BuiltinError> {
    let first = set(call, args, 1)?;
    let second = set(call, args, 2)?;
    Ok(Some(Value::Set(common(call, first, second)?)))
}

/// The members of both, found by looking the fewer up among the more.
fn common(call: &Call<'_>, first: &Set, second: &Set) -> Result<Set, BuiltinError> {
    let (few, many) = if first.len() <= second.len() {
        (first, second)
    } else {
        (second, first)
    };
    kept(call, few, |member| many.contains(member))
}

fn difference(call: &mut Call<'_>, args: &[Value]) -> Result<Option<Value>, BuiltinError> {
    let first = set(call, args, 1)?;
    let second = set(call, args, 2)?;
    Ok(Some(Value::Set(kept(call, first, |member| {
        !second.contains(member)
    })?)))
}

fn or(call: &mut Call<'_>, args: &[Value]) -> Result<Option<Value>, BuiltinError> {
    let first = set(call, args, 1)?;
    let second = set(call, args, 2)?;
    Ok(Some(merged(call, &[first, second])?))
}

fn union(call: &mut Call<'_>, args: &[Value]) -> Result<Option<Value>, BuiltinError> {
    let sets = members_as_sets(call, set(call, args, 1)?)?;
    Ok(Some(merged(call, &sets)?))
}

fn merged(call: &Call<'_>, sets: &[&Set]) -> Result<Value, BuiltinError> {
    let total = sets
        .iter()
        .map(|set| set.len())
        .fold(0, usize::saturating_add);
    call.meter.step(units(total) + units(sets.len()) + 1)?;
    call.meter
        .alloc(units(total).saturating_mul(units(size_of::<Value>())))?;
    Ok(Value::Set(
        sets.iter().flat_map(|set| set.iter()).cloned().collect(),
    ))
}

fn intersection(call: &mut Call<'_>, args: &[Value]) -> Result<Option<Value>, BuiltinError> {
    let sets = members_as_sets(call, set(call, args, 1)?)?;
    let Some((first, rest)) = sets.split_first() else {
        return Ok(Some(Value::Set(Set::default())));
    };
    let mut result = (*first).clone();
    for other in rest {
        result = common(call, &result, other)?;
    }
    Ok(Some(Value::Set(result)))
}

/// OPA words the complaint about a member as if it were the operand.
fn members_as_sets<'v>(call: &Call<'_>, sets: &'v Set) -> Result<Vec<&'v Set>, BuiltinError> {
    call.meter.step(units(sets.len()) + 1)?;
    sets.iter()
        .map(|member| {
            member
                .as_set()
                .ok_or_else(|| type_error(call, 1, member, &["set"]))
        })
        .collect()
}

/// `x in collection`.
fn member(call: &mut Call<'_>, args: &[Value]) -> Result<Option<Value>, BuiltinError> {
    let [wanted, collection, ..] = args else {
        return Ok(Some(Value::Bool(false)));
    };
    call.meter.step(1)?;
    let answer = match collection {
        Value::Set(set) => set.contains(wanted),
        Value::Array(items) => {
            call.meter.step(units(items.len()))?;
            items.iter().any(|item| item == wanted)
        }
        Value::Object(object) => {
            call.meter.step(units(object.len()))?;
            object.values().any(|value| value == wanted)
        }
        _ => false,
    };
    Ok(Some(Value::Bool(answer)))
}

/// `key, value in collection`.
fn member_with_key(call: &mut Call<'_>, args: &[Value]) -> Result<Option<Value>, BuiltinError> {
    let [key, wanted, collection, ..] = args else {
        return Ok(Some(Value::Bool(false)));
    };
    call.meter.step(1)?;
    let answer = match collection {
        Value::Set(set) => key == wanted && set.contains(key),
        other => other.get(key).is_some_and(|value| value == wanted),
    };
    Ok(Some(Value::Bool(answer)))
}
