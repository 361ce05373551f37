//! How the API server is asked: plain requests, each within limits of time and size, and what becomes of its answers.
//!
//! Objects stay the text that was sent, which no typed client leaves them: a number keeps its digits, and what nobody
//! reads is never built.

use std::time::Duration;

use axum::body::Bytes;
use axum::http::{HeaderMap, Request, StatusCode, header};
use http_body_util::{BodyExt as _, Limited};
use kube::client::Body;
use serde::Deserialize;
use tokio::time::timeout;

/// The largest answer.
const MOST_BYTES: usize = 256 << 20;
/// The longest line of a watch: an object and what is around it.
const MOST_OF_A_LINE: usize = 16 << 20;
/// What is read of an answer that refuses.
const MOST_OF_A_REFUSAL: usize = 64 << 10;
/// What of a text of others is said.
const MOST_CHARACTERS: usize = 240;
/// The longest time that an API server may ask to be left alone for.
const LONGEST_WAIT: u64 = 120;

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum Failure {
    #[error("the API server cannot be reached: {0}")]
    Unreachable(String),
    #[error("the API server said nothing for {} seconds", .0.as_secs())]
    Late(Duration),
    /// What is asked for is older than what the API server remembers.
    #[error("the API server does not remember what was known")]
    Gone,
    #[error("the API server does not serve it")]
    NotServed,
    /// It asks to be left alone, for a time or not.
    #[error("the API server has too much to do")]
    Busy(Option<Duration>),
    #[error("the API server refuses: {0}")]
    Refused(String),
    #[error("the API server says what cannot be read: {0}")]
    Garbage(String),
}

impl Failure {
    /// How long the API server asks to be left alone.
    pub(super) fn wait(&self) -> Duration {
        match self {
            Self::Busy(Some(wait)) => *wait,
            _ => Duration::ZERO,
        }
    }

    /// What a code means.
    pub(super) fn of_code(code: u16, wait: Option<Duration>, said: &str) -> Self {
        match code {
            410 => Self::Gone,
            404 => Self::NotServed,
            429 | 503 => Self::Busy(wait),
            _ => Self::Refused(format!("{code}, {}", shown(said))),
        }
    }
}

/// What an API server says of why it refuses.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Refusal {
    #[serde(default)]
    pub(super) code: u16,
    #[serde(default)]
    pub(super) message: String,
}

/// Asks for something that is answered as a whole.
pub(super) async fn get(
    client: &kube::Client,
    path: &str,
    patience: Duration,
) -> Result<Bytes, Failure> {
    let answer = async {
        let body = send(client, path).await?;
        let body = Limited::new(body, MOST_BYTES).collect().await;
        let body = body.map_err(|error| Failure::Unreachable(said(error.as_ref())))?;
        Ok::<Bytes, Failure>(body.to_bytes())
    };
    let answer = timeout(patience, answer).await;
    answer.unwrap_or(Err(Failure::Late(patience)))
}

/// An answer that goes on, line by line.
#[derive(Debug)]
pub(super) struct Lines {
    body: Body,
    read: Vec<u8>,
    /// How much of what was read has no end of a line.
    searched: usize,
}

impl Lines {
    /// Asks for something that goes on until the API server ends it.
    pub(super) async fn open(
        client: &kube::Client,
        path: &str,
        patience: Duration,
    ) -> Result<Self, Failure> {
        let answer = timeout(patience, send(client, path)).await;
        let body = answer.unwrap_or(Err(Failure::Late(patience)))?;
        Ok(Self {
            body,
            read: Vec::new(),
            searched: 0,
        })
    }

    /// The next line; none if there are no more. What has no end of a line was broken off.
    pub(super) async fn next(&mut self, patience: Duration) -> Result<Option<Vec<u8>>, Failure> {
        loop {
            if let Some(line) = self.line() {
                return Ok(Some(line));
            }
            if self.read.len() > MOST_OF_A_LINE {
                let message = format!("a line of more than {MOST_OF_A_LINE} bytes");
                return Err(Failure::Garbage(message));
            }
            let frame = timeout(patience, self.body.frame()).await;
            let Ok(frame) = frame else {
                return Err(Failure::Late(patience));
            };
            match frame {
                None => return Ok(None),
                Some(Err(error)) => return Err(Failure::Unreachable(said(&error))),
                Some(Ok(frame)) => {
                    if let Some(data) = frame.data_ref() {
                        self.read.extend_from_slice(data);
                    }
                }
            }
        }
    }

    /// The first line of what was read.
    fn line(&mut self) -> Option<Vec<u8>> {
        let rest = self.read.get(self.searched..).unwrap_or_default();
        let Some(at) = rest.iter().position(|byte| *byte == b'\n') else {
            self.searched = self.read.len();
            return None;
        };
        let rest = self.read.split_off(self.searched + at + 1);
        self.searched = 0;
        Some(std::mem::replace(&mut self.read, rest))
    }
}

async fn send(client: &kube::Client, path: &str) -> Result<Body, Failure> {
    let request = Request::get(path)
        .header(header::ACCEPT, "application/json")
        .body(Body::empty())
        .map_err(|error| Failure::Garbage(said(&error)))?;
    let answer = client.send(request).await;
    let answer = answer.map_err(|error| Failure::Unreachable(said(&error)))?;
    let status = answer.status();
    if status == StatusCode::OK {
        return Ok(answer.into_body());
    }
    let wait = retry_after(answer.headers());
    let refusal = Limited::new(answer.into_body(), MOST_OF_A_REFUSAL);
    let refusal = refusal.collect().await.ok();
    let refusal = refusal.and_then(|body| serde_json::from_slice::<Refusal>(&body.to_bytes()).ok());
    let said = refusal.unwrap_or_default().message;
    Err(Failure::of_code(status.as_u16(), wait, &said))
}

/// The seconds that an API server asks to be left alone for.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get(header::RETRY_AFTER)?.to_str().ok()?;
    let seconds: u64 = seconds.trim().parse().ok()?;
    Some(Duration::from_secs(seconds.min(LONGEST_WAIT)))
}

/// What an error says, and what caused it.
fn said(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let more = error.to_string();
        if !text.contains(&more) {
            text.push_str(": ");
            text.push_str(&more);
        }
        cause = error.source();
    }
    shown(&text)
}

/// A text of others, as far as it is said.
pub(super) fn shown(text: &str) -> String {
    let text = text.chars().take(MOST_CHARACTERS);
    text.flat_map(char::escape_debug).collect()
}

/// A value of a query: everything but letters, digits and `-._~` becomes `%` and two digits per byte.
pub(super) fn encoded(value: &str) -> String {
    let mut encoded = String::with_capacity(value.len());
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::{Failure, encoded, shown};

    #[test]
    fn a_token_passes_through_a_query() {
        assert_eq!(encoded("eyJ2IjoibWV0YS5rOHM="), "eyJ2IjoibWV0YS5rOHM%3D");
        assert_eq!(encoded("a+b/c&d ä"), "a%2Bb%2Fc%26d%20%C3%A4");
    }

    #[test]
    fn what_others_say_is_shown_in_a_line() {
        assert_eq!(shown("a\nb\u{1b}[31m"), r"a\nb\u{1b}[31m");
        assert_eq!(shown(&"x".repeat(1000)).len(), 240);
    }

    #[test]
    fn a_code_has_a_meaning() {
        assert_eq!(Failure::of_code(410, None, ""), Failure::Gone);
        let refused = Failure::of_code(403, None, "pods is forbidden");
        let expected = "the API server refuses: 403, pods is forbidden";
        assert_eq!(refused.to_string(), expected);
    }
}
