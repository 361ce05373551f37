//! Where in the input a finding comes from, as the traced re-run tells it.

use plumbline_rego::value::json;
use plumbline_rego::{Derivation, Module, Program, Settings, Step, Value, compile};

/// Spells a path as `workload.containers[0].image`; `-` if no input was read.
fn spell(derivation: &Derivation) -> String {
    let Some(path) = &derivation.path else {
        return "-".to_owned();
    };
    let mut out = String::new();
    for step in path.steps() {
        match step {
            Step::Key(key) if out.is_empty() => out.push_str(key),
            Step::Key(key) => out.push_str(&format!(".{key}")),
            Step::Index(index) => out.push_str(&format!("[{index}]")),
        }
    }
    out
}

fn program(rules: &str) -> Program {
    let (program, diagnostics) = compile(&[Module::new("t.rego", format!("package t\n{rules}"))]);
    assert!(diagnostics.is_empty(), "{diagnostics:?}\n{rules}");
    program
}

fn derivations(rules: &str, input: &str) -> Vec<Derivation> {
    let program = program(rules);
    let input = json::parse(input).unwrap();
    let settings = Settings::default();
    let (entry, data) = (program.entry("data.t.deny"), Value::empty_object());
    program
        .trace(&entry, &data, Some(&input), &settings)
        .unwrap()
}

/// The paths of everything that `deny` says of an input.
#[track_caller]
fn points(rules: &str, input: &str, expected: &[&str]) {
    let found: Vec<String> = derivations(rules, input).iter().map(spell).collect();
    assert_eq!(found, expected, "{rules}");
}

#[test]
fn a_value_that_is_there() {
    points(
        r#"deny contains "latest" if input.image == "latest""#,
        r#"{"image": "latest"}"#,
        &["image"],
    );
    points(
        r#"deny contains "latest" if input.image == "latest""#,
        r#"{"image": "1.0"}"#,
        &[],
    );
    points(
        r#"deny contains "exposed" if input.spec.host.network"#,
        r#"{"spec": {"host": {"network": true}}}"#,
        &["spec.host.network"],
    );
}

#[test]
fn a_key_that_is_missing() {
    points(
        r#"deny contains "no limit" if not input.limits.memory"#,
        r#"{"limits": {"cpu": 1}}"#,
        &["limits.memory"],
    );
    points(
        r#"deny contains "no limit" if not input.limits.memory"#,
        r#"{"limits": {"memory": 1}}"#,
        &[],
    );
}

#[test]
fn a_key_below_one_that_is_missing() {
    points(
        r#"deny contains "no limit" if not input.a.b.c"#,
        r#"{"a": {}}"#,
        &["a.b.c"],
    );
}

#[test]
fn a_condition_that_does_not_hold() {
    points(
        r#"deny contains "floating" if not input.tag == "1.0""#,
        r#"{"tag": "latest"}"#,
        &["tag"],
    );
}

#[test]
fn a_loop_over_a_list() {
    let rules = r#"
deny contains msg if {
	some c in input.workload.containers
	c.image == "latest"
	msg := c.name
}"#;
    let input = r#"{"workload": {"containers": [{"name": "a", "image": "1.0"}, {"name": "b", "image": "latest"}]}}"#;
    points(rules, input, &["workload.containers[1].image"]);
}

#[test]
fn every_element_that_is_found() {
    let rules = r"
deny contains i if {
	some i, c in input.containers
	c.privileged
}";
    let input =
        r#"{"containers": [{"privileged": true}, {"privileged": false}, {"privileged": true}]}"#;
    points(
        rules,
        input,
        &["containers[0].privileged", "containers[2].privileged"],
    );
}

#[test]
fn a_loop_with_an_index_of_its_own() {
    let rules = r"
deny contains i if {
	some i
	input.containers[i].privileged
}";
    points(
        rules,
        r#"{"containers": [{}, {"privileged": true}]}"#,
        &["containers[1].privileged"],
    );
}

