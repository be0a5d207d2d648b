//! Names of persons, by the words beside them: titles, labels, salutations, and what Chinese puts before and after a name.
//!
//! Beside such words any name is found; without them only a common given name with a surname. Others take a language model.

mod chinese;
mod western;

use aho_corasick::AhoCorasick;

use crate::personal::{
    class::{Class, Confidence, Finding},
    context::{Context, automaton, is_whole},
    terms,
    view::View,
};
use chinese::Surnames;

pub(super) const PATTERNS: &[&super::Pattern] = western::PATTERNS;

/// What a word says about the name beside it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Cue {
    Title,
    Phrase,
    PairPhrase,
    WeakPhrase,
    Label,
    Salutation,
    SignOff,
    AfterChinese,
    BeforeChinese,
    PerhapsBeforeChinese,
}

/// The words beside names, ready to be looked for.
pub(in super::super) struct NameWords {
    automaton: AhoCorasick,
    cues: Vec<Cue>,
    surnames: Surnames,
    western: western::Words,
}

impl NameWords {
    /// Builds them from `terms/names.txt` and `terms/surnames.txt`.
    pub fn new() -> Self {
        let section = |name| terms::section(terms::NAMES, name);
        let mut words: Vec<(Cue, String)> = Vec::new();
        let mut add = |cue, name, endings: &[&str]| {
            for word in section(name) {
                words.extend(endings.iter().map(|ending| (cue, format!("{word}{ending}"))));
            }
        };
        add(Cue::Title, "title", &[" ", ". ", "."]);
        add(Cue::Phrase, "phrase", &[" "]);
        add(Cue::WeakPhrase, "weak phrase", &[" "]);
        add(Cue::PairPhrase, "pair phrase", &[" "]);
        add(Cue::Label, "label", &[":", " :", "=", "\":"]);
        add(Cue::Salutation, "salutation", &[" "]);
        add(Cue::SignOff, "sign off", &[",\n", ",\r\n", ", ", "\n", "!\n"]);
        add(Cue::AfterChinese, "after a chinese name", &[""]);
        add(Cue::BeforeChinese, "before a chinese name", &[""]);
        add(Cue::PerhapsBeforeChinese, "perhaps before a chinese name", &[""]);
        let texts: Vec<&str> = words.iter().map(|(_, word)| word.as_str()).collect();
        Self {
            automaton: automaton(&texts),
            cues: words.iter().map(|(cue, _)| *cue).collect(),
            surnames: Surnames::new(),
            western: western::Words::new(),
        }
    }

    /// Finds names beside the words, and a name that fills a cell whose column says that it holds names.
    pub fn find(&self, view: View<'_>, findings: &mut Vec<Finding>) {
        if view.hinted.has(Context::Name) {
            self.find_whole_cell(view, findings);
        }
        for span in self.western.known(view) {
            findings.push(super::found(Class::Name, span, Confidence::Likely, "common given name and a surname"));
        }
        for cue in self.automaton.find_overlapping_iter(view.whole) {
            let (start, end) = (cue.start(), cue.end());
            let Some(&kind) = self.cues.get(cue.pattern().as_usize()) else { continue };
            if !is_whole(view.whole, start, start + 1) && crate::personal::view::is_word(view.byte_before(start)) {
                continue;
            }
            let span = match kind {
                Cue::AfterChinese => self.surnames.before(view, start),
                Cue::BeforeChinese => self.surnames.after(view, end, true),
                Cue::PerhapsBeforeChinese => self.surnames.after(view, end, false),
                Cue::Label => {
                    let chinese = self.surnames.after(view, end, true);
                    chinese.or_else(|| self.western.behind_label(view, start, end))
                }
                Cue::Title => self.western.behind(view, end, 1),
                Cue::Phrase => self.western.behind(view, end, 1),
                Cue::PairPhrase | Cue::WeakPhrase => self.western.behind(view, end, 2),
                Cue::Salutation => self.western.behind_salutation(view, end),
                Cue::SignOff => self.western.behind_sign_off(view, end),
            };
            if let Some(span) = span {
                let confidence = if kind == Cue::WeakPhrase { Confidence::Possible } else { Confidence::Likely };
                findings.push(super::found(Class::Name, span, confidence, "name beside telling words"));
            }
        }
    }

    /// Finds names that stand before a mail address: `Ada Lovelace <ada@example.org>`.
    pub fn find_before_addresses(&self, part: View<'_>, findings: &mut Vec<Finding>) {
        for span in self.western.before_addresses(part) {
            findings.push(super::found(Class::Name, span, Confidence::Likely, "name before a mail address"));
        }
    }

    fn find_whole_cell(&self, view: View<'_>, findings: &mut Vec<Finding>) {
        let cell = view.whole.trim();
        let start = view.whole.len() - view.whole.trim_start().len();
        if self.surnames.is_name(cell) || self.western.is_name(cell) {
            let span = (start, start + cell.len());
            findings.push(super::found(Class::Name, span, Confidence::Likely, "cell of a column of names"));
        }
    }
}
