//! Check digits: whether a number holds, and the digit that makes it hold.

mod credit_code;
mod iban;
mod luhn;
mod resident_id;

pub(super) use credit_code::{credit_code_check, is_credit_code, organisation_check};
pub(super) use iban::iban_check;
pub(super) use luhn::{is_luhn, luhn_check};
pub(super) use resident_id::{is_resident_id, resident_id_check};

/// Whether this is a day of the Gregorian calendar.
pub(super) fn is_date(year: u32, month: u32, day: u32) -> bool {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        1..=12 => 31,
        _ => return false,
    };
    (1..=days).contains(&day)
}

/// Whether a National Health Service number of ten digits holds: weights 10 to 2, modulo 11 (NHS Data Dictionary, NHS NUMBER).
pub(super) fn is_nhs_number(digits: &str) -> bool {
    let mut values = digits.bytes().map(|byte| u32::from(byte.wrapping_sub(b'0')));
    let sum: u32 = values.by_ref().take(9).zip((2..=10).rev()).map(|(value, weight)| value * weight).sum();
    let check = (11 - sum % 11) % 11;
    digits.len() == 10 && values.next() == Some(check)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_of_the_calendar() {
        assert!(is_date(2000, 2, 29) && is_date(1996, 2, 29) && is_date(2023, 12, 31));
        assert!(!is_date(1900, 2, 29) && !is_date(2023, 4, 31) && !is_date(2023, 13, 1) && !is_date(2023, 1, 0));
    }

    #[test]
    fn the_published_nhs_number_holds() {
        // The example of the NHS Data Dictionary.
        assert!(is_nhs_number("9434765919"));
        assert!(!is_nhs_number("9434765918") && !is_nhs_number("943476591"));
    }
}
