//! `plumb eval` as a user meets it.

use super::{folder, plumb};

const POLICY: &str = "package shop\n\nimport data.limits\n\ndeny contains msg if {\n\tinput.port > limits.port\n\tprint(\"port\", input.port)\n\tmsg := sprintf(\"port %d is too high\", [input.port])\n}\n\nname := \"shop\"\n";
const FILES: &[(&str, &str)] = &[
    ("p/shop.rego", POLICY),
    ("p/limits/data.json", "{\"port\": 1000}"),
    ("high.json", "{\"port\": 8080}"),
    ("low.yaml", "port: 80\n"),
];

#[track_caller]
fn code(args: &[&str], expected: i32) -> super::Run {
    let folder = folder(FILES);
    let run = plumb(folder.path(), args);
    assert_eq!(run.code, Some(expected), "{args:?}\n{}{}", run.out, run.err);
    run
}

#[track_caller]
fn raw(query: &str, expected: &str) {
    assert_eq!(
        code(&["eval", "--format", "raw", query], 0).out,
        expected,
        "{query}"
    );
}

#[test]
fn an_expression_has_a_value() {
    raw("1 + 2 * 3", "7\n");
    raw("\"a\"", "a\n");
    raw("1 == 2", "false\n");
    raw("[x | some x in {3, 1, 2}]", "[1,2,3]\n");
    raw("1 == 2; 3", "");
}

#[test]
fn the_answer_has_the_shape_of_opa() {
    let run = code(&["eval", "x := 1; y = x + 1"], 0);
    insta::assert_snapshot!(run.out);
    assert_eq!(code(&["eval", "input.x"], 0).out, "{}\n");
}

#[test]
fn policies_data_and_an_input_are_read() {
    let run = code(
        &[
            "eval",
            "-d",
            "p",
            "-i",
            "high.json",
            "--format",
            "values",
            "data.shop.deny",
        ],
        0,
    );
    assert_eq!(run.json(), serde_json::json!([[["port 8080 is too high"]]]));
    assert_eq!(run.err, "p/shop.rego:7: port 8080\n");
    let run = code(
        &[
            "eval",
            "-d",
            "p",
            "-i",
            "low.yaml",
            "--format",
            "values",
            "data.shop.deny",
        ],
        0,
    );
    assert_eq!(run.json(), serde_json::json!([[[]]]));
}

#[test]
fn variables_are_shown_for_people() {
    assert_eq!(
        code(&["eval", "--format", "pretty", "some x in [1, 2]"], 0).out,
        "x = 1\nx = 2\n"
    );
    assert_eq!(
        code(&["eval", "--format", "pretty", "{\"a\": 1}"], 0).out,
        "{\n  \"a\": 1\n}\n"
    );
}

#[test]
fn every_data_file_of_a_folder_is_read() {
    let folder = folder(&[
        ("p/teams.yaml", "teams: [a, b]\n"),
        ("p/region/zones.json", "{\"zones\": 3}"),
        ("p/readme.txt", "no data"),
    ]);
    let query = "[count(data.teams), data.region.zones]";
    let run = plumb(
        folder.path(),
        &["eval", "-d", "p", "--format", "raw", query],
    );
    assert_eq!(
        (run.code, run.out.as_str()),
        (Some(0), "[2,3]\n"),
        "{}",
        run.err
    );
}

#[test]
fn names_belong_to_a_package() {
    assert_eq!(
        code(
            &[
                "eval",
                "-d",
                "p",
                "--package",
                "data.shop",
                "--format",
                "raw",
                "name"
            ],
            0
        )
        .out,
        "shop\n"
    );
    assert_eq!(
        code(
            &[
                "eval",
                "-d",
                "p",
                "--package",
                "shop",
                "--format",
                "raw",
                "name"
            ],
            0
        )
        .out,
        "shop\n"
    );
}

#[test]
fn the_exit_code_says_whether_the_query_is_defined() {
    code(&["eval", "--fail", "input.x"], 1);
    code(&["eval", "--fail", "1"], 0);
    code(&["eval", "--fail-defined", "1"], 1);
    code(&["eval", "--fail-defined", "input.x"], 0);
}

