//! A policy set on an estate: rules per subject, in parallel, in a fixed order.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, OnceLock};

use plumbline_rego::value::json;
use plumbline_rego::{Answer, Derivation, EvalError, ObjectBuilder, Path, Settings, Step, Value};
use rayon::prelude::*;

use super::fix::{FIX_HELP, Proposal};
use super::load::{ADMISSION, merge};
use super::metadata::{SubjectKind, Unknown};
use super::{PolicySet, Rule, conftest};
use crate::estate::{Entity, Estate, Surroundings};
use crate::finding::{Evaluation, Finding, Fingerprint, RuleId};
use crate::frontend;
use crate::locate::{Subject, locate, values_around};
use crate::parse::Document;
use crate::problem::{Problem, spell};
use crate::resource::Resource;
use crate::source::Span;
use crate::tree::{NodeId, Typing};

/// By which rules a resource is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Share {
    /// By all.
    All,
    /// By those that read the rest of the estate: only they can answer otherwise because of what changed elsewhere.
    ReadingTheRest,
    /// By those that may answer otherwise of an equal resource in another run: they read the rest of the estate, or ask
    /// for the time.
    Unrepeatable,
    /// By none.
    Nothing,
}

/// Says by which rules each resource is judged.
pub type Shares<'a> = dyn Fn(&Resource) -> Share + Sync + 'a;

/// What is known of a request for admission beside the resources that it declares.
#[derive(Debug, Clone, Copy, Default)]
pub struct Request<'a> {
    /// All that runs, prepared by the set that judges. Without it, rules that read the rest of the estate cannot be
    /// decided.
    pub around: Option<&'a Surroundings>,
    /// What rules see as `input.admission`: the operation, who asks for it, the object as it was. Without it, rules that
    /// read it judge nothing.
    pub admission: Option<&'a Value>,
}

impl PolicySet {
    /// Judges every subject of an estate.
    pub fn evaluate(&self, estate: &Estate, settings: &Settings) -> Evaluation {
        let world = World::of(self, estate);
        self.judge(estate, Around::of(&world, settings), &|_| Share::All)
    }

    /// Judges each resource of an estate by its share of the rules, and by those of Conftest packages every document that
    /// was read.
    pub fn evaluate_shares(
        &self,
        estate: &Estate,
        documents: &[Document],
        shares: &Shares<'_>,
        settings: &Settings,
    ) -> Evaluation {
        let world = World::of(self, estate);
        let of_estate = self.judge(estate, Around::of(&world, settings), shares);
        self.with_documents(of_estate, settings, || {
            conftest::documents(documents, estate)
        })
    }

    /// Whether rules see the same of two estates when they read the rest of one. What both declare alike is then judged
    /// alike.
    pub fn sees_the_same(&self, one: &Estate, other: &Estate) -> bool {
        self.world(one) == self.world(other)
    }

    /// The estate as rules see it below `data.world`, as far as any of them reads it.
    fn world(&self, estate: &Estate) -> Value {
        estate.world(&self.world_keys, self.decided())
    }

    /// What the organisation decided, as rules that read the world see it.
    fn decided(&self) -> Option<&Value> {
        let mut reading = self.rules.iter().filter(|rule| rule.reads_world);
        reading.next().and_then(|rule| rule.data.get_str("estate"))
    }

    /// Prepares all that runs, for requests to be judged among it by this set.
    pub fn surroundings(&self, inventory: Estate) -> Surroundings {
        self.surroundings_after(None, inventory)
    }

    /// The same, after another inventory with which this one has most in common.
    pub fn surroundings_after(
        &self,
        before: Option<&Surroundings>,
        inventory: Estate,
    ) -> Surroundings {
        Surroundings::after(before, inventory, &self.world_keys, self.decided())
    }

    /// Whether rules may answer otherwise where these resources are among the others of an estate, or need the others
    /// to judge them.
    pub fn needs_the_rest(&self, estate: &Estate) -> bool {
        let judges = |rule: &Rule, resource: &Resource| {
            rule.metadata.subject == SubjectKind::Resource && rule.judges(&resource.target())
        };
        let needs = |rule: &Rule| {
            let mut resources = estate.resources.iter();
            !estate.entities.is_empty() || resources.any(|resource| judges(rule, resource))
        };
        let mut reading = self.rules.iter().filter(|rule| rule.reads_world);
        reading.any(needs)
    }

