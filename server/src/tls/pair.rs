//! A certificate and its key: read from two files as one, and served only if they are one.

use std::path::{Path, PathBuf};

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;

use super::error::{TlsError, name, read};
use super::life::{Life, day};
use super::provider;

/// How often two files are read that change meanwhile.
const ATTEMPTS: usize = 3;

/// Where a certificate and its key stand, in PEM.
#[derive(Debug, Clone)]
pub struct Files {
    /// The certificate, and those of intermediate authorities after it.
    pub certificate: PathBuf,
    /// Its key.
    pub key: PathBuf,
}

impl Files {
    /// Both, as they were at one moment.
    pub(super) fn read(&self) -> Result<Pair, TlsError> {
        let (certificate, key) = self.texts()?;
        Ok(Pair {
            chain: certificates(&certificate, &self.certificate)?,
            key: PrivateKeyDer::from_pem_slice(&key)
                .ok()
                .ok_or_else(|| TlsError::Missing {
                    path: name(&self.key),
                    wanted: "private key",
                })?,
            certificate_name: name(&self.certificate),
            key_name: name(&self.key),
        })
    }

    /// A mounted volume may be swapped between two reads: nothing has changed if the first file is the same after the second.
    fn texts(&self) -> Result<(Vec<u8>, Vec<u8>), TlsError> {
        let mut certificate = read(&self.certificate)?;
        for _ in 0..ATTEMPTS {
            let key = read(&self.key)?;
            let again = read(&self.certificate)?;
            if certificate == again {
                return Ok((certificate, key));
            }
            certificate = again;
        }
        Err(TlsError::Changing {
            certificate: name(&self.certificate),
            key: name(&self.key),
        })
    }
}

/// The certificates of a file: at least one.
pub(super) fn certificates(
    text: &[u8],
    path: &Path,
) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(text).collect();
    found
        .ok()
        .filter(|found| !found.is_empty())
        .ok_or_else(|| TlsError::Missing {
            path: name(path),
            wanted: "certificate",
        })
}

/// A certificate and its key, not yet checked.
#[derive(Debug)]
pub(crate) struct Pair {
    pub(super) chain: Vec<CertificateDer<'static>>,
    pub(super) key: PrivateKeyDer<'static>,
    /// What messages call them.
    pub(super) certificate_name: String,
    pub(super) key_name: String,
}

impl Pair {
    /// What can be served, if it holds now and its key is its own.
    pub(super) fn certified(self, now: i64) -> Result<(CertifiedKey, Life), TlsError> {
        let life = self.life()?;
        if now < life.from {
            return Err(TlsError::NotYet {
                path: self.certificate_name,
                from: day(life.from),
            });
        }
        if !life.holds(now) {
            return Err(TlsError::Expired {
                path: self.certificate_name,
                until: day(life.until),
            });
        }
        match CertifiedKey::from_der(self.chain, self.key, &provider()) {
            Ok(certified) => Ok((certified, life)),
            Err(rustls::Error::InconsistentKeys(_)) => Err(TlsError::Mismatch {
                certificate: self.certificate_name,
                key: self.key_name,
            }),
            Err(error) => Err(TlsError::Unusable {
                path: self.key_name,
                reason: error.to_string(),
            }),
        }
    }

    fn life(&self) -> Result<Life, TlsError> {
        self.chain
            .first()
            .and_then(Life::of)
            .ok_or_else(|| TlsError::Unusable {
                path: self.certificate_name.clone(),
                reason: "what it calls a certificate is none".to_owned(),
            })
    }
}
