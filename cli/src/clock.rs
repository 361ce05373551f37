//! The only place of the command that asks what time it is.

use std::sync::OnceLock;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use plumbline_core::waiver::Date;
use plumbline_rego::builtins::Facts;
use plumbline_rego::{Budget, ObjectBuilder, Settings, Value};

/// How long one rule may take on one subject.
pub(crate) const RULE: Duration = Duration::from_secs(5);

/// Time since the command first asked.
pub(crate) fn now() -> Duration {
    static START: OnceLock<Instant> = OnceLock::new();
    START.get_or_init(Instant::now).elapsed()
}

/// The day, in UTC.
pub(crate) fn today() -> Date {
    Date::of_unix_seconds(unix_seconds())
}

/// Seconds since the beginning of 1970.
pub(crate) fn unix_seconds() -> u64 {
    since_epoch().as_secs()
}

fn since_epoch() -> Duration {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
}

/// How evaluations run: what is true of the world is asked once, and is the same for all of them.
pub(crate) fn settings(time: Duration) -> Settings {
    let now_ns = i64::try_from(since_epoch().as_nanos()).unwrap_or(i64::MAX);
    let mut runtime = ObjectBuilder::default();
    runtime.insert_str("version", env!("CARGO_PKG_VERSION"));
    runtime.insert_str("env", Value::empty_object());
    let facts = Facts {
        now_ns,
        seed: now_ns.unsigned_abs(),
        runtime: Value::Object(runtime.finish()),
    };
    Settings {
        budget: Budget {
            time,
            now: Some(now),
            ..Budget::default()
        },
        facts,
        ..Settings::default()
    }
}
