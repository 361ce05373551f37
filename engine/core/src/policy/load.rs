//! From texts to a policy set. What is wrong with one package never keeps another one from judging.

use std::collections::BTreeMap;
use std::sync::Arc;

use globset::{GlobBuilder, GlobMatcher, GlobSet, GlobSetBuilder};
use plumbline_rego::{
    Diagnostic, Module, ObjectBuilder, Path, Program, Step, Value, compile_with, nearest,
};

use super::chosen::Chosen;
use super::metadata::{self, Metadata, SubjectKind};
use super::{
    DataFile, Digest, Ingredients, Listed, Override, PolicyFile, PolicySet, Rule, State, conftest,
    functions,
};
use crate::estate::world_keys;
use crate::finding::{Effect, RuleId, Severity};
use crate::problem::{Problem, spell};
use crate::schema::{self, Schema};
use crate::source::{FileId, Sources, Span};

/// Compiles a policy set. The problems say what is not part of it, and why.
pub fn load(ingredients: &Ingredients, sources: &Sources) -> (PolicySet, Vec<Problem>) {
    let mut loader = Loader {
        ingredients,
        sources,
        problems: Vec::new(),
        broken: Vec::new(),
        world_readers: Vec::new(),
        clock_readers: Vec::new(),
        world_keys: Vec::new(),
        admission_readers: Vec::new(),
    };
    let set = loader.load();
    (set, loader.problems)
}

struct Loader<'a> {
    ingredients: &'a Ingredients,
    sources: &'a Sources,
    problems: Vec<Problem>,
    /// Packages that did not compile, or need one that did not.
    broken: Vec<String>,
    /// Packages that read the rest of the estate, themselves or through others.
    world_readers: Vec<String>,
    /// The keys of it that are read, each with the packages that read it.
    world_keys: Vec<(&'static str, Vec<String>)>,
    /// Packages that read what a request for admission says beside the object.
    admission_readers: Vec<String>,
    /// Packages that ask for the time or for chance, themselves or through others.
    clock_readers: Vec<String>,
}

/// A rule that is described, but not compiled.
struct Described<'a> {
    metadata: Metadata,
    module: &'a PolicyFile,
    package: String,
    dialect: Dialect,
}

/// Whom a rule is written for.
enum Dialect {
    /// For us: what is asked is `deny`.
    Own,
    /// For Conftest; without a query it can find nothing, which has been said.
    Conftest(Option<conftest::Query>),
}

impl<'a> Loader<'a> {
    fn load(&mut self) -> PolicySet {
        let modules: Vec<&PolicyFile> = self
            .ingredients
            .modules
            .iter()
            .filter(|module| !is_test(&module.path))
            .collect();
        let program = self.compile(&modules);
        let files: Arc<[FileId]> = modules.iter().map(|module| module.file).collect();
        let described = self.describe(&modules, &program);
        self.check_overrides(&described);
        self.check_data();
        let mut rules = Vec::new();
        let mut catalogue = Vec::new();
        for rule in described {
            let (severity, effect) = self.in_force(&rule.metadata);
            let mut listed = Listed {
                metadata: rule.metadata.clone(),
                severity,
                effect,
                file: rule.module.file,
                state: self.state(&rule.metadata, effect),
            };
            if let (State::Judges, Some(effect)) = (&listed.state, effect) {
                match self.rule(rule, severity, effect, &program, &files) {
                    Some(rule) => rules.push(rule),
                    None => listed.state = State::Broken,
                }
            }
            catalogue.push(listed);
        }
        rules.sort_by(|left: &Rule, right| left.metadata.id.cmp(&right.metadata.id));
        catalogue.sort_by(|left: &Listed, right| left.metadata.id.cmp(&right.metadata.id));
        PolicySet {
            world_keys: self.world_keys.iter().map(|(key, _)| *key).collect(),
            data: self.base(),
            program,
            rules,
            chosen: Chosen::default(),
            catalogue,
            digest: Digest::of(self.ingredients, self.sources),
        }
    }

