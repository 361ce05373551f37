//! Who may ask what, of everything but admission and health. A token is kept as its hash, never as itself.

use std::fmt;

use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

/// What somebody may ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scope {
    /// To have documents judged.
    Check,
    /// To have rules evaluated on an input.
    Data,
    /// For metrics, and for the state of the server.
    Metrics,
}

impl Scope {
    /// Every scope with its word.
    pub const ALL: [(&'static str, Self); 3] = [
        ("check", Self::Check),
        ("data", Self::Data),
        ("metrics", Self::Metrics),
    ];

    /// The scope that a word stands for.
    pub fn parse(word: &str) -> Option<Self> {
        let mut all = Self::ALL.iter();
        all.find_map(|(known, scope)| (*known == word).then_some(*scope))
    }
}

/// The hash of a token, `sha256:` and 64 digits.
#[derive(Clone, PartialEq, Eq)]
pub struct TokenHash([u8; 32]);

impl TokenHash {
    /// What is written in a configuration.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix("sha256:")?;
        let mut hash = [0; 32];
        if digits.len() != 64 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        for (index, byte) in hash.iter_mut().enumerate() {
            *byte = u8::from_str_radix(digits.get(index * 2..index * 2 + 2)?, 16).ok()?;
        }
        Some(Self(hash))
    }

    /// The hash of a token.
    pub fn of(token: &str) -> Self {
        Self(Sha256::digest(token.as_bytes()).into())
    }
}

impl fmt::Debug for TokenHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("sha256:...")
    }
}

/// Somebody who may ask.
#[derive(Debug, Clone)]
pub struct Caller {
    /// What decisions call them.
    pub name: String,
    /// How they show who they are.
    pub by: Credential,
    /// What they may ask.
    pub scopes: Vec<Scope>,
}

/// How somebody shows who they are.
#[derive(Debug, Clone)]
pub enum Credential {
    /// By a token that has this hash.
    Token(TokenHash),
    /// By a certificate of this common name or DNS name, signed by the authority that the listener trusts.
    Certificate(String),
}

/// Who may ask what. Without callers, everybody may who reaches the listener, which then is on loopback.
#[derive(Debug, Clone, Default)]
pub struct Auth {
    callers: Vec<Caller>,
}

/// What a request shows.
#[derive(Debug, Clone, Copy, Default)]
pub struct Shown<'a> {
    /// The header `authorization`.
    pub authorization: Option<&'a str>,
    /// The names of a certificate that was verified.
    pub certificate: &'a [String],
    /// The header `host`, or the authority of the request.
    pub host: Option<&'a str>,
}

/// Why a request is not answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// It shows nothing, or nothing that is known.
    #[error("a bearer token or a client certificate that is known is needed")]
    Unknown,
    /// Who asks may ask other things.
    #[error("who asks may not ask this")]
    Scope,
    /// It was sent to another name than that of this machine, as pages in a browser can be made to.
    #[error("without authentication, only requests to a loopback address are answered")]
    Host,
}

impl Auth {
    /// Only these may ask.
    pub fn new(callers: Vec<Caller>) -> Self {
        Self { callers }
    }

    /// Whether anybody has to show who they are.
    pub fn is_configured(&self) -> bool {
        !self.callers.is_empty()
    }

    /// The name of who asks, if they may.
    pub fn allow(&self, shown: Shown<'_>, scope: Scope) -> Result<&str, Refused> {
        if !self.is_configured() {
            let is_here = shown.host.is_none_or(is_loopback);
            return is_here.then_some("loopback").ok_or(Refused::Host);
        }
        let token = shown.authorization.and_then(bearer).map(TokenHash::of);
        let mut known = None;
        // All are compared, so that the time taken says nothing of who is known.
        for caller in &self.callers {
            let is_shown = match &caller.by {
                Credential::Token(hash) => token
                    .as_ref()
                    .is_some_and(|token| token.0.ct_eq(&hash.0).into()),
                Credential::Certificate(name) => shown.certificate.contains(name),
            };
            let is_better = is_shown && (known.is_none() || caller.scopes.contains(&scope));
            if is_better {
                known = Some(caller);
            }
        }
        let caller = known.ok_or(Refused::Unknown)?;
        let may = caller.scopes.contains(&scope);
        may.then_some(caller.name.as_str()).ok_or(Refused::Scope)
    }
}

