//! What operators see: metrics in the format of Prometheus, and logs as lines of JSON.

mod logs;
mod metrics;

pub use logs::{Level, logs};
pub use metrics::{Connection, Metrics};
