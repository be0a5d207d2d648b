//! The check digit of payment cards: ISO/IEC 7812-1, Annex B.

/// Whether a number with its check digit holds.
pub(in super::super) fn is_luhn(digits: &str) -> bool {
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) && sum(digits, false).is_multiple_of(10)
}

/// The check digit to put behind a number.
pub(in super::super) fn luhn_check(digits: &str) -> char {
    char::from_digit((10 - sum(digits, true) % 10) % 10, 10).unwrap_or('0')
}

/// Digits from the right, every second one doubled.
fn sum(digits: &str, doubles_last: bool) -> u32 {
    let mut doubles = doubles_last;
    let mut sum = 0;
    for byte in digits.bytes().rev() {
        let value = u32::from(byte.wrapping_sub(b'0'));
        sum += if doubles { value / 5 + value * 2 % 10 } else { value };
        doubles = !doubles;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_test_numbers_hold() {
        // Numbers that card schemes and payment processors publish for testing.
        let numbers = [
            "4111111111111111",
            "5555555555554444",
            "378282246310005",
            "6011111111111117",
            "3530111333300000",
            "79927398713",
        ];
        for number in numbers {
            assert!(is_luhn(number), "{number}");
            let (body, check) = number.split_at(number.len() - 1);
            assert_eq!(luhn_check(body).to_string(), check);
        }
        assert!(!is_luhn("4111111111111112") && !is_luhn("") && !is_luhn("4111-1111"));
    }
}
