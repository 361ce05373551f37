//! Expressions, collections, numbers and strings.

use super::{body, check, check_v0, reprints_in, same, text_of, value};
use crate::syntax::Version;
use crate::syntax::ast::{Infix, Term, TermKind};

#[test]
fn white_space_ends_references_and_calls() {
    check("p if {\n\tinput.a\n\t(true)\n}", &[]);
    assert_eq!(body("p if {\n\tinput.a\n\t(true)\n}").literals.len(), 2);
    assert_eq!(body("p if {\n\tx\n\t[1]\n}").literals.len(), 2);
    check(
        "p if { count (x) }",
        &["expected a line break, `;` or `}`, found `(`"],
    );
    check(
        "p if { a [0] }",
        &["expected a line break, `;` or `}`, found `[`"],
    );
    check(
        "p if { input .x }",
        &["expected a line break, `;` or `}`, found `.`"],
    );
    check(
        "p if input. x",
        &["expected a name directly after `.`, found `x`"],
    );
    check("p if input[\n0\n].x", &[]);
}

#[test]
fn references_begin_with_what_has_parts() {
    check(
        "p := [[1, 2][0], {\"a\": 1}.a, {1}[1], f(x).y[z], [x | x := 1][0], set()[x], (x).y, (a | b)[c]]",
        &[],
    );
    check("p := \"a\".b", &["a reference cannot begin with a string"]);
    check("p := true[0]", &["a reference cannot begin with a scalar"]);
    check(
        "p := (input.x)[0]",
        &["a reference cannot begin with a reference in parentheses"],
    );
    check(
        "p if { f(x)(y) }",
        &["expected a line break, `;` or `}`, found `(`"],
    );
    check("p if { f(x).y(z) }", &["only a name can be called"]);
    same("p if (count)(x)", "p if count(x)");
}

#[test]
fn operators_bind_as_in_opa() {
    let TermKind::In {
        value: element,
        collection,
        ..
    } = value("a == b in c | d")
    else {
        panic!()
    };
    assert!(matches!(element.kind, TermKind::Infix { .. }));
    assert!(matches!(collection.kind, TermKind::Infix { .. }));
    let TermKind::Infix { left, right, .. } = value("a - b - c * d") else {
        panic!()
    };
    assert!(matches!(left.kind, TermKind::Infix { .. }));
    assert!(matches!(right.kind, TermKind::Infix { .. }));
    check("p if x := y := z", &["assignments cannot be chained"]);
    check("p if a && b", &["expected an expression, found `&`"]);
}

#[test]
fn keys_stand_before_in_where_no_list_is() {
    assert!(matches!(
        value("1, 2 in xs"),
        TermKind::In { key: Some(_), .. }
    ));
    assert!(matches!(value("[1, 2 in xs]"), TermKind::Array(items) if items.len() == 2));
    assert!(matches!(value("f(1, 2 in xs)"), TermKind::Call { args, .. } if args.len() == 2));
    assert!(matches!(value("f((1, 2 in xs))"), TermKind::Call { args, .. } if args.len() == 1));
    check("p := 1, 2", &["unexpected `,`"]);
}

#[test]
fn bars_begin_comprehensions_unless_a_comma_follows() {
    assert!(matches!(
        value("[x | x := 1]"),
        TermKind::ArrayComprehension(_)
    ));
    assert!(matches!(value("{x | y}"), TermKind::SetComprehension(_)));
    assert!(matches!(
        value("{x: y | z}"),
        TermKind::ObjectComprehension(_)
    ));
    assert!(matches!(
        value("{x + 1: y | z}"),
        TermKind::ObjectComprehension(_)
    ));
    assert!(matches!(
        value("[x | k, v in xs]"),
        TermKind::ArrayComprehension(_)
    ));
    assert!(matches!(value("[x | y, z]"), TermKind::Array(items) if items.len() == 2));
    assert!(matches!(value("{x | y == z, w}"), TermKind::Set(items) if items.len() == 2));
    assert!(matches!(value("[x | k, v in xs, y]"), TermKind::Array(items) if items.len() == 3));
    assert!(matches!(value("{a: x | y, b: z}"), TermKind::Object(entries) if entries.len() == 2));
    assert!(matches!(value("[x + 1 | y]"), TermKind::Array(items) if items.len() == 1));
    assert!(matches!(value("(x | y)"), TermKind::Parens(_)));
    let TermKind::Array(items) = value("[a | b + 1 == c, d]") else {
        panic!()
    };
    assert_eq!(format!("{:?}", operator(&items[0])), "Equal");
    check("p := [x | ]", &["found empty body"]);
    check(
        "p := {a | b: 1}",
        &["expected a line break, `;` or `}`, found `:`"],
    );
}

