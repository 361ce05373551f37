//! What becomes of a request: a function of rules, exceptions, the review and what is known around it.
//!
//! Nothing here reads a clock, records anything or knows of HTTP.

use std::collections::{BTreeMap, HashSet};

use plumbline_core::estate::{Estate, Surroundings};
use plumbline_core::finding::{Effect, Evaluation, Finding, Fingerprint, RuleId};
use plumbline_core::policy::metadata::{OnError, SubjectKind};
use plumbline_core::policy::{PolicySet, Rule};
use plumbline_core::problem::{Problem, spell};
use plumbline_core::report;
use plumbline_core::resource::ResourceId;
use plumbline_core::source::{FileId, Sources};
use plumbline_core::stage::{BreakGlass, Stages};
use plumbline_core::tree::View;
use plumbline_core::verdict::{EnforcementPoint, is_excused};
use plumbline_core::waiver::{Date, Occasion, Waivers};
use plumbline_rego::{Path, Settings};

use super::review::{Head, Operation, Review, Share};
use crate::decision::{Fired, Outcome};

/// What requests are judged by.
#[derive(Debug, Clone, Copy)]
pub struct Door<'a> {
    /// The rules.
    pub policies: &'a PolicySet,
    /// Exceptions. Only those of the organisation hold here.
    pub waivers: &'a Waivers,
    /// How far rules are introduced, and where.
    pub stages: &'a Stages,
    /// Who may do what rules refuse, for a while.
    pub overrides: &'a [BreakGlass],
    /// Seconds since the beginning of 1970.
    pub now: u64,
}

/// What is known of what runs beside the object of a request.
#[derive(Debug, Clone, Copy, Default)]
pub struct Known<'a> {
    /// Everything else; none if nobody knows it, or not well enough.
    pub surroundings: Option<&'a Surroundings>,
    /// The labels of the namespace that governs the request.
    pub labels: Option<&'a BTreeMap<String, String>>,
}

/// What was decided.
#[derive(Debug, Default)]
pub struct Decision {
    /// Why the request is refused, a line each.
    pub refusals: Vec<String>,
    /// What is said without refusing, a line each.
    pub warnings: Vec<String>,
    /// What rules found and nobody waived, with the effect that it has here.
    pub findings: Vec<Fired>,
    /// Pointers into the review at what must be shown to nobody.
    pub sensitive: Vec<String>,
    /// The rules whose findings are waived.
    pub waived: Vec<String>,
    /// The rules that could not be decided.
    pub undecided: Vec<Undecided>,
    /// The override by which the request may pass all the same.
    pub break_glass: Option<String>,
    /// What the refusal comes from.
    pub cause: Cause,
    /// What was judged.
    pub resource: Option<ResourceId>,
    /// Whether a finding refuses, and not only what could not be decided.
    pub(super) found: bool,
}

/// A rule that could not be decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undecided {
    /// The rule.
    pub rule: String,
    /// What that means for a request.
    pub on_error: OnError,
}

/// What a refusal comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Cause {
    /// The rules.
    #[default]
    Rules,
    /// The deadline.
    Time,
    /// That no record of the decision could be kept.
    Record,
}

impl Decision {
    /// Whether the request may pass.
    pub fn is_allowed(&self) -> bool {
        self.refusals.is_empty() || self.break_glass.is_some()
    }

    /// The decision in a word.
    pub fn outcome(&self) -> Outcome {
        if !self.is_allowed() {
            if self.found {
                Outcome::Deny
            } else {
                Outcome::Undecided
            }
        } else if self.warnings.is_empty() && self.break_glass.is_none() {
            Outcome::Allow
        } else {
            Outcome::Warn
        }
    }

    /// The same request refused, since what was decided could not be recorded.
    pub fn refuse_unrecorded(&mut self) {
        self.break_glass = None;
        self.cause = Cause::Record;
        self.refusals
            .push("the decision could not be recorded".to_owned());
    }
}

/// Decides a request.
pub fn decide(
    door: &Door<'_>,
    review: &Review,
    known: &Known<'_>,
    settings: &Settings,
) -> Decision {
    let case = Case {
        door,
        head: &review.head,
        known,
    };
    let mut decision = Decision::default();
    if case.is_asked() {
        case.judge(review, settings, &mut decision);
        case.let_pass(&mut decision);
    }
    decision
}