#[test]
fn a_loop_over_a_list_in_a_list() {
    let rules = r"
deny contains port.number if {
	some c in input.containers
	some port in c.ports
	port.number < 1024
}";
    points(
        rules,
        r#"{"containers": [{}, {"ports": [{"number": 8080}, {"number": 80}]}]}"#,
        &["containers[1].ports[1].number"],
    );
}

#[test]
fn a_loop_over_an_object() {
    let rules = r#"
deny contains key if {
	some key, value in input.labels
	value == ""
}"#;
    points(
        rules,
        r#"{"labels": {"app": "x", "team": ""}}"#,
        &["labels.team"],
    );
}

#[test]
fn a_missing_key_of_an_element() {
    let rules = r"
deny contains c.name if {
	some c in input.containers
	not c.limits
}";
    points(
        rules,
        r#"{"containers": [{"name": "a", "limits": {}}, {"name": "b"}]}"#,
        &["containers[1].limits"],
    );
}

#[test]
fn a_look_up_by_a_key_that_is_a_variable() {
    let rules = r#"
deny contains key if {
	some key in ["a", "b"]
	input.settings[key] == "on"
}"#;
    points(
        rules,
        r#"{"settings": {"a": "off", "b": "on"}}"#,
        &["settings.b"],
    );
}

