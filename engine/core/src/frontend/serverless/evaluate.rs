//! What the variables of a service come to, as far as that can be known without deploying it.
//!
//! Options and variables of the environment are not given, so that their defaults hold, as the defaults of parameters
//! do in a template. What a cloud, another file or another stack would answer is not known.

use plumbline_rego::Value;

use super::variable::{Piece, Source, pieces, sources};
use crate::parse::MAX_ALIAS_NODES;
use crate::tree::typing::Scalar;
use crate::tree::{NodeId, View};

/// How deep variables may stand in each other, and collections nest.
pub(super) const MAX_DEPTH: usize = 64;
/// The longest text that is put together, in bytes.
const MAX_TEXT: usize = 64 * 1024;
/// What a node of the resolved service costs, in steps.
pub(super) const NODE: usize = 8;
/// How many steps the resolution of a service may take, beside those that its length allows for.
const MAX_STEPS: usize = NODE * MAX_ALIAS_NODES;
/// How many bytes, or entries that are searched, are one step.
const UNIT: usize = 16;

/// What a node or a variable comes to.
#[derive(Debug, Clone)]
pub(super) enum Found<'a> {
    /// What is written there; what lies below it is yet to be resolved.
    Node(View<'a>),
    /// A scalar that was put together.
    Scalar(Value),
    /// Nothing is written there.
    Missing,
    /// Only a deployment can tell.
    Unknown,
}

impl Found<'_> {
    /// The characters of a scalar; none for anything else.
    pub(super) fn characters(&self) -> Option<String> {
        match self {
            Self::Node(view) => match view.scalar() {
                Scalar::Bool(value) => Some(value.to_string()),
                _ => view.raw().map(str::to_owned),
            },
            Self::Scalar(Value::Bool(value)) => Some(value.to_string()),
            Self::Scalar(Value::Number(number)) => Some(number.to_string()),
            Self::Scalar(value) => value.as_str().map(str::to_owned),
            Self::Missing | Self::Unknown => None,
        }
    }

    /// Whether nothing is written, or null.
    pub(super) fn is_nothing(&self) -> bool {
        matches!(self, Self::Missing | Self::Scalar(Value::Null))
    }
}

pub(super) struct Evaluator<'a> {
    root: View<'a>,
    /// The nodes whose variables are being resolved: one that asks for itself is not known.
    active: Vec<NodeId>,
    steps: usize,
    is_exhausted: bool,
}

impl<'a> Evaluator<'a> {
    /// For a service of so many nodes and bytes.
    pub(super) fn new(root: View<'a>, nodes: usize, bytes: usize) -> Self {
        Self {
            root,
            active: Vec::new(),
            steps: MAX_STEPS + 2 * NODE * nodes + bytes,
            is_exhausted: false,
        }
    }

    /// Whether the service comes to too much.
    pub(super) fn is_exhausted(&self) -> bool {
        self.is_exhausted
    }

    /// Says that the service comes to too much.
    pub(super) fn give_up(&mut self) {
        self.is_exhausted = true;
    }

    /// Takes steps from those that are left; false once there are none.
    pub(super) fn spend(&mut self, steps: usize) -> bool {
        match self.steps.checked_sub(steps) {
            Some(left) => self.steps = left,
            None => self.is_exhausted = true,
        }
        !self.is_exhausted
    }

    /// Takes the steps that characters cost.
    pub(super) fn spend_text(&mut self, text: &str) -> bool {
        self.spend(1 + text.len() / UNIT)
    }

    /// What a node comes to.
    pub(super) fn node(&mut self, view: View<'a>, depth: usize) -> Found<'a> {
        if view.is_null() {
            return Found::Missing;
        }
        let Some(text) = view.str().filter(|text| text.contains("${")) else {
            return Found::Node(view);
        };
        if self.active.contains(&view.id()) {
            return Found::Unknown;
        }
        self.active.push(view.id());
        let found = self.text(text, depth + 1);
        self.active.pop();
        match found {
            // The framework refuses a variable that has no value at all.
            Found::Missing => Found::Unknown,
            found => found,
        }
    }

    /// What a text comes to: the value of its only variable, or a text in which what is not known stays as it is
    /// written.
    fn text(&mut self, text: &str, depth: usize) -> Found<'a> {
        if depth > MAX_DEPTH || text.len() > MAX_TEXT || !self.spend_text(text) {
            return Found::Unknown;
        }
        let pieces = pieces(text);
        if let [Piece::Variable(only)] = pieces.as_slice() {
            return self.variable(only, depth);
        }
        let mut out = String::new();
        for piece in pieces {
            match piece {
                Piece::Text(text) => out.push_str(text),
                Piece::Variable(variable) => match self.variable(variable, depth).characters() {
                    Some(value) => out.push_str(&value),
                    None => out.extend(["${", variable, "}"]),
                },
            }
            if out.len() > MAX_TEXT {
                return Found::Unknown;
            }
        }
        if self.spend_text(&out) {
            Found::Scalar(Value::string(&out))
        } else {
            Found::Unknown
        }
    }

