//! Checks a document against a schema, in the order and with the words of `gojsonschema`.

use std::collections::BTreeMap;

use super::format;
use super::report::{Issue, Outcome, Place};
use super::{Additional, Dependency, Items, Node, Numbers, Schema, Size};
use crate::builtins::golang::{canonical, general_decimal, units};
use crate::builtins::{BuiltinError, Meter};
use crate::value::{Number, Object, Value};

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
            Value::Number(number) => check_number(&node.numbers, number, place, outcome),
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

    fn combinations(
        &mut self,
        node: &'schema Node,
        value: &Value,
        place: &Place<'_>,
        outcome: &mut Outcome,
    ) -> Checked {
        self.any_of(&node.any_of, value, place, outcome)?;
        self.one_of(&node.one_of, value, place, outcome)?;
        self.all_of(&node.all_of, value, place, outcome)?;
        if let Some(not) = node.not
            && self.outcome(not, value, place)?.matches()
        {
            outcome.add(
                "number_not",
                place,
                "Must not validate the schema (not)".to_owned(),
            );
        }
        if let Value::Object(object) = value {
            self.dependencies(&node.dependencies, object, value, place, outcome)?;
        }
        self.condition(node, value, place, outcome)?;
        outcome.credit();
        Ok(())
    }

    fn any_of(
        &mut self,
        children: &[usize],
        value: &Value,
        place: &Place<'_>,
        outcome: &mut Outcome,
    ) -> Checked {
        let mut best = None;
        for child in children {
            let result = self.outcome(*child, value, place)?;
            if result.matches() {
                return Ok(());
            }
            best = Some(Outcome::nearer(best, result));
        }
        if !children.is_empty() {
            outcome.add(
                "number_any_of",
                place,
                "Must validate at least one schema (anyOf)".to_owned(),
            );
        }
        if let Some(best) = best {
            outcome.merge(best);
        }
        Ok(())
    }

    fn one_of(
        &mut self,
        children: &[usize],
        value: &Value,
        place: &Place<'_>,
        outcome: &mut Outcome,
    ) -> Checked {
        if children.is_empty() {
            return Ok(());
        }
        let mut best = None;
        let mut matching = 0;
        for child in children {
            let result = self.outcome(*child, value, place)?;
            if result.matches() {
                matching += 1;
            } else if matching == 0 {
                best = Some(Outcome::nearer(best, result));
            }
        }
        if matching != 1 {
            outcome.add(
                "number_one_of",
                place,
                "Must validate one and only one schema (oneOf)".to_owned(),
            );
        }
        if let Some(best) = best.filter(|_| matching == 0) {
            outcome.merge(best);
        }
        Ok(())
    }

    fn all_of(
        &mut self,
        children: &[usize],
        value: &Value,
        place: &Place<'_>,
        outcome: &mut Outcome,
    ) -> Checked {
        let mut all = true;
        for child in children {
            let result = self.outcome(*child, value, place)?;
            all = all && result.matches();
            outcome.merge(result);
        }
        if !all {
            outcome.add(
                "number_all_of",
                place,
                "Must validate all the schemas (allOf)".to_owned(),
            );
        }
        Ok(())
    }

    fn dependencies(
        &mut self,
        dependencies: &'schema BTreeMap<String, Dependency>,
        object: &Object,
        value: &Value,
        place: &Place<'_>,
        outcome: &mut Outcome,
    ) -> Checked {
        for (name, dependency) in dependencies {
            if object.get_str(name).is_none() {
                continue;
            }
            match dependency {
                Dependency::Schema(child) => self.check(*child, value, place, outcome)?,
                Dependency::Keys(keys) => {
                    for key in keys.iter().filter(|key| object.get_str(key).is_none()) {
                        outcome.add(
                            "missing_dependency",
                            place,
                            format!("Has a dependency on {key}"),
                        );
                    }
                }
            }
        }
        Ok(())
    }

    fn condition(
        &mut self,
        node: &'schema Node,
        value: &Value,
        place: &Place<'_>,
        outcome: &mut Outcome,
    ) -> Checked {
        let Some(condition) = node.condition else {
            return Ok(());
        };
        let holds = self.outcome(condition, value, place)?.matches();
        let (child, kind, text) = if holds {
            (
                node.consequence,
                "condition_then",
                r#"Must validate "then" as "if" was valid"#,
            )
        } else {
            (
                node.alternative,
                "condition_else",
                r#"Must validate "else" as "if" was not valid"#,
            )
        };
        let Some(child) = child else {
            return Ok(());
        };
        let result = self.outcome(child, value, place)?;
        if !result.matches() {
            outcome.add(kind, place, text.to_owned());
            outcome.merge(result);
        }
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

    fn array(
        &mut self,
        node: &'schema Node,
        items: &[Value],
        place: &Place<'_>,
        outcome: &mut Outcome,
    ) -> Checked {
        match &node.items {
            Items::Unstated => {}
            Items::All(child) => self.items(*child, items, 0, place, outcome)?,
            Items::Each(children) => {
                for (index, (child, item)) in children.iter().zip(items).enumerate() {
                    self.items(*child, std::slice::from_ref(item), index, place, outcome)?;
                }
                if !children.is_empty() && children.len() < items.len() {
                    let rest = items.get(children.len()..).unwrap_or_default();
                    self.additional_items(node, rest, children.len(), place, outcome)?;
                }
            }
        }
        if let Some(least) = node.items_size.missed_least(items.len()) {
            outcome.add(
                "array_min_items",
                place,
                format!("Array must have at least {least} items"),
            );
        }
        if let Some(most) = node.items_size.missed_most(items.len()) {
            outcome.add(
                "array_max_items",
                place,
                format!("Array must have at most {most} items"),
            );
        }
        if node.unique_items {
            self.unique(items, place, outcome)?;
        }
        if let Some(contains) = node.contains {
            self.contains(contains, items, place, outcome)?;
        }
        outcome.credit();
        Ok(())
    }

    fn items(
        &mut self,
        child: usize,
        items: &[Value],
        first: usize,
        place: &Place<'_>,
        outcome: &mut Outcome,
    ) -> Checked {
        for (offset, item) in items.iter().enumerate() {
            let index = (first + offset).to_string();
            let result = self.outcome(child, item, &place.inside(&index))?;
            outcome.merge(result);
        }
        Ok(())
    }

    fn additional_items(
        &mut self,
        node: &'schema Node,
        rest: &[Value],
        first: usize,
        place: &Place<'_>,
        outcome: &mut Outcome,
    ) -> Checked {
        match &node.additional_items {
            Additional::Unstated | Additional::Allowed(true) => {}
            Additional::Allowed(false) => {
                let text = "No additional items allowed on array".to_owned();
                outcome.add("array_no_additional_items", place, text);
            }
            Additional::Schema(child) => self.items(*child, rest, first, place, outcome)?,
        }
        Ok(())
    }

    fn unique(&mut self, items: &[Value], place: &Place<'_>, outcome: &mut Outcome) -> Checked {
        let mut seen: BTreeMap<Option<String>, usize> = BTreeMap::new();
        for (index, item) in items.iter().enumerate() {
            let text = canonical(self.meter, item)?;
            if let Some(before) = seen.insert(text, index) {
                outcome.add(
                    "unique",
                    place,
                    format!("array items[{before},{index}] must be unique"),
                );
            }
        }
        Ok(())
    }

    fn contains(
        &mut self,
        child: usize,
        items: &[Value],
        place: &Place<'_>,
        outcome: &mut Outcome,
    ) -> Checked {
        let mut best = None;
        for (index, item) in items.iter().enumerate() {
            let index = index.to_string();
            let result = self.outcome(child, item, &place.inside(&index))?;
            if result.matches() {
                return Ok(());
            }
            best = Some(Outcome::nearer(best, result));
        }
        outcome.add(
            "contains",
            place,
            "At least one of the items must match".to_owned(),
        );
        if let Some(best) = best {
            outcome.merge(best);
        }
        Ok(())
    }

    fn object(
        &mut self,
        node: &'schema Node,
        object: &Object,
        place: &Place<'_>,
        outcome: &mut Outcome,
    ) -> Checked {
        if let Some(least) = node.properties_size.missed_least(object.len()) {
            outcome.add(
                "array_min_properties",
                place,
                format!("Must have at least {least} properties"),
            );
        }
        if let Some(most) = node.properties_size.missed_most(object.len()) {
            outcome.add(
                "array_max_properties",
                place,
                format!("Must have at most {most} properties"),
            );
        }
        for name in &node.required {
            if object.get_str(name).is_some() {
                outcome.credit();
            } else {
                outcome.add("required", place, format!("{name} is required"));
            }
        }
        for (name, value) in object.iter() {
            self.other_property(
                node,
                name.as_str().unwrap_or_default(),
                value,
                place,
                outcome,
            )?;
        }
        if let Some(names) = node.property_names {
            self.property_names(names, object, place, outcome)?;
        }
        outcome.credit();
        Ok(())
    }

    /// Checks a property by the patterns that its name matches, or else as an additional one.
    fn other_property(
        &mut self,
        node: &'schema Node,
        name: &str,
        value: &Value,
        place: &Place<'_>,
        outcome: &mut Outcome,
    ) -> Checked {
        self.meter.step(units(node.pattern_properties.len()) + 1)?;
        let mut matched = false;
        for (pattern, child) in &node.pattern_properties {
            if pattern.is_match(name) {
                matched = true;
                let result = self.outcome(*child, value, &place.inside(name))?;
                outcome.merge(result);
            }
        }
        if matched {
            outcome.credit();
            return Ok(());
        }
        if node.has_property(name) {
            return Ok(());
        }
        match &node.additional_properties {
            Additional::Unstated | Additional::Allowed(true) => {}
            Additional::Allowed(false) => {
                let text = format!("Additional property {name} is not allowed");
                outcome.add("additional_property_not_allowed", place, text);
            }
            Additional::Schema(child) => {
                let result = self.outcome(*child, value, &place.inside(name))?;
                outcome.merge(result);
            }
        }
        Ok(())
    }

    fn property_names(
        &mut self,
        child: usize,
        object: &Object,
        place: &Place<'_>,
        outcome: &mut Outcome,
    ) -> Checked {
        for name in object.keys() {
            let result = self.outcome(child, name, place)?;
            if !result.matches() {
                let name = name.as_str().unwrap_or_default();
                let text = format!("Property name of \"{name}\" does not match");
                outcome.add("invalid_property_name", place, text);
                outcome.merge(result);
            }
        }
        Ok(())
    }

    fn properties(
        &mut self,
        node: &'schema Node,
        object: &Object,
        place: &Place<'_>,
        outcome: &mut Outcome,
    ) -> Checked {
        for (name, child) in &node.properties {
            if let Some(value) = object.get_str(name) {
                self.check(*child, value, &place.inside(name), outcome)?;
            }
        }
        Ok(())
    }
}

