//! The scanner: which parts of a text each recogniser sees, and what of their findings stays.

use std::{
    collections::BTreeSet,
    sync::{Arc, LazyLock},
};

use aho_corasick::AhoCorasick;

use super::{
    class::{Category, Class, Confidence, Finding, Flag},
    context::{ContextSet, Contexts},
    fold::Folded,
    overlap, placeholder,
    recognise::{self, NameWords, SpecialTerms},
    view::View,
};

/// What a scanner looks for.
#[derive(Debug, Clone)]
pub struct ScannerConfig {
    /// The classes it looks for; all of them unless said otherwise.
    pub classes: BTreeSet<Class>,
    /// The weakest findings it hands on; `Likely` unless said otherwise.
    pub at_least: Confidence,
}

impl Default for ScannerConfig {
    fn default() -> Self {
        Self { classes: Class::ALL.into(), at_least: Confidence::Likely }
    }
}

/// Finds personal data in text. Cheap to clone, and safe to share between threads.
///
/// ```
/// use chancery_data::personal::{Class, Scanner, ScannerConfig};
///
/// let findings = Scanner::new(ScannerConfig::default()).scan("身份证号：１１０１０５１９４９１２３１００２Ｘ。");
/// assert_eq!(findings[0].class, Class::ResidentId);
/// assert_eq!((findings[0].start, findings[0].end), (15, 69));
/// ```
#[derive(Clone)]
pub struct Scanner {
    config: Arc<ScannerConfig>,
    rules: &'static Rules,
}

/// What is built once for all scanners.
struct Rules {
    contexts: Contexts,
    names: NameWords,
    special: SpecialTerms,
    secrets: AhoCorasick,
    /// What only an address spelt out has.
    spelt_out_at: AhoCorasick,
}

static RULES: LazyLock<Rules> = LazyLock::new(|| Rules {
    contexts: Contexts::new(),
    names: NameWords::new(),
    special: SpecialTerms::new(),
    secrets: recognise::introducers(),
    spelt_out_at: super::context::automaton(&["(at)", "[at]", "{at}", "( at )", "[ at ]"]),
});

/// Digits this far apart are looked at together.
const GAP: usize = 48;
/// What is seen on either side of digits: the street of a house number, the country of an account.
const MARGIN: usize = 96;
/// What is seen on either side of an at sign: the longest local part, and a domain.
const AROUND_AT: usize = 260;

impl Scanner {
    /// A scanner for these classes.
    pub fn new(config: ScannerConfig) -> Self {
        Self { config: Arc::new(config), rules: &RULES }
    }

    /// Finds personal data in a text, ordered by place and without overlaps.
    pub fn scan(&self, text: &str) -> Vec<Finding> {
        self.scan_cell("", text)
    }

    /// Finds personal data in a cell; the name of its column counts among the words beside it.
    pub fn scan_cell(&self, column: &str, text: &str) -> Vec<Finding> {
        let folded = Folded::new(text);
        let view = self.view(&folded, column);
        in_original(self.find(view), &folded)
    }

    /// Finds personal data, and flags the terms of special categories and children.
    pub fn scan_and_flag(&self, column: &str, text: &str) -> (Vec<Finding>, Vec<Flag>) {
        let folded = Folded::new(text);
        let view = self.view(&folded, column);
        let findings = self.find(view);
        let flags = self.flag(view, &findings);
        let flags = flags.into_iter().map(|flag| {
            let (start, end) = folded.original(flag.start, flag.end);
            Flag { start, end, ..flag }
        });
        let flags = flags.collect();
        (in_original(findings, &folded), flags)
    }

    fn view<'t>(&self, folded: &'t Folded<'_>, column: &str) -> View<'t> {
        let contexts = &self.rules.contexts;
        let hinted = if column.is_empty() { ContextSet::default() } else { contexts.of_column(column) };
        View { whole: &folded.text, part: &folded.text, offset: 0, contexts, hinted }
    }

