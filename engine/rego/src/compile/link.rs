//! Modules to a program: the tree of rules, the rules one by one, and the checks over all of them.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use super::flow::Bound;
use super::ir::{Branch, Expr, NodeId, Place, Rule, RuleKind, Slot};
use super::lower::Lowerer;
use super::report::{Report, Reports};
use super::resolve::{Global, Globals, Resolver, RuleMetadata, is_pattern};
use super::term::{Kind, Literal, LiteralKind, Term};
use super::tree::Tree;
use super::{Compiled, Diagnostic, Head, Inner, Module, Program, Shape, metadata};
use crate::builtins::Table;
use crate::check;
use crate::syntax::ast::{self, HeadKind};
use crate::syntax::{self, Span};
use crate::value::{ArcStr, Value};

pub(super) fn link(modules: &[Module], table: &'static Table) -> (Program, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    let mut parsed: Vec<Option<ast::Module>> = Vec::new();
    for (index, module) in modules.iter().enumerate() {
        let (tree, found) = syntax::parse(&module.text, module.version);
        parsed.push(found.is_empty().then_some(tree));
        diagnostics.extend(
            found
                .into_iter()
                .map(|diagnostic| Diagnostic::of_syntax(diagnostic, index)),
        );
    }
    // A module with errors is taken out, which may bring errors to light in others. Each round takes out at least one.
    loop {
        let (program, reports) = attempt(modules, &parsed, table);
        if reports.is_empty() {
            diagnostics.sort_by_key(|diagnostic| (diagnostic.module, diagnostic.span.start));
            return (program, diagnostics);
        }
        let mut removed = 0;
        for report in reports {
            let module = report.place.module as usize;
            if let Some(slot) = parsed.get_mut(module).filter(|slot| slot.is_some()) {
                *slot = None;
                removed += 1;
            }
            diagnostics.push(Diagnostic::of_report(report, module));
        }
        if removed == 0 {
            return (program, diagnostics);
        }
    }
}

fn attempt(
    modules: &[Module],
    parsed: &[Option<ast::Module>],
    table: &'static Table,
) -> (Program, Vec<Report>) {
    let mut linker = Linker {
        table,
        reports: Reports::default(),
        tree: Tree::new(),
        rules: Vec::new(),
        needs: Vec::new(),
        mentions: HashMap::new(),
        packages: HashMap::new(),
    };
    let heads: Vec<Vec<NodeId>> = parsed
        .iter()
        .zip(0..)
        .map(|(module, index)| {
            module
                .as_ref()
                .map(|module| linker.declare(module, index))
                .unwrap_or_default()
        })
        .collect();
    let annotations: Vec<Vec<metadata::Annotation>> = parsed
        .iter()
        .map(|module| {
            module
                .as_ref()
                .map(metadata::annotations)
                .unwrap_or_default()
        })
        .collect();
    for (index, module) in parsed.iter().enumerate() {
        if let (Some(module), Some(nodes)) = (module, heads.get(index)) {
            let globals = linker.globals(module, index);
            let own = annotations
                .get(index)
                .map(Vec::as_slice)
                .unwrap_or_default();
            linker.module(
                module,
                u32::try_from(index).unwrap_or(u32::MAX),
                nodes,
                &globals,
                own,
                &annotations,
                parsed,
            );
        }
    }
    check::conflicts(&linker.tree, &linker.rules, &mut linker.reports);
    check::recursion(
        &linker.tree,
        &linker.rules,
        &linker.needs,
        &mut linker.reports,
    );
    let compiled = modules
        .iter()
        .zip(parsed)
        .zip(annotations)
        .zip(0..)
        .map(|(((module, parsed), annotations), index)| {
            let mentions = linker.mentions.remove(&index).unwrap_or_default();
            let heads = parsed.as_ref().map(|parsed| heads_of(parsed, index));
            let heads = heads.unwrap_or_default();
            compiled(module, parsed.as_ref(), heads, annotations, mentions)
        })
        .collect();
    let reports = std::mem::take(&mut linker.reports).into_sorted();
    let inner = Inner {
        modules: compiled,
        tree: linker.tree,
        rules: linker.rules,
        table,
    };
    (
        Program {
            inner: Arc::new(inner),
        },
        reports,
    )
}

