//! Ages below eighteen, which flag a child.

use crate::personal::{
    class::{Category, Flag},
    recognise::patterns,
    view::View,
};

patterns! {
    ENGLISH = r"(?i)\b(?:aged? (?:[1-9]|1[0-7])|(?:[1-9]|1[0-7])[- ]years?[- ]old)\b";
    CHINESE = r"(?:\b|\p{Han})(?:[1-9]|1[0-7])周?岁";
}

/// Flags ages below eighteen.
pub(in super::super) fn find(view: View<'_>, flags: &mut Vec<Flag>) {
    for (pattern, term) in [(&ENGLISH, "age below 18"), (&CHINESE, "不满18岁")] {
        for stretch in view.matches(pattern) {
            let trimmed = stretch.text.trim_start_matches(|first: char| !first.is_ascii_alphanumeric());
            let start = stretch.end - trimmed.len();
            flags.push(Flag { category: Category::Minor, start, end: stretch.end, term });
        }
    }
}
