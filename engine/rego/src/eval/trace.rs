//! Explaining an answer: which input each element of a set was derived from.
//!
//! The entry is evaluated once more, in the same order, with an origin beside every value. Of a derivation the last
//! condition in source order decides, and of its reads the deepest one; what only feeds the message is left out. Functions,
//! helper sets and comprehensions hand on what decided in them.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use super::machine::{Machine, Search};
use super::mode::Mode;
use super::world::Root;
use super::{EvalError, Settings};
use crate::builtins::Meter;
use crate::compile::ir::{Expr, Rule};
use crate::compile::{Entry, Place, Program};
use crate::testing::Failure;
use crate::value::{ArcStr, Path, Step, Value};

/// How one element of a set was derived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Derivation {
    /// The element.
    pub element: Value,
    /// The part of the input that decided, or the key of it that is missing; none if no input was read.
    pub path: Option<Path>,
    /// The head of the rule.
    pub rule: Place,
    /// The variables of the rule with their values, in order of appearance.
    pub bindings: Vec<(ArcStr, Value)>,
    /// Every part of the input that was read, each once, in order.
    pub reads: Vec<Path>,
}

pub(super) fn trace(
    program: &Program,
    entry: &Entry,
    data: &Value,
    input: Option<&Value>,
    settings: &Settings,
) -> Result<Vec<Derivation>, EvalError> {
    let Expr::Data(node) = entry.expr else {
        return Ok(Vec::new());
    };
    let meter = Meter::new(settings.budget.steps, settings.budget.bytes);
    let inner = &program.inner;
    let mut machine = Machine::new(inner, data, input, settings, &meter, Trace::default());
    let rules = inner
        .tree
        .node(node)
        .map(|node| node.rules.as_slice())
        .unwrap_or_default();
    let mut derivations = Vec::new();
    for rule in rules
        .iter()
        .filter_map(|rule| inner.rules.get(*rule as usize))
    {
        let wanted = Wanted::Places;
        machine.guarded(|machine| derive(machine, rule, wanted, &mut derivations))?;
    }
    Ok(derivations)
}

/// What became of each rule of an entry.
pub(super) fn explain(
    program: &Program,
    entry: &Entry,
    data: &Value,
    input: Option<&Value>,
    settings: &Settings,
) -> Result<Vec<Explanation>, EvalError> {
    let Expr::Data(node) = entry.expr else {
        return Ok(Vec::new());
    };
    let inner = &program.inner;
    let rules = inner.tree.node(node).map(|node| node.rules.clone());
    let mut explanations = Vec::new();
    for index in rules.unwrap_or_default() {
        let Some(rule) = inner.rules.get(index as usize) else {
            continue;
        };
        let meter = Meter::new(settings.budget.steps, settings.budget.bytes);
        let mut machine = Machine::new(inner, data, input, settings, &meter, Trace::default());
        let mut derivations = Vec::new();
        machine.guarded(|machine| derive(machine, rule, Wanted::Reads, &mut derivations))?;
        let failures = if derivations.is_empty() {
            program.failures(index, data, input, settings)
        } else {
            Vec::new()
        };
        explanations.push(Explanation {
            rule: rule.head,
            derivations,
            failures,
        });
    }
    Ok(explanations)
}

/// Every part of the input that an entry reads, whether or not it decides anything: each once, in order.
pub(super) fn reads(
    program: &Program,
    entry: &Entry,
    data: &Value,
    input: Option<&Value>,
    settings: &Settings,
) -> Result<Vec<Path>, EvalError> {
    let meter = Meter::new(settings.budget.steps, settings.budget.bytes);
    let trace = Trace {
        all: Some(Vec::new()),
        ..Trace::default()
    };
    let mut machine = Machine::new(&program.inner, data, input, settings, &meter, trace);
    machine.guarded(|machine| machine.eval(&entry.expr, 0))?;
    let mut paths: Vec<Path> = machine
        .mode
        .all
        .iter()
        .flatten()
        .map(|trail| trail.path())
        .collect();
    let mut seen = HashSet::new();
    paths.retain(|path| seen.insert(path.clone()));
    Ok(paths)
}

/// What is wanted of a derivation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wanted {
    /// Where it points.
    Places,
    /// Where it points, and all that it read.
    Reads,
}

