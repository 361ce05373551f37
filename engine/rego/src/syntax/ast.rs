//! What a Rego module says, as it says it.
//!
//! Names are not resolved and nothing is checked: `check` and `compile` do that. Every part knows its bytes.

use crate::value::ArcStr;

use super::{Comment, Span, Version};

/// One file of Rego.
#[derive(Debug, Clone)]
pub struct Module {
    /// The syntax it was read in.
    pub version: Version,
    /// `package a.b`.
    pub package: Package,
    /// `import ...`, in order.
    pub imports: Vec<Import>,
    /// Rules and functions, in order.
    pub rules: Vec<Rule>,
    /// Every comment, in order.
    pub comments: Vec<Comment>,
    /// The byte at which each line begins.
    pub line_starts: Vec<u32>,
}

/// `package a.b["c-d"]`.
#[derive(Debug, Clone)]
pub struct Package {
    /// The segments below `data`.
    pub path: Vec<Name>,
    /// From the keyword to the last segment.
    pub span: Span,
}

/// A word and its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    /// The word itself.
    pub text: ArcStr,
    /// Its bytes.
    pub span: Span,
}

/// `import data.a.b as c`.
#[derive(Debug, Clone)]
pub struct Import {
    /// `data`, `input`, `future` or `rego`, and the segments below it.
    pub path: Vec<Name>,
    /// The word after `as`.
    pub alias: Option<Name>,
    /// The whole statement.
    pub span: Span,
}

/// One definition. Chained bodies (`p { a } { b }`) are separate rules with the same head and `chained` set.
#[derive(Debug, Clone)]
pub struct Rule {
    /// `default p := 1`.
    pub is_default: bool,
    /// What is defined.
    pub head: Head,
    /// The conditions; none for `p := 1`, `default ...` and heads without a body.
    pub body: Option<Body>,
    /// `else := v if { ... }`, in order.
    pub otherwise: Vec<Else>,
    /// Whether this body follows another one of the same head.
    pub chained: bool,
    /// The whole definition, including `else`.
    pub span: Span,
}

/// What a rule defines.
#[derive(Debug, Clone)]
pub struct Head {
    /// The name: `p`, or with further arguments `p.q[r].s`.
    pub name: Ref,
    /// The parameters of a function; `Some(vec![])` for `f()`.
    pub params: Option<Vec<Term>>,
    /// How the head ends.
    pub kind: HeadKind,
    /// The value after `:=` or `=`; none means `true` (or a set element, see `kind`).
    pub value: Option<Term>,
    /// Whether the value follows `:=` (`Some(true)`), `=` (`Some(false)`) or nothing.
    pub assigned: Option<bool>,
    /// The bytes of the head.
    pub span: Span,
}

/// The three kinds of heads.
#[derive(Debug, Clone)]
pub enum HeadKind {
    /// `p`, `p := v`, `f(x) := v`, and `p[k] := v` (whose last reference argument may be a variable).
    Single,
    /// `p contains e`, and v0's `p[e] { ... }`: the element.
    Contains(Term),
}

/// `else := value if { body }`.
#[derive(Debug, Clone)]
pub struct Else {
    /// The value; none means `true`.
    pub value: Option<Term>,
    /// Whether the value follows `:=`, `=` or nothing.
    pub assigned: Option<bool>,
    /// The conditions.
    pub body: Option<Body>,
    /// The whole branch.
    pub span: Span,
}

/// Literals that must all hold.
#[derive(Debug, Clone)]
pub struct Body {
    /// In source order.
    pub literals: Vec<Literal>,
    /// With braces, if there are any.
    pub span: Span,
}

/// One condition of a body.
#[derive(Debug, Clone)]
pub struct Literal {
    /// What it demands.
    pub kind: LiteralKind,
    /// `with input.x as y`, in order.
    pub with: Vec<With>,
    /// The whole literal, with its modifiers.
    pub span: Span,
}

/// The kinds of conditions.
#[derive(Debug, Clone)]
pub enum LiteralKind {
    /// A term that must be true (or any value but `false` and undefined); assignments and unifications are
    /// `TermKind::Infix` with `:=` and `=`.
    Term(Term),
    /// `not ...`: any condition without `with`, whose modifiers belong to the whole literal.
    Not(Box<LiteralKind>),
    /// Under `import future.keywords.not`, every `not ...` and `not { ... }`: what is negated is a body of its own.
    NotBody(Operand),
    /// `x and y`, `x or y`, under `import future.keywords.and` and `.or`.
    Logical {
        /// The operator.
        op: Logical,
        /// The bytes of the operator.
        op_span: Span,
        /// Left operand.
        left: Operand,
        /// Right operand.
        right: Operand,
    },
    /// `some x, y`.
    Some(Vec<Name>),
    /// `some k, v in xs` and `some v in xs`.
    SomeIn {
        /// The key, if one is asked for.
        key: Option<Term>,
        /// The element.
        value: Term,
        /// What is searched.
        collection: Term,
    },
    /// `every k, v in xs { ... }`.
    Every {
        /// The key's name, if one is asked for.
        key: Option<Term>,
        /// The element.
        value: Term,
        /// What is searched.
        domain: Term,
        /// What must hold for each.
        body: Body,
    },
}

