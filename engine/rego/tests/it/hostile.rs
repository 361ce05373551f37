//! Policies and inputs that want to exhaust what answers them: an answer or an error with its code, and soon.

use std::sync::OnceLock;
use std::time::{Duration, Instant};

use plumbline_rego::value::json;
use plumbline_rego::{
    Answer, Array, Budget, Diagnostic, EvalError, Module, Settings, Value, compile,
};

/// What `p` comes to: a value, nothing, or the code of why not.
#[derive(Debug, PartialEq)]
enum Outcome {
    Value(Value),
    Undefined,
    Refused(&'static str),
    Failed(&'static str),
}

/// Steps and bytes that are spent in a blink.
fn small() -> Settings {
    Settings {
        budget: Budget {
            steps: 2_000_000,
            bytes: 1 << 24,
            ..Budget::default()
        },
        ..Settings::default()
    }
}

fn load(rules: &str) -> Vec<Diagnostic> {
    compile(&[Module::new("t.rego", format!("package t\n\n{rules}"))]).1
}

fn run(rules: &str, input: Option<&Value>, settings: &Settings) -> Result<Answer, EvalError> {
    let (program, diagnostics) = compile(&[Module::new("t.rego", format!("package t\n\n{rules}"))]);
    assert!(diagnostics.is_empty(), "{:?}", diagnostics.first());
    program.evaluate(
        &program.entry("data.t.p"),
        &Value::empty_object(),
        input,
        settings,
    )
}

fn outcome_of(rules: &str, input: Option<&Value>) -> Outcome {
    if let Some(diagnostic) = load(rules).first() {
        return Outcome::Refused(diagnostic.code);
    }
    match run(rules, input, &small()) {
        Ok(Answer {
            value: Some(value), ..
        }) => Outcome::Value(value),
        Ok(_) => Outcome::Undefined,
        Err(error) => Outcome::Failed(error.code),
    }
}

fn outcome(rules: &str) -> Outcome {
    outcome_of(rules, None)
}

fn number(value: i64) -> Outcome {
    Outcome::Value(Value::from(value))
}

fn truth() -> Outcome {
    Outcome::Value(Value::from(true))
}

const SPENT: Outcome = Outcome::Failed("eval_budget_error");

/// Lines made from `0` to `count`, without the last one.
fn lines(count: usize, line: impl Fn(usize) -> String) -> String {
    (0..count).map(line).collect()
}

/// Asserts that something is done soon, even by an unoptimised build on a busy machine.
#[track_caller]
fn soon<T>(run: impl FnOnce() -> T) -> T {
    let started = Instant::now();
    let result = run();
    let spent = started.elapsed();
    assert!(spent < Duration::from_secs(10), "it took {spent:?}");
    result
}

#[test]
fn a_hundred_brackets_are_read() {
    for (open, close) in [("[", "]"), ("(", ")"), ("{", "}")] {
        let nested = |depth| {
            format!(
                "p if {{\n\tx := {}1{}\n\tx != 0\n}}\n",
                open.repeat(depth),
                close.repeat(depth)
            )
        };
        assert_eq!(soon(|| outcome(&nested(100))), truth(), "{open}");
    }
}

#[test]
fn more_brackets_than_allowed_are_refused() {
    for depth in [1_000, 100_000] {
        let rules = format!("p := {}{}", "[".repeat(depth), "]".repeat(depth));
        assert_eq!(
            soon(|| outcome(&rules)),
            Outcome::Refused("rego_parse_error")
        );
    }
    assert_eq!(
        soon(|| outcome(&"[{(".repeat(100_000))),
        Outcome::Refused("rego_parse_error")
    );
}

#[test]
fn comprehensions_in_comprehensions_are_read() {
    let nested =
        |depth: usize| format!("p := {}1{}", "[x | x := ".repeat(depth), "]".repeat(depth));
    let Outcome::Value(value) = soon(|| outcome(&nested(60))) else {
        panic!("no value")
    };
    assert_eq!(
        value.to_string(),
        format!("{}1{}", "[".repeat(60), "]".repeat(60))
    );
    assert_eq!(
        soon(|| outcome(&nested(10_000))),
        Outcome::Refused("rego_parse_error")
    );
}

#[test]
fn twenty_thousand_rules_in_a_chain_are_answered() {
    let rules = format!(
        "r0 := 0\n{}p := r20000\n",
        lines(20_000, |at| format!("r{} := r{at} + 1\n", at + 1))
    );
    assert_eq!(soon(|| outcome(&rules)), number(20_000));
}

#[test]
fn functions_in_a_chain_are_answered() {
    let rules = format!(
        "f0(x) := x\n{}p := f5000(0)\n",
        lines(5_000, |at| format!("f{}(x) := f{at}(x) + 1\n", at + 1))
    );
    assert_eq!(soon(|| outcome(&rules)), number(5_000));
}

#[test]
fn a_long_cycle_is_refused() {
    let rules = format!(
        "r5000 := r0\n{}p := r0\n",
        lines(5_000, |at| format!("r{at} := r{}\n", at + 1))
    );
    assert_eq!(
        outcome("r1 := r0\nr0 := r1\np := r0\n"),
        Outcome::Refused("rego_recursion_error")
    );
    assert_eq!(
        soon(|| outcome(&rules)),
        Outcome::Refused("rego_recursion_error")
    );
}

#[test]
fn ten_thousand_rules_of_one_name_are_answered() {
    let rules = lines(10_000, |at| format!("p contains {at} if input.x == {at}\n"));
    let input = json::parse(r#"{"x": 7}"#).unwrap();
    let Outcome::Value(value) = soon(|| outcome_of(&rules, Some(&input))) else {
        panic!("no value")
    };
    assert_eq!(value.to_string(), "{7}");
}

#[test]
fn ten_thousand_errors_are_reported() {
    let diagnostics = soon(|| load(&lines(10_000, |at| format!("p{at} := x{at}\n"))));
    assert!(diagnostics.len() >= 1_000, "{}", diagnostics.len());
}

#[test]
fn many_misspelt_calls_among_many_functions_are_refused() {
    let rules = format!(
        "{}{}",
        lines(400, |at| format!("function_number_{at}(x) := x\n")),
        lines(400, |at| format!("q{at} := functoin_nubmer_{at}(1)\n"))
    );
    assert_eq!(soon(|| load(&rules)).len(), 400);
}

#[test]
fn a_broken_module_under_many_others_is_reported() {
    let mut modules = vec![Module::new("m0.rego", "package m0\n\nf(x) := nope(x)\n")];
    modules.extend((1..100).map(|at| {
        Module::new(
            format!("m{at}.rego"),
            format!("package m{at}\n\nf(x) := data.m{}.f(x)\n", at - 1),
        )
    }));
    let (program, diagnostics) = soon(|| compile(&modules));
    assert!(!diagnostics.is_empty());
    assert_eq!(program.package(0), None);
}

#[test]
fn a_line_of_a_megabyte_is_read() {
    let strings = format!("p := count([{}])", "\"a\", ".repeat(200_000));
    assert_eq!(soon(|| outcome(&strings)), number(200_000));
    let string = format!("p := count(\"{}\")", "a".repeat(1 << 20));
    assert_eq!(soon(|| outcome(&string)), number(1 << 20));
    let comment = format!("# {}\np := 1", "a".repeat(1 << 20));
    assert_eq!(soon(|| outcome(&comment)), number(1));
}

#[test]
fn a_null_character_is_refused() {
    assert_eq!(
        outcome("p := \"a\0b\""),
        Outcome::Refused("rego_parse_error")
    );
    assert_eq!(outcome("p := 1\0"), Outcome::Refused("rego_parse_error"));
    assert_eq!(
        soon(|| outcome(&"\0".repeat(1 << 20))),
        Outcome::Refused("rego_parse_error")
    );
    assert_eq!(outcome("p := count(\"a\\u0000b\")"), number(3));
}

#[test]
fn an_input_of_two_hundred_levels_is_walked() {
    let input = json::parse(&format!("{}{}", "[".repeat(200), "]".repeat(200))).unwrap();
    assert_eq!(
        soon(|| outcome_of("p := count([x | walk(input, x)])", Some(&input))),
        number(200)
    );
    let input = json::parse(&format!("{}1{}", "{\"a\":".repeat(200), "}".repeat(200))).unwrap();
    assert_eq!(
        soon(|| outcome_of("p := max([count(x) | walk(input, [x, _])])", Some(&input))),
        number(200)
    );
}

#[test]
fn a_number_of_ten_thousand_digits_is_computed_with() {
    let digits = "9".repeat(10_000);
    assert_eq!(
        soon(|| outcome(&format!("p := count(format_int({digits} + 1, 10))"))),
        number(10_001)
    );
    assert_eq!(
        soon(|| outcome(&format!("p if {digits} * {digits} > {digits}"))),
        truth()
    );
    let input = json::parse(&format!("[{digits}, {digits}.5]")).unwrap();
    assert_eq!(
        soon(|| outcome_of("p if input[0] < input[1]", Some(&input))),
        truth()
    );
}

#[test]
fn squaring_again_and_again_is_over_the_budget() {
    let rules = format!(
        "n0 := 99999999999\n{}p if n40 > 0\n",
        lines(40, |at| format!("n{} := n{at} * n{at}\n", at + 1))
    );
    assert!(matches!(
        soon(|| outcome(&rules)),
        Outcome::Failed("eval_budget_error") | Outcome::Undefined
    ));
}

#[test]
fn a_number_with_a_huge_exponent_is_refused() {
    assert_eq!(soon(|| outcome("p if 1e30000 > 1")), truth());
    assert_eq!(
        soon(|| outcome("p := 1e900000000 + 1")),
        Outcome::Refused("rego_parse_error")
    );
}

#[test]
fn a_chain_of_a_thousand_operators_is_computed() {
    let chain = |operators: usize| format!("p := 0{}", " + 1".repeat(operators));
    assert_eq!(soon(|| outcome(&chain(1_000))), number(1_000));
    assert_eq!(
        soon(|| outcome(&chain(50_000))),
        Outcome::Refused("rego_parse_error")
    );
}

#[test]
fn a_range_of_three_hundred_million_is_over_the_budget() {
    assert_eq!(
        soon(|| outcome("p := count(numbers.range(1, 300000000))")),
        SPENT
    );
    assert_eq!(
        soon(|| outcome("p := count(numbers.range(1, 3000))")),
        number(3_000)
    );
}

#[test]
fn doubling_a_text_again_and_again_is_over_the_budget() {
    let rules = |times: usize| {
        format!(
            "t0 := \"0123456789\"\n{}p := count(t{times})\n",
            lines(times, |at| format!(
                "t{} := concat(\"\", [t{at}, t{at}])\n",
                at + 1
            ))
        )
    };
    assert_eq!(soon(|| outcome(&rules(60))), SPENT);
    assert_eq!(soon(|| outcome(&rules(10))), number(10_240));
}

/// `a<times>`: a list whose parts are shared, and that is as long as two to that power when it is spelt.
fn shared(name: &str, times: usize) -> String {
    format!(
        "{name}0 := \"0123456789\"\n{}",
        lines(times, |at| format!(
            "{name}{} := [{name}{at}, {name}{at}]\n",
            at + 1
        ))
    )
}

#[test]
fn spelling_what_is_shared_is_over_the_budget() {
    for spelt in [
        "json.marshal(a21)",
        "yaml.marshal(a21)",
        "sprintf(\"%v\", [a21])",
        "$\"{a21}\"",
    ] {
        let rules = format!("{}p := count({spelt})\n", shared("a", 21));
        assert_eq!(soon(|| outcome(&rules)), SPENT, "{spelt}");
    }
}

#[test]
fn printing_what_is_shared_is_over_the_budget() {
    let rules = |times: usize| format!("{}p if print(a{times})\n", shared("a", times));
    assert_eq!(soon(|| outcome(&rules(21))), SPENT);
    assert_eq!(soon(|| outcome(&rules(3))), truth());
}

#[test]
fn comparing_what_is_shared_is_over_the_budget() {
    let rules = |times: usize| {
        format!(
            "{}{}p if a{times} == b{times}\n",
            shared("a", times),
            shared("b", times)
        )
    };
    assert_eq!(soon(|| outcome(&rules(24))), SPENT);
    assert_eq!(soon(|| outcome(&rules(3))), truth());
}

#[test]
fn walking_what_is_shared_is_over_the_budget() {
    assert_eq!(
        soon(|| outcome(&format!(
            "{}p := count([1 | walk(a40, _)])\n",
            shared("a", 40)
        ))),
        SPENT
    );
}

#[test]
fn functions_that_call_each_other_twice_are_answered_or_over_the_budget() {
    let rules = format!(
        "f0(x) := x\n{}p := f60(1)\n",
        lines(60, |at| format!("f{}(x) := f{at}(x) + f{at}(x)\n", at + 1))
    );
    let outcome = soon(|| outcome(&rules));
    assert!(
        outcome == SPENT || outcome == number(1 << 60),
        "{outcome:?}"
    );
}

const CROSS: &str =
    "p := count([1 | some a in input; some b in input; some c in input; a + b + c == -1])\n";

fn thousand() -> Value {
    Value::Array((0..1_000).map(Value::from).collect::<Array>())
}

#[test]
fn a_cross_product_of_a_billion_is_over_the_budget_of_steps() {
    let error = soon(|| run(CROSS, Some(&thousand()), &small())).unwrap_err();
    assert_eq!(
        error.to_string(),
        "eval_budget_error: the budget of steps is spent"
    );
}

fn clock() -> Duration {
    static START: OnceLock<Instant> = OnceLock::new();
    START.get_or_init(Instant::now).elapsed()
}

#[test]
fn a_cross_product_of_a_billion_is_over_the_budget_of_time() {
    let budget = Budget {
        steps: u64::MAX,
        bytes: u64::MAX,
        time: Duration::from_millis(50),
        now: Some(clock),
        until: None,
    };
    ends(budget, "the budget of 50 ms is spent");
}

#[test]
fn a_deadline_ends_what_has_time_left() {
    let budget = Budget {
        now: Some(clock),
        until: Some(clock()),
        ..Budget::default()
    };
    ends(budget, "the deadline has passed");
}

#[test]
fn a_deadline_that_is_far_away_ends_nothing() {
    let budget = Budget {
        now: Some(clock),
        until: Some(clock() + Duration::from_mins(1)),
        ..Budget::default()
    };
    let settings = Settings {
        budget,
        ..Settings::default()
    };
    assert!(run("p if count(input) == 1000", Some(&thousand()), &settings).is_ok());
}

/// What the cross product of a billion ends with, soon.
#[track_caller]
fn ends(budget: Budget, expected: &str) {
    let settings = Settings {
        budget,
        ..Settings::default()
    };
    let started = Instant::now();
    let error = soon(|| run(CROSS, Some(&thousand()), &settings)).unwrap_err();
    assert_eq!(error.to_string(), format!("eval_budget_error: {expected}"));
    // Generous, since the machine that runs the tests may be busy.
    assert!(
        started.elapsed() < Duration::from_secs(2),
        "{:?}",
        started.elapsed()
    );
}

#[test]
fn a_deep_chain_of_replaced_inputs_is_answered() {
    let rules = format!(
        "r0 := count(input)\n{}p := r1000\n",
        lines(1_000, |at| format!(
            "r{} := x if x := r{at} with input.k{at} as {at}\n",
            at + 1
        ))
    );
    let input = Value::empty_object();
    assert_eq!(soon(|| outcome_of(&rules, Some(&input))), number(1_000));
}

#[test]
fn a_thousand_replacements_at_once_are_answered() {
    let rules = format!(
        "p := x if x := count(input){}\n",
        lines(1_000, |at| format!(" with input.k{at} as {at}"))
    );
    let input = Value::empty_object();
    assert_eq!(soon(|| outcome_of(&rules, Some(&input))), number(1_000));
}

#[test]
fn a_long_body_is_compiled() {
    let forwards = format!(
        "p if {{\n{}\tx999 == 0\n}}\n",
        lines(999, |at| format!(
            "\tx{} := {}\n",
            at + 1,
            if at == 0 {
                "0".to_owned()
            } else {
                format!("x{at}")
            }
        ))
    );
    assert_eq!(soon(|| outcome(&forwards)), truth());
    let mut backwards: Vec<String> = (1..1_000)
        .map(|at| format!("\tx{at} = x{}\n", at - 1))
        .collect();
    backwards.reverse();
    assert_eq!(
        soon(|| outcome(&format!("p if {{\n{}\tx0 = 0\n}}\n", backwards.concat()))),
        truth()
    );
}

#[test]
fn a_long_body_that_feeds_a_message_is_compiled() {
    let rules = format!(
        "p contains x600 if {{\n\tx0 := 7\n{}}}\n",
        lines(600, |at| format!("\tx{} := x{at}\n", at + 1))
    );
    let Outcome::Value(value) = soon(|| outcome(&rules)) else {
        panic!("no value")
    };
    assert_eq!(value.to_string(), "{7}");
}

#[test]
fn a_body_of_many_closures_is_compiled() {
    let rules = format!(
        "p if {{\n{}}}\n",
        lines(500, |at| format!("\tcount([x | x := {at}]) == 1\n"))
    );
    assert_eq!(soon(|| outcome(&rules)), truth());
}

#[test]
fn an_expression_that_backtracks_elsewhere_is_matched() {
    let rules = format!("p if regex.match(\"^(a+)+$\", \"{}b\")", "a".repeat(5_000));
    assert_eq!(soon(|| outcome(&rules)), Outcome::Undefined);
}

#[test]
fn names_in_yaml_that_multiply_are_over_the_budget() {
    let mut yaml = "a0: &a0 [x, x]\\n".to_owned();
    for at in 1..40 {
        yaml.push_str(&format!("a{at}: &a{at} [*a{0}, *a{0}]\\n", at - 1));
    }
    let found = soon(|| outcome(&format!("p := count(yaml.unmarshal(\"{yaml}\"))")));
    assert!(
        matches!(
            found,
            Outcome::Failed("eval_budget_error") | Outcome::Undefined | Outcome::Value(_)
        ),
        "{found:?}"
    );
}

#[test]
fn a_wide_input_is_searched_within_the_budget() {
    let input = Value::Array((0..200_000).map(Value::from).collect::<Array>());
    assert_eq!(
        soon(|| outcome_of(
            "p := count([x | some x in input; x % 2 == 0])",
            Some(&input)
        )),
        number(100_000)
    );
}

#[test]
fn what_was_spent_is_said() {
    let answer = run(
        "p := count([x | some x in numbers.range(1, 100)])",
        None,
        &small(),
    )
    .unwrap();
    assert!(
        answer.steps >= 200 && answer.steps < 2_000,
        "{}",
        answer.steps
    );
}
