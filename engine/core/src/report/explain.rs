//! Why rules found something, or did not: bodies, variables, and every value that was read.
//!
//! No value of a sensitive rule is shown, and none that a sensitive rule points at.

use std::collections::HashSet;
use std::fmt::Write;

use plumbline_rego::testing::Failure;
use plumbline_rego::value::json;
use plumbline_rego::{ArcStr, Derivation, Explanation, Object, Path, Value};
use serde::Serialize;

use super::text::{Style, note, problems};
use super::visible;
use crate::finding::Finding;
use crate::locate::locate;
use crate::policy::Case;
use crate::problem::{Problem, spell};
use crate::source::{Sources, Span};

/// The version of the JSON shape.
pub const SCHEMA_VERSION: &str = "plumbline.explanation/v1";

/// Cases, and what must not be shown of them.
#[derive(Debug)]
pub struct Explained<'a> {
    /// The texts that places point into.
    pub sources: &'a Sources,
    /// What is explained.
    pub cases: &'a [Case<'a>],
    /// Bytes that sensitive rules point at.
    masked: HashSet<Span>,
    /// What stands there: it is hidden wherever it comes from.
    secrets: HashSet<&'a str>,
}

impl<'a> Explained<'a> {
    /// Cases, with the findings of a whole run: of the sensitive ones the bytes are hidden.
    pub fn new(sources: &'a Sources, cases: &'a [Case<'a>], findings: &[Finding]) -> Self {
        let masked: HashSet<Span> = findings
            .iter()
            .flat_map(|finding| finding.masked.iter().copied())
            .collect();
        let written = |span: &Span| {
            let text = sources.get(span.file)?.text();
            let text = text.get(span.start as usize..span.end as usize)?;
            let text = text.trim().trim_matches(['"', '\'']);
            // Shorter texts are in everything.
            (text.len() >= 4).then_some(text)
        };
        Self {
            sources,
            cases,
            secrets: masked.iter().filter_map(written).collect(),
            masked,
        }
    }

    fn reads(&self, case: &Case<'_>, derivation: &Derivation) -> Vec<ReadV1> {
        let parts = derivation
            .reads
            .iter()
            .filter(|path| is_leaf(path, derivation));
        parts.map(|path| self.read(case, path)).collect()
    }

    fn read(&self, case: &Case<'_>, path: &Path) -> ReadV1 {
        let (location, _) = locate(case.subject, path);
        let hidden = case.rule.metadata.sensitive || self.is_masked(location.span);
        let value = case.input.at(path);
        let value = value.map(|value| shown(value, hidden || self.is_secret(value)));
        ReadV1 {
            path: format!("input.{}", spell(path)),
            value,
            location: self.location(location.span),
        }
    }

    fn bindings(&self, case: &Case<'_>, bindings: &[(ArcStr, Value)]) -> Vec<BindingV1> {
        let hidden = case.rule.metadata.sensitive;
        let binding = |(name, value): &(ArcStr, Value)| BindingV1 {
            name: name.as_str().to_owned(),
            value: shown(value, hidden || self.is_secret(value)),
        };
        bindings.iter().map(binding).collect()
    }

    fn is_masked(&self, span: Span) -> bool {
        let within = |masked: &Span| {
            masked.file == span.file && masked.start < span.end && span.start < masked.end
        };
        self.masked.iter().any(within)
    }

    /// Whether a value is, or has in it, what a sensitive rule points at.
    fn is_secret(&self, value: &Value) -> bool {
        let text = value.as_str().unwrap_or_default();
        self.secrets.iter().any(|secret| text.contains(secret))
    }

    fn location(&self, span: Span) -> Option<LocationV1> {
        let (start, _) = self.sources.positions(span)?;
        Some(LocationV1 {
            file: self.sources.name(span.file).to_owned(),
            line: start.line,
            column: start.column,
        })
    }

    fn place_in_policy(&self, case: &Case<'_>, place: plumbline_rego::Place) -> Option<LocationV1> {
        self.location(case.rule.span(place)?)
    }
}

/// Whether no further read goes through a path: the way to a value is not repeated step by step.
fn is_leaf(path: &Path, derivation: &Derivation) -> bool {
    let steps = path.steps();
    derivation.reads.iter().all(|other| {
        let longer = other.steps();
        longer.len() <= steps.len() || longer.get(..steps.len()) != Some(steps)
    })
}

/// A value in a line: scalars as JSON, collections by their size, and nothing of what is hidden.
fn shown(value: &Value, hidden: bool) -> String {
    const LONGEST: usize = 120;
    let spelt = match value {
        Value::Object(object) => return object_shown(object, hidden),
        Value::Array(items) => return format!("a list of {}", items.len()),
        Value::Set(items) => return format!("a set of {}", items.len()),
        _ if hidden => return "hidden".to_owned(),
        scalar => json::to_string(scalar),
    };
    match spelt.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}...", spelt.get(..end).unwrap_or_default()),
        None => spelt,
    }
}

