//! Queues, and what takes messages from them.

use super::document::Document;
use super::{Dialect, WHY, dig, presence};
use crate::estate::{Entity, EntityKind, Model};
use crate::frontend::shared;
use crate::resource::Resource;
use crate::tree::{NodeId, Origin, View};

type Path = &'static [&'static str];

/// Where queues and their consumers say what.
#[derive(Debug)]
pub(in crate::frontend) struct Spelling {
    pub(in crate::frontend) queue: &'static str,
    pub(in crate::frontend) visibility: Path,
    pub(in crate::frontend) retention: Path,
    pub(in crate::frontend) redrive: Path,
    /// A resource that says so of a queue: its type, and where it names the queue.
    pub(in crate::frontend) redrive_beside: Option<(&'static str, Path)>,
    pub(in crate::frontend) max_receives: Path,
    pub(in crate::frontend) tags: Path,
    /// The subscription of a function: its type, the source, the function.
    pub(in crate::frontend) mapping: (&'static str, Path, Path),
    /// What keeps messages back from it.
    pub(in crate::frontend) filter: Path,
    /// Types of functions, and where each says how long it may run.
    pub(in crate::frontend) timeouts: &'static [(&'static str, Path)],
    /// The type of what stands for a version of a function, and where it names the function.
    pub(in crate::frontend) alias: (&'static str, Path),
    /// Where resources name a queue for what fails: types, and the ways there.
    pub(in crate::frontend) dead_letters: &'static [(&'static str, Path)],
    /// Types of functions that declare sources themselves, as SAM does.
    pub(in crate::frontend) with_events: &'static [&'static str],
}

/// A resource among others that it is joined to.
pub(in crate::frontend) struct Fabric<'a> {
    pub(in crate::frontend) resource: &'a Resource,
    pub(in crate::frontend) dialect: &'static Dialect,
    pub(in crate::frontend) spelling: &'static Spelling,
}

