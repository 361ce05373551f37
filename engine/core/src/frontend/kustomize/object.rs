//! An object that a kustomization builds, and what it was called on the way.

use super::draft::Draft;
use crate::source::FileId;

/// An object.
#[derive(Debug, Clone)]
pub(super) struct Object {
    pub(super) draft: Draft,
    /// The text that declares it.
    pub(super) file: FileId,
    /// What it was called so far, the latest name last.
    names: Vec<Name>,
}

/// What an object is called. No namespace and `default` are the same, and empty here.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Name {
    pub(super) name: String,
    pub(super) namespace: String,
}

/// Groups of the API that Kubernetes itself has: only of their kinds is it known which lists have keys, and where other
/// objects are named.
const BUILT_IN: &[&str] = &[
    "",
    "admissionregistration.k8s.io",
    "apiextensions.k8s.io",
    "apiregistration.k8s.io",
    "apps",
    "autoscaling",
    "batch",
    "extensions",
    "networking.k8s.io",
    "policy",
    "rbac.authorization.k8s.io",
    "scheduling.k8s.io",
    "storage.k8s.io",
];

/// An object with this annotation is for other tools, and is not built.
const LOCAL: &str = "config.kubernetes.io/local-config";

impl Object {
    pub(super) fn new(draft: Draft, file: FileId) -> Self {
        let name = name(&draft);
        Self {
            draft,
            file,
            names: vec![name],
        }
    }

    /// A word at the root: `kind`, `apiVersion`.
    pub(super) fn word(&self, key: &str) -> &str {
        self.draft.get(key).and_then(Draft::raw).unwrap_or_default()
    }

    pub(super) fn kind(&self) -> &str {
        self.word("kind")
    }

    /// The group and version of the API; the group of the core is empty.
    pub(super) fn group_and_version(&self) -> (&str, &str) {
        let written = self.word("apiVersion");
        written.split_once('/').unwrap_or(("", written))
    }

    pub(super) fn is_built_in(&self) -> bool {
        BUILT_IN.contains(&self.group_and_version().0)
    }

    pub(super) fn is_local(&self) -> bool {
        let mark = self.draft.at(&["metadata", "annotations", LOCAL]);
        mark.is_some_and(|mark| mark.raw() != Some("false"))
    }

    /// What it is called now.
    pub(super) fn current(&self) -> Name {
        name(&self.draft)
    }

    /// What it was called so far, the latest name first.
    pub(super) fn names(&self) -> impl Iterator<Item = &Name> {
        self.names.iter().rev()
    }

    /// Remembers what it is called now.
    pub(super) fn remember(&mut self) {
        let now = self.current();
        if self.names.last() != Some(&now) {
            self.names.push(now);
        }
    }

    /// What no two objects may share; none for one that the server gives its name.
    pub(super) fn identity(&self) -> Option<String> {
        let Name { name, namespace } = self.current();
        let (version, kind) = (self.word("apiVersion"), self.kind());
        (!name.is_empty()).then(|| format!("{version}/{kind}/{namespace}/{name}"))
    }

    /// Whether another one speaks of it by kind and version; by name, that is a question of when.
    pub(super) fn is_of_kind(&self, draft: &Draft) -> bool {
        ["apiVersion", "kind"]
            .iter()
            .all(|key| draft.get(key).and_then(Draft::raw) == Some(self.word(key)))
    }
}

/// What an object, or a patch of one, says it is called.
pub(super) fn name(draft: &Draft) -> Name {
    let word = |key| draft.at(&["metadata", key]).and_then(Draft::raw);
    let namespace = word("namespace").filter(|namespace| *namespace != "default");
    Name {
        name: word("name").unwrap_or_default().to_owned(),
        namespace: namespace.unwrap_or_default().to_owned(),
    }
}
