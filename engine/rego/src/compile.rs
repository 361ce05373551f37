//! Rego text to a program: many modules in, an immutable set that is shared between threads out, with every diagnostic.
//!
//! A module that does not compile is left out together with what cannot do without it; the others are compiled.

pub(crate) mod flow;
pub(crate) mod ir;
mod link;
pub(crate) mod lower;
pub(crate) mod metadata;
pub(crate) mod report;
pub(crate) mod resolve;
pub(crate) mod term;
pub(crate) mod tree;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

pub use ir::Place;

use crate::builtins::Table;
use crate::syntax::{self, Span, Version};
use crate::value::{ArcStr, Value};
use flow::Bound;
use ir::{Expr, Rule, Slot, Step};
use lower::Lowerer;
use report::Reports;
use resolve::{Globals, Resolver};
use tree::Tree;

/// One file of Rego.
#[derive(Debug, Clone)]
pub struct Module {
    /// What messages call it.
    pub name: String,
    /// Its text.
    pub text: Arc<str>,
    /// The syntax it is written in.
    pub version: Version,
}

impl Module {
    /// A module in today's syntax.
    pub fn new(name: impl Into<String>, text: impl Into<Arc<str>>) -> Self {
        Self {
            name: name.into(),
            text: text.into(),
            version: Version::V1,
        }
    }
}

/// What is wrong with a policy, where, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// OPA's code: `rego_parse_error`, `rego_unsafe_var_error`, ...
    pub code: &'static str,
    /// What was expected and what was found.
    pub message: String,
    /// The index of the module among those that were handed in.
    pub module: usize,
    /// The offending bytes.
    pub span: Span,
    /// What to write instead.
    pub hint: Option<String>,
}

/// A compiled set of modules.
#[derive(Debug, Clone)]
pub struct Program {
    pub(crate) inner: Arc<Inner>,
}

#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) modules: Vec<Compiled>,
    pub(crate) tree: Tree,
    pub(crate) rules: Vec<Rule>,
    pub(crate) table: &'static Table,
}

/// A module that was handed in.
#[derive(Debug)]
pub(crate) struct Compiled {
    pub(crate) name: String,
    pub(crate) text: Arc<str>,
    /// Its package below `data`; none if it did not compile.
    pub(crate) package: Option<Vec<ArcStr>>,
    pub(crate) line_starts: Vec<u32>,
    /// What its rules are called, in order.
    pub(crate) rules: Vec<ArcStr>,
    /// The heads of its rules, in order.
    pub(crate) heads: Vec<Head>,
    /// What it reads.
    pub(crate) mentions: link::Mentions,
    /// The annotations of its package.
    pub(crate) annotations: Vec<metadata::Annotation>,
}

/// The head of a rule.
#[derive(Debug, Clone)]
pub struct Head {
    /// The first word of its name.
    pub name: ArcStr,
    /// Where it is written.
    pub place: Place,
    /// What the rule comes to.
    pub shape: Shape,
}

/// What a rule comes to, as far as its head says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// A set, to which each body adds an element.
    Set,
    /// An object, to which each body adds a key, or below which further rules lie.
    Object,
    /// One value that is certainly neither a set nor an array.
    Single,
    /// One value that is computed.
    Computed,
    /// A function.
    Function,
}

/// Compiles modules. The program holds those without errors.
pub fn compile(modules: &[Module]) -> (Program, Vec<Diagnostic>) {
    compile_with(modules, Table::get_all())
}

/// Compiles modules that may call the functions of a table.
pub fn compile_with(modules: &[Module], table: &'static Table) -> (Program, Vec<Diagnostic>) {
    roomy(|| link::link(modules, table))
}

/// Syntax trees are limited in depth; walking the deepest ones takes more stack than a thread may have left.
fn roomy<T>(run: impl FnOnce() -> T) -> T {
    stacker::maybe_grow(12 * 1024 * 1024, 16 * 1024 * 1024, run)
}

/// A query, compiled against a program.
#[derive(Debug, Clone)]
pub struct Query {
    pub(crate) body: Vec<Step>,
    pub(crate) slots: u32,
    /// The variables that a solution binds.
    pub(crate) names: BTreeMap<ArcStr, Slot>,
    /// The conditions whose values a solution shows.
    pub(crate) expressions: Vec<Shown>,
}

