//! Numbers that name a person, with check digits that hold, in the forms they are written in.

use super::{
    super::checks::{credit_code_check, iban_check, is_nhs_number, luhn_check, organisation_check, resident_id_check},
    super::random::Random,
    people::day_of_birth,
    values::one_of,
};

pub(super) fn phone(random: &mut Random) -> String {
    let area = random.between(201, 989);
    let exchange = random.between(200, 999);
    let line = random.fill("####");
    match random.between(0, 15) {
        0 => format!("+1 ({area}) {exchange}-{line}"),
        1 => format!("+1 {area} {exchange} {line}"),
        2 => format!("+1{area}{exchange}{line}"),
        3 => format!("({area}) {exchange}-{line}"),
        4 => format!("{area}-{exchange}-{line}"),
        5 => format!("{area}.{exchange}.{line}"),
        6 => format!("{area}{exchange}{line}"),
        7 => random.fill("+44 20 7### ####"),
        8 => random.fill("+44 (0)161 4## ####"),
        9 => random.fill("07### ######"),
        10 => random.fill("020 7### ####"),
        11 => random.fill("+49 30 9######"),
        12 => random.fill("030/9######"),
        13 => random.fill("+33 1 4# ## ## ##"),
        14 => random.fill("01 4# ## ## ##"),
        _ if random.is_one_of_thousand(300) => format!("{exchange}-{line}"),
        _ => random.fill("0049 171 #######"),
    }
}

pub(super) fn chinese_mobile(random: &mut Random) -> String {
    let prefix = random
        .pick(&["130", "131", "135", "136", "138", "139", "150", "159", "166", "173", "177", "186", "189", "198"]);
    let (middle, last) = (random.fill("####"), random.fill("####"));
    let number = match random.between(0, 9) {
        0 => format!("{prefix}-{middle}-{last}"),
        1 => format!("{prefix} {middle} {last}"),
        2 => format!("+86{prefix}{middle}{last}"),
        3 => format!("+86 {prefix} {middle} {last}"),
        _ => format!("{prefix}{middle}{last}"),
    };
    disguised(number, random)
}

pub(super) fn chinese_landline(random: &mut Random) -> String {
    match random.between(0, 2) {
        0 => random.fill("010-6#######"),
        1 => random.fill("0755-2#######"),
        _ => random.fill("（021）5#######"),
    }
}

pub(super) fn card(random: &mut Random) -> String {
    let (prefix, length) = match random.between(0, 9) {
        0..=3 => ("4", 16),
        4..=5 => ("53", 16),
        6 => ("2401", 16),
        7 => ("37", 15),
        8 => ("6225", if random.is_one_of_thousand(500) { 19 } else { 16 }),
        _ => ("3530", 16),
    };
    let body = format!("{prefix}{}", random.fill(&"#".repeat(length - 1 - prefix.len())));
    let number = format!("{body}{}", luhn_check(&body));
    let groups: &[usize] = if length == 15 { &[4, 6, 5] } else { &[4, 4, 4, 4, 3] };
    match random.between(0, 199) {
        0 => grouped(&number, groups, "."),
        1..=60 => grouped(&number, groups, " "),
        61..=90 => grouped(&number, groups, "-"),
        _ => disguised(number, random),
    }
}

pub(super) fn iban(random: &mut Random) -> String {
    // Country, and the form of what follows its check digits (SWIFT IBAN registry).
    const FORMS: [(&str, &str); 14] = [
        ("DE", "##################"),
        ("GB", "????##############"),
        ("FR", "####################5##"),
        ("NL", "????##########"),
        ("ES", "####################"),
        ("IT", "?######################"),
        ("CH", "#################"),
        ("BE", "############"),
        ("AT", "################"),
        ("PL", "########################"),
        ("SE", "####################"),
        ("NO", "###########"),
        ("PT", "#####################"),
        ("IE", "????##############"),
    ];
    let (country, form) = FORMS.get(random.between(0, 13) as usize).copied().unwrap_or(("NO", "###########"));
    let account = random.fill(form);
    let number = format!("{country}{}{account}", iban_check(country, &account));
    match random.between(0, 199) {
        0 => grouped(&number, &[4; 9], "."),
        1..=90 => grouped(&number, &[4; 9], " "),
        91..=96 => grouped(&number, &[4; 9], "-"),
        97..=100 => number.to_lowercase(),
        _ => number,
    }
}

