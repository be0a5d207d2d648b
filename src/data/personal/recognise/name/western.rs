//! Names in Latin script behind titles, labels and salutations.

use std::collections::HashSet;

use crate::personal::{
    recognise::patterns,
    terms,
    view::{Stretch, View},
};

patterns! {
    NAME = r"\A(?:(?:\p{Lu}\.){1,3}|\p{Lu}[\p{Latin}'-]+)(?: (?:(?:van|von|de|der|den|da|di|la|le|bin|al|el|ter|dos|zu) ){0,2}(?:(?:\p{Lu}\.){1,3}|\p{Lu}[\p{Latin}'-]+)){0,3}";
    INVERTED = r"\A\p{Lu}[\p{Latin}'-]+, \p{Lu}[\p{Latin}'-]+";
    CAPITALISED = r"\p{Lu}[\p{Latin}'-]+(?: \p{Lu}\.| (?:van|von|de|der|den|da|di|la|le|bin|al|el|ter|dos|zu)| \p{Lu}[\p{Latin}'-]+){1,5}";
    BEFORE_ADDRESS = r#"(?:\p{Lu}[\p{Latin}'.-]*,? ){1,4}<[^\s<>@]{1,64}@"#;
}

/// Words that end or refuse a name.
pub(super) struct Words {
    titles: HashSet<&'static str>,
    given: HashSet<&'static str>,
    never: HashSet<&'static str>,
    organisations: HashSet<&'static str>,
    other_labels: Vec<&'static str>,
}

type Span = (usize, usize);

impl Words {
    pub(super) fn new() -> Self {
        let set = |name| terms::section(terms::NAMES, name).into_iter().collect();
        Self {
            given: terms::section(terms::GIVEN_NAMES, "given").into_iter().flat_map(|line| line.split(' ')).collect(),
            titles: set("title"),
            never: set("not a name"),
            organisations: set("not in a name"),
            other_labels: terms::section(terms::NAMES, "not a label after"),
        }
    }

    /// The name that begins at this place, of at least so many words.
    pub(super) fn behind(&self, view: View<'_>, at: usize, fewest: usize) -> Option<Span> {
        let text = view.after(at, 96);
        let trimmed = text.trim_start_matches([' ', '"', '\'', '\t', '\n']);
        let start = at + (text.len() - trimmed.len());
        let first = trimmed.split([' ', '.']).next().unwrap_or_default().to_lowercase();
        if self.titles.contains(first.as_str()) {
            // The title will lead to the name.
            return None;
        }
        let name = self.name_in(trimmed)?;
        (name.split(' ').count() >= fewest).then_some((start, start + name.len()))
    }

    /// The name behind `Name:`, unless the label is that of something else, as in `Product name:`.
    pub(super) fn behind_label(&self, view: View<'_>, label: usize, at: usize) -> Option<Span> {
        let before = view.before(label, 16).trim_end_matches([' ', '_', '-']).to_ascii_lowercase();
        if self.other_labels.iter().any(|other| before.ends_with(other)) {
            return None;
        }
        self.behind(view, at, 2).or_else(|| self.inverted(view, at))
    }

    /// Common given names with a surname behind, whatever stands around them.
    pub(super) fn known(&self, view: View<'_>) -> Vec<Span> {
        view.matches(&CAPITALISED).filter_map(|stretch| self.known_in(view, stretch)).collect()
    }

    /// The first given name that has another word behind it, with up to three such words.
    fn known_in(&self, view: View<'_>, stretch: Stretch<'_>) -> Option<Span> {
        let mut at = 0;
        for word in stretch.text.split(' ') {
            if self.given.contains(word.to_lowercase().as_str()) {
                let name = self.name_in(stretch.text.get(at..)?)?;
                let span = (stretch.start + at, stretch.start + at + name.len());
                return (name.contains(' ') && view.stands_alone(span.0, span.1)).then_some(span);
            }
            at += word.len() + 1;
        }
        None
    }

    /// The name before each `<` of a mail address.
    pub(super) fn before_addresses(&self, part: View<'_>) -> Vec<Span> {
        let name = |start: usize, text: &str| {
            let name = text.split('<').next().unwrap_or_default().trim_end();
            let is_other = name.split(' ').any(|word| self.never.contains(word) || self.organisations.contains(word));
            (!is_other && name.contains(' ')).then_some((start, start + name.len()))
        };
        part.matches(&BEFORE_ADDRESS).filter_map(|stretch| name(stretch.start, stretch.text)).collect()
    }

    /// `Surname, Given` to the end of the field.
    fn inverted(&self, view: View<'_>, at: usize) -> Option<Span> {
        let text = view.after(at, 96);
        let trimmed = text.trim_start();
        let start = at + (text.len() - trimmed.len());
        let name = INVERTED.find(trimmed)?.as_str();
        let is_other =
            name.split([',', ' ']).any(|word| self.never.contains(word) || self.organisations.contains(word));
        let ends = matches!(view.byte_at(start + name.len()), b',' | b';' | b'\n' | b'\r' | b'"' | b' ');
        (ends && !is_other).then_some((start, start + name.len()))
    }

    /// The name of a letter's beginning; a single one must be followed by a comma, an exclamation mark or the end of the line.
    pub(super) fn behind_salutation(&self, view: View<'_>, at: usize) -> Option<Span> {
        let span = self.behind(view, at, 1)?;
        matches!(view.byte_at(span.1), b',' | b'!' | b'\n' | b'\r' | b':').then_some(span)
    }

    /// The name of a letter's end: nothing but it may stand on the line.
    pub(super) fn behind_sign_off(&self, view: View<'_>, at: usize) -> Option<Span> {
        let ends_line = |&(_, end): &Span| {
            let rest = view.after(end, 2);
            rest.is_empty() || rest.starts_with(['\n', '\r'])
        };
        self.behind(view, at, 1).filter(ends_line).or_else(|| self.inverted(view, at).filter(ends_line))
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
        let length: usize = words
            .take_while(|word| !self.never.contains(word))
            .map(|word| word.len() + 1)
            .sum::<usize>()
            .checked_sub(1)?;
        let name = matched.get(..length)?;
        let name = name.strip_suffix("'s").unwrap_or(name).trim_end_matches(['\'', '-']);
        // An acronym such as `NASA` is no name, nor is a single initial; two words in capitals may be.
        let is_telling = name.chars().any(char::is_lowercase) || (name.contains(' ') && name.len() > 6);
        (is_telling && name.len() > 2).then_some(name)
    }
}
