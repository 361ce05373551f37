//! Two engines, one answer: cases through our own engine and through the witness, each in a process of its own.

use std::io::Write;
use std::process::{Command, Stdio};

use plumbline_rego::value::json;
use plumbline_rego::{Module, Settings, Value, Version, compile};

/// What the witness answers to each case.
fn witness(cases: &[serde_json::Value]) -> Vec<serde_json::Value> {
    let mut child = Command::new(env!("CARGO_BIN_EXE_plumb"))
        .arg("witness")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    for case in cases {
        writeln!(input, "{case}").unwrap();
    }
    drop(input);
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// What our own engine answers.
fn own(module: &str, input: &str) -> serde_json::Value {
    let (program, diagnostics) = compile(&[Module::new("m.rego", module)]);
    assert_eq!(diagnostics, [], "{module}");
    let query = program.query("data.t.p = x", &[], Version::V1).unwrap();
    let input = json::parse(input).unwrap();
    let solutions = program
        .solve(
            &query,
            &Value::empty_object(),
            Some(&input),
            &Settings::default(),
        )
        .unwrap()
        .solutions;
    let bindings: Vec<serde_json::Value> = solutions
        .iter()
        .map(|solution| {
            let entries = solution.bindings.iter().map(|(name, value)| {
                (
                    name.to_string(),
                    serde_json::from_str(&json::to_string(value)).unwrap(),
                )
            });
            serde_json::Value::Object(entries.collect())
        })
        .collect();
    serde_json::json!({"result": bindings})
}

const INPUT: &str = r#"{"xs": [3, 1, 2], "o": {"a": 1, "b": {"c": [true, null]}}, "s": "Grüße"}"#;

const BODIES: &[&str] = &[
    "p := input.o.b.c[0]",
    "p contains x if some x in input.xs",
    "p[k] := v if some k, v in input.o",
    "p := [y | some x in input.xs; y := x * 2]",
    "p if every x in input.xs { x > 0 }",
    "p if not input.missing",
    "p := count({x | some x in input.xs; x > 1})",
    "p := sprintf(\"%s-%d\", [input.s, input.xs[0]])",
    "p := f(input.xs[1])\n\nf(1) := \"one\"\n\nf(x) := \"many\" if x > 1",
    "p := x if { x := 1; x > 2 } else := \"no\"",
    "default p := false\n\np if input.xs[_] == 7",
    "p := x if x := q with input.o as 5\n\nq := input.o",
    "p := sort(input.xs)",
    "p := max(input.xs) - min(input.xs)",
    "p := object.get(input.o, [\"b\", \"c\", 0], \"none\")",
    "p := upper(\"abc\")",
    "p := {x | walk(input.o, [_, x]); is_boolean(x)}",
    "p := input.nowhere.at.all",
];

#[test]
fn the_witness_agrees_on_what_both_support() {
    let modules: Vec<String> = BODIES
        .iter()
        .map(|body| format!("package t\n\n{body}\n"))
        .collect();
    let input: serde_json::Value = serde_json::from_str(INPUT).unwrap();
    let cases: Vec<serde_json::Value> = modules.iter().map(|module| serde_json::json!({"modules": [module], "query": "data.t.p = x", "input": input})).collect();
    for (module, answer) in modules.iter().zip(witness(&cases)) {
        assert_eq!(own(module, INPUT), answer, "{module}");
    }
}

#[test]
fn a_policy_that_ends_the_witness_ends_only_the_witness() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_plumb"))
        .arg("witness")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let case = serde_json::json!({"modules": ["package t\n\nf(n) := f(n + 1)\n\np := f(1)"], "query": "data.t.p = x"});
    writeln!(child.stdin.take().unwrap(), "{case}").unwrap();
    assert!(
        !child.wait().unwrap().success(),
        "our own checks refuse this policy; the witness runs out of stack"
    );
    let (_, diagnostics) = compile(&[Module::new("m.rego", "package t\n\nf(n) := f(n + 1)\n")]);
    assert_eq!(
        diagnostics.first().map(|diagnostic| diagnostic.code),
        Some("rego_recursion_error")
    );
}
