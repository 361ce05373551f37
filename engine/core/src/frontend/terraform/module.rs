//! Modules: what each file of a folder declares together, and the modules that it calls.

mod body;
mod document;
mod folder;
mod instances;
mod names;
mod region;
mod scope;
mod tags;

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use plumbline_rego::Value;
use rayon::prelude::*;

use super::{REGIONS, platform};
use crate::frontend::Reading;
use crate::parse::Document;
use crate::problem::Problem;
use crate::resource::{Format, Resource, ResourceId};
use crate::source::{FileId, Span};
use crate::tree::{Builder, Kind, NodeId, Origin, Typing, View};
use folder::{Folder, Folders, local};
use instances::{MAX_INSTANCES, instances};
use region::{Region, Regions, handed, region, regions};
use scope::{Instance, Iterators, Names, given};
use tags::default_tags;

/// The most resources that the modules of one root come to.
const MAX_RESOURCES: usize = 20_000;
/// The most uses of modules that one root comes to: modules may call each other twice, and those as well.
const MAX_MODULES: usize = 20_000;
/// The most values that the resources of one root come to.
const MAX_VALUES: usize = 2_000_000;
/// How deep modules may call each other.
const MAX_DEPTH: usize = 64;

/// Reads the modules that no other one calls, and from there those that they call. Beside files that are `whole`, none
/// of their module is missing.
pub(super) fn read(documents: &[&Document], whole: &BTreeSet<FileId>, reading: &mut Reading) {
    let folders = folder::folders(documents, whole);
    let problems: Vec<Vec<Problem>> = folders
        .par_iter()
        .map(|(_, folder)| names::check(folder))
        .collect();
    reading.problems.extend(problems.into_iter().flatten());
    let called = folder::called(&folders);
    let roots: Vec<&String> = folders
        .keys()
        .filter(|path| !called.contains(*path))
        .collect();
    let read: Vec<Root> = roots
        .par_iter()
        .map(|path| Root::read(path, &folders))
        .collect();
    let mut reached = BTreeSet::new();
    for root in read {
        reached.extend(root.reached);
        take(root.reading, reading);
    }
    // Modules that only call each other belong to no root.
    for path in called.iter().filter(|path| folders.contains_key(*path)) {
        if !reached.contains(path) {
            let root = Root::read(path, &folders);
            reached.extend(root.reached);
            take(root.reading, reading);
        }
    }
}

fn take(mut from: Reading, reading: &mut Reading) {
    reading.resources.append(&mut from.resources);
    reading.problems.append(&mut from.problems);
}

/// What a module that no other one calls comes to.
struct Root {
    reading: Reading,
    /// The folders of the modules that were read for it.
    reached: BTreeSet<String>,
}

impl Root {
    fn read(path: &str, folders: &Folders<'_>) -> Self {
        let mut reading = Reading::default();
        let mut reader = Reader {
            folders,
            reading: &mut reading,
            declared: Vec::new(),
            builder: Builder::computed(),
            reached: BTreeSet::new(),
            default_tags: Vec::new(),
            regions: Vec::new(),
            documents: 0,
            modules: 0,
            is_full: false,
        };
        if let Some(folder) = folders.get(path) {
            reader.root(path, folder);
        }
        let reached = reader.reached;
        Self { reading, reached }
    }
}

/// A resource that was written into the tree of its root.
struct Declared {
    address: String,
    kind: String,
    file: FileId,
}

