//! Checks over all rules of a program: one file per check.

mod conflicts;
mod recursion;

pub(crate) use conflicts::conflicts;
pub(crate) use recursion::recursion;
