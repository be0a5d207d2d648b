//! Which kind a text cell spells: number, truth, date, or just text.

use super::{ColumnKind, value::spelt_number};

/// The kind of what `text` spells. `007` and `+1` stay text: they are codes and telephone numbers more often than numbers.
pub(crate) fn kind_of_text(text: &str) -> ColumnKind {
    if text.is_empty() {
        ColumnKind::Empty
    } else if ["true", "false"].iter().any(|word| text.eq_ignore_ascii_case(word)) {
        ColumnKind::Bool
    } else if is_code(text) {
        ColumnKind::Text
    } else if text.parse::<i64>().is_ok() {
        ColumnKind::Integer
    } else if spelt_number(text).is_some() {
        ColumnKind::Float
    } else if is_date(text) {
        ColumnKind::Date
    } else {
        ColumnKind::Text
    }
}

/// Whether it begins with a plus sign or a zero that is not a whole part of its own.
fn is_code(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let mut bytes = digits.bytes();
    match bytes.next() {
        Some(b'+') => true,
        Some(b'0') => bytes.next().is_some_and(|byte| byte.is_ascii_digit()),
        _ => false,
    }
}

/// Whether it is a calendar date of ISO 8601, `2026-02-28`, alone or followed by `T` or a space and a time.
fn is_date(text: &str) -> bool {
    let (date, time) = match text.split_once(['T', ' ']) {
        Some((date, time)) => (date, Some(time)),
        None => (text, None),
    };
    let parts: Vec<&str> = date.splitn(4, '-').collect();
    let [year, month, day] = parts.as_slice() else { return false };
    let (Some(year), Some(month), Some(day)) = (digits(year, 4), digits(month, 2), digits(day, 2)) else {
        return false;
    };
    (1..=12).contains(&month) && (1..=days_in(year, month)).contains(&day) && time.is_none_or(is_time)
}

fn days_in(year: u32, month: u32) -> u32 {
    match month {
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// `12:30`, `12:30:05`, `12:30:05.25`, and then `Z` or an offset such as `+08:00`.
fn is_time(text: &str) -> bool {
    let clock = text.strip_suffix('Z').unwrap_or(text);
    let (clock, offset) = match clock.find(['+', '-']) {
        Some(at) => clock.split_at(at),
        None => (clock, ""),
    };
    let mut parts = clock.split(':');
    let hour = parts.next().and_then(|part| digits(part, 2)).is_some_and(|hour| hour < 24);
    let minute = parts.next().and_then(|part| digits(part, 2)).is_some_and(|minute| minute < 60);
    let second = parts.next().is_none_or(|part| {
        let (whole, fraction) = part.split_once('.').unwrap_or((part, "0"));
        digits(whole, 2).is_some_and(|second| second <= 60) && !fraction.is_empty() && all_digits(fraction)
    });
    let offset = offset.get(1..).is_none_or(|offset| offset.bytes().all(|byte| byte.is_ascii_digit() || byte == b':'));
    hour && minute && second && parts.next().is_none() && offset
}

fn digits(text: &str, length: usize) -> Option<u32> {
    (text.len() == length && all_digits(text)).then(|| text.parse().ok()).flatten()
}

fn all_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_what_they_spell() {
        use ColumnKind::{Bool, Date, Empty, Float, Integer, Text};
        for (text, kind) in [
            ("", Empty),
            ("True", Bool),
            ("yes", Text),
            ("0", Integer),
            ("-12", Integer),
            ("007", Text),
            ("+49", Text),
            ("9223372036854775807", Integer),
            ("9223372036854775808", Float),
            ("0.5", Float),
            ("-0.5e-3", Float),
            ("00.5", Text),
            ("nan", Text),
            ("2026-02-28", Date),
            ("2026-02-29", Text),
            ("2024-02-29", Date),
            ("2026-11-27T13:09:36Z", Date),
            ("2026-11-27 13:09:36.25+08:00", Date),
            ("2026-11-27T25:00", Text),
            ("27.11.2026", Text),
            ("二〇二六", Text),
        ] {
            assert_eq!(kind_of_text(text), kind, "{text}");
        }
    }
}
