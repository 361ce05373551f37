//! What is served over TLS, what takes its place, and who is let in.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::http::Uri;
use axum::{Extension, Router};
use plumbline_server::listen::{Peer, Security};
use plumbline_server::tls::{Certificates, Identity, Managed, TlsError};
use rustls::ProtocolVersion;
use tokio::io::AsyncWriteExt;
use tokio::time::{sleep, timeout};

use crate::wire::{
    Authority, LONG, Pair, SHORT, Server, Volume, clock, get, limits, listen_to, metrics, serve,
};

/// Answers with the path and the common name of whoever asks.
fn router() -> Router {
    let answer = |uri: Uri, Extension(peer): Extension<Peer>| async move {
        let shown = peer.certificate.as_ref();
        let name = shown.and_then(|shown| shown.common_name.clone());
        format!("{} for {}", uri.path(), name.unwrap_or_default())
    };
    Router::new().fallback(answer)
}

async fn secured(certificates: &Arc<Certificates>) -> Server {
    serve(Security::Tls(Arc::clone(certificates)), router(), limits()).await
}

/// The answer for a path; empty for a client that is refused, at whatever point.
async fn ask(server: &Server, trusted: &Authority, own: Option<&Pair>, path: &str) -> String {
    match server.shake(&trusted.pem, own).await {
        Ok(mut stream) => get(&mut stream, path).await,
        Err(_) => String::new(),
    }
}

/// Whether a handshake shows this certificate.
async fn shows(server: &Server, trusted: &Authority, expected: &Pair) -> bool {
    let stream = server.shake(&trusted.pem, None).await.unwrap();
    let shown = stream.get_ref().1.peer_certificates().unwrap();
    shown == [expected.der()]
}

#[tokio::test]
async fn newest_protocols_are_spoken() {
    let authority = Authority::new("authority");
    let server = secured(&Arc::new(
        Volume::of(&authority.localhost()).load(None).unwrap(),
    ))
    .await;
    let stream = server.shake(&authority.pem, None).await.unwrap();
    assert_eq!(
        stream.get_ref().1.protocol_version(),
        Some(ProtocolVersion::TLSv1_3)
    );
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
}

