//! SARIF 2.1.0, for code scanning: rules with their help, results with regions and fingerprints, and as notifications
//! what could not be decided.
//!
//! The worst results come first, since consumers cut off what is beyond their limits.

mod rules;
mod shape;

use std::collections::HashMap;

use self::rules::descriptors;
use self::shape::{
    ArtifactChange, ArtifactLocation, BaseId, Content, Driver, Fingerprints, FixObject, Invocation,
    Location, Log, LogicalLocation, Message, Notification, PhysicalLocation, Region,
    RelatedLocation, Replacement, ResultProperties, RuleRef, Run, SarifResult, Tool, UriBaseIds,
};
use super::escape::{clipped, sarif, uri};
use super::{Report, Spot, Standing, escape, spoken};
use crate::finding::Finding;
use crate::problem::Problem;
use crate::verdict::Verdict;

/// More results than this are refused by code scanning of GitHub.
const MOST_RESULTS: usize = 25_000;
/// More results than this are not shown by it.
const MOST_SHOWN: usize = 5_000;
/// Results of more bytes are not written: a log may have 10 MB when it is compressed, as a rule to less than a tenth.
const MOST_BYTES: usize = 50_000_000;
/// More second places than this are not shown.
const MOST_PLACES: usize = 100;
/// The beginning of a message is enough to find the place.
const LONGEST_MESSAGE: usize = 4_000;
/// The folder that paths are relative to.
const ROOT: &str = "%SRCROOT%";

/// The whole log, indented by two spaces, with a line end.
pub fn render(report: &Report<'_>) -> String {
    let found = report.worst_first();
    let rules = descriptors(report);
    let index: HashMap<&str, usize> = report
        .rules
        .iter()
        .take(rules.len())
        .enumerate()
        .map(|(at, rule)| (rule.metadata.id.as_str(), at))
        .collect();
    let mut bytes = 0;
    let results: Vec<SarifResult<'_>> = found
        .iter()
        .take(MOST_RESULTS)
        .map(|(finding, number)| result(report, finding, *number, &index))
        .take_while(|result| {
            bytes += serde_json::to_string(result).map_or(0, |text| text.len());
            bytes <= MOST_BYTES
        })
        .collect();
    let limits = limits(&[
        (found.len(), results.len(), MOST_SHOWN, "result"),
        (report.rules.len(), rules.len(), rules.len(), "rule"),
    ]);
    let log = Log {
        schema: "https://json.schemastore.org/sarif-2.1.0.json",
        version: "2.1.0",
        runs: [Run {
            tool: Tool {
                driver: Driver {
                    name: "plumbline",
                    version: env!("CARGO_PKG_VERSION"),
                    semantic_version: env!("CARGO_PKG_VERSION"),
                    rules,
                },
            },
            invocations: [invocation(report, limits)],
            original_uri_base_ids: UriBaseIds {
                root: BaseId {
                    description: message("the folder in which the check was run"),
                },
            },
            column_kind: "unicodeCodePoints",
            results,
        }],
    };
    let serialised = serde_json::to_string_pretty(&log).unwrap_or_default();
    format!("{}\n", escape::json(&serialised))
}

/// What is not written, and what is not shown, of each of these: how many there are, are written, are shown.
fn limits(counts: &[(usize, usize, usize, &str)]) -> Vec<String> {
    let mut said = Vec::new();
    for (all, written, shown, what) in counts {
        if written < all {
            said.push(format!(
                "{} left out of this log, the mildest ones; the others are those that matter most",
                spoken::counted(all - written, what)
            ));
        }
        if shown < written {
            said.push(format!(
                "{} beyond the {shown} that code scanning shows",
                spoken::counted(written - shown, what)
            ));
        }
    }
    said
}

fn invocation<'a>(report: &'a Report<'_>, limits: Vec<String>) -> Invocation<'a> {
    let said = |level: &'static str, text: String| Notification {
        level,
        message: message(&text),
        associated_rule: None,
        locations: Vec::new(),
    };
    let mut execution: Vec<Notification<'_>> = report
        .problems_worst_first()
        .map(|problem| problem_notification(report, problem))
        .collect();
    let word = spoken::verdict(report.verdict);
    let level = match report.verdict {
        Verdict::Undecided => "error",
        _ => "note",
    };
    execution.push(said(level, format!("{word}: {}", spoken::grounds(report))));
    execution.push(said("note", spoken::judged(report)));
    execution.extend(spoken::unknown(report).map(|unknown| said("note", unknown)));
    execution.extend(limits.into_iter().map(|limit| said("warning", limit)));
    let configuration = spoken::waiting(report)
        .into_iter()
        .map(|(rule, why)| said("note", format!("{rule}: {why}")));
    Invocation {
        execution_successful: report.verdict != Verdict::Undecided,
        exit_code: spoken::exit_code(report.verdict),
        tool_configuration_notifications: configuration.collect(),
        tool_execution_notifications: execution,
    }
}

