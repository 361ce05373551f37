//! Running a template.

use std::fmt::{self, Display};

use super::datum::Datum;
use super::functions::{self, Failure, Parameter};
use super::node::{Branch, Command, List, Node, Operand, Pipe, Trees, Variable};
use super::{MAX_DEPTH, NAME};
use crate::builtins::operand::size;
use crate::builtins::sprintf::quote::quoted;
use crate::builtins::sprintf::{self, Item};
use crate::builtins::{BuiltinError, Meter};
use crate::value::Value;

/// Why a template did not run to its end.
#[derive(Debug)]
pub(super) enum Stop {
    /// On to what follows the loop.
    Break,
    /// On to the next round of the loop.
    Continue,
    /// Something is wrong, in Go's words.
    Failed(String),
    /// The budget is spent.
    Budget(BuiltinError),
}

impl From<BuiltinError> for Stop {
    fn from(error: BuiltinError) -> Self {
        Self::Budget(error)
    }
}

/// The text that a template makes of data.
pub(super) fn execute(
    meter: &Meter,
    trees: &Trees,
    text: &str,
    data: Value,
) -> Result<String, Stop> {
    let Some(list) = trees.get(NAME) else {
        return Ok(String::new());
    };
    let dot = Datum::Plain(Item::Data(data));
    let mut state = State {
        meter,
        trees,
        text,
        name: NAME,
        out: String::new(),
        place: Place::List(list),
        variables: vec![("$", dot.clone())],
        depth: 0,
    };
    state.list(&dot, list)?;
    Ok(state.out)
}

/// What is being looked at, for messages.
#[derive(Debug, Clone, Copy)]
enum Place<'t> {
    List(&'t List),
    Node(&'t Node),
    Pipe(&'t Pipe),
    Command(&'t Command),
    Operand(&'t Operand),
}

impl Place<'_> {
    fn position(&self) -> usize {
        match self {
            Self::List(list) => list.position,
            Self::Node(node) => node.position(),
            Self::Pipe(pipe) => pipe.position,
            Self::Command(command) => command.position,
            Self::Operand(operand) => operand.position(),
        }
    }
}

impl Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::List(list) => write!(f, "{list}"),
            Self::Node(node) => write!(f, "{node}"),
            Self::Pipe(pipe) => write!(f, "{pipe}"),
            Self::Command(command) => write!(f, "{command}"),
            Self::Operand(operand) => write!(f, "{operand}"),
        }
    }
}

#[derive(Debug)]
struct State<'t> {
    meter: &'t Meter,
    trees: &'t Trees,
    text: &'t str,
    /// The template that is running.
    name: &'t str,
    out: String,
    place: Place<'t>,
    /// The innermost last.
    variables: Vec<(&'t str, Datum)>,
    depth: usize,
}

impl<'t> State<'t> {
    fn fail<T>(&self, text: impl Display) -> Result<T, Stop> {
        let position = self.place.position();
        let before = self.text.get(..position).unwrap_or(self.text);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().len();
        let (name, place) = (quoted(self.name), self.place);
        Err(Stop::Failed(format!(
            "template: {NAME}:{line}:{column}: executing {name} at <{place}>: {text}"
        )))
    }

    fn write(&mut self, text: &str) -> Result<(), Stop> {
        self.meter.alloc(size(text.len()))?;
        self.out.push_str(text);
        Ok(())
    }

    /// Runs something one level deeper, if there is room.
    fn deeper<T>(&mut self, run: impl FnOnce(&mut Self) -> Result<T, Stop>) -> Result<T, Stop> {
        if self.depth >= MAX_DEPTH {
            return self.fail(format_args!(
                "exceeded maximum template depth ({MAX_DEPTH})"
            ));
        }
        self.depth += 1;
        let result = run(self);
        self.depth -= 1;
        result
    }

    fn list(&mut self, dot: &Datum, list: &'t List) -> Result<(), Stop> {
        self.deeper(|state| {
            state.place = Place::List(list);
            list.nodes.iter().try_for_each(|node| state.node(dot, node))
        })
    }

    fn node(&mut self, dot: &Datum, node: &'t Node) -> Result<(), Stop> {
        self.meter.step(1)?;
        self.place = Place::Node(node);
        match node {
            Node::Text { text, .. } => self.write(text),
            Node::Action { pipe, .. } => {
                let value = self.pipeline(dot, pipe)?;
                if pipe.variables.is_empty() {
                    self.print(node, value)
                } else {
                    Ok(())
                }
            }
            Node::Break { .. } => Err(Stop::Break),
            Node::Continue { .. } => Err(Stop::Continue),
            Node::If(branch) => self.choose(dot, branch, false),
            Node::With(branch) => self.choose(dot, branch, true),
            Node::Range(branch) => self.range(dot, branch),
            Node::Template { name, pipe, .. } => self.template(dot, name, pipe.as_ref()),
        }
    }

