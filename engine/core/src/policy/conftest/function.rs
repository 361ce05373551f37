//! The function of Conftest's own that needs no file: `parse_config`.

use std::sync::Arc;

use plumbline_rego::Value;
use plumbline_rego::builtins::operand::{Answer, size, string};
use plumbline_rego::builtins::{Builtin, BuiltinError, Call, Type};

use super::document::{hcl_value, typing};
use crate::parse::{self, Document, Notation};
use crate::problem::Problem;
use crate::source::{FileId, Source};
use crate::tree::NodeId;

/// The functions, as the engine takes them.
pub(in crate::policy) const FUNCTIONS: &[Builtin] = &[Builtin {
    name: "parse_config",
    operands: &[Type::String, Type::String],
    result: Type::Any,
    deprecated: false,
    function: parse_config,
}];

/// Parsers by what Conftest calls them.
const PARSERS: &[(&str, Notation)] = &[
    ("hcl2", Notation::Hcl),
    ("json", Notation::Json),
    ("yaml", Notation::Yaml),
];

/// `parse_config(parser, text)`: what a text says; of several documents an array.
fn parse_config(call: &mut Call<'_>, args: &[Value]) -> Answer {
    let parser = string(call, args, 1)?;
    let text = string(call, args, 2)?;
    call.meter.step(size(text.len()))?;
    let failed = |why: String| BuiltinError::Failed(format!("{}: {why}", call.name));
    let Some((_, notation)) = PARSERS.iter().find(|(name, _)| *name == parser) else {
        let known: Vec<&str> = PARSERS.iter().map(|(name, _)| *name).collect();
        let parser = parser.escape_debug();
        let known = known.join("`, `");
        return Err(failed(format!("`{parser}` is none of `{known}`")));
    };
    let source = Arc::new(Source::new("", text).with_secrets());
    let (documents, problems) = parse::parse(&source, FileId(0), *notation);
    if let Some(problem) = problems.into_iter().find(Problem::is_error) {
        return Err(failed(problem.message));
    }
    let mut values = Vec::new();
    for document in &documents {
        let nodes = document.tree.len().saturating_mul(size_of::<Value>());
        call.meter.alloc(size(nodes))?;
        values.push(value(document));
    }
    Ok(Some(match values.pop() {
        None => Value::Null,
        Some(only) if values.is_empty() => only,
        Some(last) => {
            values.push(last);
            Value::from(values)
        }
    }))
}

fn value(document: &Document) -> Value {
    match document.notation {
        Notation::Hcl => hcl_value(&document.tree, NodeId::ROOT),
        notation => document.tree.to_value(NodeId::ROOT, typing(notation)),
    }
}
