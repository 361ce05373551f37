//! The admission webhook of an API server, and the gate that everything else passes.

pub mod admission;
pub mod auth;
pub mod clock;
pub mod http;
pub mod pool;
pub mod state;
pub mod telemetry;
