use super::BUILTINS;
use crate::builtins::golang::testing::{answer, answer_within, value};

#[track_caller]
fn check(name: &str, operands: &str, expected: &str) {
    assert_eq!(
        answer(BUILTINS, name, operands),
        expected,
        "{name} of {operands}"
    );
}

#[test]
fn concat_keeps_the_order() {
    check("array.concat", "[[1, 2], [3]]", "[1, 2, 3]");
    check("array.concat", "[[], []]", "[]");
}

#[test]
fn a_slice_is_clamped_to_the_array() {
    check("array.slice", "[[1, 2, 3], 1, 2]", "[2]");
    check("array.slice", "[[1, 2, 3], -5, 9]", "[1, 2, 3]");
    check("array.slice", "[[1, 2, 3], 2, 1]", "[]");
    check("array.slice", "[[1, 2, 3], 5, 9]", "[]");
}

#[test]
fn reverse_turns_around() {
    check("array.reverse", "[[1, [2, 3]]]", "[[2, 3], 1]");
}

#[test]
fn flatten_goes_one_level_deep() {
    check(
        "array.flatten",
        "[[1, [2, [3]], [], {\"a\": [4]}]]",
        "[1, 2, [3], {\"a\": [4]}]",
    );
}

#[test]
fn what_is_no_array_is_refused() {
    assert!(answer(BUILTINS, "array.reverse", "[1]").starts_with("error"));
}

#[test]
fn a_large_result_is_paid_for_before_it_is_made() {
    let operands = [value(&format!("{:?}", vec![1; 100])), value("[]")];
    assert!(answer_within(BUILTINS, "array.concat", &operands, 500).starts_with("error"));
}