fn compiled(
    module: &Module,
    parsed: Option<&ast::Module>,
    heads: Vec<Head>,
    annotations: Vec<metadata::Annotation>,
    mut mentions: Mentions,
) -> Compiled {
    mentions.paths.extend(parsed.into_iter().flat_map(imported));
    let line_starts = std::iter::once(0).chain(
        module
            .text
            .bytes()
            .zip(1_u32..)
            .filter(|(byte, _)| *byte == b'\n')
            .map(|(_, next)| next),
    );
    Compiled {
        name: module.name.clone(),
        text: Arc::clone(&module.text),
        package: parsed.map(package_path),
        line_starts: line_starts.collect(),
        rules: parsed
            .map(|parsed| {
                parsed
                    .rules
                    .iter()
                    .filter_map(|rule| head_words(&rule.head).first().cloned())
                    .collect()
            })
            .unwrap_or_default(),
        heads,
        mentions,
        annotations,
    }
}

fn heads_of(module: &ast::Module, index: u32) -> Vec<Head> {
    let head = |rule: &ast::Rule| Head {
        name: head_words(&rule.head)
            .into_iter()
            .next()
            .unwrap_or_else(|| ArcStr::from("")),
        place: Place {
            module: index,
            span: rule.head.span,
        },
        shape: shape(&rule.head),
    };
    module.rules.iter().map(head).collect()
}

fn shape(head: &ast::Head) -> Shape {
    if head.params.is_some() {
        return Shape::Function;
    }
    match &head.kind {
        _ if !head.name.args.is_empty() => Shape::Object,
        HeadKind::Contains(_) => Shape::Set,
        HeadKind::Single => head.value.as_ref().map_or(Shape::Single, shape_of),
    }
}

fn shape_of(value: &ast::Term) -> Shape {
    match &value.kind {
        ast::TermKind::Null
        | ast::TermKind::Bool(_)
        | ast::TermKind::Number(_)
        | ast::TermKind::String { .. }
        | ast::TermKind::Template { .. }
        | ast::TermKind::Object(_)
        | ast::TermKind::ObjectComprehension(_)
        | ast::TermKind::Negate(_)
        | ast::TermKind::In { .. } => Shape::Single,
        ast::TermKind::Parens(inner) => shape_of(inner),
        _ => Shape::Computed,
    }
}

/// Packages that did not compile, and those that mention one of them.
pub(super) fn broken(inner: &Inner, modules: &[Module]) -> Vec<String> {
    let mut broken: BTreeSet<Vec<ArcStr>> = BTreeSet::new();
    for (compiled, module) in inner.modules.iter().zip(modules) {
        if compiled.package.is_none() {
            broken.insert(package_path(&syntax::parse(&module.text, module.version).0));
        }
    }
    readers(inner, broken)
        .iter()
        .map(|path| format!("data.{}", super::tree::spell(path)))
        .collect()
}

/// Paths below `data`, and the packages that mention one of them or a package that does.
pub(super) fn readers(inner: &Inner, paths: BTreeSet<Vec<ArcStr>>) -> BTreeSet<Vec<ArcStr>> {
    let mut read = paths;
    loop {
        let more: Vec<Vec<ArcStr>> = inner
            .modules
            .iter()
            .filter_map(|module| Some((module.package.as_ref()?, &module.mentions.paths)))
            .filter(|(package, mentions)| {
                !read.contains(*package)
                    && mentions
                        .iter()
                        .any(|mention| read.iter().any(|path| overlap(mention, path)))
            })
            .map(|(package, _)| package.clone())
            .collect();
        if more.is_empty() {
            return read;
        }
        read.extend(more);
    }
}

/// Whether one of two paths leads through the other.
fn overlap(one: &[ArcStr], other: &[ArcStr]) -> bool {
    one.starts_with(other) || other.starts_with(one)
}

/// What a module reads, as far as it is known before anything runs.
#[derive(Debug, Default)]
pub(crate) struct Mentions {
    /// Paths below `data`, those that it imports among them.
    pub(crate) paths: BTreeSet<Vec<ArcStr>>,
    /// Keys of the input, and where each is read first.
    pub(crate) input_keys: BTreeMap<ArcStr, Place>,
    /// Whether it puts another input in place of the one that was given.
    pub(crate) changes_input: bool,
    /// The builtins that it calls by their names, or puts in place of another function.
    pub(crate) builtins: BTreeSet<&'static str>,
}

struct Linker {
    table: &'static Table,
    reports: Reports,
    tree: Tree,
    rules: Vec<Rule>,
    /// What each rule needs, beside `rules`.
    needs: Vec<Vec<NodeId>>,
    /// The paths below `data` that each module reads.
    mentions: HashMap<u32, Mentions>,
    /// The names of the rules of each package.
    packages: HashMap<Vec<ArcStr>, HashSet<ArcStr>>,
}

