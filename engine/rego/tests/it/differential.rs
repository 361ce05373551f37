//! Random programs, answered here and by OPA: `PLUMBLINE_OPA=<binary> cargo test -p plumbline-rego --test it differential`.
//!
//! `PLUMBLINE_SEED=<number>` begins with another program.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use plumbline_rego::value::json;
use plumbline_rego::{Module, Settings, Value, compile};

use super::generator::{Generated, INPUT};

/// So many programs are compared.
const PROGRAMS: usize = 400;

/// So often a batch is asked again without the programs that OPA objects to.
const ROUNDS: usize = 40;

/// What a program's text contains if its answer may differ, and why it does.
const KNOWN: &[(&str, &str)] = &[];

/// What OPA says of programs that are not compared, and why they are not.
const LEFT_OUT: &[(&str, &str)] = &[
    (
        "eval_internal_error",
        "OPA itself fails, where a closure in a closure reads a variable around both.",
    ),
    (
        "rego_type_error: match error",
        "OPA follows types through references and functions, and refuses comparisons that cannot hold.",
    ),
];

/// What became of a program.
#[derive(Debug)]
enum Outcome {
    /// Its package as JSON.
    Answered(String),
    /// Why there is none: OPA's code, and the message.
    Refused(String),
}

#[test]
fn random_programs_answer_as_in_opa() {
    let Some(opa) = std::env::var_os("PLUMBLINE_OPA") else {
        eprintln!("left out: PLUMBLINE_OPA names no OPA to compare with");
        return;
    };
    let seed: u64 = std::env::var("PLUMBLINE_SEED")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(1);
    let texts: Vec<String> = (0..PROGRAMS)
        .zip(seed..)
        .map(|(index, seed)| Generated::new(seed).module(&format!("g{index}")))
        .collect();
    let ours = answer(&texts);
    let theirs = ask(Path::new(&opa), &texts, seed);
    let mut differences = Vec::new();
    for ((text, ours), theirs) in texts.iter().zip(&ours).zip(&theirs) {
        let known = KNOWN.iter().any(|(part, _)| text.contains(part));
        let left_out = matches!(theirs, Outcome::Refused(error) if LEFT_OUT.iter().any(|(start, _)| error.starts_with(start)));
        if !agree(ours, theirs) && !known && !left_out {
            differences.push(format!("{text}\nhere: {ours:?}\nOPA:  {theirs:?}\n"));
        }
    }
    let answered = theirs
        .iter()
        .filter(|outcome| matches!(outcome, Outcome::Answered(_)))
        .count();
    assert!(
        answered * 10 > PROGRAMS * 9,
        "OPA answered only {answered} of {PROGRAMS}"
    );
    assert!(
        differences.is_empty(),
        "{} of {PROGRAMS} differ; the first ones:\n{}",
        differences.len(),
        first(&differences, 5)
    );
}

#[test]
fn a_known_difference_has_a_reason() {
    assert!(
        KNOWN
            .iter()
            .chain(LEFT_OUT)
            .all(|(part, reason)| !part.is_empty() && reason.ends_with('.'))
    );
}

/// Whether two answers are the same, or refused with the same code.
fn agree(ours: &Outcome, theirs: &Outcome) -> bool {
    match (ours, theirs) {
        (Outcome::Answered(ours), Outcome::Answered(theirs)) => ours == theirs,
        (Outcome::Refused(ours), Outcome::Refused(theirs)) => {
            ours.split(':').next() == theirs.split(':').next()
        }
        _ => false,
    }
}

fn first(texts: &[String], count: usize) -> String {
    texts
        .get(..count.min(texts.len()))
        .unwrap_or_default()
        .join("\n")
}

fn answer(texts: &[String]) -> Vec<Outcome> {
    let modules: Vec<Module> = texts
        .iter()
        .zip(0..)
        .map(|(text, index)| Module::new(format!("g{index}.rego"), text.as_str()))
        .collect();
    let (program, diagnostics) = compile(&modules);
    let input = json::parse(INPUT).unwrap();
    let data = Value::empty_object();
    let outcome = |index: usize| {
        if let Some(diagnostic) = diagnostics
            .iter()
            .find(|diagnostic| diagnostic.module == index)
        {
            return Outcome::Refused(format!("{}: {}", diagnostic.code, diagnostic.message));
        }
        let entry = program.entry(&format!("data.g{index}"));
        match program.evaluate(&entry, &data, Some(&input), &Settings::default()) {
            Ok(answer) => Outcome::Answered(plain(answer.value.as_ref())),
            Err(error) => Outcome::Refused(error.to_string()),
        }
    };
    (0..texts.len()).map(outcome).collect()
}

