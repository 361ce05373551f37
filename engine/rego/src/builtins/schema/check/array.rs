//! What a schema demands of arrays.

use std::collections::BTreeMap;

use super::{Checked, Checker};
use crate::builtins::golang::canonical;
use crate::builtins::schema::report::{Outcome, Place};
use crate::builtins::schema::{Additional, Items, Node};
use crate::value::Value;

impl<'schema> Checker<'schema> {
    pub(super) fn array(
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
}
