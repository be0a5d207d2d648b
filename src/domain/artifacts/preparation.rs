//! Preparations: what this server makes of a registered data set by a recipe.

use chancery_base::{
    store::BlobName,
    values::{
        ArtifactPath, ByteCount, LeafId, ModelReference, PartyId, PreparationId, Sha256Digest, UnixMillis, VersionId,
    },
};

use crate::documents::codes;

codes! {
    /// How far a preparation is.
    PreparationState {
        /// Rows are being read.
        Running = "running",
        /// Its files can be registered.
        Done = "done",
        /// It ended without any; why is said.
        Failed = "failed",
        /// Its owner stopped it.
        Cancelled = "cancelled",
    }
}

/// One run of a recipe over a file of a data set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preparation {
    /// Its identity.
    pub id: PreparationId,
    /// Whose it is.
    pub party: PartyId,
    /// The version that was read.
    pub source: VersionId,
    /// The same, as people name it.
    pub source_name: ModelReference,
    /// The file of it that was read.
    pub source_file: ArtifactPath,
    /// The recipe, as it was given.
    pub recipe: String,
    /// What is put in the place of personal data, where the recipe redacts.
    pub redaction: String,
    /// How far it is.
    pub state: PreparationState,
    /// Rows read in the pass under way.
    pub rows_done: u64,
    /// The pass under way, from one.
    pub pass: u32,
    /// How many passes there are.
    pub passes: u32,
    /// Why it failed.
    pub problem: Option<String>,
    /// What was done, step by step, as JSON.
    pub report: Option<String>,
    /// When it was begun.
    pub created_at: UnixMillis,
    /// When the server that runs it last said so.
    pub touched_at: UnixMillis,
    /// The leaf in the audit log that says what came of it.
    pub leaf: Option<LeafId>,
}

/// A file that came of a preparation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreparedFile {
    /// Where it stands in the data set that is made of it.
    pub path: ArtifactPath,
    /// SHA-256 of its bytes.
    pub sha256: Sha256Digest,
    /// How many bytes.
    pub size: ByteCount,
    /// Whether it holds rows; the report and the trace do not.
    pub is_data: bool,
    /// Where its sealed bytes are.
    pub blob: BlobName,
}
