//! Watching one rule fail: which of its conditions was the furthest that was tried, and what its variables were then.

use super::Settings;
use super::machine::Machine;
use super::mode::{Mode, Plain};
use crate::builtins::Meter;
use crate::compile::Program;
use crate::compile::ir::{Expr, NodeId, Rule, Step};
use crate::testing::Failure;
use crate::value::{ArcStr, Value};

/// What is watched, and what was seen.
#[derive(Debug)]
pub(super) struct Watch {
    node: NodeId,
    frame: Option<(usize, Vec<ArcStr>)>,
    /// Conditions in the order in which they were first tried. The last one is the furthest.
    tried: Vec<u32>,
    failure: Option<Failure>,
}

impl Program {
    /// The condition that keeps a rule from being true.
    pub(crate) fn failure(
        &self,
        node: NodeId,
        data: &Value,
        settings: &Settings,
    ) -> Option<Failure> {
        let meter = Meter::new(settings.budget.steps, settings.budget.bytes);
        let mut machine: Machine<'_, Plain> =
            Machine::new(&self.inner, data, None, settings, &meter, Plain);
        machine.watch = Some(Box::new(Watch {
            node,
            frame: None,
            tried: Vec::new(),
            failure: None,
        }));
        // The first run has shown that this one ends.
        let _ = machine.guarded(|machine| machine.eval(&Expr::Data(node), 0));
        machine.watch.take().and_then(|watch| watch.failure)
    }
}

impl<M: Mode> Machine<'_, M> {
    /// A rule begins with its variables from `base` on.
    pub(super) fn watch_rule(&mut self, rule: &Rule, base: usize) {
        if let Some(watch) = self.watch.as_mut().filter(|watch| watch.node == rule.node) {
            watch.frame = Some((base, rule.names.clone()));
        }
    }

    /// A condition is tried.
    pub(super) fn watch_step(&mut self, step: &Step, base: usize) {
        let Some(watch) = &mut self.watch else { return };
        let Some((_, names)) = watch.frame.as_ref().filter(|(frame, _)| *frame == base) else {
            return;
        };
        if !watch.tried.contains(&step.literal) {
            watch.tried.push(step.literal);
        }
        if watch.tried.last() != Some(&step.literal) {
            return;
        }
        let named = names
            .iter()
            .enumerate()
            .filter(|(_, name)| !name.is_empty() && name.as_str() != "_");
        let values = named
            .filter_map(|(slot, name)| Some((name.clone(), self.slots.get(base + slot)?.clone())));
        // A variable that nothing has bound yet is null.
        let bindings = values.filter(|(_, value)| *value != Value::Null).collect();
        watch.failure = Some(Failure {
            place: step.place,
            undefined: false,
            bindings,
        });
    }

    /// A condition was undefined.
    pub(super) fn watch_undefined(&mut self, step: &Step) {
        if let Some(failure) = self.watch.as_mut().and_then(|watch| watch.failure.as_mut()) {
            failure.undefined |= failure.place == step.place;
        }
    }
}
