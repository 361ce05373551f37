//! The unit tests of the library's rules.

use plumbline_rego::{Module, Settings, Value, compile};
use plumbline_sources::embedded::LIBRARY;

#[test]
fn every_unit_test_of_the_library_passes() {
    let modules: Vec<Module> = LIBRARY
        .iter()
        .map(|(path, text)| Module::new(*path, *text))
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
            let settings = Settings {
                strict: true,
                ..Settings::default()
            };
            let answer = program.evaluate(
                &program.entry(&entry),
                &Value::empty_object(),
                None,
                &settings,
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
