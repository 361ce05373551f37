//! A body of a request that has to arrive within a time.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::BoxError;
use axum::body::{Body, Bytes, HttpBody};
use hyper::body::{Frame, Incoming, SizeHint};
use tokio::time::Sleep;

/// A body that took too long.
#[derive(Debug, thiserror::Error)]
#[error("the body did not arrive in time")]
struct Late;

struct Timed {
    body: Incoming,
    deadline: Pin<Box<Sleep>>,
}

/// The body, which fails once the time is over; what drips in does not make it longer.
pub(super) fn within(time: Duration, body: Incoming) -> Body {
    if body.is_end_stream() {
        return Body::empty();
    }
    Body::new(Timed {
        body,
        deadline: Box::pin(tokio::time::sleep(time)),
    })
}

impl HttpBody for Timed {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let timed = self.get_mut();
        if let Poll::Ready(frame) = Pin::new(&mut timed.body).poll_frame(context) {
            return Poll::Ready(frame.map(|frame| frame.map_err(BoxError::from)));
        }
        timed
            .deadline
            .as_mut()
            .poll(context)
            .map(|()| Some(Err(BoxError::from(Late))))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
