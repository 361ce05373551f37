//! Subscriptions of Azure: of topics of Service Bus, and of what Event Grid tells.

use super::DIALECT;
use crate::estate::{Entity, EntityKind, Model};
use crate::frontend::aws::bus::duration;
use crate::frontend::aws::declared::{Declared, Path};
use crate::frontend::aws::{WHY, dig};
use crate::frontend::terraform::referred;
use crate::resource::Resource;
use crate::tree::{Origin, View};

/// A subscription of a topic. Messages that were handed out too often are set aside, in a queue that belongs to it.
/// <https://learn.microsoft.com/azure/service-bus-messaging/service-bus-dead-letter-queues>
pub(in crate::frontend::terraform) fn of_topic(resource: &Resource) -> Vec<Entity> {
    let declared = Declared::new(resource, &DIALECT);
    let entity = declared.entity(EntityKind::Subscription, |model| {
        let default = declared.default();
        model.text("form", "topic", default);
        let rules = declared.mentioning("azurerm_servicebus_subscription_rule", None);
        let rule = rules.into_iter().find(|rule| {
            let of = dig(*rule, &["subscription_id"]);
            of.is_some_and(|of| declared.is_this(of, None))
        });
        model.truth("filtered", rule.is_some(), declared.origin(rule));
        if let Some(topic) = declared.at(&["topic_id"]) {
            model.object(Some("channel"), topic.id(), |model| {
                declared.reference(model, "name", Some(topic));
                let lock = declared.at(&["lock_duration"]);
                duration(model, &declared, "visibility_seconds", lock, Some(60));
            });
        }
        if let Some(next) = declared.at(&["forward_to"]) {
            model.object(Some("consumer"), next.id(), |model| {
                declared.reference(model, "name", Some(next));
            });
        }
        model.truth("dead_letter", true, default);
        let deliveries = declared.at(&["max_delivery_count"]);
        declared.known(model, "retries", deliveries, Model::integer);
    });
    vec![entity]
}

/// What keeps events back.
const FILTERS: &[Path] = &[
    &["subject_filter"],
    &["advanced_filter"],
    &["included_event_types"],
];

/// Whom events are handed to.
const ENDPOINTS: &[Path] = &[
    &["azure_function_endpoint", "function_id"],
    &["webhook_endpoint", "url"],
    &["service_bus_queue_endpoint_id"],
    &["service_bus_topic_endpoint_id"],
    &["eventhub_endpoint_id"],
    &["hybrid_connection_endpoint_id"],
    &["storage_queue_endpoint", "queue_name"],
];

/// A subscription of events, which are tried 30 times within a day, and dropped unless there is a place for them.
/// <https://learn.microsoft.com/azure/event-grid/delivery-and-retry>
pub(in crate::frontend::terraform) fn of_events(resource: &Resource) -> Vec<Entity> {
    let declared = Declared::new(resource, &DIALECT);
    let first = |ways: &[Path]| ways.iter().find_map(|path| declared.at(path));
    let entity = declared.entity(EntityKind::Subscription, |model| {
        model.text("form", "topic", declared.default());
        declared.presence(model, "filtered", first(FILTERS));
        if let Some(scope) = declared.at(&["scope"]) {
            model.object(Some("channel"), scope.id(), |model| {
                declared.reference(model, "name", Some(scope));
            });
        }
        if let Some(endpoint) = first(ENDPOINTS) {
            consumer(model, &declared, endpoint);
        }
        let kept = declared.at(&["storage_blob_dead_letter_destination"]);
        declared.presence(model, "dead_letter", kept);
        let attempts = declared.at(&["retry_policy", "max_delivery_attempts"]);
        declared.number_or(model, "retries", attempts, 30);
        max_age(model, &declared);
    });
    vec![entity]
}

/// `consumer`: of a function within an app, `${azurerm_linux_function_app.a.id}/functions/b`, the app.
fn consumer(model: &mut Model, declared: &Declared<'_>, endpoint: View<'_>) {
    let from = endpoint.id();
    let begin = endpoint.raw().and_then(|text| {
        let end = text.find('}')?;
        referred(text.get(..=end)?)
    });
    model.object(Some("consumer"), from, |model| match begin {
        Some(name) => model.text("name", &name, Origin::Derived { from }),
        None => declared.reference(model, "name", Some(endpoint)),
    });
}

/// Events live for some minutes.
fn max_age(model: &mut Model, declared: &Declared<'_>) {
    const KEY: &str = "max_age_seconds";
    let Some(minutes) = declared.at(&["retry_policy", "event_time_to_live"]) else {
        return model.number_at(KEY, 86_400, declared.default());
    };
    match declared.text(minutes).map(str::parse::<i64>) {
        None => model.unknown(KEY, WHY, minutes.id()),
        Some(Ok(number)) => model.number(KEY, number.saturating_mul(60), minutes.id()),
        Some(Err(_)) => {}
    }
}
