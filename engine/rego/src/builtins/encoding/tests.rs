use super::BUILTINS;
use crate::builtins::golang::testing::{answer, answer_values, answer_within};
use crate::value::Value;

/// The answer to a text, which may hold anything.
fn of_text(name: &str, text: &str) -> String {
    answer_values(BUILTINS, name, &[Value::from(text)])
}

/// Texts that come of texts.
#[track_caller]
fn texts(name: &str, cases: &[(&str, &str)]) {
    for (text, expected) in cases {
        assert_eq!(
            of_text(name, text),
            Value::from(*expected).to_string(),
            "{name} of {text:?}"
        );
    }
}

/// Values, in Rego's spelling, that come of texts.
#[track_caller]
fn values(name: &str, cases: &[(&str, &str)]) {
    for (text, expected) in cases {
        assert_eq!(of_text(name, text), *expected, "{name} of {text:?}");
    }
}

/// Texts that have no answer, and what is said of them.
#[track_caller]
fn refused(name: &str, cases: &[(&str, &str)]) {
    for (text, expected) in cases {
        assert_eq!(
            of_text(name, text),
            format!("error: {name}: {expected}"),
            "{name} of {text:?}"
        );
    }
}

/// Texts that come of operands written as JSON.
#[track_caller]
fn written(name: &str, cases: &[(&str, &str)]) {
    for (operands, expected) in cases {
        assert_eq!(
            answer(BUILTINS, name, operands),
            Value::from(*expected).to_string(),
            "{name} of {operands}"
        );
    }
}

#[test]
fn base64_pads_unless_told_otherwise() {
    texts(
        "base64.encode",
        &[("", ""), ("a", "YQ=="), ("ab", "YWI="), ("abc", "YWJj")],
    );
    texts("base64url.encode", &[(">>>???", "Pj4-Pz8_"), ("a", "YQ==")]);
    texts("base64url.encode_no_pad", &[("a", "YQ"), ("ab", "YWI")]);
}

#[test]
fn base64_passes_over_line_breaks_and_names_the_first_wrong_byte() {
    texts(
        "base64.decode",
        &[("YQ==", "a"), ("YW\r\nJj", "abc"), ("YQ==\n", "a")],
    );
    refused(
        "base64.decode",
        &[
            ("a$b", "illegal base64 data at input byte 1"),
            ("YQ=", "illegal base64 data at input byte 3"),
            ("YQ==a", "illegal base64 data at input byte 4"),
            ("-_8=", "illegal base64 data at input byte 0"),
        ],
    );
    values(
        "base64.is_valid",
        &[("YQ==", "true"), ("YQ", "false"), ("", "true")],
    );
    assert_eq!(answer(BUILTINS, "base64.is_valid", "[1]"), "false");
}

#[test]
fn the_padding_of_base64url_may_be_left_out() {
    texts(
        "base64url.decode",
        &[("YQ", "a"), ("YQ==", "a"), ("YWI", "ab")],
    );
    refused(
        "base64url.decode",
        &[
            ("a", "illegal base64url string: a"),
            ("ab=c", "illegal base64 data at input byte 2"),
        ],
    );
}

#[test]
fn hexadecimal_digits_are_read_in_both_cases() {
    texts("hex.encode", &[("é", "c3a9"), ("", "")]);
    texts("hex.decode", &[("C3a9", "é"), ("", "")]);
    refused(
        "hex.decode",
        &[
            ("zz", "encoding/hex: invalid byte: U+007A 'z'"),
            ("abc", "encoding/hex: odd length hex string"),
        ],
    );
}