struct Reader<'a, 'r> {
    folders: &'a Folders<'a>,
    reading: &'r mut Reading,
    declared: Vec<Declared>,
    builder: Builder,
    /// The folders that were read.
    reached: BTreeSet<String>,
    /// What the root's provider of AWS gives every resource that has tags: a key, its value where it is known, where
    /// it is written.
    default_tags: Vec<(&'a str, Option<Value>, View<'a>)>,
    /// The regions of resources that have theirs of a provider, by address.
    regions: Vec<(String, Region<'a>)>,
    /// How many bytes the documents came to that texts stand for.
    documents: usize,
    /// How many uses of modules were read.
    modules: usize,
    /// Whether it was said that there are too many of them, or of resources.
    is_full: bool,
}

impl<'a> Reader<'a, '_> {
    /// A root with everything that it calls, in one tree by address.
    fn root(&mut self, path: &str, folder: &'a Folder<'a>) {
        let Some(first) = folder.files.first() else {
            return;
        };
        self.builder = Builder::computed();
        self.declared.clear();
        self.builder.open(Kind::Mapping, first.origin());
        let mut arguments = BTreeMap::new();
        for (name, value) in folder.values.iter().flat_map(|values| values.entries()) {
            arguments.insert(name.to_owned(), Some(value.value()));
        }
        let mut instance = Instance {
            folder,
            path: path.to_owned(),
            prefix: String::new(),
            arguments,
            stack: vec![path.to_owned()],
            locals: RefCell::default(),
            documents: RefCell::default(),
            depth: Cell::default(),
            regions: Regions::new(),
        };
        instance.regions = regions(&instance, Regions::new());
        self.default_tags = default_tags(&instance);
        self.instance(&instance);
        self.put_regions();
        self.builder.close();
        self.keep_texts();
        let builder = std::mem::replace(&mut self.builder, Builder::computed());
        let tree = Arc::new(builder.finish());
        let root = tree.view(NodeId::ROOT, Typing::Json);
        let folder = if path.is_empty() { "." } else { path };
        for (declared, (_, body)) in self.declared.drain(..).zip(root.entries()) {
            let platform = platform(&declared.kind);
            self.reading.resources.push(Resource {
                id: ResourceId::new([platform.as_str(), folder, &declared.address]),
                platform,
                format: Format::Terraform,
                kind: declared.kind,
                namespace: None,
                name: declared.address,
                file: declared.file,
                tree: Arc::clone(&tree),
                root: body.id(),
                typing: Typing::Json,
            });
        }
    }

    /// The texts of the modules that were read, so that what is written in them can be edited.
    fn keep_texts(&mut self) {
        let folders = self.reached.iter();
        let folders = folders.filter_map(|path| self.folders.get(path));
        let texts = folders.flat_map(|folder| &folder.texts);
        let texts = texts.map(|&(file, text)| (file, Arc::clone(text)));
        self.builder.keep_texts(texts.collect());
    }

    /// The regions of resources, behind the resources.
    fn put_regions(&mut self) {
        let Some((_, (_, first))) = self.regions.first() else {
            return;
        };
        self.builder
            .key(REGIONS)
            .open(Kind::Mapping, first.origin());
        for (address, (value, written)) in self.regions.drain(..) {
            self.builder.key_as(&address, written.key_span());
            match value {
                Some(value) => self.builder.value(&value, written.origin()),
                None => self.builder.graft(written),
            }
        }
        self.builder.close();
    }

    fn instance(&mut self, instance: &Instance<'a>) {
        self.reached.insert(instance.path.clone());
        for (kind, named) in instance.folder.labelled("resource") {
            for (name, body) in named.entries() {
                self.resource(instance, kind, name, body);
            }
        }
        for (name, call) in instance.folder.calls() {
            self.call(instance, name, call);
        }
    }