/// One rule, ready to be evaluated.
#[derive(Debug, Clone)]
pub struct Entry {
    pub(crate) expr: Expr,
}

impl Program {
    /// The entry at a path like `data.a.b.deny`; what is no rule is looked up in the value of the rule above it, or else
    /// in base data.
    pub fn entry(&self, path: &str) -> Entry {
        let words: Vec<ArcStr> = path.split('.').skip(1).map(ArcStr::from).collect();
        self.entry_at(&words)
    }

    /// The entry at a path below `data`. A word of digits is the index of an element where an array is.
    pub fn entry_at(&self, words: &[ArcStr]) -> Entry {
        let tree = &self.inner.tree;
        let (mut node, mut rest) = (0, words);
        while let Some((word, below)) = rest.split_first()
            && let Some(child) = tree.child(node, word)
        {
            (node, rest) = (child, below);
        }
        let expr = if rest.is_empty() || tree.has_rules(node) {
            let keys = rest.iter().map(key).map(Expr::Const);
            keys.fold(Expr::Data(node), |above, key| {
                Expr::Get(Box::new(above), Box::new(key))
            })
        } else {
            Expr::Base(words.iter().map(key).collect())
        };
        Entry { expr }
    }

    /// The package of a module that compiled, as `data.a.b`, by its index among those that were handed in.
    pub fn package(&self, module: usize) -> Option<String> {
        let path = self.inner.modules.get(module)?.package.as_ref()?;
        Some(if path.is_empty() {
            "data".to_owned()
        } else {
            format!("data.{}", tree::spell(path))
        })
    }

    /// The package of a module that compiled, as its words below `data`.
    pub fn package_path(&self, module: usize) -> Option<&[ArcStr]> {
        self.inner.modules.get(module)?.package.as_deref()
    }

    /// The names of the rules of a module, each as often as it is defined.
    pub fn rules(&self, module: usize) -> &[ArcStr] {
        self.inner
            .modules
            .get(module)
            .map_or(&[], |module| &module.rules)
    }

    /// The heads of the rules of a module that compiled, in order: of every body its own.
    pub fn heads(&self, module: usize) -> &[Head] {
        self.inner
            .modules
            .get(module)
            .map_or(&[], |module| &module.heads)
    }

    /// Whether a module that compiled has a rule of a name.
    pub fn defines(&self, module: usize, rule: &str) -> bool {
        self.rules(module).iter().any(|name| name.as_str() == rule)
    }

    /// Whether a module reads one of its own rules.
    pub fn refers(&self, module: usize, rule: &str) -> bool {
        let module = self.inner.modules.get(module);
        module.is_some_and(|module| {
            let package = module.package.as_deref().unwrap_or_default();
            let is_rule = |path: &Vec<ArcStr>| {
                let rest = path.strip_prefix(package);
                rest.is_some_and(|rest| rest.first().is_some_and(|name| name.as_str() == rule))
            };
            module.mentions.paths.iter().any(is_rule)
        })
    }

    /// The keys of the input that a module reads by their name, and where it reads each first. None of a module that
    /// puts another input in place of the one that was given.
    pub fn input_keys(&self, module: usize) -> impl Iterator<Item = (&str, Place)> {
        let module = self.inner.modules.get(module).into_iter();
        let keys = module
            .filter(|module| !module.mentions.changes_input)
            .flat_map(|module| &module.mentions.input_keys);
        keys.map(|(key, place)| (key.as_str(), *place))
    }

    /// The annotations of a module, in order.
    pub fn annotations(&self, module: usize) -> &[metadata::Annotation] {
        self.inner
            .modules
            .get(module)
            .map_or(&[], |module| &module.annotations)
    }

    /// The packages, as `data.a.b`, that did not compile or mention one that did not.
    pub fn broken_packages(&self, modules: &[Module]) -> Vec<String> {
        link::broken(&self.inner, modules)
    }

    /// The packages, as `data.a.b`, that mention a path like `data.world`, themselves or through other packages.
    pub fn readers(&self, path: &str) -> Vec<String> {
        let words: Vec<ArcStr> = path.split('.').skip(1).map(ArcStr::from).collect();
        link::readers(&self.inner, BTreeSet::from([words]))
            .iter()
            .map(|path| format!("data.{}", tree::spell(path)))
            .collect()
    }