    /// The value of the first source that has one.
    fn variable(&mut self, variable: &str, depth: usize) -> Found<'a> {
        for source in sources(variable) {
            if depth > MAX_DEPTH || !self.spend(1) {
                return Found::Unknown;
            }
            match self.source(source, depth + 1) {
                Found::Missing => {}
                found => return found,
            }
        }
        Found::Missing
    }

    fn source(&mut self, source: &str, depth: usize) -> Found<'a> {
        match Source::parse(source) {
            Source::Literal(value) => Found::Scalar(value),
            Source::Nested(text) => self.text(text, depth),
            Source::Call("strToBool", argument) => self.truth(argument, depth),
            Source::Call(..) | Source::Foreign => Found::Unknown,
            Source::Address(kind, address) => match self.address(address, depth) {
                Some(address) => self.answer(kind, &address, depth),
                None => Found::Unknown,
            },
        }
    }

    /// An address with its variables replaced; none if nobody can know them.
    fn address(&mut self, address: &str, depth: usize) -> Option<String> {
        if !address.contains("${") {
            return Some(address.to_owned());
        }
        let address = self.text(address, depth).characters();
        address.filter(|address| !address.contains("${"))
    }

    fn answer(&mut self, kind: &str, address: &str, depth: usize) -> Found<'a> {
        match (kind, address) {
            ("opt" | "env", _) => Found::Missing,
            ("self", path) => {
                let keys: Vec<&str> = path.split('.').collect();
                self.lookup(&keys, depth)
            }
            ("param", name) => self.parameter(name, depth),
            ("sls", "stage") => self.setting("stage", "dev", depth),
            ("aws", "region") => self.setting("region", "us-east-1", depth),
            _ => Found::Unknown,
        }
    }

    /// The value that keys lead to from the root of the service.
    fn lookup(&mut self, keys: &[&str], depth: usize) -> Found<'a> {
        let mut at = Found::Node(self.root);
        for key in keys.iter().filter(|key| !key.is_empty()) {
            at = match at {
                Found::Node(view) => match self.child(view, key) {
                    Some(child) => self.node(child, depth),
                    None => Found::Missing,
                },
                Found::Missing => return Found::Missing,
                Found::Scalar(_) | Found::Unknown => return Found::Unknown,
            };
        }
        at
    }

    /// The entry of a mapping, or the item of a list, that a key stands for.
    pub(super) fn child(&mut self, view: View<'a>, key: &str) -> Option<View<'a>> {
        if self.is_exhausted {
            return None;
        }
        let width = view.entries().count() + view.items().count();
        if !self.spend(1 + width / UNIT) {
            return None;
        }
        match key.parse::<usize>() {
            Ok(index) if view.is_sequence() => view.items().nth(index),
            _ => view.get(key),
        }
    }

    /// What the provider says, or a default.
    fn setting(&mut self, key: &str, default: &str, depth: usize) -> Found<'a> {
        match self.lookup(&["provider", key], depth) {
            Found::Missing => Found::Scalar(Value::string(default)),
            found => found,
        }
    }

    /// A parameter of the stage, or else of all of them: under `params` up to the framework's version 3, under `stages`
    /// since version 4.
    fn parameter(&mut self, name: &str, depth: usize) -> Found<'a> {
        let stage = self.setting("stage", "dev", depth).characters();
        let Some(stage) = stage.filter(|stage| !stage.contains("${")) else {
            return Found::Unknown;
        };
        let places: [&[&str]; 4] = [
            &["params", &stage, name],
            &["stages", &stage, "params", name],
            &["params", "default", name],
            &["stages", "default", "params", name],
        ];
        for place in places {
            match self.lookup(place, depth) {
                Found::Missing => {}
                found => return found,
            }
        }
        Found::Missing
    }

    fn truth(&mut self, argument: &str, depth: usize) -> Found<'a> {
        let found = match Source::parse(argument) {
            Source::Literal(value) => Found::Scalar(value),
            _ => self.text(argument, depth),
        };
        let text = found
            .characters()
            .map(|text| text.trim().to_ascii_lowercase());
        match text.as_deref() {
            Some("true" | "1") => Found::Scalar(Value::Bool(true)),
            Some("false" | "0") => Found::Scalar(Value::Bool(false)),
            _ => Found::Unknown,
        }
    }
}
