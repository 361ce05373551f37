//! `# METADATA`: what a rule's author says of it, read with its places.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use plumbline_rego::{Value, nearest};

use crate::estate::EntityKind;
use crate::finding::{Effect, RuleId, Severity};
use crate::parse::{self, Document, Notation};
use crate::problem::Problem;
use crate::resource::Platform;
use crate::source::{FileId, Source, Span};
use crate::tree::{NodeId, Typing, View};

/// What a rule judges: the shape of its `input`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SubjectKind {
    /// The resource as written.
    Resource,
    /// What it is or has, in normalised form.
    Entity(EntityKind),
    /// A document as written, whether or not it declares a resource: of rules of Conftest packages only.
    Document,
}

impl SubjectKind {
    /// Every kind of subject that metadata may name.
    pub fn all() -> impl Iterator<Item = Self> {
        let entities = EntityKind::ALL.iter().copied().map(Self::Entity);
        std::iter::once(Self::Resource).chain(entities)
    }

    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Resource => "resource",
            Self::Entity(kind) => kind.as_str(),
            Self::Document => "document",
        }
    }
}

/// What an unknown value that a rule reads means for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Unknown {
    /// The rule is taken not to fire.
    Pass,
    /// The rule is taken to fire.
    Fail,
    /// Nobody can tell.
    #[default]
    Undecided,
}

/// What admission does when a rule cannot be decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OnError {
    /// The request is refused.
    #[default]
    Closed,
    /// The request is let through.
    Open,
}

/// What a rule's author says of it.
#[derive(Debug, Clone)]
pub struct Metadata {
    /// The id.
    pub id: RuleId,
    /// A few words.
    pub title: String,
    /// A sentence.
    pub description: Option<String>,
    /// How bad what it finds is.
    pub severity: Severity,
    /// What a finding does to a verdict.
    pub effect: Effect,
    /// What it judges.
    pub subject: SubjectKind,
    /// Globs on `platform/kind`.
    pub targets: Vec<String>,
    /// What an unknown value means.
    pub unknown: Unknown,
    /// What admission does when it cannot be decided.
    pub on_error: OnError,
    /// Whether the bytes it points at are never shown.
    pub sensitive: bool,
    /// Decisions of the organisation without which it is not evaluated: `estate.registries.allowed`.
    pub requires: Vec<String>,
    /// JSON Schema of its parameters.
    pub params: Option<Value>,
    /// Controls of published standards.
    pub controls: BTreeMap<String, Vec<String>>,
    /// What to do about a finding.
    pub remediation: Option<String>,
    /// Where the id is written.
    pub place: Span,
}

const MARKER: &str = "METADATA";

/// The annotation of a package: its YAML with the places it has in the module. None if there is no such annotation.
pub fn of_package(source: &Arc<Source>, file: FileId) -> (Option<Document>, Vec<Problem>) {
    for block in blocks(source.text()) {
        let (mut documents, problems) =
            parse::parse_own(&blanked(source, &block), file, Notation::Yaml);
        let root = documents
            .first()
            .map(|document| document.tree.view(NodeId::ROOT, Typing::Core));
        let scope = root.and_then(|root| root.get("scope")?.str().map(str::to_owned));
        let package = scope.map_or_else(
            || precedes_package(source.text(), &block),
            |scope| scope == "package" || scope == "subpackages",
        );
        if package && !documents.is_empty() {
            return (Some(documents.swap_remove(0)), problems);
        }
        if package {
            return (None, problems);
        }
    }
    (None, Vec::new())
}

