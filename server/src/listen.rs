//! Connections: who is let in, how long each step may take, and how all of them end.
//!
//! What is said over them is the router's business. Nothing here waits for a peer without a limit.

mod guests;
mod patience;
mod pulse;
mod visit;

use std::convert::Infallible;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::{JoinError, JoinSet};
use tokio::time::{sleep, timeout};
use tokio_rustls::server::TlsStream;

use crate::shutdown::Shutdown;
use crate::telemetry::{Connection, Metrics};
use crate::tls::{Certificates, ClientCertificate};
use guests::{Guest, Guests};
use pulse::{Activity, Counted, Pulse};
use visit::Visit;

/// How long nothing is accepted after the system had no room for another connection.
const PAUSE: Duration = Duration::from_millis(100);
/// How long a connection that was asked to end may take.
const FAREWELL: Duration = Duration::from_secs(1);
/// How often the other side of a connection that speaks HTTP/2 is asked whether it is there, and how long it may think.
const PING: (Duration, Duration) = (Duration::from_secs(20), Duration::from_secs(10));
/// How many streams of one connection may be reset before they were looked at, and by us for what is wrong with them.
const RESETS: (usize, usize) = (20, 100);
/// The least that a connection needs for reading.
const LEAST_HEAD: usize = 8 * 1024;

/// What one listener bears.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Connections at a time; more are closed at once, so that their peers try elsewhere.
    pub connections: usize,
    /// Connections at a time from one address that is not of this machine.
    pub connections_of_one: usize,
    /// Handshakes at a time; more wait to be accepted, and take nothing from those who are connected.
    pub handshakes: usize,
    /// Handshakes at a time from one address that is not of this machine.
    pub handshakes_of_one: usize,
    /// How long a handshake may take.
    pub handshake: Duration,
    /// How long the head of the first request may take; those of later ones may take up to twice as long.
    pub head: Duration,
    /// How long a connection may stay without a request.
    pub idle: Duration,
    /// How long a body may take.
    pub body: Duration,
    /// Bytes of a head.
    pub head_bytes: usize,
    /// Headers of a head.
    pub headers: usize,
    /// Requests at a time over one connection that speaks HTTP/2.
    pub streams: u32,
    /// How long everything goes on after the end has begun, while others learn not to come here.
    pub grace: Duration,
    /// How long what runs may take after that.
    pub drain: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 1024,
            connections_of_one: 256,
            handshakes: 256,
            handshakes_of_one: 16,
            handshake: Duration::from_secs(5),
            head: Duration::from_secs(5),
            // Clients written in Go close after 90 seconds: who leaves first meets no closed door.
            idle: Duration::from_mins(2),
            body: Duration::from_secs(20),
            head_bytes: 64 * 1024,
            headers: 100,
            streams: 100,
            grace: Duration::from_secs(10),
            drain: Duration::from_secs(20),
        }
    }
}

/// How a listener is secured.
#[derive(Debug, Clone)]
pub enum Security {
    /// Not at all.
    Plain,
    /// By TLS.
    Tls(Arc<Certificates>),
}

/// Who sent a request: an extension of each.
#[derive(Debug, Clone)]
pub struct Peer {
    /// Where it comes from.
    pub address: SocketAddr,
    /// What its certificate says, if it showed one; it was verified.
    pub certificate: Option<Arc<ClientCertificate>>,
}

/// Where connections come in.
#[derive(Debug)]
pub struct Entrance {
    /// What metrics call it.
    pub name: &'static str,
    /// What accepts them.
    pub listener: TcpListener,
}

/// Serves until the end has begun, everybody has had time to learn of it, and what runs is done.
pub async fn serve(
    entrance: Entrance,
    security: Security,
    router: Router,
    limits: Limits,
    shutdown: Shutdown,
    metrics: Metrics,
) {
    let Entrance { name, listener } = entrance;
    let house = Arc::new(House {
        name,
        builder: builder(&limits),
        guests: Guests::new(limits.connections, limits.connections_of_one),
        handshakes: Arc::new(Semaphore::new(limits.handshakes)),
        shaking: Guests::new(limits.handshakes, limits.handshakes_of_one),
        closing: Shutdown::default(),
        security,
        router,
        limits,
        metrics,
    });
    let mut connections = JoinSet::new();
    accept(&listener, &house, &mut connections, &shutdown).await;
    drop(listener);
    house.closing.begin();
    let drained = async {
        while let Some(ended) = connections.join_next().await {
            note(&ended);
        }
    };
    tokio::select! {
        _ = timeout(limits.drain, drained) => {}
        () = shutdown.hurried() => {}
    }
    connections.shutdown().await;
}