impl Linker {
    /// Puts the rules of a module into the tree: the node of each.
    fn declare(&mut self, module: &ast::Module, index: u32) -> Vec<NodeId> {
        let package = package_path(module);
        self.tree.insert_package(&package);
        let mut nodes = Vec::new();
        for rule in &module.rules {
            let words = head_words(&rule.head);
            if let Some(name) = words.first() {
                self.packages
                    .entry(package.clone())
                    .or_default()
                    .insert(name.clone());
            }
            let path: Vec<ArcStr> = package.iter().chain(&words).cloned().collect();
            let node = self.tree.insert(&path);
            let place = Place {
                module: index,
                span: rule.head.span,
            };
            self.declare_arity(node, rule, place);
            nodes.push(node);
        }
        nodes
    }

    fn declare_arity(&mut self, node: NodeId, rule: &ast::Rule, place: Place) {
        let spelt = self.tree.spell(node);
        let Some(node) = self.tree.node_mut(node) else {
            return;
        };
        node.declared = true;
        let arity = rule.head.params.as_ref().map(Vec::len);
        match (node.arity, arity) {
            (Some(before), Some(now)) if before != now => {
                let message = format!(
                    "conflicting rules data.{spelt} found: functions of {before} and of {now} operands"
                );
                self.reports.add("rego_type_error", message, place, None);
            }
            (None, Some(arity)) => node.arity = Some(arity),
            _ => {}
        }
    }