fn operator(term: &Term) -> Infix {
    match &term.kind {
        TermKind::Infix { op, .. } => *op,
        other => panic!("{other:?}"),
    }
}

#[test]
fn unions_stay_unions_when_printed() {
    for text in [
        "[a | b,]",
        "[, a | b]",
        "{a: b | c,}",
        "{, a | b: c}",
        "[a | b, c in d,]",
        "{a | b, c}",
        "[a | b == c, d]",
    ] {
        reprints_in(Version::V1, &format!("package a\np := {text}"));
    }
}

#[test]
fn collections_may_end_with_a_comma() {
    assert!(matches!(value("{}"), TermKind::Object(entries) if entries.is_empty()));
    assert!(matches!(value("set()"), TermKind::Set(items) if items.is_empty()));
    check("p := [1, 2,]", &[]);
    check("p := {1,}", &[]);
    check("p := {\"a\": 1,}", &[]);
    check("p if f(x,)", &[]);
    check("p := [\n1,\n\n# c\n2\n]", &[]);
    check("p := {,}", &["expected an expression, found `}`"]);
    check("p := [1,,2]", &["expected an expression, found `,`"]);
    check("p := {1 2}", &["expected `,` or `}`, found `2`"]);
    check("p := [1", &["`[` is never closed"]);
}

#[test]
fn numbers_keep_their_digits() {
    for (text, expect) in [
        ("1", "1"),
        ("-5", "-5"),
        ("- 5", "-5"),
        ("1.50e+3", "1.50e+3"),
        (".5", "0.5"),
        ("0E-1", "0E-1"),
    ] {
        assert_eq!(text_of(&value(text)), expect);
    }
    assert!(matches!(value("-x.y"), TermKind::Negate(_)));
    check("p := 01", &["number with a leading zero"]);
    check(
        "p := 1.",
        &["malformed number `1.`: a digit must follow the point"],
    );
    check(
        "p := 1e",
        &["malformed number `1e`: the exponent has no digits"],
    );
    check(
        "p := 12ab",
        &["malformed number `12ab`: letters follow the digits"],
    );
    check("p := 1e99999", &["number too big"]);
    check("p := 1e30000", &[]);
    check("p := -(1)", &["expected a number, found `(`"]);
}

#[test]
fn strings_are_unescaped() {
    for (text, expect) in [
        (r#""a\"\\\/\b\f\n\r\t""#, "a\"\\/\u{8}\u{c}\n\r\t"),
        (r#""\u00e9\ud83d\ude00\ud800""#, "\u{e9}\u{1f600}\u{fffd}"),
        ("`a\\n\n`", "a\\n\n"),
        ("\"a\tb\"", "a\tb"),
    ] {
        assert_eq!(text_of(&value(text)), expect);
    }
    check(r#"p := "a\qb""#, &["illegal escape sequence"]);
    check(r#"p := "\u00zz""#, &["illegal escape sequence"]);
    check(
        "p := \"a\tb\\n\"",
        &["control character in a string with escapes"],
    );
    check("p := \"abc\nq := 2", &["unterminated string"]);
    check("p := `abc\nq := 2", &["unterminated raw string"]);
}

#[test]
fn templates_hold_expressions() {
    assert!(
        matches!(value(r#"$"a {x} {f("}")} \{b}""#), TermKind::Template { parts, .. } if parts.len() == 5)
    );
    assert!(matches!(
        value("$`a\n{ {\"b\": 1}.b }\\{`"),
        TermKind::Template { raw: true, .. }
    ));
    assert!(
        matches!(value(r#"$"{$"{x}"}""#), TermKind::Template { parts, .. } if parts.len() == 1)
    );
    check(r#"p := $"{x with input as {"a": 1}}""#, &[]);
    check(r#"p := $"{}""#, &["expected an expression, found `}`"]);
    check(
        r#"p := $"{not x}""#,
        &["expected an expression in the template string, found a condition"],
    );
    check("p := $\"a\nq := 1", &["unterminated template string"]);
    check_v0(r#"p = $"a""#, &["template string in a module of Rego v0"]);
}
