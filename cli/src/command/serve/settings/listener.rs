//! Where a server listens, and by which certificate.

use std::net::SocketAddr;
use std::path::PathBuf;

use plumbline_core::problem::Problem;
use plumbline_core::tree::View;
use plumbline_server::config::{CertificateConfig, Listener, TlsConfig};
use plumbline_server::tls::ClientAuth;

use super::{ADMISSION, API, Reader, text, texts};
use crate::args::{ServeArgs, address};

/// What the settings say of a listener.
#[derive(Debug, Default)]
pub(super) struct Written {
    address: Option<SocketAddr>,
    certificate: Option<CertificateConfig>,
    clients: Option<ClientAuth>,
    folder: Option<PathBuf>,
}

impl Written {
    /// Where API servers ask. Without a certificate it is said what to do about it.
    pub(super) fn for_admission(
        self,
        args: &ServeArgs,
        problems: &mut Vec<Problem>,
    ) -> Option<Listener> {
        if args.no_admission {
            return None;
        }
        let address = args.listen.or(self.address).unwrap_or(ADMISSION);
        if args.plain {
            return Some(Listener { address, tls: None });
        }
        let certificate = match (&args.tls_cert, &args.tls_key) {
            (Some(certificate), Some(key)) => Some(CertificateConfig::Files {
                certificate: certificate.clone(),
                key: key.clone(),
            }),
            _ if !args.self_signed.is_empty() => Some(CertificateConfig::SelfSigned {
                names: args.self_signed.clone(),
                folder: self.folder,
            }),
            _ => self.certificate,
        };
        let Some(certificate) = certificate else {
            let message = "API servers ask over TLS only, and there is no certificate";
            let help = "`--tls-cert` and `--tls-key` name one, `--self-signed NAMES` makes one; `--plain` does without on this machine, and `--no-admission` answers no API server";
            problems.push(Problem::run(message).help(help));
            return None;
        };
        let of_option = args.client_ca.as_ref().map(|authorities| ClientAuth {
            authorities: authorities.clone(),
            names: args.client_names.clone(),
            required: true,
        });
        let clients = of_option.or(self.clients);
        Some(Listener {
            address,
            tls: Some(TlsConfig {
                certificate,
                clients,
            }),
        })
    }

    /// Where everyone else asks.
    pub(super) fn for_api(self, args: &ServeArgs) -> Listener {
        let local = Listener::local(API).address;
        let clients = self.clients;
        Listener {
            address: args.api.or(self.address).unwrap_or(local),
            tls: self.certificate.map(|certificate| TlsConfig {
                certificate,
                clients,
            }),
        }
    }
}

impl Reader<'_> {
    /// What is said of a listener.
    pub(super) fn listener(&mut self, of: Option<View<'_>>) -> Written {
        let Some(of) = of else {
            return Written::default();
        };
        let folder = self.path(of, "authority-folder");
        let certificate = self.certificate(of, folder.clone());
        let clients = self.clients(of);
        if let Some(written) = of.get("client-ca-file")
            && certificate.is_none()
        {
            let help = "add `cert-file` and `key-file`, or `self-signed`";
            self.refuse(written, "clients show certificates over TLS only", help);
        }
        Written {
            address: self.address(of),
            certificate,
            clients,
            folder,
        }
    }

    fn address(&mut self, of: View<'_>) -> Option<SocketAddr> {
        let written = of.get("listen")?;
        match address(written.str()?) {
            Ok(address) => Some(address),
            Err(reason) => {
                let help = "an IPv6 address stands in brackets: `[::1]:8181`";
                self.refuse(written, &format!("`listen`: {reason}"), help);
                None
            }
        }
    }

    fn certificate(&mut self, of: View<'_>, folder: Option<PathBuf>) -> Option<CertificateConfig> {
        let names = texts(of.get("self-signed"));
        let files = (self.path(of, "cert-file"), self.path(of, "key-file"));
        match files {
            (None, None) if names.is_empty() => None,
            (None, None) => Some(CertificateConfig::SelfSigned { names, folder }),
            (Some(certificate), Some(key)) if names.is_empty() => {
                Some(CertificateConfig::Files { certificate, key })
            }
            _ => {
                let message = "it does not say which certificate is used";
                let help = "it has `cert-file` and `key-file`, or `self-signed`";
                self.refuse(of, message, help);
                None
            }
        }
    }

    fn clients(&mut self, of: View<'_>) -> Option<ClientAuth> {
        let Some(authorities) = self.path(of, "client-ca-file") else {
            for key in ["client-names", "client-auth"] {
                if let Some(written) = of.get(key) {
                    let message = format!("`{key}` without `client-ca-file`");
                    let help = "nobody vouches for a client without the authority that signed it";
                    self.refuse(written, &message, help);
                }
            }
            return None;
        };
        let required = text(of, "client-auth").is_none_or(|word| word == "required");
        Some(ClientAuth {
            authorities,
            names: texts(of.get("client-names")),
            required,
        })
    }
}
