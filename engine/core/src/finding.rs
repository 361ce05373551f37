//! What rules found: the one type that every door, report and store speaks of.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use plumbline_rego::Value;
use sha2::{Digest, Sha256};

use crate::fix::Fix;
use crate::problem::Problem;
use crate::source::Span;
use crate::waiver::Waiver;

/// The id of a rule: `category/name`, in lower case. It reads after the word "waive".
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RuleId(String);

/// A text is not the id of a rule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not a rule id: two words of lowercase letters, digits and `-`, with `/` between them"
)]
pub struct RuleIdError(String);

/// How the ids of what is found about waivers begin.
const OF_WAIVERS: &str = "waivers/";

impl RuleId {
    /// Reads an id.
    pub fn new(text: &str) -> Result<Self, RuleIdError> {
        let word = |part: &str| {
            let letters = part
                .bytes()
                .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'));
            letters && !part.is_empty() && !part.starts_with('-') && !part.ends_with('-')
        };
        match text.split_once('/') {
            Some((category, name)) if word(category) && word(name) => Ok(Self(text.to_owned())),
            _ => Err(RuleIdError(text.escape_debug().to_string())),
        }
    }

    /// The id of what is found about waivers: no policy, but the product itself finds it.
    pub(crate) fn of_waivers(name: &str) -> Self {
        Self(format!("{OF_WAIVERS}{name}"))
    }

    /// The id of what is found about the webhooks of a cluster: no policy, but the product itself finds it.
    pub(crate) fn of_webhooks(name: &str) -> Self {
        Self(format!("doctor/{name}"))
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RuleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How bad what a rule finds is. The order is from the mildest to the worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Should be better.
    Low,
    /// Weakens a defence.
    Medium,
    /// Opens a way in.
    High,
    /// Is a way in.
    Critical,
}

impl Severity {
    /// Every severity, from the mildest to the worst.
    pub const ALL: &[Self] = &[
        Self::Info,
        Self::Low,
        Self::Medium,
        Self::High,
        Self::Critical,
    ];

    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }

    /// The severity of a word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|severity| severity.as_str() == word)
    }
}

/// What a finding does to a verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Effect {
    /// It is recorded.
    Audit,
    /// It is shown.
    Warn,
    /// It fails a check and refuses a request.
    Deny,
}

impl Effect {
    /// Every effect, from the mildest.
    pub const ALL: &[Self] = &[Self::Audit, Self::Warn, Self::Deny];

    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Audit => "audit",
            Self::Warn => "warn",
            Self::Deny => "deny",
        }
    }

    /// The effect of a word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|effect| effect.as_str() == word)
    }
}

/// What makes two findings of different runs the same one: rule, resource and place in it, never a line number.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint(String);

impl Fingerprint {
    /// The fingerprint of a rule's finding at a stable pointer into a resource.
    pub fn new(rule: &RuleId, resource: &str, pointer: &str) -> Self {
        let mut hash = Sha256::new();
        hash.update(["v1", rule.as_str(), resource, pointer].join("\0"));
        let mut digits = hex(&hash.finalize());
        digits.truncate(32);
        Self(digits)
    }

    /// The fingerprint that these digits are.
    pub(crate) fn of_digits(digits: String) -> Self {
        Self(digits)
    }

    /// 32 hexadecimal digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Lowercase hexadecimal digits of bytes.
pub fn hex(bytes: &[u8]) -> String {
    use fmt::Write;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut out, byte| {
            // Writing to a string cannot fail.
            let _ = write!(out, "{byte:02x}");
            out
        })
}

