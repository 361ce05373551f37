use super::BUILTINS;
use crate::builtins::golang::testing::{answer, answer_within, value};

/// Whether a pattern matches; the separators are a JSON array or `null`.
#[track_caller]
fn check(pattern: &str, separators: &str, text: &str, expected: bool) {
    let operands = format!("[{pattern:?}, {separators}, {text:?}]");
    assert_eq!(
        answer(BUILTINS, "glob.match", &operands),
        expected.to_string(),
        "{operands}"
    );
}

#[test]
fn a_star_stops_at_separators() {
    check("*.github.com", r#"["."]"#, "api.github.com", true);
    check("*.github.com", r#"["."]"#, "api.cdn.github.com", false);
    check("*.github.com", "[]", "api.cdn.github.com", false);
    check("*:github:com", r#"[":"]"#, "api.x:github:com", true);
    check("*", "null", "foo.bar", true);
}

#[test]
fn two_stars_do_not() {
    check("api.**.com", r#"["."]"#, "api.cdn.github.com", true);
    check("**.com", "[]", "a.b.com", true);
    check("a/**/b", r#"["/"]"#, "a/x/y/b", true);
}

#[test]
fn alternatives_are_tried_in_turn() {
    check("{cat,bat,[fr]at}", "[]", "fat", true);
    check("{cat,bat,[fr]at}", "[]", "at", false);
    check("{a,b{c,d}}x", "[]", "bdx", true);
    check("{,a}b", "[]", "b", true);
    check("{a,b", "[]", "b", true);
}

#[test]
fn classes_match_one_character() {
    check("[a-c]x", "[]", "bx", true);
    check("[!a-c]x", "[]", "bx", false);
    check("[!abc]at", "[]", "fat", true);
    check("?at", r#"["f"]"#, "fat", false);
    check("?at", r#"["f"]"#, "bat", true);
}

#[test]
fn a_backslash_takes_the_meaning_away() {
    check("\\*.com", "[]", "*.com", true);
    check("\\*.com", "[]", "a.com", false);
    check("a\\{b", "[]", "a{b", true);
}

#[test]
fn what_the_original_gets_wrong_stays() {
    check("?", "[]", "", true);
    check("[!a]", "[]", "", true);
    check("ab*ba", "null", "aba", true);
    check("é?", "[]", "éa", false);
    check("{a*,b?}.c", "[]", "a.c", false);
}

#[test]
fn several_wildcards_are_one_after_the_other() {
    check("a*b*c", "[]", "a1b2c", true);
    check("a*b*c", "[]", "a1c2b", false);
    check("*a*b*", "null", "xaxbx", true);
    check("??*", "[]", "ab", true);
    check("??*", "[]", "a", false);
}

#[test]
fn a_pattern_that_ends_early_is_an_error() {
    assert!(
        answer(BUILTINS, "glob.match", r#"["[", [], "b"]"#).ends_with("unexpected end of input")
    );
    assert!(
        answer(BUILTINS, "glob.match", r#"["[]", [], "b"]"#).ends_with("could not parse range")
    );
    assert!(
        answer(BUILTINS, "glob.match", r#"["[a-zA-Z]", [], "b"]"#)
            .ends_with("expected close range character")
    );
    assert!(
        answer(BUILTINS, "glob.match", r#"["a", ["ab"], "b"]"#)
            .ends_with("operand 2 must be array of runes but got array containing string")
    );
    assert!(
        answer(BUILTINS, "glob.match", r#"["a", 1, "b"]"#)
            .ends_with("operand 2 must be one of {array, null} but got number")
    );
}

#[test]
fn many_wildcards_end_with_the_budget() {
    let pattern = "*a".repeat(100) + "b";
    let text = "a".repeat(20_000);
    let operands = [
        value(&format!("{pattern:?}")),
        value("null"),
        value(&format!("{text:?}")),
    ];
    let answer = answer_within(BUILTINS, "glob.match", &operands, 200_000);
    assert!(answer.starts_with("error") || answer == "false", "{answer}");
}

#[test]
fn quoting_escapes_what_is_special() {
    assert_eq!(
        answer(BUILTINS, "glob.quote_meta", r#"["*.{a}?"]"#),
        r#""\\*.\\{a\\}\\?""#
    );
}
