//! Building kustomizations: resources are gathered, folder by folder, and changed on the way.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use super::draft::Draft;
use super::files::{Files, Found, Kustomization};
use super::object::Object;
use super::{images, is_kustomization, labels, names};
use crate::frontend::{Reading, Recognition, is_empty, kubernetes};
use crate::parse::{Document, Notation};
use crate::problem::{Place, Problem};
use crate::resource::{Format, Resource};
use crate::source::{FileId, Span};
use crate::tree::{Builder, NodeId, View};

/// The most values that one root may come to, with all that it stands on.
const MAX_OF_ROOT: usize = 200_000;

/// The most values that all roots may come to.
const MAX_OF_RUN: usize = 2_000_000;

/// How deep kustomizations may stand on each other.
const MAX_DEPTH: usize = 64;

/// Builds kustomizations from the files that were read.
pub(super) struct Build<'a, 'r> {
    files: &'r Files<'a>,
    reading: &'r mut Reading,
    /// The files whose objects are judged as they are built.
    pub(super) consumed: BTreeSet<FileId>,
    /// The folders whose kustomizations were built, or are a part of one that was.
    pub(super) reached: BTreeSet<String>,
    /// The objects of files that were read already.
    loaded: BTreeMap<String, Vec<Object>>,
    /// What was said: a base that several stand on says it once.
    said: HashSet<(Option<Span>, String)>,
    /// How many values may still come of this root.
    left: usize,
    /// Whether this root came to more: then nothing of it is judged.
    is_too_much: bool,
    /// How many may still come of the other ones.
    left_of_run: usize,
}

impl<'a, 'r> Build<'a, 'r> {
    pub(super) fn new(files: &'r Files<'a>, reading: &'r mut Reading) -> Self {
        Self {
            files,
            reading,
            consumed: BTreeSet::new(),
            reached: BTreeSet::new(),
            loaded: BTreeMap::new(),
            said: HashSet::new(),
            left: 0,
            is_too_much: false,
            left_of_run: MAX_OF_RUN,
        }
    }

    /// Builds a kustomization that no other one stands on.
    pub(super) fn root(&mut self, of: &Kustomization<'a>) {
        let allowed = MAX_OF_ROOT.min(self.left_of_run);
        self.left = allowed;
        self.is_too_much = false;
        let objects = self.accumulate(of, &mut Vec::new(), Vec::new());
        self.left_of_run -= allowed - self.left;
        if self.is_too_much {
            return;
        }
        for object in objects.iter().filter(|object| !object.is_local()) {
            self.finish(object);
        }
    }

    pub(super) fn files(&self) -> &'r Files<'a> {
        self.files
    }

    pub(super) fn left(&self) -> usize {
        self.left
    }

    /// Takes values off what may still come. False if there are too many.
    pub(super) fn spend(&mut self, values: usize, of: &Kustomization<'a>, at: NodeId) -> bool {
        match self.left.checked_sub(values) {
            Some(left) => {
                self.left = left;
                true
            }
            None => {
                self.is_too_much = true;
                self.refuse(
                    of,
                    at,
                    "kustomizations that come to too much to be judged",
                    "nothing of its root was judged: check the roots one by one",
                );
                false
            }
        }
    }

    pub(super) fn say(&mut self, problem: Problem) {
        let place = match problem.place {
            Place::Span(span) => Some(span),
            Place::File(_) | Place::Nowhere => None,
        };
        if self.said.insert((place, problem.message.clone())) {
            self.reading.problems.push(problem);
        }
    }

    pub(super) fn refuse(&mut self, of: &Kustomization<'a>, at: NodeId, message: &str, help: &str) {
        self.refuse_at(of.tree().place(at), message, help);
    }

    pub(super) fn refuse_at(&mut self, place: Option<Span>, message: &str, help: &str) {
        if let Some(place) = place {
            self.say(Problem::error(place, message).help(help));
        }
    }

    pub(super) fn warn(&mut self, of: &Kustomization<'a>, at: NodeId, message: &str, help: &str) {
        if let Some(place) = of.tree().place(at) {
            self.say(Problem::warning(place, message).help(help));
        }
    }

    pub(super) fn was_not_read(&mut self, of: &Kustomization<'a>, path: View<'a>) {
        let written = path.raw().unwrap_or_default().escape_debug();
        let message = format!("`{written}` is elsewhere, and was not read");
        let help = "what it adds was not judged: check what kustomize builds, or a copy of it";
        self.warn(of, path.id(), &message, help);
    }

