//! The rules of Conftest packages on documents: what they answer, and what that comes to.

use std::sync::Arc;

use plumbline_rego::{Answer, Derivation, Object, Path, Settings, Value};

use super::Query;
use super::document::Subject;
use crate::finding::{Evaluation, Finding, Fingerprint};
use crate::frontend;
use crate::locate::Within;
use crate::policy::Rule;
use crate::policy::evaluate::{each, in_policy, shown};
use crate::policy::load::merge;
use crate::problem::Problem;
use crate::source::Span;
use crate::waiver::{Authority, Date, Scope, Waiver};

/// Judges documents by those of some rules that belong to Conftest packages.
pub(in crate::policy) fn judge(
    rules: &[Rule],
    subjects: &[Subject<'_>],
    settings: &Settings,
) -> Evaluation {
    let asked = rules
        .iter()
        .filter_map(|rule| Some((rule, rule.conftest.as_ref()?)));
    let asked: Vec<(&Rule, &Query)> = asked.collect();
    let parts = each(subjects, |_, subject| {
        let mut evaluation = Evaluation::default();
        let (input, own) = (subject.value(), subject.data());
        for (rule, query) in &asked {
            let case = Case {
                rule,
                query,
                subject,
                input: &input,
                data: merge(&rule.data, &own),
                settings,
            };
            case.judge(&mut evaluation);
        }
        evaluation
    });
    let mut evaluation = Evaluation::default();
    for part in parts {
        evaluation.append(part);
    }
    evaluation
}

/// One rule on one document.
struct Case<'a> {
    rule: &'a Rule,
    query: &'a Query,
    subject: &'a Subject<'a>,
    input: &'a Value,
    data: Value,
    settings: &'a Settings,
}

/// An element of what a rule answers.
enum Element<'v> {
    /// A result.
    Message {
        message: &'v str,
        /// `_loc`.
        place: Option<&'v Value>,
        metadata: Option<Value>,
    },
    /// An empty text, which Conftest counts as passed.
    Empty,
    /// What Conftest drops, or fails at.
    Wrong(&'static str),
}

const ELEMENT_HELP: &str = "an element is a text, or an object with a text as `msg`; what else it has goes into the report";

