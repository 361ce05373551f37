//! What governance promises, from outside: documents, places, resources, policies.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod aws;
mod cloud_init;
mod cloudformation;
mod compose;
mod contract;
mod eventing;
mod findings;
mod gcp_azure;
mod helm;
mod kubernetes;
mod kustomize;
mod places;
mod policies;
mod providers;
mod serverless;
mod stream;
mod systemd;
mod terraform_plan;
mod typing;
mod unit;

use std::sync::Arc;

use plumbline_core::frontend::Reading;
use plumbline_core::parse::{self, Document, Notation};
use plumbline_core::problem::Problem;
use plumbline_core::source::{FileId, Source};

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
