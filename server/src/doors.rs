//! The sockets that are listened on, opened before anything is served: what is taken already is said at once.

use std::net::SocketAddr;

use tokio::net::TcpListener;

use crate::config::Config;

/// What is listened on.
#[derive(Debug)]
pub struct Doors {
    /// Where API servers ask.
    pub admission: Option<TcpListener>,
    /// Where everyone else asks.
    pub api: TcpListener,
}

/// That an address cannot be listened on.
#[derive(Debug, thiserror::Error)]
#[error("cannot listen on {address}")]
pub struct NotOpened {
    /// The address.
    pub address: SocketAddr,
    /// Why.
    pub source: std::io::Error,
}

impl Doors {
    /// Opens the sockets that a configuration names.
    pub async fn open(config: &Config) -> Result<Self, NotOpened> {
        let admission = match &config.admission {
            Some(listener) => Some(open(listener.address).await?),
            None => None,
        };
        let api = open(config.api.address).await?;
        Ok(Self { admission, api })
    }
}

async fn open(address: SocketAddr) -> Result<TcpListener, NotOpened> {
    TcpListener::bind(address)
        .await
        .map_err(|source| NotOpened { address, source })
}
