//! What the syntax layer accepts, refuses and prints.

mod conditions;
mod errors;
mod layout;
mod rules;
mod terms;

use super::ast::{Body, Module, TermKind};
use super::{Diagnostic, Version, parse, print};

const NO_IF: &str = "`if` keyword is required before rule body";
const NO_CONTAINS: &str = "`contains` keyword is required for partial set rules";

fn messages(found: &[Diagnostic]) -> Vec<&str> {
    found
        .iter()
        .map(|diagnostic| diagnostic.message.as_str())
        .collect()
}

#[track_caller]
fn check_in(version: Version, rules: &str, expect: &[&str]) {
    let (_, found) = parse(&format!("package a\n{rules}"), version);
    assert_eq!(messages(&found), expect, "{rules}");
}

/// What is wrong with rules of v1.
#[track_caller]
fn check(rules: &str, expect: &[&str]) {
    check_in(Version::V1, rules, expect);
}

/// What is wrong with rules of v0.
#[track_caller]
fn check_v0(rules: &str, expect: &[&str]) {
    check_in(Version::V0, rules, expect);
}

#[track_caller]
fn module(text: &str, version: Version) -> Module {
    let (module, found) = parse(text, version);
    assert_eq!(messages(&found), [""; 0], "{text}");
    module
}

/// A tree without places.
fn tree(module: &Module) -> String {
    let debug = format!("{:?}", (&module.package, &module.imports, &module.rules));
    let mut pieces = debug.split("Span {");
    let mut tree = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        tree.push_str(piece.split_once('}').map_or("", |(_, rest)| rest));
    }
    tree
}

#[track_caller]
fn same(left: &str, right: &str) {
    let read = |rules: &str| tree(&module(&format!("package a\n{rules}"), Version::V1));
    assert_eq!(read(left), read(right));
}

/// Printing keeps the tree, and printing again changes nothing.
#[track_caller]
fn reprints_in(version: Version, text: &str) -> String {
    let first = module(text, version);
    let printed = print(&first);
    let second = module(&printed, version);
    assert_eq!(tree(&first), tree(&second), "{printed}");
    assert_eq!(printed, print(&second));
    printed
}

#[track_caller]
fn prints(rules: &str, expect: &str) {
    let printed = reprints_in(Version::V1, &format!("package a\n{rules}"));
    assert_eq!(printed, format!("package a\n\n{expect}"));
}

#[track_caller]
fn prints_v0(rules: &str, expect: &str) {
    let printed = reprints_in(Version::V0, &format!("package a\n{rules}"));
    assert_eq!(printed, format!("package a\n\n{expect}"));
}

/// The value of `p`.
#[track_caller]
fn value(text: &str) -> TermKind {
    let module = module(&format!("package a\np := {text}"), Version::V1);
    module.rules[0].head.value.clone().unwrap().kind
}

#[track_caller]
fn body(rules: &str) -> Body {
    module(&format!("package a\n{rules}"), Version::V1).rules[0]
        .body
        .clone()
        .unwrap()
}

fn text_of(kind: &TermKind) -> &str {
    match kind {
        TermKind::String { text, .. } | TermKind::Number(text) | TermKind::Var(text) => text,
        other => panic!("{other:?}"),
    }
}
