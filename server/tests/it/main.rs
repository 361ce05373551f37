//! What the server promises.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on has failed"
)]

mod api_server;
mod cluster;
mod crash;
mod databases;
mod decisions;
mod store;
