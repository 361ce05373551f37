use super::BUILTINS;
use crate::builtins::golang::testing::{answer, answer_within, set, value};
use crate::value::Value;

#[track_caller]
fn check(format: &str, operands: &str, expected: &str) {
    let arguments = format!("[{}, [{operands}]]", Value::from(format));
    assert_eq!(
        answer(BUILTINS, "sprintf", &arguments),
        Value::from(expected).to_string()
    );
}

#[test]
fn values_are_the_go_values_of_opa() {
    check(
        "%v %v %v",
        r#"true, null, {"a": [1, "x"], "c": "\u0001\u007f\u00a0é\"\\"}"#,
        r#"true null {"a": [1, "x"], "c": "\x01\x7f\u00a0é\"\\"}"#,
    );
    check(
        "%T %T %T %T %T %T",
        r#"1, 1.5, 123456789123456789123, "x", true, null"#,
        "int64 float64 *big.Int string string string",
    );
    check(
        "%d %d",
        "123456789123456789123, 0.1",
        "123456789123456789123 %!d(float64=0.1)",
    );
    check(
        "%s %v %d",
        r#"3, [1,[2]], "hi""#,
        "%!s(int64=3) [1, [2]] %!d(string=hi)",
    );
    check("%v %d", "1e5, 1e5", "1e5 %!d(string=1e5)");
    check("%d %d %v %f", "1.0, 2.00, 3.0, 4.0", "1 2 3 %!f(int64=4)");
    check("%v %v %v", "1e400, 1.5e400, 1.50", "1e400 1.5e400 1.5");
    check(
        "%d %T",
        "9223372036854775808, 9223372036854775808",
        "9223372036854775808 *big.Int",
    );
    check(
        "%d %T",
        "-9223372036854775808, -9223372036854775808",
        "-9223372036854775808 int64",
    );
    check(
        "%T %v",
        "9223372036854775807.0, 9223372036854775807.0",
        "float64 9.223372036854776e+18",
    );
    check(
        "%T %v",
        "1.00000000000000000000, 1.00000000000000000000",
        "float64 1",
    );
    check("%v %d", "-0, -0.0", "0 0");
    check(
        "%t|%5t|%v|%5v",
        "true, true, [], {}",
        "%!t(string=true)|%!t(string= true)|[]|   {}",
    );
}

#[test]
fn integers_in_all_bases() {
    check(
        "%b %o %O %#o %#b %#x %#X %#O",
        "5, 8, 8, 8, 5, 255, 255, 8",
        "101 10 0o10 010 0b101 0xff 0XFF 0o010",
    );
    check("%x %X %x", "255, 255, -255", "ff FF -ff");
    check(
        "%05d|%-5d|%+05d|% 05d|%-05d|%.5d|%8.5d|%-8.5d|",
        "42, 42, 42, 42, 42, 42, 42, 42",
        "00042|42   |+0042| 0042|42   |00042|   00042|00042   |",
    );
    check(
        "%.d|%.0d|%5.0d|%05.0d|%+.0d|",
        "0, 0, 0, 0, 0",
        "||     |     ||",
    );
    check(
        "%-010d|%#08x|%+d|% d|%+ d",
        "5, 255, 5, 5, 5",
        "5         |0x000000ff|+5| 5|+5",
    );
    check(
        "%c %c %c %q %+q %q",
        "9731, -1, 1114112, 9731, 9731, 39",
        r"☃ � � '☃' '\u2603' '\''",
    );
    check(
        "%U %#U %08U %.6U %U %#U",
        "65, 65, 65, 65, -1, 7",
        "U+0041 U+0041 'A'   U+0041 U+000041 U+FFFFFFFFFFFFFFFF U+0007",
    );
    check(
        "%c|%5c|%-5c|%05c|",
        "97, 97, 97, 97",
        "a|    a|a    |0000a|",
    );
}

