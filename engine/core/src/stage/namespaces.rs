//! The namespaces that a stage speaks of: by their names, and by their labels as Kubernetes selects by them.

use std::collections::BTreeMap;

use crate::globs::Globs;
use crate::item::Item;
use crate::problem::Problem;
use crate::tree::View;

/// A namespace, as far as it is known.
#[derive(Debug, Clone, Copy)]
pub struct Namespace<'a> {
    /// What it is called.
    pub name: &'a str,
    /// The labels that it has, which are not those that a request wants to give it; none if nobody knows them.
    pub labels: Option<&'a BTreeMap<String, String>>,
}

/// Conditions on a namespace, all of which have to hold. Without any, what is in no namespace is meant too.
#[derive(Debug, Clone, Default)]
pub(super) struct Namespaces {
    names: Option<Globs>,
    labels: Vec<Requirement>,
}

/// What a label has to be.
#[derive(Debug, Clone)]
struct Requirement {
    key: String,
    condition: Condition,
}

#[derive(Debug, Clone)]
enum Condition {
    In(Vec<String>),
    NotIn(Vec<String>),
    Exists,
    DoesNotExist,
}

impl Namespaces {
    /// The conditions of a stage. None if something is written that is none: it must not pass for everywhere.
    pub(super) fn read(item: &mut Item<'_, '_>) -> Option<Self> {
        let Some(written) = item.get("namespaces") else {
            return Some(Self::default());
        };
        let names = written.get("names").map(|list| item.globs(list));
        let mut labels = Vec::new();
        let exact = written.get("matchLabels");
        for (key, value) in exact.into_iter().flat_map(View::entries) {
            labels.push(Requirement {
                key: key.to_owned(),
                condition: Condition::In(vec![value.str()?.to_owned()]),
            });
        }
        let expressions = written.get("matchExpressions");
        for expression in expressions.into_iter().flat_map(View::items) {
            labels.push(Requirement::read(expression, item)?);
        }
        let says = names.is_some() || !labels.is_empty();
        says.then_some(Self { names, labels })
    }

    /// Whether they hold for a namespace, or for what is in none; none if that depends on labels that nobody knows.
    pub(super) fn hold(&self, namespace: Option<&Namespace<'_>>) -> Option<bool> {
        if self.names.is_none() && self.labels.is_empty() {
            return Some(true);
        }
        let Some(namespace) = namespace else {
            return Some(false);
        };
        let is_named = |names: &Globs| names.is_match(namespace.name);
        if !self.names.as_ref().is_none_or(is_named) {
            return Some(false);
        }
        if self.labels.is_empty() {
            return Some(true);
        }
        let labels = namespace.labels?;
        Some(self.labels.iter().all(|label| label.holds(labels)))
    }
}

impl Requirement {
    fn read(expression: View<'_>, item: &mut Item<'_, '_>) -> Option<Self> {
        let key = expression.get("key")?.str()?;
        let operator = expression.get("operator")?;
        let values = expression.get("values");
        let values = values.into_iter().flat_map(View::items);
        let values = values
            .map(|value| Some(value.str()?.to_owned()))
            .collect::<Option<Vec<String>>>()?;
        let word = operator.str()?;
        let condition = match (word, values.is_empty()) {
            ("In", false) => Condition::In(values),
            ("NotIn", false) => Condition::NotIn(values),
            ("Exists", true) => Condition::Exists,
            ("DoesNotExist", true) => Condition::DoesNotExist,
            ("In" | "NotIn", true) => {
                let problem =
                    Problem::error(item.place(operator), format!("`{word}` of no values"));
                item.say(problem.help("list them: `values: [dev]`"));
                return None;
            }
            ("Exists" | "DoesNotExist", false) => {
                let problem =
                    Problem::error(item.place(operator), format!("`{word}` has no values"));
                item.say(problem.help("leave `values` out, or say `In` or `NotIn`"));
                return None;
            }
            _ => return None,
        };
        Some(Self {
            key: key.to_owned(),
            condition,
        })
    }

    fn holds(&self, labels: &BTreeMap<String, String>) -> bool {
        let value = labels.get(&self.key);
        match &self.condition {
            Condition::In(values) => value.is_some_and(|value| values.contains(value)),
            Condition::NotIn(values) => value.is_none_or(|value| !values.contains(value)),
            Condition::Exists => value.is_some(),
            Condition::DoesNotExist => value.is_none(),
        }
    }
}
