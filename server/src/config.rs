//! What a server is started with: plain data, which the command makes of flags and a file of settings.
//!
//! No secret stands here. Of each it names the file, which is read anew when it is exchanged.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use crate::auth::Caller;
use crate::telemetry::Level;
use crate::tls::ClientAuth;
use crate::{listen, policies};

/// Everything that is settled before a server begins.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where API servers ask; none if nobody is admitted here.
    pub admission: Option<Listener>,
    /// Where everyone else asks.
    pub api: Listener,
    /// How much may come in.
    pub limits: Limits,
    /// The threads that judge requests of API servers.
    pub admission_pool: PoolConfig,
    /// The threads that judge everything else.
    pub check_pool: PoolConfig,
    /// When policies are read again.
    pub policies: PolicyConfig,
    /// Where decisions are written.
    pub decisions: DecisionConfig,
    /// The database; none if nothing is kept.
    pub store: Option<StoreConfig>,
    /// What runs in the cluster; none if rules see the request only.
    pub inventory: Option<InventoryConfig>,
    /// The webhook configurations that name this server; none if nobody looks after them.
    pub webhooks: Option<WebhooksConfig>,
    /// Who may ask at the API; everyone who reaches it if nobody is named.
    pub callers: Vec<Caller>,
    /// What a run task of Terraform needs; none if there is none.
    pub run_task: Option<RunTaskConfig>,
    /// What is logged.
    pub log: Level,
}

/// An address, and how it is secured.
#[derive(Debug, Clone)]
pub struct Listener {
    /// The address.
    pub address: SocketAddr,
    /// The certificate, and who must show one; none for plain HTTP.
    pub tls: Option<TlsConfig>,
}

/// How TLS is spoken.
#[derive(Debug, Clone)]
pub struct TlsConfig {
    /// Where the certificate comes from.
    pub certificate: CertificateConfig,
    /// Which clients must show a certificate; none if nobody has to.
    pub clients: Option<ClientAuth>,
}

/// Where a certificate comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CertificateConfig {
    /// Of files in PEM, which are read again when they change.
    Files {
        /// The certificate and those that lead to its authority.
        certificate: PathBuf,
        /// Its private key.
        key: PathBuf,
    },
    /// Of an authority of the server's own.
    SelfSigned {
        /// The names and addresses that it is for.
        names: Vec<String>,
        /// Where it is kept, for several servers to share; none for in memory.
        folder: Option<PathBuf>,
    },
}

/// How much may come in.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// What each listener bears.
    pub listener: listen::Limits,
    /// The largest body, in bytes.
    pub body_bytes: usize,
}

/// Threads, and what may wait for them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PoolConfig {
    /// Threads; none for one per processor.
    pub threads: Option<usize>,
    /// Requests that wait.
    pub queue: usize,
}

/// When policies are read again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PolicyConfig {
    /// The time between two attempts.
    pub reload_every: Duration,
    /// How long an attempt may take.
    pub patience: Duration,
}

/// Where decisions are written, and what of them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DecisionConfig {
    /// Whether a decision that could not be written counts.
    pub mode: DecisionMode,
    /// Where they are written. Each is on its own: a slow one keeps no other waiting.
    pub sinks: Vec<SinkConfig>,
    /// JSON pointers, with `*`, to what is left out of the input, beside what always is.
    pub mask: Vec<String>,
}

/// Whether a decision that could not be written counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DecisionMode {
    /// It does, and its loss is counted.
    #[default]
    BestEffort,
    /// It does not: the request is refused.
    Required,
}

/// A place that decisions are written to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SinkConfig {
    /// Standard output, a line each.
    Stdout,
    /// A file, a line each.
    File {
        /// The file.
        path: PathBuf,
        /// The size from which on another one is begun, in bytes.
        bytes: u64,
        /// How many of those that are full are kept.
        keep: usize,
    },
    /// A service that takes what OPA sends.
    Http {
        /// Its address, to which `/logs` is added.
        url: String,
        /// The file of the bearer token.
        token: Option<PathBuf>,
        /// The authority that signed its certificate, in PEM.
        authority: Option<PathBuf>,
    },
    /// The database.
    Store,
}

/// A database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreConfig {
    /// Which one.
    pub place: StorePlace,
    /// How many days decisions are kept; none for ever.
    pub days: Option<u32>,
}

