//! What names are found by: the beginning of any of their words. Letters and digits count, nothing between them does, and each
//! ideograph begins a word.

/// Most words of one name that can be searched for; further ones are found by those before them.
const MOST_WORDS: usize = 24;
/// Most characters of a name that are compared, from the word that is searched for on.
const MOST_CHARACTERS: usize = 64;

/// A name, or what somebody types to find it, with nothing left in it that does not count.
pub(super) fn plain(text: &str) -> String {
    let words = text.split(|character: char| !character.is_alphanumeric()).filter(|word| !word.is_empty());
    let lower: Vec<String> = words.map(str::to_lowercase).collect();
    lower.join(" ").chars().take(MOST_CHARACTERS).collect()
}

/// Everything that `name` is found by: the rest of it, from each of its words on.
pub(super) fn terms(name: &str) -> Vec<String> {
    let characters: Vec<char> = name.chars().collect();
    let begins_word = |index: usize| {
        let here = characters.get(index).copied().unwrap_or_default();
        let before = index.checked_sub(1).and_then(|before| characters.get(before)).copied().unwrap_or_default();
        here.is_alphanumeric() && (is_ideograph(here) || is_ideograph(before) || !before.is_alphanumeric())
    };
    let starts = (0..characters.len()).filter(|index| begins_word(*index)).take(MOST_WORDS);
    let mut terms: Vec<String> =
        starts.map(|start| plain(&characters.iter().skip(start).collect::<String>())).collect();
    terms.sort();
    terms.dedup();
    terms
}

/// Whether `name` is found by `sought`, which is [`plain`].
pub(super) fn is_found(name: &str, sought: &str) -> bool {
    terms(name).iter().any(|term| term.starts_with(sought))
}

/// Characters that are words by themselves (the unified ideographs of Unicode).
const fn is_ideograph(character: char) -> bool {
    matches!(character, '\u{3400}'..='\u{9fff}' | '\u{20000}'..='\u{3ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_by_the_beginning_of_each_word() {
        assert_eq!(terms("acme/all-MiniLM-l6"), ["acme all minilm l6", "all minilm l6", "l6", "minilm l6"]);
        for (name, sought, found) in [
            ("acme/all-minilm", "acme/all", true),
            ("acme/all-minilm", "MINI", true),
            ("acme/all-minilm", "nilm", false),
            ("情感语料 2024", "语料", true),
            ("情感语料 2024", "2024", true),
            ("Dickens (1812)", "dickens 18", true),
        ] {
            assert_eq!(is_found(name, &plain(sought)), found, "{name} {sought}");
        }
        assert_eq!((plain(" - "), terms("--")), (String::new(), Vec::new()));
        assert!(terms(&"a ".repeat(500)).len() <= MOST_WORDS);
        assert!(terms(&"é".repeat(500)).iter().all(|term| term.chars().count() <= MOST_CHARACTERS));
    }
}
