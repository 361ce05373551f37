//! Objects: keys and values, sorted by key, shared.

use std::sync::Arc;

use super::{Value, Weighed};

/// An immutable mapping, sorted by key. Looking a key up takes a logarithmic number of comparisons.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Object(Arc<Weighed<Vec<(Value, Value)>>>);

impl Object {
    fn from_sorted(entries: Vec<(Value, Value)>) -> Self {
        let weight = entries.iter().fold(1, |sum: u64, (key, value)| {
            sum.saturating_add(key.weight())
                .saturating_add(value.weight())
        });
        Self(Arc::new(Weighed {
            content: entries,
            weight,
        }))
    }

    pub(super) fn weight(&self) -> u64 {
        self.0.weight
    }

    pub(super) fn address(&self) -> usize {
        Arc::as_ptr(&self.0).addr()
    }

    /// The value of a key.
    pub fn get(&self, key: &Value) -> Option<&Value> {
        let at = self
            .0
            .content
            .binary_search_by(|(candidate, _)| candidate.cmp(key))
            .ok()?;
        self.0.content.get(at).map(|(_, value)| value)
    }

    /// The value of a string key.
    pub fn get_str(&self, key: &str) -> Option<&Value> {
        let at = self
            .0
            .content
            .binary_search_by(|(candidate, _)| order_to_str(candidate, key))
            .ok()?;
        self.0.content.get(at).map(|(_, value)| value)
    }

    /// Keys and values in Rego's order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (&Value, &Value)> + ExactSizeIterator {
        self.0.content.iter().map(|(key, value)| (key, value))
    }

    /// The keys in Rego's order.
    pub fn keys(&self) -> impl DoubleEndedIterator<Item = &Value> + ExactSizeIterator {
        self.0.content.iter().map(|(key, _)| key)
    }

    /// The values in the order of their keys.
    pub fn values(&self) -> impl DoubleEndedIterator<Item = &Value> + ExactSizeIterator {
        self.0.content.iter().map(|(_, value)| value)
    }

    /// Keys and values as a sorted slice.
    pub fn entries(&self) -> &[(Value, Value)] {
        &self.0.content
    }

    /// How many keys there are.
    pub fn len(&self) -> usize {
        self.0.content.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.content.is_empty()
    }

    /// This object with one more key, or with another value for one it has.
    #[must_use]
    pub fn with(&self, key: Value, value: Value) -> Self {
        let mut entries = self.0.content.clone();
        match entries.binary_search_by(|(candidate, _)| candidate.cmp(&key)) {
            Ok(at) => {
                if let Some(entry) = entries.get_mut(at) {
                    entry.1 = value;
                }
            }
            Err(at) => entries.insert(at, (key, value)),
        }
        Self::from_sorted(entries)
    }
}

/// The last value of a repeated key stays.
impl FromIterator<(Value, Value)> for Object {
    fn from_iter<I: IntoIterator<Item = (Value, Value)>>(entries: I) -> Self {
        let mut builder = ObjectBuilder::default();
        for (key, value) in entries {
            builder.insert(key, value);
        }
        builder.finish()
    }
}

/// Collects entries in any order and sorts once.
#[derive(Debug, Default)]
pub struct ObjectBuilder(Vec<(Value, Value)>);

impl ObjectBuilder {
    /// Room for a number of entries.
    pub fn with_capacity(capacity: usize) -> Self {
        Self(Vec::with_capacity(capacity))
    }

    /// Adds an entry; of entries with equal keys the last one stays.
    pub fn insert(&mut self, key: Value, value: Value) {
        self.0.push((key, value));
    }

    /// Adds an entry with a string key.
    pub fn insert_str(&mut self, key: &str, value: impl Into<Value>) {
        self.0.push((Value::string(key), value.into()));
    }

    /// The object.
    pub fn finish(mut self) -> Object {
        let sorted = self.0.is_sorted_by(|(left, _), (right, _)| left < right);
        if !sorted {
            self.0.sort_by(|(left, _), (right, _)| left.cmp(right));
            self.0.dedup_by(|later, earlier| {
                let same = later.0 == earlier.0;
                if same {
                    std::mem::swap(&mut later.1, &mut earlier.1);
                }
                same
            });
        }
        self.0.shrink_to_fit();
        Object::from_sorted(self.0)
    }
}

fn order_to_str(candidate: &Value, key: &str) -> std::cmp::Ordering {
    match candidate {
        Value::String(text) => text.as_str().cmp(key),
        Value::Null | Value::Bool(_) | Value::Number(_) => std::cmp::Ordering::Less,
        Value::Array(_) | Value::Object(_) | Value::Set(_) => std::cmp::Ordering::Greater,
    }
}
