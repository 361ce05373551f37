//! What becomes of a request: a function of rules, exceptions, the review and what is known around it.
//!
//! Nothing here reads a clock, records anything or knows of HTTP.

use std::collections::{BTreeMap, HashSet};

use plumbline_core::break_glass::BreakGlass;
use plumbline_core::estate::{Estate, Surroundings};
use plumbline_core::finding::{Effect, Evaluation, Finding, Fingerprint, RuleId};
use plumbline_core::policy::metadata::{OnError, SubjectKind};
use plumbline_core::policy::{PolicySet, Request, Rule};
use plumbline_core::problem::{Problem, spell};
use plumbline_core::report;
use plumbline_core::resource::Resource;
use plumbline_core::source::{FileId, Sources};
use plumbline_core::stage::{Namespace, Stages};
use plumbline_core::tree::View;
use plumbline_core::verdict::{EnforcementPoint, is_excused};
use plumbline_core::waiver::{Date, Occasion, Waivers};
use plumbline_rego::{Path, Settings};

use super::review::{Head, Review, Share};
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
    /// Why the request is refused, or would be without an override.
    pub refusals: Vec<Refusal>,
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
    /// What the refusal comes from.
    pub cause: Cause,
    /// What was judged.
    pub resource: Option<Resource>,
    /// Whether a finding refuses, and not only what could not be decided.
    pub(super) found: bool,
}

/// One reason to refuse a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// What is wrong, in a line.
    pub text: String,
    /// The override by which it counts for nothing.
    pub overridden_by: Option<String>,
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

impl Undecided {
    fn of(rule: &Rule) -> Self {
        Self {
            rule: rule.metadata.id.to_string(),
            on_error: rule.metadata.on_error,
        }
    }
}

impl Decision {
    /// Whether the request may pass.
    pub fn is_allowed(&self) -> bool {
        let mut refusals = self.refusals.iter();
        refusals.all(|refusal| refusal.overridden_by.is_some())
    }

    /// The override by which a request may pass that would be refused without it.
    pub fn break_glass(&self) -> Option<&str> {
        let mut overrides = self.refusals.iter().map(|refusal| &refusal.overridden_by);
        let first = overrides.find_map(Option::as_deref);
        first.filter(|_| self.is_allowed())
    }

    /// The decision in a word.
    pub fn outcome(&self) -> Outcome {
        if self.is_allowed() {
            if self.warnings.is_empty() && self.refusals.is_empty() {
                Outcome::Allow
            } else {
                Outcome::Warn
            }
        } else if self.found {
            Outcome::Deny
        } else {
            Outcome::Undecided
        }
    }

    /// The same request refused, since what was decided could not be recorded.
    pub fn refuse_unrecorded(&mut self) {
        self.cause = Cause::Record;
        self.refusals.push(Refusal {
            text: "the decision could not be recorded".to_owned(),
            overridden_by: None,
        });
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
    let text = "the request could not be decided in time";
    for rule in case.asked() {
        decision.undecided.push(Undecided::of(rule));
        if case.fails_closed(rule) {
            let id = &rule.metadata.id;
            case.refuse(Some(id), format!("[{id}] {text}"), &mut decision);
        } else if decision.warnings.is_empty() {
            decision.warnings.push(text.to_owned());
        }
    }
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
                decision.sensitive.extend(sensitive(&old.findings));
                Before::of(old, review.is_being_deleted())
            }
            _ => Before::default(),
        };
        decision.resource = judged.estate.resources.first().cloned();
        decision.sensitive.extend(sensitive(&judged.findings));
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
        let request = Request {
            around: self.known.surroundings,
            admission: facts.as_ref(),
        };
        let Evaluation {
            mut findings,
            mut problems,
            ..
        } = policies.evaluate_within(&estate, request, settings);
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
        if is_excused(finding, EnforcementPoint::Admission) {
            decision.waived.push(finding.rule.to_string());
            return;
        }
        // What is found in a change was not there before it.
        let rule = self.rule(finding.rule.as_str());
        let is_of_change = rule.is_some_and(Rule::reads_admission);
        let was_there = !is_of_change && before.found.contains(&finding.fingerprint);
        let (staged, stage) = self.staged(&finding.rule, finding.effect);
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
            stage,
        });
        match effect {
            Effect::Deny => {
                decision.found = true;
                self.refuse(Some(&finding.rule), line, decision);
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
                self.refuse(None, text, decision);
            }
            return;
        };
        decision.undecided.push(Undecided::of(rule));
        if was_there && before.is_leaving {
            return;
        }
        // That nobody knows the rest is no news about this request.
        let is_uninformed = rule.reads_world() && self.known.surroundings.is_none();
        if self.fails_closed(rule) {
            self.refuse(Some(&rule.metadata.id), text, decision);
        } else if !is_uninformed && self.effect(rule) != Effect::Audit {
            decision.warnings.push(text);
        }
    }

    /// Refuses the request, unless whoever asks may do for now what the rule refuses.
    fn refuse(&self, rule: Option<&RuleId>, text: String, decision: &mut Decision) {
        let (user, now) = (&self.head.user, self.door.now);
        let namespace = self.head.governed_by();
        let held = rule.and_then(|rule| {
            let mut overrides = self.door.overrides.iter();
            overrides
                .find_map(|glass| glass.holds(&user.username, &user.groups, namespace, rule, now))
        });
        decision.refusals.push(Refusal {
            text,
            overridden_by: held.map(|glass| glass.id.clone()),
        });
    }

    fn rule(&self, id: &str) -> Option<&'a Rule> {
        let mut rules = self.door.policies.rules().iter();
        rules.find(|rule| rule.metadata.id.as_str() == id)
    }

    /// What a rule does here, and the mode of the stage that says so.
    fn staged(&self, rule: &RuleId, effect: Effect) -> (Effect, Option<String>) {
        let labels = self.known.labels;
        let namespace = self.head.governed_by();
        let namespace = namespace.map(|name| Namespace { name, labels });
        let today = Date::of_unix_seconds(self.door.now);
        let stages = self.door.stages;
        let (effect, stage) = stages.of(rule, effect, namespace.as_ref(), today);
        (effect, stage.map(|stage| stage.mode.as_str().to_owned()))
    }

    fn effect(&self, rule: &Rule) -> Effect {
        self.staged(&rule.metadata.id, rule.effect).0
    }

    fn fails_closed(&self, rule: &Rule) -> bool {
        self.effect(rule) == Effect::Deny && rule.metadata.on_error == OnError::Closed
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

/// Where findings point at what nobody may be shown. It may stand in both objects of a review.
fn sensitive(findings: &[Finding]) -> impl Iterator<Item = String> {
    let hidden = findings.iter().filter(|finding| !finding.masked.is_empty());
    hidden.flat_map(|finding| {
        ["object", "oldObject"].map(|key| format!("/request/{key}{}", finding.location.pointer))
    })
}

/// Where a finding is, and whether it is new.
fn notes(finding: &Finding, was_there: bool) -> Vec<String> {
    let place = Path::from_pointer(&finding.location.pointer).map(|path| spell(&path));
    let place = place.filter(|place| !place.is_empty());
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
