//! Postal addresses by their form: a number and a street. The weakest of the recognisers; it reads English, German and Chinese.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use crate::personal::{
    class::{Class, Confidence, Finding},
    context::automaton,
    recognise::{found, patterns},
    view::{Stretch, View},
};

patterns! {
    ENGLISH = r"(?:(?:Flat|Apartment|Apt|Unit|Suite) [0-9]{1,4}[A-Za-z]?, )?\b[0-9]{1,5}[A-Za-z]?,? (?:[NSEW]\.? |North |South |East |West )?(?:\p{Lu}[\p{Latin}'.-]+ ){1,4}(?:Street|St|Avenue|Ave|Road|Rd|Lane|Ln|Drive|Dr|Boulevard|Blvd|Court|Ct|Way|Square|Sq|Place|Pl|Terrace|Close|Crescent|Gardens|Parkway|Highway)\b\.?(?:,? (?:Apt|Apartment|Suite|Ste|Unit|Flat|Floor|#) ?\.? ?[0-9A-Za-z-]{1,6})?(?:, \p{Lu}[\p{Latin}'-]+(?: \p{Lu}[\p{Latin}'-]+){0,2})?(?:,? [A-Z]{2})?(?:,? (?:[0-9]{5}(?:-[0-9]{4})?|[A-Z]{1,2}[0-9][0-9A-Z]? [0-9][A-Z]{2}))?";
    GERMAN = r"\b\p{Lu}[\p{Latin}-]*(?:straße|strasse|str\.|weg|platz|allee|gasse|ring|damm|ufer)(?: |\b)[0-9]{1,4}(?: ?[a-z]\b)?(?:, ?(?:D-)?[0-9]{5} \p{Lu}[\p{Latin}-]+)?";
    POST_BOX = r"\b(?:P\.? ?O\.? Box|Postfach) [0-9]{1,3}(?: ?[0-9]{1,4})?(?:, (?:[0-9]{5} )?\p{Lu}[\p{Latin}'-]+)?";
    CHINESE = r"(?:\p{Han}{2,8}(?:省|自治区))?(?:\p{Han}{2,8}市)?(?:\p{Han}{1,8}(?:区|县|镇|乡))?\p{Han}{1,10}(?:路|街|道|巷|弄|胡同) ?[0-9]{1,5}(?:弄[0-9]{1,4})?号(?:\p{Han}{0,8}[0-9]{1,5}(?:室|楼|单元|栋|幢|层|号楼|座|号))*";
    CHINESE_ESTATE = r"(?:\p{Han}{2,8}(?:省|自治区))?(?:\p{Han}{2,8}市)?(?:\p{Han}{1,8}(?:区|县|镇|乡))?\p{Han}{2,10}(?:小区|花园|公寓|新村|家园|社区)[0-9]{1,3}(?:号楼|栋|幢|座)(?:[0-9]{1,5}(?:室|单元|层|号))*";
}

/// Without one of these words there is no address, and the pattern need not be tried.
static ENGLISH_WORDS: Words = LazyLock::new(|| {
    automaton(&[
        " street",
        " st",
        " avenue",
        " ave",
        " road",
        " rd",
        " lane",
        " ln",
        " drive",
        " dr",
        " boulevard",
        " blvd",
        " court",
        " ct",
        " way",
        " square",
        " sq",
        " place",
        " pl",
        " terrace",
        " close",
        " crescent",
        " gardens",
        " parkway",
        " highway",
    ])
});
static GERMAN_WORDS: Words = LazyLock::new(|| {
    automaton(&["straße", "strasse", "str.", "weg", "platz", "allee", "gasse", "ring", "damm", "ufer"])
});
static POST_BOX_WORDS: Words = LazyLock::new(|| automaton(&["box", "postfach"]));
static CHINESE_WORDS: Words = LazyLock::new(|| automaton(&["号", "栋", "幢", "座"]));

type Words = LazyLock<AhoCorasick>;

/// What stands before an address in a sentence, and is none of it.
const LEADS: [&str; 22] = [
    "地址", "住址", "居住", "位于", "住在", "寄到", "送到", "寄往", "搬到", "登记", "现住", "前往", "家住", "在", "住",
    "到", "至", "为", "是", "于", "从", "往",
];

/// Finds English and German addresses.
pub(in super::super) fn find_western(view: View<'_>, findings: &mut Vec<Finding>) {
    let kinds = [(&ENGLISH, &ENGLISH_WORDS), (&GERMAN, &GERMAN_WORDS), (&POST_BOX, &POST_BOX_WORDS)];
    for (pattern, _) in kinds.into_iter().filter(|(_, words)| words.is_match(view.part)) {
        for stretch in view.matches(pattern) {
            let span = (stretch.start, stretch.end);
            if view.stands_alone(span.0, span.1) {
                findings.push(found(Class::Address, span, Confidence::Likely, "form of an address"));
            }
        }
    }
}

/// Finds Chinese addresses.
pub(in super::super) fn find_chinese(view: View<'_>, findings: &mut Vec<Finding>) {
    if !CHINESE_WORDS.is_match(view.part) {
        return;
    }
    for pattern in [&CHINESE, &CHINESE_ESTATE] {
        for stretch in view.matches(pattern) {
            let start = beginning(stretch);
            findings.push(found(Class::Address, (start, stretch.end), Confidence::Likely, "street and number"));
        }
    }
}

/// Where the address begins: behind the last word that leads to it, in the part before the first number.
fn beginning(stretch: Stretch<'_>) -> usize {
    let head = stretch.text.split(|character: char| character.is_ascii_digit()).next().unwrap_or_default();
    // A lead may also be part of a name, but hardly of the first two characters of one.
    let ends = LEADS.iter().filter_map(|lead| head.rfind(lead).map(|at| at + lead.len()));
    stretch.start + ends.filter(|&end| head.len() - end >= 6).max().unwrap_or(0)
}
