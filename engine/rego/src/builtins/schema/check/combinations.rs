//! Schemas made of others: all, any, one or none of them, and those that depend on something.

use std::collections::BTreeMap;

use super::{Checked, Checker};
use crate::builtins::schema::report::{Outcome, Place};
use crate::builtins::schema::{Dependency, Node};
use crate::value::{Object, Value};

impl<'schema> Checker<'schema> {
    pub(super) fn combinations(
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
}
