//! What the server promises, module by module.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stdout,
    clippy::field_reassign_with_default,
    clippy::assigning_clones,
    reason = "a test that cannot go on has failed, and says what it leaves out"
)]

mod admission;
mod api_server;
mod cluster;
mod config;
mod crash;
mod dashboards;
mod databases;
mod decisions;
mod fake_api;
mod faults;
mod inventory;
mod listen;
mod over_http;
mod policies;
mod pool;
mod run_task;
mod serve;
mod store;
mod tls;
mod webhooks;
mod wire;
