//! `break-glass` of a layer: a list, each with its place.

use super::{BreakGlass, Moment};
use crate::item::Item;
use crate::parse::Document;
use crate::problem::Problem;
use crate::tree::{NodeId, Typing, View};

/// How long one may hold, in seconds.
const LONGEST: u64 = 24 * 60 * 60;

/// Whom nobody may be listed by: names that stand for more than those who were thought of.
const TOO_WIDE: &[(&str, &str)] = &[
    ("system:anonymous", "everybody who says no name"),
    ("system:unauthenticated", "everybody who says no name"),
    ("system:authenticated", "everybody who says a name"),
    ("system:serviceaccounts", "every service account"),
    ("system:nodes", "every node"),
];

/// How the groups begin that hold the service accounts of one namespace.
const OF_A_NAMESPACE: &str = "system:serviceaccounts:";

/// What a layer lists. One with which something is wrong is none: nobody passes by it.
pub(super) fn read(layer: &Document, problems: &mut Vec<Problem>) -> Vec<BreakGlass> {
    let root = layer.tree.view(NodeId::ROOT, Typing::Core);
    let items = root.get("break-glass").into_iter().flat_map(View::items);
    items
        .filter_map(|item| break_glass(&mut Item::new(layer, item, problems)))
        .collect()
}

fn break_glass(item: &mut Item<'_, '_>) -> Option<BreakGlass> {
    let [users, groups] = ["users", "groups"].map(|key| listed(item, key));
    if users.is_empty() && groups.is_empty() {
        let problem = Problem::error(item.place(item.view()), "it is for nobody");
        item.say(problem.help("list `users`, `groups`, or both"));
    }
    let [namespaces, rules] = ["namespaces", "rules"].map(|key| {
        let list = item.get(key)?;
        Some(item.globs(list))
    });
    let (from, until) = span(item)?;
    let glass = BreakGlass {
        id: item.text("id")?,
        users,
        groups,
        namespaces,
        rules,
        from,
        until,
        reason: item.text("reason")?,
        owner: item.text("owner")?,
        ticket: item.ticket(),
        place: item.place(item.view()),
        written: item.view().value(),
    };
    item.is_right().then_some(glass)
}

/// The names of a list, each of which has to stand for somebody in particular.
fn listed(item: &mut Item<'_, '_>, key: &str) -> Vec<String> {
    let list = item.get(key).into_iter().flat_map(View::items);
    let mut names = Vec::new();
    for (written, name) in list.filter_map(|written| Some((written, written.str()?))) {
        if let Some((message, help)) = wrong_with(name) {
            item.say(Problem::error(item.place(written), message).help(help));
        }
        names.push(name.to_owned());
    }
    names
}

/// Why nobody can be listed by a name, and what to do instead.
fn wrong_with(name: &str) -> Option<(String, &'static str)> {
    let spelt = name.escape_debug();
    if name.trim().is_empty() {
        let help = "write a name as the API server spells it";
        return Some((format!("`{spelt}` names nobody"), help));
    }
    if name.contains('*') {
        let help = "list users and groups one by one";
        return Some((format!("`{spelt}`: no glob can stand here"), help));
    }
    let mut wide = TOO_WIDE.iter();
    let known = wide.find(|(wide, _)| *wide == name).map(|(_, who)| *who);
    let of_namespace = name.starts_with(OF_A_NAMESPACE);
    let who = known.or(of_namespace.then_some("every service account of a namespace"))?;
    let help = "list a group of people, or users one by one";
    Some((format!("`{spelt}` is too wide: it is {who}"), help))
}

/// From when to when it holds.
fn span(item: &mut Item<'_, '_>) -> Option<(Moment, Moment)> {
    let [from, until] = ["from", "until"].map(|key| moment(item, key));
    let ((began, from), (ended, until)) = (from?, until?);
    let (message, help) = if until <= from {
        ("it ends before it begins", "`until` lies after `from`")
    } else if until.seconds_since(from) > LONGEST {
        (
            "it holds for more than 24 hours",
            "end it within 24 hours of `from`",
        )
    } else {
        return Some((from, until));
    };
    let problem = Problem::error(item.place(ended), message).help(help);
    item.say(problem.related(item.place(began), "it begins here"));
    None
}

/// A point in time, and where it is written.
fn moment<'a>(item: &mut Item<'a, '_>, key: &str) -> Option<(View<'a>, Moment)> {
    let written = item.get(key)?;
    let text = written.str()?;
    let moment = Moment::parse(text);
    if moment.is_none() && !text.trim().is_empty() {
        let message = format!("`{}` is no point in time", text.escape_debug());
        let problem = Problem::error(item.place(written), message);
        item.say(problem.help("write it as `2027-01-31T22:00:00Z`, or with an offset: `+02:00`"));
    }
    Some((written, moment?))
}
