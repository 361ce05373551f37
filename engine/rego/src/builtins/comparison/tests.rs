use super::BUILTINS;
use crate::builtins::golang::testing::answer;

#[track_caller]
fn check(name: &str, operands: &str, expected: &str) {
    assert_eq!(
        answer(BUILTINS, name, operands),
        expected,
        "{name} of {operands}"
    );
}

#[test]
fn values_compare_by_type_and_then_by_content() {
    check("equal", "[1, 1.0]", "true");
    check("neq", "[1, 1.0]", "false");
    check("lt", "[1, 1.0]", "false");
    check("lte", "[1, 1.0]", "true");
    check("gt", "[1, 1.0]", "false");
    check("gte", "[1, 1.0]", "true");
    check("equal", r#"[1, "a"]"#, "false");
    check("neq", r#"[1, "a"]"#, "true");
    check("lt", r#"[1, "a"]"#, "true");
    check("lte", r#"[1, "a"]"#, "true");
    check("gt", r#"[1, "a"]"#, "false");
    check("gte", r#"[1, "a"]"#, "false");
    check("equal", r#"["b", "a"]"#, "false");
    check("neq", r#"["b", "a"]"#, "true");
    check("lt", r#"["b", "a"]"#, "false");
    check("lte", r#"["b", "a"]"#, "false");
    check("gt", r#"["b", "a"]"#, "true");
    check("gte", r#"["b", "a"]"#, "true");
    check("equal", "[null, false]", "false");
    check("neq", "[null, false]", "true");
    check("lt", "[null, false]", "true");
    check("lte", "[null, false]", "true");
    check("gt", "[null, false]", "false");
    check("gte", "[null, false]", "false");
    check("equal", "[[1, 2], [1, 3]]", "false");
    check("neq", "[[1, 2], [1, 3]]", "true");
    check("lt", "[[1, 2], [1, 3]]", "true");
    check("lte", "[[1, 2], [1, 3]]", "true");
    check("gt", "[[1, 2], [1, 3]]", "false");
    check("gte", "[[1, 2], [1, 3]]", "false");
    check("equal", r#"[{"a": 1}, {"a": 1}]"#, "true");
    check("neq", r#"[{"a": 1}, {"a": 1}]"#, "false");
    check("lt", r#"[{"a": 1}, {"a": 1}]"#, "false");
    check("lte", r#"[{"a": 1}, {"a": 1}]"#, "true");
    check("gt", r#"[{"a": 1}, {"a": 1}]"#, "false");
    check("gte", r#"[{"a": 1}, {"a": 1}]"#, "true");
    check("eq", "[1, 1.0]", "true");
    check("eq", "[1, 2]", "false");
}
