//! Break-glass: for whom, where, when, and what nobody may write into it.

use plumbline_core::break_glass::{self, BreakGlass};
use plumbline_core::finding::RuleId;
use plumbline_core::parse::Notation;
use plumbline_core::problem::Problem;

use super::{documents, spelt};

const WHEN: &str = "from: 2026-06-15T22:00:00Z, until: 2026-06-16T04:00:00Z";
/// When that begins and ends, in seconds.
const BEGINS: u64 = 1_781_560_800;
const ENDS: u64 = BEGINS + 6 * 3600;

/// A layer with one that is called `night`, and has these keys too.
fn layer(keys: &str) -> String {
    format!("break-glass:\n  - {{{keys}, id: night, reason: r, owner: o}}\n")
}

fn read(layer: &str) -> (Vec<BreakGlass>, Vec<Problem>) {
    let (documents, _) = documents(layer, Notation::Yaml);
    break_glass::of_layers(documents.iter())
}

/// Somebody's request, in a namespace or in none, that a rule refuses.
struct Request {
    user: &'static str,
    groups: &'static [&'static str],
    namespace: Option<&'static str>,
    rule: &'static str,
    now: u64,
}

const REQUEST: Request = Request {
    user: "anna",
    groups: &["on-call", "system:authenticated"],
    namespace: Some("shop"),
    rule: "secrets/plain",
    now: BEGINS + 3600,
};

#[track_caller]
fn check(keys: &str, request: &Request, expected: bool) {
    let text = layer(keys);
    let (all, problems) = read(&text);
    assert_eq!(spelt(&text, &problems), [""; 0], "{text}");
    let groups: Vec<String> = request
        .groups
        .iter()
        .map(|&group| group.to_owned())
        .collect();
    let rule = RuleId::new(request.rule).unwrap();
    let holds = |glass: &BreakGlass| {
        let held = glass.holds(request.user, &groups, request.namespace, &rule, request.now);
        held.is_some()
    };
    assert_eq!(all.iter().any(holds), expected, "{text}");
}

/// What is wrong with a layer, with its places.
#[track_caller]
fn wrong(layer: &str, expected: &[&str]) {
    let (_, problems) = read(layer);
    assert_eq!(spelt(layer, &problems), expected, "{layer}");
}

/// What is wrong with one that somebody is listed in. Nobody passes by it.
#[track_caller]
fn refused(keys: &str, expected: &[&str]) {
    let text = layer(keys);
    wrong(&text, expected);
    assert!(read(&text).0.is_empty(), "{text}");
}

#[test]
fn it_holds_for_those_who_are_listed() {
    check(&format!("{WHEN}, users: [anna]"), &REQUEST, true);
    check(&format!("{WHEN}, groups: [on-call]"), &REQUEST, true);
    check(
        &format!("{WHEN}, users: [bert], groups: [on-call]"),
        &REQUEST,
        true,
    );
    check(
        &format!("{WHEN}, users: [bert, on-call], groups: [anna]"),
        &REQUEST,
        false,
    );
}

#[test]
fn it_holds_from_one_moment_until_another() {
    let keys = format!("{WHEN}, users: [anna]");
    for (now, holds) in [
        (BEGINS - 1, false),
        (BEGINS, true),
        (ENDS - 1, true),
        (ENDS, false),
    ] {
        check(&keys, &Request { now, ..REQUEST }, holds);
    }
}

#[test]
fn namespaces_narrow_it() {
    let shop = format!("{WHEN}, users: [anna], namespaces: [\"sh*\"]");
    check(&shop, &REQUEST, true);
    let elsewhere = Request {
        namespace: Some("kube-system"),
        ..REQUEST
    };
    check(&shop, &elsewhere, false);
    let nowhere = Request {
        namespace: None,
        ..REQUEST
    };
    check(&shop, &nowhere, false);
    check(&format!("{WHEN}, users: [anna]"), &nowhere, true);
}

#[test]
fn rules_narrow_it() {
    let secrets = format!("{WHEN}, users: [anna], rules: [\"secrets/*\"]");
    check(&secrets, &REQUEST, true);
    let other = Request {
        rule: "iam/wildcard-action",
        ..REQUEST
    };
    check(&secrets, &other, false);
    check(&format!("{WHEN}, users: [anna]"), &other, true);
}

