//! Time zones, from the data that is compiled in.

use jiff::Timestamp;
use jiff::tz::{TimeZone, TimeZoneDatabase};

use super::civil::{Civil, Instant};

/// A zone by its name. The zone of the machine is not asked for: `Local` is UTC.
#[derive(Debug, Clone)]
pub(super) enum Zone {
    Utc,
    Named(TimeZone),
}

impl Zone {
    /// The zone of a name, which is spelt exactly so. The error is in Go's words.
    pub(super) fn load(name: &str) -> Result<Self, String> {
        if matches!(name, "" | "UTC" | "Local") {
            return Ok(Self::Utc);
        }
        if name.contains("..") || name.starts_with(['/', '\\']) {
            return Err("time: invalid location name".to_owned());
        }
        let found = TimeZoneDatabase::bundled().get(name).ok();
        let exact = found.filter(|zone| zone.iana_name() == Some(name));
        exact
            .map(Self::Named)
            .ok_or_else(|| format!("unknown time zone {name}"))
    }

    /// The offset from UTC in seconds, and the abbreviation, at so many seconds since 1970.
    fn at(&self, seconds: i64) -> (i64, String) {
        match (self, Timestamp::from_second(seconds)) {
            (Self::Named(zone), Ok(timestamp)) => {
                let info = zone.to_offset_info(timestamp);
                (
                    i64::from(info.offset().seconds()),
                    info.abbreviation().to_owned(),
                )
            }
            _ => (0, "UTC".to_owned()),
        }
    }

    fn offset(&self, seconds: i64) -> i64 {
        self.at(seconds).0
    }
}

/// An instant as it is seen in a zone.
#[derive(Debug, Clone)]
pub(super) struct Moment {
    pub(super) instant: Instant,
    pub(super) zone: Zone,
}

impl Moment {
    pub(super) fn with_zone(self, zone: Zone) -> Self {
        Self { zone, ..self }
    }

    /// The date and clock in the zone.
    pub(super) fn civil(&self) -> Civil {
        Civil::from_seconds(self.instant.seconds.saturating_add(self.offset()))
    }

    /// The offset from UTC in seconds.
    pub(super) fn offset(&self) -> i64 {
        self.zone.offset(self.instant.seconds)
    }

    pub(super) fn abbreviation(&self) -> String {
        self.zone.at(self.instant.seconds).1
    }

    /// The instant with the same clock so many years, months and days later; nothing if that is very far.
    pub(super) fn add_date(&self, years: i64, months: i64, days: i64) -> Option<Instant> {
        let civil = self.civil();
        let moved = Civil {
            year: civil.year.checked_add(years)?,
            month: civil.month.checked_add(months)?,
            day: civil.day.checked_add(days)?,
            ..civil
        };
        let local = moved.seconds()?;
        Some(Instant {
            seconds: local - self.offset_of_clock(local),
            nanos: self.instant.nanos,
        })
    }

    /// The offset that Go takes for a clock that may occur never or twice: that of the instant which the offset of
    /// the clock, read as UTC, leads to.
    fn offset_of_clock(&self, local: i64) -> i64 {
        match self.zone.offset(local) {
            0 => 0,
            offset => self.zone.offset(local - offset),
        }
    }
}
