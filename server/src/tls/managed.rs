//! Certificates that nobody has to bring: an authority of our own, and what it issues.
//!
//! The authority may be shared by replicas through a folder; what it issues stays in the memory of each.
//! Nothing here tells a cluster whom to trust: the bundle is handed out.

pub(crate) mod authority;
mod folder;

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use super::error::TlsError;
use super::life::Life;
use super::pair::Pair;
use authority::Authority;

/// Seconds of a day.
const DAY: i64 = 24 * 60 * 60;
/// How long an authority is known before it issues: those who verify have that time to learn of it.
const ANNOUNCED: i64 = 7 * DAY;

/// Our own authority, and the names that are served.
#[derive(Debug)]
pub struct Managed {
    names: Vec<String>,
    folder: Option<PathBuf>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    authorities: Vec<Authority>,
    issued: Option<Issued>,
}

#[derive(Debug)]
struct Issued {
    certificate: CertificateDer<'static>,
    key: PrivateKeyDer<'static>,
    issuer: CertificateDer<'static>,
    life: Life,
}

impl Managed {
    /// Certificates for DNS names and addresses. Without a folder, the authority ends with the process.
    pub fn new(names: Vec<String>, folder: Option<PathBuf>) -> Self {
        Self {
            names,
            folder,
            state: Mutex::default(),
        }
    }

    /// What to serve now, and, in PEM, all authorities to be trusted.
    pub(crate) fn pair(&self, now: i64) -> Result<(Pair, String), TlsError> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let State {
            authorities,
            issued,
        } = &mut *state;
        match &self.folder {
            Some(folder) => *authorities = folder::authorities(folder, now)?,
            None => renew(authorities, now)?,
        }
        let issuer = issuer(authorities, now)
            .ok_or_else(|| TlsError::Issuing("no authority holds".to_owned()))?;
        let standing = issued
            .take()
            .filter(|issued| issued.issuer == issuer.certificate && !issued.life.is_due(now));
        let current = match standing {
            Some(issued) => issued,
            None => self.issue(issuer, now)?,
        };
        let current = issued.insert(current);
        let pair = Pair {
            chain: vec![current.certificate.clone()],
            key: current.key.clone_key(),
            certificate_name: "the certificate of our own".to_owned(),
            key_name: "the key of our own".to_owned(),
        };
        Ok((pair, authority::bundle(authorities)))
    }

    fn issue(&self, issuer: &Authority, now: i64) -> Result<Issued, TlsError> {
        let (certificate, key, life) = issuer.issue(&self.names, now)?;
        Ok(Issued {
            certificate,
            key,
            issuer: issuer.certificate.clone(),
            life,
        })
    }
}

/// Whether all authorities hold, and the newest for a good while yet.
fn is_settled(authorities: &[Authority], now: i64) -> bool {
    authorities.iter().all(|one| now <= one.life.until)
        && authorities
            .last()
            .is_some_and(|newest| !newest.life.is_due(now))
}

/// Leaves out what has expired, and adds a new authority when the newest has lived most of its life.
fn renew(authorities: &mut Vec<Authority>, now: i64) -> Result<(), TlsError> {
    authorities.retain(|one| now <= one.life.until);
    if !is_settled(authorities, now) {
        authorities.push(Authority::new(now)?);
    }
    Ok(())
}

/// The newest that was announced long enough, or the oldest, when nobody can know of another.
fn issuer(authorities: &[Authority], now: i64) -> Option<&Authority> {
    let mut holding = authorities.iter().filter(|one| one.life.holds(now));
    let oldest = holding.next()?;
    let announced = holding.rfind(|one| one.life.from + ANNOUNCED <= now);
    announced.or(Some(oldest))
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: i64 = 1_800_000_000;

    /// How many are trusted after so many days, and which of them has issued.
    fn after(managed: &Managed, days: i64) -> (usize, usize) {
        let (pair, bundle) = managed.pair(START + days * DAY).unwrap();
        let state = managed.state.lock().unwrap();
        let issuer = &state.issued.as_ref().unwrap().issuer;
        let position = state
            .authorities
            .iter()
            .position(|one| one.certificate == *issuer);
        assert_eq!(pair.chain.len(), 1);
        (
            bundle.matches("BEGIN CERTIFICATE").count(),
            position.unwrap(),
        )
    }

    fn managed(folder: Option<PathBuf>) -> Managed {
        Managed::new(vec!["plumbline.policy.svc".to_owned()], folder)
    }

    #[test]
    fn a_new_authority_is_announced_before_it_issues() {
        let managed = managed(None);
        assert_eq!(after(&managed, 0), (1, 0));
        assert_eq!(after(&managed, 240), (1, 0));
        assert_eq!(after(&managed, 245), (2, 0));
        assert_eq!(after(&managed, 251), (2, 0));
        assert_eq!(after(&managed, 253), (2, 1));
        assert_eq!(after(&managed, 366), (1, 0));
    }

    #[test]
    fn after_a_long_silence_a_new_authority_issues_at_once() {
        let managed = managed(None);
        after(&managed, 0);
        assert_eq!(after(&managed, 1000), (1, 0));
    }

    #[test]
    fn a_certificate_is_kept_for_two_thirds_of_its_life() {
        let managed = managed(None);
        let at = |days: i64| managed.pair(START + days * DAY).unwrap().0.chain;
        let first = at(0);
        assert_eq!(at(19), first);
        assert_ne!(at(21), first);
    }

    #[test]
    fn replicas_share_an_authority_through_a_folder() {
        let folder = tempfile::tempdir().unwrap();
        let shared = folder.path().join("certificates");
        let (one, other) = (managed(Some(shared.clone())), managed(Some(shared)));
        let (first, bundle) = one.pair(START).unwrap();
        let (second, same) = other.pair(START).unwrap();
        assert_eq!(bundle, same);
        assert_ne!(first.chain, second.chain);
        assert_eq!(after(&one, 245), (2, 0));
        assert_eq!(after(&other, 245), (2, 0));
    }
}
