//! Arguments and `plumbline.yaml`, with the layers that it extends, to one resolved configuration.

mod admission;
mod decisions;
mod find;
mod layers;
mod settings;
mod trust;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use globset::{Glob, GlobSet, GlobSetBuilder};
use plumbline_core::break_glass::BreakGlass;
use plumbline_core::finding::{Effect, Severity};
use plumbline_core::parse::{self, Document, Notation};
use plumbline_core::policy::{Ingredients, Namespace, Override};
use plumbline_core::problem::Problem;
use plumbline_core::report::settings::Setting;
use plumbline_core::schema::{self, Schema};
use plumbline_core::source::{FileId, Source, Sources, Span};
use plumbline_core::stage::Stages;
use plumbline_core::tree::{NodeId, Typing, View};
use plumbline_core::waiver::{self, Authority, Waiver};
use plumbline_rego::Value;
use plumbline_sources::held::Held;
use plumbline_sources::place::Place;
use plumbline_sources::{bundle, fs, opa, revision};

use crate::args::RuleArgs;
use find::{covers, misnamed_in, repository, searched};
use layers::Layers;
use trust::Trust;
pub(crate) use trust::{Bundle, Signature};

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
    /// How many of the modules are the built-in library's. They come first.
    pub(crate) builtin_modules: usize,
    /// Where policies and data come from, and who signed them.
    pub(crate) trust: Trust,
    /// The commits that layers are read from.
    pub(crate) commits: Vec<String>,
    /// The severity from which on a finding fails.
    pub(crate) fail_on: Severity,
    /// Files of waivers of the repository.
    pub(crate) waivers: Vec<Place>,
    /// The organisation's waivers, from the layers that are extended.
    pub(crate) organisation: Vec<Waiver>,
    /// How far the organisation has introduced its rules at admission.
    pub(crate) stages: Stages,
    /// Who may pass them there for some hours.
    pub(crate) break_glass: Vec<BreakGlass>,
    /// The file of the baseline.
    pub(crate) baseline: Option<Place>,
    /// What a layer locks, and where.
    pub(crate) locks: BTreeMap<&'static str, Span>,
    /// All of it, setting by setting.
    pub(crate) settings: Vec<Setting>,
    /// The commit that what decides is read from, in place of the files on disk.
    pub(crate) revision: Option<Arc<Held>>,
    /// Whether the paths take in everything below the folder of the configuration.
    pub(crate) is_whole: bool,
    /// Whether documents are judged as they are written, so that what no format knows is read too.
    pub(crate) keeps_documents: bool,
}

impl CheckConfig {
    /// That an option says what a layer locks.
    pub(crate) fn refused(&self, option: &str, key: &str) -> Option<Problem> {
        let lock = self.locks.get(key)?;
        let message = format!("`{key}` is locked, and `{option}` is given");
        Some(Problem::error(*lock, message).help(format!("leave `{option}` out")))
    }

    /// Where a file that an option names is read.
    pub(crate) fn place(&self, path: &Path) -> Place {
        Place::of(path, self.revision.as_ref())
    }
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

const LAYER: Purpose = Purpose {
    empty: Some("it is empty, and says nothing"),
    ..CONFIGURATION
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
    resolve_as(Authority::Local, args, paths, sources)
}

/// The same of a configuration that is the repository's, or the organisation's own.
pub(crate) fn resolve_as(
    authority: Authority,
    args: &RuleArgs,
    paths: &[PathBuf],
    sources: &mut Sources,
) -> (CheckConfig, Vec<Problem>) {
    let mut resolver = Resolver {
        sources,
        problems: Vec::new(),
        revision: None,
        authority,
    };
    resolver.revision = resolver.revision_of(args, paths);
    let config = resolver.check(args, paths);
    (config, resolver.problems)
}

struct Resolver<'a> {
    sources: &'a mut Sources,
    problems: Vec<Problem>,
    revision: Option<Arc<Held>>,
    /// Whose the nearest configuration is.
    authority: Authority,
}

/// A file of ours, read and checked.
struct Own {
    document: Document,
    at: Place,
    authority: Authority,
}

impl Own {
    fn root(&self) -> View<'_> {
        self.document.tree.view(NodeId::ROOT, Typing::Core)
    }

    fn place(&self, view: View<'_>) -> Span {
        self.document.place(view)
    }

    /// What a path of the file leads to, from the folder it lies in; none if that is out of what is read.
    fn relative(&self, path: &str) -> Option<Place> {
        self.at.folder().join(path)
    }
}