/// Decides a request that could not be judged in time: it is refused if a rule that would refuse it fails closed.
pub fn decide_late(door: &Door<'_>, head: &Head, known: &Known<'_>) -> Decision {
    let case = Case { door, head, known };
    let mut decision = Decision {
        cause: Cause::Time,
        ..Decision::default()
    };
    let asked = case.asked().collect::<Vec<_>>();
    if asked.is_empty() {
        return decision;
    }
    let text = "the request could not be decided in time".to_owned();
    if asked.into_iter().any(|rule| case.fails_closed(rule)) {
        decision.refusals.push(text);
    } else {
        decision.warnings.push(text);
    }
    case.let_pass(&mut decision);
    decision
}

/// A request at the door.
struct Case<'a> {
    door: &'a Door<'a>,
    head: &'a Head,
    known: &'a Known<'a>,
}

/// What was found of one object.
struct Judged {
    estate: Estate,
    findings: Vec<Finding>,
    problems: Vec<Problem>,
}

/// What was wrong with an object before a request changes it.
#[derive(Default)]
struct Before {
    found: HashSet<Fingerprint>,
    undecided: HashSet<String>,
    /// Whether nothing but its finalizers will be changed any more.
    is_leaving: bool,
}

impl<'a> Case<'a> {
    /// The rules that are asked about the request.
    fn asked(&self) -> impl Iterator<Item = &'a Rule> {
        let (target, share) = (self.head.kind.target(), self.head.share());
        let rules = self.door.policies.rules().iter();
        rules.filter(move |rule| is_asked(rule, share) && judges(rule, &target))
    }

    fn is_asked(&self) -> bool {
        // What is wrong with an object is said whichever rules there are.
        self.head.share() == Share::All || self.asked().next().is_some()
    }

    fn judge(&self, review: &Review, settings: &Settings, decision: &mut Decision) {
        let judged = self.evaluate(review, review.object(), settings);
        let before = match review.before() {
            Some(old) if judged.is_faulty() => {
                let old = self.evaluate(review, old, settings);
                Before::of(old, review.is_being_deleted())
            }
            _ => Before::default(),
        };
        let resource = judged.estate.resources.first();
        decision.resource = resource.map(|resource| resource.id.clone());
        for finding in &judged.findings {
            self.count(finding, &judged.estate, &before, decision);
        }
        for problem in &judged.problems {
            self.settle(problem, &before, decision);
        }
    }

    /// What the rules that are asked find of an object.
    fn evaluate(&self, review: &Review, object: View<'_>, settings: &Settings) -> Judged {
        let policies = self.door.policies;
        let (resource, read) = review.resource(object);
        let (estate, _) = Estate::new(vec![resource]);
        let mut asked = self.asked();
        let facts = asked.any(Rule::reads_admission).then(|| review.facts());
        let Evaluation {
            mut findings,
            mut problems,
            ..
        } = policies.evaluate_within(&estate, self.known.surroundings, facts.as_ref(), settings);
        let occasion = Occasion {
            estate: &estate,
            sources: &Sources::default(),
            today: Date::of_unix_seconds(self.door.now),
            full: false,
        };
        // What is sent stands in no file.
        let no_file = |_: FileId| String::new();
        self.door.waivers.apply(&mut findings, &occasion, &no_file);
        if self.head.share() == Share::All {
            problems.extend(self.door.waivers.pointed_at_in_vain(&estate));
            problems.extend(read);
        } else {
            let of_asked = |id: &str| self.rule(id).is_some_and(Rule::reads_admission);
            findings.retain(|finding| of_asked(finding.rule.as_str()));
            problems.retain(|problem| problem.rule.as_deref().is_some_and(of_asked));
        }
        Judged {
            estate,
            findings,
            problems,
        }
    }

    fn count(&self, finding: &Finding, estate: &Estate, before: &Before, decision: &mut Decision) {
        if !finding.masked.is_empty() {
            let object = match self.head.operation {
                Operation::Delete => "oldObject",
                Operation::Create | Operation::Update | Operation::Connect => "object",
            };
            let pointer = format!("/request/{object}{}", finding.location.pointer);
            decision.sensitive.push(pointer);
        }
        if is_excused(finding, EnforcementPoint::Admission) {
            decision.waived.push(finding.rule.to_string());
            return;
        }
        let was_there = before.found.contains(&finding.fingerprint);
        let staged = self.effect(finding);
        let effect = if was_there && before.is_leaving {
            Effect::Audit
        } else {
            staged
        };
        let message = report::message(finding, estate);
        let line = line(&finding.rule, &message, &notes(finding, was_there));
        decision.findings.push(Fired {
            rule: finding.rule.to_string(),
            effect,
            severity: finding.severity,
            message: message.into_owned(),
            stage: (staged != finding.effect).then(|| staged.as_str().to_owned()),
        });
        match effect {
            Effect::Deny => {
                decision.found = true;
                decision.refusals.push(line);
            }
            Effect::Warn => decision.warnings.push(line),
            Effect::Audit => {}
        }
    }

    /// What could not be decided refuses the request, unless the rule says that it fails open.
    fn settle(&self, problem: &Problem, before: &Before, decision: &mut Decision) {
        let text = report::visible(&problem.message).into_owned();
        if !problem.is_error() {
            decision.warnings.push(text);
            return;
        }
        let was_there = before.undecided.contains(&problem.message);
        let rule = problem.rule.as_deref().and_then(|id| self.rule(id));
        let Some(rule) = rule else {
            if was_there && before.is_leaving {
                decision.warnings.push(text);
            } else {
                decision.refusals.push(text);
            }
            return;
        };
        decision.undecided.push(Undecided {
            rule: rule.metadata.id.to_string(),
            on_error: rule.metadata.on_error,
        });
        if was_there && before.is_leaving {
            return;
        }
        // That nobody knows the rest is no news about this request.
        let is_uninformed = rule.reads_world() && self.known.surroundings.is_none();
        if self.fails_closed(rule) {
            decision.refusals.push(text);
        } else if !is_uninformed && self.effect_of(rule) != Effect::Audit {
            decision.warnings.push(text);
        }
    }

    /// Lets pass what would be refused, if somebody may override that.
    fn let_pass(&self, decision: &mut Decision) {
        if decision.refusals.is_empty() {
            return;
        }
        let (user, operation) = (&self.head.user, self.head.operation.as_str());
        let (now, namespace) = (self.door.now, self.head.governed_by());
        let mut overrides = self.door.overrides.iter();
        let held = overrides
            .find_map(|glass| glass.holds(&user.username, &user.groups, now, operation, namespace));
        decision.break_glass = held.map(str::to_owned);
    }

    fn rule(&self, id: &str) -> Option<&'a Rule> {
        let mut rules = self.door.policies.rules().iter();
        rules.find(|rule| rule.metadata.id.as_str() == id)
    }

    /// What a finding does here. One that is about a waiver is of no rule.
    fn effect(&self, finding: &Finding) -> Effect {
        let rule = self.rule(finding.rule.as_str());
        rule.map_or(finding.effect, |rule| self.effect_of(rule))
    }

    fn effect_of(&self, rule: &Rule) -> Effect {
        let namespace = self.head.governed_by();
        self.door.stages.of(rule, namespace, self.known.labels)
    }

    fn fails_closed(&self, rule: &Rule) -> bool {
        self.effect_of(rule) == Effect::Deny && rule.metadata.on_error == OnError::Closed
    }
}

