use super::BUILTINS;
use crate::builtins::golang::testing::answer;

#[track_caller]
fn check(name: &str, operands: &str, expected: &str) {
    assert_eq!(
        answer(BUILTINS, name, operands),
        expected,
        "{name} of {operands}"
    );
}

#[track_caller]
fn refused(name: &str, operands: &str, expected: &str) {
    let answer = answer(BUILTINS, name, operands);
    assert!(
        answer.starts_with("error") && answer.ends_with(expected),
        "{name} of {operands}: {answer}"
    );
}

#[test]
fn now_is_what_the_caller_says() {
    check("time.now_ns", "[]", "1700000000000000000");
}

#[test]
fn times_are_read_by_example() {
    check(
        "time.parse_ns",
        r#"["2006-01-02", "2020-02-29"]"#,
        "1582934400000000000",
    );
    check(
        "time.parse_ns",
        r#"["RFC1123", "Mon, 02 Jan 2006 15:04:05 MST"]"#,
        "1136214245000000000",
    );
    check(
        "time.parse_ns",
        r#"["Jan _2 2006 3:04PM", "Feb  3 2021 4:05AM"]"#,
        "1612325100000000000",
    );
    check(
        "time.parse_ns",
        r#"["2006 __2", "2024  60"]"#,
        "1709164800000000000",
    );
    check(
        "time.parse_ns",
        r#"["2006-01-02 15:04:05", "2020-01-01 00:00:01,5"]"#,
        "1577836801500000000",
    );
    check(
        "time.parse_ns",
        r#"["06-1-2 -0700", "69-3-4 +0130"]"#,
        "-26184600000000000",
    );
    check(
        "time.parse_rfc3339_ns",
        r#"["2020-01-01T00:00:00.123456789+01:00"]"#,
        "1577833200123456789",
    );
    check(
        "time.parse_rfc3339_ns",
        r#"["1677-09-21T00:12:43.145224192-00:00"]"#,
        "-9223372036854775808",
    );
}

#[test]
fn times_that_do_not_fit_their_layout_say_where() {
    refused(
        "time.parse_ns",
        r#"["2006", "x"]"#,
        r#"parsing time "x" as "2006": cannot parse "x" as "2006""#,
    );
    refused(
        "time.parse_ns",
        r#"["2006-01", "2020-13"]"#,
        r#"parsing time "2020-13": month out of range"#,
    );
    refused(
        "time.parse_ns",
        r#"["2006-01-02", "2021-02-29"]"#,
        r#"parsing time "2021-02-29": day out of range"#,
    );
    refused(
        "time.parse_ns",
        r#"["2006", "2020x"]"#,
        r#"parsing time "2020x": extra text: "x""#,
    );
    refused(
        "time.parse_rfc3339_ns",
        r#"["2262-04-12T00:00:00Z"]"#,
        "time outside of valid range",
    );
    refused(
        "time.parse_rfc3339_ns",
        r#"["1677-09-20T00:00:00Z"]"#,
        "time outside of valid range",
    );
}

