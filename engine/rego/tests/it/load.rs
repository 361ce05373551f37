//! What is refused before anything runs: where, with which code and in which words.

use plumbline_rego::{
    Diagnostic, Module, Place, Program, Settings, Shape, Value, Version, compile,
};

/// Spells diagnostics as `line:column code: message`.
fn spell(program: &Program, diagnostics: &[Diagnostic]) -> Vec<String> {
    let spelt = |diagnostic: &Diagnostic| {
        let place = Place {
            module: u32::try_from(diagnostic.module).unwrap(),
            span: diagnostic.span,
        };
        let (line, column) = program.position(place);
        format!(
            "{line}:{column} {}: {}",
            diagnostic.code, diagnostic.message
        )
    };
    diagnostics.iter().map(spelt).collect()
}

/// A module of the package `t`. Its rules begin on the second line.
fn module(rules: &str, version: Version) -> Module {
    Module {
        version,
        ..Module::new("t.rego", format!("package t\n{rules}"))
    }
}

#[track_caller]
fn judged(module: Module, expected: &[&str]) -> Vec<Diagnostic> {
    let text = module.text.to_string();
    let (program, diagnostics) = compile(&[module]);
    assert_eq!(spell(&program, &diagnostics), expected, "{text}");
    diagnostics
}

#[track_caller]
fn refused(rules: &str, expected: &[&str]) {
    judged(module(rules, Version::V1), expected);
}

#[track_caller]
fn accepted(rules: &str) {
    judged(module(rules, Version::V1), &[]);
}

#[track_caller]
fn refused_in_v0(rules: &str, expected: &[&str]) {
    judged(module(rules, Version::V0), expected);
}

#[track_caller]
fn accepted_in_v0(rules: &str) {
    judged(module(rules, Version::V0), &[]);
}

/// The hint beside the only diagnostic.
#[track_caller]
fn hint(rules: &str) -> String {
    let (_, diagnostics) = compile(&[module(rules, Version::V1)]);
    assert_eq!(diagnostics.len(), 1, "{diagnostics:?}");
    diagnostics.into_iter().next().unwrap().hint.unwrap()
}

#[test]
fn every_syntax_error_of_a_module_is_reported() {
    refused(
        "p := = 1\nq if { x y }\nr := 1\ns := [1,\n",
        &[
            "2:6 rego_parse_error: expected an expression, found `=`",
            "3:10 rego_parse_error: expected a line break, `;` or `}`, found `y`",
            "5:6 rego_parse_error: `[` is never closed",
        ],
    );
    accepted("p := 1\nq if { 1 == 1; 2 == 2 }\nr := 1\ns := [1,\n2]\n");
}

#[test]
fn v0_rules_are_refused_in_v1() {
    refused(
        "p { true }",
        &["2:3 rego_parse_error: `if` keyword is required before rule body"],
    );
    refused(
        "p[x] { x := 1 }",
        &[
            "2:1 rego_parse_error: `contains` keyword is required for partial set rules",
            "2:6 rego_parse_error: `if` keyword is required before rule body",
        ],
    );
    accepted_in_v0("p { true }");
    accepted_in_v0("p[x] { x := 1 }");
}

#[test]
fn a_number_is_spelt_as_json_spells_it() {
    refused(
        "p := 01",
        &["2:6 rego_parse_error: number with a leading zero"],
    );
    accepted("p := 0.1");
}

#[test]
fn the_value_of_a_rule_takes_no_modifier() {
    refused(
        "p := input with input.a as 1",
        &["2:12 rego_parse_error: unexpected `with` after the value of a rule"],
    );
    accepted("p := x if x := input with input.a as 1");
}

#[test]
fn a_head_needs_its_variables() {
    refused(
        "p contains x if true",
        &["2:12 rego_unsafe_var_error: var x is unsafe"],
    );
    refused(
        "p[x] := y if x := 1",
        &["2:9 rego_unsafe_var_error: var y is unsafe"],
    );
    refused("f(x) := y", &["2:9 rego_unsafe_var_error: var y is unsafe"]);
    accepted("p contains x if x := 1");
    accepted("p[x] := y if {\n\tx := 1\n\ty := 2\n}");
    accepted("f(x) := x");
}

