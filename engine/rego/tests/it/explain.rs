//! What became of each rule of an entry: what it gave, from what; or which condition kept it from giving anything.

use plumbline_rego::{Explanation, Module, Program, Settings, Value, compile, value::json};

const POLICY: &str = r#"package a

deny contains msg if {
	some item in input.items
	item.size > 10
	msg := sprintf("%s is large", [item.name])
}

deny contains "closed" if {
	input.open == false
}
"#;

fn explained(input: &str) -> (Program, Vec<Explanation>) {
    let (program, diagnostics) = compile(&[Module::new("a.rego", POLICY)]);
    assert_eq!(diagnostics, []);
    let input = json::parse(input).unwrap();
    let bodies = program.explain(
        &program.entry("data.a.deny"),
        &Value::empty_object(),
        Some(&input),
        &Settings::default(),
    );
    (program, bodies.unwrap())
}

fn names(bindings: &[(plumbline_rego::ArcStr, Value)]) -> Vec<&str> {
    bindings.iter().map(|(name, _)| name.as_str()).collect()
}

#[test]
fn a_body_that_gives_something_says_what_it_read() {
    let (_, bodies) = explained(r#"{"items": [{"name": "x", "size": 12}], "open": true}"#);
    let [large, closed] = bodies.as_slice() else {
        panic!("{bodies:?}");
    };
    let [derivation] = large.derivations.as_slice() else {
        panic!("{large:?}");
    };
    let reads: Vec<String> = derivation.reads.iter().map(ToString::to_string).collect();
    assert!(reads.contains(&"/items/0/size".to_owned()), "{reads:?}");
    assert!(reads.contains(&"/items/0/name".to_owned()), "{reads:?}");
    assert_eq!(names(&derivation.bindings), ["item", "msg"]);
    assert_eq!(large.failures, []);
    assert_eq!(closed.derivations, []);
}

#[test]
fn a_body_that_gives_nothing_says_which_condition_was_false() {
    let (program, bodies) = explained(
        r#"{"items": [{"name": "x", "size": 1}, {"name": "y", "size": 2}], "open": true}"#,
    );
    let texts: Vec<(&str, usize, bool)> = bodies
        .iter()
        .map(|body| {
            let first = body.failures.first().unwrap();
            (
                program.text(first.place),
                body.failures.len(),
                first.undefined,
            )
        })
        .collect();
    // Each item was tried.
    assert_eq!(
        texts,
        [
            ("item.size > 10", 2, false),
            ("input.open == false", 1, false)
        ]
    );
}

#[test]
fn a_condition_on_what_is_not_there_is_undefined() {
    let (_, bodies) = explained(r#"{"items": [{"name": "x"}]}"#);
    assert!(
        bodies
            .iter()
            .all(|body| body.failures.first().unwrap().undefined)
    );
}
