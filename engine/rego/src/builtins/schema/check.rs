//! Checks a document against a schema, in the order and with the words of `gojsonschema`.

mod array;
mod combinations;
mod number;
mod object;

use super::format;
use super::report::{Issue, Outcome, Place};
use super::{Node, Schema, Size};
use crate::builtins::golang::{canonical, units};
use crate::builtins::{BuiltinError, Meter};
use crate::value::Value;

/// How deep references may lead without end.
const MAX_DEPTH: usize = 200;

/// All places where a document does not match.
pub(super) fn issues(
    meter: &Meter,
    schema: &Schema,
    document: &Value,
) -> Result<Vec<Issue>, BuiltinError> {
    let mut checker = Checker {
        meter,
        schema,
        depth: 0,
    };
    let mut outcome = Outcome::default();
    checker.check(0, document, &Place::ROOT, &mut outcome)?;
    Ok(outcome.issues)
}

struct Checker<'schema> {
    meter: &'schema Meter,
    schema: &'schema Schema,
    depth: usize,
}

type Checked = Result<(), BuiltinError>;

impl<'schema> Checker<'schema> {
    /// What comes of checking a value on its own.
    fn outcome(
        &mut self,
        node: usize,
        value: &Value,
        place: &Place<'_>,
    ) -> Result<Outcome, BuiltinError> {
        let mut outcome = Outcome::default();
        self.check(node, value, place, &mut outcome)?;
        Ok(outcome)
    }

    fn check(
        &mut self,
        node: usize,
        value: &Value,
        place: &Place<'_>,
        outcome: &mut Outcome,
    ) -> Checked {
        self.meter.step(1)?;
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(BuiltinError::Failed(
                "the schema refers to itself without end".to_owned(),
            ));
        }
        if let Some(node) = self.schema.get(node) {
            self.check_node(node, value, place, outcome)?;
        }
        self.depth -= 1;
        Ok(())
    }

    fn check_node(
        &mut self,
        node: &'schema Node,
        value: &Value,
        place: &Place<'_>,
        outcome: &mut Outcome,
    ) -> Checked {
        if let Some(always) = node.always {
            if !always {
                outcome.add("false", place, "False always fails validation".to_owned());
            }
            return Ok(());
        }
        if let Some(reference) = node.reference {
            return self.check(reference, value, place, outcome);
        }
        if !type_matches(node, value) {
            let text = format!(
                "Invalid type. Expected: {}, given: {}",
                type_names(node),
                type_name(value)
            );
            outcome.add("invalid_type", place, text);
            return Ok(());
        }
        self.combinations(node, value, place, outcome)?;
        self.meter.alloc(8)?;
        match value {
            Value::Number(number) => number::check(&node.numbers, number, place, outcome),
            Value::Array(items) => self.array(node, items.as_slice(), place, outcome)?,
            Value::Object(object) => self.object(node, object, place, outcome)?,
            _ => {}
        }
        self.common(node, value, place, outcome)?;
        match value {
            Value::String(text) => self.string(node, text, place, outcome)?,
            Value::Object(object) => self.properties(node, object, place, outcome)?,
            _ => {}
        }
        outcome.credit();
        Ok(())
    }

    fn common(
        &mut self,
        node: &'schema Node,
        value: &Value,
        place: &Place<'_>,
        outcome: &mut Outcome,
    ) -> Checked {
        if node.constant.is_some() || node.values.is_some() {
            let own = canonical(self.meter, value)?;
            if let Some(allowed) = node
                .constant
                .as_ref()
                .filter(|allowed| own.as_ref() != Some(*allowed))
            {
                outcome.add(
                    "const",
                    place,
                    format!("{} does not match: {allowed}", place.field()),
                );
            }
            let values = node.values.as_ref();
            if let Some(values) =
                values.filter(|values| !own.is_some_and(|own| values.contains(&own)))
            {
                let allowed = values.join(", ");
                outcome.add(
                    "enum",
                    place,
                    format!("{} must be one of the following: {allowed}", place.field()),
                );
            }
        }
        if let (Some(name), Value::String(text)) = (&node.format, value) {
            self.meter.step(units(text.len()) / 8 + 1)?;
            if !format::matches(name, text) {
                outcome.add("format", place, format!("Does not match format '{name}'"));
            }
        }
        outcome.credit();
        Ok(())
    }

    fn string(
        &mut self,
        node: &'schema Node,
        text: &str,
        place: &Place<'_>,
        outcome: &mut Outcome,
    ) -> Checked {
        self.meter.step(units(text.len()) / 8 + 1)?;
        let length = text.chars().count();
        if let Some(least) = node.length.missed_least(length) {
            let message = format!("String length must be greater than or equal to {least}");
            outcome.add("string_gte", place, message);
        }
        if let Some(most) = node.length.missed_most(length) {
            outcome.add(
                "string_lte",
                place,
                format!("String length must be less than or equal to {most}"),
            );
        }
        if let Some(pattern) = node
            .pattern
            .as_ref()
            .filter(|pattern| !pattern.regex.is_match(text))
        {
            outcome.add(
                "pattern",
                place,
                format!("Does not match pattern '{}'", pattern.text),
            );
        }
        outcome.credit();
        Ok(())
    }
}

impl Size {
    fn missed_least(&self, count: usize) -> Option<i64> {
        self.least
            .filter(|least| i64::try_from(count).is_ok_and(|count| count < *least))
    }

    fn missed_most(&self, count: usize) -> Option<i64> {
        self.most
            .filter(|most| i64::try_from(count).is_ok_and(|count| count > *most))
    }
}

fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Number(number) if number.is_integer() => "integer",
        other => other.type_name(),
    }
}

fn type_matches(node: &Node, value: &Value) -> bool {
    let name = type_name(value);
    let number = matches!(value, Value::Number(_)) && node.types.contains(&"number");
    node.types.is_empty() || number || node.types.contains(&name)
}

fn type_names(node: &Node) -> String {
    match node.types.as_slice() {
        [only] => (*only).to_owned(),
        several => format!("[{}]", several.join(",")),
    }
}
