//! The admission webhook of an API server, and the gate that everything else passes.

pub mod admission;
pub mod auth;
pub mod listen;
pub mod shutdown;
pub mod decision;
pub mod decisions;
pub mod store;
pub mod telemetry;
pub mod tls;
