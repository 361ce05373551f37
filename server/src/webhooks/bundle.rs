//! Whom API servers trust: what vouches for each replica that answers.

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use x509_parser::parse_x509_certificate;

use crate::tls::{AUTHORITY, pem};

/// How many authorities of other replicas are kept.
const MOST: usize = 8;

/// What stands in a webhook, and our own certificates: of what stands there, the authorities of other replicas that still
/// hold, the newest if there are many. None if our own are there already. Both are PEM.
pub fn union(standing: &[u8], own: &str, now: i64) -> Option<String> {
    let standing = certificates(standing);
    let own = certificates(own.as_bytes());
    if own.iter().all(|certificate| standing.contains(certificate)) {
        return None;
    }
    let of_others = standing.into_iter().filter(|other| !own.contains(other));
    let mut others: Vec<(i64, CertificateDer<'static>)> = of_others
        .filter_map(|other| Some((begun(&other, now)?, other)))
        .collect();
    others.sort_by_key(|(begun, _)| std::cmp::Reverse(*begun));
    let others = others.into_iter().map(|(_, other)| other);
    let all = own.into_iter().chain(others.take(MOST));
    Some(
        all.map(|certificate| pem("CERTIFICATE", &certificate))
            .collect(),
    )
}

/// Certificates of a text in PEM. What is none is left out.
fn certificates(text: &[u8]) -> Vec<CertificateDer<'static>> {
    let found = CertificateDer::pem_slice_iter(text);
    found.filter_map(Result::ok).collect()
}

/// Since when an authority of a replica holds, if it is one and holds now.
fn begun(certificate: &CertificateDer<'_>, now: i64) -> Option<i64> {
    let (_, certificate) = parse_x509_certificate(certificate).ok()?;
    let name = certificate.subject().iter_common_name().next()?;
    let is_authority = name.as_str().ok()?.starts_with(AUTHORITY);
    let life = certificate.validity();
    let holds = life.not_after.timestamp() > now;
    (is_authority && holds).then(|| life.not_before.timestamp())
}

#[cfg(test)]
mod tests {
    use super::{certificates, union};
    use crate::tls::Managed;

    const NOW: i64 = 1_795_000_000;
    const YEAR: i64 = 366 * 24 * 60 * 60;

    /// What vouches for a replica that began at some time.
    fn replica(now: i64) -> String {
        let managed = Managed::new(vec!["localhost".to_owned()], None);
        managed.pair(now).unwrap().1
    }

    #[test]
    fn what_is_there_already_is_not_written_again() {
        let own = replica(NOW);
        assert_eq!(union(own.as_bytes(), &own, NOW), None);
    }

    #[test]
    fn other_replicas_stay_trusted() {
        let (own, other) = (replica(NOW), replica(NOW - 1));
        let both = union(other.as_bytes(), &own, NOW).unwrap();
        assert_eq!(certificates(both.as_bytes()).len(), 2);
        assert_eq!(union(both.as_bytes(), &other, NOW), None);
        assert_eq!(
            union(b"", &own, NOW).map(|all| certificates(all.as_bytes()).len()),
            Some(1)
        );
    }

    #[test]
    fn what_has_ended_and_what_is_no_replica_is_not_kept() {
        let (own, ended) = (replica(NOW), replica(NOW - 2 * YEAR));
        let all = union(ended.as_bytes(), &own, NOW).unwrap();
        assert_eq!(certificates(all.as_bytes()).len(), 1);
        let key = rcgen::KeyPair::generate().unwrap();
        let mut stranger = rcgen::CertificateParams::new(vec!["a.example".to_owned()]).unwrap();
        stranger.not_after = rcgen::date_time_ymd(2099, 1, 1);
        let stranger = stranger.self_signed(&key).unwrap().pem();
        let all = union(stranger.as_bytes(), &own, NOW).unwrap();
        assert_eq!(certificates(all.as_bytes()).len(), 1);
    }

    #[test]
    fn there_are_never_many() {
        let mut standing = String::new();
        for ago in 1..20 {
            standing.push_str(&replica(NOW - ago));
        }
        let all = union(standing.as_bytes(), &replica(NOW), NOW).unwrap();
        assert_eq!(certificates(all.as_bytes()).len(), 9);
    }
}
