//! The legal texts behind licence expressions, as far as they are known: those on the SPDX list are kept here, others stand where
//! the catalogue says.

use super::Catalogue;
use crate::passport::LicenceExpression;

/// One licence of an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LegalText {
    /// Its SPDX identifier or `LicenseRef-` name.
    pub id: String,
    /// Its full name, where it is known.
    pub name: Option<String>,
    /// Where it stands, where that is known.
    pub source: Option<String>,
    /// The text itself, where it is on the SPDX list.
    pub text: Option<&'static str>,
}

impl LegalText {
    /// The licences that `expression` names, each once, in its order.
    #[must_use]
    pub fn of(expression: &LicenceExpression, catalogue: Option<&Catalogue>) -> Vec<Self> {
        // INVARIANT: a licence expression is valid by its type; were it not, nothing would be known of it.
        let Ok(parsed) = spdx::Expression::parse(expression.as_str()) else { return Vec::new() };
        let mut texts: Vec<Self> = Vec::new();
        for requirement in parsed.requirements() {
            let listed = requirement.req.license.id();
            let id = listed.map_or_else(|| requirement.req.license.to_string(), |listed| listed.name.to_owned());
            if texts.iter().any(|text| text.id == id) {
                continue;
            }
            let read = catalogue.and_then(|catalogue| catalogue.licence(&id));
            texts.push(Self {
                name: listed.map(|listed| listed.full_name.to_owned()).or_else(|| read.map(|read| read.name.clone())),
                source: read.map(|read| read.source.clone()),
                text: listed.map(|listed| listed.text()),
                id,
            });
        }
        texts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn listed_licences_come_with_their_text_and_others_with_what_is_known() {
        let expression = "(MIT OR Apache-2.0) AND MIT AND LicenseRef-Llama-3.1 AND LicenseRef-Own".parse().unwrap();
        let texts = LegalText::of(&expression, Some(&Catalogue::embedded().unwrap()));
        let ids: Vec<_> = texts.iter().map(|text| text.id.as_str()).collect();
        assert_eq!(ids, ["MIT", "Apache-2.0", "LicenseRef-Llama-3.1", "LicenseRef-Own"]);
        assert!(texts[0].text.unwrap().contains("WITHOUT WARRANTY OF ANY KIND"));
        assert!(texts[2].text.is_none() && texts[2].source.is_some() && texts[2].name.is_some());
        assert!(texts[3].name.is_none() && texts[3].source.is_none());
    }
}
