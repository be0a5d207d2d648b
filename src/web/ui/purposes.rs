//! Purposes in forms: the known codes, to tick, and others to type.

use std::collections::BTreeSet;

use chancery_base::{
    problem::Problem,
    values::{Invalid, Purpose},
};

use super::fields::Fields;

/// What is ticked under `purposes`, and what is typed under `other_purposes`.
///
/// Errors: a word that is no purpose.
pub fn chosen(fields: &Fields) -> Result<BTreeSet<Purpose>, Problem> {
    let ticked = fields.all("purposes").map(|word| ("purposes", word));
    let typed = words(fields.text("other_purposes")).map(|word| ("other_purposes", word));
    let parsed =
        |(field, word): (&str, &str)| word.parse().map_err(|invalid: Invalid| Problem::from(invalid).at(field));
    ticked.chain(typed).map(parsed).collect()
}

/// The words of a text, parted by spaces or commas of either script.
pub fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split([' ', ',', '，', '、', '\n', '\r', '\t']).filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticked_and_typed_purposes_come_together() {
        let fields = Fields::parse(b"purposes=research&purposes=personal&other_purposes=a-b%2C+research").unwrap();
        let chosen: Vec<String> = chosen(&fields).unwrap().iter().map(ToString::to_string).collect();
        assert_eq!(chosen, ["a-b", "personal", "research"]);
        let fields = Fields::parse(b"other_purposes=%3Cscript%3E").unwrap();
        assert_eq!(super::chosen(&fields).unwrap_err().field.as_deref(), Some("other_purposes"));
    }
}
