//! All licences whose texts were read, and the names by which people mean them.
//!
//! The cells are in `catalogue/`, a file per family. Public tables of licences are not imported: they disagree with each
//! other and some take "no licence" for permission.

use std::collections::BTreeMap;

use chancery_base::values::{Invalid, Localized};

use super::{cells::Phrases, licence::Licence};
use crate::documents::{Faults, Section, nearest, parse_toml, read, read_document};

const DOCUMENT: &str = "licence catalogue";
/// The version of the catalogue's format.
const FORMAT: u64 = 1;

/// What cells share: conditions and notes, in both languages.
const PHRASES: &str = include_str!("catalogue/phrases.toml");
/// What model hubs and people call licences.
const ALIASES: &str = include_str!("catalogue/aliases.toml");
/// The licences, by family.
const FAMILIES: [&str; 8] = [
    include_str!("catalogue/permissive.toml"),
    include_str!("catalogue/copyleft.toml"),
    include_str!("catalogue/creative-commons.toml"),
    include_str!("catalogue/creative-commons-earlier.toml"),
    include_str!("catalogue/data.toml"),
    include_str!("catalogue/models.toml"),
    include_str!("catalogue/rail.toml"),
    include_str!("catalogue/holders.toml"),
];

/// All licences whose texts were read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Catalogue {
    licences: Vec<Licence>,
    aliases: BTreeMap<String, Alias>,
}

/// What a hub's tag stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Alias {
    /// A licence of the catalogue.
    Licence(String),
    /// No single licence, and why.
    Nothing(Localized),
}

/// Why a name is no licence of the catalogue.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnknownLicence {
    /// Nobody has read a text of this name.
    #[error("`{input}` is no licence that was read here{}; write its SPDX identifier, or LicenseRef-… for a text of its own",
        suggestion.as_ref().map(|known| format!(", did you mean `{known}`?")).unwrap_or_default())]
    Unread {
        /// The name.
        input: String,
        /// What was probably meant.
        suggestion: Option<String>,
    },
    /// The name is used for many texts.
    #[error("`{input}` names no single licence: {}", why.en)]
    Ambiguous {
        /// The name.
        input: String,
        /// What to do about it.
        why: Localized,
    },
}

impl Catalogue {
    /// The catalogue that is compiled in.
    ///
    /// Errors: a data file is not as it should be, which a test rules out.
    pub fn embedded() -> Result<Self, Faults> {
        let phrases = read_file(PHRASES, |root| Some(Phrases::read(root)))?;
        let mut licences = Vec::new();
        for family in FAMILIES {
            licences.extend(read_file(family, |root| Some(read_licences(root, &phrases)))?);
        }
        Ok(Self { licences, aliases: read_file(ALIASES, |root| Some(read_aliases(root)))? })
    }

    /// Reads a catalogue out of one text.
    pub fn parse(source: &str) -> Result<Self, Faults> {
        read_file(source, |root| {
            let phrases = Phrases::read(root);
            Some(Self { licences: read_licences(root, &phrases), aliases: read_aliases(root) })
        })
    }

    /// The licence with this identifier, which may be one of its other names.
    #[must_use]
    pub fn licence(&self, id: &str) -> Option<&Licence> {
        self.licences.iter().find(|licence| licence.names().iter().any(|name| name == id))
    }

    /// All licences, in the order of the files.
    #[must_use]
    pub fn licences(&self) -> &[Licence] {
        &self.licences
    }

    /// The licence that a hub's tag or a carelessly written identifier means, such as `llama3.1` or `apache-2.0`.
    ///
    /// Errors: nobody has read a text of this name, or many texts go by it.
    pub fn resolve(&self, tag: &str) -> Result<&Licence, UnknownLicence> {
        let shown = || Invalid::new(tag, "").input;
        let written = tag.trim();
        let by_name = |name: &str| {
            let is_name = |known: &String| known.eq_ignore_ascii_case(name);
            self.licences.iter().find(|licence| licence.names().iter().any(is_name))
        };
        let found = match self.aliases.get(&written.to_ascii_lowercase()) {
            Some(Alias::Nothing(why)) => {
                return Err(UnknownLicence::Ambiguous { input: shown(), why: why.clone() });
            }
            Some(Alias::Licence(id)) => by_name(id),
            None => by_name(written),
        };
        found.ok_or_else(|| UnknownLicence::Unread { input: shown(), suggestion: self.nearest(written) })
    }

    /// The identifier that was probably meant, by its own name or by a tag.
    fn nearest(&self, written: &str) -> Option<String> {
        let names = self.licences.iter().flat_map(Licence::names).map(|name| (name.to_ascii_lowercase(), name));
        let tags = self.aliases.iter().filter_map(|(tag, alias)| match alias {
            Alias::Licence(id) => Some((tag.clone(), id)),
            Alias::Nothing(_) => None,
        });
        let known: BTreeMap<String, &String> = names.chain(tags).collect();
        let meant = nearest(&written.to_ascii_lowercase(), known.keys().map(String::as_str))?;
        known.get(meant).map(|id| (*id).clone())
    }
}

fn read_file<T>(source: &str, read: impl FnOnce(&Section<'_>) -> Option<T>) -> Result<T, Faults> {
    read_document(DOCUMENT, &parse_toml(DOCUMENT, source)?, |root| {
        root.required("catalogue", |node| {
            read::count(node).ok().filter(|format| *format == FORMAT).ok_or_else(|| FORMAT.to_string().into())
        });
        read(root)
    })
}

fn read_licences(root: &Section<'_>, phrases: &Phrases) -> Vec<Licence> {
    root.sections("licence", |section| Licence::read(section, phrases))
}

fn read_aliases(root: &Section<'_>) -> BTreeMap<String, Alias> {
    let aliases = root.sections("alias", |section| {
        let tags = section.required_list("tags", read::text);
        let alias = match section.optional("licence", read::text) {
            Some(licence) => Some(Alias::Licence(licence)),
            None => read_localized(section).map(Alias::Nothing),
        };
        Some((tags?, alias?))
    });
    let each = |(tags, alias): (Vec<String>, Alias)| tags.into_iter().map(move |tag| (tag, alias.clone()));
    aliases.into_iter().flat_map(each).collect()
}

fn read_localized(section: &Section<'_>) -> Option<Localized> {
    let (en, zh) = (section.required("en", read::text), section.required("zh", read::text));
    Some(Localized { en: en?, zh: zh? })
}

impl Phrases {
    fn read(root: &Section<'_>) -> Self {
        let phrase = |section: &Section<'_>| {
            let (id, text) = (section.required("id", read::text), read_localized(section));
            Some((id?, text?))
        };
        Self {
            conditions: root.sections("condition", phrase).into_iter().collect(),
            notes: root.sections("note", phrase).into_iter().collect(),
        }
    }
}

#[cfg(test)]
#[path = "catalogue_tests.rs"]
mod tests;
