//! Folders: the files that are one module, and the other folders that they call.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::frontend::aws::identity;
use crate::frontend::terraform::policy_document;
use crate::parse::Document;
use crate::parse::hcl::TEMPLATE;
use crate::source::{FileId, Source};
use crate::tree::{NodeId, Typing, View};

/// The files of one folder.
#[derive(Default)]
pub(super) struct Folder<'a> {
    pub(super) files: Vec<View<'a>>,
    /// What is written in them.
    pub(super) texts: Vec<(FileId, &'a Arc<Source>)>,
    /// Values of variables: `terraform.tfvars`, `*.auto.tfvars`.
    pub(super) values: Vec<View<'a>>,
    /// Variables, locals and documents of policies by their names.
    pub(super) variables: BTreeMap<&'a str, View<'a>>,
    pub(super) locals: BTreeMap<&'a str, View<'a>>,
    pub(super) policies: BTreeMap<&'a str, View<'a>>,
    /// Addresses of policies that data sources look up.
    pub(super) managed: BTreeMap<&'a str, String>,
    /// The files that say anew what others declare: `override.tf`, `*_override.tf`.
    pub(super) overrides: BTreeSet<FileId>,
    /// Whether a file of the folder may not have been read.
    is_partial: bool,
}

impl<'a> Folder<'a> {
    /// Whether every file of the folder was read.
    pub(super) fn is_whole(&self) -> bool {
        !self.is_partial
    }

    /// The blocks of a name by their label.
    pub(super) fn labelled(
        &self,
        name: &'static str,
    ) -> impl Iterator<Item = (&'a str, View<'a>)> + use<'_, 'a> {
        let blocks = self.files.iter().filter_map(move |file| file.get(name));
        blocks.flat_map(View::entries)
    }

    /// The entries of every block of locals.
    pub(super) fn local_values(&self) -> impl Iterator<Item = (&'a str, View<'a>)> + use<'_, 'a> {
        let blocks = self.files.iter().filter_map(|file| file.get("locals"));
        blocks.flat_map(View::items).flat_map(View::entries)
    }

    /// Says what is called how. Of what is declared twice, the first one counts.
    fn name(&mut self) {
        let first = |named: &mut dyn Iterator<Item = (&'a str, View<'a>)>| {
            let mut names = BTreeMap::new();
            for (name, view) in named {
                names.entry(name).or_insert(view);
            }
            names
        };
        let variables = first(&mut self.labelled("variable"));
        let locals = first(&mut self.local_values());
        let policies = first(
            &mut self
                .labelled("data")
                .filter(|(kind, _)| *kind == policy_document::KIND)
                .flat_map(|(_, named)| named.entries()),
        );
        let managed = self
            .labelled("data")
            .filter(|(kind, _)| *kind == "aws_iam_policy")
            .flat_map(|(_, named)| named.entries())
            .filter_map(|(name, block)| Some((name, managed(block)?)))
            .collect();
        self.managed = managed;
        self.variables = variables;
        self.locals = locals;
        self.policies = policies;
    }

    /// The folders that are called as modules, as they are written.
    pub(super) fn calls(&self) -> impl Iterator<Item = (&'a str, View<'a>)> + use<'_, 'a> {
        self.labelled("module")
    }
}

/// The address of the policy that a data source looks up by its address, or by the name of one that AWS manages.
fn managed(block: View<'_>) -> Option<String> {
    let literal = |key| {
        let written = block.get(key)?;
        written.raw().filter(|_| written.tag() != Some(TEMPLATE))
    };
    let arn = literal("arn").map(str::to_owned);
    arn.or_else(|| identity::managed(literal("name")?))
}

pub(super) type Folders<'a> = BTreeMap<String, Folder<'a>>;

/// The folders of documents. Beside those that are `whole`, no file is missing.
pub(super) fn folders<'a>(documents: &[&'a Document], whole: &BTreeSet<FileId>) -> Folders<'a> {
    let mut folders = Folders::new();
    for document in documents {
        let name = document.tree.source().map_or("", |source| source.name());
        let root = document.tree.view(NodeId::ROOT, Typing::Json);
        let folder = folders.entry(parent(name).to_owned()).or_default();
        let own = name.rsplit('/').next().unwrap_or(name);
        if name.ends_with(".tfvars") {
            let is_read = own == "terraform.tfvars" || own.ends_with(".auto.tfvars");
            folder.values.extend(is_read.then_some(root));
        } else {
            folder.files.push(root);
            let text = document.tree.source();
            folder.texts.extend(text.map(|text| (document.file, text)));
            folder.is_partial |= !whole.contains(&document.file);
            if own == "override.tf" || own.ends_with("_override.tf") {
                folder.overrides.insert(document.file);
            }
        }
    }
    folders.values_mut().for_each(Folder::name);
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
