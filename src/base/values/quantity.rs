//! Counts that carry their unit.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use super::Invalid;

/// Most items on one page of a listing.
pub const PAGE_ITEMS: u32 = 100;

/// A number of bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ByteCount(pub u64);

impl fmt::Display for ByteCount {
    /// Writes `1.5 MiB`; below one KiB the exact count.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        const UNITS: [(&str, u64); 4] = [("TiB", 1 << 40), ("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)];
        match UNITS.iter().find(|(_, size)| self.0 >= *size) {
            Some((unit, size)) => {
                let tenths = u128::from(self.0) * 10 / u128::from(*size);
                write!(formatter, "{}.{} {unit}", tenths / 10, tenths % 10)
            }
            None => write!(formatter, "{} B", self.0),
        }
    }
}

/// A number of tokens, the unit of quotas and meters. What is read is at most [`TokenCount::MOST`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(into = "u64", try_from = "u64")]
pub struct TokenCount(pub u64);

impl TokenCount {
    /// The largest number that every reader of JSON reads exactly (RFC 8785, section 3.2.2.3), so that it can stand on record.
    pub const MOST: Self = Self((1 << 53) - 1);
}

impl From<TokenCount> for u64 {
    fn from(count: TokenCount) -> Self {
        count.0
    }
}

impl TryFrom<u64> for TokenCount {
    type Error = Invalid;

    fn try_from(count: u64) -> Result<Self, Invalid> {
        Some(Self(count)).filter(|count| *count <= Self::MOST).ok_or_else(|| not_a_count(&count.to_string()))
    }
}

impl FromStr for TokenCount {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        text.parse::<u64>().map_err(|_| not_a_count(text))?.try_into()
    }
}

fn not_a_count(text: &str) -> Invalid {
    Invalid::new(text, "a number of tokens of at most 9007199254740991")
}

impl fmt::Display for TokenCount {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.0)
    }
}

impl std::iter::Sum for TokenCount {
    fn sum<I: Iterator<Item = Self>>(counts: I) -> Self {
        Self(counts.fold(0, |total, count| total.saturating_add(count.0)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_counted_as_far_as_every_reader_counts() {
        let most = TokenCount::MOST.to_string();
        assert_eq!(most.parse(), Ok(TokenCount::MOST));
        assert_eq!(serde_json::from_str::<TokenCount>(&most).unwrap(), TokenCount::MOST);
        for refused in ["9007199254740992", "-1", "1.5", ""] {
            assert!(refused.parse::<TokenCount>().is_err() && serde_json::from_str::<TokenCount>(refused).is_err());
        }
        assert_eq!(serde_json::to_string(&TokenCount(7)).unwrap(), "7");
    }

    #[test]
    fn bytes_read_well() {
        assert_eq!(ByteCount(1023).to_string(), "1023 B");
        assert_eq!(ByteCount(1536).to_string(), "1.5 KiB");
        assert_eq!(ByteCount(1 << 30).to_string(), "1.0 GiB");
    }
}
