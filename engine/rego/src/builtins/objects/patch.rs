//! JSON patches (RFC 6902) of values that may also hold sets: a member of a set is its own path.

use super::paths::segments;
use crate::builtins::golang::{atoi, failed, units};
use crate::builtins::{BuiltinError, Call, Meter};
use crate::value::{Array, Number, Object, Set, Value};

/// The deepest nesting that a patch may build.
const MAX_DEPTH: usize = 1000;

/// Applies operations one after the other; if one fails, so does the patch.
pub(super) fn apply(
    call: &Call<'_>,
    document: &Value,
    operations: &[Value],
) -> Result<Value, BuiltinError> {
    let mut patched = Some(document.clone());
    for operation in operations {
        let Value::Object(operation) = operation else {
            let message =
                "must be an array of JSON-Patch objects, but at least one element is not an object";
            return Err(failed(call, message));
        };
        patched = Step::new(call, operation)?.apply(patched)?;
    }
    patched.ok_or_else(|| failed(call, "the patch removes the whole document"))
}

/// One operation, and where it applies.
struct Step<'v> {
    call: &'v Call<'v>,
    operation: &'v Object,
    name: &'v str,
    path: Vec<Value>,
}

impl<'v> Step<'v> {
    fn new(call: &'v Call<'_>, operation: &'v Object) -> Result<Self, BuiltinError> {
        let path = attribute(call, operation, "path")?;
        let name = match attribute(call, operation, "op")? {
            Value::String(name) => name.as_str(),
            other => {
                let message = format!(
                    "attribute 'op' must be a string but found: {}",
                    other.type_name()
                );
                return Err(failed(call, &message));
            }
        };
        Ok(Self {
            call,
            operation,
            name,
            path: segments(call, path)?,
        })
    }

    fn attribute(&self, name: &str) -> Result<&'v Value, BuiltinError> {
        attribute(self.call, self.operation, name)
    }

    fn apply(&self, document: Option<Value>) -> Result<Option<Value>, BuiltinError> {
        match self.name {
            "add" => self.add(document, &self.path, self.attribute("value")?.clone()),
            "remove" => self.remove(document, &self.path),
            "replace" => {
                let without = self.remove(document, &self.path)?;
                self.add(without, &self.path, self.attribute("value")?.clone())
            }
            "move" => {
                let from = segments(self.call, self.attribute("from")?)?;
                let moved = self.read(document.as_ref(), &from)?;
                let without = self.remove(document, &from)?;
                self.add(without, &self.path, moved)
            }
            "copy" => {
                let from = segments(self.call, self.attribute("from")?)?;
                let copied = self.read(document.as_ref(), &from)?;
                self.add(document, &self.path, copied)
            }
            "test" => self.test(document),
            unknown => Err(failed(self.call, format!("unrecognized op: '{unknown}'"))),
        }
    }

    fn test(&self, document: Option<Value>) -> Result<Option<Value>, BuiltinError> {
        let found = self.read(document.as_ref(), &self.path)?;
        let expected = self.attribute("value")?;
        if found == *expected {
            return Ok(document);
        }
        let message = format!(
            "value from EditTree != patch value.\n\nExpected: {expected}\n\nFound: {found}"
        );
        Err(failed(self.call, &message))
    }

    fn read(&self, document: Option<&Value>, path: &[Value]) -> Result<Value, BuiltinError> {
        let Some(document) = document else {
            return Err(failed(
                self.call,
                "nil value encountered where composite value was expected",
            ));
        };
        self.call.meter.step(units(path.len()) + 1)?;
        let found = path.iter().try_fold(document, child);
        found.cloned().map_err(|text| failed(self.call, &text))
    }

    fn add(
        &self,
        document: Option<Value>,
        path: &[Value],
        value: Value,
    ) -> Result<Option<Value>, BuiltinError> {
        let meter = self.call.meter;
        // What is shared here counts as if it were copied, because whoever reads the result reads it all.
        if path.len() + depth(meter, &value, MAX_DEPTH + 1)? > MAX_DEPTH {
            return Err(failed(self.call, "the result nests too deeply"));
        }
        let Some((key, parents)) = path.split_last() else {
            return Ok(Some(value));
        };
        self.change(document, parents, |parent| insert(parent, key, &value))
    }

    fn remove(
        &self,
        document: Option<Value>,
        path: &[Value],
    ) -> Result<Option<Value>, BuiltinError> {
        let Some((key, parents)) = path.split_last() else {
            return match document {
                Some(_) => Ok(None),
                None => Err(failed(
                    self.call,
                    "deleted node encountered during delete operation",
                )),
            };
        };
        self.change(document, parents, |parent| delete(parent, key))
    }

    /// Rebuilds the document around a changed part.
    fn change(
        &self,
        document: Option<Value>,
        parents: &[Value],
        change: impl FnOnce(&Value) -> Result<Value, String>,
    ) -> Result<Option<Value>, BuiltinError> {
        let Some(document) = document else {
            return Err(failed(
                self.call,
                "nil value encountered where composite value was expected",
            ));
        };
        let fail = |text: String| failed(self.call, &text);
        let mut way = vec![&document];
        for key in parents {
            let last = way.last().copied().unwrap_or(&document);
            way.push(child(last, key).map_err(fail)?);
        }
        for part in &way {
            charge_copy(self.call.meter, part)?;
        }
        let last = way.pop().unwrap_or(&document);
        let mut changed = change(last).map_err(fail)?;
        for (parent, key) in way.into_iter().zip(parents).rev() {
            changed = replaced(parent, key, changed).map_err(fail)?;
        }
        Ok(Some(changed))
    }
}

