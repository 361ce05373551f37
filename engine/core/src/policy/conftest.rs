//! Packages that are written for Conftest: which of them judge, what their rules are called, and how they are asked.
//!
//! What Conftest passes without a word, because it does not ask for it or cannot use the answer, is said here. No
//! document is left out, and what a rule answers does not depend on the order of files.

mod document;
mod function;
mod judge;

use std::collections::BTreeMap;

use plumbline_rego::{ArcStr, Entry, Head, Place, Program, Shape, Value};

use super::metadata::{Metadata, OnError, SubjectKind, Unknown};
use super::{Namespace, PolicyFile};
use crate::finding::{Effect, RuleId, RuleIdError, Severity};
use crate::problem::Problem;
use crate::source::{FileId, Span};

pub(super) use document::{Subject, documents, resources};
pub(super) use function::FUNCTIONS;
pub(super) use judge::judge;

/// What rules begin with that are asked, and what their answers do to a verdict.
const WORDS: &[(&str, Effect)] = &[
    ("deny", Effect::Deny),
    ("violation", Effect::Deny),
    ("warn", Effect::Warn),
];

/// The package that judges if no other one is named.
const DEFAULT: &str = "main";

/// A module without a rule id.
#[derive(Debug, Clone, Copy)]
pub(super) struct Candidate<'a> {
    /// Its index in the program.
    pub(super) index: usize,
    /// Its text.
    pub(super) module: &'a PolicyFile,
}

/// A rule of a package that judges.
#[derive(Debug)]
pub(super) struct Found<'a> {
    /// What is known of it.
    pub(super) metadata: Metadata,
    /// The module that defines it first.
    pub(super) module: &'a PolicyFile,
    /// Its package, as `data.main`.
    pub(super) package: String,
    /// How it is asked; none if its answers could never be used, which has been said.
    pub(super) query: Option<Query>,
}

/// How a rule is asked.
#[derive(Debug)]
pub(super) struct Query {
    /// The package, without `data`.
    namespace: String,
    /// The rule.
    name: String,
    /// The rule itself.
    pub(super) entry: Entry,
    /// What the package makes exceptions of, and where it says so first.
    exception: Option<(Entry, Place)>,
}

impl Query {
    /// The name without the word it begins with, by which exceptions call the rule.
    fn suffix(&self) -> &str {
        self.name.split_once('_').map_or("", |(_, suffix)| suffix)
    }
}

/// What the name of a rule means to Conftest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Meaning {
    /// It is asked, and what it answers has this effect.
    Asked(Effect),
    /// It looks as if it were asked.
    Alike,
    /// It is a rule like any other.
    Other,
}

fn meaning(name: &str) -> Meaning {
    let mut parts = name.split('_');
    let word = parts.next().unwrap_or_default();
    let is_part =
        |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let known = WORDS
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(word));
    match known {
        Some((known, effect)) if *known == word && parts.all(is_part) => Meaning::Asked(*effect),
        Some(_) => Meaning::Alike,
        None => Meaning::Other,
    }
}

/// Whether Conftest asks for a rule.
fn is_asked(head: &Head) -> bool {
    head.shape != Shape::Function && matches!(meaning(&head.name), Meaning::Asked(_))
}

/// The rules of the packages that judge, and what is wrong with them. A package that does not judge and that no other
/// one imports is said.
pub(super) fn describe<'a>(
    candidates: &[Candidate<'a>],
    program: &Program,
    namespaces: &[Namespace],
) -> (Vec<Found<'a>>, Vec<Problem>) {
    let mut packages: BTreeMap<&[ArcStr], Vec<Candidate<'a>>> = BTreeMap::new();
    for candidate in candidates {
        if let Some(package) = program.package_path(candidate.index) {
            packages.entry(package).or_default().push(*candidate);
        }
    }
    let (mut found, mut problems) = (Vec::new(), Vec::new());
    let mut names = Vec::new();
    for (path, modules) in packages {
        let Some(name) = package(&modules, program) else {
            continue;
        };
        let namespace = name.strip_prefix("data.").unwrap_or_default().to_owned();
        let asked = asked(&modules, program);
        if judges(namespaces, &namespace) {
            let package = Package {
                path,
                below_data: name,
                namespace: namespace.clone(),
                modules: &modules,
                program,
            };
            package.describe(&mut found, &mut problems);
        // The path itself is among its readers.
        } else if let Some((file, head)) = asked
            && program.readers(&name).len() < 2
        {
            problems.push(unused(&namespace, &head.name, span(file, head.place)));
        }
        if asked.is_some() {
            names.push(namespace);
        }
    }
    problems.extend(namespaces.iter().filter_map(|one| idle(one, &names)));
    (found, problems)
}

