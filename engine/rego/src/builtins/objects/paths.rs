//! JSON paths, and what many of them select together.

use std::collections::BTreeMap;

use crate::builtins::golang::units;
use crate::builtins::operand::{operand_error, type_error};
use crate::builtins::{BuiltinError, Call, Meter};
use crate::value::{Array, Object, ObjectBuilder, Set, Value};

/// The segments of one path: of a text between slashes, or the elements of an array.
pub(super) fn segments(call: &Call<'_>, path: &Value) -> Result<Vec<Value>, BuiltinError> {
    match path {
        Value::String(text) => {
            call.meter.step(units(text.len()) + 1)?;
            call.meter.alloc(units(text.len()).saturating_mul(8))?;
            Ok(split(text))
        }
        Value::Array(items) => {
            call.meter.step(units(items.len()) + 1)?;
            Ok(items.iter().cloned().collect())
        }
        other => {
            let expected = "must be one of {set, array} containing string paths or array of path segments but got";
            Err(operand_error(
                call,
                2,
                format_args!("{expected} {}", other.type_name()),
            ))
        }
    }
}

fn split(text: &str) -> Vec<Value> {
    if text.is_empty() {
        return Vec::new();
    }
    let unescaped = |segment: &str| Value::from(segment.replace("~1", "/").replace("~0", "~"));
    text.trim_start_matches('/')
        .split('/')
        .map(unescaped)
        .collect()
}

/// A tree of paths, in one list so that its depth costs no stack.
#[derive(Debug)]
pub(super) struct Selection {
    branches: Vec<BTreeMap<Value, Selected>>,
}

/// What a segment leads to.
#[derive(Debug, Clone, Copy)]
enum Selected {
    /// The end of a path.
    Whole,
    /// Further segments.
    Branch(usize),
}

impl Selection {
    /// The paths that an array or a set lists.
    pub(super) fn new(call: &Call<'_>, operand: Option<&Value>) -> Result<Self, BuiltinError> {
        let paths = match operand {
            Some(Value::Array(items)) => items.as_slice(),
            Some(Value::Set(members)) => members.as_slice(),
            other => {
                return Err(type_error(
                    call,
                    2,
                    other.unwrap_or(&Value::Null),
                    &["set", "array"],
                ));
            }
        };
        let mut selection = Self {
            branches: vec![BTreeMap::new()],
        };
        for path in paths {
            selection.add(segments(call, path)?);
        }
        Ok(selection)
    }

    /// Adds a path; one that goes on where another ends adds nothing.
    fn add(&mut self, mut path: Vec<Value>) {
        let Some(last) = path.pop() else {
            return;
        };
        let mut at = 0;
        for segment in path {
            let next = self.branches.len();
            let Some(branch) = self.branches.get_mut(at) else {
                return;
            };
            match *branch.entry(segment).or_insert(Selected::Branch(next)) {
                Selected::Whole => return,
                Selected::Branch(known) => at = known,
            }
            if at == next {
                self.branches.push(BTreeMap::new());
            }
        }
        if let Some(branch) = self.branches.get_mut(at) {
            branch.insert(last, Selected::Whole);
        }
    }

    fn get(&self, branch: usize, segment: &Value) -> Option<Selected> {
        self.branches.get(branch)?.get(segment).copied()
    }

    /// What an element of an array is selected by: its index as text.
    fn get_index(&self, branch: usize, index: usize) -> Option<Selected> {
        self.get(branch, &Value::from(index.to_string()))
    }

    /// The parts of a value that are selected.
    pub(super) fn filter(&self, meter: &Meter, value: &Value) -> Result<Value, BuiltinError> {
        self.filtered(meter, value, Selected::Branch(0))
    }

