//! Events of functions: who hands them over, and what waits for an answer.

use super::{DIALECT, call};
use crate::estate::{Entity, EntityKind, Model};
use crate::frontend::aws::bus::{MAX_AGE, RETRIES};
use crate::frontend::aws::{WHY, presence};
use crate::frontend::shared::origin;
use crate::resource::Resource;
use crate::tree::{NodeId, Origin, View};

/// Events that are handed over without waiting for an answer.
const ASYNCHRONOUS: &[&str] = &[
    "s3",
    "sns",
    "schedule",
    "eventBridge",
    "cloudwatchEvent",
    "iot",
    "cloudwatchLog",
];

/// Events that something takes from a source and hands over, and what that source is.
const FORMS: &[(&str, &str)] = &[
    ("activemq", "queue"),
    ("eventBridge", "bus"),
    ("kafka", "stream"),
    ("msk", "stream"),
    ("rabbitmq", "queue"),
    ("schedule", "schedule"),
    ("sns", "topic"),
    ("sqs", "queue"),
    ("stream", "stream"),
];

/// One of the events of a function.
#[derive(Debug, Clone, Copy)]
pub(super) struct Event<'a> {
    /// `httpApi`, `sqs`.
    pub(super) kind: &'a str,
    /// What is said of it.
    pub(super) at: View<'a>,
    index: usize,
}

impl Event<'_> {
    /// What entities are called that are made of it.
    pub(super) fn name(&self, resource: &Resource) -> String {
        format!("{}/events/{}", resource.name, self.index)
    }
}

/// The events of a function.
pub(super) fn events(function: View<'_>) -> impl Iterator<Item = Event<'_>> {
    let list = function.get("events").into_iter().flat_map(View::items);
    list.enumerate().filter_map(|(index, item)| {
        let (kind, at) = item.entries().next()?;
        Some(Event { kind, at, index })
    })
}

/// What hands events to a function and does not wait for an answer.
pub(super) fn asynchronous(function: View<'_>) -> Option<View<'_>> {
    let waits_not = |event: &Event<'_>| {
        let asked = event.at.get("async").and_then(View::bool) == Some(true);
        ASYNCHRONOUS.contains(&event.kind) || event.kind == "http" && asked
    };
    events(function).find(waits_not).map(|event| event.at)
}

/// What takes messages from queues, streams and schedules for a function.
pub(super) fn subscriptions(resource: &Resource) -> Vec<Entity> {
    let events = events(resource.view());
    let subscriptions = events.filter_map(|event| {
        let (_, form) = FORMS.iter().find(|(kind, _)| *kind == event.kind)?;
        Some(Subscription {
            resource,
            event,
            form,
        })
    });
    subscriptions
        .map(|subscription| subscription.entity())
        .collect()
}

struct Subscription<'a> {
    resource: &'a Resource,
    event: Event<'a>,
    form: &'static str,
}

impl<'a> Subscription<'a> {
    fn entity(&self) -> Entity {
        let name = self.event.name(self.resource);
        let under = self.event.at.id();
        let mut model = Model::default();
        model.object(None, under, |model| {
            model.text("name", &name, Origin::Default { under });
            model.text("form", self.form, Origin::Default { under });
            self.channel(model);
            self.consumer(model);
            self.failure(model);
        });
        Entity::new(EntityKind::Subscription, name, model.finish())
    }