fn derive<'a>(
    machine: &mut Machine<'a, Trace>,
    rule: &'a Rule,
    wanted: Wanted,
    derivations: &mut Vec<Derivation>,
) -> Result<(), EvalError> {
    let base = machine.frame(rule.slots);
    for branch in &rule.branches {
        let entered = machine.mode.enter();
        machine.run(&branch.body, base, &mut |machine: &mut Machine<
            'a,
            Trace,
        >| {
            let decided = machine.mode.solution(entered, &branch.message_only);
            let reads = match wanted {
                Wanted::Places => Vec::new(),
                Wanted::Reads => machine.mode.paths(entered),
            };
            let mark = machine.mode.mark();
            let Some((element, _)) = machine.eval(&branch.value, base)? else {
                return Ok(Search::Continue);
            };
            machine.mode.back_to(mark);
            let named = (0..)
                .zip(rule.names.iter())
                .filter(|(_, name)| !name.is_empty() && name.as_str() != "_");
            derivations.push(Derivation {
                element,
                path: decided
                    .into_iter()
                    .flatten()
                    .next()
                    .map(|trail| trail.path()),
                rule: rule.head,
                bindings: named
                    .map(|(slot, name)| (name.clone(), machine.slot(base, slot)))
                    .collect(),
                reads,
            });
            Ok(Search::Continue)
        })?;
        machine.mode.leave(entered, Vec::new());
    }
    machine.drop_frame(base);
    Ok(())
}

/// What became of one rule of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// The head of the rule.
    pub rule: Place,
    /// The elements that it gives, with all that each was derived from.
    pub derivations: Vec<Derivation>,
    /// If it gives none: the furthest condition that was tried, once for each attempt, up to a few.
    pub failures: Vec<Failure>,
}

/// The way from the input to a value.
#[derive(Debug)]
pub(super) struct Trail {
    parent: Option<Arc<Trail>>,
    key: Value,
    depth: u32,
}

impl Trail {
    /// Keys that are no strings and no indexes end the path.
    fn path(&self) -> Path {
        let mut keys = Vec::new();
        let mut at = Some(self);
        while let Some(trail) = at {
            if trail.parent.is_some() {
                keys.push(&trail.key);
            }
            at = trail.parent.as_deref();
        }
        let steps = keys.into_iter().rev().map_while(|key| match key {
            Value::String(word) => Some(Step::Key(word.clone())),
            Value::Number(number) => number.to_index().map(Step::Index),
            _ => None,
        });
        steps.collect()
    }
}

/// Where a value came from, if it came from the input.
type Origin = Option<Arc<Trail>>;

#[derive(Debug, Clone)]
struct Read {
    literal: u32,
    trail: Arc<Trail>,
}

/// What is known of the parts of a value that was made.
type Parts = BTreeMap<Value, (Origin, Vec<Origin>)>;

/// Keeps where values come from.
#[derive(Debug, Default)]
pub(super) struct Trace {
    log: Vec<Read>,
    attempts: Vec<Read>,
    keeping: u32,
    literal: u32,
    /// By address; the values are kept so that no other one can take their place.
    made: HashMap<usize, (Value, Parts)>,
    /// Every read there was, whatever came of it, if that is wanted.
    all: Option<Vec<Arc<Trail>>>,
}

/// A point of the record.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mark {
    log: usize,
    attempts: usize,
    literal: u32,
}

impl Trace {
    fn push(&mut self, trail: Arc<Trail>) {
        if let Some(all) = &mut self.all {
            all.push(Arc::clone(&trail));
        }
        let read = Read {
            literal: self.literal,
            trail,
        };
        if self.keeping > 0 {
            self.attempts.push(read.clone());
        }
        self.log.push(read);
    }

    /// The paths of all reads since a point, each once.
    fn paths(&self, since: Mark) -> Vec<Path> {
        let mut paths: Vec<Path> = Vec::new();
        for read in self.log.get(since.log..).unwrap_or_default() {
            let path = read.trail.path();
            if !paths.contains(&path) {
                paths.push(path);
            }
        }
        paths
    }

    fn parts(&self, container: &Value) -> Option<&Parts> {
        self.made.get(&container.address()?).map(|(_, parts)| parts)
    }
}

