//! What a listener identifies itself with, and whom it lets in. Both are read again while it serves.
//!
//! Files are read again and compared, since mounted volumes are swapped in ways that no notice tells of.
//! What cannot be used never takes the place of what can.

mod clients;
mod error;
mod life;
mod managed;
mod pair;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use arc_swap::ArcSwap;
use rustls::ServerConfig;
use rustls::crypto::CryptoProvider;
use rustls::server::NoServerSessionStorage;
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::version::{TLS12, TLS13};
use sha2::{Digest as _, Sha256};
use tokio_rustls::TlsAcceptor;

pub use clients::{ClientAuth, ClientCertificate};
pub use error::TlsError;
pub use managed::Managed;
pub(crate) use managed::authority::{NAME as AUTHORITY, pem};
pub use pair::Files;

use crate::shutdown::Shutdown;
use crate::telemetry::Metrics;
use life::Life;
use pair::Pair;

/// How often files are looked at again.
pub const EVERY: Duration = Duration::from_secs(10);

/// Where the certificate of a listener comes from.
#[derive(Debug)]
pub enum Identity {
    /// Somebody else writes it.
    Files(Files),
    /// An authority of our own issues it.
    Managed(Managed),
}

/// The certificate that is served, and the authorities that vouch for clients.
#[derive(Debug)]
pub struct Certificates {
    name: &'static str,
    identity: Identity,
    clients: Option<ClientAuth>,
    clock: fn() -> u64,
    metrics: Metrics,
    served: ArcSwap<Served>,
    /// What was said last of what could not be used.
    said: Mutex<Option<String>>,
}

#[derive(Debug)]
struct Served {
    config: Arc<ServerConfig>,
    life: Life,
    digest: [u8; 32],
    bundle: Option<String>,
}

impl Certificates {
    /// Reads what is served first: what cannot be used is an error. Metrics call it by the name;
    /// the clock counts seconds from the beginning of 1970.
    pub fn load(
        name: &'static str,
        identity: Identity,
        clients: Option<ClientAuth>,
        clock: fn() -> u64,
        metrics: Metrics,
    ) -> Result<Self, TlsError> {
        let now = seconds(clock);
        let served = Offer::read(&identity, clients.as_ref(), now)?.serve(clients.as_ref(), now)?;
        metrics.certificate(name, served.life.days_left(now));
        Ok(Self {
            name,
            identity,
            clients,
            clock,
            metrics,
            served: ArcSwap::from_pointee(served),
            said: Mutex::default(),
        })
    }

    /// Reads everything again. False, if nothing has changed; what cannot be used leaves what is served as it is.
    pub fn reload(&self) -> Result<bool, TlsError> {
        let now = seconds(self.clock);
        let clients = self.clients.as_ref();
        let offer = Offer::read(&self.identity, clients, now)?;
        if offer.digest() == self.served.load().digest {
            return Ok(false);
        }
        self.served.store(Arc::new(offer.serve(clients, now)?));
        Ok(true)
    }

    /// Reads everything again every so often, until the end begins.
    pub async fn watch(self: Arc<Self>, every: Duration, shutdown: Shutdown) {
        loop {
            tokio::select! {
                () = shutdown.begun() => return,
                () = tokio::time::sleep(every) => {}
            }
            let certificates = Arc::clone(&self);
            let looked = tokio::task::spawn_blocking(move || certificates.look()).await;
            if looked.is_err() {
                self.metrics.certificate_loaded(false);
            }
        }
    }

    /// The certificates, in PEM, by which clients verify what our own authority issues.
    pub fn ca_bundle(&self) -> Option<String> {
        self.served.load().bundle.clone()
    }

    /// What takes the next handshake.
    pub(crate) fn acceptor(&self) -> TlsAcceptor {
        TlsAcceptor::from(Arc::clone(&self.served.load().config))
    }

    /// Whether a client is let in whose certificate, if it has one, was verified.
    pub(crate) fn admits(&self, certificate: Option<&ClientCertificate>) -> bool {
        self.clients
            .as_ref()
            .is_none_or(|clients| clients.admits(certificate))
    }

    /// Whether a client without a certificate may ask for health and nothing else.
    pub(crate) fn asks_for_certificates(&self) -> bool {
        self.clients.is_some()
    }

    fn look(&self) {
        let reloaded = self.reload();
        let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        match reloaded {
            Ok(changed) => {
                *said = None;
                if changed {
                    self.metrics.certificate_loaded(true);
                    tracing::info!("another certificate is served");
                }
            }
            Err(error) => {
                self.metrics.certificate_loaded(false);
                let text = error.to_string();
                if said.as_deref() != Some(text.as_str()) {
                    tracing::warn!(reason = text.as_str(), "the certificate is kept");
                    *said = Some(text);
                }
            }
        }
        let days = self.served.load().life.days_left(seconds(self.clock));
        self.metrics.certificate(self.name, days);
    }
}

/// What was read, not yet checked.
struct Offer {
    pair: Pair,
    bundle: Option<String>,
    authorities: Option<Vec<u8>>,
}

impl Offer {
    fn read(identity: &Identity, clients: Option<&ClientAuth>, now: i64) -> Result<Self, TlsError> {
        let (pair, bundle) = match identity {
            Identity::Files(files) => (files.read()?, None),
            Identity::Managed(managed) => {
                let (pair, bundle) = managed.pair(now)?;
                (pair, Some(bundle))
            }
        };
        Ok(Self {
            pair,
            bundle,
            authorities: clients.map(ClientAuth::read).transpose()?,
        })
    }

    /// Equal for what would be served alike.
    fn digest(&self) -> [u8; 32] {
        let certificates = self.pair.chain.iter().map(|certificate| &**certificate);
        let others = [
            self.pair.key.secret_der(),
            self.bundle.as_deref().unwrap_or_default().as_bytes(),
            self.authorities.as_deref().unwrap_or_default(),
        ];
        let mut hash = Sha256::new();
        for part in certificates.chain(others) {
            hash.update(part.len().to_be_bytes());
            hash.update(part);
        }
        hash.finalize().into()
    }

    fn serve(self, clients: Option<&ClientAuth>, now: i64) -> Result<Served, TlsError> {
        let digest = self.digest();
        let (certified, life) = self.pair.certified(now)?;
        let authorities = self.authorities.as_deref();
        Ok(Served {
            config: Arc::new(configuration(certified, clients.zip(authorities))?),
            life,
            digest,
            bundle: self.bundle,
        })
    }
}

/// TLS 1.2 and 1.3. Sessions are not resumed where clients are verified: whoever comes again is verified again.
fn configuration(
    certified: CertifiedKey,
    clients: Option<(&ClientAuth, &[u8])>,
) -> Result<ServerConfig, TlsError> {
    let builder = ServerConfig::builder_with_provider(provider())
        .with_protocol_versions(&[&TLS13, &TLS12])
        .map_err(TlsError::Setup)?;
    let builder = match clients {
        Some((clients, text)) => builder.with_client_cert_verifier(clients.verifier(text)?),
        None => builder.with_no_client_auth(),
    };
    let mut config = builder.with_cert_resolver(Arc::new(SingleCertAndKey::from(certified)));
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    if clients.is_some() {
        config.session_storage = Arc::new(NoServerSessionStorage {});
        config.send_tls13_tickets = 0;
    }
    Ok(config)
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

fn seconds(clock: fn() -> u64) -> i64 {
    i64::try_from(clock()).unwrap_or(i64::MAX)
}