    fn print(&mut self, node: &'t Node, value: Datum) -> Result<(), Stop> {
        self.place = Place::Node(node);
        match value {
            Datum::Missing => self.write("<no value>"),
            other => {
                let text = sprintf::print(self.meter, &[other.into_item()])?;
                self.write(&text)
            }
        }
    }

    /// `if`, or `with`, which makes the value the dot.
    fn choose(&mut self, dot: &Datum, branch: &'t Branch, with: bool) -> Result<(), Stop> {
        let mark = self.variables.len();
        let value = self.pipeline(dot, &branch.pipe)?;
        let result = match &branch.otherwise {
            _ if value.holds() => self.list(if with { &value } else { dot }, &branch.list),
            Some(otherwise) => self.list(dot, otherwise),
            None => Ok(()),
        };
        self.variables.truncate(mark);
        result
    }

    fn range(&mut self, dot: &Datum, branch: &'t Branch) -> Result<(), Stop> {
        let mark = self.variables.len();
        let value = self.pipeline(dot, &branch.pipe)?;
        let result = self
            .iterate(&value, branch)
            .and_then(|any| match &branch.otherwise {
                Some(otherwise) if !any => self.list(dot, otherwise),
                _ => Ok(()),
            });
        self.variables.truncate(mark);
        result
    }

    /// Goes through the elements; the answer is whether there were any.
    fn iterate(&mut self, value: &Datum, branch: &'t Branch) -> Result<bool, Stop> {
        match value.item() {
            None => Ok(false),
            Some(Item::Int(count) | Item::Int64(count)) => self.count(*count, Item::Int, branch),
            Some(Item::Byte(count)) => {
                let element = |index: i64| u8::try_from(index).map_or(Item::Int(index), Item::Byte);
                self.count(i64::from(*count), element, branch)
            }
            Some(Item::Data(Value::Array(items))) => {
                for (index, item) in (0..).zip(items) {
                    let index = Datum::Plain(Item::Int(index));
                    if !self.round(index, Datum::element(item), branch)? {
                        break;
                    }
                }
                Ok(!items.is_empty())
            }
            Some(Item::Data(Value::Object(object))) => {
                for (key, value) in object.iter() {
                    let key = Datum::Plain(Item::Data(key.clone()));
                    if !self.round(key, Datum::element(value), branch)? {
                        break;
                    }
                }
                Ok(!object.is_empty())
            }
            Some(other) => {
                let shown = sprintf::print(self.meter, std::slice::from_ref(other))?;
                self.fail(format_args!("range can't iterate over {shown}"))
            }
        }
    }

    /// The integers below a number.
    fn count(
        &mut self,
        count: i64,
        element: impl Fn(i64) -> Item,
        branch: &'t Branch,
    ) -> Result<bool, Stop> {
        if branch.pipe.variables.len() > 1 {
            let text = format!("can't use {count} to iterate over more than one variable");
            return self.fail(text);
        }
        for index in 0..count {
            if !self.round(Datum::Missing, Datum::Plain(element(index)), branch)? {
                break;
            }
        }
        Ok(count > 0)
    }

    /// One round of a loop; the answer is whether it goes on.
    fn round(&mut self, index: Datum, element: Datum, branch: &'t Branch) -> Result<bool, Stop> {
        self.meter.step(1)?;
        let mark = self.variables.len();
        let dot = element.clone();
        match branch.pipe.variables.as_slice() {
            [] => {}
            [only] if branch.pipe.assigns => self.assign(only, element)?,
            [_] => self.set_from_top(1, element),
            [first, second, ..] if branch.pipe.assigns => {
                self.assign(first, index)?;
                self.assign(second, element)?;
            }
            [_, _, ..] => {
                self.set_from_top(1, element);
                self.set_from_top(2, index);
            }
        }
        let result = self.list(&dot, &branch.list);
        self.variables.truncate(mark);
        match result {
            Ok(()) | Err(Stop::Continue) => Ok(true),
            Err(Stop::Break) => Ok(false),
            Err(other) => Err(other),
        }
    }

