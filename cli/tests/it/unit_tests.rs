//! `plumb test` as a user meets it.

use super::{folder, plumb, root};

const POLICY: &str = "package shop\n\ndeny contains msg if {\n\tinput.port == 22\n\tmsg := \"ssh is open\"\n}\n\nunused if input.never\n";
const TESTS: &str = "package shop_test\n\nimport data.shop\n\ntest_ssh_is_denied if {\n\tshop.deny == {\"ssh is open\"} with input as {\"port\": 22}\n}\n\ntest_http_passes if count(shop.deny) == 0 with input as {\"port\": 80}\n";
const FAILING: &str = "package more_test\n\nimport data.shop\n\ntest_two_findings if {\n\tfound := shop.deny with input as {\"port\": 22}\n\tprint(\"found\", found)\n\tcount(found) == 2\n}\n\ntest_a_number if {\n\tx := to_number(\"one\")\n\tx == 1\n}\n\ntodo_test_later if false\n";

#[track_caller]
fn code(files: &[(&str, &str)], args: &[&str], expected: i32) -> super::Run {
    let folder = folder(files);
    let run = plumb(folder.path(), args);
    assert_eq!(run.code, Some(expected), "{args:?}\n{}{}", run.out, run.err);
    run
}

#[test]
fn tests_that_pass_are_counted() {
    let run = code(&[("a.rego", POLICY), ("a_test.rego", TESTS)], &["test"], 0);
    assert_eq!(run.out, "2 passed, 0 failed, 0 errors, 0 to do\n");
}

#[test]
fn the_library_passes_its_tests() {
    let run = plumb(&root(), &["test", "policies"]);
    assert_eq!(run.code, Some(0), "{}{}", run.out, run.err);
}

#[test]
fn a_test_that_fails_shows_the_condition_and_its_variables() {
    let run = code(
        &[("a.rego", POLICY), ("more_test.rego", FAILING)],
        &["test"],
        1,
    );
    insta::assert_snapshot!(run.out);
}

#[test]
fn the_shapes_for_machines_are_stable() {
    let files = [("a.rego", POLICY), ("more_test.rego", FAILING)];
    insta::assert_snapshot!(
        "json",
        code(&files, &["test", "-o", "json", "--coverage"], 1).out
    );
    insta::assert_snapshot!("junit", code(&files, &["test", "-o", "junit"], 1).out);
}

#[test]
fn some_tests_are_chosen_by_their_path() {
    let files = [
        ("a.rego", POLICY),
        ("a_test.rego", TESTS),
        ("more_test.rego", FAILING),
    ];
    code(&files, &["test", "--run", "shop_test"], 0);
    code(&files, &["test", "--run", "two_findings"], 1);
    let run = code(&files, &["test", "--run", "no_such_test"], 2);
    let said = "no test matches `no_such_test`, of ";
    assert!(run.err.contains(said), "{}", run.err);
}

#[test]
fn a_folder_of_pages_that_is_not_there_is_said() {
    let files = [("a.rego", POLICY), ("a_test.rego", TESTS)];
    let run = code(&files, &["test", "--pages", "nope"], 2);
    assert!(
        run.err.contains("nope: no such folder") && run.out.contains("2 passed"),
        "{}{}",
        run.out,
        run.err
    );
}

#[test]
fn too_little_coverage_fails() {
    let files = [("a.rego", POLICY), ("a_test.rego", TESTS)];
    let run = code(&files, &["test", "--coverage"], 0);
    assert!(
        run.out.contains("a.rego  not covered: lines 8"),
        "{}",
        run.out
    );
    code(&files, &["test", "--threshold", "50"], 0);
    code(&files, &["test", "--threshold", "90%"], 1);
    code(&files, &["test", "--threshold", "900"], 2);
}

#[test]
fn data_files_beside_the_policies_are_read() {
    let policy = "package p\n\nallowed if input.user in data.users.names\n";
    let tests =
        "package p_test\n\ntest_known if data.p.allowed with input as {\"user\": \"ann\"}\n";
    code(
        &[
            ("p.rego", policy),
            ("p_test.rego", tests),
            ("users/data.json", "{\"names\": [\"ann\"]}"),
        ],
        &["test"],
        0,
    );
    code(&[("p.rego", policy), ("p_test.rego", tests)], &["test"], 1);
}

#[test]
fn both_syntaxes_are_read() {
    let v0 =
        "package p\n\nallow { input.x == 1 }\n\ntest_allow { allow with input as {\"x\": 1} }\n";
    code(&[("p.rego", v0)], &["test", "--v0-compatible"], 0);
    code(&[("p.rego", v0)], &["test"], 2);
}

#[test]
fn a_mock_stands_for_a_function() {
    let tests = "package t\n\nnow_is_late if time.now_ns() > 100\n\ntest_late if now_is_late with time.now_ns as 200\n\ntest_early if not now_is_late with time.now_ns as 1\n";
    code(&[("t.rego", tests)], &["test"], 0);
}

#[test]
fn no_test_is_no_success() {
    let run = code(&[("a.rego", POLICY)], &["test"], 2);
    assert!(run.err.contains("no test was found"), "{}", run.err);
    code(&[], &["test", "nowhere"], 2);
}

