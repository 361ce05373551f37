//! Who may connect: certificates of clients, and what they are called.

use std::path::PathBuf;
use std::sync::Arc;

use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::server::WebPkiClientVerifier;
use rustls::server::danger::ClientCertVerifier;
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::GeneralName;

use super::error::{TlsError, name, read};
use super::pair::certificates;
use super::provider;

/// Which clients are let in.
#[derive(Debug, Clone)]
pub struct ClientAuth {
    /// A file with the certificates, in PEM, of the authorities that vouch for clients.
    pub authorities: PathBuf,
    /// Common names and DNS names, of which a client has to bear one. None: whoever is vouched for.
    pub names: Vec<String>,
    /// Whether a handshake without a certificate fails. If not, such a client may ask for health and nothing else.
    pub required: bool,
}

impl ClientAuth {
    pub(super) fn read(&self) -> Result<Vec<u8>, TlsError> {
        read(&self.authorities)
    }

    /// What verifies clients by the authorities in a text.
    pub(super) fn verifier(&self, text: &[u8]) -> Result<Arc<dyn ClientCertVerifier>, TlsError> {
        let unusable = |reason: String| TlsError::Unusable {
            path: name(&self.authorities),
            reason,
        };
        let mut roots = RootCertStore::empty();
        for certificate in certificates(text, &self.authorities)? {
            roots
                .add(certificate)
                .map_err(|error| unusable(error.to_string()))?;
        }
        let builder = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider());
        let builder = if self.required {
            builder
        } else {
            builder.allow_unauthenticated()
        };
        builder.build().map_err(|error| unusable(error.to_string()))
    }

    /// Whether a client is let in whose certificate, if it has one, was verified.
    pub(super) fn admits(&self, certificate: Option<&ClientCertificate>) -> bool {
        match certificate {
            None => !self.required,
            Some(certificate) => {
                self.names.is_empty() || self.names.iter().any(|name| certificate.bears(name))
            }
        }
    }
}

/// What the verified certificate of a client says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientCertificate {
    /// The common name of its subject; none, if there are several.
    pub common_name: Option<String>,
    /// Its DNS names.
    pub names: Vec<String>,
}

impl ClientCertificate {
    /// What a certificate says. Nothing, if it is none.
    pub(crate) fn of(certificate: &CertificateDer<'_>) -> Option<Self> {
        let (_, certificate) = x509_parser::parse_x509_certificate(certificate).ok()?;
        Some(Self {
            common_name: common_name(&certificate),
            names: dns_names(&certificate),
        })
    }

    fn bears(&self, name: &str) -> bool {
        self.common_name.as_deref() == Some(name) || self.names.iter().any(|own| own == name)
    }
}

fn common_name(certificate: &X509Certificate<'_>) -> Option<String> {
    let mut names = certificate.subject().iter_common_name();
    match (names.next(), names.next()) {
        (Some(name), None) => name.as_str().ok().map(str::to_owned),
        _ => None,
    }
}

fn dns_names(certificate: &X509Certificate<'_>) -> Vec<String> {
    let Ok(Some(alternatives)) = certificate.subject_alternative_name() else {
        return Vec::new();
    };
    alternatives
        .value
        .general_names
        .iter()
        .filter_map(|name| match name {
            GeneralName::DNSName(name) => Some((*name).to_owned()),
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owned(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    fn admits(names: &[&str], required: bool, certificate: Option<(&str, &[&str])>) -> bool {
        let auth = ClientAuth {
            authorities: PathBuf::new(),
            names: owned(names),
            required,
        };
        let certificate = certificate.map(|(common_name, names)| ClientCertificate {
            common_name: Some(common_name.to_owned()),
            names: owned(names),
        });
        auth.admits(certificate.as_ref())
    }

    #[test]
    fn a_client_bears_one_of_the_names() {
        assert!(admits(
            &["kube-apiserver"],
            true,
            Some(("kube-apiserver", &[]))
        ));
        assert!(admits(
            &["kube-apiserver"],
            true,
            Some(("other", &["kube-apiserver"]))
        ));
        assert!(!admits(
            &["kube-apiserver"],
            true,
            Some(("other", &["kube-apiserver.evil"]))
        ));
        assert!(!admits(&["kube-apiserver"], false, Some(("other", &[]))));
    }

    #[test]
    fn without_names_whoever_is_vouched_for_is_let_in() {
        assert!(admits(&[], true, Some(("anyone", &[]))));
    }

    #[test]
    fn a_client_without_a_certificate_is_let_in_where_it_is_not_required() {
        assert!(admits(&["kube-apiserver"], false, None));
        assert!(!admits(&["kube-apiserver"], true, None));
    }
}
