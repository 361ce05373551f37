//! `plumb policy`, as it is typed.

use std::path::PathBuf;

use clap::{Subcommand, ValueEnum};
use plumbline_core::finding::{RuleId, RuleIdError};

use super::RuleArgs;
use super::check::{Format, Output};

/// Look at rules, and write new ones.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  plumb policy list                             every rule with its severity and targets
  plumb policy show deployment/host-path        one rule with its page
  plumb policy new acme/owner-label             a policy, its unit tests and its page
  plumb policy doc -p policies/ --no-builtin    a page of reference in Markdown")]
pub(crate) struct PolicyArgs {
    #[command(subcommand)]
    pub(crate) command: PolicyCommand,
}

/// What to do with rules.
#[derive(Debug, Subcommand)]
pub(crate) enum PolicyCommand {
    /// List every rule: severity, effect, subject, targets, controls, source.
    #[command(after_help = "\
Examples:
  plumb policy list                             the built-in rules, and those of the configuration
  plumb policy list -p policies/ --no-builtin   your own only
  plumb policy list --profile pss-restricted    the rules of a standard
  plumb policy list -o json                     for machines")]
    List(ListArgs),
    /// Show one rule: what its author says of it, its parameters, and its page.
    #[command(after_help = "\
Examples:
  plumb policy show deployment/host-path
  plumb policy show -p policies/ acme/owner-label")]
    Show(ShowArgs),
    /// Write a reference page on every rule, in Markdown.
    #[command(after_help = "\
Examples:
  plumb policy doc -p policies/ --no-builtin --to docs/rules.md")]
    Doc(DocArgs),
    /// Begin a rule: a policy, its unit tests and its page, which pass at once.
    #[command(after_help = "\
Examples:
  plumb policy new acme/owner-label
  plumb policy new acme/egress --subject resource --in governance/policies")]
    New(NewArgs),
}

/// List rules.
#[derive(Debug, clap::Args)]
pub(crate) struct ListArgs {
    #[command(flatten)]
    pub(crate) rules: RuleArgs,
    /// An output: `text` or `json`, optionally to a file; may be repeated [default: text].
    #[arg(short, long = "output", value_name = "FORMAT[=FILE]")]
    pub(crate) outputs: Vec<Output<ListFormat>>,
}

/// Show one rule.
#[derive(Debug, clap::Args)]
pub(crate) struct ShowArgs {
    /// The id of the rule: `category/name`.
    #[arg(value_name = "RULE", value_parser = rule_id)]
    pub(crate) rule: RuleId,
    #[command(flatten)]
    pub(crate) rules: RuleArgs,
}

/// Write a reference page.
#[derive(Debug, clap::Args)]
pub(crate) struct DocArgs {
    #[command(flatten)]
    pub(crate) rules: RuleArgs,
    /// The file that is written [default: standard output].
    #[arg(long, value_name = "FILE")]
    pub(crate) to: Option<PathBuf>,
    /// Where the page of a rule is, `{id}` standing for its id; relative to the file that is written.
    #[arg(long, value_name = "LINK", value_parser = link)]
    pub(crate) link: Option<String>,
}

/// Begin a rule.
#[derive(Debug, clap::Args)]
pub(crate) struct NewArgs {
    /// The id of the rule: `category/name`, read after the word "waive".
    #[arg(value_name = "RULE", value_parser = rule_id)]
    pub(crate) rule: RuleId,
    /// What the rule judges.
    #[arg(long, value_enum, default_value = "workload")]
    pub(crate) subject: Subject,
    /// The folder of policies it is written into.
    #[arg(long = "in", value_name = "DIR", default_value = "policies")]
    pub(crate) folder: PathBuf,
}

/// What a new rule judges.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Subject {
    /// What runs, in the same form on every platform.
    Workload,
    /// A resource as it is written.
    Resource,
}

/// How the catalogue is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ListFormat {
    /// For people.
    Text,
    /// For machines.
    Json,
}

impl Format for ListFormat {
    const WORDS: &[(&str, Self)] = &[("text", Self::Text), ("json", Self::Json)];
}

fn link(text: &str) -> Result<String, &'static str> {
    if text.contains("{id}") {
        Ok(text.to_owned())
    } else {
        Err(
            "every rule would have one page: `{id}` must stand in it for the id, as in `rules/{id}.md`",
        )
    }
}

fn rule_id(text: &str) -> Result<RuleId, RuleIdError> {
    RuleId::new(text)
}
