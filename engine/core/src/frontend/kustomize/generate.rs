//! What a kustomization generates: `ConfigMap`, `Secret`. Their names are those that are written: the digest that
//! kustomize adds to them says nothing about what they hold.

use std::collections::{HashMap, HashSet};

use super::build::Build;
use super::draft::{Content, Draft, Entry};
use super::files::Kustomization;
use super::labels;
use super::object::Object;
use crate::frontend::shape::Shape;
use crate::tree::View;

/// Lists of a kustomization, the kind that each makes, and where literals stand in it. A Secret is written as text,
/// which the API server takes too.
const GENERATORS: &[(&str, &str, &str)] = &[
    ("configMapGenerator", "ConfigMap", "data"),
    ("secretGenerator", "Secret", "stringData"),
];

/// What holds values that were not read.
const UNREAD: &[&str] = &["env", "envs", "files"];

/// One generator.
struct Generator<'a, 'k> {
    of: &'k Kustomization<'a>,
    kind: &'static str,
    data: &'static str,
    item: View<'a>,
}

impl<'a> Build<'a, '_> {
    /// Adds what the generators of a kustomization make, or lays it over what is there.
    pub(super) fn generate(
        &mut self,
        of: &Kustomization<'a>,
        known: &mut HashSet<String>,
        objects: &mut Vec<Object>,
    ) {
        for &(list, kind, data) in GENERATORS {
            for item in of.items(list).filter(|item| item.is_mapping()) {
                let generator = Generator {
                    of,
                    kind,
                    data,
                    item,
                };
                self.generator(&generator, known, objects);
            }
        }
    }

    fn generator(
        &mut self,
        generator: &Generator<'a, '_>,
        known: &mut HashSet<String>,
        objects: &mut Vec<Object>,
    ) {
        let Generator { of, item, .. } = generator;
        for key in UNREAD {
            if let Some(unread) = item.get(key).filter(|unread| !unread.is_null()) {
                self.warn(
                    of,
                    unread.id(),
                    "the files of a generator were not read",
                    "what they hold was not judged",
                );
            }
        }
        if let Some(literals) = item.get("literals") {
            self.check_shape(of, "literals", Shape::Texts, literals);
        }
        for literal in generator.literals() {
            if pair(literal).is_none() {
                self.refuse(
                    of,
                    literal.id(),
                    "a literal that is no pair",
                    "write it as `key=value`",
                );
            }
        }
        let object = Object::new(generator.draft(), of.document.file);
        let behavior = item.get("behavior").and_then(View::raw).unwrap_or("create");
        let replaces = behavior == "replace";
        if !replaces && behavior != "merge" {
            if behavior != "create" {
                let message = format!("a generator has no behavior `{}`", behavior.escape_debug());
                let help = "write `create`, `merge` or `replace`";
                self.refuse(of, item.id(), &message, help);
            }
            self.create(generator, object, known, objects);
            return;
        }
        let called = object.current();
        let is_there = |one: &&mut Object| {
            one.kind() == generator.kind && one.names().any(|name| *name == called)
        };
        match objects.iter_mut().find(is_there) {
            Some(there) => {
                let put = object.draft.size();
                let cost = put.saturating_mul(1 + there.draft.size() / 64);
                if self.spend(cost, of, item.id()) {
                    generator.lay_over(there, &object, replaces);
                }
            }
            None => self.refuse(
                of,
                item.id(),
                "a generator of what is not there",
                "there is nothing to merge it with or to replace; write `behavior: create`",
            ),
        }
    }

    /// Adds what a generator makes, unless it is there already.
    fn create(
        &mut self,
        generator: &Generator<'a, '_>,
        object: Object,
        known: &mut HashSet<String>,
        objects: &mut Vec<Object>,
    ) {
        let again = object
            .identity()
            .filter(|identity| !known.insert(identity.clone()));
        if again.is_none() {
            objects.push(object);
            return;
        }
        let name = object.current().name;
        let (kind, name) = (generator.kind, name.escape_debug());
        let message = format!("the {kind} `{name}` is added a second time");
        let help = "the first one was judged, and kustomize refuses both; write `behavior: merge` or `behavior: replace`";
        self.refuse(generator.of, generator.item.id(), &message, help);
    }
}

