//! Who asks, and whether they may.

use axum::http::request::Parts;
use axum::http::uri::Authority;
use axum::http::{Extensions, HeaderMap, HeaderName, header};

use super::error::{Error, Fault};
use crate::auth::{Auth, Refused, Scope, Shown};
use crate::listen::Peer;

/// The name of who asks, if they may.
pub(super) fn allow<'a>(auth: &'a Auth, parts: &Parts, scope: Scope) -> Result<&'a str, Error> {
    let certificate = names(parts);
    let shown = Shown {
        authorization: text(&parts.headers, header::AUTHORIZATION),
        certificate: &certificate,
        host: text(&parts.headers, header::HOST).or(parts.uri.authority().map(Authority::as_str)),
    };
    auth.allow(shown, scope).map_err(|refused| {
        let fault = match refused {
            Refused::Unknown => Fault::Unknown,
            Refused::Scope | Refused::Host => Fault::Forbidden,
        };
        Error::new(fault, refused.to_string())
    })
}

/// Who sent a request, as records have it: the name of a certificate that was verified, or an address.
pub(super) fn requester(extensions: &Extensions) -> Option<String> {
    let peer = extensions.get::<Peer>()?;
    let certificate = peer.certificate.as_ref();
    let name = certificate.and_then(|certificate| certificate.common_name.clone());
    Some(name.unwrap_or_else(|| peer.address.to_string()))
}

fn text(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok()
}

/// The names of the certificate that was verified.
fn names(parts: &Parts) -> Vec<String> {
    let peer = parts.extensions.get::<Peer>();
    let certificate = peer.and_then(|peer| peer.certificate.as_ref());
    let Some(certificate) = certificate else {
        return Vec::new();
    };
    let common = certificate.common_name.iter();
    common.chain(&certificate.names).cloned().collect()
}
