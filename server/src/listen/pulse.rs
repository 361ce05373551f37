//! Whether a connection is alive: what arrives on it, what is asked over it, and for how long neither.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// What happens on a connection, counted by those to whom it happens.
#[derive(Debug, Default)]
pub(super) struct Activity {
    /// How many requests were begun.
    begun: AtomicUsize,
    /// How many of them run.
    running: AtomicUsize,
    /// Whether bytes have arrived since the last of them ended.
    has_arrived: AtomicBool,
    /// Whether bytes may arrive that belong to no request.
    has_frames: AtomicBool,
}

/// A request that runs until it is dropped.
pub(super) struct Running<'a>(&'a Activity);

impl Activity {
    /// A request begins, over a connection that speaks in frames or does not.
    pub(super) fn begin(&self, has_frames: bool) -> Running<'_> {
        self.has_frames.store(has_frames, Ordering::Release);
        self.running.fetch_add(1, Ordering::AcqRel);
        self.begun.fetch_add(1, Ordering::AcqRel);
        Running(self)
    }

    /// Whether there is a head that has begun and not ended.
    fn has_half_a_head(&self) -> bool {
        self.has_arrived.load(Ordering::Acquire) && !self.has_frames.load(Ordering::Acquire)
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.has_arrived.store(false, Ordering::Release);
        self.0.running.fetch_sub(1, Ordering::AcqRel);
    }
}

/// What was found when a connection was last looked at.
#[derive(Debug, Default)]
pub(super) struct Pulse {
    begun: usize,
    had_half_a_head: bool,
    quiet: Duration,
}

impl Pulse {
    /// Whether a connection is waited for further, a step after it was last looked at:
    /// not for its first request, not for the rest of a head, and not longer than it may be idle.
    pub(super) fn goes_on(&mut self, activity: &Activity, step: Duration, idle: Duration) -> bool {
        let begun = activity.begun.load(Ordering::Acquire);
        let has_half_a_head = activity.has_half_a_head();
        let had_half_a_head = std::mem::replace(&mut self.had_half_a_head, has_half_a_head);
        let is_quiet = activity.running.load(Ordering::Acquire) == 0 && begun == self.begun;
        self.begun = begun;
        if !is_quiet {
            self.quiet = Duration::ZERO;
            return true;
        }
        self.quiet += step;
        begun > 0 && !(had_half_a_head && has_half_a_head) && self.quiet < idle
    }

    /// Whether nothing was ever asked.
    pub(super) fn is_first(&self) -> bool {
        self.begun == 0
    }
}

/// A stream that counts what arrives.
pub(super) struct Counted<I> {
    pub(super) stream: I,
    pub(super) activity: Arc<Activity>,
}

impl<I: AsyncRead + Unpin> AsyncRead for Counted<I> {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let counted = self.get_mut();
        let before = buffer.filled().len();
        let read = Pin::new(&mut counted.stream).poll_read(context, buffer);
        if buffer.filled().len() > before {
            counted.activity.has_arrived.store(true, Ordering::Release);
        }
        read
    }
}

impl<I: AsyncWrite + Unpin> AsyncWrite for Counted<I> {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write(context, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(context)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write_vectored(context, parts)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STEP: Duration = Duration::from_secs(5);
    const IDLE: Duration = Duration::from_secs(15);

    /// How many looks a connection survives.
    fn looks(activity: &Activity) -> usize {
        let mut pulse = Pulse::default();
        (0..10)
            .take_while(|_| pulse.goes_on(activity, STEP, IDLE))
            .count()
    }

    #[test]
    fn the_first_request_has_one_step() {
        assert_eq!(looks(&Activity::default()), 0);
    }

    #[test]
    fn after_a_request_a_connection_may_be_idle() {
        let activity = Activity::default();
        drop(activity.begin(false));
        assert_eq!(looks(&activity), 3);
    }

    #[test]
    fn a_request_that_runs_is_waited_for() {
        let activity = Activity::default();
        let _running = activity.begin(false);
        assert_eq!(looks(&activity), 10);
    }

    #[test]
    fn half_a_head_has_no_more_time_than_the_first() {
        let activity = Activity::default();
        drop(activity.begin(false));
        activity.has_arrived.store(true, Ordering::Release);
        assert_eq!(looks(&activity), 1);
    }

    #[test]
    fn frames_are_no_half_a_head() {
        let activity = Activity::default();
        drop(activity.begin(true));
        activity.has_arrived.store(true, Ordering::Release);
        assert_eq!(looks(&activity), 3);
    }
}
