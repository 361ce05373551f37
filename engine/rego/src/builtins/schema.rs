//! JSON schemas of drafts 4, 6 and 7, with the answers of the `gojsonschema` that OPA has inside.
//!
//! Schemas refer to themselves and to the three metaschemas; nothing is fetched.

mod check;
mod compile;
mod format;
mod keywords;
mod pool;
mod report;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use super::encoding::is_json;
use super::golang::{builtin, failed, json_shape, units};
use super::{Builtin, BuiltinError, Call, Meter, Type};
use crate::value::{Number, ObjectBuilder, Value, json};

use report::Issue;

const DOCUMENT: Type = Type::OneOf(&[Type::String, Type::Object]);

pub(super) const BUILTINS: &[Builtin] = &[
    builtin(
        "json.match_schema",
        &[DOCUMENT, DOCUMENT],
        Type::Array(&Type::Any),
        match_schema,
    ),
    builtin(
        "json.verify_schema",
        &[DOCUMENT],
        Type::Array(&Type::Any),
        verify_schema,
    ),
];

/// A compiled schema: a list of schemas that refer to each other by their places. The first one is the whole.
#[derive(Debug)]
pub(super) struct Schema {
    nodes: Vec<Node>,
    weight: u64,
}

/// What one schema demands.
#[derive(Debug, Default)]
struct Node {
    /// `true` and `false` are schemas, too.
    always: Option<bool>,
    reference: Option<usize>,
    types: Vec<&'static str>,
    properties: Vec<(String, usize)>,
    pattern_properties: Vec<(::regex::Regex, usize)>,
    additional_properties: Additional,
    property_names: Option<usize>,
    dependencies: BTreeMap<String, Dependency>,
    required: Vec<String>,
    properties_size: Size,
    items: Items,
    additional_items: Additional,
    items_size: Size,
    unique_items: bool,
    contains: Option<usize>,
    numbers: Numbers,
    length: Size,
    pattern: Option<Pattern>,
    format: Option<String>,
    /// The canonical text of the only value.
    constant: Option<String>,
    /// The canonical texts of all values.
    values: Option<Vec<String>>,
    any_of: Vec<usize>,
    one_of: Vec<usize>,
    all_of: Vec<usize>,
    not: Option<usize>,
    condition: Option<usize>,
    consequence: Option<usize>,
    alternative: Option<usize>,
}

/// What holds for what is not named otherwise.
#[derive(Debug, Default)]
enum Additional {
    #[default]
    Unstated,
    Allowed(bool),
    Schema(usize),
}

#[derive(Debug)]
enum Dependency {
    Keys(Vec<String>),
    Schema(usize),
}

#[derive(Debug, Default)]
enum Items {
    #[default]
    Unstated,
    All(usize),
    Each(Vec<usize>),
}

/// The least and the most of a count.
#[derive(Debug, Default)]
struct Size {
    least: Option<i64>,
    most: Option<i64>,
}

#[derive(Debug, Default)]
struct Numbers {
    multiple_of: Option<Number>,
    least: Option<Number>,
    above: Option<Number>,
    most: Option<Number>,
    below: Option<Number>,
}

#[derive(Debug)]
struct Pattern {
    text: String,
    regex: ::regex::Regex,
}

impl Schema {
    /// Compiles the schema that a JSON text or a value is.
    pub(super) fn compile(meter: &Meter, source: &Value) -> Result<Self, BuiltinError> {
        let document = load(meter, source)?;
        compile::compile(meter, &document)
    }

    /// About how many bytes this takes.
    pub(super) fn weight(&self) -> u64 {
        self.weight
    }

    fn get(&self, node: usize) -> Option<&Node> {
        self.nodes.get(node)
    }
}

/// The document that an operand is: a JSON text, or a value.
fn load(meter: &Meter, source: &Value) -> Result<Value, BuiltinError> {
    match source {
        Value::String(text) => {
            meter.step(units(text.len()) / 4 + 1)?;
            meter.alloc(units(text.len()).saturating_mul(4))?;
            if !is_json(text) {
                return Err(BuiltinError::Failed("invalid JSON string".to_owned()));
            }
            json::parse(text).map_err(|error| BuiltinError::Failed(error.to_string()))
        }
        Value::Object(_) | Value::Array(_) => json_shape(meter, source),
        _ => Err(BuiltinError::Failed(
            "wrong type, expected string or object".to_owned(),
        )),
    }
}

/// Whether a schema is one, and why not.
fn verify_schema(call: &mut Call<'_>, args: &[Value]) -> Result<Option<Value>, BuiltinError> {
    let source = args.first().unwrap_or(&Value::Null);
    let problem = match call.cache.schema(call.meter, source) {
        Ok(_) => Value::Null,
        Err(BuiltinError::Failed(text)) => Value::from(format!("jsonschema: {text}")),
        Err(other) => return Err(other),
    };
    Ok(Some(Value::from(vec![
        Value::Bool(problem == Value::Null),
        problem,
    ])))
}

/// Whether a document matches a schema, and all places where it does not.
fn match_schema(call: &mut Call<'_>, args: &[Value]) -> Result<Option<Value>, BuiltinError> {
    let [document, source, ..] = args else {
        return Ok(None);
    };
    let issues = matched(call, document, source).map_err(|error| match error {
        BuiltinError::Failed(text) => failed(call, &text),
        other => other,
    })?;
    let problems: Vec<Value> = issues.iter().map(described).collect();
    Ok(Some(Value::from(vec![
        Value::Bool(issues.is_empty()),
        Value::from(problems),
    ])))
}

fn matched(
    call: &mut Call<'_>,
    document: &Value,
    source: &Value,
) -> Result<Vec<Issue>, BuiltinError> {
    let document = load(call.meter, document)?;
    let schema = call.cache.schema(call.meter, source)?;
    check::issues(call.meter, &schema, &document)
}

fn described(issue: &Issue) -> Value {
    let mut object = ObjectBuilder::with_capacity(4);
    object.insert_str("error", format!("{}: {}", issue.field, issue.text));
    object.insert_str("type", issue.kind);
    object.insert_str("field", issue.field.as_str());
    object.insert_str("desc", issue.text.as_str());
    Value::Object(object.finish())
}
