//! The policies of a server, read as `plumb check` reads them. One error, or one unit test that fails, and the set is
//! refused as a whole.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use plumbline_core::break_glass::{self, BreakGlass};
use plumbline_core::policy::{self, PolicyFile, PolicySet, base_data};
use plumbline_core::problem::{Place, Problem};
use plumbline_core::source::{FileId, Sources, Span};
use plumbline_core::stage::Stages;
use plumbline_core::waiver::{self, Authority, Waivers};
use plumbline_rego::testing::{self, Outcome};
use plumbline_server::policies::{Loaded, PolicySource, Refused};

use super::memory::Memory;
use crate::args::RuleArgs;
use crate::clock;
use crate::command::test::{compile_modules, problem_of, run_all};
use crate::config::{self, Bundle, CheckConfig, Signature};
use crate::exceptions;

/// How long one unit test may take.
const TEST: Duration = Duration::from_secs(10);
/// How far the clock of whoever signs may be ahead.
const AHEAD: u64 = 5 * 60;
/// How many problems a refusal names.
const NAMED: usize = 20;

/// Policies as the command line and a configuration name them.
#[derive(Debug)]
pub(super) struct Configured {
    pub(super) rules: RuleArgs,
    /// How long after its signature a bundle is taken.
    pub(super) max_age: Option<Duration>,
    pub(super) memory: Memory,
}

/// Everything that a set is made of, read and not yet compiled.
pub(super) struct Gathered {
    config: CheckConfig,
    /// The digest of the rules and all that they read.
    digest: String,
    revision: Option<String>,
    /// What is equal only if everything is that decides.
    fingerprint: String,
    warnings: Vec<Problem>,
}

/// A set that may judge, but for its texts.
pub(super) struct Fit {
    policies: PolicySet,
    waivers: Waivers,
    stages: Stages,
    overrides: Vec<BreakGlass>,
    digest: String,
    revision: Option<String>,
    fingerprint: String,
    /// What is worth knowing of it.
    pub(super) warnings: Vec<Problem>,
}

impl Fit {
    /// The set with the texts that it stands in.
    pub(super) fn with(self, sources: Sources) -> Loaded {
        Loaded {
            policies: self.policies,
            waivers: self.waivers,
            stages: self.stages,
            overrides: self.overrides,
            sources,
            digest: self.digest,
            revision: self.revision,
            fingerprint: self.fingerprint,
        }
    }
}

impl PolicySource for Configured {
    fn load(&self, known: Option<&str>) -> Result<Option<Loaded>, Refused> {
        let mut sources = Sources::default();
        let refused = |problems: &[Problem], sources: &Sources| Refused {
            reason: said(problems, sources),
        };
        let gathered = match self.gather(&mut sources) {
            Ok(gathered) => gathered,
            Err(problems) => return Err(refused(&problems, &sources)),
        };
        if known == Some(gathered.fingerprint.as_str()) {
            return Ok(None);
        }
        match self.fit(gathered, &sources) {
            Ok(fit) => Ok(Some(fit.with(sources))),
            Err(problems) => Err(refused(&problems, &sources)),
        }
    }
}

impl Configured {
    /// Reads everything that decides; or what is wrong with it.
    pub(super) fn gather(&self, sources: &mut Sources) -> Result<Gathered, Vec<Problem>> {
        let here = [PathBuf::from(".")];
        // Whoever runs a server decides for the organisation.
        let (config, mut problems) =
            config::resolve_as(Authority::Organisation, &self.rules, &here, sources);
        problems.extend(self.untrusted(&config));
        if problems.iter().any(Problem::is_error) {
            return Err(problems);
        }
        let digest = config.ingredients.digest(sources).to_string();
        let revision = revision(&config);
        let waivers = waiver::digest(&config.organisation);
        let stages = config.stages.digest();
        let overrides = break_glass::digest(&config.break_glass);
        Ok(Gathered {
            fingerprint: format!("{digest} {waivers} {stages} {overrides} {revision:?}"),
            digest,
            revision,
            config,
            warnings: problems,
        })
    }

    /// Compiles and tests a set; or what is wrong with it.
    pub(super) fn fit(&self, gathered: Gathered, sources: &Sources) -> Result<Fit, Vec<Problem>> {
        let Gathered {
            config,
            digest,
            revision,
            fingerprint,
            warnings: mut problems,
        } = gathered;
        let (policies, wrong) = policy::load(&config.ingredients, sources);
        problems.extend(wrong);
        let waivers = config.organisation.clone();
        let (waivers, wrong) = Waivers::new(waivers, &exceptions::rules(&policies));
        problems.extend(wrong);
        problems.extend(config.unknown_rules(&policies));
        if policies.rules().is_empty() && !problems.iter().any(Problem::is_error) {
            let help = "name policies with `--policy`, or leave the built-in ones on";
            problems.push(Problem::run("there is no rule to judge by").help(help));
        }
        if !problems.iter().any(Problem::is_error) {
            problems.extend(failed_tests(&config, sources));
        }
        if problems.iter().any(Problem::is_error) {
            return Err(problems);
        }
        let bundles = config.trust.bundles.iter();
        let reached: BTreeMap<String, u64> = bundles
            .filter_map(|bundle| Some((bundle.name.clone(), order(bundle)?)))
            .collect();
        if let Err(reason) = self.memory.remember(reached) {
            return Err(vec![Problem::run(reason)]);
        }
        Ok(Fit {
            policies,
            waivers,
            stages: config.stages,
            overrides: config.break_glass,
            digest,
            revision,
            fingerprint,
            warnings: problems,
        })
    }

