//! Calls: builtins, functions, and what stands for them under `with`.

use super::super::EvalError;
use super::super::mode::Mode;
use super::super::world::Mock;
use super::values::spell;
use super::{Evaluated, Machine, VISITS_PER_STEP, budget_error};
use crate::builtins::{self, BuiltinError};
use crate::compile::Place;
use crate::compile::ir::{Call, Target};
use crate::value::Value;

impl<M: Mode> Machine<'_, M> {
    pub(super) fn call(&mut self, call: &Call, base: usize) -> Evaluated<M> {
        if call.target == Target::Print {
            return self.print(call, base);
        }
        let mut args = Vec::with_capacity(call.args.len());
        let mut origins = Vec::new();
        for arg in &call.args {
            let Some((value, origin)) = self.eval(arg, base)? else {
                return Ok(None);
            };
            args.push(value);
            if M::TRACES {
                origins.push(origin);
            }
        }
        self.apply(call.target, &args, &origins, call.place)
    }

    /// Calls a function, or what stands for it.
    pub(in crate::eval) fn apply(
        &mut self,
        target: Target,
        args: &[Value],
        origins: &[M::Origin],
        place: Place,
    ) -> Evaluated<M> {
        let mock = self
            .world
            .functions
            .iter()
            .rposition(|(replaced, _)| *replaced == target);
        if let Some(index) = mock {
            return self.mocked(index, args, origins, place);
        }
        match target {
            Target::Builtin(index) => Ok(self
                .builtin(index, args, place)?
                .map(|value| (value, M::Origin::default()))),
            Target::Function(node) => self.function(node, args, origins, place),
            Target::Print => Ok(None),
        }
    }

    /// What stands for a function sees the function itself.
    pub(super) fn mocked(
        &mut self,
        index: usize,
        args: &[Value],
        origins: &[M::Origin],
        place: Place,
    ) -> Evaluated<M> {
        let mut world = self.world.changed();
        let (target, mock) = world.functions.remove(index);
        world.functions.retain(|(other, _)| *other != target);
        match mock {
            Mock::Value(value) => Ok(Some((value, M::Origin::default()))),
            Mock::Function(replacement) => {
                let outer = std::mem::replace(&mut self.world, world);
                let result = self.apply(replacement, args, origins, place);
                self.world = outer;
                result
            }
        }
    }

    pub(super) fn builtin(
        &mut self,
        index: u32,
        args: &[Value],
        place: Place,
    ) -> Result<Option<Value>, EvalError> {
        let builtin = self.program.table.get(index);
        // Whatever a builtin does with its operands, it may visit every part of them.
        for arg in args {
            self.weigh(arg.weight() / VISITS_PER_STEP, place)?;
        }
        let mut call = builtins::Call {
            name: builtin.name,
            facts: &self.settings.facts,
            meter: self.meter,
            cache: &mut self.cache,
        };
        let error = match (builtin.function)(&mut call, args) {
            Ok(value) => return Ok(value),
            Err(error) => error,
        };
        let (code, message) = match error {
            BuiltinError::Budget(message) => return Err(budget_error(message, place)),
            BuiltinError::Type(message) => ("eval_type_error", message),
            BuiltinError::Failed(message) => ("eval_builtin_error", message),
        };
        let error = EvalError {
            code,
            message,
            place,
        };
        if self.settings.strict {
            return Err(error);
        }
        if !self.swallowed.contains(&error) {
            self.swallowed.push(error);
        }
        Ok(None)
    }

    /// `print`: what is undefined is said, and nothing fails.
    pub(super) fn print(&mut self, call: &Call, base: usize) -> Evaluated<M> {
        let mut words = Vec::with_capacity(call.args.len());
        for arg in &call.args {
            let value = self.eval(arg, base)?;
            if let Some((value, _)) = &value {
                self.weigh(value.weight(), call.place)?;
            }
            words.push(value.map_or_else(|| "<undefined>".to_owned(), |(value, _)| spell(&value)));
        }
        self.prints.push((call.place, words.join(" ")));
        Ok(Some((Value::Bool(true), M::Origin::default())))
    }
}
