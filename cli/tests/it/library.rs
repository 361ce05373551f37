//! The unit tests of the library's rules, without any error of a builtin on the way.

use std::path::PathBuf;

use plumbline_core::policy::functions;
use plumbline_rego::{Module, compile_with};
use plumbline_rego::{Settings, Value, testing};
use plumbline_sources::embedded::LIBRARY;

use super::{plumb, root};

#[test]
fn every_unit_test_of_the_library_passes() {
    let modules: Vec<Module> = LIBRARY
        .iter()
        .map(|(path, text)| Module::new(*path, *text))
        .collect();
    let (program, diagnostics) = compile_with(&modules, functions());
    assert_eq!(diagnostics, []);
    let settings = Settings {
        strict: true,
        ..Settings::default()
    };
    let tests = testing::discover(&program);
    for test in &tests {
        let result = testing::run(&program, test, &Value::empty_object(), &settings);
        assert_eq!(result.outcome, testing::Outcome::Passed, "{}", test.path());
    }
    assert!(tests.len() >= 400, "{} unit tests ran", tests.len());
}

/// Lines that no unit test reaches.
#[test]
fn the_unit_tests_reach_every_line_of_the_library() {
    let args = ["test", "policies", "--coverage", "--threshold", "100"];
    let run = plumb(&root(), &args);
    assert_eq!(run.code, Some(0), "{}{}", run.out, run.err);
}

/// The page of reference is what the command writes.
#[test]
fn the_page_on_all_rules_is_generated() {
    let page: PathBuf = root().join("docs/reference/rules.md");
    let args = ["policy", "doc", "--no-config", "--link", "../rules/{id}.md"];
    let run = plumb(&root(), &args);
    assert_eq!(run.code, Some(0), "{}", run.err);
    assert_eq!(
        std::fs::read_to_string(page).unwrap(),
        run.out,
        "run `plumb policy doc --no-config --link '../rules/{{id}}.md' --to docs/reference/rules.md`"
    );
}