/// Reads what an annotation says of a rule. What is wrong comes back as problems; without an id there is no rule.
pub fn read(document: &Document, problems: &mut Vec<Problem>) -> Option<Metadata> {
    let root = document.tree.view(NodeId::ROOT, Typing::Core);
    let custom = root.get("custom")?;
    let id = custom.get("id")?;
    let mut reader = Reader { document, problems };
    reader.check_keys(custom, CUSTOM_KEYS);
    let place = reader.place(id);
    let text = id.raw().unwrap_or_default();
    let id = match RuleId::new(text) {
        Ok(id) => id,
        Err(error) => {
            reader
                .problems
                .push(Problem::error(place, error.to_string()));
            return None;
        }
    };
    let title = root.get("title").and_then(View::raw).map(str::to_owned);
    if title.is_none() {
        reader.problems.push(
            Problem::error(place, format!("rule `{id}` has no title"))
                .help("add `title:` beside `scope:`"),
        );
    }
    let severity = reader
        .word(custom, "severity", &names(Severity::ALL, Severity::as_str))
        .and_then(|word| Severity::parse(&word));
    if severity.is_none() && custom.get("severity").is_none() {
        reader.problems.push(
            Problem::error(place, format!("rule `{id}` has no severity"))
                .help("add `severity:` below `custom:`"),
        );
    }
    let subjects: Vec<&str> = SubjectKind::all().map(SubjectKind::as_str).collect();
    let subject = reader.word(custom, "subject", &subjects);
    Some(Metadata {
        title: title.unwrap_or_default(),
        description: root
            .get("description")
            .and_then(View::raw)
            .map(str::to_owned),
        severity: severity.unwrap_or(Severity::High),
        effect: reader
            .word(custom, "effect", &names(Effect::ALL, Effect::as_str))
            .and_then(|word| Effect::parse(&word))
            .unwrap_or(Effect::Deny),
        subject: SubjectKind::all()
            .find(|kind| Some(kind.as_str()) == subject.as_deref())
            .unwrap_or(SubjectKind::Resource),
        targets: reader.targets(custom),
        unknown: match reader
            .word(custom, "unknown", &["pass", "fail", "undecided"])
            .as_deref()
        {
            Some("pass") => Unknown::Pass,
            Some("fail") => Unknown::Fail,
            _ => Unknown::Undecided,
        },
        on_error: match reader
            .word(custom, "on-error", &["closed", "open"])
            .as_deref()
        {
            Some("open") => OnError::Open,
            _ => OnError::Closed,
        },
        sensitive: reader.flag(custom, "sensitive"),
        requires: reader.requires(custom),
        params: custom.get("params").map(View::value),
        controls: reader.controls(custom),
        remediation: custom
            .get("remediation")
            .and_then(View::raw)
            .map(str::to_owned),
        id,
        place,
    })
}

const CUSTOM_KEYS: &[&str] = &[
    "id",
    "severity",
    "effect",
    "subject",
    "targets",
    "unknown",
    "on-error",
    "sensitive",
    "requires",
    "params",
    "controls",
    "remediation",
];

fn names<T: Copy>(all: &[T], name: impl Fn(T) -> &'static str) -> Vec<&'static str> {
    all.iter().map(|one| name(*one)).collect()
}

struct Reader<'a> {
    document: &'a Document,
    problems: &'a mut Vec<Problem>,
}

impl Reader<'_> {
    fn place(&self, view: View<'_>) -> Span {
        let beginning = Span {
            file: self.document.file,
            start: 0,
            end: 0,
        };
        self.document.tree.place(view.id()).unwrap_or(beginning)
    }

    fn check_keys(&mut self, custom: View<'_>, known: &[&str]) {
        for (key, value) in custom.entries().filter(|(key, _)| !known.contains(key)) {
            let problem = Problem::error(
                self.place(value),
                format!(
                    "unknown key `{}` in the metadata of a rule",
                    key.escape_debug()
                ),
            );
            let help = match nearest(key, known.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("known here: {}", known.join(", ")),
            };
            self.problems.push(problem.help(help));
        }
    }

    fn word(&mut self, custom: View<'_>, key: &str, known: &[&str]) -> Option<String> {
        let value = custom.get(key)?;
        let word = value.raw().unwrap_or_default();
        if known.contains(&word) {
            return Some(word.to_owned());
        }
        let message = format!(
            "`{key}`: `{}` is none of `{}`",
            word.escape_debug(),
            known.join("`, `")
        );
        let problem = Problem::error(self.place(value), message);
        self.problems
            .push(match nearest(word, known.iter().copied()) {
                Some(near) => problem.help(format!("did you mean `{near}`?")),
                None => problem,
            });
        None
    }

    fn words(&mut self, custom: View<'_>, key: &str) -> Option<Vec<String>> {
        let value = custom.get(key)?;
        let words: Vec<String> = value
            .items()
            .filter_map(|item| item.raw().map(str::to_owned))
            .collect();
        if !value.is_sequence() || words.len() != value.items().count() {
            self.problems.push(Problem::error(
                self.place(value),
                format!("`{key}` must be a list of words"),
            ));
        }
        Some(words)
    }

    /// Globs on `platform/kind`. One that can match nothing would make a rule that never judges.
    fn targets(&mut self, custom: View<'_>) -> Vec<String> {
        let Some(targets) = self.words(custom, "targets") else {
            return vec!["*".to_owned()];
        };
        let items = custom.get("targets").into_iter().flat_map(View::items);
        for (item, target) in items.zip(&targets) {
            if let Some(help) = impossible(target) {
                let message = format!("the target `{}` matches nothing", target.escape_debug());
                self.problems
                    .push(Problem::error(self.place(item), message).help(help));
            }
        }
        targets
    }

    /// Decisions by their paths below `estate`.
    fn requires(&mut self, custom: View<'_>) -> Vec<String> {
        let requires = self.words(custom, "requires").unwrap_or_default();
        let items = custom.get("requires").into_iter().flat_map(View::items);
        for (item, decision) in items.zip(&requires) {
            let below = decision.strip_prefix("estate.").unwrap_or_default();
            if below.is_empty() || below.split('.').any(str::is_empty) {
                let message = format!("`{}` names no decision", decision.escape_debug());
                self.problems
                    .push(Problem::error(self.place(item), message).help(
                    "a decision is a path into `estate.yaml`, such as `estate.registries.allowed`",
                ));
            }
        }
        requires
    }

    fn flag(&mut self, custom: View<'_>, key: &str) -> bool {
        let Some(value) = custom.get(key) else {
            return false;
        };
        if value.bool().is_none() {
            self.problems.push(Problem::error(
                self.place(value),
                format!("`{key}` must be true or false"),
            ));
        }
        value.bool().unwrap_or(false)
    }

    fn controls(&mut self, custom: View<'_>) -> BTreeMap<String, Vec<String>> {
        let Some(value) = custom.get("controls") else {
            return BTreeMap::new();
        };
        if !value.is_mapping() {
            self.problems.push(Problem::error(
                self.place(value),
                "`controls` must map standards to lists of controls",
            ));
        }
        value
            .entries()
            .map(|(standard, list)| {
                (
                    standard.to_owned(),
                    list.items()
                        .filter_map(|item| item.raw().map(str::to_owned))
                        .collect(),
                )
            })
            .collect()
    }
}

