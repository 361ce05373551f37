//! State machines: work in steps, most of which other work does.

use super::WHY;
use super::declared::{Declared, Path};
use crate::estate::{Entity, Model};
use crate::frontend::shared;
use crate::tree::View;

/// Where a type of state machine says what.
#[derive(Debug)]
pub(in crate::frontend) struct Spelling {
    pub(in crate::frontend) name: Path,
    pub(in crate::frontend) tags: Path,
    pub(in crate::frontend) region: Path,
    pub(in crate::frontend) role: Path,
    pub(in crate::frontend) tracing: Path,
    /// Of which events of its executions it keeps a log.
    pub(in crate::frontend) level: Path,
}

/// The workload that a state machine is. It neither traces nor logs where nothing is written.
/// <https://docs.aws.amazon.com/step-functions/latest/apireference/API_CreateStateMachine.html>
pub(in crate::frontend) fn state_machine(declared: &Declared<'_>, spelling: &Spelling) -> Entity {
    declared.workload(declared.at(spelling.name), |model| {
        shared::tags(model, declared.at(spelling.tags));
        model.object(Some("runtime"), declared.under, |model| {
            model.text("form", "state-machine", declared.default());
        });
        model.object(Some("placement"), declared.under, |model| {
            let region = declared.at(spelling.region);
            declared.known(model, "region", region, Model::copy);
        });
        if let Some(role) = declared.at(spelling.role) {
            model.object(Some("identity"), role.id(), |model| {
                declared.reference(model, "name", Some(role));
            });
        }
        model.object(Some("observability"), declared.under, |model| {
            declared.truth_or(model, "tracing", declared.at(spelling.tracing), false);
            logging(model, declared, declared.at(spelling.level));
        });
    })
}

fn logging(model: &mut Model, declared: &Declared<'_>, level: Option<View<'_>>) {
    match level {
        Some(level) if declared.is_unknown(level) => model.unknown("logging", WHY, level.id()),
        level => {
            let logs = level.is_some_and(|level| level.raw() != Some("OFF"));
            model.truth("logging", logs, declared.origin(level));
        }
    }
}
