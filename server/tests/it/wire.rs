//! Both ends of a connection: certificates, a mounted volume, a server, and those who talk to it.

use std::fs;
use std::net::SocketAddr;
use std::os::unix::fs::symlink;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::Router;
use plumbline_server::listen::{self, Entrance, Limits, Security};
use plumbline_server::shutdown::Shutdown;
use plumbline_server::telemetry::Metrics;
use plumbline_server::tls::{Certificates, ClientAuth, Files, Identity, TlsError};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tempfile::TempDir;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// Longer than anything here takes.
pub(crate) const LONG: Duration = Duration::from_secs(20);
/// Short enough to wait for.
pub(crate) const SHORT: Duration = Duration::from_millis(150);

pub(crate) fn metrics() -> Metrics {
    Metrics::new()
}

pub(crate) fn clock() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.unwrap().as_secs()
}

/// Limits that no test meets unless it sets them.
pub(crate) fn limits() -> Limits {
    Limits {
        handshake: LONG,
        head: LONG,
        idle: LONG,
        body: LONG,
        grace: Duration::ZERO,
        drain: LONG,
        ..Limits::default()
    }
}

/// An authority that vouches for servers and clients.
pub(crate) struct Authority {
    pub(crate) pem: String,
    issuer: Issuer<'static, KeyPair>,
}

/// A certificate and its key, in PEM.
pub(crate) struct Pair {
    pub(crate) certificate: String,
    pub(crate) key: String,
}

impl Authority {
    pub(crate) fn new(name: &str) -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, name);
        let key = KeyPair::generate().unwrap();
        let pem = params.self_signed(&key).unwrap().pem();
        let issuer = Issuer::new(params, key);
        Self { pem, issuer }
    }

    /// For a name that it also bears as its common name, from one year to another.
    pub(crate) fn issue(&self, name: &str, from: i32, until: i32) -> Pair {
        let mut params = CertificateParams::new([name.to_owned()]).unwrap();
        params.distinguished_name.push(DnType::CommonName, name);
        params.not_before = date_time_ymd(from, 1, 1);
        params.not_after = date_time_ymd(until, 1, 1);
        let key = KeyPair::generate().unwrap();
        Pair {
            certificate: params.signed_by(&key, &self.issuer).unwrap().pem(),
            key: key.serialize_pem(),
        }
    }

    pub(crate) fn localhost(&self) -> Pair {
        self.issue("localhost", 2020, 2090)
    }
}

impl Pair {
    pub(crate) fn der(&self) -> CertificateDer<'static> {
        CertificateDer::from_pem_slice(self.certificate.as_bytes()).unwrap()
    }
}

/// A folder as a cluster mounts it: each file is a link through `..data`, which is swapped.
pub(crate) struct Volume {
    folder: TempDir,
    generation: u32,
}

impl Volume {
    pub(crate) fn new(certificate: &str, key: &str, clients: &str) -> Self {
        let mut volume = Self {
            folder: tempfile::tempdir().unwrap(),
            generation: 0,
        };
        volume.swap(certificate, key, clients);
        for file in ["tls.crt", "tls.key", "ca.crt"] {
            symlink(format!("..data/{file}"), volume.path(file)).unwrap();
        }
        volume
    }

    pub(crate) fn of(pair: &Pair) -> Self {
        Self::new(&pair.certificate, &pair.key, "")
    }

    pub(crate) fn swap(&mut self, certificate: &str, key: &str, clients: &str) {
        self.generation += 1;
        let name = format!("..{}", self.generation);
        let folder = self.path(&name);
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join("tls.crt"), certificate).unwrap();
        fs::write(folder.join("tls.key"), key).unwrap();
        fs::write(folder.join("ca.crt"), clients).unwrap();
        symlink(&name, self.path("..new")).unwrap();
        fs::rename(self.path("..new"), self.path("..data")).unwrap();
    }

    pub(crate) fn path(&self, file: &str) -> PathBuf {
        self.folder.path().join(file)
    }

    /// What is served from it; `clients` is who is let in, by the authorities of `ca.crt`.
    pub(crate) fn load(&self, clients: Option<(&[&str], bool)>) -> Result<Certificates, TlsError> {
        let identity = Identity::Files(Files {
            certificate: self.path("tls.crt"),
            key: self.path("tls.key"),
        });
        let clients = clients.map(|(names, required)| ClientAuth {
            authorities: self.path("ca.crt"),
            names: names.iter().map(|name| (*name).to_owned()).collect(),
            required,
        });
        Certificates::load("test", identity, clients, clock, metrics())
    }
}

/// A listener that serves a router.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    pub(crate) shutdown: Shutdown,
    pub(crate) task: JoinHandle<()>,
}

pub(crate) async fn serve(security: Security, router: Router, limits: Limits) -> Server {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let shutdown = Shutdown::default();
    let entrance = Entrance {
        name: "test",
        listener,
    };
    let serving = listen::serve(
        entrance,
        security,
        router,
        limits,
        shutdown.clone(),
        metrics(),
    );
    Server {
        address,
        shutdown,
        task: tokio::spawn(serving),
    }
}

impl Server {
    pub(crate) async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// A handshake, as a client that trusts an authority and may have a certificate of its own.
    pub(crate) async fn shake(
        &self,
        trusted: &str,
        own: Option<&Pair>,
    ) -> std::io::Result<TlsStream<TcpStream>> {
        let mut roots = RootCertStore::empty();
        for certificate in CertificateDer::pem_slice_iter(trusted.as_bytes()) {
            roots.add(certificate.unwrap()).unwrap();
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots);
        let mut config = match own {
            None => builder.with_no_client_auth(),
            Some(pair) => {
                let key = PrivateKeyDer::from_pem_slice(pair.key.as_bytes()).unwrap();
                builder
                    .with_client_auth_cert(vec![pair.der()], key)
                    .unwrap()
            }
        };
        // As API servers do. What is spoken is what the first bytes are.
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        let name = ServerName::try_from("localhost").unwrap();
        let stream = self.connect().await;
        TlsConnector::from(Arc::new(config))
            .connect(name, stream)
            .await
    }
}

/// What the other side says until it closes; nothing, if it closes without a word.
pub(crate) async fn listen_to(stream: &mut (impl AsyncRead + Unpin)) -> String {
    let mut said = Vec::new();
    // A connection that is reset has said what it had to say.
    drop(timeout(LONG, stream.read_to_end(&mut said)).await.unwrap());
    String::from_utf8_lossy(&said).into_owned()
}

/// Writes as much as the other side takes.
pub(crate) async fn say(stream: &mut (impl AsyncWrite + Unpin), text: &str) {
    drop(stream.write_all(text.as_bytes()).await);
    drop(stream.flush().await);
}

/// The answer to a request, after which the connection ends; empty, if there is none.
pub(crate) async fn get(stream: &mut (impl AsyncRead + AsyncWrite + Unpin), path: &str) -> String {
    let request = format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
    say(stream, &request).await;
    listen_to(stream).await
}

/// The answer to a request, after which the connection stays; its body has to be `ok`.
pub(crate) async fn get_and_stay(stream: &mut (impl AsyncRead + AsyncWrite + Unpin)) {
    say(stream, "GET / HTTP/1.1\r\nhost: localhost\r\n\r\n").await;
    let mut answer = String::new();
    while !answer.ends_with("\r\n\r\nok") {
        let mut byte = [0];
        timeout(LONG, stream.read_exact(&mut byte))
            .await
            .unwrap()
            .unwrap();
        answer.push(char::from(byte[0]));
    }
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}
