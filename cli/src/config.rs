//! Arguments and `plumbline.yaml` to one resolved configuration.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use globset::{Glob, GlobSet, GlobSetBuilder};
use plumbline_core::finding::{Effect, Severity};
use plumbline_core::parse::{self, Document, Notation};
use plumbline_core::policy::{Ingredients, Namespace, Override};
use plumbline_core::problem::Problem;
use plumbline_core::schema::{self, Schema};
use plumbline_core::source::{FileId, Source, Sources, Span};
use plumbline_core::tree::{NodeId, Typing, View};
use plumbline_rego::Value;
use plumbline_sources::{bundle, fs, opa};

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
    /// The text of each glob, and where it is written.
    pub(crate) ignore_places: Vec<(String, Span)>,
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
    /// Whether documents are judged as they are written, so that what no format knows is read too.
    pub(crate) keeps_documents: bool,
}

/// What a file of ours is for.
struct Purpose {
    name: &'static str,
    schema: &'static str,
    help: &'static str,
    /// What is said when it holds nothing.
    empty: Option<&'static str>,
}

const CONFIGURATION: Purpose = Purpose {
    name: CONFIG_NAME,
    schema: schema::CONFIGURATION,
    help: "it configures the run: `--config` names it; without, `plumbline.yaml` is looked for",
    empty: None,
};

