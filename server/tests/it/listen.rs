//! Connections that are slow, many, greedy or cut short, and the end of a listener.

use std::sync::Arc;
use std::time::Duration;

use axum::routing::{get as route, post};
use axum::{Extension, Router};
use plumbline_server::listen::{Limits, Peer, Security};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio::time::{sleep, timeout};

use crate::wire::{
    Authority, LONG, SHORT, Server, Volume, get, get_and_stay, limits, listen_to, say, serve,
};

async fn plain(router: Router, limits: Limits) -> Server {
    serve(Security::Plain, router, limits).await
}

fn ok() -> Router {
    Router::new().route("/", route(|| async { "ok" }))
}

#[tokio::test]
async fn a_request_knows_its_peer() {
    let router = Router::new().route(
        "/",
        route(|Extension(peer): Extension<Peer>| async move { peer.address.to_string() }),
    );
    let server = plain(router, limits()).await;
    let mut stream = server.connect().await;
    let own = stream.local_addr().unwrap().to_string();
    assert!(get(&mut stream, "/").await.ends_with(&own));
}

#[tokio::test]
async fn who_says_nothing_is_not_waited_for() {
    let server = plain(
        ok(),
        Limits {
            head: SHORT,
            ..limits()
        },
    )
    .await;
    assert_eq!(listen_to(&mut server.connect().await).await, "");
}

#[tokio::test]
async fn a_head_that_drips_in_is_not_waited_for() {
    let server = plain(
        ok(),
        Limits {
            head: SHORT,
            ..limits()
        },
    )
    .await;
    let mut stream = server.connect().await;
    say(&mut stream, "GET / HTTP/1.1\r\n").await;
    let dripping = async {
        while stream.write_all(b"x: y\r\n").await.is_ok() {
            sleep(SHORT / 10).await;
        }
    };
    timeout(LONG, dripping).await.unwrap();
}

#[tokio::test]
async fn a_connection_stays_for_another_request_but_not_for_ever() {
    let server = plain(
        ok(),
        Limits {
            idle: SHORT * 4,
            ..limits()
        },
    )
    .await;
    let mut stream = server.connect().await;
    get_and_stay(&mut stream).await;
    sleep(SHORT).await;
    get_and_stay(&mut stream).await;
    assert_eq!(listen_to(&mut stream).await, "");
}

#[tokio::test]
async fn half_a_head_of_a_later_request_is_not_waited_for() {
    let short = Limits {
        head: SHORT,
        idle: LONG * 10,
        ..limits()
    };
    let server = plain(ok(), short).await;
    let mut stream = server.connect().await;
    get_and_stay(&mut stream).await;
    sleep(SHORT * 4).await;
    get_and_stay(&mut stream).await;
    say(&mut stream, "GET / HTT").await;
    assert_eq!(listen_to(&mut stream).await, "");
}

async fn post_ten_bytes(sent: &str) -> String {
    let router = Router::new().route("/", post(|body: String| async move { body }));
    let server = plain(
        router,
        Limits {
            body: SHORT,
            ..limits()
        },
    )
    .await;
    let mut stream = server.connect().await;
    let head =
        "POST / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-length: 10\r\n\r\n";
    say(&mut stream, &format!("{head}{sent}")).await;
    listen_to(&mut stream).await
}

#[tokio::test]
async fn a_body_that_stalls_is_not_waited_for() {
    let answer = post_ten_bytes("012").await;
    assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
}

#[tokio::test]
async fn a_body_that_arrives_is_answered() {
    assert!(
        post_ten_bytes("0123456789")
            .await
            .ends_with("\r\n\r\n0123456789")
    );
}

async fn status_of(headers: &str) -> String {
    let server = plain(ok(), limits()).await;
    let mut stream = server.connect().await;
    let text = format!("GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n{headers}\r\n");
    say(&mut stream, &text).await;
    let answer = listen_to(&mut stream).await;
    answer.split(' ').nth(1).unwrap_or_default().to_owned()
}

#[tokio::test]
async fn a_head_has_a_size() {
    assert_eq!(
        status_of(&format!("x: {}\r\n", "y".repeat(30 * 1024))).await,
        "200"
    );
    assert_eq!(
        status_of(&format!("x: {}\r\n", "y".repeat(70 * 1024))).await,
        "431"
    );
}

#[tokio::test]
async fn a_head_has_so_many_headers() {
    assert_eq!(status_of(&"x: y\r\n".repeat(90)).await, "200");
    assert_eq!(status_of(&"x: y\r\n".repeat(110)).await, "431");
}

#[tokio::test]
async fn beyond_the_limit_connections_are_closed_and_those_before_are_served() {
    let server = plain(
        ok(),
        Limits {
            connections: 1,
            ..limits()
        },
    )
    .await;
    let mut first = server.connect().await;
    get_and_stay(&mut first).await;
    assert_eq!(get(&mut server.connect().await, "/").await, "");
    get_and_stay(&mut first).await;
    drop(first);
    let again = async {
        while get(&mut server.connect().await, "/").await.is_empty() {
            sleep(SHORT / 10).await;
        }
    };
    timeout(LONG, again).await.unwrap();
}