#[test]
fn a_look_up_by_a_key_from_the_input() {
    let rules = r#"deny contains "bad" if input.map[input.key] == "bad""#;
    points(rules, r#"{"map": {"k": "bad"}, "key": "k"}"#, &["map.k"]);
}

#[test]
fn a_missing_look_up_by_a_key_that_is_a_variable() {
    let rules = r#"
deny contains key if {
	some key in ["a", "b"]
	not input.labels[key]
}"#;
    points(rules, r#"{"labels": {"a": "x"}}"#, &["labels.b"]);
}

#[test]
fn through_a_helper_function() {
    let rules = r#"
deny contains c.name if {
	some c in input.containers
	is_floating(c)
}

is_floating(container) if container.image.tag == "latest"
"#;
    points(
        rules,
        r#"{"containers": [{"name": "a", "image": {"tag": "latest"}}]}"#,
        &["containers[0].image.tag"],
    );
}

#[test]
fn through_a_function_that_gives_a_part_of_the_input() {
    let rules = r#"
deny contains "root" if {
	context(input).user == 0
}

context(pod) := pod.spec.context
"#;
    points(
        rules,
        r#"{"spec": {"context": {"user": 0}}}"#,
        &["spec.context.user"],
    );
}

#[test]
fn through_functions_one_after_the_other() {
    let rules = r#"
deny contains "open" if outer(input.net)

outer(net) if {
	some rule in net.rules
	inner(rule)
}

inner(rule) if rule.from == "0.0.0.0/0"
"#;
    points(
        rules,
        r#"{"net": {"rules": [{"from": "10.0.0.0/8"}, {"from": "0.0.0.0/0"}]}}"#,
        &["net.rules[1].from"],
    );
}

#[test]
fn through_a_function_that_is_negated() {
    let rules = r"
deny contains c.name if {
	some c in input.containers
	not good(c)
}

good(container) if container.context.readOnly == true
";
    points(
        rules,
        r#"{"containers": [{"name": "a", "context": {"readOnly": true}}, {"name": "b", "context": {"readOnly": false}}]}"#,
        &["containers[1].context.readOnly"],
    );
}

#[test]
fn through_a_negated_function_whose_key_is_missing() {
    let rules = r"
deny contains c.name if {
	some c in input.containers
	not good(c)
}

good(container) if container.readOnly == true
";
    points(
        rules,
        r#"{"containers": [{"name": "a"}]}"#,
        &["containers[0].readOnly"],
    );
}

#[test]
fn through_a_helper_set() {
    let rules = r#"
deny contains c.name if {
	some c in floating
}

floating contains c if {
	some c in input.containers
	c.image == "latest"
}
"#;
    points(
        rules,
        r#"{"containers": [{"name": "a", "image": "1"}, {"name": "b", "image": "latest"}]}"#,
        &["containers[1].image"],
    );
}

#[test]
fn deeper_than_a_helper_set() {
    let rules = r#"
deny contains c.name if {
	some c in containers
	c.image == "latest"
}

containers contains c if some c in input.spec.containers

containers contains c if some c in input.spec.initContainers
"#;
    let input = r#"{"spec": {"containers": [{"name": "a", "image": "1"}], "initContainers": [{"name": "b", "image": "latest"}]}}"#;
    points(rules, input, &["spec.initContainers[0].image"]);
}

#[test]
fn through_a_complete_helper_rule() {
    let rules = r#"
deny contains "privileged" if is_privileged

is_privileged if input.context.privileged == true
"#;
    points(
        rules,
        r#"{"context": {"privileged": true}}"#,
        &["context.privileged"],
    );
}

#[test]
fn through_a_helper_rule_that_is_a_part_of_the_input() {
    let rules = r#"
deny contains "privileged" if context.privileged

context := input.spec.context
"#;
    points(
        rules,
        r#"{"spec": {"context": {"privileged": true}}}"#,
        &["spec.context.privileged"],
    );
}

#[test]
fn through_a_helper_rule_that_is_read_twice() {
    let rules = r#"
deny contains "first" if is_privileged

deny contains "second" if is_privileged

is_privileged if input.context.privileged == true
"#;
    points(
        rules,
        r#"{"context": {"privileged": true}}"#,
        &["context.privileged", "context.privileged"],
    );
}

#[test]
fn through_a_comprehension() {
    let rules = r#"
deny contains "root" if {
	count([c | some c in input.containers; c.user == 0]) > 0
}"#;
    points(
        rules,
        r#"{"containers": [{"user": 1}, {"user": 0}]}"#,
        &["containers[1].user"],
    );
}

#[test]
fn through_a_comprehension_with_a_name() {
    let rules = r#"
deny contains "root" if {
	bad := [c | some c in input.containers; c.user == 0]
	count(bad) > 0
}"#;
    points(
        rules,
        r#"{"containers": [{"user": 1}, {"user": 0}]}"#,
        &["containers[1].user"],
    );
}

#[test]
fn through_an_element_of_a_comprehension() {
    let rules = r"
deny contains c.name if {
	roots := [c | some c in input.containers; c.user == 0]
	some c in roots
	c.privileged
}";
    points(
        rules,
        r#"{"containers": [{"name": "a", "user": 1}, {"name": "b", "user": 0, "privileged": true}]}"#,
        &["containers[1].privileged"],
    );
}

#[test]
fn through_a_comprehension_that_finds_nothing() {
    let rules = r#"
deny contains "no probe" if {
	count([c | some c in input.containers; c.probe]) == 0
}"#;
    points(
        rules,
        r#"{"containers": [{"name": "a"}]}"#,
        &["containers[0].probe"],
    );
    points(rules, r#"{"containers": [{"probe": {}}]}"#, &[]);
}

#[test]
fn through_every() {
    let rules = r#"
deny contains "all open" if {
	every rule in input.rules { rule.from == "*" }
}"#;
    points(
        rules,
        r#"{"rules": [{"from": "*"}, {"from": "*"}]}"#,
        &["rules[1].from"],
    );
    points(rules, r#"{"rules": [{"from": "*"}, {"from": "a"}]}"#, &[]);
}

#[test]
fn through_every_that_does_not_hold() {
    let rules = r#"
deny contains "writable" if not all_read_only

all_read_only if {
	every c in input.containers { c.readOnly }
}"#;
    points(
        rules,
        r#"{"containers": [{"readOnly": true}, {"readOnly": false}, {"readOnly": true}]}"#,
        &["containers[1].readOnly"],
    );
}

#[test]
fn through_with() {
    let rules = r#"
deny contains "privileged" if helper with input as input.spec

helper if input.context.privileged
"#;
    points(
        rules,
        r#"{"spec": {"context": {"privileged": true}}}"#,
        &["spec.context.privileged"],
    );
}

#[test]
fn through_walk() {
    let rules = r#"
deny contains "privileged" if {
	walk(input, [_, value])
	value.privileged == true
}"#;
    points(
        rules,
        r#"{"spec": {"containers": [{}, {"privileged": true}]}}"#,
        &["spec.containers[1].privileged"],
    );
}

#[test]
fn through_walk_to_a_scalar() {
    let rules = r#"
deny contains path if {
	walk(input, [path, value])
	value == "secret"
}"#;
    points(
        rules,
        r#"{"env": [{"value": "x"}, {"value": "secret"}]}"#,
        &["env[1].value"],
    );
}

#[test]
fn through_membership() {
    let rules = r#"deny contains "all" if "ALL" in input.capabilities.add"#;
    points(
        rules,
        r#"{"capabilities": {"add": ["NET", "ALL"]}}"#,
        &["capabilities.add"],
    );
}

#[test]
fn through_a_builtin() {
    let rules = r#"deny contains "latest" if endswith(input.image, ":latest")"#;
    points(rules, r#"{"image": "nginx:latest"}"#, &["image"]);
}

#[test]
fn through_a_default_that_stands_in() {
    let rules = r#"deny contains "no team" if object.get(input.labels, "team", "") == """#;
    points(rules, r#"{"labels": {"app": "x"}}"#, &["labels"]);
}

#[test]
fn through_an_assignment() {
    let rules = r#"
deny contains "latest" if {
	image := input.spec.image
	tag := image.tag
	tag == "latest"
}"#;
    points(
        rules,
        r#"{"spec": {"image": {"tag": "latest"}}}"#,
        &["spec.image.tag"],
    );
}

#[test]
fn through_a_pattern() {
    let rules = r#"
deny contains "root" if {
	[user, group] := [input.user, input.group]
	group == "g"
	user == 0
}"#;
    points(rules, r#"{"user": 0, "group": "g"}"#, &["user"]);
}

#[test]
fn the_last_condition_decides() {
    let rules = r#"
deny contains "both" if {
	input.first == 1
	input.second.deep.value == 2
	input.third == 3
}"#;
    points(
        rules,
        r#"{"first": 1, "second": {"deep": {"value": 2}}, "third": 3}"#,
        &["third"],
    );
}

#[test]
fn the_last_condition_as_written_decides_not_the_last_that_ran() {
    let rules = r#"
deny contains "both" if {
	input.first == x
	x = 1
	input.second == 2
}"#;
    points(rules, r#"{"first": 1, "second": 2}"#, &["second"]);
}

#[test]
fn the_deepest_read_of_the_deciding_condition_counts() {
    let rules = r#"deny contains "more" if input.spec.limits.memory > input.maximum"#;
    points(
        rules,
        r#"{"spec": {"limits": {"memory": 2}}, "maximum": 1}"#,
        &["spec.limits.memory"],
    );
    let swapped = r#"deny contains "more" if input.maximum < input.spec.limits.memory"#;
    points(
        swapped,
        r#"{"spec": {"limits": {"memory": 2}}, "maximum": 1}"#,
        &["spec.limits.memory"],
    );
}

#[test]
fn a_condition_that_reads_no_input_decides_nothing() {
    let rules = r#"
deny contains "latest" if {
	input.image == "latest"
	1 < 2
}"#;
    points(rules, r#"{"image": "latest"}"#, &["image"]);
}

#[test]
fn what_only_the_message_needs_is_left_out() {
    let after = r#"
deny contains msg if {
	some c in input.containers
	c.image == "latest"
	msg := sprintf("%s: %s", [c.name, c.details.long.name])
}"#;
    let before = r#"
deny contains msg if {
	some c in input.containers
	msg := sprintf("%s: %s", [c.name, c.details.long.name])
	c.image == "latest"
}"#;
    let input =
        r#"{"containers": [{"name": "a", "image": "latest", "details": {"long": {"name": "b"}}}]}"#;
    points(after, input, &["containers[0].image"]);
    points(before, input, &["containers[0].image"]);
}

#[test]
fn what_only_the_message_needs_is_left_out_over_several_steps() {
    let rules = r#"
deny contains {"msg": msg} if {
	input.image == "latest"
	name := input.metadata.labels.name
	upper_name := upper(name)
	msg := sprintf("%s", [upper_name])
}"#;
    points(
        rules,
        r#"{"image": "latest", "metadata": {"labels": {"name": "a"}}}"#,
        &["image"],
    );
}

#[test]
fn what_the_head_reads_is_left_out() {
    let rules =
        r#"deny contains sprintf("%s", [input.metadata.labels.name]) if input.image == "latest""#;
    points(
        rules,
        r#"{"image": "latest", "metadata": {"labels": {"name": "a"}}}"#,
        &["image"],
    );
}

#[test]
fn a_finding_that_reads_nothing_has_no_place() {
    points(r#"deny contains "always" if 1 < 2"#, "{}", &["-"]);
    points(
        r#"deny contains "by data" if not data.allowed"#,
        "{}",
        &["-"],
    );
}

#[test]
fn a_finding_that_reads_only_in_its_message_points_there() {
    points(
        r#"deny contains msg if msg := sprintf("%s", [input.name])"#,
        r#"{"name": "a"}"#,
        &["name"],
    );
}

#[test]
fn a_failed_attempt_leaves_no_trace() {
    let rules = r#"
deny contains c.name if {
	some c in input.containers
	c.very.deep.setting == 1
	c.image == "latest"
}"#;
    let input = r#"{"containers": [{"name": "a", "very": {"deep": {"setting": 1}}, "image": "1"}, {"name": "b", "very": {"deep": {"setting": 1}}, "image": "latest"}]}"#;
    points(rules, input, &["containers[1].image"]);
}

#[test]
fn the_branch_that_holds_decides() {
    let rules = r#"
deny contains "bad" if level == "high"

level := "low" if {
	input.a.b.c == 1
} else := "high" if {
	input.risk == 9
}
"#;
    points(rules, r#"{"a": {"b": {"c": 2}}, "risk": 9}"#, &["risk"]);
}

#[test]
fn a_path_ends_at_a_key_that_is_no_text_and_no_index() {
    let rules = r#"
deny contains "null" if {
	some x in {null, "a"}
	input.xs[0][x] == 1
}"#;
    points(rules, r#"{"xs": [{"a": 1}]}"#, &["xs[0].a"]);
}

#[test]
fn a_derivation_names_its_variables() {
    let found = derivations(
        "deny contains name if {\n\tsome i, c in input.cs\n\tc.bad\n\tname := c.name\n}",
        r#"{"cs": [{"name": "a"}, {"name": "b", "bad": true}]}"#,
    );
    let [derivation] = found.as_slice() else {
        panic!("{found:?}")
    };
    assert_eq!(derivation.element, Value::from("b"));
    let bindings: Vec<(&str, String)> = derivation
        .bindings
        .iter()
        .map(|(name, value)| (name.as_str(), value.to_string()))
        .collect();
    assert!(bindings.contains(&("i", "1".to_owned())), "{bindings:?}");
    assert!(
        bindings.contains(&("name", "\"b\"".to_owned())),
        "{bindings:?}"
    );
}

#[test]
fn a_derivation_names_its_rule() {
    let rules = "deny contains 1 if input.a\n\ndeny contains 2 if input.b\n";
    let program = program(rules);
    let found = derivations(rules, r#"{"a": true, "b": true}"#);
    let lines: Vec<(u32, u32)> = found
        .iter()
        .map(|derivation| program.position(derivation.rule))
        .collect();
    assert_eq!(lines, [(2, 1), (4, 1)]);
}

#[test]
fn a_trace_finds_what_the_answer_has() {
    let rules = "deny contains x if {\n\tsome x in input.xs\n\tx > 1\n}\n\ndeny contains 9 if not input.y\n";
    let program = program(rules);
    let input = json::parse(r#"{"xs": [3, 1, 2, 3]}"#).unwrap();
    let entry = program.entry("data.t.deny");
    let answer = program
        .evaluate(
            &entry,
            &Value::empty_object(),
            Some(&input),
            &Settings::default(),
        )
        .unwrap();
    let traced = program
        .trace(
            &entry,
            &Value::empty_object(),
            Some(&input),
            &Settings::default(),
        )
        .unwrap();
    let elements: plumbline_rego::Set = traced
        .into_iter()
        .map(|derivation| derivation.element)
        .collect();
    assert_eq!(answer.value, Some(Value::Set(elements)));
}
