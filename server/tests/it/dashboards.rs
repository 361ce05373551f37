//! The dashboard, the alerts and the page of metrics speak of metrics that there are, and the page of each.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use plumbline_core::parse::{self, Notation};
use plumbline_core::source::{FileId, Source};
use plumbline_server::telemetry::{Connection, Metrics};

const DASHBOARD: &str = include_str!("../../../integrations/grafana/plumbline.json");
const ALERTS: &str = include_str!("../../../integrations/prometheus/alerts.yml");
const PAGE: &str = include_str!("../../../docs/reference/metrics.md");
const CODE: &str = include_str!("../../src/telemetry/metrics.rs");

/// Metrics that have counted something of everything.
fn touched() -> String {
    let metrics = Metrics::new();
    metrics.admitted("deny", "CREATE", false, 0.001);
    metrics.rule_fired("iam/wildcard-action", "deny");
    metrics.undecided("iam/wildcard-action", "closed");
    metrics.shed("admission", "full");
    metrics.panicked("admission");
    metrics.queue("admission", 1, 1, 0);
    metrics.decision_written("file", "admission");
    metrics.decision_dropped("file", "full");
    metrics.store_error("write");
    metrics.policies_loaded(true, 1.0);
    metrics.inventory("apps/Deployment", 1, 1.0);
    metrics.inventory_fresh(true);
    metrics.certificate("admission", 30.0);
    metrics.certificate_loaded(true);
    metrics.webhook("plumbline-deny", true);
    metrics.connection("admission", Connection::Accepted);
    metrics.break_glass("incident-1");
    metrics.api_request("/v1/check", 200, 0.001);
    metrics.encode()
}

/// The names of samples, each with the names of its labels.
fn samples(encoded: &str) -> BTreeMap<&str, BTreeSet<&str>> {
    let lines = encoded.lines().filter(|line| !line.starts_with('#'));
    lines.map(sample).collect()
}

fn sample(line: &str) -> (&str, BTreeSet<&str>) {
    let (series, _) = line.split_once(' ').unwrap();
    let (name, labels) = series.split_once('{').unwrap_or((series, ""));
    let labels = labels.split(',').filter_map(|label| label.split_once('='));
    (name, labels.map(|(label, _)| label).collect())
}

/// What a metric is called on the page: the name of a histogram is that of none of its samples.
fn named(sample: &str) -> &str {
    let parts = ["_bucket", "_sum", "_count"];
    let part = parts.iter().find_map(|part| sample.strip_suffix(*part));
    part.unwrap_or(sample)
}

/// The words of a text that are names of metrics.
fn words(text: &str) -> BTreeSet<&str> {
    let is_part = |part: char| part.is_ascii_lowercase() || part.is_ascii_digit() || part == '_';
    let words = text.split(|character| !is_part(character));
    words
        .filter(|word| word.starts_with("plumbline_"))
        .collect()
}

#[test]
fn everything_that_is_counted_is_touched() {
    let encoded = touched();
    let kinds = encoded.lines().filter(|line| line.starts_with("# TYPE "));
    let registered = ["all.register(\n", "all.register_with_unit(\n"];
    let registered = registered.iter().map(|call| CODE.matches(call).count());
    assert_eq!(kinds.count(), registered.sum::<usize>());
}

#[test]
fn the_dashboard_and_the_alerts_ask_for_metrics_that_there_are() {
    let encoded = touched();
    let known = samples(&encoded);
    for (file, text) in [("dashboard", DASHBOARD), ("alerts", ALERTS)] {
        let asked = words(text);
        assert!(asked.len() > 10, "{file}");
        for name in asked {
            assert!(known.contains_key(name), "{file}: {name}");
        }
    }
}

#[test]
fn every_metric_is_on_the_dashboard() {
    let encoded = touched();
    let shown = words(DASHBOARD);
    let shown: BTreeSet<&str> = shown.into_iter().map(named).collect();
    let known: BTreeSet<&str> = samples(&encoded).into_keys().map(named).collect();
    assert_eq!(shown, known);
}

#[test]
fn the_page_describes_every_metric_with_its_labels_and_no_other() {
    let encoded = touched();
    let mut described = BTreeSet::new();
    for (sample, labels) in samples(&encoded) {
        let name = named(sample);
        described.insert(name);
        let row = format!("| `{name}` |");
        let row = PAGE.lines().find(|line| line.starts_with(&row));
        let row = row.unwrap_or_else(|| panic!("{name} is not described"));
        for label in labels.into_iter().filter(|label| *label != "le") {
            assert!(row.contains(&format!("`{label}`")), "{name}: {label}");
        }
    }
    assert_eq!(words(PAGE), described);
}

#[test]
fn the_dashboard_and_the_alerts_are_read() {
    let dashboard: serde_json::Value = serde_json::from_str(DASHBOARD).unwrap();
    assert!(dashboard["panels"].as_array().unwrap().len() > 10);
    let source = Arc::new(Source::new("alerts.yml", ALERTS));
    let (_, problems) = parse::parse(&source, FileId(0), Notation::Yaml);
    assert_eq!(problems, []);
}