    /// Judges every subject of an estate, and by the rules of Conftest packages every document that was read.
    pub fn evaluate_with(
        &self,
        estate: &Estate,
        documents: &[Document],
        settings: &Settings,
    ) -> Evaluation {
        self.evaluate_shares(estate, documents, &|_| Share::All, settings)
    }

    /// Judges what a request declares, among all that runs: rules that read the world see the request in it. Each
    /// resource is a document to the rules of Conftest packages.
    pub fn evaluate_within(
        &self,
        estate: &Estate,
        request: Request<'_>,
        settings: &Settings,
    ) -> Evaluation {
        let world = World::around(self, estate, request.around);
        let around = Around {
            admission: request.admission,
            ..Around::of(&world, settings)
        };
        let of_estate = self.judge(estate, around, &|_| Share::All);
        self.with_documents(of_estate, settings, || conftest::resources(estate))
    }

    pub(super) fn with_documents<'a>(
        &self,
        mut evaluation: Evaluation,
        settings: &Settings,
        subjects: impl FnOnce() -> Vec<conftest::Subject<'a>>,
    ) -> Evaluation {
        if self.judges_documents() {
            evaluation.append(conftest::judge(&self.rules, &subjects(), settings));
            evaluation.findings.sort_by(order);
        }
        evaluation
    }

    /// The rules that judge nothing of an estate: it has no resource that they target, or none with their subject.
    pub fn idle(&self, estate: &Estate) -> Vec<RuleId> {
        let chosen = self.choose(estate, false);
        let entities = entities_by_resource(estate);
        let mut judging: HashSet<&RuleId> = HashSet::new();
        for (index, resource) in estate.resources.iter().enumerate() {
            let has = |kind: SubjectKind| match kind {
                SubjectKind::Document => false,
                SubjectKind::Resource => true,
                SubjectKind::Entity(kind) => entities
                    .get(&index)
                    .is_some_and(|entities| entities.iter().any(|entity| entity.kind == kind)),
            };
            let rules = chosen.get(&resource.target()).into_iter().flatten();
            let rules = rules.filter(|rule| has(rule.metadata.subject));
            judging.extend(rules.map(|rule| &rule.metadata.id));
        }
        // Rules on documents have no targets: they judge whatever is read.
        let targeting = self.rules.iter().filter(|rule| rule.conftest.is_none());
        let ids = targeting.map(|rule| &rule.metadata.id);
        ids.filter(|id| !judging.contains(id)).cloned().collect()
    }

    fn judge(&self, estate: &Estate, around: Around<'_>, shares: &Shares<'_>) -> Evaluation {
        joined(self.parts(estate, around, shares))
    }

    /// What is answered of each resource of an estate, in their order.
    pub(super) fn parts(
        &self,
        estate: &Estate,
        around: Around<'_>,
        shares: &Shares<'_>,
    ) -> Vec<Evaluation> {
        let chosen = self.choose(estate, around.admission.is_some());
        let entities = entities_by_resource(estate);
        each(&estate.resources, |index, resource| {
            let rules = chosen
                .get(&resource.target())
                .map_or(&[][..], Vec::as_slice);
            let some: Vec<&Rule>;
            let those = |judges: &dyn Fn(&Rule) -> bool| -> Vec<&Rule> {
                let all = rules.iter().copied();
                all.filter(|rule| judges(rule)).collect()
            };
            let rules = match shares(resource) {
                Share::All => rules,
                Share::ReadingTheRest => {
                    some = those(&|rule| rule.reads_world);
                    some.as_slice()
                }
                Share::Unrepeatable => {
                    some = those(&|rule| !rule.is_repeatable());
                    some.as_slice()
                }
                Share::Nothing => &[],
            };
            let entities = entities.get(&index).map_or(&[][..], Vec::as_slice);
            judge(index, resource, entities, rules, around)
        })
    }

    /// The rules of every kind of resource that the estate has, but for those that read what is only known at admission.
    pub(super) fn choose(
        &self,
        estate: &Estate,
        at_admission: bool,
    ) -> HashMap<String, Vec<&Rule>> {
        let targets: HashSet<String> = estate.resources.iter().map(Resource::target).collect();
        let judges = |target: &str| {
            let chosen = self.chosen.of(target, || self.judging(target));
            let rules = chosen.iter().filter_map(|at| self.rules.get(*at));
            rules
                .filter(|rule| at_admission || !rule.reads_admission)
                .collect()
        };
        let chosen = |target: String| (judges(&target), target);
        targets
            .into_iter()
            .map(chosen)
            .map(|(rules, target)| (target, rules))
            .collect()
    }

    /// The rules that judge things of a kind, by their indexes.
    fn judging(&self, target: &str) -> Arc<[usize]> {
        let rules = self.rules.iter().enumerate();
        let rules = rules.filter(|(_, rule)| rule.judges(target));
        rules.map(|(at, _)| at).collect()
    }
}

