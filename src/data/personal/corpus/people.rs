//! Names, mail and postal addresses, birthdays and places.

use super::{super::random::Random, values::one_of};

pub(super) fn name(random: &mut Random) -> String {
    let (given, surname) = (one_of("given", random), one_of("surname", random));
    match random.between(0, 19) {
        0 => format!(
            "{given}{}{surname}",
            [" van der ", " de la ", " von "].get(random.between(0, 2) as usize).unwrap_or(&" ")
        ),
        1 => format!("{} {surname}", random.fill("?.")),
        2 => format!("{given} {} {surname}", random.fill("?.")),
        3 => format!("{given} {} {surname}", one_of("given", random)),
        4 => format!("{surname}, {given}"),
        5 => format!("{given} {surname}").to_uppercase(),
        _ => format!("{given} {surname}"),
    }
}

pub(super) fn chinese_name(random: &mut Random) -> String {
    format!("{}{}", one_of("zh surname", random), one_of("zh given", random))
}

pub(super) fn email(random: &mut Random) -> String {
    let plain = |name: &str| -> String { name.to_lowercase().replace(['\'', '-', ' '], "") };
    let (given, surname) = (plain(one_of("given", random)), plain(one_of("surname", random)));
    let domain = one_of("domain", random);
    let local = match random.between(0, 7) {
        0 => format!("{given}.{surname}"),
        1 => format!("{given}_{surname}{}", random.between(1, 99)),
        2 => format!("{}{surname}", given.chars().next().unwrap_or('x')),
        3 => format!("{given}+{}", one_of("handle", random)),
        4 => random.digits(9),
        5 => format!("{given}.{surname}").to_uppercase(),
        6 => format!("o'{surname}"),
        _ => format!("{given}{}", random.between(1, 2010)),
    };
    match random.between(0, 999) {
        0..=4 => format!("{local} at {} dot com", domain.split('.').next().unwrap_or_default()),
        5..=19 => format!("{local} (at) {domain}"),
        20..=29 => format!("{local}[at]{}", domain.replace('.', "[dot]")),
        30..=39 => format!("{local}＠{domain}"),
        40..=43 => format!("{local}@mail-{}", random.between(1, 9)),
        _ => format!("{local}@{domain}"),
    }
}

pub(super) fn address(random: &mut Random) -> String {
    let number = random.between(1, 2400);
    let street = format!("{number} {} {}", one_of("street", random), one_of("street kind", random));
    let town = one_of("town", random);
    match random.between(0, 13) {
        0..=2 => format!("{street}, {town}, {} {}", random.pick(&["CA", "TX", "OH", "OR", "MA"]), random.fill("#####")),
        3 => format!("{street}, {town} {}", random.fill("?## #??").replacen('?', "S", 1)),
        4 => format!("Flat {}, {street}, {town}", random.between(1, 40)),
        5 => format!("{street}, Apt. {}", random.fill("##?")),
        6 => format!(
            "{} {}, {} {}",
            one_of("german street", random),
            random.between(1, 180),
            random.digits(5),
            one_of("german town", random)
        ),
        7 => format!("{} {}", one_of("german street", random), random.between(1, 180)),
        8 => format!("PO Box {}, {town}", random.digits(4)),
        // Forms that no rule was written for.
        9 => match random.between(0, 4) {
            0 => format!("The Old Rectory, {} Lane, {town}", one_of("street", random)),
            1 => format!("{number} rue de la République, 75011 Paris"),
            2 => format!("Calle Mayor {}, 28013 Madrid", random.between(1, 90)),
            3 => format!("{number} Broadway, {town}"),
            _ => street.to_lowercase(),
        },
        _ => street,
    }
}

pub(super) fn chinese_address(random: &mut Random) -> String {
    let city = one_of("zh city", random);
    match random.between(0, 5) {
        0 | 1 => format!("{city}{}{}号", one_of("zh street", random), random.between(1, 999)),
        2 => {
            let (street, number) = (one_of("zh street", random), random.between(1, 999));
            format!("{city}{street}{number}号{}单元{}室", random.between(1, 6), random.digits(3))
        }
        3 => format!("{city}{}{}号楼{}室", one_of("zh estate", random), random.between(1, 30), random.digits(3)),
        4 => format!("{}{}号", one_of("zh street", random), random.between(1, 999)),
        // A village without street and number.
        _ => format!("{city}清溪镇河东村"),
    }
}

pub(super) fn birth_date(random: &mut Random) -> String {
    let (year, month, day) = day_of_birth(random);
    let name = MONTHS.get(month as usize - 1).copied().unwrap_or("May");
    match random.between(0, 7) {
        0 => format!("{year}-{month:02}-{day:02}"),
        1 => format!("{month:02}/{day:02}/{year}"),
        2 => format!("{day:02}.{month:02}.{year}"),
        3 => format!("{day} {name} {year}"),
        4 => format!("{name} {day}, {year}"),
        5 => format!("{day}th of {name} {year}"),
        6 => format!("{month}/{day}/{:02}", year % 100),
        _ => format!("{} {day} {year}", name.get(..3).unwrap_or("May")),
    }
}

pub(super) fn chinese_birth_date(random: &mut Random) -> String {
    let (year, month, day) = day_of_birth(random);
    match random.between(0, 3) {
        0 => format!("{year}-{month:02}-{day:02}"),
        1 => format!("{year}/{month}/{day}"),
        2 => format!("{year}年{month}月"),
        _ => format!("{year}年{month}月{day}日"),
    }
}

pub(super) fn day_of_birth(random: &mut Random) -> (u64, u64, u64) {
    (random.between(1938, 2015), random.between(1, 12), random.between(1, 28))
}

pub(super) const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

pub(super) fn coordinates(random: &mut Random) -> String {
    let (latitude, longitude) = (random.between(2, 84), random.between(3, 179));
    let sign = |random: &mut Random| if random.is_one_of_thousand(300) { "-" } else { "" };
    match random.between(0, 5) {
        0 => format!("{latitude}.{}° N, {longitude}.{}° W", random.fill("####"), random.fill("####")),
        1 => {
            let (minutes, seconds) = (random.between(10, 59), random.between(10, 59));
            format!("{latitude}°{minutes}'{seconds}\"N {longitude}°{minutes}'{seconds}\"E")
        }
        2 => format!("lat: {latitude}.{}, lon: {longitude}.{}", random.fill("#####"), random.fill("#####")),
        3 => format!("{latitude}.{}, {}{longitude}.{}", random.fill("###"), sign(random), random.fill("###")),
        _ => {
            let (south, west) = (sign(random), sign(random));
            format!("{south}{latitude}.{}, {west}{longitude}.{}", random.fill("######"), random.fill("######"))
        }
    }
}

pub(super) fn chinese_coordinates(random: &mut Random) -> String {
    let (latitude, longitude) = (random.between(18, 53), random.between(73, 135));
    match random.between(0, 2) {
        0 => format!("北纬{latitude}.{}度，东经{longitude}.{}度", random.fill("##"), random.fill("##")),
        1 => format!("东经{longitude}°{}′，北纬{latitude}°{}′", random.between(10, 59), random.between(10, 59)),
        _ => format!("北纬{latitude}.{}° 东经{longitude}.{}°", random.fill("####"), random.fill("####")),
    }
}
