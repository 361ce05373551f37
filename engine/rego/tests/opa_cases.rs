//! Conformance cases in OPA's format: `OPA_CASES=<folder> cargo test -p plumbline-rego --test opa_cases`.
//!
//! Each file of the folder holds `{"cases": [{note, query, modules, data, input | input_term, want_result |
//! want_error_code, strict_error, sort_bindings}]}`. `OPA_CASES_ONLY=<text>` runs the cases whose note contains a text and
//! says what each answered.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test that cannot go on has failed, and it reports"
)]

use std::collections::BTreeMap;
use std::path::Path;

use plumbline_rego::value::json;
use plumbline_rego::{Module, Program, Settings, Value, Version, compile};

/// What a case came to.
enum Outcome {
    Passed,
    Failed(String),
    Skipped(&'static str),
}

/// Builtins that are not there, and why a case that needs one is skipped.
const ABSENT: &[(&str, &str)] = &[
    ("http.send", "the network is switched off"),
    ("net.lookup_ip_addr", "the network is switched off"),
    ("io.jwt.", "not built yet: JSON Web Tokens"),
    ("crypto.", "not built yet: cryptography"),
    ("graphql.", "not built yet: GraphQL"),
    ("providers.aws.", "not built yet: signing for AWS"),
    ("test.sleep", "a builtin of OPA's own test binary"),
    (
        "rego.parse_module",
        "not built yet: the syntax tree as a value",
    ),
];

/// Cases that OPA 1.20.2 itself answers otherwise than they say.
const SUPERSEDED: &[&str] = &["reachable_paths/cycle_1022_3"];

fn main() {
    let Some(folder) = std::env::var_os("OPA_CASES") else {
        println!("left out: OPA_CASES names no folder of conformance cases");
        return;
    };
    let only = std::env::var("OPA_CASES_ONLY").ok();
    let mut files: Vec<_> = std::fs::read_dir(Path::new(&folder))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "json"))
        .collect();
    files.sort();
    let mut totals = [0_usize; 3];
    let mut skips: BTreeMap<&str, usize> = BTreeMap::new();
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        let cases = json::parse(&text).unwrap();
        let mut counts = [0_usize; 3];
        for case in cases
            .get_str("cases")
            .and_then(Value::as_array)
            .unwrap_or_default()
        {
            let note = text_of(case, "note").unwrap_or_default();
            if only
                .as_ref()
                .is_some_and(|only| !note.contains(only.as_str()))
            {
                continue;
            }
            let at = match run(case) {
                Outcome::Passed => 0,
                Outcome::Failed(why) => {
                    println!("FAILED {note}: {why}");
                    1
                }
                Outcome::Skipped(why) => {
                    *skips.entry(why).or_default() += 1;
                    2
                }
            };
            *counts.get_mut(at).unwrap() += 1;
        }
        let name = file.file_stem().unwrap().to_string_lossy().into_owned();
        let [passed, failed, skipped] = counts;
        if passed + failed + skipped > 0 {
            println!("{name}: {passed} passed, {failed} failed, {skipped} skipped");
        }
        totals
            .iter_mut()
            .zip(counts)
            .for_each(|(total, count)| *total += count);
    }
    for (why, count) in skips {
        println!("skipped {count}: {why}");
    }
    let [passed, failed, skipped] = totals;
    println!("{passed} passed, {failed} failed, {skipped} skipped");
    assert!(passed > 0 || only.is_some(), "no case ran");
    assert_eq!(failed, 0, "cases failed");
}

fn run(case: &Value) -> Outcome {
    if text_of(case, "note").is_some_and(|note| SUPERSEDED.contains(&note)) {
        return Outcome::Skipped("OPA 1.20.2 answers otherwise, and as this engine does");
    }
    if let Some(why) = absent(case) {
        return Outcome::Skipped(why);
    }
    let wanted_error = text_of(case, "want_error_code");
    match (answer(case), wanted_error) {
        (Err(error), Some(code)) if error.starts_with(code) => match text_of(case, "want_error") {
            Some(text) if !error.contains(text) => {
                Outcome::Failed(format!("the error says `{error}` and should say `{text}`"))
            }
            _ => Outcome::Passed,
        },
        (Err(error), Some(code)) => Outcome::Failed(format!("`{error}` where `{code}` is wanted")),
        (Err(error), None) => match text_of(case, "want_error") {
            // The place of the error comes first there.
            Some(text)
                if text.split_once(": ").is_some_and(|(place, rest)| {
                    error.contains(if place.starts_with("eval") {
                        text
                    } else {
                        rest
                    })
                }) =>
            {
                Outcome::Passed
            }
            _ => Outcome::Failed(error),
        },
        (Ok(found), Some(code)) => {
            Outcome::Failed(format!("{} where `{code}` is wanted", spell(&found)))
        }
        (Ok(found), None) => compare(case, found),
    }
}