#[test]
fn a_comparison_binds_nothing() {
    refused(
        "p if x == 1",
        &["2:6 rego_unsafe_var_error: var x is unsafe"],
    );
    refused(
        "p if input.a == x",
        &["2:17 rego_unsafe_var_error: var x is unsafe"],
    );
    refused(
        "p if [x] == [1]",
        &["2:7 rego_unsafe_var_error: var x is unsafe"],
    );
    refused(
        "p if x > 1",
        &["2:6 rego_unsafe_var_error: var x is unsafe"],
    );
    accepted("p if x = 1");
    accepted("p if {\n\tx == 1\n\tx = 1\n}");
    accepted("p if input.a[i] == 1");
}

#[test]
fn a_negation_binds_nothing() {
    refused(
        "p if not x == 1",
        &["2:10 rego_unsafe_var_error: var x is unsafe"],
    );
    refused(
        "p if not q[x]\n\nq := [1]",
        &["2:12 rego_unsafe_var_error: var x is unsafe"],
    );
    refused(
        "p if not input.a[i] == 1",
        &["2:18 rego_unsafe_var_error: var i is unsafe"],
    );
    accepted("p if {\n\tx := 1\n\tnot x == 1\n}");
    accepted("p if {\n\tsome x in [0]\n\tnot q[x]\n}\n\nq := [1]");
}

#[test]
fn a_wildcard_finds_nothing_in_a_negation() {
    refused(
        "p if not q[_]\n\nq := [1]",
        &["2:12 rego_unsafe_var_error: var _ is unsafe"],
    );
    accepted("p if q[_]\n\nq := [1]");
    accepted("p if not any_q\n\nany_q if q[_]\n\nq := [1]");
}

#[test]
fn a_closure_needs_what_it_does_not_bind() {
    refused(
        "p := [x | true]",
        &["2:7 rego_unsafe_var_error: var x is unsafe"],
    );
    refused(
        "p := [x | x == 1]",
        &["2:11 rego_unsafe_var_error: var x is unsafe"],
    );
    refused(
        "p := {x: 1 | y := 1; y > 0}",
        &["2:7 rego_unsafe_var_error: var x is unsafe"],
    );
    refused(
        "p if every x in [1] { x == y }",
        &["2:28 rego_unsafe_var_error: var y is unsafe"],
    );
    refused(
        "p if every x in y { x > 0 }",
        &["2:17 rego_unsafe_var_error: var y is unsafe"],
    );
    accepted("p := [x | x = 1]");
    accepted("p := {x: 1 | x := 1}");
    accepted("p if {\n\ty := 1\n\tevery x in [1] { x == y }\n}");
}

#[test]
fn a_template_needs_its_variables() {
    refused(
        "p := $\"{x}\"",
        &["2:6 rego_unsafe_var_error: var x is unsafe"],
    );
    accepted("p := $\"{x}\" if x := 1");
}

#[test]
fn an_operand_needs_its_variables() {
    refused(
        "p if f(x)\n\nf(x) := x",
        &["2:8 rego_unsafe_var_error: var x is unsafe"],
    );
    refused(
        "p if 1 in x",
        &["2:11 rego_unsafe_var_error: var x is unsafe"],
    );
    accepted("p if f(x, 1)\n\nf(x) := y if {\n\ty := x\n}\n\nx := 1");
}

#[test]
fn a_function_cannot_call_itself() {
    refused(
        "f(n) := f(n + 1)",
        &["2:1 rego_recursion_error: rule data.t.f is recursive: data.t.f -> data.t.f"],
    );
    accepted("f(n) := g(n + 1)\n\ng(n) := n");
}

#[test]
fn functions_cannot_call_each_other() {
    refused(
        "f(n) := g(n)\n\ng(n) := h(n)\n\nh(n) := f(n)",
        &[
            "2:1 rego_recursion_error: rule data.t.f is recursive: data.t.f -> data.t.g -> data.t.h -> data.t.f",
            "4:1 rego_recursion_error: rule data.t.g is recursive: data.t.g -> data.t.h -> data.t.f -> data.t.g",
            "6:1 rego_recursion_error: rule data.t.h is recursive: data.t.h -> data.t.f -> data.t.g -> data.t.h",
        ],
    );
    accepted("f(n) := g(n)\n\ng(n) := h(n)\n\nh(n) := n");
}

#[test]
fn rules_cannot_need_each_other() {
    refused(
        "p := q\n\nq if not p",
        &[
            "2:1 rego_recursion_error: rule data.t.p is recursive: data.t.p -> data.t.q -> data.t.p",
            "4:1 rego_recursion_error: rule data.t.q is recursive: data.t.q -> data.t.p -> data.t.q",
        ],
    );
    refused(
        "p := data.t",
        &["2:1 rego_recursion_error: rule data.t.p is recursive: data.t.p -> data.t.p"],
    );
    accepted("p := q\n\nq if not r\n\nr := false");
    accepted("p.a := 1\n\np.b := p.a + 1");
}

