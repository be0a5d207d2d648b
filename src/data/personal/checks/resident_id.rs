//! The Chinese resident identity number: GB 11643-1999, check character by ISO/IEC 7064 MOD 11-2.

use super::is_date;

/// The weights of the first seventeen digits (GB 11643-1999, Annex A).
const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
/// The check character for each remainder of the weighted sum by 11.
const CHECKS: &[u8; 11] = b"10X98765432";
/// The first two digits of the regions (GB/T 2260; 81 to 83 for residents of Hong Kong, Macao and Taiwan, 91 for foreigners).
const PROVINCES: [&str; 36] = [
    "11", "12", "13", "14", "15", "21", "22", "23", "31", "32", "33", "34", "35", "36", "37", "41", "42", "43", "44",
    "45", "46", "50", "51", "52", "53", "54", "61", "62", "63", "64", "65", "71", "81", "82", "83", "91",
];

/// Whether eighteen characters are such a number: region, day of birth and check character.
pub(in super::super) fn is_resident_id(number: &str) -> bool {
    let part = |from: usize, to: usize| number.get(from..to).unwrap_or_default();
    let value = |from: usize, to: usize| part(from, to).parse::<u32>().unwrap_or(0);
    let check = number.as_bytes().get(17).map(u8::to_ascii_uppercase);
    number.len() == 18
        && is_province(part(0, 2))
        && (1900..2100).contains(&value(6, 10))
        && is_date(value(6, 10), value(10, 12), value(12, 14))
        && check.is_some()
        && check == resident_id_check(part(0, 17))
}

/// Whether a region begins with these two digits.
pub(super) fn is_province(digits: &str) -> bool {
    PROVINCES.contains(&digits)
}

/// The check character of seventeen digits.
pub(in super::super) fn resident_id_check(digits: &str) -> Option<u8> {
    if digits.len() != 17 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let sum: u32 = digits.bytes().zip(WEIGHTS).map(|(byte, weight)| u32::from(byte - b'0') * weight).sum();
    CHECKS.get(usize::try_from(sum % 11).ok()?).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_number_holds() {
        // The example of GB 11643-1999, and the same with a lower-case x.
        assert!(is_resident_id("11010519491231002X") && is_resident_id("11010519491231002x"));
        // The other example of the standard: its check digit holds, but nobody born in 1880 is looked for.
        assert_eq!(resident_id_check("44052418800101001"), Some(b'4'));
    }

    #[test]
    fn what_is_wrong_in_one_place_does_not_hold() {
        for number in ["110105194912310020", "99010519491231002X", "11010519490231002X", "1101051949123100", "１"] {
            assert!(!is_resident_id(number), "{number}");
        }
    }
}
