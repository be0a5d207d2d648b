//! Geographic positions: pairs of decimals, degrees with minutes, and what stands behind 北纬 and 东经.

use crate::personal::{
    class::{Class, Confidence, Finding},
    context::Context,
    recognise::{found, patterns},
    view::{Stretch, View},
};

patterns! {
    PAIR = r"[-+]?[0-9]{1,2}\.[0-9]{3,} ?(?:[,;/] ?| )[-+]?[0-9]{1,3}\.[0-9]{3,}";
    DEGREES = r#"[-+]?[0-9]{1,2}(?:\.[0-9]+)? ?°(?: ?[0-9]{1,2}(?:\.[0-9]+)? ?['′](?: ?[0-9]{1,2}(?:\.[0-9]+)? ?(?:["″”]|''))?)? ?[NSns],? ?[-+]?[0-9]{1,3}(?:\.[0-9]+)? ?°(?: ?[0-9]{1,2}(?:\.[0-9]+)? ?['′](?: ?[0-9]{1,2}(?:\.[0-9]+)? ?(?:["″”]|''))?)? ?[EWew]"#;
    LABELLED = r#"(?i)\blat(?:itude)?["']? ?[:=] ?["']?[-+]?[0-9]{1,2}\.[0-9]+["']?[,;&]? ?["']?(?:lng|lon|long|longitude)["']? ?[:=] ?["']?[-+]?[0-9]{1,3}\.[0-9]+"#;
    CHINESE = r"北纬 ?[0-9]{1,2}(?:\.[0-9]+)?[度°]?(?:[0-9]{1,2}[分′'](?:[0-9.]{1,6}[秒″])?)?[,、 ]{0,2}东经 ?[0-9]{1,3}(?:\.[0-9]+)?[度°]?(?:[0-9]{1,2}[分′'](?:[0-9.]{1,6}[秒″])?)?|东经 ?[0-9]{1,3}(?:\.[0-9]+)?[度°]?(?:[0-9]{1,2}[分′'](?:[0-9.]{1,6}[秒″])?)?[,、 ]{0,2}北纬 ?[0-9]{1,2}(?:\.[0-9]+)?[度°]?(?:[0-9]{1,2}[分′'](?:[0-9.]{1,6}[秒″])?)?";
}

/// How far before a pair the words may stand.
const REACH: usize = 40;
/// So many decimals, about a metre, are rarely written for anything but a position.
const TELLING_DECIMALS: usize = 5;

/// Finds positions.
pub(in super::super) fn find(view: View<'_>, findings: &mut Vec<Finding>) {
    let has_word = view.part_has(Context::Coordinates);
    let kinds = [(&DEGREES, view.part.contains('°')), (&LABELLED, has_word), (&CHINESE, view.part.contains('纬'))];
    for (pattern, _) in kinds.into_iter().filter(|(_, is_there)| *is_there) {
        for stretch in view.matches(pattern) {
            let span = (stretch.start, stretch.end);
            findings.push(found(Class::Coordinates, span, Confidence::Likely, "degrees of latitude and longitude"));
        }
    }
    if !view.part.contains('.') {
        return;
    }
    for stretch in view.matches(&PAIR) {
        let span = (stretch.start, stretch.end);
        if !is_position(stretch.text) || !view.stands_alone(span.0, span.1) {
            continue;
        }
        let has_words = view.has_around(Context::Coordinates, span.0, span.1, REACH);
        let is_telling = decimals(stretch.text) >= TELLING_DECIMALS && !is_in_list(view, stretch);
        let confidence = if has_words || is_telling { Confidence::Likely } else { Confidence::Possible };
        findings.push(found(Class::Coordinates, span, confidence, "pair of decimals in range"));
    }
}

/// Whether the first number is a latitude and the second a longitude.
fn is_position(pair: &str) -> bool {
    let mut numbers = pair.split([',', ';', '/', ' ']).filter_map(|number| number.parse::<f64>().ok()).map(f64::abs);
    matches!((numbers.next(), numbers.next()), (Some(latitude), Some(longitude)) if latitude <= 90.0 && longitude <= 180.0)
}

/// The fewer decimals of the two.
fn decimals(pair: &str) -> usize {
    let of = |number: &str| number.bytes().take_while(u8::is_ascii_digit).count();
    pair.split('.').skip(1).map(of).min().unwrap_or(0)
}

/// Whether more numbers stand before or after: then it is a row of measurements.
fn is_in_list(view: View<'_>, stretch: Stretch<'_>) -> bool {
    let before = view.before(stretch.start, 4).trim_end();
    let after = view.after(stretch.end, 8).trim_start();
    let after = after.strip_prefix("and").unwrap_or(after);
    let goes_on = after.trim_start_matches([',', ';', ' ', '-']).starts_with(|next: char| next.is_ascii_digit());
    let follows = before.trim_end_matches([',', ';', ' ', '-']).ends_with(|last: char| last.is_ascii_digit());
    goes_on || follows
}