/// As many are judged one after the other: handing them to other threads takes longer.
const FEW: usize = 4;

/// What judging comes to, one by one, in order.
pub(super) fn each<T: Sync>(
    items: &[T],
    judge: impl Fn(usize, &T) -> Evaluation + Sync,
) -> Vec<Evaluation> {
    if items.len() <= FEW {
        let items = items.iter().enumerate();
        items.map(|(index, item)| judge(index, item)).collect()
    } else {
        let items = items.par_iter().enumerate();
        items.map(|(index, item)| judge(index, item)).collect()
    }
}

/// All answers as one, with the findings in their order.
pub(super) fn joined(parts: impl IntoIterator<Item = Evaluation>) -> Evaluation {
    let mut evaluation = Evaluation::default();
    for part in parts {
        evaluation.append(part);
    }
    evaluation.findings.sort_by(order);
    evaluation
}

fn judge(
    index: usize,
    resource: &Resource,
    entities: &[&Entity],
    rules: &[&Rule],
    around: Around<'_>,
) -> Evaluation {
    let mut evaluation = Evaluation::default();
    let of_kind = |kind| {
        rules
            .iter()
            .filter(move |rule| rule.metadata.subject == kind)
    };
    let judged = |kind| of_kind(kind).next().is_some();
    let subject_of = |entity: &&Entity| SubjectKind::Entity(entity.kind);
    let needed = judged(SubjectKind::Resource) || entities.iter().map(subject_of).any(judged);
    if !needed {
        return evaluation;
    }
    let written = resource.value();
    let mut judge = |kind, entity: Option<&Entity>| {
        if !judged(kind) {
            return;
        }
        let input = input(resource, &written, entity, around.admission);
        for rule in of_kind(kind) {
            apply(
                rule,
                Subject { resource, entity },
                index,
                &input,
                around,
                &mut evaluation,
            );
        }
    };
    judge(SubjectKind::Resource, None);
    for entity in entities {
        judge(subject_of(entity), Some(entity));
    }
    evaluation
}

/// What is the same for every subject of a run.
#[derive(Clone, Copy)]
pub(super) struct Around<'a> {
    world: &'a World<'a>,
    settings: &'a Settings,
    /// `input.admission`.
    admission: Option<&'a Value>,
}

impl<'a> Around<'a> {
    pub(super) fn of(world: &'a World<'a>, settings: &'a Settings) -> Self {
        Self {
            world,
            settings,
            admission: None,
        }
    }

    /// `data` as a rule sees it; none if it reads a world that is not there.
    pub(super) fn data(&self, rule: &'a Rule) -> Option<&'a Value> {
        match self.world {
            _ if !rule.reads_world => Some(&rule.data),
            World::Absent => None,
            World::Known(known) => known
                .data
                .get_or_init(|| known.data())
                .get(rule.metadata.id.as_str()),
        }
    }
}

/// The rest of the estate, for the rules that read it.
pub(super) enum World<'a> {
    /// Nobody knows it.
    Absent,
    /// What an estate makes of it.
    Known(Known<'a>),
}

/// The world of an estate, made when the first rule reads it.
pub(super) struct Known<'a> {
    set: &'a PolicySet,
    estate: &'a Estate,
    /// What the estate is laid over.
    around: Option<&'a Surroundings>,
    /// `data` with the world in it, by rule.
    data: OnceLock<HashMap<String, Value>>,
}

impl<'a> World<'a> {
    pub(super) fn of(set: &'a PolicySet, estate: &'a Estate) -> Self {
        Self::Known(Known {
            set,
            estate,
            around: None,
            data: OnceLock::new(),
        })
    }

    /// The world of a request among all that runs, as far as that was prepared for the rules of this set.
    fn around(set: &'a PolicySet, estate: &'a Estate, around: Option<&'a Surroundings>) -> Self {
        let around = around.filter(|around| around.are_for(&set.world_keys, set.decided()));
        if around.is_none() {
            return Self::Absent;
        }
        Self::Known(Known {
            set,
            estate,
            around,
            data: OnceLock::new(),
        })
    }
}

