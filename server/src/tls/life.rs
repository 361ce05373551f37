//! How long a certificate holds.

use plumbline_core::waiver::Date;
use rustls::pki_types::CertificateDer;

const DAY: f64 = 86_400.0;

/// The seconds after the beginning of 1970 from which and until which a certificate holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Life {
    pub(super) from: i64,
    pub(super) until: i64,
}

impl Life {
    /// What a certificate says. Nothing, if it is none.
    pub(super) fn of(certificate: &CertificateDer<'_>) -> Option<Self> {
        let (_, certificate) = x509_parser::parse_x509_certificate(certificate).ok()?;
        let validity = certificate.validity();
        Some(Self {
            from: validity.not_before.timestamp(),
            until: validity.not_after.timestamp(),
        })
    }

    pub(super) fn holds(self, now: i64) -> bool {
        self.from <= now && now <= self.until
    }

    /// Whether two thirds have gone, or the clock was set back behind its beginning.
    pub(super) fn is_due(self, now: i64) -> bool {
        now < self.from || now >= self.from + (self.until - self.from) / 3 * 2
    }

    /// How many days are left; less than none of what has expired.
    pub(super) fn days_left(self, now: i64) -> f64 {
        f64::from(i32::try_from(self.until - now).unwrap_or(i32::MAX)) / DAY
    }
}

/// The day of a number of seconds after the beginning of 1970.
pub(super) fn day(seconds: i64) -> Date {
    Date::of_unix_seconds(u64::try_from(seconds).unwrap_or_default())
}