fn object_shown(object: &Object, hidden: bool) -> String {
    let size = format!("an object of {} keys", object.len());
    match object.get_str("name").and_then(Value::as_str) {
        Some(name) if !hidden => format!("{size}, called `{name}`"),
        _ => size,
    }
}

/// The explanation that people read.
pub fn text(explained: &Explained<'_>, style: Style) -> String {
    let mut out = String::new();
    for case in explained.cases {
        let _ = writeln!(
            out,
            "{} on {}: {}\n",
            case.rule.metadata.id,
            visible(case.subject.resource.id.as_str()),
            verdict(case)
        );
        match &case.bodies {
            Err(error) => {
                let problem = Problem::run(format!("{}: {}", error.code, error.message));
                out.push_str(&problems(explained.sources, &[problem], style));
            }
            Ok(bodies) => {
                for body in bodies {
                    out.push_str(&body_text(explained, case, body, style));
                }
            }
        }
        let params = case
            .rule
            .params()
            .filter(|params| **params != Value::empty_object());
        if let Some(params) = params {
            let _ = writeln!(
                out,
                "  with parameters {}\n",
                visible(&json::to_string(params))
            );
        }
    }
    out
}

fn verdict(case: &Case<'_>) -> &'static str {
    match &case.bodies {
        Err(_) => "undecided",
        Ok(_) if case.fires() => "fires",
        Ok(_) => "passes",
    }
}

fn body_text(
    explained: &Explained<'_>,
    case: &Case<'_>,
    body: &Explanation,
    style: Style,
) -> String {
    let mut out = String::new();
    if body.derivations.is_empty() {
        return failed_text(explained, case, body, style);
    }
    for derivation in &body.derivations {
        let shape = derivation_shape(explained, case, derivation);
        let _ = writeln!(out, "  found  {}", visible(&shape.message));
        if let Some(place) = &shape.body {
            let _ = writeln!(out, "    by     {}", place.spelt());
        }
        if let Some(place) = &shape.location {
            let _ = writeln!(out, "    at     {}", place.spelt());
        }
        lines(
            "with",
            shape.bindings.iter().map(BindingV1::spelt),
            &mut out,
        );
        lines("read", shape.reads.iter().map(ReadV1::spelt), &mut out);
        out.push('\n');
    }
    out
}

fn failed_text(
    explained: &Explained<'_>,
    case: &Case<'_>,
    body: &Explanation,
    style: Style,
) -> String {
    let mut out = String::new();
    let Some(failure) = body.failures.first() else {
        if let Some(place) = explained.place_in_policy(case, body.rule) {
            let _ = writeln!(out, "  nothing by {}\n", place.spelt());
        }
        return out;
    };
    let how = if failure.undefined {
        "undefined"
    } else {
        "false"
    };
    if let Some(span) = case.rule.span(failure.place) {
        let message = format!("this condition is {how}");
        out.push_str(&note(explained.sources, span, &message, style));
    }
    for failure in &body.failures {
        let tried = explained.bindings(case, &failure.bindings);
        if !tried.is_empty() {
            let spelt: Vec<String> = tried.iter().map(BindingV1::spelt).collect();
            let _ = writeln!(out, "  tried with {}", visible(&spelt.join(", ")));
        }
    }
    out.push('\n');
    out
}

fn lines(name: &str, values: impl Iterator<Item = String>, out: &mut String) {
    for (index, value) in values.enumerate() {
        let name = if index == 0 { name } else { "" };
        let _ = writeln!(out, "    {name:<6} {}", visible(&value));
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ExplanationV1<'a> {
    schema_version: &'static str,
    cases: Vec<CaseV1<'a>>,
}

#[derive(Serialize)]
struct CaseV1<'a> {
    rule: &'a str,
    resource: &'a str,
    subject: Option<&'a str>,
    verdict: &'static str,
    found: Vec<DerivationV1>,
    failed: Vec<FailedV1>,
    error: Option<&'a str>,
}

#[derive(Serialize)]
struct DerivationV1 {
    message: String,
    /// The body that found it.
    body: Option<LocationV1>,
    location: Option<LocationV1>,
    bindings: Vec<BindingV1>,
    reads: Vec<ReadV1>,
}

/// A body that found nothing.
#[derive(Serialize)]
struct FailedV1 {
    /// The furthest condition that was tried.
    condition: Option<LocationV1>,
    undefined: bool,
    bindings: Vec<BindingV1>,
}

#[derive(Serialize)]
struct BindingV1 {
    name: String,
    value: String,
}

impl BindingV1 {
    fn spelt(&self) -> String {
        format!("{} = {}", self.name, self.value)
    }
}

#[derive(Serialize)]
struct ReadV1 {
    path: String,
    value: Option<String>,
    location: Option<LocationV1>,
}

impl ReadV1 {
    fn spelt(&self) -> String {
        let value = self.value.as_deref().unwrap_or("undefined");
        match &self.location {
            Some(place) => format!("{} = {value}  ({})", self.path, place.spelt()),
            None => format!("{} = {value}", self.path),
        }
    }
}

#[derive(Serialize)]
struct LocationV1 {
    file: String,
    line: u32,
    column: u32,
}

impl LocationV1 {
    fn spelt(&self) -> String {
        format!("{}:{}:{}", visible(&self.file), self.line, self.column)
    }
}

fn derivation_shape(
    explained: &Explained<'_>,
    case: &Case<'_>,
    derivation: &Derivation,
) -> DerivationV1 {
    let element = &derivation.element;
    let message = element
        .as_str()
        .or_else(|| element.get_str("msg")?.as_str());
    let given = match element.get_str("path") {
        Some(Value::Array(steps)) => Path::from_array(steps.as_slice()),
        Some(Value::String(pointer)) => Path::from_pointer(pointer),
        _ => None,
    };
    let path = given
        .or_else(|| derivation.path.clone())
        .unwrap_or_default();
    DerivationV1 {
        message: message.unwrap_or_default().to_owned(),
        body: explained.place_in_policy(case, derivation.rule),
        location: explained.location(locate(case.subject, &path).0.span),
        bindings: explained.bindings(case, &derivation.bindings),
        reads: explained.reads(case, derivation),
    }
}

/// The explanation for machines, indented by two spaces, with a line end.
pub fn json(explained: &Explained<'_>) -> String {
    let shape = ExplanationV1 {
        schema_version: SCHEMA_VERSION,
        cases: explained
            .cases
            .iter()
            .map(|case| case_shape(explained, case))
            .collect(),
    };
    let mut out = serde_json::to_string_pretty(&shape).unwrap_or_default();
    out.push('\n');
    out
}

fn case_shape<'a>(explained: &Explained<'_>, case: &'a Case<'_>) -> CaseV1<'a> {
    let bodies = case.bodies.as_deref().unwrap_or_default();
    let derivations = bodies.iter().flat_map(|body| &body.derivations);
    let failures = bodies.iter().flat_map(|body| &body.failures);
    CaseV1 {
        rule: case.rule.metadata.id.as_str(),
        resource: case.subject.resource.id.as_str(),
        subject: case.subject.entity.map(|entity| entity.name.as_str()),
        verdict: verdict(case),
        found: derivations
            .map(|derivation| derivation_shape(explained, case, derivation))
            .collect(),
        failed: failures
            .map(|failure| failed_shape(explained, case, failure))
            .collect(),
        error: case
            .bodies
            .as_ref()
            .err()
            .map(|error| error.message.as_str()),
    }
}

fn failed_shape(explained: &Explained<'_>, case: &Case<'_>, failure: &Failure) -> FailedV1 {
    FailedV1 {
        condition: explained.place_in_policy(case, failure.place),
        undefined: failure.undefined,
        bindings: explained.bindings(case, &failure.bindings),
    }
}
