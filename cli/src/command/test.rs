//! `plumb test`: the unit tests of policies.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use plumbline_core::finding::RuleId;
use plumbline_core::policy::metadata;
use plumbline_core::policy::page::{Judges, Page};
use plumbline_core::policy::{Ingredients, PolicyFile, base_data, functions};
use plumbline_core::problem::Problem;
use plumbline_core::report::text;
use plumbline_core::report::unit_tests::{self, PageResult, TestReport};
use plumbline_core::source::{FileId, Sources, Span};
use plumbline_rego::testing::{self, TestResult, UnitTest};
use plumbline_rego::{Diagnostic, Module, Place, Program, Settings, Value, Version, compile_with};
use plumbline_sources::bundle::{self, DataFiles};
use plumbline_sources::fs;
use plumbline_sources::place::on_disk;
use rayon::prelude::*;

use crate::args::{TestArgs, TestFormat};
use crate::clock;
use crate::io::Io;

/// Runs the command.
pub(crate) fn run(args: &TestArgs, io: &mut Io) -> anyhow::Result<ExitCode> {
    let mut sources = Sources::default();
    let (modules, mut data, mut problems) =
        bundle::with_data(&on_disk(&args.paths), DataFiles::CalledData, &mut sources);
    let (more, data_problems) = bundle::data(&on_disk(&args.data), &mut sources);
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
    let discovered = testing::discover(&program);
    let there_are = discovered.len();
    let tests = discovered.into_iter().filter(|test| {
        args.run
            .as_ref()
            .is_none_or(|pattern| pattern.is_match(&test.path()))
    });
    let results = run_all(&program, tests.collect(), &base_data(&data), &settings);
    problems.extend(missing_folders(&args.pages));
    let ingredients = Ingredients {
        modules,
        data,
        ..Ingredients::default()
    };
    let (pages, page_problems) = run_pages(args, &ingredients, &sources);
    problems.extend(page_problems);
    // What could not be read has been said.
    let unread = there_are == 0 && problems.iter().any(Problem::is_error);
    if results.is_empty() && pages.is_empty() && !unread {
        problems.push(no_test(args, there_are));
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
        pages: &pages,
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

/// That nothing was run, and whether there would have been something.
fn no_test(args: &TestArgs, there_are: usize) -> Problem {
    match &args.run {
        Some(pattern) if there_are > 0 => {
            let pattern = pattern.as_str().escape_debug();
            Problem::run(format!("no test matches `{pattern}`, of {there_are} here"))
                .help("`--run` is matched against paths, such as `data.shop_test.test_denied`, and ids of rules that have a page")
        }
        _ => Problem::run("no test was found")
            .help("a test is a rule named `test_...`; name files or folders that hold some"),
    }
}

fn missing_folders(pages: &[PathBuf]) -> Vec<Problem> {
    let missing = pages.iter().filter(|folder| !folder.is_dir());
    let said = |folder: &PathBuf| {
        Problem::file(fs::display(folder), "no such folder")
            .help("`--pages` names a folder with the pages of rules, each at `<id>.md`")
    };
    missing.map(said).collect()
}

/// Tests in parallel, results in order.
pub(super) fn run_all(
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
    let failed = counts.failed > 0 || report.failed_examples() > 0;
    ExitCode::from(u8::from(failed || report.is_below_threshold()))
}

/// The pages of all rules that have one, in parallel, results in order. An annotation that cannot be read is said.
fn run_pages(
    args: &TestArgs,
    ingredients: &Ingredients,
    sources: &Sources,
) -> (Vec<PageResult>, Vec<Problem>) {
    let mut problems = Vec::new();
    let mut found = Vec::new();
    let is_test = |module: &&PolicyFile| module.path.ends_with("_test.rego");
    for module in ingredients.modules.iter().filter(|module| !is_test(module)) {
        let Some(source) = sources.get(module.file) else {
            continue;
        };
        let (annotation, unreadable) = metadata::of_package(source, module.file);
        problems.extend(unreadable);
        let Some(rule) =
            annotation.and_then(|annotation| metadata::read(&annotation, &mut problems))
        else {
            continue;
        };
        let wanted = |pattern: &regex::Regex| pattern.is_match(rule.id.as_str());
        if args.run.as_ref().is_none_or(wanted) {
            found.extend(page_of(&args.pages, Path::new(source.name()), &rule.id));
        }
    }
    let settings = clock::settings(args.timeout);
    let judges = if args.strict_pages {
        Judges::All
    } else {
        Judges::Own
    };
    let run = |(rule, file): (RuleId, PathBuf)| {
        let page = Page::read(&fs::read(&file, fs::MAX_BYTES)?);
        // A README may be about the folder as a whole.
        let result = (page.title == rule.as_str()).then(|| PageResult {
            examples: page.run(&rule, judges, ingredients, sources, &settings),
            rule,
            file: fs::display(&file),
        });
        Ok(result)
    };
    let results: Vec<Result<Option<PageResult>, Problem>> =
        found.into_par_iter().map(run).collect();
    let mut pages = Vec::new();
    for result in results {
        match result {
            Ok(page) => pages.extend(page),
            Err(problem) => problems.push(problem),
        }
    }
    (pages, problems)
}

/// The page of a rule: below a folder of pages, or beside the policy.
fn page_of(folders: &[PathBuf], policy: &Path, rule: &RuleId) -> Option<(RuleId, PathBuf)> {
    let beside = policy.with_file_name("README.md");
    let named = folders
        .iter()
        .map(|folder| folder.join(format!("{rule}.md")));
    let file = named.chain([beside]).find(|file| file.is_file())?;
    Some((rule.clone(), file))
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
    compile_with(&texts, functions())
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
