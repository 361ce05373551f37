//! The admission webhook of an API server, and the gate that everything else passes.

pub mod admission;
pub mod auth;
mod client;
pub mod clock;
pub mod config;
pub mod decision;
pub mod decisions;
pub mod doors;
pub mod http;
pub mod inventory;
pub mod listen;
pub mod policies;
pub mod pool;
mod serve;
pub mod shutdown;
pub mod state;
pub mod store;
pub mod telemetry;
pub mod tls;
pub mod webhooks;

pub use serve::{CannotServe, serve};
