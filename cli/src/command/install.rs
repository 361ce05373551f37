//! `plumb install`: what puts the admission webhook into a cluster.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{anyhow, bail};
use plumbline_core::install::{self, Authority, Plan, Settings, Trust};
use plumbline_core::policy;
use plumbline_core::problem::Problem;
use plumbline_core::report::text;
use plumbline_core::resource::Resource;
use plumbline_core::served::{self, Served};
use plumbline_core::source::Sources;
use plumbline_sources::fs;

use crate::args::{InstallArgs, ReadArgs, WebhookArgs};
use crate::config::{self, CheckConfig};
use crate::io::Io;
use crate::manifests;

/// Runs the command. Where something is wrong nothing is printed: a webhook that asks about half of what policies judge
/// would be taken for a whole one.
pub(crate) fn run(args: &InstallArgs, io: &mut Io) -> anyhow::Result<ExitCode> {
    let mut sources = Sources::default();
    let here = [PathBuf::from(".")];
    let (config, mut problems) = config::resolve(&args.rules, &here, &mut sources);
    let (policies, more) = policy::load(&config.ingredients, &sources);
    problems.extend(more);
    let custom = definitions(&args.webhook, &config, &mut sources, &mut problems);
    let settings = settings(&args.webhook)?;
    let plan = Plan::of(&policies, custom);
    if plan.closed.is_empty() && plan.open.is_empty() {
        problems.push(
            Problem::run("no rule judges anything that a cluster serves")
                .help("name policies with `--policy`, or leave the built-in ones on"),
        );
    }
    let is_wrong = problems.iter().any(Problem::is_error);
    let said = text::problems(&sources, &problems, io.style());
    io.error(&said);
    if is_wrong {
        return Ok(ExitCode::from(2));
    }
    io.error(&notes(args, &plan));
    io.data(&install::render(&settings, &plan));
    Ok(ExitCode::SUCCESS)
}

fn settings(args: &WebhookArgs) -> anyhow::Result<Settings> {
    let trust = match &args.ca_bundle {
        Some(file) => Trust::Secret {
            name: args.tls_secret.clone(),
            authority: authority(file)?,
        },
        None if args.manage_ca => Trust::Own,
        None => Trust::CertManager,
    };
    Ok(Settings {
        namespace: args.namespace.clone(),
        image: args.image.clone(),
        replicas: args.replicas,
        exempt: args.exempt.clone(),
        trust,
        policies: args.config_map.clone(),
        critical: args.critical,
    })
}

fn authority(file: &Path) -> anyhow::Result<Authority> {
    let pem = fs::read(file, fs::MAX_BYTES)
        .map_err(|problem| anyhow!("{}: {}", fs::display(file), problem.message))?;
    let Some(authority) = Authority::new(&pem) else {
        bail!(
            "{} holds no certificates in PEM, or a private key beside them{}",
            fs::display(file),
            super::help("name the certificate of the authority that signed the one of the server")
        );
    };
    Ok(authority)
}

/// The kinds that definitions of custom resources add.
fn definitions(
    args: &WebhookArgs,
    config: &CheckConfig,
    sources: &mut Sources,
    problems: &mut Vec<Problem>,
) -> Vec<Served<String>> {
    if args.definitions.is_empty() {
        return Vec::new();
    }
    let read = ReadArgs {
        max_file_size: fs::MAX_BYTES,
        stdin_filename: None,
        helm: false,
    };
    let found = manifests::read(&args.definitions, &read, config, sources).read;
    problems.extend(found.problems);
    let resources = found.resources.iter().map(Resource::view);
    let custom: Vec<Served<String>> = resources.filter_map(served::custom).collect();
    if custom.is_empty() {
        problems.push(
            Problem::run("`--crd`: there is no definition of custom resources")
                .help("name files with a `CustomResourceDefinition` of `apiextensions.k8s.io/v1`"),
        );
    }
    custom
}

/// What is not sent, and what is still to be done.
fn notes(args: &InstallArgs, plan: &Plan) -> String {
    let mut notes = String::new();
    for (rule, target) in &plan.unsent {
        notes.push_str(&format!(
            "warning: `{rule}` judges `{}`, about which nobody is asked: `--crd` names its definition\n",
            target.escape_debug()
        ));
    }
    if plan.closed.is_empty() {
        notes.push_str("note: no rule denies anything, so that no webhook fails closed\n");
    }
    let has_own = !args.rules.policies.is_empty() || args.rules.config.is_some();
    if has_own && args.webhook.config_map.is_none() {
        notes.push_str(
            "warning: the pods judge by the built-in policies only: `--config-map` names what holds yours\n",
        );
    }
    notes
}