fn compare(case: &Value, found: Vec<Value>) -> Outcome {
    let sort = case.get_str("sort_bindings").and_then(Value::as_bool) == Some(true);
    let wanted = case
        .get_str("want_result")
        .or(case.get_str("want_plan_result"));
    let mut wanted: Vec<Value> = wanted
        .and_then(Value::as_array)
        .unwrap_or_default()
        .to_vec();
    let mut found = found;
    if sort {
        wanted = wanted.iter().map(sorted).collect();
        found = found.iter().map(sorted).collect();
    }
    wanted.sort();
    found.sort();
    if wanted == found {
        Outcome::Passed
    } else {
        Outcome::Failed(format!(
            "{} where {} is wanted",
            spell(&found),
            spell(&wanted)
        ))
    }
}

/// The bindings of every solution, with sets as arrays.
fn answer(case: &Value) -> Result<Vec<Value>, String> {
    let texts = case
        .get_str("modules")
        .and_then(Value::as_array)
        .unwrap_or_default();
    let modules: Vec<Module> = texts
        .iter()
        .filter_map(Value::as_str)
        .zip(0..)
        .map(|(text, index)| Module::new(format!("module{index}.rego"), text))
        .collect();
    let (program, diagnostics) = compile(&modules);
    if let Some(diagnostic) = diagnostics.first() {
        return Err(format!(
            "{}: {} ({:?})",
            diagnostic.code, diagnostic.message, diagnostic.span
        ));
    }
    let data = case
        .get_str("data")
        .cloned()
        .unwrap_or_else(Value::empty_object);
    let input = match text_of(case, "input_term") {
        Some(term) => Some(value_of(term)?),
        None => case.get_str("input").cloned(),
    };
    let strict = case.get_str("strict_error").and_then(Value::as_bool) == Some(true);
    let settings = Settings {
        strict,
        ..Settings::default()
    };
    let query = query(&program, text_of(case, "query").unwrap_or_default())?;
    let solutions = program
        .solve(&query, &data, input.as_ref(), &settings)
        .map_err(|error| error.to_string())?;
    let bindings = solutions.solutions.iter().map(|solution| {
        let entries = solution
            .bindings
            .iter()
            .map(|(name, value)| (Value::String(name.clone()), plain(value)));
        Value::Object(entries.collect())
    });
    Ok(bindings.collect())
}

fn query(program: &Program, text: &str) -> Result<plumbline_rego::Query, String> {
    program
        .query(text, &[], Version::V1)
        .map_err(|diagnostics| {
            diagnostics
                .first()
                .map(|first| format!("{}: {}", first.code, first.message))
                .unwrap_or_default()
        })
}

/// The value of a term of Rego.
fn value_of(term: &str) -> Result<Value, String> {
    let (program, _) = compile(&[]);
    let query = query(&program, &format!("x = {term}"))?;
    let solutions = program
        .solve(&query, &Value::empty_object(), None, &Settings::default())
        .map_err(|error| error.to_string())?;
    solutions
        .solutions
        .first()
        .and_then(|solution| solution.bindings.get("x").cloned())
        .ok_or_else(|| "an undefined input".to_owned())
}

fn absent(case: &Value) -> Option<&'static str> {
    let modules = case
        .get_str("modules")
        .and_then(Value::as_array)
        .unwrap_or_default();
    let texts = modules
        .iter()
        .filter_map(Value::as_str)
        .chain(text_of(case, "query"));
    let texts: Vec<&str> = texts.collect();
    ABSENT
        .iter()
        .find(|(name, _)| texts.iter().any(|text| text.contains(name)))
        .map(|(_, why)| *why)
}

/// A value as JSON has it: sets as arrays, keys as strings.
fn plain(value: &Value) -> Value {
    json::parse(&json::to_string(value)).unwrap()
}

fn sorted(value: &Value) -> Value {
    match value {
        Value::Array(items) => {
            let mut items: Vec<Value> = items.iter().map(sorted).collect();
            items.sort();
            Value::from(items)
        }
        Value::Object(object) => Value::Object(
            object
                .iter()
                .map(|(key, value)| (key.clone(), sorted(value)))
                .collect(),
        ),
        other => other.clone(),
    }
}

fn text_of<'a>(case: &'a Value, key: &str) -> Option<&'a str> {
    case.get_str(key).and_then(Value::as_str)
}

fn spell(values: &[Value]) -> String {
    let text = json::to_string(&Value::from(values.to_vec()));
    text.chars().take(400).collect()
}
