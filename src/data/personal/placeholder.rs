//! What redaction puts in the place of personal data, and how the scanner knows it again.

use std::{borrow::Cow, sync::LazyLock};

use regex::{Captures, Regex};

use super::{
    class::{Class, Finding},
    ruleset::Hex,
};

/// The digits of a token: 64 bits, so that two of a million values share one with a chance of one in 37 million.
pub(super) const TOKEN_DIGITS: usize = 16;

static OURS: LazyLock<Regex> = LazyLock::new(pattern);

/// What stands for any value of the class.
pub(super) fn mask(class: Class) -> String {
    format!("[{}]", class.name().to_uppercase())
}

/// What stands for one value of the class: the first 64 bits of what the key makes of it.
pub(super) fn token(class: Class, derived: &[u8; 32]) -> String {
    let digest = Hex(derived).to_string();
    format!("{}_{}", class.name(), digest.get(..TOKEN_DIGITS).unwrap_or_default())
}

/// The text with NUL in the place of every mask and token: neither is personal data, nor does its word say anything of what stands
/// beside it. The length stays.
pub(super) fn blanked(text: Cow<'_, str>) -> Cow<'_, str> {
    if memchr::memchr2(b'[', b'_', text.as_bytes()).is_none() || !OURS.is_match(&text) {
        return text;
    }
    let blank = |found: &Captures<'_>| "\0".repeat(found.get_match().len());
    Cow::Owned(OURS.replace_all(&text, blank).into_owned())
}

/// Drops what reaches into a mask or a token.
pub(super) fn remove_ours(text: &str, findings: &mut Vec<Finding>) {
    findings.retain(|finding| text.get(finding.start..finding.end).is_some_and(|value| !value.contains('\0')));
}

#[expect(clippy::expect_used, reason = "built from the names of the classes; a test builds it")]
fn pattern() -> Regex {
    let names: Vec<&str> = Class::ALL.iter().map(|class| class.name()).collect();
    let masks = names.join("|").to_uppercase();
    let tokens = names.join("|");
    Regex::new(&format!(r"\[(?:{masks})\]|(?-u:\b)(?:{tokens})_[0-9a-f]{{{TOKEN_DIGITS}}}(?-u:\b)"))
        .expect("names of classes are no patterns")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_masks_and_tokens_again() {
        for text in ["[EMAIL]", "[RESIDENT_ID]", "phone_0123456789abcdef"] {
            assert!(OURS.is_match(text), "{text}");
        }
        for text in ["[MAIL]", "phone_0123456789abcdefa", "phone_0123", "[email]"] {
            assert!(!OURS.is_match(text), "{text}");
        }
    }
}
