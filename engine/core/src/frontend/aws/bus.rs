//! Topics and buses, and what is handed on from them: to whom, how often it is tried, and where it goes that fails.

use super::declared::{Declared, Path, each, word};
use super::document::Document;
use super::{WHY, is_choice, presence};
use crate::estate::{Entity, EntityKind, Model};
use crate::frontend::shared;
use crate::tree::{NodeId, Origin, View};

/// Where a type of channel says what.
#[derive(Debug)]
pub(in crate::frontend) struct Channel {
    pub(in crate::frontend) form: &'static str,
    pub(in crate::frontend) tags: Path,
    /// How long a message that was taken is hidden from others, and what holds where nothing is written.
    pub(in crate::frontend) visibility: (Path, Option<i64>),
    pub(in crate::frontend) retention: Path,
    /// Where a key is named; None: it is always encrypted.
    pub(in crate::frontend) key: Option<Path>,
    /// How often a message is handed out, and what holds where nothing is written.
    pub(in crate::frontend) max_receives: (Path, Option<i64>),
    /// Whether messages that fail are set aside without anything being written.
    pub(in crate::frontend) redrive: Option<bool>,
    /// Whether messages are set aside that grow too old.
    pub(in crate::frontend) expired: Path,
}

/// The channel that a resource is.
pub(in crate::frontend) fn channel(declared: &Declared<'_>, spelling: &Channel) -> Entity {
    declared.entity(EntityKind::Channel, |model| {
        let default = declared.default();
        model.text("form", spelling.form, default);
        shared::tags(model, declared.at(spelling.tags));
        declared.known(model, "region", declared.region(&[]), Model::copy);
        let (visibility, seconds) = spelling.visibility;
        duration(
            model,
            declared,
            "visibility_seconds",
            declared.at(visibility),
            seconds,
        );
        let retention = declared.at(spelling.retention);
        duration(model, declared, "retention_seconds", retention, None);
        if let Some(redrive) = spelling.redrive {
            model.truth("redrive", redrive, default);
        }
        let (receives, times) = spelling.max_receives;
        let receives = declared.at(receives);
        match (receives, times) {
            (None, Some(times)) => model.number_at("max_receives", times, default),
            _ => declared.known(model, "max_receives", receives, Model::integer),
        }
        if let Some(expired) = declared.at(spelling.expired) {
            declared.truth_or(model, "expired_to_dead_letters", Some(expired), false);
        }
        match spelling.key {
            None => model.truth("encrypted", true, default),
            Some(key) => declared.presence(model, "encrypted", declared.at(key)),
        }
    })
}

