//! `plumb check`: judge manifests by policies.

mod fix;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::bail;
use plumbline_core::baseline::{Baseline, Comparison};
use plumbline_core::estate::Estate;
use plumbline_core::finding::{Evaluation, Severity};
use plumbline_core::policy::{self, PolicySet};
use plumbline_core::problem::Problem;
use plumbline_core::report::text::Style;
use plumbline_core::report::{
    Coverage, Report, azure, csv, github, gitlab, html, json, jsonl, junit, markdown, sarif,
    summary, text,
};
use plumbline_core::resource::Resource;
use plumbline_core::source::{FileId, Sources};
use plumbline_core::verdict::{EnforcementPoint, Verdict};
use plumbline_core::waiver::Occasion;
use plumbline_sources::fs;

use crate::args::{CheckArgs, OutputFormat};
use crate::clock;
use crate::config::{self, CheckConfig};
use crate::exceptions;
use crate::io::Io;
use crate::manifests::{self, Edited, Manifests};
use crate::progress::{self, Progress};
use crate::results::Results;
use crate::since::{self, Past, Sides};

/// Runs the command.
pub(crate) fn run(args: &CheckArgs, io: &mut Io) -> anyhow::Result<ExitCode> {
    if args.fix && args.paths.iter().any(|path| path == Path::new("-")) {
        bail!(
            "standard input cannot be fixed{}",
            super::help("`--diff` shows what would be changed")
        );
    }
    let progress = Progress::begin(io.style());
    let mut examined = examine(args, &Edited::default());
    if args.fix || args.diff {
        let improved = fix::improve(examined, |edited| examine(args, edited));
        drop(progress);
        if args.diff {
            return Ok(fix::show(&improved, io));
        }
        fix::write(&improved, io)?;
        examined = improved.examined;
    } else {
        drop(progress);
    }
    report(args, &examined, io)
}

/// Everything that a run knows when it has judged.
struct Examined {
    sources: Sources,
    policies: PolicySet,
    estate: Estate,
    evaluation: Evaluation,
    coverage: Coverage,
    verdict: Verdict,
    fail_on: Severity,
    comparison: Option<Comparison>,
    /// Where the files are that were read, by their names.
    files: BTreeMap<String, PathBuf>,
    /// The text of standard input.
    piped: Option<FileId>,
    /// What it was compared with.
    past: Option<Past>,
    /// Why what was found cannot be kept for later runs, if it cannot.
    unkept: Option<String>,
}

