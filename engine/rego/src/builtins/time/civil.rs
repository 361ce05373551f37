//! Instants and the dates and clocks that they are called by.

/// Seconds and nanoseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Instant {
    pub(super) seconds: i64,
    pub(super) nanos: i64,
}

const BILLION: i64 = 1_000_000_000;

const SECONDS_PER_DAY: i64 = 86_400;

/// No instant that is answered with is further from 1970, in seconds.
const FAR: i128 = 1_000_000_000_000;

impl Instant {
    pub(super) fn from_nanoseconds(nanoseconds: i64) -> Self {
        Self {
            seconds: nanoseconds.div_euclid(BILLION),
            nanos: nanoseconds.rem_euclid(BILLION),
        }
    }

    /// The nanoseconds since 1970, if they fit.
    pub(super) fn nanoseconds(self) -> Option<i64> {
        let nanoseconds = i128::from(self.seconds) * i128::from(BILLION) + i128::from(self.nanos);
        i64::try_from(nanoseconds).ok()
    }
}

/// A date and a clock, without a zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Civil {
    pub(super) year: i64,
    /// From 1.
    pub(super) month: i64,
    pub(super) day: i64,
    pub(super) hour: i64,
    pub(super) minute: i64,
    pub(super) second: i64,
}

pub(super) const WEEKDAYS: [&str; 7] = [
    "Sunday",
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
];

pub(super) const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

impl Civil {
    /// The date and clock so many seconds after 1970 began.
    pub(super) fn from_seconds(seconds: i64) -> Self {
        let days = seconds.div_euclid(SECONDS_PER_DAY);
        let of_day = seconds.rem_euclid(SECONDS_PER_DAY);
        let (year, month, day) = date_of(days);
        Self {
            year,
            month,
            day,
            hour: of_day / 3600,
            minute: of_day / 60 % 60,
            second: of_day % 60,
        }
    }

    /// The seconds from the beginning of 1970, unless that is very far. Months and days may be out of their ranges.
    pub(super) fn seconds(&self) -> Option<i64> {
        let months = i128::from(self.year) * 12 + i128::from(self.month) - 1;
        let days = days_before(months) + i128::from(self.day) - 1;
        let of_day = self.hour * 3600 + self.minute * 60 + self.second;
        let seconds = days * i128::from(SECONDS_PER_DAY) + i128::from(of_day);
        if seconds.abs() < FAR {
            i64::try_from(seconds).ok()
        } else {
            None
        }
    }

    pub(super) fn weekday(&self) -> &'static str {
        // 1970 began on a Thursday.
        let day = (self.days() + 4).rem_euclid(7);
        usize::try_from(day)
            .ok()
            .and_then(|day| WEEKDAYS.get(day))
            .copied()
            .unwrap_or_default()
    }

    pub(super) fn month_name(&self) -> &'static str {
        usize::try_from(self.month - 1)
            .ok()
            .and_then(|month| MONTHS.get(month))
            .copied()
            .unwrap_or_default()
    }

    /// From 1.
    pub(super) fn day_of_year(&self) -> i64 {
        days_before_month(self.year, self.month) - days_before_month(self.year, 1) + self.day
    }

    fn days(&self) -> i64 {
        days_before_month(self.year, self.month) + self.day - 1
    }
}

/// The days from the beginning of 1970 to that of a month, which may be the thirteenth of a year.
pub(super) fn days_before_month(year: i64, month: i64) -> i64 {
    let days = days_before(i128::from(year) * 12 + i128::from(month) - 1);
    i64::try_from(days).unwrap_or(i64::MAX)
}

/// The days from the beginning of 1970 to that of a month, counted from January of the year 0.
fn days_before(months: i128) -> i128 {
    // Years that begin with March have the day that is sometimes missing at their end.
    let shifted = months - 2;
    let year = shifted.div_euclid(12);
    let month = shifted.rem_euclid(12);
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    year * 365 + leap_days + (153 * month + 2) / 5 - 719_468
}

/// Year, month and day of a day since 1970 began.
fn date_of(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 {
        shifted_month + 3
    } else {
        shifted_month - 9
    };
    let year = era * 400 + year_of_era + i64::from(month <= 2);
    (year, month, day)
}

pub(super) fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

/// How many days a month has.
pub(super) fn days_in(year: i64, month: i64) -> i64 {
    days_before_month(year, month + 1) - days_before_month(year, month)
}
