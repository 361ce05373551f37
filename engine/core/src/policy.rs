//! Policies: Rego with metadata to an indexed set of rules, and its evaluation on an estate.
//!
//! Rules are chosen by platform, kind and subject before anything is evaluated. Those of Conftest packages judge
//! documents as they are written.

mod chosen;
mod conftest;
mod digest;
mod evaluate;
mod explain;
mod fix;
mod load;
pub mod metadata;
pub mod page;
pub mod profile;
mod query;
mod remember;
mod targets;

use std::sync::{Arc, LazyLock};

use globset::GlobSet;
use plumbline_rego::builtins::Table;
use plumbline_rego::{Entry, Place, Program, Value};

pub use digest::Digest;
pub use evaluate::{Request, Share, Shares};
pub use explain::Case;
pub use load::{base_data, load, merge};
pub use targets::Target;

use crate::estate::graph;
use crate::finding::{Effect, RuleId, Severity};
use crate::source::{FileId, Span};
use metadata::Metadata;
use profile::Profile;

/// The functions that policies may call: OPA's, those on the graph of an estate, and one of Conftest's.
pub fn functions() -> &'static Table {
    static FUNCTIONS: LazyLock<Table> =
        LazyLock::new(|| Table::with(&[graph::FUNCTIONS, conftest::FUNCTIONS].concat()));
    &FUNCTIONS
}

/// One file of a policy set.
#[derive(Debug, Clone)]
pub struct PolicyFile {
    /// The text, among the sources of the run.
    pub file: FileId,
    /// The path below the folder the set was read from, which goes into the digest: it is the same on every machine.
    pub path: String,
}

/// A JSON or YAML document that policies read below `data`.
#[derive(Debug, Clone)]
pub struct DataFile {
    /// The path below the folder it was read from.
    pub path: String,
    /// The whole document, rooted at `data`.
    pub value: Value,
}

/// Everything that a policy set is made of.
#[derive(Debug, Default)]
pub struct Ingredients {
    /// Modules of Rego.
    pub modules: Vec<PolicyFile>,
    /// Base data.
    pub data: Vec<DataFile>,
    /// The organisation's decisions: `data.estate`.
    pub estate: Option<Value>,
    /// What the configuration says of rules, in order.
    pub overrides: Vec<Override>,
    /// Only rules of this profile judge.
    pub profile: Option<Profile>,
    /// The Conftest packages that judge; none stands for `main`.
    pub namespaces: Vec<Namespace>,
}

/// Conftest packages by their names.
#[derive(Debug, Clone)]
pub struct Namespace {
    /// The path of a package below `data`, or a glob on such paths.
    pub pattern: String,
    /// Where the configuration says so; none for the command line.
    pub place: Option<Span>,
}

/// What a configuration says of the rules whose ids match.
#[derive(Debug, Clone)]
pub struct Override {
    /// A rule id, or a glob on ids.
    pub pattern: String,
    /// Where the configuration says so.
    pub place: Span,
    /// Another severity.
    pub severity: Option<Severity>,
    /// Another effect; `Some(None)` switches the rule off.
    pub effect: Option<Option<Effect>>,
    /// Parameters, over the rule's defaults.
    pub params: Option<Value>,
    /// Where the parameters are written.
    pub params_place: Span,
}

/// A set of rules, ready to judge. Immutable and shared.
#[derive(Debug)]
pub struct PolicySet {
    rules: Vec<Rule>,
    program: Program,
    /// `data` as it is for all: without parameters, and without the world.
    data: Value,
    /// The keys of the world that some rule reads.
    world_keys: Vec<&'static str>,
    /// The rules that judge each kind of resource that there was.
    chosen: chosen::Chosen,
    /// Every rule that is described, in order of ids, also those that do not judge.
    pub catalogue: Vec<Listed>,
    /// What the set is made of, as one number.
    pub digest: Digest,
}

/// A rule of the catalogue.
#[derive(Debug, Clone)]
pub struct Listed {
    /// What its author says of it.
    pub metadata: Metadata,
    /// The severity after overrides.
    pub severity: Severity,
    /// The effect after overrides; none if it is switched off.
    pub effect: Option<Effect>,
    /// The text it stands in.
    pub file: FileId,
    /// Whether it judges.
    pub state: State,
}

/// Whether a rule judges.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// It does.
    Judges,
    /// It waits for a decision of the organisation.
    Waits(String),
    /// The configuration switched it off.
    Off,
    /// It does not belong to the profile that was asked for.
    OutsideProfile,
    /// It could not be loaded; a problem says why.
    Broken,
}

/// One rule.
#[derive(Debug)]
pub struct Rule {
    /// What its author says of it.
    pub metadata: Metadata,
    /// The severity after overrides.
    pub severity: Severity,
    /// The effect after overrides.
    pub effect: Effect,
    /// The text it stands in.
    pub file: FileId,
    targets: GlobSet,
    program: Program,
    entry: Entry,
    /// `data` as the rule sees it.
    data: Value,
    /// Whether it names the rest of the estate, `data.world`.
    reads_world: bool,
    /// The keys of it that it names, itself or through libraries.
    world_keys: Vec<&'static str>,
    /// Whether it names what a request for admission says beside the object: it judges nothing else.
    reads_admission: bool,
    /// Whether it asks for the time, or for chance.
    reads_clock: bool,
    /// The text of each module of the program.
    modules: Arc<[FileId]>,
    /// How it is asked, if it belongs to a Conftest package.
    conftest: Option<conftest::Query>,
}

impl PolicySet {
    /// The rules in order of their ids.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// The rule of an id.
    pub(crate) fn rule(&self, id: &str) -> Option<&Rule> {
        let by_id = |rule: &Rule| rule.metadata.id.as_str().cmp(id);
        let at = self.rules.binary_search_by(by_id).ok()?;
        self.rules.get(at)
    }

    /// Whether some rule judges documents as they are written, so that they are to be kept.
    pub fn judges_documents(&self) -> bool {
        self.rules.iter().any(|rule| rule.conftest.is_some())
    }

    /// Rules that are not evaluated, and the decision of the organisation that each one waits for.
    pub fn waiting(&self) -> Vec<(RuleId, String)> {
        let waits = |listed: &Listed| match &listed.state {
            State::Waits(decision) => Some((listed.metadata.id.clone(), decision.clone())),
            _ => None,
        };
        self.catalogue.iter().filter_map(waits).collect()
    }
}

impl Rule {
    /// Its parameters in force.
    pub fn params(&self) -> Option<&Value> {
        self.data.get_str("params")
    }

    /// Whether it answers the same of equal resources, on every day and beside whatever else there is.
    fn is_repeatable(&self) -> bool {
        !self.reads_world && !self.reads_clock
    }

    /// The span of a place in its policy, or in a library that it uses.
    pub fn span(&self, place: Place) -> Option<Span> {
        let file = self.modules.get(place.module as usize)?;
        Some(Span {
            file: *file,
            start: place.span.start,
            end: place.span.end,
        })
    }

    /// Whether it reads the rest of the estate, and cannot be decided where nobody knows it.
    pub fn reads_world(&self) -> bool {
        self.reads_world
    }

    /// Whether it reads what a request for admission says beside its object.
    pub fn reads_admission(&self) -> bool {
        self.reads_admission
    }

    /// Whether the rule judges things of a kind: `kubernetes/apps/Deployment`.
    pub fn judges(&self, target: &str) -> bool {
        self.targets.is_match(target)
    }
}
