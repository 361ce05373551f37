//! What Terraform is asked for, and told.

use std::time::{Duration, Instant};

use axum::body::Bytes;
use axum::http::{HeaderValue, Method, StatusCode, Uri, header};
use http_body_util::Full;
use hyper::{Request, Response};
use tokio::time::sleep;

use super::payload::Task;
use super::{Reason, RunTask};
use crate::client::Failure;
use crate::clock;

/// How long is waited between attempts to tell a result.
pub(super) const PAUSES: &[Duration] = &[
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(5),
    Duration::from_secs(15),
    Duration::from_secs(30),
];
/// How long is waited between attempts to fetch a plan.
const PAUSES_OF_PLAN: &[Duration] = &[Duration::from_millis(250), Duration::from_secs(1)];
/// How long one attempt to tell a result may take.
const ATTEMPT: Duration = Duration::from_secs(15);
/// How much is read of the answer to a result.
const MOST_ANSWER: usize = 1 << 20;
/// How often an answer may lead to another address.
const MOST_REDIRECTS: usize = 3;
/// The type of what is told.
const JSON_API: &str = "application/vnd.api+json";
const AGENT: &str = concat!("plumbline/", env!("CARGO_PKG_VERSION"));

/// Why Terraform was not told.
#[derive(Debug, thiserror::Error)]
pub(super) enum Untold {
    /// It does not take what it is told.
    #[error("it answered {0}")]
    Answer(u16),
    /// It does not answer.
    #[error(transparent)]
    Failure(Failure),
    /// It cannot be asked.
    #[error("no request can be made of it")]
    Request(#[from] axum::http::Error),
}

/// How an answer is waited for.
#[derive(Clone, Copy)]
struct Bounds<'a> {
    most: usize,
    /// When everything has to be done; none if only each attempt is bounded.
    deadline: Option<Instant>,
    pauses: &'a [Duration],
}

impl RunTask {
    /// The plan at an address, or at one that it leads to.
    pub(super) async fn fetch(&self, plan: &Uri, token: &HeaderValue) -> Result<Bytes, Reason> {
        let bounds = Bounds {
            most: self.plan_bytes,
            deadline: Some(clock::instant() + self.patience),
            pauses: PAUSES_OF_PLAN,
        };
        let (mut uri, mut token) = (plan.clone(), Some(token));
        for _ in 0..=MOST_REDIRECTS {
            let mut request = Request::get(uri.clone()).header(header::USER_AGENT, AGENT);
            if let Some(token) = token {
                request = request.header(header::AUTHORIZATION, token);
            }
            let answer = self.answer(request.body(Full::default()), bounds).await;
            let response = answer.map_err(|untold| self.reason(&untold))?;
            let status = response.status();
            if status == StatusCode::OK {
                return Ok(response.into_body());
            }
            let location = response.headers().get(header::LOCATION);
            let location = location.and_then(|location| location.to_str().ok());
            let Some(location) = location.filter(|_| status.is_redirection()) else {
                return Err(Reason::Answer(status.as_u16()));
            };
            let led = self.hosts.led_to(&uri, location);
            let (next, is_same) = led.map_err(Reason::Elsewhere)?;
            token = token.filter(|_| is_same);
            uri = next;
        }
        Err(Reason::Redirects)
    }

    /// Tells what has become of a task, if need be again and again.
    pub(super) async fn tell(
        &self,
        task: &Task,
        result: String,
        pauses: &[Duration],
    ) -> Result<(), Untold> {
        let request = Request::builder()
            .method(Method::PATCH)
            .uri(task.callback.clone())
            .header(header::USER_AGENT, AGENT)
            .header(header::AUTHORIZATION, &task.token)
            .header(header::CONTENT_TYPE, JSON_API)
            .body(Full::from(result));
        let bounds = Bounds {
            most: MOST_ANSWER,
            deadline: None,
            pauses,
        };
        let status = self.answer(request, bounds).await?.status();
        if status.is_success() {
            Ok(())
        } else {
            Err(Untold::Answer(status.as_u16()))
        }
    }

    /// The answer to a request, which is made again where another attempt may go better.
    async fn answer(
        &self,
        request: Result<Request<Full<Bytes>>, axum::http::Error>,
        bounds: Bounds<'_>,
    ) -> Result<Response<Bytes>, Untold> {
        let request = request?;
        let mut pauses = bounds.pauses.iter();
        loop {
            let deadline = bounds
                .deadline
                .unwrap_or_else(|| clock::instant() + ATTEMPT);
            let answer = self
                .client
                .send(request.clone(), bounds.most, deadline)
                .await;
            let may_pass = match &answer {
                Ok(response) => is_passing(response.status()),
                Err(Failure::Unreachable(_)) => true,
                Err(Failure::Late) => bounds.deadline.is_none(),
                Err(Failure::TooLarge) => false,
            };
            match pauses.next() {
                Some(pause) if may_pass => sleep(*pause).await,
                _ => return answer.map_err(Untold::Failure),
            }
        }
    }

    fn reason(&self, untold: &Untold) -> Reason {
        match untold {
            Untold::Answer(code) => Reason::Answer(*code),
            Untold::Failure(Failure::Late) => Reason::Late,
            Untold::Failure(Failure::TooLarge) => Reason::TooLarge(self.plan_bytes),
            Untold::Failure(Failure::Unreachable(_)) | Untold::Request(_) => Reason::Unreachable,
        }
    }
}

/// Whether somebody who answers so may answer otherwise soon.
fn is_passing(status: StatusCode) -> bool {
    status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS
}
