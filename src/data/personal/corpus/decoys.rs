//! What looks like personal data and is none; and secrets, which have no form of their own.

use super::{
    super::checks::{is_credit_code, is_luhn, is_resident_id},
    super::random::Random,
    numbers::{self, grouped},
    people::MONTHS,
    values::one_of,
};

/// A value that is nobody's, for the slot of this name; nothing for what is no slot.
pub(super) fn of_slot(slot: &str, random: &mut Random) -> Option<String> {
    Some(match slot {
        "order" => {
            random.fill_one(&["########", "A-#####", "2025########", "############", "ORD-2025-#####", "##########"])
        }
        "tracking" => random.fill_one(&[
            "1Z###?##########",
            "################",
            "SF#############",
            "##################",
            "#############",
        ]),
        "number" => random.between(1, 9999).to_string(),
        "big" => big(random),
        "port" => random.between(1024, 65535).to_string(),
        "version" => format!("{}.{}.{}", random.between(0, 9), random.between(0, 40), random.between(0, 99)),
        "version4" => version_of_four(random),
        "price" => price(random),
        "hex" => random.fill_one(&[
            "~~~~~~~",
            "~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~",
            "~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~",
        ]),
        "uuid" => random.fill("~~~~~~~~-~~~~-4~~~-9~~~-~~~~~~~~~~~~"),
        "isbn" => random.fill("978-#-##-######-#"),
        "ean" => random.fill("4############"),
        "epoch" => random.fill_one(&["17########", "17###########"]),
        "date" => date(random),
        "time" => format!("{:02}:{:02}", random.between(0, 23), random.between(0, 59)),
        "decimal" => random.fill_one(&["0.####", "#.##", "0.######", "##.###"]),
        "decimals" => random.fill_one(&[
            "0.#####, 0.#####, 0.#####",
            "#.##, #.##",
            "-0.####, 0.####, 0.####",
            "#.###### #.###### #.######",
        ]),
        "handle" => one_of("handle", random).to_owned(),
        "product" => one_of("product", random).to_owned(),
        "zh_product" => one_of("zh product", random).to_owned(),
        "mac" => random.fill("~~:~~:~~:~~:~~:~~"),
        "serial" => random.fill_one(&["SN########", "X###-###-####", "?#########", "##-####-##"]),
        "part" => random.fill_one(&["###-##-####", "###-###-####", "##-#####"]),
        "phone_like" => random.fill("13#########"),
        "bad_card" => until(random, |random| random.fill("4###############"), |number| !is_luhn(number)),
        "bad_iban" => spoilt(&numbers::iban(random)),
        "bad_resident" => until(random, |random| random.fill("1101051990010#####"), |number| !is_resident_id(number)),
        "bad_uscc" => until(random, |random| random.fill("91310115##########"), |code| !is_credit_code(code)),
        _ => return None,
    })
}

pub(super) fn access_key(random: &mut Random) -> String {
    let form = random.pick(&[
        "AKIA????????????????",
        "ghp_************************************",
        "glpat-********************",
        "xoxb-############-************************",
        "sk_live_************************",
        "AIza***********************************",
    ]);
    random.fill(form)
}

pub(super) fn web_token(random: &mut Random) -> String {
    random.fill("eyJhbGciOiJIUzI1NiJ9.eyJzdWIi****************.************************")
}

pub(super) fn password(random: &mut Random) -> String {
    random.fill_one(&[
        "************",
        "Tr0ub4dor&##",
        "**!**$****#",
        "hunter##",
        "correct-horse-battery-staple",
        "qwerty",
    ])
}

pub(super) fn secret_url(random: &mut Random) -> String {
    random.fill_one(&[
        "postgres://app:**********@db.internal:5432/app",
        "https://deploy:****************@git.acme.io/app.git",
        "redis://cache:********@10.0.3.7:6379/0",
    ])
}

fn version_of_four(random: &mut Random) -> String {
    match random.between(0, 2) {
        0 => format!(
            "{}.{}.{}.{}",
            random.between(1, 12),
            random.between(0, 9),
            random.between(0, 9),
            random.between(0, 20)
        ),
        1 => format!("10.0.19045.{}", random.between(1000, 4999)),
        _ => format!("{}.0.{}.{}", random.between(100, 140), random.between(1000, 7000), random.between(10, 200)),
    }
}

fn price(random: &mut Random) -> String {
    let (whole, cents) = (random.between(1, 4999), random.between(0, 99));
    match random.between(0, 2) {
        0 => format!("{whole}.{cents:02}"),
        1 => format!("${whole}.{cents:02}"),
        _ => format!("€ {whole},{cents:02}"),
    }
}

fn date(random: &mut Random) -> String {
    let (year, month, day) = (random.between(1998, 2027), random.between(1, 12), random.between(1, 28));
    match random.between(0, 3) {
        0 => format!("{day}/{month}/{year}"),
        1 => format!("{day} {} {year}", MONTHS.get(month as usize - 1).copied().unwrap_or("May")),
        _ => format!("{year}-{month:02}-{day:02}"),
    }
}

fn big(random: &mut Random) -> String {
    let length = random.between(6, 11) as usize;
    random.digits(length)
}

/// A form filled again and again until it is as wanted.
fn until(random: &mut Random, make: fn(&mut Random) -> String, is_wanted: fn(&str) -> bool) -> String {
    loop {
        let made = make(random);
        if is_wanted(&made) {
            return if random.is_one_of_thousand(300) && made.len() == 16 {
                grouped(&made, &[4; 4], " ")
            } else {
                made
            };
        }
    }
}

/// A number with its last digit one higher.
fn spoilt(number: &str) -> String {
    let mut characters: Vec<char> = number.chars().collect();
    if let Some(last) = characters.last_mut() {
        *last = char::from_digit((last.to_digit(10).unwrap_or(0) + 1) % 10, 10).unwrap_or('0');
    }
    characters.into_iter().collect()
}