/// Which database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StorePlace {
    /// A file of SQLite.
    Sqlite(PathBuf),
    /// A server of PostgreSQL, by the file that its URL stands in: the URL has a password.
    Postgres(PathBuf),
}

/// How the cluster is watched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InventoryConfig {
    /// How the cluster is reached.
    pub access: ClusterAccess,
    /// From which age on what is known of the cluster decides nothing.
    pub stale_after: Duration,
}

/// How a cluster is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClusterAccess {
    /// By the service account of the pod.
    InCluster,
    /// By a file of `kubectl`.
    Kubeconfig {
        /// The file.
        file: PathBuf,
        /// The context; none for the current one.
        context: Option<String>,
    },
}

/// The webhook configurations that name this server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhooksConfig {
    /// How the cluster is reached.
    pub access: ClusterAccess,
    /// Their names.
    pub validating: Vec<String>,
}

/// What a run task of Terraform needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunTaskConfig {
    /// The file of the key that requests are signed by.
    pub hmac_key: PathBuf,
    /// The hosts that plans are fetched from and answers sent to, each with its port unless that is the usual one.
    pub hosts: Vec<String>,
    /// The authority that signed their certificates, in PEM; none for those that the system believes.
    pub authority: Option<PathBuf>,
    /// Whether they may be asked without TLS, as a test does on its own machine. No setting says so.
    pub plain: bool,
    /// The largest plan, in bytes.
    pub plan_bytes: usize,
    /// How long fetching a plan may take, and then judging it.
    pub patience: Duration,
}

/// That a configuration opens more than anyone can have meant.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TooOpen {
    /// An API server would be answered without TLS.
    #[error("admission at {0} without TLS")]
    PlainAdmission(SocketAddr),
    /// The API would be open to the network.
    #[error("the API at {0}, which is not this machine only, without authentication")]
    OpenApi(SocketAddr),
    /// Tokens would cross the network in the clear.
    #[error("the API at {0}, which is not this machine only, takes tokens without TLS")]
    PlainApi(SocketAddr),
}

impl Config {
    /// The configuration of a server that is given nothing but its listeners.
    pub fn new(admission: Option<Listener>, api: Listener) -> Self {
        Self {
            admission,
            api,
            limits: Limits::default(),
            admission_pool: PoolConfig {
                threads: None,
                queue: 512,
            },
            check_pool: PoolConfig {
                threads: Some(1),
                queue: 64,
            },
            policies: PolicyConfig {
                reload_every: Duration::from_secs(30),
                patience: policies::PATIENCE,
            },
            decisions: DecisionConfig::default(),
            store: None,
            inventory: None,
            webhooks: None,
            callers: Vec::new(),
            run_task: None,
            log: Level::default(),
        }
    }

    /// What would be open that must not be.
    pub fn check(&self) -> Result<(), TooOpen> {
        if let Some(admission) = &self.admission
            && admission.tls.is_none()
            && !admission.is_local()
        {
            return Err(TooOpen::PlainAdmission(admission.address));
        }
        if self.api.is_local() {
            return Ok(());
        }
        if self.callers.is_empty() {
            return Err(TooOpen::OpenApi(self.api.address));
        }
        if self.api.tls.is_none() {
            return Err(TooOpen::PlainApi(self.api.address));
        }
        Ok(())
    }
}

impl RunTaskConfig {
    /// Run tasks of HCP Terraform, signed by the key in a file.
    pub fn new(hmac_key: PathBuf) -> Self {
        Self {
            hmac_key,
            hosts: vec!["app.terraform.io".to_owned()],
            authority: None,
            plain: false,
            plan_bytes: 64 * 1024 * 1024,
            patience: Duration::from_mins(1),
        }
    }
}

impl Listener {
    /// Plain HTTP on a port of this machine.
    pub const fn local(port: u16) -> Self {
        Self {
            address: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port),
            tls: None,
        }
    }

    /// Whether only this machine can reach it.
    pub fn is_local(&self) -> bool {
        self.address.ip().to_canonical().is_loopback()
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            listener: listen::Limits::default(),
            body_bytes: 8 * 1024 * 1024,
        }
    }
}

impl DecisionMode {
    /// Every mode with its word.
    pub const ALL: [(&'static str, Self); 2] = [
        ("best-effort", Self::BestEffort),
        ("required", Self::Required),
    ];
}