#[tokio::test]
async fn handshakes_that_hang_take_nothing_from_those_who_are_connected() {
    let authority = Authority::new("authority");
    let certificates = Volume::of(&authority.localhost()).load(None).unwrap();
    let few = Limits {
        handshakes: 2,
        ..limits()
    };
    let server = serve(Security::Tls(Arc::new(certificates)), ok(), few).await;
    let mut connected = server.shake(&authority.pem, None).await.unwrap();
    get_and_stay(&mut connected).await;
    let mut hanging: Vec<TcpStream> = Vec::new();
    for _ in 0..10 {
        hanging.push(server.connect().await);
    }
    sleep(SHORT).await;
    get_and_stay(&mut connected).await;
}

#[tokio::test]
async fn a_handshake_that_hangs_is_not_waited_for() {
    let authority = Authority::new("authority");
    let certificates = Volume::of(&authority.localhost()).load(None).unwrap();
    let quick = Limits {
        handshake: Duration::from_secs(1),
        handshakes: 1,
        ..limits()
    };
    let server = serve(Security::Tls(Arc::new(certificates)), ok(), quick).await;
    assert_eq!(listen_to(&mut server.connect().await).await, "");
    let mut next = server.shake(&authority.pem, None).await.unwrap();
    assert!(get(&mut next, "/").await.ends_with("ok"));
}

#[tokio::test]
async fn a_panic_is_the_end_of_one_request() {
    async fn broken() -> &'static str {
        panic!("on purpose")
    }
    let server = plain(ok().route("/broken", route(broken)), limits()).await;
    let answer = get(&mut server.connect().await, "/broken").await;
    assert!(answer.starts_with("HTTP/1.1 500"), "{answer}");
    assert!(get(&mut server.connect().await, "/").await.ends_with("ok"));
}

/// A server whose request to `/wait` is answered when it is told to.
async fn waiting(limits: Limits) -> (Server, Arc<Notify>, TcpStream) {
    let (begun, go) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (inside, told) = (Arc::clone(&begun), Arc::clone(&go));
    let wait = move || {
        let (begun, go) = (Arc::clone(&inside), Arc::clone(&told));
        async move {
            begun.notify_one();
            go.notified().await;
            "done"
        }
    };
    let server = plain(ok().route("/wait", route(wait)), limits).await;
    let mut stream = server.connect().await;
    say(&mut stream, "GET /wait HTTP/1.1\r\nhost: localhost\r\n\r\n").await;
    timeout(LONG, begun.notified()).await.unwrap();
    (server, go, stream)
}

#[tokio::test]
async fn what_runs_at_the_end_is_answered_and_nothing_is_accepted() {
    let (server, go, mut stream) = waiting(limits()).await;
    server.shutdown.begin();
    let refused = async {
        while TcpStream::connect(server.address).await.is_ok() {
            sleep(SHORT / 10).await;
        }
    };
    timeout(LONG, refused).await.unwrap();
    go.notify_one();
    let answer = listen_to(&mut stream).await;
    assert!(answer.ends_with("done"), "{answer}");
    timeout(LONG, server.task).await.unwrap().unwrap();
}

#[tokio::test]
async fn what_runs_too_long_at_the_end_is_cut_off() {
    let (server, _go, mut stream) = waiting(Limits {
        drain: SHORT,
        ..limits()
    })
    .await;
    server.shutdown.begin();
    assert_eq!(listen_to(&mut stream).await, "");
    timeout(LONG, server.task).await.unwrap().unwrap();
}

#[tokio::test]
async fn whoever_comes_in_the_grace_is_served() {
    let server = plain(
        ok(),
        Limits {
            grace: LONG,
            ..limits()
        },
    )
    .await;
    server.shutdown.begin();
    sleep(SHORT).await;
    assert!(get(&mut server.connect().await, "/").await.ends_with("ok"));
    server.shutdown.hurry();
    timeout(LONG, server.task).await.unwrap().unwrap();
}

/// Frames of HTTP/2 that begin requests and take each back at once.
fn resets(count: u32) -> Vec<u8> {
    let mut bytes = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0".to_vec();
    for stream in (0..count).map(|number| (2 * number + 1).to_be_bytes()) {
        // GET http://x/, all of it in one frame.
        bytes.extend(b"\0\0\x06\x01\x05");
        bytes.extend(stream);
        bytes.extend(b"\x82\x84\x86\x41\x01x");
        bytes.extend(b"\0\0\x04\x03\0");
        bytes.extend(stream);
        bytes.extend(b"\0\0\0\x08");
    }
    bytes
}

#[tokio::test]
async fn who_takes_back_requests_in_masses_is_sent_away() {
    let server = plain(ok(), limits()).await;
    let mut stream = server.connect().await;
    drop(stream.write_all(&resets(2000)).await);
    // The end comes before the time is over only if the server makes it.
    listen_to(&mut stream).await;
    assert!(get(&mut server.connect().await, "/").await.ends_with("ok"));
}

#[tokio::test]
async fn who_takes_back_a_few_requests_stays() {
    let server = plain(ok(), limits()).await;
    let mut stream = server.connect().await;
    stream.write_all(&resets(5)).await.unwrap();
    let end = timeout(SHORT * 2, listen_to(&mut stream)).await;
    assert!(end.is_err());
}
