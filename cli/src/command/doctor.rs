//! `plumb doctor`: how webhooks can lock a cluster out, and how they can be got past.

use std::process::ExitCode;

use plumbline_core::doctor;
use plumbline_core::estate::Estate;
use plumbline_core::problem::Problem;
use plumbline_core::report::{Coverage, Report, json, sarif, text};
use plumbline_core::source::Sources;
use plumbline_core::verdict::{EnforcementPoint, Verdict};

use crate::args::{DoctorArgs, DoctorFormat, RuleArgs};
use crate::clock;
use crate::config;
use crate::io::Io;
use crate::manifests;

/// Runs the command.
pub(crate) fn run(args: &DoctorArgs, io: &mut Io) -> anyhow::Result<ExitCode> {
    let mut sources = Sources::default();
    let rules = RuleArgs {
        no_config: args.no_config,
        no_builtin: true,
        ..RuleArgs::default()
    };
    let (config, mut problems) =
        config::resolve(&rules, &args.read.places(&args.paths), &mut sources);
    let read = manifests::read(&args.paths, &args.read, &config, &mut sources).read;
    problems.extend(read.problems);
    let (estate, more) = Estate::new(read.resources);
    problems.extend(more);
    let mut evaluation = doctor::examine(&estate, clock::today());
    problems.append(&mut evaluation.problems);
    // What could not be read has been said.
    if evaluation.evaluations == 0 && !problems.iter().any(Problem::is_error) {
        problems.push(
            Problem::run("nothing to examine: no webhook was found").help(
                "name files with a `ValidatingWebhookConfiguration` or a `MutatingWebhookConfiguration`",
            ),
        );
    }
    evaluation.problems = problems;
    let verdict = Verdict::of(&evaluation, EnforcementPoint::Check, args.fail_on);
    let report = Report {
        sources: &sources,
        estate: &estate,
        evaluation: &evaluation,
        verdict,
        fail_on: args.fail_on,
        coverage: Coverage {
            checks: doctor::checks().count(),
            ..read.coverage
        },
        digest: doctor::digest(),
        rules: &[],
        waiting: &[],
        baseline: None,
        revision: None,
    };
    super::write_outputs(
        &args.outputs,
        DoctorFormat::Text,
        io,
        |format, style| match format {
            DoctorFormat::Text => text::render(&report, style),
            DoctorFormat::Json => json::render(&report),
            DoctorFormat::Sarif => sarif::render(&report),
        },
    )?;
    Ok(super::exit_code(verdict))
}
