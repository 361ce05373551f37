use super::BUILTINS;
use crate::builtins::golang::testing::answer;

#[track_caller]
fn parse(text: &str, expected: &str) {
    assert_eq!(
        answer(BUILTINS, "uuid.parse", &format!("[{text:?}]")),
        expected,
        "{text}"
    );
}

#[test]
fn the_same_key_gives_the_same_uuid() {
    let first = answer(BUILTINS, "uuid.rfc4122", r#"["key"]"#);
    assert_eq!(first, answer(BUILTINS, "uuid.rfc4122", r#"["key"]"#));
    assert_ne!(first, answer(BUILTINS, "uuid.rfc4122", r#"["other"]"#));
    parse(
        first.trim_matches('"'),
        r#"{"variant": "RFC4122", "version": 4}"#,
    );
}

#[test]
fn version_2_has_all_fields() {
    parse(
        "urn:uuid:000003e8-48b9-21ee-b200-325096b39f47",
        r#"{"clocksequence": 12800, "domain": "Person", "id": 1000, "macvariables": "local:unicast", "nodeid": "32-50-96-b3-9f-47", "time": 1693566990121469600, "variant": "RFC4122", "version": 2}"#,
    );
}

#[test]
fn every_spelling_of_go_is_read() {
    let expected = r#"{"variant": "RFC4122", "version": 4}"#;
    parse("00000000-0000-4000-8000-000000000000", expected);
    parse("{00000000-0000-4000-8000-000000000000}", expected);
    parse("00000000000040008000000000000000", expected);
}

#[test]
fn what_is_no_uuid_is_undefined() {
    parse("zz", "undefined");
    parse("00000000-0000-4000-8000-00000000000g", "undefined");
    parse("00000000_0000-4000-8000-000000000000", "undefined");
}
