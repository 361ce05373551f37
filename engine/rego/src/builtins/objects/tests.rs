use super::BUILTINS;
use crate::builtins::golang::testing::{answer, answer_values, answer_within, set, value};
use crate::value::{ObjectBuilder, Value};

#[track_caller]
fn check(name: &str, operands: &str, expected: &str) {
    assert_eq!(
        answer(BUILTINS, name, operands),
        expected,
        "{name} of {operands}"
    );
}

#[track_caller]
fn refused(name: &str, operands: &str, expected: &str) {
    let answer = answer(BUILTINS, name, operands);
    assert!(
        answer.starts_with("error") && answer.ends_with(expected),
        "{name} of {operands}: {answer}"
    );
}

#[test]
fn get_reads_a_key_or_a_path() {
    check("object.get", r#"[{"a": 1}, "a", 0]"#, "1");
    check("object.get", r#"[{"a": 1}, "b", 0]"#, "0");
    check(
        "object.get",
        r#"[{"a": [1, {"b": 2}]}, ["a", 1, "b"], 0]"#,
        "2",
    );
    check(
        "object.get",
        r#"[{"a": [1, {"b": 2}]}, ["a", "1"], 0]"#,
        "0",
    );
    check("object.get", r#"[{"a": 1}, [], 0]"#, r#"{"a": 1}"#);
}

#[test]
fn keys_are_a_set() {
    check("object.keys", r#"[{"b": 1, "a": 2}]"#, r#"{"a", "b"}"#);
}

#[test]
fn keys_to_remove_or_keep_come_in_any_collection() {
    check(
        "object.remove",
        r#"[{"a": 1, "b": 2}, ["a"]]"#,
        r#"{"b": 2}"#,
    );
    check(
        "object.remove",
        r#"[{"a": 1, "b": 2}, {"a": 5}]"#,
        r#"{"b": 2}"#,
    );
    check(
        "object.filter",
        r#"[{"a": 1, "b": 2}, ["a", "x"]]"#,
        r#"{"a": 1}"#,
    );
    assert_eq!(
        answer_values(
            BUILTINS,
            "object.filter",
            &[value(r#"{"a": 1}"#), set(r#"["a"]"#)]
        ),
        r#"{"a": 1}"#
    );
    refused(
        "object.remove",
        r#"[{"a": 1}, "a"]"#,
        "operand 2 must be one of {object, set, array} but got string",
    );
}

#[test]
fn a_key_is_spelt_as_in_the_first_of_two_objects_but_as_in_the_last_of_many() {
    let keyed = |key: &str, content: i64| {
        let mut builder = ObjectBuilder::default();
        builder.insert(value(key), Value::from(content));
        Value::Object(builder.finish())
    };
    let (first, second) = (keyed("1.0", 1), keyed("1", 2));
    let pair = [first, second];
    assert_eq!(answer_values(BUILTINS, "object.union", &pair), "{1.0: 2}");
    assert_eq!(
        answer_values(BUILTINS, "object.union_n", &[Value::from(pair.to_vec())]),
        "{1: 2}"
    );
}

#[test]
fn unions_merge_objects_and_replace_all_else() {
    check(
        "object.union",
        r#"[{"a": 1, "c": {"d": 3}}, {"a": 7, "c": {"e": 5}}]"#,
        r#"{"a": 7, "c": {"d": 3, "e": 5}}"#,
    );
    check(
        "object.union_n",
        r#"[[{"a": {"b": 2}}, {"a": 4}, {"a": {"c": 3}}]]"#,
        r#"{"a": {"c": 3}}"#,
    );
    check(
        "object.union_n",
        r#"[[{"a": {"b": 2}}, {"a": {"c": 5}}, {"a": {"c": {"e": 1}}}]]"#,
        r#"{"a": {"b": 2, "c": {"e": 1}}}"#,
    );
    check("object.union_n", "[[]]", "{}");
    refused(
        "object.union_n",
        "[[{}, 1]]",
        "operand 1 must be array of objects but got array containing number",
    );
}

#[test]
fn subsets_are_of_the_same_kind() {
    check(
        "object.subset",
        r#"[{"a": {"b": 1, "c": 2}}, {"a": {"b": 1}}]"#,
        "true",
    );
    check("object.subset", r#"[{"a": 1}, {"a": 2}]"#, "false");
    check("object.subset", "[[1, 2, 1, 2, 3], [1, 2, 3]]", "true");
    check("object.subset", "[[1, 2, 3], [1, 3]]", "false");
    check("object.subset", "[[1, 2], []]", "true");
    assert_eq!(
        answer_values(
            BUILTINS,
            "object.subset",
            &[value("[1, 2, 3]"), set("[3, 1]")]
        ),
        "true"
    );
    assert_eq!(
        answer_values(BUILTINS, "object.subset", &[set("[1, 2]"), set("[2]")]),
        "true"
    );
    refused(
        "object.subset",
        "[{}, []]",
        "both arguments object.subset must be of the same type or array and set",
    );
}

#[test]
fn filters_keep_what_paths_lead_to() {
    check(
        "json.filter",
        r#"[{"a": {"b": [1, 2, {"c": 3}]}, "x": 0}, ["a/b/0", "/a/b/2/c"]]"#,
        r#"{"a": {"b": [1, {"c": 3}]}}"#,
    );
    check(
        "json.filter",
        r#"[{"a": {"b": 1, "c": 2}}, ["a/b", "a"]]"#,
        r#"{"a": {"b": 1, "c": 2}}"#,
    );
    check(
        "json.filter",
        r#"[{"a/b": 1, "c~": 2}, ["a~1b", "c~0"]]"#,
        r#"{"a/b": 1, "c~": 2}"#,
    );
    check("json.filter", r#"[{"a": "s"}, ["a/b"]]"#, r#"{"a": "s"}"#);
    check(
        "json.filter",
        r#"[{"a": [1, 2]}, [["a", 0]]]"#,
        r#"{"a": []}"#,
    );
}

#[test]
fn removing_leaves_the_rest() {
    check(
        "json.remove",
        r#"[{"a": [1, 2, 3], "b": 4}, ["a/0", "a/2"]]"#,
        r#"{"a": [2], "b": 4}"#,
    );
    check("json.remove", r#"[{"a": 1}, ["a/b"]]"#, r#"{"a": 1}"#);
    check("json.remove", r#"[{"a": 1}, [[]]]"#, r#"{"a": 1}"#);
    let expected = "operand 2 must be one of {set, array} containing string paths or array of path segments but got number";
    refused("json.remove", r#"[{"a": 1}, [1]]"#, expected);
}

#[test]
fn patches_follow_rfc_6902() {
    check(
        "json.patch",
        r#"[{"a": {"foo": 1}}, [{"op": "add", "path": "/a/bar", "value": 2}]]"#,
        r#"{"a": {"bar": 2, "foo": 1}}"#,
    );
    check(
        "json.patch",
        r#"[[1, 2], [{"op": "add", "path": "/-", "value": 3}]]"#,
        "[1, 2, 3]",
    );
    check(
        "json.patch",
        r#"[[1, 2], [{"op": "remove", "path": "/0"}]]"#,
        "[2]",
    );
    check(
        "json.patch",
        r#"[{"a": 1}, [{"op": "replace", "path": "a", "value": 2}]]"#,
        r#"{"a": 2}"#,
    );
    check(
        "json.patch",
        r#"[{"a": 1}, [{"op": "move", "from": "a", "path": "b"}]]"#,
        r#"{"b": 1}"#,
    );
    check(
        "json.patch",
        r#"[{"a": [1]}, [{"op": "copy", "from": "a", "path": "a/0"}]]"#,
        r#"{"a": [[1], 1]}"#,
    );
    check(
        "json.patch",
        r#"[{"a": 1}, [{"op": "test", "path": "a", "value": 1.0}]]"#,
        r#"{"a": 1}"#,
    );
    check(
        "json.patch",
        r#"[{"a": 1}, [{"op": "replace", "path": "", "value": [5]}]]"#,
        "[5]",
    );
    check(
        "json.patch",
        r#"[{"a": [1]}, [{"op": "add", "path": ["a", 0], "value": 2}]]"#,
        r#"{"a": [2, 1]}"#,
    );
    check(
        "json.patch",
        r#"[{"a": 1}, [{"op": "add", "path": "/", "value": 2}]]"#,
        r#"{"": 2, "a": 1}"#,
    );
}

#[test]
fn members_of_sets_are_their_own_paths() {
    let patch =
        r#"[{"op": "remove", "path": ["a", 1]}, {"op": "add", "path": ["a", 5], "value": 5}]"#;
    let document = Value::Object([(Value::string("a"), set("[1, 2]"))].into_iter().collect());
    assert_eq!(
        answer_values(BUILTINS, "json.patch", &[document, value(patch)]),
        r#"{"a": {2, 5}}"#
    );
    let patch = r#"[{"op": "add", "path": [{"a": 1}, "b"], "value": 2}]"#;
    let document = set(r#"[{"a": 1}]"#);
    assert_eq!(
        answer_values(BUILTINS, "json.patch", &[document, value(patch)]),
        r#"{{"a": 1, "b": 2}}"#
    );
}

#[test]
fn patches_that_do_not_apply_say_why() {
    let patch = |operation: &str| format!(r#"[{{"a": 1, "l": [1]}}, [{operation}]]"#);
    refused(
        "json.patch",
        &patch(r#"{"op": "remove", "path": "/b"}"#),
        r#"cannot delete child key "b" that does not exist"#,
    );
    refused(
        "json.patch",
        &patch(r#"{"op": "add", "path": "a/b", "value": 1}"#),
        "expected composite type, found value: 1 (type: ast.Number)",
    );
    refused(
        "json.patch",
        &patch(r#"{"op": "add", "path": "l/01", "value": 1}"#),
        "leading zeros are not allowed in JSON paths",
    );
    refused(
        "json.patch",
        &patch(r#"{"op": "add", "path": "l/5", "value": 1}"#),
        "index for array insertion out of bounds",
    );
    refused(
        "json.patch",
        &patch(r#"{"op": "add", "path": "l/x", "value": 1}"#),
        "invalid string for indexing",
    );
    refused(
        "json.patch",
        &patch(r#"{"op": "add", "path": "b"}"#),
        "missing required attribute 'value'",
    );
    refused(
        "json.patch",
        &patch(r#"{"op": "nop", "path": "b"}"#),
        "unrecognized op: 'nop'",
    );
    refused(
        "json.patch",
        &patch(r#"{"path": "b"}"#),
        "missing required attribute 'op'",
    );
    refused(
        "json.patch",
        &patch(r#"{"op": "test", "path": "a", "value": 2}"#),
        "Expected: 2\n\nFound: 1",
    );
    refused(
        "json.patch",
        &patch("7"),
        "at least one element is not an object",
    );
}

#[test]
fn patches_that_double_what_they_copy_spend_the_budget() {
    let copies = vec![r#"{"op": "copy", "from": "/a", "path": "/a/-"}"#; 200].join(", ");
    let operands = [value(r#"{"a": [1]}"#), value(&format!("[{copies}]"))];
    assert!(answer_within(BUILTINS, "json.patch", &operands, 1_000_000).starts_with("error"));
}
