//! Go values as a template meets them.

use crate::builtins::sprintf::Item;
use crate::value::Value;

/// A value, or that there is none. What comes out of lists and maps is in an interface until it is looked at, which
/// shows in messages.
#[derive(Debug, Clone)]
pub(super) enum Datum {
    /// No value: a key that is missing, or a literal `nil`.
    Missing,
    /// Whatever a list or a map holds, `nil` included.
    Boxed(Item),
    /// A value of its own type, never `nil`.
    Plain(Item),
}

impl Datum {
    /// An element of a list or a map.
    pub(super) fn element(value: &Value) -> Self {
        Self::Boxed(Item::Data(value.clone()))
    }

    /// A string.
    pub(super) fn text(text: String) -> Self {
        Self::Plain(Item::Data(Value::from(text)))
    }

    /// A boolean.
    pub(super) fn boolean(value: bool) -> Self {
        Self::Plain(Item::Data(Value::from(value)))
    }

    /// The value without the interface around it.
    pub(super) fn unboxed(self) -> Self {
        match self {
            Self::Boxed(item) if item.is_nil() => Self::Missing,
            Self::Boxed(item) => Self::Plain(item),
            other => other,
        }
    }

    /// The value, whatever it is in.
    pub(super) fn item(&self) -> Option<&Item> {
        match self {
            Self::Missing => None,
            Self::Boxed(item) | Self::Plain(item) => Some(item).filter(|item| !item.is_nil()),
        }
    }

    /// The value, with `nil` for none.
    pub(super) fn into_item(self) -> Item {
        match self {
            Self::Missing => Item::Data(Value::Null),
            Self::Boxed(item) | Self::Plain(item) => item,
        }
    }

    /// The type's name as Go prints it.
    pub(super) fn type_name(&self) -> &'static str {
        match self {
            Self::Missing => "<nil>",
            Self::Boxed(_) => "interface {}",
            Self::Plain(item) => item.type_name(),
        }
    }

    /// Whether `if` takes the value for true: everything but `nil`, `false`, zeros and what is empty.
    pub(super) fn holds(&self) -> bool {
        self.item().is_some_and(|item| match item {
            Item::Data(data) => holds(data),
            Item::Int64(value) | Item::Int(value) => *value != 0,
            Item::Byte(value) => *value != 0,
            Item::Float(value) => *value != 0.0,
            Item::Complex(real, imaginary) => *real != 0.0 || *imaginary != 0.0,
            Item::Big(_) => true,
        })
    }
}

fn holds(data: &Value) -> bool {
    match data {
        Value::Null => false,
        Value::Bool(value) => *value,
        // A number is a string of digits to Go, and that is never empty.
        Value::Number(_) => true,
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Set(members) => !members.is_empty(),
        Value::Object(object) => !object.is_empty(),
    }
}
