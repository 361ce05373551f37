//! What becomes of the requests of one connection.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;
use hyper::body::Incoming;
use tower::ServiceExt;

use super::Peer;
use super::patience::within;
use crate::telemetry::Metrics;

/// What a client without a certificate may ask for, where certificates are asked for.
const HEALTH: [&str; 3] = ["/health", "/livez", "/readyz"];

/// One connection.
pub(super) struct Visit {
    /// What metrics call the listener.
    pub(super) listener: &'static str,
    pub(super) router: Router,
    pub(super) peer: Peer,
    /// Whether it is let in for health and nothing else.
    pub(super) is_limited: bool,
    /// How long a body may take.
    pub(super) patience: Duration,
    pub(super) metrics: Metrics,
    pub(super) activity: Activity,
}

/// How many requests were begun, and how many of them run.
#[derive(Debug, Default)]
pub(super) struct Activity {
    begun: AtomicUsize,
    running: AtomicUsize,
}

impl Activity {
    pub(super) fn begun(&self) -> usize {
        self.begun.load(Ordering::Acquire)
    }

    /// Whether nothing runs, and nothing was begun since so many were.
    pub(super) fn is_quiet_since(&self, begun: usize) -> bool {
        self.running.load(Ordering::Acquire) == 0 && self.begun() == begun
    }

    fn run(&self) -> Running<'_> {
        self.running.fetch_add(1, Ordering::AcqRel);
        self.begun.fetch_add(1, Ordering::AcqRel);
        Running(self)
    }
}

struct Running<'a>(&'a Activity);

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.running.fetch_sub(1, Ordering::AcqRel);
    }
}

impl Visit {
    /// The answer to a request. A panic is the end of that request and of nothing else.
    pub(super) async fn answer(
        self: Arc<Self>,
        request: axum::http::Request<Incoming>,
    ) -> Response {
        let _running = self.activity.run();
        if self.is_limited && !HEALTH.contains(&request.uri().path()) {
            return (StatusCode::UNAUTHORIZED, "a client certificate is required").into_response();
        }
        let mut request: Request = request.map(|body| within(self.patience, body));
        request.extensions_mut().insert(self.peer.clone());
        let answer = AssertUnwindSafe(self.router.clone().oneshot(request));
        match answer.catch_unwind().await {
            Ok(Ok(response)) => response,
            Err(_) => {
                self.metrics.panicked(self.listener);
                StatusCode::INTERNAL_SERVER_ERROR.into_response()
            }
        }
    }
}
