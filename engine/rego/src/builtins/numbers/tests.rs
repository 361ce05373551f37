use super::BUILTINS;
use crate::builtins::golang::testing::{answer, answer_within, value};
use crate::value::Value;

#[track_caller]
fn check(name: &str, operands: &str, expected: &str) {
    assert_eq!(
        answer(BUILTINS, name, operands),
        expected,
        "{name} of {operands}"
    );
}

#[test]
fn integers_are_exact_whatever_their_size() {
    check("plus", "[9223372036854775807, 1]", "9223372036854775808");
    check("minus", "[-9223372036854775808, 1]", "-9223372036854775809");
    check(
        "mul",
        "[1180591620717411303424, 1180591620717411303424]",
        "1393796574908163946345982392040522594123776",
    );
    check("plus", "[18446744073709551616, 1]", "18446744073709551617");
    check("plus", "[1.0, 1e2]", "101");
    check("mul", "[1e3, 1e3]", "1000000");
    check("rem", "[-5, 3]", "-2");
    check("rem", "[5, -3]", "2");
    check("rem", "[10, 18446744073709551616]", "10");
    check("rem", "[100000000000000000000001, -10]", "1");
    check("div", "[9223372036854775806, 2]", "4611686018427387903");
    check("div", "[0, 5]", "0");
    check("div", "[-6, 4]", "-1.5");
}

#[test]
fn fractions_have_64_bits_and_the_fewest_digits() {
    check("plus", "[0.1, 0.2]", "0.3");
    check("div", "[1, 3]", "0.33333333333333333334");
    check("div", "[10, 4]", "2.5");
    check("mul", "[1.5, 2]", "3");
    check("mul", "[0.00001, 1.5]", "1.49999999999999999995e-05");
    check("mul", "[0.0001, 1.5]", "0.00015");
    check("plus", "[1234567.5, 0.25]", "1.23456775e+06");
    check("plus", "[123456.5, 0.25]", "123456.75");
    check(
        "div",
        "[9223372036854775807, 3]",
        "3.0744573456182586022e+18",
    );
    check("mul", "[1e-400, 3]", "3e-400");
    check(
        "div",
        "[100000000000000000000000, 7]",
        "14285714285714285714000",
    );
    check("div", "[0, -5]", "-0");
    check("mul", "[0, -1.5]", "-0");
    check("minus", "[0.3, 0.1]", "0.20000000000000000002");
    check("plus", "[1e30, 1e-30]", "1000000000000000000000000000000");
    check("minus", "[1e30, 1e-30]", "1000000000000000000000000000000");
    check("minus", "[1e-30, 1e30]", "-1000000000000000000000000000000");
    check("minus", "[0.5, 0.5]", "0");
    check(
        "plus",
        "[1e200, 0.5]",
        "100000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000",
    );
    check(
        "mul",
        "[123456789.123456789, 987654321.987654321]",
        "1.2193263135650053134e+17",
    );
    check(
        "div",
        "[1e100, 3e-100]",
        "33333333333333333332000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000",
    );
    check(
        "plus",
        "[1.7976931348623157e308, 0.1]",
        "179769313486231570000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000",
    );
    check("mul", "[3.3e-310, 7.7e-50]", "2.541e-359");
    check("div", "[2, 3.0e77]", "6.6666666666666666667e-78");
    check("plus", "[0.1e-80, 0.7e-80]", "8e-81");
    check(
        "mul",
        "[1.1e60, 1.1e60]",
        "1210000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000",
    );
}

#[test]
fn what_cannot_be_computed_says_why() {
    check("div", "[5, 0]", "error: div: divide by zero");
    check("div", "[5, 0.0]", "error: div: divide by zero");
    check("rem", "[5, 0]", "error: rem: modulo by zero");
    check(
        "rem",
        "[5.5, 2]",
        "error: rem: modulo on floating-point number",
    );
    check(
        "rem",
        "[5, 1e-3]",
        "error: rem: modulo on floating-point number",
    );
    check(
        "plus",
        r#"["a", 1]"#,
        "error: plus: operand 1 must be number but got string",
    );
    check(
        "mul",
        r#"[1, "a"]"#,
        "error: mul: operand 2 must be number but got string",
    );
    check(
        "minus",
        r#"["a", 1]"#,
        "error: minus: operand 1 must be one of {number, set} but got string",
    );
    check(
        "minus",
        r#"["a", "a"]"#,
        "error: minus: operand 1 must be one of {number, set} but got string",
    );
    check(
        "minus",
        "[1, {}]",
        "error: minus: operand 2 must be number but got object",
    );
    check(
        "abs",
        r#"["a"]"#,
        "error: abs: operand 1 must be number but got string",
    );
    check(
        "ceil",
        "[null]",
        "error: ceil: operand 1 must be number but got null",
    );
}