impl Node {
    /// Whether a property is named; the names are sorted, as those of the object that they come from.
    fn has_property(&self, name: &str) -> bool {
        self.properties
            .binary_search_by(|(known, _)| known.as_str().cmp(name))
            .is_ok()
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

fn check_number(numbers: &Numbers, number: &Number, place: &Place<'_>, outcome: &mut Outcome) {
    if let Some(divisor) = numbers
        .multiple_of
        .as_ref()
        .filter(|divisor| !is_multiple(number, divisor))
    {
        outcome.add(
            "multiple_of",
            place,
            format!("Must be a multiple of {}", general_decimal(divisor)),
        );
    }
    if let Some(most) = numbers.most.as_ref().filter(|most| number > *most) {
        outcome.add(
            "number_lte",
            place,
            format!("Must be less than or equal to {}", general_decimal(most)),
        );
    }
    if let Some(below) = numbers.below.as_ref().filter(|below| number >= *below) {
        outcome.add(
            "number_lt",
            place,
            format!("Must be less than {}", general_decimal(below)),
        );
    }
    if let Some(least) = numbers.least.as_ref().filter(|least| number < *least) {
        outcome.add(
            "number_gte",
            place,
            format!(
                "Must be greater than or equal to {}",
                general_decimal(least)
            ),
        );
    }
    if let Some(above) = numbers.above.as_ref().filter(|above| number <= *above) {
        outcome.add(
            "number_gt",
            place,
            format!("Must be greater than {}", general_decimal(above)),
        );
    }
    outcome.credit();
}

/// Whether a number is an integer times a divisor, exactly while the divisor has no more than 36 digits.
fn is_multiple(number: &Number, divisor: &Number) -> bool {
    let (_, digits, exponent) = number.decimal_parts();
    let (_, divisor_digits, divisor_exponent) = divisor.decimal_parts();
    if digits.is_empty() {
        return true;
    }
    let Ok(modulus) = divisor_digits.parse::<u128>() else {
        return false;
    };
    if modulus == 0 || divisor_digits.len() > 36 {
        return false;
    }
    // With e the difference of exponents, the number is a multiple if digits * 10^e is one of the modulus.
    let shift = exponent.saturating_sub(divisor_exponent);
    let remainder = digits.bytes().fold(0_u128, |rest, digit| {
        (rest * 10 + u128::from(digit - b'0')) % modulus
    });
    match u32::try_from(shift) {
        Ok(zeros) => times_power_of_ten(remainder, zeros, modulus) == 0,
        // The digits do not end with zero, so that 10^-e divides them only if it has no factor in common with them.
        Err(_) => false,
    }
}

/// `value * 10^zeros` modulo something below 10^36.
fn times_power_of_ten(value: u128, zeros: u32, modulus: u128) -> u128 {
    let mut rest = value;
    // Once nothing is left, or as many zeros as the modulus has bits are added, more of them change nothing.
    for _ in 0..zeros.min(128) {
        if rest == 0 {
            break;
        }
        rest = rest * 10 % modulus;
    }
    rest
}
