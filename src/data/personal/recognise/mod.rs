//! One recogniser a class: each looks at a part of a text and says what it found there.
//!
//! Patterns only nominate; what they nominate is then checked by code, because a pattern cannot count, add or look around. All of
//! them are run by `regex`, which takes time linear in the text.

mod address;
mod age;
mod birth;
mod card;
mod chinese_ids;
mod coordinates;
mod email;
mod iban;
mod ip;
mod name;
mod passport;
mod phone;
mod records;
mod secret;
mod special;

use std::sync::LazyLock;

use regex::Regex;

use super::{
    class::{Class, Confidence, Finding},
    view::View,
};

pub(super) use name::NameWords;
pub(super) use special::SpecialTerms;

/// Adds what it finds in a part of a text.
pub(super) type Recogniser = fn(View<'_>, &mut Vec<Finding>);

/// Those that need a digit in the text; they see the parts that have some.
pub(super) const OF_NUMBERS: [(Class, Recogniser); 14] = [
    (Class::Phone, phone::find),
    (Class::Iban, iban::find),
    (Class::Card, card::find),
    (Class::ResidentId, chinese_ids::find_resident_ids),
    (Class::CreditCode, chinese_ids::find_credit_codes),
    (Class::Passport, passport::find),
    (Class::IpAddress, ip::find),
    (Class::Coordinates, coordinates::find),
    (Class::BirthDate, birth::find),
    (Class::Address, address::find_western),
    (Class::Address, address::find_chinese),
    (Class::SocialSecurity, records::find_social_security),
    (Class::MedicalRecord, records::find_medical_records),
    (Class::MedicalRecord, records::find_nhs_numbers),
];

pub(super) use age::find as find_ages;
pub(super) use email::{find as find_emails, find_spelt_out as find_spelt_out_emails};
pub(super) use secret::{find_assigned as find_assigned_secrets, find_known as find_known_secrets, introducers};

/// Every pattern, for the digest of the rules.
pub(super) fn all_patterns() -> impl Iterator<Item = &'static Pattern> {
    [
        address::PATTERNS,
        age::PATTERNS,
        birth::PATTERNS,
        card::PATTERNS,
        chinese_ids::PATTERNS,
        coordinates::PATTERNS,
        email::PATTERNS,
        iban::PATTERNS,
        ip::PATTERNS,
        name::PATTERNS,
        passport::PATTERNS,
        phone::PATTERNS,
        records::PATTERNS,
        secret::PATTERNS,
    ]
    .into_iter()
    .flatten()
    .copied()
}

/// A pattern that is compiled when it is first used.
pub(super) struct Pattern {
    pub source: &'static str,
    compiled: LazyLock<Regex, fn() -> Regex>,
}

impl std::ops::Deref for Pattern {
    type Target = Regex;

    fn deref(&self) -> &Regex {
        &self.compiled
    }
}

/// Declares patterns as statics, and `PATTERNS`, which lists them.
macro_rules! patterns {
    ($($(#[$note:meta])* $name:ident = $source:expr;)*) => {
        $($(#[$note])* static $name: $crate::personal::recognise::Pattern =
            $crate::personal::recognise::Pattern::new($source, || $crate::personal::recognise::compile($source));)*
        pub(super) const PATTERNS: &[&$crate::personal::recognise::Pattern] = &[$(&$name),*];
    };
}
use patterns;

impl Pattern {
    const fn new(source: &'static str, compile: fn() -> Regex) -> Self {
        Self { source, compiled: LazyLock::new(compile) }
    }
}

#[expect(clippy::expect_used, reason = "the patterns are built in, and a test compiles each")]
fn compile(source: &str) -> Regex {
    // A word ends where ASCII says so: Chinese stands beside numbers without a space.
    Regex::new(&source.replace(r"\b", r"(?-u:\b)")).expect("a built-in pattern compiles")
}

/// A finding in the words of the folded text.
const fn found(class: Class, (start, end): (usize, usize), confidence: Confidence, reason: &'static str) -> Finding {
    Finding { class, start, end, confidence, reason }
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_pattern_compiles() {
        assert!(super::all_patterns().map(|pattern| pattern.captures_len()).sum::<usize>() > 20);
    }
}
