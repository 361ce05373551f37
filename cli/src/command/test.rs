//! `plumb test`: the unit tests of policies.

use std::collections::BTreeSet;
use std::process::ExitCode;

use plumbline_core::policy::{PolicyFile, base_data};
use plumbline_core::problem::Problem;
use plumbline_core::report::text;
use plumbline_core::report::unit_tests::{self, TestReport};
use plumbline_core::source::{FileId, Sources, Span};
use plumbline_rego::testing::{self, TestResult, UnitTest};
use plumbline_rego::{Diagnostic, Module, Place, Program, Settings, Value, Version, compile};
use plumbline_sources::bundle::{self, DataFiles};
use rayon::prelude::*;

use crate::args::{TestArgs, TestFormat};
use crate::clock;
use crate::io::Io;

/// Runs the command.
pub(crate) fn run(args: &TestArgs, io: &mut Io) -> anyhow::Result<ExitCode> {
    let mut sources = Sources::default();
    let (modules, mut data, mut problems) =
        bundle::with_data(&args.paths, DataFiles::CalledData, &mut sources);
    let (more, data_problems) = bundle::data(&args.data, &mut sources);
    data.extend(more);
    problems.extend(data_problems);
    let files: Vec<FileId> = modules.iter().map(|module| module.file).collect();
    let (program, diagnostics) = compile_modules(&modules, &sources, args.v0_compatible);
    problems.extend(
        diagnostics
            .iter()
            .map(|diagnostic| problem_of(diagnostic, &files)),
    );

    let coverage = args.coverage || args.threshold.is_some();
    let settings = Settings {
        coverage,
        ..clock::settings(args.timeout)
    };
    let tests = testing::discover(&program).into_iter().filter(|test| {
        args.run
            .as_ref()
            .is_none_or(|pattern| pattern.is_match(&test.path()))
    });
    let results = run_all(&program, tests.collect(), &base_data(&data), &settings);
    if results.is_empty() {
        problems.push(
            Problem::run("no test was found")
                .help("a test is a rule named `test_...`; name files or folders that hold some"),
        );
    }
    let covered: BTreeSet<Place> = results
        .iter()
        .flat_map(|(_, result)| result.covered.iter().copied())
        .collect();
    let report = TestReport {
        sources: &sources,
        modules: &files,
        program: &program,
        results: &results,
        coverage: coverage.then(|| (testing::coverage(&program, &covered), args.threshold)),
    };
    let said = text::problems(&sources, &problems, io.style());
    io.error(&said);
    super::write_outputs(
        &args.outputs,
        TestFormat::Text,
        io,
        |format, style| match format {
            TestFormat::Text => unit_tests::text(&report, style),
            TestFormat::Json => unit_tests::json(&report),
            TestFormat::Junit => unit_tests::junit(&report),
        },
    )?;
    Ok(exit_code(&report, &problems))
}

/// Tests in parallel, results in order.
fn run_all(
    program: &Program,
    tests: Vec<UnitTest>,
    data: &Value,
    settings: &Settings,
) -> Vec<(UnitTest, TestResult)> {
    tests
        .into_par_iter()
        .map(|test| (test.clone(), testing::run(program, &test, data, settings)))
        .collect()
}

fn exit_code(report: &TestReport<'_>, problems: &[Problem]) -> ExitCode {
    let counts = report.counts();
    if counts.errored > 0 || problems.iter().any(Problem::is_error) {
        return ExitCode::from(2);
    }
    ExitCode::from(u8::from(counts.failed > 0 || report.is_below_threshold()))
}

/// Compiles policy files, in order.
pub(super) fn compile_modules(
    modules: &[PolicyFile],
    sources: &Sources,
    v0: bool,
) -> (Program, Vec<Diagnostic>) {
    let version = if v0 { Version::V0 } else { Version::V1 };
    let texts: Vec<Module> = modules
        .iter()
        .filter_map(|module| sources.get(module.file))
        .map(|source| Module {
            version,
            ..Module::new(source.name(), source.text())
        })
        .collect();
    compile(&texts)
}

/// A diagnostic at its place.
pub(super) fn problem_of(diagnostic: &Diagnostic, files: &[FileId]) -> Problem {
    let message = format!("{}: {}", diagnostic.code, diagnostic.message);
    let problem = match files.get(diagnostic.module) {
        Some(file) => Problem::error(
            Span {
                file: *file,
                start: diagnostic.span.start,
                end: diagnostic.span.end,
            },
            message,
        ),
        None => Problem::run(message),
    };
    match &diagnostic.hint {
        Some(hint) => problem.help(hint.clone()),
        None => problem,
    }
}
