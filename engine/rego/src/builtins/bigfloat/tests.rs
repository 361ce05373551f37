use num_bigint::BigInt;

use super::{BigFloat, PRECISION};

#[track_caller]
fn parsed(text: &str) -> BigFloat {
    BigFloat::parse(text, PRECISION).unwrap()
}

fn text(float: Option<BigFloat>) -> Option<String> {
    float.and_then(|float| float.to_text())
}

#[test]
fn the_fewest_digits_give_a_number_back() {
    for number in [
        "0.1",
        "0.3",
        "1.5",
        "123456.75",
        "1e-07",
        "0",
        "-0",
        "12345678901234567890",
    ] {
        assert_eq!(parsed(number).to_text().unwrap(), number);
    }
    assert_eq!(parsed("1e20").to_text().unwrap(), "100000000000000000000");
}

#[test]
fn results_are_rounded_to_the_precision() {
    let third = parsed("1").over(&parsed("3"), PRECISION);
    assert_eq!(text(third).unwrap(), "0.33333333333333333334");
    let product = parsed("1")
        .times(&parsed("1.1"), 53)
        .and_then(|one| one.times(&parsed("2.2"), 53));
    assert_eq!(text(product).unwrap(), "2.4200000000000004");
}

#[test]
fn far_smaller_numbers_only_decide_ties() {
    let one = parsed("18446744073709551615");
    let half = parsed("0.5");
    let tiny = parsed("1e-300");
    let above = half.plus(&tiny, 2000).unwrap();
    assert_eq!(
        text(one.plus(&half, PRECISION)).unwrap(),
        "18446744073709551616"
    );
    assert_eq!(
        text(one.plus(&above, PRECISION)).unwrap(),
        "18446744073709551616"
    );
    assert_eq!(
        text(one.minus(&tiny, PRECISION)).unwrap(),
        "18446744073709551615"
    );
    assert_eq!(
        text(tiny.minus(&one, PRECISION)).unwrap(),
        "-18446744073709551615"
    );
}

#[test]
fn zeros_have_signs() {
    let (plus, minus) = (parsed("0"), parsed("-0"));
    assert_eq!(text(minus.plus(&minus, PRECISION)).unwrap(), "-0");
    assert_eq!(text(minus.plus(&plus, PRECISION)).unwrap(), "0");
    assert_eq!(text(minus.times(&parsed("5"), PRECISION)).unwrap(), "-0");
    assert_eq!(
        text(parsed("5").minus(&parsed("5"), PRECISION)).unwrap(),
        "0"
    );
}

#[test]
fn infinity_is_no_number() {
    let huge = parsed("1e600000000")
        .times(&parsed("1e600000000"), PRECISION)
        .unwrap();
    assert_eq!(huge.to_text(), None);
    assert_eq!(huge.to_integer(), None);
    assert!(huge.minus(&huge, PRECISION).is_none());
    assert!(huge.over(&huge, PRECISION).is_none());
    assert!(huge.times(&parsed("0"), PRECISION).is_none());
}

#[test]
fn integral_parts_go_towards_zero() {
    assert_eq!(parsed("-1.9").to_integer(), Some(BigInt::from(-1)));
    assert_eq!(parsed("0.9").to_integer(), Some(BigInt::ZERO));
    assert_eq!(
        parsed("1e19").to_integer(),
        Some(BigInt::from(10_000_000_000_000_000_000_u64))
    );
}
