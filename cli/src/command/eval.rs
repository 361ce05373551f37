//! `plumb eval`: a query of Rego on policies, data and an input.

use std::collections::BTreeSet;
use std::io;
use std::process::ExitCode;
use std::time::Duration;

use plumbline_core::parse::{self, Notation};
use plumbline_core::policy::base_data;
use plumbline_core::problem::{Place, Problem};
use plumbline_core::report::text;
use plumbline_core::source::{FileId, Source, Sources};
use plumbline_core::tree::{NodeId, Typing};
use plumbline_rego::value::json;
use plumbline_rego::{
    ArcStr, Budget, EvalError, Number, ObjectBuilder, Program, Settings, Solution, Solutions,
    Value, Version, testing,
};
use plumbline_sources::bundle::{self, DataFiles};
use plumbline_sources::fs;
use plumbline_sources::place::on_disk;

use super::test::{compile_modules, problem_of};
use crate::args::{EvalArgs, EvalFormat, Explain};
use crate::clock;
use crate::io::Io;

/// Runs the command.
pub(crate) fn run(args: &EvalArgs, io: &mut Io) -> ExitCode {
    let started = clock::now();
    let mut sources = Sources::default();
    let (modules, data, mut problems) =
        bundle::with_data(&on_disk(&args.data), DataFiles::All, &mut sources);
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
        Ok(_) => return refused(args, &sources, &problems, io),
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
            return refused(args, &sources, &problems, io);
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
    let (documents, found) = parse::parse_own(sources.get(file)?, file, notation);
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

/// What stood in the way, for people; and as JSON, if that was asked for.
fn refused(args: &EvalArgs, sources: &Sources, problems: &[Problem], io: &mut Io) -> ExitCode {
    let said = text::problems(sources, problems, io.style());
    io.error(&said);
    if args.format == EvalFormat::Json {
        let errors = problems.iter().filter(|problem| problem.is_error());
        let errors: Vec<Value> = errors
            .map(|problem| problem_shape(sources, problem))
            .collect();
        io.data(&json::to_string_pretty(&object([(
            "errors",
            errors.into(),
        )])));
    }
    ExitCode::from(2)
}

fn problem_shape(sources: &Sources, problem: &Problem) -> Value {
    let (code, message) = match problem.message.split_once(": ") {
        Some((code, message)) if code.starts_with("rego_") => (Some(code), message),
        _ => (None, problem.message.as_str()),
    };
    let place = match &problem.place {
        Place::Span(span) => sources
            .positions(*span)
            .map(|(start, _)| location(sources.name(span.file), start.line, start.column)),
        Place::File(name) => Some(object([("file", name.as_str().into())])),
        Place::Nowhere => None,
    };
    let mut shape = ObjectBuilder::default();
    shape.insert_str("message", message);
    if let Some(code) = code {
        shape.insert_str("code", code);
    }
    if let Some(place) = place {
        shape.insert_str("location", place);
    }
    Value::Object(shape.finish())
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
        EvalFormat::Values => list(&solutions.solutions, |solution| {
            let shown = solution.expressions.iter();
            let values: Vec<Value> = shown.map(|shown| shown.value.clone()).collect();
            values.into()
        }),
        EvalFormat::Bindings => list(&solutions.solutions, bindings),
        EvalFormat::Raw => solutions.solutions.iter().map(raw).collect(),
        EvalFormat::Pretty => solutions.solutions.iter().map(pretty).collect(),
    }
}

fn list(solutions: &[Solution], shape: impl Fn(&Solution) -> Value) -> String {
    let shapes: Vec<Value> = solutions.iter().map(shape).collect();
    json::to_string_pretty(&shapes.into())
}

/// Everything, with every digit that numbers were written with.
fn whole(
    args: &EvalArgs,
    program: &Program,
    solutions: &Solutions,
    timers: &[(&str, Duration)],
) -> String {
    let mut report = ObjectBuilder::default();
    if !solutions.solutions.is_empty() {
        let shapes: Vec<Value> = solutions.solutions.iter().map(solution_shape).collect();
        report.insert_str("result", shapes);
    }
    if args.metrics {
        report.insert_str("metrics", metrics(solutions, timers));
    }
    if args.profile {
        report.insert_str("profile", profile(program, solutions));
    }
    if args.coverage {
        report.insert_str("coverage", coverage(program, solutions));
    }
    json::to_string_pretty(&Value::Object(report.finish()))
}

