//! Money: whole minor units of an ISO 4217 currency. Never a fraction, never without its currency.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use super::Invalid;

/// An ISO 4217 currency, written as its three-letter code.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Currency(iso_currency::Currency);

impl Currency {
    /// How many decimal digits the minor unit stands for (2 for EUR, 0 for JPY).
    #[must_use]
    pub fn minor_digits(self) -> u32 {
        self.0.exponent().map_or(0, u32::from)
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.0.code())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

impl FromStr for Currency {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        iso_currency::Currency::from_code(text)
            .map(Self)
            .ok_or_else(|| Invalid::new(text, "an ISO 4217 currency code such as EUR"))
    }
}

impl TryFrom<String> for Currency {
    type Error = Invalid;

    fn try_from(text: String) -> Result<Self, Invalid> {
        text.parse()
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> Self {
        currency.to_string()
    }
}

/// Whole minor units (cents, 分, yen) of a currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Amount {
    /// Minor units; negative only for corrections.
    pub minor_units: i64,
    /// The currency of those units.
    pub currency: Currency,
}

impl fmt::Display for Amount {
    /// Writes `12.50 EUR`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.currency.minor_digits();
        let scale = 10_u64.pow(digits);
        let sign = if self.minor_units < 0 { "-" } else { "" };
        let units = self.minor_units.unsigned_abs();
        write!(formatter, "{sign}{}", units / scale)?;
        if digits > 0 {
            write!(formatter, ".{:0width$}", units % scale, width = digits as usize)?;
        }
        write!(formatter, " {}", self.currency)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_the_minor_unit_of_its_currency() {
        let amount = |minor_units, code: &str| Amount { minor_units, currency: code.parse().unwrap() }.to_string();
        assert_eq!(amount(1250, "EUR"), "12.50 EUR");
        assert_eq!(amount(-5, "EUR"), "-0.05 EUR");
        assert_eq!(amount(1250, "JPY"), "1250 JPY");
        assert!("eur".parse::<Currency>().is_err());
    }
}
