//! Made-up values that look like what they replace, from ranges that nobody has.
//!
//! A value from such a range is left as it is, because it is nobody's; that also makes redacting twice change nothing.

use std::net::{Ipv4Addr, Ipv6Addr};

use iban::Iban;

use crate::personal::{
    checks::{credit_code_check, iban_check, luhn_check, organisation_check, resident_id_check},
    class::Class,
    random::Random,
    view::digits,
};

/// Domains reserved for documentation and tests (RFC 2606, RFC 6761).
const RESERVED_DOMAINS: [&str; 6] = ["example.org", "example.com", "example.net", ".example", ".test", ".invalid"];
/// A county that is not assigned, in Beijing, so that the number has the form of one (GB/T 2260).
const NO_COUNTY: &str = "119900";
/// Area codes whose exchange 555 with lines 0100 to 0199 is set aside for fiction (NANPA).
const AREAS: [&str; 7] = ["202", "303", "404", "505", "606", "707", "808"];
/// Beginnings of card numbers that processors use for testing, by length; other lengths take the first.
const TEST_CARDS: [(usize, &str); 5] = [(16, "400000"), (14, "300000"), (15, "340000"), (17, "601100"), (18, "601100")];

/// A value in the place of another of this class, written without odd characters.
pub(super) fn of(class: Class, original: &str, random: &mut Random) -> String {
    let is_chinese = original.chars().any(|character| u32::from(character) >= 0x3400);
    match class {
        Class::Email => random.fill("person-~~~~~~~~~~~~~~~~@example.org"),
        Class::ResidentId => reshaped(original, &resident_id(random)),
        Class::CreditCode => credit_code(random),
        Class::Iban => reshaped(original, &account(original, random)),
        Class::Card => reshaped(original, &card(digits(original).len(), random)),
        Class::Phone => phone(original, random),
        Class::Passport => random.fill("XX#######"),
        Class::IpAddress => address(original, random),
        // The sea around 0° N, 0° E.
        Class::Coordinates => random.fill("0.#####, 0.#####"),
        Class::Secret => random.fill("EXAMPLE-~~~~~~~~~~~~~~~~~~~~~~~~"),
        Class::BirthDate => format!("1900-{:02}-{:02}", random.between(1, 12), random.between(1, 28)),
        Class::Name if is_chinese => {
            let surname = random.pick(&["赵", "钱", "孙", "李", "周", "吴", "郑", "王", "冯", "陈"]);
            format!("{surname}某{}", random.pick(&["甲", "乙", "丙", "丁", "戊", "己", "庚", "辛", "壬", "癸"]))
        }
        Class::Name => {
            let given = random.pick(&["Alex", "Robin", "Sam", "Kim", "Jo", "Chris", "Noa", "Lee", "Max", "Toni"]);
            format!("{given} {} Example", random.fill("?."))
        }
        Class::Address if is_chinese => format!("示例市示例路{}号", random.between(1, 9999)),
        Class::Address => format!("{} Example Street", random.between(1, 9999)),
        // Area 000 is never issued (Social Security Administration).
        Class::SocialSecurity => random.fill("000-##-####"),
        Class::MedicalRecord => random.fill("000#######"),
    }
}

/// Whether a value is from a range that is nobody's.
pub(super) fn is_fiction(class: Class, value: &str) -> bool {
    let compact: String = value.chars().filter(char::is_ascii_alphanumeric).collect();
    match class {
        Class::Email => RESERVED_DOMAINS.iter().any(|domain| value.to_ascii_lowercase().ends_with(domain)),
        Class::ResidentId => compact.starts_with(NO_COUNTY),
        Class::CreditCode => compact.get(2..).is_some_and(|rest| rest.starts_with(NO_COUNTY)),
        Class::Iban => compact.get(4..8).is_some_and(|bank| bank.bytes().all(|byte| matches!(byte, b'9' | b'X'))),
        Class::Card => TEST_CARDS.iter().any(|(_, prefix)| compact.starts_with(prefix)),
        Class::Phone => is_fictitious_phone(&compact),
        Class::Passport => compact.starts_with("XX"),
        Class::IpAddress => is_documentation(value),
        Class::Coordinates => value.starts_with("0.") && value.contains(", 0."),
        Class::Secret => value.contains("EXAMPLE"),
        Class::BirthDate => value.starts_with("1900-"),
        Class::Name => value.chars().nth(1) == Some('某') || value.ends_with("Example"),
        Class::Address => value.ends_with(" Example Street") || value.starts_with("示例市示例路"),
        Class::SocialSecurity | Class::MedicalRecord => compact.starts_with("000"),
    }
}

