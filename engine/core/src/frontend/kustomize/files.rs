//! The files that were read, by their paths, and what a kustomization means by the paths that it writes.

use std::collections::BTreeMap;

use super::{is_kustomization, is_kustomization_name};
use crate::parse::Document;
use crate::problem::Problem;
use crate::tree::{NodeId, Tree, Typing, View};

/// A kustomization, and the folder that it stands for.
#[derive(Debug, Clone)]
pub(super) struct Kustomization<'a> {
    pub(super) folder: String,
    pub(super) document: &'a Document,
    /// What stands in its file beside it, but for another kustomization.
    pub(super) beside: Vec<&'a Document>,
}

impl<'a> Kustomization<'a> {
    pub(super) fn tree(&self) -> &'a Tree {
        &self.document.tree
    }

    pub(super) fn root(&self) -> View<'a> {
        self.tree().view(NodeId::ROOT, Typing::Kubernetes)
    }

    /// The elements of a list at the root.
    pub(super) fn items(&self, key: &str) -> impl Iterator<Item = View<'a>> + use<'a> {
        self.root().get(key).into_iter().flat_map(View::items)
    }

    /// A text at the root that is not empty.
    pub(super) fn text(&self, key: &str) -> Option<(&'a str, View<'a>)> {
        let view = self.root().get(key)?;
        let text = view.raw().filter(|text| !text.is_empty())?;
        Some((text, view))
    }

    /// A component changes what others gather, and is built by nobody on its own.
    pub(super) fn is_component(&self) -> bool {
        self.text("kind").map(|(kind, _)| kind) == Some("Component")
    }
}

/// What was read.
#[derive(Debug, Default)]
pub(super) struct Files<'a> {
    documents: BTreeMap<String, &'a [Document]>,
    kustomizations: BTreeMap<String, Kustomization<'a>>,
}

/// What a path leads to.
#[derive(Debug, Clone, Copy)]
pub(super) enum Found<'f, 'a> {
    /// A file.
    File(&'f str, &'a [Document]),
    /// A folder with a kustomization.
    Folder(&'f Kustomization<'a>),
    /// A place that nobody asked here: a repository, an address.
    Remote,
    /// Nothing that was read.
    Missing,
}

/// What only the path of something elsewhere has.
const REMOTE: &[&str] = &["://", "?ref=", "?version="];

/// How the path of something elsewhere may begin.
const HOSTS: &[&str] = &[
    "git@",
    "git::",
    "github.com/",
    "gitlab.com/",
    "bitbucket.org/",
];

impl<'a> Files<'a> {
    pub(super) fn new(files: &[(String, &'a [Document])], problems: &mut Vec<Problem>) -> Self {
        let mut all = Self::default();
        for (path, documents) in files {
            let (path, documents): (String, &'a [Document]) = (normal(path), documents);
            let kustomizations = documents.iter().filter(|one| is_kustomization(one));
            for document in kustomizations {
                let others = documents.iter().filter(|one| !is_kustomization(one));
                all.kustomization(&path, document, others.collect(), problems);
            }
            all.documents.insert(path, documents);
        }
        all
    }

    fn kustomization(
        &mut self,
        path: &str,
        document: &'a Document,
        beside: Vec<&'a Document>,
        problems: &mut Vec<Problem>,
    ) {
        let place = document.tree.place(NodeId::ROOT);
        if !is_kustomization_name(path) {
            let message = "a kustomization that kustomize does not read";
            let warning = place.map(|place| Problem::warning(place, message));
            problems.extend(warning.map(|warning| {
                warning.help("it was not judged; call the file `kustomization.yaml`")
            }));
            return;
        }
        let folder = folder(path).to_owned();
        if self.kustomizations.contains_key(&folder) {
            let message = "a second kustomization of one folder";
            let error = place.map(|place| Problem::error(place, message));
            problems.extend(error.map(|error| error.help("the first one was judged; remove one")));
            return;
        }
        let kustomization = Kustomization {
            folder: folder.clone(),
            document,
            beside,
        };
        self.kustomizations.insert(folder, kustomization);
    }

    /// Every kustomization in order of folders.
    pub(super) fn kustomizations(&self) -> impl Iterator<Item = &Kustomization<'a>> {
        self.kustomizations.values()
    }

    /// What a path leads to that is written in a folder.
    pub(super) fn find(&self, from: &str, written: &str) -> Found<'_, 'a> {
        let path = if from.is_empty() || written.starts_with('/') {
            normal(written)
        } else {
            normal(&format!("{from}/{written}"))
        };
        if let Some((path, documents)) = self.documents.get_key_value(&path) {
            return Found::File(path, documents);
        }
        match self.kustomizations.get(&path) {
            Some(kustomization) => Found::Folder(kustomization),
            None if is_remote(written) => Found::Remote,
            None => Found::Missing,
        }
    }
}

fn is_remote(written: &str) -> bool {
    REMOTE.iter().any(|mark| written.contains(mark))
        || HOSTS.iter().any(|host| written.starts_with(host))
}

/// The folder of a file; empty for one without.
pub(in crate::frontend) fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// A path without `.`, and without `..` where what it leaves is known.
pub(in crate::frontend) fn normal(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            name => parts.push(name),
        }
    }
    let absolute = if path.starts_with('/') { "/" } else { "" };
    format!("{absolute}{}", parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::normal;

    #[test]
    fn a_path_is_brought_into_its_shortest_form() {
        for (path, expected) in [
            ("./a/b.yaml", "a/b.yaml"),
            ("over/prod/../../base", "base"),
            ("a/../../b", "../b"),
            ("../../b/", "../../b"),
            ("/a/../b", "/b"),
            (".", ""),
        ] {
            assert_eq!(normal(path), expected, "{path}");
        }
    }
}