#[test]
fn a_rule_that_a_variable_may_lead_back_to_is_recursive() {
    refused(
        "p if {\n\tsome x in [\"a\"]\n\tdata.t[x]\n}",
        &["2:1 rego_recursion_error: rule data.t.p is recursive: data.t.p -> data.t.p"],
    );
    accepted("p if {\n\tsome x in [\"a\"]\n\tdata.u[x]\n}");
}

#[test]
fn an_unknown_function_is_refused() {
    refused(
        "p := nope(1)",
        &["2:6 rego_type_error: undefined function nope"],
    );
    refused(
        "p := data.u.nope(1)",
        &["2:6 rego_type_error: undefined function data.u.nope"],
    );
    refused(
        "p := q(1)\n\nq := 1",
        &["2:6 rego_type_error: undefined function q"],
    );
    accepted("p := q(1)\n\nq(x) := x");
}

#[test]
fn a_misspelt_function_finds_its_neighbour() {
    assert_eq!(
        hint("p if startwith(\"a\", \"a\")"),
        "did you mean `startswith`?"
    );
    assert_eq!(
        hint("p := is_smal(1)\n\nis_small(x) := x < 5"),
        "did you mean `is_small`?"
    );
}

#[test]
fn a_misspelt_variable_is_explained() {
    assert_eq!(
        hint("p if { contaner > 1 }"),
        "nothing gives `contaner` a value: misspelt, or used before anything binds it"
    );
}

#[test]
fn the_network_is_switched_off() {
    refused(
        "p := http.send({\"url\": \"https://example.com\"})",
        &["2:6 rego_type_error: undefined function http.send"],
    );
    assert!(hint("p := http.send({})").contains("switched off"));
    assert!(hint("p := net.lookup_ip_addr(\"example.com\")").contains("switched off"));
    accepted("p := net.cidr_contains(\"10.0.0.0/8\", \"10.0.0.1\")");
}

#[test]
fn a_call_has_as_many_operands_as_the_function() {
    refused(
        "p := count([1], 2)",
        &["2:6 rego_type_error: count: arity mismatch: it takes 1 and was given 2"],
    );
    refused(
        "p := f(1)\n\nf(x, y) := x + y",
        &["2:6 rego_type_error: data.t.f: arity mismatch: it takes 2 and was given 1"],
    );
    refused(
        "p if f(1, 2, 3)\n\nf(x) := x",
        &["2:6 rego_type_error: data.t.f: arity mismatch: it takes 1 and was given 3"],
    );
    accepted("p := f(1, 2)\n\nf(x, y) := x + y");
    // One more operand than the function takes is what the result must be.
    accepted("p if f(1, 2)\n\nf(x) := x + 1");
}

#[test]
fn a_literal_of_a_wrong_type_is_refused() {
    refused(
        "p := count(1)",
        &[
            "2:6 rego_type_error: count: invalid argument(s): operand 1 must be string or array or object or set but is number",
        ],
    );
    refused(
        "p := 1 + \"a\"",
        &["2:6 rego_type_error: plus: invalid argument(s): operand 2 must be number but is string"],
    );
    refused(
        "p if startswith([input.a], \"a\")",
        &[
            "2:6 rego_type_error: startswith: invalid argument(s): operand 1 must be string but is array",
        ],
    );
    refused(
        "p := lower(count([1]))",
        &[
            "2:6 rego_type_error: lower: invalid argument(s): operand 1 must be string but is number",
        ],
    );
    accepted("p := count(\"abc\")");
    accepted("p := 1 + input.a");
    accepted("p := lower(sprintf(\"%d\", [count([1])]))");
}

#[test]
fn a_name_is_a_value_or_a_set_or_a_function() {
    refused(
        "p contains 1\n\np := 2",
        &["4:1 rego_type_error: conflicting rules data.t.p found"],
    );
    refused(
        "p(x) := x\n\np := 2",
        &["4:1 rego_type_error: conflicting rules data.t.p found"],
    );
    refused(
        "default p := 1\n\np contains 2",
        &["2:9 rego_type_error: conflicting rules data.t.p found"],
    );
    accepted("p contains 1\n\np contains 2");
    accepted("default p := 1\n\np := 2 if input.a");
}

