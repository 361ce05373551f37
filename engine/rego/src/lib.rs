//! The policy language: Rego text to syntax, to checks, to compiled rules, to answers.
//!
//! Nothing here knows of Kubernetes, files, clocks or networks: text and values come in, values and places go out,
//! and time is an argument.

#![warn(clippy::disallowed_methods, missing_docs)]

pub mod builtins;
mod check;
pub mod compile;
pub mod eval;
pub mod syntax;
pub mod testing;
pub mod value;

pub use builtins::nearest;
pub use compile::{
    Diagnostic, Entry, Head, Module, Place, Program, Query, Shape, compile, compile_with,
};
pub use eval::{
    Answer, Budget, Derivation, EvalError, Explanation, Expression, Settings, Solution, Solutions,
    Spent,
};
pub use syntax::Version;
pub use value::{ArcStr, Array, Number, Object, ObjectBuilder, Path, Set, Step, Value};
