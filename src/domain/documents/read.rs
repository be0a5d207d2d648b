//! How one value of a document becomes a value of the program. Each reader answers with what it expected when refused.

use std::{borrow::Cow, str::FromStr};

use chancery_base::{
    crypto::LARGEST_EXACT_INTEGER,
    values::{Amount, Currency, Invalid, UnixMillis, is_deceptive},
};

use super::{Content, Day, Node};

/// What a reader would have accepted, as a noun phrase.
pub type Expected = Cow<'static, str>;

/// Longest text of one field, in characters; longer things are files with a digest.
pub const MAXIMUM_TEXT_CHARACTERS: usize = 4_000;

/// A text with something in it, without characters that hide or reorder what is read.
pub fn text(node: &Node) -> Result<String, Expected> {
    match &node.content {
        Content::Text(text) if is_readable(text) => Ok(text.clone()),
        _ => Err(format!("a text of 1 to {MAXIMUM_TEXT_CHARACTERS} characters").into()),
    }
}

/// A text that parses as `T`.
pub fn parsed<T: FromStr<Err = Invalid>>(node: &Node) -> Result<T, Expected> {
    let text = match &node.content {
        Content::Text(text) => text,
        _ => "",
    };
    text.parse().map_err(|invalid: Invalid| invalid.expected.into())
}

/// An address on the web, beginning with `https://` or `http://`.
pub fn web_address(node: &Node) -> Result<String, Expected> {
    let address = text(node).ok().filter(|address| {
        let rest = address.strip_prefix("https://").or_else(|| address.strip_prefix("http://"));
        rest.is_some_and(|rest| !rest.is_empty() && !rest.contains(char::is_whitespace))
    });
    address.ok_or(Cow::Borrowed("a web address such as https://example.org/policy"))
}

/// A BCP 47 language tag in its common short forms, such as `en` or `zh-Hans`.
pub fn language_tag(node: &Node) -> Result<String, Expected> {
    let tag = text(node).ok().filter(|tag| {
        let mut parts = tag.split('-');
        let primary = parts.next().unwrap_or_default();
        let subtag =
            |part: &str| (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
        (2..=3).contains(&primary.len()) && primary.bytes().all(|byte| byte.is_ascii_lowercase()) && parts.all(subtag)
    });
    tag.ok_or(Cow::Borrowed("a language tag such as en or zh-Hans"))
}

/// A whole number of at least one.
pub fn count(node: &Node) -> Result<u64, Expected> {
    let number = match node.content {
        Content::Integer(number) if (1..=LARGEST_EXACT_INTEGER).contains(&number) => u64::try_from(number).ok(),
        _ => None,
    };
    number.ok_or_else(|| format!("a whole number from 1 to {LARGEST_EXACT_INTEGER}").into())
}

/// True or false.
pub fn flag(node: &Node) -> Result<bool, Expected> {
    match node.content {
        Content::Boolean(flag) => Ok(flag),
        _ => Err("true or false".into()),
    }
}

/// A calendar day, quoted or not.
pub fn day(node: &Node) -> Result<Day, Expected> {
    written_moment(node)
}

/// A moment, quoted or not; a day means its first moment in UTC.
pub fn moment(node: &Node) -> Result<UnixMillis, Expected> {
    written_moment(node)
}

fn written_moment<T: FromStr<Err = Invalid>>(node: &Node) -> Result<T, Expected> {
    let written = match &node.content {
        Content::Text(written) | Content::Moment(written) => written,
        _ => "",
    };
    written.parse().map_err(|invalid: Invalid| invalid.expected.into())
}

/// An amount of money of zero or more, such as `12.50 EUR`.
pub fn amount(node: &Node) -> Result<Amount, Expected> {
    let amount = match &node.content {
        Content::Text(written) => parse_amount(written),
        _ => None,
    };
    amount.ok_or(Cow::Borrowed("an amount of zero or more with its ISO 4217 currency, such as \"12.50 EUR\""))
}

fn parse_amount(written: &str) -> Option<Amount> {
    let (number, code) = written.split_once(' ')?;
    let currency: Currency = code.parse().ok()?;
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let missing_digits = currency.minor_digits().checked_sub(u32::try_from(fraction.len()).ok()?)?;
    let is_plain = !whole.is_empty()
        && !number.ends_with('.')
        && whole.bytes().chain(fraction.bytes()).all(|b| b.is_ascii_digit());
    let digits: i64 = Some(format!("{whole}{fraction}")).filter(|_| is_plain)?.parse().ok()?;
    let minor_units = digits.checked_mul(10_i64.checked_pow(missing_digits)?)?;
    Some(Amount { minor_units, currency }).filter(|amount| amount.minor_units <= LARGEST_EXACT_INTEGER)
}

fn is_readable(text: &str) -> bool {
    !text.trim().is_empty() && text.chars().count() <= MAXIMUM_TEXT_CHARACTERS && !text.chars().any(is_unreadable)
}

/// Line breaks and tabs are all right in a text of several lines.
fn is_unreadable(character: char) -> bool {
    is_deceptive(character) && !matches!(character, '\n' | '\t')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str) -> Node {
        Content::Text(text.to_owned()).into()
    }

    #[test]
    fn amounts_are_exact_in_their_currency() {
        for (text, minor_units) in
            [("12.50 EUR", 1250), ("12.5 EUR", 1250), ("12 EUR", 1200), ("7 JPY", 7), ("0 CNY", 0)]
        {
            assert_eq!(amount(&written(text)).map(|amount| amount.minor_units), Ok(minor_units), "{text}");
        }
        for refused in [
            "-1 EUR",
            "1.234 EUR",
            "1.5 JPY",
            "1",
            "EUR",
            "1. EUR",
            ".5 EUR",
            "1e3 EUR",
            "1 eur",
            "99999999999999999 EUR",
        ] {
            assert!(amount(&written(refused)).is_err(), "{refused}");
        }
    }

    #[test]
    fn texts_that_deceive_are_refused() {
        assert!(text(&written("two\nlines")).is_ok());
        for refused in ["", "  ", "a\u{202e}b", "bell\u{7}", "\u{feff}x"] {
            assert!(text(&written(refused)).is_err(), "{refused:?}");
        }
    }

    #[test]
    fn addresses_tags_and_counts() {
        assert!(web_address(&written("https://example.org/a")).is_ok());
        assert!(web_address(&written("javascript:alert(1)")).is_err());
        assert!(language_tag(&written("zh-Hans")).is_ok());
        assert!(language_tag(&written("english!")).is_err());
        assert!(count(&Content::Integer(0).into()).is_err());
        assert!(count(&Content::Integer(LARGEST_EXACT_INTEGER + 1).into()).is_err());
    }
}
