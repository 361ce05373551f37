//! What is reported, where, and how much it costs.

use super::{check, messages, module};
use crate::syntax::{Version, parse};

#[test]
fn illegal_characters_are_reported_once() {
    check("p := @x", &["illegal character `@`"]);
    check("p if !x", &["illegal character `!`"]);
    check("p := 'a b'", &["illegal character `'`"]);
    check("größe := 1", &["illegal characters in the name `größe`"]);
    check("p := \"\0\"", &["illegal null character"]);
    check("p := 1\u{feff}", &["illegal byte-order mark"]);
    check("p\u{a0}:= 1", &["illegal white space `\\u{a0}`"]);
}

#[test]
fn all_errors_are_found_at_once() {
    check(
        "p := = 1\nq if { x y }\nr := 1\ns if {\n\tx :=\n}\nt := [",
        &[
            "expected an expression, found `=`",
            "expected a line break, `;` or `}`, found `y`",
            "expected an expression, found `}`",
            "`[` is never closed",
        ],
    );
}

#[test]
fn an_open_bracket_ends_before_the_next_rule() {
    let (module, found) = parse(
        "package a\np if {\n\tx == 1\n\nq := 2\nr if true\n",
        Version::V1,
    );
    assert_eq!(messages(&found), ["`{` is never closed"]);
    assert_eq!(module.rules.len(), 2);
}

#[test]
fn unindented_bodies_are_skipped_as_a_whole() {
    check(
        "p if {\nx y\nz := 1 2\n}\nq := 1",
        &["expected a line break, `;` or `}`, found `y`"],
    );
}

#[test]
fn places_are_exact() {
    let (_, found) = parse("package a\np := [1, é, @]", Version::V1);
    assert_eq!((found[0].span.start, found[0].span.end), (19, 21));
    let (_, found) = parse("package a\np if { x y }", Version::V1);
    assert_eq!((found[0].span.start, found[0].span.end), (19, 20));
}

#[test]
fn comments_know_line_and_column() {
    let comments = module("\u{feff}# a\r\npackage a\n\tp := \"é\" # b ", Version::V1).comments;
    let found: Vec<_> = comments
        .iter()
        .map(|comment| (comment.text.as_str(), comment.line, comment.column))
        .collect();
    assert_eq!(found, [(" a", 1, 1), (" b ", 3, 11)]);
}

#[test]
fn nesting_is_limited() {
    let nested =
        |depth: usize| format!("package a\np := {}{}", "[".repeat(depth), "]".repeat(depth));
    assert!(parse(&nested(200), Version::V1).1.is_empty());
    for depth in [201, 100_000] {
        assert_eq!(
            messages(&parse(&nested(depth), Version::V1).1),
            ["nested deeper than 200 levels"]
        );
    }
    for open in [
        "(",
        "{",
        "[x | ",
        "{x: ",
        "f(",
        "$\"{",
        "x[",
        "every x in y {",
    ] {
        assert!(
            !parse(
                &format!("package a\np if {}", open.repeat(20_000)),
                Version::V1
            )
            .1
            .is_empty()
        );
    }
}

#[test]
fn chains_are_limited() {
    let chain = |operators: usize| format!("package a\np := x{}", " + x".repeat(operators));
    assert!(parse(&chain(1_000), Version::V1).1.is_empty());
    let (_, found) = parse(&chain(100_000), Version::V1);
    assert_eq!(
        messages(&found),
        ["more than 1000 operators in one expression"]
    );
    let stacked = format!(
        "package a\np := {}x{}",
        "(".repeat(100),
        format!("{})", " + x".repeat(20)).repeat(100)
    );
    assert_eq!(
        messages(&parse(&stacked, Version::V1).1),
        ["more than 1000 operators in one expression"]
    );
    let wide = format!("package a\np := [{}]", "a + b, ".repeat(5_000));
    assert!(parse(&wide, Version::V1).1.is_empty());
}

#[test]
fn long_texts_take_linear_time() {
    let rules = "p := 1 if { input.x == [1, 2, 3][_] }\n".repeat(100_000);
    let (module, found) = parse(&format!("package a\n{rules}"), Version::V1);
    assert!(found.is_empty());
    assert_eq!(module.rules.len(), 100_000);
    let line = "package a\np := [".to_owned() + &"\"a\", ".repeat(200_000) + "]";
    assert!(parse(&line, Version::V1).1.is_empty());
    for piece in [
        "p if {\n x\n",
        "}",
        "'",
        "1a ",
        "{",
        "\u{0}",
        "p\n",
        "$\"{",
        "not ",
        "x | ",
    ] {
        parse(&format!("package a\n{}", piece.repeat(50_000)), Version::V1);
    }
}