pub(super) fn resident_id(random: &mut Random) -> String {
    let (year, month, day) = day_of_birth(random);
    let body = format!("{}{year}{month:02}{day:02}{}", one_of("region", random), random.fill("###"));
    let number = format!("{body}{}", resident_id_check(&body).map_or('0', char::from));
    match random.between(0, 299) {
        0 => grouped(&number, &[6, 4, 4, 4], " "),
        1..=6 => grouped(&number, &[6, 8, 4], " "),
        7..=20 => number.to_lowercase(),
        _ => disguised(number, random),
    }
}

pub(super) fn credit_code(random: &mut Random) -> String {
    let mut body = format!("{}{}", random.pick(&["91", "91", "92", "51", "12"]), one_of("region", random));
    let mut organisation = String::new();
    for _ in 0..8 {
        organisation
            .push_str(random.pick(&["0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "A", "F", "M", "T", "W", "Y"]));
    }
    body.push_str(&organisation);
    body.push(organisation_check(&organisation).map_or('0', char::from));
    format!("{body}{}", credit_code_check(&body).map_or('0', char::from))
}

pub(super) fn passport(random: &mut Random) -> String {
    let form = random.pick(&["#########", "C##?##T##", "E########", "A########", "##AB#####", "?#######"]);
    let letter = random.pick(&["X", "R", "L", "N"]);
    random.fill(&form.replace('?', letter))
}

pub(super) fn chinese_passport(random: &mut Random) -> String {
    random.fill_one(&["E########", "G########", "EA#######", "EJ#######"])
}

pub(super) fn ipv4(random: &mut Random) -> String {
    let first = random.pick(&["10", "192", "172", "81", "203", "8", "114", "185"]);
    let (second, third, fourth) = (random.between(0, 255), random.between(0, 255), random.between(1, 254));
    if random.is_one_of_thousand(4) {
        return format!("{first}[.]{second}[.]{third}[.]{fourth}");
    }
    format!("{first}.{second}.{third}.{fourth}")
}

pub(super) fn ipv6(random: &mut Random) -> String {
    match random.between(0, 3) {
        0 => random.fill("2001:db8:~~~~:~~~~:~~~~:~~~~:~~~~:~~~~"),
        1 => random.fill("fe80::~~~~:~~ff:fe~~:~~~~"),
        2 => random.fill("2a02:8~~~::1"),
        _ => random.fill("fd~~:~~~~:~~~~::~~~~"),
    }
}

pub(super) fn social_security(random: &mut Random) -> String {
    let (area, group, serial) = (random.between(1, 665), random.between(1, 99), random.between(1, 9999));
    match random.between(0, 9) {
        0 => format!("{area:03} {group:02} {serial:04}"),
        1 => format!("{area:03}{group:02}{serial:04}"),
        _ => format!("{area:03}-{group:02}-{serial:04}"),
    }
}

pub(super) fn medical_record(random: &mut Random) -> String {
    random.fill_one(&["########", "#######", "?######", "ZY#########"])
}

pub(super) fn nhs_number(random: &mut Random) -> String {
    loop {
        let digits = random.digits(10);
        if is_nhs_number(&digits) {
            return if random.is_one_of_thousand(700) { grouped(&digits, &[3, 3, 4], " ") } else { digits };
        }
    }
}

/// A number in groups of these lengths.
pub(super) fn grouped(number: &str, groups: &[usize], separator: &str) -> String {
    let (mut rest, mut parts) = (number, Vec::new());
    for &length in groups {
        let (part, behind) = rest.split_at_checked(length).unwrap_or((rest, ""));
        parts.extend((!part.is_empty()).then_some(part));
        rest = behind;
    }
    parts.join(separator)
}

/// A few times in a hundred, full-width digits or a character without width inside.
fn disguised(number: String, random: &mut Random) -> String {
    match random.between(0, 99) {
        0 | 1 => number.chars().map(full_width).collect(),
        2 => {
            let (before, behind) = number.split_at_checked(7).unwrap_or((&number, ""));
            format!("{before}\u{200b}{behind}")
        }
        _ => number,
    }
}

fn full_width(character: char) -> char {
    match character {
        '0'..='9' => char::from_u32(u32::from(character) + 0xfee0).unwrap_or(character),
        other => other,
    }
}
