//! Strategic merge patches: a patch laid over an object, where the lists that Kubernetes keeps by a key are merged item
//! by item, and all other lists replaced.

use std::collections::{HashMap, HashSet};

use super::draft::{Content, Draft, Entry};
use super::object::Object;
use crate::problem::Problem;
use crate::source::Span;

/// What is known of an object's lists.
#[derive(Debug, Clone, Copy)]
pub(super) struct Schema {
    is_built_in: bool,
    is_service: bool,
}

/// Lists of Kubernetes' own kinds, and the keys that an item of each is known by.
const KEYED: &[(&str, &[&str])] = &[
    ("containers", &["name"]),
    ("initContainers", &["name"]),
    ("ephemeralContainers", &["name"]),
    ("env", &["name"]),
    ("volumes", &["name"]),
    ("volumeMounts", &["mountPath"]),
    ("volumeDevices", &["devicePath"]),
    ("imagePullSecrets", &["name"]),
    ("resourceClaims", &["name"]),
    ("hostAliases", &["ip"]),
    (
        "topologySpreadConstraints",
        &["topologyKey", "whenUnsatisfiable"],
    ),
    ("secrets", &["name"]),
    ("webhooks", &["name"]),
];

/// Says what becomes of a mapping or an item.
const PATCH: &str = "$patch";

/// What may become of it.
const STRATEGIES: &[&str] = &["delete", "merge", "replace"];

/// What else a patch may say of patching, alone or before the name of a list. Kustomize does not know it.
const DIRECTIVES: &[&str] = &[
    "$retainKeys",
    "$setElementOrder",
    "$deleteFromPrimitiveList",
];

/// What a patch says of patching that is not done.
pub(super) fn problems(patch: &Draft) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut pending = vec![patch];
    while let Some(draft) = pending.pop() {
        pending.extend(draft.items());
        for entry in draft.entries() {
            pending.push(&entry.value);
            let place = entry.place.or(entry.value.span());
            let problem = place.and_then(|place| problem(entry, place));
            problems.extend(problem);
        }
    }
    problems
}

fn problem(entry: &Entry, place: Span) -> Option<Problem> {
    let key = entry.key.as_str();
    let value = entry.value.raw().unwrap_or_default();
    if key == PATCH && !STRATEGIES.contains(&value) {
        let message = format!("`$patch: {}` is no way to patch", value.escape_debug());
        let help = "kustomize refuses the patch; write `delete`, `merge` or `replace`";
        return Some(Problem::error(place, message).help(help));
    }
    if key == PATCH || !is_directive(key) {
        return None;
    }
    let message = format!("`{}` of a patch was not applied", key.escape_debug());
    let help = "the rest of the patch was; check what kustomize builds";
    Some(Problem::warning(place, message).help(help))
}

/// Whether a key of a patch speaks of patching, and is none of the object.
fn is_directive(key: &str) -> bool {
    let name = key.split_once('/').map_or(key, |(name, _)| name);
    key == PATCH || DIRECTIVES.contains(&name)
}

impl Schema {
    pub(super) fn of(object: &Object) -> Self {
        let is_built_in = object.is_built_in();
        let is_core = object.group_and_version().0.is_empty();
        Self {
            is_built_in,
            is_service: is_core && object.kind() == "Service",
        }
    }

