//! The one matcher, for every source of waivers.

use std::collections::BTreeMap;
use std::sync::Arc;

use globset::{Glob, GlobMatcher};
use plumbline_rego::nearest;

use super::{Date, Scope, Waiver};
use crate::estate::Estate;
use crate::finding::{Effect, Finding, Fingerprint, Location, RuleId, Severity};
use crate::problem::Problem;
use crate::source::{FileId, Sources};

/// Waivers, ready to be applied.
#[derive(Debug)]
pub struct Waivers(Vec<Armed>);

/// What is true of the run that waivers are applied to.
#[derive(Debug)]
pub struct Occasion<'a> {
    /// What was judged.
    pub estate: &'a Estate,
    /// The texts that places point into.
    pub sources: &'a Sources,
    /// The day.
    pub today: Date,
    /// Whether everything was judged and decided, so that a waiver without a finding has none.
    pub full: bool,
}

#[derive(Debug)]
struct Armed {
    waiver: Arc<Waiver>,
    rule: GlobMatcher,
    resource: Option<GlobMatcher>,
    file: Option<GlobMatcher>,
}

impl Waivers {
    /// Takes waivers in, given the ids of all rules. What is no glob, and a rule that there is not, is a problem.
    pub fn new(waivers: Vec<Waiver>, rules: &[&str]) -> (Self, Vec<Problem>) {
        let (mut all, mut problems) = (Vec::with_capacity(waivers.len()), Vec::new());
        for waiver in waivers {
            match armed(waiver, rules) {
                Ok(armed) => all.push(armed),
                Err(problem) => problems.push(problem),
            }
        }
        (Self(all), problems)
    }

    /// The waivers in their order.
    pub fn iter(&self) -> impl Iterator<Item = &Waiver> {
        self.0.iter().map(|armed| armed.waiver.as_ref())
    }

    /// Notes on each finding the first waiver in force that speaks of it, and appends what is to be said of the waivers
    /// themselves: those that have expired, and in a full run those that speak of nothing. `path` gives the path of a
    /// text below the folder that globs on files are relative to.
    pub fn apply(
        &self,
        findings: &mut Vec<Finding>,
        occasion: &Occasion<'_>,
        path: &dyn Fn(FileId) -> String,
    ) {
        let mut spoken = vec![false; self.0.len()];
        for finding in findings.iter_mut() {
            for (armed, spoken) in self.0.iter().zip(&mut spoken) {
                if !armed.speaks_of(finding, occasion.estate, path) {
                    continue;
                }
                *spoken = true;
                if finding.waiver.is_none() && !armed.waiver.has_expired(occasion.today) {
                    finding.waiver = Some(Arc::clone(&armed.waiver));
                }
            }
        }
        for (armed, spoken) in self.0.iter().zip(spoken) {
            if armed.waiver.has_expired(occasion.today) {
                findings.push(expired(&armed.waiver, occasion.sources));
            } else if occasion.full && !spoken {
                findings.push(unused(&armed.waiver, occasion.sources));
            }
        }
    }
}

impl Armed {
    fn speaks_of(
        &self,
        finding: &Finding,
        estate: &Estate,
        path: &dyn Fn(FileId) -> String,
    ) -> bool {
        let place = finding.location.span;
        let is_meant = match &self.waiver.scope {
            Scope::Bytes(bytes) => {
                place.file == bytes.file && (bytes.start..bytes.end).contains(&place.start)
            }
            Scope::Resources { pointer, .. } => {
                let id = finding
                    .resource
                    .and_then(|index| estate.resources.get(index))
                    .map(|resource| resource.id.as_str());
                let is_on = |glob: &GlobMatcher| id.is_some_and(|id| glob.is_match(id));
                let below = |pointer: &String| is_below(&finding.location.pointer, pointer);
                let within = |glob: &GlobMatcher| glob.is_match(path(place.file));
                self.resource.as_ref().is_some_and(is_on)
                    && pointer.as_ref().is_none_or(below)
                    && self.file.as_ref().is_none_or(within)
            }
        };
        is_meant && self.rule.is_match(finding.rule.as_str())
    }
}

/// Whether a pointer is another one, or leads to something below it.
fn is_below(pointer: &str, above: &str) -> bool {
    pointer
        .strip_prefix(above)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn armed(waiver: Waiver, rules: &[&str]) -> Result<Armed, Problem> {
    let place = waiver.place;
    let glob = |pattern: &str| {
        let glob = Glob::new(pattern).map(|glob| glob.compile_matcher());
        glob.map_err(|error| {
            let message = format!("`{}` is no glob: {}", pattern.escape_debug(), error.kind());
            Problem::error(place, message)
        })
    };
    let rule = glob(&waiver.rule)?;
    if !rules.iter().any(|id| rule.is_match(id)) {
        return Err(no_rule(&waiver, rules));
    }
    let (resource, file) = match &waiver.scope {
        Scope::Bytes(_) => (None, None),
        Scope::Resources { id, file, .. } => {
            (Some(glob(id)?), file.as_deref().map(glob).transpose()?)
        }
    };
    Ok(Armed {
        waiver: Arc::new(waiver),
        rule,
        resource,
        file,
    })
}

fn no_rule(waiver: &Waiver, rules: &[&str]) -> Problem {
    let message = format!("no rule is called `{}`", waiver.rule.escape_debug());
    Problem::error(waiver.place, message).help(match nearest(&waiver.rule, rules.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "`plumb policy list` lists the rules there are".to_owned(),
    })
}

fn expired(waiver: &Waiver, sources: &Sources) -> Finding {
    let message = format!(
        "the waiver of `{}` by `{}` held until {}",
        waiver.rule.escape_debug(),
        waiver.owner.escape_debug(),
        waiver.expires
    );
    let remediation = "Mend what it waives, or agree on another day with whoever answers for it.";
    about("expired", waiver, sources, message, remediation)
}

fn unused(waiver: &Waiver, sources: &Sources) -> Finding {
    let message = format!(
        "the waiver of `{}` by `{}` waives nothing",
        waiver.rule.escape_debug(),
        waiver.owner.escape_debug()
    );
    let remediation = "Remove it, or correct what it names.";
    about("unused", waiver, sources, message, remediation)
}

/// What is found about a waiver itself. It belongs to no resource.
fn about(
    what: &str,
    waiver: &Waiver,
    sources: &Sources,
    message: String,
    remediation: &str,
) -> Finding {
    let rule = RuleId::of_waivers(what);
    let scope = match &waiver.scope {
        Scope::Bytes(bytes) => sources.name(bytes.file).to_owned(),
        Scope::Resources { id, file, pointer } => {
            let [file, pointer] = [file, pointer].map(|part| part.as_deref().unwrap_or_default());
            [id.as_str(), file, pointer].join("\0")
        }
    };
    Finding {
        fingerprint: Fingerprint::new(&rule, &waiver.rule, &scope),
        rule,
        severity: Severity::Low,
        effect: Effect::Warn,
        message,
        resource: None,
        location: Location {
            span: waiver.place,
            pointer: String::new(),
            missing: None,
        },
        related: Vec::new(),
        controls: BTreeMap::new(),
        remediation: Some(remediation.to_owned()),
        fix: None,
        masked: Vec::new(),
        metadata: None,
        waiver: None,
        novelty: None,
    }
}