#[test]
fn a_function_has_one_number_of_operands() {
    refused(
        "f(x) := x\n\nf(x, y) := x + y",
        &[
            "4:1 rego_type_error: conflicting rules data.t.f found: functions of 1 and of 2 operands",
        ],
    );
    accepted("f(1) := 1\n\nf(2) := 2");
}

#[test]
fn a_value_has_no_rule_below_it() {
    refused(
        "p := 1\n\np.q := 2",
        &["2:1 rego_type_error: rule data.t.p conflicts with data.t.p.q"],
    );
    refused(
        "p contains 1\n\np.q := 2",
        &["2:1 rego_type_error: rule data.t.p conflicts with data.t.p.q"],
    );
    accepted("p.q := 1\n\np.r := 2");
    accepted("p[x] := 1 if x := \"r\"\n\np.q := 2");
}

#[test]
fn there_is_one_default() {
    refused(
        "default p := 1\n\ndefault p := 2",
        &["4:1 rego_type_error: multiple default rules data.t.p found"],
    );
    accepted("default p := 1\n\ndefault q := 2");
}

#[test]
fn a_default_is_a_constant() {
    refused(
        "default p := input.a",
        &["2:14 rego_parse_error: reference in the value of a default rule"],
    );
    refused(
        "default p := 1 + 1",
        &["2:14 rego_parse_error: call in the value of a default rule"],
    );
    accepted("default p := {\"a\": [1, {2}]}");
    accepted("default p := [x | some x in input.xs]");
}

#[test]
fn a_variable_is_declared_before_it_is_used() {
    refused(
        "p if {\n\ty := x\n\tx := 1\n\ty == 1\n}",
        &["3:7 rego_compile_error: var x referenced above"],
    );
    accepted("p if {\n\tx := 1\n\ty := x\n\ty == 1\n}");
}

#[test]
fn a_variable_is_assigned_once() {
    refused(
        "p := x if {\n\tx := 1\n\tx := 2\n}",
        &["4:2 rego_compile_error: var x assigned above"],
    );
    refused(
        "p if [x, x] := [1, 1]",
        &["2:10 rego_compile_error: var x assigned above"],
    );
    accepted("p := x if {\n\tx := 1\n\tx == 1\n}");
    accepted("p if {\n\t_ := 1\n\t_ := 2\n}");
}

#[test]
fn a_variable_is_declared_once() {
    refused(
        "p := x if {\n\tsome x\n\tx := 2\n}",
        &["4:2 rego_compile_error: var x declared above"],
    );
    refused(
        "p if {\n\tsome x, x\n\tx = 1\n}",
        &["3:10 rego_compile_error: var x declared above"],
    );
    accepted("p := x if {\n\tsome x\n\tx = 2\n}");
    // A closure may use the name for a variable of its own.
    accepted("p := [x, y] if {\n\tx := 1\n\ty := [x | x := 2]\n}");
}

#[test]
fn a_parameter_is_not_declared_again() {
    refused(
        "f(x) := y if {\n\tx := 1\n\ty := x\n}",
        &["3:2 rego_compile_error: arg x redeclared"],
    );
    refused(
        "f(x) if {\n\tsome x\n\tx = 1\n}",
        &["3:7 rego_compile_error: arg x redeclared"],
    );
    accepted("f(x) := y if {\n\tx == 1\n\ty := x\n}");
    accepted("f(x) := [x | x := 2]");
}

#[test]
fn a_declared_variable_is_used() {
    refused(
        "p if {\n\tsome x\n\tinput.a\n}",
        &["3:7 rego_compile_error: declared var x unused"],
    );
    refused(
        "p if {\n\tsome x, y, z\n\tinput[y]\n}",
        &[
            "3:7 rego_compile_error: declared var x unused",
            "3:13 rego_compile_error: declared var z unused",
        ],
    );
    refused(
        "p if every x in [1] { input.a }",
        &["2:12 rego_compile_error: declared var x unused"],
    );
    accepted("p if {\n\tsome x\n\tinput[x]\n}");
    accepted("p if every _ in [1] { input.a }");
    accepted("p if some x in [1]");
}

#[test]
fn nothing_is_called_input_or_data() {
    refused(
        "input := 1",
        &["2:1 rego_compile_error: rules must not shadow `input`"],
    );
    refused(
        "p if input := 1",
        &["2:6 rego_compile_error: variables must not shadow `input`"],
    );
    refused(
        "p if data := 1",
        &["2:6 rego_compile_error: variables must not shadow `data`"],
    );
    refused(
        "f(input) := 1",
        &["2:3 rego_compile_error: args must not shadow `input`"],
    );
    accepted("inputs := 1");
    accepted("p if inputs := 1");
}

