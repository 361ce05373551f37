//! A decision: what was asked at a door, what was answered, and why.
//!
//! Whoever decides fills one in and hands it to [`crate::decisions::Decisions`]. Nothing here is masked yet, so no part
//! of it is ever logged.

use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use plumbline_core::finding::{Effect, Severity};

/// One answer of one door.
#[derive(Clone)]
pub struct Decision {
    /// What it is called; no two have the same.
    pub id: String,
    /// When it was made.
    pub time: SystemTime,
    /// Where it was asked for.
    pub door: Door,
    /// What was asked, as OPA names it: `plumbline/admission`, `data/shop/allow`.
    pub path: String,
    /// The answer in a word.
    pub verdict: Outcome,
    /// The answer as it was sent.
    pub result: serde_json::Value,
    /// The request as it came: JSON.
    pub input: Option<Arc<str>>,
    /// Pointers into the input at what rules marked `sensitive` found.
    pub sensitive: Vec<String>,
    /// What the request was about.
    pub asked: Asked,
    /// Why it was refused.
    pub refusals: Vec<String>,
    /// What was said without refusing.
    pub warnings: Vec<String>,
    /// What the rules found.
    pub findings: Vec<Fired>,
    /// The digest of the policies that decided.
    pub digest: String,
    /// Their revision, if their source has one.
    pub revision: Option<String>,
    /// How long it took.
    pub nanoseconds: u64,
    /// The break-glass override that let it pass.
    pub break_glass: Option<String>,
    /// Who asked: an address, or the name of a client.
    pub requested_by: Option<String>,
}

/// A request and its text may hold secrets: only what it is called is shown.
impl fmt::Debug for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Decision")
            .field("id", &self.id)
            .field("door", &self.door)
            .field("verdict", &self.verdict)
            .finish_non_exhaustive()
    }
}

/// What a request was about, as far as it says.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// The API server's name for the request.
    pub uid: Option<String>,
    /// `CREATE`, `UPDATE`, `DELETE`, `CONNECT`.
    pub operation: Option<String>,
    /// The kind, as findings have it: `apps/Deployment`.
    pub kind: Option<String>,
    /// The id of the resource, as findings have it.
    pub resource: Option<String>,
    /// Its namespace.
    pub namespace: Option<String>,
    /// Its name.
    pub name: Option<String>,
    /// Who asked the API server.
    pub user: Option<String>,
    /// Whether nothing would have been changed.
    pub dry_run: bool,
}

/// A finding, as far as a record needs it.
#[derive(Debug, Clone)]
pub struct Fired {
    /// The rule.
    pub rule: String,
    /// What it does.
    pub effect: Effect,
    /// How bad it is.
    pub severity: Severity,
    /// What it says.
    pub message: String,
    /// The stage of the rule's introduction, if it is being introduced.
    pub stage: Option<String>,
}

/// Where a decision is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    /// The webhook of an API server.
    Admission,
    /// `/v1/check`.
    Check,
    /// A run task of Terraform.
    RunTask,
    /// `/v1/data`.
    Data,
}

impl Door {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Admission => "admission",
            Self::Check => "check",
            Self::RunTask => "run-task",
            Self::Data => "data",
        }
    }
}

/// An answer in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It may be done.
    Allow,
    /// It may be done, and something was said about it.
    Warn,
    /// It may not be done.
    Deny,
    /// It could not be decided.
    Undecided,
}

impl Outcome {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Warn => "warn",
            Self::Deny => "deny",
            Self::Undecided => "undecided",
        }
    }
}