    fn find(&self, view: View<'_>) -> Vec<Finding> {
        let mut findings = Vec::new();
        let looks_for = |class| self.config.classes.contains(&class);
        for part in parts_with_digits(view) {
            for (_, recognise) in recognise::OF_NUMBERS.iter().filter(|(class, _)| looks_for(*class)) {
                recognise(part, &mut findings);
            }
        }
        if looks_for(Class::Email) {
            self.find_emails(view, &mut findings);
        }
        if looks_for(Class::Secret) {
            recognise::find_known_secrets(view, &mut findings);
            for word in self.rules.secrets.find_overlapping_iter(view.whole) {
                recognise::find_assigned_secrets(view, word.end(), &mut findings);
            }
        }
        if looks_for(Class::Name) {
            self.rules.names.find(view, &mut findings);
            for part in parts_with_at_signs(view) {
                self.rules.names.find_before_addresses(part, &mut findings);
            }
        }
        findings.retain(|finding| finding.confidence >= self.config.at_least);
        placeholder::remove_ours(view.whole, &mut findings);
        overlap::resolve(findings)
    }

    fn find_emails(&self, view: View<'_>, findings: &mut Vec<Finding>) {
        for part in parts_with_at_signs(view) {
            recognise::find_emails(part, findings);
        }
        let spelt_out = self.rules.spelt_out_at.find_overlapping_iter(view.whole).map(|found| found.start());
        for part in parts(view, spelt_out, AROUND_AT, AROUND_AT) {
            recognise::find_spelt_out_emails(part, findings);
        }
    }

    fn flag(&self, view: View<'_>, findings: &[Finding]) -> Vec<Flag> {
        let mut flags = Vec::new();
        self.rules.special.find(view, findings, &mut flags);
        for part in parts_with_digits(view) {
            recognise::find_ages(part, &mut flags);
        }
        // Of terms within one another the longest stays.
        flags.sort_by_key(|flag: &Flag| (flag.start, std::cmp::Reverse(flag.end)));
        let mut reached: Option<(Category, usize)> = None;
        flags.retain(|flag| {
            let is_new = reached.is_none_or(|(category, end)| category != flag.category || flag.end > end);
            if is_new {
                reached = Some((flag.category, flag.end));
            }
            is_new
        });
        flags
    }
}

fn in_original(findings: Vec<Finding>, folded: &Folded<'_>) -> Vec<Finding> {
    let place = |finding: Finding| {
        let (start, end) = folded.original(finding.start, finding.end);
        Finding { start, end, ..finding }
    };
    findings.into_iter().map(place).collect()
}

/// The parts of a text that have digits, with what stands around them.
fn parts_with_digits(view: View<'_>) -> Vec<View<'_>> {
    let is_digit = |(at, byte): (usize, u8)| byte.is_ascii_digit().then_some(at);
    parts(view, view.whole.bytes().enumerate().filter_map(is_digit), GAP, MARGIN)
}

/// The parts of a text that have at signs.
fn parts_with_at_signs(view: View<'_>) -> Vec<View<'_>> {
    parts(view, memchr::memchr_iter(b'@', view.whole.as_bytes()), AROUND_AT, AROUND_AT)
}

/// The parts around these places: those at most `gap` apart share one, and each shows `margin` bytes more on either side.
///
/// What a part shows before its places may be shown by the part before it too; findings made twice are one when overlaps are resolved.
fn parts(view: View<'_>, places: impl Iterator<Item = usize>, gap: usize, margin: usize) -> Vec<View<'_>> {
    let mut parts = Vec::new();
    let mut current: Option<(usize, usize)> = None;
    for place in places {
        current = match current {
            Some((first, last)) if place - last <= gap => Some((first, place)),
            Some(done) => {
                parts.push(done);
                Some((place, place))
            }
            None => Some((place, place)),
        };
    }
    parts.extend(current);
    parts.into_iter().map(|(first, last)| view.narrowed(first.saturating_sub(margin)..last + 1 + margin)).collect()
}
