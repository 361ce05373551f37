//! What becomes of the requests of one connection.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::http::{StatusCode, Version};
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;
use hyper::body::Incoming;
use tower::ServiceExt;

use super::Peer;
use super::patience::within;
use super::pulse::Activity;
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
    pub(super) activity: Arc<Activity>,
}

impl Visit {
    /// The answer to a request. A panic is the end of that request and of nothing else.
    pub(super) async fn answer(
        self: Arc<Self>,
        request: axum::http::Request<Incoming>,
    ) -> Response {
        let _running = self.activity.begin(request.version() == Version::HTTP_2);
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