#[test]
fn rounding_is_that_of_opa() {
    check("ceil", "[2222.2222222222]", "2223");
    check("ceil", "[-1.99999]", "-1");
    check("ceil", "[-0.5]", "1");
    check("floor", "[-0.5]", "0");
    check("floor", "[-1.001]", "-2");
    check("floor", "[1.01]", "1");
    check("round", "[-0.5]", "-1");
    check("round", "[2.5]", "3");
    check("round", "[-2.5]", "-3");
    check("round", "[0.4]", "0");
    check(
        "abs",
        "[-12345678901234567890123]",
        "12345678901234567890000",
    );
    check(
        "ceil",
        "[12345678901234567890123.5]",
        "12345678901234567889920",
    );
    check(
        "floor",
        "[-12345678901234567890123.5]",
        "-12345678901234567889920",
    );
    check("round", "[1e30]", "1000000000000000000024696061952");
    check("abs", "[1e30]", "1000000000000000000000000000000");
    check("abs", "[-9223372036854775808]", "9223372036854775808");
    check("abs", "[-1.5]", "1.5");
    check("ceil", "[1e2]", "100");
    check("floor", "[1.0]", "1");
    check("ceil", "[1.5]", "2");
}

#[test]
fn ranges_go_up_and_down() {
    check("numbers.range", "[0, 0]", "[0]");
    check("numbers.range", "[-2, 3]", "[-2, -1, 0, 1, 2, 3]");
    check("numbers.range", "[5, 2]", "[5, 4, 3, 2]");
    check("numbers.range", "[1e1, 12]", "[10, 11, 12]");
    check(
        "numbers.range",
        "[18446744073709551616, 18446744073709551618]",
        "[18446744073709551616, 18446744073709551617, 18446744073709551618]",
    );
    check(
        "numbers.range",
        "[9223372036854775806, 9223372036854775807]",
        "[9223372036854775806, 9223372036854775807]",
    );
    check("numbers.range_step", "[10, 3, 2]", "[10, 8, 6, 4]");
    check("numbers.range_step", "[0, 10, 99999999999999999999]", "[0]");
    check("numbers.range_step", "[2, 5, 2]", "[2, 4]");
    check(
        "numbers.range",
        "[1.5, 2]",
        "error: numbers.range: operand 1 must be integer number but got floating-point number",
    );
    check(
        "numbers.range",
        r#"["a", 2]"#,
        "error: numbers.range: operand 1 must be integer but got string",
    );
    check(
        "numbers.range_step",
        "[1, 10, 0]",
        "error: numbers.range_step: numbers.range_step: step must be a positive integer",
    );
    check(
        "numbers.range_step",
        "[1, 10, -1]",
        "error: numbers.range_step: numbers.range_step: step must be a positive integer",
    );
    check(
        "numbers.range_step",
        "[1, 10, 1.5]",
        "error: numbers.range_step: operand 3 must be integer number but got floating-point number",
    );
}

