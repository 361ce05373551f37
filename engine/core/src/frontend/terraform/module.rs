//! Modules: what each file of a folder declares together, and the modules that it calls.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use plumbline_rego::Value;
use rayon::prelude::*;

use super::evaluate::{self, Scope};
use super::{functions, partial, platform};
use crate::frontend::Reading;
use crate::parse::Document;
use crate::parse::hcl::TEMPLATE;
use crate::problem::Problem;
use crate::resource::{Format, Resource, ResourceId};
use crate::source::{FileId, Span};
use crate::tree::{Builder, Kind, NodeId, Origin, Typing, View};

/// The most instances that `count` and `for_each` make of one resource.
const MAX_INSTANCES: usize = 200;
/// The most resources that the modules of one root come to.
const MAX_RESOURCES: usize = 20_000;
/// How deep modules may call each other, and values nest.
const MAX_DEPTH: usize = 64;

/// The files of one folder.
#[derive(Default)]
struct Folder<'a> {
    files: Vec<View<'a>>,
    /// Values of variables: `terraform.tfvars`, `*.auto.tfvars`.
    values: Vec<View<'a>>,
}

impl<'a> Folder<'a> {
    /// The blocks of a name by their label.
    fn labelled(
        &self,
        name: &'static str,
    ) -> impl Iterator<Item = (&'a str, View<'a>)> + use<'_, 'a> {
        let blocks = self.files.iter().filter_map(move |file| file.get(name));
        blocks.flat_map(View::entries)
    }

    /// The folders that are called as modules, as they are written.
    fn calls(&self) -> impl Iterator<Item = (&'a str, View<'a>)> + use<'_, 'a> {
        self.labelled("module")
    }
}

type Folders<'a> = BTreeMap<String, Folder<'a>>;

/// Reads the modules that no other one calls, and from there those that they call.
pub(super) fn read(documents: &[&Document], reading: &mut Reading) {
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
    let mut called = BTreeSet::new();
    for (path, folder) in &folders {
        let sources = folder
            .calls()
            .filter_map(|(_, call)| call.get("source")?.raw());
        called.extend(sources.filter_map(|source| local(path, source)));
    }
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
        };
        if let Some(folder) = folders.get(path) {
            reader.root(path, folder);
        }
        let reached = reader.reached;
        Self { reading, reached }
    }
}

/// The tags that a root's provider of AWS gives every resource; one with an alias gives them to those that ask for it.
fn default_tags<'a>(root: &Instance<'a>) -> Vec<(&'a str, Option<Value>, View<'a>)> {
    let scope = Names {
        instance: root,
        names: Iterators::new(),
    };
    let providers = root.folder.labelled("provider");
    let of_aws = providers.filter(|(name, _)| *name == "aws");
    let unnamed = of_aws
        .flat_map(|(_, body)| each(body))
        .filter(|body| body.get("alias").is_none());
    let blocks = unnamed
        .filter_map(|body| body.get("default_tags"))
        .flat_map(each);
    let tags = blocks.filter_map(|block| block.get("tags"));
    tags.flat_map(View::entries)
        .map(|(key, value)| (key, known(value, &scope, 0), value))
        .collect()
}

