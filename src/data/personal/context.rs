//! Words beside a number that tell what it is: "passport", "born on", "手机".

use aho_corasick::{AhoCorasick, AhoCorasickBuilder, AhoCorasickKind, MatchKind};

use super::{terms, view::is_word};

/// What words may tell about what stands beside them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Context {
    Phone,
    /// A number of something else: an order, a version, a serial number.
    OtherNumber,
    Version,
    Card,
    Passport,
    Birth,
    Coordinates,
    SocialSecurity,
    MedicalRecord,
    ResidentId,
    Name,
    Address,
    Person,
}

impl Context {
    const ALL: [(Self, &'static str); 13] = [
        (Self::Phone, "phone"),
        (Self::OtherNumber, "other number"),
        (Self::Version, "version"),
        (Self::Card, "card"),
        (Self::Passport, "passport"),
        (Self::Birth, "birth"),
        (Self::Coordinates, "coordinates"),
        (Self::SocialSecurity, "social security"),
        (Self::MedicalRecord, "medical record"),
        (Self::ResidentId, "resident id"),
        (Self::Name, "name"),
        (Self::Address, "address"),
        (Self::Person, "person"),
    ];
}

/// Kinds of context, each present or not.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct ContextSet(u32);

impl ContextSet {
    pub const fn has(self, context: Context) -> bool {
        self.0 & (1 << context as u32) != 0
    }

    fn add(&mut self, context: Context) {
        self.0 |= 1 << context as u32;
    }
}

/// The words of every kind of context, ready to be looked for.
pub(super) struct Contexts(Vec<(Context, AhoCorasick)>);

impl Contexts {
    /// Builds them from `terms/context.txt`.
    pub fn new() -> Self {
        let sections = terms::sections(terms::CONTEXT);
        let words = |name| sections.iter().find(|(section, _)| *section == name).map_or(&[][..], |(_, words)| words);
        Self(Context::ALL.iter().map(|&(context, name)| (context, automaton(words(name)))).collect())
    }

    /// Whether a word of this kind is in the text.
    pub fn is_in(&self, context: Context, text: &str) -> bool {
        self.ends(context, text).next().is_some()
    }

    /// Where the last word of this kind ends.
    pub fn last_in(&self, context: Context, text: &str) -> Option<usize> {
        self.ends(context, text).max()
    }

    /// What the name of a column tells; `home_phone` and `dateOfBirth` are read as words.
    pub fn of_column(&self, name: &str) -> ContextSet {
        let name = spaced(name);
        let mut set = ContextSet::default();
        for (context, _) in &self.0 {
            if self.is_in(*context, &name) {
                set.add(*context);
            }
        }
        set
    }

    fn ends<'t>(&'t self, context: Context, text: &'t str) -> impl Iterator<Item = usize> + 't {
        let automaton = self.0.iter().find(|(kind, _)| *kind == context).map(|(_, automaton)| automaton);
        automaton
            .into_iter()
            .flat_map(move |automaton| automaton.find_overlapping_iter(text))
            .filter(|found| is_whole(text, found.start(), found.end()))
            .map(|found| found.end())
    }
}

/// An automaton that finds every one of these words, upper and lower case of ASCII alike.
#[expect(clippy::expect_used, reason = "lists of words that are built in; a test builds each")]
pub(super) fn automaton<'w>(words: impl IntoIterator<Item = &'w &'w str>) -> AhoCorasick {
    AhoCorasickBuilder::new()
        .ascii_case_insensitive(true)
        .match_kind(MatchKind::Standard)
        .kind(Some(AhoCorasickKind::DFA))
        .build(words.into_iter().map(|word| word.as_bytes()))
        .expect("a list of short words is no automaton too large")
}

/// Whether no ASCII word goes on beyond either end of a match.
pub(super) fn is_whole(text: &str, start: usize, end: usize) -> bool {
    let byte = |at: usize| text.as_bytes().get(at).copied().unwrap_or(b' ');
    let last = end.saturating_sub(1);
    let goes_on_before = start > 0 && is_word(byte(start)) && is_word(byte(start - 1));
    let goes_on_after = is_word(byte(last)) && is_word(byte(end));
    !goes_on_before && !goes_on_after
}

/// A name in snake or camel case as words.
fn spaced(name: &str) -> String {
    let mut spaced = String::with_capacity(name.len() + 4);
    let mut was_lower = false;
    for character in name.chars() {
        if character.is_ascii_uppercase() && was_lower {
            spaced.push(' ');
        }
        was_lower = character.is_ascii_lowercase();
        spaced.push(if matches!(character, '_' | '-' | '.') { ' ' } else { character });
    }
    spaced
}