    /// Another template with a dot and variables of its own.
    fn template(&mut self, dot: &Datum, name: &'t str, pipe: Option<&'t Pipe>) -> Result<(), Stop> {
        let Some(list) = self.trees.get(name) else {
            return self.fail(format_args!("template {} not defined", quoted(name)));
        };
        let dot = match pipe {
            Some(pipe) => self.pipeline(dot, pipe)?,
            None => Datum::Missing,
        };
        let variables = std::mem::replace(&mut self.variables, vec![("$", dot.clone())]);
        let outer = std::mem::replace(&mut self.name, name);
        let result = self.list(&dot, list);
        self.variables = variables;
        self.name = outer;
        result
    }

    fn pipeline(&mut self, dot: &Datum, pipe: &'t Pipe) -> Result<Datum, Stop> {
        self.place = Place::Pipe(pipe);
        let value = self.deeper(|state| {
            let mut value = None;
            for command in &pipe.commands {
                value = Some(state.command(dot, command, value)?.unboxed());
            }
            Ok(value.unwrap_or(Datum::Missing))
        })?;
        for variable in &pipe.variables {
            if pipe.assigns {
                self.assign(variable, value.clone())?;
            } else {
                self.variables.push((variable.name.as_str(), value.clone()));
            }
        }
        Ok(value)
    }

    /// A command, with the answer of the one before it in its pipeline.
    fn command(
        &mut self,
        dot: &Datum,
        command: &'t Command,
        last: Option<Datum>,
    ) -> Result<Datum, Stop> {
        self.meter.step(1)?;
        let given = !command.arguments.is_empty() || last.is_some();
        let first = &command.first;
        match first {
            Operand::Function { name, .. } => {
                self.place = Place::Operand(first);
                let words = &command.arguments;
                self.function(dot, name, Place::Command(command), words, last)
            }
            Operand::Field { fields, .. } => {
                self.place = Place::Operand(first);
                self.fields(dot.clone(), fields, given)
            }
            Operand::Chain { inner, fields, .. } => {
                self.place = Place::Operand(first);
                let receiver = self.value(dot, inner)?;
                self.fields(receiver, fields, given)
            }
            Operand::Variable(variable) if !variable.fields.is_empty() => {
                self.place = Place::Operand(first);
                let receiver = self.variable(&variable.name)?;
                self.fields(receiver, &variable.fields, given)
            }
            _ => {
                if !matches!(first, Operand::Pipe(_)) {
                    self.place = Place::Operand(first);
                }
                if given {
                    let text = format!("can't give argument to non-function {first}");
                    return self.fail(text);
                }
                if matches!(first, Operand::Nil { .. }) {
                    return self.fail("nil is not a command");
                }
                self.value(dot, first)
            }
        }
    }

    /// What a word stands for that is not given any arguments.
    fn value(&mut self, dot: &Datum, operand: &'t Operand) -> Result<Datum, Stop> {
        self.place = Place::Operand(operand);
        match operand {
            Operand::Bool { value, .. } => Ok(Datum::boolean(*value)),
            Operand::Chain { inner, fields, .. } => {
                let receiver = self.value(dot, inner)?;
                self.fields(receiver, fields, false)
            }
            Operand::Dot { .. } => Ok(dot.clone()),
            Operand::Field { fields, .. } => self.fields(dot.clone(), fields, false),
            Operand::Function { name, .. } => {
                self.function(dot, name, Place::Operand(operand), &[], None)
            }
            Operand::Nil { .. } => Ok(Datum::Missing),
            Operand::Number { number, .. } => match number.item() {
                Ok(item) => Ok(Datum::Plain(item)),
                Err(error) => self.fail(error),
            },
            Operand::Pipe(pipe) => self.pipeline(dot, pipe),
            Operand::Text { text, .. } => Ok(Datum::text(text.clone())),
            Operand::Variable(variable) => {
                let receiver = self.variable(&variable.name)?;
                self.fields(receiver, &variable.fields, false)
            }
        }
    }

    /// Goes down from field to field; arguments could only be for the last one, which takes none.
    fn fields(&self, receiver: Datum, fields: &[String], given: bool) -> Result<Datum, Stop> {
        let last = fields.len().saturating_sub(1);
        fields
            .iter()
            .enumerate()
            .try_fold(receiver, |receiver, (index, field)| {
                self.field(&receiver, field, given && index == last)
            })
    }

    fn field(&self, receiver: &Datum, field: &str, given: bool) -> Result<Datum, Stop> {
        if matches!(receiver, Datum::Missing) {
            return Ok(Datum::Missing);
        }
        let kind = receiver.type_name();
        match receiver.item() {
            None => self.fail(format_args!("nil pointer evaluating {kind}.{field}")),
            Some(Item::Data(Value::Object(_))) if given => {
                self.fail(format_args!("{field} is not a method but has arguments"))
            }
            Some(Item::Data(Value::Object(object))) => {
                Ok(object.get_str(field).map_or(Datum::Missing, Datum::element))
            }
            Some(_) => self.fail(format_args!("can't evaluate field {field} in type {kind}")),
        }
    }

