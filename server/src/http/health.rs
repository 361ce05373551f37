//! Whether the server lives, and whether requests should come here; and what it has counted.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};

use super::access;
use crate::auth::Scope;
use crate::clock;
use crate::state::App;

/// The text format of `OpenMetrics`.
const METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// `GET /livez`: that the process answers.
pub(super) async fn live() -> &'static str {
    "ok"
}

/// `GET /readyz`: whether requests should come here. `?verbose` says what is in force, and what is in the way.
pub(super) async fn ready(State(app): State<Arc<App>>, request: Request) -> Response {
    let is_ready = app.readiness.is_ready();
    let status = if is_ready {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    let query = request.uri().query().unwrap_or_default();
    let is_verbose = query
        .split('&')
        .any(|pair| pair.split('=').next() == Some("verbose"));
    let text = if is_verbose {
        verbose(&app)
    } else if is_ready {
        "ok".to_owned()
    } else {
        "not ready".to_owned()
    };
    (status, text).into_response()
}

/// A line for each thing that matters: `[+]` where it is well, `[-]` where it is not.
fn verbose(app: &App) -> String {
    let mut text = String::new();
    for (name, reason) in app.readiness.reasons() {
        line(&mut text, false, name, &reason);
    }
    let status = app.policies.status();
    let age = clock::wall().duration_since(status.activated);
    let age = age.unwrap_or_default().as_secs();
    let revision = status.revision.as_deref().unwrap_or("none");
    let says = format!(
        "{} revision {revision}, in force for {age} s",
        status.digest
    );
    line(&mut text, true, "policies", &says);
    if status.last_error.is_some() {
        // Why is in the log: it may quote a policy.
        let says = format!(
            "the last of {} was refused",
            status.reloads + status.refused
        );
        line(&mut text, false, "reload", &says);
    }
    for load in [&app.pools.admission, &app.pools.check] {
        let now = load.load();
        let says = format!(
            "{} waiting, {} running, {} stuck",
            now.waiting, now.running, now.stuck
        );
        line(&mut text, now.stuck == 0, load.name(), &says);
    }
    if let Some(inventory) = &app.inventory {
        let snapshot = inventory.snapshot();
        let says = format!("{} s old", snapshot.age.as_secs());
        line(&mut text, snapshot.fresh, "inventory", &says);
    }
    text
}

fn line(text: &mut String, is_well: bool, name: &str, says: &str) {
    let mark = if is_well { '+' } else { '-' };
    // Writing into a text does not fail.
    let _ = writeln!(text, "[{mark}]{name}: {says}");
}

/// `GET /metrics`.
pub(super) async fn metrics(State(app): State<Arc<App>>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    if let Err(error) = access::allow(&app.auth, &parts, Scope::Metrics) {
        return error.into_response();
    }
    for pool in [&app.pools.admission, &app.pools.check] {
        let load = pool.load();
        app.metrics
            .queue(pool.name(), load.waiting, load.running, load.stuck);
    }
    ([(header::CONTENT_TYPE, METRICS)], app.metrics.encode()).into_response()
}