fn attribute<'v>(
    call: &Call<'_>,
    operation: &'v Object,
    name: &str,
) -> Result<&'v Value, BuiltinError> {
    let value = operation.get_str(name);
    value.ok_or_else(|| failed(call, format!("missing required attribute '{name}'")))
}

/// How deep a value nests, as far as a limit; every part of it costs a step.
fn depth(meter: &Meter, value: &Value, limit: usize) -> Result<usize, BuiltinError> {
    meter.step(1)?;
    meter.alloc(8)?;
    let mut deepest = 0;
    if limit > 0 {
        let mut visit = |part: &Value| -> Result<(), BuiltinError> {
            deepest = deepest.max(depth(meter, part, limit - 1)? + 1);
            Ok(())
        };
        match value {
            Value::Array(items) => items.iter().try_for_each(&mut visit)?,
            Value::Set(set) => set.iter().try_for_each(&mut visit)?,
            Value::Object(object) => object.values().try_for_each(&mut visit)?,
            _ => {}
        }
    }
    Ok(deepest)
}

fn charge_copy(meter: &Meter, part: &Value) -> Result<(), BuiltinError> {
    let length = part.count().unwrap_or_default();
    meter.step(units(length) + 1)?;
    meter.alloc(units(length).saturating_mul(units(size_of::<(Value, Value)>())))
}

/// The name that Go has for the type of a scalar.
fn go_type(value: &Value) -> &'static str {
    match value {
        Value::Null => "ast.Null",
        Value::Bool(_) => "ast.Boolean",
        Value::Number(_) => "ast.Number",
        _ => "ast.String",
    }
}

fn no_composite(value: &Value) -> String {
    format!(
        "expected composite type, found value: {value} (type: {})",
        go_type(value)
    )
}

