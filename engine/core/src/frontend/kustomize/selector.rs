//! The target of a patch: which objects it is laid over.

use regex::{Regex, RegexBuilder};

use super::draft::Draft;
use super::object::Object;
use crate::tree::{NodeId, View};

/// What an object must be. What is not asked is none.
#[derive(Debug, Default)]
pub(super) struct Selector {
    group: Option<Pattern>,
    version: Option<Pattern>,
    kind: Option<Pattern>,
    name: Option<Pattern>,
    namespace: Option<Pattern>,
    labels: Vec<Requirement>,
    annotations: Vec<Requirement>,
}

/// What a label must be.
#[derive(Debug)]
struct Requirement {
    key: String,
    /// One of these; any where there are none.
    values: Option<Vec<String>>,
    /// Or else, must not be.
    wanted: bool,
}

/// What a target may ask. One that asks anything else would select what it does not mean.
const KEYS: &[&str] = &[
    "group",
    "version",
    "kind",
    "name",
    "namespace",
    "labelSelector",
    "annotationSelector",
];

impl Selector {
    /// Reads a target. What is wrong with it stands at a node.
    pub(super) fn of(target: View<'_>) -> Result<Self, (NodeId, String)> {
        if !target.is_mapping() {
            return Err((target.id(), "`target` is no mapping".to_owned()));
        }
        let mut entries = target.entries();
        if let Some((key, value)) = entries.find(|(key, _)| !KEYS.contains(key)) {
            let message = format!("a target has no field `{}`", key.escape_debug());
            return Err((value.id(), message));
        }
        let asked = |key: &str| {
            let written = target.get(key).and_then(View::raw);
            written.map(requirements).unwrap_or_default()
        };
        Ok(Self {
            group: pattern(target, "group")?,
            version: pattern(target, "version")?,
            kind: pattern(target, "kind")?,
            name: pattern(target, "name")?,
            namespace: pattern(target, "namespace")?,
            labels: asked("labelSelector"),
            annotations: asked("annotationSelector"),
        })
    }

    /// What it costs to read the patterns of a target: every use of a base reads them again.
    pub(super) fn cost(target: View<'_>) -> usize {
        let asked = target.entries();
        let written = asked
            .filter(|(key, _)| !key.ends_with("Selector"))
            .filter_map(|(_, value)| value.raw());
        let patterns: usize = written.filter(|text| !is_word(text)).map(str::len).sum();
        patterns.saturating_mul(32)
    }

    /// Whether an object is one of those, by what it is called or was called on the way.
    pub(super) fn selects(&self, object: &Object) -> bool {
        let (group, version) = object.group_and_version();
        let named = object.names().any(|name| {
            let namespace = match name.namespace.as_str() {
                "" => "default",
                namespace => namespace,
            };
            matches(self.name.as_ref(), &name.name) && matches(self.namespace.as_ref(), namespace)
        });
        named
            && matches(self.group.as_ref(), group)
            && matches(self.version.as_ref(), version)
            && matches(self.kind.as_ref(), object.kind())
            && meets(object, "labels", &self.labels)
            && meets(object, "annotations", &self.annotations)
    }
}

/// The most bytes that a regular expression may come to.
const MAX_PATTERN: usize = 1 << 18;

/// What a word must be.
#[derive(Debug)]
enum Pattern {
    /// This one.
    Word(String),
    /// One that matches from its first character to its last.
    Regex(Regex),
}

impl Pattern {
    fn of(text: &str) -> Option<Self> {
        if is_word(text) {
            return Some(Self::Word(text.to_owned()));
        }
        let mut builder = RegexBuilder::new(&format!("^(?:{text})$"));
        let regex = builder.size_limit(MAX_PATTERN).build();
        regex.ok().map(Self::Regex)
    }

    fn matches(&self, word: &str) -> bool {
        match self {
            Self::Word(text) => text == word,
            Self::Regex(regex) => regex.is_match(word),
        }
    }
}

/// Whether a pattern matches nothing but itself.
fn is_word(pattern: &str) -> bool {
    pattern
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

fn pattern(target: View<'_>, key: &str) -> Result<Option<Pattern>, (NodeId, String)> {
    let Some(view) = target.get(key) else {
        return Ok(None);
    };
    let Some(text) = view.raw().filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    Pattern::of(text).map(Some).ok_or_else(|| {
        let message = format!(
            "`{}` is not a regular expression, or comes to too much",
            text.escape_debug()
        );
        (view.id(), message)
    })
}

fn matches(pattern: Option<&Pattern>, word: &str) -> bool {
    pattern.is_none_or(|pattern| pattern.matches(word))
}

fn meets(object: &Object, key: &str, requirements: &[Requirement]) -> bool {
    let written = object.draft.at(&["metadata", key]);
    requirements.iter().all(|requirement| {
        let value = written
            .and_then(|written| written.get(&requirement.key))
            .and_then(Draft::raw);
        requirement.is_met_by(value)
    })
}

impl Requirement {
    fn is_met_by(&self, value: Option<&str>) -> bool {
        let is_one = match (&self.values, value) {
            (_, None) => false,
            (None, Some(_)) => true,
            (Some(values), Some(value)) => values.iter().any(|one| one == value),
        };
        is_one == self.wanted
    }

    /// `app=web`, `app!=web`, `app`, `!app`, `app in (web, api)`, `app notin (web, api)`.
    fn of(text: &str) -> Self {
        let text = text.trim();
        let listed = |list: &str| -> Vec<String> {
            let list = list.trim().trim_start_matches('(').trim_end_matches(')');
            list.split(',')
                .map(|value| value.trim().to_owned())
                .collect()
        };
        let (key, values, wanted) = if let Some((key, list)) = text.split_once(" notin ") {
            (key, Some(listed(list)), false)
        } else if let Some((key, list)) = text.split_once(" in ") {
            (key, Some(listed(list)), true)
        } else if let Some((key, value)) = text.split_once("!=") {
            (key, Some(vec![value.trim().to_owned()]), false)
        } else if let Some((key, value)) = text.split_once('=') {
            let value = value.trim_start_matches('=').trim();
            (key, Some(vec![value.to_owned()]), true)
        } else if let Some(key) = text.strip_prefix('!') {
            (key, None, false)
        } else {
            (text, None, true)
        };
        Self {
            key: key.trim().to_owned(),
            values,
            wanted,
        }
    }
}

/// Requirements with commas between them; those within parentheses belong to a list.
fn requirements(text: &str) -> Vec<Requirement> {
    let mut depth = 0_u32;
    let separates = |character: char| {
        match character {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        character == ',' && depth == 0
    };
    let parts = text.split(separates);
    parts
        .filter(|part| !part.trim().is_empty())
        .map(Requirement::of)
        .collect()
}
