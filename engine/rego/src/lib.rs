//! The policy language: Rego text to compiled policies, and from these to answers.
//!
//! Nothing here knows of Kubernetes, files, clocks or networks: text and values come in, values and places go out,
//! and time is an argument.

#![warn(clippy::disallowed_methods, missing_docs)]

pub mod compile;
pub mod eval;
pub mod value;

pub use compile::{Diagnostic, Module, Program, compile};
pub use eval::{Answer, Budget, EvalError, Input, Prepared};
pub use value::{ArcStr, Array, Number, Object, ObjectBuilder, Path, Set, Step, Value};
