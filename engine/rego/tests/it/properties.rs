//! What holds of every text and every program.

use plumbline_rego::syntax::{self, Version};
use plumbline_rego::value::json;
use plumbline_rego::{Answer, Budget, EvalError, Module, Settings, Value, compile};
use proptest::prelude::*;

use super::generator::{Generated, INPUT, Random};

/// Pieces of which texts consist that are nearly Rego.
const PIECES: &[&str] = &[
    "package a\n",
    "import data.b\n",
    "import rego.v1\n",
    "import future.keywords\n",
    "p",
    "q",
    "f(x)",
    "p contains x",
    "p[x]",
    "p.q",
    " := ",
    " = ",
    " == ",
    " if ",
    " if {",
    "}",
    "{",
    "[",
    "]",
    "(",
    ")",
    "\n",
    "\n\t",
    "; ",
    ", ",
    ": ",
    " | ",
    "some x in ",
    "some x\n",
    "every x in xs {",
    "not ",
    " in ",
    " with input as ",
    " with ",
    " as ",
    "else := 1",
    " else ",
    "default p := 1\n",
    "1",
    "0.5",
    "-",
    "\"a\"",
    "`b`",
    "$\"{x}\"",
    "$\"",
    "input.a",
    "input",
    "data.b.c",
    "_",
    "x",
    "null",
    "true",
    "set()",
    "# METADATA\n# title: x\n",
    "# c\n",
    "count(xs)",
    "walk(x, [y, z])",
    "print(x)",
    "\\",
    "\u{0}",
    "é",
    "{x | x := 1}",
    "[x | some x in [1]]",
    "{k: v | some k, v in o}",
    " + ",
    " - ",
    " * ",
    " & ",
];

/// Settings under which nothing runs for long.
fn small() -> Settings {
    limited(200_000)
}

fn limited(steps: u64) -> Settings {
    Settings {
        budget: Budget {
            steps,
            bytes: 1 << 24,
            ..Budget::default()
        },
        ..Settings::default()
    }
}

/// Compiles, and answers and traces what compiled.
fn exercise(text: &str, version: Version) {
    let (program, _) = compile(&[Module {
        version,
        ..Module::new("a.rego", text)
    }]);
    let (data, input) = (Value::empty_object(), json::parse(INPUT).unwrap());
    let _ = program.evaluate(&program.entry("data"), &data, Some(&input), &small());
    let _ = program.trace(&program.entry("data.a.p"), &data, Some(&input), &small());
}

/// What a text prints as, if it has no errors.
fn print(text: &str, version: Version) -> Option<String> {
    let (module, found) = syntax::parse(text, version);
    found.is_empty().then(|| syntax::print(&module))
}

fn evaluate(text: &str, settings: &Settings) -> Result<Answer, EvalError> {
    let (program, diagnostics) = compile(&[Module::new("g.rego", text)]);
    assert!(diagnostics.is_empty(), "{diagnostics:?}\n{text}");
    program.evaluate(
        &program.entry("data.g"),
        &Value::empty_object(),
        Some(&json::parse(INPUT).unwrap()),
        settings,
    )
}

fn versions() -> impl Strategy<Value = Version> {
    prop_oneof![Just(Version::V0), Just(Version::V1)]
}

fn pieces() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(PIECES), 0..60).prop_map(|pieces| pieces.concat())
}

