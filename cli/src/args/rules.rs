//! Which rules judge, and what they read, as it is typed.

use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::builder::TypedValueParser;
use plumbline_core::policy::profile::{PROFILES, Profile};

/// The options of every command that judges by rules.
#[derive(Debug, Default, clap::Args)]
pub(crate) struct RuleArgs {
    /// A file or folder of Rego policies besides the built-in ones, or a bundle of OPA, packed or not; may be repeated.
    #[arg(short, long = "policy", value_name = "PATH")]
    pub(crate) policies: Vec<PathBuf>,
    /// A file or folder of JSON and YAML that policies read below `data`, or a packed bundle of OPA, of which only the data
    /// is read; may be repeated.
    #[arg(short, long = "data", value_name = "PATH")]
    pub(crate) data: Vec<PathBuf>,
    /// A Conftest package that judges, or a glob on their names; may be repeated [default: `main`].
    #[arg(long = "namespace", value_name = "PACKAGE")]
    pub(crate) namespaces: Vec<String>,
    /// The organisation's decisions [default: `estate.yaml` beside the configuration, or at the root of a PATH].
    #[arg(long, value_name = "FILE")]
    pub(crate) estate: Option<PathBuf>,
    /// The configuration [default: `plumbline.yaml`, searched from the PATH up to the root of the repository].
    #[arg(long, value_name = "FILE", conflicts_with = "no_config")]
    pub(crate) config: Option<PathBuf>,
    /// Read no configuration.
    #[arg(long)]
    pub(crate) no_config: bool,
    /// Do not judge by the built-in policies.
    #[arg(long)]
    pub(crate) no_builtin: bool,
    /// Read what decides from a commit, tag or branch in place of the files on disk: configuration, policies, data,
    /// decisions, waivers, baseline and what git ignores. So a change cannot exempt itself.
    #[arg(long, value_name = "REV")]
    pub(crate) policy_ref: Option<String>,
    /// Judge only by the rules of a published standard.
    #[arg(long, value_name = "PROFILE", value_parser = profile_parser())]
    pub(crate) profile: Option<Profile>,
}

fn profile_parser() -> impl TypedValueParser<Value = Profile> {
    PossibleValuesParser::new(PROFILES.iter().map(|profile| profile.name))
        .try_map(|name| Profile::of_name(&name).ok_or("not a profile"))
}