impl Resolver<'_> {
    fn check(&mut self, args: &RuleArgs, roots: &[PathBuf]) -> CheckConfig {
        let config_place = self.config_file(args, roots);
        let nearest = config_place
            .clone()
            .and_then(|place| self.read(place, self.authority, &CONFIGURATION));
        let layers = self.layers(nearest);
        let (estate_places, estates) = self.estates(args, roots, &layers);
        let builtin = layers.first("builtin").and_then(View::bool).unwrap_or(true);
        let mut ingredients = Ingredients {
            estate: self.decisions(&estates),
            overrides: layers.said("rules").rev().flat_map(overrides).collect(),
            profile: args.profile,
            namespaces: namespaces(args, &layers),
            ..Ingredients::default()
        };
        if builtin && !args.no_builtin {
            ingredients.modules = bundle::builtin(self.sources);
        }
        let builtin_modules = ingredients.modules.len();
        let trust = self.policies_and_data(args, &layers, &mut ingredients);
        let fail_on = layers.first("fail-on").and_then(View::str);
        let fail_on = fail_on.and_then(Severity::parse);
        let (ignored, ignore_places) = self.ignored(&layers);
        let organisation = self.organisation(&layers);
        let (stages, break_glass) = self.admission(&layers);
        // A file that is not there yet may be written by what reads this.
        let waivers: Vec<Place> = layers
            .said("waivers")
            .filter(|(own, _)| own.authority == Authority::Local)
            .flat_map(|(own, list)| {
                list.items()
                    .filter_map(move |item| own.relative(item.str()?))
            })
            .collect();
        let baseline = layers.said("baseline").next();
        let baseline = baseline.and_then(|(own, written)| own.relative(written.str()?));
        let base = config_place
            .as_ref()
            .and_then(|place| place.folder().on_disk())
            .unwrap_or_default();
        let read = layers.places().chain(&estate_places);
        let own = read.chain(&waivers).chain(&baseline).chain(&config_place);
        CheckConfig {
            ignored,
            ignore_places,
            is_whole: covers(roots, &base),
            base,
            fail_on: fail_on.unwrap_or(Severity::Info),
            own_files: own.filter_map(Place::on_disk).collect(),
            locks: layers.locks(),
            settings: settings::settings(&layers, &estates, args),
            revision: self.revision.clone(),
            commits: layers.commits(),
            builtin_modules,
            trust,
            ingredients,
            organisation,
            stages,
            break_glass,
            waivers,
            baseline,
            keeps_documents: false,
        }
    }

    /// Reads the modules and data that the configuration and the command line name.
    fn policies_and_data(
        &mut self,
        args: &RuleArgs,
        layers: &Layers,
        ingredients: &mut Ingredients,
    ) -> Trust {
        let mut trust = self.trust(layers);
        let help = "`--policy` names a file or folder of Rego policies, or a bundle of OPA";
        let policies = [
            self.listed(layers, "policies"),
            self.named(&args.policies, help),
        ];
        let (packed, policies) = self.packed_apart(policies.concat());
        let (folders, policies): (Vec<Place>, Vec<Place>) =
            policies.into_iter().partition(trust::is_bundle);
        let (mut modules, problems) = bundle::policies(&policies, self.sources);
        self.problems.extend(problems);
        ingredients.modules.append(&mut modules);
        for bundle in folders.into_iter().chain(packed) {
            let Some(bundle) = self.trusted(bundle, &mut trust) else {
                continue;
            };
            let (mut modules, mut data, problems) = opa::read(&bundle, self.sources);
            self.problems.extend(problems);
            ingredients.modules.append(&mut modules);
            ingredients.data.append(&mut data);
        }
        let help = "`--data` names a file or folder of JSON and YAML that policies read, or a packed bundle of OPA";
        let data = [self.listed(layers, "data"), self.named(&args.data, help)];
        let (packed, data) = self.packed_apart(data.concat());
        let (mut read, problems) = bundle::data(&data, self.sources);
        self.problems.extend(problems);
        ingredients.data.append(&mut read);
        for bundle in packed {
            let Some(bundle) = self.trusted(bundle, &mut trust) else {
                continue;
            };
            let (_, mut data, problems) = opa::read(&bundle, self.sources);
            self.problems.extend(problems);
            ingredients.data.append(&mut data);
        }
        let loose = policies.iter().chain(&data);
        trust.unsigned.extend(loose.map(Place::name));
        trust
    }

    /// The commit that `--policy-ref` names, of the repository that the first path lies in.
    fn revision_of(&mut self, args: &RuleArgs, roots: &[PathBuf]) -> Option<Arc<Held>> {
        let name = args.policy_ref.as_deref()?;
        let here = roots.first().map_or(Path::new("."), PathBuf::as_path);
        let revision = repository(here)
            .ok_or_else(|| format!("{} lies in no repository of git", fs::display(here)))
            .and_then(|root| revision::of_folder(&root, name));
        match revision {
            Ok(revision) => Some(Arc::new(revision)),
            Err(reason) => {
                let problem = Problem::run(format!("`--policy-ref`: {reason}"));
                let help = "it names a commit, tag or branch that is there: fetch it first";
                self.problems.push(problem.help(help));
                None
            }
        }
    }

    fn place(&self, path: &Path) -> Place {
        Place::of(path, self.revision.as_ref())
    }

    /// The file given, or the one found upwards from the paths to the root of the repository.
    fn config_file(&mut self, args: &RuleArgs, roots: &[PathBuf]) -> Option<Place> {
        if args.no_config {
            return None;
        }
        if let Some(path) = &args.config {
            return Some(self.place(path));
        }
        let mut found = Vec::new();
        let mut misnamed = BTreeSet::new();
        let is_there = |path: &Path| self.place(path).is_file();
        for folder in roots.iter().flat_map(|path| searched(path, &is_there)) {
            misnamed.extend(misnamed_in(&folder, CONFIG_NAME));
            let place = self.place(&folder.join(CONFIG_NAME));
            found.extend(Some(place).filter(Place::is_file));
        }
        self.say_misnamed(misnamed, &CONFIGURATION);
        found.sort_by_key(Place::name);
        found.dedup_by_key(|place| place.identity());
        if let [first, second, ..] = found.as_slice() {
            let message = format!(
                "the paths have different configurations: {} and {}",
                first.name(),
                second.name()
            );
            self.problems.push(
                Problem::run(message)
                    .help("check them one after the other, or name one with `--config`"),
            );
            return None;
        }
        found.pop()
    }

    /// The decisions of the repository: given, named by the configuration, beside it, or at the root of a path.
    fn estate_file(
        &mut self,
        args: &RuleArgs,
        roots: &[PathBuf],
        config: Option<&Own>,
    ) -> Option<Place> {
        if let Some(path) = &args.estate {
            return Some(self.place(path));
        }
        if let Some((own, written)) = config.and_then(|own| Some((own, own.root().get("estate")?)))
        {
            return self.there(own, written, "estate");
        }
        let beside = config.map(|own| own.at.folder());
        let folders = roots.iter().filter(|path| path.is_dir());
        let folders = folders.map(|path| self.place(path));
        let folders: Vec<Place> = beside.into_iter().chain(folders).collect();
        let mut files = folders.iter().filter_map(|folder| folder.join(ESTATE_NAME));
        let found = files.find(Place::is_file);
        if found.is_none() {
            let on_disk = folders.iter().filter_map(Place::on_disk);
            let misnamed = on_disk.flat_map(|folder| misnamed_in(&folder, ESTATE_NAME));
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

    /// The paths of a list, the organisation's first. One that leads nowhere is said at its line.
    fn listed(&mut self, layers: &Layers, key: &'static str) -> Vec<Place> {
        let lists = layers.said(key).rev();
        let items = lists.flat_map(|(own, list)| list.items().map(move |item| (own, item)));
        items
            .filter_map(|(own, item)| self.there(own, item, key))
            .collect()
    }

    /// The roots of packed bundles, and the other places. A bundle that cannot be read is said.
    fn packed_apart(&mut self, places: Vec<Place>) -> (Vec<Place>, Vec<Place>) {
        let (packed, others): (Vec<Place>, Vec<Place>) =
            places.into_iter().partition(opa::is_packed);
        let mut roots = Vec::new();
        for file in packed {
            match opa::unpacked(&file) {
                Ok(root) => roots.push(root),
                Err(problem) => self.problems.push(problem),
            }
        }
        (roots, others)
    }

    /// What a path of the configuration leads to, if there is something.
    fn there(&mut self, own: &Own, written: View<'_>, key: &str) -> Option<Place> {
        let path = written.str()?;
        let span = own.place(written);
        let Some(place) = own.relative(path) else {
            let path = path.escape_debug();
            let message = format!("`{key}`: `{path}` leads out of the layer");
            self.problems.push(Problem::error(span, message));
            return None;
        };
        let Some(reason) = place.missing() else {
            return Some(place);
        };
        let message = format!("`{key}`: {}: {reason}", place.name());
        self.problems
            .push(Problem::error(span, message).help("paths are relative to this file"));
        None
    }

    /// The paths of an option. One that leads nowhere is said with what the option is for.
    fn named(&mut self, paths: &[PathBuf], help: &str) -> Vec<Place> {
        let mut there = Vec::new();
        for path in paths {
            let place = self.place(path);
            match place.missing() {
                None => there.push(place),
                Some(reason) => self
                    .problems
                    .push(Problem::file(place.name(), reason).help(help)),
            }
        }
        there
    }

    fn read(&mut self, at: Place, authority: Authority, purpose: &Purpose) -> Option<Own> {
        let text = match at.read(fs::MAX_BYTES) {
            Ok(text) => text,
            Err(mut problem) => {
                let help = problem.help.take();
                let help = help.unwrap_or_else(|| purpose.help.to_owned());
                self.problems.push(problem.help(help));
                return None;
            }
        };
        let file = self.sources.add(Source::new(at.name(), text));
        let (document, problems) = document_of(file, Notation::Yaml, purpose.schema, self.sources);
        if document.is_none() && problems.is_empty() {
            let empty = |message| Problem::file_warning(at.name(), message);
            self.problems.extend(purpose.empty.map(empty));
        }
        self.problems.extend(problems);
        document.map(|document| Own {
            document,
            at,
            authority,
        })
    }

    /// The organisation's waivers. What is wrong with one of them does not touch the others.
    fn organisation(&mut self, layers: &Layers) -> Vec<Waiver> {
        let mut waivers = Vec::new();
        for (own, list) in layers.said("waivers").rev() {
            if own.authority == Authority::Local {
                continue;
            }
            for item in list.items() {
                let Some(place) = self.there(own, item, "waivers") else {
                    continue;
                };
                let (read, mut problems) = waivers_of(&place, own.authority, self.sources);
                waivers.extend(read);
                self.problems.append(&mut problems);
            }
        }
        waivers
    }

    /// The globs of files that are not read, and where each of the repository is written: those of the organisation are
    /// for many repositories.
    fn ignored(&mut self, layers: &Layers) -> (GlobSet, Vec<(String, Span)>) {
        let mut set = GlobSetBuilder::new();
        let mut places = Vec::new();
        // The nearest layer comes first, so that its globs are counted as its places are.
        let lists = layers.said("ignore");
        for (own, item) in lists.flat_map(|(own, list)| list.items().map(move |item| (own, item))) {
            let text = item.str().unwrap_or_default();
            match Glob::new(text) {
                Ok(glob) => {
                    set.add(glob);
                    if own.authority == Authority::Local {
                        places.push((text.to_owned(), own.place(item)));
                    }
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
                self.problems.push(Problem::run(message));
                (GlobSet::empty(), Vec::new())
            }
        }
    }
}

/// The waivers of a file, and what is wrong with them.
pub(crate) fn waivers_of(
    place: &Place,
    authority: Authority,
    sources: &mut Sources,
) -> (Vec<Waiver>, Vec<Problem>) {
    let (document, mut problems) = document(place, Notation::Yaml, schema::WAIVERS, sources);
    let (waivers, mut wrong) = document
        .map(|document| waiver::of_file(&document, authority))
        .unwrap_or_default();
    problems.append(&mut wrong);
    (waivers, problems)
}

/// Reads a file of ours. What its schema does not allow comes back beside it; a file without a word is no document.
pub(crate) fn document(
    place: &Place,
    notation: Notation,
    schema: &str,
    sources: &mut Sources,
) -> (Option<Document>, Vec<Problem>) {
    match place.read(fs::MAX_BYTES) {
        Ok(text) => {
            let file = sources.add(Source::new(place.name(), text));
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

/// The Conftest packages that judge: those of the command line, or else of the configuration.
fn namespaces(args: &RuleArgs, layers: &Layers) -> Vec<Namespace> {
    if !args.namespaces.is_empty() {
        let named = args.namespaces.iter();
        return named
            .map(|pattern| Namespace {
                pattern: pattern.clone(),
                place: None,
            })
            .collect();
    }
    let list = layers
        .said("conftest")
        .find_map(|(own, conftest)| Some((own, conftest.get("namespaces")?)));
    let items = list
        .into_iter()
        .flat_map(|(own, list)| list.items().map(move |item| (own, item)));
    let namespace = |(own, item): (&Own, View<'_>)| {
        Some(Namespace {
            pattern: item.str()?.to_owned(),
            place: Some(own.place(item)),
        })
    };
    items.filter_map(namespace).collect()
}

fn overrides((own, rules): (&Own, View<'_>)) -> Vec<Override> {
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
    rules.entries().map(one).collect()
}
