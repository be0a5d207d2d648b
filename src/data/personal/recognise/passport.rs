//! Passport numbers. Their forms say little, so the word must stand before them.

use crate::personal::{
    class::{Class, Confidence, Finding},
    context::Context,
    recognise::{found, patterns},
    view::View,
};

patterns! {
    /// China: E and eight digits, or E, a letter and seven; Germany: nine characters without vowels; the United Kingdom and the
    /// United States: nine digits, or a letter and eight; India: a letter and seven; France and Italy: two figures or letters, letters, and five to seven digits.
    NUMBER = r"(?i)\b(?:[A-Z] ?[0-9]{7,8}|[A-Z]{2} ?[0-9]{6,7}|[0-9]{9}|[0-9]{2}[A-Z]{2}[0-9]{5}|[CFGHJKLMNPRTVWXYZ][0-9CFGHJKLMNPRTVWXYZ]{8})\b";
}

/// How far before a number the word may stand.
const REACH: usize = 40;
/// A word is no number: at least so many digits.
const FEWEST_DIGITS: usize = 3;

/// Finds passport numbers behind the word.
pub(in super::super) fn find(view: View<'_>, findings: &mut Vec<Finding>) {
    if !view.part_has(Context::Passport) {
        return;
    }
    for stretch in view.matches(&NUMBER) {
        let span = (stretch.start, stretch.end);
        let digits = stretch.text.bytes().filter(u8::is_ascii_digit).count();
        if digits >= FEWEST_DIGITS
            && view.stands_alone(span.0, span.1)
            && view.has_before(Context::Passport, span.0, REACH)
        {
            findings.push(found(
                Class::Passport,
                span,
                Confidence::Likely,
                "form of a passport number beside the word",
            ));
        }
    }
}