impl Case<'_> {
    fn judge(&self, evaluation: &mut Evaluation) {
        evaluation.evaluations += 1;
        let answer = self.rule.program.evaluate(
            &self.query.entry,
            &self.data,
            Some(self.input),
            self.settings,
        );
        let Answer {
            value, swallowed, ..
        } = match answer {
            Ok(answer) => answer,
            Err(error) => {
                evaluation.undecided += 1;
                let problem = self.undecidable(&error.message);
                evaluation
                    .problems
                    .push(in_policy(self.rule, problem, &error));
                return;
            }
        };
        // An error of a builtin makes a condition undefined, as it does there: the rule was written for that.
        for error in &swallowed {
            let problem = self.warning(&format!("a part of it is undefined: {}", error.message));
            evaluation
                .problems
                .push(in_policy(self.rule, problem, error));
        }
        let elements = match &value {
            None => return,
            Some(Value::Set(set)) => set.as_slice(),
            Some(Value::Array(array)) => array.as_slice(),
            Some(other) => {
                evaluation.undecided += 1;
                let why = format!("it answers {}, and no set", shown(self.rule, other));
                evaluation
                    .problems
                    .push(self.undecidable(&why).help(super::SHAPE_HELP));
                return;
            }
        };
        if elements.is_empty() {
            return;
        }
        // Only what fired is explained; what passes pays nothing.
        let derivations = self
            .rule
            .program
            .trace(
                &self.query.entry,
                &self.data,
                Some(self.input),
                self.settings,
            )
            .unwrap_or_default();
        let waiver = self.exception(evaluation).map(Arc::new);
        for element in elements {
            let derivation = derivations.iter().find(|one| one.element == *element);
            self.take(element, derivation, waiver.as_ref(), evaluation);
        }
    }

    fn take(
        &self,
        element: &Value,
        derivation: Option<&Derivation>,
        waiver: Option<&Arc<Waiver>>,
        evaluation: &mut Evaluation,
    ) {
        let here = |problem: Problem| match derivation
            .and_then(|derivation| self.rule.span(derivation.rule))
        {
            Some(span) => problem.related(span, "this answered it"),
            None => problem,
        };
        match read(element) {
            Element::Message {
                message,
                place,
                metadata,
            } => {
                let path = derivation.and_then(|derivation| derivation.path.as_ref());
                let (line, metadata) = self.line(place, metadata);
                let mut finding = self.finding(message, path, line);
                finding.metadata = metadata;
                finding.waiver = waiver.cloned();
                evaluation.findings.push(finding);
            }
            Element::Empty => {
                let problem = self.warning("an empty message is no result");
                evaluation.problems.push(here(problem.help(ELEMENT_HELP)));
            }
            Element::Wrong(what) => {
                evaluation.undecided += 1;
                let why = format!("{what} in {}", shown(self.rule, element));
                let problem = self.undecidable(&why);
                evaluation.problems.push(here(problem.help(ELEMENT_HELP)));
            }
        }
    }

    fn finding(&self, message: &str, path: Option<&Path>, line: Option<Span>) -> Finding {
        let root = Path::root();
        let (node, missing) = self.subject.follow(path.unwrap_or(&root));
        let subject = self.subject;
        let declared = subject.resource(node);
        let resource = declared.map(|(_, _, resource)| resource);
        let within = Within {
            tree: subject.tree,
            root: declared.map_or(subject.root, |(root, _, _)| root),
            typing: subject.typing,
            file: subject.file,
        };
        let span = match resource {
            Some(resource) if node == within.root => resource.place(),
            _ => subject.tree.place(node),
        };
        let (mut location, stable) = within.locate(node, span, Some(missing));
        let of = resource.map_or(subject.name(), |resource| resource.id.as_str());
        if let Some(span) = line {
            location.span = span;
        }
        let note = resource.and_then(frontend::note);
        let metadata = &self.rule.metadata;
        Finding {
            fix: None,
            fingerprint: Fingerprint::new(&metadata.id, of, &stable),
            rule: metadata.id.clone(),
            severity: self.rule.severity,
            effect: self.rule.effect,
            message: message.to_owned(),
            resource: declared.map(|(_, index, _)| index),
            location,
            related: note.into_iter().collect(),
            controls: metadata.controls.clone(),
            remediation: metadata.remediation.clone(),
            masked: Vec::new(),
            metadata: None,
            waiver: None,
            novelty: None,
        }
    }

    /// The line that `_loc` names, if it is one of this file; a place in another one stays in the metadata.
    fn line(
        &self,
        place: Option<&Value>,
        metadata: Option<Value>,
    ) -> (Option<Span>, Option<Value>) {
        let Some(place) = place else {
            return (None, metadata);
        };
        if let Some(span) = self.own_line(place) {
            return (Some(span), metadata);
        }
        let object = match metadata {
            Some(Value::Object(object)) => object,
            _ => Object::default(),
        };
        let object = object.with(Value::from("_loc"), place.clone());
        (None, Some(Value::Object(object)))
    }

    fn own_line(&self, place: &Value) -> Option<Span> {
        let source = self.subject.source()?;
        let file = place.get_str("file").and_then(Value::as_str);
        if file.is_some_and(|file| file != source.name()) {
            return None;
        }
        let line = place.get_str("line")?.as_number()?.to_i64()?;
        let line = u32::try_from(line).ok().filter(|line| *line > 0)?;
        let text = source.line(line);
        let indent = text.len() - text.trim_start().len();
        let start = source.line_start(line);
        // A line that is not there has no bytes, and begins where the first one does.
        if line > 1 && start == 0 {
            return None;
        }
        let at = |offset: usize| start.saturating_add(u32::try_from(offset).unwrap_or(u32::MAX));
        Some(Span {
            file: self.subject.file,
            start: at(indent),
            end: at(text.trim_end().len().max(indent)),
        })
    }

    /// The exception that the package makes of the rule for this document.
    fn exception(&self, evaluation: &mut Evaluation) -> Option<Waiver> {
        let (entry, place) = self.query.exception.as_ref()?;
        let span = self.rule.span(*place)?;
        let answer = self
            .rule
            .program
            .evaluate(entry, &self.data, Some(self.input), self.settings);
        let answer = match answer {
            Ok(answer) => answer.value?,
            Err(error) => {
                let problem = self.warning(&format!("its exceptions fail: {}", error.message));
                evaluation
                    .problems
                    .push(in_policy(self.rule, problem, &error));
                return None;
            }
        };
        let is_excused = |list: &Value| {
            elements(list).is_some_and(|mut names| {
                names.any(|name| name.as_str() == Some(self.query.suffix()))
            })
        };
        let lists: Vec<&Value> = elements(&answer)?.collect();
        if lists.iter().any(|list| elements(list).is_none()) {
            let problem = self.warning("an exception is no list of rules, and excuses nothing");
            evaluation.problems.push(
                problem.related(span, "this answered it").help(
                    "write `exception contains rules if { ...; rules := [\"run_as_root\"] }`",
                ),
            );
        }
        lists.into_iter().any(is_excused).then(|| Waiver {
            id: None,
            // Whoever wrote the policy decides at every door.
            authority: Authority::Organisation,
            annotated: false,
            rule: self.rule.metadata.id.to_string(),
            scope: Scope::Bytes(span),
            reason: "an exception of the policy".to_owned(),
            owner: format!("package `{}`", self.query.namespace),
            expires: Date::of_unix_seconds(u64::MAX),
            ticket: None,
            place: span,
        })
    }

    fn undecidable(&self, why: &str) -> Problem {
        let message = format!(
            "`{}` could not be decided for `{}`: {why}",
            self.rule.metadata.id,
            self.subject.name().escape_debug()
        );
        Problem::error(self.place(), message).of_rule(self.rule.metadata.id.as_str())
    }

    fn warning(&self, what: &str) -> Problem {
        let message = format!(
            "`{}` on `{}`: {what}",
            self.rule.metadata.id,
            self.subject.name().escape_debug()
        );
        Problem::warning(self.place(), message).of_rule(self.rule.metadata.id.as_str())
    }

    fn place(&self) -> Span {
        let place = self.subject.tree.place(self.subject.root);
        place.unwrap_or_else(|| super::beginning(self.subject.file))
    }
}

/// The elements of a collection, of an object its values.
fn elements(value: &Value) -> Option<Box<dyn Iterator<Item = &Value> + '_>> {
    match value {
        Value::Array(array) => Some(Box::new(array.iter())),
        Value::Set(set) => Some(Box::new(set.iter())),
        Value::Object(object) => Some(Box::new(object.values())),
        _ => None,
    }
}

fn read(element: &Value) -> Element<'_> {
    let (message, place, metadata) = match element {
        Value::String(text) => (text.as_str(), None, None),
        Value::Object(object) => {
            let Some(message) = object.get_str("msg").and_then(Value::as_str) else {
                return Element::Wrong("there is no text `msg`");
            };
            let rest = object.iter().filter(|(key, _)| {
                let key = key.as_str();
                key != Some("msg") && key != Some("_loc")
            });
            let rest: Object = rest
                .map(|(key, value)| (key.clone(), value.clone()))
                .collect();
            let metadata = (!rest.is_empty()).then_some(Value::Object(rest));
            (message, object.get_str("_loc"), metadata)
        }
        _ => return Element::Wrong("there is neither a text nor an object"),
    };
    if message.is_empty() {
        return Element::Empty;
    }
    Element::Message {
        message,
        place,
        metadata,
    }
}
