//! What the rules of a set judge and read, for whoever has to send or to list no more than that.

use super::{PolicySet, Rule};
use crate::finding::{Effect, RuleId};

/// What a rule judges, and what it reads beside that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target<'a> {
    /// The rule.
    pub rule: &'a RuleId,
    /// What it does.
    pub effect: Effect,
    /// Globs on `platform/kind`.
    pub globs: Vec<&'a str>,
    /// Whether it reads the rest of the estate.
    pub reads_world: bool,
    /// The keys of `data.world` that it reads: `graph`, `channels`.
    pub world_keys: &'a [&'static str],
}

impl PolicySet {
    /// What each rule that denies or warns judges and reads, in order of their ids.
    pub fn targets(&self) -> impl Iterator<Item = Target<'_>> {
        let says = self
            .rules
            .iter()
            .filter(|rule| rule.effect != Effect::Audit);
        says.map(|rule| Target {
            rule: &rule.metadata.id,
            effect: rule.effect,
            globs: globs(rule),
            reads_world: rule.reads_world,
            world_keys: &rule.world_keys,
        })
    }
}

/// Rules on documents have no targets: they judge whatever is read.
fn globs(rule: &Rule) -> Vec<&str> {
    if rule.conftest.is_some() {
        return vec!["*"];
    }
    rule.metadata.targets.iter().map(String::as_str).collect()
}