impl Known<'_> {
    fn data(&self) -> HashMap<String, Value> {
        let reading = self.set.rules.iter().filter(|rule| rule.reads_world);
        let mut world = ObjectBuilder::default();
        let seen = match self.around {
            Some(around) => around.laid_over(self.estate, None),
            None => self.set.world(self.estate),
        };
        world.insert_str("world", seen);
        let world = Value::Object(world.finish());
        let data = |rule: &Rule| {
            let id = rule.metadata.id.as_str().to_owned();
            (id, merge(&rule.data, &world))
        };
        reading.map(data).collect()
    }
}

pub(super) fn entities_by_resource(estate: &Estate) -> HashMap<usize, Vec<&Entity>> {
    let mut by_resource: HashMap<usize, Vec<&Entity>> = HashMap::new();
    for entity in &estate.entities {
        by_resource.entry(entity.resource).or_default().push(entity);
    }
    by_resource
}

/// What a rule is given to judge a subject.
pub(super) fn input_of(subject: Subject<'_>) -> Value {
    let Subject { resource, entity } = subject;
    input(resource, &resource.value(), entity, None)
}

fn input(
    resource: &Resource,
    written: &Value,
    entity: Option<&Entity>,
    admission: Option<&Value>,
) -> Value {
    let mut input = ObjectBuilder::with_capacity(6);
    if let Some(admission) = admission {
        input.insert_str(ADMISSION, admission.clone());
    }
    input.insert_str("platform", resource.platform.as_str());
    input.insert_str("kind", resource.kind.as_str());
    input.insert_str("resource", written.clone());
    if let Some(entity) = entity {
        input.insert_str("node", entity.node(resource));
        input.insert_str(entity.kind.as_str(), entity.value());
    }
    Value::Object(input.finish())
}

fn apply(
    rule: &Rule,
    subject: Subject<'_>,
    index: usize,
    input: &Value,
    around: Around<'_>,
    evaluation: &mut Evaluation,
) {
    evaluation.evaluations += 1;
    let place = subject.resource.place().unwrap_or(Span {
        file: subject.resource.file,
        start: 0,
        end: 0,
    });
    let undecided = |message: String| undecidable(rule, subject, place, &message);
    let Some(data) = around.data(rule) else {
        evaluation.undecided += 1;
        let problem =
            undecided("it reads the rest of the estate, which is not known here".to_owned());
        evaluation.problems.push(problem);
        return;
    };
    let Answer {
        value, swallowed, ..
    } = match rule
        .program
        .evaluate(&rule.entry, data, Some(input), around.settings)
    {
        Ok(answer) => answer,
        Err(error) => {
            evaluation.undecided += 1;
            evaluation
                .problems
                .push(in_policy(rule, undecided(said(rule, &error)), &error));
            return;
        }
    };
    if !swallowed.is_empty() {
        evaluation.undecided += 1;
        evaluation.problems.extend(
            swallowed
                .iter()
                .map(|error| in_policy(rule, undecided(said(rule, error)), error)),
        );
    }
    let elements: Vec<&Value> = match &value {
        None => return settle(rule, subject, index, input, around, evaluation),
        Some(Value::Set(set)) if set.is_empty() => {
            return settle(rule, subject, index, input, around, evaluation);
        }
        Some(Value::Set(set)) => set.iter().collect(),
        Some(_) => {
            evaluation.undecided += 1;
            evaluation.problems.push(
                undecided("`deny` is no set".to_owned())
                    .help("write `deny contains {\"msg\": ...} if { ... }`"),
            );
            return;
        }
    };
    // Only what fired is explained; what passes pays nothing.
    let says_where = |element: &&Value| element.get_str("path").is_some();
    let is_plain = |element: &&Value| result(rule, element, &[]).is_ok();
    let derivations = if elements.iter().all(says_where) && elements.iter().all(is_plain) {
        Vec::new()
    } else {
        rule.program
            .trace(&rule.entry, data, Some(input), around.settings)
            .unwrap_or_default()
    };
    for element in elements {
        match result(rule, element, &derivations) {
            Ok(Said { message, path, fix }) => {
                let mut finding = finding(rule, subject, index, message, &path);
                finding.fix = fix.map(|fix| fix.of(subject));
                let others = elsewhere(&finding, element, subject, &derivations);
                finding.related.extend(others);
                evaluation.findings.push(finding);
            }
            Err(wrong) => {
                evaluation.undecided += 1;
                let by = derivations.iter().find(|by| by.element == *element);
                let problem = undecided(wrong.why).help(wrong.help);
                evaluation
                    .problems
                    .push(match by.and_then(|by| rule.span(by.rule)) {
                        Some(span) => problem.related(span, "this answered it"),
                        None => problem,
                    });
            }
        }
    }
}

