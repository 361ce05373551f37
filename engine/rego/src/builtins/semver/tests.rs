use super::BUILTINS;
use crate::builtins::golang::testing::answer;

#[track_caller]
fn ordered(less: &str, greater: &str) {
    let compare = |first: &str, second: &str| {
        answer(
            BUILTINS,
            "semver.compare",
            &format!("[{first:?}, {second:?}]"),
        )
    };
    assert_eq!(compare(less, greater), "-1", "{less} < {greater}");
    assert_eq!(compare(greater, less), "1", "{greater} > {less}");
    assert_eq!(compare(less, less), "0");
}

#[track_caller]
fn valid(version: &str, expected: bool) {
    assert_eq!(
        answer(BUILTINS, "semver.is_valid", &format!("[{version:?}]")),
        expected.to_string(),
        "{version}"
    );
}

#[test]
fn numbers_are_compared_as_numbers() {
    ordered("0.9.0", "0.10.0");
    ordered("1.2.3", "v2.0.0");
}

#[test]
fn pre_releases_come_before_their_release() {
    ordered("1.0.0-rc.1", "1.0.0");
    ordered("1.0.0-alpha", "1.0.0-alpha.1");
    ordered("1.0.0-alpha.1", "1.0.0-alpha.beta");
    ordered("1.0.0-beta.2", "1.0.0-beta.11");
    ordered("1.2.3-5-Foo", "1.2.3-5-foo");
}

#[test]
fn metadata_does_not_count() {
    assert_eq!(
        answer(BUILTINS, "semver.compare", r#"["1.2.3+a", "1.2.3+b"]"#),
        "0"
    );
}

#[test]
fn what_opa_takes_is_valid() {
    valid("v1.2.3", true);
    valid("1.2.3-rc.1+build.123", true);
    valid("01.2.3", true);
    valid("1.2", false);
    valid("1.2.3.4", false);
    valid("1.2.3x", false);
    valid("1.2.3-a_b", false);
    valid("", false);
    assert_eq!(answer(BUILTINS, "semver.is_valid", "[1]"), "false");
}

#[test]
fn an_invalid_version_is_named() {
    let refused = answer(BUILTINS, "semver.compare", r#"["1.2.3", "x"]"#);
    assert!(
        refused.ends_with("operand 2: string \"x\" is not a valid SemVer"),
        "{refused}"
    );
}