/// One thing that a rule found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The rule.
    pub rule: RuleId,
    /// How bad it is, after the organisation's overrides.
    pub severity: Severity,
    /// What it does to a verdict, after the organisation's overrides.
    pub effect: Effect,
    /// What is wrong: a lowercase fragment.
    pub message: String,
    /// The index of the resource in the estate; none where a waiver itself is found, or something of a document outside
    /// every resource.
    pub resource: Option<usize>,
    /// Where it is.
    pub location: Location,
    /// Second places, and what each has to do with the finding.
    pub related: Vec<(Span, String)>,
    /// What makes it the same finding in another run.
    pub fingerprint: Fingerprint,
    /// Controls of published standards that the rule serves.
    pub controls: BTreeMap<String, Vec<String>>,
    /// What to do about it.
    pub remediation: Option<String>,
    /// What would undo it, if its rule says so; or why that cannot be done.
    pub fix: Option<Result<Fix, String>>,
    /// Bytes that must never be shown: of a sensitive rule, the values at its place and around it.
    pub masked: Vec<Span>,
    /// What else its rule says of it, for machines.
    pub metadata: Option<Value>,
    /// Why it does not fail, and who says so.
    pub waiver: Option<Arc<Waiver>>,
    /// How it stands to the baseline, if there is one.
    pub novelty: Option<Novelty>,
}

impl Finding {
    /// Whether it is about a waiver, and not about anything that was judged.
    pub(crate) fn is_about_waiver(&self) -> bool {
        self.resource.is_none() && self.rule.as_str().starts_with(OF_WAIVERS)
    }
}

/// How a finding stands to what was known before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Novelty {
    /// It was not known.
    New,
    /// It was known, and is still there.
    Unchanged,
}

impl Novelty {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Unchanged => "unchanged",
        }
    }
}

/// Where a finding points.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Location {
    /// The bytes to underline.
    pub span: Span,
    /// JSON pointer into the resource, to the nearest node that exists.
    pub pointer: String,
    /// What is missing below it, as `a.b[0].c`.
    pub missing: Option<String>,
}

/// Everything that evaluating a policy set on an estate answered.
#[derive(Debug, Default)]
pub struct Evaluation {
    /// Findings in order of files, places and rules.
    pub findings: Vec<Finding>,
    /// Errors of rules and of reading.
    pub problems: Vec<Problem>,
    /// How many times a rule was evaluated on a subject.
    pub evaluations: usize,
    /// How many evaluations could not be decided.
    pub undecided: usize,
    /// How many evaluations read what nobody can know yet, and pass because their rule says so.
    pub unknown: usize,
}

impl Evaluation {
    /// Takes another one in, behind what there is.
    pub(crate) fn append(&mut self, mut other: Self) {
        self.findings.append(&mut other.findings);
        self.problems.append(&mut other.problems);
        self.evaluations += other.evaluations;
        self.undecided += other.undecided;
        self.unknown += other.unknown;
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use std::collections::BTreeMap;

    use super::{Effect, Finding, Fingerprint, Location, RuleId, Severity};
    use crate::source::{FileId, Span};

    pub(crate) fn finding(effect: Effect, severity: Severity) -> Finding {
        let span = Span {
            file: FileId(0),
            start: 0,
            end: 1,
        };
        let rule = RuleId::new("a/b").unwrap();
        Finding {
            fingerprint: Fingerprint::new(&rule, "r", "/p"),
            rule,
            severity,
            effect,
            message: String::new(),
            resource: Some(0),
            location: Location {
                span,
                pointer: String::new(),
                missing: None,
            },
            related: Vec::new(),
            controls: BTreeMap::new(),
            remediation: None,
            fix: None,
            masked: Vec::new(),
            metadata: None,
            waiver: None,
            novelty: None,
        }
    }

    #[test]
    fn an_id_is_two_words() {
        assert!(RuleId::new("secrets/plaintext-env").is_ok());
        for text in [
            "",
            "secrets",
            "Secrets/env",
            "a/b/c",
            "a/",
            "/b",
            "a/-b",
            "a/b c",
        ] {
            assert!(RuleId::new(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_fingerprint_is_32_digits_of_rule_resource_and_place() {
        let rule = RuleId::new("a/b").unwrap();
        let one = Fingerprint::new(&rule, "r", "/p");
        assert_eq!(one.as_str().len(), 32);
        assert_eq!(one, Fingerprint::new(&rule, "r", "/p"));
        assert_ne!(one, Fingerprint::new(&rule, "r/p", ""));
    }
}
