//! Whom API servers trust: the bundle of authorities by which they verify who answers.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use x509_parser::pem::Pem;

use super::cluster::Cluster;
use super::webhook::Webhook;
use super::{Check, Sign};
use crate::finding::Severity;
use crate::tree::View;
use crate::waiver::Date;

/// Seconds of a day.
const DAY: i64 = 24 * 60 * 60;
/// Seconds of the days in which an authority should be exchanged before it ends.
const SOON: i64 = 30 * DAY;

pub(super) const CHECKS: &[Check] = &[
    Check {
        name: "no-ca-bundle",
        severity: Severity::High,
        title: "nobody says whom to trust",
        remedy: "write the authority into `caBundle`, or let an annotation have it written",
        look: no_bundle,
    },
    Check {
        name: "broken-ca-bundle",
        severity: Severity::High,
        title: "an authority that cannot be read",
        remedy: "write certificates in PEM, encoded once more as base64",
        look: broken_bundle,
    },
    Check {
        name: "expired-ca",
        severity: Severity::High,
        title: "an authority that does not hold today",
        remedy: "renew the authority, and write the new one into `caBundle`",
        look: expired,
    },
    Check {
        name: "ca-expires-soon",
        severity: Severity::Medium,
        title: "an authority that soon holds no more",
        remedy: "renew the authority, and keep the old one in `caBundle` until everything is signed by the new one",
        look: expires_soon,
    },
    Check {
        name: "ca-does-not-sign",
        severity: Severity::Medium,
        title: "a bundle without an authority",
        remedy: "write the certificate that signs into `caBundle`, and not the one that is shown",
        look: does_not_sign,
    },
];

/// Annotations by which somebody else writes the bundle.
const WRITERS: &[&str] = &[
    crate::install::OWN_AUTHORITY,
    "cert-manager.io/inject-ca-from",
    "cert-manager.io/inject-ca-from-secret",
    "cert-manager.io/inject-apiserver-ca",
    "service.beta.openshift.io/inject-cabundle",
];

/// What a bundle comes to.
struct Bundle<'a> {
    written: View<'a>,
    /// Its certificates, or why there are none.
    certificates: Result<Vec<Certificate>, String>,
}

/// What counts of a certificate: seconds since 1970 between which it holds, and whether it may sign.
struct Certificate {
    from: i64,
    until: i64,
    signs: bool,
}

fn no_bundle(webhook: &Webhook<'_>, _: &Cluster<'_>) -> Vec<Sign> {
    let annotations = webhook.resource.view().at(&["metadata", "annotations"]);
    let is_written_later = WRITERS
        .iter()
        .any(|writer| annotations.and_then(|all| all.get(writer)).is_some());
    let config = webhook.view.get("clientConfig");
    let Some(config) = config.filter(|_| webhook.service().is_some() && !is_written_later) else {
        return Vec::new();
    };
    if bundle(webhook).is_some() {
        return Vec::new();
    }
    let message = format!(
        "{} has no `caBundle`: API servers trust public authorities only, and none of them signs for a service",
        webhook.spelt()
    );
    vec![Sign::under(config, "caBundle", message)]
}

fn broken_bundle(webhook: &Webhook<'_>, _: &Cluster<'_>) -> Vec<Sign> {
    let broken = bundle(webhook).and_then(|bundle| {
        let why = bundle.certificates.err()?;
        let message = format!("the `caBundle` of {} {why}", webhook.spelt());
        Some(Sign::new(bundle.written, message))
    });
    broken.into_iter().collect()
}

/// A bundle holds as long as one of its authorities does: an old one stays in it while a new one takes over.
fn expired(webhook: &Webhook<'_>, cluster: &Cluster<'_>) -> Vec<Sign> {
    let today = begun(cluster.today);
    let said = readable(webhook).and_then(|(written, certificates)| {
        let holds = |one: &Certificate| one.from < today + DAY && today <= one.until;
        if certificates.iter().any(holds) {
            return None;
        }
        let is_early = certificates.iter().any(|one| one.from >= today + DAY);
        let message = if is_early {
            format!("no authority of {} holds yet", webhook.spelt())
        } else {
            let last = certificates.iter().map(|one| one.until).max()?;
            format!(
                "the last authority of {} held until {}: whoever answers is not trusted",
                webhook.spelt(),
                day(last)
            )
        };
        Some(Sign::new(written, message))
    });
    said.into_iter().collect()
}

fn expires_soon(webhook: &Webhook<'_>, cluster: &Cluster<'_>) -> Vec<Sign> {
    let today = begun(cluster.today);
    let said = readable(webhook).and_then(|(written, certificates)| {
        let last = certificates.iter().map(|one| one.until).max()?;
        if last < today || last > today + SOON {
            return None;
        }
        let message = format!(
            "the last authority of {} holds until {}",
            webhook.spelt(),
            day(last)
        );
        Some(Sign::new(written, message))
    });
    said.into_iter().collect()
}

fn does_not_sign(webhook: &Webhook<'_>, _: &Cluster<'_>) -> Vec<Sign> {
    let bundle = readable(webhook);
    let bundle = bundle.filter(|(_, certificates)| !certificates.iter().any(|one| one.signs));
    let said = bundle.map(|(written, _)| {
        let message = format!(
            "no certificate in the `caBundle` of {} may sign another one",
            webhook.spelt()
        );
        Sign::new(written, message)
    });
    said.into_iter().collect()
}

/// The beginning of a day, in seconds since 1970; of an earlier one, that of 1970.
fn begun(day: Date) -> i64 {
    let seconds = day.unix_seconds().unwrap_or_default();
    i64::try_from(seconds).unwrap_or(i64::MAX)
}

fn day(seconds: i64) -> Date {
    Date::of_unix_seconds(u64::try_from(seconds).unwrap_or_default())
}

fn readable<'a>(webhook: &Webhook<'a>) -> Option<(View<'a>, Vec<Certificate>)> {
    let bundle = bundle(webhook)?;
    Some((bundle.written, bundle.certificates.ok()?))
}

/// The bundle that is written; none where it is missing or empty.
fn bundle<'a>(webhook: &Webhook<'a>) -> Option<Bundle<'a>> {
    let written = webhook.view.at(&["clientConfig", "caBundle"])?;
    let text = written.raw().filter(|text| !text.trim().is_empty())?;
    Some(Bundle {
        written,
        certificates: certificates(text),
    })
}

fn certificates(text: &str) -> Result<Vec<Certificate>, String> {
    let compact: String = text.split_ascii_whitespace().collect();
    let Ok(pem) = STANDARD.decode(compact) else {
        return Err("is no base64".to_owned());
    };
    let mut found = Vec::new();
    for part in Pem::iter_from_buffer(&pem) {
        let Ok(part) = part else {
            return Err("is no PEM".to_owned());
        };
        if part.label != "CERTIFICATE" {
            return Err(format!(
                "holds a `{}` among its certificates",
                part.label.escape_debug()
            ));
        }
        let Ok(certificate) = part.parse_x509() else {
            return Err("holds what is no certificate".to_owned());
        };
        let validity = certificate.validity();
        let is_own = certificate.issuer() == certificate.subject();
        found.push(Certificate {
            from: validity.not_before.timestamp(),
            until: validity.not_after.timestamp(),
            signs: certificate.is_ca() || is_own,
        });
    }
    if found.is_empty() {
        return Err("holds no certificate in PEM".to_owned());
    }
    Ok(found)
}
