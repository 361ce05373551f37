//! A real API server with its store, for one test: the programs that `make kube` installs, on ports of their own.

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use kube::config::{AuthInfo, Cluster as KubeCluster, Context, Kubeconfig, NamedAuthInfo};
use kube::config::{KubeConfigOptions, NamedCluster, NamedContext};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, SanType,
};
use tempfile::TempDir;

/// An API server that runs until this is dropped.
pub(crate) struct Cluster {
    etcd: Child,
    api: Child,
    folder: TempDir,
    pub(crate) client: kube::Client,
}

impl Drop for Cluster {
    fn drop(&mut self) {
        for child in [&mut self.api, &mut self.etcd] {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// The names of a certificate and what it is for.
struct Wanted<'a> {
    common_name: &'a str,
    organisation: Option<&'a str>,
    addresses: &'a [&'a str],
    usage: ExtendedKeyUsagePurpose,
}

/// An authority of the test.
pub(crate) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pub(crate) pem: String,
}

impl Authority {
    pub(crate) fn new() -> Self {
        let key = KeyPair::generate().expect("a key");
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        params.distinguished_name.push(DnType::CommonName, "test");
        let certificate = params.self_signed(&key).expect("an authority");
        Self {
            pem: certificate.pem(),
            issuer: Issuer::new(params, key),
        }
    }

    /// A certificate and its key, as PEM.
    fn issue(&self, wanted: &Wanted<'_>) -> (String, String) {
        let key = KeyPair::generate().expect("a key");
        let mut params = CertificateParams::default();
        let name = &mut params.distinguished_name;
        name.push(DnType::CommonName, wanted.common_name);
        if let Some(organisation) = wanted.organisation {
            name.push(DnType::OrganizationName, organisation);
        }
        params.extended_key_usages = vec![wanted.usage.clone()];
        let addresses = wanted.addresses.iter();
        let addresses = addresses.map(|address| address.parse().expect("an address"));
        params.subject_alt_names = addresses.map(SanType::IpAddress).collect();
        let certificate = params.signed_by(&key, &self.issuer).expect("a certificate");
        (certificate.pem(), key.serialize_pem())
    }

    /// The certificate and the key of a server on this machine.
    pub(crate) fn server(&self) -> (String, String) {
        self.issue(&Wanted {
            common_name: "server",
            organisation: None,
            addresses: &["127.0.0.1"],
            usage: ExtendedKeyUsagePurpose::ServerAuth,
        })
    }

    /// The certificate and the key of a client.
    pub(crate) fn client(&self, name: &str, organisation: Option<&str>) -> (String, String) {
        self.issue(&Wanted {
            common_name: name,
            organisation,
            addresses: &[],
            usage: ExtendedKeyUsagePurpose::ClientAuth,
        })
    }
}

/// A port that nobody listens on.
pub(crate) fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("its address").port()
}

fn write(folder: &Path, name: &str, text: &str) -> String {
    let path = folder.join(name);
    fs::write(&path, text).expect("the folder is there");
    path.display().to_string()
}

fn run(program: &str, arguments: &[String], log: &Path) -> Child {
    let log = fs::File::create(log).expect("the folder is there");
    let out = log.try_clone().expect("a file");
    Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(out)
        .stderr(log)
        .spawn()
        .unwrap_or_else(|error| panic!("{program}: {error}"))
}

impl Cluster {
    /// None where the programs are not at hand, which is said.
    pub(crate) async fn start() -> Option<Self> {
        Self::start_with(&[]).await
    }

