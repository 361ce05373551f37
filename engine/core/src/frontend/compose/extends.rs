//! `extends`: a service laid over another one of the same file, as Compose does.
//!
//! Mappings are merged, lists put one behind the other, and of anything else the extending service counts. Every node
//! keeps the bytes it was written with.

use std::collections::HashMap;
use std::hash::Hash;

use super::volume;
use crate::parse::MAX_ALIAS_NODES;
use crate::problem::Problem;
use crate::tree::{Builder, Key, Kind, Origin, Tree, View};

/// How many services one may stand on, itself among them.
const MAX_LAYERS: usize = 64;

/// The most nodes that all services which extend another one may come to.
const MAX_NODES: usize = MAX_ALIAS_NODES;

/// Keys whose value is replaced as a whole.
const REPLACED: &[&str] = &["command", "entrypoint", "test"];

/// Keys whose value is a mapping, or a list of `name=value` or of names.
const NAMED: &[&str] = &[
    "annotations",
    "args",
    "depends_on",
    "environment",
    "labels",
    "models",
    "networks",
    "sysctls",
];

/// Keys whose value is a list, or its only item.
const LISTS: &[&str] = &["dns", "dns_search", "env_file", "label_file", "tmpfs"];

/// The whole file with every `extends` applied; none if it has none, nor a tag that changes what is merged.
pub(super) fn resolve<'a>(
    tree: &'a Tree,
    root: View<'a>,
    problems: &mut Vec<Problem>,
) -> Option<Tree> {
    let services = root.get("services")?;
    let extended = |(_, service): (&str, View<'_>)| service.get("extends").is_some();
    if tree.tags().is_empty() && !services.entries().any(extended) {
        return None;
    }
    let mut resolver = Resolver {
        tree,
        services: services.entries().collect(),
        builder: Builder::computed(),
        budget: MAX_NODES,
        problems,
    };
    resolver.file(root, services);
    Some(resolver.builder.finish())
}

struct Resolver<'a, 'p> {
    tree: &'a Tree,
    services: HashMap<&'a str, View<'a>>,
    builder: Builder,
    budget: usize,
    problems: &'p mut Vec<Problem>,
}

/// What a service extends.
enum Base<'a> {
    /// A service of the same file.
    Here(View<'a>),
    /// A service that the file does not have.
    Missing(&'a str),
    /// A service of another file.
    Elsewhere(&'a str),
    /// It does not say.
    Unnamed,
}

impl<'a> Resolver<'a, '_> {
    fn file(&mut self, root: View<'a>, services: View<'a>) {
        self.builder.open(Kind::Mapping, root.origin());
        for (_, value) in root.entries() {
            self.builder.key_of(value);
            if value.id() == services.id() {
                self.all(services);
            } else {
                self.put(value);
            }
        }
        self.builder.close();
    }

    fn all(&mut self, services: View<'a>) {
        self.builder.open(Kind::Mapping, services.origin());
        for (_, service) in services.entries() {
            self.report(service);
            let layers = self.layers(service);
            let before = self.builder.tree().len();
            self.builder.key_of(service);
            if layers.len() > 1 {
                self.merged(&layers, service.origin());
                let added = self.builder.tree().len() - before;
                self.budget = self.budget.saturating_sub(added);
            } else {
                self.put(service);
            }
        }
        self.builder.close();
    }

    /// A service and what it stands on, the lowest first.
    fn layers(&mut self, service: View<'a>) -> Vec<View<'a>> {
        let mut layers = vec![service];
        let mut at = service;
        while let Some((extends, Base::Here(base))) = self.base(at) {
            if base.id() == service.id() {
                self.refuse(extends, "services that extend each other in a circle");
                break;
            }
            // A circle further down, said of the services in it.
            if layers.iter().any(|layer| layer.id() == base.id()) {
                break;
            }
            if layers.len() == MAX_LAYERS || self.budget == 0 {
                self.refuse(extends, "services that extend too many others to be judged");
                return vec![service];
            }
            layers.push(base);
            at = base;
        }
        layers.reverse();
        layers
    }

    fn base(&self, service: View<'a>) -> Option<(View<'a>, Base<'a>)> {
        let extends = service
            .get("extends")
            .filter(|extends| !extends.is_null())?;
        let name = extends
            .raw()
            .or_else(|| extends.get("service").and_then(View::raw));
        let file = extends.get("file").and_then(View::raw);
        let base = match (file.filter(|file| !self.is_this_file(file)), name) {
            (Some(file), _) => Base::Elsewhere(file),
            (None, None) => Base::Unnamed,
            (None, Some(name)) => match self.services.get(name) {
                Some(base) if base.is_mapping() => Base::Here(*base),
                _ => Base::Missing(name),
            },
        };
        Some((extends, base))
    }

    fn is_this_file(&self, file: &str) -> bool {
        let own = self.tree.source().map_or("", |source| source.name());
        let own = own.rsplit('/').next().unwrap_or(own);
        file.strip_prefix("./").unwrap_or(file) == own
    }

    /// Says what is wrong with the `extends` of a service.
    fn report(&mut self, service: View<'a>) {
        match self.base(service) {
            None | Some((_, Base::Here(_))) => {}
            Some((extends, Base::Unnamed)) => {
                self.refuse(extends, "an `extends` that names no service");
            }
            Some((extends, Base::Missing(name))) => {
                let name = name.escape_debug();
                let message = format!("`extends` names `{name}`, which is no service of this file");
                self.refuse(extends, &message);
            }
            Some((extends, Base::Elsewhere(file))) => {
                let file = file.escape_debug();
                let message = format!("`extends` names the file `{file}`, which was not read");
                let help = "the service was judged as far as it is written here";
                let place = self.tree.place(extends.id());
                let warning = place.map(|place| Problem::warning(place, message).help(help));
                self.problems.extend(warning);
            }
        }
    }

    fn refuse(&mut self, extends: View<'a>, message: &str) {
        let help = "the service was judged as if it extended nothing more";
        let place = self.tree.place(extends.id());
        let problem = place.map(|place| Problem::error(place, message).help(help));
        self.problems.extend(problem);
    }

    fn merged(&mut self, layers: &[View<'a>], origin: Origin) {
        self.builder.open(Kind::Mapping, origin);
        let entries = layers.iter().flat_map(|layer| layer.entries());
        for (key, values) in gather(entries.filter(|(key, _)| *key != "extends")) {
            self.entry(key, &values);
        }
        self.builder.close();
    }

    /// The entry that the values of one key come to.
    fn entry(&mut self, key: &str, values: &[View<'a>]) {
        let values = counted(values);
        if let Some(last) = values.last() {
            self.builder.key_of(*last);
            self.value(key, &values, *last);
        }
    }

    fn value(&mut self, key: &str, values: &[View<'a>], last: View<'a>) {
        let all = |is: fn(View<'a>) -> bool| values.iter().all(|value| is(*value));
        let alone = values.len() == 1 || REPLACED.contains(&key) || key.starts_with("x-");
        let listed = LISTS.contains(&key);
        if alone || (all(is_scalar) && !listed) {
            self.put(last);
        } else if all(View::is_mapping) {
            self.mapping(values, last.origin());
        } else if all(is_collection) && NAMED.contains(&key) {
            self.named(values, last.origin());
        } else if all(View::is_sequence) || (all(is_no_mapping) && listed) {
            self.list(key, values, last.origin());
        } else {
            self.warn_of_shapes(key, last);
            self.put(last);
        }
    }

    fn warn_of_shapes(&mut self, key: &str, last: View<'a>) {
        let message = format!(
            "`{}` is not of the shape that it has in the extended service",
            key.escape_debug()
        );
        let place = self.tree.place(last.id());
        let warning = place.map(|place| Problem::warning(place, message));
        self.problems.extend(warning.map(|warning| {
            warning.help("the extending service alone was judged; write both in the same shape")
        }));
    }

    fn mapping(&mut self, values: &[View<'a>], origin: Origin) {
        self.builder.open(Kind::Mapping, origin);
        for (key, values) in gather(values.iter().flat_map(|value| value.entries())) {
            self.entry(key, &values);
        }
        self.builder.close();
    }

    /// A mapping made of mappings and lists: of each name the last value counts.
    fn named(&mut self, values: &[View<'a>], origin: Origin) {
        let entries = values.iter().flat_map(|value| {
            let items = value
                .items()
                .filter_map(|item| Some((name_of(item)?, item)));
            value.entries().chain(items)
        });
        self.builder.open(Kind::Mapping, origin);
        for (name, values) in gather(entries) {
            match values.last() {
                Some(entry) if entry.key().is_some() => self.entry(name, &[*entry]),
                Some(item) => self.item(name, *item),
                None => {}
            }
        }
        self.builder.close();
    }

    /// The item `name=value` of a list as an entry, at the bytes of the item.
    fn item(&mut self, name: &str, item: View<'a>) {
        let origin = item.origin();
        let text = self.builder.keep(name);
        self.builder.set_key(Key {
            text,
            plain: false,
            span: match origin {
                Origin::Span(span) => Some(span),
                Origin::Default { .. } | Origin::Derived { .. } => None,
            },
        });
        match item.raw().and_then(|item| item.split_once('=')) {
            Some((_, value)) => self.builder.string(value, origin),
            None => self.builder.scalar(Kind::Null, origin),
        };
    }

    /// The items of all lists; one that stands for the same thing as an earlier one takes its place.
    fn list(&mut self, key: &str, values: &[View<'a>], origin: Origin) {
        let items = values.iter().flat_map(|value| {
            let alone = (!value.is_sequence()).then_some(*value);
            value.items().chain(alone)
        });
        let identified = items.enumerate().map(|(index, item)| {
            let identity = identity(key, item).ok_or(index);
            (identity, item)
        });
        self.builder.open(Kind::Sequence, origin);
        for (_, items) in gather(identified) {
            if let Some(item) = items.last() {
                self.put(*item);
            }
        }
        self.builder.close();
    }

    /// What is written, without what `!reset` takes away.
    fn put(&mut self, view: View<'a>) {
        if self.tree.tags().is_empty() {
            self.builder.graft(view);
        } else if view.is_mapping() {
            self.mapping(&[view], view.origin());
        } else if view.is_sequence() {
            self.builder.open(Kind::Sequence, view.origin());
            view.items().for_each(|item| self.put(item));
            self.builder.close();
        } else {
            self.builder.graft(view);
        }
    }
}

/// What counts of the values that services give a key, the lowest first: `!reset` takes all of them away, `!override`
/// begins anew, and nothing written leaves a collection as it is.
fn counted<'a>(values: &[View<'a>]) -> Vec<View<'a>> {
    let mut counted: Vec<View<'a>> = Vec::new();
    for value in values {
        match value.tag() {
            Some("!reset") => {
                counted.clear();
                continue;
            }
            Some("!override") => counted.clear(),
            _ => {}
        }
        counted.push(*value);
    }
    if counted.iter().any(|value| is_collection(*value)) {
        counted.retain(|value| !value.is_null());
    }
    counted
}

/// Values by what they stand for, in order of first appearance.
fn gather<'a, K: Clone + Eq + Hash>(
    entries: impl Iterator<Item = (K, View<'a>)>,
) -> Vec<(K, Vec<View<'a>>)> {
    let mut places: HashMap<K, usize> = HashMap::new();
    let mut gathered: Vec<(K, Vec<View<'a>>)> = Vec::new();
    for (key, value) in entries {
        let place = *places.entry(key.clone()).or_insert(gathered.len());
        match gathered.get_mut(place) {
            Some((_, values)) => values.push(value),
            None => gathered.push((key, vec![value])),
        }
    }
    gathered
}

/// What the item of a list stands for: a volume for its path in the container, anything else for its characters.
fn identity(key: &str, item: View<'_>) -> Option<String> {
    if key == "volumes" {
        volume::target(item)
    } else {
        item.raw().map(str::to_owned)
    }
}

fn name_of(item: View<'_>) -> Option<&str> {
    let item = item.raw()?;
    Some(item.split_once('=').map_or(item, |(name, _)| name))
}

fn is_collection(view: View<'_>) -> bool {
    view.is_mapping() || view.is_sequence()
}

fn is_scalar(view: View<'_>) -> bool {
    !is_collection(view)
}

fn is_no_mapping(view: View<'_>) -> bool {
    !view.is_mapping()
}