#[test]
fn bits_are_those_of_twos_complement() {
    check("bits.and", "[-5, 3]", "3");
    check("bits.or", "[-5, 3]", "-5");
    check("bits.xor", "[-5, 3]", "-8");
    check("bits.negate", "[-5]", "4");
    check("bits.negate", "[5]", "-6");
    check("bits.lsh", "[-5, 70]", "-5902958103587056517120");
    check("bits.lsh", "[0, 300000000]", "0");
    check("bits.rsh", "[-5, 1]", "-3");
    check("bits.rsh", "[-5, 100]", "-1");
    check("bits.rsh", "[5, 100]", "0");
    check("bits.rsh", "[5, 18446744073709551616]", "5");
    check("bits.and", "[1e2, 6]", "4");
    check(
        "bits.xor",
        "[123456789012345678901234567890, 255]",
        "123456789012345678901234567725",
    );
    check(
        "bits.lsh",
        "[5, -1]",
        "error: bits.lsh: operand 2 must be an unsigned integer number but got a negative integer",
    );
    check(
        "bits.lsh",
        "[5, 1.5]",
        "error: bits.lsh: operand 2 must be integer number but got floating-point number",
    );
    check(
        "bits.and",
        r#"["a", 1]"#,
        "error: bits.and: operand 1 must be integer but got string",
    );
    check(
        "bits.rsh",
        "[7.2, 42]",
        "error: bits.rsh: operand 1 must be integer number but got floating-point number",
    );
}