fn is_asked(rule: &Rule, share: Share) -> bool {
    share == Share::All || rule.reads_admission()
}

/// Rules on documents have no targets: they judge whatever there is.
fn judges(rule: &Rule, target: &str) -> bool {
    rule.metadata.subject == SubjectKind::Document || rule.judges(target)
}

impl Judged {
    /// Whether something may refuse a request.
    fn is_faulty(&self) -> bool {
        !self.findings.is_empty() || self.problems.iter().any(Problem::is_error)
    }
}

impl Before {
    fn of(judged: Judged, is_leaving: bool) -> Self {
        let findings = judged.findings.into_iter();
        let problems = judged.problems.into_iter();
        Self {
            found: findings.map(|finding| finding.fingerprint).collect(),
            undecided: problems.map(|problem| problem.message).collect(),
            is_leaving,
        }
    }
}

/// Where a finding is, and whether it is new.
fn notes(finding: &Finding, was_there: bool) -> Vec<String> {
    let mut place = Path::from_pointer(&finding.location.pointer)
        .map(|path| spell(&path))
        .unwrap_or_default();
    if let Some(missing) = &finding.location.missing {
        if !place.is_empty() {
            place.push('.');
        }
        place.push_str(missing);
    }
    let place = Some(place).filter(|place| !place.is_empty());
    let place = place.map(|place| format!("at `{place}`"));
    let known = was_there.then(|| "the object has had it before".to_owned());
    place.into_iter().chain(known).collect()
}

/// One line of an answer.
fn line(rule: &RuleId, message: &str, notes: &[String]) -> String {
    let mut line = format!("[{rule}] {message}");
    if !notes.is_empty() {
        line.push_str(&format!(" ({})", notes.join("; ")));
    }
    report::visible(&line).into_owned()
}
