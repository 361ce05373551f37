//! The rules that judged, as code scanning describes them beside a result.

use super::shape::{Configuration, Descriptor, Help, RuleProperties};
use super::{level, message};
use crate::finding::Severity;
use crate::policy::Rule;
use crate::report::escape::{clipped, code, prose, visible};
use crate::report::{Report, Standing, catalogue};

/// More rules than this are refused by code scanning of GitHub.
const MOST_RULES: usize = 25_000;
/// More tags than this are refused.
const MOST_TAGS: usize = 20;
/// Longer descriptions are cut off.
const LONGEST_DESCRIPTION: usize = 1_000;

pub(super) fn descriptors(report: &Report<'_>) -> Vec<Descriptor> {
    let rules = report.rules.iter().take(MOST_RULES);
    rules.map(|rule| descriptor(report, rule)).collect()
}

fn descriptor(report: &Report<'_>, rule: &Rule) -> Descriptor {
    let metadata = &rule.metadata;
    let id = metadata.id.as_str();
    // A text that is empty counts as missing.
    let title = match metadata.title.trim() {
        "" => id,
        title => title,
    };
    let description = metadata.description.as_deref().map(str::trim);
    let description = description.filter(|text| !text.is_empty()).unwrap_or(title);
    let standing = report.standing_of(rule.effect, rule.severity);
    Descriptor {
        id: id.to_owned(),
        name: name(id),
        short_description: message(&clipped(title, LONGEST_DESCRIPTION)),
        full_description: message(&clipped(description, LONGEST_DESCRIPTION)),
        help: help(rule, description),
        default_configuration: Configuration {
            level: level(standing),
        },
        properties: RuleProperties {
            tags: tags(rule),
            precision: "very-high",
            problem_severity: match standing {
                Standing::Fails => "error",
                Standing::Warns => "warning",
                Standing::Noted => "recommendation",
            },
            security_severity: score(rule.severity),
        },
    }
}

/// `DeploymentPrivilegedContainer`, of `deployment/privileged-container`.
fn name(id: &str) -> String {
    let capital = |word: &str| {
        let mut characters = word.chars();
        let first = characters.next().map(|first| first.to_ascii_uppercase());
        first.into_iter().chain(characters).collect::<String>()
    };
    id.split(['/', '-']).map(capital).collect()
}

fn help(rule: &Rule, description: &str) -> Help {
    let metadata = &rule.metadata;
    let controls = catalogue::controls(&metadata.controls);
    let facts = [
        ("Remediation", metadata.remediation.as_deref().unwrap_or("")),
        ("Controls", controls.as_str()),
    ];
    let facts = facts.iter().filter(|(_, fact)| !fact.is_empty());
    let mut text = visible(description).into_owned();
    let mut markdown = format!("{}: {}", code(metadata.id.as_str()), prose(description));
    for (name, fact) in facts {
        text.push_str(&format!("\n{name}: {}", visible(fact)));
        markdown.push_str(&format!("\n\n**{name}**: {}", prose(fact)));
    }
    Help { text, markdown }
}

/// `security`, the category, and the controls that the rule serves.
fn tags(rule: &Rule) -> Vec<String> {
    let id = rule.metadata.id.as_str();
    let category = id.split_once('/').map_or(id, |(category, _)| category);
    let controls = rule
        .metadata
        .controls
        .iter()
        .flat_map(|(standard, controls)| controls.iter().map(move |control| (standard, control)));
    let tag = |(standard, control): (&String, &String)| match standard.as_str() {
        // The form that code scanning of GitHub links.
        "cwe" => format!("external/cwe/{}", visible(control).to_ascii_lowercase()),
        standard => format!("{}/{}", visible(standard), visible(control)),
    };
    let mut tags = vec!["security".to_owned(), category.to_owned()];
    for tag in controls.map(tag) {
        if tags.len() < MOST_TAGS && !tags.contains(&tag) {
            tags.push(tag);
        }
    }
    tags
}

/// A score in the middle of what code scanning calls by the same word.
fn score(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "9.5",
        Severity::High => "8.0",
        Severity::Medium => "5.5",
        Severity::Low => "2.5",
        Severity::Info => "0.5",
    }
}
