//! The value for each slot of a template.

use super::{
    super::{class::Class, random::Random, terms},
    decoys, numbers, people,
};

const LISTS: &str = include_str!("lists.txt");

/// What fills a slot.
pub(super) struct Value {
    /// What it is, where it is personal data.
    pub class: Option<Class>,
    pub text: String,
}

/// A value for the slot of this name; nothing for what is no slot.
pub(super) fn of_slot(slot: &str, random: &mut Random) -> Option<Value> {
    let (class, text) = match slot {
        "name" => (Class::Name, people::name(random)),
        "given" => (Class::Name, one_of("given", random).to_owned()),
        "surname" => (Class::Name, one_of("surname", random).to_owned()),
        "zh_name" => (Class::Name, people::chinese_name(random)),
        "zh_surname" => (Class::Name, one_of("zh surname", random).to_owned()),
        "email" => (Class::Email, people::email(random)),
        "address" => (Class::Address, people::address(random)),
        "zh_address" => (Class::Address, people::chinese_address(random)),
        "dob" => (Class::BirthDate, people::birth_date(random)),
        "zh_dob" => (Class::BirthDate, people::chinese_birth_date(random)),
        "coordinates" => (Class::Coordinates, people::coordinates(random)),
        "zh_coordinates" => (Class::Coordinates, people::chinese_coordinates(random)),
        "phone" => (Class::Phone, numbers::phone(random)),
        "cn_mobile" => (Class::Phone, numbers::chinese_mobile(random)),
        "cn_landline" => (Class::Phone, numbers::chinese_landline(random)),
        "card" => (Class::Card, numbers::card(random)),
        "iban" => (Class::Iban, numbers::iban(random)),
        "resident_id" => (Class::ResidentId, numbers::resident_id(random)),
        "uscc" => (Class::CreditCode, numbers::credit_code(random)),
        "passport" => (Class::Passport, numbers::passport(random)),
        "cn_passport" => (Class::Passport, numbers::chinese_passport(random)),
        "ipv4" => (Class::IpAddress, numbers::ipv4(random)),
        "ipv6" => (Class::IpAddress, numbers::ipv6(random)),
        "ssn" => (Class::SocialSecurity, numbers::social_security(random)),
        "mrn" => (Class::MedicalRecord, numbers::medical_record(random)),
        "nhs" => (Class::MedicalRecord, numbers::nhs_number(random)),
        "key" => (Class::Secret, decoys::access_key(random)),
        "jwt" => (Class::Secret, decoys::web_token(random)),
        "token" => (Class::Secret, random.fill("****************************")),
        "password" => (Class::Secret, decoys::password(random)),
        "secret_url" => (Class::Secret, decoys::secret_url(random)),
        _ => return decoys::of_slot(slot, random).map(|text| Value { class: None, text }),
    };
    Some(Value { class: Some(class), text })
}

/// One word of a list; lists with `|` have entries of several words.
pub(super) fn one_of(list: &str, random: &mut Random) -> &'static str {
    let line = terms::section(LISTS, list).first().copied().unwrap_or_default();
    let separator = if line.contains('|') { '|' } else { ' ' };
    let entries: Vec<&'static str> = line.split(separator).collect();
    random.pick(&entries)
}
