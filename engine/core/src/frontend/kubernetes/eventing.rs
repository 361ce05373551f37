//! What passes messages on: brokers, channels, triggers and sources of Knative; and what lets requests in.

use super::endpoint;
use crate::estate::{Entity, EntityKind, Model};
use crate::frontend::shared::{origin, written};
use crate::resource::Resource;
use crate::tree::{Origin, View};

type Modeller = fn(&Resource) -> Vec<Entity>;

/// Kinds, and what each is: one line per kind.
const MODELS: &[(&str, EntityKind, Modeller)] = &[
    (
        "eventing.knative.dev/Broker",
        EntityKind::Channel,
        |resource| vec![channel(resource, "broker")],
    ),
    (
        "eventing.knative.dev/Trigger",
        EntityKind::Subscription,
        trigger,
    ),
    (
        "messaging.knative.dev/Channel",
        EntityKind::Channel,
        |resource| vec![channel(resource, "topic")],
    ),
    (
        "messaging.knative.dev/InMemoryChannel",
        EntityKind::Channel,
        |resource| vec![channel(resource, "topic")],
    ),
    (
        "messaging.knative.dev/KafkaChannel",
        EntityKind::Channel,
        |resource| vec![channel(resource, "stream")],
    ),
    (
        "messaging.knative.dev/Subscription",
        EntityKind::Subscription,
        subscription,
    ),
    (
        "networking.k8s.io/Ingress",
        EntityKind::Endpoint,
        endpoint::ingress,
    ),
    (
        "extensions/Ingress",
        EntityKind::Endpoint,
        endpoint::ingress,
    ),
    (
        "gateway.networking.k8s.io/HTTPRoute",
        EntityKind::Endpoint,
        endpoint::http_route,
    ),
    (
        "serving.knative.dev/Service",
        EntityKind::Endpoint,
        endpoint::service_of_knative,
    ),
    (
        "core/Service",
        EntityKind::Endpoint,
        endpoint::load_balancer,
    ),
];

/// All kinds of sources.
const ALL_SOURCES: &str = "sources.knative.dev/*";

/// The kinds that entities of a kind are modelled of.
pub(super) fn kinds(of: EntityKind) -> impl Iterator<Item = &'static str> {
    let models = MODELS.iter().filter(move |(_, kind, _)| *kind == of);
    let sources = (of == EntityKind::Subscription).then_some(ALL_SOURCES);
    models.map(|(kind, ..)| *kind).chain(sources)
}

/// Channels, subscriptions and endpoints of an object.
pub(super) fn entities(resource: &Resource) -> Vec<Entity> {
    if resource.kind.starts_with("sources.knative.dev/") {
        return source(resource);
    }
    MODELS
        .iter()
        .find(|(kind, ..)| *kind == resource.kind)
        .map(|(_, _, model)| model(resource))
        .unwrap_or_default()
}

/// A broker or a channel. A Channel may also say how it delivers in the template of the channel that it stands for.
fn channel(resource: &Resource, form: &str) -> Entity {
    let root = resource.view();
    let delivery = written(root.at(&["spec", "delivery"]))
        .or_else(|| written(root.at(&["spec", "channelTemplate", "spec", "delivery"])));
    let under = delivery.or(root.get("spec")).unwrap_or(root).id();
    entity(EntityKind::Channel, resource, |model| {
        head(model, resource, form);
        let sink = dead_letter_sink(delivery);
        model.truth("redrive", sink.is_some(), origin(sink, under));
        let retry = delivery.and_then(|delivery| delivery.get("retry"));
        model.integer("max_receives", retry);
    })
}

/// A Trigger takes what passes through its broker. Where it says nothing of what fails, the broker's own `delivery`
/// holds, which is another object and is not seen from here: `dead_letter` is what the Trigger itself says.
fn trigger(resource: &Resource) -> Vec<Entity> {
    let spec = resource.view().get("spec");
    let named = |path: &[&str]| written(spec?.at(path));
    let broker = named(&["broker"]).or_else(|| named(&["brokerRef", "name"]));
    let trigger = entity(EntityKind::Subscription, resource, |model| {
        head(model, resource, "trigger");
        match broker {
            Some(_) => far_end(model, "channel", broker),
            None => default_broker(model, resource),
        }
        far_end(model, "consumer", destination(named(&["subscriber"])));
        let filter = named(&["filters"]).or_else(|| named(&["filter", "attributes"]));
        let under = resource.root;
        model.truth("filtered", filter.is_some(), origin(filter, under));
        delivery(model, resource);
    });
    vec![trigger]
}

