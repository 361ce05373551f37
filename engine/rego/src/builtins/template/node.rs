//! What a template consists of, and how messages show it.

use std::collections::HashMap;
use std::fmt::{self, Display};

use super::number::Number;
use crate::builtins::sprintf::quote::quoted;

/// All templates of a text by their names.
pub(super) type Trees = HashMap<String, List>;

/// Nodes one after the other.
#[derive(Debug, Clone)]
pub(super) struct List {
    pub(super) position: usize,
    pub(super) nodes: Vec<Node>,
}

/// Text, an action or a control structure.
#[derive(Debug, Clone)]
pub(super) enum Node {
    Text {
        position: usize,
        text: String,
    },
    Action {
        position: usize,
        pipe: Pipe,
    },
    Break {
        position: usize,
    },
    Continue {
        position: usize,
    },
    If(Branch),
    With(Branch),
    Range(Branch),
    Template {
        position: usize,
        name: String,
        pipe: Option<Pipe>,
    },
}

/// What `if`, `with` and `range` have in common.
#[derive(Debug, Clone)]
pub(super) struct Branch {
    pub(super) pipe: Pipe,
    pub(super) list: List,
    pub(super) otherwise: Option<List>,
}

/// Commands, each with the answer of the one before as its last argument, and the variables that the last answer
/// goes to.
#[derive(Debug, Clone)]
pub(super) struct Pipe {
    pub(super) position: usize,
    pub(super) assigns: bool,
    pub(super) variables: Vec<Variable>,
    pub(super) commands: Vec<Command>,
}

/// A variable, perhaps with fields. The name has its dollar.
#[derive(Debug, Clone)]
pub(super) struct Variable {
    pub(super) position: usize,
    pub(super) name: String,
    pub(super) fields: Vec<String>,
}

/// A function with its arguments, or anything else that has a value.
#[derive(Debug, Clone)]
pub(super) struct Command {
    pub(super) position: usize,
    pub(super) first: Operand,
    pub(super) arguments: Vec<Operand>,
}

/// A word of a command.
#[derive(Debug, Clone)]
pub(super) enum Operand {
    Bool {
        position: usize,
        value: bool,
    },
    Chain {
        position: usize,
        inner: Box<Operand>,
        fields: Vec<String>,
    },
    Dot {
        position: usize,
    },
    Field {
        position: usize,
        fields: Vec<String>,
    },
    Function {
        position: usize,
        name: String,
    },
    Nil {
        position: usize,
    },
    Number {
        position: usize,
        number: Number,
    },
    Pipe(Pipe),
    Text {
        position: usize,
        quoted: String,
        text: String,
    },
    Variable(Variable),
}

impl List {
    /// Whether there is nothing but space.
    pub(super) fn is_blank(&self) -> bool {
        self.nodes.iter().all(|node| match node {
            Node::Text { text, .. } => text.trim().is_empty(),
            _ => false,
        })
    }
}

impl Node {
    /// The first byte, as messages count it.
    pub(super) fn position(&self) -> usize {
        match self {
            Self::Text { position, .. }
            | Self::Action { position, .. }
            | Self::Break { position }
            | Self::Continue { position }
            | Self::Template { position, .. } => *position,
            Self::If(branch) | Self::With(branch) | Self::Range(branch) => branch.pipe.position,
        }
    }
}

impl Operand {
    /// The first byte, as messages count it.
    pub(super) fn position(&self) -> usize {
        match self {
            Self::Bool { position, .. }
            | Self::Chain { position, .. }
            | Self::Dot { position }
            | Self::Field { position, .. }
            | Self::Function { position, .. }
            | Self::Nil { position }
            | Self::Number { position, .. }
            | Self::Text { position, .. } => *position,
            Self::Pipe(pipe) => pipe.position,
            Self::Variable(variable) => variable.position,
        }
    }

    /// Whether this can only stand at the beginning of a pipeline.
    pub(super) fn is_literal(&self) -> bool {
        matches!(
            self,
            Self::Bool { .. }
                | Self::Dot { .. }
                | Self::Nil { .. }
                | Self::Number { .. }
                | Self::Text { .. }
        )
    }
}

impl Display for List {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.nodes.iter().try_for_each(|node| write!(f, "{node}"))
    }
}

impl Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text { text, .. } => f.write_str(text),
            Self::Action { pipe, .. } => write!(f, "{{{{{pipe}}}}}"),
            Self::Break { .. } => f.write_str("{{break}}"),
            Self::Continue { .. } => f.write_str("{{continue}}"),
            Self::If(branch) => branch.write(f, "if"),
            Self::With(branch) => branch.write(f, "with"),
            Self::Range(branch) => branch.write(f, "range"),
            Self::Template {
                name, pipe: None, ..
            } => {
                write!(f, "{{{{template {}}}}}", quoted(name))
            }
            Self::Template {
                name,
                pipe: Some(pipe),
                ..
            } => {
                write!(f, "{{{{template {} {pipe}}}}}", quoted(name))
            }
        }
    }
}

impl Branch {
    fn write(&self, f: &mut fmt::Formatter<'_>, keyword: &str) -> fmt::Result {
        write!(f, "{{{{{keyword} {}}}}}{}", self.pipe, self.list)?;
        if let Some(otherwise) = &self.otherwise {
            write!(f, "{{{{else}}}}{otherwise}")?;
        }
        f.write_str("{{end}}")
    }
}

impl Display for Pipe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, variable) in self.variables.iter().enumerate() {
            let separator = if index > 0 { ", " } else { "" };
            write!(f, "{separator}{variable}")?;
        }
        if !self.variables.is_empty() {
            f.write_str(if self.assigns { " = " } else { " := " })?;
        }
        for (index, command) in self.commands.iter().enumerate() {
            let separator = if index > 0 { " | " } else { "" };
            write!(f, "{separator}{command}")?;
        }
        Ok(())
    }
}

impl Display for Variable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        write_fields(f, &self.fields)
    }
}

impl Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.first.write_word(f)?;
        self.arguments.iter().try_for_each(|argument| {
            f.write_str(" ")?;
            argument.write_word(f)
        })
    }
}

impl Operand {
    /// As [`Display`], with parentheses around pipelines.
    fn write_word(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pipe(pipe) => write!(f, "({pipe})"),
            other => write!(f, "{other}"),
        }
    }
}

impl Display for Operand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool { value, .. } => write!(f, "{value}"),
            Self::Chain { inner, fields, .. } => {
                inner.write_word(f)?;
                write_fields(f, fields)
            }
            Self::Dot { .. } => f.write_str("."),
            Self::Field { fields, .. } => write_fields(f, fields),
            Self::Function { name, .. } => f.write_str(name),
            Self::Nil { .. } => f.write_str("nil"),
            Self::Number { number, .. } => f.write_str(number.text()),
            Self::Pipe(pipe) => write!(f, "{pipe}"),
            Self::Text { quoted, .. } => f.write_str(quoted),
            Self::Variable(variable) => write!(f, "{variable}"),
        }
    }
}

fn write_fields(f: &mut fmt::Formatter<'_>, fields: &[String]) -> fmt::Result {
    fields.iter().try_for_each(|field| write!(f, ".{field}"))
}
