//! What a configuration may open.

use std::net::SocketAddr;
use std::path::PathBuf;

use plumbline_server::auth::{Caller, Credential, Scope, TokenHash};
use plumbline_server::config::{CertificateConfig, Config, Listener, TlsConfig, TooOpen};
use plumbline_server::tls::ClientAuth;

fn listener(address: &str, tls: Option<TlsConfig>) -> Listener {
    Listener {
        address: address.parse().unwrap(),
        tls,
    }
}

fn tls(client_certificates: Option<bool>) -> TlsConfig {
    TlsConfig {
        certificate: CertificateConfig::SelfSigned {
            names: vec!["localhost".to_owned()],
            folder: None,
        },
        clients: client_certificates.map(|required| ClientAuth {
            authorities: PathBuf::from("ca.pem"),
            names: Vec::new(),
            required,
        }),
    }
}

fn address(text: &str) -> SocketAddr {
    text.parse().unwrap()
}

#[test]
fn admission_without_tls_is_for_this_machine_only() {
    let check = |admission| Config::new(Some(admission), Listener::local(0)).check();
    for local in ["127.0.0.1:1", "[::1]:1", "[::ffff:127.0.0.1]:1"] {
        assert_eq!(check(listener(local, None)), Ok(()), "{local}");
    }
    for open in ["0.0.0.0:1", "[::]:1", "10.0.0.1:1"] {
        let refused = Err(TooOpen::PlainAdmission(address(open)));
        assert_eq!(check(listener(open, None)), refused);
        assert_eq!(check(listener(open, Some(tls(None)))), Ok(()));
    }
}

#[test]
fn an_api_that_the_network_reaches_asks_who_is_there_and_speaks_tls() {
    let open = "0.0.0.0:1";
    let check = |tls, with_token: bool| {
        let mut config = Config::new(None, listener(open, tls));
        if with_token {
            config.callers.push(Caller {
                name: "ci".to_owned(),
                by: Credential::Token(TokenHash::of("secret")),
                scopes: vec![Scope::Check],
            });
        }
        config.check()
    };
    let unknown = || Err(TooOpen::OpenApi(address(open)));
    assert_eq!(check(None, false), unknown());
    assert_eq!(check(Some(tls(None)), false), unknown());
    assert_eq!(check(Some(tls(Some(true))), false), unknown());
    assert_eq!(check(None, true), Err(TooOpen::PlainApi(address(open))));
    assert_eq!(check(Some(tls(None)), true), Ok(()));
    assert_eq!(check(Some(tls(Some(true))), true), Ok(()));
    assert_eq!(Config::new(None, Listener::local(1)).check(), Ok(()));
}
