//! What the server promises, from outside.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod listen;
mod tls;
mod wire;
