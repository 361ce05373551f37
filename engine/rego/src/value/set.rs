//! Sets: distinct values, sorted, shared.

use std::sync::Arc;

use super::{Value, Weighed};

/// An immutable set in Rego's order.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Set(Arc<Weighed<Vec<Value>>>);

impl Set {
    pub(super) fn weight(&self) -> u64 {
        self.0.weight
    }

    pub(super) fn address(&self) -> usize {
        Arc::as_ptr(&self.0).addr()
    }

    /// The member equal to a value.
    pub fn get(&self, value: &Value) -> Option<&Value> {
        let at = self.0.content.binary_search(value).ok()?;
        self.0.content.get(at)
    }

    /// Whether a value is a member.
    pub fn contains(&self, value: &Value) -> bool {
        self.0.content.binary_search(value).is_ok()
    }

    /// The members in Rego's order.
    pub fn iter(&self) -> std::slice::Iter<'_, Value> {
        self.0.content.iter()
    }

    /// The members as a sorted slice.
    pub fn as_slice(&self) -> &[Value] {
        &self.0.content
    }

    /// How many members there are.
    pub fn len(&self) -> usize {
        self.0.content.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.content.is_empty()
    }
}

impl From<Vec<Value>> for Set {
    fn from(mut members: Vec<Value>) -> Self {
        members.sort();
        members.dedup();
        let weight = members
            .iter()
            .fold(1, |sum: u64, member| sum.saturating_add(member.weight()));
        Self(Arc::new(Weighed {
            content: members,
            weight,
        }))
    }
}

impl FromIterator<Value> for Set {
    fn from_iter<I: IntoIterator<Item = Value>>(members: I) -> Self {
        Self::from(members.into_iter().collect::<Vec<_>>())
    }
}

impl<'a> IntoIterator for &'a Set {
    type Item = &'a Value;
    type IntoIter = std::slice::Iter<'a, Value>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}
