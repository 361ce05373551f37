//! What is said when there is no answer: one shape for all, that of OPA's REST API.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

/// Why there is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// What was sent cannot be read.
    Unreadable,
    /// Nobody knows who asks.
    Unknown,
    /// Who asks may not.
    Forbidden,
    /// There is nothing at this path.
    NotFound,
    /// Nothing is defined at this path.
    Undefined,
    /// The path is asked by another method.
    Method,
    /// What was sent did not arrive in time.
    Slow,
    /// What was sent is too much.
    TooLarge,
    /// What was sent is of another type.
    MediaType,
    /// Too much is being done already.
    Busy,
    /// It failed, and not because of what was sent.
    Broken,
    /// It took too long.
    Late,
}

impl Fault {
    fn status(self) -> (StatusCode, &'static str) {
        match self {
            Self::Unreadable => (StatusCode::BAD_REQUEST, "invalid_parameter"),
            Self::Unknown => (StatusCode::UNAUTHORIZED, "unauthorized"),
            Self::Forbidden => (StatusCode::FORBIDDEN, "forbidden"),
            Self::NotFound => (StatusCode::NOT_FOUND, "resource_not_found"),
            Self::Undefined => (StatusCode::NOT_FOUND, "undefined_document"),
            Self::Method => (StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed"),
            Self::Slow => (StatusCode::REQUEST_TIMEOUT, "request_timeout"),
            Self::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "too_large"),
            Self::MediaType => (StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type"),
            Self::Busy => (StatusCode::TOO_MANY_REQUESTS, "too_busy"),
            Self::Broken => (StatusCode::INTERNAL_SERVER_ERROR, "internal_error"),
            Self::Late => (StatusCode::GATEWAY_TIMEOUT, "timeout"),
        }
    }
}

/// That there is no answer.
#[derive(Debug)]
pub(super) struct Error {
    fault: Fault,
    message: String,
    causes: Vec<Cause>,
}

#[derive(Debug, Serialize)]
struct Cause {
    message: String,
}

#[derive(Serialize)]
struct Shape<'a> {
    code: &'static str,
    message: &'a str,
    errors: &'a [Cause],
}

impl Error {
    pub(super) fn new(fault: Fault, message: impl Into<String>) -> Self {
        Self {
            fault,
            message: message.into(),
            causes: Vec::new(),
        }
    }

    /// The error with what is behind it.
    pub(super) fn because(mut self, cause: impl Into<String>) -> Self {
        self.causes.push(Cause {
            message: cause.into(),
        });
        self
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let (status, code) = self.fault.status();
        let shape = Shape {
            code,
            message: &self.message,
            errors: &self.causes,
        };
        let text = serde_json::to_string(&shape).unwrap_or_default();
        let mut response = (status, json(text)).into_response();
        let header = match self.fault {
            Fault::Busy => Some((header::RETRY_AFTER, "1")),
            Fault::Unknown => Some((header::WWW_AUTHENTICATE, "Bearer")),
            _ => None,
        };
        if let Some((name, value)) = header {
            let value = HeaderValue::from_static(value);
            response.headers_mut().insert(name, value);
        }
        response
    }
}

/// A text of JSON as an answer.
pub(super) fn json(text: String) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], text).into_response()
}
