//! Why a rule found something, or why it did not: its evaluation once more, rule by rule, with everything it read.

use plumbline_rego::{EvalError, Explanation, Settings, Value};

use super::metadata::SubjectKind;
use super::{PolicySet, Rule, evaluate};
use crate::estate::Estate;
use crate::locate::Subject;
use crate::resource::Resource;

/// One rule on one subject.
#[derive(Debug)]
pub struct Case<'a> {
    /// The rule.
    pub rule: &'a Rule,
    /// The subject.
    pub subject: Subject<'a>,
    /// The index of the subject's resource in the estate.
    pub resource: usize,
    /// What the rule was given.
    pub input: Value,
    /// What became of each body of `deny`, or why nobody can tell.
    pub bodies: Result<Vec<Explanation>, EvalError>,
}

impl Case<'_> {
    /// Whether the rule found anything.
    pub fn fires(&self) -> bool {
        let fires = |body: &Explanation| !body.derivations.is_empty();
        self.bodies
            .as_ref()
            .is_ok_and(|bodies| bodies.iter().any(fires))
    }
}

impl PolicySet {
    /// Explains every rule that is wanted on every subject that it judges and that is wanted.
    pub fn explain<'a>(
        &'a self,
        estate: &'a Estate,
        settings: &Settings,
        wanted: impl Fn(&Rule, usize, &Resource) -> bool,
    ) -> Vec<Case<'a>> {
        let mut cases = Vec::new();
        let world = evaluate::World::of(self, estate);
        let around = evaluate::Around::of(&world, settings);
        for (index, resource) in estate.resources.iter().enumerate() {
            let judging = |rule: &&Rule| {
                let is_for = rule.judges(&resource.target()) && !rule.reads_admission;
                is_for && wanted(rule, index, resource)
            };
            for rule in self.rules.iter().filter(judging) {
                for subject in subjects(rule, estate, index, resource) {
                    let input = evaluate::input_of(subject);
                    let bodies = rule.program.explain(
                        &rule.entry,
                        around.data(rule).unwrap_or(&Value::Null),
                        Some(&input),
                        settings,
                    );
                    cases.push(Case {
                        rule,
                        subject,
                        resource: index,
                        input,
                        bodies,
                    });
                }
            }
        }
        cases
    }
}

fn subjects<'a>(
    rule: &Rule,
    estate: &'a Estate,
    index: usize,
    resource: &'a Resource,
) -> Vec<Subject<'a>> {
    match rule.metadata.subject {
        SubjectKind::Document => Vec::new(),
        SubjectKind::Resource => vec![Subject {
            resource,
            entity: None,
        }],
        SubjectKind::Entity(kind) => estate
            .of_kind(kind)
            .filter(|entity| entity.resource == index)
            .map(|entity| Subject {
                resource,
                entity: Some(entity),
            })
            .collect(),
    }
}