    /// The packages, as `data.a.b`, that call one of these builtins, themselves or through other packages.
    pub fn callers(&self, builtins: &[&str]) -> Vec<String> {
        let calls = |module: &&Compiled| {
            let mut called = module.mentions.builtins.iter();
            called.any(|name| builtins.contains(name))
        };
        let modules = self.inner.modules.iter().filter(calls);
        let packages = modules.filter_map(|module| module.package.clone());
        link::readers(&self.inner, packages.collect())
            .iter()
            .map(|path| format!("data.{}", tree::spell(path)))
            .collect()
    }

    /// The line and column, both from 1, where a place begins.
    pub fn position(&self, place: Place) -> (u32, u32) {
        self.inner
            .modules
            .get(place.module as usize)
            .map_or((0, 0), |module| {
                position(&module.text, &module.line_starts, place.span.start)
            })
    }

    /// What messages call the module of a place.
    pub fn module_name(&self, place: Place) -> &str {
        self.inner
            .modules
            .get(place.module as usize)
            .map_or("", |module| module.name.as_str())
    }

    /// The text of a place.
    pub fn text(&self, place: Place) -> &str {
        let text = self
            .inner
            .modules
            .get(place.module as usize)
            .map_or("", |module| &module.text);
        text.get(place.span.start as usize..place.span.end as usize)
            .unwrap_or_default()
    }

    /// Compiles a query: what is true of `data` and `input`.
    pub fn query(
        &self,
        text: &str,
        package: &[ArcStr],
        version: Version,
    ) -> Result<Query, Vec<Diagnostic>> {
        roomy(|| self.compile_query(text, package, version))
    }

    fn compile_query(
        &self,
        text: &str,
        package: &[ArcStr],
        version: Version,
    ) -> Result<Query, Vec<Diagnostic>> {
        let (body, diagnostics) = syntax::parse_query(text, version);
        if !diagnostics.is_empty() {
            return Err(diagnostics
                .into_iter()
                .map(|diagnostic| Diagnostic::of_syntax(diagnostic, QUERY))
                .collect());
        }
        let mut reports = Reports::default();
        let globals = self.globals(package);
        let table = self.inner.table;
        let mut resolver = Resolver::new(
            u32::MAX,
            version,
            &globals,
            &self.inner.tree,
            table,
            &mut reports,
        );
        let (literals, names) = resolver.query(&body.literals);
        let slot_names = resolver.names().to_vec();
        let mut lowerer = Lowerer {
            tree: &self.inner.tree,
            table,
            reports: &mut reports,
            names: slot_names,
            needs: Vec::new(),
            mentions: Vec::new(),
            input_keys: Vec::new(),
            changes_input: false,
            blamed: Bound::new(),
        };
        let mut bound = Bound::new();
        let (body, expressions) = query_body(&mut lowerer, text, &literals, &mut bound);
        let slots = lowerer.slots();
        let names = names
            .into_iter()
            .filter(|(name, slot)| !name.starts_with('_') && bound.contains(slot))
            .collect();
        let reports = reports.into_sorted();
        if reports.is_empty() {
            return Ok(Query {
                body,
                slots,
                names,
                expressions,
            });
        }
        Err(reports
            .into_iter()
            .map(|report| Diagnostic::of_report(report, QUERY))
            .collect())
    }

    fn globals(&self, package: &[ArcStr]) -> Globals {
        let mut globals = HashMap::new();
        let node = self
            .inner
            .tree
            .find(package)
            .and_then(|node| self.inner.tree.node(node));
        let rules = node
            .iter()
            .flat_map(|node| &node.children)
            .filter(|(_, child)| self.inner.tree.has_rules(**child));
        for (name, _) in rules {
            let path = package.iter().cloned().chain([name.clone()]).collect();
            globals.insert(name.clone(), resolve::Global::Data(path));
        }
        globals
    }
}

/// A word of a path as a key: a number if it is spelt like an index.
fn key(word: &ArcStr) -> Value {
    match word.parse::<i64>() {
        Ok(index) if index.to_string() == word.as_str() => Value::from(index),
        _ => Value::String(word.clone()),
    }
}

/// What the module of a diagnostic is when it is about a query.
pub const QUERY: usize = usize::MAX;

