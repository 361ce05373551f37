//! The Go values that are printed.

use num_bigint::BigInt;

use crate::value::Value;

/// A value of Go.
#[derive(Debug, Clone)]
pub(in crate::builtins) enum Item {
    /// What Go's JSON decoder makes: `nil`, a `bool`, a `json.Number`, a `string`, a list or a map of these.
    Data(Value),
    /// An `int64`.
    Int64(i64),
    /// An `int`.
    Int(i64),
    /// A `uint8`, which is what indexing a string gives.
    Byte(u8),
    /// A `*big.Int`.
    Big(BigInt),
    /// A `float64`.
    Float(f64),
    /// A `complex128`: its real and its imaginary part.
    Complex(f64, f64),
}

impl Item {
    /// The name of the type as Go prints it.
    pub(in crate::builtins) fn type_name(&self) -> &'static str {
        match self {
            Self::Data(Value::Null) => "<nil>",
            Self::Data(Value::Bool(_)) => "bool",
            Self::Data(Value::Number(_)) => "json.Number",
            Self::Data(Value::String(_)) => "string",
            Self::Data(Value::Array(_) | Value::Set(_)) => "[]interface {}",
            Self::Data(Value::Object(_)) => "map[string]interface {}",
            Self::Int64(_) => "int64",
            Self::Int(_) => "int",
            Self::Byte(_) => "uint8",
            Self::Big(_) => "*big.Int",
            Self::Float(_) => "float64",
            Self::Complex(..) => "complex128",
        }
    }

    /// Whether this is `nil`.
    pub(in crate::builtins) fn is_nil(&self) -> bool {
        matches!(self, Self::Data(Value::Null))
    }

    /// Whether the underlying type is Go's string.
    pub(super) fn is_text(&self) -> bool {
        matches!(self, Self::Data(Value::String(_) | Value::Number(_)))
    }

    /// The integer, of whatever size.
    pub(super) fn as_integer(&self) -> Option<i64> {
        match self {
            Self::Int64(value) | Self::Int(value) => Some(*value),
            Self::Byte(value) => Some(i64::from(*value)),
            _ => None,
        }
    }
}
