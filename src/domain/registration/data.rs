//! Inspection of a data set: every row of every data file is read before the version becomes visible, and personal data are looked
//! for on the way.

use std::io;

use chancery_base::{
    db::Database,
    problem::{Problem, ProblemKind},
    store::BlobName,
};
use chancery_data::{
    personal::{Commitment, Report, ScannedCell, Scanner, ScannerConfig},
    table::{Input, Profile, Source, Table, TableError, TableOptions},
};

use super::{
    Archive, DataProfile, FileProfile, Vault,
    inspection::{Inspected, refused_format},
    session::OpenUpload,
    vault::Unopened,
};
use crate::artifacts::{ManifestFile, VersionFile};

/// Names of texts that tell about a data set and hold no rows of it.
const TOLD: [&str; 6] = ["readme", "license", "licence", "notice", "changelog", "citation"];
/// Endings of files that hold rows.
const ROWS: [&str; 7] = ["csv", "tsv", "jsonl", "ndjson", "parquet", "txt", "text"];
/// What a preparation did, step by step.
pub(crate) const REPORT_FILE: &str = "preparation.json";
/// Where each row of its input went; it names rows and repeats none.
pub(crate) const TRACE_FILE: &str = "preparation-trace.jsonl";

/// A stored file, opened anew for whoever reads it; nothing of it is in plaintext but in memory.
pub(crate) struct StoredData {
    /// What opens it.
    pub vault: Vault,
    /// Where its key is.
    pub database: Database,
    /// The blob.
    pub blob: BlobName,
    /// Its path, whose ending must not contradict the content.
    pub name: String,
}

impl Source for StoredData {
    fn open(&self) -> io::Result<Box<dyn Input>> {
        let opener = self.vault.open(&self.database, self.blob).map_err(|unopened| match unopened {
            Unopened::Missing => io::Error::other("the stored file is missing"),
            Unopened::Tampered(cause) => io::Error::other(format!("the stored file does not open: {cause}")),
            Unopened::Failed(problem) => io::Error::other(problem.detail),
        })?;
        Ok(Box::new(opener.into_cursor()))
    }

    fn name(&self) -> Option<&str> {
        Some(&self.name)
    }
}

impl Archive {
    pub(super) fn inspect_data(&self, open: &OpenUpload) -> Result<Inspected, Problem> {
        let (mut files, mut profile) = (Vec::new(), DataProfile::default());
        for file in open.manifest.files() {
            if holds_rows(file.path.as_str()) {
                let (stored, found) = self.inspect_rows(open, file)?;
                files.push(stored);
                profile.files.push(found);
            } else {
                files.push(self.inspect_file(open, file)?);
            }
        }
        if profile.files.is_empty() {
            let detail = "the data set has no data file; add one that ends in .csv, .tsv, .jsonl, .parquet or .txt";
            return Err(refused_format(detail.to_owned()));
        }
        let profile = serde_json::to_string(&profile).map_err(Problem::internal)?;
        Ok(Inspected { files, architecture: None, profile: Some(profile) })
    }

    fn inspect_rows(&self, open: &OpenUpload, file: &ManifestFile) -> Result<(VersionFile, FileProfile), Problem> {
        let blob = self.held_blob(open, file)?;
        let source = StoredData {
            vault: self.vault.clone(),
            database: self.database.clone(),
            blob: blob.name,
            name: file.path.to_string(),
        };
        let found = read_through(file, &source).map_err(|error| not_rows(file, &error))?;
        let stored = VersionFile {
            path: file.path.clone(),
            sha256: file.sha256,
            size: file.size,
            format: found.format.clone(),
            blob: blob.name,
        };
        Ok((stored, found))
    }
}

/// Whether a file of a data set is data by its name; other files are texts beside the data.
pub(crate) fn holds_rows(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default().to_lowercase();
    let (stem, ending) = name.rsplit_once('.').unwrap_or((&name, ""));
    let tells = matches!(ending, "txt" | "text") && TOLD.contains(&stem);
    ROWS.contains(&ending) && !tells && name != TRACE_FILE
}

/// Reads every row once: counts, kinds, and what looks like personal data.
fn read_through(file: &ManifestFile, source: &StoredData) -> Result<FileProfile, TableError> {
    let mut table = Table::open(source, &TableOptions::default())?;
    let mut profile = Profile::new(table.columns());
    let names: Vec<String> = table.columns().names().map(str::to_owned).collect();
    let (scanner, mut personal) = (Scanner::new(ScannerConfig::default()), Report::new(0));
    while let Some(row) = table.next_row()? {
        profile.see(&row.cells);
        for (column, cell) in names.iter().zip(&row.cells) {
            if cell.is_missing() {
                continue;
            }
            let text = cell.spelling();
            let (findings, flags) = scanner.scan_and_flag(column, &text);
            let scanned = ScannedCell { column, text: &text, findings: &findings, flags: &flags };
            // No sample is kept, so nothing is committed to.
            personal.add_cell(&scanned, |_| Commitment([0; 32]));
        }
        personal.end_row();
    }
    Ok(FileProfile::new(file.path.clone(), table.format(), &profile, table.findings(), &personal))
}

/// What whoever sent the file is told, with row and column.
fn not_rows(file: &ManifestFile, error: &TableError) -> Problem {
    if let TableError::Read { reason } = error {
        return Problem::internal(reason);
    }
    Problem::new(ProblemKind::RefusedFormat, format!("`{}`: {error}", file.path)).at(file.path.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ends_like_data_is_data_unless_it_is_a_text_that_tells_of_it() {
        for data in ["rows.csv", "licence.csv", "README.parquet", "train/notice.jsonl", "Reviews.TXT"] {
            assert!(holds_rows(data), "{data}");
        }
        for other in ["README.txt", "license.text", "README.md", "LICENSE", TRACE_FILE] {
            assert!(!holds_rows(other), "{other}");
        }
    }
}
