//! The only place of the server that asks what time it is.

use std::sync::OnceLock;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use plumbline_core::waiver::Date;
use plumbline_rego::builtins::Facts;
use plumbline_rego::{Budget, ObjectBuilder, Settings, Value};

/// A point in time from which deadlines are counted.
pub fn instant() -> Instant {
    Instant::now()
}

/// Time since the server first asked. It never goes backwards.
pub fn now() -> Duration {
    static START: OnceLock<Instant> = OnceLock::new();
    START.get_or_init(Instant::now).elapsed()
}

/// What the clock on the wall shows.
pub fn wall() -> SystemTime {
    SystemTime::now()
}

/// Seconds since the beginning of 1970.
pub fn unix_seconds() -> u64 {
    since_epoch().as_secs()
}

/// The day, in UTC.
pub fn today() -> Date {
    Date::of_unix_seconds(unix_seconds())
}

fn since_epoch() -> Duration {
    wall().duration_since(UNIX_EPOCH).unwrap_or_default()
}

/// How the evaluations of one request run: all of them end within this time. What is true of the world is asked once,
/// and is the same for all.
pub fn settings(time: Duration) -> Settings {
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
            until: Some(now() + time),
            ..Budget::default()
        },
        facts,
        ..Settings::default()
    }
}
