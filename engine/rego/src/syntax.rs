//! Rego text to syntax trees: scanning, parsing, comments, and printing.
//!
//! Parsing never fails: a module comes back with what could be read, and diagnostics for what could not. It takes time
//! linear in the text, whatever the text.

pub mod ast;
mod keywords;
mod lexer;
mod parser;
mod printer;
mod reports;
#[cfg(test)]
mod tests;

pub use keywords::is_keyword;
pub use parser::{parse, parse_query};
pub use printer::print;

/// Bytes of one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Span {
    /// The first byte.
    pub start: u32,
    /// The byte after the last.
    pub end: u32,
}

/// The two syntaxes of Rego.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Version {
    /// Before OPA 1.0: `if` and `contains` are optional (and need an import).
    V0,
    /// Since OPA 1.0.
    #[default]
    V1,
}

/// `# text`.
#[derive(Debug, Clone)]
pub struct Comment {
    /// What follows the `#`, up to the end of the line.
    pub text: String,
    /// From the `#` to the end of the line.
    pub span: Span,
    /// The line, from 1.
    pub line: u32,
    /// The column of the `#`, from 1, in characters.
    pub column: u32,
}

/// What is wrong with a policy, where, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// OPA's code: `rego_parse_error`, `rego_unsafe_var_error`, ...
    pub code: &'static str,
    /// What was expected and what was found, without a period.
    pub message: String,
    /// The offending bytes.
    pub span: Span,
    /// What to write instead.
    pub hint: Option<String>,
}
