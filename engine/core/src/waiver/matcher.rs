//! The one matcher, for every source of waivers.

use std::collections::BTreeMap;
use std::sync::Arc;

use globset::GlobMatcher;

use super::{Authority, Date, Scope, Waiver, annotation};
use crate::estate::Estate;
use crate::finding::{Effect, Finding, Fingerprint, Location, RuleId, Severity};
use crate::globs::{self, no_rule};
use crate::problem::Problem;
use crate::resource::Resource;
use crate::source::{FileId, Sources, Span};
use crate::tree::View;

/// Waivers, ready to be applied.
#[derive(Debug, Default)]
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
    /// Takes waivers in, given the ids of all rules. What is no glob, a rule that there is not, and an id that another
    /// one has, is a problem.
    pub fn new(waivers: Vec<Waiver>, rules: &[&str]) -> (Self, Vec<Problem>) {
        let (mut all, mut problems) = (Vec::with_capacity(waivers.len()), Vec::new());
        let mut ids: BTreeMap<String, Span> = BTreeMap::new();
        for waiver in waivers {
            if let Some(id) = &waiver.id {
                let first = *ids.entry(id.clone()).or_insert(waiver.place);
                if first != waiver.place {
                    problems.push(twice(id, waiver.place, first));
                }
            }
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

    /// What is wrong with the waivers that objects point at: they waive nothing for it.
    pub fn pointed_at_in_vain(&self, estate: &Estate) -> Vec<Problem> {
        let mut problems = Vec::new();
        for resource in &estate.resources {
            let pointers = annotation::pointers(resource);
            problems
                .extend(pointers.filter_map(|(id, written)| self.in_vain(resource, id, written)));
        }
        problems
    }

    fn in_vain(&self, resource: &Resource, id: &str, written: View<'_>) -> Option<Problem> {
        let is_meant = |armed: &&Armed| armed.waiver.id.as_deref() == Some(id);
        let found = self.0.iter().find(is_meant);
        let id = id.escape_debug();
        let message = match found {
            None => format!("no waiver of the organisation has the id `{id}`"),
            Some(armed) if armed.waiver.authority == Authority::Local => {
                format!("the waiver `{id}` is a local one, at which no object can point")
            }
            Some(armed) if !armed.names(resource) => {
                format!("the waiver `{id}` does not speak of this object")
            }
            Some(_) => return None,
        };
        let place = resource.tree.place(written.id()).or(resource.place())?;
        Some(Problem::warning(place, message).help("it waives nothing"))
    }

    /// Notes on each finding the first waiver in force that speaks of it, and appends what is to be said of the waivers
    /// themselves: those that have expired, and in a full run those that speak of nothing. The organisation's are for
    /// many repositories, so that one that speaks of nothing here is no matter of this one. `path` gives the path of a
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
            let is_local = armed.waiver.authority == Authority::Local;
            if armed.waiver.has_expired(occasion.today) {
                if is_local || spoken {
                    findings.push(expired(&armed.waiver, occasion.sources));
                }
            } else if occasion.full && is_local && !spoken {
                findings.push(unused(&armed.waiver, occasion.sources));
            }
        }
    }
}

impl Armed {
    /// Whether its glob on ids matches a resource.
    fn names(&self, resource: &Resource) -> bool {
        let glob = self.resource.as_ref();
        glob.is_some_and(|glob| glob.is_match(resource.id.as_str()))
    }

    /// Whether it speaks of a resource, which has to point at it where the waiver says so.
    fn speaks_of_resource(&self, resource: &Resource) -> bool {
        let is_meant = |(id, _): (&str, View<'_>)| self.waiver.id.as_deref() == Some(id);
        self.names(resource)
            && (!self.waiver.annotated || annotation::pointers(resource).any(is_meant))
    }

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
                let resource = finding
                    .resource
                    .and_then(|index| estate.resources.get(index));
                let below = |pointer: &String| is_below(&finding.location.pointer, pointer);
                let within = |glob: &GlobMatcher| glob.is_match(path(place.file));
                resource.is_some_and(|resource| self.speaks_of_resource(resource))
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
    let glob = |pattern: &str| globs::glob(pattern, place);
    let rule = glob(&waiver.rule)?;
    if !rules.iter().any(|id| rule.is_match(id)) {
        return Err(no_rule(&waiver.rule, place, rules));
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

fn twice(id: &str, place: Span, first: Span) -> Problem {
    let message = format!("the waiver id `{}` is used twice", id.escape_debug());
    Problem::error(place, message).related(first, "first used here")
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
