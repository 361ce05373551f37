//! Packages, imports, rules and what they consist of.

use super::{NO_CONTAINS, NO_IF, check, check_v0, messages, module};
use crate::syntax::ast::HeadKind;
use crate::syntax::{Version, parse};

#[test]
fn rules_of_every_form_are_read() {
    for rules in [
        "p := 1",
        "p = 1",
        "p if true",
        "p if { true }",
        "p if {\n\ttrue\n}",
        "p contains 1",
        "p contains x if x := 1",
        "p.a.b := 1",
        "p[k] := v if some k, v in input",
        "p.a[x].b contains y if some x, y in input",
        "p[x] if x := 1",
        "f(x)",
        "f(x) := x + 1",
        "f(x, [y, _]) := v if v := x + y",
        "f() := 1",
        "f() if true",
        "default p := 1",
        "default p",
        "default p.q := [x | x := 1]",
        "default f(_, _) := 1",
        "p if true else := 1 if false else := 2",
        "p := 1 if { true } else := 2 if { false } else if { true }",
        "p if { true } { false }",
        "p if true { false }",
        "p := 1 q := 2",
        "p [1] := 2 if true",
        "f (x) := 2 if true",
        "_ := 1",
    ] {
        check(rules, &[]);
    }
}

#[test]
fn old_forms_are_read_in_v0() {
    for rules in [
        "p { true }",
        "p { true } { false }",
        "p[x] { x := 1 }",
        "p[x] = 1 { x := 1 }",
        "p.q[x] { x := 1 }",
        "p.q",
        "p[\"q\"]",
        "a.b.c",
        "f(x) = y { y := x } else = 2 { true }",
        "if { true }",
        "contains { every := 1; every == 1 }",
        "p { input.not.if.default }",
        "data.x = 1 { true }",
        "import future.keywords.in\np { some x in [1] }",
        "import future.keywords.every\np { every x in [1] { 1 in [x] } }",
        "import rego.v1\np contains x if some x in [1]",
    ] {
        check_v0(rules, &[]);
    }
}

#[test]
fn v1_asks_for_its_keywords() {
    check("p { true }", &[NO_IF]);
    check(
        "p if true else { true }",
        &["`if` keyword is required before `else` body"],
    );
    check(
        "f(x) { true }",
        &["`if` keyword is required before function body"],
    );
    check("p[x] { x := 1 }", &[NO_CONTAINS, NO_IF]);
    check("p.q", &[NO_CONTAINS]);
    check(
        "a.b.c",
        &["rule must have value assignment and/or body declaration"],
    );
}

#[test]
fn rego_v1_import_asks_for_the_same() {
    check_v0("import rego.v1\np { true }", &[NO_IF]);
    check_v0("p[x] { x := 1 }\nimport rego.v1", &[NO_CONTAINS, NO_IF]);
    check_v0("p[x] { x := 1 }\nimport future.keywords", &[]);
}

#[test]
fn hints_name_the_missing_import() {
    let (_, found) = parse("package a\np if true", Version::V0);
    assert_eq!(
        found[0].hint.as_deref(),
        Some("`if` is a keyword only after `import rego.v1`")
    );
    let (_, found) = parse("package a\np { every x in [1] { true } }", Version::V0);
    assert_eq!(
        found[0].hint.as_deref(),
        Some("`every` is a keyword only after `import rego.v1`")
    );
}

#[test]
fn incomplete_rules_are_refused() {
    let after_name = "expected `:=`, `if`, `contains`, `[` or `(` after the rule's name, found";
    check("p", &[&format!("{after_name} the end of the text")]);
    check("p == 1", &[&format!("{after_name} `==`")]);
    check(
        "p :=",
        &["expected an expression, found the end of the text"],
    );
    check(
        "p contains",
        &["expected an expression, found the end of the text"],
    );
    check(
        "f()",
        &["a function without parameters needs a value or a body"],
    );
    check("p [1] := 2", &["unexpected space after the rule's name"]);
    check("p := 1;", &["unexpected `;`"]);
    check(
        "p := 1 with input as 2",
        &["unexpected `with` after the value of a rule"],
    );
    check(
        "f(x) contains 1",
        &["unexpected `contains` after parameters"],
    );
    check(
        "f(x).y := 1",
        &["expected `:=`, `if` or `{` after the parameters, found `.`"],
    );
    check_v0("p {}", &["found empty body"]);
}

