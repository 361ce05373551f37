//! Lists the objects of one kind, and watches what becomes of them, for as long as it is asked to.
//!
//! What is known stays while an API server is silent, and while a new list is not whole.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::spawn_blocking;
use tokio::time::sleep;

use super::backoff::{Backoff, shortened};
use super::held::Held;
use super::kind::Wanted;
use super::object::{self, News};
use super::shared::Shared;
use super::wire::{self, Failure, Lines};

/// So many objects are asked for at a time.
const PAGE: usize = 500;
/// How long the API server goes on with a watch.
const WATCH: Duration = Duration::from_mins(5);

/// A kind that is looked at.
pub(super) struct Watcher {
    pub(super) client: kube::Client,
    pub(super) held: Arc<Held>,
    pub(super) wanted: Arc<Wanted>,
    pub(super) shared: Arc<Shared>,
}

impl Watcher {
    /// Lists, watches, and lists anew when the API server does not remember what was known.
    pub(super) async fn run(self) {
        let mut backoff = Backoff::default();
        let mut in_parts = true;
        loop {
            match self.list(in_parts).await {
                Ok(version) => {
                    in_parts = true;
                    self.follow(version, &mut backoff).await;
                }
                Err(failure) => {
                    // The rest of a list that took too long is asked for in one piece.
                    in_parts = failure != Failure::Gone;
                    self.pause(&failure, &mut backoff).await;
                }
            }
        }
    }

    /// Watches from a version on, again and again, until all has to be listed anew.
    async fn follow(&self, mut version: String, backoff: &mut Backoff) {
        loop {
            match self.watch(&mut version, backoff).await {
                Ok(()) => sleep(backoff.pause()).await,
                Err(failure) => {
                    if matches!(failure, Failure::Late(_)) {
                        backoff.reset();
                    }
                    self.pause(&failure, backoff).await;
                    if !matches!(failure, Failure::Unreachable(_) | Failure::Busy(_)) {
                        return;
                    }
                }
            }
        }
    }

    /// Waits before the API server is asked again, as long as it asks for.
    async fn pause(&self, failure: &Failure, backoff: &mut Backoff) {
        let kind = &self.held.kind.name;
        if self.held.fail(failure) {
            match failure {
                Failure::Gone | Failure::Late(_) => tracing::info!(%kind, "asked anew: {failure}"),
                _ => tracing::warn!(%kind, "not heard of: {failure}"),
            }
        }
        if *failure == Failure::NotServed {
            self.shared.look.notify_one();
        }
        sleep(backoff.pause().max(failure.wait())).await;
    }

    /// All objects of the kind, and the version from which on to watch.
    async fn list(&self, in_parts: bool) -> Result<String, Failure> {
        // Nobody closes it.
        let _turn = self.shared.lists.acquire().await;
        let mut objects = BTreeMap::new();
        let mut next: Option<String> = None;
        loop {
            let path = self.page(in_parts, next.as_deref());
            let patience = self.shared.settings.patience;
            let answer = wire::get(&self.client, &path, patience).await?;
            let (held, wanted) = (Arc::clone(&self.held), Arc::clone(&self.wanted));
            let page = spawn_blocking(move || object::page(&answer, &held, &wanted)).await;
            let Ok(page) = page else {
                return Err(Failure::Garbage("reading it panicked".to_owned()));
            };
            let page = page?;
            let kept = page.objects.into_iter();
            objects.extend(kept.filter_map(|(place, object)| Some((place, object?))));
            next = page.next.filter(|_| in_parts);
            if next.is_none() {
                let number = objects.len();
                self.held.replace(objects, self.shared.now());
                self.shared.change();
                tracing::debug!(kind = %self.held.kind.name, number, "listed");
                return Ok(page.version);
            }
        }
    }

    fn page(&self, in_parts: bool, next: Option<&str>) -> String {
        let path = &self.held.kind.path;
        match next {
            _ if !in_parts => path.clone(),
            None => format!("{path}?limit={PAGE}"),
            Some(next) => format!("{path}?limit={PAGE}&continue={}", wire::encoded(next)),
        }
    }

    /// What becomes of the objects, until the API server ends the watch. Of a kind that is silent for too long, nobody
    /// knows whether it is.
    async fn watch(&self, version: &mut String, backoff: &mut Backoff) -> Result<(), Failure> {
        let (path, seconds) = (&self.held.kind.path, WATCH.as_secs());
        let from = wire::encoded(version);
        let path = format!(
            "{path}?watch=true&allowWatchBookmarks=true&timeoutSeconds={seconds}&resourceVersion={from}"
        );
        let settings = &self.shared.settings;
        let mut lines = Lines::open(&self.client, &path, settings.patience).await?;
        // Bookmarks come every minute. An age at which rules are not decided any more is not reached by waiting.
        let silence = settings.stale_after / 2 + shortened(settings.stale_after / 3);
        while let Some(line) = lines.next(silence).await? {
            let news = object::news(&line, &self.held, &self.wanted)?;
            news.version().clone_into(version);
            self.take(news);
            backoff.reset();
        }
        Ok(())
    }

    fn take(&self, news: News) {
        let now = self.shared.now();
        let is_change = match news {
            News::Is(placed, _) => self.held.put(placed, now),
            News::Gone(place, _) => self.held.put((place, None), now),
            News::Nothing(_) => {
                self.held.hear(now);
                false
            }
        };
        if is_change {
            self.shared.change();
        }
    }
}