fn package(modules: &[Candidate<'_>], program: &Program) -> Option<String> {
    program.package(modules.first()?.index)
}

/// The first rule of some modules that Conftest asks for, and its text.
fn asked<'p>(modules: &[Candidate<'_>], program: &'p Program) -> Option<(FileId, &'p Head)> {
    modules.iter().find_map(|module| {
        let mut heads = program.heads(module.index).iter();
        Some((module.module.file, heads.find(|head| is_asked(head))?))
    })
}

fn judges(namespaces: &[Namespace], name: &str) -> bool {
    if namespaces.is_empty() {
        return name == DEFAULT;
    }
    namespaces.iter().any(|one| is_match(one, name))
}

fn is_match(namespace: &Namespace, name: &str) -> bool {
    super::load::glob(&namespace.pattern).is_some_and(|glob| glob.is_match(name))
}

/// A package that is written for Conftest and judges nothing.
fn unused(namespace: &str, name: &str, place: Span) -> Problem {
    let (namespace, name) = (namespace.escape_debug(), name.escape_debug());
    let message = format!(
        "`{name}` of package `{namespace}` is not evaluated: it has no rule id, and `{namespace}` is not among the namespaces"
    );
    Problem::warning(place, message).help(format!(
        "a rule of ours has a `# METADATA` block with `scope: package` and `custom.id`; a Conftest package judges with `--namespace {namespace}`, or below `conftest: {{namespaces: [...]}}` in `plumbline.yaml`"
    ))
}

/// A namespace without a package: Conftest would run no test and succeed.
fn idle(namespace: &Namespace, names: &[String]) -> Option<Problem> {
    if names.iter().any(|name| is_match(namespace, name)) {
        return None;
    }
    let pattern = namespace.pattern.escape_debug();
    let message = format!("no Conftest package is called `{pattern}`");
    let problem = match namespace.place {
        Some(place) => Problem::error(place, message),
        None => Problem::run(message),
    };
    Some(problem.help(match names {
        [] => "none of the policies is a package with `deny`, `violation` or `warn` and without a rule id".to_owned(),
        names => format!("there are `{}`", names.join("`, `").escape_debug()),
    }))
}

/// A package that judges.
struct Package<'p, 'a> {
    path: &'p [ArcStr],
    /// Its path, as `data.` is followed by it.
    below_data: String,
    namespace: String,
    modules: &'p [Candidate<'a>],
    program: &'p Program,
}

/// The heads of all rules of one name.
struct Named<'p, 'a> {
    effect: Effect,
    heads: Vec<(&'p Candidate<'a>, usize, &'p Head)>,
}

impl<'p, 'a> Package<'p, 'a> {
    fn heads(&self) -> impl Iterator<Item = (&'p Candidate<'a>, usize, &'p Head)> + use<'p, 'a> {
        let program = self.program;
        self.modules.iter().flat_map(move |module| {
            let heads = program.heads(module.index).iter().enumerate();
            heads.map(move |(at, head)| (module, at, head))
        })
    }

