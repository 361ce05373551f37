//! Triggers of Eventarc: which events are handed to whom.

use super::DIALECT;
use crate::estate::{Entity, EntityKind};
use crate::frontend::aws::declared::{Declared, Path, each};
use crate::resource::Resource;

/// Whom events are handed to.
const DESTINATIONS: &[Path] = &[
    &["destination", "cloud_run_service", "service"],
    &["destination", "cloud_function"],
    &["destination", "workflow"],
    &["destination", "gke", "service"],
    &["destination", "http_endpoint", "uri"],
];

/// A subscription of events, which are tried for a day. Where those go that fail is said by a subscription that
/// Eventarc makes by itself, and nobody can know it here.
/// <https://cloud.google.com/eventarc/docs/retry-events>
pub(in crate::frontend::terraform) fn trigger(resource: &Resource) -> Vec<Entity> {
    let declared = Declared::new(resource, &DIALECT);
    let entity = declared.entity(EntityKind::Subscription, |model| {
        let default = declared.default();
        model.text("form", "trigger", default);
        // The first criterion is the type of the events.
        let criteria = declared.at(&["matching_criteria"]);
        let several = criteria.is_some_and(|criteria| each(criteria).count() > 1);
        model.truth("filtered", several, declared.origin(criteria));
        let topic = declared.at(&["transport", "pubsub", "topic"]);
        let consumer = DESTINATIONS.iter().find_map(|path| declared.at(path));
        for (key, written) in [("channel", topic), ("consumer", consumer)] {
            if let Some(end) = written {
                model.object(Some(key), end.id(), |model| {
                    declared.reference(model, "name", Some(end));
                });
            }
        }
        model.unknown("dead_letter", OTHER, declared.under);
        model.number_at("max_age_seconds", 86_400, default);
    });
    vec![entity]
}

/// Why nobody knows where events go that fail.
const OTHER: &str = "a subscription that Eventarc makes says so";
