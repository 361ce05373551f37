//! What a policy may ask about where it runs: only what the caller says.

use super::golang::{builtin, units};
use super::operand::string;
use super::{Builtin, BuiltinError, Call, Type};
use crate::value::Value;

pub(super) const BUILTINS: &[Builtin] = &[
    builtin("opa.runtime", &[], Type::Object, runtime),
    builtin("trace", &[Type::String], Type::Boolean, trace),
];

fn runtime(call: &mut Call<'_>, _: &[Value]) -> Result<Option<Value>, BuiltinError> {
    call.meter.step(1)?;
    Ok(Some(call.facts.runtime.clone()))
}

/// Notes are for explanations, which nobody asked for here.
fn trace(call: &mut Call<'_>, args: &[Value]) -> Result<Option<Value>, BuiltinError> {
    let note = string(call, args, 1)?;
    call.meter.step(units(note.len()) / 64 + 1)?;
    Ok(Some(Value::Bool(true)))
}

#[cfg(test)]
mod tests {
    use super::BUILTINS;
    use crate::builtins::golang::testing::answer;

    #[test]
    fn the_runtime_is_what_the_caller_says() {
        assert_eq!(answer(BUILTINS, "opa.runtime", "[]"), "{}");
    }

    #[test]
    fn a_note_is_true() {
        assert_eq!(answer(BUILTINS, "trace", r#"["here"]"#), "true");
        assert!(answer(BUILTINS, "trace", "[1]").starts_with("error"));
    }
}