    fn variable(&self, name: &str) -> Result<Datum, Stop> {
        match self
            .variables
            .iter()
            .rev()
            .find(|(known, _)| *known == name)
        {
            Some((_, value)) => Ok(value.clone()),
            None => self.fail(format_args!("undefined variable: {name}")),
        }
    }

    fn assign(&mut self, variable: &Variable, value: Datum) -> Result<(), Stop> {
        let known = self
            .variables
            .iter_mut()
            .rev()
            .find(|(known, _)| *known == variable.name);
        if let Some((_, slot)) = known {
            *slot = value;
            return Ok(());
        }
        self.fail(format_args!("undefined variable: {}", variable.name))
    }

    /// Sets the variable that is so far from the innermost one, which is the first.
    fn set_from_top(&mut self, distance: usize, value: Datum) {
        let index = self.variables.len().checked_sub(distance);
        if let Some((_, slot)) = index.and_then(|index| self.variables.get_mut(index)) {
            *slot = value;
        }
    }

    /// A function of its arguments, the last of which may come from the command before. `place` is where it says
    /// that it went wrong.
    fn function(
        &mut self,
        dot: &Datum,
        name: &str,
        place: Place<'t>,
        arguments: &'t [Operand],
        last: Option<Datum>,
    ) -> Result<Datum, Stop> {
        let Some(signature) = functions::signature(name) else {
            return self.fail(format_args!("{} is not a defined function", quoted(name)));
        };
        if let Some(text) = signature.wrong_count(name, arguments.len(), last.is_some()) {
            return self.fail(text);
        }
        if matches!(name, "and" | "or") {
            return self.logic(dot, name == "or", arguments, last);
        }
        let callee = arguments
            .first()
            .filter(|_| name == "call")
            .map(ToString::to_string);
        let mut values = Vec::with_capacity(arguments.len() + 1);
        for argument in arguments {
            let parameter = signature.parameter(values.len());
            values.push(self.argument(dot, parameter, argument)?);
        }
        if let Some(last) = last {
            let parameter = signature.parameter(values.len());
            values.push(self.checked(last, parameter)?);
        }
        match functions::call(self.meter, name, values, callee) {
            Ok(value) => Ok(value),
            Err(Failure::Budget(error)) => Err(Stop::Budget(error)),
            Err(Failure::Text(text)) => {
                self.place = place;
                self.fail(format_args!("error calling {name}: {text}"))
            }
        }
    }

    /// `and` and `or`: the first argument that decides, or else the last one.
    fn logic(
        &mut self,
        dot: &Datum,
        or: bool,
        arguments: &'t [Operand],
        last: Option<Datum>,
    ) -> Result<Datum, Stop> {
        let mut value = Datum::Missing;
        for argument in arguments {
            value = self.argument(dot, Parameter::Any, argument)?;
            if value.holds() == or {
                return Ok(value);
            }
        }
        Ok(last.unwrap_or(value))
    }

    fn argument(
        &mut self,
        dot: &Datum,
        parameter: Parameter,
        operand: &'t Operand,
    ) -> Result<Datum, Stop> {
        self.place = Place::Operand(operand);
        match operand {
            Operand::Nil { .. } if parameter == Parameter::Text => {
                self.fail("cannot assign nil to string")
            }
            Operand::Bool { .. } | Operand::Number { .. } if parameter == Parameter::Text => {
                self.fail(format_args!("expected string; found {operand}"))
            }
            _ => {
                let value = self.value(dot, operand)?;
                self.checked(value, parameter)
            }
        }
    }

    /// A value that is good for a parameter.
    fn checked(&self, value: Datum, parameter: Parameter) -> Result<Datum, Stop> {
        if parameter == Parameter::Any {
            return Ok(value);
        }
        match &value {
            Datum::Missing => self.fail("invalid value; expected string"),
            Datum::Boxed(Item::Data(Value::String(_)))
            | Datum::Plain(Item::Data(Value::String(_))) => Ok(value),
            Datum::Boxed(item) if !item.is_nil() => self.wrong_type(item.type_name()),
            other => self.wrong_type(other.type_name()),
        }
    }

    fn wrong_type<T>(&self, got: &str) -> Result<T, Stop> {
        self.fail(format_args!(
            "wrong type for value; expected string; got {got}"
        ))
    }
}
