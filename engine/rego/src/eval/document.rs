//! Documents that partial rules build: sets and objects, with keys of any depth.

use std::collections::BTreeMap;

use super::EvalError;
use crate::compile::Place;
use crate::value::{Set, Value};

/// A document in the making.
#[derive(Debug)]
pub(super) enum Document {
    Leaf(Value),
    Set(Vec<Value>),
    Object(BTreeMap<Value, Document>),
}

impl Document {
    /// An empty set, or an empty object.
    pub(super) fn empty(is_set: bool) -> Self {
        if is_set {
            Self::Set(Vec::new())
        } else {
            Self::Object(BTreeMap::new())
        }
    }

    /// Puts a value, or an element of a set, at a path of keys.
    pub(super) fn insert(
        &mut self,
        keys: &[Value],
        value: Value,
        element: bool,
        place: Place,
    ) -> Result<(), EvalError> {
        match (keys.split_first(), &mut *self) {
            (None, Self::Set(members)) if element => members.push(value),
            (None, Self::Leaf(existing)) if !element && *existing == value => {}
            (Some((key, rest)), Self::Object(entries)) => match entries.get_mut(key) {
                Some(inner) => inner.insert(rest, value, element, place)?,
                None => {
                    entries.insert(key.clone(), Self::nested(rest, value, element));
                }
            },
            _ => return Err(conflict(place)),
        }
        Ok(())
    }

    fn nested(keys: &[Value], value: Value, element: bool) -> Self {
        match keys.split_first() {
            None if element => Self::Set(vec![value]),
            None => Self::Leaf(value),
            Some((key, rest)) => Self::Object(BTreeMap::from([(
                key.clone(),
                Self::nested(rest, value, element),
            )])),
        }
    }

    /// The value.
    pub(super) fn finish(self) -> Value {
        match self {
            Self::Leaf(value) => value,
            Self::Set(members) => Value::Set(Set::from(members)),
            Self::Object(entries) => Value::Object(
                entries
                    .into_iter()
                    .map(|(key, inner)| (key, inner.finish()))
                    .collect(),
            ),
        }
    }
}

/// Two values under one key.
pub(super) fn conflict(place: Place) -> EvalError {
    EvalError {
        code: "eval_conflict_error",
        message: "object keys must be unique".to_owned(),
        place,
    }
}