    fn compile(&mut self, modules: &[&PolicyFile]) -> Program {
        let source = |module: &&PolicyFile| self.sources.get(module.file);
        let texts: Vec<Module> = modules
            .iter()
            .filter_map(source)
            .map(|source| Module::new(source.name(), source.text()))
            .collect();
        let (program, diagnostics) = compile_with(&texts, functions());
        for diagnostic in diagnostics {
            let file = modules
                .get(diagnostic.module)
                .map_or(FileId(0), |module| module.file);
            self.problems.push(problem(&diagnostic, file));
        }
        self.broken = program.broken_packages(&texts);
        self.world_readers = program.readers("data.world");
        self.clock_readers = program.callers(CLOCK);
        // The path itself is among its readers.
        let readers = |key: &'static str| (key, program.readers(&format!("data.world.{key}")));
        let keys = world_keys().map(readers);
        self.world_keys = keys.filter(|(_, readers)| readers.len() > 1).collect();
        let reads = |module: &usize| {
            let mut keys = program.input_keys(*module);
            keys.any(|(key, _)| key == ADMISSION)
        };
        let packages = (0..modules.len()).filter(reads);
        for package in packages.filter_map(|module| program.package(module)) {
            self.admission_readers.extend(program.readers(&package));
            self.admission_readers.push(package);
        }
        program
    }

