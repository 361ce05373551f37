//! Streams: records that are kept in order for a while, for all who read them.

use super::WHY;
use super::declared::{Declared, Path};
use crate::estate::{Entity, EntityKind, Model};
use crate::frontend::shared;
use crate::tree::View;

/// Where a type of stream says what.
#[derive(Debug)]
pub(in crate::frontend) struct Spelling {
    pub(in crate::frontend) tags: Path,
    /// How records are encrypted.
    pub(in crate::frontend) encryption: Path,
    /// How long they are kept, in hours.
    pub(in crate::frontend) retention: Path,
}

/// The channel that a stream is.
pub(in crate::frontend) fn stream(declared: &Declared<'_>, spelling: &Spelling) -> Entity {
    declared.entity(EntityKind::Channel, |model| {
        model.text("form", "stream", declared.default());
        shared::tags(model, declared.at(spelling.tags));
        retention(model, declared, declared.at(spelling.retention));
        encrypted(model, declared, declared.at(spelling.encryption));
    })
}

/// Records are kept for a day where nothing is written.
/// <https://docs.aws.amazon.com/streams/latest/dev/kinesis-extended-retention.html>
fn retention(model: &mut Model, declared: &Declared<'_>, written: Option<View<'_>>) {
    const KEY: &str = "retention_seconds";
    const HOUR: i64 = 3600;
    let Some(hours) = written else {
        return model.number_at(KEY, 24 * HOUR, declared.default());
    };
    match declared.text(hours).map(str::parse::<i64>) {
        None => model.unknown(KEY, WHY, hours.id()),
        Some(Ok(number)) => model.number(KEY, number.saturating_mul(HOUR), hours.id()),
        Some(Err(_)) => {}
    }
}

/// Records are not encrypted unless that is asked for.
/// <https://docs.aws.amazon.com/streams/latest/dev/what-is-sse.html>
fn encrypted(model: &mut Model, declared: &Declared<'_>, written: Option<View<'_>>) {
    match written {
        Some(view) if declared.is_unknown(view) => model.unknown("encrypted", WHY, view.id()),
        written => {
            let encrypted = written.is_some_and(|how| how.raw() != Some("NONE"));
            model.truth("encrypted", encrypted, declared.origin(written));
        }
    }
}
