//! Functions that are a part of the language: the machine and the compiler answer them, and the table knows their shape.

use super::{Builtin, BuiltinError, Call, Type};
use crate::value::Value;

pub(super) const BUILTINS: &[Builtin] = &[
    Builtin {
        name: "walk",
        operands: &[Type::Any],
        result: Type::Any,
        deprecated: false,
        function: elsewhere,
    },
    Builtin {
        name: "rego.metadata.rule",
        operands: &[],
        result: Type::Any,
        deprecated: false,
        function: elsewhere,
    },
    Builtin {
        name: "rego.metadata.chain",
        operands: &[],
        result: Type::Any,
        deprecated: false,
        function: elsewhere,
    },
];

/// Nothing calls these through the table, unless something stands for them under `with`.
#[expect(
    clippy::unnecessary_wraps,
    reason = "the shape of every function of the table"
)]
fn elsewhere(_call: &mut Call<'_>, _args: &[Value]) -> Result<Option<Value>, BuiltinError> {
    Ok(None)
}
