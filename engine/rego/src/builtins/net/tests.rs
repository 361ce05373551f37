use super::BUILTINS;
use crate::builtins::golang::testing::{answer, answer_within, value};

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
fn networks_contain_addresses_and_networks() {
    check(
        "net.cidr_contains",
        r#"["10.0.0.0/8", "10.1.0.0/24"]"#,
        "true",
    );
    check(
        "net.cidr_contains",
        r#"["10.0.0.0/8", "192.168.1.1"]"#,
        "false",
    );
    check(
        "net.cidr_contains",
        r#"["10.1.0.0/24", "10.0.0.0/8"]"#,
        "false",
    );
    check(
        "net.cidr_overlap",
        r#"["2001:4860:4860::8888/32", "2001:4860:4860:1234::8888/40"]"#,
        "true",
    );
}

#[test]
fn mapped_addresses_are_of_version_4() {
    check(
        "net.cidr_contains",
        r#"["::ffff:0:0/96", "1.2.3.4"]"#,
        "true",
    );
    check(
        "net.cidr_contains",
        r#"["1.2.3.0/24", "::ffff:1.2.3.4"]"#,
        "true",
    );
    check("net.cidr_contains", r#"["::/0", "1.2.3.4"]"#, "false");
    check("net.cidr_contains", r#"["0.0.0.0/0", "::1"]"#, "false");
}

#[test]
fn what_is_no_network_is_refused() {
    refused(
        "net.cidr_contains",
        r#"["not-a-cidr", "1.1.1.1"]"#,
        "invalid CIDR address: not-a-cidr",
    );
    refused(
        "net.cidr_contains",
        r#"["1.1.1.0/24", "x"]"#,
        "not a valid textual representation of an IP address or CIDR: x",
    );
    refused(
        "net.cidr_expand",
        r#"["1.2.3.4/33"]"#,
        "invalid CIDR address: 1.2.3.4/33",
    );
    check("net.cidr_is_valid", r#"["01.2.3.4/8"]"#, "false");
    check("net.cidr_is_valid", r#"["1.2.3.4/08"]"#, "true");
    check("net.cidr_is_valid", r#"["fe80::1%eth0/64"]"#, "false");
    check("net.cidr_is_valid", r#"["::1/128"]"#, "true");
    check("net.cidr_is_valid", "[5]", "false");
}

#[test]
fn networks_intersect_if_one_begins_in_the_other() {
    check(
        "net.cidr_intersects",
        r#"["192.168.0.0/16", "192.168.1.0/24"]"#,
        "true",
    );
    check(
        "net.cidr_intersects",
        r#"["192.168.1.0/24", "192.168.2.0/24"]"#,
        "false",
    );
}

#[test]
fn expanding_gives_every_address() {
    check(
        "net.cidr_expand",
        r#"["192.168.1.1/31"]"#,
        r#"{"192.168.1.0", "192.168.1.1"}"#,
    );
    check(
        "net.cidr_expand",
        r#"["fe80::/126"]"#,
        r#"{"fe80::", "fe80::1", "fe80::2", "fe80::3"}"#,
    );
    check(
        "net.cidr_expand",
        r#"["255.255.255.255/32"]"#,
        r#"{"255.255.255.255"}"#,
    );
}

#[test]
fn expanding_everything_spends_the_budget_at_once() {
    for cidr in ["\"0.0.0.0/0\"", "\"::/0\"", "\"::/64\""] {
        assert!(
            answer_within(BUILTINS, "net.cidr_expand", &[value(cidr)], 1_000_000)
                .starts_with("error")
        );
    }
}

#[test]
fn matches_are_named_by_their_places() {
    check(
        "net.cidr_contains_matches",
        r#"["1.1.1.0/24", "1.1.1.1"]"#,
        r#"{["1.1.1.0/24", "1.1.1.1"]}"#,
    );
    check(
        "net.cidr_contains_matches",
        r#"[[["1.1.2.0/24", 1], "1.1.1.0/24"], ["1.1.1.1", "1.1.2.1"]]"#,
        "{[0, 1], [1, 0]}",
    );
    check(
        "net.cidr_contains_matches",
        r#"[{"k1": "1.1.1.1/24", "k2": ["1.1.1.2/24", 1]}, "1.1.1.128"]"#,
        r#"{["k1", "1.1.1.128"], ["k2", "1.1.1.128"]}"#,
    );
    refused(
        "net.cidr_contains_matches",
        r#"["1.1.1.0/24", ["1.1.1.1", 1]]"#,
        "operand 2: element must be string or non-empty array",
    );
}

#[test]
fn networks_that_touch_are_merged() {
    check(
        "net.cidr_merge",
        r#"[["192.0.128.0/24", "192.0.129.0/24"]]"#,
        r#"{"192.0.128.0/23"}"#,
    );
    check(
        "net.cidr_merge",
        r#"[["192.0.129.0/24", "192.0.130.0/24"]]"#,
        r#"{"192.0.129.0/24", "192.0.130.0/24"}"#,
    );
    check(
        "net.cidr_merge",
        r#"[["10.0.0.1/32", "10.0.0.2/32", "10.0.0.3/32"]]"#,
        r#"{"10.0.0.1/32", "10.0.0.2/31"}"#,
    );
    check(
        "net.cidr_merge",
        r#"[["::1/128", "::2/128", "::3/128"]]"#,
        r#"{"::1/128", "::2/127"}"#,
    );
    check(
        "net.cidr_merge",
        r#"[["0.0.0.0/0", "::/0"]]"#,
        r#"{"::/0"}"#,
    );
    check(
        "net.cidr_merge",
        r#"[["fe80::/120", "192.0.2.0/24", "192.0.3.0/24"]]"#,
        r#"{"192.0.2.0/23", "fe80::/120"}"#,
    );
    check("net.cidr_merge", "[[]]", "set()");
}

#[test]
fn addresses_without_prefix_stand_for_their_class() {
    check(
        "net.cidr_merge",
        r#"[["192.168.1.1"]]"#,
        r#"{"192.168.1.1/24"}"#,
    );
    check(
        "net.cidr_merge",
        r#"[["10.0.0.5", "10.0.0.0/8"]]"#,
        r#"{"10.0.0.0/8"}"#,
    );
    check(
        "net.cidr_merge",
        r#"[["127.0.0.1", "10.0.0.1"]]"#,
        r#"{"10.0.0.1/8", "127.0.0.1/8"}"#,
    );
    refused(
        "net.cidr_merge",
        r#"[["::1"]]"#,
        "IPv6 invalid: needs prefix length",
    );
    refused("net.cidr_merge", "[[1]]", "element must be string");
}

#[test]
fn addresses_are_read_as_go_does() {
    let check = |text: &str, expected: Option<&str>| {
        assert_eq!(
            super::parse_ip(text)
                .map(|address| address.to_string())
                .as_deref(),
            expected,
            "{text}"
        );
    };
    check("1.2.3.4", Some("1.2.3.4"));
    check("1.2.3.04", None);
    check("1.2.3", None);
    check("1.2.3.4.5", None);
    check("1.2.3.256", None);
    check("::", Some("::"));
    check("1::8", Some("1::8"));
    check("1:2:3:4:5:6:7:8", Some("1:2:3:4:5:6:7:8"));
    check("1:2:3:4:5:6:7::", Some("1:2:3:4:5:6:7:0"));
    check("1:2:3:4:5:6:7:8::", None);
    check("::1.2.3.4", Some("::102:304"));
    check("1::2::3", None);
    check("12345::", None);
    check("fe80::1%eth0", None);
}