/// The letters and digits of `replacement` in the groups of the original, where both have as many.
fn reshaped(original: &str, replacement: &str) -> String {
    let is_kept = |character: &char| !character.is_ascii_alphanumeric();
    if original.chars().filter(char::is_ascii_alphanumeric).count() != replacement.len() {
        return replacement.to_owned();
    }
    let mut next = replacement.chars();
    original.chars().map(|character| if is_kept(&character) { character } else { next.next().unwrap_or('0') }).collect()
}

fn resident_id(random: &mut Random) -> String {
    let (year, month, day) = (random.between(1950, 2005), random.between(1, 12), random.between(1, 28));
    let body = format!("{NO_COUNTY}{year}{month:02}{day:02}{}", random.fill("###"));
    format!("{body}{}", resident_id_check(&body).map_or('0', char::from))
}

fn credit_code(random: &mut Random) -> String {
    let organisation = random.fill("########");
    let check = organisation_check(&organisation).map_or('0', char::from);
    let body = format!("91{NO_COUNTY}{organisation}{check}");
    format!("{body}{}", credit_code_check(&body).map_or('0', char::from))
}

/// An account of the same country at a bank whose code begins with 9999 or XXXX, which none does.
fn account(original: &str, random: &mut Random) -> String {
    let compact: String = original.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_uppercase();
    let (country, rest) = compact.split_at_checked(2).unwrap_or(("DE", ""));
    let form = rest.chars().skip(2).enumerate().map(|(at, character)| match (at < 4, character.is_ascii_digit()) {
        (true, true) => '9',
        (true, false) => 'X',
        (false, true) => '#',
        (false, false) => '?',
    });
    let account = random.fill(&form.collect::<String>());
    let number = format!("{country}{}{account}", iban_check(country, &account));
    if number.parse::<Iban>().is_ok() {
        return number;
    }
    let account = random.fill("9999##############");
    format!("DE{}{account}", iban_check("DE", &account))
}

fn card(length: usize, random: &mut Random) -> String {
    let prefix = TEST_CARDS.iter().find(|(of, _)| *of == length).map_or("400000", |(_, prefix)| prefix);
    let body = format!("{prefix}{}", random.fill(&"#".repeat(length.saturating_sub(prefix.len() + 1))));
    format!("{body}{}", luhn_check(&body))
}

/// North American numbers stay such; all others become a British mobile number set aside for drama (Ofcom).
fn phone(original: &str, random: &mut Random) -> String {
    let number = digits(original);
    let area = random.pick(&AREAS);
    if original.starts_with("+1") {
        return random.fill(&format!("+1 {area}-555-01##"));
    }
    if original.starts_with(['+', '0']) || number.len() != 10 {
        return random.fill("+44 7700 900###");
    }
    random.fill(&format!("({area}) 555-01##"))
}

fn is_fictitious_phone(digits: &str) -> bool {
    let national = digits.strip_prefix('1').filter(|rest| rest.len() == 10).unwrap_or(digits);
    let is_american = national.len() == 10 && national.get(3..8) == Some("55501");
    is_american || digits.starts_with("447700900") || digits.starts_with("07700900")
}

/// Addresses set aside for documentation (RFC 5737, RFC 3849).
fn address(original: &str, random: &mut Random) -> String {
    if original.contains(':') {
        return random.fill("2001:db8:~~~~:~~~~:~~~~:~~~~:~~~~:~~~~");
    }
    format!("{}.{}", random.pick(&["192.0.2", "198.51.100", "203.0.113"]), random.between(1, 254))
}

fn is_documentation(value: &str) -> bool {
    value.parse::<Ipv4Addr>().is_ok_and(|address| address.is_documentation())
        || value.parse::<Ipv6Addr>().is_ok_and(|address| address.segments().first_chunk() == Some(&[0x2001, 0xdb8]))
}
