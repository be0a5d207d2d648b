//! Inspection before registration: every file by the parser that will load it, the architecture by the engine that will run
//! it, the parents by looking them up.

use chancery_base::{
    db::AnyConnection,
    intake::OpenBlobError,
    problem::{Problem, ProblemKind},
    values::{ArtifactKind, ByteCount, Standing},
};
use chancery_engine::{
    Architecture, LoadError, ModelFiles, WEIGHTS_FILE, check_runnable,
    inspect::{self, PREFIX_BYTES},
};
use zeroize::Zeroizing;

use super::{Archive, session::OpenUpload, sight::find_visible, vault::Unopened};
use crate::{
    artifacts::{self, Blob, ManifestFile, VersionFile, VersionParent},
    parties::Caller,
    passport::{Document, RegisteredParent},
};

/// The file that says which network the weights belong to.
pub(super) const CONFIGURATION: &str = "config.json";
/// Longest file beside the weights that an architecture reads: configurations have a few kilobytes, tokenizers of a hundred
/// languages 10 MB.
const STEERING_BYTES: u64 = 16 << 20;

/// What inspection found.
pub(super) struct Inspected {
    pub(super) files: Vec<VersionFile>,
    /// The network of a model.
    pub(super) architecture: Option<String>,
    /// What was found in the rows of a data set.
    pub(super) profile: Option<String>,
}

impl Archive {
    /// Looks into every file of a session, all of which are held.
    ///
    /// Errors: [`ProblemKind::Conflict`] for a file that is still missing, [`ProblemKind::RefusedFormat`] naming the file.
    pub(super) fn inspect(&self, open: &OpenUpload) -> Result<Inspected, Problem> {
        if open.manifest.kind() == ArtifactKind::Dataset {
            return self.inspect_data(open);
        }
        let files = open.manifest.files().iter().map(|file| self.inspect_file(open, file));
        let files = files.collect::<Result<Vec<_>, _>>()?;
        Ok(Inspected { architecture: Some(self.check_runnable(open)?.to_string()), profile: None, files })
    }

    pub(super) fn inspect_file(&self, open: &OpenUpload, file: &ManifestFile) -> Result<VersionFile, Problem> {
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

    /// Reads what the architecture reads, with the parsers that will load it, and holds the weights' header against it: what
    /// cannot run is refused here and not at its first use.
    fn check_runnable(&self, open: &OpenUpload) -> Result<Architecture, Problem> {
        let mut files = ModelFiles::default();
        self.read_steering(open, &[CONFIGURATION], &mut files)?;
        let architecture = Architecture::detect(&files).map_err(|error| cannot_run(&error))?;
        self.read_steering(open, architecture.files(), &mut files)?;
        let weights = open.manifest.files().iter().find(|file| file.path.as_str() == WEIGHTS_FILE);
        let weights = weights.ok_or_else(|| cannot_run(&LoadError::MissingFile { file: WEIGHTS_FILE }))?;
        let header = self.prefix(&self.held_blob(open, weights)?, PREFIX_BYTES as u64)?;
        check_runnable(&files, &header, weights.size.0).map_err(|error| cannot_run(&error))
    }

    /// Reads those of the `wanted` files that are there and not the weights.
    fn read_steering(&self, open: &OpenUpload, wanted: &[&str], files: &mut ModelFiles) -> Result<(), Problem> {
        let is_wanted = |path: &str| path != WEIGHTS_FILE && wanted.contains(&path);
        for file in open.manifest.files().iter().filter(|file| is_wanted(file.path.as_str())) {
            if file.size > ByteCount(STEERING_BYTES) {
                let detail = format!("`{}` has more than {STEERING_BYTES} bytes; shorten it", file.path);
                return Err(refused_format(detail).at(file.path.as_str()));
            }
            files.insert(file.path.as_str(), self.prefix(&self.held_blob(open, file)?, STEERING_BYTES)?);
        }
        Ok(())
    }

    pub(super) fn held_blob(&self, open: &OpenUpload, file: &ManifestFile) -> Result<Blob, Problem> {
        let held = open.held.iter().find(|held| held.sha256 == file.sha256).ok_or_else(|| {
            Problem::new(ProblemKind::Conflict, format!("`{}` has not arrived yet; send it, then commit", file.path))
        })?;
        let blob = self.database.read(|connection| artifacts::find_blob(connection, held.blob))?;
        blob.ok_or_else(|| Problem::internal(format_args!("blob {} has no row", held.blob)))
    }

    /// The first bytes of a blob, decrypted into memory.
    fn prefix(&self, blob: &Blob, limit: u64) -> Result<Zeroizing<Vec<u8>>, Problem> {
        let opener = self.vault.open(&self.database, blob.name).map_err(|unopened| match unopened {
            Unopened::Missing => Problem::internal(format_args!("blob {} is missing", blob.name)),
            Unopened::Tampered(cause) => Problem::internal(format_args!("blob {} does not open: {cause}", blob.name)),
            Unopened::Failed(problem) => problem,
        })?;
        let length = usize::try_from(blob.size.0.min(limit)).map_err(Problem::internal)?;
        let mut prefix = Zeroizing::new(vec![0; length]);
        opener.read_exact_at(&mut prefix, 0).map_err(|error| Problem::internal(OpenBlobError::from(error)))?;
        Ok(prefix)
    }
}

pub(super) fn refused_format(detail: String) -> Problem {
    Problem::new(ProblemKind::RefusedFormat, detail)
}

fn cannot_run(error: &LoadError) -> Problem {
    let problem = refused_format(format!("the model cannot run: {error}"));
    match error.file() {
        Some(file) => problem.at(file),
        None => problem,
    }
}

/// The registered versions that papers name as parents, each of which their author must be able to see.
///
/// Errors: [`ProblemKind::BadPassport`] naming the parent that is not there, or not for the caller to see: both alike; one that is
/// not of the kind it is named as.
pub(super) fn resolve_parents(
    connection: &mut AnyConnection,
    caller: &Caller,
    document: &Document,
) -> Result<Vec<VersionParent>, Problem> {
    let mut resolved: Vec<VersionParent> = Vec::new();
    for parent in document.registered_parents() {
        let found = resolve(connection, caller, &parent)?;
        if !resolved.iter().any(|known| known.parent == found.parent) {
            resolved.push(found);
        }
    }
    Ok(resolved)
}

fn resolve(
    connection: &mut AnyConnection,
    caller: &Caller,
    parent: &RegisteredParent<'_>,
) -> Result<VersionParent, Problem> {
    let (kind, reference) = (parent.kind.noun(), parent.reference);
    let bad = |detail: String| Problem::new(ProblemKind::BadPassport, detail).at(parent.field.clone());
    let (found, version) = find_visible(connection, caller.party.id, reference).map_err(|problem| match problem.kind {
        ProblemKind::NotFound => bad(format!(
            "the {kind} `{reference}` does not exist or is not visible to you; correct it, or declare it as external"
        )),
        _ => problem,
    })?;
    if found.kind != parent.kind {
        return Err(bad(format!("`{reference}` is a {}, not a {kind}; name it as what it is", found.kind.noun())));
    }
    Ok(VersionParent { parent: version.id, activity: parent.activity.code().to_owned(), standing: Standing::Declared })
}
