//! What the server promises.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

mod api_server;
mod cluster;
mod listen;
mod tls;
mod wire;
