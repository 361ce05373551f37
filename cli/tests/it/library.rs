//! The unit tests of the library's rules.

use std::time::Duration;

use plumbline_rego::{Budget, Input, Module, Value, compile};
use plumbline_sources::embedded::LIBRARY;

#[test]
fn every_unit_test_of_the_library_passes() {
    let modules: Vec<Module> = LIBRARY
        .iter()
        .map(|(path, text)| Module {
            name: (*path).to_owned(),
            text: (*text).into(),
        })
        .collect();
    let (program, diagnostics) = compile(&modules);
    assert_eq!(diagnostics, []);
    let mut ran = 0;
    for (index, (path, text)) in LIBRARY
        .iter()
        .enumerate()
        .filter(|(_, (path, _))| path.ends_with("_test.rego"))
    {
        let package = program.package(index).unwrap();
        let names = text
            .lines()
            .filter_map(|line| line.split([' ', ':']).next())
            .filter(|word| word.starts_with("test_"));
        for name in names {
            let entry = format!("{package}.{name}");
            let prepared = program
                .prepare(&entry, &Value::empty_object())
                .unwrap_or_else(|error| panic!("{path}: {error:?}"));
            let answer = prepared.evaluate(
                &Input::new(&Value::empty_object()),
                &Budget {
                    time: Duration::from_secs(10),
                },
            );
            assert_eq!(
                answer.unwrap().value,
                Some(Value::Bool(true)),
                "{path}: {name}"
            );
            ran += 1;
        }
    }
    assert!(ran >= 40, "{ran} unit tests ran");
}