    pub(super) fn is_missing(&mut self, of: &Kustomization<'a>, path: View<'a>) {
        let written = path.raw().unwrap_or_default().escape_debug();
        let message = format!("`{written}` is not among the files that were read");
        let help = "correct the path, or check a folder that holds both";
        self.refuse(of, path.id(), &message, help);
    }

    /// Files whose objects are judged as they are built, not as they are written.
    pub(super) fn consume(&mut self, documents: &[Document]) {
        let files = documents.iter().map(|document| document.file);
        self.consumed.extend(files);
    }

    /// The objects that a kustomization comes to. A component is given those that are there already.
    fn accumulate(
        &mut self,
        of: &Kustomization<'a>,
        stack: &mut Vec<String>,
        mut objects: Vec<Object>,
    ) -> Vec<Object> {
        if self.is_too_much {
            return objects;
        }
        let cost = of.tree().len();
        if stack.len() >= MAX_DEPTH || !self.spend(cost, of, NodeId::ROOT) {
            self.refuse(
                of,
                NodeId::ROOT,
                "kustomizations that come to too much to be judged",
                "what this one adds was left out",
            );
            return objects;
        }
        self.consumed.insert(of.document.file);
        self.reached.insert(of.folder.clone());
        self.check_fields(of);
        self.check_documents(of);
        stack.push(of.folder.clone());
        let mut known: HashSet<String> = objects.iter().filter_map(Object::identity).collect();
        for path in of.items("resources").chain(of.items("bases")) {
            let more = self.resource(of, path, stack);
            self.absorb(of, path, more, &mut known, &mut objects);
        }
        self.generate(of, &mut known, &mut objects);
        for path in of.items("components") {
            objects = self.component(of, path, stack, objects);
        }
        stack.pop();
        self.transform(of, &mut objects);
        objects
    }

    /// What a path of `resources` adds: the objects of a file, or what another kustomization comes to.
    fn resource(
        &mut self,
        of: &Kustomization<'a>,
        path: View<'a>,
        stack: &mut Vec<String>,
    ) -> Vec<Object> {
        let files = self.files;
        match files.find(&of.folder, path.raw().unwrap_or_default()) {
            Found::File(name, documents) => self.load(name, documents, of, path),
            Found::Folder(base) if stack.contains(&base.folder) => {
                self.stands_on_itself(of, path);
                Vec::new()
            }
            Found::Folder(base) if base.is_component() => {
                self.refuse(
                    of,
                    path.id(),
                    "a component among the resources",
                    "name it in `components`",
                );
                Vec::new()
            }
            Found::Folder(base) => self.accumulate(base, stack, Vec::new()),
            Found::Remote => {
                self.was_not_read(of, path);
                Vec::new()
            }
            Found::Missing => {
                self.is_missing(of, path);
                Vec::new()
            }
        }
    }

    /// What the objects become that a component changes.
    fn component(
        &mut self,
        of: &Kustomization<'a>,
        path: View<'a>,
        stack: &mut Vec<String>,
        objects: Vec<Object>,
    ) -> Vec<Object> {
        let files = self.files;
        match files.find(&of.folder, path.raw().unwrap_or_default()) {
            Found::Folder(component) if stack.contains(&component.folder) => {
                self.stands_on_itself(of, path);
            }
            Found::Folder(component) if component.is_component() => {
                return self.accumulate(component, stack, objects);
            }
            Found::Folder(_) => self.refuse(
                of,
                path.id(),
                "a kustomization among the components that is none",
                "write `kind: Component` in it, or name it in `resources`",
            ),
            Found::Remote => self.was_not_read(of, path),
            Found::File(..) | Found::Missing => self.is_missing(of, path),
        }
        objects
    }

    fn stands_on_itself(&mut self, of: &Kustomization<'a>, path: View<'a>) {
        self.refuse(
            of,
            path.id(),
            "kustomizations that stand on each other in a circle",
            "what this path adds was left out",
        );
    }

    /// Adds objects to those that are there. Two of one name are refused by kustomize.
    fn absorb(
        &mut self,
        of: &Kustomization<'a>,
        path: View<'a>,
        more: Vec<Object>,
        known: &mut HashSet<String>,
        objects: &mut Vec<Object>,
    ) {
        for object in more {
            let again = object
                .identity()
                .filter(|identity| !known.insert(identity.clone()));
            match again {
                None => objects.push(object),
                Some(_) => {
                    let Name { kind, name } = Name::of(&object);
                    let message = format!("the {kind} `{name}` is added a second time");
                    let help = "the first one was judged; kustomize refuses both";
                    self.refuse(of, path.id(), &message, help);
                }
            }
        }
    }

