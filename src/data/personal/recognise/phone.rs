//! Telephone numbers: international ones by their country code, national ones by their form and the words beside them.

use std::sync::LazyLock;

use crate::personal::{
    class::{Class, Confidence, Finding},
    context::Context,
    recognise::{found, patterns},
    terms,
    view::{Stretch, View, digits},
};

patterns! {
    INTERNATIONAL = r"(?:\+|\b00)[1-9](?:[ ().\-/]{0,3}[0-9]){6,14}";
    /// North America: an area code and an exchange that begin with 2 to 9 (North American Numbering Plan).
    NORTH_AMERICAN = r"(?:1[ .-])?(?:\([2-9][0-9]{2}\) ?|[2-9][0-9]{2}[-. ]?)[2-9][0-9]{2}[-. ]?[0-9]{4}";
    /// A trunk zero and groups, as most of Europe and Asia write national numbers.
    TRUNK_ZERO = r"\(?0[1-9][0-9]{0,4}\)?(?:[ /.\-]{0,3}[0-9]{2,8}){1,5}";
    CHINESE_MOBILE = r"(?:86[- ]?)?1[3-9][0-9](?:[- ]?[0-9]{4}){2}";
    CHINESE_LANDLINE = r"\(?0(?:10|2[0-9]|[3-9][0-9]{2})(?:\)|-|\)-)[1-9][0-9]{6,7}";
    FRENCH_PAIRS = r"0[1-9](?:[ .][0-9]{2}){4}";
    BRITISH_MOBILE = r"07[0-9]{3} [0-9]{6}|07[0-9]{3} [0-9]{3} [0-9]{3}";
}

/// How far before a number the words may stand that say what it is.
const REACH: usize = 32;

/// The shortest number with its country code.
const FEWEST_DIGITS: usize = 8;
/// What a number before it counts.
const UNITS: [&str; 10] = ["元", "吨", "个", "次", "人", "件", "条", "万", "亿", "米"];

/// A country calling code with the fewest and most digits of a whole number.
struct CallingCode {
    code: &'static str,
    fewest: usize,
    most: usize,
}

static CALLING_CODES: LazyLock<Vec<CallingCode>> = LazyLock::new(|| {
    let parse = |line: &'static str| {
        let mut words = line.split(' ');
        let (code, fewest, most) = (words.next()?, words.next()?, words.next()?);
        Some(CallingCode { code, fewest: fewest.parse().ok()?, most: most.parse().ok()? })
    };
    terms::lines(terms::CALLING_CODES).filter_map(parse).collect()
});

/// Finds telephone numbers.
pub(in super::super) fn find(view: View<'_>, findings: &mut Vec<Finding>) {
    if view.digit_count() < FEWEST_DIGITS {
        return;
    }
    if view.part.contains('+') || view.part.contains("00") {
        for stretch in view.matches(&INTERNATIONAL) {
            international(view, stretch, findings);
        }
    }
    for stretch in view.matches(&CHINESE_MOBILE) {
        let of_something_else = view.is_rather(Context::Phone, Context::OtherNumber, stretch.start, REACH)
            || UNITS.iter().any(|unit| view.after(stretch.end, 3) == *unit);
        let confidence = if of_something_else { Confidence::Possible } else { Confidence::Likely };
        add(view, (stretch.start, stretch.end), confidence, "form of a Chinese mobile number", findings);
    }
    for pattern in [&CHINESE_LANDLINE, &FRENCH_PAIRS, &BRITISH_MOBILE] {
        for stretch in view.matches(pattern) {
            let of_something_else = view.is_rather(Context::Phone, Context::OtherNumber, stretch.start, REACH);
            let confidence = if of_something_else { Confidence::Possible } else { Confidence::Likely };
            add(view, (stretch.start, stretch.end), confidence, "grouped as a national number", findings);
        }
    }
    for stretch in view.matches(&NORTH_AMERICAN) {
        north_american(view, stretch, findings);
    }
    for stretch in view.matches(&TRUNK_ZERO) {
        if (9..=12).contains(&digits(stretch.text).len()) {
            let confidence = by_context(view, stretch.start, stretch.end);
            add(view, (stretch.start, stretch.end), confidence, "national number beside words of telephony", findings);
        }
    }
}

/// A number with its country code: as many of its groups as the country's plan allows.
fn international(view: View<'_>, stretch: Stretch<'_>, findings: &mut Vec<Finding>) {
    let has_plus = stretch.text.starts_with('+');
    for end in ends_of_groups(stretch) {
        let text = view.whole.get(stretch.start..end).unwrap_or_default();
        // `+44 (0)20 …` shows the trunk zero that is not dialled from abroad.
        let number = digits(&text.replace("(0)", ""));
        let number = if has_plus { number.as_str() } else { number.get(2..).unwrap_or_default() };
        let Some(plan) = CALLING_CODES.iter().find(|plan| number.starts_with(plan.code)) else { return };
        if (plan.fewest..=plan.most).contains(&number.len()) {
            let of_something_else = view.is_rather(Context::Phone, Context::OtherNumber, stretch.start, REACH);
            let is_telling = has_plus || (text.contains([' ', '-']) && !of_something_else);
            let confidence = if is_telling { Confidence::Likely } else { by_context(view, stretch.start, end) };
            add(view, (stretch.start, end), confidence, "country code and length of its plan", findings);
            return;
        }
    }
}

fn north_american(view: View<'_>, stretch: Stretch<'_>, findings: &mut Vec<Finding>) {
    let separators = stretch.text.bytes().filter(|byte| matches!(byte, b'-' | b'(' | b'.')).count();
    let is_telling = stretch.text.contains('(') || separators >= 2;
    let of_something_else = view.is_rather(Context::Phone, Context::OtherNumber, stretch.start, REACH);
    let confidence = match (is_telling, of_something_else) {
        (_, true) => Confidence::Possible,
        (true, false) => Confidence::Likely,
        (false, false) => by_context(view, stretch.start, stretch.end),
    };
    add(view, (stretch.start, stretch.end), confidence, "form of a North American number", findings);
}

/// Likely beside words of telephony, unless other words stand nearer.
fn by_context(view: View<'_>, start: usize, end: usize) -> Confidence {
    let of_something_else = view.is_rather(Context::Phone, Context::OtherNumber, start, REACH);
    if view.has_around(Context::Phone, start, end, REACH) && !of_something_else {
        Confidence::Likely
    } else {
        Confidence::Possible
    }
}

fn add(view: View<'_>, span: (usize, usize), confidence: Confidence, reason: &'static str, to: &mut Vec<Finding>) {
    let before = view.byte_before(span.0);
    if view.stands_alone(span.0, span.1) && before != b'+' {
        to.push(found(Class::Phone, span, confidence, reason));
    }
}

/// Where a number could end: behind each of its groups, the longest first.
fn ends_of_groups(stretch: Stretch<'_>) -> impl Iterator<Item = usize> {
    let bytes = stretch.text.as_bytes();
    let is_end = |at: &usize| {
        let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
        *at > 0 && digit(*at - 1) && !digit(*at)
    };
    (1..=bytes.len()).rev().filter(is_end).map(move |at| stretch.start + at).collect::<Vec<_>>().into_iter()
}
