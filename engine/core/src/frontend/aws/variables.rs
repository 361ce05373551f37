//! Variables that something is given when it starts.

use super::WHY;
use super::declared::{Declared, word};
use super::document::Part;
use crate::estate::Model;
use crate::tree::{NodeId, Origin, View};

/// A variable.
#[derive(Debug)]
pub(in crate::frontend) struct Variable<'a> {
    pub(in crate::frontend) name: &'a str,
    pub(in crate::frontend) given: Given<'a>,
    pub(in crate::frontend) from: NodeId,
}

/// What a variable is given.
#[derive(Debug, Clone, Copy)]
pub(in crate::frontend) enum Given<'a> {
    /// What is written.
    Literal(&'a str),
    /// What a store of secrets holds.
    Secret,
    /// What only a deployment, or a machine, can tell.
    Other,
}

/// What makes a text a reference into a store of secrets, as in a URL of a database: of `CloudFormation`, of Azure.
const SECRETS: &[&str] = &["{{resolve:", "@Microsoft.KeyVault("];

impl<'a> Variable<'a> {
    /// A variable with what is written for it.
    pub(in crate::frontend) fn written(
        declared: &Declared<'_>,
        name: &'a str,
        value: View<'a>,
        from: NodeId,
    ) -> Self {
        let text = word(value).filter(|_| !declared.is_unknown(value));
        let given = match text {
            Some(text) if SECRETS.iter().any(|mark| text.contains(mark)) => Given::Secret,
            Some(text) => Given::Literal(text),
            None => Given::Other,
        };
        Self { name, given, from }
    }

    /// A variable that is an element of a list: its keys are spelt in several ways.
    pub(in crate::frontend) fn listed(
        declared: &Declared<'_>,
        part: Part<'a>,
        names: &[&str],
        values: &[&str],
    ) -> Option<Self> {
        let name = part.any(names)?.raw()?;
        let Some(value) = part.any(values) else {
            let (given, from) = (Given::Literal(""), part.from());
            return Some(Self { name, given, from });
        };
        Some(Self::written(declared, name, value.view, value.from()))
    }
}

/// `env[]` of a mapping, and what is given besides.
pub(in crate::frontend) fn env_of(
    model: &mut Model,
    declared: &Declared<'_>,
    written: Option<View<'_>>,
    besides: Vec<Variable<'_>>,
) {
    let unknown = written.filter(|written| declared.is_unknown(*written));
    let known = written.filter(|_| unknown.is_none());
    let mut variables = mapped(declared, known);
    variables.extend(besides);
    env_and(model, declared.under, &variables, unknown.map(View::id));
}

/// The variables of a mapping.
fn mapped<'a>(declared: &Declared<'_>, written: Option<View<'a>>) -> Vec<Variable<'a>> {
    let entries = written.into_iter().flat_map(View::entries);
    entries
        .map(|(name, value)| Variable::written(declared, name, value, value.id()))
        .collect()
}

/// `env[]`.
pub(in crate::frontend) fn env(model: &mut Model, from: NodeId, variables: &[Variable<'_>]) {
    env_and(model, from, variables, None);
}

/// `env[]`, with an element for what only a deployment can tell.
pub(in crate::frontend) fn env_and(
    model: &mut Model,
    from: NodeId,
    variables: &[Variable<'_>],
    unknown: Option<NodeId>,
) {
    if variables.is_empty() && unknown.is_none() {
        return;
    }
    model.list("env", from, |model| {
        for variable in variables {
            let origin = Origin::Derived {
                from: variable.from,
            };
            model.object(None, variable.from, |model| {
                model.text("name", variable.name, origin);
                match variable.given {
                    Given::Literal(value) => {
                        model.text("kind", "literal", origin);
                        model.text("value", value, origin);
                    }
                    Given::Secret => model.text("kind", "secret_ref", origin),
                    Given::Other => model.text("kind", "other_ref", origin),
                }
            });
        }
        if let Some(from) = unknown {
            model.unknown("", WHY, from);
        }
    });
}
