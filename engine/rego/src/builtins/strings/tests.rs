use super::BUILTINS;
use crate::builtins::golang::testing::{answer, answer_within, set, value};
use crate::value::{Object, Value};

#[track_caller]
fn check(name: &str, operands: &str, expected: &str) {
    assert_eq!(
        answer(BUILTINS, name, operands),
        expected,
        "{name} of {operands}"
    );
}

#[test]
fn texts_are_joined() {
    check("concat", r#"["/", ["", "foo", "bar"]]"#, r#""/foo/bar""#);
    check("concat", r#"[",", []]"#, r#""""#);
    check("concat", r#"["", ["a", "b"]]"#, r#""ab""#);
    check("concat", r#"[",", ["a"]]"#, r#""a""#);
    check(
        "concat",
        r#"[",", ["a", 1]]"#,
        "error: concat: operand 2 must be array of strings but got array containing number",
    );
    check(
        "concat",
        r#"[",", [1]]"#,
        "error: concat: operand 2 must be array of strings but got array containing number",
    );
    check(
        "concat",
        r#"[",", 1]"#,
        "error: concat: operand 2 must be one of {set, array} but got number",
    );
    check(
        "concat",
        r#"[1, ["a"]]"#,
        "error: concat: operand 1 must be string but got number",
    );
}

#[test]
fn texts_are_found_by_character() {
    check("indexof", r#"["abcabcabcdefgh", "cde"]"#, "8");
    check("indexof", r#"["abc", "xyz"]"#, "-1");
    check("indexof", r#"["ab🍧c", "c"]"#, "3");
    check("indexof", r#"["μ", "μμ"]"#, "-1");
    check("indexof_n", r#"["aaaa", "aa"]"#, "[0, 1, 2]");
    check("indexof_n", r#"["äbäb", "b"]"#, "[1, 3]");
    check("indexof_n", r#"["a", "b"]"#, "[]");
    check(
        "indexof",
        r#"["abc", ""]"#,
        "error: indexof: empty search character",
    );
    check(
        "indexof_n",
        r#"["abc", ""]"#,
        "error: indexof_n: empty search character",
    );
    check(
        "indexof",
        r#"["a", 1]"#,
        "error: indexof: operand 2 must be string but got number",
    );
    check("contains", r#"["abcdefgh", "defg"]"#, "true");
    check("contains", r#"["abc", ""]"#, "true");
    check("startswith", r#"["abcdefgh", "bcd"]"#, "false");
    check("startswith", r#"["a", ""]"#, "true");
    check("endswith", r#"["abc", "bc"]"#, "true");
    check(
        "startswith",
        r#"[1, "a"]"#,
        "error: startswith: operand 1 must be string but got number",
    );
}

#[test]
fn case_is_mapped_character_by_character() {
    check("upper", r#"["ßŉǰΐᾳᾼ"]"#, r#""ßŉǰΐᾼᾼ""#);
    check("lower", r#"["İΣΑΣ"]"#, r#""iσασ""#);
    check("upper", r#"["ıſé"]"#, r#""ISÉ""#);
    check("lower", r#"["ÀÉ"]"#, r#""àé""#);
    check(
        "upper",
        "[1]",
        "error: upper: operand 1 must be string but got number",
    );
}

#[test]
fn texts_are_split() {
    check("split", r#"["", ""]"#, "[]");
    check("split", r#"["", "."]"#, r#"[""]"#);
    check("split", r#"["a.b", ""]"#, r#"["a", ".", "b"]"#);
    check("split", r#"["aXbX", "X"]"#, r#"["a", "b", ""]"#);
    check("split", r#"["foo", "."]"#, r#"["foo"]"#);
    check("strings.split_n", r#"["a.b.c", ".", 2]"#, r#"["a", "b"]"#);
    check("strings.split_n", r#"["a.b.c", ".", -2]"#, r#"["b", "c"]"#);
    check("strings.split_n", r#"["a.b.c", ".", 0]"#, "[]");
    check(
        "strings.split_n",
        r#"["a.b.c", ".", 9]"#,
        r#"["a", "b", "c"]"#,
    );
    check(
        "strings.split_n",
        r#"["a.b.c", ".", -9]"#,
        r#"["a", "b", "c"]"#,
    );
    check("strings.split_n", r#"["äbc", "", 2]"#, r#"["ä", "b"]"#);
    check("strings.split_n", r#"["abc", "", -2]"#, r#"["b", "c"]"#);
    check("strings.split_n", r#"["", "", 2]"#, "[]");
    check("strings.split_n", r#"["", ".", 2]"#, r#"[""]"#);
    check(
        "strings.split_n",
        r#"["a", ".", 1.5]"#,
        "error: strings.split_n: operand 3 must be integer number but got floating-point number",
    );
    check(
        "strings.split_n",
        r#"["a", ".", "b"]"#,
        "error: strings.split_n: operand 3 must be number but got string",
    );
}

#[test]
fn parts_are_cut_out_by_character() {
    check("substring", r#"["abcdefgh", 2, 3]"#, r#""cde""#);
    check("substring", r#"["åäö", 0, 2]"#, r#""åä""#);
    check("substring", r#"["åäö", 1, -1]"#, r#""äö""#);
    check("substring", r#"["åäö", 4, -1]"#, r#""""#);
    check("substring", r#"["abc", 1, 0]"#, r#""""#);
    check("substring", r#"["abc", 5, 1]"#, r#""""#);
    check(
        "substring",
        r#"["abc", 0, 9223372036854775807]"#,
        r#""abc""#,
    );
    check("substring", r#"["abc", 1.0, 1]"#, r#""b""#);
    check("substring", r#"["", 1, 1]"#, r#""""#);
    check(
        "substring",
        r#"["abc", -1, 1]"#,
        "error: substring: negative offset",
    );
    check(
        "substring",
        r#"["abc", 1e0, 1]"#,
        "error: substring: operand 2 must be integer number but got floating-point number",
    );
    check(
        "substring",
        r#"["abc", "a", 1]"#,
        "error: substring: operand 2 must be number but got string",
    );
}

#[test]
fn ends_are_trimmed() {
    check("trim", r#"["¡¡¡foo, bar!!!", "!¡"]"#, r#""foo, bar""#);
    check("trim", r#"["xxabcxx", ""]"#, r#""xxabcxx""#);
    check("trim", r#"["...foo.bar...", ".o"]"#, r#""foo.bar""#);
    check("trim_left", r#"["aabc", "ab"]"#, r#""c""#);
    check("trim_right", r#"["aabc", "cb"]"#, r#""aa""#);
    check("trim_prefix", r#"["aabc", "aa"]"#, r#""bc""#);
    check("trim_prefix", r#"["abc", "b"]"#, r#""abc""#);
    check("trim_suffix", r#"["aabc", "bc"]"#, r#""aa""#);
    check("trim_space", r#"["\u0085\u00a0 a\u3000\n"]"#, r#""a""#);
    check(
        "trim",
        r#"["a", 1]"#,
        "error: trim: operand 2 must be string but got number",
    );
}

#[test]
fn texts_are_counted_without_overlap() {
    check("strings.count", r#"["hello hello", "hello"]"#, "2");
    check("strings.count", r#"["11111", "11"]"#, "2");
    check("strings.count", r#"["dummy", ""]"#, "6");
    check("strings.count", r#"["äb", ""]"#, "3");
    check("strings.count", r#"["", ""]"#, "1");
    check("strings.count", r#"["", "x"]"#, "0");
}

#[test]
fn texts_are_replaced_from_left_to_right() {
    check("replace", r#"["foo...bar", "..", ",,"]"#, r#""foo,,.bar""#);
    check("replace", r#"["abc", "b", ""]"#, r#""ac""#);
    check("replace", r#"["abc", "", "-"]"#, r#""-a-b-c-""#);
    check("replace", r#"["ä", "", "x"]"#, "\"x\u{fffd}x\u{fffd}x\"");
    check("replace", r#"["abc", "x", "y"]"#, r#""abc""#);
    check("replace", r#"["", "", "x"]"#, r#""x""#);
    check(
        "strings.replace_n",
        r#"[{"<": "&lt;", ">": "&gt;"}, "This is <b>HTML</b>!"]"#,
        r#""This is &lt;b&gt;HTML&lt;/b&gt;!""#,
    );
    check(
        "strings.replace_n",
        r#"[{"f": "x", "foo": "xxx"}, "foo"]"#,
        r#""xoo""#,
    );
    check(
        "strings.replace_n",
        r#"[{"": "x", "b": "y"}, "abc"]"#,
        r#""xaxyxcx""#,
    );
    check(
        "strings.replace_n",
        r#"[{"": "x", "ab": "y"}, "abab"]"#,
        r#""xyxyx""#,
    );
    check(
        "strings.replace_n",
        r#"[{"a": "1", "ab": "2"}, "abab"]"#,
        r#""1b1b""#,
    );
    check("strings.replace_n", r#"[{"": "x"}, ""]"#, r#""x""#);
    check("strings.replace_n", r#"[{}, "abc"]"#, r#""abc""#);
    check(
        "strings.replace_n",
        r#"[{"a": 1}, "abc"]"#,
        "error: strings.replace_n: operand 1 non-string value found in pattern object",
    );
    check(
        "strings.replace_n",
        r#"["a", "abc"]"#,
        "error: strings.replace_n: operand 1 must be object but got string",
    );
}

#[test]
fn any_beginning_or_end_is_enough() {
    check(
        "strings.any_prefix_match",
        r#"[["a/b/c", "e/f/g"], ["d/", "e/"]]"#,
        "true",
    );
    check(
        "strings.any_prefix_match",
        r#"[["aa", "ee"], ["a/b"]]"#,
        "false",
    );
    check("strings.any_prefix_match", r#"["a/b/c", []]"#, "false");
    check("strings.any_prefix_match", r#"[[], "a"]"#, "false");
    check("strings.any_prefix_match", r#"[["", "cd"], [""]]"#, "true");
    check("strings.any_prefix_match", r#"["abc", "ab"]"#, "true");
    check(
        "strings.any_suffix_match",
        r#"[["a/b/c", "d"], ["/a", "b/c"]]"#,
        "true",
    );
    check("strings.any_suffix_match", r#"["é", "é"]"#, "true");
    check("strings.any_suffix_match", r#"[["ab"], ["cab"]]"#, "false");
    check(
        "strings.any_prefix_match",
        r#"[[1], "a"]"#,
        "error: strings.any_prefix_match: operand 1 must be array of strings but got array containing number",
    );
    check(
        "strings.any_prefix_match",
        r#"[1, "a"]"#,
        "error: strings.any_prefix_match: operand 1 must be one of {string, set, array} but got number",
    );
    check(
        "strings.any_suffix_match",
        r#"["a", [1]]"#,
        "error: strings.any_suffix_match: operand 2 must be array of strings but got array containing number",
    );
    check(
        "strings.any_suffix_match",
        r#"["a", {}]"#,
        "error: strings.any_suffix_match: operand 2 must be one of {string, set, array} but got object",
    );
}

#[test]
fn texts_are_turned_around() {
    check("strings.reverse", r#"["aä🍧"]"#, r#""🍧äa""#);
    check("strings.reverse", r#"[""]"#, r#""""#);
    check(
        "strings.reverse",
        "[1]",
        "error: strings.reverse: operand 1 must be string but got number",
    );
}

#[test]
fn sets_of_texts_are_as_good_as_arrays() {
    let operands = [value("\",\""), set(r#"["b", "a"]"#)];
    assert_eq!(
        answer_within(BUILTINS, "concat", &operands, 1000),
        r#""a,b""#
    );
    let operands = [set(r#"["ab", "cd"]"#), set(r#"["c"]"#)];
    assert_eq!(
        answer_within(BUILTINS, "strings.any_prefix_match", &operands, 1000),
        "true"
    );
}

#[test]
fn keys_of_patterns_are_strings() {
    let pattern = Value::from(Object::from_iter([(Value::from(1_i64), Value::from("x"))]));
    let expected = "error: strings.replace_n: operand 1 non-string key found in pattern object";
    assert_eq!(
        answer_within(
            BUILTINS,
            "strings.replace_n",
            &[pattern, value("\"a\"")],
            1000
        ),
        expected
    );
}

#[test]
fn long_texts_are_paid_before_they_are_made() {
    let long = Value::from("x".repeat(1000));
    let spent = "error: the budget of memory is spent";
    let parts = Value::from(vec![long.clone(); 1000]);
    assert_eq!(
        answer_within(BUILTINS, "concat", &[value("\"\""), parts], 10_000),
        spent
    );
    let operands = [long.clone(), value("\"x\""), long.clone()];
    assert_eq!(
        answer_within(BUILTINS, "replace", &operands, 100_000),
        spent
    );
    let patterns = Value::from(Object::from_iter([(value("\"x\""), long.clone())]));
    assert_eq!(
        answer_within(BUILTINS, "strings.replace_n", &[patterns, long], 100_000),
        spent
    );
}