#[test]
fn a_policy_that_does_not_compile_is_said_and_the_others_are_tested() {
    let run = code(
        &[
            ("a.rego", POLICY),
            ("a_test.rego", TESTS),
            ("b.rego", "package b\n\nf(n) := f(n + 1)\n"),
        ],
        &["test"],
        2,
    );
    assert!(
        run.err
            .contains("rego_recursion_error: rule data.b.f is recursive: data.b.f -> data.b.f"),
        "{}",
        run.err
    );
    assert!(run.out.contains("2 passed"), "{}", run.out);
}

#[test]
fn a_test_that_runs_on_ends_in_an_error() {
    let tests = "package t\n\ntest_forever if count([1 | some a in numbers.range(1, 30000); some b in numbers.range(1, 30000); a == b]) == 0\n";
    let run = code(&[("t.rego", tests)], &["test", "--timeout", "200ms"], 2);
    assert!(run.out.contains("eval_budget_error"), "{}", run.out);
}

/// The place and the variables of the condition that failed, and whether it was undefined.
#[track_caller]
fn fails_at(test: &str, line: u32, column: u32, undefined: bool, bindings: &serde_json::Value) {
    let text = format!("package t\n\n{test}\n");
    let run = code(&[("t.rego", &text)], &["test", "-o", "json"], 1).json();
    let failure = &run["tests"][0]["failure"];
    assert_eq!(failure["location"]["line"], line, "{run}");
    assert_eq!(failure["location"]["column"], column, "{run}");
    assert_eq!(failure["undefined"], undefined, "{run}");
    assert_eq!(failure["bindings"], *bindings, "{run}");
}

#[test]
fn the_condition_of_the_test_itself_is_shown_and_not_one_inside_it() {
    let none = serde_json::json!({});
    let two = serde_json::json!({"x": [2]});
    fails_at(
        "test_a if {\n\tx := [y | some y in [1, 2]; y > 1; y < 9]\n\tcount(x) == 2\n}",
        5,
        2,
        false,
        &two,
    );
    fails_at(
        "test_a if {\n\tevery y in [1, 2] {\n\t\ty > 0\n\t\ty < 2\n\t}\n}",
        4,
        2,
        false,
        &none,
    );
    fails_at("test_a if {\n\tnot 1 == 1\n}", 4, 2, false, &none);
    fails_at(
        "test_a if {\n\tx := [2]\n\tx[0] == input.n with input.n as 3\n}",
        5,
        2,
        false,
        &two,
    );
}

#[test]
fn undefined_is_told_from_false_on_either_side() {
    let x = serde_json::json!({"x": {}});
    fails_at("test_a if {\n\tx := {}\n\tx.b == 1\n}", 5, 2, true, &x);
    fails_at("test_a if {\n\tx := {}\n\t1 == x.b\n}", 5, 2, true, &x);
    fails_at(
        "test_a if {\n\tx := {}\n\tsome y in x.b\n\ty > 1\n}",
        5,
        2,
        true,
        &x,
    );
    fails_at("test_a if {\n\tx := {}\n\tx == 1\n}", 5, 2, false, &x);
}

#[test]
fn a_variable_may_be_null() {
    let x = serde_json::json!({"x": null});
    fails_at("test_a if {\n\tx := null\n\tx == 1\n}", 5, 2, false, &x);
}

#[test]
fn only_true_passes() {
    for value in ["1", "\"yes\"", "false", "{}", "null"] {
        let text = format!("package t\n\ntest_a := {value}\n");
        let run = code(&[("t.rego", &text)], &["test"], 1);
        assert!(run.out.contains("its value is not true"), "{}", run.out);
    }
}

#[test]
fn tests_of_one_name_are_run_one_by_one() {
    let text = "package t\n\ntest_a if 1 == 1\n\ntest_a if 1 == 2\n";
    let run = code(&[("t.rego", text)], &["test"], 1);
    assert!(run.out.contains("data.t.test_a#01 failed"), "{}", run.out);
    assert!(run.out.contains("1 passed, 1 failed"), "{}", run.out);
}

#[test]
fn a_test_below_a_name_is_found() {
    let text = "package t\n\ntest_group.one if 1 == 2\n\nother.test_two if 1 == 1\n";
    let run = code(&[("t.rego", text)], &["test"], 1);
    assert!(
        run.out.contains("data.t.test_group.one failed"),
        "{}",
        run.out
    );
    assert!(run.out.contains("1 passed, 1 failed"), "{}", run.out);
}

#[test]
fn cases_that_would_vanish_are_no_success() {
    for test in [
        "test_a[case.note] if {\n\tsome case in [{\"note\": \"one\", \"x\": 1}]\n\tcase.x == 2\n}",
        "test_a contains x if some x in []",
    ] {
        let text = format!("package t\n\n{test}\n");
        let run = code(&[("t.rego", &text)], &["test"], 2);
        assert!(
            run.out.contains("a test is a rule with one value"),
            "{}",
            run.out
        );
    }
}

#[test]
fn what_was_printed_before_an_error_is_shown() {
    let text = "package t\n\ntest_a if {\n\tprint(\"so far\")\n\tx := numbers.range(1, 100000000)\n\tcount(x) == 1\n}\n";
    let run = code(&[("t.rego", text)], &["test"], 2);
    assert!(run.out.contains("print: so far"), "{}", run.out);
}
