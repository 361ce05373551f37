//! The table of all builtins, and what is known of types before anything runs.

use std::collections::HashMap;
use std::fmt;
use std::sync::OnceLock;

use super::{Builtin, CATEGORIES, Type};
use crate::value::Value;

/// Functions of OPA that are not there, and why.
const SWITCHED_OFF: &[(&str, &str)] = &[
    (
        "http.send",
        "it is switched off: a policy must not ask the network; hand what it would fetch in as data",
    ),
    (
        "net.lookup_ip_addr",
        "it is switched off: a policy must not ask the network; hand what it would look up in as data",
    ),
];

/// The functions that policies may call, by their names.
#[derive(Debug)]
pub struct Table {
    builtins: Vec<Builtin>,
    by_name: HashMap<&'static str, u32>,
}

impl Table {
    /// OPA's functions, built once.
    pub(crate) fn get_all() -> &'static Self {
        static TABLE: OnceLock<Table> = OnceLock::new();
        TABLE.get_or_init(|| Self::with(&[]))
    }

    /// OPA's functions, and those that a host hands in. A name that is there already stays what it is.
    pub fn with(host: &[Builtin]) -> Self {
        let own = CATEGORIES.iter().flat_map(|category| category.iter());
        let mut table = Self {
            builtins: Vec::new(),
            by_name: HashMap::new(),
        };
        for (builtin, index) in own.chain(host).zip(0..) {
            table.builtins.push(*builtin);
            table.by_name.entry(builtin.name).or_insert(index);
        }
        table
    }

    pub(crate) fn find(&self, name: &str) -> Option<u32> {
        self.by_name.get(name).copied()
    }

    /// Indices come from [`Table::find`]; any other one gives the first builtin.
    pub(crate) fn get(&self, index: u32) -> &Builtin {
        static NONE: Builtin = Builtin {
            name: "",
            operands: &[],
            result: Type::Any,
            deprecated: false,
            function: |_, _| Ok(None),
        };
        self.builtins.get(index as usize).unwrap_or(&NONE)
    }

    /// How a builtin is called: `startswith(string, string) -> boolean`.
    pub(crate) fn signature(&self, index: u32) -> String {
        let builtin = self.get(index);
        let operands: Vec<String> = builtin.operands.iter().map(Type::to_string).collect();
        format!(
            "it is called as `{}({})` and gives {}",
            builtin.name,
            operands.join(", "),
            builtin.result
        )
    }

    /// What to say of a name that is no builtin.
    pub(crate) fn hint(&self, name: &str) -> Option<String> {
        if let Some((_, why)) = SWITCHED_OFF.iter().find(|(off, _)| *off == name) {
            return Some((*why).to_owned());
        }
        let visible = self
            .builtins
            .iter()
            .map(|builtin| builtin.name)
            .filter(|name| !name.starts_with("internal."));
        nearest(name, visible).map(|near| format!("did you mean `{near}`?"))
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any => f.write_str("any"),
            Self::Null => f.write_str("null"),
            Self::Boolean => f.write_str("boolean"),
            Self::Number => f.write_str("number"),
            Self::String => f.write_str("string"),
            Self::Array(Self::Any) => f.write_str("array"),
            Self::Array(inner) => write!(f, "array of {inner}"),
            Self::Set(Self::Any) => f.write_str("set"),
            Self::Set(inner) => write!(f, "set of {inner}"),
            Self::Object => f.write_str("object"),
            Self::OneOf(types) => {
                for (at, inner) in types.iter().enumerate() {
                    write!(f, "{}{inner}", if at > 0 { " or " } else { "" })?;
                }
                Ok(())
            }
        }
    }
}

/// A type that is certain before anything runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Certain {
    Null,
    Boolean,
    Number,
    String,
    Array,
    Set,
    Object,
}

impl Certain {
    pub(crate) fn of(value: &Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(_) => Self::Boolean,
            Value::Number(_) => Self::Number,
            Value::String(_) => Self::String,
            Value::Array(_) => Self::Array,
            Value::Set(_) => Self::Set,
            Value::Object(_) => Self::Object,
        }
    }

    pub(crate) fn of_result(result: Type) -> Option<Self> {
        match result {
            Type::Null => Some(Self::Null),
            Type::Boolean => Some(Self::Boolean),
            Type::Number => Some(Self::Number),
            Type::String => Some(Self::String),
            Type::Array(_) => Some(Self::Array),
            Type::Set(_) => Some(Self::Set),
            Type::Object => Some(Self::Object),
            Type::Any | Type::OneOf(_) => None,
        }
    }

    /// Whether a value of this type may be an operand of that one.
    pub(crate) fn may_be(self, wanted: Type) -> bool {
        match wanted {
            Type::Any => true,
            Type::OneOf(types) => types.iter().any(|wanted| self.may_be(*wanted)),
            other => Self::of_result(other) == Some(self),
        }
    }
}

impl fmt::Display for Certain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Null => "null",
            Self::Boolean => "boolean",
            Self::Number => "number",
            Self::String => "string",
            Self::Array => "array",
            Self::Set => "set",
            Self::Object => "object",
        })
    }
}

/// The one of `known` that a mistyped name probably means.
pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = (name.chars().count() / 3).max(1);
    let length = name.chars().count();
    let alike = |candidate: &&str| candidate.chars().count().abs_diff(length) <= limit;
    let distances = known
        .into_iter()
        .filter(alike)
        .map(|candidate| (distance(name, candidate), candidate));
    distances
        .filter(|(distance, _)| *distance <= limit)
        .min()
        .map(|(_, candidate)| candidate)
}

/// How many letters must be put in, left out or replaced.
fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (at, from) in left.chars().enumerate() {
        let (mut diagonal, mut before) = (at, at + 1);
        let mut next = vec![before];
        for (to, above) in right.iter().zip(row.iter().skip(1)) {
            before = (diagonal + usize::from(from != *to))
                .min(above + 1)
                .min(before + 1);
            diagonal = *above;
            next.push(before);
        }
        row = next;
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::Table;

    #[test]
    fn a_name_is_registered_once() {
        let table = Table::get_all();
        assert_eq!(table.by_name.len(), table.builtins.len());
    }

    #[test]
    fn a_mistyped_name_finds_its_neighbour() {
        let hint = |name| Table::get_all().hint(name);
        assert_eq!(
            hint("startwith").as_deref(),
            Some("did you mean `startswith`?")
        );
        assert!(hint("http.send").is_some_and(|hint| hint.contains("switched off")));
        assert_eq!(hint("quite.another.thing"), None);
    }
}
