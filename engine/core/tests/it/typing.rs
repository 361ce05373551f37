//! What plain scalars mean to Kubernetes: what `sigs.k8s.io/yaml` over go-yaml v2 makes of them.

use plumbline_core::parse::Notation;
use plumbline_core::tree::{NodeId, Typing};
use plumbline_rego::value::json;

use super::{documents, reading, spelt};

#[track_caller]
fn check(cases: &[(&str, &str)]) {
    for (text, expected) in cases {
        let (documents, _) = documents(&format!("v: {text}\n"), Notation::Yaml);
        let value = documents
            .first()
            .unwrap()
            .tree
            .to_value(NodeId::ROOT, Typing::Kubernetes);
        assert_eq!(
            json::to_string(value.get_str("v").unwrap()),
            *expected,
            "{text}"
        );
    }
}

#[test]
fn the_booleans_of_yaml_1_1_are_booleans() {
    check(&[
        ("yes", "true"),
        ("no", "false"),
        ("on", "true"),
        ("off", "false"),
        ("y", "true"),
        ("N", "false"),
        ("True", "true"),
        ("FALSE", "false"),
    ]);
}

#[test]
fn other_spellings_of_booleans_are_text() {
    check(&[
        ("tRUE", "\"tRUE\""),
        ("'yes'", "\"yes\""),
        ("\"on\"", "\"on\""),
        ("!!str yes", "\"yes\""),
    ]);
}

#[test]
fn integers_have_many_spellings() {
    check(&[
        ("0644", "420"),
        ("1_000", "1000"),
        ("0x1F", "31"),
        ("0o17", "15"),
        ("0b11", "3"),
        ("-0644", "-420"),
        ("+7", "7"),
        ("08", "8"),
    ]);
}

#[test]
fn floats_have_too() {
    check(&[
        (".5", "0.5"),
        ("1.", "1"),
        ("1e3", "1e3"),
        ("-.5e-3", "-0.5e-3"),
        ("6.02E+23", "6.02E+23"),
    ]);
}

#[test]
fn what_only_looks_like_a_number_is_text() {
    check(&[
        ("1:30", "\"1:30\""),
        ("2024-01-01", "\"2024-01-01\""),
        ("1.2.3", "\"1.2.3\""),
        ("0x", "\"0x\""),
        ("1e", "\"1e\""),
    ]);
}

#[test]
fn nothing_is_null() {
    check(&[
        ("", "null"),
        ("~", "null"),
        ("null", "null"),
        ("Null", "null"),
        ("''", "\"\""),
    ]);
}

#[test]
fn an_integer_of_more_than_64_bits_keeps_its_digits_and_gives_a_warning() {
    check(&[
        (
            "123456789012345678901234567890",
            "123456789012345678901234567890",
        ),
        ("18446744073709551615", "18446744073709551615"),
    ]);
    let text = "apiVersion: v1\nkind: X\nmetadata: {name: x}\nid: 123456789012345678901234567890\nok: 18446744073709551615\n";
    let reading = reading(text);
    assert_eq!(
        spelt(text, &reading.problems),
        ["4:1 an integer of more than 64 bits, which Kubernetes reads as a float"]
    );
}

#[test]
fn a_key_may_become_a_boolean_too() {
    let (documents, _) = documents("y: 1\non: 2\n'y': 3\n1: 4\n", Notation::Yaml);
    let value = documents
        .first()
        .unwrap()
        .tree
        .to_value(NodeId::ROOT, Typing::Kubernetes);
    assert_eq!(json::to_string(&value), r#"{"1":4,"true":2,"y":3}"#);
}

#[test]
fn a_tag_that_kubernetes_drops_is_said() {
    let text = "apiVersion: v1\nkind: X\nmetadata: {name: !Ref x}\n";
    let reading = reading(text);
    assert_eq!(
        spelt(text, &reading.problems),
        ["3:12 Kubernetes does not know the tag `!Ref` and drops it"]
    );
    assert_eq!(reading.resources.first().unwrap().name, "x");
}
