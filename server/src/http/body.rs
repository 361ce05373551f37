//! What is sent: of what type, how much, and until when.

use std::error::Error as _;
use std::time::Instant;

use axum::body::{Body, Bytes, to_bytes};
use axum::http::{HeaderMap, header};
use http_body_util::LengthLimitError;
use tokio::time::timeout_at;

use super::error::{Error, Fault};

/// The type of what is sent, without its parameters, in lower case.
pub(super) fn media_type(headers: &HeaderMap) -> Option<String> {
    let written = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    let kind = written.split(';').next().unwrap_or(written);
    Some(kind.trim().to_ascii_lowercase())
}

/// All of what is sent, if it is not too much and arrives in time.
pub(super) async fn read(
    headers: &HeaderMap,
    body: Body,
    most: usize,
    deadline: Instant,
) -> Result<Bytes, Error> {
    if announced(headers).is_some_and(|announced| announced > most) {
        return Err(too_large(most));
    }
    match timeout_at(deadline.into(), to_bytes(body, most)).await {
        Ok(Ok(bytes)) => Ok(bytes),
        Ok(Err(error)) => {
            let source = error.source();
            let is_too_large = source.is_some_and(<dyn std::error::Error>::is::<LengthLimitError>);
            Err(if is_too_large {
                too_large(most)
            } else {
                Error::new(Fault::Unreadable, "the body did not arrive as a whole")
            })
        }
        Err(_) => Err(Error::new(Fault::Slow, "the body did not arrive in time")),
    }
}

fn announced(headers: &HeaderMap) -> Option<usize> {
    let written = headers.get(header::CONTENT_LENGTH)?.to_str().ok()?;
    // A length that no number holds is too much all the same.
    Some(written.parse().unwrap_or(usize::MAX))
}

fn too_large(most: usize) -> Error {
    let message = format!("the body is larger than {most} bytes");
    Error::new(Fault::TooLarge, message)
}