/// What a Trigger takes from that names no broker: the API server fills it in.
fn default_broker(model: &mut Model, resource: &Resource) {
    let view = resource.view();
    let under = view.get("spec").unwrap_or(view).id();
    model.object(Some("channel"), under, |model| {
        model.text("name", "default", Origin::Default { under });
    });
}

/// A Subscription takes what passes through its channel. What the channel's own `delivery` says is not seen from here.
fn subscription(resource: &Resource) -> Vec<Entity> {
    let spec = resource.view().get("spec");
    let named = |path: &[&str]| written(spec?.at(path));
    let subscription = entity(EntityKind::Subscription, resource, |model| {
        head(model, resource, "trigger");
        far_end(model, "channel", named(&["channel", "name"]));
        far_end(model, "consumer", destination(named(&["subscriber"])));
        delivery(model, resource);
    });
    vec![subscription]
}

/// Kinds of sources: what they take from, and whether they say what becomes of an event that fails.
const SOURCES: &[(&str, &str, bool)] = &[
    ("PingSource", "schedule", false),
    ("ApiServerSource", "stream", false),
    ("KafkaSource", "stream", true),
    ("RedisStreamSource", "stream", false),
    ("RabbitmqSource", "queue", true),
    ("AwsSqsSource", "queue", false),
    ("GitHubSource", "http", false),
    ("GitLabSource", "http", false),
];

/// A source hands events to its sink. `SinkBinding` only tells a workload where its sink is, and takes nothing.
fn source(resource: &Resource) -> Vec<Entity> {
    let kind = resource.kind.rsplit('/').next().unwrap_or_default();
    if kind == "SinkBinding" {
        return Vec::new();
    }
    let known = SOURCES.iter().find(|(name, ..)| *name == kind);
    let (_, form, delivers) = known.copied().unwrap_or((kind, "trigger", false));
    let spec = resource.view().get("spec");
    let named = |path: &[&str]| written(spec?.at(path));
    let topic = named(&["topics"]).and_then(|topics| topics.items().next());
    let source = entity(EntityKind::Subscription, resource, |model| {
        head(model, resource, form);
        model.copy("schedule", named(&["schedule"]));
        far_end(model, "channel", topic);
        far_end(model, "consumer", destination(named(&["sink"])));
        if delivers {
            delivery(model, resource);
        }
    });
    vec![source]
}

/// What becomes of an event that its consumer refuses.
fn delivery(model: &mut Model, resource: &Resource) {
    let root = resource.view();
    let delivery = written(root.at(&["spec", "delivery"]));
    let under = delivery.or(root.get("spec")).unwrap_or(root).id();
    let sink = dead_letter_sink(delivery);
    model.truth("dead_letter", sink.is_some(), origin(sink, under));
    let says = |key: &str| delivery?.get(key);
    model.integer("retries", says("retry"));
    model.copy("backoff", says("backoffPolicy"));
}

/// Where events go that every attempt failed on. An empty one is none.
fn dead_letter_sink(delivery: Option<View<'_>>) -> Option<View<'_>> {
    destination(delivery?.get("deadLetterSink"))
}

/// What a destination names: an object, or an address.
fn destination(destination: Option<View<'_>>) -> Option<View<'_>> {
    let destination = destination?;
    written(destination.at(&["ref", "name"])).or_else(|| written(destination.get("uri")))
}

/// The other end of a subscription: an object with the name that is written at a node.
fn far_end(model: &mut Model, key: &str, name: Option<View<'_>>) {
    if let Some(name) = name {
        model.object(Some(key), name.id(), |model| model.copy("name", Some(name)));
    }
}

/// An entity as large as its object, with the object's name.
fn entity(kind: EntityKind, resource: &Resource, fill: impl FnOnce(&mut Model)) -> Entity {
    let mut model = Model::default();
    model.object(None, resource.root, fill);
    Entity::new(kind, resource.name.clone(), model.finish())
}

/// `name` and `form`.
fn head(model: &mut Model, resource: &Resource, form: &str) {
    let name = resource.view().at(&["metadata", "name"]);
    let from = name.map_or(resource.root, View::id);
    model.text("name", &resource.name, Origin::Derived { from });
    let under = resource.root;
    model.text("form", form, Origin::Default { under });
}