#[test]
fn big_integers_format_themselves() {
    check(
        "%+d|%x|%#X|%o|%O|%#o|%#b",
        "123456789123456789123,123456789123456789123,123456789123456789123,123456789123456789123,123456789123456789123,123456789123456789123,-123456789123456789123",
        "+123456789123456789123|6b14e9f9b0df36a83|0X6B14E9F9B0DF36A83|15305164771541574665203|0o15305164771541574665203|015305164771541574665203|-0b1101011000101001110100111111001101100001101111100110110101010000011",
    );
    check(
        "%40d|%-40d|%040d|%.30d|%+.30d|% d|%s|%v|%#v|%040.25d|%-040d|",
        "123456789123456789123,123456789123456789123,123456789123456789123,123456789123456789123,123456789123456789123,123456789123456789123,123456789123456789123,123456789123456789123,123456789123456789123,123456789123456789123,123456789123456789123",
        "                   123456789123456789123|123456789123456789123                   |0000000000000000000123456789123456789123|000000000123456789123456789123|+000000000123456789123456789123| 123456789123456789123|123456789123456789123|123456789123456789123|123456789123456789123|               0000123456789123456789123|123456789123456789123                   |",
    );
    check(
        "%c|%w|%w|%q|%f",
        "123456789123456789123, 123456789123456789123, -123456789123456789123, -123456789123456789123, 123456789123456789123",
        "%!c(big.Int=123456789123456789123)|%!w(*big.Int=&{false [12776324681199479427 6]})|%!w(*big.Int=&{true [12776324681199479427 6]})|%!q(big.Int=-123456789123456789123)|%!f(big.Int=123456789123456789123)",
    );
}

#[test]
fn floats_in_all_notations() {
    check(
        "%5.2f|%08.3f|%e|%E|%g|%G",
        "3.14159, 3.14159, 12345.678, 12345.678, 12345.678, 0.000012345",
        " 3.14|0003.142|1.234568e+04|1.234568E+04|12345.678|1.2345E-05",
    );
    check(
        "%g %v %v %v %v",
        "1.0e21, 1.0e-7, 100000.5, 12345678.9, 0.0001",
        "1e+21 1e-07 100000.5 1.23456789e+07 0.0001",
    );
    check(
        "%.0f %.0f %.0f %.1f %.3g %.10g",
        "0.5, 1.5, 2.5, 0.25, 1234.5678, 1234.5678",
        "0 2 2 0.2 1.23e+03 1234.5678",
    );
    check(
        "%x %X %.3x %#x %.0x %x",
        "1.5, 255.5, 3.14159, 1.5, 1.75, 0.1",
        "0x1.8p+00 0X1.FFP+07 0x1.922p+01 0x1.8000p+00 0x1p+01 0x1.999999999999ap-04",
    );
    check(
        "%b %b",
        "1.5, 0.1",
        "6755399441055744p-52 7205759403792794p-56",
    );
    check(
        "%#g %#.3g %#e %#f %#.0f %#.0e",
        "1.5, 1.5, 1.5, 1.5, 1.5, 1.5",
        "1.50000 1.50 1.500000e+00 1.500000 2. 2.e+00",
    );
    check(
        "%6.3v|%+v|%-8v|% v|%+08.2f|%-+8.2f|% .2f|%+.3e",
        "3.14159, 3.5, 2.5, 2.5, 3.14159, 3.14159, 3.14159, 1234.5",
        "  3.14|3.5|2.5     | 2.5|+0003.14|+3.14   | 3.14|+1.234e+03",
    );
    check(
        "%f %F %v %d",
        "5.5, 5.5, -1.5, -1.5",
        "5.500000 5.500000 -1.5 %!d(float64=-1.5)",
    );
    check(
        "%.20f %.40g %.3f",
        "0.1, 0.1, 1.0005",
        "0.10000000000000000555 0.1000000000000000055511151231257827021182 1.000",
    );
    check(
        "%08.3f|%8.3f|%-8.3f|%+08.3f",
        "-3.14159, -3.14159, -3.14159, 3.14159",
        "-003.142|  -3.142|-3.142  |+003.142",
    );
}

#[test]
fn strings_are_cut_padded_and_quoted() {
    check(
        "%s %.2s %5s|%-5s|%.10s|%05s",
        r#""abc", "äöü", "äöü", "äöü", "äöü", "ab""#,
        "abc äö   äöü|äöü  |äöü|000ab",
    );
    check(
        "%q %+q %#q %#q %#q %.2q",
        r#""\u2028x\ue000", "日本\ue000", "ab", "a`b", "a\tb\n", "äöü""#,
        r#""\u2028x\ue000" "\u65e5\u672c\ue000" `ab` "a`b" "a\tb\n" "äö""#,
    );
    check(
        "%x|%X|% x|%#x|%# x|%.2x|%10x|%-10x|%010x|",
        r#""", "hello", "hi", "hi", "hi", "hello", "hi", "hi", "hi""#,
        "|68656C6C6F|68 69|0x6869|0x68 0x69|6865|      6869|6869      |0000006869|",
    );
    check(
        "%#v %#v %#v %+v",
        r#""a\"", 1, 1.5, "a""#,
        r#""a\"" 1 1.5 a"#,
    );
}