fn object<const N: usize>(entries: [(&str, Value); N]) -> Value {
    let mut builder = ObjectBuilder::default();
    for (key, value) in entries {
        builder.insert_str(key, value);
    }
    Value::Object(builder.finish())
}

fn location(file: &str, row: u32, column: u32) -> Value {
    object([
        ("file", file.into()),
        ("row", i64::from(row).into()),
        ("col", i64::from(column).into()),
    ])
}

fn count(number: u64) -> Value {
    i64::try_from(number).unwrap_or(i64::MAX).into()
}

fn solution_shape(solution: &Solution) -> Value {
    let expressions = solution.expressions.iter().map(|shown| {
        let place = object([
            ("row", i64::from(shown.row).into()),
            ("col", i64::from(shown.column).into()),
        ]);
        object([
            ("value", shown.value.clone()),
            ("text", shown.text.as_str().into()),
            ("location", place),
        ])
    });
    let mut shape = ObjectBuilder::default();
    shape.insert_str("expressions", expressions.collect::<Vec<Value>>());
    if !solution.bindings.is_empty() {
        shape.insert_str("bindings", bindings(solution));
    }
    Value::Object(shape.finish())
}

fn bindings(solution: &Solution) -> Value {
    let mut bindings = ObjectBuilder::default();
    for (name, value) in &solution.bindings {
        bindings.insert_str(name, value.clone());
    }
    Value::Object(bindings.finish())
}

fn metrics(solutions: &Solutions, timers: &[(&str, Duration)]) -> Value {
    let mut metrics = ObjectBuilder::default();
    for (name, time) in timers {
        let nanoseconds = i64::try_from(time.as_nanos()).unwrap_or(i64::MAX);
        metrics.insert_str(&format!("timer_{name}_ns"), nanoseconds);
    }
    metrics.insert_str("counter_steps", count(solutions.answer.steps));
    Value::Object(metrics.finish())
}

fn coverage(program: &Program, solutions: &Solutions) -> Value {
    let lines = |lines: &BTreeSet<u32>| {
        let lines = lines.iter().map(|line| Value::from(i64::from(*line)));
        Value::from(lines.collect::<Vec<_>>())
    };
    let mut files = ObjectBuilder::default();
    for (name, module) in testing::coverage(program, &solutions.answer.covered) {
        let percent = Number::from_f64(module.percent()).map_or(Value::Null, Value::Number);
        let shape = object([
            ("covered", lines(&module.covered)),
            ("not_covered", lines(&module.not_covered)),
            ("coverage", percent),
        ]);
        files.insert_str(&name, shape);
    }
    object([("files", Value::Object(files.finish()))])
}

/// Rules by what they took, the most expensive first.
fn profile(program: &Program, solutions: &Solutions) -> Value {
    let mut rules: Vec<_> = solutions.answer.profile.iter().collect();
    rules.sort_by_key(|(place, spent)| (std::cmp::Reverse(spent.steps), **place));
    let shape = |(place, spent): (&plumbline_rego::Place, &plumbline_rego::Spent)| {
        let (row, column) = program.position(*place);
        object([
            (
                "location",
                location(program.module_name(*place), row, column),
            ),
            ("tries", count(spent.tries)),
            ("steps", count(spent.steps)),
        ])
    };
    Value::from(rules.into_iter().map(shape).collect::<Vec<_>>())
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
            .map(|shown| json::to_string_pretty(&shown.value))
            .collect();
    }
    let lines = solution
        .bindings
        .iter()
        .map(|(name, value)| [name, " = ", &json::to_string(value), "\n"].concat());
    lines.collect()
}

fn failure(args: &EvalArgs, program: &Program, error: &EvalError) -> String {
    let (row, column) = program.position(error.place);
    let file = program.module_name(error.place);
    if args.format == EvalFormat::Json {
        let shape = object([
            ("code", error.code.into()),
            ("message", error.message.as_str().into()),
            ("location", location(file, row, column)),
        ]);
        return json::to_string_pretty(&object([("errors", vec![shape].into())]));
    }
    let place = if row > 0 {
        format!("{file}:{row}:{column}: ")
    } else {
        String::new()
    };
    format!("error: {place}{}: {}\n", error.code, error.message)
}
