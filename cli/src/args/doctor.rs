//! `plumb doctor`, as it is typed.

use std::path::PathBuf;

use plumbline_core::finding::Severity;

use super::ReadArgs;
use super::check::{Format, Output, severity_parser};

/// Say how the webhooks of a cluster can lock it out, and how they can be got past.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
It reads configurations of validating and of mutating webhooks, and asks no cluster. Services, workloads, namespaces and
budgets that are handed in as well say who answers; what is not handed in is not held against anyone.

Examples:
  plumb doctor deploy/webhooks.yaml          before it is applied
  kubectl get validatingwebhookconfigurations,mutatingwebhookconfigurations,namespaces,deployments,services,poddisruptionbudgets -A -o yaml | plumb doctor -
                                             what runs in a cluster
  plumb install --cert-manager --image IMAGE | plumb doctor -
                                             what would be installed
  plumb doctor -o sarif=webhooks.sarif .     for code scanning

Exit codes: 0 decided, nothing that fails; 1 decided, something fails; 2 could not decide, or there is no webhook.")]
pub(crate) struct DoctorArgs {
    /// Files and folders; `-` is standard input.
    #[arg(value_name = "PATH", default_value = ".")]
    pub(crate) paths: Vec<PathBuf>,
    /// The severity from which on a finding fails.
    #[arg(long, value_name = "SEVERITY", value_parser = severity_parser(), default_value = "high")]
    pub(crate) fail_on: Severity,
    /// An output: `text`, `json` or `sarif`, optionally to a file; may be repeated [default: text].
    #[arg(short, long = "output", value_name = "FORMAT[=FILE]")]
    pub(crate) outputs: Vec<Output<DoctorFormat>>,
    /// Read no configuration.
    #[arg(long)]
    pub(crate) no_config: bool,
    #[command(flatten)]
    pub(crate) read: ReadArgs,
}

/// How findings on webhooks are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DoctorFormat {
    /// For people.
    Text,
    /// For machines.
    Json,
    /// For code scanning.
    Sarif,
}

impl Format for DoctorFormat {
    const WORDS: &[(&str, Self)] = &[
        ("text", Self::Text),
        ("json", Self::Json),
        ("sarif", Self::Sarif),
    ];
}
