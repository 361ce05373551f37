//! What servers are started with and asked: certificates, rules, and a Pod of some ten kilobytes.

use std::fs;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use hyper::body::Bytes;
use rcgen::{CertificateParams, KeyPair, date_time_ymd};
use rustls::{ClientConfig, RootCertStore};
use serde_json::{Value, json};

use crate::client::Question;
use crate::rules;

/// How many rules there are in the folder of many.
pub(crate) const MANY: usize = 500;

/// A folder with everything in it.
pub(crate) struct Place {
    folder: PathBuf,
    tls: Arc<ClientConfig>,
}

impl Place {
    pub(crate) fn new(folder: PathBuf) -> io::Result<Self> {
        for below in ["rules", "many"] {
            fs::create_dir_all(folder.join(below))?;
        }
        let tls = Arc::new(certificates(&folder)?);
        fs::write(folder.join("rules/main.rego"), rules::module())?;
        fs::write(
            folder.join("short.yaml"),
            "pools: {admission: {queue: 32}}\n",
        )?;
        fs::write(folder.join("reload.yaml"), "policies: {reload-every: 1s}\n")?;
        let place = Self { folder, tls };
        for number in 0..MANY {
            place.write_rule(number, "one")?;
        }
        Ok(place)
    }

    pub(crate) fn path(&self, name: &str) -> String {
        self.folder.join(name).display().to_string()
    }

    /// One of many rules, which says a word if it finds something.
    pub(crate) fn write_rule(&self, number: usize, word: &str) -> io::Result<()> {
        let text = format!(
            "# METADATA\n# scope: package\n# title: One of many\n# custom:\n#   id: bench/rule-{number}\n#   severity: low\n#   targets: [\"kubernetes/core/Pod\"]\npackage bench.rule_{number}\n\ndeny contains \"{word}\" if input.resource.metadata.labels.number == \"{number}\"\n"
        );
        // As a whole or not at all: it is read while it is written.
        let (new, path) = (
            self.path("new.rego"),
            self.path(&format!("many/{number}.rego")),
        );
        fs::write(&new, text)?;
        fs::rename(new, path)
    }

    /// A question over TLS.
    pub(crate) fn question(
        &self,
        address: SocketAddr,
        path: &'static str,
        body: Bytes,
    ) -> Arc<Question> {
        let tls = Some(Arc::clone(&self.tls));
        Arc::new(Question {
            address,
            tls,
            path,
            body,
        })
    }
}

/// Writes a certificate and its key, and says how to trust it.
fn certificates(folder: &Path) -> io::Result<ClientConfig> {
    let key = KeyPair::generate().map_err(io::Error::other)?;
    let names = ["127.0.0.1".to_owned()];
    let mut params = CertificateParams::new(names).map_err(io::Error::other)?;
    params.not_before = date_time_ymd(2020, 1, 1);
    params.not_after = date_time_ymd(2090, 1, 1);
    let certificate = params.self_signed(&key).map_err(io::Error::other)?;
    fs::write(folder.join("tls.crt"), certificate.pem())?;
    fs::write(folder.join("tls.key"), key.serialize_pem())?;
    let mut roots = RootCertStore::empty();
    let root = certificate.der().clone();
    roots.add(root).map_err(io::Error::other)?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?;
    Ok(builder.with_root_certificates(roots).with_no_client_auth())
}

/// An address of this machine that is free.
pub(crate) fn free() -> io::Result<SocketAddr> {
    TcpListener::bind("127.0.0.1:0")?.local_addr()
}

/// A Pod that no rule of the library has anything against, unless it is privileged.
pub(crate) fn pod(is_privileged: bool) -> Value {
    let context = if is_privileged {
        json!({"privileged": true})
    } else {
        json!({
            "allowPrivilegeEscalation": false,
            "readOnlyRootFilesystem": true,
            "capabilities": {"drop": ["ALL"]},
        })
    };
    let variables: Vec<Value> = (0..25)
        .map(|number| json!({"name": format!("SETTING_{number}"), "value": "as it is read at the start"}))
        .collect();
    let containers: Vec<Value> = (0..6)
        .map(|number| {
            json!({
                "name": format!("c{number}"),
                "image": "registry.example.com/shop/web:1.4.2",
                "env": variables,
                "resources": {"limits": {"cpu": "500m", "memory": "256Mi"}},
                "securityContext": context,
            })
        })
        .collect();
    json!({
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "web", "namespace": "shop", "labels": {"app": "web"}},
        "spec": {
            "automountServiceAccountToken": false,
            "securityContext": {"runAsNonRoot": true, "seccompProfile": {"type": "RuntimeDefault"}},
            "containers": containers,
        },
    })
}

/// What an API server asks about it.
pub(crate) fn review(pod: &Value) -> Bytes {
    let review = json!({
        "apiVersion": "admission.k8s.io/v1",
        "kind": "AdmissionReview",
        "request": {
            "uid": "705ab4f5-6393-11e8-b7cc-42010a800002",
            "kind": {"group": "", "version": "v1", "kind": "Pod"},
            "resource": {"group": "", "version": "v1", "resource": "pods"},
            "name": "web",
            "namespace": "shop",
            "operation": "CREATE",
            "userInfo": {"username": "mara", "groups": ["system:authenticated"]},
            "object": pod,
        },
    });
    Bytes::from(review.to_string())
}
