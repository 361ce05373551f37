//! Arguments and `plumbline.yaml` to one resolved configuration.

use std::path::{Path, PathBuf};

use globset::{Glob, GlobSet, GlobSetBuilder};
use plumbline_core::finding::{Effect, Severity};
use plumbline_core::parse::{self, Document, Notation};
use plumbline_core::policy::{Ingredients, Override};
use plumbline_core::problem::Problem;
use plumbline_core::schema::{self, Schema};
use plumbline_core::source::{FileId, Source, Sources, Span};
use plumbline_core::tree::{NodeId, Typing, View};
use plumbline_rego::Value;
use plumbline_sources::{bundle, fs};

use crate::args::RuleArgs;

const CONFIG_NAME: &str = "plumbline.yaml";
const ESTATE_NAME: &str = "estate.yaml";

/// What to check, by what, and when it fails.
#[derive(Debug)]
pub(crate) struct CheckConfig {
    /// Files that are ours, which are not manifests.
    pub(crate) own_files: Vec<PathBuf>,
    /// Globs of files that are not read.
    pub(crate) ignored: GlobSet,
    /// What the globs are relative to.
    pub(crate) base: PathBuf,
    /// What the policy set is made of.
    pub(crate) ingredients: Ingredients,
    /// The severity from which on a finding fails.
    pub(crate) fail_on: Severity,
    /// Files of waivers.
    pub(crate) waivers: Vec<PathBuf>,
    /// The file of the baseline.
    pub(crate) baseline: Option<PathBuf>,
    /// Whether the paths take in everything below the folder of the configuration.
    pub(crate) is_whole: bool,
}

/// Resolves a configuration. What is wrong with it comes back beside what could be used.
pub(crate) fn resolve(
    args: &RuleArgs,
    paths: &[PathBuf],
    sources: &mut Sources,
) -> (CheckConfig, Vec<Problem>) {
    let mut resolver = Resolver {
        sources,
        problems: Vec::new(),
    };
    let config = resolver.check(args, paths);
    (config, resolver.problems)
}

struct Resolver<'a> {
    sources: &'a mut Sources,
    problems: Vec<Problem>,
}

/// A file of ours, read and checked.
struct Own {
    document: Document,
    path: PathBuf,
}

impl Own {
    fn root(&self) -> View<'_> {
        self.document.tree.view(NodeId::ROOT, Typing::Core)
    }

    fn place(&self, view: View<'_>) -> Span {
        self.document.tree.place(view.id()).unwrap_or(Span {
            file: self.document.file,
            start: 0,
            end: 0,
        })
    }

    /// A path of the file, relative to the folder it lies in.
    fn relative(&self, path: &str) -> PathBuf {
        self.path.parent().unwrap_or(Path::new("")).join(path)
    }
}

