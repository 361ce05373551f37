//! Stages: which effect a rule has at admission, where, and until when.

use std::collections::BTreeMap;

use plumbline_core::finding::{Effect, RuleId};
use plumbline_core::parse::Notation;
use plumbline_core::problem::Problem;
use plumbline_core::stage::{Mode, Namespace, Stages};
use plumbline_core::waiver::Date;

use super::{documents, spelt};

type Labels = Option<&'static [(&'static str, &'static str)]>;

const DEV: Labels = Some(&[("env", "dev"), ("team", "shop")]);
const PROD: Labels = Some(&[("env", "prod")]);
const BARE: Labels = Some(&[]);
const UNKNOWN: Labels = None;

/// A layer with stages, each as a flow mapping without an owner, a reason and its rules.
fn layer(stages: &[&str]) -> String {
    let item =
        |keys: &&str| format!("  - {{{keys}, rules: [\"secrets/*\"], owner: o, reason: r}}\n");
    let items: String = stages.iter().map(item).collect();
    format!("stages:\n{items}")
}

fn read(layer: &str) -> (Stages, Vec<Problem>) {
    let (documents, _) = documents(layer, Notation::Yaml);
    Stages::of_layers(documents.iter())
}

/// The effect of a rule that has another one by itself, in a namespace or in none, and the mode of the stage that holds.
#[track_caller]
fn staged(
    stages: &[&str],
    rule: &str,
    own: Effect,
    namespace: Option<(&str, Labels)>,
) -> (Effect, Option<Mode>) {
    let (stages, problems) = read(&layer(stages));
    assert_eq!(problems, []);
    let labels = namespace.and_then(|(_, labels)| labels).map(|labels| {
        let owned = labels.iter();
        owned
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect::<BTreeMap<_, _>>()
    });
    let namespace = namespace.map(|(name, _)| Namespace {
        name,
        labels: labels.as_ref(),
    });
    let today = Date::parse("2026-06-15").unwrap();
    let rule = RuleId::new(rule).unwrap();
    let (effect, stage) = stages.of(&rule, own, namespace.as_ref(), today);
    (effect, stage.map(|stage| stage.mode))
}

/// What a rule that denies does in the namespace `shop`.
#[track_caller]
fn check(stages: &[&str], labels: Labels, expected: Effect) {
    let (effect, _) = staged(
        stages,
        "secrets/plain",
        Effect::Deny,
        Some(("shop", labels)),
    );
    assert_eq!(effect, expected, "{stages:?} {labels:?}");
}

/// What is wrong with a layer, with its places.
#[track_caller]
fn wrong(layer: &str, expected: &[&str]) {
    let (stages, problems) = read(layer);
    assert_eq!(spelt(layer, &problems), expected, "{layer}");
    let none = read("stages: []\n").0;
    assert_eq!(stages.digest(), none.digest(), "{layer}");
}

#[test]
fn a_rule_that_no_stage_speaks_of_does_what_it_says() {
    let stages = &["mode: shadow"];
    let shop = Some(("shop", DEV));
    assert_eq!(
        staged(stages, "iam/wildcard-action", Effect::Deny, shop),
        (Effect::Deny, None)
    );
    assert_eq!(
        staged(stages, "secrets/plain", Effect::Deny, shop),
        (Effect::Audit, Some(Mode::Shadow))
    );
}

#[test]
fn a_mode_is_the_most_that_a_rule_does() {
    check(&["mode: shadow"], DEV, Effect::Audit);
    check(&["mode: warn"], DEV, Effect::Warn);
    check(&["mode: deny"], DEV, Effect::Deny);
}

#[test]
fn a_stage_never_makes_a_rule_stronger() {
    for own in [Effect::Warn, Effect::Audit] {
        for mode in ["mode: deny", "mode: warn"] {
            let (effect, _) = staged(&[mode], "secrets/plain", own, Some(("shop", DEV)));
            assert_eq!(effect, own, "{mode}");
        }
    }
}

#[test]
fn labels_say_where_a_stage_holds() {
    let stages = &["mode: warn, namespaces: {matchLabels: {env: dev}}"];
    check(stages, DEV, Effect::Warn);
    check(stages, PROD, Effect::Deny);
    check(stages, BARE, Effect::Deny);
}

#[test]
fn every_condition_on_labels_has_to_hold() {
    let both = &["mode: warn, namespaces: {matchLabels: {env: dev, team: shop}}"];
    check(both, DEV, Effect::Warn);
    let other = &["mode: warn, namespaces: {matchLabels: {env: dev, team: other}}"];
    check(other, DEV, Effect::Deny);
    let mixed = &[
        "mode: warn, namespaces: {matchLabels: {env: dev}, matchExpressions: [{key: team, operator: DoesNotExist}]}",
    ];
    check(mixed, DEV, Effect::Deny);
}

#[test]
fn expressions_mean_what_they_mean_to_kubernetes() {
    let stage = |expression: &str| {
        format!("mode: warn, namespaces: {{matchExpressions: [{{key: env, {expression}}}]}}")
    };
    for (expression, dev, prod, bare) in [
        ("operator: In, values: [dev, test]", true, false, false),
        ("operator: NotIn, values: [dev, test]", false, true, true),
        ("operator: Exists", true, true, false),
        ("operator: DoesNotExist", false, false, true),
    ] {
        let stage = stage(expression);
        for (labels, holds) in [(DEV, dev), (PROD, prod), (BARE, bare)] {
            let expected = if holds { Effect::Warn } else { Effect::Deny };
            check(&[stage.as_str()], labels, expected);
        }
    }
}

