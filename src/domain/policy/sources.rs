//! The texts of a policy set: a schema, files of rules, and which rules run in another mode than their text asks for.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::{self, File},
    io::Read,
    path::Path,
};

use serde::{Deserialize, Serialize};

use super::{builtin, error::PolicyError, extent::is_moderate, mode::RuleMode};

/// File name of the schema.
const SCHEMA_FILE: &str = "schema.cedarschema";
/// Extension of rule files.
const RULES_EXTENSION: &str = "cedar";
/// Most text that a set may hold, in bytes: thirty times what the built-in rules need. Parsing and checking takes about a
/// second for as much.
const MOST_BYTES: usize = 1 << 20;

/// The texts a rule set is made from; their canonical JSON is stored under its digest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PolicySources {
    /// The schema.
    pub schema: String,
    /// Rule files: name and text.
    pub files: BTreeMap<String, String>,
    // INVARIANT: a rule stands in one of the three lists at most. Empty lists that came later are left out, so that a set
    // has the digest it always had.
    shadow: BTreeSet<String>,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    dropped: BTreeSet<String>,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    enforced: BTreeSet<String>,
}

impl PolicySources {
    /// Texts whose rules run as they themselves say.
    #[must_use]
    pub fn new(schema: String, files: BTreeMap<String, String>) -> Self {
        let [shadow, dropped, enforced] = [(); 3].map(|()| BTreeSet::new());
        Self { schema, files, shadow, dropped, enforced }
    }

    /// The texts compiled in.
    #[must_use]
    pub fn builtin() -> Self {
        builtin::sources()
    }

    /// Reads `schema.cedarschema` and every `*.cedar` of a directory.
    ///
    /// Errors when a file cannot be read or is not UTF-8, when there is no file of rules, or more text than a set may hold.
    pub fn read(directory: &Path) -> Result<Self, PolicyError> {
        let mut sources = Self::new(read_text(&directory.join(SCHEMA_FILE))?, BTreeMap::new());
        for entry in fs::read_dir(directory).map_err(|cause| unreadable(directory, &cause))? {
            let path = entry.map_err(|cause| unreadable(directory, &cause))?.path();
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
            if let (Some(name), true) = (name, path.extension().is_some_and(|found| found == RULES_EXTENSION)) {
                sources.files.insert(name, read_text(&path)?);
                sources.check_size()?;
            }
        }
        if sources.files.is_empty() {
            return Err(PolicyError::NoRules { path: directory.display().to_string() });
        }
        Ok(sources)
    }

    /// Refuses more text than a set may hold.
    fn check_size(&self) -> Result<(), PolicyError> {
        let files: usize = self.files.iter().map(|(name, text)| name.len() + text.len()).sum();
        if self.schema.len() + files > MOST_BYTES { Err(PolicyError::TooLarge { most: MOST_BYTES }) } else { Ok(()) }
    }

    /// Refuses what cannot safely be parsed: more text than a set may hold, or statements that nest too deep.
    pub(super) fn check_extent(&self) -> Result<(), PolicyError> {
        self.check_size()?;
        let schema = std::iter::once((SCHEMA_FILE, self.schema.as_str()));
        let files = self.files.iter().map(|(file, text)| (file.as_str(), text.as_str()));
        match schema.chain(files).find(|(_, text)| !is_moderate(text)) {
            Some((file, _)) => Err(PolicyError::TooDeep { file: file.to_owned() }),
            None => Ok(()),
        }
    }

    /// The texts with these rules in shadow as well.
    #[must_use]
    pub fn with_shadow(mut self, rules: impl IntoIterator<Item = String>) -> Self {
        self.shadow.extend(rules);
        self
    }

    /// The texts with `rule` in `mode`; its own text asks for `own_mode`.
    pub(super) fn with_mode(mut self, rule: String, mode: RuleMode, own_mode: RuleMode) -> Self {
        for list in [&mut self.shadow, &mut self.dropped, &mut self.enforced] {
            list.remove(&rule);
        }
        if mode != own_mode {
            let list = match mode {
                RuleMode::Enforced => &mut self.enforced,
                RuleMode::Shadow => &mut self.shadow,
                RuleMode::Dropped => &mut self.dropped,
            };
            list.insert(rule);
        }
        self
    }

    /// The rules that run in another mode than their text asks for.
    pub(super) fn moved(&self) -> impl Iterator<Item = (&str, RuleMode)> {
        let lists = [
            (&self.shadow, RuleMode::Shadow),
            (&self.dropped, RuleMode::Dropped),
            (&self.enforced, RuleMode::Enforced),
        ];
        lists.into_iter().flat_map(|(list, mode)| list.iter().map(move |rule| (rule.as_str(), mode)))
    }

    /// The texts as canonical JSON: what is stored, and what the digest is the SHA-256 of.
    ///
    /// Errors only where JSON cannot be written at all.
    pub fn canonical_json(&self) -> Result<String, PolicyError> {
        serde_json_canonicalizer::to_string(self).map_err(|cause| PolicyError::Unprepared { cause: cause.to_string() })
    }
}

/// Reads a file, however large it is, only as far as a set may be.
fn read_text(path: &Path) -> Result<String, PolicyError> {
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(|cause| unreadable(path, &cause))?;
    let limit = u64::try_from(MOST_BYTES).unwrap_or(u64::MAX).saturating_add(1);
    file.take(limit).read_to_end(&mut bytes).map_err(|cause| unreadable(path, &cause))?;
    if bytes.len() > MOST_BYTES {
        return Err(PolicyError::TooLarge { most: MOST_BYTES });
    }
    String::from_utf8(bytes).map_err(|cause| unreadable(path, &cause))
}

fn unreadable(path: &Path, cause: &impl ToString) -> PolicyError {
    PolicyError::Unreadable { path: path.display().to_string(), cause: cause.to_string() }
}