    /// What nobody signed who should have, or not lately.
    fn untrusted(&self, config: &CheckConfig) -> Vec<Problem> {
        let trust = &config.trust;
        let mut problems = Vec::new();
        for bundle in &trust.bundles {
            let refused = |message: String| Problem::file(bundle.name.as_str(), message);
            match bundle.signature {
                Signature::Absent => {}
                Signature::Unchecked => {
                    let message = "it is signed, and nothing says whose signature counts";
                    let help = "name the keys that count: `bundle-keys` in `plumbline.yaml`";
                    problems.push(refused(message.to_owned()).help(help));
                }
                Signature::Checked(issued) => {
                    let reasons = [self.out_of_time(issued), self.overtaken(bundle)];
                    problems.extend(reasons.into_iter().flatten().map(refused));
                }
            }
        }
        if trust.names_keys {
            let help = "with `bundle-keys`, put it into a bundle and sign that";
            let message = "it is not signed, and only what is signed counts";
            let refused = |name: &String| Problem::file(name.as_str(), message).help(help);
            problems.extend(trust.unsigned.iter().map(refused));
        } else if self.max_age.is_some() {
            let help = "only a signature says how old a bundle is: name the keys that count with `bundle-keys`";
            problems.push(Problem::run("`max-age` without `bundle-keys`").help(help));
        }
        problems
    }

    /// Why the time of a signature does not count.
    fn out_of_time(&self, issued: Option<u64>) -> Option<String> {
        let now = clock::unix_seconds();
        match (issued, self.max_age) {
            (Some(issued), _) if issued > now.saturating_add(AHEAD) => {
                Some("it is signed in the future".to_owned())
            }
            (Some(issued), Some(most)) if issued.saturating_add(most.as_secs()) < now => {
                let seconds = most.as_secs();
                Some(format!("it was signed more than {seconds} seconds ago"))
            }
            (None, Some(_)) => Some("its signature does not say when it was made".to_owned()),
            _ => None,
        }
    }

    /// That a newer bundle was in force already.
    fn overtaken(&self, bundle: &Bundle) -> Option<String> {
        let newest = self.memory.newest(&bundle.name)?;
        match order(bundle) {
            Some(order) if order >= newest => None,
            Some(order) => Some(format!(
                "it is older than the one before: {order}, after {newest}"
            )),
            None => Some("it does not say how old it is, and the one before did".to_owned()),
        }
    }
}

/// What grows from one signed bundle to the next: the time of its signature, or else its revision.
fn order(bundle: &Bundle) -> Option<u64> {
    let Signature::Checked(issued) = bundle.signature else {
        return None;
    };
    let revision = || bundle.revision.as_ref()?.parse::<u64>().ok();
    issued.or_else(revision)
}

/// Where a set comes from: commits, and revisions of bundles.
fn revision(config: &CheckConfig) -> Option<String> {
    let named = config.revision.as_ref().and_then(|held| held.commit());
    let commits = config.commits.iter().map(String::as_str).chain(named);
    let bundles = config.trust.bundles.iter();
    let revisions = bundles.filter_map(|bundle| bundle.revision.as_deref());
    let all: Vec<&str> = commits.chain(revisions).collect();
    (!all.is_empty()).then(|| all.join(", "))
}

/// The unit tests of a set that fail. Those of the built-in library ran when it was built.
fn failed_tests(config: &CheckConfig, sources: &Sources) -> Vec<Problem> {
    let modules = &config.ingredients.modules;
    let (library, own) = modules
        .split_at_checked(config.builtin_modules)
        .unwrap_or_default();
    if own.is_empty() {
        return Vec::new();
    }
    let is_test = |module: &&PolicyFile| module.path.ends_with("_test.rego");
    let library = library.iter().filter(|module| !is_test(module));
    let modules: Vec<PolicyFile> = own.iter().chain(library).cloned().collect();
    let files: Vec<FileId> = modules.iter().map(|module| module.file).collect();
    let (program, diagnostics) = compile_modules(&modules, sources, false);
    if !diagnostics.is_empty() {
        let problems = diagnostics.iter();
        return problems
            .map(|diagnostic| problem_of(diagnostic, &files))
            .collect();
    }
    let tests = testing::discover(&program).into_iter();
    let tests = tests.filter(|test| (test.place.module as usize) < own.len());
    let data = base_data(&config.ingredients.data);
    let settings = clock::settings(TEST);
    let results = run_all(&program, tests.collect(), &data, &settings);
    let failed = results.into_iter().filter_map(|(test, result)| {
        let message = match result.outcome {
            Outcome::Passed | Outcome::Todo => return None,
            Outcome::Failed(_) => format!("the test `{}` fails", test.path().escape_debug()),
            Outcome::Errored(error) => {
                format!(
                    "the test `{}` breaks off: {error}",
                    test.path().escape_debug()
                )
            }
        };
        let span = Span {
            file: *files.get(test.place.module as usize)?,
            start: test.place.span.start,
            end: test.place.span.end,
        };
        let help = "a set is taken when its own tests pass: `plumb test` says why one does not";
        Some(Problem::error(span, message).help(help))
    });
    failed.collect()
}

