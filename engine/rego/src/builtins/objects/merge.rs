//! Objects merged from left to right: objects under the same key merge, anything else replaces what was there.

use crate::builtins::golang::units;
use crate::builtins::{BuiltinError, Meter};
use crate::value::{Object, ObjectBuilder, Value};

/// Which spelling of a number stays, if several objects have it as a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Keys {
    First,
    Last,
}

/// The union of objects, in which later ones win.
pub(super) fn merged(
    meter: &Meter,
    objects: &[&Object],
    keys: Keys,
) -> Result<Object, BuiltinError> {
    match objects {
        [] => return Ok(Object::default()),
        [only] => return Ok((*only).clone()),
        _ => {}
    }
    let total = objects
        .iter()
        .map(|object| object.len())
        .fold(0, usize::saturating_add);
    meter.step(units(total) + units(objects.len()))?;
    meter.alloc(units(total).saturating_mul(units(size_of::<(Value, Value)>())))?;
    let mut entries: Vec<(&Value, &Value)> =
        objects.iter().flat_map(|object| object.iter()).collect();
    // The sort is stable, so that values under one key stay in the order of their objects.
    entries.sort_by_key(|(left, _)| *left);
    let mut builder = ObjectBuilder::with_capacity(entries.len());
    for group in entries.chunk_by(|(left, _), (right, _)| left == right) {
        if let [(first, _), ..] = group
            && let [.., (last, value)] = group
        {
            let key = if keys == Keys::First { first } else { last };
            builder.insert((*key).clone(), value_of(meter, group, value, keys)?);
        }
    }
    Ok(builder.finish())
}

/// The objects at the end merge; whatever came before something else is gone.
fn value_of(
    meter: &Meter,
    group: &[(&Value, &Value)],
    last: &Value,
    keys: Keys,
) -> Result<Value, BuiltinError> {
    let mut objects: Vec<&Object> = group
        .iter()
        .rev()
        .map_while(|(_, value)| value.as_object())
        .collect();
    if objects.len() < 2 {
        return Ok(last.clone());
    }
    objects.reverse();
    Ok(Value::Object(merged(meter, &objects, keys)?))
}
