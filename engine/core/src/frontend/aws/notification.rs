//! What a bucket tells of its changes, and whom: a subscription each.

use super::declared::{Declared, Path, each};
use super::{dig, presence};
use crate::estate::{Entity, EntityKind};
use crate::tree::{Origin, View};

/// Where notifications of a bucket say what.
#[derive(Debug)]
pub(in crate::frontend) struct Spelling {
    /// The bucket; none: the resource itself is it.
    pub(in crate::frontend) bucket: Path,
    /// Lists of notifications, and where one of them names whom it tells.
    pub(in crate::frontend) lists: &'static [(Path, Path)],
    /// What keeps notifications back.
    pub(in crate::frontend) filters: &'static [Path],
    /// Of which changes one of them tells.
    pub(in crate::frontend) events: &'static str,
}

/// The notifications of a bucket.
pub(in crate::frontend) fn notifications(
    declared: &Declared<'_>,
    spelling: &Spelling,
) -> Vec<Entity> {
    let mut entities = Vec::new();
    for (list, consumer) in spelling.lists {
        for written in declared.at(list).into_iter().flat_map(each) {
            let name = format!("{}/{}", declared.resource.name, entities.len());
            let bucket = declared.at(spelling.bucket);
            let consumer = dig(written, consumer);
            let filter = filter(written, spelling.filters, spelling.events);
            entities.push(notification(
                declared,
                &name,
                written,
                Ends { bucket, consumer },
                filter,
            ));
        }
    }
    entities
}

/// The notifications that a function of SAM declares among its events.
pub(in crate::frontend) fn of_events(declared: &Declared<'_>) -> Vec<Entity> {
    let events = declared.at(&["Events"]).into_iter().flat_map(View::entries);
    let of_buckets =
        events.filter(|(_, event)| event.get("Type").and_then(View::raw) == Some("S3"));
    let read = |(name, event): (&str, View<'_>)| {
        let at = event.get("Properties")?;
        let bucket = dig(at, &["Bucket"]);
        let name = format!("{}/{name}", declared.resource.name);
        let ends = Ends {
            bucket,
            consumer: None,
        };
        Some(notification(
            declared,
            &name,
            at,
            ends,
            filter(at, &[&["Filter"]], "Events"),
        ))
    };
    of_buckets.filter_map(read).collect()
}

/// What keeps changes back: a filter, or events of which none tells of objects that are put there.
fn filter<'a>(written: View<'a>, filters: &[Path], events: &str) -> Option<View<'a>> {
    let filter = filters.iter().find_map(|path| dig(written, path));
    filter.or_else(|| {
        let events = dig(written, &[events])?;
        let mut names = each(events).filter_map(View::raw);
        let tells_of_new = names.any(|name| name.starts_with("s3:ObjectCreated:"));
        (!tells_of_new).then_some(events)
    })
}

/// What a notification joins; none: the resource that declares it.
#[derive(Clone, Copy)]
struct Ends<'a> {
    bucket: Option<View<'a>>,
    consumer: Option<View<'a>>,
}

fn notification(
    declared: &Declared<'_>,
    name: &str,
    at: View<'_>,
    ends: Ends<'_>,
    filter: Option<View<'_>>,
) -> Entity {
    let default = Origin::Default { under: at.id() };
    Declared::entity_of(EntityKind::Subscription, name, at.id(), |model| {
        model.text("form", "bucket", default);
        presence(model, "filtered", filter, default);
        for (key, written) in [("channel", ends.bucket), ("consumer", ends.consumer)] {
            let from = written.map_or(at.id(), View::id);
            model.object(Some(key), from, |model| match written {
                Some(_) => declared.reference(model, "name", written),
                None => model.text("name", &declared.resource.name, default),
            });
        }
    })
}
