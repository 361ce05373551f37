//! What the server promises.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stdout,
    clippy::field_reassign_with_default,
    reason = "a test that cannot go on has failed, and says what it leaves out"
)]

mod api_server;
mod cluster;
mod fake_api;
mod inventory;
