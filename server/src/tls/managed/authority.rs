//! An authority of our own: how it is made, what it issues, and how it is written down.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa,
    Issuer, KeyPair, KeyUsagePurpose,
};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use x509_parser::time::ASN1Time;

use super::DAY;
use crate::tls::error::{TlsError, name};
use crate::tls::life::Life;
use crate::tls::pair::certificates;

/// How the name of every authority begins.
pub(crate) const NAME: &str = "plumbline authority";
/// How long an authority lives.
const AUTHORITY: i64 = 365 * DAY;
/// How long lives what it issues.
const CERTIFICATE: i64 = 30 * DAY;
/// How far the clocks of others may be behind.
const SKEW: i64 = 60 * 60;
/// How many characters a line of PEM has.
const LINE: usize = 64;

/// An authority with its key.
#[derive(Debug)]
pub(super) struct Authority {
    pub(super) certificate: CertificateDer<'static>,
    pub(super) life: Life,
    key: KeyPair,
}

impl Authority {
    /// A new one.
    pub(super) fn new(now: i64) -> Result<Self, TlsError> {
        let key = KeyPair::generate().map_err(|error| failed(&error))?;
        let life = Life {
            from: now - SKEW,
            until: now + AUTHORITY,
        };
        let mut params = lasting(CertificateParams::default(), life)?;
        // Another name for each, so that nobody takes one for the other.
        params.distinguished_name = called(format!("{NAME} {now}"));
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let certificate = params.self_signed(&key).map_err(|error| failed(&error))?;
        Ok(Self {
            certificate: certificate.into(),
            life,
            key,
        })
    }

    /// A certificate for names, with its key, and how long it holds: never longer than the authority.
    pub(super) fn issue(
        &self,
        names: &[String],
        now: i64,
    ) -> Result<(CertificateDer<'static>, PrivateKeyDer<'static>, Life), TlsError> {
        let key = KeyPair::generate().map_err(|error| failed(&error))?;
        let life = Life {
            from: self.life.from.max(now - SKEW),
            until: self.life.until.min(now + CERTIFICATE),
        };
        let params = CertificateParams::new(names).map_err(|error| failed(&error))?;
        let mut params = lasting(params, life)?;
        params.distinguished_name = called("plumbline".to_owned());
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.use_authority_key_identifier_extension = true;
        let issuer = Issuer::from_ca_cert_der(&self.certificate, &self.key)
            .map_err(|error| failed(&error))?;
        let certificate = params
            .signed_by(&key, &issuer)
            .map_err(|error| failed(&error))?;
        let key = PrivatePkcs8KeyDer::from(key.serialize_der());
        Ok((certificate.into(), key.into(), life))
    }

    /// All that are written in a file, oldest first.
    pub(super) fn read_all(text: &[u8], path: &Path) -> Result<Vec<Self>, TlsError> {
        let unusable = || TlsError::Unusable {
            path: name(path),
            reason: "it does not hold authorities, each with its key".to_owned(),
        };
        let certificates = certificates(text, path)?;
        let keys: Result<Vec<_>, _> = PrivateKeyDer::pem_slice_iter(text).collect();
        let keys = keys.ok().filter(|keys| keys.len() == certificates.len());
        certificates
            .into_iter()
            .zip(keys.ok_or_else(unusable)?)
            .map(|(certificate, key)| Self::read(certificate, &key).ok_or_else(unusable))
            .collect()
    }

    fn read(certificate: CertificateDer<'static>, key: &PrivateKeyDer<'static>) -> Option<Self> {
        Some(Self {
            life: Life::of(&certificate)?,
            certificate,
            key: KeyPair::try_from(key).ok()?,
        })
    }

    /// The text that is read again.
    pub(super) fn write_all(authorities: &[Self]) -> String {
        authorities
            .iter()
            .map(|one| {
                pem("CERTIFICATE", &one.certificate) + &pem("PRIVATE KEY", one.key.serialized_der())
            })
            .collect()
    }
}

/// The certificates of authorities, without their keys.
pub(super) fn bundle(authorities: &[Authority]) -> String {
    authorities
        .iter()
        .map(|one| pem("CERTIFICATE", &one.certificate))
        .collect()
}

fn lasting(mut params: CertificateParams, life: Life) -> Result<CertificateParams, TlsError> {
    let moment = |seconds: i64| {
        ASN1Time::from_timestamp(seconds).map_err(|error| TlsError::Issuing(error.to_string()))
    };
    params.not_before = moment(life.from)?.to_datetime();
    params.not_after = moment(life.until)?.to_datetime();
    Ok(params)
}

fn called(name: String) -> DistinguishedName {
    let mut names = DistinguishedName::new();
    names.push(DnType::CommonName, name);
    names
}

/// Bytes as PEM has them.
pub(crate) fn pem(label: &str, bytes: &[u8]) -> String {
    let mut text = format!("-----BEGIN {label}-----\n");
    for (position, digit) in STANDARD.encode(bytes).chars().enumerate() {
        if position > 0 && position.is_multiple_of(LINE) {
            text.push('\n');
        }
        text.push(digit);
    }
    text + &format!("\n-----END {label}-----\n")
}

fn failed(error: &rcgen::Error) -> TlsError {
    TlsError::Issuing(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_800_000_000;

    #[test]
    fn what_is_written_is_read_again() {
        let authorities = [
            Authority::new(NOW).unwrap(),
            Authority::new(NOW + 1).unwrap(),
        ];
        let text = Authority::write_all(&authorities);
        let again = Authority::read_all(text.as_bytes(), Path::new("authorities.pem")).unwrap();
        assert_eq!(Authority::write_all(&again), text);
        assert_eq!(
            again.iter().map(|one| one.life).collect::<Vec<_>>(),
            authorities.iter().map(|one| one.life).collect::<Vec<_>>()
        );
    }

    #[test]
    fn an_authority_without_a_key_is_not_read() {
        let text = bundle(&[Authority::new(NOW).unwrap()]);
        assert!(Authority::read_all(text.as_bytes(), Path::new("authorities.pem")).is_err());
    }

    #[test]
    fn nothing_is_issued_beyond_the_life_of_the_authority() {
        let authority = Authority::new(NOW).unwrap();
        let names = ["localhost".to_owned(), "127.0.0.1".to_owned()];
        let (certificate, _, life) = authority.issue(&names, NOW + AUTHORITY - DAY).unwrap();
        assert_eq!(life.until, authority.life.until);
        assert_eq!(Life::of(&certificate), Some(life));
    }
}
