//! Rules as a catalogue: for people, for machines (`plumbline.rules/v1`), and as a page of reference in Markdown.

mod markdown;

use std::collections::BTreeMap;
use std::fmt::Write;

use plumbline_rego::Value;
use plumbline_rego::value::json as rego_json;
use serde::Serialize;

pub use markdown::{markdown, parameters};

use super::text::Style;
use super::visible;
use crate::policy::{Listed, State};
use crate::source::Sources;

/// The version of the JSON shape.
pub const SCHEMA_VERSION: &str = "plumbline.rules/v1";

/// What the effect of a rule comes to, in a word.
fn effect(listed: &Listed) -> &'static str {
    match (&listed.state, listed.effect) {
        (State::Waits(_), _) => "waits",
        (State::Broken, _) => "broken",
        (State::Off, _) | (_, None) => "off",
        (_, Some(effect)) => effect.as_str(),
    }
}

/// `pss baseline; nist-800-53 AC-6, CM-7`.
pub fn controls(controls: &BTreeMap<String, Vec<String>>) -> String {
    let spelt: Vec<String> = controls
        .iter()
        .map(|(standard, controls)| format!("{standard} {}", controls.join(", ")))
        .collect();
    spelt.join("; ")
}

/// A table with a line per rule.
pub fn text(catalogue: &[&Listed], sources: &Sources, style: Style) -> String {
    let heads = [
        "RULE", "SEVERITY", "EFFECT", "SUBJECT", "TARGETS", "CONTROLS", "SOURCE",
    ];
    let rows: Vec<[String; 7]> = catalogue
        .iter()
        .map(|listed| row(listed, sources))
        .collect();
    let mut out = String::new();
    if !style.quiet {
        columns(heads, &rows, &mut out);
    }
    let count =
        |is: fn(&State) -> bool| catalogue.iter().filter(|listed| is(&listed.state)).count();
    let judging = count(|state| *state == State::Judges);
    let waiting = count(|state| matches!(state, State::Waits(_)));
    let _ = writeln!(
        out,
        "{}: {}, {} for a decision in `estate.yaml`",
        plural(catalogue.len(), "rule", "rules"),
        plural(judging, "judges", "judge"),
        plural(waiting, "waits", "wait"),
    );
    out
}

fn plural(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

fn row(listed: &Listed, sources: &Sources) -> [String; 7] {
    let metadata = &listed.metadata;
    [
        metadata.id.as_str().to_owned(),
        listed.severity.as_str().to_owned(),
        effect(listed).to_owned(),
        metadata.subject.as_str().to_owned(),
        visible(&metadata.targets.join(", ")).into_owned(),
        visible(&controls(&metadata.controls)).into_owned(),
        visible(sources.name(listed.file)).into_owned(),
    ]
}

/// A table with its heads, and an empty line below it.
pub(super) fn columns<const N: usize>(heads: [&str; N], rows: &[[String; N]], out: &mut String) {
    let mut widths = heads.map(str::len);
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    line(heads, widths, out);
    for row in rows {
        line(row.each_ref().map(String::as_str), widths, out);
    }
    out.push('\n');
}

fn line<const N: usize>(cells: [&str; N], widths: [usize; N], out: &mut String) {
    let padded = cells
        .iter()
        .zip(widths)
        .map(|(cell, width)| format!("{cell:<width$}"));
    let line = padded.collect::<Vec<_>>().join("  ");
    out.push_str(line.trim_end());
    out.push('\n');
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RulesV1<'a> {
    schema_version: &'static str,
    rules: Vec<RuleV1<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RuleV1<'a> {
    id: &'a str,
    title: &'a str,
    description: Option<&'a str>,
    severity: &'static str,
    effect: Option<&'static str>,
    state: &'static str,
    /// The decision of the organisation that the rule waits for.
    waits_for: Option<&'a str>,
    subject: &'static str,
    targets: &'a [String],
    requires: &'a [String],
    sensitive: bool,
    controls: &'a BTreeMap<String, Vec<String>>,
    remediation: Option<&'a str>,
    params: Option<serde_json::Value>,
    source: &'a str,
}

/// The catalogue for machines, indented by two spaces, with a line end.
pub fn json(catalogue: &[&Listed], sources: &Sources) -> String {
    let shape = RulesV1 {
        schema_version: SCHEMA_VERSION,
        rules: catalogue
            .iter()
            .map(|listed| shape(listed, sources))
            .collect(),
    };
    let mut out = serde_json::to_string_pretty(&shape).unwrap_or_default();
    out.push('\n');
    out
}

fn shape<'a>(listed: &'a Listed, sources: &'a Sources) -> RuleV1<'a> {
    let metadata = &listed.metadata;
    let schema = |value: &Value| serde_json::from_str(&rego_json::to_string(value)).ok();
    RuleV1 {
        id: metadata.id.as_str(),
        title: &metadata.title,
        description: metadata.description.as_deref(),
        severity: listed.severity.as_str(),
        effect: listed.effect.map(crate::finding::Effect::as_str),
        state: match &listed.state {
            State::Judges => "judges",
            State::Waits(_) => "waits",
            State::Off => "off",
            State::OutsideProfile => "outside-profile",
            State::Broken => "broken",
        },
        waits_for: match &listed.state {
            State::Waits(decision) => Some(decision),
            _ => None,
        },
        subject: metadata.subject.as_str(),
        targets: &metadata.targets,
        requires: &metadata.requires,
        sensitive: metadata.sensitive,
        controls: &metadata.controls,
        remediation: metadata.remediation.as_deref(),
        params: metadata.params.as_ref().and_then(schema),
        source: sources.name(listed.file),
    }
}

/// What the author of a rule says of it, line by line.
pub fn described(listed: &Listed, sources: &Sources) -> String {
    let metadata = &listed.metadata;
    let mut out = format!("{}: {}\n", metadata.id, metadata.title);
    if let Some(description) = &metadata.description {
        let _ = writeln!(out, "{description}");
    }
    out.push('\n');
    let mut fact = |name: &str, value: &str| {
        if !value.is_empty() {
            let _ = writeln!(out, "{name:<12} {}", visible(value));
        }
    };
    fact("severity", listed.severity.as_str());
    fact("effect", effect(listed));
    if let State::Waits(decision) = &listed.state {
        fact("waits for", decision);
    }
    fact("subject", metadata.subject.as_str());
    fact("targets", &metadata.targets.join(", "));
    fact("requires", &metadata.requires.join(", "));
    fact("controls", &controls(&metadata.controls));
    fact("sensitive", if metadata.sensitive { "yes" } else { "" });
    fact(
        "remediation",
        metadata.remediation.as_deref().unwrap_or_default(),
    );
    fact("source", sources.name(listed.file));
    for parameter in parameters(metadata) {
        let _ = writeln!(
            out,
            "parameter    {} ({}, default {}): {}",
            parameter.name, parameter.kind, parameter.default, parameter.description
        );
    }
    out
}
