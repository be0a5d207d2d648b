//! Which rules a scan used: their version, and a digest of everything in them that is data.

use std::{
    fmt::{self, Display, Formatter},
    sync::LazyLock,
};

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::{class::Class, recognise, terms};

/// The version of the rules: raised whenever a scan may find something else, also by a change of code.
pub const RULESET_VERSION: u32 = 1;

/// Rules by version and digest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Ruleset {
    /// The version.
    pub version: u32,
    /// SHA-256 of the version, the classes, the patterns and the lists of words, in hexadecimal.
    pub digest: String,
}

static CURRENT: LazyLock<Ruleset> = LazyLock::new(|| {
    let mut hasher = Sha256::new();
    let classes = Class::ALL.iter().map(|class| class.name());
    let patterns = recognise::all_patterns().map(|pattern| pattern.source);
    hasher.update(RULESET_VERSION.to_be_bytes());
    for part in classes.chain(patterns).chain(terms::ALL) {
        // The length before each part keeps two lists of parts from having the same bytes.
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part);
    }
    Ruleset { version: RULESET_VERSION, digest: Hex(&hasher.finalize()).to_string() }
});

impl Ruleset {
    /// The rules of this build.
    pub fn current() -> Self {
        CURRENT.clone()
    }
}

/// Bytes in hexadecimal.
pub(super) struct Hex<'b>(pub &'b [u8]);

impl Display for Hex<'_> {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(formatter, "{byte:02x}"))
    }
}
