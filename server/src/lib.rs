//! The admission door: what an API server asks, and what it is answered.
//!
//! The decision is a function of the policy set and the bytes of the request; listening and TLS are not here yet.

pub mod admission;
pub mod config;
pub mod doors;
pub mod policies;
