//! What rules answer. Every answer here is OPA's.

use plumbline_rego::value::json;
use plumbline_rego::{Answer, EvalError, Module, Settings, Value, compile};

fn evaluate(rules: &str, input: Option<&str>, data: &str) -> Result<Answer, EvalError> {
    let text = if rules.contains("package ") {
        rules.to_owned()
    } else {
        format!("package t\n\n{rules}")
    };
    let (program, diagnostics) = compile(&[Module::new("t.rego", text)]);
    assert!(diagnostics.is_empty(), "{diagnostics:?}\n{rules}");
    let input = input.map(|input| json::parse(input).unwrap());
    program.evaluate(
        &program.entry("data.t.p"),
        &json::parse(data).unwrap(),
        input.as_ref(),
        &Settings::default(),
    )
}

fn spell(answer: Result<Answer, EvalError>) -> Option<String> {
    answer.unwrap().value.as_ref().map(json::to_string)
}

/// What `p` is without an input, as JSON with sets as arrays; nothing if it is undefined.
#[track_caller]
fn answers(rules: &str, expected: Option<&str>) {
    assert_eq!(
        spell(evaluate(rules, None, "{}")).as_deref(),
        expected,
        "{rules}"
    );
}

/// What `p` is of an input.
#[track_caller]
fn answers_to(rules: &str, input: &str, expected: Option<&str>) {
    assert_eq!(
        spell(evaluate(rules, Some(input), "{}")).as_deref(),
        expected,
        "{rules}\n{input}"
    );
}

/// What `p` is with base data.
#[track_caller]
fn answers_with(rules: &str, data: &str, expected: Option<&str>) {
    assert_eq!(
        spell(evaluate(rules, None, data)).as_deref(),
        expected,
        "{rules}\n{data}"
    );
}

/// The error that `p` ends with.
#[track_caller]
fn fails(rules: &str, expected: &str) {
    let error = evaluate(rules, None, "{}").unwrap_err();
    assert_eq!(error.to_string(), expected, "{rules}");
}

