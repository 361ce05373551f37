//! Break-glass: who may do for some hours what rules refuse, decided by the organisation before it is needed.
//!
//! It changes nothing about what is found. Whoever lets a request pass by it says so and records it.

mod file;
mod moment;

use plumbline_rego::Value;

pub use moment::Moment;

use crate::finding::RuleId;
use crate::globs::Globs;
use crate::parse::Document;
use crate::policy::Digest;
use crate::problem::Problem;
use crate::source::Span;

/// Leave for some people to do what rules refuse.
#[derive(Debug, Clone)]
pub struct BreakGlass {
    /// What it is called; no two have the same.
    pub id: String,
    /// The names of those whom it is for, as the API server has authenticated them.
    pub users: Vec<String>,
    /// The groups whose members it is for.
    pub groups: Vec<String>,
    /// Where it holds; everywhere, if nothing is said.
    namespaces: Option<Globs>,
    /// The rules that it speaks of; all, if nothing is said.
    rules: Option<Globs>,
    /// From when on it holds.
    pub from: Moment,
    /// When it holds no more.
    pub until: Moment,
    /// What it is needed for.
    pub reason: String,
    /// Who answers for it.
    pub owner: String,
    /// Where it was agreed.
    pub ticket: Option<String>,
    /// Where it is written.
    pub place: Span,
    /// All of it, as it is written.
    written: Value,
}

impl BreakGlass {
    /// This one, if it lets somebody's request pass, in a namespace or in none, that a rule refuses or could not decide;
    /// `now` counts seconds from the beginning of 1970. What refuses a request without being of a rule lets nobody pass.
    pub fn holds(
        &self,
        user: &str,
        groups: &[String],
        namespace: Option<&str>,
        rule: &RuleId,
        now: u64,
    ) -> Option<&Self> {
        let is_member = |group: &String| groups.contains(group);
        let is_listed =
            self.users.iter().any(|name| name == user) || self.groups.iter().any(is_member);
        let is_where = |globs: &Globs| namespace.is_some_and(|name| globs.is_match(name));
        let is_of = |globs: &Globs| globs.is_match(rule.as_str());
        let holds = is_listed
            && (self.from..self.until).contains(&Moment::of_unix_seconds(now))
            && self.namespaces.as_ref().is_none_or(is_where)
            && self.rules.as_ref().is_none_or(is_of);
        holds.then_some(self)
    }
}

/// Those of the organisation's layers, of which what comes first is asked first. What is wrong with one of them does not
/// touch the others.
pub fn of_layers<'a>(
    layers: impl Iterator<Item = &'a Document>,
) -> (Vec<BreakGlass>, Vec<Problem>) {
    let (mut all, mut problems) = (Vec::<BreakGlass>::new(), Vec::new());
    for layer in layers {
        for glass in file::read(layer, &mut problems) {
            match all.iter().find(|other| other.id == glass.id) {
                Some(other) => problems.push(twice(&glass, other)),
                None => all.push(glass),
            }
        }
    }
    (all, problems)
}

/// What some of them name that is no rule, given the ids of all.
pub fn unknown_rules(all: &[BreakGlass], rules: &[&str]) -> Vec<Problem> {
    let named = all.iter().filter_map(|glass| glass.rules.as_ref());
    named.flat_map(|globs| globs.without_rule(rules)).collect()
}

/// One number for all of them, which is no part of that of the policies.
pub fn digest(all: &[BreakGlass]) -> Digest {
    Digest::of_values(all.iter().map(|glass| &glass.written))
}

fn twice(glass: &BreakGlass, first: &BreakGlass) -> Problem {
    let message = format!(
        "the break-glass id `{}` is used twice",
        glass.id.escape_debug()
    );
    Problem::error(glass.place, message).related(first.place, "first used here")
}
