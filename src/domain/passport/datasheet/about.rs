//! What the data set is and whom to ask: section `[about]`.

use serde::Serialize;

use crate::documents::{Section, read};

/// General description (AI Act Art. 10(2); Data & Trust Alliance, Source; Croissant 1.1, required properties).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct About {
    /// What is in it, in a sentence or two.
    pub summary: String,
    /// What it is meant for (Data & Trust Alliance, intended purpose).
    pub intended_use: Vec<String>,
    /// What it must not be used for.
    pub prohibited_use: Vec<String>,
    /// Whom to ask about it.
    pub contact: String,
    /// Where it is described (Croissant `url`).
    pub website: Option<String>,
    /// How to cite it (Croissant `citeAs`).
    pub citation: Option<String>,
    /// Words to find it by.
    pub keywords: Vec<String>,
}

impl About {
    pub(super) fn read(section: &Section<'_>) -> Option<Self> {
        let summary = section.required("summary", read::text);
        let intended_use = section.required_list("intended_use", read::text);
        let prohibited_use = section.list("prohibited_use", read::text);
        let contact = section.required("contact", read::text);
        let website = section.optional("website", read::web_address);
        let citation = section.optional("citation", read::text);
        let keywords = section.list("keywords", read::text);
        Some(Self {
            summary: summary?,
            intended_use: intended_use?,
            prohibited_use,
            contact: contact?,
            website,
            citation,
            keywords,
        })
    }
}
