//! A calendar day, as documents state when something was collected or released.

use std::{fmt, str::FromStr};

use chancery_base::values::{Invalid, UnixMillis};
use serde::{Serialize, Serializer};

/// Length of `2026-11-23`.
const WRITTEN_LENGTH: usize = 10;

/// A day of the Gregorian calendar, written `2026-11-23`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Day(UnixMillis);

impl Day {
    /// Its first moment in UTC.
    #[must_use]
    pub const fn start(self) -> UnixMillis {
        self.0
    }
}

impl fmt::Display for Day {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let moment = self.0.to_string();
        formatter.write_str(moment.split('T').next().unwrap_or(&moment))
    }
}

impl FromStr for Day {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let moment = Some(text).filter(|text| text.len() == WRITTEN_LENGTH).and_then(|text| text.parse().ok());
        moment
            .map(Self)
            .filter(|day| day.to_string() == text)
            .ok_or_else(|| Invalid::new(text, "a day such as 2026-11-23"))
    }
}

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_spelling_only() {
        assert_eq!("2024-02-29".parse::<Day>().map(|day| day.to_string()), Ok("2024-02-29".to_owned()));
        for refused in ["2023-02-29", "2024-2-29", "20240229", "2024-02-29T00:00:00Z", ""] {
            assert!(refused.parse::<Day>().is_err(), "{refused}");
        }
    }
}
