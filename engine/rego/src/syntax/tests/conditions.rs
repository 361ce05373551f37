//! Bodies, conditions and queries.

use super::{body, check, messages, reprints_in};
use crate::syntax::ast::{LiteralKind, Term, TermKind};
use crate::syntax::{Version, parse_query};

#[test]
fn keywords_are_no_names_but_parts_of_references() {
    check("if.x := 1", &[]);
    check("p.if.contains := input.package.default", &[]);
    check("p if not.x", &[]);
    check("p if {\n\ttrue\n\twith.x == 1\n}", &[]);
    check("p := contains", &[]);
    check("contains := 1", &["`contains` is a keyword and no name"]);
    check("p := not.x", &["expected an expression, found `not`"]);
    check("p if every == 1", &["expected an expression, found `==`"]);
    check(
        "p if { 1 in[1] }",
        &["expected a line break, `;` or `}`, found `in`"],
    );
}

#[test]
fn braces_after_if_are_bodies_unless_they_can_be_values() {
    let first = |rules: &str| body(rules).literals[0].kind.clone();
    assert!(matches!(
        first("p if { x }"),
        LiteralKind::Term(Term {
            kind: TermKind::Var(_),
            ..
        })
    ));
    assert!(matches!(
        first("p if {\"a\": 1}"),
        LiteralKind::Term(Term {
            kind: TermKind::Object(_),
            ..
        })
    ));
    assert!(matches!(
        first("p if {x | y}"),
        LiteralKind::Term(Term {
            kind: TermKind::SetComprehension(_),
            ..
        })
    ));
    assert!(matches!(
        first("p if {x} == {y}"),
        LiteralKind::Term(Term {
            kind: TermKind::Infix { .. },
            ..
        })
    ));
    assert!(matches!(
        first("p if {}"),
        LiteralKind::Term(Term {
            kind: TermKind::Object(_),
            ..
        })
    ));
    assert!(matches!(
        first("p if { x := a | b }"),
        LiteralKind::Term(Term {
            kind: TermKind::Infix { .. },
            ..
        })
    ));
    assert_eq!(body("p if { x := a | b; y }").literals.len(), 2);
}

#[test]
fn conditions_are_separated_by_lines_and_semicolons() {
    assert_eq!(body("p if { a; b\nc;\nd }").literals.len(), 4);
    check(
        "p if { a b }",
        &["expected a line break, `;` or `}`, found `b`"],
    );
    check("p if { a; }", &["expected an expression, found `}`"]);
}

#[test]
fn some_and_every_declare() {
    check(
        "p if { some x, y; some k, v in xs; some [a, {\"b\": b}] in xs; every k, v in xs { k; v } }",
        &[],
    );
    check("p if some 1", &["expected a name or `in` after `some`"]);
    check(
        "p if some x, y, z in xs",
        &["`in` is a keyword and no name"],
    );
    check("p if not some x", &["`some` cannot be negated"]);
    check(
        "p if every x in xs",
        &["expected `{` and what holds for every element, found the end of the text"],
    );
    check("p if every x in xs {}", &["found empty body"]);
    check(
        "p if every 1 in xs { true }",
        &["expected a name after `every`"],
    );
}

#[test]
fn modifiers_follow_on_any_line() {
    let literal =
        body("p if a with input.x as 1 with data.y as 2\n\twith f as g").literals[0].clone();
    assert_eq!(literal.with.len(), 3);
    check(
        "p if a with f(x) as 1",
        &["only `input`, `data` and functions can be replaced"],
    );
    check(
        "p if a with input",
        &["expected `as`, found the end of the text"],
    );
    check("p if not a with input as 1", &[]);
}

#[test]
fn queries_are_conditions() {
    let query = |text: &str| {
        let (body, found) = parse_query(text, Version::V1);
        (body.literals.len(), messages(&found).join("; "))
    };
    assert_eq!(query("data.a.b = x; x > 1"), (2, String::new()));
    assert_eq!(query("x := 1\nsome y in x"), (2, String::new()));
    assert_eq!(
        query(""),
        (
            0,
            "expected an expression, found the end of the text".to_owned()
        )
    );
    assert_eq!(
        query("x;"),
        (
            1,
            "expected an expression, found the end of the text".to_owned()
        )
    );
}

#[test]
fn conditions_are_connected_after_an_import() {
    const KEYWORDS: &str =
        "import future.keywords.and\nimport future.keywords.or\nimport future.keywords.not\n";
    for conditions in [
        "p if { a and b or c and d }",
        "p if { a and (b or c) }",
        "p if { (a or b) and not c }",
        "p if { not {x := 1; x == 2} or {y} }",
        "p if { not (a or b) with input as 1 }",
        "p if { (a with input as 1) and b }",
        "p if { (a == b) and (c) }",
        "p if { not (not a) }",
        "p if { or({1}, {2}) == and(a, b) or c }",
        "p if { x := 1 or true }",
        "p if {a} and {b}",
        "p if { ({1} | {2}) and a }",
    ] {
        reprints_in(Version::V1, &format!("package a\n{KEYWORDS}{conditions}"));
    }
    check(
        &format!("{KEYWORDS}p if {{ a with input as 1 and b }}"),
        &["`with` belongs to a whole condition"],
    );
    check(
        &format!("{KEYWORDS}p if {{ {{a | b}} and c }}"),
        &["ambiguous `{ ... | ... }`"],
    );
    check(
        &format!("{KEYWORDS}p if {{ print(1) and c }}"),
        &["operand consists of calls to `print` only"],
    );
    check(
        "p if { a and b }",
        &["expected a line break, `;` or `}`, found `and`"],
    );
}
