//! How an API server is reached: by the service account of the pod, or by a file of `kubectl`.

use std::path::Path;
use std::time::Duration;

use kube::config::{Config, KubeConfigOptions, Kubeconfig, KubeconfigError};

use crate::config::ClusterAccess;

/// How long it may take until a connection is there.
const CONNECT: Duration = Duration::from_secs(10);
/// How long a connection may take nothing of what is sent.
const WRITE: Duration = Duration::from_secs(30);
/// How long a connection may be silent, whatever is asked: watches hear of the API server every minute.
const READ: Duration = Duration::from_mins(5);

/// Why no API server can be reached.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Unusable(String);

/// Reaches an API server as it is settled.
pub async fn reach(access: &ClusterAccess) -> Result<kube::Client, Unusable> {
    match access {
        ClusterAccess::InCluster => in_cluster(),
        ClusterAccess::Kubeconfig { file, context } => of_file(file, context.as_deref()).await,
    }
}

/// The API server of the cluster that the server runs in. Its token is read again as it changes.
fn in_cluster() -> Result<kube::Client, Unusable> {
    let config = Config::incluster();
    of_config(config.map_err(|error| Unusable(error.to_string()))?)
}

/// The API server of a file of `kubectl`, of its current context if none is named.
async fn of_file(file: &Path, context: Option<&str>) -> Result<kube::Client, Unusable> {
    let unusable = |error: KubeconfigError| Unusable(error.to_string());
    let kubeconfig = Kubeconfig::read_from(file).map_err(unusable)?;
    let options = KubeConfigOptions {
        context: context.map(str::to_owned),
        ..KubeConfigOptions::default()
    };
    let config = Config::from_custom_kubeconfig(kubeconfig, &options).await;
    of_config(config.map_err(unusable)?)
}

/// Reaches an API server by a configuration, within limits of time. Nothing is tried again unasked: whoever asks knows
/// better when.
pub fn of_config(mut config: Config) -> Result<kube::Client, Unusable> {
    config.connect_timeout = Some(CONNECT);
    config.write_timeout = Some(WRITE);
    config.read_timeout = Some(READ);
    config.reset_reader_on_write = true;
    config.default_retry = false;
    kube::Client::try_from(config).map_err(|error| Unusable(error.to_string()))
}
