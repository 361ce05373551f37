use super::BUILTINS;
use crate::builtins::golang::testing::{answer, answer_within, value};

#[track_caller]
fn check(name: &str, operands: &str, expected: &str) {
    assert_eq!(
        answer(BUILTINS, name, operands),
        expected,
        "{name} of {operands}"
    );
}

#[test]
fn reachable_nodes_are_those_of_the_graph() {
    check(
        "graph.reachable",
        r#"[{"a": ["b"], "b": ["a", "c"], "d": []}, ["a"]]"#,
        r#"{"a", "b"}"#,
    );
    check("graph.reachable", r#"[{"a": []}, ["x"]]"#, "set()");
    check("graph.reachable", r#"[{"a": null}, ["a"]]"#, r#"{"a"}"#);
}

#[test]
fn paths_end_where_they_would_meet_themselves() {
    check(
        "graph.reachable_paths",
        r#"[{"a": ["b", "c"], "b": ["a"], "c": ["d"], "d": []}, ["a"]]"#,
        r#"{["a", "b"], ["a", "c", "d"]}"#,
    );
    check(
        "graph.reachable_paths",
        r#"[{"a": ["a"]}, ["a"]]"#,
        r#"{["a", "a"]}"#,
    );
}

#[test]
fn paths_end_before_nodes_that_are_missing() {
    check(
        "graph.reachable_paths",
        r#"[{"a": ["b"]}, ["a"]]"#,
        r#"{["a"]}"#,
    );
    check(
        "graph.reachable_paths",
        r#"[{"a": []}, ["a", "z"]]"#,
        r#"{["a"]}"#,
    );
}

#[test]
fn many_paths_spend_the_budget() {
    let all: Vec<String> = (0..12).map(|node| format!("\"{node}\"")).collect();
    let edges: Vec<String> = all
        .iter()
        .map(|node| format!("{node}: [{}]", all.join(", ")))
        .collect();
    let operands = [
        value(&format!("{{{}}}", edges.join(", "))),
        value("[\"0\"]"),
    ];
    assert!(
        answer_within(BUILTINS, "graph.reachable_paths", &operands, 10_000).starts_with("error")
    );
}

#[test]
fn initial_nodes_are_listed_in_an_array_or_a_set() {
    let refused = answer(BUILTINS, "graph.reachable", r#"[{}, "a"]"#);
    assert!(
        refused.ends_with("operand 2 must be {array, set} but got string"),
        "{refused}"
    );
}