#[test]
fn names_say_where_a_stage_holds() {
    check(
        &["mode: warn, namespaces: {names: [sh*]}"],
        UNKNOWN,
        Effect::Warn,
    );
    check(
        &["mode: warn, namespaces: {names: [other]}"],
        UNKNOWN,
        Effect::Deny,
    );
    let both = &["mode: warn, namespaces: {names: [shop], matchLabels: {env: dev}}"];
    check(both, DEV, Effect::Warn);
    check(both, PROD, Effect::Deny);
}

#[test]
fn what_is_in_no_namespace_is_meant_by_a_stage_that_holds_everywhere() {
    let none = |stage| staged(&[stage], "secrets/plain", Effect::Deny, None).0;
    assert_eq!(none("mode: warn"), Effect::Warn);
    assert_eq!(
        none("mode: warn, namespaces: {names: [\"*\"]}"),
        Effect::Deny
    );
    let absent = "mode: warn, namespaces: {matchExpressions: [{key: a, operator: DoesNotExist}]}";
    assert_eq!(none(absent), Effect::Deny);
}

#[test]
fn the_first_stage_that_holds_decides() {
    let stages = &[
        "mode: deny, namespaces: {matchLabels: {env: prod}}",
        "mode: warn",
        "mode: shadow",
    ];
    check(stages, PROD, Effect::Deny);
    check(stages, DEV, Effect::Warn);
}

#[test]
fn where_labels_are_not_known_the_stricter_answer_counts() {
    let weaker = "mode: shadow, namespaces: {matchLabels: {env: dev}}";
    check(&[weaker], UNKNOWN, Effect::Deny);
    check(&[weaker, "mode: warn"], UNKNOWN, Effect::Warn);
    check(&[weaker, "mode: warn"], DEV, Effect::Audit);
    let stricter = "mode: deny, namespaces: {matchLabels: {env: prod}}";
    check(&[stricter, "mode: warn"], UNKNOWN, Effect::Deny);
    check(&[stricter, "mode: warn"], DEV, Effect::Warn);
}

#[test]
fn a_stage_holds_on_its_last_day_and_no_longer() {
    check(&["mode: warn, until: 2026-06-15"], DEV, Effect::Warn);
    check(&["mode: warn, until: 2026-06-14"], DEV, Effect::Deny);
    let two = &["mode: shadow, until: 2026-06-14", "mode: warn"];
    check(two, DEV, Effect::Warn);
}

#[test]
fn somebody_answers_for_a_stage_that_weakens() {
    for mode in ["shadow", "warn"] {
        let nobody = [
            format!("2:6 a stage of mode `{mode}` without `owner`"),
            format!("2:6 a stage of mode `{mode}` without `reason`"),
        ];
        let nobody: Vec<&str> = nobody.iter().map(String::as_str).collect();
        wrong(
            &format!("stages:\n  - {{rules: [a/b], mode: {mode}}}\n"),
            &nobody,
        );
    }
    let (_, problems) = read("stages:\n  - {rules: [a/b], mode: deny}\n");
    assert_eq!(problems, []);
}

#[test]
fn what_is_wrong_with_a_stage_is_said_at_its_place_and_weakens_nothing() {
    let said = |keys: &str, expected: &[&str]| {
        let item = format!("  - {{{keys}, owner: o, reason: r, rules: [a/b]}}\n");
        wrong(&format!("stages:\n{item}"), expected);
    };
    said(
        "mode: warn, until: 2026-02-30",
        &["2:18 `2026-02-30` is no day of the calendar"],
    );
    said(
        "mode: warn, namespaces: {names: [\"[\"]}",
        &["2:39 `[` is no glob: unclosed character class; missing ']'"],
    );
    said(
        "mode: warn, namespaces: {matchExpressions: [{key: a, operator: In}]}",
        &["2:59 `In` of no values"],
    );
    said(
        "mode: warn, namespaces: {matchExpressions: [{key: a, operator: Exists, values: [b]}]}",
        &["2:59 `Exists` has no values"],
    );
}

#[test]
fn a_condition_that_is_none_does_not_pass_for_everywhere() {
    for namespaces in [
        "{}",
        "[dev]",
        "{labels: {env: dev}}",
        "{matchLabels: {env: 1}}",
    ] {
        wrong(
            &layer(&[&format!("mode: warn, namespaces: {namespaces}")]),
            &[],
        );
    }
}

#[test]
fn a_rule_that_there_is_not_is_said_where_it_is_named() {
    let text = "stages:\n  - {rules: [\"a/*\", b/d], mode: deny}\n";
    let (stages, _) = read(text);
    let unknown = stages.unknown_rules(&["a/b", "b/c"]);
    assert_eq!(spelt(text, &unknown), ["2:21 no rule is called `b/d`"]);
    assert_eq!(stages.unknown_rules(&["a/b", "b/d"]), []);
}

#[test]
fn the_digest_changes_with_what_is_written_and_not_with_how() {
    let digest = |text: &str| read(text).0.digest();
    let one = digest("stages:\n  - {rules: [a/b], mode: deny}\n");
    assert_eq!(
        one,
        digest("stages: [{mode: \"deny\", rules: [\"a/b\"]}] # the same\n")
    );
    assert_ne!(one, digest("stages:\n  - {rules: [a/c], mode: deny}\n"));
    assert_ne!(one, digest("stages: []\n"));
}
