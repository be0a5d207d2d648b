//! A made-up corpus with labels, on which the scanner is measured: English and Chinese sentences, with personal data and without.
//!
//! Every value is generated; none is anybody's. What must not be found is in there on purpose: order numbers whose check digits are
//! wrong, versions that look like addresses, digests, products with names of persons. So is what the scanner is known to miss: names
//! without a word beside them, mail addresses spelt out, numbers in odd groups.

mod decoys;
mod numbers;
mod people;
mod values;

use serde::Serialize;

use super::{class::Class, random::Random, terms};
use values::Value;

/// The seed of the corpus that the published figures were measured on; rules were improved by looking at another.
pub const SEED: u64 = 7_919;
/// How many items that corpus has.
pub const SIZE: usize = 12_000;

const ENGLISH: &str = include_str!("english.txt");
const CHINESE: &str = include_str!("chinese.txt");

/// A text with what is in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Item {
    /// The text.
    pub text: String,
    /// Its language: `en` or `zh`.
    pub language: &'static str,
    /// All personal data in it, by place.
    pub labels: Vec<Label>,
}

/// Personal data at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Label {
    /// What it is.
    pub class: Class,
    /// Where it begins, in bytes.
    pub start: usize,
    /// Where it ends, exclusive.
    pub end: usize,
}

/// So many items, the same for the same seed.
pub fn generate(seed: u64, count: usize) -> Vec<Item> {
    let mut random = Random::new(seed);
    let languages = [("en", terms::sections(ENGLISH)), ("zh", terms::sections(CHINESE))];
    let mut items = Vec::with_capacity(count);
    for at in 0..count {
        // Three of five are English, three of five have personal data.
        let Some((language, sections)) = languages.get(usize::from(at % 5 >= 3)) else { break };
        let wanted = if random.is_one_of_thousand(600) { "personal" } else { "plain" };
        let templates = sections.iter().find(|(name, _)| *name == wanted).map_or(&[][..], |(_, lines)| lines);
        items.push(fill(random.pick(templates), language, &mut random));
    }
    items
}

/// A sentence with a value in every `{slot}`.
pub(super) fn fill(template: &str, language: &'static str, random: &mut Random) -> Item {
    let mut item = Item { text: String::new(), language, labels: Vec::new() };
    let mut rest = template;
    while let Some((before, behind)) = rest.split_once('{') {
        push_text(&mut item.text, before);
        let slot = behind.split_once('}').and_then(|(slot, after)| Some((values::of_slot(slot, random)?, after)));
        match slot {
            Some((Value { class, text }, after)) => {
                let start = item.text.len();
                item.text.push_str(&text);
                item.labels.extend(class.map(|class| Label { class, start, end: item.text.len() }));
                rest = after;
            }
            // A brace that is only a brace.
            None => {
                item.text.push('{');
                rest = behind;
            }
        }
    }
    push_text(&mut item.text, rest);
    item
}

fn push_text(text: &mut String, part: &str) {
    text.push_str(&part.replace("\\n", "\n"));
}
