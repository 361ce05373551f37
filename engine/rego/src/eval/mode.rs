//! What an evaluation keeps beside values: nothing, or where each value came from.
//!
//! The machine is written once over this; answering pays nothing for what only explaining needs.

use super::world::Root;
use crate::value::Value;

/// What is kept.
pub(super) trait Mode: Sized {
    /// Where a value came from.
    type Origin: Clone + Default;
    /// A point of the record that can be gone back to.
    type Mark: Copy;

    /// Whether anything is kept.
    const TRACES: bool;

    /// The origin of a root.
    fn root(&self, root: Root) -> Self::Origin;
    /// The origin of a part of a value.
    fn part(&self, container: &Value, origin: &Self::Origin, key: &Value) -> Self::Origin;
    /// The origin that a part would have if it existed.
    fn child(&self, origin: &Self::Origin, key: &Value) -> Self::Origin;
    /// A value was read, or found missing.
    fn read(&mut self, origin: &Self::Origin);
    /// An element of something that was derived is used: so are the reads of its derivation.
    fn use_part(&mut self, container: &Value, key: &Value);
    /// A condition begins.
    fn literal(&mut self, index: u32);
    /// The record so far.
    fn mark(&self) -> Self::Mark;
    /// What was recorded since belongs to an attempt that failed.
    fn back_to(&mut self, mark: Self::Mark);
    /// From here on, attempts that fail count as reads.
    fn keep_attempts(&mut self) -> Self::Mark;
    /// The attempts since become reads of the condition that made them, if they count.
    fn fold_attempts(&mut self, mark: Self::Mark, counts: bool);
    /// What was read since.
    fn since(&self, mark: Self::Mark) -> Vec<Self::Origin>;
    /// A body of its own begins: a function, a rule, a closure.
    fn enter(&mut self) -> Self::Mark;
    /// The body has a solution: its reads, boiled down to what decided.
    fn solution(&mut self, entered: Self::Mark, message_only: &[bool]) -> Vec<Self::Origin>;
    /// The body is left; these are what it read.
    fn leave(&mut self, entered: Self::Mark, reads: Vec<Self::Origin>);
    /// A value was made, and each of its parts has an origin and reads.
    fn made(&mut self, container: &Value, parts: Vec<(Value, Self::Origin, Vec<Self::Origin>)>);
}

/// A part of a value that was made: its key, its origin, and what was read to find it.
pub(super) type MadePart<M> = (Value, <M as Mode>::Origin, Vec<<M as Mode>::Origin>);

/// Keeps nothing.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Plain;

impl Mode for Plain {
    type Origin = ();
    type Mark = ();

    const TRACES: bool = false;

    fn root(&self, _root: Root) {}
    fn part(&self, _container: &Value, _origin: &(), _key: &Value) {}
    fn child(&self, _origin: &(), _key: &Value) {}
    fn read(&mut self, _origin: &()) {}
    fn use_part(&mut self, _container: &Value, _key: &Value) {}
    fn literal(&mut self, _index: u32) {}
    fn mark(&self) {}
    fn back_to(&mut self, _mark: ()) {}
    fn keep_attempts(&mut self) {}
    fn fold_attempts(&mut self, _mark: (), _counts: bool) {}
    fn since(&self, _mark: ()) -> Vec<()> {
        Vec::new()
    }
    fn enter(&mut self) {}
    fn solution(&mut self, _entered: (), _message_only: &[bool]) -> Vec<()> {
        Vec::new()
    }
    fn leave(&mut self, _entered: (), _reads: Vec<()>) {}
    fn made(&mut self, _container: &Value, _parts: Vec<(Value, (), Vec<()>)>) {}
}