/// What all connections of a listener share.
struct House {
    name: &'static str,
    builder: auto::Builder<TokioExecutor>,
    guests: Arc<Guests>,
    handshakes: Arc<Semaphore>,
    shaking: Arc<Guests>,
    /// Begins when connections are to end.
    closing: Shutdown,
    security: Security,
    router: Router,
    limits: Limits,
    metrics: Metrics,
}

/// The limit of a head counts from the answer before it here, and so is that of being idle; a head that has begun
/// is timed where the connection is.
fn builder(limits: &Limits) -> auto::Builder<TokioExecutor> {
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.idle)
        .max_buf_size(limits.head_bytes.max(LEAST_HEAD))
        .max_headers(limits.headers);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(limits.streams)
        .max_pending_accept_reset_streams(RESETS.0)
        .max_local_error_reset_streams(RESETS.1)
        .max_header_list_size(u32::try_from(limits.head_bytes).unwrap_or(u32::MAX))
        .keep_alive_interval(PING.0)
        .keep_alive_timeout(PING.1);
    builder
}

/// Accepts until the end has begun and its grace is over.
async fn accept(
    listener: &TcpListener,
    house: &Arc<House>,
    connections: &mut JoinSet<()>,
    shutdown: &Shutdown,
) {
    let mut leaving = pin!(leaving(shutdown, house.limits.grace));
    let mut is_full = false;
    loop {
        tokio::select! {
            () = leaving.as_mut() => return,
            Some(ended) = connections.join_next() => note(&ended),
            accepted = next(listener, house) => match accepted {
                Ok((stream, address, permit)) => {
                    is_full = false;
                    if let Some(arrival) = house.admit(stream, address, permit) {
                        connections.spawn(attend(Arc::clone(house), arrival));
                    }
                }
                Err(error) if is_of_one_peer(&error) => {}
                Err(error) => {
                    if !is_full {
                        tracing::warn!(%error, "no connection can be accepted");
                    }
                    is_full = true;
                    sleep(PAUSE).await;
                }
            },
        }
    }
}

async fn leaving(shutdown: &Shutdown, grace: Duration) {
    shutdown.begun().await;
    tokio::select! {
        () = sleep(grace) => {}
        () = shutdown.hurried() => {}
    }
}

/// The next connection, once there is room for its handshake.
async fn next(
    listener: &TcpListener,
    house: &House,
) -> io::Result<(TcpStream, SocketAddr, OwnedSemaphorePermit)> {
    let permit = Arc::clone(&house.handshakes)
        .acquire_owned()
        .await
        .map_err(io::Error::other)?;
    let (stream, address) = listener.accept().await?;
    Ok((stream, address, permit))
}

/// Whether a connection ended before it was accepted; anything else is a lack of the system's.
fn is_of_one_peer(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionRefused
            | io::ErrorKind::ConnectionReset
    )
}

fn note(ended: &Result<(), JoinError>) {
    if ended.as_ref().is_err_and(JoinError::is_panic) {
        tracing::error!("a connection ended in a panic");
    }
}

/// A connection that has a place.
struct Arrival {
    stream: TcpStream,
    address: SocketAddr,
    guest: Guest,
    handshake: Handshake,
}

/// What is taken while a handshake runs. The place is given back first: whoever gets the permit finds one.
struct Handshake {
    _guest: Guest,
    _permit: OwnedSemaphorePermit,
}

impl House {
    /// A place for a connection. Without one it is closed.
    fn admit(
        &self,
        stream: TcpStream,
        address: SocketAddr,
        permit: OwnedSemaphorePermit,
    ) -> Option<Arrival> {
        let Some((guest, shaking)) = self.seats(address.ip()) else {
            self.count(Connection::Refused);
            return None;
        };
        // A connection that has ended already cannot be told.
        stream.set_nodelay(true).ok()?;
        Some(Arrival {
            stream,
            address,
            guest,
            handshake: Handshake {
                _guest: shaking,
                _permit: permit,
            },
        })
    }

