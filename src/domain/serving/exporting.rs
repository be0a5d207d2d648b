//! What a registered version of a data set is to people with other formats: its papers, files and rows, as far as the viewer may know.

use chancery_base::{
    problem::Problem,
    values::{ArtifactKind, ModelReference},
};

use super::desk::Desk;
use crate::{
    artifacts,
    exchange::{DataColumn, DataFile, DataTable, RegisteredDataset},
    parties::{self, Caller},
    passport::Datasheet,
    registration::{DataProfile, FileProfile},
};

impl Desk {
    /// Gathers what is known of the version that `reference` means; `registry` is how the viewer addresses this server.
    ///
    /// Errors: what does not exist and what is not for the caller answer alike.
    pub fn export_dataset(
        &self,
        caller: &Caller,
        reference: &ModelReference,
        registry: String,
    ) -> Result<RegisteredDataset, Problem> {
        let (model, shelved) = self.find_of_kind(caller, ArtifactKind::Dataset, reference)?;
        let version = &shelved.version;
        let datasheet = Datasheet::parse_json(version.passport.as_bytes()).map_err(Problem::internal)?;
        self.database.read(|connection| {
            let publisher = parties::find_party(connection, model.owner)?;
            let profile = artifacts::profile_of(connection, version.id)?;
            let profile = profile.as_deref().map(DataProfile::parse).transpose()?.unwrap_or_default();
            let files = artifacts::files_of(connection, version.id)?.into_iter();
            Ok(RegisteredDataset {
                registry,
                publisher: publisher.map_or_else(|| model.name.owner.to_string(), |party| party.title.to_string()),
                name: model.name,
                number: version.number,
                id: version.id,
                registered_at: version.created_at,
                datasheet,
                files: files.map(|file| DataFile { path: file.path, sha256: file.sha256, size: file.size }).collect(),
                tables: profile.files.into_iter().map(table).collect(),
            })
        })
    }
}

fn table(file: FileProfile) -> DataTable {
    let columns = file.columns.into_iter().map(|column| DataColumn { name: column.name, kind: column.kind });
    DataTable { path: file.path, format: file.format, columns: columns.collect() }
}