/// The token of `Bearer TOKEN`.
fn bearer(header: &str) -> Option<&str> {
    let (scheme, token) = header.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}

/// Whether a host, with or without a port, is this machine.
fn is_loopback(host: &str) -> bool {
    let host = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or(rest),
        None => host.rsplit_once(':').map_or(host, |(host, _)| host),
    };
    let address = host.parse::<std::net::IpAddr>();
    host.eq_ignore_ascii_case("localhost") || address.is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::{Auth, Caller, Credential, Refused, Scope, Shown, TokenHash};

    fn auth() -> Auth {
        let caller = |name: &str, by, scopes| Caller {
            name: name.to_owned(),
            by,
            scopes,
        };
        Auth::new(vec![
            caller(
                "ci",
                Credential::Token(TokenHash::of("s3")),
                vec![Scope::Check],
            ),
            caller(
                "prometheus",
                Credential::Certificate("prometheus.monitoring".to_owned()),
                vec![Scope::Metrics],
            ),
        ])
    }

    fn with_token(header: &str) -> Shown<'_> {
        Shown {
            authorization: Some(header),
            ..Shown::default()
        }
    }

    #[test]
    fn a_token_opens_what_it_is_for() {
        let auth = auth();
        for (header, scope, expected) in [
            ("Bearer s3", Scope::Check, Ok("ci")),
            ("bearer s3", Scope::Check, Ok("ci")),
            ("Bearer s3", Scope::Data, Err(Refused::Scope)),
            ("Bearer s4", Scope::Check, Err(Refused::Unknown)),
            ("Bearer ", Scope::Check, Err(Refused::Unknown)),
            ("Basic s3", Scope::Check, Err(Refused::Unknown)),
            ("s3", Scope::Check, Err(Refused::Unknown)),
        ] {
            assert_eq!(auth.allow(with_token(header), scope), expected, "{header}");
        }
        assert_eq!(
            auth.allow(Shown::default(), Scope::Check),
            Err(Refused::Unknown)
        );
    }

    #[test]
    fn a_certificate_opens_what_it_is_for() {
        let names = ["prometheus.monitoring".to_owned()];
        let shown = Shown {
            certificate: &names,
            ..Shown::default()
        };
        assert_eq!(auth().allow(shown, Scope::Metrics), Ok("prometheus"));
        assert_eq!(auth().allow(shown, Scope::Check), Err(Refused::Scope));
    }

    #[test]
    fn without_callers_only_this_machine_is_answered() {
        let auth = Auth::default();
        let to = |host| Shown {
            host: Some(host),
            ..Shown::default()
        };
        for host in ["127.0.0.1:8181", "localhost", "[::1]:8181", "127.0.0.1"] {
            assert_eq!(auth.allow(to(host), Scope::Data), Ok("loopback"), "{host}");
        }
        for host in [
            "evil.example.com:8181",
            "10.0.0.1",
            "localhost.evil.example",
        ] {
            assert_eq!(
                auth.allow(to(host), Scope::Data),
                Err(Refused::Host),
                "{host}"
            );
        }
    }

    #[test]
    fn a_hash_is_64_digits() {
        let hash = format!("sha256:{}", "ab".repeat(32));
        assert!(TokenHash::parse(&hash).is_some());
        for wrong in [
            "",
            "sha256:",
            "ab",
            "sha256:abab",
            &hash.replace("ab", "zz"),
        ] {
            assert!(TokenHash::parse(wrong).is_none(), "{wrong}");
        }
        assert_eq!(format!("{:?}", TokenHash::of("s3")), "sha256:...");
    }
}
