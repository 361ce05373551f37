//! The admission webhook of an API server, and the gate that everything else passes.

pub mod admission;
pub mod auth;
pub mod inventory;
pub mod telemetry;