fn problem_notification<'a>(report: &'a Report<'_>, problem: &'a Problem) -> Notification<'a> {
    let help = problem.help.iter().map(|help| format!("; help: {help}"));
    let said = problem.message.clone() + &help.collect::<String>();
    Notification {
        level: if problem.is_error() {
            "error"
        } else {
            "warning"
        },
        message: message(&said),
        associated_rule: problem.rule.as_deref().map(|id| RuleRef { id }),
        locations: report
            .spot_of(problem)
            .iter()
            .filter_map(physical)
            .map(|physical_location| Location {
                physical_location: Some(physical_location),
                logical_locations: Vec::new(),
            })
            .collect(),
    }
}

fn result<'a>(
    report: &'a Report<'_>,
    finding: &'a Finding,
    number: usize,
    index: &HashMap<&str, usize>,
) -> SarifResult<'a> {
    let rule = finding.rule.as_str();
    let fingerprint = finding.fingerprint.as_str();
    let missing = finding.location.missing.iter();
    let missing = missing.map(|missing| format!("; `{missing}` is missing here"));
    let said = report.message(finding).into_owned() + &missing.collect::<String>();
    SarifResult {
        rule_id: rule,
        rule_index: index.get(rule).copied(),
        level: level(report.standing(finding)),
        message: message(&said),
        locations: [Location {
            physical_location: physical(&report.spot(finding.location.span)),
            logical_locations: logical(report, finding),
        }],
        related_locations: related(report, finding),
        fixes: fixes(report, finding).into_iter().collect(),
        partial_fingerprints: Fingerprints {
            line_hash: format!("{}:{number}", fingerprint.get(..16).unwrap_or(fingerprint)),
            whole: fingerprint,
        },
        properties: ResultProperties {
            severity: finding.severity.as_str(),
            effect: finding.effect.as_str(),
            pointer: &finding.location.pointer,
        },
    }
}

fn related(report: &Report<'_>, finding: &Finding) -> Vec<RelatedLocation> {
    let places = finding.related.iter().take(MOST_PLACES).enumerate();
    places
        .filter_map(|(at, (span, said))| {
            Some(RelatedLocation {
                id: at + 1,
                physical_location: physical(&report.spot(*span))?,
                message: message(said),
            })
        })
        .collect()
}

/// What would undo the finding. What a sensitive rule would write is not shown.
fn fixes<'a>(report: &'a Report<'_>, finding: &'a Finding) -> Option<FixObject<'a>> {
    let is_shown = finding.masked.is_empty();
    let fix = finding.fix.as_ref().filter(|_| is_shown)?.as_ref().ok()?;
    let mut location = None;
    let mut replacements = Vec::new();
    for (span, text) in fix.changes() {
        let place = physical(&report.spot(span))?;
        replacements.push(Replacement {
            deleted_region: place.region?,
            inserted_content: Content { text },
        });
        location = Some(place.artifact_location);
    }
    Some(FixObject {
        artifact_changes: [ArtifactChange {
            artifact_location: location?,
            replacements,
        }],
    })
}

/// The resource, by its id.
fn logical<'a>(report: &'a Report<'_>, finding: &Finding) -> Vec<LogicalLocation<'a>> {
    let resource = report.resource(finding);
    resource
        .map(|resource| LogicalLocation {
            name: sarif(&resource.name),
            fully_qualified_name: resource.id.as_str(),
            kind: "resource",
        })
        .into_iter()
        .collect()
}

/// A place; none where no file is to blame.
fn physical(spot: &Spot<'_>) -> Option<PhysicalLocation> {
    let is_relative = !spot.file.starts_with('/');
    let region = spot.region.map(|(start, end)| Region {
        start_line: start.line,
        start_column: start.column,
        end_line: end.line,
        end_column: end.column,
    });
    (!spot.file.is_empty()).then(|| PhysicalLocation {
        artifact_location: ArtifactLocation {
            uri: uri(spot.file),
            uri_base_id: is_relative.then_some(ROOT),
        },
        region,
    })
}

fn level(standing: Standing) -> &'static str {
    match standing {
        Standing::Fails => "error",
        Standing::Warns => "warning",
        Standing::Noted => "note",
    }
}

fn message(text: &str) -> Message {
    Message {
        text: sarif(&clipped(text, LONGEST_MESSAGE)),
    }
}
