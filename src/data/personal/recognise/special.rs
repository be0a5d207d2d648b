//! Terms of special categories, where a person is spoken of.

use aho_corasick::AhoCorasick;

use crate::personal::{
    class::{Category, Class, Finding, Flag},
    context::{Context, automaton, is_whole},
    terms,
    view::View,
};

/// The terms, ready to be looked for.
pub(in super::super) struct SpecialTerms {
    automaton: AhoCorasick,
    terms: Vec<(Category, &'static str)>,
}

/// How far from a term the person may be spoken of.
const REACH: usize = 60;

impl SpecialTerms {
    /// Builds them from `terms/special.txt`.
    pub fn new() -> Self {
        let sections = terms::sections(terms::SPECIAL);
        let of = |(name, list): &(&str, Vec<&'static str>)| {
            let category = Category::ALL.into_iter().find(|category| category.name() == *name);
            list.iter().filter_map(|&term| Some((category?, term))).collect::<Vec<_>>()
        };
        let terms: Vec<_> = sections.iter().flat_map(of).collect();
        Self { automaton: automaton(terms.iter().map(|(_, term)| term)), terms }
    }

    /// Flags terms that stand near words for a person, or near a name that was found.
    pub fn find(&self, view: View<'_>, findings: &[Finding], flags: &mut Vec<Flag>) {
        for found in self.automaton.find_overlapping_iter(view.whole) {
            let (start, end) = (found.start(), found.end());
            let Some(&(category, term)) = self.terms.get(found.pattern().as_usize()) else { continue };
            if is_whole(view.whole, start, end) && is_of_person(view, findings, start, end) {
                flags.push(Flag { category, start, end, term });
            }
        }
    }
}

/// Whether a person is spoken of in the same sentence, as far as it is near.
fn is_of_person(view: View<'_>, findings: &[Finding], start: usize, end: usize) -> bool {
    let before = view.before(start, REACH);
    let sentence = before.rsplit(['.', '!', '?', '。', '\n']).next().unwrap_or(before);
    let after = view.after(end, REACH);
    let rest = after.split(['.', '!', '?', '。', '\n']).next().unwrap_or(after);
    // Findings are in order and apart, so that those near a place are neighbours.
    let first = findings.partition_point(|finding| finding.end + REACH <= start);
    let mut near = findings.iter().skip(first).take_while(|finding| finding.start < end + REACH);
    view.contexts.is_in(Context::Person, sentence)
        || view.contexts.is_in(Context::Person, rest)
        || near.any(|finding| finding.class == Class::Name)
}