    /// The objects of a file. What is wrong with them is said.
    fn load(
        &mut self,
        name: &str,
        documents: &'a [Document],
        of: &Kustomization<'a>,
        path: View<'a>,
    ) -> Vec<Object> {
        let objects = match self.loaded.get(name) {
            Some(objects) => objects.clone(),
            None => {
                self.consume(documents);
                let objects = self.read(documents);
                self.loaded.insert(name.to_owned(), objects.clone());
                objects
            }
        };
        let cost: usize = objects.iter().map(|object| object.draft.size()).sum();
        if self.spend(cost, of, path.id()) {
            objects
        } else {
            Vec::new()
        }
    }

    fn read(&mut self, documents: &[Document]) -> Vec<Object> {
        let mut reading = Reading::default();
        for document in documents.iter().filter(|document| !is_empty(document)) {
            let wrong = |node: NodeId, message: &str| {
                let place = document.tree.place(node);
                place.map(|place| Problem::error(place, message))
            };
            let problem = match (kubernetes::FRONTEND.recognise)(document) {
                _ if is_kustomization(document) => wrong(
                    NodeId::ROOT,
                    "a kustomization among the resources, by its file",
                ),
                Recognition::Yes => {
                    (kubernetes::FRONTEND.read)(document, &mut reading);
                    None
                }
                Recognition::Almost(node, message) => wrong(node, &message),
                Recognition::No => wrong(
                    NodeId::ROOT,
                    "a document among the resources that is no object of Kubernetes",
                ),
            };
            reading.problems.extend(problem);
        }
        for problem in reading.problems {
            self.say(problem);
        }
        let object = |read: Resource| Object::new(Draft::of(&read.tree, read.root), read.file);
        reading.resources.into_iter().map(object).collect()
    }

    /// Changes what was gathered, in the order in which kustomize does.
    fn transform(&mut self, of: &Kustomization<'a>, objects: &mut Vec<Object>) {
        if !self.spend(put_on_all(of, objects), of, NodeId::ROOT) {
            return;
        }
        self.patches(of, objects);
        names::namespace(of, objects);
        names::affixes(of, objects);
        names::refer(objects);
        objects.iter_mut().for_each(Object::remember);
        labels::labels(of, objects);
        labels::annotations(of, objects);
        self.last_patches(of, objects);
        let changes = of.items("images").count() + of.items("replicas").count();
        let size: usize = objects.iter().map(|object| object.draft.size()).sum();
        if !self.spend((changes + 1).saturating_mul(size) / 16, of, NodeId::ROOT) {
            return;
        }
        for node in images::replicas(of, objects) {
            self.refuse(
                of,
                node,
                "replicas of nothing: no object has that name",
                "correct the name, or remove it",
            );
        }
        for node in images::images(of, objects) {
            self.warn(
                of,
                node,
                "an image that no object has",
                "correct the name, or remove it",
            );
        }
    }

    /// Makes a resource of an object.
    fn finish(&mut self, object: &Object) {
        let mut builder = Builder::computed();
        object.draft.write(&mut builder);
        let document = Document {
            tree: Arc::new(builder.finish()),
            file: object.file,
            number: 1,
            notation: Notation::Yaml,
        };
        let mut built = Reading::default();
        kubernetes::read_object(&document, NodeId::ROOT, &mut built);
        for problem in built.problems {
            self.say(problem);
        }
        let built = built.resources.into_iter().map(|resource| Resource {
            format: Format::Kustomize,
            ..resource
        });
        self.reading.resources.extend(built);
    }
}

/// What it costs to find every object by the names that it had, and to label it. Each label is looked for among those
/// that were put.
fn put_on_all(of: &Kustomization<'_>, objects: &[Object]) -> usize {
    let names: usize = objects.iter().map(|object| object.names().count()).sum();
    let labels = labels::count(of);
    let searched = labels.saturating_mul(1 + labels / 64);
    names.saturating_add(searched.saturating_mul(objects.len()))
}

/// What messages call an object.
struct Name {
    kind: String,
    name: String,
}

impl Name {
    fn of(object: &Object) -> Self {
        Self {
            kind: object.kind().escape_debug().to_string(),
            name: object.current().name.escape_debug().to_string(),
        }
    }
}