#[test]
fn verbs_that_do_not_fit_say_so() {
    check(
        "%z %z %z %z",
        r#"1, "x", 1.5, [1]"#,
        "%!z(int64=1) %!z(string=x) %!z(float64=1.5) %!z(string=[1])",
    );
    check(
        "%f %s %t %5z",
        r#"5, 5, true, "x""#,
        "%!f(int64=5) %!s(int64=5) %!t(string=true) %!z(string=    x)",
    );
    check(
        "%p %p %w %w",
        r#"1, "x", "x", 1"#,
        "%!p(int64=1) %!p(string=x) %!w(string=x) %!w(int64=1)",
    );
    check("%é %!", "5, 6", "%!é(int64=5) %!!(int64=6)");
    check("%.", "1", "%!.(int64=1)");
}

#[test]
fn operands_that_are_missing_or_left_over_are_told() {
    check("%d", "", "%!d(MISSING)");
    check("%d %d", "1", "1 %!d(MISSING)");
    check("%!", "", "%!!(MISSING)");
    check("%", "1", "%!(NOVERB)%!(EXTRA int64=1)");
    check(
        "%d",
        r#"1, 2, "x", 1.5, 123456789123456789123, null"#,
        "1%!(EXTRA int64=2, string=x, float64=1.5, *big.Int=123456789123456789123, string=null)",
    );
    check("%d%s", r#"1, "a", "b""#, "1a%!(EXTRA string=b)");
    check("hi", "1", "hi%!(EXTRA int64=1)");
    check("%%|%5%|%d%%", "5", "%|%|5%");
}

#[test]
fn operands_can_be_numbered() {
    check("%[2]d %[1]d", "1, 2", "2 1");
    check("%[3]d", "1, 2", "%!d(BADINDEX)");
    check(
        "%[x]d|%[]d|%[0]d|%[1",
        "1, 2",
        "%!d(BADINDEX)|%!d(BADINDEX)|%!d(BADINDEX)|%!(NOVERB)",
    );
    check("%[2]*[1]d|", "1, 5", "    1|");
    check(
        "%[1]5d|%[1].2f|%[1]",
        "5",
        "%!d(BADINDEX)|%!f(BADINDEX)|%!(NOVERB)",
    );
    check("%6.2f%%|%[1]*d", "5, 2", "%!f(int64=    05)%|    2");
    check("%[1]d %d %[1]d", "1, 2", "1 2 1");
    check("%.[2]*[1]f", "3.14159, 2", "3.14");
}

#[test]
fn widths_can_be_operands() {
    check(
        "%*d|%-*d|%.*f|%*d|",
        "5, 42, 5, 42, 2, 3.14159, -5, 42",
        "   42|42   |3.14|42   |",
    );
    check("%*d", r#""x", 42"#, "%!(BADWIDTH)42");
    check("%.*d", r#""x", 42"#, "%!(BADPREC)42");
    check("%.*d", "-1, 42", "%!(BADPREC)42");
    check("%*d", "1000001, 42", "%!(BADWIDTH)42");
    check("%*d", "", "%!(BADWIDTH)%!d(MISSING)");
    check("%1000000000000d", "1", "%!(NOVERB)%!(EXTRA int64=1)");
}

#[test]
fn sets_are_spelt_as_rego_does() {
    let items = Value::from(vec![set(r#"["x", 2]"#), set("[]")]);
    let operands = [Value::from("%v %s"), items];
    assert_eq!(
        answer_within(BUILTINS, "sprintf", &operands, 1000),
        r#""{2, \"x\"} set()""#
    );
}

#[test]
fn operands_have_the_right_types() {
    let got = |operands| answer(BUILTINS, "sprintf", operands);
    assert_eq!(
        got("[1, []]"),
        "error: sprintf: operand 1 must be string but got number"
    );
    assert_eq!(
        got(r#"["a", "b"]"#),
        "error: sprintf: operand 2 must be array but got string"
    );
}

#[test]
fn padding_is_paid_before_it_is_written() {
    let spent = "error: the budget of memory is spent";
    for format in [
        "%1000000d",
        "%-1000000s",
        "%.1000000f",
        "%.1000000d",
        "%.1000000x",
        "%1000000T",
    ] {
        for operand in [
            Value::from(1_i64),
            Value::from("a"),
            value("1.5"),
            value("123456789123456789123"),
        ] {
            let operands = [
                Value::from(format!("{format}%1000000v")),
                Value::from(vec![operand.clone(), operand]),
            ];
            assert_eq!(
                answer_within(BUILTINS, "sprintf", &operands, 500_000),
                spent,
                "{format}"
            );
        }
    }
}
