//! Values: numbers keep their digits, JSON survives the round trip, the order is Rego's.

use plumbline_rego::value::json;
use plumbline_rego::{Number, Object, Path, Set, Step, Value};
use proptest::prelude::*;

fn number(text: &str) -> Number {
    Number::parse(text).unwrap()
}

#[test]
fn a_number_is_written_as_it_was_read() {
    for text in [
        "0",
        "-0",
        "1e3",
        "1.0",
        "0.1",
        "123456789012345678901234567890",
        "1E-7",
        "-9223372036854775808",
    ] {
        assert_eq!(number(text).to_string(), text);
    }
}

#[test]
fn equal_numbers_are_equal_whatever_their_spelling() {
    for (left, right) in [
        ("1e3", "1000"),
        ("1.0", "1"),
        ("-0", "0"),
        ("0.10", "0.1"),
        ("100e-2", "1"),
        ("1e30", "1000000000000000000000000000000"),
    ] {
        assert_eq!(number(left), number(right), "{left} {right}");
    }
}

#[test]
fn numbers_differ_in_their_last_digit() {
    assert!(number("18446744073709551616") < number("18446744073709551617"));
    assert!(number("-1.00000000000000000001") < number("-1"));
    assert!(number("9e-400") > number("0"));
}

#[test]
fn what_json_does_not_spell_is_no_number() {
    for text in [
        "",
        "-",
        "+1",
        "01",
        "1.",
        ".5",
        "1e",
        "0x1",
        "1_000",
        "NaN",
        "Infinity",
        "1e9999999999",
    ] {
        assert!(Number::parse(text).is_err(), "{text}");
    }
    assert!(Number::parse(&"1".repeat(70_000)).is_err());
}

#[test]
fn the_order_goes_by_type_first() {
    let ordered = [
        Value::Null,
        Value::from(false),
        Value::from(true),
        Value::from(-1),
        Value::from(2),
        Value::from("a"),
        Value::from(vec![]),
        Value::empty_object(),
        Value::Set(Set::default()),
    ];
    assert!(ordered.is_sorted());
}

#[test]
fn of_a_repeated_key_the_last_value_stays() {
    let object: Object = [("a", 1), ("b", 2), ("a", 3)]
        .into_iter()
        .map(|(key, value)| (Value::from(key), Value::from(value)))
        .collect();
    assert_eq!(object.get_str("a"), Some(&Value::from(3)));
    assert_eq!(object.len(), 2);
}

#[test]
fn a_json_error_says_where() {
    for (text, at) in [
        ("", 0),
        ("[1,]", 3),
        ("{\"a\" 1}", 5),
        ("[1 2]", 3),
        ("tru", 0),
        ("\"a", 0),
        ("01", 0),
        ("[\"\\x\"]", 2),
        ("1 2", 2),
    ] {
        let error = json::parse(text).unwrap_err();
        assert_eq!(error.at, at, "{text}: {error}");
    }
}

#[test]
fn nesting_has_a_limit() {
    let nested = |depth| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert!(json::parse(&nested(json::MAX_DEPTH)).is_ok());
    assert!(
        json::parse(&nested(json::MAX_DEPTH + 1))
            .unwrap_err()
            .message
            .contains("levels")
    );
    assert!(json::parse(&"[".repeat(1_000_000)).is_err());
}

#[test]
fn surrogates_join_or_are_replaced() {
    assert_eq!(
        json::parse(r#""\ud83d\ude00 \ud83d \ude00""#).unwrap(),
        Value::from("😀 \u{fffd} \u{fffd}")
    );
}

#[test]
fn a_pointer_names_keys_with_slashes() {
    let path = Path::from_pointer("/a~1b/0/~0").unwrap();
    assert_eq!(
        path.steps(),
        [
            Step::Key("a/b".into()),
            Step::Index(0),
            Step::Key("~".into())
        ]
    );
    assert_eq!(path.to_string(), "/a~1b/0/~0");
}

fn values() -> impl Strategy<Value = Value> {
    let scalar = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "-?(0|[1-9][0-9]{0,25})(\\.[0-9]{1,5})?(e-?[0-9]{1,3})?"
            .prop_map(|text| Value::Number(number(&text))),
        ".{0,12}".prop_map(Value::from),
    ];
    scalar.prop_recursive(5, 64, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec((".{0,6}", inner), 0..6).prop_map(|entries| entries
                .into_iter()
                .map(|(key, value)| (Value::from(key), value))
                .collect::<Object>()
                .into()),
        ]
    })
}

proptest! {
    #[test]
    fn json_survives_the_round_trip(value in values()) {
        let text = json::to_string(&value);
        prop_assert_eq!(json::to_string(&json::parse(&text).unwrap()), text);
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in ".{0,200}") {
        let _ = json::parse(&text);
    }

    #[test]
    fn equal_values_are_not_ordered(left in values(), right in values()) {
        prop_assert_eq!(left == right, left.cmp(&right).is_eq());
        prop_assert_eq!(left.cmp(&right), right.cmp(&left).reverse());
    }
}
