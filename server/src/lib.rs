//! The admission door: what an API server asks, and what it is answered.
//!
//! The decision is a function of the policy set and the bytes of the request; listening knows nothing of it.

pub mod admission;
pub mod listen;
pub mod shutdown;
pub mod tls;
