//! `strings.render_template`: Go's `text/template` over values that have been through JSON.
//!
//! What a template sees are Go's types, not Rego's: numbers are a `json.Number`, which is a kind of string, so that
//! `{{if .zero}}` holds and `eq` compares digits. Keys that are missing print as `<undefined>`.

mod datum;
mod exec;
mod functions;
mod json_text;
mod lex;
mod node;
mod number;
mod parse;
#[cfg(test)]
mod tests;

use super::golang::builtin;
use super::operand::{self, Answer, fail, size};
use super::{Builtin, Type};
use super::{BuiltinError, Call};
use crate::value::Value;

/// The builtins of this category.
pub(super) const BUILTINS: &[Builtin] = &[builtin(
    "strings.render_template",
    &[Type::String, Type::Object],
    Type::String,
    render_template,
)];

/// The name of the template that a text is, in OPA.
const NAME: &str = "template";

/// How deep control structures, parentheses and templates within templates may nest.
const MAX_DEPTH: usize = 128;

fn render_template(call: &mut Call<'_>, args: &[Value]) -> Answer {
    let text = operand::string(call, args, 1)?;
    let variables = operand::object(call, args, 2)?;
    json_text::check(call.meter, &Value::Object(variables.clone()))?
        .map_err(|error| fail(call, error))?;
    call.meter.step(size(text.len()))?;
    call.meter.alloc(size(text.len()).saturating_mul(8))?;
    let trees = parse::parse(text).map_err(|error| fail(call, error))?;
    let data = Value::Object(variables.clone());
    let rendered =
        exec::execute(call.meter, &trees, text, data).map_err(|stop| stopped(call, stop))?;
    call.meter.step(size(rendered.len()) / 16)?;
    call.meter.alloc(size(rendered.len()))?;
    Ok(Some(Value::from(
        rendered.replace("<no value>", "<undefined>"),
    )))
}

fn stopped(call: &Call<'_>, stop: exec::Stop) -> BuiltinError {
    match stop {
        exec::Stop::Budget(error) => error,
        exec::Stop::Failed(text) => fail(call, text),
        // The parser lets these stand only where something stops them.
        exec::Stop::Break | exec::Stop::Continue => {
            fail(call, "a loop was left that was not there")
        }
    }
}