impl Resolver<'_> {
    fn check(&mut self, args: &RuleArgs, roots: &[PathBuf]) -> CheckConfig {
        let config = self
            .config_file(args, roots)
            .and_then(|path| self.read(path, schema::CONFIGURATION));
        let estate = estate_file(args, roots, config.as_ref())
            .and_then(|path| self.read(path, schema::ESTATE));
        let paths = |key: &str| -> Vec<PathBuf> {
            let listed = config.iter().flat_map(|own| {
                own.root()
                    .get(key)
                    .into_iter()
                    .flat_map(View::items)
                    .filter_map(move |item| item.str().map(|path| own.relative(path)))
            });
            listed.collect()
        };
        let scalar = |key: &str| config.as_ref().and_then(|own| own.root().get(key));
        let builtin = scalar("builtin").and_then(View::bool).unwrap_or(true) && !args.no_builtin;
        let mut ingredients = Ingredients {
            estate: estate.as_ref().map(|own| own.root().value()),
            overrides: config.as_ref().map(overrides).unwrap_or_default(),
            profile: args.profile,
            ..Ingredients::default()
        };
        if builtin {
            ingredients.modules = bundle::builtin(self.sources);
        }
        let (mut modules, problems) = bundle::policies(
            &[paths("policies"), args.policies.clone()].concat(),
            self.sources,
        );
        self.problems.extend(problems);
        ingredients.modules.append(&mut modules);
        let (data, problems) =
            bundle::data(&[paths("data"), args.data.clone()].concat(), self.sources);
        self.problems.extend(problems);
        ingredients.data = data;
        let configured = scalar("fail-on")
            .and_then(View::str)
            .and_then(Severity::parse);
        let waivers = paths("waivers");
        let baseline = scalar("baseline").and_then(View::str);
        let baseline = baseline.zip(config.as_ref());
        let baseline = baseline.map(|(path, own)| own.relative(path));
        let base = config
            .as_ref()
            .and_then(|own| own.path.parent().map(Path::to_owned))
            .unwrap_or_default();
        CheckConfig {
            ignored: config
                .as_ref()
                .map(|own| self.ignored(own))
                .unwrap_or_default(),
            is_whole: covers(roots, &base),
            base,
            fail_on: configured.unwrap_or(Severity::Info),
            own_files: config
                .into_iter()
                .chain(estate)
                .map(|own| own.path)
                .chain(waivers.iter().cloned())
                .chain(baseline.clone())
                .collect(),
            ingredients,
            waivers,
            baseline,
        }
    }

    /// The file given, or the one found upwards from the paths to the root of the repository.
    fn config_file(&mut self, args: &RuleArgs, roots: &[PathBuf]) -> Option<PathBuf> {
        if args.no_config {
            return None;
        }
        if let Some(path) = &args.config {
            return Some(path.clone());
        }
        let mut found: Vec<PathBuf> = roots.iter().filter_map(|path| upwards(path)).collect();
        found.sort();
        found.dedup_by_key(|path| fs::canonical(path));
        if let [first, second, ..] = found.as_slice() {
            let message = format!(
                "the paths have different configurations: {} and {}",
                fs::display(first),
                fs::display(second)
            );
            self.problems.push(
                Problem::run(message)
                    .help("check them one after the other, or name one with `--config`"),
            );
            return None;
        }
        found.pop()
    }

    fn read(&mut self, path: PathBuf, schema: &str) -> Option<Own> {
        let (document, problems) = document(&path, Notation::Yaml, schema, self.sources);
        self.problems.extend(problems);
        document.map(|document| Own { document, path })
    }

    fn ignored(&mut self, own: &Own) -> GlobSet {
        let mut set = GlobSetBuilder::new();
        for item in own.root().get("ignore").into_iter().flat_map(View::items) {
            match Glob::new(item.str().unwrap_or_default()) {
                Ok(glob) => set.add(glob),
                Err(error) => {
                    self.problems.push(Problem::error(
                        own.place(item),
                        format!("not a glob: {}", error.kind()),
                    ));
                    continue;
                }
            };
        }
        set.build().unwrap_or_default()
    }
}

/// Reads a file of ours. What its schema does not allow comes back beside it; a file without a word is no document.
pub(crate) fn document(
    path: &Path,
    notation: Notation,
    schema: &str,
    sources: &mut Sources,
) -> (Option<Document>, Vec<Problem>) {
    match fs::read(path, fs::MAX_BYTES) {
        Ok(text) => {
            let file = sources.add(Source::new(fs::display(path), text));
            document_of(file, notation, schema, sources)
        }
        Err(problem) => (None, vec![problem]),
    }
}