#[test]
fn a_deprecated_builtin_belongs_to_v0() {
    refused(
        "p if re_match(\"a\", \"a\")",
        &["2:6 rego_type_error: deprecated built-in function calls in expression: re_match"],
    );
    refused(
        "p if any([true])",
        &["2:6 rego_type_error: deprecated built-in function calls in expression: any"],
    );
    accepted_in_v0("p { re_match(\"a\", \"a\") }");
    accepted_in_v0("p { any([true]) }");
    accepted("p if regex.match(\"a\", \"a\")");
}

#[test]
fn an_import_does_not_hide_another() {
    refused(
        "import data.a\nimport data.b as a\n",
        &["3:1 rego_compile_error: import must not shadow import data.a"],
    );
    refused(
        "import data.a\nimport data.a\n",
        &["3:1 rego_compile_error: import must not shadow import data.a"],
    );
    accepted("import data.a\nimport data.b.a as b\n");
    accepted_in_v0("import data.a\nimport data.a\n");
}

#[test]
fn an_import_begins_at_a_root() {
    refused(
        "import lib.a\n",
        &["2:1 rego_parse_error: unexpected import path"],
    );
    accepted("import data.lib.a\n");
}

#[test]
fn a_v0_module_may_ask_for_v1() {
    refused_in_v0(
        "import rego.v1\np { true }",
        &["3:3 rego_parse_error: `if` keyword is required before rule body"],
    );
    accepted_in_v0("import rego.v1\np if { true }");
}

#[test]
fn only_input_data_and_functions_are_replaced() {
    refused(
        "p if input.a with nope as 1",
        &[
            "2:14 rego_type_error: with keyword target must reference existing input, data, or a function, and `nope` is none",
        ],
    );
    accepted("p if input.a with count as 1");
    accepted("p if input.a with data.nope as 1");
}

#[test]
fn a_function_is_replaced_by_one_of_its_arity() {
    refused(
        "p if f(1) with f as g\n\nf(x) := x\n\ng(x, y) := x + y",
        &[
            "2:11 rego_type_error: arity mismatch: `data.t.g` replaces a function of another number of operands",
        ],
    );
    accepted("p if f(1) with f as g\n\nf(x) := x\n\ng(x) := x + 1");
}

#[test]
fn the_errors_of_all_stages_come_at_once() {
    refused(
        "p if x > 1\n\nq := nope(1)\n\nr := r\n\ns := count(1)\n\nt contains 1\n\nt := 2",
        &[
            "2:6 rego_unsafe_var_error: var x is unsafe",
            "4:6 rego_type_error: undefined function nope",
            "6:1 rego_recursion_error: rule data.t.r is recursive: data.t.r -> data.t.r",
            "8:6 rego_type_error: count: invalid argument(s): operand 1 must be string or array or object or set but is number",
            "12:1 rego_type_error: conflicting rules data.t.t found",
        ],
    );
}

#[test]
fn a_column_counts_characters() {
    refused(
        "p if {\n\t\"é\" == \"ü\"; x > 1\n}",
        &["3:14 rego_unsafe_var_error: var x is unsafe"],
    );
}

/// The rules that still answer when other modules are broken.
#[track_caller]
fn answers(program: &Program, path: &str, expected: Option<&Value>) {
    let answer = program.evaluate(
        &program.entry(path),
        &Value::empty_object(),
        None,
        &Settings::default(),
    );
    assert_eq!(answer.unwrap().value.as_ref(), expected, "{path}");
}

#[test]
fn one_bad_module_keeps_no_other_from_answering() {
    let modules = [
        Module::new("good.rego", "package good\n\np := 1\n"),
        Module::new("bad.rego", "package bad\n\np := x\n\nq := nope(1)\n"),
        Module::new("worse.rego", "package worse\n\np := := 1\n"),
        Module::new(
            "better.rego",
            "package better\n\nimport data.good\n\np := good.p + 1\n",
        ),
    ];
    let (program, diagnostics) = compile(&modules);
    assert_eq!(
        spell(&program, &diagnostics),
        [
            "3:6 rego_unsafe_var_error: var x is unsafe",
            "5:6 rego_type_error: undefined function nope",
            "3:6 rego_parse_error: expected an expression, found `:=`",
        ]
    );
    assert_eq!(
        diagnostics
            .iter()
            .map(|diagnostic| diagnostic.module)
            .collect::<Vec<_>>(),
        [1, 1, 2]
    );
    answers(&program, "data.good.p", Some(&Value::from(1)));
    answers(&program, "data.better.p", Some(&Value::from(2)));
    answers(&program, "data.bad.p", None);
    assert_eq!(
        program.broken_packages(&modules),
        ["data.bad", "data.worse"]
    );
}

