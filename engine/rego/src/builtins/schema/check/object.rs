//! What a schema demands of objects.

use super::{Checked, Checker};
use crate::builtins::golang::units;
use crate::builtins::schema::report::{Outcome, Place};
use crate::builtins::schema::{Additional, Node};
use crate::value::{Object, Value};

impl<'schema> Checker<'schema> {
    pub(super) fn object(
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

    pub(super) fn properties(
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
