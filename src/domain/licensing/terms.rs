//! The terms of a grant: nine numbered clauses, the same in the file a licensor writes, in what a licensee signs and in
//! what the gate checks.
//!
//! The clauses are the decidable part of a licence; the legal text beside them is a file whose digest they carry. What a
//! clause leaves open (no quota, no cap) is said so when it is rendered, not filled in.

use std::collections::BTreeSet;

use chancery_base::{
    crypto::{JsonError, canonical_json},
    values::{Amount, Purpose, Sha256Digest, Territory, TokenCount, UnixMillis},
};
use serde::{Deserialize, Deserializer, Serialize, de::Error};

use crate::documents::{
    Content, Faults, Node, Section, as_optional_text, as_text, codes, parse_json, parse_toml, read, read_document,
};

/// The version of the format that is written, and the only one that is read.
const FORMAT: u64 = 1;
const DOCUMENT: &str = "terms";
/// Put before the canonical JSON when it is hashed, so that no other document has the digest of terms.
const DIGEST_DOMAIN: &[u8] = b"chancery.terms.v1\n";

/// The terms of a grant.
///
/// ```
/// use chancery_domain::licensing::Terms;
/// let terms = Terms::parse(r#"
///     terms = 1
///     purposes = ["research"]
///     governing_law = "Germany"
///     [term]
///     start = 2026-12-01
///     [price]
///     model = "free"
/// "#)?;
/// assert!(!terms.price.is_paid());
/// # Ok::<(), chancery_domain::documents::Faults>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Terms {
    #[serde(rename = "terms")]
    format: u64,
    /// Clause 1: what the model may be used for; never empty.
    pub purposes: BTreeSet<Purpose>,
    /// Clause 2: where.
    pub territory: TerritoryScope,
    /// Clause 3: when.
    pub term: Term,
    /// Clause 4: how many tokens in all; without one there is no limit.
    pub quota_tokens: Option<TokenCount>,
    /// Clause 5: for how much.
    pub price: Price,
    /// Clause 6: how the licensor is to be named; without one there is no such duty.
    pub attribution: Option<String>,
    /// Clause 7: the most either side pays; without one the terms are silent on it.
    #[serde(serialize_with = "as_optional_text")]
    pub liability_cap: Option<Amount>,
    /// Clause 8: which version numbers of the model; empty means every version.
    pub versions: BTreeSet<u32>,
    /// Clause 9: which law and courts decide.
    pub governing_law: String,
    /// SHA-256 of the legal text these clauses summarise.
    pub legal_text_digest: Option<Sha256Digest>,
}

impl Terms {
    /// Reads a terms file in TOML.
    ///
    /// Errors: every field that is missing, unknown or not as expected, each with its line: no purpose, an end not after
    /// the start, a quota of zero, a negative price, a territory both included and excluded.
    pub fn parse(source: &str) -> Result<Self, Faults> {
        read_document(DOCUMENT, &parse_toml(DOCUMENT, source)?, Self::read)
    }

    /// Reads terms from JSON, with the same rules as [`Terms::parse`].
    pub fn parse_json(json: &[u8]) -> Result<Self, Faults> {
        read_document(DOCUMENT, &parse_json(DOCUMENT, json)?, Self::read)
    }

    /// The terms as canonical JSON; what is left open is null.
    pub fn to_canonical_json(&self) -> Result<Vec<u8>, JsonError> {
        canonical_json(self)
    }

    /// What a licensee signs: the SHA-256 of the line `chancery.terms.v1` and the canonical JSON.
    pub fn digest(&self) -> Result<Sha256Digest, JsonError> {
        Ok(Sha256Digest::of(&[DIGEST_DOMAIN, &self.to_canonical_json()?].concat()))
    }

    fn read(root: &Section<'_>) -> Option<Self> {
        let format = root.required("terms", |node| {
            read::count(node).ok().filter(|format| *format == FORMAT).ok_or_else(|| FORMAT.to_string().into())
        });
        let purposes: Option<Vec<Purpose>> = root.required_list("purposes", read::parsed);
        let territory = root.optional_section("territory", TerritoryScope::read).unwrap_or_default();
        let term = root.section("term", Term::read);
        let quota_tokens = root.optional("quota_tokens", read::count).map(TokenCount);
        let price = root.section("price", Price::read);
        let attribution = root.optional("attribution", read::text);
        let liability_cap = root.optional("liability_cap", read::amount);
        let versions = root.list("versions", version_number);
        let governing_law = root.required("governing_law", read::text);
        let legal_text_digest = root.optional("legal_text_digest", read::parsed);
        Some(Self {
            format: format?,
            purposes: purposes?.into_iter().collect(),
            territory,
            term: term?,
            quota_tokens,
            price: price?,
            attribution,
            liability_cap,
            versions: versions.into_iter().collect(),
            governing_law: governing_law?,
            legal_text_digest,
        })
    }
}

