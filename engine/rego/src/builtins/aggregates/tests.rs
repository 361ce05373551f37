use super::BUILTINS;
use crate::builtins::golang::testing::{answer, answer_values, set};

#[track_caller]
fn check(name: &str, operands: &str, expected: &str) {
    assert_eq!(
        answer(BUILTINS, name, operands),
        expected,
        "{name} of {operands}"
    );
}

#[test]
fn everything_with_elements_is_counted() {
    check("count", "[[1, 2]]", "2");
    check("count", r#"[{"a": 1}]"#, "1");
    check("count", r#"["åäö"]"#, "3");
    check("count", r#"[""]"#, "0");
    check(
        "count",
        "[5]",
        "error: count: operand 1 must be one of {array, object, set, string} but got number",
    );
    check(
        "count",
        "[null]",
        "error: count: operand 1 must be one of {array, object, set, string} but got null",
    );
}

#[test]
fn sums_are_exact_unless_there_are_fractions() {
    check("sum", "[[1, 2, 3, 4]]", "10");
    check("sum", "[[]]", "0");
    check("sum", "[[9223372036854775807, 1]]", "9223372036854775808");
    check("sum", "[[1.5, 2, 3]]", "6.5");
    check("sum", "[[0.1, 0.2]]", "0.3");
    check("sum", "[[1e2, 1]]", "101");
    check(
        "sum",
        "[[36893488147419103232, 0.5]]",
        "36893488147419103230",
    );
    check(
        "sum",
        r#"[[1, "a"]]"#,
        "error: sum: operand 1 must be array of numbers but got array containing string",
    );
    check(
        "sum",
        r#"["x"]"#,
        "error: sum: operand 1 must be one of {set, array} but got string",
    );
}

#[test]
fn products_keep_53_bits_of_fractions() {
    check("product", "[[1, 2, 3, 4]]", "24");
    check("product", "[[]]", "1");
    check(
        "product",
        "[[4294967296, 4294967296]]",
        "18446744073709551616",
    );
    check("product", "[[1.1, 2.2]]", "2.4200000000000004");
    check("product", "[[0.1, 3]]", "0.30000000000000004");
    check(
        "product",
        r#"[[1, "a"]]"#,
        "error: product: operand 1 must be array of numbers but got array containing string",
    );
    check(
        "product",
        r#"["x"]"#,
        "error: product: operand 1 must be one of {set, array} but got string",
    );
}

#[test]
fn the_last_of_equal_elements_is_the_greatest_and_the_least() {
    check("max", "[[1, 1.0]]", "1.0");
    check("min", "[[1, 1.0]]", "1.0");
    check("max", r#"[[1, "a", [1]]]"#, "[1]");
    check("min", "[[3, -7, 10]]", "-7");
    check("max", "[[]]", "undefined");
    check("min", "[[]]", "undefined");
    check(
        "max",
        r#"["x"]"#,
        "error: max: operand 1 must be one of {set, array} but got string",
    );
    check(
        "min",
        "[{}]",
        "error: min: operand 1 must be one of {set, array} but got object",
    );
}

#[test]
fn elements_are_sorted() {
    check("sort", r#"[[4, 3, "a", 1]]"#, r#"[1, 3, 4, "a"]"#);
    check("sort", "[[]]", "[]");
    check(
        "sort",
        r#"["x"]"#,
        "error: sort: operand 1 must be one of {set, array} but got string",
    );
}

#[test]
fn all_and_any_look_for_true() {
    check("all", "[[true, true]]", "true");
    check("all", "[[]]", "true");
    check("all", "[[true, 1]]", "false");
    check("any", "[[]]", "false");
    check("any", "[[false, true]]", "true");
    check("any", "[[1]]", "false");
    check(
        "all",
        r#"["x"]"#,
        "error: all: operand 1 must be one of {array, set} but got string",
    );
    check(
        "any",
        r#"["x"]"#,
        "error: any: operand 1 must be one of {array, set} but got string",
    );
}

#[test]
fn sets_have_elements_too() {
    let members = [set(r"[3, 1, 2]")];
    assert_eq!(answer_values(BUILTINS, "sum", &members), "6");
    assert_eq!(answer_values(BUILTINS, "max", &members), "3");
    assert_eq!(answer_values(BUILTINS, "sort", &members), "[1, 2, 3]");
    assert_eq!(answer_values(BUILTINS, "count", &members), "3");
    let expected = "error: sum: operand 1 must be set of numbers but got set containing string";
    assert_eq!(answer_values(BUILTINS, "sum", &[set(r#"["a"]"#)]), expected);
}