#[test]
fn a_head_says_what_its_rule_comes_to() {
    let rules = "
a contains 1

b[\"k\"] := 1

c if input.x

d := [x | some x in input.xs]

f(x) := x
";
    let (program, diagnostics) = compile(&[module(rules, Version::V1)]);
    assert_eq!(diagnostics, []);
    let heads = program.heads(0).iter();
    let shapes: Vec<(&str, Shape)> = heads.map(|head| (head.name.as_str(), head.shape)).collect();
    assert_eq!(
        shapes,
        [
            ("a", Shape::Set),
            ("b", Shape::Object),
            ("c", Shape::Single),
            ("d", Shape::Computed),
            ("f", Shape::Function),
        ]
    );
}

#[test]
fn who_calls_a_builtin_is_known_through_packages() {
    let modules = [
        Module::new(
            "clock.rego",
            "package clock\n\nnow(x) := x + time.now_ns()\n",
        ),
        Module::new(
            "user.rego",
            "package user\n\nimport data.clock\n\np := clock.now(1)\n",
        ),
        Module::new(
            "mock.rego",
            "package mock\n\nf(x) := x\n\np if f(\"a\") with f as uuid.rfc4122\n",
        ),
        Module::new(
            "other.rego",
            "package other\n\np := time.parse_duration_ns(\"1s\")\n\nq if p > 1 with time.now_ns as 2\n",
        ),
    ];
    let (program, _) = compile(&modules);
    assert_eq!(
        program.callers(&["time.now_ns"]),
        ["data.clock", "data.user"]
    );
    assert_eq!(program.callers(&["uuid.rfc4122"]), ["data.mock"]);
    assert!(program.callers(&["rand.intn"]).is_empty());
}

#[test]
fn what_needs_a_bad_module_is_broken_too() {
    let modules = [
        Module::new("bad.rego", "package bad\n\nf(x) := x\n\np := x\n"),
        Module::new(
            "user.rego",
            "package user\n\nimport data.bad\n\np := bad.p\n",
        ),
        Module::new("other.rego", "package other\n\np := 1\n"),
    ];
    let (program, _) = compile(&modules);
    assert_eq!(program.broken_packages(&modules), ["data.bad", "data.user"]);
    answers(&program, "data.other.p", Some(&Value::from(1)));
}

#[test]
fn modules_of_one_package_are_judged_together() {
    let modules = [
        Module::new("a.rego", "package t\n\np contains 1\n"),
        Module::new("b.rego", "package t\n\np := 2\n"),
        Module::new("c.rego", "package t\n\nq := 3\n"),
    ];
    let (program, diagnostics) = compile(&modules);
    assert_eq!(
        spell(&program, &diagnostics),
        ["3:1 rego_type_error: conflicting rules data.t.p found"]
    );
    answers(&program, "data.t.q", Some(&Value::from(3)));
}

#[test]
fn a_package_is_no_rule() {
    let modules = [
        Module::new("a.rego", "package t\n\nb := 1\n"),
        Module::new("b.rego", "package t.b\n\nc := 2\n"),
    ];
    let (program, diagnostics) = compile(&modules);
    assert_eq!(
        spell(&program, &diagnostics),
        ["3:1 rego_type_error: rule data.t.b conflicts with data.t.b.c"]
    );
}

#[test]
fn a_query_is_judged_as_a_body() {
    let (program, _) = compile(&[Module::new("t.rego", "package t\n\np := 1\n")]);
    let refused = |text: &str| {
        program
            .query(text, &[], Version::V1)
            .unwrap_err()
            .into_iter()
            .map(|found| found.code)
            .collect::<Vec<_>>()
    };
    assert_eq!(refused("x > 1"), ["rego_unsafe_var_error"]);
    assert_eq!(refused("x := nope(1)"), ["rego_type_error"]);
    assert_eq!(refused("x :="), ["rego_parse_error"]);
    assert!(program.query("x := data.t.p", &[], Version::V1).is_ok());
}
