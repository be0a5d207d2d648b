//! Chinese names: a surname of the list, and one or two characters.

use std::collections::HashSet;

use crate::personal::{terms, view::View};

/// The surnames, and the words that stand beside names but are no part of them.
pub(super) struct Surnames {
    single: HashSet<char>,
    double: HashSet<&'static str>,
    /// Words that end where a name begins.
    leads: Vec<&'static str>,
    /// Characters that hardly end a given name but often follow one.
    followers: HashSet<char>,
    /// Words that only begin like a name.
    others: Vec<&'static str>,
}

type Span = (usize, usize);

impl Surnames {
    pub(super) fn new() -> Self {
        let words = |name| terms::section(terms::SURNAMES, name).into_iter().flat_map(|line| line.split(' '));
        let section = |name| terms::section(terms::NAMES, name);
        Self {
            single: words("single").flat_map(str::chars).collect(),
            double: words("double").collect(),
            leads: section("ends before a chinese name"),
            followers: section("ends a chinese name").into_iter().flat_map(str::chars).collect(),
            others: section("not a chinese name"),
        }
    }

    /// The name that ends at this place, where a title such as 先生 begins: the longest behind any word that leads to it.
    pub(super) fn before(&self, view: View<'_>, end: usize) -> Option<Span> {
        let window = view.before(end, 12);
        let run = window.rsplit(|character| !is_han(character)).next().unwrap_or_default();
        let run =
            self.leads.iter().fold(run, |run, lead| run.rfind(lead).map_or(run, |at| run.split_at(at + lead.len()).1));
        let starts: Vec<usize> = run.char_indices().map(|(at, _)| at).collect();
        let length = starts.len();
        let fits = |&at: &usize| {
            let rest = run.get(at..).unwrap_or_default();
            let count = rest.chars().count();
            (count <= 3 && self.is_surnamed(rest)) || (count <= 4 && self.is_double(rest))
        };
        let start = starts.into_iter().skip(length.saturating_sub(4)).find(fits)?;
        Some((end - run.len() + start, end))
    }

    /// The name that begins at this place, perhaps behind a colon. Where the word before may mean anybody, the name must end a phrase.
    pub(super) fn after(&self, view: View<'_>, at: usize, is_sure: bool) -> Option<Span> {
        let text = view.after(at, 40);
        let begin = text.trim_start_matches([' ', ':', '"', '=', '\t', '是', '为', '叫']);
        let has_colon = text.len() > begin.len() && text.starts_with([':', ' ', '"']);
        let start = at + (text.len() - begin.len());
        let run: Vec<char> = begin.chars().take(6).take_while(|&character| is_han(character)).collect();
        let surname = if self.is_double(begin) { 2 } else { usize::from(self.is_surnamed(begin)) };
        if surname == 0 || self.others.iter().any(|other| begin.starts_with(other)) {
            return None;
        }
        let given =
            run.iter().skip(surname).take(2).take_while(|character| !self.followers.contains(character)).count();
        // At least one character of a given name.
        if given == 0 {
            return None;
        }
        let length = surname + given;
        let ends_phrase = run.get(length).is_none_or(|next| self.followers.contains(next));
        if !ends_phrase && !is_sure && !has_colon {
            return None;
        }
        let bytes: usize = run.iter().take(length).map(|character| character.len_utf8()).sum();
        Some((start, start + bytes))
    }

    /// Whether a whole text is a name.
    pub(super) fn is_name(&self, text: &str) -> bool {
        let count = text.chars().count();
        text.chars().all(is_han)
            && ((2..=3).contains(&count) && self.is_surnamed(text) || (3..=4).contains(&count) && self.is_double(text))
    }

    fn is_surnamed(&self, text: &str) -> bool {
        text.chars().next().is_some_and(|first| self.single.contains(&first))
    }

    fn is_double(&self, text: &str) -> bool {
        text.char_indices()
            .nth(2)
            .map_or(Some(text), |(at, _)| text.get(..at))
            .is_some_and(|two| self.double.contains(two))
    }
}

fn is_han(character: char) -> bool {
    matches!(u32::from(character), 0x3400..=0x4dbf | 0x4e00..=0x9fff | 0x20000..=0x2ebef)
}
