//! A server as a whole: how it begins, and how it ends.

use std::sync::Arc;
use std::time::Duration;

use plumbline_server::config::{CertificateConfig, Config, Listener, TlsConfig};
use plumbline_server::doors::Doors;
use plumbline_server::policies::{Loaded, PolicySource, Refused};
use plumbline_server::serve;
use plumbline_server::shutdown::Shutdown;
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::policies::loaded;

/// Policies that never change.
struct Same;

impl PolicySource for Same {
    fn load(&self, _known: Option<&str>) -> Result<Option<Loaded>, Refused> {
        Ok(None)
    }
}

/// Two listeners on ports of this machine that are free, and an end that is quick.
fn local() -> Config {
    let mut config = Config::new(Some(Listener::local(0)), Listener::local(0));
    config.limits.listener.grace = Duration::from_millis(1);
    config.limits.listener.drain = Duration::from_secs(1);
    config
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_takes_connections_until_it_is_told_to_end() {
    let config = local();
    let doors = Doors::open(&config).await.unwrap();
    let api = doors.api.local_addr().unwrap();
    let admission = doors.admission.as_ref().unwrap().local_addr().unwrap();
    let shutdown = Shutdown::default();
    let served = serve(config, doors, Arc::new(Same), loaded(0), shutdown.clone());
    let served = tokio::spawn(served);
    for address in [api, admission] {
        TcpStream::connect(address).await.unwrap();
    }
    shutdown.begin();
    let ended = timeout(Duration::from_secs(20), served).await.unwrap();
    assert!(ended.unwrap().is_ok());
    assert!(TcpStream::connect(api).await.is_err());
}

#[tokio::test]
async fn an_address_that_is_taken_is_said() {
    let first = Doors::open(&local()).await.unwrap();
    let mut config = local();
    config.api.address = first.api.local_addr().unwrap();
    let error = Doors::open(&config).await.unwrap_err();
    assert_eq!(error.address, config.api.address);
}

#[tokio::test]
async fn what_would_be_too_open_or_has_no_certificate_does_not_begin() {
    let begin = async |config: Config| {
        let doors = Doors::open(&config).await.unwrap();
        serve(
            config,
            doors,
            Arc::new(Same),
            loaded(0),
            Shutdown::default(),
        )
        .await
    };
    let mut open = local();
    open.api.address = "0.0.0.0:0".parse().unwrap();
    assert!(begin(open).await.is_err());
    let mut without = local();
    without.api.tls = Some(TlsConfig {
        certificate: CertificateConfig::Files {
            certificate: "nowhere.pem".into(),
            key: "nowhere.pem".into(),
        },
        clients: None,
    });
    assert!(begin(without).await.is_err());
}
