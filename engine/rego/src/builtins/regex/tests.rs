use super::{BUILTINS, compile};
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
fn matches(pattern: &str, text: &str) -> bool {
    compile(pattern)
        .unwrap_or_else(|error| panic!("{error}"))
        .regex
        .is_match(text)
}

#[track_caller]
fn refused(pattern: &str, expected: &str) {
    let error = compile(pattern).err().unwrap_or_default();
    assert_eq!(error, format!("error parsing regexp: {expected}"));
}

#[test]
fn letters_of_classes_are_ascii() {
    assert!(matches(r"^\d\w\s$", "1a "));
    assert!(!matches(r"\d", "٣"));
    assert!(!matches(r"^\w$", "é"));
    assert!(matches(r"\W", "é"));
    assert!(matches(r"a\b", "aé"));
    assert!(!matches(r"\s", "\u{b}"));
}

#[test]
fn folding_is_that_of_unicode() {
    assert!(matches(r"(?i)^straße$", "STRAßE"));
    assert!(matches(r"(?i)^[k]$", "\u{212a}"));
    assert!(matches(r"(?i)^\w$", "\u{17f}"));
    assert!(!matches(r"(?i)^\w$", "é"));
    assert!(matches("(?i)a(?-i)b", "Ab"));
    assert!(!matches("(?i)a(?-i)b", "AB"));
    assert!(matches("(?i:a)b|C", "Ab"));
}

#[test]
fn flags_hold_until_their_group_ends() {
    assert!(matches("(a(?i)b)c", "aBc"));
    assert!(!matches("(a(?i)b)c", "aBC"));
    assert!(matches("(?s)a.b", "a\nb"));
    assert!(!matches("a.b", "a\nb"));
    assert!(matches("(?m)^b$", "a\nb\nc"));
    assert!(!matches("^b$", "a\nb"));
}

#[test]
fn braces_that_do_not_count_are_literals() {
    assert!(matches("^a{,5}$", "a{,5}"));
    assert!(matches("^a{$", "a{"));
    assert!(matches("^x{2}$", "xx"));
    assert!(matches("^{}]$", "{}]"));
}

#[test]
fn quoted_text_is_literal() {
    assert!(matches(r"^\Qa.b*\E$", "a.b*"));
    assert!(matches(r"^\Qa|b", "a|b"));
}

#[test]
fn classes_may_hold_what_other_dialects_reserve() {
    assert!(matches("^[]a]+$", "a]"));
    assert!(matches("^[^]a]$", "b"));
    assert!(matches("^[a&&b]+$", "a&b"));
    assert!(matches("^[[a]+$", "[a"));
    assert!(matches("^[a-]+$", "a-"));
    assert!(matches("^[[:alpha:]_]+$", "a_"));
    assert!(matches("^[[:^digit:]]$", "x"));
    assert!(matches(r"^[\p{Greek}\d]+$", "α1"));
    assert!(matches(r"^\P{^Greek}$", "α"));
    assert!(matches(r"^\pN$", "٣"));
}

#[test]
fn names_of_groups_may_begin_with_digits_and_repeat() {
    assert!(matches("(?P<1a>x)(?P<1a>y)(?<b>z)", "xyz"));
}

#[test]
fn what_go_refuses_is_refused_in_its_words() {
    refused("(", "missing closing ): `(`");
    refused("a)", "unexpected ): `a)`");
    refused("a**", "invalid nested repetition operator: `**`");
    refused("a{2}*", "invalid nested repetition operator: `{2}*`");
    refused("*a", "missing argument to repetition operator: `*`");
    refused("(?i)*", "missing argument to repetition operator: `*`");
    refused("a{1001}", "invalid repeat count: `{1001}`");
    refused("((a{100}){10}){2}", "invalid repeat count: `{2}`");
    refused("[z-a]", "invalid character class range: `z-a`");
    refused("[[:foo:]]", "invalid character class range: `[:foo:]`");
    refused(
        r"\p{Old_Italic}",
        r"invalid character class range: `\p{Old_Italic}`",
    );
    refused("[a", "missing closing ]: `[a`");
    refused(r"\8", r"invalid escape sequence: `\8`");
    refused(r"\C", r"invalid escape sequence: `\C`");
    refused("a\\", "trailing backslash at end of expression: ``");
    refused("(?x)a", "invalid or unsupported Perl syntax: `(?x`");
    refused("(?=a)", "invalid or unsupported Perl syntax: `(?=`");
    refused("(?P<n", "invalid named capture: `(?P<n`");
}

