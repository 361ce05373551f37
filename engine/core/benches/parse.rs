//! How fast texts become trees: `cargo bench -p plumbline-core`.

#![expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a bench prints, and reads the clock"
)]

use std::sync::Arc;
use std::time::Instant;

use plumbline_core::parse::{Notation, parse};
use plumbline_core::source::{FileId, Source};
use plumbline_core::tree::{NodeId, Typing};
use plumbline_rego::value::json;

const MANIFEST: &str = include_str!("../../../testdata/estates/shop/web/deployment.yaml");
const TEMPLATE: &str = include_str!("../../../testdata/estates/shop/platform/terraform/main.tf");
const ROUNDS: usize = 7;

fn main() {
    let text = MANIFEST.trim_end().to_owned() + "\n---\n";
    let stream = text.repeat(10_000_000 / text.len());
    measure("YAML to tree", &stream, Notation::Yaml);
    let documents = parse(
        &Arc::new(Source::new("bench", text)),
        FileId(0),
        Notation::Yaml,
    )
    .0;
    let objects: Vec<String> = documents
        .iter()
        .map(|document| json::to_string(&document.tree.to_value(NodeId::ROOT, Typing::Kubernetes)))
        .collect();
    let line = objects.join("\n") + "\n";
    let stream = line.repeat(10_000_000 / line.len());
    measure("JSON to tree", &stream, Notation::Json);
    // One file of usual size, many times: a file of ten megabytes is nobody's.
    let file = TEMPLATE.repeat(1.max(40_000 / TEMPLATE.len()));
    measure("HCL to tree", &file, Notation::Hcl);
}

/// Prints the median and the best of some rounds, on one core.
fn measure(name: &str, text: &str, notation: Notation) {
    let source = Arc::new(Source::new("bench", text));
    let mut speeds: Vec<f64> = (0..ROUNDS)
        .map(|_| {
            let start = Instant::now();
            let (documents, problems) = parse(&source, FileId(0), notation);
            let seconds = start.elapsed().as_secs_f64();
            assert!(problems.is_empty() && !documents.is_empty());
            #[expect(clippy::cast_precision_loss, reason = "a speed in three digits")]
            let megabytes = text.len() as f64 / 1e6;
            megabytes / seconds
        })
        .collect();
    speeds.sort_by(f64::total_cmp);
    println!(
        "{name}: median {:.1} MB/s, best {:.1} MB/s",
        speeds.get(ROUNDS / 2).unwrap_or(&0.0),
        speeds.last().unwrap_or(&0.0)
    );
}
