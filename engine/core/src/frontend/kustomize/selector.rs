//! The target of a patch: which objects it is laid over.

use regex::Regex;

use super::draft::Draft;
use super::object::Object;
use crate::tree::{NodeId, View};

/// What an object must be. What is not asked is none.
#[derive(Debug, Default)]
pub(super) struct Selector {
    group: Option<Regex>,
    version: Option<Regex>,
    kind: Option<Regex>,
    name: Option<Regex>,
    namespace: Option<Regex>,
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

impl Selector {
    /// Reads a target. What is wrong with it stands at a node.
    pub(super) fn of(target: View<'_>) -> Result<Self, (NodeId, String)> {
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

/// A pattern must match the whole of a word.
fn pattern(target: View<'_>, key: &str) -> Result<Option<Regex>, (NodeId, String)> {
    let Some(view) = target.get(key) else {
        return Ok(None);
    };
    let Some(text) = view.raw().filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    let pattern = Regex::new(&format!("^(?:{text})$")).ok();
    pattern.map(Some).ok_or_else(|| {
        let message = format!("`{}` is not a regular expression", text.escape_debug());
        (view.id(), message)
    })
}

fn matches(pattern: Option<&Regex>, word: &str) -> bool {
    pattern.is_none_or(|pattern| pattern.is_match(word))
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
