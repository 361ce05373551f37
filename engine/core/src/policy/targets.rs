//! What the rules of a set judge and read, for whoever has to send or to list no more than that.

use globset::Glob;

use super::metadata::SubjectKind;
use super::{PolicySet, Rule};
use crate::estate::EntityKind;
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

impl PolicySet {
    /// The worst effect of the rules that may judge the objects of a kind, `kubernetes/apps/Deployment`, which are such
    /// entities. None if no rule judges them.
    pub fn effect_on(&self, kind: &str, entities: &[EntityKind]) -> Option<Effect> {
        let judges = |rule: &&Rule| {
            let is_subject = match rule.metadata.subject {
                SubjectKind::Entity(entity) => entities.contains(&entity),
                SubjectKind::Resource | SubjectKind::Document => true,
            };
            is_subject && (rule.conftest.is_some() || rule.targets.is_match(kind))
        };
        let judging = self.rules.iter().filter(judges);
        judging.map(|rule| rule.effect).max()
    }

    /// The rules that judge kinds of Kubernetes of which none is among these, and what each names, in order of their ids.
    pub fn beyond(&self, kinds: &[String]) -> Vec<(&RuleId, &str)> {
        let mut beyond = Vec::new();
        for rule in &self.rules {
            let named = rule.metadata.targets.iter().map(String::as_str);
            for target in named.filter(|target| target.starts_with("kubernetes/")) {
                let matcher = Glob::new(target).map(|glob| glob.compile_matcher());
                let is_known =
                    matcher.is_ok_and(|matcher| kinds.iter().any(|kind| matcher.is_match(kind)));
                if !is_known {
                    beyond.push((&rule.metadata.id, target));
                }
            }
        }
        beyond
    }
}

/// Rules on documents have no targets: they judge whatever is read.
fn globs(rule: &Rule) -> Vec<&str> {
    if rule.conftest.is_some() {
        return vec!["*"];
    }
    rule.metadata.targets.iter().map(String::as_str).collect()
}