    fn resource(&mut self, instance: &Instance<'a>, kind: &str, name: &str, body: View<'a>) {
        let address = format!("{}{kind}.{name}", instance.prefix);
        for (suffix, names) in self.instances(instance, body) {
            if self.declared.len() >= MAX_RESOURCES {
                return self.full(body, MAX_RESOURCES, "resources");
            }
            if self.builder.tree().len() > MAX_VALUES {
                return self.full(body, MAX_VALUES, "values");
            }
            let address = format!("{address}{suffix}");
            let file = match body.origin() {
                Origin::Span(span) => span.file,
                _ => FileId(0),
            };
            self.builder.key_as(&address, body.key_span());
            let scope = Names { instance, names };
            if kind.starts_with("aws_") && !self.default_tags.is_empty() {
                self.tagged(body, &scope);
            } else {
                self.put(body, &scope, 0);
            }
            let own = body.get("region").filter(|own| !own.is_null());
            if let (None, Some(region)) = (own, region(&instance.regions, kind, body)) {
                self.regions.push((address.clone(), region.clone()));
            }
            self.declared.push(Declared {
                address,
                kind: kind.to_owned(),
                file,
            });
        }
    }

    /// A module in another folder of what is read; one that comes from elsewhere is said.
    fn call(&mut self, instance: &Instance<'a>, name: &str, call: View<'a>) {
        let source = call.get("source").and_then(View::raw).unwrap_or_default();
        let path = local(&instance.path, source);
        let Some((path, folder)) = path.and_then(|path| {
            let folder = self.folders.get(&path)?;
            Some((path, folder))
        }) else {
            let place = call.get("source").unwrap_or(call);
            let span = place.key_span().or(call.key_span());
            self.reading.problems.extend(span.map(|span| {
                Problem::warning(
                    span,
                    format!("the module `{}` was not read", source.escape_debug()),
                )
                .help(
                    "it is not among the files given; check what it declares on its own, or a plan",
                )
            }));
            return;
        };
        if instance.stack.contains(&path) || instance.stack.len() > MAX_DEPTH {
            self.say(call, format!("the module `{name}` calls itself"));
            return;
        }
        for (suffix, names) in self.instances(instance, call) {
            if self.modules >= MAX_MODULES {
                return self.full(call, MAX_MODULES, "modules");
            }
            self.modules += 1;
            let scope = Names { instance, names };
            let mut arguments = BTreeMap::new();
            let mut documents = BTreeMap::new();
            for (key, value) in call.entries().filter(|(key, _)| !META.contains(key)) {
                let said = self.document(value, &scope);
                let argument = match &said {
                    Some(said) => Some(Value::string(&self.encode(said))),
                    None => given(value, &scope, 0),
                };
                arguments.insert(key.to_owned(), argument);
                documents.extend(said.map(|said| (format!("var.{key}"), Some(said))));
            }
            let mut stack = instance.stack.clone();
            stack.push(path.clone());
            let mut called = Instance {
                folder,
                path: path.clone(),
                prefix: format!("{}module.{name}{suffix}.", instance.prefix),
                arguments,
                stack,
                locals: RefCell::default(),
                documents: RefCell::new(documents),
                depth: Cell::default(),
                regions: Regions::new(),
            };
            called.regions = regions(&called, handed(&instance.regions, call));
            self.instance(&called);
        }
    }

    /// The instances of a block. Those that are not read are said.
    fn instances(&mut self, instance: &Instance<'a>, block: View<'a>) -> Vec<(String, Iterators)> {
        let (instances, count) = instances(instance, block);
        self.bounded(block, count);
        instances
    }

    /// Says that there are more elements than are read.
    fn bounded(&mut self, at: View<'_>, count: usize) {
        if count > MAX_INSTANCES {
            self.say(
                at,
                format!("{count} instances, of which {MAX_INSTANCES} were read"),
            );
        }
    }

    /// Says once that a root comes to more than is read.
    fn full(&mut self, at: View<'_>, most: usize, what: &str) {
        if !self.is_full {
            self.is_full = true;
            self.say(at, format!("more than {most} {what} from one root"));
        }
    }

    fn say(&mut self, at: View<'_>, message: String) {
        let span = at.key_span();
        self.reading
            .problems
            .extend(span.map(|span: Span| Problem::error(span, message)));
    }
}

/// Arguments of a module or resource that are Terraform's own.
const META: &[&str] = &[
    "source",
    "version",
    "count",
    "for_each",
    "providers",
    "depends_on",
];
