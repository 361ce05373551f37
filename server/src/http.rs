//! What is asked over HTTP, and how it is answered.
//!
//! Every answer says by which policies it was given, and how long these are in force.

mod access;
mod admission;
mod body;
mod duration;
mod error;
mod gate;
mod health;
mod id;
mod judge;
mod opa;
mod run_task;

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::HeaderValue;
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::routing::{get, post};

use crate::clock;
use crate::http::error::{Error, Fault};
use crate::policies::Active;
use crate::state::App;

pub use run_task::{NotReady, RunTask};

const POLICIES: &str = "x-plumbline-policies";
const AGE: &str = "x-plumbline-age";

/// What API servers may ask, and Terraform, which comes from outside as they do.
pub fn admission_router(app: Arc<App>) -> Router {
    let routes = Router::new()
        .route("/v1/admit", post(admission::admit))
        .route(run_task::PATH, post(run_task::take))
        .route("/livez", get(health::live))
        .route("/readyz", get(health::ready));
    finished(routes, app)
}

/// What everyone else may ask.
pub fn api_router(app: Arc<App>) -> Router {
    let v1 = get(opa::v1).post(opa::v1);
    let routes = Router::new()
        .route("/v1/check", post(gate::check))
        .route(run_task::PATH, post(run_task::take))
        .route("/v1/data", v1.clone())
        .route("/v1/data/{*path}", v1)
        .route("/v0/data", post(opa::v0))
        .route("/v0/data/{*path}", post(opa::v0))
        .route("/health", get(opa::health))
        .route("/livez", get(health::live))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(health::metrics));
    finished(routes, app)
}

fn finished(routes: Router<Arc<App>>, app: Arc<App>) -> Router {
    let stamp = middleware::from_fn_with_state(Arc::clone(&app), stamp);
    routes
        .fallback(nothing_here)
        .method_not_allowed_fallback(wrong_method)
        .layer(stamp)
        .with_state(app)
}

async fn nothing_here() -> Error {
    Error::new(Fault::NotFound, "nothing is asked for at this path")
}

async fn wrong_method() -> Error {
    Error::new(Fault::Method, "this path is asked by another method")
}

/// What was not answered by policies at all is stamped with those in force.
async fn stamp(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    if response.headers().contains_key(POLICIES) {
        return response;
    }
    stamped(response, &app.policies.current())
}

/// An answer with the policies that it was given by.
fn stamped(mut response: Response, active: &Active) -> Response {
    let age = clock::wall().duration_since(active.activated);
    let age = age.unwrap_or_default().as_secs();
    let headers = response.headers_mut();
    if let Ok(digest) = HeaderValue::from_str(&active.digest) {
        headers.insert(POLICIES, digest);
    }
    headers.insert(AGE, HeaderValue::from(age));
    response
}
