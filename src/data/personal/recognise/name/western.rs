//! Names in Latin script behind titles, labels and salutations.

use std::collections::HashSet;

use crate::personal::{
    recognise::patterns,
    terms,
    view::View,
};

patterns! {
    NAME = r"\A(?:(?:\p{Lu}\.){1,3}|\p{Lu}[\p{Latin}'-]+)(?: (?:(?:van|von|de|der|den|da|di|la|le|bin|al|el|ter|dos|zu) ){0,2}(?:(?:\p{Lu}\.){1,3}|\p{Lu}[\p{Latin}'-]+)){0,3}";
}

/// Words that end or refuse a name.
pub(super) struct Words {
    never: HashSet<&'static str>,
    organisations: HashSet<&'static str>,
    other_labels: Vec<&'static str>,
}

type Span = (usize, usize);

impl Words {
    pub(super) fn new() -> Self {
        let set = |name| terms::section(terms::NAMES, name).into_iter().collect();
        Self {
            never: set("not a name"),
            organisations: set("not in a name"),
            other_labels: terms::section(terms::NAMES, "not a label after"),
        }
    }

    /// The name that begins at this place, of at least so many words.
    pub(super) fn behind(&self, view: View<'_>, at: usize, fewest: usize) -> Option<Span> {
        let text = view.after(at, 96);
        let trimmed = text.trim_start_matches([' ', '"', '\'', '\t']);
        let start = at + (text.len() - trimmed.len());
        let name = self.name_in(trimmed)?;
        (name.split(' ').count() >= fewest).then_some((start, start + name.len()))
    }

    /// The name behind `Name:`, unless the label is that of something else, as in `Product name:`.
    pub(super) fn behind_label(&self, view: View<'_>, label: usize, at: usize) -> Option<Span> {
        let before = view.before(label, 16).trim_end_matches([' ', '_', '-']).to_ascii_lowercase();
        if self.other_labels.iter().any(|other| before.ends_with(other)) {
            return None;
        }
        self.behind(view, at, 2)
    }

    /// The name of a letter's beginning; a single one must be followed by a comma, an exclamation mark or the end of the line.
    pub(super) fn behind_salutation(&self, view: View<'_>, at: usize) -> Option<Span> {
        let span = self.behind(view, at, 1)?;
        matches!(view.byte_at(span.1), b',' | b'!' | b'\n' | b'\r' | b':').then_some(span)
    }

    /// The name of a letter's end: nothing but it may stand on the line.
    pub(super) fn behind_sign_off(&self, view: View<'_>, at: usize) -> Option<Span> {
        let span = self.behind(view, at, 1)?;
        let rest = view.after(span.1, 2);
        (rest.is_empty() || rest.starts_with(['\n', '\r'])).then_some(span)
    }

    /// Whether a whole text is a name of two words or more.
    pub(super) fn is_name(&self, text: &str) -> bool {
        self.name_in(text).is_some_and(|name| name.len() == text.len() && name.contains(' '))
    }

    /// The name that a text begins with.
    fn name_in<'t>(&self, text: &'t str) -> Option<&'t str> {
        let matched = NAME.find(text)?.as_str();
        let words = matched.split(' ');
        if words.clone().any(|word| self.organisations.contains(word)) {
            return None;
        }
        let length: usize =
            words.take_while(|word| !self.never.contains(word)).map(|word| word.len() + 1).sum::<usize>().checked_sub(1)?;
        let name = matched.get(..length)?;
        let name = name.strip_suffix("'s").unwrap_or(name).trim_end_matches(['\'', '-']);
        // An acronym such as `NASA` is no name, nor is a single initial.
        let has_lower = name.chars().any(char::is_lowercase);
        (has_lower && name.len() > 2).then_some(name)
    }
}