/// A condition of a query, and the slot that its value is shown from; without one it is true.
#[derive(Debug, Clone)]
pub(crate) struct Shown {
    pub(crate) text: String,
    pub(crate) row: u32,
    pub(crate) column: u32,
    pub(crate) slot: Option<Slot>,
}

/// The steps of a query; conditions that are terms get a slot to show their value from.
fn query_body(
    lowerer: &mut Lowerer<'_>,
    text: &str,
    literals: &[term::Literal],
    bound: &mut Bound,
) -> (Vec<Step>, Vec<Shown>) {
    let mut expressions = Vec::new();
    let mut shown = Vec::new();
    for literal in literals {
        let term = match &literal.kind {
            term::LiteralKind::Declaration => {
                shown.push(literal.clone());
                continue;
            }
            term::LiteralKind::Term(term) => Some(term.clone()),
            term::LiteralKind::Equal(left, right) => lowerer.table.find("equal").map(|index| {
                let kind = term::Kind::Call(
                    ir::Target::Builtin(index),
                    vec![left.clone(), right.clone()],
                );
                term::Term {
                    kind,
                    place: literal.place,
                }
            }),
            _ => None,
        };
        let slot = term.as_ref().map(|_| lowerer.slots());
        shown.push(match (term, slot) {
            (Some(term), Some(slot)) => {
                lowerer.names.push(ArcStr::from("_"));
                let value = term::Term::local(slot, term.place);
                term::Literal {
                    kind: term::LiteralKind::Unify(value, term),
                    ..literal.clone()
                }
            }
            _ => literal.clone(),
        });
        expressions.push(shown_at(text, literal.place.span, slot));
        // A single condition shows that it is false; one of several must hold.
        if let Some(slot) = slot.filter(|_| literals.len() > 1) {
            let value = term::Term::local(slot, literal.place);
            shown.push(term::Literal {
                kind: term::LiteralKind::Term(value),
                with: Vec::new(),
                ..literal.clone()
            });
        }
    }
    (lowerer.body(&shown, bound), expressions)
}

fn shown_at(text: &str, span: Span, slot: Option<Slot>) -> Shown {
    let before = text.get(..span.start as usize).unwrap_or_default();
    let row = before.split('\n').count();
    let column = before
        .rsplit('\n')
        .next()
        .map_or(0, |line| line.chars().count())
        + 1;
    Shown {
        text: text
            .get(span.start as usize..span.end as usize)
            .unwrap_or_default()
            .to_owned(),
        row: u32::try_from(row).unwrap_or(u32::MAX),
        column: u32::try_from(column).unwrap_or(u32::MAX),
        slot,
    }
}

impl Diagnostic {
    fn of_syntax(diagnostic: syntax::Diagnostic, module: usize) -> Self {
        let syntax::Diagnostic {
            code,
            message,
            span,
            hint,
        } = diagnostic;
        Self {
            code,
            message,
            module,
            span,
            hint,
        }
    }

    fn of_report(report: report::Report, module: usize) -> Self {
        let report::Report {
            code,
            message,
            place,
            hint,
        } = report;
        Self {
            code,
            message,
            module,
            span: place.span,
            hint,
        }
    }
}

/// Line and column of a byte, both from 1, columns in characters.
pub(crate) fn position(text: &str, line_starts: &[u32], byte: u32) -> (u32, u32) {
    let line = line_starts.partition_point(|start| *start <= byte).max(1);
    let start = line_starts.get(line - 1).copied().unwrap_or(0);
    let column = text
        .get(start as usize..byte as usize)
        .map_or(0, |before| before.chars().count())
        + 1;
    (
        u32::try_from(line).unwrap_or(u32::MAX),
        u32::try_from(column).unwrap_or(u32::MAX),
    )
}

/// The value that a path of strings and numbers leads to in base data, where a number may also be the key of an object.
pub(crate) fn at_keys<'v>(value: &'v Value, path: &[Value]) -> Option<&'v Value> {
    path.iter()
        .try_fold(value, |value, key| match (value, key) {
            (Value::Object(object), Value::Number(number)) => object
                .get(key)
                .or_else(|| object.get_str(&number.to_string())),
            _ => value.get(key),
        })
}

/// The value that a path of words leads to.
pub(crate) fn at_path<'v>(value: &'v Value, path: &[ArcStr]) -> Option<&'v Value> {
    path.iter()
        .try_fold(value, |value, word| value.get_str(word))
}
