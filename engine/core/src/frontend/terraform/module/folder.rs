//! Folders: the files that are one module, and the other folders that they call.

use std::collections::{BTreeMap, BTreeSet};

use crate::parse::Document;
use crate::tree::{NodeId, Typing, View};

/// The files of one folder.
#[derive(Default)]
pub(super) struct Folder<'a> {
    pub(super) files: Vec<View<'a>>,
    /// Values of variables: `terraform.tfvars`, `*.auto.tfvars`.
    pub(super) values: Vec<View<'a>>,
}

impl<'a> Folder<'a> {
    /// The blocks of a name by their label.
    pub(super) fn labelled(
        &self,
        name: &'static str,
    ) -> impl Iterator<Item = (&'a str, View<'a>)> + use<'_, 'a> {
        let blocks = self.files.iter().filter_map(move |file| file.get(name));
        blocks.flat_map(View::entries)
    }

    /// The folders that are called as modules, as they are written.
    pub(super) fn calls(&self) -> impl Iterator<Item = (&'a str, View<'a>)> + use<'_, 'a> {
        self.labelled("module")
    }
}

pub(super) type Folders<'a> = BTreeMap<String, Folder<'a>>;

/// The folders of documents.
pub(super) fn folders<'a>(documents: &[&'a Document]) -> Folders<'a> {
    let mut folders = Folders::new();
    for document in documents {
        let name = document.tree.source().map_or("", |source| source.name());
        let root = document.tree.view(NodeId::ROOT, Typing::Json);
        let folder = folders.entry(parent(name).to_owned()).or_default();
        if name.ends_with(".tfvars") {
            let own = name.rsplit('/').next().unwrap_or(name);
            let is_read = own == "terraform.tfvars" || own.ends_with(".auto.tfvars");
            folder.values.extend(is_read.then_some(root));
        } else {
            folder.files.push(root);
        }
    }
    folders
}

/// The folders that others call as modules.
pub(super) fn called(folders: &Folders<'_>) -> BTreeSet<String> {
    let mut called = BTreeSet::new();
    for (path, folder) in folders {
        let sources = folder
            .calls()
            .filter_map(|(_, call)| call.get("source")?.raw());
        called.extend(sources.filter_map(|source| local(path, source)));
    }
    called
}

/// The folder of a file; empty for one without.
fn parent(name: &str) -> &str {
    name.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// The folder that a local source speaks of.
pub(super) fn local(from: &str, source: &str) -> Option<String> {
    if !source.starts_with("./") && !source.starts_with("../") {
        return None;
    }
    let mut parts: Vec<&str> = from.split('/').filter(|part| !part.is_empty()).collect();
    for part in source.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            name => parts.push(name),
        }
    }
    let absolute = if from.starts_with('/') { "/" } else { "" };
    Some(format!("{absolute}{}", parts.join("/")))
}
