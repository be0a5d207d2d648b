//! Paths of files inside an artifact: relative, with `/`, and safe on every file system.
//!
//! What is refused follows OWASP ASVS 5.0 (5.3.2, 5.4.1), and what file systems that fold case or normalise names (Unicode Standard
//! Annex 15) do to two names that differ in nothing else.

use std::{collections::BTreeSet, fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

use super::{Invalid, is_deceptive};

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

    /// What two names that a file system would confuse have in common. Upper case first: some letters have one capital.
    fn folded(&self) -> String {
        self.0.nfc().flat_map(char::to_uppercase).flat_map(char::to_lowercase).nfc().collect()
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
        && !is_device(&stem)
        && !is_hidden_repository
        && !segment.chars().any(is_refused_character)
}

/// Whether a name without its extension, in lower case, is that of a device or of one of the ports 1 to 9.
fn is_device(stem: &str) -> bool {
    let port = stem.strip_prefix("com").or_else(|| stem.strip_prefix("lpt"));
    DEVICES.contains(&stem) || port.is_some_and(|number| matches!(number.as_bytes(), [b'1'..=b'9']))
}

/// Control characters, separators of other systems, and characters that change how the rest of a name is displayed.
fn is_refused_character(character: char) -> bool {
    is_deceptive(character)
        || matches!(character, '\u{200c}' | '\u{200d}' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|')
}

/// Paths of one artifact that can all be files of one folder: none collide when case is folded and text normalised, and none
/// is the folder of another.
#[derive(Debug, Default)]
pub struct PathSet(BTreeSet<String>);

impl PathSet {
    /// Adds a path.
    ///
    /// # Errors
    /// [`Invalid`] naming it when the same path, one differing only in case or normal form, or one above or below it is
    /// already there.
    pub fn insert(&mut self, path: &ArtifactPath) -> Result<(), Invalid> {
        let folded = path.folded();
        let inside = format!("{folded}/");
        let mut folders = folded.match_indices('/').filter_map(|(end, _)| folded.get(..end));
        let is_folder = self.0.range(inside.clone()..).next().is_some_and(|next| next.starts_with(&inside));
        if is_folder || folders.any(|folder| self.0.contains(folder)) {
            return Err(Invalid::new(path.as_str(), "a path that is not a file and a folder at once"));
        }
        if self.0.insert(folded) {
            Ok(())
        } else {
            Err(Invalid::new(
                path.as_str(),
                "a path that differs from the others by more than upper and lower case and the encoding of accents",
            ))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_ordinary_model_files() {
        for path in [
            "config.json",
            "1_Pooling/config.json",
            "model-00001-of-00002.safetensors",
            "词表.txt",
            "com0",
            "com10",
            "common",
        ] {
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
            "COM1",
            "com9.tar.gz",
            "a/Lpt3.txt",
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

    #[test]
    fn no_two_files_are_one_on_another_file_system() {
        for (one, other) in [
            ("caf\u{e9}.txt", "cafe\u{301}.txt"),
            ("CAF\u{c9}.txt", "cafe\u{301}.txt"),
            ("stra\u{df}e", "STRASSE"),
            ("\u{3c3}", "\u{3c2}"),
            ("a", "a/b"),
            ("A/b", "a"),
            ("a/b/c", "a/B"),
        ] {
            for (first, second) in [(one, other), (other, one)] {
                let mut paths = PathSet::default();
                paths.insert(&first.parse().unwrap()).unwrap();
                assert!(paths.insert(&second.parse().unwrap()).is_err(), "{first} {second}");
            }
        }
        let mut paths = PathSet::default();
        for path in ["a/b", "a/c", "a.b", "a-b/c", "ab"] {
            paths.insert(&path.parse().unwrap()).unwrap();
        }
    }
}