#[test]
fn durations_have_units() {
    check("time.parse_duration_ns", r#"["1h30m"]"#, "5400000000000");
    check("time.parse_duration_ns", r#"["-1.5h"]"#, "-5400000000000");
    check("time.parse_duration_ns", r#"["1d2h"]"#, "93600000000000");
    check("time.parse_duration_ns", r#"["1.5w"]"#, "907200000000000");
    check("time.parse_duration_ns", r#"["0"]"#, "0");
    check("time.parse_duration_ns", r#"["1µs1ns"]"#, "1001");
    check(
        "time.parse_duration_ns",
        r#"["2562047h47m16.854775807s"]"#,
        "9223372036854775807",
    );
    refused(
        "time.parse_duration_ns",
        r#"["1x"]"#,
        r#"time: unknown unit "x" in duration "1x""#,
    );
    refused(
        "time.parse_duration_ns",
        r#"["1"]"#,
        r#"time: missing unit in duration "1""#,
    );
    refused(
        "time.parse_duration_ns",
        r#"["9223372036854775809x"]"#,
        r#"time: invalid duration "9223372036854775809x""#,
    );
    refused(
        "time.parse_duration_ns",
        r#"[""]"#,
        r#"time: invalid duration """#,
    );
    refused(
        "time.parse_duration_ns",
        r#"["1d1"]"#,
        r#"time: invalid duration "1d1""#,
    );
    refused(
        "time.parse_duration_ns",
        r#"["300y"]"#,
        r#"time: invalid duration "300y""#,
    );
}

#[test]
fn dates_and_clocks_are_those_of_the_zone() {
    check("time.date", "[1582977600000000000]", "[2020, 2, 29]");
    check("time.clock", "[1582977601000000000]", "[12, 0, 1]");
    check(
        "time.clock",
        r#"[[1582977601000000000, "America/New_York"]]"#,
        "[7, 0, 1]",
    );
    check(
        "time.clock",
        r#"[[1595174400000000000, "America/New_York"]]"#,
        "[12, 0, 0]",
    );
    check("time.weekday", "[0]", r#""Thursday""#);
    check("time.weekday", "[-1]", r#""Wednesday""#);
    check("time.date", r#"[[0, ""]]"#, "[1970, 1, 1]");
    refused("time.date", r#"[[0, "X/Y"]]"#, "unknown time zone X/Y");
    refused(
        "time.date",
        r#"[[0, "america/new_york"]]"#,
        "unknown time zone america/new_york",
    );
    refused("time.date", "[1.5]", "timestamp too big");
    refused(
        "time.date",
        "[[]]",
        "operand 1 must be either number (ns) or [number (ns), string (tz)] but got array",
    );
    refused(
        "time.date",
        r#"[["x"]]"#,
        "operand 1 must be number but got string",
    );
}

#[test]
fn adding_months_overflows_into_the_next() {
    check(
        "time.add_date",
        "[1580428800000000000, 0, 1, 0]",
        "1583107200000000000",
    );
    check("time.add_date", "[0, 1, -12, 5]", "432000000000000");
    refused(
        "time.add_date",
        "[0, 1000, 0, 0]",
        "time outside of valid range",
    );
    refused(
        "time.add_date",
        "[0, 9223372036854775807, 0, 0]",
        "time outside of valid range",
    );
}

#[test]
fn adding_days_keeps_the_clock_of_the_zone() {
    // Clocks went forward on 2020-03-08 in New York.
    check(
        "time.add_date",
        r#"[[1583582400000000000, "America/New_York"], 0, 0, 1]"#,
        "1583665200000000000",
    );
}

#[test]
fn differences_are_counted_in_the_calendar() {
    check(
        "time.diff",
        "[1583020800000000000, 1580428800000000000]",
        "[0, 1, 1, 0, 0, 0]",
    );
    check("time.diff", "[0, 1]", "[0, 0, 0, 0, 0, 0]");
    check(
        "time.diff",
        r#"[[1583020800000000000, "Europe/Berlin"], 1583107201000000000]"#,
        "[0, 0, 1, 0, 0, 1]",
    );
}

#[test]
fn times_are_written_by_example() {
    let time = "1136239445123000000";
    let check = |zone: &str, layout: &str, expected: &str| {
        let operands = format!("[[{time}, {zone:?}, {layout:?}]]");
        check("time.format", &operands, &format!("{expected:?}"));
    };
    check("", "", "2006-01-02T22:04:05.123Z");
    check(
        "America/New_York",
        "RFC1123Z",
        "Mon, 02 Jan 2006 17:04:05 -0500",
    );
    check("America/New_York", "MST Z07:00 -07", "EST -05:00 -05");
    check(
        "UTC",
        "January Monday 2 _2 02 __2 002",
        "January Monday 2  2 02   2 002",
    );
    check(
        "UTC",
        "3:04:05.000 PM .99 ,999999",
        "10:04:05.123 PM .12 ,123",
    );
    check("Asia/Kathmandu", "15h 06 Jan", "03h 06 Jan");
    check("UTC", "Month Janus _2006", "Month Janus _2006");
}

#[test]
fn without_layout_times_are_written_as_rfc_3339() {
    check("time.format", "[0]", r#""1970-01-01T00:00:00Z""#);
    check(
        "time.format",
        r#"[[0, "Europe/Berlin"]]"#,
        r#""1970-01-01T01:00:00+01:00""#,
    );
}