/// A package as JSON has it: sets as arrays, keys in the order of their text.
fn plain(value: Option<&Value>) -> String {
    let text = value.map_or_else(|| "{}".to_owned(), json::to_string);
    json::to_string(&json::parse(&text).unwrap())
}

/// Asks about all packages at once. What OPA objects to is taken out, and the others are asked again.
fn ask(opa: &Path, texts: &[String], seed: u64) -> Vec<Outcome> {
    let folder = std::env::temp_dir().join(format!(
        "plumbline-differential-{}-{seed}",
        std::process::id()
    ));
    std::fs::create_dir_all(folder.join("policies")).unwrap();
    std::fs::write(folder.join("input.json"), INPUT).unwrap();
    let file = |index: usize| folder.join("policies").join(format!("g{index}.rego"));
    for (index, text) in texts.iter().enumerate() {
        std::fs::write(file(index), text).unwrap();
    }
    let mut outcomes: Vec<Option<Outcome>> = texts.iter().map(|_| None).collect();
    for _ in 0..ROUNDS {
        let answer = eval(opa, &folder);
        let Some(errors) = answer.get_str("errors") else {
            let data = data_of(&answer);
            for (index, outcome) in outcomes
                .iter_mut()
                .enumerate()
                .filter(|(_, outcome)| outcome.is_none())
            {
                *outcome = Some(Outcome::Answered(plain(data.get_str(&format!("g{index}")))));
            }
            break;
        };
        for index in objections(errors, &mut outcomes) {
            std::fs::remove_file(file(index)).unwrap();
        }
    }
    std::fs::remove_dir_all(&folder).unwrap();
    outcomes
        .into_iter()
        .map(|outcome| outcome.unwrap_or_else(|| Outcome::Refused("no answer".to_owned())))
        .collect()
}

fn eval(opa: &Path, folder: &Path) -> Value {
    let paths: [PathBuf; 2] = [folder.join("policies"), folder.join("input.json")];
    let [policies, input] = &paths;
    let mut command = Command::new(opa);
    command
        .args(["eval", "--format", "json", "--data"])
        .arg(policies)
        .arg("--input")
        .arg(input)
        .arg("data");
    let output = command.output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    json::parse(&text).unwrap_or_else(|error| Value::from(format!("{error}: {text}")))
}

fn data_of(answer: &Value) -> Value {
    let result = answer
        .get_str("result")
        .and_then(|result| result.get(&Value::from(0)));
    let expression = result
        .and_then(|result| result.get_str("expressions"))
        .and_then(|all| all.get(&Value::from(0)));
    expression
        .and_then(|expression| expression.get_str("value"))
        .cloned()
        .unwrap_or(Value::Null)
}

/// Notes which programs errors are about.
fn objections(errors: &Value, outcomes: &mut [Option<Outcome>]) -> BTreeSet<usize> {
    let mut named = BTreeSet::new();
    for error in errors.as_array().unwrap_or_default() {
        let text =
            |value: Option<&Value>| value.and_then(Value::as_str).unwrap_or_default().to_owned();
        let said = format!(
            "{}: {}",
            text(error.get_str("code")),
            text(error.get_str("message"))
        );
        let file = text(
            error
                .get_str("location")
                .and_then(|location| location.get_str("file")),
        );
        let stem = Path::new(&file)
            .file_stem()
            .map(|stem| stem.to_string_lossy().into_owned())
            .unwrap_or_default();
        let Some(index) = stem
            .strip_prefix('g')
            .and_then(|digits| digits.parse::<usize>().ok())
        else {
            continue;
        };
        if let Some(outcome) = outcomes.get_mut(index).filter(|outcome| outcome.is_none()) {
            *outcome = Some(Outcome::Refused(said));
            named.insert(index);
        }
    }
    named
}
