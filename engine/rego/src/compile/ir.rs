//! The compact form that runs: names are slots, bodies are ordered, every variable is known to be bound or not.

use std::sync::Arc;

use crate::syntax::Span;
use crate::value::{ArcStr, Value};

/// A variable of one rule.
pub(crate) type Slot = u32;

/// A node of the tree of `data`.
pub(crate) type NodeId = u32;

/// A place in a module.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Place {
    /// The index of the module among those that were compiled.
    pub module: u32,
    /// Its bytes.
    pub span: Span,
}

/// What gives one value, or none.
#[derive(Debug, Clone)]
pub(crate) enum Expr {
    Const(Value),
    Local(Slot),
    Input,
    /// The whole of `data` at a node, virtual and base.
    Data(NodeId),
    /// Base data alone, below the last node of the tree: strings, and numbers.
    Base(Arc<[Value]>),
    Get(Box<Expr>, Box<Expr>),
    Array(Vec<Expr>),
    Set(Vec<Expr>),
    Object(Vec<(Expr, Expr)>),
    Comprehension(Box<Comprehension>),
    Call(Box<Call>),
    Template(Box<Template>),
}

#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) target: Target,
    pub(crate) args: Vec<Expr>,
    pub(crate) place: Place,
}

#[derive(Debug, Clone)]
pub(crate) struct Template {
    pub(crate) parts: Vec<Part>,
    pub(crate) place: Place,
}

#[derive(Debug, Clone)]
pub(crate) enum Part {
    Text(ArcStr),
    /// The values that the expression has, in a body of its own.
    Values {
        body: Vec<Step>,
        value: Expr,
    },
}

/// What a call calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Target {
    /// An index into the table of builtins.
    Builtin(u32),
    /// A function of a policy.
    Function(NodeId),
    /// `print`: its operands may be undefined.
    Print,
}

#[derive(Debug, Clone)]
pub(crate) struct Comprehension {
    pub(crate) kind: ComprehensionKind,
    pub(crate) key: Expr,
    pub(crate) value: Expr,
    pub(crate) body: Vec<Step>,
    pub(crate) place: Place,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ComprehensionKind {
    Array,
    Set,
    Object,
}

/// One step of a body, and the literal that it is a part of.
#[derive(Debug, Clone)]
pub(crate) struct Step {
    pub(crate) kind: StepKind,
    pub(crate) place: Place,
    /// Where the literal stands in its body as written.
    pub(crate) literal: u32,
}

#[derive(Debug, Clone)]
pub(crate) enum StepKind {
    /// Goes on if the value is defined and not `false`.
    Test(Expr),
    /// Goes on if the value is defined and matches.
    Let(Pattern, Expr),
    /// Goes on once for each element that matches.
    Scan {
        collection: Expr,
        key: Pattern,
        value: Pattern,
    },
    /// Goes on once for each key that matches, without looking at what it leads to.
    Keys { container: Expr, key: Pattern },
    /// Goes on once for each path and value of a document.
    Walk {
        document: Expr,
        path: Pattern,
        value: Pattern,
    },
    /// Goes on if the body has no solution.
    Not(Vec<Step>),
    /// Goes on if the body has a solution; it binds nothing outside.
    Exists(Vec<Vec<Step>>),
    /// Goes on if the body holds for every element.
    Every {
        domain: Expr,
        key: Pattern,
        value: Pattern,
        body: Vec<Step>,
    },
    /// Runs the body in a changed world, and what follows in the old one.
    With {
        changes: Vec<Change>,
        body: Vec<Step>,
    },
}

/// What `with` changes.
#[derive(Debug, Clone)]
pub(crate) struct Change {
    pub(crate) target: ChangeTarget,
    pub(crate) value: ChangeValue,
}

#[derive(Debug, Clone)]
pub(crate) enum ChangeTarget {
    Input(Vec<ArcStr>),
    Data(Vec<ArcStr>),
    Function(Target),
}

#[derive(Debug, Clone)]
pub(crate) enum ChangeValue {
    Value(Expr),
    Function(Target),
}

/// What a value is matched with.
#[derive(Debug, Clone)]
pub(crate) enum Pattern {
    Any,
    Bind(Slot),
    Equal(Expr),
    Array(Vec<Pattern>),
    Object(Vec<(Expr, Pattern)>),
}

/// One definition.
#[derive(Debug, Clone)]
pub(crate) struct Rule {
    pub(crate) node: NodeId,
    pub(crate) head: Place,
    pub(crate) params: Vec<Pattern>,
    pub(crate) is_function: bool,
    pub(crate) branches: Vec<Branch>,
    pub(crate) slots: u32,
    /// The name of each slot; empty for those that no one named.
    pub(crate) names: Vec<ArcStr>,
    pub(crate) kind: RuleKind,
}

/// A body and the value it gives; further ones are `else`.
#[derive(Debug, Clone)]
pub(crate) struct Branch {
    pub(crate) body: Vec<Step>,
    /// The dynamic part of the head's reference.
    pub(crate) keys: Vec<Expr>,
    pub(crate) value: Expr,
    /// Whether every solution gives the same, so that one is enough.
    pub(crate) constant: bool,
    pub(crate) place: Place,
    /// Literals that only prepare the message of a finding.
    pub(crate) message_only: Vec<bool>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RuleKind {
    /// One value.
    Single,
    /// A set, or an object of sets below the keys.
    Contains,
}

/// A node of the tree of `data`: packages above, rules below.
#[derive(Debug, Clone, Default)]
pub(crate) struct Node {
    pub(crate) path: Vec<ArcStr>,
    pub(crate) children: std::collections::BTreeMap<ArcStr, NodeId>,
    /// Indices of rules, defaults apart.
    pub(crate) rules: Vec<u32>,
    pub(crate) default: Option<u32>,
    /// Whether any rule is declared here.
    pub(crate) declared: bool,
    /// Whether it is a package, or has one below it: then it is defined, if only as an empty object.
    pub(crate) package: bool,
    /// Whether it is a function that needs other functions or rules, so that its answers are worth remembering.
    pub(crate) remembered: bool,
    /// The number of parameters, if it is a function.
    pub(crate) arity: Option<usize>,
}
