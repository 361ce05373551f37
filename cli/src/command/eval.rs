//! `plumb eval`: a query of Rego on policies, data and an input.

use std::collections::BTreeMap;
use std::io;
use std::process::ExitCode;
use std::time::Duration;

use plumbline_core::parse::{self, Notation};
use plumbline_core::policy::base_data;
use plumbline_core::problem::Problem;
use plumbline_core::report::text;
use plumbline_core::source::{FileId, Source, Sources};
use plumbline_core::tree::{NodeId, Typing};
use plumbline_rego::value::json;
use plumbline_rego::{
    ArcStr, Budget, EvalError, Program, Settings, Solution, Solutions, Value, Version, testing,
};
use plumbline_sources::{bundle, fs};
use serde_json::{Map, json};

use super::test::{compile_modules, problem_of};
use crate::args::{EvalArgs, EvalFormat, Explain};
use crate::clock;
use crate::io::Io;

/// Runs the command.
pub(crate) fn run(args: &EvalArgs, io: &mut Io) -> ExitCode {
    let started = clock::now();
    let mut sources = Sources::default();
    let (modules, data, mut problems) = bundle::with_data(&args.data, &mut sources);
    let input = input(args, &mut sources, &mut problems);
    let loaded = clock::now();
    let files: Vec<FileId> = modules.iter().map(|module| module.file).collect();
    let (program, diagnostics) = compile_modules(&modules, &sources, args.v0_compatible);
    problems.extend(
        diagnostics
            .iter()
            .map(|diagnostic| problem_of(diagnostic, &files)),
    );
    let version = if args.v0_compatible {
        Version::V0
    } else {
        Version::V1
    };
    let query = program.query(&args.query, &package(args), version);
    let compiled = clock::now();
    let query = match query {
        Ok(query) if !problems.iter().any(Problem::is_error) => query,
        Ok(_) => return refused(&sources, &problems, io),
        Err(diagnostics) => {
            let file = sources.add(Source::new("query", args.query.as_str()));
            let of_query = |diagnostic: &plumbline_rego::Diagnostic| {
                problem_of(
                    &plumbline_rego::Diagnostic {
                        module: 0,
                        ..diagnostic.clone()
                    },
                    &[file],
                )
            };
            problems.extend(diagnostics.iter().map(of_query));
            return refused(&sources, &problems, io);
        }
    };
    let solutions = program.solve(&query, &base_data(&data), input.as_ref(), &settings(args));
    let timers = [
        ("load", loaded.saturating_sub(started)),
        ("compile", compiled.saturating_sub(loaded)),
        ("eval", clock::now().saturating_sub(compiled)),
    ];
    match solutions {
        Ok(solutions) => {
            explain(args, &program, &solutions, io);
            let rendered = render(args, &program, &solutions, &timers);
            io.data(&rendered);
            exit_code(args, &solutions)
        }
        Err(error) => {
            let rendered = failure(args, &program, &error);
            if args.format == EvalFormat::Json {
                io.data(&rendered);
            } else {
                io.error(&rendered);
            }
            ExitCode::from(2)
        }
    }
}

fn settings(args: &EvalArgs) -> Settings {
    let settings = clock::settings(args.timeout);
    Settings {
        budget: Budget {
            steps: args.max_steps,
            bytes: args.max_memory,
            ..settings.budget
        },
        strict: args.strict_builtin_errors,
        coverage: args.coverage || args.explain == Some(Explain::Full),
        profile: args.profile,
        ..settings
    }
}

/// The words of a package, with or without `data.` in front.
fn package(args: &EvalArgs) -> Vec<ArcStr> {
    let package = args.package.as_deref().unwrap_or_default();
    let below = package.strip_prefix("data.").unwrap_or(package);
    below
        .split('.')
        .filter(|word| !word.is_empty())
        .map(ArcStr::from)
        .collect()
}

fn input(args: &EvalArgs, sources: &mut Sources, problems: &mut Vec<Problem>) -> Option<Value> {
    let (name, text) = match &args.input {
        Some(path) => (fs::display(path), fs::read(path, fs::MAX_BYTES)),
        None if args.stdin_input => (
            "standard input".to_owned(),
            fs::text("standard input", io::stdin().lock(), fs::MAX_BYTES),
        ),
        None => return None,
    };
    let text = match text {
        Ok(text) => text,
        Err(problem) => {
            problems.push(problem);
            return None;
        }
    };
    let notation = Notation::of_file_name(&name).unwrap_or(Notation::Yaml);
    let file = sources.add(Source::new(name.clone(), text));
    let (documents, found) = parse::parse(sources.get(file)?, file, notation);
    problems.extend(found);
    match documents.as_slice() {
        [document] => {
            let typing = if notation == Notation::Json {
                Typing::Json
            } else {
                Typing::Core
            };
            Some(document.tree.to_value(NodeId::ROOT, typing))
        }
        several => {
            problems.push(Problem::file(
                name,
                format!("{} documents where one input is expected", several.len()),
            ));
            None
        }
    }
}

fn refused(sources: &Sources, problems: &[Problem], io: &mut Io) -> ExitCode {
    let said = text::problems(sources, problems, io.style());
    io.error(&said);
    ExitCode::from(2)
}

fn exit_code(args: &EvalArgs, solutions: &Solutions) -> ExitCode {
    let defined = !solutions.solutions.is_empty();
    ExitCode::from(u8::from(
        args.fail && !defined || args.fail_defined && defined,
    ))
}

