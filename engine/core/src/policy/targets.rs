//! What the rules of a set judge and read, for whoever has to send or to list no more than that.

use std::collections::BTreeSet;

use globset::Glob;

use super::metadata::SubjectKind;
use super::{PolicySet, Rule};
use crate::estate::{EntityKind, kinds_at};
use crate::finding::{Effect, RuleId};
use crate::frontend;

/// What targets of rules on objects of a cluster begin with.
const CLUSTER: &str = "kubernetes/";

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

    /// The worst effect of the rules that may judge the objects of a kind, `kubernetes/apps/Deployment`, which are such
    /// entities. None if no rule judges them.
    pub fn effect_on(&self, kind: &str, entities: &[EntityKind]) -> Option<Effect> {
        let judging = self.judging_kind(kind, entities);
        judging.map(|rule| rule.effect).max()
    }

    /// Whether some of these rules judge what a request says beside the object: then they judge deletions too.
    pub fn judges_deletion(&self, kind: &str, entities: &[EntityKind]) -> bool {
        let mut judging = self.judging_kind(kind, entities);
        judging.any(|rule| rule.reads_admission)
    }

    fn judging_kind<'a>(
        &'a self,
        kind: &'a str,
        entities: &'a [EntityKind],
    ) -> impl Iterator<Item = &'a Rule> {
        self.rules.iter().filter(move |rule| {
            let is_subject = match rule.metadata.subject {
                SubjectKind::Entity(entity) => entities.contains(&entity),
                SubjectKind::Resource | SubjectKind::Document => true,
            };
            is_subject && (rule.conftest.is_some() || rule.targets.is_match(kind))
        })
    }

    /// The rules that judge kinds of Kubernetes of which none is among these, and what each names, in order of their ids.
    pub fn beyond(&self, kinds: &[String]) -> Vec<(&RuleId, &str)> {
        let mut beyond = Vec::new();
        for rule in &self.rules {
            let named = rule.metadata.targets.iter().map(String::as_str);
            for target in named.filter(|target| target.starts_with(CLUSTER)) {
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

    /// What of a cluster rules read that judge some of its objects: kinds, `apps/Deployment`, or all of a group,
    /// `sources.knative.dev/*`. Rules that only report read it too.
    pub fn seen_in_cluster(&self) -> BTreeSet<&'static str> {
        let reading = self.rules.iter().filter(|rule| rule.reads_world);
        let reading = reading.filter(|rule| globs(rule).into_iter().any(is_of_cluster));
        let keys: BTreeSet<&str> = reading
            .flat_map(|rule| rule.world_keys.iter().copied())
            .collect();
        let kinds = keys.into_iter().flat_map(kinds_at);
        kinds.flat_map(frontend::kinds_in_cluster).collect()
    }
}

/// Whether a glob may match kinds of a cluster: what it begins with does.
fn is_of_cluster(glob: &str) -> bool {
    let begins = glob
        .split(['*', '?', '[', '{', '\\'])
        .next()
        .unwrap_or(glob);
    begins.starts_with(CLUSTER) || CLUSTER.starts_with(begins)
}

/// Rules on documents have no targets: they judge whatever is read.
fn globs(rule: &Rule) -> Vec<&str> {
    if rule.conftest.is_some() {
        return vec!["*"];
    }
    rule.metadata.targets.iter().map(String::as_str).collect()
}
