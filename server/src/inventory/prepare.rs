//! Prepares what is known in the background, when something has changed, and not too often.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::spawn_blocking;
use tokio::time::sleep;

use super::shared::Shared;

/// Changes that come one after the other are prepared together.
const TOGETHER: Duration = Duration::from_millis(50);
/// Preparing takes no more than this part of the time.
const SHARE: u32 = 5;
/// How often metrics are set while nothing changes.
const REPORT: Duration = Duration::from_secs(5);

/// Prepares for as long as it is asked to run.
pub(super) async fn run(shared: Arc<Shared>) {
    let mut changed = shared.changed.subscribe();
    let mut next = Duration::ZERO;
    loop {
        tokio::select! {
            told = changed.changed() => {
                if told.is_err() {
                    return;
                }
            }
            () = sleep(REPORT) => {
                shared.report();
                continue;
            }
        }
        let wait = next.saturating_sub(shared.now());
        sleep(wait.max(TOGETHER)).await;
        changed.mark_unchanged();
        let begun = shared.now();
        let preparing = Arc::clone(&shared);
        match spawn_blocking(move || preparing.prepare()).await {
            Ok(true) => {
                let is_more = changed.has_changed().unwrap_or_default();
                shared.is_prepared(is_more.then_some(begun));
            }
            Ok(false) => {}
            Err(_) => {
                // What was prepared before is not what runs, and nobody knows how much of it is wrong.
                shared.prepared.store(None);
                tracing::error!("what runs in the cluster could not be prepared for rules");
            }
        }
        let cost = shared.now().saturating_sub(begun);
        next = begun + shared.settings.pace.max(cost * SHARE);
        shared.report();
    }
}
