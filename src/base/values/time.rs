//! Time: milliseconds since 1970-01-01T00:00:00Z, written as RFC 3339 in UTC.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use super::Invalid;

/// Where the time comes from; the assembly hands in the system's clock, tests a fixed one.
pub trait Clock: Send + Sync {
    /// The current time.
    fn now(&self) -> UnixMillis;
}

/// A moment, to the millisecond.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UnixMillis(i64);

impl UnixMillis {
    /// Milliseconds in a second.
    pub const PER_SECOND: i64 = 1_000;
    /// Milliseconds in a day.
    pub const PER_DAY: i64 = 86_400 * Self::PER_SECOND;

    /// The last millisecond of the year 9999, beyond which RFC 3339 cannot write a time.
    pub const LATEST: Self = Self(253_402_300_799_999);

    /// A moment given as milliseconds since 1970.
    #[must_use]
    pub const fn new(milliseconds: i64) -> Self {
        Self(milliseconds)
    }

    /// Milliseconds since 1970.
    #[must_use]
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// Whole seconds since 1970, rounded down.
    #[must_use]
    pub const fn as_seconds(self) -> i64 {
        self.0.div_euclid(Self::PER_SECOND)
    }

    /// The moment `milliseconds` later (or earlier when negative), held at the ends of the range.
    #[must_use]
    pub const fn plus_millis(self, milliseconds: i64) -> Self {
        Self(self.0.saturating_add(milliseconds))
    }

    /// The moment `days` of 24 hours later.
    #[must_use]
    pub const fn plus_days(self, days: i64) -> Self {
        self.plus_millis(days.saturating_mul(Self::PER_DAY))
    }
}

impl fmt::Display for UnixMillis {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_millisecond(self.0) {
            Ok(timestamp) => write!(formatter, "{timestamp:.3}"),
            Err(_) => write!(formatter, "{} ms", self.0),
        }
    }
}

impl FromStr for UnixMillis {
    type Err = Invalid;

    /// Reads an RFC 3339 time (`2026-11-23T10:00:00Z`) or a date, which means its first moment in UTC.
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let is_date = jiff::civil::Date::from_str(text).is_ok() && !text.contains(['T', 't', ' ']);
        let timestamp = if is_date {
            jiff::Timestamp::from_str(&format!("{text}T00:00:00Z"))
        } else {
            jiff::Timestamp::from_str(text)
        };
        timestamp
            .map(|timestamp| Self(timestamp.as_millisecond()))
            .map_err(|_| Invalid::new(text, "a date (2026-11-23) or a time in RFC 3339 (2026-11-23T10:00:00Z)"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_dates_and_times_and_writes_rfc_3339() {
        let day: UnixMillis = "2026-11-23".parse().unwrap();
        assert_eq!(day.to_string(), "2026-11-23T00:00:00.000Z");
        let moment: UnixMillis = "2026-11-23T01:00:00.250+01:00".parse().unwrap();
        assert_eq!(moment, day.plus_millis(250));
        for refused in ["", "yesterday", "2026-13-01", "2026-11-23T25:00:00Z"] {
            assert!(refused.parse::<UnixMillis>().is_err(), "{refused}");
        }
    }
}