    fn describe(&mut self, modules: &[&'a PolicyFile], program: &Program) -> Vec<Described<'a>> {
        let mut described: Vec<Described<'a>> = Vec::new();
        let mut others = Vec::new();
        for (index, module) in modules.iter().enumerate() {
            let Some(source) = self.sources.get(module.file) else {
                continue;
            };
            let (annotation, mut problems) = metadata::of_package(source, module.file);
            self.problems.append(&mut problems);
            let Some(package) = program.package(index) else {
                continue;
            };
            let denies = program.defines(index, "deny");
            let metadata =
                annotation.and_then(|annotation| metadata::read(&annotation, &mut self.problems));
            match metadata {
                Some(metadata) if !denies => {
                    let message = format!(
                        "rule `{}` denies nothing: its package has no `deny`",
                        metadata.id
                    );
                    self.problems.push(
                        Problem::error(metadata.place, message)
                            .of_rule(metadata.id.as_str())
                            .help("write `deny contains {\"msg\": ...} if { ... }`; for warnings, with `effect: warn`"),
                    );
                }
                Some(metadata) => {
                    self.check_reads(&metadata, index, module.file, program);
                    self.check_names(&metadata, index, program);
                    self.add(
                        &mut described,
                        Described {
                            metadata,
                            module,
                            package,
                            dialect: Dialect::Own,
                        },
                    );
                }
                None if !self
                    .problems
                    .iter()
                    .any(|problem| is_in(problem, module.file)) =>
                {
                    others.push((conftest::Candidate { index, module }, package));
                }
                None => {}
            }
        }
        self.describe_others(others, &mut described, program);
        described
    }

    /// Modules without a rule id: those of a package that has one elsewhere, and Conftest packages.
    fn describe_others(
        &mut self,
        others: Vec<(conftest::Candidate<'a>, String)>,
        described: &mut Vec<Described<'a>>,
        program: &Program,
    ) {
        let is_own = |package: &String| described.iter().any(|rule| rule.package == *package);
        let (own, others): (Vec<_>, Vec<_>) =
            others.into_iter().partition(|(_, package)| is_own(package));
        for (candidate, package) in own {
            if program.defines(candidate.index, "deny") {
                let place = Span {
                    file: candidate.module.file,
                    start: 0,
                    end: 0,
                };
                let message = format!("package `{package}` has a `deny` and no rule id");
                self.problems.push(
                    Problem::error(place, message)
                        .help("add a `# METADATA` block with `scope: package` and `custom.id`"),
                );
            }
        }
        let candidates: Vec<conftest::Candidate<'a>> =
            others.into_iter().map(|(candidate, _)| candidate).collect();
        let namespaces = &self.ingredients.namespaces;
        let (found, mut problems) = conftest::describe(&candidates, program, namespaces);
        self.problems.append(&mut problems);
        for rule in found {
            let conftest::Found {
                metadata,
                module,
                package,
                query,
            } = rule;
            self.add(
                described,
                Described {
                    metadata,
                    module,
                    package,
                    dialect: Dialect::Conftest(query),
                },
            );
        }
    }

    /// A rule that reads what its input never has can never fire.
    fn check_reads(&mut self, metadata: &Metadata, index: usize, file: FileId, program: &Program) {
        let subject = metadata.subject.as_str();
        for (key, place) in program.input_keys(index) {
            let is_of_entity = metadata.subject != SubjectKind::Resource && key == NODE;
            if INPUT.contains(&key) || key == subject || is_of_entity {
                continue;
            }
            let span = Span {
                file,
                start: place.span.start,
                end: place.span.end,
            };
            let message = format!("the subject of `{}` has no `input.{key}`", metadata.id);
            let help = if SubjectKind::all().any(|kind| kind.as_str() == key) {
                format!("say `subject: {key}` in its metadata: now it is `{subject}`")
            } else {
                let there = if metadata.subject == SubjectKind::Resource {
                    String::new()
                } else {
                    format!(", `{NODE}`, `{subject}`")
                };
                format!(
                    "`input` has `platform`, `kind`, `resource`{there}, and where a request is judged `{ADMISSION}`"
                )
            };
            let problem = Problem::error(span, message).of_rule(metadata.id.as_str());
            self.problems.push(problem.help(help));
        }
    }

    /// What other tools evaluate, and this one does not.
    fn check_names(&mut self, metadata: &Metadata, index: usize, program: &Program) {
        for name in ["warn", "violation"] {
            if program.defines(index, name) && !program.refers(index, name) {
                let message = format!("`{name}` of rule `{}` is not evaluated", metadata.id);
                self.problems.push(
                    Problem::warning(metadata.place, message)
                        .of_rule(metadata.id.as_str())
                        .help(
                            "make it a rule of its own: `deny`, with `effect: warn` for warnings",
                        ),
                );
            }
        }
    }

    fn add(&mut self, described: &mut Vec<Described<'a>>, rule: Described<'a>) {
        let twin = described
            .iter()
            .find(|other| other.metadata.id == rule.metadata.id);
        match twin {
            None => described.push(rule),
            Some(twin) => {
                let message = format!("rule id `{}` is used twice", rule.metadata.id);
                let problem = Problem::error(rule.metadata.place, message)
                    .related(twin.metadata.place, "first used here");
                self.problems.push(
                    problem.help("only the first rule judges; give this one an id of its own"),
                );
            }
        }
    }

    /// Severity and effect after overrides.
    fn in_force(&self, metadata: &Metadata) -> (Severity, Option<Effect>) {
        let mut severity = metadata.severity;
        let mut effect = Some(metadata.effect);
        for over in self.overrides_of(&metadata.id) {
            severity = over.severity.unwrap_or(severity);
            effect = over.effect.unwrap_or(effect);
        }
        (severity, effect)
    }

    fn state(&self, metadata: &Metadata, effect: Option<Effect>) -> State {
        let profile = self.ingredients.profile;
        if profile.is_some_and(|profile| !profile.includes(metadata)) {
            State::OutsideProfile
        } else if effect.is_none() {
            State::Off
        } else if let Some(decision) = self.missing_decision(metadata) {
            State::Waits(decision)
        } else {
            State::Judges
        }
    }

    fn rule(
        &mut self,
        rule: Described<'_>,
        severity: Severity,
        effect: Effect,
        program: &Program,
        modules: &Arc<[FileId]>,
    ) -> Option<Rule> {
        let Described {
            metadata,
            module,
            package,
            dialect,
        } = rule;
        let targets = self.targets(&metadata)?;
        let params = self.params(&metadata)?;
        if self.broken.contains(&package) {
            let message = format!(
                "`{}` was not judged: it needs a package that does not compile",
                metadata.id
            );
            self.problems
                .push(Problem::error(metadata.place, message).of_rule(metadata.id.as_str()));
            return None;
        }
        let (entry, data, conftest) = match dialect {
            Dialect::Own => (
                program.entry(&format!("{package}.deny")),
                self.data(&params),
                None,
            ),
            Dialect::Conftest(query) => {
                let query = query?;
                let data = base_data(&self.ingredients.data);
                (query.entry.clone(), data, Some(query))
            }
        };
        let is_own = conftest.is_none();
        let reads_world = is_own && self.world_readers.contains(&package);
        let keys = self.world_keys.iter();
        let keys = keys.filter(|(_, readers)| is_own && readers.contains(&package));
        let world_keys = keys.map(|(key, _)| *key).collect();
        let reads_admission = is_own && self.admission_readers.contains(&package);
        let reads_clock = self.clock_readers.contains(&package);
        let modules = Arc::clone(modules);
        Some(Rule {
            metadata,
            severity,
            effect,
            file: module.file,
            targets,
            program: program.clone(),
            entry,
            data,
            reads_world,
            world_keys,
            reads_admission,
            reads_clock,
            modules,
            conftest,
        })
    }

    fn targets(&mut self, metadata: &Metadata) -> Option<GlobSet> {
        let mut set = GlobSetBuilder::new();
        for target in &metadata.targets {
            match GlobBuilder::new(target).build() {
                Ok(glob) => set.add(glob),
                Err(error) => {
                    let problem = Problem::error(
                        metadata.place,
                        format!("the target `{target}` is no glob: {}", error.kind()),
                    );
                    self.problems.push(problem.of_rule(metadata.id.as_str()));
                    return None;
                }
            };
        }
        set.build().ok()
    }

    /// The parameters in force: defaults, and every override over them.
    fn params(&mut self, metadata: &Metadata) -> Option<Value> {
        let id = metadata.id.as_str();
        let schema = match metadata.params.as_ref().map(Schema::compile).transpose() {
            Ok(schema) => schema,
            Err(error) => {
                let problem = Problem::error(
                    metadata.place,
                    format!("the parameters of `{id}` have no valid schema: {error}"),
                );
                self.problems.push(problem.of_rule(id));
                return None;
            }
        };
        let mut params = schema::empty();
        let mut decided = None;
        let mut named = None;
        for over in self.overrides_of(&metadata.id) {
            if let Some(Value::Object(given)) = &over.params {
                params = merge(&params, &Value::Object(given.clone()));
                decided = Some(over.params_place);
                named = named.or((over.pattern == id).then_some(over.params_place));
            }
        }
        let Some(schema) = schema else {
            // A glob speaks to those of its rules that take parameters.
            let Some(place) = named else {
                return Some(schema::empty());
            };
            self.problems.push(
                Problem::error(place, format!("rule `{id}` takes no parameters")).of_rule(id),
            );
            return None;
        };
        let params = schema.with_defaults(&params);
        let violations = schema.violations(&params);
        for violation in &violations {
            let place = decided.unwrap_or(metadata.place);
            let path = if violation.path.is_empty() {
                String::new()
            } else {
                format!(" at `{}`", spell(&violation.path))
            };
            let problem = Problem::error(
                place,
                format!(
                    "the parameters of `{id}` are wrong{path}: {}",
                    violation.message
                ),
            )
            .of_rule(id);
            self.problems.push(match &violation.hint {
                Some(hint) => problem.help(hint.clone()),
                None => problem,
            });
        }
        violations.is_empty().then_some(params)
    }

    /// `data` as one rule sees it.
    fn data(&self, params: &Value) -> Value {
        let mut own = ObjectBuilder::default();
        own.insert_str("params", params.clone());
        merge(&self.base(), &Value::Object(own.finish()))
    }

    /// What `data` has for all: base data, and what the organisation decided.
    fn base(&self) -> Value {
        let base = base_data(&self.ingredients.data);
        let decided = self.ingredients.estate.clone();
        let mut own = ObjectBuilder::default();
        own.insert_str("estate", decided.unwrap_or_else(schema::empty));
        merge(&base, &Value::Object(own.finish()))
    }

    /// What rules read as the organisation's decisions and their parameters comes from nowhere else.
    fn check_data(&mut self) {
        for file in &self.ingredients.data {
            for key in OWN_DATA
                .iter()
                .filter(|key| file.value.get_str(key).is_some())
            {
                let problem = Problem::file(
                    &file.path,
                    format!("`data.{key}` cannot be given by a data file"),
                );
                self.problems.push(problem.help(
                    "decisions stand in `estate.yaml`, parameters below `rules:` in `plumbline.yaml`",
                ));
            }
        }
    }

    fn missing_decision(&self, metadata: &Metadata) -> Option<String> {
        let exists = |decision: &str| {
            let path: Path = decision
                .split('.')
                .skip(1)
                .map(|word| Step::Key(word.into()))
                .collect();
            self.ingredients
                .estate
                .as_ref()
                .is_some_and(|estate| estate.at(&path).is_some())
        };
        metadata
            .requires
            .iter()
            .find(|decision| !exists(decision))
            .cloned()
    }

    fn overrides_of<'b>(
        &'b self,
        id: &'b RuleId,
    ) -> impl Iterator<Item = &'b Override> + use<'b, 'a> {
        self.ingredients
            .overrides
            .iter()
            .filter(|over| glob(&over.pattern).is_some_and(|glob| glob.is_match(id.as_str())))
    }

    /// What a configuration says of rules that do not exist is an error: silence is how governance rots.
    fn check_overrides(&mut self, described: &[Described<'_>]) {
        for over in &self.ingredients.overrides {
            let Some(glob) = glob(&over.pattern) else {
                self.problems.push(Problem::error(
                    over.place,
                    format!("`{}` is no rule id and no glob on ids", over.pattern),
                ));
                continue;
            };
            if described
                .iter()
                .any(|rule| glob.is_match(rule.metadata.id.as_str()))
            {
                continue;
            }
            let problem = Problem::error(
                over.place,
                format!("no rule is called `{}`", over.pattern.escape_debug()),
            );
            let near = nearest(
                &over.pattern,
                described.iter().map(|rule| rule.metadata.id.as_str()),
            );
            self.problems.push(match near {
                Some(near) => problem.help(format!("did you mean `{near}`?")),
                None => problem,
            });
        }
    }
}

fn problem(diagnostic: &Diagnostic, file: FileId) -> Problem {
    let span = Span {
        file,
        start: diagnostic.span.start,
        end: diagnostic.span.end,
    };
    let problem = Problem::error(span, format!("{}: {}", diagnostic.code, diagnostic.message));
    match &diagnostic.hint {
        Some(hint) => problem.help(hint.clone()),
        None => problem,
    }
}

/// The keys of every input, beside the subject.
const INPUT: &[&str] = &["platform", "kind", "resource", ADMISSION];
/// The key of what a request for admission says beside the object.
pub(super) const ADMISSION: &str = "admission";
/// The key of what an entity is called in the graph of the estate.
const NODE: &str = "node";

/// Keys of `data` that are filled in for each rule.
const OWN_DATA: &[&str] = &["estate", "params", "world"];

/// The functions whose answers differ from run to run.
const CLOCK: &[&str] = &["time.now_ns", "rand.intn", "uuid.rfc4122"];

/// Unit tests are not part of what judges.
fn is_test(path: &str) -> bool {
    path.ends_with("_test.rego")
}

fn is_in(problem: &Problem, file: FileId) -> bool {
    matches!(&problem.place, crate::problem::Place::Span(span) if span.file == file)
}

/// A glob on names; none if it is not one.
pub(super) fn glob(pattern: &str) -> Option<GlobMatcher> {
    GlobBuilder::new(pattern)
        .build()
        .ok()
        .map(|glob| glob.compile_matcher())
}

/// The documents of a policy set as one: objects key by key, and of anything else the later one.
pub fn base_data(files: &[DataFile]) -> Value {
    files
        .iter()
        .fold(schema::empty(), |base, file| merge(&base, &file.value))
}

/// Objects are merged key by key; of anything else the second one stays.
pub fn merge(base: &Value, over: &Value) -> Value {
    let (Value::Object(left), Value::Object(right)) = (base, over) else {
        return over.clone();
    };
    let mut merged: BTreeMap<Value, Value> = left
        .iter()
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    for (key, value) in right.iter() {
        let value = merged
            .get(key)
            .map_or_else(|| value.clone(), |before| merge(before, value));
        merged.insert(key.clone(), value);
    }
    Value::Object(merged.into_iter().collect())
}