    fn filtered(
        &self,
        meter: &Meter,
        value: &Value,
        selected: Selected,
    ) -> Result<Value, BuiltinError> {
        meter.step(1)?;
        meter.alloc(units(size_of::<Value>()))?;
        let Selected::Branch(branch) = selected else {
            return Ok(value.clone());
        };
        match value {
            Value::Array(items) => self.filtered_array(meter, items, branch),
            Value::Set(set) => self.filtered_set(meter, set, branch),
            Value::Object(object) => self.filtered_object(meter, object, branch),
            scalar => Ok(scalar.clone()),
        }
    }

    fn filtered_array(
        &self,
        meter: &Meter,
        items: &Array,
        branch: usize,
    ) -> Result<Value, BuiltinError> {
        meter.step(units(items.len()))?;
        let mut kept = Vec::new();
        for (index, item) in items.iter().enumerate() {
            if let Some(selected) = self.get_index(branch, index) {
                kept.push(self.filtered(meter, item, selected)?);
            }
        }
        Ok(Value::from(kept))
    }

    fn filtered_set(&self, meter: &Meter, set: &Set, branch: usize) -> Result<Value, BuiltinError> {
        meter.step(units(set.len()))?;
        let mut kept = Vec::new();
        for member in set {
            if let Some(selected) = self.get(branch, member) {
                kept.push(self.filtered(meter, member, selected)?);
            }
        }
        Ok(Value::Set(Set::from(kept)))
    }

    fn filtered_object(
        &self,
        meter: &Meter,
        object: &Object,
        branch: usize,
    ) -> Result<Value, BuiltinError> {
        meter.step(units(object.len()))?;
        let mut kept = ObjectBuilder::default();
        for (key, value) in object.iter() {
            if let Some(selected) = self.get(branch, key) {
                kept.insert(key.clone(), self.filtered(meter, value, selected)?);
            }
        }
        Ok(Value::Object(kept.finish()))
    }

    /// A value without the parts that are selected.
    pub(super) fn remove(&self, meter: &Meter, value: &Value) -> Result<Value, BuiltinError> {
        let rest = self.without(meter, value, Some(Selected::Branch(0)))?;
        Ok(rest.unwrap_or_else(Value::empty_object))
    }

    /// What stays of a value; nothing if it is selected as a whole.
    fn without(
        &self,
        meter: &Meter,
        value: &Value,
        selected: Option<Selected>,
    ) -> Result<Option<Value>, BuiltinError> {
        meter.step(1)?;
        meter.alloc(units(size_of::<Value>()))?;
        let branch = match selected {
            None => return Ok(Some(value.clone())),
            Some(Selected::Whole) => return Ok(None),
            Some(Selected::Branch(branch)) => branch,
        };
        match value {
            Value::Array(items) => self.array_without(meter, items, branch),
            Value::Set(set) => self.set_without(meter, set, branch),
            Value::Object(object) => self.object_without(meter, object, branch),
            scalar => Ok(Some(scalar.clone())),
        }
    }

    fn array_without(
        &self,
        meter: &Meter,
        items: &Array,
        branch: usize,
    ) -> Result<Option<Value>, BuiltinError> {
        let mut rest = Vec::with_capacity(items.len());
        for (index, item) in items.iter().enumerate() {
            rest.extend(self.without(meter, item, self.get_index(branch, index))?);
        }
        Ok(Some(Value::from(rest)))
    }

    fn set_without(
        &self,
        meter: &Meter,
        set: &Set,
        branch: usize,
    ) -> Result<Option<Value>, BuiltinError> {
        let mut rest = Vec::with_capacity(set.len());
        for member in set {
            rest.extend(self.without(meter, member, self.get(branch, member))?);
        }
        Ok(Some(Value::Set(Set::from(rest))))
    }

    fn object_without(
        &self,
        meter: &Meter,
        object: &Object,
        branch: usize,
    ) -> Result<Option<Value>, BuiltinError> {
        let mut rest = ObjectBuilder::with_capacity(object.len());
        for (key, value) in object.iter() {
            if let Some(value) = self.without(meter, value, self.get(branch, key))? {
                rest.insert(key.clone(), value);
            }
        }
        Ok(Some(Value::Object(rest.finish())))
    }
}
