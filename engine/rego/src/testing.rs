//! Unit tests of policies: rules named `test_...`, as OPA has them.
//!
//! A test passes if its rule is `true`; any other value is no success. Of one that fails, a second run says which
//! condition did not hold, and with which variables. Nothing here reads files or writes reports.

use std::collections::{BTreeMap, BTreeSet};

use crate::compile::ir::{Expr, Part, Pattern, Rule, RuleKind, Step, StepKind};
use crate::compile::tree::spell;
use crate::compile::{Place, Program};
use crate::eval::{EvalError, Settings};
use crate::value::{ArcStr, Value};

/// One rule that is a test.
#[derive(Debug, Clone)]
pub struct UnitTest {
    /// Its package: `data.a.b_test`.
    pub package: String,
    /// Its name: `test_...` or `todo_test_...`. Further ones of one name are told apart as OPA does: `test_a#01`.
    pub name: String,
    /// Its head.
    pub place: Place,
    rule: u32,
    todo: bool,
    /// Whether the rule has one value, rather than one for each of its keys.
    single: bool,
}

impl UnitTest {
    /// Package and name.
    pub fn path(&self) -> String {
        format!("{}.{}", self.package, self.name)
    }

    /// Whether it is still to be done: it is not run.
    pub fn is_todo(&self) -> bool {
        self.todo
    }
}

/// How a test ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Its rule is true.
    Passed,
    /// Its rule is not true; which condition did not hold, if the rule has no value at all.
    Failed(Option<Failure>),
    /// It could not be evaluated.
    Errored(EvalError),
    /// It is still to be done.
    Todo,
}

/// The condition that kept a test from passing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The condition.
    pub place: Place,
    /// Whether it was undefined, rather than false or without a match.
    pub undefined: bool,
    /// The variables of the test that had a value.
    pub bindings: Vec<(ArcStr, Value)>,
}

/// What running a test came to.
#[derive(Debug, Clone)]
pub struct TestResult {
    /// How it ended.
    pub outcome: Outcome,
    /// What it printed.
    pub prints: Vec<(Place, String)>,
    /// Errors of builtins that made a part of it undefined.
    pub swallowed: Vec<EvalError>,
    /// The conditions and heads that held, if coverage was asked for.
    pub covered: BTreeSet<Place>,
    /// How many steps it took.
    pub steps: u64,
}

/// Every test of a program, in order of modules and places.
pub fn discover(program: &Program) -> Vec<UnitTest> {
    let mut names: BTreeMap<String, usize> = BTreeMap::new();
    let mut tests = Vec::new();
    for (index, rule) in (0..).zip(&program.inner.rules) {
        let Some(mut test) = unit_test(program, index, rule) else {
            continue;
        };
        let earlier = names.entry(test.path()).or_default();
        if *earlier > 0 {
            test.name.push_str(&format!("#{earlier:02}"));
        }
        *earlier += 1;
        tests.push(test);
    }
    tests.sort_by_key(|test| test.place);
    tests
}

/// The test that a rule is, if it is one: a word of its name says so.
fn unit_test(program: &Program, index: u32, rule: &Rule) -> Option<UnitTest> {
    let inner = &program.inner;
    let module = inner.modules.get(rule.head.module as usize)?;
    let package = module.package.as_ref()?;
    let node = inner.tree.node(rule.node)?;
    let words = node.path.get(package.len()..)?;
    let todo = words.iter().any(|word| word.starts_with("todo_test_"));
    let is_test = todo || words.iter().any(|word| word.starts_with("test_"));
    // Functions need operands, and a default is no claim.
    if !is_test || node.arity.is_some() || !node.rules.contains(&index) {
        return None;
    }
    let keyed = rule
        .branches
        .first()
        .is_some_and(|branch| !branch.keys.is_empty());
    Some(UnitTest {
        package: program.package(rule.head.module as usize)?,
        name: spell(words),
        place: rule.head,
        rule: index,
        todo,
        single: rule.kind == RuleKind::Single && !keyed,
    })
}