#[test]
fn queries_are_escaped_and_read() {
    texts("urlquery.encode", &[("a b+é~", "a+b%2B%C3%A9~")]);
    texts("urlquery.decode", &[("a+b%20c", "a b c")]);
    refused("urlquery.decode", &[("%zz", r#"invalid URL escape "%zz""#)]);
}

#[test]
fn a_parameter_of_several_values_is_repeated() {
    written(
        "urlquery.encode_object",
        &[
            (
                r#"[{"a": ["b+1", "c+2"], "b": "&"}]"#,
                "a=b%2B1&a=c%2B2&b=%26",
            ),
            ("[{}]", ""),
        ],
    );
    values(
        "urlquery.decode_object",
        &[(
            "a=value_a1&b=value_b&a=value_a2&c",
            r#"{"a": ["value_a1", "value_a2"], "b": ["value_b"], "c": [""]}"#,
        )],
    );
    refused(
        "urlquery.decode_object",
        &[("a;b", "invalid semicolon separator in query")],
    );
}

#[test]
fn json_escapes_what_browsers_might_read() {
    written(
        "json.marshal",
        &[
            (
                r#"[{"b": [1, 1.5, null], "a": "<a>&\u2028\n"}]"#,
                r#"{"a":"\u003ca\u003e\u0026\u2028\n","b":[1,1.5,null]}"#,
            ),
            ("[[]]", "[]"),
        ],
    );
}

#[test]
fn json_is_indented_on_request() {
    let value = r#"{"a": [1], "b": []}"#;
    let cases = [
        (
            r#"{"pretty": true}"#,
            "{\n\t\"a\": [\n\t\t1\n\t],\n\t\"b\": []\n}",
        ),
        (
            r#"{"indent": "  "}"#,
            "{\n  \"a\": [\n    1\n  ],\n  \"b\": []\n}",
        ),
        (
            r#"{"prefix": ">", "indent": "."}"#,
            ">{\n>.\"a\": [\n>..1\n>.],\n>.\"b\": []\n>}",
        ),
        (r#"{"prefix": "x", "pretty": false}"#, r#"{"a":[1],"b":[]}"#),
        ("{}", r#"{"a":[1],"b":[]}"#),
    ];
    for (options, expected) in cases {
        let operands = format!("[{value}, {options}]");
        written(
            "json.marshal_with_options",
            &[(operands.as_str(), expected)],
        );
    }
    assert_eq!(
        answer(
            BUILTINS,
            "json.marshal_with_options",
            r#"[1, {"bogus": 1}]"#
        ),
        r#"error: json.marshal_with_options: operand 2 object contained unknown key "bogus""#
    );
}

#[test]
fn json_is_read_as_go_reads_it() {
    values(
        "json.unmarshal",
        &[
            (r#"{"a": [1, null]}"#, r#"{"a": [1, null]}"#),
            // What follows a value and white space is not looked at.
            ("1 null", "1"),
        ],
    );
    texts("json.unmarshal", &[(r#""\ud800""#, "\u{fffd}")]);
    refused(
        "json.unmarshal",
        &[
            ("", "EOF"),
            ("[1,", "unexpected EOF"),
            (
                "{a:1}",
                "invalid character 'a' looking for beginning of object key string",
            ),
            ("01", "error: invalid character '1' after top-level value"),
            (
                "trux",
                "invalid character 'x' in literal true (expecting 'e')",
            ),
            ("[1 2]", "invalid character '2' after array element"),
        ],
    );
    values(
        "json.is_valid",
        &[("{}", "true"), ("1 2", "false"), ("nul", "false")],
    );
}

#[test]
fn yaml_quotes_what_would_be_read_as_something_else() {
    written(
        "yaml.marshal",
        &[(
            r#"[{"a": "x: y", "d": "2001-01-01", "e": "", "n": null, "s": "12:30:45", "t": true, "yes": "no", "1": "1_000"}]"#,
            concat!(
                "\"1\": \"1_000\"\na: 'x: y'\nd: \"2001-01-01\"\ne: \"\"\n\"n\": null\n",
                "s: \"12:30:45\"\nt: true\n\"yes\": \"no\"\n"
            ),
        )],
    );
}

#[test]
fn yaml_does_not_indent_the_sequences_of_mappings() {
    written(
        "yaml.marshal",
        &[(
            r#"[{"b": [1, {"x": 1000, "y": []}], "m": "a\nb\n"}]"#,
            "b:\n- 1\n- x: 1000\n  \"y\": []\nm: |\n  a\n  b\n",
        )],
    );
}

#[test]
fn yaml_writes_numbers_as_go_does() {
    written(
        "yaml.marshal",
        &[(
            "[[0.1, 1e-7, 1000000.0, 1e21, 12345678901234567890]]",
            "- 0.1\n- 1e-07\n- 1e+06\n- 1e+21\n- 12345678901234567890\n",
        )],
    );
}

#[test]
fn yaml_sorts_keys_by_the_numbers_inside_of_them() {
    let expected = [
        "\"\"", "_", "\"1\"", "\"9\"", "\"10\"", "B", "a-b", "a.b", "a1", "a2", "a10", "b", "é",
    ];
    let expected = expected.join(": 0\n") + ": 0\n";
    let operands = r#"[{"": 0, "_": 0, "1": 0, "9": 0, "10": 0, "B": 0, "a-b": 0, "a.b": 0, "a1": 0, "a2": 0, "a10": 0, "b": 0, "é": 0}]"#;
    written("yaml.marshal", &[(operands, expected.as_str())]);
}

#[test]
fn yaml_folds_long_lines_and_sets_long_keys_apart() {
    let words = "word ".repeat(20) + "end";
    let folded = format!("{}\n  word word word end\n", "word ".repeat(17).trim_end());
    assert_eq!(
        of_text("yaml.marshal", &words),
        Value::from(folded).to_string()
    );
    let key = "x".repeat(129);
    let operands = format!(r#"[{{"{key}": 1}}]"#);
    let expected = format!("? {key}\n: 1\n");
    written("yaml.marshal", &[(operands.as_str(), expected.as_str())]);
}

#[test]
fn yaml_cannot_spell_everything() {
    refused(
        "yaml.marshal",
        &[("\u{7f}", "yaml: control characters are not allowed")],
    );
    assert_eq!(
        answer(
            BUILTINS,
            "yaml.marshal",
            &format!(r#"[{{"{}": 1}}]"#, "x".repeat(1023))
        ),
        "error: yaml.marshal: yaml: did not find expected ',' or '}'"
    );
}

#[test]
fn a_line_break_that_json_leaves_alone_is_folded() {
    texts(
        "yaml.marshal",
        &[
            ("\u{85}", "' '\n"),
            ("a  \u{85}  b\u{85}\u{85} \u{85}c", "|-\n  a b\n\n  c\n"),
        ],
    );
    assert_eq!(
        answer(BUILTINS, "yaml.marshal", r#"[{"a\u0085b": 1}]"#),
        "error: yaml.marshal: yaml: line 1: did not find expected ',' or '}'"
    );
}

#[test]
fn yaml_is_read_by_version_1_1() {
    values(
        "yaml.unmarshal",
        &[
            ("012", "10"),
            ("0o12", "10"),
            ("1_000", "1000"),
            ("0b11", "3"),
            ("0x1F", "31"),
            ("08", "8"),
            (".5", "0.5"),
            ("18446744073709551616", "18446744073709552000"),
            ("1e400", r#""1e400""#),
            ("yes", "true"),
            ("{n: 1, y: 2}", r#"{"false": 1, "true": 2}"#),
            ("d: 2001-01-01", r#"{"d": "2001-01-01"}"#),
            ("12:30:45", r#""12:30:45""#),
            ("~", "null"),
            ("", "null"),
            ("--- 1\n--- 2", "1"),
            ("a: |\n  x", r#"{"a": "x"}"#),
            ("a: 1\na: 2", r#"{"a": 2}"#),
        ],
    );
}

#[test]
fn tags_decide_what_a_yaml_scalar_is() {
    values(
        "yaml.unmarshal",
        &[
            ("!!int \"12\"", "12"),
            ("! 12", r#""12""#),
            ("!!str 12", r#""12""#),
            ("!!binary aGk=", r#""hi""#),
            ("!custom 1", r#""1""#),
        ],
    );
    refused(
        "yaml.unmarshal",
        &[
            ("!!int x", "yaml: cannot decode !!str `x` as a !!int"),
            (".inf", "json: unsupported value: +Inf"),
        ],
    );
}

#[test]
fn merge_keys_give_way_to_the_keys_after_them() {
    values(
        "yaml.unmarshal",
        &[(
            "- &x {k: 1, j: 2}\n- <<: *x\n  k: 3\n",
            r#"[{"j": 2, "k": 1}, {"j": 2, "k": 3}]"#,
        )],
    );
    refused(
        "yaml.unmarshal",
        &[(
            "- <<: 1",
            "yaml: map merge requires map or sequence of maps as the value",
        )],
    );
}

#[test]
fn what_is_not_yaml_is_refused() {
    refused(
        "yaml.unmarshal",
        &[
            (
                "[a]\n@",
                "yaml: line 2: found character that cannot start any token",
            ),
            (
                "a: b: c",
                "yaml: mapping values are not allowed in this context",
            ),
            ("[1", "yaml: line 1: did not find expected ',' or ']'"),
            ("&a [*a]", "yaml: anchor 'a' value contains itself"),
            ("- *b", "yaml: unknown anchor 'b' referenced"),
        ],
    );
    values(
        "yaml.is_valid",
        &[("a: 1", "true"), ("a: b: c", "false"), ("&a [*a]", "false")],
    );
}

#[test]
fn bombs_of_aliases_do_not_go_off() {
    let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..12 {
        let aliases = vec![format!("*a{}", level - 1); 10].join(", ");
        bomb.push_str(&format!("a{level}: &a{level} [{aliases}]\n"));
    }
    refused(
        "yaml.unmarshal",
        &[(bomb.as_str(), "yaml: document contains excessive aliasing")],
    );
    let answer = answer_within(
        BUILTINS,
        "yaml.unmarshal",
        &[Value::from(bomb.as_str())],
        1_000,
    );
    assert!(answer.contains("budget"), "{answer}");
}
