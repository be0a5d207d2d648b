//! Which of some names was probably meant.

/// The candidate nearest to `name`, if it is near enough to have been meant: at most half of its characters differ.
pub fn nearest<'n>(name: &str, candidates: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let measured = candidates.into_iter().map(|candidate| (distance(name, candidate), candidate));
    let (steps, candidate) = measured.min()?;
    (steps * 2 <= candidate.chars().count()).then_some(candidate)
}

/// Levenshtein distance: insertions, deletions and replacements of characters that turn `from` into `to`.
fn distance(from: &str, to: &str) -> usize {
    let target: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=target.len()).collect();
    for (deleted, character) in from.chars().enumerate() {
        let mut diagonal = deleted;
        let mut left = deleted + 1;
        for (cell, expected) in row.iter_mut().skip(1).zip(&target) {
            let replaced = diagonal + usize::from(character != *expected);
            diagonal = *cell;
            left = replaced.min(*cell + 1).min(left + 1);
            *cell = left;
        }
        if let Some(first) = row.first_mut() {
            *first = deleted + 1;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_edits() {
        for (from, to, steps) in [("", "abc", 3), ("abc", "", 3), ("licence", "license", 1), ("kitten", "sitting", 3)] {
            assert_eq!(distance(from, to), steps, "{from} {to}");
        }
    }

    #[test]
    fn suggests_only_what_is_near() {
        assert_eq!(nearest("license", ["language", "licence"]), Some("licence"));
        assert_eq!(nearest("colour", ["language", "licence"]), None);
    }
}
