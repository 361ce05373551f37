//! What is printed.

use super::{prints, prints_v0, reprints_in};
use crate::syntax::Version;

#[test]
fn rules_are_laid_out() {
    prints(
        "p if { x; y }\nq := 1\nr  :=  2\n\n\ns := 3",
        "p if {\n\tx\n\ty\n}\n\nq := 1\nr := 2\n\ns := 3\n",
    );
    prints(
        "p if {\n\tx\n}\nelse := 1 if {\n\ty\n} else := 2",
        "p if {\n\tx\n}\n\nelse := 1 if {\n\ty\n} else := 2\n",
    );
    prints(
        "p if { true } { false }",
        "p if {\n\ttrue\n} {\n\tfalse\n}\n",
    );
    prints("p if {x|y}", "p if {\n\t{x | y}\n}\n");
    prints("p if\n\tx", "p if {\n\tx\n}\n");
    prints("default p=1\nq:=2", "default p = 1\n\nq := 2\n");
    prints("p if { x; -1 == y }", "p if {\n\tx;\n\t-1 == y\n}\n");
    prints(
        "p if a with input as 1\n with data.x as 2",
        "p if a with input as 1\n\twith data.x as 2\n",
    );
    prints(
        "import data.b\nimport data.a as c\n\nimport rego.v1\np := 1",
        "import data.b\nimport data.a as c\n\nimport rego.v1\n\np := 1\n",
    );
}

#[test]
fn collections_are_laid_out() {
    prints("p := [1,2,\n3]", "p := [\n\t1, 2,\n\t3,\n]\n");
    prints(
        "p := {\"a\":1,\"b\":[1,\n2]}",
        "p := {\"a\": 1, \"b\": [\n\t1,\n\t2,\n]}\n",
    );
    prints("p := f(\n1)", "p := f(\n\t1,\n)\n");
    prints("p := [x|\nx:=1;y]", "p := [x |\n\tx := 1\n\ty\n]\n");
    prints("p if every x in xs {a;b}", "p if every x in xs { a; b }\n");
    prints("p := -x+-1-y", "p := -x + -1 - y\n");
    prints("p := $\"a{x}\\{\"", "p := $\"a{x}\\{\"\n");
    prints("p := \"\\ufeff\\u0001é\"", "p := \"\\ufeff\\u0001é\"\n");
}

#[test]
fn old_rules_are_laid_out() {
    prints_v0("p[x]{x:=1}", "p[x] {\n\tx := 1\n}\n");
    prints_v0("p.q{true}{false}", "p[\"q\"] {\n\ttrue\n} {\n\tfalse\n}\n");
    prints_v0("p{x|y}", "p {\n\tx | y\n}\n");
    prints_v0("p=1{x}else=2{y}", "p = 1 {\n\tx\n} else = 2 {\n\ty\n}\n");
    prints_v0(
        "import future.keywords\np[x]{x:=1}",
        "import future.keywords\n\np contains x if x := 1\n",
    );
    prints_v0(
        "import future.keywords.if\np[x]{x:=1}",
        "import future.keywords.if\n\np[x] {\n\tx := 1\n}\n",
    );
    prints_v0(
        "import future.keywords.if\np[x] if x",
        "import future.keywords.if\n\np[x] if x\n",
    );
}

#[test]
fn comments_are_kept() {
    prints(
        "# a\np := 1 # b\n# c\nq := 2\n\n# d",
        "# a\np := 1 # b\n\n# c\nq := 2\n\n# d\n",
    );
    prints(
        "p if { # a\n\t# b\n\tx # c\n\n\t# d\n\ty\n\t# e\n}",
        "p if { # a\n\t# b\n\tx # c\n\n\t# d\n\ty\n\t# e\n}\n",
    );
    prints(
        "p := [ # a\n\t1, # b\n\t# c\n]",
        "p := [ # a\n\t1, # b\n\t# c\n]\n",
    );
    prints("p := 1 + # a\n\t2 # b", "# a\np := 1 + 2 # b\n");
    prints("p := [1, 2 # a\n]", "p := [\n\t1, 2, # a\n]\n");
    prints("p := [x | # a\n\tx := 1]", "p := [x | # a\n\tx := 1\n]\n");
    let text = "# a\n\n# b\npackage a # c\n\nimport data.x # d\n# e\nimport data.y\n";
    assert_eq!(
        reprints_in(Version::V1, text),
        "# a\n\n# b\npackage a # c\n\nimport data.x # d\n# e\nimport data.y\n"
    );
}

#[test]
fn every_place_may_have_a_comment() {
    let words = [
        "package", "a", "import", "data.x", "as", "y", "p", "contains", "e", "if", "{", "some",
        "k", ",", "v", "in", "f(", "x", ",", "[", "1", ",", "2", "]", ")", "with", "input", "as",
        "{", "\"a\"", ":", "-1", "}", "not", "x", "==", "[", "z", "|", "z", ":=", "1", "]", "}",
        "q", ":=", "1", "if", "true", "else", ":=", "2", "if", "{", "every", "x", "in", "y", "{",
        "x", "}", "}",
    ];
    for index in 0..words.len() {
        let mut text = String::new();
        for (place, word) in words.iter().enumerate() {
            text.push_str(word);
            text.push_str(match (place == index, *word) {
                (true, _) => " # here\n",
                (false, ")" | "}" | "]") => "\n",
                (false, _) => " ",
            });
        }
        assert!(reprints_in(Version::V1, &text).contains("# here"), "{text}");
    }
}
