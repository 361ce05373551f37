use num_bigint::BigUint;

use super::{Decimal, scan};

fn number(mantissa: u32, shift: i64) -> Decimal {
    Decimal::from_binary(&BigUint::from(mantissa), shift)
}

#[test]
fn binary_numbers_have_exact_digits() {
    assert_eq!(number(3, -1), Decimal::from_digits("15", 1));
    assert_eq!(number(5, 3), Decimal::from_digits("4", 2));
    assert_eq!(number(1, -10), Decimal::from_digits("9765625", -3));
    assert_eq!(number(0, 7), Decimal::default());
}

#[test]
fn rounding_takes_the_even_digit_in_the_middle() {
    let rounded = |digits, count| {
        let mut decimal = Decimal::from_digits(digits, 1);
        decimal.round(count);
        decimal
    };
    assert_eq!(rounded("125", 2), Decimal::from_digits("12", 1));
    assert_eq!(rounded("135", 2), Decimal::from_digits("14", 1));
    assert_eq!(rounded("1251", 2), Decimal::from_digits("13", 1));
    assert_eq!(rounded("996", 2), Decimal::from_digits("1", 2));
    assert_eq!(rounded("5", 0), Decimal::default());
    assert_eq!(rounded("51", 0), Decimal::from_digits("1", 2));
    assert_eq!(rounded("12", -1), Decimal::from_digits("12", 1));
}

#[test]
fn notations_are_those_of_go() {
    let decimal = Decimal::from_digits("12345", 2);
    assert_eq!(decimal.scientific(4, 'e'), "1.2345e+01");
    assert_eq!(decimal.scientific(6, 'E'), "1.234500E+01");
    assert_eq!(decimal.positional(1), "12.3");
    assert_eq!(decimal.positional(5), "12.34500");
    assert_eq!(decimal.general(5, true, 'e'), "12.345");
    assert_eq!(
        Decimal::from_digits("12", 100).general(2, true, 'e'),
        "1.2e+99"
    );
    assert_eq!(
        Decimal::from_digits("12", -4).general(2, true, 'e'),
        "1.2e-05"
    );
    assert_eq!(Decimal::from_digits("1", 5).positional(0), "10000");
    assert_eq!(Decimal::from_digits("1", -2).positional(3), "0.001");
    assert_eq!(Decimal::default().scientific(-1, 'e'), "0e+00");
}

#[test]
fn decimal_texts_are_scanned() {
    let scanned = |text| {
        let scanned = scan(text)?;
        Some((
            scanned.negative,
            scanned.mantissa.to_string(),
            scanned.exponent,
        ))
    };
    assert_eq!(scanned("-1.50e3"), Some((true, "150".to_owned(), 1)));
    assert_eq!(scanned("+.5"), Some((false, "5".to_owned(), -1)));
    assert_eq!(scanned("5."), Some((false, "5".to_owned(), 0)));
    for text in [
        "", ".", "-", "1e", "1e+", "1.2.3", "1e5e5", "--1", "1e--1", "a",
    ] {
        assert_eq!(scanned(text), None, "{text}");
    }
}