/// Errors as text, a line each.
fn said(problems: &[Problem], sources: &Sources) -> String {
    let errors: Vec<&Problem> = problems
        .iter()
        .filter(|problem| problem.is_error())
        .collect();
    let line = |problem: &&Problem| {
        let message = &problem.message;
        match &problem.place {
            Place::Nowhere => message.clone(),
            Place::File(name) => format!("{name}: {message}"),
            Place::Span(span) => {
                let name = sources.name(span.file);
                match sources.positions(*span) {
                    Some((start, _)) => format!("{name}:{start}: {message}"),
                    None => format!("{name}: {message}"),
                }
            }
        }
    };
    let mut lines: Vec<String> = errors.iter().take(NAMED).map(line).collect();
    if let Some(more) = errors.len().checked_sub(NAMED).filter(|more| *more > 0) {
        lines.push(format!("and {more} more"));
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use plumbline_server::policies::{Loaded, PolicySource};

    use super::{Configured, Memory, RuleArgs};

    const POLICY: &str = "# METADATA\n# scope: package\n# title: t\n# custom:\n#   id: t/a\n#   severity: low\n#   subject: resource\npackage t.a\n\ndeny contains \"found\" if input.kind == \"core/Pod\"\n";

    fn write(folder: &Path, name: &str, text: &str) {
        fs::write(folder.join(name), text).unwrap();
    }

    /// A folder with one policy, and what reads it.
    fn configured() -> (tempfile::TempDir, Configured) {
        let folder = tempfile::tempdir().unwrap();
        write(
            folder.path(),
            "plumbline.yaml",
            "builtin: false\npolicies: [a.rego, a_test.rego]\nwaivers: [waivers.yaml]\n",
        );
        write(folder.path(), "a.rego", POLICY);
        write(folder.path(), "a_test.rego", &test("count(a.deny) == 1"));
        write(folder.path(), "waivers.yaml", &waiver("r"));
        let source = Configured {
            rules: RuleArgs {
                config: Some(folder.path().join("plumbline.yaml")),
                ..RuleArgs::default()
            },
            max_age: None,
            memory: Memory::open(None).unwrap(),
        };
        (folder, source)
    }

    fn test(condition: &str) -> String {
        format!(
            "package t.a_test\n\nimport data.t.a\n\ntest_pod if {condition} with input as {{\"kind\": \"core/Pod\"}}\n"
        )
    }

    fn waiver(reason: &str) -> String {
        format!(
            "version: 1\nwaivers:\n  - {{rule: t/a, resource: \"*\", reason: {reason}, owner: o, expires: 2099-12-31}}\n"
        )
    }

    fn load(source: &Configured) -> Loaded {
        source.load(None).unwrap().unwrap()
    }

    #[test]
    fn what_is_known_is_not_loaded_again_and_what_decides_otherwise_is() {
        let (folder, source) = configured();
        let first = load(&source);
        assert!(source.load(Some(&first.fingerprint)).unwrap().is_none());
        assert_eq!(first.policies.digest.to_string(), first.digest);
        write(folder.path(), "waivers.yaml", &waiver("another"));
        let waived = load(&source);
        assert_eq!(waived.digest, first.digest);
        assert_ne!(waived.fingerprint, first.fingerprint);
        let changed = POLICY.replace("found", "seen");
        write(folder.path(), "a.rego", &changed);
        assert_ne!(load(&source).digest, first.digest);
    }

    #[test]
    fn the_waivers_of_a_server_are_the_organisations() {
        let (_folder, source) = configured();
        let authorities: Vec<_> = load(&source)
            .waivers
            .iter()
            .map(|waiver| waiver.authority.as_str())
            .collect();
        assert_eq!(authorities, ["organisation"]);
    }

    #[test]
    fn one_mistake_refuses_the_whole_set_and_is_said_at_its_place() {
        let (folder, source) = configured();
        write(folder.path(), "a_test.rego", &test("count(a.deny) == 2"));
        let refused = source.load(None).unwrap_err();
        assert!(
            refused
                .reason
                .contains("a_test.rego:5:1: the test `data.t.a_test.test_pod` fails"),
            "{refused}"
        );
        write(
            folder.path(),
            "a.rego",
            "package t.a\n\ndeny contains x if true\n",
        );
        let refused = source.load(None).unwrap_err();
        assert!(refused.reason.contains("a.rego:3:"), "{refused}");
        fs::remove_file(folder.path().join("waivers.yaml")).unwrap();
        let refused = source.load(None).unwrap_err();
        assert!(refused.reason.contains("plumbline.yaml:3:"), "{refused}");
    }
}