/// What `and`, `or` and `not` connect: conditions in braces, or one condition.
#[derive(Debug, Clone)]
pub struct Operand {
    /// The conditions; exactly one if there are no braces.
    pub body: Body,
    /// Whether it is written in braces.
    pub braces: bool,
}

/// The connectives of conditions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Logical {
    /// `and`
    And,
    /// `or`
    Or,
}

/// `with target as value`.
#[derive(Debug, Clone)]
pub struct With {
    /// What is replaced: a reference below `input` or `data`, or a function's name.
    pub target: Term,
    /// By what.
    pub value: Term,
    /// The whole modifier.
    pub span: Span,
}

/// An expression with its place.
#[derive(Debug, Clone)]
pub struct Term {
    /// What it is.
    pub kind: TermKind,
    /// Its bytes.
    pub span: Span,
}

/// The kinds of expressions.
#[derive(Debug, Clone)]
pub enum TermKind {
    /// `null`.
    Null,
    /// `true`, `false`.
    Bool(bool),
    /// A number as it is spelt.
    Number(ArcStr),
    /// A string, unescaped; `raw` if it stood in backticks.
    String {
        /// The text.
        text: ArcStr,
        /// Whether it was written in backticks.
        raw: bool,
    },
    /// `$"a {x}"`: texts and expressions in order.
    Template {
        /// The parts.
        parts: Vec<TemplatePart>,
        /// Whether it was written in backticks.
        raw: bool,
    },
    /// A name. `_` is the wildcard, every occurrence another variable.
    Var(ArcStr),
    /// A reference: a head and at least one argument.
    Ref(Ref),
    /// `f(x)`, `a.b.f(x)`: the function's name as a term (a variable or a reference) and its operands.
    Call {
        /// What is called.
        function: Box<Term>,
        /// The operands.
        args: Vec<Term>,
    },
    /// `a + b`, `a == b`, `a := b`, `a = b`, `a & b`.
    Infix {
        /// The operator.
        op: Infix,
        /// The bytes of the operator.
        op_span: Span,
        /// Left operand.
        left: Box<Term>,
        /// Right operand.
        right: Box<Term>,
    },
    /// `-x` of anything that is not a number literal.
    Negate(Box<Term>),
    /// `x in xs`, and `k, v in xs`.
    In {
        /// The key, if there is one.
        key: Option<Box<Term>>,
        /// The element.
        value: Box<Term>,
        /// What is searched.
        collection: Box<Term>,
    },
    /// `(x)`.
    Parens(Box<Term>),
    /// `[a, b]`.
    Array(Vec<Term>),
    /// `{a: b}`.
    Object(Vec<(Term, Term)>),
    /// `{a, b}`, `set()`.
    Set(Vec<Term>),
    /// `[x | ...]`.
    ArrayComprehension(Box<Comprehension>),
    /// `{x | ...}`.
    SetComprehension(Box<Comprehension>),
    /// `{k: v | ...}`: the key is in the comprehension.
    ObjectComprehension(Box<Comprehension>),
}

/// What a comprehension collects, and when.
#[derive(Debug, Clone)]
pub struct Comprehension {
    /// The key, in an object comprehension.
    pub key: Option<Term>,
    /// The element.
    pub value: Term,
    /// The conditions.
    pub body: Body,
}

/// A part of a template string.
#[derive(Debug, Clone)]
pub enum TemplatePart {
    /// Text, unescaped.
    Text(ArcStr),
    /// An expression in braces.
    Expr {
        /// The expression.
        term: Term,
        /// Its modifiers, in order.
        with: Vec<With>,
    },
}

/// `head.a["b"][c]`.
#[derive(Debug, Clone)]
pub struct Ref {
    /// What is read from: a variable, a call, a composite or a comprehension.
    pub head: Box<Term>,
    /// The arguments; empty only in the name of a head.
    pub args: Vec<RefArg>,
}

/// One argument of a reference.
#[derive(Debug, Clone)]
pub struct RefArg {
    /// The argument: a string for `.name`.
    pub term: Term,
    /// Whether it was written as `.name`.
    pub dotted: bool,
}

/// The infix operators.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Infix {
    /// `:=`
    Assign,
    /// `=`
    Unify,
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterEqual,
    /// `+`
    Plus,
    /// `-`
    Minus,
    /// `*`
    Times,
    /// `/`
    Divide,
    /// `%`
    Remainder,
    /// `&`
    And,
    /// `|`
    Or,
}
