//! What the server asks of others over HTTP: within a size and a time. No redirect is followed, and no proxy of the
//! environment is asked.

use std::error::Error;
use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper::body::Bytes;
use hyper::{Request, Response};
use hyper_rustls::{ConfigBuilderExt as _, HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use tokio::time::timeout_at;

/// How long it may take until somebody answers at all.
const CONNECT: Duration = Duration::from_secs(5);

/// Whose certificates are believed.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Trust<'a> {
    /// Those of the authorities that the system believes.
    System,
    /// Those of the authorities in a file, in PEM.
    File(&'a Path),
    /// Nobody's: everything is asked in the clear.
    Nobody,
}

/// Asks over HTTP.
pub(crate) struct Client {
    inner: legacy::Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Client")
    }
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// The deadline came first.
    #[error("there was no answer in time")]
    Late,
    /// The answer is larger than it may be.
    #[error("the answer is too large")]
    TooLarge,
    /// Nobody answers, or not as it is done over HTTP.
    #[error("it cannot be reached")]
    Unreachable(#[source] Box<dyn Error + Send + Sync>),
}

impl Client {
    /// A client that believes these certificates.
    pub(crate) fn new(trust: Trust<'_>) -> Result<Self, Box<dyn Error + Send + Sync>> {
        let mut connector = HttpConnector::new();
        connector.enforce_http(false);
        connector.set_connect_timeout(Some(CONNECT));
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(tls(trust)?)
            .https_or_http()
            .enable_http1()
            .wrap_connector(connector);
        let inner = legacy::Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .build(connector);
        Ok(Self { inner })
    }

    /// The answer to a request, of at most so many bytes.
    pub(crate) async fn send(
        &self,
        request: Request<Full<Bytes>>,
        most: usize,
        deadline: Instant,
    ) -> Result<Response<Bytes>, Failure> {
        let answer = async {
            let response = self.inner.request(request).await.map_err(unreachable)?;
            let (head, body) = response.into_parts();
            let body = Limited::new(body, most).collect().await.map_err(cut_off)?;
            Ok::<_, Failure>(Response::from_parts(head, body.to_bytes()))
        };
        timeout_at(deadline.into(), answer)
            .await
            .unwrap_or(Err(Failure::Late))
    }
}

fn unreachable(error: legacy::Error) -> Failure {
    Failure::Unreachable(Box::new(error))
}

fn cut_off(error: Box<dyn Error + Send + Sync>) -> Failure {
    if error.is::<LengthLimitError>() {
        Failure::TooLarge
    } else {
        Failure::Unreachable(error)
    }
}

fn tls(trust: Trust<'_>) -> Result<ClientConfig, Box<dyn Error + Send + Sync>> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config =
        ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    let config = match trust {
        Trust::System => config.with_native_roots()?,
        Trust::File(file) => config.with_root_certificates(roots(file)?),
        Trust::Nobody => config.with_root_certificates(RootCertStore::empty()),
    };
    Ok(config.with_no_client_auth())
}

fn roots(file: &Path) -> Result<RootCertStore, Box<dyn Error + Send + Sync>> {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(file)? {
        roots.add(certificate?)?;
    }
    if roots.is_empty() {
        return Err("there is no certificate in the file".into());
    }
    Ok(roots)
}
