//! The lists of words beside the code, and how they are read: a `[section]`, then one term a line; `#` begins a comment.

/// Words that tell what stands beside them.
pub(super) const CONTEXT: &str = include_str!("terms/context.txt");
/// Words that come before or after a name.
pub(super) const NAMES: &str = include_str!("terms/names.txt");
/// Given names in Latin script.
pub(super) const GIVEN_NAMES: &str = include_str!("terms/given_names.txt");
/// Chinese surnames.
pub(super) const SURNAMES: &str = include_str!("terms/surnames.txt");
/// Terms that tell a special category.
pub(super) const SPECIAL: &str = include_str!("terms/special.txt");
/// Words that introduce a secret, and values that are none.
pub(super) const SECRETS: &str = include_str!("terms/secrets.txt");
/// Country calling codes with the digits that follow.
pub(super) const CALLING_CODES: &str = include_str!("terms/calling_codes.txt");

/// Every list, for the digest of the rules.
pub(super) const ALL: [&str; 7] = [CONTEXT, NAMES, GIVEN_NAMES, SURNAMES, SPECIAL, SECRETS, CALLING_CODES];

/// The lines of a list that say something.
pub(super) fn lines(list: &'static str) -> impl Iterator<Item = &'static str> {
    list.lines().map(|line| line.trim_matches(['\r', '\n'])).filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// A list by its sections.
pub(super) fn sections(list: &'static str) -> Vec<(&'static str, Vec<&'static str>)> {
    let mut sections: Vec<(&str, Vec<&str>)> = Vec::new();
    for line in lines(list) {
        match line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            Some(name) => sections.push((name, Vec::new())),
            None => {
                if let Some((_, terms)) = sections.last_mut() {
                    terms.push(line);
                }
            }
        }
    }
    sections
}

/// One section of a list.
pub(super) fn section(list: &'static str, name: &str) -> Vec<&'static str> {
    sections(list).into_iter().find(|(section, _)| *section == name).map(|(_, terms)| terms).unwrap_or_default()
}