/// Why a target can match nothing, if that is certain.
fn impossible(target: &str) -> Option<String> {
    let is_glob = |text: &str| text.contains(['*', '?', '[', '{']);
    let (platform, kind) = target.split_once('/').unwrap_or((target, ""));
    let known = Platform::ALL.map(Platform::as_str);
    if !is_glob(platform) && !known.contains(&platform) {
        let known = known.join("`, `");
        return Some(format!(
            "a target is `platform/kind`; platforms are `{known}`"
        ));
    }
    if !is_glob(target) && platform == Platform::Kubernetes.as_str() && !kind.contains('/') {
        let kind = if kind.is_empty() { "Pod" } else { kind };
        return Some(format!(
            "a kind of Kubernetes has its group before it, and `core` where there is none: `kubernetes/core/{kind}`"
        ));
    }
    None
}

/// The lines of every annotation, from the one after the marker to the last comment line in a row.
fn blocks(text: &str) -> Vec<Range<usize>> {
    let mut blocks = Vec::new();
    let mut open: Option<Range<usize>> = None;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let end = at + line.len();
        match &mut open {
            Some(block) if line.starts_with('#') => block.end = end,
            Some(_) => blocks.extend(open.take()),
            None if is_marker(line) => open = Some(end..end),
            None => {}
        }
        at = end;
    }
    blocks.extend(open);
    blocks
}

/// `# METADATA`, with any space around the word, as OPA reads it.
fn is_marker(line: &str) -> bool {
    line.strip_prefix('#')
        .is_some_and(|comment| comment.trim() == MARKER)
}

/// The module with everything but one annotation blanked out, so that its YAML stands where it is written.
fn blanked(source: &Source, block: &Range<usize>) -> Arc<Source> {
    let text = source.text();
    let blank = |text: &str| {
        text.chars()
            .map(|character| {
                if character == '\n' {
                    "\n".to_owned()
                } else {
                    " ".repeat(character.len_utf8())
                }
            })
            .collect::<String>()
    };
    let mut out = blank(text.get(..block.start).unwrap_or_default());
    for line in text
        .get(block.clone())
        .unwrap_or_default()
        .split_inclusive('\n')
    {
        out.push(' ');
        out.push_str(line.get(1..).unwrap_or_default());
    }
    Arc::new(Source::new(source.name(), out))
}

/// An annotation without a scope belongs to what follows it.
fn precedes_package(text: &str, block: &Range<usize>) -> bool {
    text.get(block.end..)
        .unwrap_or_default()
        .trim_start()
        .starts_with("package")
}
