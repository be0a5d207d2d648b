//! International bank account numbers: `iban_validate` knows each country's form and reckons modulo 97 (ISO 13616, ISO/IEC 7064).

use iban::Iban;

use crate::personal::{
    class::{Class, Confidence, Finding},
    recognise::{found, patterns},
    view::{View, is_word},
};

patterns! {
    CANDIDATE = r"(?i)\b[A-Z]{2}[0-9]{2}(?:[ -]?[A-Z0-9]){11,30}";
}

/// The shortest and longest of the registry (Norway; Russia).
const LENGTHS: std::ops::RangeInclusive<usize> = 15..=33;

/// The check digits, and as many as the account with the most letters has besides.
const FEWEST_DIGITS: usize = 7;

/// Finds account numbers, also in lower case and in groups.
pub(in super::super) fn find(view: View<'_>, findings: &mut Vec<Finding>) {
    if view.digit_count() < FEWEST_DIGITS {
        return;
    }
    for stretch in view.matches(&CANDIDATE) {
        let mut number = String::with_capacity(stretch.text.len());
        let mut longest = None;
        for (at, byte) in stretch.text.bytes().enumerate() {
            if !byte.is_ascii_alphanumeric() {
                continue;
            }
            number.push(char::from(byte.to_ascii_uppercase()));
            let end = stretch.start + at + 1;
            if LENGTHS.contains(&number.len()) && !is_word(view.byte_at(end)) && number.parse::<Iban>().is_ok() {
                longest = Some(end);
            }
        }
        if let Some(end) = longest {
            findings.push(found(
                Class::Iban,
                (stretch.start, end),
                Confidence::Certain,
                "modulo 97 and the country's form",
            ));
        }
    }
}

#[cfg(test)]
mod tests {
    use iban::Iban;

    #[test]
    fn the_examples_of_the_registry_hold() {
        // SWIFT IBAN registry, release 99: electronic form of the examples.
        let examples = [
            "DE89370400440532013000",
            "GB29NWBK60161331926819",
            "FR1420041010050500013M02606",
            "NO9386011117947",
            "NL91ABNA0417164300",
            "MT84MALT011000012345MTLCAST001S",
            "BR1800360305000010009795493C1",
        ];
        for example in examples {
            assert!(example.parse::<Iban>().is_ok(), "{example}");
        }
        assert!("DE88370400440532013000".parse::<Iban>().is_err());
    }
}
