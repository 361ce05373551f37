//! `waivers.yaml`: waivers as a list, each with its place.

use super::{Authority, Scope, Waiver};
use crate::item::Item;
use crate::parse::Document;
use crate::problem::Problem;
use crate::tree::{NodeId, Typing, View};

/// The waivers of a document, which all have one authority. Keys that are unknown, missing or of the wrong kind are what its schema speaks of; what is
/// wrong beyond that comes back as problems.
pub fn read(document: &Document, authority: Authority) -> (Vec<Waiver>, Vec<Problem>) {
    let mut problems = Vec::new();
    let root = document.tree.view(NodeId::ROOT, Typing::Core);
    let items = root.get("waivers").into_iter().flat_map(View::items);
    let waivers = items
        .filter_map(|item| waiver(&mut Item::new(document, item, &mut problems), authority))
        .collect();
    (waivers, problems)
}

fn waiver(item: &mut Item<'_, '_>, authority: Authority) -> Option<Waiver> {
    check_pointer(item);
    let annotated = is_annotated(item, authority);
    let expires = item.date("expires");
    let waiver = Waiver {
        id: item.text("id"),
        authority,
        annotated,
        rule: item.text("rule")?,
        scope: Scope::Resources {
            id: item.text("resource")?,
            file: item.text("file"),
            pointer: item.text("pointer"),
        },
        reason: item.text("reason")?,
        owner: item.text("owner")?,
        expires: expires?,
        ticket: item.ticket(),
        place: item.place(item.view()),
    };
    item.is_right().then_some(waiver)
}

fn check_pointer(item: &mut Item<'_, '_>) {
    let Some(written) = item.get("pointer") else {
        return;
    };
    let text = written.str().unwrap_or_default();
    if !text.trim().is_empty() && !text.starts_with('/') {
        let message = "a pointer begins with `/`, for example `/spec/hostNetwork`";
        item.say(Problem::error(item.place(written), message));
    }
}

/// Whether it holds for objects only that point at it. They need an id for that, and leave to do so.
fn is_annotated(item: &mut Item<'_, '_>, authority: Authority) -> bool {
    let Some(written) = item.get("annotated") else {
        return false;
    };
    let is_annotated = written.bool() == Some(true);
    let wrong = match authority {
        Authority::Local => Some((
            "no object can point at a local waiver",
            "only waivers of the organisation's layer may be `annotated`",
        )),
        Authority::Organisation if item.get("id").is_none() => Some((
            "no object can point at a waiver without an `id`",
            "give it an `id`, which objects name in their annotation",
        )),
        Authority::Organisation => None,
    };
    if let Some((message, help)) = wrong.filter(|_| is_annotated) {
        item.say(Problem::error(item.place(written), message).help(help));
    }
    is_annotated
}