/// Where messages come from.
#[derive(Debug)]
pub(in crate::frontend) enum Upstream {
    /// From the channel that is written there, or else from the one that is called so.
    At(Path, Option<&'static str>),
    /// From the resource itself.
    Itself,
}

/// Where a type of resource that hands messages on says what.
#[derive(Debug)]
pub(in crate::frontend) struct Handing {
    pub(in crate::frontend) form: &'static str,
    pub(in crate::frontend) channel: Upstream,
    /// Targets, where there may be several: the list, and what each of them is called.
    pub(in crate::frontend) targets: Option<(Path, Path)>,
    /// Within a target.
    pub(in crate::frontend) consumer: Path,
    /// Within a target.
    pub(in crate::frontend) protocol: Path,
    /// Where a queue for what fails is named, within a target.
    pub(in crate::frontend) dead_letter: Path,
    /// A key that has to be in it, where it is a document.
    pub(in crate::frontend) dead_letter_key: Option<&'static str>,
    /// Within a target, and what holds where nothing is written.
    pub(in crate::frontend) retries: (Path, Option<i64>),
    /// Within a target, and what holds where nothing is written.
    pub(in crate::frontend) max_age: (Path, Option<i64>),
    /// How long a message that was taken is hidden from others, and what holds where nothing is written.
    pub(in crate::frontend) visibility: (Path, Option<i64>),
    /// What keeps messages back, where it may.
    pub(in crate::frontend) filter: Path,
    /// What makes it one of a schedule: here, or in a resource that it speaks of, by type and by the way to its name.
    pub(in crate::frontend) schedule: Option<(Path, &'static str, Path)>,
}

/// What a resource hands on: a subscription per target.
pub(in crate::frontend) fn handing(declared: &Declared<'_>, spelling: &Handing) -> Vec<Entity> {
    let name = &declared.resource.name;
    match spelling.targets {
        None => {
            let under = declared.properties;
            let target = under.map(|at| subscription(declared, spelling, name, at));
            target.into_iter().collect()
        }
        Some((list, id)) => declared
            .at(list)
            .into_iter()
            .flat_map(each)
            .enumerate()
            .map(|(index, target)| {
                let own = super::dig(target, id).and_then(View::raw);
                let own = own.map_or_else(|| index.to_string(), str::to_owned);
                subscription(declared, spelling, &format!("{name}/{own}"), target)
            })
            .collect(),
    }
}

fn subscription(
    declared: &Declared<'_>,
    spelling: &Handing,
    name: &str,
    target: View<'_>,
) -> Entity {
    let under = target.id();
    let default = Origin::Default { under };
    Declared::entity_of(EntityKind::Subscription, name, under, |model| {
        let (form, origin) = match scheduled(declared, spelling) {
            Some(from) => ("schedule", Origin::Derived { from }),
            None => (spelling.form, default),
        };
        model.text("form", form, origin);
        match form {
            // A rule of a bus is a pattern.
            "bus" => model.truth("filtered", true, default),
            "schedule" => {}
            _ => presence(model, "filtered", declared.at(spelling.filter), default),
        }
        of_channel(model, declared, spelling, under);
        if let Some(consumer) = super::dig(target, spelling.consumer) {
            model.object(Some("consumer"), consumer.id(), |model| {
                declared.reference(model, "name", Some(consumer));
            });
        }
        let protocol = super::dig(target, spelling.protocol);
        declared.known(model, "protocol", protocol, Model::copy);
        let failed = super::dig(target, spelling.dead_letter);
        match (failed, spelling.dead_letter_key) {
            (Some(failed), _) if is_choice(failed) => {
                model.unknown("dead_letter", WHY, failed.id());
            }
            (Some(failed), Some(key)) => {
                let set = has_key(declared, failed, key);
                model.truth("dead_letter", set, Origin::Derived { from: failed.id() });
            }
            (Some(failed), None) => {
                model.truth("dead_letter", true, Origin::Derived { from: failed.id() });
            }
            (None, _) => model.truth("dead_letter", false, default),
        }
        for (key, (path, otherwise)) in [
            ("retries", spelling.retries),
            ("max_age_seconds", spelling.max_age),
        ] {
            match (super::dig(target, path), otherwise) {
                (None, Some(number)) => model.number_at(key, number, default),
                (written, _) => duration(model, declared, key, written, None),
            }
        }
    })
}

/// `channel`: what it is called, and what it promises of its own to whom takes from it.
fn of_channel(model: &mut Model, declared: &Declared<'_>, spelling: &Handing, under: NodeId) {
    let (channel, otherwise) = match spelling.channel {
        Upstream::At(path, otherwise) => (declared.at(path), otherwise),
        Upstream::Itself => (None, Some(declared.resource.name.as_str())),
    };
    if channel.is_none() && otherwise.is_none() {
        return;
    }
    let from = channel.map_or(under, View::id);
    model.object(Some("channel"), from, |model| {
        match (channel, otherwise) {
            (None, Some(name)) => model.text("name", name, Origin::Default { under }),
            (written, _) => declared.reference(model, "name", written),
        }
        let (visibility, seconds) = spelling.visibility;
        let visibility = declared.at(visibility);
        duration(model, declared, "visibility_seconds", visibility, seconds);
    });
}

/// What makes a subscription one of a schedule: an expression of time.
fn scheduled(declared: &Declared<'_>, spelling: &Handing) -> Option<NodeId> {
    let (path, kind, rule) = spelling.schedule?;
    let own = declared.at(path);
    let rule = declared.at(rule);
    let expression = own.or_else(|| {
        let rule = declared.followed(kind, rule?)?;
        super::dig(rule, path)
    });
    expression.map(View::id)
}

/// Whether a document names a key. Of one that only a deployment can tell, it is taken to: it was written for that.
fn has_key(declared: &Declared<'_>, written: View<'_>, key: &str) -> bool {
    match Document::at(declared, written) {
        Some(document) => document.root().get(key).is_some(),
        None => true,
    }
}

/// Types of events of SAM that are handed on by a bus, a schedule or a topic, and the form of each.
const EVENTS: &[(&str, &str)] = &[
    ("Schedule", "schedule"),
    ("ScheduleV2", "schedule"),
    ("EventBridgeRule", "bus"),
    ("CloudWatchEvent", "bus"),
    ("SNS", "topic"),
];

/// The subscriptions that a function of SAM declares among its events.
pub(in crate::frontend) fn of_events(declared: &Declared<'_>) -> Vec<Entity> {
    let events = declared.at(&["Events"]);
    let read = |(name, event): (&str, View<'_>)| {
        let kind = event.get("Type").and_then(View::raw)?;
        let (_, form) = EVENTS.iter().find(|(of, _)| *of == kind)?;
        let at = event.get("Properties").unwrap_or(event);
        let name = format!("{}/{name}", declared.resource.name);
        Some(Declared::entity_of(
            EntityKind::Subscription,
            &name,
            at.id(),
            |model| {
                of_event(model, declared, form, at);
            },
        ))
    };
    let events = events.into_iter().flat_map(View::entries);
    events.filter_map(read).collect()
}

/// `EventBridge` tries for a day, up to 185 times.
/// <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-retry-policy.html>
pub(in crate::frontend) const RETRIES: i64 = 185;
pub(in crate::frontend) const MAX_AGE: i64 = 86_400;

fn of_event(model: &mut Model, declared: &Declared<'_>, form: &str, at: View<'_>) {
    let under = at.id();
    let default = Origin::Default { under };
    model.text("form", form, default);
    let channel = super::dig(at, &["Topic"]).or(super::dig(at, &["EventBusName"]));
    if let Some(channel) = channel {
        model.object(Some("channel"), channel.id(), |model| {
            declared.reference(model, "name", Some(channel));
        });
    }
    model.object(Some("consumer"), under, |model| {
        model.text("name", &declared.resource.name, default);
    });
    let key = if form == "topic" {
        "RedrivePolicy"
    } else {
        "DeadLetterConfig"
    };
    presence(model, "dead_letter", super::dig(at, &[key]), default);
    match form {
        "topic" => {
            presence(
                model,
                "filtered",
                super::dig(at, &["FilterPolicy"]),
                default,
            );
            return;
        }
        "bus" => model.truth("filtered", true, default),
        _ => {}
    }
    for (key, name, otherwise) in [
        ("MaximumRetryAttempts", "retries", RETRIES),
        ("MaximumEventAgeInSeconds", "max_age_seconds", MAX_AGE),
    ] {
        match super::dig(at, &["RetryPolicy", key]) {
            None => model.number_at(name, otherwise, default),
            written => declared.known(model, name, written, Model::integer),
        }
    }
}

/// A number of seconds: `60`, `600s`, `PT1M`; or another number.
pub(in crate::frontend) fn duration(
    model: &mut Model,
    declared: &Declared<'_>,
    key: &str,
    written: Option<View<'_>>,
    default: Option<i64>,
) {
    let Some(view) = written else {
        if let Some(number) = default {
            model.number_at(key, number, declared.default());
        }
        return;
    };
    let text = word(view).filter(|_| !declared.is_unknown(view));
    match text.map(seconds) {
        None => model.unknown(key, WHY, view.id()),
        Some(Some(number)) => model.number(key, number, view.id()),
        Some(None) => {}
    }
}

/// The seconds of a number, of Google's durations, and of those of ISO 8601 without months.
pub(in crate::frontend) fn seconds(text: &str) -> Option<i64> {
    if let Ok(number) = text.trim_end_matches('s').parse() {
        return Some(number);
    }
    if let Some(fraction) = text.strip_suffix('s') {
        let (whole, _) = fraction.split_once('.')?;
        return whole.parse().ok();
    }
    let rest = text.strip_prefix('P')?;
    let (days, time) = rest.split_once('T').unwrap_or((rest, ""));
    let days = units(days, &[('W', 604_800), ('D', 86_400)])?;
    days.checked_add(units(time, &[('H', 3600), ('M', 60), ('S', 1)])?)
}

/// Numbers before units, in order.
fn units(text: &str, known: &[(char, i64)]) -> Option<i64> {
    let mut total: i64 = 0;
    let mut number = String::new();
    for character in text.chars() {
        if character.is_ascii_digit() {
            number.push(character);
            continue;
        }
        let (_, seconds) = known.iter().find(|(unit, _)| *unit == character)?;
        let count: i64 = std::mem::take(&mut number).parse().ok()?;
        total = total.checked_add(count.checked_mul(*seconds)?)?;
    }
    number.is_empty().then_some(total)
}