#[test]
fn it_may_hold_for_a_day_and_no_longer() {
    let until = |until: &str| format!("users: [anna], from: 2026-06-15T22:00:00Z, until: {until}");
    check(&until("2026-06-16T22:00:00Z"), &REQUEST, true);
    refused(
        &until("2026-06-16T22:00:01Z"),
        &["2:49 it holds for more than 24 hours"],
    );
    for ended in ["2026-06-15T22:00:00Z", "2026-06-15T20:00:00Z"] {
        refused(&until(ended), &["2:49 it ends before it begins"]);
    }
}

#[test]
fn its_beginning_is_shown_beside_an_end_that_is_too_late() {
    let text = layer("users: [anna], from: 2026-06-15T22:00:00Z, until: 2026-06-17T22:00:00Z");
    let (_, problems) = read(&text);
    let related = problems
        .iter()
        .filter_map(|problem| problem.related.as_ref());
    let related: Vec<(u32, &str)> = related
        .map(|(span, message)| (span.start, message.as_str()))
        .collect();
    let from = u32::try_from(text.find("from").unwrap()).unwrap();
    assert_eq!(related, [(from, "it begins here")]);
}

#[test]
fn what_is_no_point_in_time_is_said_at_its_place() {
    refused(
        "users: [anna], from: 2026-06-15, until: 2026-06-15T25:00:00Z",
        &[
            "2:21 `2026-06-15` is no point in time",
            "2:39 `2026-06-15T25:00:00Z` is no point in time",
        ],
    );
}

#[test]
fn a_name_that_stands_for_many_is_too_wide() {
    for (name, who) in [
        ("system:authenticated", "everybody who says a name"),
        ("system:unauthenticated", "everybody who says no name"),
        ("system:serviceaccounts", "every service account"),
        (
            "system:serviceaccounts:shop",
            "every service account of a namespace",
        ),
        ("system:nodes", "every node"),
    ] {
        let said = format!("2:72 `{name}` is too wide: it is {who}");
        refused(&format!("{WHEN}, groups: [\"{name}\"]"), &[&said]);
    }
    let robot = "users: [\"system:serviceaccount:shop:deployer\"]";
    check(&format!("{WHEN}, {robot}"), &REQUEST, false);
}

#[test]
fn nobody_is_listed_by_a_glob() {
    refused(
        &format!("{WHEN}, users: [\"*\"]"),
        &["2:71 `*`: no glob can stand here"],
    );
}

#[test]
fn one_for_nobody_is_an_error() {
    refused(WHEN, &["2:6 it is for nobody"]);
    refused(&format!("{WHEN}, users: []"), &["2:6 it is for nobody"]);
}

#[test]
fn an_id_is_had_by_one() {
    let item = format!("  - {{id: night, {WHEN}, users: [anna], reason: r, owner: o}}\n");
    let twice = format!("break-glass:\n{item}{item}");
    wrong(&twice, &["3:6 the break-glass id `night` is used twice"]);
    assert_eq!(read(&twice).0.len(), 1);
    wrong(
        &format!("break-glass:\n{item}{}", item.replace("night", "day")),
        &[],
    );
}

#[test]
fn a_rule_that_there_is_not_is_said_where_it_is_named() {
    let text = layer(&format!("rules: [a/c], {WHEN}, users: [anna]"));
    let (all, _) = read(&text);
    let unknown = break_glass::unknown_rules(&all, &["a/b"]);
    assert_eq!(spelt(&text, &unknown), ["2:14 no rule is called `a/c`"]);
    assert_eq!(break_glass::unknown_rules(&all, &["a/c"]), []);
}

#[test]
fn the_digest_changes_with_what_is_written() {
    let digest = |keys: &str| break_glass::digest(&read(&layer(keys)).0);
    let one = digest(&format!("{WHEN}, users: [anna]"));
    assert_eq!(one, digest(&format!("users: [\"anna\"], {WHEN}")));
    assert_ne!(one, digest(&format!("{WHEN}, users: [bert]")));
    assert_ne!(one, break_glass::digest(&[]));
}