/// Notes and conditions go to standard error: the answer alone is data.
fn explain(args: &EvalArgs, program: &Program, solutions: &Solutions, io: &mut Io) {
    for (place, line) in &solutions.answer.prints {
        let (row, _) = program.position(*place);
        io.error(&format!(
            "{}:{row}: {}\n",
            program.module_name(*place),
            plumbline_core::report::visible(line)
        ));
    }
    if args.explain == Some(Explain::Full) {
        for place in &solutions.answer.covered {
            let (row, column) = program.position(*place);
            let words = program
                .text(*place)
                .split_whitespace()
                .collect::<Vec<_>>()
                .join(" ");
            if row > 0 {
                io.error(&format!(
                    "held: {}:{row}:{column}: {words}\n",
                    program.module_name(*place)
                ));
            }
        }
    }
}

fn render(
    args: &EvalArgs,
    program: &Program,
    solutions: &Solutions,
    timers: &[(&str, Duration)],
) -> String {
    match args.format {
        EvalFormat::Json => whole(args, program, solutions, timers),
        EvalFormat::Values => pretty_json(&serde_json::Value::Array(
            solutions
                .solutions
                .iter()
                .map(|solution| {
                    serde_json::Value::Array(
                        solution
                            .expressions
                            .iter()
                            .map(|shown| plain(&shown.value))
                            .collect(),
                    )
                })
                .collect(),
        )),
        EvalFormat::Raw => solutions.solutions.iter().map(raw).collect(),
        EvalFormat::Pretty => solutions.solutions.iter().map(pretty).collect(),
    }
}

fn whole(
    args: &EvalArgs,
    program: &Program,
    solutions: &Solutions,
    timers: &[(&str, Duration)],
) -> String {
    let mut report = Map::new();
    if !solutions.solutions.is_empty() {
        report.insert(
            "result".to_owned(),
            solutions.solutions.iter().map(solution_shape).collect(),
        );
    }
    if args.metrics {
        let mut metrics: Map<String, serde_json::Value> = timers
            .iter()
            .map(|(name, time)| {
                (
                    format!("timer_{name}_ns"),
                    json!(u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)),
                )
            })
            .collect();
        metrics.insert("counter_steps".to_owned(), json!(solutions.answer.steps));
        report.insert("metrics".to_owned(), metrics.into());
    }
    if args.profile {
        report.insert("profile".to_owned(), profile(program, solutions));
    }
    if args.coverage {
        let files: BTreeMap<String, serde_json::Value> = testing::coverage(program, &solutions.answer.covered)
            .into_iter()
            .map(|(name, module)| (name, json!({"covered": module.covered, "not_covered": module.not_covered, "coverage": module.percent()})))
            .collect();
        report.insert("coverage".to_owned(), json!({"files": files}));
    }
    pretty_json(&report.into())
}

fn solution_shape(solution: &Solution) -> serde_json::Value {
    let expressions: Vec<serde_json::Value> = solution
        .expressions
        .iter()
        .map(|shown| json!({"value": plain(&shown.value), "text": shown.text, "location": {"row": shown.row, "col": shown.column}}))
        .collect();
    let mut shape = Map::from_iter([("expressions".to_owned(), expressions.into())]);
    if !solution.bindings.is_empty() {
        shape.insert("bindings".to_owned(), bindings(solution).into());
    }
    shape.into()
}

fn bindings(solution: &Solution) -> Map<String, serde_json::Value> {
    solution
        .bindings
        .iter()
        .map(|(name, value)| (name.to_string(), plain(value)))
        .collect()
}

/// Rules by what they took, the most expensive first.
fn profile(program: &Program, solutions: &Solutions) -> serde_json::Value {
    let mut rules: Vec<_> = solutions.answer.profile.iter().collect();
    rules.sort_by_key(|(place, spent)| (std::cmp::Reverse(spent.steps), **place));
    let shape = |(place, spent): (&plumbline_rego::Place, &plumbline_rego::Spent)| {
        let (row, column) = program.position(*place);
        json!({"location": {"file": program.module_name(*place), "row": row, "col": column}, "tries": spent.tries, "steps": spent.steps})
    };
    rules.into_iter().map(shape).collect()
}

fn raw(solution: &Solution) -> String {
    let values: Vec<String> = solution
        .expressions
        .iter()
        .map(|shown| match &shown.value {
            Value::String(text) => text.to_string(),
            other => json::to_string(other),
        })
        .collect();
    values.join(" ") + "\n"
}

/// Variables, or else values, one to a line.
fn pretty(solution: &Solution) -> String {
    if solution.bindings.is_empty() {
        return solution
            .expressions
            .iter()
            .map(|shown| pretty_json(&plain(&shown.value)))
            .collect();
    }
    let lines = solution
        .bindings
        .iter()
        .map(|(name, value)| [name, " = ", &plain(value).to_string(), "\n"].concat());
    lines.collect()
}

fn failure(args: &EvalArgs, program: &Program, error: &EvalError) -> String {
    let (row, column) = program.position(error.place);
    let file = program.module_name(error.place);
    if args.format == EvalFormat::Json {
        return pretty_json(
            &json!({"errors": [{"code": error.code, "message": error.message, "location": {"file": file, "row": row, "col": column}}]}),
        );
    }
    let place = if row > 0 {
        format!("{file}:{row}:{column}: ")
    } else {
        String::new()
    };
    format!("error: {place}{}: {}\n", error.code, error.message)
}

/// A value as JSON has it: sets as arrays.
fn plain(value: &Value) -> serde_json::Value {
    serde_json::from_str(&json::to_string(value)).unwrap_or_default()
}

fn pretty_json(value: &serde_json::Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default() + "\n"
}
