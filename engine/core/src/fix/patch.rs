//! What an operation makes of a value: JSON Patch, with the mappings that are missing on the way of an addition.

use plumbline_rego::{Array, Object, Step, Value};

use super::Act;

/// A value after an operation; none where the operation has nothing to work on.
pub(super) fn patched(value: &Value, steps: &[Step], act: &Act) -> Option<Value> {
    let Some((step, rest)) = steps.split_first() else {
        return match act {
            Act::Add(new) | Act::Replace(new) => Some(new.clone()),
            Act::Remove => None,
        };
    };
    match value {
        Value::Object(object) => in_object(object, step, rest, act),
        Value::Array(items) => in_array(items, step, rest, act),
        // A key without a value is as good as none.
        Value::Null => match act {
            Act::Add(new) => nested(steps, new),
            Act::Replace(_) | Act::Remove => None,
        },
        _ => None,
    }
}

/// A value below keys that are not there yet.
pub(super) fn nested(steps: &[Step], value: &Value) -> Option<Value> {
    steps
        .iter()
        .rev()
        .try_fold(value.clone(), |value, step| match step {
            Step::Key(key) => {
                let key = Value::string(key.as_str());
                Some(Value::Object(Object::default().with(key, value)))
            }
            Step::Index(_) => None,
        })
}

/// A step as the key of a mapping.
pub(super) fn key_of(step: &Step) -> String {
    match step {
        Step::Key(key) => key.as_str().to_owned(),
        Step::Index(index) => index.to_string(),
    }
}

/// Where a step leads in a list: the end, for an item that is added.
pub(super) fn index_of(step: &Step, length: usize) -> Option<usize> {
    match step {
        Step::Index(index) => Some(*index),
        Step::Key(key) => (key.as_str() == "-").then_some(length),
    }
}

fn in_object(object: &Object, step: &Step, rest: &[Step], act: &Act) -> Option<Value> {
    let key = Value::string(&key_of(step));
    let new = match (object.get(&key), act) {
        (Some(_), Act::Remove) if rest.is_empty() => {
            let others = object.iter().filter(|(other, _)| **other != key);
            let others = others.map(|(key, value)| (key.clone(), value.clone()));
            return Some(Value::Object(others.collect()));
        }
        (Some(found), _) => patched(found, rest, act)?,
        (None, Act::Add(new)) => nested(rest, new)?,
        (None, Act::Replace(_) | Act::Remove) => return None,
    };
    Some(Value::Object(object.with(key, new)))
}

fn in_array(items: &Array, step: &Step, rest: &[Step], act: &Act) -> Option<Value> {
    let at = index_of(step, items.len())?;
    let mut changed = items.as_slice().to_vec();
    match act {
        Act::Add(new) if rest.is_empty() => {
            if at > changed.len() {
                return None;
            }
            changed.insert(at, new.clone());
        }
        Act::Remove if rest.is_empty() => {
            items.get(at)?;
            changed.remove(at);
        }
        _ => {
            let item = changed.get_mut(at)?;
            *item = patched(item, rest, act)?;
        }
    }
    Some(Value::from(changed))
}