impl<'a> Fabric<'a> {
    fn properties(&self) -> Option<View<'a>> {
        (self.dialect.properties)(self.resource)
    }

    /// A queue: a channel.
    pub(in crate::frontend) fn queue(&self) -> Entity {
        let properties = self.properties();
        let under = properties.map_or(self.resource.root, View::id);
        let name = &self.resource.name;
        let mut model = Model::default();
        model.object(None, under, |model| {
            model.text("name", name, Origin::Default { under });
            model.text("form", "queue", Origin::Default { under });
            let tags = properties.and_then(|properties| dig(properties, self.spelling.tags));
            shared::tags(model, tags);
            let region = (self.dialect.region)(self.resource);
            self.dialect.known(model, "region", region, Model::copy);
            self.channel(model, properties, under, None);
            let source = self.is_source();
            model.truth(
                "consumed_by_function",
                source.is_some(),
                origin(source, under),
            );
            let target = self.is_dead_letter();
            model.truth("dead_letters", target.is_some(), origin(target, under));
        });
        Entity::new(EntityKind::Channel, name.clone(), model.finish())
    }

    /// What hands the messages of a queue or stream to a function: a subscription.
    pub(in crate::frontend) fn mapping(&self) -> Vec<Entity> {
        let Some(properties) = self.properties() else {
            return Vec::new();
        };
        let (_, source, consumer) = self.spelling.mapping;
        let consumer = dig(properties, consumer).and_then(|view| (self.dialect.referred)(view));
        let consumer = consumer.map(|name| self.aliased(&name).unwrap_or(name));
        let source = dig(properties, source);
        let name = &self.resource.name;
        vec![self.subscription(name, properties, source, consumer.as_deref())]
    }

    /// The function that an alias stands for.
    fn aliased(&self, name: &str) -> Option<String> {
        let (kind, function) = self.spelling.alias;
        let function = dig(self.named(kind, name)?, function)?;
        (self.dialect.referred)(function)
    }

    /// The subscriptions that a function declares among its events.
    pub(in crate::frontend) fn of_events(&self) -> Vec<Entity> {
        let events = self
            .properties()
            .and_then(|properties| properties.get("Events"));
        let events = events.into_iter().flat_map(View::entries);
        let from_queue = events.filter(|(_, event)| is_type(*event, "SQS"));
        from_queue
            .filter_map(|(name, event)| {
                let at = event.get("Properties")?;
                let name = format!("{}/{name}", self.resource.name);
                let consumer = Some(self.resource.name.as_str());
                Some(self.subscription(&name, at, at.get("Queue"), consumer))
            })
            .collect()
    }

    /// What a queue promises its consumers: one by its name, or this one.
    fn channel(
        &self,
        model: &mut Model,
        properties: Option<View<'_>>,
        under: NodeId,
        queue: Option<&str>,
    ) {
        let at = |path: Path| dig(properties?, path);
        let visibility = at(self.spelling.visibility);
        self.number_or(model, "visibility_seconds", visibility, 30, under);
        let retention = at(self.spelling.retention);
        self.number_or(model, "retention_seconds", retention, 345_600, under);
        let own = at(self.spelling.redrive);
        let beside = match own {
            Some(_) => None,
            None => self.redrive_beside(queue),
        };
        presence(model, "redrive", own.or(beside), Origin::Default { under });
        if let Some(policy) = beside.or(properties) {
            self.max_receives(model, policy);
        }
    }

    /// How often a message is handed out. A policy may be a text of JSON.
    fn max_receives(&self, model: &mut Model, from: View<'_>) {
        const KEY: &str = "max_receives";
        let path = self.spelling.max_receives;
        let written = dig(from, path);
        if written.is_some() {
            return self.dialect.known(model, KEY, written, Model::integer);
        }
        let Some((text, document, rest)) = Document::within(from, path) else {
            let policy = dig(from, self.spelling.redrive);
            if let Some(policy) = policy.filter(|policy| (self.dialect.is_unknown)(*policy)) {
                model.unknown(KEY, WHY, policy.id());
            }
            return;
        };
        let receives = dig(document.root().view, rest).and_then(View::raw);
        match receives.map(str::parse::<i64>) {
            Some(Ok(number)) => model.number(KEY, number, text.id()),
            Some(Err(_)) => model.unknown(KEY, WHY, text.id()),
            None => {}
        }
    }

    /// What says of a queue, outside of it, that messages leave it after some attempts.
    fn redrive_beside(&self, queue: Option<&str>) -> Option<View<'a>> {
        let (kind, path) = self.spelling.redrive_beside?;
        let mut beside = (self.dialect.speaking)(self.resource, kind, queue).into_iter();
        beside.find(|beside| {
            dig(*beside, path).is_some_and(|named| match queue {
                Some(queue) => (self.dialect.referred)(named).as_deref() == Some(queue),
                None => self.is_this(named),
            })
        })
    }

    fn number_or(
        &self,
        model: &mut Model,
        key: &str,
        written: Option<View<'_>>,
        default: i64,
        under: NodeId,
    ) {
        match written {
            Some(_) => self.dialect.known(model, key, written, Model::integer),
            None => model.number_at(key, default, Origin::Default { under }),
        }
    }

    /// A subscription with what both of its ends say, so that one rule can compare them. What the other resources say
    /// is placed where this one speaks of them.
    fn subscription(
        &self,
        name: &str,
        at: View<'_>,
        source: Option<View<'_>>,
        consumer: Option<&str>,
    ) -> Entity {
        let mut model = Model::default();
        let under = at.id();
        model.object(None, under, |model| {
            model.text("name", name, Origin::Default { under });
            let filter = dig(at, self.spelling.filter);
            presence(model, "filtered", filter, Origin::Default { under });
            let channel = source.and_then(|view| (self.dialect.referred)(view));
            if let Some(channel) = channel {
                let from = source.map_or(under, View::id);
                model.object(Some("channel"), from, |model| {
                    model.text("name", &channel, Origin::Derived { from });
                    if let Some(queue) = self.named(self.spelling.queue, &channel) {
                        self.channel(model, Some(queue), queue.id(), Some(&channel));
                    }
                });
            }
            if let Some(consumer) = consumer {
                model.object(Some("consumer"), under, |model| {
                    model.text("name", consumer, Origin::Default { under });
                    self.timeout(model, consumer);
                });
            }
        });
        Entity::new(EntityKind::Subscription, name.to_owned(), model.finish())
    }

    fn timeout(&self, model: &mut Model, function: &str) {
        for (kind, path) in self.spelling.timeouts {
            if let Some(function) = self.named(kind, function) {
                let written = dig(function, path);
                self.number_or(model, "max_seconds", written, 3, function.id());
            }
        }
    }

    /// What the resource of a type and name says of itself.
    fn named(&self, kind: &str, name: &str) -> Option<View<'a>> {
        (self.dialect.named)(self.resource, kind, name)
    }

    /// What the resources of a type say of themselves that speak of this queue.
    fn speaking(&self, kind: &str) -> Vec<View<'a>> {
        (self.dialect.speaking)(self.resource, kind, None)
    }

    fn is_this(&self, view: View<'_>) -> bool {
        (self.dialect.is_reference)(view, self.resource)
    }

    /// What hands this queue's messages to a function, if anything does.
    fn is_source(&self) -> Option<View<'a>> {
        let (kind, source, _) = self.spelling.mapping;
        let mapped = self
            .speaking(kind)
            .into_iter()
            .filter_map(|mapping| dig(mapping, source))
            .find(|source| self.is_this(*source));
        mapped.or_else(|| {
            self.spelling
                .with_events
                .iter()
                .flat_map(|kind| self.speaking(kind))
                .filter_map(|function| function.get("Events"))
                .flat_map(View::entries)
                .filter(|(_, event)| is_type(*event, "SQS"))
                .filter_map(|(_, event)| event.at(&["Properties", "Queue"]))
                .find(|source| self.is_this(*source))
        })
    }

    /// What sends its dead letters to this queue, if anything does: it needs no queue for dead letters itself.
    fn is_dead_letter(&self) -> Option<View<'a>> {
        let mut places = self.spelling.dead_letters.iter();
        places.find_map(|(kind, path)| {
            let mut siblings = self.speaking(kind).into_iter();
            siblings.find_map(|resource| self.names_this(resource, path))
        })
    }

    /// The node of a resource that names this queue; a policy may be a text of JSON.
    fn names_this(&self, resource: View<'a>, path: &[&str]) -> Option<View<'a>> {
        if let Some(target) = dig(resource, path) {
            return Some(target).filter(|target| self.is_this(*target));
        }
        let (text, document, rest) = Document::within(resource, path)?;
        let target = dig(document.root().view, rest)?;
        self.is_this(target).then_some(text)
    }
}

fn origin(view: Option<View<'_>>, under: NodeId) -> Origin {
    view.map_or(Origin::Default { under }, |view| Origin::Derived {
        from: view.id(),
    })
}

fn is_type(view: View<'_>, kind: &str) -> bool {
    view.get("Type").and_then(View::raw) == Some(kind)
}