/// A rule that did not fire may have read what nobody can know yet: its author says what that means.
fn settle(
    rule: &Rule,
    subject: Subject<'_>,
    index: usize,
    input: &Value,
    around: Around<'_>,
    evaluation: &mut Evaluation,
) {
    let Some(path) = unknown_read(rule, subject, input, around) else {
        return;
    };
    let message = format!(
        "`input.{}` is not known before it is deployed",
        spell(&path)
    );
    match rule.metadata.unknown {
        Unknown::Pass => evaluation.unknown += 1,
        Unknown::Fail => evaluation
            .findings
            .push(finding(rule, subject, index, &message, &path)),
        Unknown::Undecided => {
            evaluation.undecided += 1;
            let place = locate(subject, &path).0.span;
            let problem = undecidable(rule, subject, place, &message);
            evaluation.problems.push(problem.help(
                "give it a default, or say with `unknown:` in the rule what such a value means",
            ));
        }
    }
}

/// The first part of the subject that a rule reads and nobody can know yet.
fn unknown_read(
    rule: &Rule,
    subject: Subject<'_>,
    input: &Value,
    around: Around<'_>,
) -> Option<Path> {
    let rooted = |root: &str, path: &Path| -> Path {
        let root = Step::Key(root.into());
        std::iter::once(root)
            .chain(path.steps().iter().cloned())
            .collect()
    };
    let mut unknown: Vec<Path> = Vec::new();
    if let Some(entity) = subject.entity {
        let found = entity.tree.unknowns(NodeId::ROOT, Typing::Json);
        let kind = entity.kind.as_str();
        unknown.extend(found.iter().map(|path| rooted(kind, path)));
    }
    let resource = subject.resource;
    let found = resource.tree.unknowns(resource.root, resource.typing);
    unknown.extend(found.iter().map(|path| rooted("resource", path)));
    if unknown.is_empty() {
        return None;
    }
    let reads = rule
        .program
        .reads(
            &rule.entry,
            around.data(rule)?,
            Some(input),
            around.settings,
        )
        .ok()?;
    unknown.into_iter().find(|path| {
        reads
            .iter()
            .any(|read| read.steps().starts_with(path.steps()))
    })
}

/// That a rule has no answer for a subject, and why.
fn undecidable(rule: &Rule, subject: Subject<'_>, place: Span, why: &str) -> Problem {
    let (id, resource) = (&rule.metadata.id, &subject.resource.id);
    let message = format!("`{id}` could not be decided for `{resource}`: {why}");
    Problem::error(place, message).of_rule(id.as_str())
}

/// What an error says. It may quote what a builtin was given, which a sensitive rule does not show.
fn said(rule: &Rule, error: &EvalError) -> String {
    if rule.metadata.sensitive && error.code != "eval_budget_error" {
        format!("{} on a value that is not shown", error.code)
    } else {
        error.message.clone()
    }
}

/// A problem with the place in the policy where it arose.
pub(super) fn in_policy(rule: &Rule, problem: Problem, error: &EvalError) -> Problem {
    match rule.span(error.place) {
        Some(span) if span.end > 0 => problem.related(span, "this could not be evaluated"),
        _ => problem,
    }
}

/// Why an element is no finding, and what one looks like.
struct Wrong {
    why: String,
    help: &'static str,
}

/// What one element says.
struct Said<'v> {
    message: &'v str,
    path: Path,
    fix: Option<Proposal>,
}

/// The keys of an element that is an object.
const ELEMENT: &[&str] = &["msg", "path", "fix"];

const MESSAGE_HELP: &str = "an element of `deny` is a text, or an object with a text as `msg` and, where it knows better, a `path` and a `fix`";
const PATH_HELP: &str = "an array, `[\"resource\", \"metadata\", \"name\"]`, or a JSON pointer, `/resource/metadata/name`; it begins with `resource` or the subject";

