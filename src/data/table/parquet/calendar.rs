//! Days and parts of seconds since 1970 as ISO 8601 writes them.

/// Days of the cycle in which the Gregorian calendar repeats.
const DAYS_IN_400_YEARS: i64 = 146_097;
/// Days from 1 March of the year 0 to 1 January 1970.
const DAYS_TO_1970: i64 = 719_468;

/// The date this many days after 1 January 1970, `2026-11-27`.
pub(crate) fn date(days: i64) -> String {
    // Years are counted from March, so that the leap day is the last day of a year.
    let days = days.saturating_add(DAYS_TO_1970);
    let cycle = days.div_euclid(DAYS_IN_400_YEARS);
    let day = days.rem_euclid(DAYS_IN_400_YEARS);
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let (month, next_year) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
    format!("{:04}-{month:02}-{day:02}", cycle * 400 + year + next_year)
}

/// The time of day after this many parts of a second, of which there are ten to the power of `digits` in each.
pub(crate) fn time(parts: i64, digits: u32) -> String {
    let scale = 10_i64.pow(digits.min(9));
    let (seconds, fraction) = (parts.div_euclid(scale), parts.rem_euclid(scale));
    let clock = format!("{:02}:{:02}:{:02}", seconds / 3_600, seconds / 60 % 60, seconds % 60);
    if fraction == 0 { clock } else { format!("{clock}.{fraction:0width$}", width = digits as usize) }
}

/// Date and time this many parts of a second after 1970 began.
pub(crate) fn timestamp(parts: i64, digits: u32) -> String {
    let day = 86_400 * 10_i64.pow(digits.min(9));
    format!("{}T{}", date(parts.div_euclid(day)), time(parts.rem_euclid(day), digits))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_days_have_their_dates() {
        for (days, written) in [
            (0, "1970-01-01"),
            (-1, "1969-12-31"),
            (11_016, "2000-02-29"),
            (20_784, "2026-11-27"),
            (-719_468, "0000-03-01"),
        ] {
            assert_eq!(date(days), written);
        }
        assert_eq!(timestamp(-1, 3), "1969-12-31T23:59:59.999");
        assert_eq!(timestamp(1_795_784_976_000_000, 6), "2026-11-27T13:09:36");
    }

    #[test]
    fn the_ends_of_time_are_survived() {
        for parts in [i64::MIN, i64::MAX] {
            date(parts);
            time(parts, 3);
            timestamp(parts, 9);
        }
    }
}