    fn count(&self, how: Connection) {
        self.metrics.connection(self.name, how);
    }

    fn seats(&self, address: IpAddr) -> Option<(Guest, Guest)> {
        self.guests.seat(address).zip(self.shaking.seat(address))
    }

    fn visit(&self, address: SocketAddr, certificate: Option<ClientCertificate>) -> Arc<Visit> {
        let asks = match &self.security {
            Security::Plain => false,
            Security::Tls(certificates) => certificates.asks_for_certificates(),
        };
        Arc::new(Visit {
            listener: self.name,
            router: self.router.clone(),
            is_limited: asks && certificate.is_none(),
            peer: Peer {
                address,
                certificate: certificate.map(Arc::new),
            },
            patience: self.limits.body,
            metrics: self.metrics.clone(),
            activity: Arc::new(Activity::default()),
        })
    }
}

/// One connection, from its first byte to its last.
async fn attend(house: Arc<House>, arrival: Arrival) {
    let Arrival {
        stream,
        address,
        guest: _guest,
        handshake,
    } = arrival;
    match &house.security {
        Security::Plain => {
            drop(handshake);
            let visit = house.visit(address, None);
            converse(&house, stream, visit).await;
        }
        Security::Tls(certificates) => {
            let secured = secure(&house, certificates, stream).await;
            drop(handshake);
            if let Some((stream, certificate)) = secured {
                let visit = house.visit(address, certificate);
                converse(&house, stream, visit).await;
            }
        }
    }
}

/// The handshake, and who the client is.
async fn secure(
    house: &House,
    certificates: &Certificates,
    stream: TcpStream,
) -> Option<(TlsStream<TcpStream>, Option<ClientCertificate>)> {
    let shaken = timeout(
        house.limits.handshake,
        certificates.acceptor().accept(stream),
    );
    let stream = match shaken.await {
        Ok(Ok(stream)) => stream,
        Ok(Err(error)) => {
            tracing::debug!(%error, "a handshake failed");
            house.count(Connection::Handshake);
            return None;
        }
        Err(_) => {
            house.count(Connection::TimedOut);
            return None;
        }
    };
    let shown = stream.get_ref().1.peer_certificates();
    let certificate = shown.and_then(<[_]>::first).and_then(ClientCertificate::of);
    if !certificates.admits(certificate.as_ref()) {
        house.count(Connection::Handshake);
        return None;
    }
    Some((stream, certificate))
}

/// Answers requests until one side ends it, or nothing is asked for too long.
async fn converse<I>(house: &House, stream: I, visit: Arc<Visit>)
where
    I: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    house.count(Connection::Accepted);
    let step = house.limits.head.min(house.limits.idle);
    let activity = Arc::clone(&visit.activity);
    let stream = TokioIo::new(Counted {
        stream,
        activity: Arc::clone(&activity),
    });
    let service = service_fn(move |request| {
        let visit = Arc::clone(&visit);
        async move { Ok::<_, Infallible>(visit.answer(request).await) }
    });
    let mut connection = pin!(house.builder.serve_connection(stream, service));
    let mut closing = pin!(house.closing.begun());
    let mut stepping = pin!(sleep(step));
    let mut pulse = Pulse::default();
    let mut is_closing = false;
    loop {
        tokio::select! {
            ended = connection.as_mut() => {
                if let Err(error) = ended {
                    tracing::debug!(%error, "a connection ended early");
                }
                return;
            }
            () = closing.as_mut(), if !is_closing => {
                is_closing = true;
                connection.as_mut().graceful_shutdown();
            }
            () = stepping.as_mut() => {
                if !pulse.goes_on(&activity, step, house.limits.idle) {
                    break;
                }
                stepping.set(sleep(step));
            }
        }
    }
    if pulse.is_first() {
        house.count(Connection::TimedOut);
        return;
    }
    connection.as_mut().graceful_shutdown();
    // Who does not end when asked is dropped.
    drop(timeout(FAREWELL, connection).await);
}
