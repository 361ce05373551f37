//! What the server promises, module by module.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

mod api_server;
mod cluster;
mod config;
mod policies;