/// A program with some of its bytes left out, doubled or put elsewhere.
fn mutilated() -> impl Strategy<Value = String> {
    (
        any::<u64>(),
        prop::collection::vec(
            (any::<prop::sample::Index>(), any::<prop::sample::Index>()),
            1..4,
        ),
    )
        .prop_map(|(seed, cuts)| {
            let mut characters: Vec<char> = Generated::new(seed).module("a").chars().collect();
            for (from, length) in cuts {
                let from = from.index(characters.len().max(1));
                let length = length.index(12).min(characters.len() - from);
                let cut: Vec<char> = characters.drain(from..from + length).collect();
                if length % 3 == 0 {
                    characters.extend(cut);
                }
            }
            characters.into_iter().collect()
        })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn no_text_makes_the_compiler_panic(text in "\\PC{0,200}", version in versions()) {
        exercise(&text, version);
    }

    #[test]
    fn no_text_that_is_nearly_rego_makes_the_compiler_panic(text in pieces(), version in versions()) {
        exercise(&format!("package a\n{text}"), version);
        exercise(&text, version);
    }

    #[test]
    fn no_mutilated_program_makes_the_compiler_panic(text in mutilated(), version in versions()) {
        exercise(&text, version);
    }

    #[test]
    fn a_diagnostic_is_about_bytes_of_the_text(text in pieces(), version in versions()) {
        let text = format!("package a\n{text}");
        let (_, diagnostics) = compile(&[Module { version, ..Module::new("a.rego", text.as_str()) }]);
        for diagnostic in diagnostics {
            let (start, end) = (diagnostic.span.start as usize, diagnostic.span.end as usize);
            prop_assert!(text.get(start..end).is_some(), "{:?}", diagnostic);
        }
    }

    #[test]
    fn printing_twice_changes_nothing(seed in any::<u64>()) {
        let text = Generated::new(seed).module("g");
        let printed = print(&text, Version::V1);
        prop_assert!(printed.is_some(), "{}", text);
        let printed = printed.unwrap();
        prop_assert_eq!(print(&printed, Version::V1), Some(printed.clone()), "{}", printed);
    }

    #[test]
    fn printing_what_is_nearly_rego_twice_changes_nothing(text in pieces(), version in versions()) {
        if let Some(printed) = print(&format!("package a\n{text}"), version) {
            prop_assert_eq!(print(&printed, version), Some(printed.clone()), "{}", printed);
        }
    }

    #[test]
    fn printing_keeps_the_answer(seed in any::<u64>()) {
        let text = Generated::new(seed).module("g");
        let printed = print(&text, Version::V1).unwrap();
        let (one, other) = (evaluate(&text, &small()), evaluate(&printed, &small()));
        prop_assert_eq!(one.map(|answer| answer.value).ok(), other.map(|answer| answer.value).ok(), "{}", printed);
    }

    #[test]
    fn the_order_of_rules_does_not_matter(seed in any::<u64>(), order in any::<u64>()) {
        let generated = Generated::new(seed);
        let mut shuffled = generated.clone();
        Random(order).shuffle(&mut shuffled.rules);
        let (one, other) = (evaluate(&generated.module("g"), &small()), evaluate(&shuffled.module("g"), &small()));
        prop_assert_eq!(one.map(|answer| answer.value).ok(), other.map(|answer| answer.value).ok(), "{}", shuffled.module("g"));
    }

    #[test]
    fn an_answer_is_the_same_every_time(seed in any::<u64>()) {
        let text = Generated::new(seed).module("g");
        let run = || evaluate(&text, &small()).map(|answer| (answer.value, answer.steps));
        prop_assert_eq!(run(), run());
    }

    #[test]
    fn no_more_steps_are_spent_than_allowed(seed in any::<u64>(), steps in 0_u64..3_000) {
        match evaluate(&Generated::new(seed).module("g"), &limited(steps)) {
            Ok(answer) => prop_assert!(answer.steps <= steps, "{} of {}", answer.steps, steps),
            Err(error) => prop_assert!(error.code == "eval_budget_error" || error.code == "eval_conflict_error", "{}", error),
        }
    }

    #[test]
    fn what_was_spent_is_enough_and_one_step_less_is_not(seed in any::<u64>()) {
        let text = Generated::new(seed).module("g");
        if let Ok(answer) = evaluate(&text, &small()) {
            prop_assert_eq!(evaluate(&text, &limited(answer.steps)).map(|again| again.value), Ok(answer.value));
            let less = evaluate(&text, &limited(answer.steps.saturating_sub(1)));
            prop_assert_eq!(less.map(|answer| answer.value).map_err(|error| error.code), Err("eval_budget_error"));
        }
    }

    #[test]
    fn coverage_changes_no_answer(seed in any::<u64>()) {
        let text = Generated::new(seed).module("g");
        let covering = Settings { coverage: true, ..small() };
        let (plain, covered) = (evaluate(&text, &small()), evaluate(&text, &covering));
        prop_assert_eq!(plain.map(|answer| answer.value), covered.map(|answer| answer.value));
    }
}
