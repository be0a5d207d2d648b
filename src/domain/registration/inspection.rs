//! Inspection before registration: every file by the parser that will load it, the architecture by the engine that will run
//! it, the parents by looking them up.

use chancery_base::{
    db::AnyConnection,
    intake::OpenBlobError,
    problem::{Problem, ProblemKind},
    values::{ByteCount, Standing},
};
use chancery_engine::{
    Architecture, ModelFiles,
    inspect::{self, PREFIX_BYTES},
};
use zeroize::Zeroizing;

use super::{Archive, session::OpenUpload, sight::find_visible};
use crate::{
    artifacts::{self, Blob, ManifestFile, VersionFile, VersionParent},
    parties::Caller,
    passport::{Parent, ParentSource, Passport},
};

/// The file that says which network the weights belong to.
const CONFIGURATION: &str = "config.json";
/// Longest configuration that is read; real ones have a few kilobytes.
const CONFIGURATION_BYTES: u64 = 1 << 20;

/// What inspection found.
pub(super) struct Inspected {
    pub(super) files: Vec<VersionFile>,
    pub(super) architecture: Architecture,
}

impl Archive {
    /// Looks into every file of a session, all of which are held.
    ///
    /// Errors: [`ProblemKind::Conflict`] for a file that is still missing, [`ProblemKind::RefusedFormat`] naming the file.
    pub(super) fn inspect(&self, open: &OpenUpload) -> Result<Inspected, Problem> {
        let files = open.manifest.files().iter().map(|file| self.inspect_file(open, file));
        let files = files.collect::<Result<Vec<_>, _>>()?;
        Ok(Inspected { architecture: self.detect(open)?, files })
    }

    fn inspect_file(&self, open: &OpenUpload, file: &ManifestFile) -> Result<VersionFile, Problem> {
        let blob = self.held_blob(open, file)?;
        let prefix = self.prefix(&blob, PREFIX_BYTES as u64)?;
        let summary = inspect::refusal(file.path.as_str(), &prefix, file.size.0)
            .map_err(|error| refused_format(format!("`{}`: {error}", file.path)).at(file.path.as_str()))?;
        Ok(VersionFile {
            path: file.path.clone(),
            sha256: file.sha256,
            size: file.size,
            format: summary.format.to_string(),
            blob: blob.name,
        })
    }

    fn detect(&self, open: &OpenUpload) -> Result<Architecture, Problem> {
        let file = open.manifest.files().iter().find(|file| file.path.as_str() == CONFIGURATION);
        let file = file.ok_or_else(|| {
            refused_format(format!("there is no `{CONFIGURATION}`, so no loader knows the network; add it"))
                .at(CONFIGURATION)
        })?;
        if file.size > ByteCount(CONFIGURATION_BYTES) {
            return Err(refused_format(format!("`{CONFIGURATION}` is too long for a configuration; shorten it")));
        }
        let mut files = ModelFiles::default();
        files.insert(CONFIGURATION, self.prefix(&self.held_blob(open, file)?, CONFIGURATION_BYTES)?);
        Architecture::detect(&files).map_err(|error| refused_format(error.to_string()).at(CONFIGURATION))
    }

    fn held_blob(&self, open: &OpenUpload, file: &ManifestFile) -> Result<Blob, Problem> {
        let held = open.held.iter().find(|held| held.sha256 == file.sha256).ok_or_else(|| {
            Problem::new(ProblemKind::Conflict, format!("`{}` has not arrived yet; send it, then commit", file.path))
        })?;
        let blob = self.database.read(|connection| artifacts::find_blob(connection, held.blob))?;
        blob.ok_or_else(|| Problem::internal(format_args!("blob {} has no row", held.blob)))
    }

    /// The first bytes of a blob, decrypted into memory.
    fn prefix(&self, blob: &Blob, limit: u64) -> Result<Zeroizing<Vec<u8>>, Problem> {
        let key = self.database.read(|connection| self.vault.file_key(connection, blob))?;
        let opener = self.vault.open(blob, &key).map_err(Problem::internal)?;
        let length = usize::try_from(blob.size.0.min(limit)).map_err(Problem::internal)?;
        let mut prefix = Zeroizing::new(vec![0; length]);
        opener.read_exact_at(&mut prefix, 0).map_err(|error| Problem::internal(OpenBlobError::from(error)))?;
        Ok(prefix)
    }
}

fn refused_format(detail: String) -> Problem {
    Problem::new(ProblemKind::RefusedFormat, detail)
}

/// The registered versions a passport names as parents, each of which its author must be able to see.
///
/// Errors: [`ProblemKind::BadPassport`] naming the parent that is not there, or not for the caller to see: both alike.
pub(super) fn resolve_parents(
    connection: &mut AnyConnection,
    caller: &Caller,
    passport: &Passport,
) -> Result<Vec<VersionParent>, Problem> {
    let mut resolved: Vec<VersionParent> = Vec::new();
    for (index, parent) in passport.parents.iter().enumerate() {
        let Some(found) = resolve(connection, caller, index, parent)? else { continue };
        if !resolved.iter().any(|known| known.parent == found.parent) {
            resolved.push(found);
        }
    }
    Ok(resolved)
}

fn resolve(
    connection: &mut AnyConnection,
    caller: &Caller,
    index: usize,
    parent: &Parent,
) -> Result<Option<VersionParent>, Problem> {
    let ParentSource::Registered(reference) = &parent.source else { return Ok(None) };
    let (_, version) = find_visible(connection, caller.party.id, reference).map_err(|problem| match problem.kind {
        ProblemKind::NotFound => Problem::new(
            ProblemKind::BadPassport,
            format!("the parent `{reference}` does not exist or is not visible to you; correct it, or declare it as external"),
        )
        .at(format!("parent[{index}].model")),
        _ => problem,
    })?;
    let activity = parent.activity.code().to_owned();
    Ok(Some(VersionParent { parent: version.id, activity, standing: Standing::Declared }))
}
