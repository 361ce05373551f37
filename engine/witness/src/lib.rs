//! The witness: regorus as a second, independent engine.
//!
//! It answers cases so that answers can be compared. It is not a judge, and it must only run in a process of its own:
//! some policies that OPA refuses make it run out of stack, which ends the process it runs in.

use std::io::{BufRead, Write};
use std::num::{NonZeroU32, NonZeroUsize};
use std::time::Duration;

use plumbline_rego::value::json;
use plumbline_rego::{ObjectBuilder, Value};
use regorus::utils::limits::{ExecutionTimerConfig, PolicyLengthConfig};

const LENGTHS: PolicyLengthConfig = PolicyLengthConfig {
    max_col: NonZeroU32::MAX,
    max_file_bytes: NonZeroUsize::new(16 * 1024 * 1024).unwrap(),
    max_lines: NonZeroUsize::new(1_000_000).unwrap(),
};

/// What to answer: modules, data, input, and a query.
#[derive(Debug, Clone)]
pub struct Case {
    /// Texts of Rego.
    pub modules: Vec<String>,
    /// Base data.
    pub data: Value,
    /// The input, if there is one.
    pub input: Option<Value>,
    /// The query: `data.a.b = x`.
    pub query: String,
    /// Whether the modules are in the syntax before OPA 1.0.
    pub v0: bool,
    /// Whether an error of a builtin ends the evaluation.
    pub strict: bool,
    /// How long it may take.
    pub time: Duration,
}

/// The bindings of each solution of the query, or why there are none.
pub type Answer = Result<Vec<Value>, String>;

/// Answers one case.
pub fn answer(case: &Case) -> Answer {
    let mut engine = regorus::Engine::new();
    engine.set_policy_length_config(LENGTHS);
    engine.set_rego_v0(case.v0);
    engine.set_strict_builtin_errors(case.strict);
    engine.set_execution_timer_config(ExecutionTimerConfig {
        limit: case.time,
        check_interval: NonZeroU32::MIN,
    });
    for (index, module) in case.modules.iter().enumerate() {
        engine
            .add_policy(format!("module{index}.rego"), module.clone())
            .map_err(|error| error.to_string())?;
    }
    engine
        .add_data(convert(&case.data)?)
        .map_err(|error| error.to_string())?;
    if let Some(input) = &case.input {
        engine.set_input(convert(input)?);
    }
    let results = engine
        .eval_query(case.query.clone(), false)
        .map_err(|error| error.to_string())?;
    results
        .result
        .iter()
        .map(|solution| {
            solution
                .bindings
                .to_json_str()
                .map_err(|error| error.to_string())
                .and_then(|text| read(&text))
        })
        .collect()
}

/// Answers cases for as long as they come: a line of JSON in, a line of JSON out.
pub fn serve(cases: impl BufRead, mut answers: impl Write) -> std::io::Result<()> {
    for line in cases.lines() {
        let reply = match read(&line?).and_then(|value| case_of(&value)) {
            Ok(case) => answer(&case),
            Err(message) => Err(message),
        };
        writeln!(answers, "{}", json::to_string(&reply_of(reply)))?;
        answers.flush()?;
    }
    Ok(())
}

fn case_of(value: &Value) -> Result<Case, String> {
    let text = |key: &str| {
        value
            .get_str(key)
            .and_then(Value::as_str)
            .map(str::to_owned)
    };
    let flag = |key: &str| value.get_str(key).and_then(Value::as_bool).unwrap_or(false);
    let modules = value
        .get_str("modules")
        .and_then(Value::as_array)
        .unwrap_or_default();
    let milliseconds = value
        .get_str("milliseconds")
        .and_then(Value::as_number)
        .and_then(plumbline_rego::Number::to_i64);
    Ok(Case {
        modules: modules
            .iter()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect(),
        data: value
            .get_str("data")
            .cloned()
            .unwrap_or_else(Value::empty_object),
        input: value.get_str("input").cloned(),
        query: text("query").ok_or("a case has a `query`")?,
        v0: flag("v0"),
        strict: flag("strict"),
        time: Duration::from_millis(
            milliseconds
                .and_then(|value| u64::try_from(value).ok())
                .unwrap_or(5000),
        ),
    })
}

fn reply_of(answer: Answer) -> Value {
    let mut reply = ObjectBuilder::default();
    match answer {
        Ok(bindings) => reply.insert_str("result", bindings),
        Err(message) => reply.insert_str("error", message),
    }
    Value::Object(reply.finish())
}

fn convert(value: &Value) -> Result<regorus::Value, String> {
    regorus::Value::from_json_str(&json::to_string(value)).map_err(|error| error.to_string())
}

fn read(text: &str) -> Result<Value, String> {
    json::parse(text).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::serve;

    #[track_caller]
    fn check(case: &str, expected: &str) {
        let mut answers = Vec::new();
        serve(case.as_bytes(), &mut answers).unwrap();
        assert_eq!(String::from_utf8(answers).unwrap().trim_end(), expected);
    }

    #[test]
    fn a_case_is_answered_with_the_bindings_of_its_query() {
        check(
            r#"{"modules": ["package a\n\nb := input.x + 1"], "query": "data.a.b = x", "input": {"x": 1}}"#,
            r#"{"result":[{"x":2}]}"#,
        );
    }

    #[test]
    fn an_undefined_query_has_no_solutions() {
        check(
            r#"{"modules": ["package a\n\nb := 1 if false"], "query": "data.a.b = x"}"#,
            r#"{"result":[]}"#,
        );
    }

    #[test]
    fn a_line_that_is_no_case_is_an_error() {
        check("{}", r#"{"error":"a case has a `query`"}"#);
    }
}