/// The read that decides: of the last condition the deepest, and of equals the last.
fn decisive(reads: &[Read], message_only: &[bool]) -> Option<Arc<Trail>> {
    // What the head reads comes after all conditions and feeds the message.
    let decides = |read: &&Read| {
        read.literal != u32::MAX && message_only.get(read.literal as usize) != Some(&true)
    };
    let best = |reads: &mut dyn Iterator<Item = &Read>| {
        reads
            .max_by_key(|read| (read.literal, read.trail.depth))
            .map(|read| Arc::clone(&read.trail))
    };
    best(&mut reads.iter().filter(decides)).or_else(|| best(&mut reads.iter()))
}

impl Mode for Trace {
    type Origin = Origin;
    type Mark = Mark;

    const TRACES: bool = true;

    fn root(&self, root: Root) -> Origin {
        (root == Root::Input).then(|| {
            Arc::new(Trail {
                parent: None,
                key: Value::Null,
                depth: 0,
            })
        })
    }

    fn part(&self, container: &Value, origin: &Origin, key: &Value) -> Origin {
        if let Some(parts) = self.parts(container) {
            return parts.get(key).and_then(|(origin, _)| origin.clone());
        }
        self.child(origin, key)
    }

    fn child(&self, origin: &Origin, key: &Value) -> Origin {
        let parent = origin.as_ref()?;
        Some(Arc::new(Trail {
            parent: Some(Arc::clone(parent)),
            key: key.clone(),
            depth: parent.depth + 1,
        }))
    }

    fn read(&mut self, origin: &Origin) {
        if let Some(trail) = origin {
            self.push(Arc::clone(trail));
        }
    }

    fn use_part(&mut self, container: &Value, key: &Value) {
        let reads = self
            .parts(container)
            .and_then(|parts| parts.get(key))
            .map(|(_, reads)| reads.clone());
        for trail in reads.into_iter().flatten().flatten() {
            self.push(trail);
        }
    }

    fn literal(&mut self, index: u32) {
        self.literal = index;
    }

    fn mark(&self) -> Mark {
        Mark {
            log: self.log.len(),
            attempts: self.attempts.len(),
            literal: self.literal,
        }
    }

    fn back_to(&mut self, mark: Mark) {
        self.log.truncate(mark.log);
        self.literal = mark.literal;
    }

    fn keep_attempts(&mut self) -> Mark {
        self.keeping += 1;
        self.mark()
    }

    fn fold_attempts(&mut self, mark: Mark, counts: bool) {
        self.keeping -= 1;
        let attempts = self
            .attempts
            .split_off(mark.attempts.min(self.attempts.len()));
        self.literal = mark.literal;
        if counts {
            self.log.truncate(mark.log);
            // They were made in bodies of their own, whose conditions do not compare with each other.
            let deepest = attempts.iter().max_by_key(|read| read.trail.depth);
            if let Some(read) = deepest {
                self.push(Arc::clone(&read.trail));
            }
        } else if self.keeping > 0 {
            self.attempts.extend(attempts);
        }
    }

    fn enter(&mut self) -> Mark {
        let mark = self.mark();
        self.literal = 0;
        mark
    }

    fn solution(&mut self, entered: Mark, message_only: &[bool]) -> Vec<Origin> {
        let reads = self.log.get(entered.log..).unwrap_or_default();
        decisive(reads, message_only)
            .map(Some)
            .into_iter()
            .collect()
    }

    fn leave(&mut self, entered: Mark, reads: Vec<Origin>) {
        self.log.truncate(entered.log);
        self.literal = entered.literal;
        for trail in reads.into_iter().flatten() {
            self.push(trail);
        }
    }

    fn since(&self, mark: Mark) -> Vec<Origin> {
        self.log
            .get(mark.log..)
            .unwrap_or_default()
            .iter()
            .map(|read| Some(Arc::clone(&read.trail)))
            .collect()
    }

    fn made(&mut self, container: &Value, parts: Vec<(Value, Origin, Vec<Origin>)>) {
        if parts.is_empty() {
            return;
        }
        let mut table = Parts::new();
        for (key, origin, reads) in parts {
            // Of several derivations of one element the first one counts.
            table.entry(key).or_insert((origin, reads));
        }
        if let Some(address) = container.address() {
            self.made.insert(address, (container.clone(), table));
        }
    }
}
