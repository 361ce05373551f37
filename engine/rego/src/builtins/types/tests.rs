use super::BUILTINS;
use crate::builtins::golang::testing::{answer, answer_values, set, value};

#[track_caller]
fn check(name: &str, operands: &str, expected: &str) {
    assert_eq!(
        answer(BUILTINS, name, operands),
        expected,
        "{name} of {operands}"
    );
}

#[test]
fn types_are_told_apart() {
    check("is_number", "[1.5]", "true");
    check("is_number", r#"["1"]"#, "false");
    check("is_string", r#"["a"]"#, "true");
    check("is_string", "[null]", "false");
    check("is_boolean", "[false]", "true");
    check("is_boolean", "[0]", "false");
    check("is_array", "[[1]]", "true");
    check("is_array", "[{}]", "false");
    check("is_object", "[{}]", "true");
    check("is_object", r#"["foo"]"#, "false");
    check("is_null", "[null]", "true");
    check("is_null", "[true]", "false");
    check("is_set", "[[]]", "false");
}

#[test]
fn types_have_names() {
    check("type_name", "[null]", r#""null""#);
    check("type_name", "[true]", r#""boolean""#);
    check("type_name", "[1]", r#""number""#);
    check("type_name", r#"["a"]"#, r#""string""#);
    check("type_name", "[[]]", r#""array""#);
    check("type_name", "[{}]", r#""object""#);
}

#[test]
fn casts_only_check() {
    check("cast_array", "[[1]]", "[1]");
    check(
        "cast_array",
        r#"["a"]"#,
        "error: cast_array: operand 1 must be one of {array, set} but got string",
    );
    check(
        "cast_set",
        r#"["a"]"#,
        "error: cast_set: operand 1 must be one of {array, set} but got string",
    );
    check("cast_string", r#"["a"]"#, r#""a""#);
    check(
        "cast_string",
        "[1]",
        "error: cast_string: operand 1 must be string but got number",
    );
    check("cast_boolean", "[true]", "true");
    check(
        "cast_boolean",
        "[1]",
        "error: cast_boolean: operand 1 must be boolean but got number",
    );
    check("cast_null", "[null]", "null");
    check(
        "cast_null",
        "[1]",
        "error: cast_null: operand 1 must be null but got number",
    );
    check("cast_object", r#"[{"a": 1}]"#, r#"{"a": 1}"#);
    check(
        "cast_object",
        "[1]",
        "error: cast_object: operand 1 must be object but got number",
    );
}

#[test]
fn sets_and_arrays_become_each_other() {
    let members = [set("[2, 1]")];
    assert_eq!(answer_values(BUILTINS, "is_set", &members), "true");
    assert_eq!(answer_values(BUILTINS, "type_name", &members), r#""set""#);
    assert_eq!(answer_values(BUILTINS, "cast_array", &members), "[1, 2]");
    assert_eq!(
        answer_values(BUILTINS, "cast_set", &[value("[2, 1, 2]")]),
        "{1, 2}"
    );
}
