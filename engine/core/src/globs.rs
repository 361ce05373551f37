//! Globs that people write into our files: on the ids of rules, and on names.

use globset::{Glob, GlobMatcher};
use plumbline_rego::nearest;

use crate::parse::Document;
use crate::problem::Problem;
use crate::source::Span;
use crate::tree::View;

/// Several globs, each with its place.
#[derive(Debug, Clone, Default)]
pub(crate) struct Globs(Vec<(GlobMatcher, Span)>);

impl Globs {
    /// The globs of a list. What is none is a problem.
    pub(crate) fn read(list: View<'_>, document: &Document, problems: &mut Vec<Problem>) -> Self {
        let mut globs = Vec::new();
        for item in list.items() {
            let Some(pattern) = item.str() else { continue };
            let place = document.place(item);
            match glob(pattern, place) {
                Ok(glob) => globs.push((glob, place)),
                Err(problem) => problems.push(problem),
            }
        }
        Self(globs)
    }

    /// Whether one of them matches a text.
    pub(crate) fn is_match(&self, text: &str) -> bool {
        self.0.iter().any(|(glob, _)| glob.is_match(text))
    }

    /// What is said of those that match no rule, given the ids of all.
    pub(crate) fn without_rule(&self, rules: &[&str]) -> Vec<Problem> {
        let is_idle = |(glob, _): &&(GlobMatcher, Span)| !rules.iter().any(|id| glob.is_match(id));
        let idle = self.0.iter().filter(is_idle);
        idle.map(|(glob, place)| no_rule(glob.glob().glob(), *place, rules))
            .collect()
    }
}

/// A glob; or that the pattern at a place is none.
pub(crate) fn glob(pattern: &str, place: Span) -> Result<GlobMatcher, Problem> {
    let glob = Glob::new(pattern).map(|glob| glob.compile_matcher());
    glob.map_err(|error| {
        let message = format!("`{}` is no glob: {}", pattern.escape_debug(), error.kind());
        Problem::error(place, message)
    })
}

/// That the pattern at a place matches no rule, with the one that was probably meant.
pub(crate) fn no_rule(pattern: &str, place: Span, rules: &[&str]) -> Problem {
    let message = format!("no rule is called `{}`", pattern.escape_debug());
    Problem::error(place, message).help(match nearest(pattern, rules.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "`plumb policy list` lists the rules there are".to_owned(),
    })
}
