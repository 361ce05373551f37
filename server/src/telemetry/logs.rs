//! Logs: one JSON object per line on standard error. What a request holds is never logged, but its kind, its name and
//! what was decided.

use tracing_subscriber::fmt;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{filter::LevelFilter, registry};

/// From which level on something is logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Level {
    /// What broke.
    Error,
    /// The same, and what may break.
    Warn,
    /// The same, and what happens to the server as a whole.
    #[default]
    Info,
    /// The same, and what happens to each request.
    Debug,
}

impl Level {
    /// Every level with its word.
    pub const ALL: [(&'static str, Self); 4] = [
        ("error", Self::Error),
        ("warn", Self::Warn),
        ("info", Self::Info),
        ("debug", Self::Debug),
    ];

    fn filter(self) -> LevelFilter {
        match self {
            Self::Error => LevelFilter::ERROR,
            Self::Warn => LevelFilter::WARN,
            Self::Info => LevelFilter::INFO,
            Self::Debug => LevelFilter::DEBUG,
        }
    }
}

/// Begins to log. Where something logs already, that goes on.
pub fn logs(level: Level) {
    let lines = fmt::layer()
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .with_span_list(false)
        .with_writer(std::io::stderr);
    let begun = registry().with(level.filter()).with(lines).try_init();
    if begun.is_err() {
        tracing::debug!("logs had begun before");
    }
}