    fn describe(&self, found: &mut Vec<Found<'a>>, problems: &mut Vec<Problem>) {
        let mut rules: BTreeMap<&str, Named<'p, 'a>> = BTreeMap::new();
        let mut alike: Vec<&str> = Vec::new();
        for (module, at, head) in self.heads() {
            let name = head.name.as_str();
            match meaning(name) {
                Meaning::Asked(effect) if is_asked(head) => rules
                    .entry(name)
                    .or_insert_with(|| Named {
                        effect,
                        heads: Vec::new(),
                    })
                    .heads
                    .push((module, at, head)),
                Meaning::Asked(_) | Meaning::Alike
                    if !alike.contains(&name) && !self.program.refers(module.index, name) =>
                {
                    alike.push(name);
                    problems.push(self.alike(name, span(module.module.file, head.place)));
                }
                Meaning::Asked(_) | Meaning::Alike | Meaning::Other => {}
            }
        }
        for (name, named) in rules {
            found.extend(self.rule(name, &named, problems));
        }
    }

    fn alike(&self, name: &str, place: Span) -> Problem {
        let message = format!(
            "`{}` of `{}` is not evaluated",
            name.escape_debug(),
            self.namespace.escape_debug()
        );
        Problem::warning(place, message).help(
            "rules called `deny`, `violation` or `warn` are, alone or followed by `_` and words of letters and digits with `_` between them; functions are not",
        )
    }

    fn rule(
        &self,
        name: &str,
        named: &Named<'p, 'a>,
        problems: &mut Vec<Problem>,
    ) -> Option<Found<'a>> {
        let (module, _, head) = named.heads.first()?;
        let place = span(module.module.file, head.place);
        let id = match id(&self.namespace, name) {
            Ok(id) => id,
            Err(error) => {
                problems.push(Problem::error(place, error.to_string()));
                return None;
            }
        };
        let unusable = named.heads.iter().find_map(|(module, _, head)| {
            let message = unusable(name, head.shape)?;
            let problem = Problem::error(span(module.module.file, head.place), message);
            Some(problem.of_rule(id.as_str()).help(SHAPE_HELP))
        });
        let query = unusable.is_none().then(|| Query {
            namespace: self.namespace.clone(),
            name: name.to_owned(),
            entry: self.entry(name),
            exception: self.exception(),
        });
        problems.extend(unusable);
        Some(Found {
            metadata: self.metadata(id, name, place, named, problems),
            module: module.module,
            package: self.below_data.clone(),
            query,
        })
    }

    fn entry(&self, name: &str) -> Entry {
        let words: Vec<ArcStr> = self
            .path
            .iter()
            .cloned()
            .chain([ArcStr::from(name)])
            .collect();
        self.program.entry_at(&words)
    }

    fn exception(&self) -> Option<(Entry, Place)> {
        let (_, _, head) = self
            .heads()
            .find(|(_, _, head)| head.name.as_str() == "exception")?;
        Some((self.entry("exception"), head.place))
    }

    /// What is known of a rule: what its annotations say, and otherwise what its name does.
    fn metadata(
        &self,
        id: RuleId,
        name: &str,
        place: Span,
        named: &Named<'_, '_>,
        problems: &mut Vec<Problem>,
    ) -> Metadata {
        let said: Vec<&Value> = named
            .heads
            .iter()
            .flat_map(|(module, at, _)| {
                let annotations = self.program.annotations(module.index).iter();
                annotations.filter(move |annotation| {
                    annotation.rule == Some(*at) && is_of_rule(&annotation.value)
                })
            })
            .map(|annotation| &annotation.value)
            .collect();
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let first = |key: &str| said.iter().find_map(|value| text(value.get_str(key)?));
        let custom = |key: &str| {
            let customs = said.iter().filter_map(|value| value.get_str("custom"));
            customs
                .filter_map(|custom| text(custom.get_str(key)?))
                .collect::<Vec<String>>()
        };
        let mut severity: Option<Severity> = None;
        for word in custom("severity") {
            let one = Severity::parse(&word.to_ascii_lowercase());
            if one.is_none() {
                problems.push(no_severity(&word, &id, place));
            }
            severity = severity.max(one);
        }
        Metadata {
            title: first("title").unwrap_or_else(|| format!("{}.{name}", self.namespace)),
            description: first("description"),
            severity: severity.unwrap_or(Severity::Medium),
            effect: named.effect,
            subject: SubjectKind::Document,
            targets: Vec::new(),
            unknown: Unknown::Pass,
            on_error: OnError::Closed,
            sensitive: false,
            requires: Vec::new(),
            params: None,
            controls: BTreeMap::new(),
            remediation: custom("remediation").into_iter().next(),
            id,
            place,
        }
    }
}

