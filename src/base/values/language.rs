//! The two languages Chancery speaks.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use super::Invalid;

/// A language of messages, terms and reasons; written as its BCP 47 tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub enum Language {
    /// English, the default.
    #[default]
    #[serde(rename = "en")]
    English,
    /// Simplified Chinese.
    #[serde(rename = "zh")]
    Chinese,
}

impl Language {
    /// Picks from a locale (`zh_CN.UTF-8`) or an `Accept-Language` value: the first tag either language answers to.
    #[must_use]
    pub fn negotiate(preferences: &str) -> Self {
        let tags = preferences.split(',').filter_map(|entry| entry.split([';', '.']).next());
        tags.map(str::trim).find_map(Self::from_tag).unwrap_or_default()
    }

    fn from_tag(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_']).next()?.to_ascii_lowercase();
        match primary.as_str() {
            "en" => Some(Self::English),
            "zh" => Some(Self::Chinese),
            _ => None,
        }
    }
}

impl fmt::Display for Language {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::English => "en",
            Self::Chinese => "zh",
        })
    }
}

impl FromStr for Language {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        Self::from_tag(text).ok_or_else(|| Invalid::new(text, "a language: en or zh"))
    }
}

/// One text in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Localized {
    /// The English text.
    pub en: String,
    /// The Chinese text.
    pub zh: String,
}

impl Localized {
    /// Pairs the two texts.
    pub fn new(en: impl Into<String>, zh: impl Into<String>) -> Self {
        Self { en: en.into(), zh: zh.into() }
    }

    /// The text in `language`.
    #[must_use]
    pub fn in_language(&self, language: Language) -> &str {
        match language {
            Language::English => &self.en,
            Language::Chinese => &self.zh,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn negotiates_locales_and_headers() {
        for (preferences, expected) in [
            ("zh_CN.UTF-8", Language::Chinese),
            ("fr;q=0.9, zh-Hans;q=0.8, en;q=0.1", Language::Chinese),
            ("en-GB", Language::English),
            ("C", Language::English),
            ("", Language::English),
        ] {
            assert_eq!(Language::negotiate(preferences), expected, "{preferences}");
        }
    }
}