#[test]
fn a_negated_reference_that_is_undefined_holds() {
    answers_to("p if not input.x", "{}", Some("true"));
    answers_to("p if not input.x.y.z", "{}", Some("true"));
    answers_to("p if not input.x.y.z", r#"{"x": 1}"#, Some("true"));
    answers_to("p if not input.x", r#"{"x": false}"#, Some("true"));
    answers_to("p if not input.x", r#"{"x": 0}"#, None);
    answers_to("p if not input.x", r#"{"x": null}"#, None);
    answers("p if not input", Some("true"));
    answers("p if not data.nope.x", Some("true"));
}

#[test]
fn a_negated_equality_with_something_undefined_holds() {
    answers_to("p if not input.x == 1", "{}", Some("true"));
    answers_to("p if not input.x == 1", r#"{"x": 2}"#, Some("true"));
    answers_to("p if not input.x == 1", r#"{"x": 1}"#, None);
    answers_to("p if not input.x[0] == 1", "{}", Some("true"));
}

#[test]
fn a_negated_call_of_something_undefined_does_not_hold() {
    let function = "p if not f(input.x)\n\nf(x) if x == 1";
    answers_to(function, "{}", None);
    answers_to(function, r#"{"x": 1}"#, None);
    answers_to(function, r#"{"x": 2}"#, Some("true"));
    answers_to("p if not input.x != 1", "{}", None);
    answers_to("p if not input.x != 1", r#"{"x": 1}"#, Some("true"));
    answers_to("p if not input.x > 1", "{}", None);
    answers_to("p if not input.x > 1", r#"{"x": 1}"#, Some("true"));
    answers_to(r#"p if not "a" in input.x"#, "{}", None);
    answers_to(
        r#"p if not "a" in input.x"#,
        r#"{"x": ["b"]}"#,
        Some("true"),
    );
    answers_to(r#"p if not "a" in input.x"#, r#"{"x": 5}"#, Some("true"));
    answers_to(r#"p if not startswith(input.x, "a")"#, "{}", None);
    answers_to(
        r#"p if not startswith(input.x, "a")"#,
        r#"{"x": "b"}"#,
        Some("true"),
    );
    answers_to(
        r#"p if not startswith(input.x, "a")"#,
        r#"{"x": 5}"#,
        Some("true"),
    );
}

#[test]
fn a_negated_composite_of_something_undefined_does_not_hold() {
    answers_to("p if not [input.x]", "{}", None);
    answers_to(r#"p if not {"a": input.x}"#, "{}", None);
    answers_to("p if not {input.x}", "{}", None);
    answers_to("p if not [input.x] == [1]", "{}", None);
    answers_to("p if not [input.x] == [1]", r#"{"x": 2}"#, Some("true"));
}

#[test]
fn a_negated_look_up_needs_its_key() {
    answers_to("p if not input.m[input.k]", r#"{"m": {}}"#, None);
    answers_to(
        "p if not input.m[input.k]",
        r#"{"m": {}, "k": "a"}"#,
        Some("true"),
    );
    answers_to("p if not f(input.x).y\n\nf(x) := {\"y\": x}", "{}", None);
    answers_to(
        "p if not f(input.x).y\n\nf(x) := {\"y\": x}",
        r#"{"x": false}"#,
        Some("true"),
    );
}

#[test]
fn a_rule_with_one_value_may_find_it_twice() {
    answers("p := 1 if true\n\np := 1 if 1 < 2", Some("1"));
    answers("p := 1 if true\n\np := 1.0 if 1 < 2", Some("1"));
    answers("p := x if some x in [1, 1]", Some("1"));
    fails(
        "p := 1 if true\n\np := 2 if 1 < 2",
        "eval_conflict_error: complete rules must not produce multiple outputs",
    );
    fails(
        "p := x if some x in [1, 2]",
        "eval_conflict_error: complete rules must not produce multiple outputs",
    );
}

#[test]
fn a_function_has_one_value_for_one_operand() {
    answers(
        "f(x) := \"a\" if x > 10\n\nf(x) := \"a\" if x < 20\n\np := f(15)",
        Some(r#""a""#),
    );
    answers(
        "f(x) := \"a\" if x > 10\n\nf(x) := \"b\" if x < 20\n\np := f(5)",
        Some(r#""b""#),
    );
    fails(
        "f(x) := \"a\" if x > 10\n\nf(x) := \"b\" if x < 20\n\np := f(15)",
        "eval_conflict_error: functions must not produce multiple outputs for same inputs",
    );
}

#[test]
fn else_is_tried_when_nothing_before_it_holds() {
    let rules = "p := 1 if {\n\tinput.a\n} else := 2 if {\n\tinput.b\n} else := 3";
    answers_to(rules, r#"{"a": true, "b": true}"#, Some("1"));
    answers_to(rules, r#"{"b": true}"#, Some("2"));
    answers_to(rules, "{}", Some("3"));
    answers_to(
        "p := 1 if {\n\tinput.a\n} else := 2 if {\n\tinput.b\n}",
        "{}",
        None,
    );
    // A body that holds but gives no value counts as one that does not.
    answers_to(
        "p := input.a if {\n\tinput.b\n} else := input.c",
        r#"{"b": 1, "c": 3}"#,
        Some("3"),
    );
    answers("p if {\n\tfalse\n} else if {\n\ttrue\n}", Some("true"));
}

#[test]
fn else_belongs_to_functions_too() {
    let function = "f(x) := 1 if {\n\tx > 10\n} else := 2 if {\n\tx > 5\n} else := 3\n\n";
    answers(
        &format!("{function}p := [f(11), f(6), f(1)]"),
        Some("[1,2,3]"),
    );
    answers(
        "f(x) := y if {\n\ty := x.a\n} else := 0\n\np := [f({\"a\": 1}), f({}), f(3)]",
        Some("[1,0,0]"),
    );
}

#[test]
fn a_default_stands_in_for_what_is_undefined() {
    answers_to("default p := false\n\np if input.a", "{}", Some("false"));
    answers_to(
        "default p := false\n\np if input.a",
        r#"{"a": 1}"#,
        Some("true"),
    );
    answers_to("default p := 1\n\np := input.a", "{}", Some("1"));
    answers_to(
        "default p := 1\n\np := 2 if input.a\n\np := 3 if input.b",
        r#"{"b": 1}"#,
        Some("3"),
    );
}

#[test]
fn a_function_may_have_a_default() {
    let function = "default f(_) := 7\n\nf(x) := x if x > 3\n\n";
    answers(&format!("{function}p := [f(1), f(5)]"), Some("[7,5]"));
    // Without an operand there is no call.
    answers_to(&format!("{function}p := f(input.nope)"), "{}", None);
}

#[test]
fn a_parameter_may_be_a_pattern() {
    answers(
        "f(1) := \"a\"\n\nf(2) := \"b\"\n\np := [f(1), f(2)]",
        Some(r#"["a","b"]"#),
    );
    answers("f(1) := \"a\"\n\np := f(3)", None);
    answers_to("f([a, b]) := a + b\n\np := f(input)", "[1, 2]", Some("3"));
    answers_to("f([a, b]) := a + b\n\np := f(input)", "[1, 2, 3]", None);
    answers_to(
        "f({\"a\": a}) := a\n\np := f(input)",
        r#"{"a": 1}"#,
        Some("1"),
    );
    answers_to(
        "f({\"a\": a}) := a\n\np := f(input)",
        r#"{"a": 1, "b": 2}"#,
        None,
    );
    answers("f(x, x) := 1\n\np := f(2, 2)", Some("1"));
    answers("f(x, x) := 1\n\np := f(2, 3)", None);
}

#[test]
fn one_operand_more_is_the_result() {
    answers("p := y if f(1, y)\n\nf(x) := x + 1", Some("2"));
    answers("p if f(1, 2)\n\nf(x) := x + 1", Some("true"));
    answers("p if f(1, 3)\n\nf(x) := x + 1", None);
    answers("p := y if plus(1, 2, y)", Some("3"));
}

#[test]
fn a_false_result_is_a_value_and_no_condition() {
    answers("f(x) := x\n\np := f(false)", Some("false"));
    answers("f(x) := x\n\np if f(false)", None);
    answers("f(x) := x\n\np if not f(false)", Some("true"));
    answers("p if null", Some("true"));
    answers("p if 0", Some("true"));
}

#[test]
fn a_set_collects_what_its_rules_find() {
    answers(
        "p contains x if some x in [3, 1, 2]\n\np contains \"a\"",
        Some(r#"[1,2,3,"a"]"#),
    );
    answers("p contains x if some x in [1, 1.0]", Some("[1]"));
    answers_to("p contains x if some x in input.xs", "{}", Some("[]"));
}

#[test]
fn an_object_collects_what_its_rules_find() {
    answers(
        r#"p[x] := y if some x, y in {"a": 1, "b": 2}"#,
        Some(r#"{"a":1,"b":2}"#),
    );
    answers_to(
        "p[x] := 1 if some x in input",
        r#"["k", "k"]"#,
        Some(r#"{"k":1}"#),
    );
    fails(
        "p[x] := y if {\n\tx := \"a\"\n\tsome y in [1, 2]\n}",
        "eval_conflict_error: object keys must be unique",
    );
    answers("p[1] := 2\n\np[true] := 3", Some(r#"{"true":3,"1":2}"#));
}

#[test]
fn a_conflict_under_one_key_leaves_another_alone() {
    let rules = "q[x] := y if {\n\tx := \"a\"\n\tsome y in [1, 2]\n}\n\nq[\"b\"] := 5\n\n";
    answers(&format!("{rules}p := q.b"), Some("5"));
    fails(
        &format!("{rules}p := q"),
        "eval_conflict_error: object keys must be unique",
    );
}

#[test]
fn a_name_may_have_several_words() {
    answers("p.a.b := 1\n\np.a.c := 2", Some(r#"{"a":{"b":1,"c":2}}"#));
    answers(
        "p[x] contains y if {\n\tx := \"a\"\n\tsome y in [2, 1]\n}",
        Some(r#"{"a":[1,2]}"#),
    );
    answers(
        "p[x].a := 1 if some x in [\"y\", \"z\"]\n\np[x].b := 2 if x := \"y\"",
        Some(r#"{"y":{"a":1,"b":2},"z":{"a":1}}"#),
    );
    answers(
        "q.b contains 1\n\nq.b contains 2\n\nq.c := 3\n\np := q",
        Some(r#"{"b":[1,2],"c":3}"#),
    );
    answers("q.f(x) := x\n\np := q.f(2)", Some("2"));
    answers("q[\"f g\"](x) := x\n\np := q[\"f g\"](2)", Some("2"));
}

#[test]
fn names_of_rules_may_overlap_if_their_values_agree() {
    answers(
        "p.a[x] := 1 if some x in [\"y\", \"b\"]\n\np.a.b := 1",
        Some(r#"{"a":{"b":1,"y":1}}"#),
    );
    answers(
        "p.a[x] := 1 if some x in [\"y\", \"z\"]\n\np.a.b := 3",
        Some(r#"{"a":{"b":3,"y":1,"z":1}}"#),
    );
    fails(
        "p.a[x] := 1 if some x in [\"y\", \"b\"]\n\np.a.b := 3",
        "eval_conflict_error: object keys must be unique",
    );
}

#[test]
fn base_data_and_rules_are_one_document() {
    answers_with("p := data.lib", r#"{"lib": {"a": 1}}"#, Some(r#"{"a":1}"#));
    answers_with(
        "q.b := 1\n\np := data.t.q",
        r#"{"u": 1}"#,
        Some(r#"{"b":1}"#),
    );
    answers_with(
        "p := {name | data.u[name].x == 1}",
        r#"{"u": {"a": {"x": 1}, "b": {"x": 2}}}"#,
        Some(r#"["a"]"#),
    );
    answers_with("p := data.nope", "{}", None);
}

#[test]
fn with_replaces_input() {
    answers_to(
        "p := x if x := input with input.a as 2",
        "5",
        Some(r#"{"a":2}"#),
    );
    answers_to(
        "p := x if x := input.a with input.a.b as 1",
        r#"{"a": {"c": 2}}"#,
        Some(r#"{"b":1,"c":2}"#),
    );
    answers_to(
        "p := x if x := q with input as {\"a\": 3}\n\nq := input.a",
        r#"{"a": 7}"#,
        Some("3"),
    );
    // What is put in is read in the world as it was.
    answers_to(
        "p := x if x := q with input.a as 1 with input.b as input.c\n\nq := input",
        r#"{"c": 7}"#,
        Some(r#"{"a":1,"b":7,"c":7}"#),
    );
    answers_to(
        "p := x if x := q with input as input.nope\n\nq := 1",
        "{}",
        None,
    );
}

#[test]
fn with_replaces_data() {
    answers_with(
        "p := x if x := data.foo with data.foo as 3",
        r#"{"foo": 1}"#,
        Some("3"),
    );
    answers_with(
        "p := x if x := data.a with data.a.b as 1",
        r#"{"a": {"c": 2}}"#,
        Some(r#"{"b":1,"c":2}"#),
    );
    answers("p := x if x := q with q as 2\n\nq := 1", Some("2"));
    answers(
        "p := x if x := q with data.t.q.a as 3\n\nq.a := 1\n\nq.b := 2",
        Some(r#"{"a":3,"b":2}"#),
    );
    answers(
        "p if r with q as {7}\n\nr if 7 in q\n\nq contains 1",
        Some("true"),
    );
    answers("p if r\n\nr if 7 in q\n\nq contains 1", None);
}

#[test]
fn with_replaces_functions() {
    answers(
        "p := x if x := f(1) with f as 10\n\nf(x) := x + 1",
        Some("10"),
    );
    answers(
        "p := x if x := f(1) with f as g\n\nf(x) := x + 1\n\ng(x) := x * 100",
        Some("100"),
    );
    // What stands for a function may call it.
    answers(
        "p := x if x := f(1) with f as g\n\nf(x) := x + 1\n\ng(x) := f(x) * 100",
        Some("200"),
    );
}

#[test]
fn with_replaces_builtins() {
    answers("p := x if x := count([1, 2]) with count as 10", Some("10"));
    answers(
        "p := x if x := count([1, 2]) with count as g\n\ng(xs) := count(xs) * 10",
        Some("20"),
    );
    answers(
        "p := x if x := time.now_ns() with time.now_ns as 5",
        Some("5"),
    );
}

#[test]
fn with_ends_with_its_condition() {
    answers(
        "p := [a, b] if {\n\ta := q with count as 5\n\tb := q\n}\n\nq := count([1])",
        Some("[5,1]"),
    );
    answers(
        "p := [x | some i in [1, 2, 3]; x := q with input.a as i]\n\nq := input.a * 2",
        Some("[2,4,6]"),
    );
    answers("p if not q with input.a as 1\n\nq if input.a == 1", None);
    answers(
        "p if not q with input.a as 2\n\nq if input.a == 1",
        Some("true"),
    );
    answers(
        "p if every x in [1, 2] { q with input.a as x }\n\nq if input.a > 0",
        Some("true"),
    );
}

#[test]
fn a_closure_sees_what_is_around_it() {
    answers(
        "p := [x, y] if {\n\tx := 1\n\ty := [z | z := x + 1]\n}",
        Some("[1,[2]]"),
    );
    answers(
        "p := [x, y] if {\n\tx := 1\n\ty := [x | x := 2]\n}",
        Some("[1,[2]]"),
    );
    answers("p := y if {\n\ty = [x | x = 1]\n\tx = 2\n}", Some("[]"));
    answers("p := [x, [y | y := x]] if some x in [1]", Some("[1,[1]]"));
}

#[test]
fn a_local_name_hides_a_rule() {
    answers("x := 5\n\np := x if x := 3", Some("3"));
    answers("x := 5\n\np if x = 3", None);
    answers("x := 5\n\np if {\n\tsome x\n\tx = 3\n}", Some("true"));
    answers("x := 5\n\nf(x) := x\n\np := f(1)", Some("1"));
    answers("x := 5\n\np := [x | x := 3]", Some("[3]"));
}

#[test]
fn an_import_comes_before_a_rule_of_its_name() {
    answers_to(
        "import input.foo\n\nfoo := 1\n\np := foo",
        r#"{"foo": 2}"#,
        Some("2"),
    );
    answers_to(
        "import input.foo as bar\n\nfoo := 1\n\np := foo + bar",
        r#"{"foo": 2}"#,
        Some("3"),
    );
}

#[test]
fn comprehensions_keep_their_order() {
    answers("p := [x | some x in [3, 1, 3]]", Some("[3,1,3]"));
    answers("p := [x | some x in {3, 1}]", Some("[1,3]"));
    answers("p := {x | some x in [3, 1, 3]}", Some("[1,3]"));
    answers(
        "p := {x: y | some x, y in [5, 6]}",
        Some(r#"{"0":5,"1":6}"#),
    );
    fails(
        "p := {x: y | x := 1; some y in [5, 6]}",
        "eval_conflict_error: object keys must be unique",
    );
}

#[test]
fn every_holds_of_nothing() {
    answers("p if every x in [] { x == 1 }", Some("true"));
    answers("p if every x in [1, 1] { x == 1 }", Some("true"));
    answers("p if every x in [1, 2] { x == 1 }", None);
    answers_to("p if every x in input.nope { x == 1 }", "{}", None);
    answers_to("p if every x in input.n { x == 1 }", r#"{"n": 5}"#, None);
    answers_to(
        "p if every x in input.n { x == 1 }",
        r#"{"n": "abc"}"#,
        None,
    );
    answers(
        "p if every k, v in {\"a\": 1} { k == \"a\"; v == 1 }",
        Some("true"),
    );
    answers("p if every k, v in {1, 2} { k == v }", Some("true"));
}

#[test]
fn some_in_finds_keys_and_values() {
    answers(
        "p := [[k, v] | some k, v in [\"a\", \"b\"]]",
        Some(r#"[[0,"a"],[1,"b"]]"#),
    );
    answers(
        "p := [[k, v] | some k, v in {\"x\": 1, \"a\": 2}]",
        Some(r#"[["a",2],["x",1]]"#),
    );
    answers(
        "p := [[k, v] | some k, v in {\"b\", \"a\"}]",
        Some(r#"[["a","a"],["b","b"]]"#),
    );
    answers_to(
        "p := [x | some x in input.xs]",
        r#"{"xs": "abc"}"#,
        Some("[]"),
    );
}

#[test]
fn some_in_takes_patterns() {
    answers("p := x if some [x, 2] in [[1, 2], [3, 4]]", Some("1"));
    answers(
        "p := {x | some {\"a\": x} in [{\"a\": 1}, {\"b\": 2}, {\"a\": 3, \"b\": 1}]}",
        Some("[1]"),
    );
    answers("p := x if some 1, x in [5, 6]", Some("6"));
    answers("p := x if some x, 2 in [1, 2]", Some("1"));
}

#[test]
fn membership_is_a_value() {
    answers(
        "p := [1 in [1], 2 in [1], 1 in {1}, 1 in {\"a\": 1}]",
        Some("[true,false,true,true]"),
    );
    answers("p := (\"a\", 1 in {\"a\": 1})", Some("true"));
    answers("p := (\"b\", 1 in {\"a\": 1})", Some("false"));
    answers("p := [0, 5 in [5]]", Some("[0,true]"));
    answers_to("p := 1 in input.x", r#"{"x": 5}"#, Some("false"));
    answers_to("p := 1 in input.x", "{}", None);
}

#[test]
fn walk_visits_every_part() {
    answers(
        "p := [x | walk({\"a\": [1, {\"b\": 2}]}, x)]",
        Some(
            r#"[[[],{"a":[1,{"b":2}]}],[["a"],[1,{"b":2}]],[["a",0],1],[["a",1],{"b":2}],[["a",1,"b"],2]]"#,
        ),
    );
    answers(
        "p := [x | walk([1, [2]], [x, _])]",
        Some("[[],[0],[1],[1,0]]"),
    );
    answers(
        "p := {x | walk({\"a\": {\"b\": 1}}, [[\"a\", _], x])}",
        Some("[1]"),
    );
    answers("p := {x | [x, _] := walk({1, 2})}", Some("[[],[1],[2]]"));
}

#[test]
fn a_reference_finds_its_keys() {
    answers_to(
        "p := [[i, j] | input.a[i].b[j]]",
        r#"{"a": [{"b": [true, false]}, {"b": {"k": 0}}]}"#,
        Some(r#"[[0,0],[1,"k"]]"#),
    );
    answers_to(
        "p := {k | input[k]}",
        r#"{"a": 1, "b": false, "c": null}"#,
        Some(r#"["a","c"]"#),
    );
    answers(
        "q contains [1, 2]\n\nq contains [1, 3]\n\np := {x | q[[1, x]]}",
        Some("[2,3]"),
    );
    answers("q contains 1\n\np := q[1]", Some("1"));
    answers("q contains 1\n\np := q[2]", None);
}

#[test]
fn unification_goes_both_ways() {
    answers("p := x if [x, 1] = [2, 1]", Some("2"));
    answers("p := [x, y] if [x, y] = [y, 1]", Some("[1,1]"));
    answers("p if [x, x] = [1, 2]", None);
    answers(
        "p := x if {\"a\": x, \"b\": 1} = {\"a\": 5, \"b\": 1}",
        Some("5"),
    );
    answers("p := x if {\n\tx = y\n\ty = 1\n}", Some("1"));
    answers_to("p := x if 2 = input.a[x]", r#"{"a": [1, 2]}"#, Some("1"));
}

#[test]
fn conditions_run_in_an_order_in_which_they_can() {
    answers("p := y if {\n\ty > 1\n\ty = x + 1\n\tx = 1\n}", Some("2"));
    answers("p if {\n\tnot x == 2\n\tx = 1\n}", Some("true"));
}

#[test]
fn a_template_shows_what_is_undefined() {
    answers_to(
        r#"p := $"a{1}b{"x"}{[1,"y"]}{input.nope}""#,
        "{}",
        Some(r#""a1bx[1, \"y\"]<undefined>""#),
    );
    answers(
        "p := $\"{f(1)}-{f(2)}\"\n\nf(1) := 5",
        Some(r#""5-<undefined>""#),
    );
    answers(
        r#"p := $"{ {2,1} }{ {"a":null} }{true}""#,
        Some(r#""{1, 2}{\"a\": null}true""#),
    );
    answers(r#"p := $"\{x}""#, Some(r#""{x}""#));
}

#[test]
fn the_last_of_equal_keys_stays() {
    answers(r#"p := {"a": 1, "a": 2}"#, Some(r#"{"a":2}"#));
    answers(r#"p := {"a": 1, "a": 1}"#, Some(r#"{"a":1}"#));
    answers(
        "p := {x: 1, y: 2} if {\n\tx := \"a\"\n\ty := \"a\"\n}",
        Some(r#"{"a":2}"#),
    );
}

#[test]
fn keys_may_be_of_any_type() {
    answers(
        "p := {[1]: 2, {3}: 4, null: 5, 1.5: 6}",
        Some(r#"{"null":5,"1.5":6,"[1]":2,"[3]":4}"#),
    );
    answers("p := {1: \"a\"}[1.0]", Some(r#""a""#));
    answers_to("p := {\"1\": \"a\"}[input]", "1", None);
}

#[test]
fn decimals_are_exact() {
    answers("p := 0.1 + 0.2", Some("0.3"));
    answers("p := 0.1 * 3", Some("0.3"));
    answers("p := 100 * 1.1", Some("110"));
    answers("p := sum([0.1, 0.2, 0.3])", Some("0.6"));
    answers("p if 0.1 + 0.2 == 0.3", Some("true"));
    answers("p := 10 / 4", Some("2.5"));
    answers("p := 10 / 5", Some("2"));
}

#[test]
fn integers_have_no_limit() {
    answers(
        "p := 1180591620717411303424 + 1",
        Some("1180591620717411303425"),
    );
    answers("p := 9223372036854775807 + 1", Some("9223372036854775808"));
    answers(
        "p := -9223372036854775808 - 1",
        Some("-9223372036854775809"),
    );
    answers(
        "p := 9223372036854775807 * 9223372036854775807",
        Some("85070591730234615847396907784232501249"),
    );
}

#[test]
fn a_number_that_nobody_computes_with_keeps_its_spelling() {
    answers("p := 1.10", Some("1.10"));
    answers("p := 1e2", Some("1e2"));
    answers_to("p := input", "1.0", Some("1.0"));
    answers_to("p := input + 0", "1.0", Some("1"));
}

#[test]
fn a_remainder_has_the_sign_of_the_dividend() {
    answers("p := 3 % 2", Some("1"));
    answers("p := -3 % 2", Some("-1"));
    answers("p := 5 % 0", None);
    answers("p := 5 / 0", None);
    answers("p := round(2.5)", Some("3"));
    answers("p := round(-2.5)", Some("-3"));
}

#[test]
fn values_of_all_types_are_ordered() {
    answers(
        "p := [x | some x in {null, \"a\", 1, [2], {\"x\": 1}, {5}, false, 1.5}]",
        Some(r#"[null,false,1,1.5,"a",[2],{"x":1},[5]]"#),
    );
    answers(
        "p := sort([3, \"a\", null, [1], {1}, {}, true])",
        Some(r#"[null,true,3,"a",[1],{},[1]]"#),
    );
    answers_to("p if input.a < \"b\"", r#"{"a": 1}"#, Some("true"));
    answers_to("p if null < input.a", r#"{"a": false}"#, Some("true"));
}

#[test]
fn an_index_counts_from_the_beginning() {
    answers_to("p := input.x[0]", r#"{"x": [1]}"#, Some("1"));
    answers_to("p := input.x[-1]", r#"{"x": [1]}"#, None);
    answers_to("p := input.x[1]", r#"{"x": [1]}"#, None);
    answers_to("p := input.x[0.5]", r#"{"x": [1]}"#, None);
    answers_to("p := input.x[\"0\"]", r#"{"x": [1]}"#, None);
    answers_to("p := input.x[0]", r#"{"x": "abc"}"#, None);
    answers_to("p := input.x[1e0]", r#"{"x": [1, 2]}"#, None);
}

#[test]
fn json_text_keeps_its_digits() {
    answers(
        r#"p := json.unmarshal("123456789012345678901234567890")"#,
        Some("123456789012345678901234567890"),
    );
    answers(
        r#"p := json.unmarshal("{\"a\": 12345678901234567890123}").a + 1"#,
        Some("12345678901234567890124"),
    );
    answers(r#"p := json.unmarshal("[1,")"#, None);
    answers(
        "p := json.marshal(123456789012345678901234567890)",
        Some(r#""123456789012345678901234567890""#),
    );
    answers("p := json.marshal({1: {2, 1}})", Some(r#""{\"1\":[1,2]}""#));
}

#[test]
fn sprintf_formats_as_go_does() {
    answers(
        r#"p := sprintf("%d %s %v", [5, "x", [1, "y"]])"#,
        Some(r#""5 x [1, \"y\"]""#),
    );
    answers(
        r#"p := sprintf("%5d|%-5d|%05d|%+d", [42, 42, 42, 42])"#,
        Some(r#""   42|42   |00042|+42""#),
    );
    answers(
        r#"p := sprintf("%x %X %o %b %c %U", [255, 255, 8, 5, 65, 65])"#,
        Some(r#""ff FF 10 101 A U+0041""#),
    );
    answers(
        r#"p := sprintf("%.2f|%6.2f|%e", [1.5, 3.14159, 12345.678])"#,
        Some(r#""1.50|  3.14|1.234568e+04""#),
    );
    answers(
        r#"p := sprintf("%q %t %%", ["x", true])"#,
        Some(r#""\"x\" %!t(string=true) %""#),
    );
    answers(r#"p := sprintf("%[2]d %[1]d", [1, 2])"#, Some(r#""2 1""#));
}

#[test]
fn sprintf_says_what_does_not_fit() {
    answers(r#"p := sprintf("%d", ["x"])"#, Some(r#""%!d(string=x)""#));
    answers(r#"p := sprintf("%d", [])"#, Some(r#""%!d(MISSING)""#));
    answers(r#"p := sprintf("%s", [5])"#, Some(r#""%!s(int64=5)""#));
    answers(r#"p := sprintf("a", [1])"#, Some(r#""a%!(EXTRA int64=1)""#));
    answers(r#"p := sprintf("%z", [1])"#, Some(r#""%!z(int64=1)""#));
    answers_to(r#"p := sprintf("%s", [input.nope])"#, "{}", None);
}

#[test]
fn a_builtin_that_fails_is_undefined() {
    answers_to("p := count(input.x)", r#"{"x": 5}"#, None);
    answers_to("p if not count(input.x)", r#"{"x": 5}"#, Some("true"));
    answers(r#"p := to_number("x")"#, None);
    answers(r#"p := to_number("1e3")"#, Some("1e3"));
}

#[test]
fn print_says_what_is_undefined_and_holds() {
    let prints = |rules: &str| {
        let answer = evaluate(rules, Some("{}"), "{}").unwrap();
        (
            answer.value,
            answer
                .prints
                .into_iter()
                .map(|(_, text)| text)
                .collect::<Vec<_>>(),
        )
    };
    let (value, printed) =
        prints("p if {\n\tx := 1\n\tprint(\"a\", x, input.nope, [1, \"b\"], count(input.nope))\n}");
    assert_eq!(value, Some(Value::from(true)));
    assert_eq!(printed, [r#"a 1 <undefined> [1, "b"] <undefined>"#]);
    let (value, printed) = prints("p if {\n\tfalse\n\tprint(\"never\")\n}");
    assert_eq!((value, printed), (None, Vec::new()));
}

#[test]
fn a_rule_knows_its_annotation() {
    answers(
        "# METADATA\n# title: Hello\n# custom:\n#   id: x\np := rego.metadata.rule()",
        Some(r#"{"custom":{"id":"x"},"scope":"rule","title":"Hello"}"#),
    );
    answers("p := rego.metadata.rule()", Some("{}"));
}

#[test]
fn a_rule_knows_the_annotations_around_it() {
    answers(
        "# METADATA\n# title: Hello\np := rego.metadata.chain()",
        Some(r#"[{"annotations":{"scope":"rule","title":"Hello"},"path":["t","p"]}]"#),
    );
    answers(
        "# METADATA\n# title: All\npackage t\n\n# METADATA\n# title: One\np := rego.metadata.chain()",
        Some(
            r#"[{"annotations":{"scope":"rule","title":"One"},"path":["t","p"]},{"annotations":{"scope":"package","title":"All"},"path":["t"]}]"#,
        ),
    );
    answers(
        "p := rego.metadata.chain()",
        Some(r#"[{"path":["t","p"]}]"#),
    );
}

#[test]
fn functions_that_call_each_other_twice_are_answered() {
    let mut rules = "f0(x) := x\n".to_owned();
    for at in 1..=40 {
        rules.push_str(&format!("\nf{at}(x) := f{0}(x) + f{0}(x)\n", at - 1));
    }
    rules.push_str("\np := f40(1)\n");
    assert_eq!(
        spell(evaluate(&rules, None, "{}")).as_deref(),
        Some("1099511627776")
    );
}