impl<'a> Generator<'a, '_> {
    fn literals(&self) -> impl Iterator<Item = View<'a>> + use<'a> {
        self.item.get("literals").into_iter().flat_map(View::items)
    }

    /// The object, as if it were written where the generator is.
    fn draft(&self) -> Draft {
        let origin = self.item.origin();
        let mut draft = Draft::map(origin);
        let text = |key: &str, text: &str| Entry {
            key: key.to_owned(),
            place: None,
            value: Draft::text(text, origin),
        };
        draft.set(text("apiVersion", "v1"));
        draft.set(text("kind", self.kind));
        let mut metadata = Draft::map(origin);
        for key in ["name", "namespace"] {
            metadata.set_written(key, self.item.get(key));
        }
        draft.set(Entry {
            key: "metadata".to_owned(),
            place: self.item.get("name").and_then(View::key_span),
            value: metadata,
        });
        self.options(&mut draft);
        if self.kind == "Secret" {
            let kind = self.item.get("type").filter(|kind| !kind.is_null());
            match kind {
                Some(_) => draft.set_written("type", kind),
                None => draft.set(text("type", "Opaque")),
            }
        }
        draft.set(Entry {
            key: self.data.to_owned(),
            place: self.item.get("literals").and_then(View::key_span),
            value: self.values(),
        });
        draft
    }

    /// Labels, annotations and `immutable`: of all generators, and of this one.
    fn options(&self, draft: &mut Draft) {
        let all = self.of.root().get("generatorOptions");
        for options in all.into_iter().chain(self.item.get("options")) {
            for key in ["labels", "annotations"] {
                if let Some(pairs) = options.get(key).filter(|pairs| pairs.is_mapping()) {
                    labels::put(draft, &["metadata"], true, Some(key), pairs);
                }
            }
            draft.set_written("immutable", options.get("immutable"));
        }
    }

    fn values(&self) -> Draft {
        let list = self.item.get("literals").unwrap_or(self.item);
        let mut places: HashMap<&str, usize> = HashMap::new();
        let mut entries: Vec<Entry> = Vec::new();
        for literal in self.literals() {
            let Some((key, value)) = pair(literal) else {
                continue;
            };
            let value = Draft::text(value, literal.origin());
            let entry = Entry {
                key: key.to_owned(),
                place: value.span(),
                value,
            };
            let place = *places.entry(key).or_insert(entries.len());
            match entries.get_mut(place) {
                Some(there) => *there = entry,
                None => entries.push(entry),
            }
        }
        Draft {
            origin: list.origin(),
            content: Content::Map(entries),
        }
    }

    /// Has what is there hold what is generated: beside what it holds, or instead of it.
    fn lay_over(&self, there: &mut Object, generated: &Object, replaces: bool) {
        let values = generated.draft.entry(self.data);
        if replaces {
            for key in ["data", "stringData", "binaryData"] {
                there.draft.remove(key);
            }
        }
        let Some(values) = values else { return };
        if there.draft.get(self.data).is_none() {
            there.draft.set(values.clone());
            return;
        }
        if let Some(data) = there.draft.get_mut(self.data) {
            for entry in values.value.entries() {
                data.set(entry.clone());
            }
        }
    }
}

impl Draft {
    /// What is written at a node, under a key of one's own. Nothing where nothing is written.
    fn set_written(&mut self, key: &str, view: Option<View<'_>>) {
        let Some(view) = view.filter(|view| !view.is_null()) else {
            return;
        };
        if let Content::Map(_) = self.content {
            self.set(Entry {
                key: key.to_owned(),
                place: view.key_span(),
                value: Self::scalar(view),
            });
        }
    }
}

/// `key=value`, of which the value may be quoted.
fn pair(literal: View<'_>) -> Option<(&str, &str)> {
    let (key, value) = literal.raw()?.split_once('=')?;
    let unquoted = ['"', '\''].iter().find_map(|quote| {
        value
            .strip_prefix(*quote)
            .and_then(|value| value.strip_suffix(*quote))
    });
    let key = Some(key.trim()).filter(|key| !key.is_empty())?;
    Some((key, unquoted.unwrap_or(value)))
}
