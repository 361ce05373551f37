//! `plumb check`, as it is typed.

use std::path::PathBuf;
use std::str::FromStr;

use clap::builder::PossibleValuesParser;
use clap::builder::TypedValueParser;
use plumbline_core::finding::Severity;

use super::{ReadArgs, RuleArgs};

/// Judge manifests by policies.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  plumb check deploy/                        judge every manifest below a folder
  plumb check -p policies/ deploy/web.yaml   with policies of your own besides the built-in ones
  plumb check -p policy/ --namespace main --namespace 'k8s.*' deploy/
                                             with packages that were written for Conftest
  plumb check --profile pss-restricted deploy/
                                             by the Pod Security Standards only
  plumb check -o sarif=plumb.sarif -o text deploy/
                                             for code scanning, and to read along
  plumb check -o github -o github-summary=\"$GITHUB_STEP_SUMMARY\" deploy/
                                             annotations and a summary in a workflow
  kustomize build . | plumb check -          judge what another tool renders
  plumb check - --stdin-filename web.yaml    what an editor has not saved yet
  plumb check --since origin/main            what the branch changed, and only by what it introduced
  plumb check --write-baseline baseline.json .
                                             take down what there is, and with `--baseline baseline.json`
                                             fail from then on only by what is new
  plumb check --diff deploy/                 what can be fixed; with `--fix`, it is

Exit codes: 0 decided, nothing fails; 1 decided, something fails; 2 could not decide.")]
pub(crate) struct CheckArgs {
    /// Files and folders; `-` is standard input.
    #[arg(value_name = "PATH", default_value = ".")]
    pub(crate) paths: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) rules: RuleArgs,
    /// The severity from which on a finding of effect `deny` fails [default: info].
    #[arg(long, value_name = "SEVERITY", value_parser = severity_parser())]
    pub(crate) fail_on: Option<Severity>,
    /// An output, optionally to a file; may be repeated: `text`, `json`, `jsonl`, `sarif`, `junit`, `github`,
    /// `github-summary`, `gitlab`, `azure`, `markdown`, `csv`, `html` [default: text].
    #[arg(short, long = "output", value_name = "FORMAT[=FILE]")]
    pub(crate) outputs: Vec<Output<OutputFormat>>,
    /// The findings that are known and do not fail [default: `baseline` of the configuration].
    #[arg(long, value_name = "FILE")]
    pub(crate) baseline: Option<PathBuf>,
    /// Judge what changed since a revision of the git repository, committed or not, and fail only by what the change
    /// introduced. The revision is read from the objects of the repository; the files are left as they are.
    #[arg(long, value_name = "REV", conflicts_with_all = ["baseline", "write_baseline", "helm", "fix", "diff"])]
    pub(crate) since: Option<String>,
    /// Write what is found as the findings that are known from now on. No baseline is read in the same run.
    #[arg(long, value_name = "FILE", conflicts_with = "baseline")]
    pub(crate) write_baseline: Option<PathBuf>,
    /// Undo what is found, where its rule knows how: comments and layout stay, and a file is written only if it is found
    /// better and nowhere worse.
    #[arg(long, conflicts_with = "diff")]
    pub(crate) fix: bool,
    /// Show what `--fix` would change, as a patch, and change nothing. Ends with 1 if there is something to change.
    #[arg(long, conflicts_with_all = ["outputs", "write_baseline"])]
    pub(crate) diff: bool,
    /// End clean when there is nothing to check.
    #[arg(long)]
    pub(crate) allow_empty: bool,
    #[command(flatten)]
    pub(crate) keep: CacheArgs,
    #[command(flatten)]
    pub(crate) read: ReadArgs,
}

/// Where what was found is kept for the next run.
#[derive(Debug, clap::Args)]
pub(crate) struct CacheArgs {
    /// Keep what was found below this folder, and take it from there for files that did not change [default:
    /// `$XDG_CACHE_HOME/plumbline` or `~/.cache/plumbline`, and none where `CI` is set].
    #[arg(long, value_name = "DIR", conflicts_with = "no_cache")]
    pub(crate) cache: Option<PathBuf>,
    /// Judge every file anew, and keep nothing.
    #[arg(long)]
    pub(crate) no_cache: bool,
}

pub(super) fn severity_parser() -> impl TypedValueParser<Value = Severity> {
    PossibleValuesParser::new(Severity::ALL.iter().map(|severity| severity.as_str()))
        .try_map(|word| Severity::parse(&word).ok_or("not a severity"))
}

/// One output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Output<F> {
    /// How it is written.
    pub(crate) format: F,
    /// Where; standard output if nowhere else.
    pub(crate) file: Option<PathBuf>,
}

/// A closed set of formats and their words.
pub(crate) trait Format: Copy + 'static {
    /// Every format.
    const WORDS: &[(&str, Self)];
}

/// How an output is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OutputFormat {
    /// For people.
    Text,
    /// For machines.
    Json,
    /// For machines that read line by line.
    JsonLines,
    /// For code scanning.
    Sarif,
    /// For whatever shows test results.
    Junit,
    /// Annotations in a workflow of GitHub.
    Github,
    /// The summary of its job.
    GithubSummary,
    /// The Code Quality report of GitLab.
    Gitlab,
    /// Issues in a run of Azure Pipelines.
    Azure,
    /// A comment on a pull request.
    Markdown,
    /// For spreadsheets.
    Csv,
    /// A page for auditors.
    Html,
}

impl Format for OutputFormat {
    const WORDS: &[(&str, Self)] = &[
        ("text", Self::Text),
        ("json", Self::Json),
        ("jsonl", Self::JsonLines),
        ("sarif", Self::Sarif),
        ("junit", Self::Junit),
        ("github", Self::Github),
        ("github-summary", Self::GithubSummary),
        ("gitlab", Self::Gitlab),
        ("azure", Self::Azure),
        ("markdown", Self::Markdown),
        ("csv", Self::Csv),
        ("html", Self::Html),
    ];
}

impl<F: Format> FromStr for Output<F> {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (word, file) = match text.split_once('=') {
            Some((_, "")) => return Err("a file is missing after `=`".to_owned()),
            Some((word, file)) => (word, Some(PathBuf::from(file))),
            None => (text, None),
        };
        match F::WORDS.iter().find(|(known, _)| *known == word) {
            Some((_, format)) => Ok(Self {
                format: *format,
                file,
            }),
            None => {
                let known: Vec<String> = F::WORDS
                    .iter()
                    .map(|(word, _)| format!("`{word}`"))
                    .collect();
                Err(format!(
                    "`{word}` is no output format; known are {}",
                    known.join(", ")
                ))
            }
        }
    }
}
