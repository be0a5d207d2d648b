//! Paths of files inside an artifact: relative, with `/`, and safe on every file system.
//!
//! What is refused follows OWASP ASVS 5.0 (5.3.2, 5.4.1) and what case-folding file systems do to two names that differ
//! only in case.

use std::{collections::BTreeSet, fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use super::Invalid;

/// Longest path, in bytes.
const PATH_BYTES: usize = 512;
/// Longest segment, in bytes: the limit of common file systems.
const SEGMENT_BYTES: usize = 255;
/// File names that devices answer to on Windows, whatever their extension.
const DEVICES: [&str; 4] = ["con", "prn", "aux", "nul"];
const EXPECTED: &str =
    "a file path: relative, `/` between segments, no `..`, no backslash, no control character, no reserved name";

/// The path of one file of an artifact.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ArtifactPath(String);

impl ArtifactPath {
    /// The path as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What two names that a case-folding file system would confuse have in common.
    fn folded(&self) -> String {
        self.0.to_lowercase()
    }
}

impl fmt::Display for ArtifactPath {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl FromStr for ArtifactPath {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        if text.len() <= PATH_BYTES && text.split('/').all(is_segment) {
            Ok(Self(text.to_owned()))
        } else {
            Err(Invalid::new(text, EXPECTED))
        }
    }
}

impl TryFrom<String> for ArtifactPath {
    type Error = Invalid;

    fn try_from(text: String) -> Result<Self, Invalid> {
        text.parse()
    }
}

impl From<ArtifactPath> for String {
    fn from(path: ArtifactPath) -> Self {
        path.0
    }
}

fn is_segment(segment: &str) -> bool {
    let stem = segment.split('.').next().unwrap_or_default().to_ascii_lowercase();
    let is_hidden_repository = segment.to_ascii_lowercase().starts_with(".git");
    (1..=SEGMENT_BYTES).contains(&segment.len())
        && segment != "."
        && segment != ".."
        && !segment.ends_with([' ', '.'])
        && !segment.starts_with(' ')
        && !DEVICES.contains(&stem.as_str())
        && !is_hidden_repository
        && !segment.chars().any(is_refused_character)
}

/// Control characters, separators of other systems, and characters that change how the rest of a name is displayed.
fn is_refused_character(character: char) -> bool {
    character.is_control()
        || matches!(character, '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|')
        || matches!(character, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// Paths of one artifact, none of which collide when case is folded.
#[derive(Debug, Default)]
pub struct PathSet(BTreeSet<String>);

impl PathSet {
    /// Adds a path; an error names it when the same path, or one differing only in case, is already there.
    pub fn insert(&mut self, path: &ArtifactPath) -> Result<(), Invalid> {
        if self.0.insert(path.folded()) {
            Ok(())
        } else {
            Err(Invalid::new(path.as_str(), "a path that differs from the others by more than upper and lower case"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_ordinary_model_files() {
        for path in ["config.json", "1_Pooling/config.json", "model-00001-of-00002.safetensors", "词表.txt"] {
            assert!(path.parse::<ArtifactPath>().is_ok(), "{path}");
        }
    }

    #[test]
    fn refuses_paths_that_leave_the_artifact_or_deceive() {
        let refused = [
            "",
            "/etc/passwd",
            "../x",
            "a/../b",
            "a//b",
            "a/./b",
            "a\\b",
            "a\0b",
            "C:x",
            "nul.txt",
            "a/aux",
            "x.",
            "x ",
            ".git/config",
            ".gitattributes",
            "a\u{202e}b",
            "line\nbreak",
            " x",
        ];
        for path in refused {
            assert!(path.parse::<ArtifactPath>().is_err(), "{path:?}");
        }
    }

    #[test]
    fn case_collisions_are_named() {
        let mut paths = PathSet::default();
        paths.insert(&"Config.json".parse().unwrap()).unwrap();
        assert_eq!(paths.insert(&"config.json".parse().unwrap()).unwrap_err().input, "config.json");
    }
}