/// Message, path and fix of one element. A path that the rule gives, as an array or a JSON pointer, decides; otherwise
/// what the element was derived from.
fn result<'v>(
    rule: &Rule,
    element: &'v Value,
    derivations: &[Derivation],
) -> Result<Said<'v>, Wrong> {
    let wrong = |what: &str, value: &Value, help| Wrong {
        why: format!("{what} {}", shown(rule, value)),
        help,
    };
    let of_element = |derivation: &&Derivation| derivation.element == *element;
    let derived = || {
        derivations
            .iter()
            .find(of_element)
            .and_then(|derivation| derivation.path.clone())
            .unwrap_or_default()
    };
    let given = match element {
        Value::String(_) => Some(element),
        Value::Object(_) => element.get_str("msg"),
        _ => None,
    };
    let Some(message) = given.and_then(Value::as_str) else {
        return Err(wrong("no text `msg` is in", element, MESSAGE_HELP));
    };
    if message.trim().is_empty() {
        return Err(wrong("the message is empty in", element, MESSAGE_HELP));
    }
    if let Value::Object(object) = element {
        let stranger = |key: &&Value| key.as_str().is_none_or(|key| !ELEMENT.contains(&key));
        if let Some(key) = object.keys().find(stranger) {
            let what = format!("unknown key {} in", shown(rule, key));
            return Err(wrong(&what, element, MESSAGE_HELP));
        }
    }
    let fix = match element.get_str("fix") {
        None => None,
        Some(fix) => Proposal::read(fix).map_err(|why| Wrong {
            why: format!("{why}: {}", shown(rule, fix)),
            help: FIX_HELP,
        })?,
    };
    let path = match element.get_str("path") {
        None => derived(),
        Some(place) => {
            rooted(place).ok_or_else(|| wrong("`path` leads nowhere:", place, PATH_HELP))?
        }
    };
    Ok(Said { message, path, fix })
}

/// A path that begins with `resource` or the kind of an entity.
pub(super) fn rooted(place: &Value) -> Option<Path> {
    path_of(place).filter(|path| match path.steps().first() {
        Some(Step::Key(root)) => SubjectKind::all().any(|kind| kind.as_str() == root.as_str()),
        _ => false,
    })
}

/// A path, as an array or a JSON pointer.
pub(super) fn path_of(place: &Value) -> Option<Path> {
    match place {
        Value::Array(steps) => Path::from_array(steps.as_slice()),
        Value::String(pointer) => Path::from_pointer(pointer),
        _ => None,
    }
}

/// A value of a rule's answer in a message: cut where it is long, and hidden where the rule is sensitive.
pub(super) fn shown(rule: &Rule, value: &Value) -> String {
    const LONGEST: usize = 120;
    if rule.metadata.sensitive {
        return "what it answered, which is hidden".to_owned();
    }
    let text = json::to_string(value);
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("`{}...`", text.get(..end).unwrap_or_default()),
        None => format!("`{text}`"),
    }
}

/// The other places of an element that was derived more than once: `deny` is a set, and equal messages are one finding.
fn elsewhere(
    finding: &Finding,
    element: &Value,
    subject: Subject<'_>,
    derivations: &[Derivation],
) -> Vec<(Span, String)> {
    let mut spans = vec![finding.location.span];
    for derivation in derivations
        .iter()
        .filter(|derivation| derivation.element == *element)
    {
        let Some(path) = &derivation.path else {
            continue;
        };
        let span = locate(subject, path).0.span;
        if spans.len() <= MOST_PLACES && !spans.contains(&span) {
            spans.push(span);
        }
    }
    let others = spans.into_iter().skip(1);
    others.map(|span| (span, "and here".to_owned())).collect()
}

/// More places than this are not listed.
const MOST_PLACES: usize = 10;

fn finding(
    rule: &Rule,
    subject: Subject<'_>,
    resource: usize,
    message: &str,
    path: &Path,
) -> Finding {
    let (location, stable) = locate(subject, path);
    let metadata = &rule.metadata;
    Finding {
        fingerprint: Fingerprint::new(&metadata.id, subject.resource.id.as_str(), &stable),
        rule: metadata.id.clone(),
        severity: rule.severity,
        effect: rule.effect,
        message: message.to_owned(),
        resource: Some(resource),
        location,
        related: frontend::note(subject.resource).into_iter().collect(),
        controls: metadata.controls.clone(),
        remediation: metadata.remediation.clone(),
        fix: None,
        masked: if metadata.sensitive {
            values_around(subject, path)
        } else {
            Vec::new()
        },
        metadata: None,
        waiver: None,
        novelty: None,
    }
}

/// Files in their order, places in reading order, then rules and messages: the same for any number of threads.
fn order(left: &Finding, right: &Finding) -> std::cmp::Ordering {
    let key = |finding: &Finding| {
        (
            finding.location.span,
            finding.rule.clone(),
            finding.resource,
        )
    };
    key(left)
        .cmp(&key(right))
        .then_with(|| left.message.cmp(&right.message))
}
