use super::BUILTINS;
use crate::builtins::golang::testing::{answer, answer_values, set, value};
use crate::value::Value;

#[track_caller]
fn check(name: &str, operands: &[Value], expected: &str) {
    assert_eq!(
        answer_values(BUILTINS, name, operands),
        expected,
        "{name} of {operands:?}"
    );
}

/// A set of sets.
fn sets(members: &[&str]) -> Value {
    Value::Set(members.iter().map(|members| set(members)).collect())
}

#[test]
fn the_operators_are_those_of_set_theory() {
    check("and", &[set("[1, 2, 3]"), set("[2, 3, 4]")], "{2, 3}");
    check("or", &[set("[1, 2]"), set("[2, 3]")], "{1, 2, 3}");
    check("set_diff", &[set("[1, 2, 3]"), set("[2]")], "{1, 3}");
    check("and", &[set("[1]"), set("[2]")], "set()");
}

#[test]
fn unions_and_intersections_are_of_all_members() {
    check(
        "union",
        &[sets(&["[1, 2]", "[2, 3]", "[9]"])],
        "{1, 2, 3, 9}",
    );
    check("union", &[sets(&[])], "set()");
    check("intersection", &[sets(&["[1, 2]", "[2, 3]", "[2]"])], "{2}");
    check("intersection", &[sets(&[])], "set()");
}

#[test]
fn a_member_that_is_no_set_is_refused() {
    let refused = answer_values(BUILTINS, "union", &[set("[1]")]);
    assert!(
        refused.ends_with("operand 1 must be set but got number"),
        "{refused}"
    );
}

#[test]
fn membership_is_of_values() {
    check("internal.member_2", &[value("1"), set("[1, 2]")], "true");
    check("internal.member_2", &[value("1.0"), value("[1]")], "true");
    check(
        "internal.member_2",
        &[value("1"), value("{\"1\": 2}")],
        "false",
    );
    check(
        "internal.member_2",
        &[value("2"), value("{\"1\": 2}")],
        "true",
    );
    check(
        "internal.member_2",
        &[value("\"a\""), value("\"abc\"")],
        "false",
    );
}

#[test]
fn membership_with_a_key_is_of_what_the_key_leads_to() {
    check(
        "internal.member_3",
        &[value("1"), value("\"b\""), value("[\"a\", \"b\"]")],
        "true",
    );
    check(
        "internal.member_3",
        &[value("\"k\""), value("2"), value("{\"k\": 2}")],
        "true",
    );
    check(
        "internal.member_3",
        &[value("1"), value("1"), set("[1]")],
        "true",
    );
    check(
        "internal.member_3",
        &[value("1"), value("2"), set("[1, 2]")],
        "false",
    );
    assert_eq!(
        answer(BUILTINS, "internal.member_3", "[0, 1, \"text\"]"),
        "false"
    );
}
