//! The decrypted files of a model, held in memory only and zeroed when dropped.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

use crate::error::LoadError;

/// Files of a model by their path inside it, such as `config.json` or `1_Pooling/config.json`.
#[derive(Default)]
pub struct ModelFiles(BTreeMap<String, Zeroizing<Vec<u8>>>);

impl ModelFiles {
    /// Adds a file, replacing one of the same path.
    pub fn insert(&mut self, path: impl Into<String>, bytes: Zeroizing<Vec<u8>>) {
        self.0.insert(path.into(), bytes);
    }

    /// The bytes of a file, if it is there.
    #[must_use]
    pub fn find(&self, path: &str) -> Option<&[u8]> {
        self.0.get(path).map(|bytes| bytes.as_slice())
    }

    /// Bytes of all files together.
    #[must_use]
    pub fn total_bytes(&self) -> u64 {
        self.0.values().map(|bytes| bytes.len() as u64).sum()
    }

    /// The bytes of a file that must be there.
    ///
    /// # Errors
    ///
    /// [`LoadError::MissingFile`].
    pub fn require(&self, file: &'static str) -> Result<&[u8], LoadError> {
        self.find(file).ok_or(LoadError::MissingFile { file })
    }

    /// A JSON file that must be there, read into the fields that `T` lists.
    ///
    /// # Errors
    ///
    /// [`LoadError::MissingFile`] or [`LoadError::Malformed`].
    pub fn json<T: DeserializeOwned>(&self, file: &'static str) -> Result<T, LoadError> {
        parse(file, self.require(file)?)
    }

    /// A JSON file that may be absent.
    ///
    /// # Errors
    ///
    /// [`LoadError::Malformed`].
    pub fn optional_json<T: DeserializeOwned>(&self, file: &'static str) -> Result<Option<T>, LoadError> {
        self.find(file).map(|bytes| parse(file, bytes)).transpose()
    }
}

fn parse<T: DeserializeOwned>(file: &'static str, bytes: &[u8]) -> Result<T, LoadError> {
    serde_json::from_slice(bytes).map_err(|error| LoadError::Malformed { file, detail: error.to_string() })
}

impl From<BTreeMap<String, Zeroizing<Vec<u8>>>> for ModelFiles {
    fn from(files: BTreeMap<String, Zeroizing<Vec<u8>>>) -> Self {
        Self(files)
    }
}

impl<P: Into<String>> FromIterator<(P, Vec<u8>)> for ModelFiles {
    fn from_iter<I: IntoIterator<Item = (P, Vec<u8>)>>(files: I) -> Self {
        Self(files.into_iter().map(|(path, bytes)| (path.into(), Zeroizing::new(bytes))).collect())
    }
}

impl fmt::Debug for ModelFiles {
    /// Prints paths only: the bytes are what the registry keeps sealed.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_set().entries(self.0.keys()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_output_holds_no_content() {
        let files = ModelFiles::from_iter([("config.json", b"secret".to_vec())]);
        assert_eq!(format!("{files:?}"), r#"{"config.json"}"#);
    }
}