#[test]
fn copies_that_are_never_made_do_not_count() {
    assert!(matches("^(a{1000}){0}$", ""));
}

#[test]
fn match_asks_for_any_part() {
    check("regex.match", r#"["a+b", "xaab"]"#, "true");
    check("re_match", r#"["^a", "ba"]"#, "false");
    check("regex.is_valid", r#"["a("]"#, "false");
    check("regex.is_valid", "[10]", "false");
}

#[test]
fn find_n_gives_at_most_n() {
    check(
        "regex.find_n",
        r#"["a.", "abacad", -1]"#,
        r#"["ab", "ac", "ad"]"#,
    );
    check("regex.find_n", r#"["a.", "abacad", 2]"#, r#"["ab", "ac"]"#);
    check("regex.find_n", r#"["a.", "abacad", 0]"#, "[]");
    check("regex.find_n", r#"["a*", "baac", -1]"#, r#"["", "aa", ""]"#);
}

#[test]
fn submatches_that_did_not_take_part_are_empty() {
    check(
        "regex.find_all_string_submatch_n",
        r#"["a(x*)b(y)?", "-axxb-ab-", -1]"#,
        r#"[["axxb", "xx", ""], ["ab", "", ""]]"#,
    );
}

#[test]
fn replacements_refer_to_groups() {
    check(
        "regex.replace",
        r#"["foo", "(o)(o)", "$2-${1}x$$"]"#,
        r#""fo-ox$""#,
    );
    check(
        "regex.replace",
        r#"["foo", "(?P<a>f)", "$a ${a}b $ab"]"#,
        r#""f fb oo""#,
    );
    check("regex.replace", r#"["abc", "x*", "-"]"#, r#""-a-b-c-""#);
    check("regex.replace", r#"["abc", "b", "${x"]"#, r#""a${xc""#);
}

#[test]
fn splitting_keeps_what_is_between() {
    check("regex.split", r#"[",", "a,b,"]"#, r#"["a", "b", ""]"#);
    check("regex.split", r#"["", "abc"]"#, r#"["a", "b", "c"]"#);
    check("regex.split", r#"["a", ""]"#, r#"[""]"#);
    check("regex.split", r#"["z*", "azb"]"#, r#"["a", "b"]"#);
}

#[test]
fn templates_quote_what_is_outside_of_their_delimiters() {
    check(
        "regex.template_match",
        r#"["urn:foo:{.*}", "urn:foo:bar:baz", "{", "}"]"#,
        "true",
    );
    check(
        "regex.template_match",
        r#"["a.b<c+>", "axbcc", "<", ">"]"#,
        "false",
    );
    assert!(
        answer(BUILTINS, "regex.template_match", r#"["a{", "a", "{", "}"]"#)
            .contains("unbalanced braces in \"a{\"")
    );
}

#[test]
fn globs_with_a_common_text_intersect() {
    check(
        "regex.globs_match",
        r#"["a.a.[0-9]+z", ".b.b2359825792*594823z"]"#,
        "true",
    );
    check("regex.globs_match", r#"["[a-z]+", "[0-9]*"]"#, "false");
    check(
        "regex.globs_match",
        r#"[".*.*.*.*f", ".*.*.*.*g"]"#,
        "false",
    );
    check("regex.globs_match", r#"["foo.*bar", "foobar"]"#, "true");
    check("regex.globs_match", r#"["[ab]+c", "[bc]*"]"#, "true");
    assert!(
        answer(BUILTINS, "regex.globs_match", r#"["pqrs]", "a"]"#).ends_with(
            "input:pqrs], pos:5, set-close ']' with no preceding '[': the input provided is invalid"
        )
    );
}

#[test]
fn globs_that_explode_elsewhere_end_here() {
    let left = ".*a".repeat(60) + "c";
    let right = "a*.".repeat(60) + "d";
    let answer = answer(
        BUILTINS,
        "regex.globs_match",
        &format!("[{left:?}, {right:?}]"),
    );
    assert!(answer == "true" || answer == "false", "{answer}");
}

#[test]
fn a_long_search_spends_the_budget() {
    let text = "a".repeat(100_000);
    let operands = [value("\"b\""), value(&format!("{text:?}"))];
    assert!(answer_within(BUILTINS, "regex.match", &operands, 1_000).starts_with("error"));
}
