//! `plumb check`: judge manifests by policies.

use std::process::ExitCode;

use plumbline_core::estate::Estate;
use plumbline_core::finding::Evaluation;
use plumbline_core::policy::{self, PolicySet};
use plumbline_core::problem::Problem;
use plumbline_core::report::text::Style;
use plumbline_core::report::{
    Coverage, Report, azure, csv, github, gitlab, html, json, jsonl, junit, markdown, sarif,
    summary, text,
};
use plumbline_core::source::Sources;
use plumbline_core::verdict::{EnforcementPoint, Verdict};

use crate::args::{CheckArgs, OutputFormat};
use crate::clock;
use crate::config;
use crate::io::Io;
use crate::manifests;

/// Runs the command.
pub(crate) fn run(args: &CheckArgs, io: &mut Io) -> anyhow::Result<ExitCode> {
    let mut sources = Sources::default();
    let (config, mut problems) =
        config::resolve(&args.rules, &args.read.places(&args.paths), &mut sources);
    let (policies, policy_problems) = policy::load(&config.ingredients, &sources);
    problems.extend(policy_problems);
    let unloaded = problems.iter().any(Problem::is_error);
    let fail_on = args.fail_on.unwrap_or(config.fail_on);

    let manifests = manifests::read(&args.paths, &args.read, &config, &mut sources);
    let unread = manifests.problems.iter().any(Problem::is_error);
    problems.extend(manifests.problems);
    let (estate, estate_problems) = Estate::new(manifests.resources);
    problems.extend(estate_problems);
    // What could not be read, or loaded, has been said.
    if policies.rules().is_empty() && !unloaded {
        problems.push(no_rule(&policies));
    } else if estate.resources.is_empty() && !args.allow_empty && !unread {
        problems.push(
            Problem::run("nothing to check: no resource was found")
                .help("name files or folders with manifests; `--allow-empty` makes this a success"),
        );
    }

    let Evaluation {
        findings,
        problems: undecidable,
        evaluations,
        undecided,
        unknown,
    } = policies.evaluate(&estate, &clock::settings(clock::RULE));
    problems.extend(undecidable);
    let evaluation = Evaluation {
        findings,
        problems,
        evaluations,
        undecided,
        unknown,
    };
    let verdict = Verdict::of(&evaluation, EnforcementPoint::Check, fail_on);
    let report = Report {
        sources: &sources,
        estate: &estate,
        evaluation: &evaluation,
        verdict,
        fail_on,
        coverage: Coverage {
            idle: policies.idle(&estate),
            ..manifests.coverage
        },
        digest: policies.digest.to_string(),
        rules: policies.rules(),
        waiting: &policies.waiting(),
    };
    super::write_outputs(&args.outputs, OutputFormat::Text, io, |format, style| {
        render(&report, format, style)
    })?;
    Ok(ExitCode::from(match verdict {
        Verdict::Pass | Verdict::Warn => 0,
        Verdict::Deny => 1,
        Verdict::Undecided => 2,
    }))
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

fn no_rule(policies: &PolicySet) -> Problem {
    let help = match policies.waiting().as_slice() {
        [] => "name policies with `--policy`, or leave the built-in ones on".to_owned(),
        [(rule, decision), ..] => {
            format!("`{rule}` waits for the decision `{decision}`: make it in `estate.yaml`")
        }
    };
    Problem::run("there is no rule to judge by").help(help)
}