#[tokio::test]
async fn neither_plain_text_nor_an_old_protocol_is_answered() {
    let authority = Authority::new("authority");
    let server = secured(&Arc::new(
        Volume::of(&authority.localhost()).load(None).unwrap(),
    ))
    .await;
    let answer = get(&mut server.connect().await, "/livez").await;
    assert!(!answer.contains("HTTP"), "{answer}");
    // A greeting in TLS 1.1 that offers one cipher and no extension.
    let mut greeting = b"\x16\x03\x01\0\x2d\x01\0\0\x29\x03\x02".to_vec();
    greeting.extend([7; 32]);
    greeting.extend(b"\0\0\x02\xc0\x13\x01\0");
    let mut stream = server.connect().await;
    stream.write_all(&greeting).await.unwrap();
    let answer = listen_to(&mut stream).await;
    assert!(
        !answer.starts_with('\x16'),
        "a handshake goes on: {answer:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_handshake_fails_while_a_volume_is_swapped() {
    let authority = Authority::new("authority");
    let mut newest = authority.localhost();
    let mut volume = Volume::of(&newest);
    let certificates = Arc::new(volume.load(None).unwrap());
    let server = Arc::new(secured(&certificates).await);
    let watching =
        tokio::spawn(Arc::clone(&certificates).watch(SHORT / 10, server.shutdown.clone()));
    let is_over = Arc::new(AtomicBool::new(false));
    let (others, over) = (Arc::clone(&server), Arc::clone(&is_over));
    let trusted = authority.pem.clone();
    let shaking = tokio::spawn(async move {
        let mut count = 0;
        while !over.load(Ordering::Relaxed) {
            others.shake(&trusted, None).await.unwrap();
            count += 1;
        }
        count
    });
    for _ in 0..5 {
        sleep(SHORT / 5).await;
        newest = authority.localhost();
        volume.swap(&newest.certificate, &newest.key, "");
    }
    let arrives = async {
        while !shows(&server, &authority, &newest).await {
            sleep(SHORT / 10).await;
        }
    };
    timeout(LONG, arrives).await.unwrap();
    is_over.store(true, Ordering::Relaxed);
    assert!(shaking.await.unwrap() > 0);
    server.shutdown.hurry();
    timeout(LONG, watching).await.unwrap().unwrap();
}

/// Whether an error is the one that is meant.
type IsExpected = fn(&TlsError) -> bool;

#[tokio::test]
async fn what_cannot_be_used_does_not_take_the_place_of_what_can() {
    let authority = Authority::new("authority");
    let good = authority.localhost();
    let mut volume = Volume::of(&good);
    let certificates = Arc::new(volume.load(None).unwrap());
    let server = secured(&certificates).await;
    let (other, old, early) = (
        authority.localhost(),
        authority.issue("localhost", 2020, 2021),
        authority.issue("localhost", 2089, 2090),
    );
    let replacements: [(&str, &str, IsExpected); 5] = [
        (&good.certificate, &other.key, |error| {
            matches!(error, TlsError::Mismatch { .. })
        }),
        (&old.certificate, &old.key, |error| {
            matches!(error, TlsError::Expired { .. })
        }),
        (&early.certificate, &early.key, |error| {
            matches!(error, TlsError::NotYet { .. })
        }),
        ("", &good.key, |error| {
            matches!(error, TlsError::Missing { .. })
        }),
        (&good.certificate, "", |error| {
            matches!(error, TlsError::Missing { .. })
        }),
    ];
    for (certificate, key, is_expected) in replacements {
        volume.swap(certificate, key, "");
        let error = certificates.reload().unwrap_err();
        assert!(is_expected(&error), "{error}");
        assert!(shows(&server, &authority, &good).await);
        assert!(volume.load(None).is_err());
    }
    volume.swap(&other.certificate, &other.key, "");
    assert!(certificates.reload().unwrap());
    assert!(shows(&server, &authority, &other).await);
    assert!(!certificates.reload().unwrap());
}

#[test]
fn no_message_holds_what_a_key_file_holds() {
    let pair = Authority::new("authority").localhost();
    let secret: String = pair.key.lines().nth(1).unwrap().chars().take(40).collect();
    let broken = pair.key.replace("-----END", "-----FIN");
    let error = Volume::new(&pair.certificate, &broken, "")
        .load(None)
        .unwrap_err();
    assert!(!format!("{error} {error:?}").contains(&secret));
}

#[tokio::test]
async fn required_certificates_are_verified_and_named() {
    let (authority, stranger) = (Authority::new("authority"), Authority::new("stranger"));
    let pair = authority.localhost();
    let volume = Volume::new(&pair.certificate, &pair.key, &authority.pem);
    let certificates = volume.load(Some((&["kube-apiserver"], true))).unwrap();
    let server = secured(&Arc::new(certificates)).await;
    let right = authority.issue("kube-apiserver", 2020, 2090);
    let answer = ask(&server, &authority, Some(&right), "/v1/admit").await;
    assert!(answer.ends_with("/v1/admit for kube-apiserver"), "{answer}");
    for refused in [
        None,
        Some(&authority.issue("somebody", 2020, 2090)),
        Some(&authority.issue("kube-apiserver", 2020, 2021)),
        Some(&stranger.issue("kube-apiserver", 2020, 2090)),
    ] {
        assert_eq!(ask(&server, &authority, refused, "/livez").await, "");
    }
}

#[tokio::test]
async fn where_certificates_are_optional_none_is_enough_for_health() {
    let authority = Authority::new("authority");
    let pair = authority.localhost();
    let volume = Volume::new(&pair.certificate, &pair.key, &authority.pem);
    let certificates = volume.load(Some((&["kube-apiserver"], false))).unwrap();
    let server = secured(&Arc::new(certificates)).await;
    let answer = ask(&server, &authority, None, "/livez").await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    let answer = ask(&server, &authority, None, "/v1/admit").await;
    assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");
    let other = authority.issue("somebody", 2020, 2090);
    assert_eq!(ask(&server, &authority, Some(&other), "/livez").await, "");
}

#[tokio::test]
async fn authorities_of_clients_are_read_again() {
    let (authority, next) = (Authority::new("authority"), Authority::new("next"));
    let pair = authority.localhost();
    let mut volume = Volume::new(&pair.certificate, &pair.key, &authority.pem);
    let certificates = Arc::new(volume.load(Some((&[], true))).unwrap());
    let server = secured(&certificates).await;
    let client = next.issue("kube-apiserver", 2020, 2090);
    assert_eq!(ask(&server, &authority, Some(&client), "/").await, "");
    volume.swap(
        &pair.certificate,
        &pair.key,
        &(authority.pem.clone() + &next.pem),
    );
    assert!(certificates.reload().unwrap());
    let answer = ask(&server, &authority, Some(&client), "/").await;
    assert!(answer.ends_with("for kube-apiserver"), "{answer}");
    volume.swap(&pair.certificate, &pair.key, "");
    assert!(certificates.reload().is_err());
}

#[tokio::test]
async fn what_our_own_authority_issues_is_verified_by_its_bundle() {
    let names = vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
    let identity = Identity::Managed(Managed::new(names, None));
    let certificates =
        Arc::new(Certificates::load("test", identity, None, clock, metrics()).unwrap());
    let server = secured(&certificates).await;
    let bundle = certificates.ca_bundle().unwrap();
    let mut stream = server.shake(&bundle, None).await.unwrap();
    assert!(get(&mut stream, "/livez").await.starts_with("HTTP/1.1 200"));
    assert!(!certificates.reload().unwrap());
    let stranger = Authority::new("stranger");
    assert!(server.shake(&stranger.pem, None).await.is_err());
}