#[test]
fn an_error_of_a_builtin_is_undefined_unless_asked_for() {
    code(&["eval", "to_number(\"x\")"], 0);
    let run = code(&["eval", "--strict-builtin-errors", "to_number(\"x\")"], 2);
    assert_eq!(run.json()["errors"][0]["code"], "eval_builtin_error");
}

#[test]
fn the_older_syntax_is_read_on_demand() {
    code(&["eval", "--v0-compatible", "any([true, false])"], 0);
    code(&["eval", "any([true, false])"], 2);
}

#[test]
fn what_it_took_is_added_on_demand() {
    let run = code(
        &[
            "eval",
            "-d",
            "p",
            "-i",
            "high.json",
            "--metrics",
            "--profile",
            "--coverage",
            "data.shop.deny",
        ],
        0,
    )
    .json();
    assert!(run["metrics"]["timer_eval_ns"].as_u64().unwrap() > 0);
    assert_eq!(run["profile"][0]["location"]["row"], 5);
    assert_eq!(
        run["coverage"]["files"]["p/shop.rego"]["not_covered"],
        serde_json::json!([11])
    );
    let run = code(
        &[
            "eval",
            "-d",
            "p",
            "-i",
            "high.json",
            "--explain",
            "full",
            "data.shop.deny",
        ],
        0,
    );
    assert!(
        run.err
            .contains("held: p/shop.rego:6:2: input.port > limits.port"),
        "{}",
        run.err
    );
}

#[test]
fn a_budget_holds() {
    let endless =
        "count([1 | some a in numbers.range(1, 30000); some b in numbers.range(1, 30000); a == b])";
    for limit in [["--timeout", "200ms"], ["--max-steps", "1000"]] {
        let run = code(&["eval", limit[0], limit[1], endless], 2);
        assert_eq!(
            run.json()["errors"][0]["code"],
            "eval_budget_error",
            "{limit:?}"
        );
    }
    let run = code(
        &[
            "eval",
            "--max-memory",
            "1000",
            "numbers.range(1, 300000000)",
        ],
        2,
    );
    assert_eq!(run.json()["errors"][0]["code"], "eval_budget_error");
}

#[test]
fn bad_input_is_said_at_its_place() {
    let said = |args: &[&str], text: &str| {
        let run = code(args, 2);
        assert!(run.err.contains(text), "{args:?}: {}", run.err);
    };
    said(&["eval", "1 +"], "rego_parse_error");
    said(&["eval", "nonsense(1)"], "undefined function nonsense");
    said(&["eval", "http.send({})"], "it is switched off");
    said(&["eval", "x"], "var x is unsafe");
    said(
        &["eval", "-d", "nowhere", "1"],
        "nowhere: no such file or folder",
    );
    said(
        &["eval", "-i", "nowhere.json", "1"],
        "nowhere.json: no such file or folder",
    );
    said(
        &["eval", "--timeout", "soon", "1"],
        "a duration is a number",
    );
}

#[test]
fn a_number_keeps_its_digits() {
    for number in ["123456789012345678901234567890", "0.10", "1e400"] {
        let run = code(&["eval", number], 0);
        assert!(
            run.out.contains(&format!("\"value\": {number}\n")),
            "{}",
            run.out
        );
    }
}

#[test]
fn what_stood_in_the_way_is_json_too() {
    let run = code(&["eval", "1 == 1; x"], 2);
    let error = &run.json()["errors"][0];
    assert_eq!(error["code"], "rego_unsafe_var_error");
    assert_eq!(
        error["location"],
        serde_json::json!({"file": "query", "row": 1, "col": 9})
    );
    let run = code(&["eval", "-d", "nowhere", "1"], 2);
    assert_eq!(run.json()["errors"][0]["location"]["file"], "nowhere");
    assert_eq!(code(&["eval", "--format", "raw", "x"], 2).out, "");
}

#[test]
fn bindings_alone_are_a_format() {
    let run = code(&["eval", "--format", "bindings", "some x in [1, 2]"], 0);
    assert_eq!(run.json(), serde_json::json!([{"x": 1}, {"x": 2}]));
}
