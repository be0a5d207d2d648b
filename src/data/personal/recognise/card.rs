//! Payment card numbers: the ranges of the schemes, their lengths, the groups they are written in, and the Luhn digit.

use crate::personal::{
    checks::is_luhn,
    class::{Class, Confidence, Finding},
    context::Context,
    recognise::{found, patterns},
    view::View,
};

patterns! {
    GROUP = r"[0-9]+";
}

/// Issuer ranges as first and last prefix of equal length, with the lengths of their numbers (ISO/IEC 7812 register as the schemes
/// publish it: Visa, Mastercard, American Express, Diners Club, Discover, JCB, UnionPay, Mir, Maestro).
const RANGES: [(&str, &str, &[usize]); 17] = [
    ("4", "4", &[13, 16, 19]),
    ("51", "55", &[16]),
    ("2221", "2720", &[16]),
    ("34", "34", &[15]),
    ("37", "37", &[15]),
    ("300", "305", &[14, 16]),
    ("36", "36", &[14, 16]),
    ("38", "39", &[14, 16]),
    ("6011", "6011", &[16, 17, 18, 19]),
    ("644", "659", &[16, 17, 18, 19]),
    ("3528", "3589", &[16, 17, 18, 19]),
    ("62", "62", &[16, 17, 18, 19]),
    ("2200", "2204", &[16, 17, 18, 19]),
    ("81", "81", &[16]),
    ("50", "50", &[16, 18, 19]),
    ("56", "58", &[16, 18, 19]),
    ("67", "67", &[16, 18, 19]),
];

/// The shortest number of any scheme.
const SHORTEST: usize = 13;
/// No number begins with a shorter group.
const SHORTEST_GROUP: usize = 4;
/// How far before a number the words may stand that say what it is.
const REACH: usize = 32;

/// Finds card numbers: one run of digits, or groups that are all joined by one space or all by one hyphen.
pub(in super::super) fn find(view: View<'_>, findings: &mut Vec<Finding>) {
    if view.digit_count() < SHORTEST {
        return;
    }
    let groups: Vec<_> = view.matches(&GROUP).collect();
    for (first, group) in groups.iter().enumerate() {
        let begins = group.text.len() >= SHORTEST_GROUP && group.text.starts_with(['2', '3', '4', '5', '6', '8']);
        if !begins {
            continue;
        }
        let mut number = String::new();
        let mut lengths = Vec::new();
        let mut previous: Option<(usize, u8)> = None;
        for next in groups.iter().skip(first).take(6) {
            let separator = match previous {
                None => 0,
                Some((end, separator)) => {
                    let between = view.byte_at(end);
                    let is_joined = next.start == end + 1 && matches!(between, b' ' | b'-');
                    if !is_joined || (separator != 0 && separator != between) {
                        break;
                    }
                    between
                }
            };
            previous = Some((next.end, separator));
            number.push_str(next.text);
            lengths.push(next.text.len());
            if number.len() > 19 {
                break;
            }
            let span = (group.start, next.end);
            if is_card(&number, &lengths) && view.stands_alone(span.0, span.1) && !is_in_chain(view, span, separator) {
                let confidence = confidence(view, span.0, &number);
                findings.push(found(Class::Card, span, confidence, "issuer range and Luhn digit"));
            }
        }
    }
}

/// Barcodes have thirteen digits too, and cards that do are rare by now: those want the word. One Luhn digit in ten is right by chance.
fn confidence(view: View<'_>, start: usize, number: &str) -> Confidence {
    let is_said = view.has_before(Context::Card, start, REACH);
    match number.len() {
        13 if !is_said => Confidence::Possible,
        _ if view.is_rather(Context::Card, Context::OtherNumber, start, REACH) => Confidence::Likely,
        _ => Confidence::Certain,
    }
}

/// Whether a group of four more stands before or after, as in an account number of which these are a part.
fn is_in_chain(view: View<'_>, (start, end): (usize, usize), separator: u8) -> bool {
    let is_group = |text: &str| text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let has_digit = |text: &str| text.bytes().any(|byte| byte.is_ascii_digit());
    let before = view.before(start, 5).strip_suffix(char::from(separator)).unwrap_or_default();
    let after = view.after(end, 5).strip_prefix(char::from(separator)).unwrap_or_default();
    separator != 0 && [before, after].iter().any(|group| is_group(group) && has_digit(group))
}

fn is_card(number: &str, groups: &[usize]) -> bool {
    let in_range = |(first, last, lengths): &(&str, &str, &[usize])| {
        let prefix = number.get(..first.len()).unwrap_or_default();
        lengths.contains(&number.len()) && *first <= prefix && prefix <= *last
    };
    // As cards print them: in fours, 4-6-5 (American Express), 4-6-4 (Diners Club), 6-13 (UnionPay), or not at all.
    let is_grouped_so = match groups {
        [_] | [4, 6, 4 | 5] | [6, 10 | 13] => true,
        [fours @ .., last] => *last <= 4 && fours.iter().all(|&length| length == 4),
        [] => false,
    };
    is_grouped_so && RANGES.iter().any(in_range) && is_luhn(number)
}
