//! Replacing personal data: by a mask, a token, a value that looks like it, or nothing.
//!
//! Nothing is remembered between texts: the same value under the same key is always replaced by the same, and whoever has no key
//! cannot tell which. Replacing is repeated until a scan finds nothing that is still to be replaced, because what moves together, or
//! stands beside a mask, may be read anew; so redacting twice changes nothing.

mod plan;
mod surrogate;

use std::collections::BTreeMap;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::{class::Class, fold::Folded, placeholder, random::Random, scanner::Scanner};
pub use plan::{Plan, Redaction};

/// A text without the personal data that was to be replaced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redacted {
    /// The text.
    pub text: String,
    /// How many values of each class were replaced.
    pub counts: BTreeMap<Class, u64>,
}

/// Replaces what a scanner finds, as a plan says.
///
/// ```
/// use chancery_data::personal::{Class, Plan, Redaction, Redactor, Scanner, ScannerConfig};
///
/// let plan = Plan::all(Redaction::Mask).with(Class::Email, Redaction::Token);
/// let mut redactor = Redactor::new(Scanner::new(ScannerConfig::default()), plan, &[7; 32]);
/// let redacted = redactor.redact("Dear Mr Byron, write to ada@example.org.");
/// assert!(redacted.text.starts_with("Dear Mr [NAME], write to email_"));
/// assert_eq!(redacted.counts[&Class::Email], 1);
/// ```
#[derive(Clone)]
pub struct Redactor {
    scanner: Scanner,
    plan: Plan,
    keyed: Hmac<Sha256>,
}

/// What separates these values from whatever else is derived from the key.
const DOMAIN: &[u8] = b"chancery/personal/redaction/1\0";
/// Rounds in which the plan is followed; from then on only masks are put, which leave less to find each time.
const ROUNDS: usize = 8;
/// No text is known to take more than three rounds.
const MOST_ROUNDS: usize = 64;

impl Redactor {
    /// A redactor that finds with this scanner and derives tokens and surrogates from this key.
    pub fn new(scanner: Scanner, plan: Plan, key: &[u8; 32]) -> Self {
        #[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
        let keyed = <Hmac<Sha256> as KeyInit>::new_from_slice(key).expect("a key of 32 bytes");
        Self { scanner, plan, keyed }
    }

    /// Replaces personal data in a text.
    pub fn redact(&mut self, text: &str) -> Redacted {
        self.redact_cell("", text)
    }

    /// Replaces personal data in a cell; the name of its column counts among the words beside it.
    pub fn redact_cell(&mut self, column: &str, text: &str) -> Redacted {
        let mut redacted = Redacted { text: text.to_owned(), counts: BTreeMap::new() };
        for round in 0..MOST_ROUNDS {
            let Some(next) = self.round(column, &redacted.text, &mut redacted.counts, round >= ROUNDS) else { break };
            redacted.text = next;
        }
        redacted
    }

    /// Replaces what one scan finds; nothing when there is nothing to replace.
    fn round(&self, column: &str, text: &str, counts: &mut BTreeMap<Class, u64>, masks_only: bool) -> Option<String> {
        let mut next = String::with_capacity(text.len());
        let mut done = 0;
        for finding in self.scanner.scan_cell(column, text) {
            let value = text.get(finding.start..finding.end).unwrap_or_default();
            let Some(redaction) = self.plan.of(finding.class) else { continue };
            let redaction = if masks_only { Redaction::Mask } else { redaction };
            if redaction == Redaction::Surrogate && surrogate::is_fiction(finding.class, &plain(value)) {
                continue;
            }
            next.push_str(text.get(done..finding.start).unwrap_or_default());
            next.push_str(&self.replacement(redaction, finding.class, value));
            done = finding.end;
            *counts.entry(finding.class).or_default() += 1;
        }
        if done == 0 {
            return None;
        }
        next.push_str(text.get(done..).unwrap_or_default());
        Some(next)
    }

    fn replacement(&self, redaction: Redaction, class: Class, value: &str) -> String {
        match redaction {
            Redaction::Drop => String::new(),
            Redaction::Mask => placeholder::mask(class),
            Redaction::Token => placeholder::token(class, &self.derived(class, value)),
            Redaction::Surrogate => {
                let derived = self.derived(class, value);
                let seed = derived.first_chunk().copied().map_or(0, u64::from_be_bytes);
                surrogate::of(class, &plain(value), &mut Random::new(seed))
            }
        }
    }

    /// What the key makes of a value, however it is written.
    fn derived(&self, class: Class, value: &str) -> [u8; 32] {
        let mut keyed = self.keyed.clone();
        keyed.update(DOMAIN);
        keyed.update(class.name().as_bytes());
        keyed.update(b"\0");
        keyed.update(canonical(class, value).as_bytes());
        keyed.finalize().into_bytes().into()
    }
}

/// A value without odd characters.
fn plain(value: &str) -> String {
    Folded::new(value).text.into_owned()
}

/// One spelling for all spellings of a value: numbers without separators, words without case.
fn canonical(class: Class, value: &str) -> String {
    let value = plain(value);
    match class {
        // Case decides in a secret.
        Class::Secret => value,
        Class::Phone
        | Class::Iban
        | Class::Card
        | Class::ResidentId
        | Class::CreditCode
        | Class::Passport
        | Class::SocialSecurity
        | Class::MedicalRecord => {
            value.chars().filter(char::is_ascii_alphanumeric).map(|character| character.to_ascii_lowercase()).collect()
        }
        _ => value.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase(),
    }
}