    fn at(&self, key: &str) -> Option<View<'a>> {
        let value = self.event.at.get(key);
        value.filter(|value| !value.is_null())
    }

    fn channel(&self, model: &mut Model) {
        let Some(source) = self.source() else { return };
        let from = source.id();
        model.object(Some("channel"), from, |model| {
            match name_of(source) {
                Some(name) => model.text("name", &name, Origin::Derived { from }),
                None => model.unknown("name", WHY, from),
            }
            if let Some(queue) = self.queue(source) {
                promises(model, queue);
            }
        });
    }

    /// Where the messages come from: a queue or a stream by its name, or what is read of a broker.
    fn source(&self) -> Option<View<'a>> {
        let at = self.event.at;
        if self.form == "schedule" {
            None
        } else if at.raw().is_some() || call::is_at(at) {
            Some(at)
        } else {
            ["topic", "queue", "arn", "topicName", "eventBus"]
                .iter()
                .find_map(|key| self.at(key))
        }
    }

    /// A queue of the template beside the functions.
    fn queue(&self, source: View<'_>) -> Option<View<'a>> {
        let name = call::referred(source)?;
        let service = self.resource.tree.view(NodeId::ROOT, self.resource.typing);
        let queue = service.at(&["resources", "Resources", &name])?;
        let kind = queue.get("Type").and_then(View::raw);
        (kind == Some("AWS::SQS::Queue")).then_some(queue)
    }

    fn consumer(&self, model: &mut Model) {
        let under = self.event.at.id();
        model.object(Some("consumer"), under, |model| {
            model.text("name", &self.resource.name, Origin::Default { under });
            let timeout = self.resource.view().get("timeout");
            DIALECT.known(model, "max_seconds", timeout, Model::integer);
        });
    }

    /// What happens to messages that the function cannot take.
    fn failure(&self, model: &mut Model) {
        match self.event.kind {
            "sqs" | "stream" => self.batch(model),
            "sns" => self.dead_letter(model, "redrivePolicy"),
            "eventBridge" => {
                self.dead_letter(model, "deadLetterQueueArn");
                self.patience(model);
            }
            _ => {}
        }
    }

    fn dead_letter(&self, model: &mut Model, key: &str) {
        let under = self.event.at.id();
        presence(
            model,
            "dead_letter",
            self.at(key),
            Origin::Default { under },
        );
    }

    /// How often and for how long a bus tries.
    fn patience(&self, model: &mut Model) {
        let under = self.event.at.id();
        for (key, name, otherwise) in [
            ("maximumRetryAttempts", "retries", RETRIES),
            ("maximumEventAge", "max_age_seconds", MAX_AGE),
        ] {
            match self.event.at.at(&["retryPolicy", key]) {
                None => model.number_at(name, otherwise, Origin::Default { under }),
                written => DIALECT.known(model, name, written, Model::integer),
            }
        }
    }

    /// What is taken in batches, and of a stream until it is too old.
    fn batch(&self, model: &mut Model) {
        let under = self.event.at.id();
        match self.at("functionResponseType") {
            Some(kind) if call::is_unknown(kind) => {
                model.unknown("batch_partial", WHY, kind.id());
            }
            kind => {
                let partial = kind.and_then(View::raw) == Some("ReportBatchItemFailures");
                model.truth("batch_partial", partial, origin(kind, under));
            }
        }
        if self.event.kind == "stream" {
            let destination = self.event.at.at(&["destinations", "onFailure"]);
            let has_one = destination.is_some();
            model.truth("dead_letter", has_one, origin(destination, under));
            let retries = self.at("maximumRetryAttempts");
            DIALECT.known(model, "retries", retries, Model::integer);
            let age = self.at("maximumRecordAgeInSeconds");
            DIALECT.known(model, "max_age_seconds", age, Model::integer);
        }
    }
}

/// What a queue promises its consumers.
fn promises(model: &mut Model, queue: View<'_>) {
    let under = queue.id();
    let at = |key: &str| {
        let value = queue.at(&["Properties", key]);
        value.filter(|value| !value.is_null())
    };
    match at("VisibilityTimeout") {
        Some(seconds) => {
            DIALECT.known(model, "visibility_seconds", Some(seconds), Model::integer);
        }
        None => model.number_at("visibility_seconds", 30, Origin::Default { under }),
    }
    let redrive = at("RedrivePolicy");
    model.truth("redrive", redrive.is_some(), origin(redrive, under));
}

/// The name of a source: of a resource of the template, or the last word of an ARN.
fn name_of(source: View<'_>) -> Option<String> {
    if let Some(name) = call::referred(source) {
        return Some(name);
    }
    let text = source.raw().filter(|_| !call::is_unknown(source))?;
    // `arn:aws:sqs:region:account:name`, `arn:aws:dynamodb:region:account:table/name/stream/time`.
    let resource = text.splitn(6, ':').nth(5).unwrap_or(text);
    let mut words = resource.split('/');
    let first = words.next()?;
    Some(words.next().unwrap_or(first).to_owned())
}
