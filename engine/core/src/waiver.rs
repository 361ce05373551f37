//! Exceptions: what somebody answers for, with a reason, until a day.
//!
//! Every source of waivers gives the same type to the one matcher. A waiver never changes what is found: it says why a
//! finding does not fail, and who said so. What could not be decided is no finding, and cannot be waived.

mod annotation;
mod comment;
mod date;
mod digest;
mod edit;
mod file;
mod inline;
mod matcher;

pub use date::Date;
pub use digest::digest;
pub use edit::{Entry, append};
pub use file::read as of_file;
pub use inline::read as of_comments;
pub use matcher::{Occasion, Waivers};

use crate::resource::Resource;
use crate::source::Span;

/// Whether a comment of a text may be a waiver.
pub(crate) fn may_stand_in(text: &str) -> bool {
    text.contains(inline::WORD)
}

/// Whether an object points at a waiver.
pub(crate) fn is_pointed_at_by(resource: &Resource) -> bool {
    annotation::pointers(resource).next().is_some()
}

/// One exception.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiver {
    /// What an object calls it that points at it.
    pub id: Option<String>,
    /// Whose exception it is.
    pub authority: Authority,
    /// Whether it holds for objects only that point at it.
    pub annotated: bool,
    /// A rule id, or a glob on ids.
    pub rule: String,
    /// Which findings of these rules.
    pub scope: Scope,
    /// Why it is acceptable.
    pub reason: String,
    /// Who answers for it.
    pub owner: String,
    /// The last day on which it holds.
    pub expires: Date,
    /// Where it was agreed.
    pub ticket: Option<String>,
    /// Where it is written.
    pub place: Span,
}

/// Whose exception a waiver is, and with it at which doors it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Authority {
    /// The organisation's, from a layer that repositories extend or made by a policy: it holds at every door.
    Organisation,
    /// The repository's, from its files and comments: it holds at `check` only.
    Local,
}

impl Authority {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Organisation => "organisation",
            Self::Local => "local",
        }
    }
}

/// Which findings a waiver speaks of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// Those on resources by their names, wherever they are declared.
    Resources {
        /// A glob on resource ids.
        id: String,
        /// A glob on files.
        file: Option<String>,
        /// A JSON pointer into the resource: what lies there or below.
        pointer: Option<String>,
    },
    /// Those whose place begins within these bytes.
    Bytes(Span),
}

impl Waiver {
    /// Whether the last day on which it holds is past.
    pub fn has_expired(&self, today: Date) -> bool {
        self.expires < today
    }
}