#[test]
fn else_stands_only_after_one_complete_value() {
    check("else := 1", &["unexpected `else`"]);
    check("p := 1 else := 2", &["unexpected `else`"]);
    check("p if true else := 1 else := 2", &["unexpected `else`"]);
    check(
        "p if true else",
        &["expected `:=`, `if` or `{` after `else`, found the end of the text"],
    );
    check(
        "p contains 1 if true else := 2",
        &["`else` cannot follow a rule with several values"],
    );
    check(
        "p[x] := 1 if x := 1 else := 2",
        &["`else` cannot follow a rule with variables in its name"],
    );
    check("p[\"a\"] := 1 if true else := 2", &[]);
    check(
        "p if { true } else := 2 { true }",
        &["`if` keyword is required before `else` body"],
    );
    check_v0(
        "p { true } else = 2 { true } { true }",
        &["expected `else`, found `{`"],
    );
    check_v0("p { true } { true } else = 2", &["unexpected `else`"]);
}

#[test]
fn defaults_are_constants() {
    check("default p := {\"a\": [1, {2}], \"b\": null}", &[]);
    check(
        "default p := x",
        &["variable in the value of a default rule"],
    );
    check(
        "default p := [input.x]",
        &["reference in the value of a default rule"],
    );
    check(
        "default p := 1 + 1",
        &["call in the value of a default rule"],
    );
    check("default p.q", &["default rule without a value"]);
    check(
        "default f(x, x) := 1",
        &["parameter `x` of a default function is repeated"],
    );
    check(
        "default f([x]) := 1",
        &["a parameter of a default function must be a variable"],
    );
}

#[test]
fn documents_are_no_rules() {
    for rules in ["input := 1", "data.x := 1", "input if true"] {
        let (_, found) = parse(&format!("package a\n{rules}"), Version::V1);
        assert_eq!(found[0].code, "rego_compile_error");
    }
    check_v0("input = 1", &[]);
}

#[test]
fn a_module_begins_with_its_package() {
    let none = |text: &str| parse(text, Version::V1).1;
    assert_eq!(messages(&none("p := 1")), ["expected `package`, found `p`"]);
    assert_eq!(
        messages(&none("# c")),
        ["expected `package`, found the end of the text"]
    );
    assert_eq!(
        messages(&none("import data.x\npackage a")),
        ["`package` must come before anything else"]
    );
    assert_eq!(
        messages(&none("package a\npackage b")),
        ["unexpected second `package`"]
    );
    assert_eq!(
        messages(&none("package a[x]")),
        ["expected a string, found `x`"]
    );
    let path = module("package a.b[\"c-d\"].if", Version::V1).package.path;
    assert_eq!(
        path.iter()
            .map(|name| name.text.as_str())
            .collect::<Vec<_>>(),
        ["a", "b", "c-d", "if"]
    );
}

#[test]
fn imports_name_documents_and_keywords() {
    check(
        "import data.x as y\nimport input\nimport data.a[\"b c\"]\nimport rego.v1\nimport future.keywords.in",
        &[],
    );
    check("import foo.bar", &["unexpected import path"]);
    check("import data.x as if", &["expected a name, found `if`"]);
    check(
        "import data.x as input",
        &["expected a name, found `input`"],
    );
    check("import data.x.if", &["import of the keyword `if`"]);
    check_v0("import data.x.if", &[]);
    check("import future.keywords.foo", &["unknown keyword `foo`"]);
    check("import future.foo", &["unexpected import path"]);
    check("import rego", &["unexpected import path"]);
    check_v0(
        "import rego.v1 as x",
        &["`rego` imports cannot have another name"],
    );
}

#[test]
fn one_bracket_without_if_is_a_set_in_v0() {
    let kind = |rules: &str| {
        module(&format!("package a\n{rules}"), Version::V0).rules[0]
            .head
            .kind
            .clone()
    };
    assert!(matches!(kind("p[x] { x := 1 }"), HeadKind::Contains(_)));
    assert!(matches!(kind("p.q { true }"), HeadKind::Contains(_)));
    assert!(matches!(kind("p.q[x] { x := 1 }"), HeadKind::Single));
    assert!(matches!(kind("p[x] = 1 { x := 1 }"), HeadKind::Single));
    assert!(matches!(
        kind("import future.keywords.if\np[x] if { x := 1 }"),
        HeadKind::Single
    ));
}