/// What a segment leads to.
fn child<'v>(value: &'v Value, key: &Value) -> Result<&'v Value, String> {
    match value {
        Value::Object(object) => object
            .get(key)
            .ok_or_else(|| format!("path {key} does not exist in object term {value}")),
        Value::Set(set) => set
            .get(key)
            .ok_or_else(|| format!("path {key} does not exist in set term {value}")),
        Value::Array(items) => {
            let index = index(items.len(), key)?;
            let found = usize::try_from(index)
                .ok()
                .and_then(|index| items.get(index));
            found.ok_or_else(|| format!("path {index} does not exist in array term {value}"))
        }
        scalar => Err(format!(
            "expected composite type for path {key}, found value: {scalar} (type: {})",
            go_type(scalar)
        )),
    }
}

/// The index that a segment is; `-` is the one after the last.
fn index(length: usize, key: &Value) -> Result<i64, String> {
    match key {
        Value::Number(number) => number_index(number),
        Value::String(text) if text.as_str() == "-" => {
            Ok(i64::try_from(length).unwrap_or(i64::MAX))
        }
        Value::String(text) => {
            let index = atoi(text).ok_or("invalid string for indexing")?;
            if text.as_str() != "0" && text.starts_with('0') {
                return Err("leading zeros are not allowed in JSON paths".to_owned());
            }
            Ok(index)
        }
        _ => Err("invalid type for indexing".to_owned()),
    }
}

fn number_index(number: &Number) -> Result<i64, String> {
    atoi(&number.to_string()).ok_or_else(|| "invalid number type for indexing".to_owned())
}

/// The place in an array that a segment is, if that is before `end`.
fn place(items: &Array, key: &Value, end: usize, what: &str) -> Result<usize, String> {
    let index = index(items.len(), key)?;
    let place = usize::try_from(index).ok().filter(|place| *place < end);
    place.ok_or_else(|| format!("index for array {what} out of bounds"))
}

fn insert(parent: &Value, key: &Value, value: &Value) -> Result<Value, String> {
    match parent {
        Value::Object(object) => Ok(Value::Object(object.with(key.clone(), value.clone()))),
        Value::Set(_) if key != value => Err(format!(
            "set key {key} does not equal value to be inserted {value}"
        )),
        Value::Set(set) => Ok(Value::Set(set.iter().chain([value]).cloned().collect())),
        Value::Array(items) => {
            let place = place(items, key, items.len() + 1, "insertion")?;
            let mut items = items.as_slice().to_vec();
            items.insert(place, value.clone());
            Ok(Value::from(items))
        }
        scalar => Err(no_composite(scalar)),
    }
}

fn delete(parent: &Value, key: &Value) -> Result<Value, String> {
    let missing = || format!("cannot delete child key {key} that does not exist");
    match parent {
        Value::Object(object) => {
            object.get(key).ok_or_else(missing)?;
            let rest = object.iter().filter(|(known, _)| *known != key);
            Ok(Value::Object(
                rest.map(|(key, value)| (key.clone(), value.clone()))
                    .collect(),
            ))
        }
        Value::Set(set) => {
            set.get(key).ok_or_else(missing)?;
            Ok(Value::Set(
                set.iter()
                    .filter(|member| *member != key)
                    .cloned()
                    .collect(),
            ))
        }
        Value::Array(items) => {
            let place = place(items, key, items.len(), "delete")?;
            let mut items = items.as_slice().to_vec();
            items.remove(place);
            Ok(Value::from(items))
        }
        scalar => Err(no_composite(scalar)),
    }
}

/// A parent with another value where a segment leads.
fn replaced(parent: &Value, key: &Value, value: Value) -> Result<Value, String> {
    match parent {
        Value::Object(object) => Ok(Value::Object(object.with(key.clone(), value))),
        Value::Set(set) => {
            let others = set.iter().filter(|member| *member != key).cloned();
            Ok(Value::Set(others.chain([value]).collect::<Set>()))
        }
        Value::Array(items) => {
            let place = place(items, key, items.len(), "insertion")?;
            let mut items = items.as_slice().to_vec();
            if let Some(item) = items.get_mut(place) {
                *item = value;
            }
            Ok(Value::from(items))
        }
        scalar => Err(no_composite(scalar)),
    }
}
