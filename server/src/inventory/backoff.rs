//! How long to wait before an API server is asked again.

use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

const FIRST: Duration = Duration::from_millis(200);
const LONGEST: Duration = Duration::from_secs(30);

/// Waits that double, each shortened by chance to as little as half, so that replicas that lost one API server together
/// do not come back together.
#[derive(Debug)]
pub(super) struct Backoff {
    wait: Duration,
}

impl Default for Backoff {
    fn default() -> Self {
        Self { wait: FIRST }
    }
}

impl Backoff {
    /// How long to wait this time.
    pub(super) fn pause(&mut self) -> Duration {
        let wait = self.wait;
        self.wait = (wait * 2).min(LONGEST);
        shortened(wait)
    }

    /// Begins anew: the API server says something.
    pub(super) fn reset(&mut self) {
        *self = Self::default();
    }
}

/// A time, shortened by chance to as little as half.
pub(super) fn shortened(time: Duration) -> Duration {
    // The keys of a hasher are the randomness that the standard library has.
    let chance = RandomState::new().hash_one(time.as_nanos()) % 512;
    time / 2 + time / 1024 * u32::try_from(chance).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{Backoff, FIRST, LONGEST};

    #[test]
    fn waits_grow_up_to_a_limit_until_something_is_said() {
        let mut backoff = Backoff::default();
        let first = backoff.pause();
        assert!(first >= FIRST / 2 && first <= FIRST, "{first:?}");
        let last = (0..20).map(|_| backoff.pause()).last().unwrap();
        assert!(last >= LONGEST / 2 && last <= LONGEST, "{last:?}");
        backoff.reset();
        assert!(backoff.pause() <= FIRST);
    }
}
