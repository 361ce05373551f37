//! `AdmissionReview` of `admission.k8s.io/v1`: one request in, one response out, decided by the same code as `check`.
//!
//! The object stays the text that the API server sent: it is read into a tree once, and no number loses a digit.

use std::sync::Arc;

use plumbline_core::estate::Estate;
use plumbline_core::finding::{Effect, Evaluation, Finding};
use plumbline_core::frontend::Reading;
use plumbline_core::parse::{self, Document, Notation};
use plumbline_core::policy::{PolicySet, Request, metadata::OnError};
use plumbline_core::problem::Problem;
use plumbline_core::source::{FileId, Source, Sources};
use plumbline_core::tree::{NodeId, Typing, View};
use plumbline_core::verdict::{EnforcementPoint, is_excused};
use plumbline_core::waiver::{Date, Occasion, Waivers};
use plumbline_rego::{ObjectBuilder, Settings, Value};
use serde::Serialize;

/// What rules see of a request beside its object, below `input.admission`, and where a review has it.
const FACTS: &[(&str, &str)] = &[
    ("dryRun", "dryRun"),
    ("old", "oldObject"),
    ("operation", "operation"),
    ("options", "options"),
    ("subResource", "subResource"),
    ("user", "userInfo"),
];

/// What requests are judged by.
#[derive(Debug, Clone, Copy)]
pub struct Door<'a> {
    /// The rules.
    pub policies: &'a PolicySet,
    /// Exceptions. Only those of the organisation hold here.
    pub waivers: &'a Waivers,
    /// The day.
    pub today: Date,
}

/// The answer to a review, as JSON. A body that is no review is an error: there is no `uid` to answer to.
pub fn review(door: &Door<'_>, body: &str, settings: &Settings) -> Result<String, String> {
    let source = Arc::new(Source::new("AdmissionReview", body).with_secrets());
    let (documents, problems) = parse::parse(&source, FileId(0), Notation::Json);
    if let Some(problem) = problems.iter().find(|problem| problem.is_error()) {
        return Err(problem.message.clone());
    }
    let document = documents.first().ok_or("an empty body")?;
    let request = document
        .tree
        .view(NodeId::ROOT, Typing::Json)
        .get("request")
        .ok_or("a review without `request`")?;
    let uid = request
        .get("uid")
        .and_then(View::str)
        .ok_or("a request without `uid`")?;
    let decision = decide(door, document, request, settings);
    serde_json::to_string(&shape(uid, &decision)).map_err(|error| error.to_string())
}

/// What was decided.
#[derive(Debug, Default)]
struct Decision {
    refusals: Vec<String>,
    warnings: Vec<String>,
}

/// A request that leaves no object behind, such as a deletion, has nothing to judge.
fn decide(
    door: &Door<'_>,
    document: &Document,
    request: View<'_>,
    settings: &Settings,
) -> Decision {
    let Some(object) = request.get("object").filter(|object| !object.is_null()) else {
        return Decision::default();
    };
    let mut reading = Reading::default();
    reading.take_object(document, object.id());
    let (estate, _) = Estate::new(std::mem::take(&mut reading.resources));
    let facts = facts(request);
    let asked = Request {
        around: None,
        admission: Some(&facts),
    };
    let Evaluation {
        mut findings,
        mut problems,
        ..
    } = door.policies.evaluate_within(&estate, asked, settings);
    let occasion = Occasion {
        estate: &estate,
        sources: &Sources::default(),
        today: door.today,
        full: false,
    };
    // What is sent stands in no file.
    let no_file = |_: FileId| String::new();
    door.waivers.apply(&mut findings, &occasion, &no_file);
    problems.append(&mut door.waivers.pointed_at_in_vain(&estate));
    problems.append(&mut reading.problems);
    let mut decision = Decision::default();
    for finding in &findings {
        judge(finding, &mut decision);
    }
    for problem in &problems {
        settle(door.policies, problem, &mut decision);
    }
    decision
}

fn facts(request: View<'_>) -> Value {
    let mut facts = ObjectBuilder::with_capacity(FACTS.len());
    for (key, sent) in FACTS {
        if let Some(fact) = request.get(sent).filter(|fact| !fact.is_null()) {
            facts.insert_str(key, fact.value());
        }
    }
    Value::Object(facts.finish())
}

fn judge(finding: &Finding, decision: &mut Decision) {
    if is_excused(finding, EnforcementPoint::Admission) {
        return;
    }
    let text = format!("[{}] {}", finding.rule, finding.message);
    match finding.effect {
        Effect::Deny => decision.refusals.push(text),
        Effect::Warn => decision.warnings.push(text),
        Effect::Audit => {}
    }
}

/// What could not be decided refuses the request, unless the rule says that it fails open.
fn settle(policies: &PolicySet, problem: &Problem, decision: &mut Decision) {
    let rule = policies
        .rules()
        .iter()
        .find(|rule| Some(rule.metadata.id.as_str()) == problem.rule.as_deref());
    let open = rule
        .is_some_and(|rule| rule.metadata.on_error == OnError::Open || rule.effect != Effect::Deny);
    if problem.is_error() && !open {
        decision.refusals.push(problem.message.clone());
    } else {
        decision.warnings.push(problem.message.clone());
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AdmissionReview<'a> {
    api_version: &'static str,
    kind: &'static str,
    response: Response<'a>,
}

#[derive(Serialize)]
struct Response<'a> {
    uid: &'a str,
    allowed: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<Status>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    warnings: &'a [String],
}

#[derive(Serialize)]
struct Status {
    code: u16,
    reason: &'static str,
    message: String,
}

fn shape<'a>(uid: &'a str, decision: &'a Decision) -> AdmissionReview<'a> {
    let allowed = decision.refusals.is_empty();
    let status = (!allowed).then(|| Status {
        code: 403,
        reason: "Forbidden",
        message: decision.refusals.join("\n"),
    });
    AdmissionReview {
        api_version: "admission.k8s.io/v1",
        kind: "AdmissionReview",
        response: Response {
            uid,
            allowed,
            status,
            warnings: &decision.warnings,
        },
    }
}