/// Whether an annotation is about a rule, and not about the package that it follows.
fn is_of_rule(annotation: &Value) -> bool {
    let scope = annotation.get_str("scope").and_then(Value::as_str);
    matches!(scope, Some("rule" | "document"))
}

fn no_severity(word: &str, id: &RuleId, place: Span) -> Problem {
    let known: Vec<&str> = Severity::ALL
        .iter()
        .copied()
        .map(Severity::as_str)
        .collect();
    let message = format!(
        "`severity`: `{}` is none of `{}`",
        word.escape_debug(),
        known.join("`, `")
    );
    let problem = Problem::warning(place, message).of_rule(id.as_str());
    problem.help("the rule has the severity `medium`, unless another annotation says otherwise")
}

const SHAPE_HELP: &str = "write `deny contains msg if { ... }`: Conftest passes without a word what is neither a set nor an array";

/// Why the answers of a rule can never be used, if that is certain.
fn unusable(name: &str, shape: Shape) -> Option<String> {
    let what = match shape {
        Shape::Set | Shape::Computed | Shape::Function => return None,
        Shape::Object => "it answers an object",
        Shape::Single => "it answers one value",
    };
    let name = name.escape_debug();
    Some(format!("`{name}` can find nothing: {what}"))
}

/// `conftest/main-deny-run-as-root`.
fn id(namespace: &str, name: &str) -> Result<RuleId, RuleIdError> {
    let spelt: String = format!("{namespace}-{name}")
        .chars()
        .map(|character| match character {
            'a'..='z' | '0'..='9' => character,
            'A'..='Z' => character.to_ascii_lowercase(),
            _ => '-',
        })
        .collect();
    RuleId::new(&format!("conftest/{}", spelt.trim_matches('-')))
}

fn span(file: FileId, place: Place) -> Span {
    Span {
        file,
        start: place.span.start,
        end: place.span.end,
    }
}

fn beginning(file: FileId) -> Span {
    Span {
        file,
        start: 0,
        end: 0,
    }
}

#[cfg(test)]
mod tests {
    use super::{Meaning, id, meaning};
    use crate::finding::Effect;

    #[track_caller]
    fn check(name: &str, expected: Meaning) {
        assert_eq!(meaning(name), expected, "{name}");
    }

    #[test]
    fn three_words_are_asked_for_alone_and_with_a_suffix() {
        check("deny", Meaning::Asked(Effect::Deny));
        check("deny_run_as_Root2", Meaning::Asked(Effect::Deny));
        check("violation_x", Meaning::Asked(Effect::Deny));
        check("warn", Meaning::Asked(Effect::Warn));
    }

    #[test]
    fn what_looks_alike_is_told_from_other_rules() {
        for name in ["deny_", "deny__x", "Deny", "WARN_x", "deny_ä"] {
            check(name, Meaning::Alike);
        }
        for name in ["denied", "warning", "denyx", "exception", "x_deny", ""] {
            check(name, Meaning::Other);
        }
    }

    #[test]
    fn an_id_is_made_of_namespace_and_name() {
        let spelt = |namespace: &str, name: &str| id(namespace, name).unwrap().to_string();
        assert_eq!(spelt("main", "deny"), "conftest/main-deny");
        assert_eq!(
            spelt("k8s.pod_security", "deny_Root"),
            "conftest/k8s-pod-security-deny-root"
        );
        assert_eq!(spelt("", "warn"), "conftest/warn");
    }
}
