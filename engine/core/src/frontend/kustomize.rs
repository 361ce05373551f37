//! Kustomize: what a kustomization builds from the files that were read.
//!
//! Objects that a kustomization gathers are judged as they are built, once for each root: a kustomization that no other
//! one stands on. Every value keeps the bytes that set it: what a patch says points into the patch, an image that is
//! renamed into the kustomization, and everything else to where the base says it.

mod build;
mod draft;
mod fields;
pub(super) mod files;
mod generate;
mod images;
mod inline;
mod labels;
mod merge;
mod names;
mod object;
mod operation;
mod patch;
mod selector;

use std::collections::BTreeSet;

use self::build::Build;
use self::files::{Files, Found, Kustomization};
use super::shape::KUSTOMIZATION;
use super::{Frontend, Reading, Recognition, kubernetes};
use crate::parse::{Document, Notation};
use crate::resource::Format;
use crate::source::FileId;
use crate::tree::{NodeId, Typing, View};

/// A kustomization alone declares nothing: it is built together with the files that it names.
pub(super) const FRONTEND: Frontend = Frontend {
    formats: &[Format::Kustomize],
    notations: &[Notation::Yaml],
    recognise: |document| {
        if is_kustomization(document) {
            Recognition::Yes
        } else {
            Recognition::No
        }
    },
    read: |_, _| {},
    entities: kubernetes::FRONTEND.entities,
};

/// The names of the files that kustomize reads.
const NAMES: &[&str] = &["kustomization.yaml", "kustomization.yml", "Kustomization"];

/// Fields that change what is built, and are not read.
const UNREAD: &[&str] = &[
    "configurations",
    "crds",
    "generators",
    "helmChartInflationGenerator",
    "helmCharts",
    "helmGlobals",
    "openapi",
    "replacements",
    "transformers",
    "validators",
    "vars",
];

/// Builds the kustomizations among files, each given by its path. Returns the files that were a part of it: they are
/// not to be judged as they are written.
pub(super) fn build(files: &[(String, &[Document])], reading: &mut Reading) -> BTreeSet<FileId> {
    let files = Files::new(files, &mut reading.problems);
    let used = used(&files);
    let mut build = Build::new(&files, reading);
    let is_root = |one: &&Kustomization<'_>| !used.contains(&one.folder) && !one.is_component();
    for root in files.kustomizations().filter(is_root) {
        build.root(root);
    }
    // Those that only stand on each other belong to no root; a component that nobody uses changes nothing.
    for rest in files.kustomizations() {
        if build.reached.contains(&rest.folder) {
            continue;
        }
        if rest.is_component() {
            build.warn(
                rest,
                NodeId::ROOT,
                "a component that no kustomization uses",
                "it was not built; what it adds was judged as it is written",
            );
        } else {
            build.root(rest);
        }
    }
    build.consumed
}

/// The folders that other kustomizations stand on.
fn used(files: &Files<'_>) -> BTreeSet<String> {
    let mut used = BTreeSet::new();
    for one in files.kustomizations() {
        for key in ["resources", "bases", "components"] {
            for path in one.items(key).filter_map(View::raw) {
                if let Found::Folder(base) = files.find(&one.folder, path) {
                    used.insert(base.folder.clone());
                }
            }
        }
    }
    used
}

/// Whether a file of that path is one that kustomize reads.
pub(super) fn is_kustomization_name(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    NAMES.contains(&name)
}

/// A kustomization says so, or else is called like one and has a field of one. Flux has a kind of the same name in a
/// group of its own, which is an object like any other.
fn is_kustomization(document: &Document) -> bool {
    let root = document.tree.view(NodeId::ROOT, Typing::Kubernetes);
    let word = |key: &str| root.get(key).and_then(View::raw);
    let version = word("apiVersion");
    let is_ours = version.is_none_or(|version| version.starts_with("kustomize.config.k8s.io/"));
    let is_kind = |kind: &str| matches!(kind, "Kustomization" | "Component");
    match word("kind") {
        Some(kind) if version.is_some() => is_ours && is_kind(kind),
        kind => {
            let path = document.tree.source().map_or("", |source| source.name());
            let has_field = |(key, _): (&str, View<'_>)| {
                KUSTOMIZATION.iter().any(|(field, _)| *field == key) || UNREAD.contains(&key)
            };
            is_ours
                && kind.is_none_or(is_kind)
                && is_kustomization_name(path)
                && root.entries().any(has_field)
        }
    }
}
