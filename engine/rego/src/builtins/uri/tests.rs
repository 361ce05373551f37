use super::{BUILTINS, Url};
use crate::builtins::golang::testing::answer;

#[track_caller]
fn parse(uri: &str, expected: &str) {
    assert_eq!(
        answer(BUILTINS, "uri.parse", &format!("[{uri:?}]")),
        expected,
        "{uri}"
    );
}

#[track_caller]
fn refused(uri: &str, expected: &str) {
    let answer = answer(BUILTINS, "uri.parse", &format!("[{uri:?}]"));
    assert!(
        answer.starts_with("error") && answer.ends_with(expected),
        "{uri}: {answer}"
    );
}

#[track_caller]
fn resolve(base: &str, reference: &str, expected: &str) {
    let base = Url::parse(base).unwrap();
    assert_eq!(
        base.resolve(&Url::parse(reference).unwrap()).to_string(),
        expected
    );
}

#[test]
fn all_parts_are_told_apart() {
    parse(
        "HTTPS://user:pw@example.com:8443/a%2Fb?q=1#top",
        r#"{"fragment": "top", "hostname": "example.com", "path": "/a/b", "port": "8443", "raw_path": "/a%2Fb", "raw_query": "q=1", "scheme": "https"}"#,
    );
    parse(
        "http://[::1]:80/",
        r#"{"hostname": "::1", "path": "/", "port": "80", "raw_path": "/", "scheme": "http"}"#,
    );
}

#[test]
fn escapes_of_what_is_no_text_are_not_kept() {
    parse(
        "http://a/%80",
        "{\"hostname\": \"a\", \"path\": \"/\u{fffd}\", \"raw_path\": \"/\u{fffd}\", \"scheme\": \"http\"}",
    );
}

#[test]
fn empty_parts_are_left_out() {
    parse("mailto:a@b", r#"{"scheme": "mailto"}"#);
    parse("/a b", r#"{"path": "/a b", "raw_path": "/a b"}"#);
    parse("//host?", r#"{"hostname": "host"}"#);
    parse("", "{}");
}

#[test]
fn what_is_no_uri_is_refused_in_go_s_words() {
    refused("http://[::1", r#"parse "http://[::1": missing ']' in host"#);
    refused(
        "http://a:b/",
        r#"parse "http://a:b/": invalid port ":b" after host"#,
    );
    refused("/%zz", r#"parse "/%zz": invalid URL escape "%zz""#);
    refused(
        "http://a b/",
        r#"parse "http://a b/": invalid character " " in host name"#,
    );
    refused(":a", r#"parse ":a": missing protocol scheme"#);
    refused(
        "1:2",
        r#"parse "1:2": first path segment in URL cannot contain colon"#,
    );
}

#[test]
fn the_empty_text_is_not_valid() {
    assert_eq!(answer(BUILTINS, "uri.is_valid", r#"[""]"#), "false");
    assert_eq!(answer(BUILTINS, "uri.is_valid", r#"["a"]"#), "true");
    assert_eq!(answer(BUILTINS, "uri.is_valid", "[1]"), "false");
}

#[test]
fn references_are_resolved() {
    resolve("http://a/b/c/d", "../e", "http://a/b/e");
    resolve("http://a/b/c/d", "#x", "http://a/b/c/d#x");
    resolve("http://a/b", "//c/d", "http://c/d");
    resolve("", "#/definitions/x", "#/definitions/x");
    resolve("", "foo.json", "/foo.json");
    resolve("urn:a:b", "#x", "urn:a:b#x");
}
