//! Days: the only time that a waiver knows.

use std::fmt;

/// A day of the Gregorian calendar, in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    year: u16,
    month: u16,
    day: u16,
}

const SECONDS_OF_A_DAY: u64 = 86_400;

impl Date {
    /// Reads `YYYY-MM-DD`; none for any other spelling, and for a day that no month has.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('-');
        let year = number(parts.next()?, 4)?;
        let month = number(parts.next()?, 2)?;
        let day = number(parts.next()?, 2)?;
        let exists = (1..=12).contains(&month) && (1..=days_of_month(year, month)).contains(&day);
        (exists && parts.next().is_none()).then_some(Self { year, month, day })
    }

    /// The day of a number of seconds after the beginning of 1970.
    pub fn of_unix_seconds(seconds: u64) -> Self {
        let mut days = seconds / SECONDS_OF_A_DAY;
        let (mut year, mut month) = (1970, 1);
        while year < 9999 && days >= days_of_year(year) {
            days -= days_of_year(year);
            year += 1;
        }
        while month < 12 && days >= u64::from(days_of_month(year, month)) {
            days -= u64::from(days_of_month(year, month));
            month += 1;
        }
        let day = u16::try_from(days.min(30)).unwrap_or(30) + 1;
        Self { year, month, day }
    }

    /// The seconds from the beginning of 1970 to that of the day; none for a day before.
    pub fn unix_seconds(self) -> Option<u64> {
        let years = (1970..self.year).map(days_of_year);
        let months = (1..self.month).map(|month| u64::from(days_of_month(self.year, month)));
        let days = years.chain(months).sum::<u64>() + u64::from(self.day) - 1;
        (self.year >= 1970).then_some(days * SECONDS_OF_A_DAY)
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

fn number(text: &str, digits: usize) -> Option<u16> {
    let is_number = text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| is_number)
}

fn is_leap(year: u16) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

fn days_of_year(year: u16) -> u64 {
    if is_leap(year) { 366 } else { 365 }
}

fn days_of_month(year: u16, month: u16) -> u16 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::Date;

    #[track_caller]
    fn check(text: &str, exists: bool) {
        let read = Date::parse(text).map(|date| date.to_string());
        assert_eq!(read, exists.then(|| text.to_owned()), "{text}");
    }

    #[test]
    fn a_day_is_read() {
        check("2027-01-31", true);
        check("2028-02-29", true);
        check("2000-02-29", true);
    }

    #[test]
    fn a_day_that_does_not_exist_is_none() {
        for text in [
            "2027-02-29",
            "2100-02-29",
            "2027-13-01",
            "2027-00-01",
            "2027-04-31",
            "2027-01-00",
        ] {
            check(text, false);
        }
    }

    #[test]
    fn another_spelling_is_none() {
        for text in [
            "",
            "2027-1-31",
            "20270131",
            "31.01.2027",
            "2027-01-31T00:00:00Z",
            "+027-01-31",
            "2027-01-31-",
            "２０２７-01-31",
        ] {
            check(text, false);
        }
    }

    #[test]
    fn seconds_are_a_day() {
        for (seconds, day) in [
            (0, "1970-01-01"),
            (86_399, "1970-01-01"),
            (86_400, "1970-01-02"),
            (951_782_400, "2000-02-29"),
            (1_798_761_599, "2026-12-31"),
            (1_798_761_600, "2027-01-01"),
        ] {
            assert_eq!(Date::of_unix_seconds(seconds).to_string(), day);
        }
        assert_eq!(Date::of_unix_seconds(u64::MAX).to_string(), "9999-12-31");
    }

    #[test]
    fn a_day_is_its_first_second() {
        for seconds in [0, 951_782_400, 1_798_675_200, 1_798_761_600, 4_102_444_800] {
            let day = Date::of_unix_seconds(seconds + 86_399);
            assert_eq!(day.unix_seconds(), Some(seconds), "{day}");
        }
    }

    #[test]
    fn a_day_before_1970_has_no_seconds() {
        let day = Date::parse("1969-12-31").unwrap();
        assert_eq!(day.unix_seconds(), None);
    }

    #[test]
    fn days_are_in_order() {
        assert!(Date::parse("2026-12-31") < Date::parse("2027-01-01"));
    }
}