const ESTATE: Purpose = Purpose {
    name: ESTATE_NAME,
    schema: schema::ESTATE,
    help: "it holds the organisation's decisions: `--estate` names it; without, `estate.yaml` is looked for",
    empty: Some("it is empty, and decides nothing"),
};

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
        let config_path = self.config_file(args, roots);
        let config = config_path
            .clone()
            .and_then(|path| self.read(path, &CONFIGURATION));
        let estate_path = self.estate_file(args, roots, config.as_ref());
        let estate = estate_path
            .clone()
            .and_then(|path| self.read(path, &ESTATE));
        let scalar = |key: &str| config.as_ref().and_then(|own| own.root().get(key));
        let builtin = scalar("builtin").and_then(View::bool).unwrap_or(true) && !args.no_builtin;
        let mut ingredients = Ingredients {
            estate: estate.as_ref().map(|own| own.root().value()),
            overrides: config.as_ref().map(overrides).unwrap_or_default(),
            profile: args.profile,
            namespaces: namespaces(args, config.as_ref()),
            ..Ingredients::default()
        };
        if builtin {
            ingredients.modules = bundle::builtin(self.sources);
        }
        let help = "`--policy` names a file or folder of Rego policies";
        let policies = [
            self.listed(config.as_ref(), "policies"),
            self.named(&args.policies, help),
        ];
        let (bundles, policies): (Vec<PathBuf>, Vec<PathBuf>) = policies
            .concat()
            .into_iter()
            .partition(|path| opa::is_bundle(path));
        let (mut modules, problems) = bundle::policies(&policies, self.sources);
        self.problems.extend(problems);
        ingredients.modules.append(&mut modules);
        for folder in bundles {
            let (mut modules, mut data, problems) = opa::read(&folder, self.sources);
            self.problems.extend(problems);
            ingredients.modules.append(&mut modules);
            ingredients.data.append(&mut data);
        }
        let help = "`--data` names a file or folder of JSON and YAML that policies read";
        let data = [
            self.listed(config.as_ref(), "data"),
            self.named(&args.data, help),
        ];
        let (mut data, problems) = bundle::data(&data.concat(), self.sources);
        self.problems.extend(problems);
        ingredients.data.append(&mut data);
        let configured = scalar("fail-on")
            .and_then(View::str)
            .and_then(Severity::parse);
        let (ignored, ignore_places) = config
            .as_ref()
            .map(|own| self.ignored(own))
            .unwrap_or_default();
        // A file that is not there yet may be written by what reads this.
        let waivers: Vec<PathBuf> = config
            .iter()
            .flat_map(|own| {
                let items = own.root().get("waivers").into_iter().flat_map(View::items);
                items.filter_map(|item| Some(own.relative(item.str()?)))
            })
            .collect();
        let baseline = scalar("baseline").and_then(View::str);
        let baseline = baseline.zip(config.as_ref());
        let baseline = baseline.map(|(path, own)| own.relative(path));
        let base = config
            .as_ref()
            .and_then(|own| own.path.parent().map(Path::to_owned))
            .unwrap_or_default();
        CheckConfig {
            ignored,
            ignore_places,
            is_whole: covers(roots, &base),
            base,
            fail_on: configured.unwrap_or(Severity::Info),
            own_files: config_path
                .into_iter()
                .chain(estate_path)
                .chain(waivers.iter().cloned())
                .chain(baseline.clone())
                .collect(),
            ingredients,
            waivers,
            baseline,
            keeps_documents: false,
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
        let mut found = Vec::new();
        let mut misnamed = BTreeSet::new();
        for folder in roots.iter().flat_map(|path| searched(path)) {
            misnamed.extend(misnamed_in(&folder, CONFIG_NAME));
            found.extend(Some(folder.join(CONFIG_NAME)).filter(|path| path.is_file()));
        }
        self.say_misnamed(misnamed, &CONFIGURATION);
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

    /// The decisions: given, named by the configuration, beside it, or at the root of a path.
    fn estate_file(
        &mut self,
        args: &RuleArgs,
        roots: &[PathBuf],
        config: Option<&Own>,
    ) -> Option<PathBuf> {
        if let Some(path) = &args.estate {
            return Some(path.clone());
        }
        if let Some((own, view)) = config.and_then(|own| Some((own, own.root().get("estate")?))) {
            let path = own.relative(view.str()?);
            return self.there(path, own.place(view), "estate");
        }
        let beside = config.map(|own| own.relative(""));
        let folders = roots.iter().filter(|path| path.is_dir()).cloned();
        let folders: Vec<PathBuf> = beside.into_iter().chain(folders).collect();
        let found = folders
            .iter()
            .map(|folder| folder.join(ESTATE_NAME))
            .find(|path| path.is_file());
        if found.is_none() {
            let misnamed = folders
                .iter()
                .flat_map(|folder| misnamed_in(folder, ESTATE_NAME));
            self.say_misnamed(misnamed.collect(), &ESTATE);
        }
        found
    }

    /// Files that look like ours and are called otherwise.
    fn say_misnamed(&mut self, files: BTreeSet<String>, purpose: &Purpose) {
        let name = purpose.name;
        for file in files {
            let warning = Problem::file_warning(file, format!("not read as `{name}`"));
            self.problems
                .push(warning.help(format!("if it is one, call it `{name}`")));
        }
    }

    /// The paths of a list in the configuration. One that leads nowhere is said at its line.
    fn listed(&mut self, config: Option<&Own>, key: &str) -> Vec<PathBuf> {
        let items = config.into_iter().flat_map(|own| {
            let items = own.root().get(key).into_iter().flat_map(View::items);
            items.map(move |item| (own, item))
        });
        let path = |(own, item): (&Own, View<'_>)| {
            let path = own.relative(item.str()?);
            self.there(path, own.place(item), key)
        };
        items.filter_map(path).collect()
    }

    /// A path that the configuration names, if it leads somewhere.
    fn there(&mut self, path: PathBuf, place: Span, key: &str) -> Option<PathBuf> {
        let Err(error) = std::fs::metadata(&path) else {
            return Some(path);
        };
        let message = format!("`{key}`: {}: {}", fs::display(&path), fs::reason(&error));
        self.problems
            .push(Problem::error(place, message).help("paths are relative to this file"));
        None
    }

    /// The paths of an option. One that leads nowhere is said with what the option is for.
    fn named(&mut self, paths: &[PathBuf], help: &str) -> Vec<PathBuf> {
        let mut there = Vec::new();
        for path in paths {
            match std::fs::metadata(path) {
                Ok(_) => there.push(path.clone()),
                Err(error) => self
                    .problems
                    .push(Problem::file(fs::display(path), fs::reason(&error)).help(help)),
            }
        }
        there
    }

    fn read(&mut self, path: PathBuf, purpose: &Purpose) -> Option<Own> {
        let text = match fs::read(&path, fs::MAX_BYTES) {
            Ok(text) => text,
            Err(mut problem) => {
                let help = problem.help.take();
                let help = help.unwrap_or_else(|| purpose.help.to_owned());
                self.problems.push(problem.help(help));
                return None;
            }
        };
        let file = self.sources.add(Source::new(fs::display(&path), text));
        let (document, problems) = document_of(file, Notation::Yaml, purpose.schema, self.sources);
        if document.is_none() && problems.is_empty() {
            let empty = |message| Problem::file_warning(fs::display(&path), message);
            self.problems.extend(purpose.empty.map(empty));
        }
        self.problems.extend(problems);
        document.map(|document| Own { document, path })
    }

    /// The globs of files that are not read, and where each is written.
    fn ignored(&mut self, own: &Own) -> (GlobSet, Vec<(String, Span)>) {
        let mut set = GlobSetBuilder::new();
        let mut places = Vec::new();
        for item in own.root().get("ignore").into_iter().flat_map(View::items) {
            let text = item.str().unwrap_or_default();
            match Glob::new(text) {
                Ok(glob) => {
                    set.add(glob);
                    places.push((text.to_owned(), own.place(item)));
                }
                Err(error) => {
                    let message = format!(
                        "`ignore`: `{}` is no glob: {}",
                        text.escape_debug(),
                        error.kind()
                    );
                    self.problems.push(Problem::error(own.place(item), message));
                }
            }
        }
        match set.build() {
            Ok(globs) => (globs, places),
            Err(error) => {
                let message = format!("`ignore`: its globs are refused: {}", error.kind());
                self.problems
                    .push(Problem::file(fs::display(&own.path), message));
                (GlobSet::empty(), Vec::new())
            }
        }
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
    let (documents, mut problems) = parse::parse_own(source, file, notation);
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

/// The folders that are searched for the configuration of a path: its own, and those above it to the first that has one.
fn searched(path: &Path) -> Vec<PathBuf> {
    let folder = if path.is_dir() {
        Some(path)
    } else {
        path.parent()
    };
    let Some(start) = folder else {
        return Vec::new();
    };
    let here = if start.as_os_str().is_empty() {
        Path::new(".")
    } else {
        start
    };
    let Ok(absolute) = std::path::absolute(here) else {
        return Vec::new();
    };
    let mut folders = Vec::new();
    for (steps, folder) in absolute.ancestors().take(reach(&absolute)).enumerate() {
        folders.push(above(start, steps, folder));
        if folder.join(CONFIG_NAME).is_file() {
            break;
        }
    }
    folders
}

/// Files of a folder that somebody may take for the one of a name.
fn misnamed_in(folder: &Path, name: &str) -> Vec<String> {
    let stem = name.trim_end_matches(".yaml");
    let names = [
        format!("{stem}.yml"),
        format!(".{stem}.yaml"),
        format!(".{stem}.yml"),
    ];
    let files = names.iter().map(|name| folder.join(name));
    files
        .filter(|file| file.is_file())
        .map(|file| fs::display(&file))
        .collect()
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

/// The Conftest packages that judge: those of the command line, or else of the configuration.
fn namespaces(args: &RuleArgs, config: Option<&Own>) -> Vec<Namespace> {
    if !args.namespaces.is_empty() {
        let named = args.namespaces.iter();
        return named
            .map(|pattern| Namespace {
                pattern: pattern.clone(),
                place: None,
            })
            .collect();
    }
    let items = config.into_iter().flat_map(|own| {
        let list = own.root().at(&["conftest", "namespaces"]);
        let items = list.into_iter().flat_map(View::items);
        items.map(move |item| (own, item))
    });
    let namespace = |(own, item): (&Own, View<'_>)| {
        Some(Namespace {
            pattern: item.str()?.to_owned(),
            place: Some(own.place(item)),
        })
    };
    items.filter_map(namespace).collect()
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
            // A word that is no effect is an error, and switches nothing off.
            effect: word("effect")
                .map(Effect::parse)
                .filter(|effect| effect.is_some() || word("effect") == Some("off")),
            params: params
                .map(View::value)
                .filter(|value| matches!(value, Value::Object(_))),
            params_place: own.place(params.unwrap_or(over)),
        }
    };
    rules.into_iter().flat_map(View::entries).map(one).collect()
}