    fn globals(&mut self, module: &ast::Module, index: usize) -> Globals {
        let package = package_path(module);
        let mut globals = Globals::new();
        for name in self.packages.get(&package).into_iter().flatten() {
            let path = package.iter().cloned().chain([name.clone()]).collect();
            globals.insert(name.clone(), Global::Data(path));
        }
        // An import comes before a rule of its name.
        let mut imported: HashMap<ArcStr, Vec<ArcStr>> = HashMap::new();
        for import in &module.imports {
            let words: Vec<ArcStr> = import.path.iter().map(|name| name.text.clone()).collect();
            let Some((root, path)) = words.split_first() else {
                continue;
            };
            let name = import
                .alias
                .as_ref()
                .map(|alias| alias.text.clone())
                .or_else(|| words.last().cloned());
            let (Some(name), true) = (name, matches!(root.as_str(), "data" | "input")) else {
                continue;
            };
            let earlier = imported
                .insert(name.clone(), words.clone())
                .filter(|earlier| *earlier != words || module.version == syntax::Version::V1);
            if let Some(earlier) = earlier {
                let place = Place {
                    module: u32::try_from(index).unwrap_or(u32::MAX),
                    span: import.span,
                };
                let message = format!("import must not shadow import {}", earlier.join("."));
                self.reports.add(
                    "rego_compile_error",
                    message,
                    place,
                    Some("give one of them another name with `as`"),
                );
            }
            let global = if root.as_str() == "data" {
                Global::Data(path.to_vec())
            } else {
                Global::Input(path.to_vec())
            };
            globals.insert(name, global);
        }
        globals
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "what a module is compiled with, all of it read once"
    )]
    fn module(
        &mut self,
        module: &ast::Module,
        index: u32,
        nodes: &[NodeId],
        globals: &Globals,
        annotations: &[metadata::Annotation],
        all: &[Vec<metadata::Annotation>],
        parsed: &[Option<ast::Module>],
    ) {
        for (at, (rule, node)) in module.rules.iter().zip(nodes).enumerate() {
            let metadata = || metadata::of_rule(module, at, annotations, all, parsed);
            self.rule(module, rule, index, *node, globals, &metadata);
        }
    }

    fn rule(
        &mut self,
        module: &ast::Module,
        rule: &ast::Rule,
        index: u32,
        node: NodeId,
        globals: &Globals,
        metadata: &dyn Fn() -> RuleMetadata,
    ) {
        let place = Place {
            module: index,
            span: rule.span,
        };
        let mut resolver = Resolver::new(
            index,
            module.version,
            globals,
            &self.tree,
            self.table,
            &mut self.reports,
        );
        resolver.metadata = Some(metadata);
        let params = resolver.parameters(rule.head.params.as_deref().unwrap_or_default());
        let mut branches = vec![resolve_branch(
            &mut resolver,
            &rule.head,
            &params,
            rule.head.value.as_ref(),
            rule.body.as_ref(),
            rule.head.span,
        )];
        for branch in &rule.otherwise {
            branches.push(resolve_branch(
                &mut resolver,
                &rule.head,
                &params,
                branch.value.as_ref(),
                branch.body.as_ref(),
                branch.span,
            ));
        }
        resolver.leave();
        let names = resolver.names().to_vec();
        let called = std::mem::take(&mut resolver.called);
        let mut lowerer = Lowerer {
            tree: &self.tree,
            table: self.table,
            reports: &mut self.reports,
            names,
            needs: Vec::new(),
            mentions: Vec::new(),
            input_keys: Vec::new(),
            changes_input: false,
            blamed: Bound::new(),
        };
        let mut bound = Bound::new();
        let mut before = Vec::new();
        let params = lowerer.params(&params, &mut bound, &mut before);
        let branches = branches
            .into_iter()
            .map(|branch| lower_branch(&mut lowerer, &branch, &bound, &before, index))
            .collect();
        let kind = if matches!(rule.head.kind, HeadKind::Contains(_)) {
            RuleKind::Contains
        } else {
            RuleKind::Single
        };
        let slots = lowerer.slots();
        let Lowerer {
            needs,
            names,
            mentions,
            input_keys,
            changes_input,
            ..
        } = lowerer;
        let needed = needs.iter().filter_map(|need| self.tree.node(*need));
        let mentioned = needed.map(|node| node.path.clone()).chain(mentions);
        let module = self.mentions.entry(index).or_default();
        module.paths.extend(mentioned);
        module.changes_input |= changes_input;
        let called = called.iter().map(|index| self.table.get(*index).name);
        module.builtins.extend(called);
        for (key, place) in input_keys {
            module.input_keys.entry(key).or_insert(place);
        }
        if let Some(node) = self.tree.node_mut(node) {
            node.remembered |= node.arity.is_some() && !needs.is_empty();
        }
        let id = u32::try_from(self.rules.len()).unwrap_or(u32::MAX);
        self.rules.push(Rule {
            node,
            head: Place {
                module: index,
                span: rule.head.span,
            },
            params,
            is_function: rule.head.params.is_some(),
            branches,
            slots,
            names,
            kind,
        });
        self.needs.push(needs);
        self.attach(node, id, rule.is_default, place);
    }

    fn attach(&mut self, node: NodeId, rule: u32, is_default: bool, place: Place) {
        let spelt = self.tree.spell(node);
        let Some(node) = self.tree.node_mut(node) else {
            return;
        };
        match (is_default, node.default) {
            (true, Some(_)) => {
                let message = format!("multiple default rules data.{spelt} found");
                self.reports
                    .add("rego_type_error", message, place, Some("keep one of them"));
            }
            (true, None) => node.default = Some(rule),
            (false, _) => node.rules.push(rule),
        }
    }
}

/// A branch with its names resolved.
struct Resolved {
    body: Vec<Literal>,
    keys: Vec<Term>,
    value: Term,
    span: Span,
}

fn resolve_branch(
    resolver: &mut Resolver<'_>,
    head: &ast::Head,
    params: &[Term],
    value: Option<&ast::Term>,
    body: Option<&ast::Body>,
    span: Span,
) -> Resolved {
    let element = match &head.kind {
        HeadKind::Contains(element) => Some(element),
        HeadKind::Single => value,
    };
    let mut heads: Vec<&ast::Term> = dynamic_keys(head);
    heads.extend(element);
    let keys = heads.len();
    let computed: Vec<(&ast::Term, &Term)> = head
        .params
        .iter()
        .flatten()
        .zip(params)
        .filter(|(param, _)| !is_pattern(param))
        .collect();
    heads.extend(computed.iter().map(|(param, _)| *param));
    let literals = body
        .map(|body| body.literals.as_slice())
        .unwrap_or_default();
    let (mut body, mut terms) = resolver.body(literals, &heads);
    let place = Place {
        module: resolver.module,
        span,
    };
    for (term, (_, given)) in terms.split_off(keys).into_iter().zip(computed) {
        let index = u32::try_from(body.len()).unwrap_or(u32::MAX);
        body.push(Literal {
            kind: LiteralKind::Unify((*given).clone(), term),
            with: Vec::new(),
            place,
            index,
        });
    }
    let value = element
        .and_then(|_| terms.pop())
        .unwrap_or_else(|| Term::constant(Value::Bool(true), place));
    Resolved {
        body,
        keys: terms,
        value,
        span,
    }
}