/// Reads and judges everything, as if some of the files were edited.
fn examine(args: &CheckArgs, edited: &Edited) -> Examined {
    let mut sources = Sources::default();
    let (mut config, mut problems) =
        config::resolve(&args.rules, &args.read.places(&args.paths), &mut sources);
    let baselines = args.baseline.iter().chain(&args.write_baseline);
    config.own_files.extend(baselines.cloned());
    let (policies, policy_problems) = policy::load(&config.ingredients, &sources);
    problems.extend(policy_problems);
    problems.extend(config.unknown_rules(&policies));
    problems.extend(refused(args, &config));
    let unloaded = problems.iter().any(Problem::is_error);
    let fail_on = args.fail_on.unwrap_or(config.fail_on);
    config.keeps_documents = policies.judges_documents();
    let results = Results::open(args, &policies);
    let results = results.as_ref();

    let Sides {
        mut manifests,
        estate,
        past,
    } = sides(args, &config, &policies, edited, results, &mut sources);
    progress::judge(estate.resources.len());
    let unread = manifests.read.problems.iter().any(Problem::is_error);
    problems.append(&mut manifests.read.problems);
    let in_comments = std::mem::take(&mut manifests.read.waivers);
    let (waivers, waiver_problems) =
        exceptions::waivers(&config, in_comments, &policies, &mut sources);
    problems.extend(waiver_problems);
    let (baseline, baseline_problems) = match &past {
        Some(past) => {
            let (baseline, problems) = past.baseline(&policies, &config, &mut sources);
            (Some(baseline), problems)
        }
        None => known(args, &config, &mut sources),
    };
    problems.extend(baseline_problems);
    problems.extend(waivers.pointed_at_in_vain(&estate));
    // What could not be read, or loaded, has been said.
    if policies.rules().is_empty() && !unloaded {
        problems.push(no_rule(&policies));
    } else if estate.resources.is_empty()
        && manifests.read.documents.is_empty()
        && !args.allow_empty
        && !unread
        && past.is_none()
    {
        problems.push(
            Problem::run("nothing to check: no resource was found")
                .help("name files or folders with manifests; `--allow-empty` makes this a success"),
        );
    }

    let (judged, unkept) = evaluate(&policies, &estate, &manifests, past.as_ref(), results);
    let Evaluation {
        findings,
        problems: undecidable,
        evaluations,
        undecided,
        unknown,
    } = judged;
    problems.extend(undecidable);
    let mut evaluation = Evaluation {
        findings,
        problems,
        evaluations,
        undecided,
        unknown,
    };
    let judge = |evaluation: &Evaluation| Verdict::of(evaluation, EnforcementPoint::Check, fail_on);
    let occasion = Occasion {
        estate: &estate,
        sources: &sources,
        today: clock::today(),
        full: past.is_none()
            && config.is_whole
            && args.rules.profile.is_none()
            && judge(&evaluation) != Verdict::Undecided,
    };
    waivers.apply(&mut evaluation.findings, &occasion, &|file| {
        exceptions::path(file, &sources, &config)
    });
    // What a change concerns is judged as a whole.
    let is_all = occasion.full || past.is_some() && judge(&evaluation) != Verdict::Undecided;
    let comparison = baseline.map(|baseline| baseline.compare(&mut evaluation.findings, is_all));
    let verdict = judge(&evaluation);
    let coverage = Coverage {
        idle: policies.idle(&estate),
        ..manifests.read.coverage
    };
    Examined {
        sources,
        policies,
        estate,
        evaluation,
        coverage,
        verdict,
        fail_on,
        comparison,
        files: manifests.files,
        piped: manifests.piped,
        past,
        unkept,
    }
}

/// Writes every output, and the baseline if one is wanted.
fn report(args: &CheckArgs, examined: &Examined, io: &mut Io) -> anyhow::Result<ExitCode> {
    let Examined {
        sources,
        policies,
        estate,
        evaluation,
        verdict,
        ..
    } = examined;
    if let Some(past) = examined.past.as_ref().filter(|_| io.style().verbose) {
        io.error(&past.scope);
    }
    if let Some(why) = examined.unkept.as_ref().filter(|_| io.style().verbose) {
        io.error(&format!("warning: {why}\n"));
    }
    let report = Report {
        sources,
        estate,
        evaluation,
        verdict: *verdict,
        fail_on: examined.fail_on,
        coverage: examined.coverage.clone(),
        digest: policies.digest.to_string(),
        rules: policies.rules(),
        waiting: &policies.waiting(),
        baseline: examined.comparison,
        revision: examined.past.as_ref().map(|past| &past.revision),
    };
    super::write_outputs(&args.outputs, OutputFormat::Text, io, |format, style| {
        render(&report, format, style)
    })?;
    if let Some(file) = &args.write_baseline {
        if *verdict == Verdict::Undecided {
            io.error(&format!(
                "error: {} was not written: not everything could be decided\n",
                fs::display(file)
            ));
        } else {
            write_baseline(file, &Baseline::of(&evaluation.findings, estate), io)?;
        }
    }
    Ok(super::exit_code(*verdict))
}

