//! Names of parties and models, as they stand in URLs and in the `model` field of inference requests.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use super::Invalid;

/// Longest slug, in bytes; leaves room in every path and database column.
const SLUG_BYTES: usize = 96;

/// A name for one segment of a URL: lower-case letters, digits, `-`, `_` and `.`, starting and ending with a letter or digit.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Slug(String);

impl Slug {
    /// The slug as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl FromStr for Slug {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let alphanumeric = |byte: Option<&u8>| byte.is_some_and(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9'));
        let bytes = text.as_bytes();
        let valid = bytes.len() <= SLUG_BYTES
            && alphanumeric(bytes.first())
            && alphanumeric(bytes.last())
            && bytes.iter().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.'))
            && !text.contains("..");
        if valid {
            Ok(Self(text.to_owned()))
        } else {
            Err(Invalid::new(text, "a name of lower-case letters, digits, `-`, `_` and `.`, at most 96 characters"))
        }
    }
}

impl TryFrom<String> for Slug {
    type Error = Invalid;

    fn try_from(text: String) -> Result<Self, Invalid> {
        text.parse()
    }
}

impl From<Slug> for String {
    fn from(slug: Slug) -> Self {
        slug.0
    }
}

/// A model's full name, `owner/name`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ModelName {
    /// The party that registered it.
    pub owner: Slug,
    /// Its name among that party's models.
    pub name: Slug,
}

impl fmt::Display for ModelName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.owner, self.name)
    }
}

impl FromStr for ModelName {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let refused = || Invalid::new(text, "a model name of the form owner/name");
        let (owner, name) = text.split_once('/').ok_or_else(refused)?;
        Ok(Self { owner: owner.parse().map_err(|_| refused())?, name: name.parse().map_err(|_| refused())? })
    }
}

impl TryFrom<String> for ModelName {
    type Error = Invalid;

    fn try_from(text: String) -> Result<Self, Invalid> {
        text.parse()
    }
}

impl From<ModelName> for String {
    fn from(name: ModelName) -> Self {
        name.to_string()
    }
}

/// The word for the newest version.
const LATEST: &str = "latest";

/// Which version of a model is meant: `latest`, `v3` or an alias.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Selector {
    /// The newest registered version.
    Latest,
    /// The version an alias points to.
    Alias(Alias),
    /// A version by its number, written `v3`.
    Number(u32),
}

impl fmt::Display for Selector {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Latest => formatter.write_str(LATEST),
            Self::Alias(alias) => alias.fmt(formatter),
            Self::Number(number) => write!(formatter, "v{number}"),
        }
    }
}

impl FromStr for Selector {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        if text == LATEST {
            return Ok(Self::Latest);
        }
        match version_digits(text) {
            Some(digits) if !digits.starts_with('0') => {
                digits.parse().map(Self::Number).map_err(|_| not_a_version(text))
            }
            Some(_) => Err(not_a_version(text)),
            None => text.parse().map(Self::Alias).map_err(|_| not_a_version(text)),
        }
    }
}

fn not_a_version(text: &str) -> Invalid {
    Invalid::new(text, "a version: `latest`, `v` and a number from 1, or an alias")
}

/// The digits of what is written like a version's number, in range or not.
fn version_digits(text: &str) -> Option<&str> {
    let digits = text.strip_prefix('v')?;
    (!digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())).then_some(digits)
}

/// A name that points at a version and can be moved. It is never written like another [`Selector`], which would hide it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Alias(Slug);

impl Alias {
    /// The alias as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl fmt::Display for Alias {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl FromStr for Alias {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        if text == LATEST || version_digits(text).is_some() {
            return Err(Invalid::new(
                text,
                "an alias: a name other than `latest` or `v` and a number, which say versions",
            ));
        }
        text.parse().map(Self)
    }
}

impl TryFrom<String> for Alias {
    type Error = Invalid;

    fn try_from(text: String) -> Result<Self, Invalid> {
        text.parse()
    }
}

impl From<Alias> for String {
    fn from(alias: Alias) -> Self {
        alias.0.into()
    }
}

/// A model and a version of it: `acme/minilm`, `acme/minilm@production` or `acme/minilm@v3`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ModelReference {
    /// The model.
    pub model: ModelName,
    /// The version.
    pub selector: Selector,
}

impl fmt::Display for ModelReference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.selector {
            Selector::Latest => self.model.fmt(formatter),
            selector => write!(formatter, "{}@{selector}", self.model),
        }
    }
}

impl FromStr for ModelReference {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let (model, selector) = text.split_once('@').unwrap_or((text, LATEST));
        Ok(Self { model: model.parse()?, selector: selector.parse()? })
    }
}

impl TryFrom<String> for ModelReference {
    type Error = Invalid;

    fn try_from(text: String) -> Result<Self, Invalid> {
        text.parse()
    }
}

impl From<ModelReference> for String {
    fn from(reference: ModelReference) -> Self {
        reference.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_every_form_of_reference() {
        for text in ["acme/minilm", "acme/minilm@production", "acme/minilm@v3"] {
            assert_eq!(text.parse::<ModelReference>().map(|r| r.to_string()), Ok(text.to_owned()));
        }
        assert_eq!("a/b@v3".parse::<ModelReference>().unwrap().selector, Selector::Number(3));
    }

    #[test]
    fn a_version_has_one_spelling() {
        for text in ["latest", "v1", "v4294967295", "production", "v", "v1.0", "vv3", "v-3"] {
            assert_eq!(text.parse::<Selector>().map(|selector| selector.to_string()), Ok(text.to_owned()));
        }
        for text in ["v0", "v03", "v+3", "v4294967296", "", "V3"] {
            assert!(text.parse::<Selector>().is_err(), "{text}");
        }
        for text in ["latest", "v0", "v3", "v4294967296"] {
            assert!(text.parse::<Alias>().is_err(), "{text}");
        }
        assert_eq!("acme/minilm@latest".parse(), "acme/minilm".parse::<ModelReference>());
    }

    #[test]
    fn refuses_what_could_escape_a_path_or_a_page() {
        for text in ["acme", "/minilm", "acme/", "acme/../x", "Acme/x", "a/b/c", "a/b@", "a/<b>", "a/b%2F", "a/b\n"] {
            assert!(text.parse::<ModelReference>().is_err(), "{text}");
        }
    }
}
