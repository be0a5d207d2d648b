//! The Chinese unified social credit code: GB 32100-2015, modulo 31 over an alphabet without I, O, S, V and Z.

use super::resident_id::is_province;

/// The alphabet; a character's value is its place (GB 32100-2015, table 2).
const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
/// The weights of the first seventeen characters: powers of 3 modulo 31.
const WEIGHTS: [usize; 17] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];

/// Whether eighteen characters in capitals are such a code.
pub(in super::super) fn is_credit_code(code: &str) -> bool {
    let bytes = code.as_bytes();
    // The department that registers, and its kind of organisation (table 1).
    let begins = matches!(bytes, [b'1'..=b'9' | b'A' | b'N' | b'Y', b'1'..=b'5' | b'9', ..]);
    let region = code.get(2..8).is_some_and(|region| region.bytes().all(|byte| byte.is_ascii_digit()));
    let province = code.get(2..4).is_some_and(|province| province == "10" || is_province(province));
    let organisation = code.get(8..16).and_then(organisation_check) == bytes.get(16).copied();
    begins
        && region
        && province
        && organisation
        && bytes.len() == 18
        && code.get(..17).and_then(credit_code_check) == bytes.last().copied()
}

/// The check character of an organisation's code of eight characters: GB 11714-1997, modulo 11, with X for 10.
pub(in super::super) fn organisation_check(body: &str) -> Option<u8> {
    const WEIGHTS: [u32; 8] = [3, 7, 9, 10, 5, 8, 4, 2];
    let mut sum = 0;
    for (character, weight) in body.chars().zip(WEIGHTS) {
        sum += character.to_digit(36)? * weight;
    }
    match (11 - sum % 11) % 11 {
        10 => Some(b'X'),
        check => u8::try_from(check).ok().map(|check| b'0' + check),
    }
}

/// The check character of seventeen characters.
pub(in super::super) fn credit_code_check(body: &str) -> Option<u8> {
    if body.len() != 17 {
        return None;
    }
    let mut sum = 0;
    for (byte, weight) in body.bytes().zip(WEIGHTS) {
        sum += ALPHABET.iter().position(|&letter| letter == byte)? * weight;
    }
    ALPHABET.get((31 - sum % 31) % 31).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_codes_hold() {
        // Codes of companies as they publish them: Huawei, Tencent, Alibaba (China), Baidu.
        for code in ["914403001922038216", "9144030071526726XG", "91330100799655058B", "91110000802100433B"] {
            assert!(is_credit_code(code), "{code}");
        }
        assert!(!is_credit_code("914403001922038217") && !is_credit_code("9144030019220382I6") && !is_credit_code(""));
    }
}
