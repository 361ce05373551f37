//! The findings that a repository has come to terms with for now, by their fingerprints and how often each occurs.
//!
//! What is known does not fail, and what is new does. Fingerprints hold no line numbers, so a baseline survives moves.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;

use crate::estate::Estate;
use crate::finding::{Finding, Novelty};
use crate::parse::Document;
use crate::tree::{NodeId, Typing, View};

/// The version of the file.
pub const SCHEMA_VERSION: &str = "plumbline.baseline/v1";

/// Known findings.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Baseline(BTreeMap<String, Known>);

/// Findings of one fingerprint. Rule and resource are for who reads the file.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Known {
    count: usize,
    rule: String,
    resource: String,
}

/// What a run finds, compared to what was known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Comparison {
    /// Findings that were not known.
    pub new: usize,
    /// Findings that were known.
    pub unchanged: usize,
    /// Known findings that are not found any more; nobody knows unless everything was judged.
    pub fixed: Option<usize>,
}

impl Baseline {
    /// What is found now. A waived finding is not taken in, so that it comes back when its waiver expires; what is found
    /// about waivers is not taken in either.
    pub fn of(findings: &[Finding], estate: &Estate) -> Self {
        let mut known = BTreeMap::new();
        let is_taken = |finding: &&Finding| finding.waiver.is_none() && !finding.is_about_waiver();
        for finding in findings.iter().filter(is_taken) {
            let at = |index: usize| estate.resources.get(index);
            let resource = finding.resource.and_then(at);
            let fingerprint = finding.fingerprint.as_str().to_owned();
            let entry = known.entry(fingerprint).or_insert_with(|| Known {
                count: 0,
                rule: finding.rule.as_str().to_owned(),
                resource: resource.map_or_else(String::new, |resource| resource.id.to_string()),
            });
            entry.count += 1;
        }
        Self(known)
    }

    /// Reads the file of a baseline that its schema has nothing against.
    pub fn read(document: &Document) -> Self {
        let root = document.tree.view(NodeId::ROOT, Typing::Json);
        let known = |(fingerprint, entry): (&str, View<'_>)| {
            let text = |key: &str| entry.get(key).and_then(View::str);
            let known = Known {
                count: usize::try_from(entry.get("count")?.int()?).ok()?,
                rule: text("rule")?.to_owned(),
                resource: text("resource")?.to_owned(),
            };
            Some((fingerprint.to_owned(), known))
        };
        let entries = root.get("fingerprints").into_iter().flat_map(View::entries);
        Self(entries.filter_map(known).collect())
    }

    /// The text of its file: the same bytes for the same findings.
    pub fn render(&self) -> String {
        let known = self.0.iter().map(|(fingerprint, known)| {
            let shape = KnownV1 {
                count: known.count,
                rule: &known.rule,
                resource: &known.resource,
            };
            (fingerprint.as_str(), shape)
        });
        let shape = BaselineV1 {
            schema_version: SCHEMA_VERSION,
            fingerprints: known.collect(),
        };
        let mut out = serde_json::to_string_pretty(&shape).unwrap_or_default();
        out.push('\n');
        out
    }

    /// How many findings are known.
    pub fn findings(&self) -> usize {
        self.0.values().map(|known| known.count).sum()
    }

    /// Notes on each finding whether it was known: of equal ones the first, as many as were. A waived finding is neither
    /// known nor new, but it is not fixed. In a full run everything was judged, and what is missing is fixed.
    pub fn compare(&self, findings: &mut [Finding], full: bool) -> Comparison {
        let known = self.0.iter();
        let mut left: HashMap<&str, usize> = known
            .map(|(fingerprint, known)| (fingerprint.as_str(), known.count))
            .collect();
        let mut take = |finding: &Finding| match left.get_mut(finding.fingerprint.as_str()) {
            Some(count) if *count > 0 => {
                *count -= 1;
                true
            }
            _ => false,
        };
        let (mut new, mut unchanged) = (0, 0);
        let is_judged = |finding: &&mut Finding| !finding.is_about_waiver();
        let (waived, open): (Vec<&mut Finding>, Vec<&mut Finding>) = findings
            .iter_mut()
            .filter(is_judged)
            .partition(|finding| finding.waiver.is_some());
        for finding in open {
            if take(finding) {
                finding.novelty = Some(Novelty::Unchanged);
                unchanged += 1;
            } else {
                finding.novelty = Some(Novelty::New);
                new += 1;
            }
        }
        for finding in waived {
            take(finding);
        }
        Comparison {
            new,
            unchanged,
            fixed: full.then(|| left.values().sum()),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct BaselineV1<'a> {
    schema_version: &'static str,
    fingerprints: BTreeMap<&'a str, KnownV1<'a>>,
}

#[derive(Serialize)]
struct KnownV1<'a> {
    count: usize,
    rule: &'a str,
    resource: &'a str,
}
