//! Text to documents: one file per format, scalars raw, every node with its bytes.
//!
//! Parsing answers with everything it could read and a problem for each thing it could not: a broken document never
//! hides its neighbours, and no document is ever skipped without a word.

pub(crate) mod hcl;
mod json;
mod template;
mod unit;
mod yaml;

use std::sync::Arc;

use crate::problem::Problem;
use crate::source::{FileId, Source, Span};
use crate::tree::{Tree, View};

/// The most nodes that the aliases of one document may expand to.
pub const MAX_ALIAS_NODES: usize = 100_000;

/// One document of a text.
#[derive(Debug, Clone)]
pub struct Document {
    /// What it says.
    pub tree: Arc<Tree>,
    /// The text it stands in.
    pub file: FileId,
    /// Which document of the text it is, from 1.
    pub number: usize,
    /// What it was read as.
    pub notation: Notation,
}

impl Document {
    /// The bytes that stand for something it says.
    pub fn place(&self, view: View<'_>) -> Span {
        self.tree.place(view.id()).unwrap_or(Span {
            file: self.file,
            start: 0,
            end: 0,
        })
    }
}

/// How a text is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notation {
    /// JSON: one value, or several after each other.
    Json,
    /// A stream of YAML documents.
    Yaml,
    /// Terraform's language.
    Hcl,
    /// Units of systemd.
    Unit,
}

impl Notation {
    /// The notation that a file name announces.
    pub fn of_file_name(name: &str) -> Option<Self> {
        let own = name.rsplit('/').next().unwrap_or(name);
        if own == "Kustomization" {
            return Some(Self::Yaml);
        }
        let extension = name.rsplit_once('.')?.1.to_ascii_lowercase();
        match extension.as_str() {
            "json" => Some(Self::Json),
            "yaml" | "yml" => Some(Self::Yaml),
            "tf" | "tfvars" => Some(Self::Hcl),
            "service" | "timer" | "socket" | "mount" | "automount" | "path" | "target"
            | "slice" | "swap" => Some(Self::Unit),
            _ => None,
        }
    }
}

/// Reads all documents of a text.
pub fn parse(
    source: &Arc<Source>,
    file: FileId,
    notation: Notation,
) -> (Vec<Document>, Vec<Problem>) {
    match notation {
        Notation::Json => json::parse(source, file),
        Notation::Yaml => yaml::parse(source, file),
        Notation::Hcl => hcl::parse(source, file),
        Notation::Unit => unit::parse(source, file),
    }
}

/// Reads all documents of a text that is ours, a configuration or data. It is not what is judged, and no advice says so.
pub fn parse_own(
    source: &Arc<Source>,
    file: FileId,
    notation: Notation,
) -> (Vec<Document>, Vec<Problem>) {
    let (documents, mut problems) = parse(source, file, notation);
    for problem in &mut problems {
        if problem.help.as_deref() == Some(NOT_JUDGED) {
            problem.help = None;
        }
    }
    (documents, problems)
}

/// What a broken document of a manifest means.
const NOT_JUDGED: &str = "this document was not judged; the others of the file were";

/// Tools disagree on which of two equal keys counts, so that what one judges is not what another one runs.
fn duplicate_key(key: &str, again: crate::source::Span, first: crate::source::Span) -> Problem {
    Problem::error(
        again,
        format!("the key `{}` is given twice", key.escape_debug()),
    )
    .related(first, "first given here")
    .help("the last one counts; remove one of them")
}
