//! Points in time, to the second.

use crate::waiver::Date;

/// A second, in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(u64);

impl Moment {
    /// The moment that lies a number of seconds after the beginning of 1970.
    pub fn of_unix_seconds(seconds: u64) -> Self {
        Self(seconds)
    }

    /// Reads `YYYY-MM-DDThh:mm:ss` with `Z` or an offset such as `+02:00` behind it; none for any other spelling, and for
    /// a moment before 1970.
    pub fn parse(text: &str) -> Option<Self> {
        let (day, time) = text.split_once('T')?;
        let (time, offset) = time.split_at_checked(8)?;
        let local = Date::parse(day)?.unix_seconds()? + seconds_of_day(time)?;
        local.checked_add_signed(-seconds_ahead(offset)?).map(Self)
    }

    /// The seconds that have passed since an earlier moment.
    pub(super) fn seconds_since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }
}

/// The seconds of `hh:mm:ss`.
fn seconds_of_day(time: &str) -> Option<u64> {
    let (hours, rest) = time.split_once(':')?;
    let (minutes, seconds) = rest.split_once(':')?;
    Some(number(hours, 24)? * 3600 + number(minutes, 60)? * 60 + number(seconds, 60)?)
}

/// By how many seconds the clocks of an offset are ahead of UTC.
fn seconds_ahead(offset: &str) -> Option<i64> {
    if offset == "Z" {
        return Some(0);
    }
    let (sign, clock) = match offset.strip_prefix('+') {
        Some(clock) => (1, clock),
        None => (-1, offset.strip_prefix('-')?),
    };
    let (hours, minutes) = clock.split_once(':')?;
    let seconds = number(hours, 24)? * 3600 + number(minutes, 60)? * 60;
    Some(sign * i64::try_from(seconds).ok()?)
}

/// A number of two digits.
fn number(text: &str, below: u64) -> Option<u64> {
    let is_number = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
    let number: Option<u64> = text.parse().ok();
    number.filter(|number| is_number && *number < below)
}

#[cfg(test)]
mod tests {
    use super::Moment;

    #[track_caller]
    fn check(text: &str, seconds: Option<u64>) {
        assert_eq!(
            Moment::parse(text),
            seconds.map(Moment::of_unix_seconds),
            "{text}"
        );
    }

    #[test]
    fn a_moment_is_read() {
        check("1970-01-01T00:00:00Z", Some(0));
        check("2026-12-31T23:59:59Z", Some(1_798_761_599));
    }

    #[test]
    fn an_offset_says_how_far_ahead_clocks_are() {
        check("2027-01-01T02:00:00+02:00", Some(1_798_761_600));
        check("2026-12-31T18:30:00-05:30", Some(1_798_761_600));
        check("1970-01-01T00:00:00+00:01", None);
    }

    #[test]
    fn another_spelling_is_none() {
        for text in [
            "",
            "2027-01-31",
            "2027-01-31T22:00Z",
            "2027-01-31 22:00:00Z",
            "2027-01-31T22:00:00",
            "2027-01-31T22:00:00.5Z",
            "2027-01-31T22:00:00z",
            "2027-01-31T+2:00:00Z",
            "2027-01-31T22:00:00+0200",
            "2027-01-31T22:00:0é",
        ] {
            check(text, None);
        }
    }

    #[test]
    fn a_moment_that_does_not_exist_is_none() {
        for text in [
            "2027-02-29T00:00:00Z",
            "2027-01-31T24:00:00Z",
            "2027-01-31T23:60:00Z",
            "2027-01-31T23:59:60Z",
        ] {
            check(text, None);
        }
    }
}
