//! The check digits of an international bank account number: ISO 13616, ISO/IEC 7064 MOD 97-10. Checking is `iban_validate`'s.

/// The two check digits for a country and what follows them, in capitals and without spaces.
pub(in super::super) fn iban_check(country: &str, account: &str) -> String {
    let mut remainder = 0;
    for value in account.chars().chain(country.chars()).filter_map(|character| character.to_digit(36)) {
        // Letters count from 10 for A and take two digits.
        remainder = (remainder * if value > 9 { 100 } else { 10 } + value) % 97;
    }
    // The place of the check digits counts as 00.
    format!("{:02}", 98 - remainder * 100 % 97)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gives_the_check_digits_of_the_registry() {
        for (country, check, account) in
            [("DE", "89", "370400440532013000"), ("GB", "29", "NWBK60161331926819"), ("NO", "93", "86011117947")]
        {
            assert_eq!(iban_check(country, account), check);
        }
    }
}
