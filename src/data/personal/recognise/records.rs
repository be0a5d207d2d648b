//! Social security numbers of the United States, numbers of medical records, and NHS numbers.

use crate::personal::{
    checks::is_nhs_number,
    class::{Class, Confidence, Finding},
    context::Context,
    recognise::{found, patterns},
    view::{View, digits},
};

patterns! {
    SOCIAL_SECURITY = r"[0-9]{3}([- ])[0-9]{2}[- ][0-9]{4}|[0-9]{9}";
    MEDICAL_RECORD = r"(?i)\b[A-Z]{0,4}[-#]?[0-9]{5,12}\b";
    NHS = r"[0-9]{3}([ -]?)[0-9]{3}[ -]?[0-9]{4}";
}

/// How far before a number the words may stand.
const REACH: usize = 32;
/// Numbers that were printed in advertisements and are nobody's (Social Security Administration).
const ADVERTISED: [&str; 2] = ["078051120", "219099999"];

/// Finds social security numbers. Areas 000, 666 and 900 to 999, group 00 and serial 0000 are never issued.
pub(in super::super) fn find_social_security(view: View<'_>, findings: &mut Vec<Finding>) {
    if view.digit_count() < 9 {
        return;
    }
    for stretch in view.matches(&SOCIAL_SECURITY) {
        let number = digits(stretch.text);
        let (area, rest) = number.split_at_checked(3).unwrap_or_default();
        let is_issued = !matches!(area, "000" | "666")
            && area < "900"
            && !rest.starts_with("00")
            && !rest.ends_with("0000")
            && !ADVERTISED.contains(&number.as_str());
        if !is_issued || !view.stands_alone(stretch.start, stretch.end) {
            continue;
        }
        let has_words = view.has_before(Context::SocialSecurity, stretch.start, REACH);
        let is_other = view.has_before(Context::OtherNumber, stretch.start, REACH);
        let confidence = if has_words || !is_other { Confidence::Likely } else { Confidence::Possible };
        if has_words || stretch.text.contains('-') {
            let span = (stretch.start, stretch.end);
            findings.push(found(Class::SocialSecurity, span, confidence, "issued area, group and serial"));
        }
    }
}

/// Finds numbers behind words such as "MRN" or 病历号.
pub(in super::super) fn find_medical_records(view: View<'_>, findings: &mut Vec<Finding>) {
    if !view.part_has(Context::MedicalRecord) {
        return;
    }
    for stretch in view.matches(&MEDICAL_RECORD) {
        let span = (stretch.start, stretch.end);
        if view.has_before(Context::MedicalRecord, span.0, REACH) && view.stands_alone(span.0, span.1) {
            findings.push(found(
                Class::MedicalRecord,
                span,
                Confidence::Likely,
                "number beside words of medical records",
            ));
        }
    }
}

/// Finds NHS numbers; modulo 11 alone would let through one number in eleven.
pub(in super::super) fn find_nhs_numbers(view: View<'_>, findings: &mut Vec<Finding>) {
    if !view.part_has(Context::MedicalRecord) {
        return;
    }
    for stretch in view.matches(&NHS) {
        let span = (stretch.start, stretch.end);
        if is_nhs_number(&digits(stretch.text))
            && view.has_before(Context::MedicalRecord, span.0, REACH)
            && view.stands_alone(span.0, span.1)
        {
            findings.push(found(
                Class::MedicalRecord,
                span,
                Confidence::Certain,
                "modulo 11 beside words of medical records",
            ));
        }
    }
}