#[test]
fn numbers_come_from_text() {
    check("to_number", r#"["-42.0"]"#, "-42.0");
    check("to_number", "[false]", "0");
    check("to_number", "[100.1]", "100.1");
    check("to_number", "[null]", "0");
    check("to_number", "[true]", "1");
    check("to_number", r#"["1e5"]"#, "1e5");
    check("to_number", r#"["1E+05"]"#, "1E+05");
    check("to_number", r#"["-0"]"#, "-0");
    check("to_number", r#"["1e-400"]"#, "1e-400");
    check(
        "to_number",
        r#"["12345678901234567890123"]"#,
        "12345678901234567890123",
    );
    check(
        "to_number",
        r#"["0x10"]"#,
        r#"error: to_number: strconv.ParseFloat: parsing "0x10": invalid syntax"#,
    );
    check(
        "to_number",
        r#"["1e400"]"#,
        r#"error: to_number: strconv.ParseFloat: parsing "1e400": value out of range"#,
    );
    check(
        "to_number",
        r#"["abc"]"#,
        r#"error: to_number: strconv.ParseFloat: parsing "abc": invalid syntax"#,
    );
    check(
        "to_number",
        r#"[""]"#,
        r#"error: to_number: strconv.ParseFloat: parsing "": invalid syntax"#,
    );
    check(
        "to_number",
        r#"["-"]"#,
        r#"error: to_number: strconv.ParseFloat: parsing "-": invalid syntax"#,
    );
    check(
        "to_number",
        r#"[" 1"]"#,
        r#"error: to_number: strconv.ParseFloat: parsing " 1": invalid syntax"#,
    );
    check(
        "to_number",
        r#"["nan"]"#,
        "error: to_number: operand 1 must be valid number string but got string",
    );
    check(
        "to_number",
        r#"["+infinity"]"#,
        "error: to_number: operand 1 must be valid number string but got string",
    );
    check(
        "to_number",
        "[[]]",
        "error: to_number: operand 1 must be one of {null, boolean, number, string} but got array",
    );
    check(
        "to_number",
        r#"["a\u0001\"b"]"#,
        r#"error: to_number: strconv.ParseFloat: parsing "a\x01\"b": invalid syntax"#,
    );
}

#[test]
fn integers_are_written_in_four_bases() {
    check("format_int", "[255, 16]", r#""ff""#);
    check("format_int", "[-255, 16]", r#""-ff""#);
    check("format_int", "[255.9, 8]", r#""377""#);
    check("format_int", "[-255.9, 2]", r#""-11111111""#);
    check(
        "format_int",
        "[123456789012345678901234567890, 10]",
        r#""123456789012345678901234567890""#,
    );
    check("format_int", "[1e3, 10]", r#""1000""#);
    check(
        "format_int",
        "[1e30, 10]",
        r#""1000000000000000000024696061952""#,
    );
    check(
        "format_int",
        "[9223372036854775808, 16]",
        r#""8000000000000000""#,
    );
    check(
        "format_int",
        "[5, 3]",
        "error: format_int: operand 2 must be one of {2, 8, 10, 16}",
    );
    check(
        "format_int",
        "[5, 10.0]",
        "error: format_int: operand 2 must be one of {2, 8, 10, 16}",
    );
    check(
        "format_int",
        r#"["a", 10]"#,
        "error: format_int: operand 1 must be number but got string",
    );
}

#[test]
fn units_multiply() {
    check("units.parse", r#"["500m"]"#, "0.5000000000");
    check("units.parse", r#"["1m"]"#, "0.0010000000");
    check("units.parse", r#"["1000m"]"#, "1.0000000000");
    check("units.parse", r#"["0.0005K"]"#, "0.5000000000");
    check("units.parse", r#"["100ki"]"#, "102400");
    check("units.parse", r#"["10Ei"]"#, "11529215046068469760");
    check("units.parse", r#"["5E"]"#, "5000000000000000000");
    check("units.parse", r#"["4E2G"]"#, "400000000000");
    check("units.parse", r#"["1e-2"]"#, "0.0100000000");
    check("units.parse", r#"["+5K"]"#, "5000");
    check("units.parse", r#"["-5K"]"#, "-5000");
    check("units.parse", r#"["5."]"#, "5");
    check("units.parse", r#"[".5"]"#, "0.5000000000");
    check("units.parse", r#"["0"]"#, "0");
    check("units.parse", r#"["-0.00000000005"]"#, "-0.0000000001");
    check("units.parse", r#"["\"08\""]"#, "8");
    check("units.parse", r#"["9.99999999996"]"#, "10.0000000000");
    check("units.parse_bytes", r#"["\"100TIB\""]"#, "109951162777600");
    check("units.parse_bytes", r#"["0"]"#, "0");
    check("units.parse_bytes", r#"["1.1KiB"]"#, "1126");
    check("units.parse_bytes", r#"["10eb"]"#, "10000000000000000000");
    check("units.parse_bytes", r#"["10ei"]"#, "11529215046068469760");
    check("units.parse_bytes", r#"["4.5e1GiB"]"#, "48318382080");
    check("units.parse_bytes", r#"["1e-2KB"]"#, "10");
    check("units.parse_bytes", r#"["-1.5kb"]"#, "-1500");
    check("units.parse_bytes", r#"["0.1kib"]"#, "102");
    check(
        "units.parse_bytes",
        r#"["1e30"]"#,
        "1000000000000000000024696061952",
    );
    check(
        "units.parse_bytes",
        r#"["123456789012345678901234567890"]"#,
        "123456789012345678899921813504",
    );
}

#[test]
fn amounts_without_sense_say_why() {
    check(
        "units.parse",
        r#"[""]"#,
        "error: units.parse: units.parse: no amount provided",
    );
    check(
        "units.parse",
        r#"["G"]"#,
        "error: units.parse: units.parse: no amount provided",
    );
    check(
        "units.parse",
        r#"["100 k"]"#,
        "error: units.parse: units.parse: spaces not allowed in resource strings",
    );
    check(
        "units.parse",
        r#"["0.0.0"]"#,
        "error: units.parse: units.parse: could not parse amount to a number",
    );
    check(
        "units.parse",
        r#"["5xYz"]"#,
        "error: units.parse: units.parse: unit xyz not recognized",
    );
    check(
        "units.parse",
        r#"["5XyZ"]"#,
        "error: units.parse: units.parse: unit Xyz not recognized",
    );
    check(
        "units.parse",
        r#"["5µ"]"#,
        "error: units.parse: units.parse: unit \u{fffd}\u{fffd} not recognized",
    );
    check(
        "units.parse",
        r#"["0x5"]"#,
        "error: units.parse: units.parse: unit x5 not recognized",
    );
    check(
        "units.parse",
        r#"["1e+"]"#,
        "error: units.parse: units.parse: could not parse amount to a number",
    );
    check(
        "units.parse",
        r#"["1e7777777"]"#,
        "error: units.parse: units.parse: exponent too large",
    );
    check(
        "units.parse",
        r#"["."]"#,
        "error: units.parse: units.parse: could not parse amount to a number",
    );
    check(
        "units.parse",
        r#"["1e5e5"]"#,
        "error: units.parse: units.parse: could not parse amount to a number",
    );
    check(
        "units.parse",
        "[5]",
        "error: units.parse: operand 1 must be string but got number",
    );
    check(
        "units.parse_bytes",
        r#"[""]"#,
        "error: units.parse_bytes: units.parse_bytes: no byte amount provided",
    );
    check(
        "units.parse_bytes",
        r#"["GB"]"#,
        "error: units.parse_bytes: units.parse_bytes: no byte amount provided",
    );
    check(
        "units.parse_bytes",
        r#"["10 GB"]"#,
        "error: units.parse_bytes: units.parse_bytes: spaces not allowed in resource strings",
    );
    check(
        "units.parse_bytes",
        r#"["10XB"]"#,
        "error: units.parse_bytes: units.parse_bytes: byte unit xb not recognized",
    );
    check(
        "units.parse_bytes",
        r#"["1.2.3"]"#,
        "error: units.parse_bytes: units.parse_bytes: could not parse byte amount to a number",
    );
    check(
        "units.parse_bytes",
        r#"["10É"]"#,
        "error: units.parse_bytes: units.parse_bytes: byte unit é not recognized",
    );
}

#[test]
fn random_numbers_have_rules() {
    check("rand.intn", r#"["a", 0]"#, "0");
    check("rand.intn", r#"["a", 1]"#, "0");
    check(
        "rand.intn",
        r#"["a", 1.5]"#,
        "error: rand.intn: operand 2 must be integer number but got floating-point number",
    );
    check(
        "rand.intn",
        "[1, 1]",
        "error: rand.intn: operand 1 must be string but got number",
    );
    check(
        "rand.intn",
        r#"["a", 1e1]"#,
        "error: rand.intn: operand 2 must be integer number but got floating-point number",
    );
}

#[test]
fn spellings_of_go_become_those_of_json() {
    check("to_number", r#"["+5"]"#, "5");
    check("to_number", r#"[".5"]"#, "0.5");
    check("to_number", r#"["5."]"#, "5");
    check("to_number", r#"["007"]"#, "7");
    check("to_number", r#"["1_000.5e1_0"]"#, "1000.5e10");
    check("to_number", r#"["0x1p-2"]"#, "2.5e-01");
    check("to_number", r#"["0x_1.8p1"]"#, "3e+00");
    check("to_number", r#"["0e99999999999"]"#, "0");
    check(
        "to_number",
        r#"["1__0"]"#,
        r#"error: to_number: strconv.ParseFloat: parsing "1__0": invalid syntax"#,
    );
}

#[test]
fn random_numbers_follow_from_their_key() {
    let draw = |key: &str| answer(BUILTINS, "rand.intn", &format!("[\"{key}\", 1000000]"));
    assert_eq!(draw("a"), draw("a"));
    assert_ne!(draw("a"), draw("b"));
    let drawn: Vec<i64> = (0..50)
        .filter_map(|key| draw(&key.to_string()).parse().ok())
        .collect();
    assert_eq!(drawn.len(), 50);
    assert!(drawn.iter().all(|number| (0..1_000_000).contains(number)));
}

#[test]
fn large_results_are_refused_before_they_are_made() {
    let refused = |name: &str, operands: &[&str]| {
        let operands: Vec<Value> = operands.iter().map(|operand| value(operand)).collect();
        let got = answer_within(BUILTINS, name, &operands, 1_000_000);
        assert!(
            got.contains("is spent") || got.contains("too many digits"),
            "{name}: {got}"
        );
    };
    refused("numbers.range", &["1", "300000000"]);
    refused("numbers.range", &["1", "1e900000"]);
    refused(
        "numbers.range_step",
        &["0", "100000000000000000000000000", "3"],
    );
    refused("bits.lsh", &["1", "300000000"]);
    refused("bits.lsh", &["1", "18446744073709551615"]);
    refused("mul", &["1e60000", "1e60000"]);
    refused("plus", &["1e999999", "1"]);
    refused("plus", &["1e999999999", "0.5"]);
    refused("mul", &["1.5e-900000", "3"]);
    refused("format_int", &["1e999999999", "16"]);
    refused("ceil", &["1.5e900000000"]);
    refused("units.parse", &["\"1e999999\""]);
    refused("units.parse", &["\"1e-999999\""]);
    refused("units.parse_bytes", &["\"1e999999\""]);
}
