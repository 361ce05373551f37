//! What the language promises, from outside.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod answers;
mod differential;
mod explain;
mod generator;
mod hostile;
mod load;
mod places;
mod properties;
mod value;
