//! A registered version of a data set with everything that other formats have a place for.

use chancery_base::values::{ArtifactPath, ByteCount, ModelName, Sha256Digest, UnixMillis, VersionId};

use crate::passport::Datasheet;

/// One version of a data set: what its owner declared, what this registry knows, and what it found in the rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisteredDataset {
    /// Scheme and host of the registry, without a slash at the end.
    pub registry: String,
    /// The data set.
    pub name: ModelName,
    /// Which version, counted from one.
    pub number: u32,
    /// The version's identity.
    pub id: VersionId,
    /// When it was registered.
    pub registered_at: UnixMillis,
    /// What the party that registered it calls itself.
    pub publisher: String,
    /// What the owner declared and signed.
    pub datasheet: Datasheet,
    /// Its files, by path.
    pub files: Vec<DataFile>,
    /// What was found in those that hold rows.
    pub tables: Vec<DataTable>,
}

/// One file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataFile {
    /// Its path in the data set.
    pub path: ArtifactPath,
    /// SHA-256 of its bytes.
    pub sha256: Sha256Digest,
    /// How many bytes.
    pub size: ByteCount,
}

/// The rows of one file, as they were found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataTable {
    /// The file.
    pub path: ArtifactPath,
    /// How it is written: `csv`, `json-lines`, `parquet` or `text`.
    pub format: String,
    /// Its columns, in their order.
    pub columns: Vec<DataColumn>,
}

/// One column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataColumn {
    /// Its name.
    pub name: String,
    /// What its values are: `bool`, `integer`, `float`, `date`, `json`, `text` or `empty`.
    pub kind: String,
}

impl RegisteredDataset {
    /// How this registry names the version.
    pub(super) fn reference(&self) -> String {
        format!("{}@v{}", self.name, self.number)
    }

    /// The page of the data set.
    pub(super) fn page(&self) -> String {
        self.page_of(&self.name)
    }

    /// The page of a data set of this registry.
    pub(super) fn page_of(&self, name: &ModelName) -> String {
        format!("{}/datasets/{name}", self.registry)
    }

    /// The day the owner says it was issued, or else the day it was registered.
    pub(super) fn issued(&self) -> String {
        match self.datasheet.terms_of_use.issued {
            Some(day) => day.to_string(),
            None => day_of(self.registered_at),
        }
    }

    /// Who made it: those who hold rights in it, or else who supplied it.
    pub(super) fn creators(&self) -> Vec<&str> {
        let dataset = &self.datasheet.dataset;
        let holders: Vec<&str> = dataset.rights_holders.iter().map(String::as_str).collect();
        if holders.is_empty() { vec![dataset.origin.name.as_str()] } else { holders }
    }

    /// What was found in the rows of a file.
    pub(super) fn table_of(&self, path: &ArtifactPath) -> Option<&DataTable> {
        self.tables.iter().find(|table| table.path == *path)
    }
}

/// The day of a moment, in UTC.
fn day_of(moment: UnixMillis) -> String {
    let moment = moment.to_string();
    moment.split('T').next().unwrap_or(&moment).to_owned()
}
