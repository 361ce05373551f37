//! Queues, and what takes messages from them.

use super::function::known;
use super::intrinsic::referred;
use crate::estate::{Entity, EntityKind, Model};
use crate::frontend::shared;
use crate::resource::Resource;
use crate::tree::{NodeId, Origin, View};

/// `AWS::SQS::Queue`: a channel.
pub(super) fn queue(resource: &Resource) -> Vec<Entity> {
    let root = resource.view();
    let mut model = Model::default();
    let properties = root.get("Properties");
    let under = properties.map_or(root.id(), View::id);
    model.object(None, under, |model| {
        model.text("name", &resource.name, Origin::Default { under });
        model.text("form", "queue", Origin::Default { under });
        shared::tags(
            model,
            properties.and_then(|properties| properties.get("Tags")),
        );
        channel(model, properties, under);
        let feeds = is_source(resource);
        model.truth(
            "consumed_by_function",
            feeds.is_some(),
            origin(feeds, under),
        );
        let target = is_dead_letter(resource);
        model.truth("dead_letters", target.is_some(), origin(target, under));
    });
    vec![Entity::new(
        EntityKind::Channel,
        resource.name.clone(),
        model.finish(),
    )]
}

fn origin(view: Option<View<'_>>, under: NodeId) -> Origin {
    view.map_or(Origin::Default { under }, |view| Origin::Derived {
        from: view.id(),
    })
}

/// What a queue promises its consumers.
fn channel(model: &mut Model, properties: Option<View<'_>>, under: NodeId) {
    let at = |path: &[&str]| properties?.at(path).filter(|view| !view.is_null());
    match at(&["VisibilityTimeout"]) {
        Some(written) => known(model, "visibility_seconds", Some(written), Model::integer),
        None => model.number_at("visibility_seconds", 30, Origin::Default { under }),
    }
    match at(&["MessageRetentionPeriod"]) {
        Some(written) => known(model, "retention_seconds", Some(written), Model::integer),
        None => model.number_at("retention_seconds", 345_600, Origin::Default { under }),
    }
    let redrive = at(&["RedrivePolicy"]);
    model.truth("redrive", redrive.is_some(), origin(redrive, under));
    known(
        model,
        "max_receives",
        at(&["RedrivePolicy", "maxReceiveCount"]),
        Model::integer,
    );
}

/// `AWS::Lambda::EventSourceMapping`: a subscription of a function to a queue or stream.
pub(super) fn mapping(resource: &Resource) -> Vec<Entity> {
    let root = resource.view();
    let Some(properties) = root.get("Properties") else {
        return Vec::new();
    };
    let source = properties.get("EventSourceArn");
    let consumer = properties.get("FunctionName");
    vec![subscription(
        resource,
        &resource.name,
        properties,
        source,
        consumer.and_then(referred),
    )]
}

/// A subscription with what both of its ends say, so that one rule can compare them.
fn subscription(
    resource: &Resource,
    name: &str,
    at: View<'_>,
    source: Option<View<'_>>,
    consumer: Option<&str>,
) -> Entity {
    let mut model = Model::default();
    let under = at.id();
    model.object(None, under, |model| {
        model.text("name", name, Origin::Default { under });
        let channel_name = source.and_then(referred);
        if let Some(channel_name) = channel_name {
            let from = source.map_or(under, View::id);
            model.object(Some("channel"), from, |model| {
                model.text("name", channel_name, Origin::Derived { from });
                let queue = sibling(resource, channel_name);
                if let Some(queue) = queue.filter(|queue| is_type(*queue, "AWS::SQS::Queue")) {
                    let properties = queue.get("Properties");
                    channel(model, properties, properties.map_or(queue.id(), View::id));
                }
            });
        }
        if let Some(consumer) = consumer {
            model.object(Some("consumer"), under, |model| {
                model.text("name", consumer, Origin::Default { under });
                if let Some(function) = sibling(resource, consumer) {
                    timeout(model, function);
                }
            });
        }
    });
    Entity::new(EntityKind::Subscription, name.to_owned(), model.finish())
}

fn timeout(model: &mut Model, function: View<'_>) {
    let properties = function.get("Properties");
    let under = properties.map_or(function.id(), View::id);
    match properties.and_then(|properties| properties.get("Timeout")) {
        Some(written) => known(model, "max_seconds", Some(written), Model::integer),
        None => model.number_at("max_seconds", 3, Origin::Default { under }),
    }
}

/// The subscriptions that a function of SAM declares among its events.
pub(super) fn of_events(resource: &Resource) -> Vec<Entity> {
    let events = resource.view().at(&["Properties", "Events"]);
    let events = events.into_iter().flat_map(View::entries);
    let from_queue = events.filter(|(_, event)| is_type(*event, "SQS"));
    from_queue
        .filter_map(|(name, event)| {
            let at = event.get("Properties")?;
            let name = format!("{}/{name}", resource.name);
            let source = at.get("Queue");
            Some(subscription(
                resource,
                &name,
                at,
                source,
                Some(&resource.name),
            ))
        })
        .collect()
}

fn sibling<'a>(resource: &'a Resource, name: &str) -> Option<View<'a>> {
    resource.tree.view(NodeId::ROOT, resource.typing).get(name)
}

fn is_type(view: View<'_>, kind: &str) -> bool {
    view.get("Type").and_then(View::raw) == Some(kind)
}

/// What hands this queue's messages to a function, if anything does.
fn is_source(resource: &Resource) -> Option<View<'_>> {
    let root = resource.tree.view(NodeId::ROOT, resource.typing);
    let is_this = |view: View<'_>| referred(view) == Some(resource.name.as_str());
    root.entries().map(|(_, other)| other).find_map(|other| {
        let properties = other.get("Properties")?;
        if is_type(other, "AWS::Lambda::EventSourceMapping") {
            return properties
                .get("EventSourceArn")
                .filter(|source| is_this(*source));
        }
        let events = properties.get("Events").into_iter().flat_map(View::entries);
        events
            .filter(|(_, event)| is_type(*event, "SQS"))
            .filter_map(|(_, event)| event.at(&["Properties", "Queue"]))
            .find(|source| is_this(*source))
    })
}

/// What sends its dead letters to this queue, if anything does: it needs no queue for dead letters itself.
fn is_dead_letter(resource: &Resource) -> Option<View<'_>> {
    let root = resource.tree.view(NodeId::ROOT, resource.typing);
    let is_this = |view: &View<'_>| referred(*view) == Some(resource.name.as_str());
    root.entries().map(|(_, other)| other).find_map(|other| {
        let properties = other.get("Properties")?;
        DEAD_LETTERS
            .iter()
            .filter_map(|path| properties.at(path))
            .find(is_this)
    })
}

/// Where resources name a queue for what fails.
const DEAD_LETTERS: &[&[&str]] = &[
    &["RedrivePolicy", "deadLetterTargetArn"],
    &["DeadLetterConfig", "TargetArn"],
    &["DeadLetterQueue", "TargetArn"],
    &["DestinationConfig", "OnFailure", "Destination"],
    &[
        "EventInvokeConfig",
        "DestinationConfig",
        "OnFailure",
        "Destination",
    ],
];