/// A block, or each of several of one name.
fn each(view: View<'_>) -> impl Iterator<Item = View<'_>> {
    let one = (!view.is_sequence()).then_some(view);
    one.into_iter().chain(view.items())
}

/// The folder of a file; empty for one without.
fn parent(name: &str) -> &str {
    name.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// The folder that a local source speaks of.
fn local(from: &str, source: &str) -> Option<String> {
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
}

/// One use of a module.
struct Instance<'a> {
    folder: &'a Folder<'a>,
    path: String,
    /// `module.queue.`, or nothing for a root.
    prefix: String,
    /// What the caller gives: none for what is not known.
    arguments: BTreeMap<String, Option<Value>>,
    /// The folders that are being read, from the root on.
    stack: Vec<String>,
    /// Locals that were asked for; none while one is being found, so that one that asks for itself is not known.
    locals: RefCell<BTreeMap<String, Option<Value>>>,
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
        let instance = Instance {
            folder,
            path: path.to_owned(),
            prefix: String::new(),
            arguments,
            stack: vec![path.to_owned()],
            locals: RefCell::default(),
        };
        self.default_tags = default_tags(&instance);
        self.instance(&instance);
        self.builder.close();
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
        for (suffix, names) in instances(instance, body) {
            if self.declared.len() >= MAX_RESOURCES {
                self.say(
                    body,
                    format!("more than {MAX_RESOURCES} resources from one root"),
                );
                return;
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
        for (suffix, names) in instances(instance, call) {
            let scope = Names { instance, names };
            let arguments = call
                .entries()
                .filter(|(key, _)| !META.contains(key))
                .map(|(key, value)| (key.to_owned(), known(value, &scope, 0)))
                .collect();
            let mut stack = instance.stack.clone();
            stack.push(path.clone());
            self.instance(&Instance {
                folder,
                path: path.clone(),
                prefix: format!("{}module.{name}{suffix}.", instance.prefix),
                arguments,
                stack,
                locals: RefCell::default(),
            });
        }
    }

    fn say(&mut self, at: View<'_>, message: String) {
        let span = at.key_span();
        self.reading
            .problems
            .extend(span.map(|span: Span| Problem::error(span, message)));
    }

    /// A body with the tags that its provider gives it; its own come before those.
    fn tagged(&mut self, body: View<'a>, scope: &Names<'_, 'a>) {
        self.builder.open(Kind::Mapping, body.origin());
        for (key, value) in body.entries().filter(|(key, _)| *key != "tags") {
            if key == "dynamic" && value.is_sequence() {
                self.dynamic(value, scope, 0);
            } else {
                self.builder.key_of(value);
                self.put(value, scope, 1);
            }
        }
        let own = body.get("tags");
        match own {
            Some(own) => self.builder.key_of(own),
            None => self.builder.key("tags"),
        };
        match own {
            Some(own) if own.is_mapping() => {
                self.builder.open(Kind::Mapping, own.origin());
                for (_, value) in own.entries() {
                    self.builder.key_of(value);
                    self.put(value, scope, 2);
                }
                self.defaults(|key| own.get(key).is_some());
                self.builder.close();
            }
            Some(own) => match known(own, scope, 0) {
                Some(Value::Object(tags)) => {
                    self.builder.open(Kind::Mapping, own.origin());
                    for (key, value) in tags.iter() {
                        self.builder
                            .key_as(key.as_str().unwrap_or_default(), own.key_span());
                        self.builder.value(value, own.origin());
                    }
                    self.defaults(|key| tags.get_str(key).is_some());
                    self.builder.close();
                }
                _ => self.put(own, scope, 1),
            },
            None => {
                self.builder.open(Kind::Mapping, body.origin());
                self.defaults(|_| false);
                self.builder.close();
            }
        }
        self.builder.close();
    }

    /// The tags of the provider, but for those that are there.
    fn defaults(&mut self, is_there: impl Fn(&str) -> bool) {
        for (key, value, written) in &self.default_tags {
            if is_there(key) {
                continue;
            }
            self.builder.key_of(*written);
            match value {
                Some(value) => self.builder.value(value, written.origin()),
                None => self.builder.graft(*written),
            }
        }
    }

    /// A body with what can be known filled in.
    fn put(&mut self, view: View<'a>, scope: &Names<'_, 'a>, depth: usize) {
        if depth > MAX_DEPTH {
            return self.builder.graft(view);
        }
        if view.is_mapping() {
            self.builder.open(Kind::Mapping, view.origin());
            for (key, value) in view.entries() {
                if key == "dynamic" && value.is_sequence() {
                    self.dynamic(value, scope, depth);
                } else {
                    self.builder.key_of(value);
                    self.put(value, scope, depth + 1);
                }
            }
            self.builder.close();
        } else if view.is_sequence() {
            self.builder.open(Kind::Sequence, view.origin());
            view.items()
                .for_each(|item| self.put(item, scope, depth + 1));
            self.builder.close();
        } else if view.tag() == Some(TEMPLATE) {
            match evaluate::text(view.raw().unwrap_or_default(), scope) {
                Some(value) => self.builder.value(&value, view.origin()),
                None => match partial::encoded(view.raw().unwrap_or_default(), scope) {
                    Some(text) => {
                        self.builder.string(&text, view.origin());
                    }
                    None => self.builder.graft(view),
                },
            }
        } else {
            self.builder.graft(view);
        }
    }

    /// `dynamic "setting" { for_each = ..., content { ... } }`: a block per element; where the elements are not known,
    /// one block in which they are not.
    fn dynamic(&mut self, blocks: View<'a>, scope: &Names<'_, 'a>, depth: usize) {
        for (label, body) in blocks.items().flat_map(View::entries) {
            let Some(content) = body
                .get("content")
                .and_then(|content| content.items().next())
            else {
                continue;
            };
            let iterator = body.get("iterator").and_then(View::raw).unwrap_or(label);
            let iterator = iterator.trim_start_matches("${").trim_end_matches('}');
            let each = body.get("for_each").and_then(|each| known(each, scope, 0));
            let elements = each.as_ref().map(pairs);
            self.builder.key_as(label, body.key_span());
            self.builder.open(Kind::Sequence, body.origin());
            match elements {
                Some(elements) => {
                    for (key, value) in elements.into_iter().take(MAX_INSTANCES) {
                        let scope = scope.with(iterator, Some((key, value)));
                        self.put(content, &scope, depth + 1);
                    }
                }
                None => self.put(content, &scope.with(iterator, None), depth + 1),
            }
            self.builder.close();
        }
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

/// The names that iterate, each with key and value where they are known.
type Iterators = Vec<(String, Option<(Value, Value)>)>;

/// The instances of a resource or module: the suffix of each address, and the names that differ.
fn instances(instance: &Instance<'_>, body: View<'_>) -> Vec<(String, Iterators)> {
    let scope = Names {
        instance,
        names: Vec::new(),
    };
    let unknown = || {
        vec![(
            String::new(),
            vec![("each".to_owned(), None), ("count".to_owned(), None)],
        )]
    };
    if let Some(count) = body.get("count").filter(|count| !count.is_null()) {
        let Some(Value::Number(count)) = known(count, &scope, 0) else {
            return unknown();
        };
        let count = count
            .to_i64()
            .and_then(|count| usize::try_from(count).ok())
            .unwrap_or(0);
        let index = |index: usize| {
            let number = functions::integer(i64::try_from(index).unwrap_or(i64::MAX));
            let name = ("count".to_owned(), Some((number.clone(), number)));
            (format!("[{index}]"), vec![name])
        };
        return (0..count.min(MAX_INSTANCES)).map(index).collect();
    }
    if let Some(each) = body.get("for_each").filter(|each| !each.is_null()) {
        let Some(each) = known(each, &scope, 0) else {
            return unknown();
        };
        return pairs(&each)
            .into_iter()
            .take(MAX_INSTANCES)
            .map(|(key, value)| {
                // The key of a set's element is the element.
                let key = if matches!(each, Value::Object(_)) {
                    key
                } else {
                    value.clone()
                };
                let suffix = functions::as_text(&key).unwrap_or_default();
                (
                    format!("[\"{suffix}\"]"),
                    vec![("each".to_owned(), Some((key, value)))],
                )
            })
            .collect();
    }
    vec![(String::new(), Vec::new())]
}

/// Keys and values of a collection.
fn pairs(collection: &Value) -> Vec<(Value, Value)> {
    match collection {
        Value::Object(object) => object
            .iter()
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect(),
        list => functions::items(list)
            .unwrap_or_default()
            .into_iter()
            .zip(0_i64..)
            .map(|(value, index)| (functions::integer(index), value))
            .collect(),
    }
}

/// The value of what is written; none if a part of it is not known.
fn known(view: View<'_>, scope: &dyn Scope, depth: usize) -> Option<Value> {
    if depth > MAX_DEPTH {
        return None;
    }
    if view.tag() == Some(TEMPLATE) {
        return evaluate::text(view.raw()?, scope);
    }
    if view.is_sequence() {
        let items: Option<plumbline_rego::Array> = view
            .items()
            .map(|item| known(item, scope, depth + 1))
            .collect();
        return items.map(Value::Array);
    }
    if view.is_mapping() {
        let mut object = plumbline_rego::ObjectBuilder::default();
        for (key, value) in view.entries() {
            object.insert(Value::string(key), known(value, scope, depth + 1)?);
        }
        return Some(Value::Object(object.finish()));
    }
    Some(view.value())
}

/// What names mean within one body.
struct Names<'i, 'a> {
    instance: &'i Instance<'a>,
    names: Iterators,
}

impl<'i, 'a> Names<'i, 'a> {
    fn with(&self, name: &str, value: Option<(Value, Value)>) -> Names<'i, 'a> {
        let mut names = self.names.clone();
        names.push((name.to_owned(), value));
        Names {
            instance: self.instance,
            names,
        }
    }
}

impl Scope for Names<'_, '_> {
    fn variable(&self, name: &str) -> Option<Value> {
        if let Some(given) = self.instance.arguments.get(name) {
            return given.clone();
        }
        let mut declared = self.instance.folder.labelled("variable");
        let (_, variable) = declared.find(|(declared, _)| *declared == name)?;
        let default = variable.get("default")?;
        known(default, &Nothing, 0)
    }

    fn local(&self, name: &str) -> Option<Value> {
        if let Some(found) = self.instance.locals.borrow().get(name) {
            return found.clone();
        }
        self.instance
            .locals
            .borrow_mut()
            .insert(name.to_owned(), None);
        let blocks = self.instance.folder.files.iter();
        let mut blocks = blocks
            .filter_map(|file| file.get("locals"))
            .flat_map(View::items);
        let scope = Names {
            instance: self.instance,
            names: Vec::new(),
        };
        let value = blocks
            .find_map(|block| block.get(name))
            .and_then(|value| known(value, &scope, 0));
        let mut locals = self.instance.locals.borrow_mut();
        locals.insert(name.to_owned(), value.clone());
        value
    }

    fn iterator(&self, name: &str, part: &str) -> Option<Value> {
        let (_, value) = self.names.iter().rev().find(|(known, _)| known == name)?;
        let (key, value) = value.as_ref()?;
        match part {
            "key" | "index" => Some(key.clone()),
            "value" => Some(value.clone()),
            _ => None,
        }
    }
}

/// A scope in which nothing is known.
struct Nothing;

impl Scope for Nothing {
    fn variable(&self, _: &str) -> Option<Value> {
        None
    }

    fn local(&self, _: &str) -> Option<Value> {
        None
    }

    fn iterator(&self, _: &str, _: &str) -> Option<Value> {
        None
    }
}
