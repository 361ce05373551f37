//! The messages of a channel: what they are called, and whether anybody can know what is in them.

use std::collections::HashSet;

use super::reference::{Contract, last_segment, reference};
use crate::estate::Model;
use crate::tree::{NodeId, Origin, View};

/// The attributes that every event of `CloudEvents` 1.0 has.
const ATTRIBUTES: &[&str] = &["specversion", "type", "source", "id"];

/// How the attributes begin: in a payload, and in the headers of Kafka, HTTP and AMQP.
const PREFIXES: &[&str] = &["", "ce_", "ce-", "cloudEvents:", "cloudEvents_"];

/// How many parts of a schema are looked at.
const MAX_PARTS: usize = 256;

/// Why nobody knows what a message is like.
const WHY: &str = "the message is described in another file";

/// One message, where a channel speaks of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Message<'a> {
    pub(super) contract: Contract<'a>,
    pub(super) view: View<'a>,
    /// What the channel calls it.
    pub(super) key: Option<&'a str>,
}

impl<'a> Message<'a> {
    /// `{name, content_type, schema, cloudevents}`: the next element of a list.
    pub(super) fn put(self, model: &mut Model) {
        let from = self.view.id();
        model.object(None, from, |model| {
            self.name(model);
            if self.contract.resolved(self.view).is_none() {
                for key in ["content_type", "schema", "cloudevents"] {
                    model.unknown(key, WHY, from);
                }
                return;
            }
            model.copy("content_type", self.content_type());
            self.truth(model, "schema", self.schema());
            self.truth(model, "cloudevents", self.cloudevents());
        });
    }

    /// Its name, or else what others call it.
    fn name(self, model: &mut Model) {
        let words = ["name", "messageId"];
        let written = words
            .iter()
            .find_map(|key| self.contract.get(self.view, key))
            .and_then(|view| Some((view.raw()?, view.id())));
        let from = self.view.id();
        if let Some((name, from)) = written {
            model.text("name", name, Origin::Derived { from });
        } else if let Some(key) = self.key {
            model.text("name", key, Origin::Derived { from });
        } else if let Some(name) = reference(self.view).and_then(last_segment) {
            model.text("name", &name, Origin::Derived { from });
        }
    }

    /// True where something is written, or the default `false`.
    fn truth(self, model: &mut Model, key: &str, found: Option<NodeId>) {
        let under = self.view.id();
        let origin = found.map_or(Origin::Default { under }, |from| Origin::Derived { from });
        model.truth(key, found.is_some(), origin);
    }

    /// The message itself, and the traits that it takes more from.
    fn parts(self) -> impl Iterator<Item = View<'a>> {
        std::iter::once(self.view).chain(self.traits())
    }

    fn traits(self) -> impl Iterator<Item = View<'a>> {
        let traits = self.contract.get(self.view, "traits").into_iter();
        traits.flat_map(View::items)
    }

    fn written(self, key: &'static str) -> impl Iterator<Item = View<'a>> {
        self.parts()
            .filter_map(move |part| self.contract.get(part, key))
    }

    fn content_type(self) -> Option<View<'a>> {
        let own = self.written("contentType").next();
        own.or_else(|| self.contract.get(self.contract.root, "defaultContentType"))
    }

    /// The payload, if it has a schema that says anything.
    fn schema(self) -> Option<NodeId> {
        let payload = self.contract.get(self.view, "payload")?;
        let schema = match payload.get("schemaFormat") {
            Some(_) => payload.get("schema")?,
            None => payload,
        };
        let says =
            schema.is_sequence() || schema.str().is_some() || schema.entries().next().is_some();
        says.then_some(payload.id())
    }

    /// Where the message says that it is an event of `CloudEvents`.
    fn cloudevents(self) -> Option<NodeId> {
        let declared = self
            .written("x-cloudevents")
            .find(|written| written.bool() != Some(false));
        let typed = || self.content_type().filter(|view| is_named(view.raw()));
        let by_trait = || self.traits().find(|part| is_named(reference(*part)));
        let described = || {
            self.written("headers")
                .chain(self.written("payload"))
                .find(|schema| is_event(self.contract, *schema))
        };
        declared
            .or_else(typed)
            .or_else(by_trait)
            .or_else(described)
            .map(View::id)
    }
}

/// Whether a reference or a type speaks of `CloudEvents`.
fn is_named(text: Option<&str>) -> bool {
    text.is_some_and(|text| text.to_ascii_lowercase().contains("cloudevent"))
}

/// Whether a schema has every attribute that an event must have, itself or in what it takes in.
fn is_event<'a>(contract: Contract<'a>, schema: View<'a>) -> bool {
    let mut names = HashSet::new();
    let mut seen = HashSet::new();
    let mut pending = vec![schema];
    while let Some(part) = pending.pop() {
        if seen.len() >= MAX_PARTS || !seen.insert(part.id()) {
            continue;
        }
        if is_named(reference(part)) {
            return true;
        }
        let properties = part.get("properties").into_iter();
        let properties = properties.flat_map(|properties| contract.entries(properties));
        names.extend(properties.map(|(name, _)| name));
        pending.extend(contract.target(part));
        pending.extend(part.get("allOf").into_iter().flat_map(View::items));
        // A schema in another language than the document's stands beside the name of that language.
        if part.get("schemaFormat").is_some() {
            pending.extend(part.get("schema"));
        }
    }
    PREFIXES.iter().any(|prefix| {
        ATTRIBUTES
            .iter()
            .all(|attribute| names.contains(format!("{prefix}{attribute}").as_str()))
    })
}