fn lower_branch(
    lowerer: &mut Lowerer<'_>,
    branch: &Resolved,
    bound: &Bound,
    before: &[super::ir::Step],
    module: u32,
) -> Branch {
    let mut bound = bound.clone();
    let place = Place {
        module,
        span: branch.span,
    };
    let mut body = before.to_vec();
    body.extend(lowerer.body(&branch.body, &mut bound));
    let heads: Vec<Term> = branch.keys.iter().chain([&branch.value]).cloned().collect();
    let mut exprs = lowerer.heads(&heads, place, &mut bound, &mut body);
    let value = exprs.pop().unwrap_or(Expr::Const(Value::Null));
    let constant = exprs.is_empty() && matches!(value, Expr::Const(_));
    Branch {
        body,
        keys: exprs,
        value,
        constant,
        place,
        message_only: message_only(&branch.body),
    }
}

/// Literals that only give a name to what a message says: their variables are used by the head, or by others of their
/// kind, and by nothing that decides.
fn message_only(body: &[Literal]) -> Vec<bool> {
    let uses: Vec<HashSet<Slot>> = body.iter().map(slots_of).collect();
    // How many conditions that decide use each variable.
    let mut deciding: HashMap<Slot, usize> = HashMap::new();
    for slot in uses.iter().flatten() {
        *deciding.entry(*slot).or_default() += 1;
    }
    let binders: HashMap<Slot, Vec<usize>> = body
        .iter()
        .enumerate()
        .filter_map(|(at, literal)| Some((bound_by(literal)?, at)))
        .fold(HashMap::new(), |mut binders, (slot, at)| {
            binders.entry(slot).or_insert_with(Vec::new).push(at);
            binders
        });
    let mut only = vec![false; body.len()];
    // A variable that only its own literal mentions decides nothing.
    let mut pending: Vec<Slot> = binders
        .keys()
        .copied()
        .filter(|slot| deciding.get(slot) == Some(&1))
        .collect();
    while let Some(slot) = pending.pop() {
        for at in binders.get(&slot).into_iter().flatten() {
            let Some(flag) = only.get_mut(*at).filter(|flag| !**flag) else {
                continue;
            };
            *flag = true;
            for used in uses.get(*at).into_iter().flatten() {
                let Some(count) = deciding.get_mut(used) else {
                    continue;
                };
                *count = count.saturating_sub(1);
                if *count == 1 && binders.contains_key(used) {
                    pending.push(*used);
                }
            }
        }
    }
    only
}

fn slots_of(literal: &Literal) -> HashSet<Slot> {
    let mut slots = HashSet::new();
    literal.all_locals(&mut |slot| {
        slots.insert(slot);
    });
    slots
}

/// The variable that a literal gives a value.
fn bound_by(literal: &Literal) -> Option<Slot> {
    match &literal.kind {
        LiteralKind::Unify(left, _) => match left.kind {
            Kind::Local(slot) => Some(slot),
            _ => None,
        },
        _ => None,
    }
}

/// The words of a head up to its first part that is not known before anything runs.
fn head_words(head: &ast::Head) -> Vec<ArcStr> {
    let mut words = Vec::new();
    if let ast::TermKind::Var(name) = &head.name.head.kind {
        words.push(name.clone());
    }
    words.extend(head.name.args.iter().map_while(|arg| match &arg.term.kind {
        ast::TermKind::String { text, .. } => Some(text.clone()),
        _ => None,
    }));
    words
}

fn dynamic_keys(head: &ast::Head) -> Vec<&ast::Term> {
    let fixed = head_words(head).len().saturating_sub(1);
    head.name
        .args
        .iter()
        .skip(fixed)
        .map(|arg| &arg.term)
        .collect()
}

fn package_path(module: &ast::Module) -> Vec<ArcStr> {
    module
        .package
        .path
        .iter()
        .map(|name| name.text.clone())
        .collect()
}

/// Every path below `data` that a module imports.
fn imported(module: &ast::Module) -> Vec<Vec<ArcStr>> {
    let imports = module.imports.iter().filter_map(|import| {
        let words: Vec<ArcStr> = import.path.iter().map(|name| name.text.clone()).collect();
        words
            .split_first()
            .filter(|(root, _)| root.as_str() == "data")
            .map(|(_, path)| path.to_vec())
    });
    imports.collect()
}
