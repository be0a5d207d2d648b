//! Dates that the words beside them make a birth.

use crate::personal::{
    class::{Class, Confidence, Finding},
    context::Context,
    recognise::{found, patterns},
    view::View,
};

patterns! {
    YEAR_FIRST = r"(?:18|19|20)[0-9]{2} ?(?:[-/.]|年) ?[01]?[0-9](?: ?(?:[-/.]|月) ?(?:[0-3]?[0-9](?: ?[日号])?)?)?";
    YEAR_LAST = r"\b[0-3]?[0-9][-/. ][0-3]?[0-9][-/. ](?:(?:18|19|20)[0-9]{2}|[0-9]{2})\b";
    DAY_MONTH = r"(?i)\b[0-3]?[0-9](?:st|nd|rd|th|\.)?(?: of)? (?:jan|feb|mar|mär|apr|may|mai|jun|jul|aug|sep|oct|okt|nov|dec|dez)\p{Latin}*\.?,? (?:18|19|20)[0-9]{2}\b";
    MONTH_DAY = r"(?i)\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.? [0-3]?[0-9](?:st|nd|rd|th)?,? (?:18|19|20)[0-9]{2}\b";
    COMPACT = r"\b(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])\b";
}

/// How far before a date the words may stand.
const REACH: usize = 30;
/// How far behind a date 出生 may stand.
const REACH_BEHIND: usize = 9;

/// Finds dates of birth.
pub(in super::super) fn find(view: View<'_>, findings: &mut Vec<Finding>) {
    if !view.part_has(Context::Birth) && !view.part.contains('生') {
        return;
    }
    for pattern in PATTERNS {
        for stretch in view.matches(pattern) {
            let span = (stretch.start, stretch.end);
            let behind = view.after(span.1, REACH_BEHIND);
            let is_said = view.has_before(Context::Birth, span.0, REACH)
                || behind.starts_with("出生")
                || behind.starts_with("生,")
                || behind.starts_with("生。");
            if is_said && view.stands_alone(span.0, span.1) {
                findings.push(found(Class::BirthDate, span, Confidence::Likely, "date beside words of birth"));
            }
        }
    }
}