/// Runs one test.
pub fn run(program: &Program, test: &UnitTest, data: &Value, settings: &Settings) -> TestResult {
    let nothing = |outcome| TestResult {
        outcome,
        prints: Vec::new(),
        swallowed: Vec::new(),
        covered: BTreeSet::new(),
        steps: 0,
    };
    if test.is_todo() {
        return nothing(Outcome::Todo);
    }
    if !test.single {
        // Keys whose conditions do not hold are not there, and nobody would miss them.
        return nothing(Outcome::Errored(EvalError {
            code: "rego_type_error",
            message: "a test is a rule with one value: give each case a rule of its own".to_owned(),
            place: test.place,
        }));
    }
    let (value, answer) = program.evaluate_rule(test.rule, data, settings);
    let outcome = match value {
        Ok(Some(Value::Bool(true))) => Outcome::Passed,
        Ok(_) => {
            let mut failures = program.failures(test.rule, data, None, settings);
            Outcome::Failed((!failures.is_empty()).then(|| failures.swap_remove(0)))
        }
        Err(error) => Outcome::Errored(error),
    };
    TestResult {
        outcome,
        prints: answer.prints,
        swallowed: answer.swallowed,
        covered: answer.covered,
        steps: answer.steps,
    }
}

/// Which lines of a module were reached.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Coverage {
    /// Lines on which a condition or a head held.
    pub covered: BTreeSet<u32>,
    /// Lines on which one stands and none ever held.
    pub not_covered: BTreeSet<u32>,
}

impl Coverage {
    /// The share of covered lines, in percent. Without lines, all are covered.
    pub fn percent(&self) -> f64 {
        percent(self.covered.len(), self.not_covered.len())
    }
}

/// The share of covered lines, in percent.
#[expect(clippy::cast_precision_loss, reason = "a share in two digits")]
pub fn percent(covered: usize, not_covered: usize) -> f64 {
    let all = covered + not_covered;
    if all == 0 {
        100.0
    } else {
        100.0 * covered as f64 / all as f64
    }
}

/// Coverage by the names of modules.
pub fn coverage(program: &Program, covered: &BTreeSet<Place>) -> BTreeMap<String, Coverage> {
    let mut all = BTreeSet::new();
    for rule in &program.inner.rules {
        all.insert(rule.head);
        for branch in &rule.branches {
            // An `else` has a head of its own.
            all.insert(branch.place);
            places(&branch.body, &mut all);
            expr_places(&branch.value, &mut all);
        }
    }
    let mut modules: BTreeMap<String, Coverage> = BTreeMap::new();
    for place in &all {
        let coverage = modules
            .entry(program.module_name(*place).to_owned())
            .or_default();
        let (line, _) = program.position(*place);
        if covered.contains(place) {
            coverage.covered.insert(line);
        } else {
            coverage.not_covered.insert(line);
        }
    }
    for coverage in modules.values_mut() {
        coverage.not_covered = coverage
            .not_covered
            .difference(&coverage.covered)
            .copied()
            .collect();
    }
    modules
}

fn places(steps: &[Step], all: &mut BTreeSet<Place>) {
    for step in steps.iter().filter(|step| step.place != Place::default()) {
        all.insert(step.place);
        match &step.kind {
            StepKind::Let(Pattern::Equal(other), expr) => {
                expr_places(other, all);
                expr_places(expr, all);
            }
            StepKind::Test(expr) | StepKind::Let(_, expr) => expr_places(expr, all),
            StepKind::Scan { collection, .. } => expr_places(collection, all),
            StepKind::Every { body, .. } | StepKind::With { body, .. } => places(body, all),
            StepKind::Keys { .. }
            | StepKind::Walk { .. }
            | StepKind::Not(_)
            | StepKind::Exists(_) => {}
        }
    }
}

fn expr_places(expr: &Expr, all: &mut BTreeSet<Place>) {
    match expr {
        Expr::Comprehension(inner) => {
            places(&inner.body, all);
            expr_places(&inner.value, all);
        }
        Expr::Get(container, key) => {
            expr_places(container, all);
            expr_places(key, all);
        }
        Expr::Array(items) | Expr::Set(items) => {
            items.iter().for_each(|item| expr_places(item, all));
        }
        Expr::Object(entries) => entries.iter().for_each(|(key, value)| {
            expr_places(key, all);
            expr_places(value, all);
        }),
        Expr::Call(call) => call.args.iter().for_each(|arg| expr_places(arg, all)),
        Expr::Template(template) => {
            for part in &template.parts {
                if let Part::Values { body, value } = part {
                    places(body, all);
                    expr_places(value, all);
                }
            }
        }
        Expr::Const(_) | Expr::Local(_) | Expr::Input | Expr::Data(_) | Expr::Base(_) => {}
    }
}
