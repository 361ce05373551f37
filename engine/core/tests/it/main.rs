//! What governance promises, from outside: documents, places, resources, policies.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod aws;
mod baseline;
mod break_glass;
mod cache;
mod cloud_init;
mod cloudformation;
mod compose;
mod conftest;
mod contract;
mod doctor;
mod edges;
mod eventing;
mod findings;
mod fixes;
mod gcp_azure;
mod helm;
mod install;
mod kubernetes;
mod kustomize;
mod model_schema;
mod outputs;
mod places;
mod policies;
mod providers;
mod requests;
mod serverless;
mod stages;
mod stream;
mod surroundings;
mod systemd;
mod terraform;
mod terraform_fixes;
mod terraform_plan;
mod typing;
mod unit;
mod waivers;

use std::sync::Arc;

use plumbline_core::estate::Entity;
use plumbline_core::frontend::Reading;
use plumbline_core::parse::{self, Document, Notation};
use plumbline_core::problem::Problem;
use plumbline_core::source::{FileId, Source};
use plumbline_rego::{Path, value::json};

fn documents(text: &str, notation: Notation) -> (Vec<Document>, Vec<Problem>) {
    parse::parse(
        &Arc::new(Source::new("test.yaml", text)),
        FileId(0),
        notation,
    )
}

/// The resources that a text declares.
fn reading(text: &str) -> Reading {
    let (documents, problems) = documents(text, Notation::Yaml);
    let mut reading = Reading {
        problems,
        ..Reading::default()
    };
    for document in &documents {
        reading.take(document);
    }
    reading
}

/// The problems but for those of names: an example may be a part of what declares them.
fn apart_from_names(mut problems: Vec<Problem>) -> Vec<Problem> {
    const NAMES: &[&str] = &["of this template", "needs itself"];
    problems.retain(|problem| !NAMES.iter().any(|part| problem.message.contains(part)));
    problems
}

/// The problems of a text as `line:column message`.
fn spelt(text: &str, problems: &[Problem]) -> Vec<String> {
    let source = Source::new("test.yaml", text);
    problems
        .iter()
        .map(|problem| match problem.place {
            plumbline_core::problem::Place::Span(span) => {
                format!("{} {}", source.position(span.start), problem.message)
            }
            _ => problem.message.clone(),
        })
        .collect()
}

/// What a text declares, and what is said of it.
#[track_caller]
fn ids(text: &str, expected: &[&str], problems: &[&str]) {
    declares(&reading(text), text, expected, problems);
}

/// The same of what was read of a text.
#[track_caller]
fn declares(reading: &Reading, text: &str, expected: &[&str], problems: &[&str]) {
    let ids: Vec<&str> = reading
        .resources
        .iter()
        .map(|resource| resource.id.as_str())
        .collect();
    assert_eq!(ids, expected, "{text}");
    assert_eq!(spelt(text, &reading.problems), problems, "{text}");
}

/// The value at a pointer into an entity.
#[track_caller]
fn found(entity: Option<&Entity>, pointer: &str) -> Option<String> {
    let value = entity?.value();
    let found = value.at(&Path::from_pointer(pointer).unwrap());
    found.map(json::to_string)
}
