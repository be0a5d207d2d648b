//! The audit and liability logs: append-only Merkle logs in formats that other people's tools check.
//!
//! | what | standard |
//! |---|---|
//! | tree, proofs | RFC 6962, section 2.1; RFC 9162, section 2.1 |
//! | signed notes, checkpoints | C2SP signed-note v1.0.0, tlog-checkpoint v1.0.0 |
//! | tiles and entry bundles | C2SP tlog-tiles v0.1.0 |
//! | receipts | `c2sp.org/tlog-proof@v1` |
//!
//! The public sees commitments; openings go to the parties a leaf names. A leaf is appended in the transaction of what it
//! records and is given its place by the sequencer afterwards.

mod append;
mod checkpoint;
mod error;
mod identity;
mod last_signed;
mod leaf;
mod merkle;
mod name;
mod note;
mod promise;
mod proof;
mod publish;
mod read;
mod rows;
mod sequence;
mod sequencer;
mod source;
mod stored;
mod succession;
mod tile;
mod trust;
mod verify;

#[cfg(test)]
mod tests;

pub use append::{AppendedLeaf, NewLeaf, append};
pub use checkpoint::{Checkpoint, CheckpointError, Origin, SignedCheckpoint};
pub use error::LogError;
pub use identity::LogIdentity;
pub use last_signed::LastSigned;
pub use leaf::{Entry, Opening};
pub use merkle::{
    CompleteTile, Frontier, NodeReader, ProofError, TreeHash, check_consistency, check_inclusion, consistency_proof,
};
pub use name::LogName;
pub use note::{KeyName, Note, NoteError, NoteSigner, NoteVerifier, VerifierError};
pub use promise::{Promise, PromiseError, promise_key_name};
pub use proof::{Receipt, ReceiptError};
pub use publish::publish;
pub use read::{
    Browsing, Listing, OpenedLeaf, Progress, ReadableLeaf, Standing, browse, checkpoint, count_up_to,
    first_checkpoint_with, leaf, leaves_of, list, opening, place, progress, proven_opening, receipt, receipt_within,
    shared_with, size, standing, tile,
};
pub use sequence::{Sequenced, sequence};
pub use sequencer::Sequencer;
pub use source::StoredSource;
pub use succession::{Ended, hand_over, settle};
pub use tile::{
    Contents, ENTRY_BYTES, NodeError, TILE_WIDTH, Tile, TileNodes, decode_entries, decode_hashes, encode_entries,
    encode_hashes,
};
pub use trust::{Trust, TrustError, TrustProblem, TrustedSigner};
pub use verify::{
    FILE_BYTES, LogSource, SourceError, VerifyError, follow_log, latest_checkpoint, require_contained,
    require_continued, verify_log, verify_tree,
};