/// What is judged: what the paths hold, or what changed below them.
fn sides(
    args: &CheckArgs,
    config: &CheckConfig,
    policies: &PolicySet,
    edited: &Edited,
    results: Option<&Results<'_>>,
    sources: &mut Sources,
) -> Sides {
    if let Some(revision) = &args.since {
        return since::read(revision, args, config, policies, sources);
    }
    let (paths, read) = (&args.paths, &args.read);
    let mut manifests = manifests::read_with(paths, read, config, edited, results, sources);
    let resources = std::mem::take(&mut manifests.read.resources);
    let (estate, problems) = Estate::recalling(resources, &manifests.recalled.memory);
    manifests.read.problems.extend(problems);
    Sides {
        manifests,
        estate,
        past: None,
    }
}

/// What is found, and why it cannot be kept for later runs, if it cannot.
fn evaluate(
    policies: &PolicySet,
    estate: &Estate,
    manifests: &Manifests,
    past: Option<&Past>,
    results: Option<&Results<'_>>,
) -> (Evaluation, Option<String>) {
    let settings = clock::settings(clock::RULE);
    let documents = &manifests.read.documents;
    if let Some(past) = past {
        let share = |resource: &Resource| past.share(resource);
        let evaluation = policies.evaluate_shares(estate, documents, &share, &settings);
        return (evaluation, None);
    }
    let recalled = &manifests.recalled;
    let (evaluation, learnt) =
        policies.evaluate_remembering(estate, documents, &recalled.memory, &settings);
    let unkept = results.and_then(|results| results.keep(&learnt, recalled).err());
    (evaluation, unkept)
}

fn render(report: &Report<'_>, format: OutputFormat, style: Style) -> String {
    match format {
        OutputFormat::Text => text::render(report, style),
        OutputFormat::Json => json::render(report),
        OutputFormat::JsonLines => jsonl::render(report),
        OutputFormat::Sarif => sarif::render(report),
        OutputFormat::Junit => junit::render(report),
        OutputFormat::Github => github::render(report),
        OutputFormat::GithubSummary => summary::render(report),
        OutputFormat::Gitlab => gitlab::render(report),
        OutputFormat::Azure => azure::render(report),
        OutputFormat::Markdown => markdown::render(report),
        OutputFormat::Csv => csv::render(report),
        OutputFormat::Html => html::render(report),
    }
}

/// The options that say what a layer locks.
fn refused(args: &CheckArgs, config: &CheckConfig) -> Vec<Problem> {
    let options = [
        ("--fail-on", "fail-on", args.fail_on.is_some()),
        ("--baseline", "baseline", args.baseline.is_some()),
        ("--no-builtin", "builtin", args.rules.no_builtin),
    ];
    let given = options.into_iter().filter(|(_, _, given)| *given);
    given
        .filter_map(|(option, key, _)| config.refused(option, key))
        .collect()
}

/// The baseline to compare with. A run that writes one begins anew, and one that compares with a revision needs none.
fn known(
    args: &CheckArgs,
    config: &CheckConfig,
    sources: &mut Sources,
) -> (Option<Baseline>, Vec<Problem>) {
    let given = args.baseline.as_ref().map(|file| config.place(file));
    match given.as_ref().or(config.baseline.as_ref()) {
        Some(file) if args.write_baseline.is_none() && args.since.is_none() => {
            exceptions::baseline(file, sources)
        }
        _ => (None, Vec::new()),
    }
}

fn write_baseline(file: &Path, baseline: &Baseline, io: &mut Io) -> anyhow::Result<()> {
    super::write_file_and_folder(file, &baseline.render())?;
    let known = match baseline.findings() {
        1 => "1 finding is known".to_owned(),
        n => format!("{n} findings are known"),
    };
    io.error(&format!("wrote {}: {known}\n", fs::display(file)));
    Ok(())
}

fn no_rule(policies: &PolicySet) -> Problem {
    let help = match policies.waiting().as_slice() {
        [] => "name policies with `--policy`, or leave the built-in ones on".to_owned(),
        [(rule, decision), ..] => {
            format!("`{rule}` waits for the decision `{decision}`: make it in `estate.yaml`")
        }
    };
    Problem::run("there is no rule to judge by").help(help)
}