    /// The keys that the items of a list are known by; none if it is replaced as a whole.
    fn keys(self, list: &str, items: &[Draft]) -> Option<&'static [&'static str]> {
        if !self.is_built_in {
            return None;
        }
        if list == "ports" {
            let of_container = items.iter().any(|item| item.get("containerPort").is_some());
            return match (of_container, self.is_service) {
                (true, _) => Some(&["containerPort", "protocol"]),
                (false, true) => Some(&["port", "protocol"]),
                (false, false) => None,
            };
        }
        let found = KEYED.iter().find(|(name, _)| *name == list);
        found.map(|(_, keys)| *keys)
    }

    /// Lays a patch over a mapping. False if the patch takes it away.
    pub(super) fn merge(self, base: &mut Draft, patch: &Draft) -> bool {
        match directive(patch) {
            Some("delete") => return false,
            Some("replace") => {
                base.content = cleaned(patch).content;
                return true;
            }
            _ => {}
        }
        let Content::Map(entries) = &mut base.content else {
            *base = cleaned(patch);
            return true;
        };
        self.merge_entries(entries, patch.entries());
        true
    }

    fn merge_entries(self, base: &mut Vec<Entry>, patch: &[Entry]) {
        let mut places: HashMap<String, usize> = base
            .iter()
            .enumerate()
            .map(|(place, entry)| (entry.key.clone(), place))
            .collect();
        let mut removed = HashSet::new();
        for entry in patch.iter().filter(|entry| !is_directive(&entry.key)) {
            let there = places.get(&entry.key).copied();
            match there.and_then(|place| base.get_mut(place)) {
                Some(there) => {
                    if !self.merge_entry(there, entry) {
                        removed.insert(entry.key.as_str());
                    }
                }
                None if takes_away(&entry.value) => {}
                None => {
                    places.insert(entry.key.clone(), base.len());
                    base.push(clean_entry(entry));
                }
            }
        }
        if !removed.is_empty() {
            base.retain(|entry| !removed.contains(entry.key.as_str()));
        }
    }

    /// Lays an entry of a patch over the one that is there. False if the patch takes it away.
    fn merge_entry(self, base: &mut Entry, patch: &Entry) -> bool {
        if takes_away(&patch.value) {
            return false;
        }
        if let (Content::Map(_), Content::Map(_)) = (&base.value.content, &patch.value.content) {
            return self.merge(&mut base.value, &patch.value);
        }
        let patches = patch.value.items();
        let keys = self
            .keys(&patch.key, patches)
            .filter(|_| matches!(patch.value.content, Content::List(_)) && !replaces(patches));
        if let (Some(keys), Content::List(items)) = (keys, &mut base.value.content) {
            self.merge_items(items, patches, keys);
        } else {
            *base = clean_entry(patch);
        }
        true
    }

    /// The items of the patch in their order, each laid over the one that it speaks of, and the others behind them.
    fn merge_items(self, base: &mut Vec<Draft>, patches: &[Draft], keys: &[&str]) {
        let mut left: Vec<Option<Draft>> = base.drain(..).map(Some).collect();
        let mut places: HashMap<Vec<String>, usize> = HashMap::new();
        for (place, item) in left.iter().enumerate() {
            if let Some(known_by) = item.as_ref().and_then(|item| known_by(item, keys)) {
                places.entry(known_by).or_insert(place);
            }
        }
        for patch in patches {
            let place = known_by(patch, keys).and_then(|known_by| places.get(&known_by));
            let there = place.and_then(|place| left.get_mut(*place)?.take());
            match there {
                Some(mut item) => {
                    if self.merge(&mut item, patch) {
                        base.push(item);
                    }
                }
                None if takes_away(patch) => {}
                None => base.push(cleaned(patch)),
            }
        }
        base.extend(left.into_iter().flatten());
    }
}

/// What tells an item from the others of its list. A port without a protocol is one of TCP.
fn known_by(item: &Draft, keys: &[&str]) -> Option<Vec<String>> {
    let mut known_by = Vec::new();
    for key in keys {
        let value = item.get(key).and_then(Draft::raw);
        let default = (*key == "protocol").then_some("TCP");
        known_by.push(value.or(default)?.to_owned());
    }
    Some(known_by)
}

fn directive(patch: &Draft) -> Option<&str> {
    patch.get(PATCH).and_then(Draft::raw)
}

/// Whether a patch of a list begins it anew: one of its items says so, and is nothing else.
fn replaces(patches: &[Draft]) -> bool {
    patches
        .iter()
        .any(|item| directive(item) == Some("replace") && item.entries().len() == 1)
}

fn takes_away(patch: &Draft) -> bool {
    patch.is_null() || directive(patch) == Some("delete")
}

fn clean_entry(patch: &Entry) -> Entry {
    Entry {
        key: patch.key.clone(),
        place: patch.place,
        value: cleaned(&patch.value),
    }
}

/// What a patch adds where nothing is: without what it says of patching, and without what it would take away.
fn cleaned(patch: &Draft) -> Draft {
    let content = match &patch.content {
        Content::Scalar(leaf) => Content::Scalar(leaf.clone()),
        Content::List(items) => {
            let says_nothing = |item: &&Draft| replaces(std::slice::from_ref(*item));
            let added = items
                .iter()
                .filter(|item| !says_nothing(item) && directive(item) != Some("delete"));
            Content::List(added.map(cleaned).collect())
        }
        Content::Map(entries) => {
            let added = entries
                .iter()
                .filter(|entry| !is_directive(&entry.key) && !takes_away(&entry.value));
            Content::Map(added.map(clean_entry).collect())
        }
    };
    Draft {
        origin: patch.origin,
        content,
    }
}
