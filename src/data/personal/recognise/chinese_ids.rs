//! The Chinese resident identity number and the unified social credit code.

use crate::personal::{
    checks::{is_credit_code, is_date, is_resident_id},
    class::{Class, Confidence, Finding},
    context::Context,
    recognise::{found, patterns},
    view::View,
};

patterns! {
    RESIDENT_ID = r"[1-9][0-9]{5}[ -]?(?:19|20)[0-9]{6}[ -]?[0-9]{3}[0-9Xx]";
    /// The number of fifteen digits that was issued until 1999; it has no check digit.
    OLD_RESIDENT_ID = r"[1-9][0-9]{14}";
    CREDIT_CODE = r"(?i)[1-9ANY][1-9][0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}";
}

/// How far before a number the words may stand that say what it is.
const REACH: usize = 36;

/// Finds resident identity numbers.
pub(in super::super) fn find_resident_ids(view: View<'_>, findings: &mut Vec<Finding>) {
    if view.digit_count() < 15 {
        return;
    }
    for stretch in view.matches(&RESIDENT_ID) {
        let number: String = stretch.text.chars().filter(char::is_ascii_alphanumeric).collect();
        let span = (stretch.start, stretch.end);
        if view.stands_alone(span.0, span.1) && is_resident_id(&number) {
            findings.push(found(Class::ResidentId, span, Confidence::Certain, "region, date and MOD 11-2"));
        }
    }
    for stretch in view.matches(&OLD_RESIDENT_ID) {
        let value = |from: usize, to: usize| stretch.text.get(from..to).and_then(|part| part.parse().ok()).unwrap_or(0);
        let span = (stretch.start, stretch.end);
        if view.stands_alone(span.0, span.1)
            && is_date(1900 + value(6, 8), value(8, 10), value(10, 12))
            && view.has_before(Context::ResidentId, span.0, REACH)
        {
            findings.push(found(
                Class::ResidentId,
                span,
                Confidence::Likely,
                "old form, with a date and telling words",
            ));
        }
    }
}

/// Finds unified social credit codes.
pub(in super::super) fn find_credit_codes(view: View<'_>, findings: &mut Vec<Finding>) {
    if view.digit_count() < 8 {
        return;
    }
    for stretch in view.matches(&CREDIT_CODE) {
        let span = (stretch.start, stretch.end);
        if view.stands_alone(span.0, span.1) && is_credit_code(&stretch.text.to_ascii_uppercase()) {
            findings.push(found(Class::CreditCode, span, Confidence::Certain, "form and check modulo 31"));
        }
    }
}
