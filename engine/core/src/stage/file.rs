//! `stages` of a layer: a list, each with its place.

use super::namespaces::Namespaces;
use super::{Mode, Stage};
use crate::item::Item;
use crate::parse::Document;
use crate::problem::Problem;
use crate::tree::{NodeId, Typing, View};

/// The stages of a layer. One with which something is wrong is none: it weakens nothing.
pub(super) fn read(layer: &Document, problems: &mut Vec<Problem>) -> Vec<Stage> {
    let root = layer.tree.view(NodeId::ROOT, Typing::Core);
    let items = root.get("stages").into_iter().flat_map(View::items);
    items
        .filter_map(|item| stage(&mut Item::new(layer, item, problems)))
        .collect()
}

fn stage(item: &mut Item<'_, '_>) -> Option<Stage> {
    let mode = Mode::parse(item.get("mode")?.str()?)?;
    if mode != Mode::Deny {
        check_answered(item, mode);
    }
    let until = match item.get("until") {
        Some(_) => Some(item.date("until")?),
        None => None,
    };
    let rules = item.get("rules")?;
    let rules = item.globs(rules);
    let stage = Stage {
        rules,
        namespaces: Namespaces::read(item)?,
        mode,
        owner: item.text("owner"),
        reason: item.text("reason"),
        until,
        place: item.place(item.view()),
        written: item.view().value(),
    };
    item.is_right().then_some(stage)
}

/// Somebody has to answer for a stage that weakens.
fn check_answered(item: &mut Item<'_, '_>, mode: Mode) {
    for (key, help) in [
        ("owner", "`owner`: who answers for it"),
        ("reason", "`reason`: why the rule is not further"),
    ] {
        if item.text(key).is_none() {
            let message = format!("a stage of mode `{}` without `{key}`", mode.as_str());
            item.say(Problem::error(item.place(item.view()), message).help(help));
        }
    }
}
