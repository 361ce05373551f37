//! The values that Rego computes with, in Rego's total order.
//!
//! A value is immutable, cheap to clone and safe to share between threads. Nothing here knows where a value came
//! from: places in files belong to whoever built the value.

mod display;
pub mod json;
mod number;
mod object;
mod path;
mod set;

use std::cmp::Ordering;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

pub use arcstr::ArcStr;
pub use number::{Number, ParseNumberError};
pub use object::{Object, ObjectBuilder};
pub use path::{Path, Step};
pub use set::Set;

/// A JSON value, or one of Rego's sets. Objects may have keys of any type.
///
/// The order of the variants is Rego's order between types.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Value {
    /// JSON `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number with every digit it was written with.
    Number(Number),
    /// Text.
    String(ArcStr),
    /// A list.
    Array(Array),
    /// Keys and values, sorted by key.
    Object(Object),
    /// Distinct values, sorted.
    Set(Set),
}

/// A collection, and how many values it holds when every shared part is counted as often as it is reached: what writing,
/// comparing or walking it costs. Sharing makes that number grow far beyond the memory that the collection takes.
#[derive(Clone, Debug, Default)]
struct Weighed<T> {
    content: T,
    weight: u64,
}

impl<T: PartialEq> PartialEq for Weighed<T> {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other) || self.content == other.content
    }
}

impl<T: Eq> Eq for Weighed<T> {}

impl<T: Ord> PartialOrd for Weighed<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<T: Ord> Ord for Weighed<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        // What is one and the same need not be compared.
        if std::ptr::eq(self, other) {
            Ordering::Equal
        } else {
            self.content.cmp(&other.content)
        }
    }
}

impl<T: Hash> Hash for Weighed<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.content.hash(state);
    }
}

/// A shared list of values.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Array(Arc<Weighed<Vec<Value>>>);

impl Array {
    /// The elements.
    pub fn as_slice(&self) -> &[Value] {
        &self.0.content
    }

    /// The elements in order.
    pub fn iter(&self) -> std::slice::Iter<'_, Value> {
        self.0.content.iter()
    }

    /// How many elements there are.
    pub fn len(&self) -> usize {
        self.0.content.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.content.is_empty()
    }

    /// The element at an index.
    pub fn get(&self, index: usize) -> Option<&Value> {
        self.0.content.get(index)
    }
}

impl From<Vec<Value>> for Array {
    fn from(items: Vec<Value>) -> Self {
        let weight = items
            .iter()
            .fold(1, |sum: u64, item| sum.saturating_add(item.weight()));
        Self(Arc::new(Weighed {
            content: items,
            weight,
        }))
    }
}

impl FromIterator<Value> for Array {
    fn from_iter<I: IntoIterator<Item = Value>>(items: I) -> Self {
        Self::from(items.into_iter().collect::<Vec<_>>())
    }
}

impl<'a> IntoIterator for &'a Array {
    type Item = &'a Value;
    type IntoIter = std::slice::Iter<'a, Value>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl Value {
    /// A string value.
    pub fn string(text: &str) -> Self {
        Self::String(ArcStr::from(text))
    }

    /// The object without keys.
    pub fn empty_object() -> Self {
        Self::Object(Object::default())
    }

    /// The type's name as Rego's `type_name` gives it.
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "boolean",
            Self::Number(_) => "number",
            Self::String(_) => "string",
            Self::Array(_) => "array",
            Self::Object(_) => "object",
            Self::Set(_) => "set",
        }
    }

    /// The text of a string.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// The truth value of a boolean.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(value) => Some(*value),
            _ => None,
        }
    }

    /// A number.
    pub fn as_number(&self) -> Option<&Number> {
        match self {
            Self::Number(number) => Some(number),
            _ => None,
        }
    }

    /// The elements of an array.
    pub fn as_array(&self) -> Option<&[Value]> {
        match self {
            Self::Array(items) => Some(items.as_slice()),
            _ => None,
        }
    }

    /// An object.
    pub fn as_object(&self) -> Option<&Object> {
        match self {
            Self::Object(object) => Some(object),
            _ => None,
        }
    }

    /// A set.
    pub fn as_set(&self) -> Option<&Set> {
        match self {
            Self::Set(set) => Some(set),
            _ => None,
        }
    }

    /// What a reference `self[key]` reads: an object's value, an array's element, a set's member.
    pub fn get(&self, key: &Value) -> Option<&Value> {
        match self {
            Self::Object(object) => object.get(key),
            Self::Array(items) => items.get(key.as_number()?.to_index()?),
            Self::Set(set) => set.get(key),
            _ => None,
        }
    }

    /// What `self.key` reads from an object.
    pub fn get_str(&self, key: &str) -> Option<&Value> {
        self.as_object()?.get_str(key)
    }

    /// The value that a path leads to.
    pub fn at(&self, path: &Path) -> Option<&Value> {
        path.steps()
            .iter()
            .try_fold(self, |value, step| match step {
                Step::Key(key) => value.get_str(key),
                Step::Index(index) => match value {
                    Self::Array(items) => items.get(*index),
                    _ => None,
                },
            })
    }

    /// Where a collection lies in memory, which is the same for it and its clones. Scalars lie nowhere.
    pub fn address(&self) -> Option<usize> {
        match self {
            Self::Array(items) => Some(Arc::as_ptr(&items.0).addr()),
            Self::Object(object) => Some(object.address()),
            Self::Set(set) => Some(set.address()),
            _ => None,
        }
    }

    /// How many values this is when every shared part is counted as often as it is reached.
    pub fn weight(&self) -> u64 {
        match self {
            Self::Array(items) => items.0.weight,
            Self::Object(object) => object.weight(),
            Self::Set(set) => set.weight(),
            _ => 1,
        }
    }

    /// How many elements, keys or characters there are; nothing for scalars other than strings.
    pub fn count(&self) -> Option<usize> {
        match self {
            Self::String(text) => Some(text.chars().count()),
            Self::Array(items) => Some(items.len()),
            Self::Object(object) => Some(object.len()),
            Self::Set(set) => Some(set.len()),
            _ => None,
        }
    }
}

/// Rego's order: by type first, then by content.
pub fn compare(left: &Value, right: &Value) -> Ordering {
    left.cmp(right)
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Number(Number::from(value))
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::string(text)
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::String(ArcStr::from(text))
    }
}

impl From<Vec<Value>> for Value {
    fn from(items: Vec<Value>) -> Self {
        Self::Array(Array::from(items))
    }
}

impl From<Array> for Value {
    fn from(items: Array) -> Self {
        Self::Array(items)
    }
}

impl From<Object> for Value {
    fn from(object: Object) -> Self {
        Self::Object(object)
    }
}

impl From<Set> for Value {
    fn from(set: Set) -> Self {
        Self::Set(set)
    }
}

impl From<Number> for Value {
    fn from(number: Number) -> Self {
        Self::Number(number)
    }
}
