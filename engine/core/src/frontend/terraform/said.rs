//! Values that are put together of parts which are written in several places, each of them with its own place.

use plumbline_rego::{Array, ObjectBuilder, Value};

use crate::source::Span;
use crate::tree::{Builder, Kind, Origin, View};

/// A value whose parts know where they are written.
#[derive(Debug, Clone)]
pub(super) enum Said {
    /// A value with one place for all of it.
    Known(Value, Origin),
    List(Vec<Said>, Origin),
    Object(Vec<Entry>, Origin),
}

/// An entry of an object; of equal keys the last one counts.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) key: String,
    /// The bytes of the key.
    pub(super) span: Option<Span>,
    pub(super) value: Said,
}

impl Said {
    pub(super) fn text(text: &str, origin: Origin) -> Self {
        Self::Known(Value::string(text), origin)
    }

    /// What is written in a tree.
    pub(super) fn of_view(view: View<'_>) -> Self {
        let origin = view.origin();
        if view.is_mapping() {
            let entries = view.entries().map(|(key, value)| Entry {
                key: key.to_owned(),
                span: value.key_span(),
                value: Self::of_view(value),
            });
            Self::Object(entries.collect(), origin)
        } else if view.is_sequence() {
            Self::List(view.items().map(Self::of_view).collect(), origin)
        } else {
            Self::Known(view.value(), origin)
        }
    }

    /// The same without places.
    pub(super) fn value(&self) -> Value {
        match self {
            Self::Known(value, _) => value.clone(),
            Self::List(items, _) => Value::Array(items.iter().map(Self::value).collect::<Array>()),
            Self::Object(entries, _) => {
                let mut built = ObjectBuilder::default();
                for entry in entries {
                    built.insert(Value::string(&entry.key), entry.value.value());
                }
                Value::Object(built.finish())
            }
        }
    }

    /// The value of a key.
    pub(super) fn take(self, key: &str) -> Option<Self> {
        match self {
            Self::Known(value, origin) => Some(Self::Known(value.get_str(key)?.clone(), origin)),
            Self::List(..) => None,
            Self::Object(entries, _) => {
                let mut entries = entries.into_iter().rev();
                entries
                    .find(|entry| entry.key == key)
                    .map(|entry| entry.value)
            }
        }
    }

    /// The characters of the text that a key has.
    pub(super) fn text_of(&self, key: &str) -> Option<&str> {
        match self {
            Self::Known(value, _) => value.get_str(key)?.as_str(),
            Self::List(..) => None,
            Self::Object(entries, _) => {
                let entry = entries.iter().rfind(|entry| entry.key == key)?;
                match &entry.value {
                    Self::Known(value, _) => value.as_str(),
                    _ => None,
                }
            }
        }
    }

    /// The elements of a list; what is none is its only element.
    pub(super) fn each(self) -> Vec<Self> {
        match self {
            Self::List(items, _) => items,
            Self::Known(Value::Array(items), origin) => items
                .iter()
                .map(|item| Self::Known(item.clone(), origin))
                .collect(),
            alone => vec![alone],
        }
    }

    /// The entries of an object; none for anything else.
    pub(super) fn entries(self) -> Option<Vec<Entry>> {
        match self {
            Self::Object(entries, _) => Some(entries),
            Self::Known(Value::Object(object), origin) => {
                let entries = object.iter().map(|(key, value)| Entry {
                    key: key.as_str().unwrap_or_default().to_owned(),
                    span: None,
                    value: Self::Known(value.clone(), origin),
                });
                Some(entries.collect())
            }
            _ => None,
        }
    }

    /// Writes it under the key that was set.
    pub(super) fn write(&self, builder: &mut Builder) {
        match self {
            Self::Known(value, origin) => builder.value(value, *origin),
            Self::List(items, origin) => {
                builder.open(Kind::Sequence, *origin);
                items.iter().for_each(|item| item.write(builder));
                builder.close();
            }
            Self::Object(entries, origin) => {
                builder.open(Kind::Mapping, *origin);
                for entry in entries {
                    builder.key_as(&entry.key, entry.span);
                    entry.value.write(builder);
                }
                builder.close();
            }
        }
    }
}
