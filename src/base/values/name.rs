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

/// Which version of a model is meant.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Selector {
    /// The newest registered version.
    Latest,
    /// The version an alias points to.
    Alias(Slug),
    /// A version by its number, written `@v3`.
    Number(u32),
}

/// A model and a version of it: `acme/minilm`, `acme/minilm@production` or `acme/minilm@v3`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ModelReference {
    /// The model.
    pub model: ModelName,
    /// The version.
    pub selector: Selector,
}

impl fmt::Display for ModelReference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.selector {
            Selector::Latest => write!(formatter, "{}", self.model),
            Selector::Alias(alias) => write!(formatter, "{}@{alias}", self.model),
            Selector::Number(number) => write!(formatter, "{}@v{number}", self.model),
        }
    }
}

impl FromStr for ModelReference {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let Some((model, selector)) = text.split_once('@') else {
            return Ok(Self { model: text.parse()?, selector: Selector::Latest });
        };
        let number = selector.strip_prefix('v').filter(|digits| !digits.starts_with('0')).and_then(|d| d.parse().ok());
        let selector = match number {
            Some(number) => Selector::Number(number),
            None => Selector::Alias(selector.parse()?),
        };
        Ok(Self { model: model.parse()?, selector })
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
    fn refuses_what_could_escape_a_path_or_a_page() {
        for text in ["acme", "/minilm", "acme/", "acme/../x", "Acme/x", "a/b/c", "a/b@", "a/<b>", "a/b%2F", "a/b\n"] {
            assert!(text.parse::<ModelReference>().is_err(), "{text}");
        }
    }
}