impl<'de> Deserialize<'de> for Terms {
    /// Reads terms that are part of a larger JSON document; the error lists every fault.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read_document(DOCUMENT, &Node::deserialize(deserializer)?, Self::read).map_err(D::Error::custom)
    }
}

/// Where a grant is good.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct TerritoryScope {
    /// Where it is good; empty means everywhere.
    pub included: BTreeSet<Territory>,
    /// Where it is not, even so.
    pub excluded: BTreeSet<Territory>,
}

impl TerritoryScope {
    /// Whether a use in `territory` is within it.
    #[must_use]
    pub fn contains(&self, territory: &Territory) -> bool {
        (self.included.is_empty() || self.included.contains(territory)) && !self.excluded.contains(territory)
    }

    fn read(section: &Section<'_>) -> Option<Self> {
        let included: BTreeSet<Territory> = section.list("included", read::parsed).into_iter().collect();
        let excluded: BTreeSet<Territory> = section.list("excluded", read::parsed).into_iter().collect();
        if let Some(both) = included.intersection(&excluded).next() {
            section.refuse("excluded", format!("territories that are not also included, unlike {both}"));
            return None;
        }
        Some(Self { included, excluded })
    }
}

/// When a grant is good: from `start`, up to but not including `end`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Term {
    /// First moment.
    #[serde(serialize_with = "as_text")]
    pub start: UnixMillis,
    /// The moment it has ended; without one it runs until it is revoked.
    #[serde(serialize_with = "as_optional_text")]
    pub end: Option<UnixMillis>,
}

impl Term {
    /// Whether `moment` is within it.
    #[must_use]
    pub fn contains(&self, moment: UnixMillis) -> bool {
        self.start <= moment && self.end.is_none_or(|end| moment < end)
    }

    fn read(section: &Section<'_>) -> Option<Self> {
        let start = section.required("start", read::moment)?;
        let end = section.optional("end", read::moment);
        if end.is_some_and(|end| end <= start) {
            section.refuse("end", format!("a time after {start}"));
            return None;
        }
        Some(Self { start, end })
    }
}

codes! {
    /// How a price is counted.
    PriceModel {
        /// Nothing is paid.
        Free = "free",
        /// One amount for the whole term.
        Flat = "flat",
        /// An amount for every thousand tokens.
        PerThousandTokens = "per-1000-tokens",
    }
}

/// What is paid for a grant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Price {
    /// Nothing.
    Free,
    /// This much for the whole term; more than zero.
    Flat(Amount),
    /// This much for every thousand tokens; more than zero.
    PerThousandTokens(Amount),
}

impl Price {
    /// Whether anything is paid; what makes a use commercial for the licences upstream.
    #[must_use]
    pub const fn is_paid(&self) -> bool {
        !matches!(self, Self::Free)
    }

    /// How it is counted.
    #[must_use]
    pub const fn model(&self) -> PriceModel {
        match self {
            Self::Free => PriceModel::Free,
            Self::Flat(_) => PriceModel::Flat,
            Self::PerThousandTokens(_) => PriceModel::PerThousandTokens,
        }
    }

    /// The amount, unless it is free.
    #[must_use]
    pub const fn amount(&self) -> Option<Amount> {
        match self {
            Self::Free => None,
            Self::Flat(amount) | Self::PerThousandTokens(amount) => Some(*amount),
        }
    }

    fn read(section: &Section<'_>) -> Option<Self> {
        let model = section.required("model", read::parsed);
        let amount = section.optional("amount", read::amount);
        match (model?, amount) {
            (PriceModel::Free, None) if !section.has("amount") => Some(Self::Free),
            (PriceModel::Free, _) => {
                section.refuse("amount", "nothing, because the price model is free");
                None
            }
            (PriceModel::Flat, Some(amount)) if amount.minor_units > 0 => Some(Self::Flat(amount)),
            (PriceModel::PerThousandTokens, Some(amount)) if amount.minor_units > 0 => {
                Some(Self::PerThousandTokens(amount))
            }
            (_, None) if section.has("amount") => None,
            _ => {
                section.refuse("amount", "an amount above zero, such as \"12.50 EUR\", or the price model \"free\"");
                None
            }
        }
    }
}

impl Serialize for Price {
    /// Writes the fields it was read from.
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Fields {
            model: PriceModel,
            #[serde(serialize_with = "as_optional_text")]
            amount: Option<Amount>,
        }
        Fields { model: self.model(), amount: self.amount() }.serialize(serializer)
    }
}

fn version_number(node: &Node) -> Result<u32, read::Expected> {
    let number = match node.content {
        Content::Integer(number) => u32::try_from(number).ok().filter(|number| *number > 0),
        _ => None,
    };
    number.ok_or(read::Expected::Borrowed("a version number such as 1"))
}

#[cfg(test)]
#[path = "terms_tests.rs"]
mod tests;
