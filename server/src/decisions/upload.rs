//! Decisions sent to a service as OPA sends its own: `POST <url>/logs` with a gzipped array of events.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use http_body_util::Full;
use hyper::body::Bytes;
use hyper::header::{AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, HeaderValue};
use hyper::{Method, Request, Uri};

use super::CannotStart;
use super::gzip::gzip;
use super::queue::Batch;
use super::sink::{Entry, Failure};
use crate::client::{Client, Trust};
use crate::clock;

/// How long one attempt may take.
const ATTEMPT: Duration = Duration::from_secs(10);
/// How much is read of an answer, which nobody looks at.
const MAX_ANSWER: usize = 1024 * 1024;

/// How much is sent at once, and how long the first event of it waits for others.
pub(super) const BATCH: Batch = Batch {
    count: 10_000,
    bytes: 1024 * 1024,
    linger: Duration::from_secs(1),
};

/// A service that takes events.
pub(super) struct Upload {
    client: Client,
    uri: Uri,
    /// The file of a bearer token. It is read for each batch, so it may be replaced.
    token: Option<PathBuf>,
}

impl Upload {
    /// A service at an address, whose certificate is signed by the authorities of a file, or by one that the system
    /// believes.
    pub(super) fn new(
        url: &str,
        token: Option<&Path>,
        authority: Option<&Path>,
    ) -> Result<Self, CannotStart> {
        let uri = address(url).ok_or_else(|| CannotStart::Url(url.to_owned()))?;
        if token.is_some() && !is_private(&uri) {
            return Err(CannotStart::Plain(url.to_owned()));
        }
        let trust = match authority {
            Some(file) => Trust::File(file),
            None if uri.scheme_str() == Some("https") => Trust::System,
            None => Trust::Nobody,
        };
        let client = Client::new(trust).map_err(CannotStart::Certificates)?;
        Ok(Self {
            client,
            uri,
            token: token.map(Path::to_owned),
        })
    }

    pub(super) async fn send(&self, batch: &[Entry]) -> Result<(), Failure> {
        let request = self.request(batch).await?;
        let deadline = clock::instant() + ATTEMPT;
        let answer = self.client.send(request, MAX_ANSWER, deadline).await;
        let answer = answer.map_err(|error| Failure::Unreachable(Box::new(error)))?;
        let status = answer.status();
        if !status.is_success() {
            return Err(Failure::Answer(status.as_u16()));
        }
        Ok(())
    }

    async fn request(&self, batch: &[Entry]) -> Result<Request<Full<Bytes>>, Failure> {
        let events = array(batch);
        let file = self.token.clone();
        let (body, token) = tokio::task::spawn_blocking(move || (gzip(&events), token(file)))
            .await
            .map_err(io::Error::other)?;
        let mut request = Request::builder()
            .method(Method::POST)
            .uri(self.uri.clone())
            .header(CONTENT_TYPE, "application/json")
            .header(CONTENT_ENCODING, "gzip");
        if let Some(token) = token.map_err(Failure::Token)? {
            request = request.header(AUTHORIZATION, token);
        }
        request
            .body(Full::new(Bytes::from(body)))
            .map_err(|error| Failure::Unreachable(Box::new(error)))
    }
}

fn array(batch: &[Entry]) -> Vec<u8> {
    let mut events = Vec::new();
    for entry in batch {
        events.push(if events.is_empty() { b'[' } else { b',' });
        events.extend_from_slice(entry.record.event.as_bytes());
    }
    events.push(b']');
    events
}

fn token(file: Option<PathBuf>) -> io::Result<Option<HeaderValue>> {
    let Some(file) = file else {
        return Ok(None);
    };
    let token = std::fs::read_to_string(file)?;
    let mut value = HeaderValue::from_str(&format!("Bearer {}", token.trim()))
        .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
    value.set_sensitive(true);
    Ok(Some(value))
}

fn address(url: &str) -> Option<Uri> {
    let uri: Uri = format!("{}/logs", url.trim_end_matches('/')).parse().ok()?;
    let is_http = matches!(uri.scheme_str(), Some("http" | "https"));
    (is_http && uri.host().is_some()).then_some(uri)
}

/// Whether nobody on the way can read what is sent.
fn is_private(uri: &Uri) -> bool {
    uri.scheme_str() == Some("https")
        || matches!(uri.host(), Some("localhost" | "127.0.0.1" | "[::1]"))
}

#[cfg(test)]
mod tests {
    use super::{address, is_private};

    #[test]
    fn a_service_has_its_logs_below_its_address() {
        let uri = address("https://logs.example.com/opa/").unwrap();
        assert_eq!(uri.to_string(), "https://logs.example.com/opa/logs");
        assert!(is_private(&uri));
        assert!(is_private(&address("http://127.0.0.1:8181").unwrap()));
        assert!(!is_private(&address("http://logs.example.com").unwrap()));
    }

    #[test]
    fn what_is_no_address_of_a_service_is_refused() {
        for url in ["", "logs.example.com", "ftp://logs.example.com", "https://"] {
            assert!(address(url).is_none(), "{url}");
        }
    }
}
