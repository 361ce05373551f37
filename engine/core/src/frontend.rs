//! Documents to resources: one file per format, all listed in one table.
//!
//! A front end recognises a document by its content, types its scalars as the format's own tool would, and says what
//! in it stands for a workload.

mod aws;
mod cloud_init;
mod cloudformation;
mod compose;
mod contract;
mod cycle;
mod environment;
mod kubernetes;
mod kustomize;
mod serverless;
mod shape;
mod shared;
mod systemd;
mod template;
mod terraform;
mod terraform_plan;
pub mod together;
mod words;

use std::collections::BTreeSet;

use crate::estate::{Entity, EntityKind};
use crate::parse::{Document, Notation};
use crate::problem::Problem;
use crate::resource::{Format, Resource};
use crate::source::{FileId, Span};
use crate::tree::NodeId;

/// Every format that is read.
const FRONTENDS: &[Frontend] = &[
    kustomize::FRONTEND,
    kubernetes::FRONTEND,
    cloudformation::FRONTEND,
    serverless::FRONTEND,
    terraform::FRONTEND,
    terraform_plan::FRONTEND,
    compose::FRONTEND,
    systemd::FRONTEND,
    cloud_init::FRONTEND,
    contract::FRONTEND,
];

/// One format.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Frontend {
    /// What it reads.
    pub(crate) formats: &'static [Format],
    /// How its texts are written.
    pub(crate) notations: &'static [Notation],
    /// Whether a document is of this format, and if so, how sure that is.
    pub(crate) recognise: fn(&Document) -> Recognition,
    /// The resources that a document declares.
    pub(crate) read: fn(&Document, &mut Reading),
    /// What a resource is and has, in normalised form.
    pub(crate) entities: fn(&Resource) -> Vec<Entity>,
}

/// What a front end makes of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Recognition {
    /// It is of this format.
    Yes,
    /// It is not.
    No,
    /// It was meant to be, and something is missing: a node and what is wrong with it.
    Almost(NodeId, String),
}

/// What was read from documents.
#[derive(Debug, Default)]
pub struct Reading {
    /// Resources in order of appearance.
    pub resources: Vec<Resource>,
    /// What stood in the way.
    pub problems: Vec<Problem>,
    /// Documents without any content.
    pub empty: usize,
    /// Documents that no format knows, by the place of their first node.
    pub unrecognised: usize,
}

impl Reading {
    /// Reads one document into the rest. True if a front end took it.
    pub fn take(&mut self, document: &Document) -> bool {
        if is_empty(document) {
            self.empty += 1;
            self.problems.extend(systemd::nothing(document));
            return false;
        }
        let marked = template::marked(document);
        let document = marked.as_ref().unwrap_or(document);
        let written = |frontend: &&Frontend| frontend.notations.contains(&document.notation);
        for frontend in FRONTENDS.iter().filter(written) {
            match (frontend.recognise)(document) {
                Recognition::Yes => {
                    (frontend.read)(document, self);
                    let problem = marked.as_ref().and_then(template::problem);
                    self.problems.extend(problem);
                    return true;
                }
                Recognition::Almost(node, message) => {
                    let span = document.tree.place(node);
                    self.problems
                        .extend(span.map(|span| Problem::error(span, message)));
                    return true;
                }
                Recognition::No => {}
            }
        }
        self.unrecognised += 1;
        false
    }
}

impl Reading {
    /// Reads documents that only mean something together: the files of a module, and the modules that it calls.
    /// Files that are `whole` stand in folders of which no file is missing: what none of those declares is not declared.
    pub fn take_together(&mut self, documents: &[&Document], whole: &BTreeSet<FileId>) {
        terraform::read_all(documents, whole, self);
    }

    /// Builds the kustomizations among files, each given by its path. The files that were a part of one are not to be
    /// judged as they are written.
    pub fn build(&mut self, files: &[(String, &[Document])]) -> BTreeSet<FileId> {
        let marked = files.iter().map(|(_, documents)| {
            let marked = documents.iter().map(template::marked);
            let marked: Vec<Option<Document>> = marked.collect();
            let all = marked.iter().zip(*documents);
            let all = all.map(|(marked, document)| marked.as_ref().unwrap_or(document).clone());
            let has_one = marked.iter().any(Option::is_some);
            has_one.then(|| all.collect::<Vec<Document>>())
        });
        let marked: Vec<Option<Vec<Document>>> = marked.collect();
        let files: Vec<(String, &[Document])> = files
            .iter()
            .zip(&marked)
            .map(|((path, documents), marked)| {
                (path.clone(), marked.as_deref().unwrap_or(documents))
            })
            .collect();
        let built = kustomize::build(&files, self);
        let is_built = |document: &&Document| built.contains(&document.file);
        let rendered = marked.iter().flatten().flatten().filter(is_built);
        self.problems.extend(rendered.filter_map(template::problem));
        built
    }

    /// Says which charts of Helm are among files, each given by its path. Returns the files that are templates of one:
    /// they are not to be judged before they are rendered.
    pub fn charts(&mut self, files: &[(&str, FileId)]) -> BTreeSet<FileId> {
        let (templates, problems) = kubernetes::helm::charts(files);
        self.problems.extend(problems);
        templates
    }

    /// Reads one object of Kubernetes that stands inside a document, as an API server sends it.
    pub fn take_object(&mut self, document: &Document, node: NodeId) {
        kubernetes::read_object(document, node, self);
    }
}

/// A second place that findings on a resource name: what it was rendered from.
pub(crate) fn note(resource: &Resource) -> Option<(Span, String)> {
    kubernetes::helm::note(resource)
}

/// What a resource is and has, in normalised form.
pub(crate) fn entities(resource: &Resource) -> Vec<Entity> {
    let frontend = FRONTENDS
        .iter()
        .find(|frontend| frontend.formats.contains(&resource.format));
    frontend
        .map(|frontend| (frontend.entities)(resource))
        .unwrap_or_default()
}

/// The kinds of objects in a cluster that entities of a kind are modelled of, or all of a group.
pub(crate) fn kinds_in_cluster(of: EntityKind) -> Vec<&'static str> {
    kubernetes::kinds_of(of)
}

fn is_empty(document: &Document) -> bool {
    use crate::tree::{Kind, Typing};
    match document.tree.root() {
        None => true,
        Some(root) => match document.tree.kind(root) {
            Kind::Sequence | Kind::Mapping => false,
            _ => document.tree.view(root, Typing::Core).is_null(),
        },
    }
}
