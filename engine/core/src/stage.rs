//! Stages: how far the organisation has introduced its rules at admission, and where.
//!
//! A stage only weakens: no rule does more there than it says itself. What a manifest says of itself changes nothing, and
//! where it is not known whether a stage holds, the stricter answer counts.

mod file;
mod namespaces;

use plumbline_rego::Value;

pub use namespaces::Namespace;

use crate::finding::{Effect, RuleId};
use crate::globs::Globs;
use crate::parse::Document;
use crate::policy::Digest;
use crate::problem::Problem;
use crate::source::Span;
use crate::waiver::Date;
use namespaces::Namespaces;

/// The stages of all layers. Of several that speak of a rule in a namespace, the first one holds.
#[derive(Debug, Clone, Default)]
pub struct Stages(Vec<Stage>);

/// How far some rules are introduced.
#[derive(Debug, Clone)]
pub struct Stage {
    rules: Globs,
    namespaces: Namespaces,
    /// How far.
    pub mode: Mode,
    /// Who answers for it; there for one that weakens.
    pub owner: Option<String>,
    /// Why it is not further; there for one that weakens.
    pub reason: Option<String>,
    /// The last day on which it holds.
    pub until: Option<Date>,
    /// Where it is written.
    pub place: Span,
    /// All of it, as it is written.
    written: Value,
}

/// How far a rule is introduced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// What it finds is recorded only.
    Shadow,
    /// What it would refuse is admitted with a warning.
    Warn,
    /// It does what it says.
    Deny,
}

impl Mode {
    const ALL: &[Self] = &[Self::Shadow, Self::Warn, Self::Deny];

    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Shadow => "shadow",
            Self::Warn => "warn",
            Self::Deny => "deny",
        }
    }

    /// The mode of a word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|mode| mode.as_str() == word)
    }

    /// The strongest effect that it leaves.
    fn limit(self) -> Effect {
        match self {
            Self::Shadow => Effect::Audit,
            Self::Warn => Effect::Warn,
            Self::Deny => Effect::Deny,
        }
    }
}

impl Stages {
    /// The stages of the organisation's layers, of which what comes first holds. What is wrong with one of them does not
    /// touch the others.
    pub fn of_layers<'a>(layers: impl Iterator<Item = &'a Document>) -> (Self, Vec<Problem>) {
        let mut problems = Vec::new();
        let stages = layers
            .flat_map(|layer| file::read(layer, &mut problems))
            .collect();
        (Self(stages), problems)
    }

    /// The effect at admission of a rule whose own effect is given, for an object in a namespace or in none; and the stage
    /// that says so. A rule on which no stage holds has its own effect.
    pub fn of(
        &self,
        rule: &RuleId,
        effect: Effect,
        namespace: Option<&Namespace<'_>>,
        today: Date,
    ) -> (Effect, Option<&Stage>) {
        let mut strictest = None;
        for stage in self.0.iter().filter(|stage| stage.is_of(rule, today)) {
            let staged = (effect.min(stage.mode.limit()), Some(stage));
            match stage.namespaces.hold(namespace) {
                Some(true) => return stricter(strictest, staged),
                Some(false) => {}
                // It may hold and it may not: what comes after it is the other possibility.
                None => strictest = Some(stricter(strictest, staged)),
            }
        }
        stricter(strictest, (effect, None))
    }

    /// What they name that is no rule, given the ids of all.
    pub fn unknown_rules(&self, rules: &[&str]) -> Vec<Problem> {
        let stages = self.0.iter();
        stages
            .flat_map(|stage| stage.rules.without_rule(rules))
            .collect()
    }

    /// One number for all of them, which is no part of that of the policies.
    pub fn digest(&self) -> Digest {
        Digest::of_values(self.0.iter().map(|stage| &stage.written))
    }
}

impl Stage {
    /// Whether it speaks of a rule on a day.
    fn is_of(&self, rule: &RuleId, today: Date) -> bool {
        let has_ended = self.until.is_some_and(|until| until < today);
        !has_ended && self.rules.is_match(rule.as_str())
    }
}

/// An effect, and the stage that it comes from.
type Staged<'a> = (Effect, Option<&'a Stage>);

/// Of what may hold and what does otherwise, the stricter one.
fn stricter<'a>(possible: Option<Staged<'a>>, other: Staged<'a>) -> Staged<'a> {
    possible
        .filter(|(effect, _)| *effect > other.0)
        .unwrap_or(other)
}