    /// The same, with further options of the API server.
    pub(crate) async fn start_with(options: &[String]) -> Option<Self> {
        let Ok(program) = std::env::var("PLUMBLINE_KUBE_APISERVER") else {
            println!("left out: a real API server (PLUMBLINE_KUBE_APISERVER names none)");
            return None;
        };
        if Command::new("etcd").arg("--version").output().is_err() {
            println!("left out: a real API server (no etcd is installed)");
            return None;
        }
        let folder = tempfile::tempdir().expect("a folder");
        let at = folder.path();
        let authority = Authority::new();
        let (certificate, key) = authority.server();
        let (admin, admin_key) = authority.client("admin", Some("system:masters"));
        let accounts = KeyPair::generate().expect("a key");
        let ca = write(at, "ca.crt", &authority.pem);
        let certificate = write(at, "server.crt", &certificate);
        let key = write(at, "server.key", &key);
        let verifying = write(at, "accounts.pub", &accounts.public_key_pem());
        let signing = write(at, "accounts.key", &accounts.serialize_pem());
        let (peers, clients, secure) = (free_port(), free_port(), free_port());
        let store = format!("http://127.0.0.1:{clients}");
        let etcd = run(
            "etcd",
            &[
                format!("--data-dir={}", at.join("etcd").display()),
                format!("--listen-peer-urls=http://127.0.0.1:{peers}"),
                format!("--listen-client-urls={store}"),
                format!("--advertise-client-urls={store}"),
                "--unsafe-no-fsync".to_owned(),
            ],
            &at.join("etcd.log"),
        );
        let mut arguments = vec![
            format!("--etcd-servers={store}"),
            format!("--secure-port={secure}"),
            format!("--tls-cert-file={certificate}"),
            format!("--tls-private-key-file={key}"),
            format!("--client-ca-file={ca}"),
            format!("--service-account-issuer=https://127.0.0.1:{secure}/"),
            format!("--service-account-key-file={verifying}"),
            format!("--service-account-signing-key-file={signing}"),
            "--bind-address=127.0.0.1".to_owned(),
            "--authorization-mode=RBAC".to_owned(),
            "--service-cluster-ip-range=10.0.0.0/24".to_owned(),
            "--allow-privileged=true".to_owned(),
            "--disable-admission-plugins=ServiceAccount".to_owned(),
        ];
        arguments.extend_from_slice(options);
        let api = run(&program, &arguments, &at.join("api.log"));
        let client = client(secure, &authority.pem, &admin, &admin_key).await;
        let cluster = Self {
            etcd,
            api,
            folder,
            client,
        };
        cluster.ready().await;
        Some(cluster)
    }

    async fn ready(&self) {
        let begun = Instant::now();
        loop {
            let request = http::Request::get("/readyz").body(Vec::new());
            let answer = self.client.request_text(request.expect("a request")).await;
            if answer.is_ok() {
                return;
            }
            if begun.elapsed() > Duration::from_mins(1) {
                let log = fs::read_to_string(self.folder.path().join("api.log"));
                panic!("the API server is not ready: {answer:?}\n{log:?}");
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}

async fn client(port: u16, ca: &str, certificate: &str, key: &str) -> kube::Client {
    let encoded = |text: &str| BASE64_STANDARD.encode(text);
    let mut cluster = KubeCluster::default();
    cluster.server = Some(format!("https://127.0.0.1:{port}"));
    cluster.certificate_authority_data = Some(encoded(ca));
    let mut who = AuthInfo::default();
    who.client_certificate_data = Some(encoded(certificate));
    who.client_key_data = Some(encoded(key).into());
    let mut context = Context::default();
    context.cluster = "test".to_owned();
    context.user = Some("admin".to_owned());
    let mut config = Kubeconfig::default();
    config.clusters = vec![named_cluster("test", cluster)];
    config.auth_infos = vec![named_user("admin", who)];
    config.contexts = vec![named_context("test", context)];
    config.current_context = Some("test".to_owned());
    let options = KubeConfigOptions::default();
    let config = kube::Config::from_custom_kubeconfig(config, &options).await;
    kube::Client::try_from(config.expect("a configuration")).expect("a client")
}

fn named_cluster(name: &str, cluster: KubeCluster) -> NamedCluster {
    let mut named = NamedCluster::default();
    named.name = name.to_owned();
    named.cluster = Some(cluster);
    named
}

fn named_user(name: &str, user: AuthInfo) -> NamedAuthInfo {
    let mut named = NamedAuthInfo::default();
    named.name = name.to_owned();
    named.auth_info = Some(user);
    named
}

fn named_context(name: &str, context: Context) -> NamedContext {
    let mut named = NamedContext::default();
    named.name = name.to_owned();
    named.context = Some(context);
    named
}