/// Reads a text of ours.
pub(crate) fn document_of(
    file: FileId,
    notation: Notation,
    schema: &str,
    sources: &Sources,
) -> (Option<Document>, Vec<Problem>) {
    let Some(source) = sources.get(file) else {
        return (None, Vec::new());
    };
    let (documents, mut problems) = parse::parse(source, file, notation);
    let broken = !problems.is_empty();
    match <[Document; 1]>::try_from(documents) {
        Ok([document]) => {
            match Schema::from_text(schema) {
                Ok(schema) => problems.extend(schema.check(&document, file)),
                Err(error) => problems.push(Problem::run(error.to_string())),
            }
            (Some(document), problems)
        }
        Err(documents) => {
            if !broken && !documents.is_empty() {
                let message = format!("{} documents where one is expected", documents.len());
                problems.push(Problem::file(source.name(), message));
            }
            (None, problems)
        }
    }
}

/// Whether one of the paths is a folder, or lies above it.
fn covers(roots: &[PathBuf], folder: &Path) -> bool {
    let here = if folder.as_os_str().is_empty() {
        Path::new(".")
    } else {
        folder
    };
    let folder = fs::canonical(here);
    roots
        .iter()
        .any(|root| root.is_dir() && folder.starts_with(fs::canonical(root)))
}

/// `plumbline.yaml` in the folder of a path or above it.
fn upwards(path: &Path) -> Option<PathBuf> {
    let start = if path.is_dir() { path } else { path.parent()? };
    let absolute = std::path::absolute(if start.as_os_str().is_empty() {
        Path::new(".")
    } else {
        start
    })
    .ok()?;
    let found = absolute
        .ancestors()
        .take(reach(&absolute))
        .enumerate()
        .find(|(_, folder)| folder.join(CONFIG_NAME).is_file());
    found.map(|(steps, folder)| above(start, steps, folder).join(CONFIG_NAME))
}

/// How many folders are searched, from one upwards: to the root of its repository. Outside a repository the current
/// folder is the last one, or the folder itself where it lies elsewhere.
fn reach(folder: &Path) -> usize {
    let repository = |folder: &Path| folder.join(".git").exists();
    let last = match folder.ancestors().position(repository) {
        Some(root) => root,
        None => std::env::current_dir()
            .ok()
            .and_then(|current| folder.ancestors().position(|above| above == current))
            .unwrap_or(0),
    };
    last + 1
}

/// A folder some steps above `start`, spelt relative to it where that is possible.
fn above(start: &Path, steps: usize, absolute: &Path) -> PathBuf {
    let current = std::env::current_dir().ok();
    match start.ancestors().nth(steps) {
        Some(ancestor) if !ancestor.as_os_str().is_empty() => ancestor.to_owned(),
        _ => match current
            .and_then(|current| absolute.strip_prefix(current).map(Path::to_owned).ok())
        {
            Some(relative) => relative,
            None => absolute.to_owned(),
        },
    }
}

fn estate_file(args: &RuleArgs, roots: &[PathBuf], config: Option<&Own>) -> Option<PathBuf> {
    if let Some(path) = &args.estate {
        return Some(path.clone());
    }
    if let Some(own) = config {
        if let Some(path) = own.root().get("estate").and_then(View::str) {
            return Some(own.relative(path));
        }
        let beside = own.relative(ESTATE_NAME);
        if beside.is_file() {
            return Some(beside);
        }
    }
    roots
        .iter()
        .filter(|path| path.is_dir())
        .map(|path| path.join(ESTATE_NAME))
        .find(|path| path.is_file())
}

fn overrides(own: &Own) -> Vec<Override> {
    let rules = own.root().get("rules");
    let one = |(pattern, over): (&str, View<'_>)| {
        let word = |key: &str| over.get(key).and_then(View::str);
        let params = over.get("params");
        Override {
            pattern: pattern.to_owned(),
            place: own.place(over),
            severity: word("severity").and_then(Severity::parse),
            effect: word("effect").map(Effect::parse),
            params: params
                .map(View::value)
                .filter(|value| matches!(value, Value::Object(_))),
            params_place: own.place(params.unwrap_or(over)),
        }
    };
    rules.into_iter().flat_map(View::entries).map(one).collect()
}
